//! Compares expected output with what a command printed.
//!
//! A line that is only `…` or `...` stands for any number of lines, none included. `…` inside a
//! line stands for any text. Other lines must be equal. Space at the end of a line and blank lines
//! at the end of the output do not count.
//!
//! Deliberately absent: regular expressions. A reader of the page should see what may differ.

/// Whether the output is as expected.
pub(super) fn matches(want: &[String], got: &str) -> bool {
    let want: Vec<&str> = trimmed(want.iter().map(String::as_str));
    let got = trimmed(got.lines());
    // reachable[j]: the expected lines read so far can account for exactly the first j of `got`.
    let mut reachable = vec![false; got.len() + 1];
    reachable[0] = true;
    for line in want {
        let mut next = vec![false; got.len() + 1];
        for (j, _) in reachable.iter().enumerate().filter(|(_, reached)| **reached) {
            if is_any_lines(line) {
                next[j..].fill(true);
                break;
            }
            if got.get(j).is_some_and(|text| line_matches(line, text)) {
                next[j + 1] = true;
            }
        }
        reachable = next;
    }
    reachable[got.len()]
}

/// What was wanted and what was got, as a unified listing.
pub(super) fn difference(want: &[String], got: &str) -> String {
    let want: Vec<&str> = trimmed(want.iter().map(String::as_str));
    let got = trimmed(got.lines());
    let common = common_lengths(&want, &got);
    let mut text = String::from("--- want\n+++ got\n");
    let mut push = |mark: char, line: &str| {
        text.push(mark);
        text.push_str(line);
        text.push('\n');
    };
    let (mut i, mut j) = (0, 0);
    while i < want.len() || j < got.len() {
        if i < want.len() && j < got.len() && line_matches(want[i], got[j]) {
            push(' ', got[j]);
            (i, j) = (i + 1, j + 1);
        } else if i < want.len() && (j == got.len() || common[i + 1][j] >= common[i][j + 1]) {
            push('-', want[i]);
            i += 1;
        } else {
            push('+', got[j]);
            j += 1;
        }
    }
    text
}

/// Length of the longest common subsequence of every pair of tails.
fn common_lengths(want: &[&str], got: &[&str]) -> Vec<Vec<usize>> {
    let mut lengths = vec![vec![0; got.len() + 1]; want.len() + 1];
    for i in (0..want.len()).rev() {
        for j in (0..got.len()).rev() {
            lengths[i][j] = if line_matches(want[i], got[j]) {
                lengths[i + 1][j + 1] + 1
            } else {
                lengths[i + 1][j].max(lengths[i][j + 1])
            };
        }
    }
    lengths
}

fn trimmed<'a>(lines: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let mut lines: Vec<&str> = lines.map(str::trim_end).collect();
    while lines.last().is_some_and(|line| line.is_empty()) {
        lines.pop();
    }
    lines
}

fn is_any_lines(want: &str) -> bool {
    matches!(want.trim(), "…" | "...")
}

fn line_matches(want: &str, got: &str) -> bool {
    let mut parts = want.split('…');
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = got.strip_prefix(first) else {
        return false;
    };
    let mut parts = parts.peekable();
    if parts.peek().is_none() {
        return rest.is_empty();
    }
    while let Some(part) = parts.next() {
        if parts.peek().is_none() {
            return rest.ends_with(part);
        }
        match rest.find(part) {
            Some(at) => rest = &rest[at + part.len()..],
            None => return false,
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(want: &str, got: &str) -> bool {
        matches(&want.lines().map(str::to_owned).collect::<Vec<_>>(), got)
    }

    #[test]
    fn equal_lines_match_but_for_space_at_the_end() {
        assert!(check("a\nb", "a  \nb\n"));
        assert!(check("a\n\n", "a\n"));
        assert!(check("", ""));
        assert!(!check("a", " a"));
        assert!(!check("a", "a\nb"));
        assert!(!check("a\nb", "a"));
        assert!(!check("", "a"));
        assert!(!check("a", ""));
    }

    #[test]
    fn an_ellipsis_alone_is_any_number_of_lines() {
        for ellipsis in ["…", "..."] {
            let want = format!("a\n{ellipsis}\nz");
            assert!(check(&want, "a\nz"));
            assert!(check(&want, "a\nb\nz\ny\nz"));
            assert!(!check(&want, "a\nz\nb"));
        }
        assert!(check("…", ""));
        assert!(check("…\nb\n…\nd\n…", "a\nb\nc\nd\ne"));
        assert!(!check("…\nd\n…\nb\n…", "a\nb\nc\nd\ne"));
    }

    #[test]
    fn an_ellipsis_inside_a_line_is_any_text() {
        assert!(check("id …", "id agt_01"));
        assert!(check("id …, at … s", "id agt_01, at 3 s"));
        assert!(check("…end", "the end"));
        assert!(check("a…a", "aba"));
        assert!(!check("a…a", "a"));
        assert!(!check("a…b…c", "acb"));
        assert!(!check("id …", "ID agt_01"));
        assert!(!check("wait...", "wait a bit"));
    }

    #[test]
    fn the_difference_keeps_what_matches() {
        let want = ["a", "b …", "c"].map(str::to_owned);
        assert_eq!(difference(&want, "a\nb 1\nd\n"), "--- want\n+++ got\n a\n b 1\n-c\n+d\n");
    }

    #[test]
    fn the_difference_of_nothing_wanted_is_all_that_was_got() {
        assert_eq!(difference(&[], "a\n"), "--- want\n+++ got\n+a\n");
    }
}
