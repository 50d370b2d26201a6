//! The search index over cards: everything that is SQLite's FTS5 and not plain SQL.
//!
//! The index keeps no text of its own (`content=''`): what it found is read from the principals by
//! rowid, which is their seq. Words are compared without case and accents, and beginnings of two
//! and three letters have an index of their own.
//!
//! Invariant: no text of a caller ever reaches FTS5 outside double quotes, so there is no syntax
//! it could break and no operator it could use.

use crate::limits::{QUERY_PREFIX_CHARS_MIN, QUERY_TERM_BYTES_MAX, QUERY_TERMS_MAX};

/// The index.
pub(crate) const TABLE: &str = "CREATE VIRTUAL TABLE agents_fts USING fts5(
    name, skills, tags, description,
    content='', contentless_delete=1, prefix='2 3', tokenize='unicode61 remove_diacritics 2'
)";
/// Its end.
pub(crate) const DROP: &str = "DROP TABLE IF EXISTS agents_fts";
/// Adds rows to it; groups of values follow.
pub(crate) const INSERT: &str = "INSERT INTO agents_fts (rowid, name, skills, tags, description) ";
/// Takes rows out of it; a list of seqs in parentheses follows.
pub(crate) const DELETE: &str = "DELETE FROM agents_fts WHERE rowid IN ";
/// Writes the whole index anew, without the rows that were taken out.
pub(crate) const OPTIMIZE: &str = "INSERT INTO agents_fts (agents_fts) VALUES ('optimize')";
/// The beginning of a query over what matches; the match expression follows, then [`HITS_END`].
///
/// bm25 is better the lower it is; a hit in the name weighs ten times one in the description,
/// skills and tags lie between. The score is its negative in millionths, as an integer, so that a
/// cursor can name it exactly.
pub(crate) const HITS_BEGIN: &str = "WITH hits AS MATERIALIZED (
    SELECT rowid AS seq, CAST(bm25(agents_fts, 10.0, 5.0, 4.0, 1.0) * -1000000.0 AS INTEGER) AS relevance
    FROM agents_fts WHERE agents_fts MATCH ";
/// See [`HITS_BEGIN`].
pub(crate) const HITS_END: &str = ") ";

/// The match expression for the words of a text: each in quotes, all of them required, each also
/// as the beginning of a longer word. `None` when the text has no word at all.
pub(crate) fn expression(text: &str) -> Option<String> {
    let words = text.split(|c| !is_word(c)).filter(|word| !word.is_empty());
    let mut expression = String::new();
    for word in words.take(QUERY_TERMS_MAX) {
        let word = crate::text::head(word, QUERY_TERM_BYTES_MAX);
        if !expression.is_empty() {
            expression.push(' ');
        }
        expression.push('"');
        expression.push_str(word);
        expression.push('"');
        if word.chars().count() >= QUERY_PREFIX_CHARS_MIN {
            expression.push('*');
        }
    }
    (!expression.is_empty()).then_some(expression)
}

/// Whether a character may be part of a word. What FTS5 itself would split on outside ASCII (and
/// combining marks, which it does not) is left to FTS5.
fn is_word(c: char) -> bool {
    match c.is_ascii() {
        true => c.is_ascii_alphanumeric(),
        false => !c.is_whitespace() && !c.is_control(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_is_quoted_and_a_prefix() {
        assert_eq!(expression("tax-filing Größe"), Some("\"tax\"* \"filing\"* \"Größe\"*".into()));
        assert_eq!(expression("a NOT b"), Some("\"a\" \"NOT\"* \"b\"".into()));
    }

    #[test]
    fn a_text_without_words_has_no_expression() {
        for empty in ["", "   ", "\"'*(){}^:-+", "\0\0"] {
            assert_eq!(expression(empty), None, "{empty:?}");
        }
    }

    #[test]
    fn words_and_their_length_are_bounded() {
        let many = "word ".repeat(QUERY_TERMS_MAX + 1);
        assert_eq!(expression(&many).unwrap().matches("word").count(), QUERY_TERMS_MAX);
        let long = "ü".repeat(QUERY_TERM_BYTES_MAX);
        assert_eq!(
            expression(&long).unwrap().chars().filter(|&c| c == 'ü').count(),
            QUERY_TERM_BYTES_MAX / 2
        );
    }
}
