//! Reads the console blocks of a Markdown file.
//!
//! A fenced block with the info string `console` is a transcript: lines that begin with `$ ` are
//! commands, what follows each is the output expected of it. A command continues after a trailing
//! `\`, and over the body of a here-document. `console fails` marks a block in which a command is
//! meant to fail. Other blocks are not read.
//!
//! Invariants: line numbers count from 1 in the file; the indentation of the opening fence is
//! removed from every line of the block.
//!
//! Deliberately absent: shell syntax beyond those two continuations.

use anyhow::bail;

/// One transcript.
#[derive(Debug, PartialEq)]
pub(super) struct Block {
    /// Line of the opening fence.
    pub(super) line: usize,
    /// Whether a command of it is meant to fail.
    pub(super) fails: bool,
    /// The commands in order.
    pub(super) commands: Vec<Command>,
}

/// One command and the output expected of it.
#[derive(Debug, PartialEq)]
pub(super) struct Command {
    /// Line of its `$ `.
    pub(super) line: usize,
    /// The text for the shell, without a trailing ` &`.
    pub(super) text: String,
    /// Whether it ended with ` &`.
    pub(super) background: bool,
    /// The expected lines.
    pub(super) want: Vec<String>,
}

/// A fence: its character, how many, how far it is indented, and the text after it.
struct Fence<'a> {
    mark: char,
    length: usize,
    indent: usize,
    info: &'a str,
}

type Lines<'a> =
    std::iter::Peekable<std::iter::Zip<std::ops::RangeFrom<usize>, std::str::Lines<'a>>>;

/// All console blocks of a Markdown text.
pub(super) fn blocks(markdown: &str) -> anyhow::Result<Vec<Block>> {
    let mut lines: Lines<'_> = (1..).zip(markdown.lines()).peekable();
    let mut blocks = Vec::new();
    while let Some((number, line)) = lines.next() {
        let Some(fence) = opening(line) else { continue };
        let content = content(number, &fence, &mut lines)?;
        let mut words = fence.info.split_whitespace();
        if words.next() != Some("console") {
            continue;
        }
        let fails = match words.next() {
            None => false,
            Some("fails") => true,
            Some(word) => bail!("line {number}: `console {word}` is not a kind of block"),
        };
        blocks.push(Block { line: number, fails, commands: commands(&content)? });
    }
    Ok(blocks)
}

/// The fence that a line opens, if it does.
fn opening(line: &str) -> Option<Fence<'_>> {
    let text = line.trim_start();
    let mark = text.chars().next().filter(|c| matches!(c, '`' | '~'))?;
    let length = text.chars().take_while(|c| *c == mark).count();
    let info = text[length..].trim();
    let is_fence = length >= 3 && !(mark == '`' && info.contains('`'));
    is_fence.then_some(Fence { mark, length, indent: line.len() - text.len(), info })
}

/// The numbered lines up to the closing fence, without the fence's indentation.
fn content(
    number: usize,
    fence: &Fence<'_>,
    lines: &mut Lines<'_>,
) -> anyhow::Result<Vec<(usize, String)>> {
    let mut content = Vec::new();
    for (number, line) in lines {
        if let Some(closing) = opening(line)
            && closing.mark == fence.mark
            && closing.length >= fence.length
            && closing.info.is_empty()
        {
            return Ok(content);
        }
        let spaces = line.len() - line.trim_start_matches(' ').len();
        content.push((number, line[spaces.min(fence.indent)..].to_owned()));
    }
    bail!("line {number}: the block is never closed")
}

fn commands(content: &[(usize, String)]) -> anyhow::Result<Vec<Command>> {
    let mut commands: Vec<Command> = Vec::new();
    let mut lines = content.iter();
    while let Some((number, line)) = lines.next() {
        let Some(first) = line.strip_prefix("$ ") else {
            match commands.last_mut() {
                Some(command) => command.want.push(line.clone()),
                None => bail!("line {number}: a console block begins with `$ ` and a command"),
            }
            continue;
        };
        let mut text = first.to_owned();
        while continues(&text) {
            let Some((_, next)) = lines.next() else {
                bail!("line {number}: the command goes on past its block");
            };
            text.push('\n');
            text.push_str(next);
        }
        commands.push(command(*number, &text));
    }
    Ok(commands)
}

fn command(line: usize, text: &str) -> Command {
    let text = text.trim_end();
    let (text, background) = match text.strip_suffix(" &") {
        Some(text) => (text.trim_end(), true),
        None => (text, false),
    };
    Command { line, text: text.to_owned(), background, want: Vec::new() }
}

/// Whether a command needs its next line.
fn continues(text: &str) -> bool {
    let last = text.lines().next_back().unwrap_or_default();
    if last.len() > last.trim_end_matches('\\').len() {
        return true;
    }
    let first = text.lines().next().unwrap_or_default();
    here_document(first).is_some_and(|end| !text.lines().skip(1).any(|line| line.trim() == end))
}

/// The word that ends the here-document which a line begins.
fn here_document(line: &str) -> Option<&str> {
    let (_, after) = line.split_once("<<")?;
    let after = after.strip_prefix('-').unwrap_or(after).trim_start_matches(['\'', '"']);
    let end = after.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(after.len());
    (end > 0).then(|| &after[..end])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(markdown: &str) -> Vec<(String, bool, Vec<String>)> {
        let blocks = blocks(markdown).unwrap();
        let commands = blocks.into_iter().flat_map(|block| block.commands);
        commands.map(|command| (command.text, command.background, command.want)).collect()
    }

    #[test]
    fn commands_and_their_output() {
        let found =
            blocks("# A\n\n```console\n$ echo a\na\n$ true\n```\n\n$ no command\n").unwrap();
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].line, found[0].fails), (3, false));
        assert_eq!(found[0].commands[0].line, 4);
        assert_eq!(found[0].commands[0].want, ["a"]);
        assert_eq!(found[0].commands[1].text, "true");
        assert!(found[0].commands[1].want.is_empty());
    }

    #[test]
    fn only_console_blocks_are_read() {
        let markdown =
            "```sh\n$ rm -rf /\n```\n```\n$ a\n```\n````md\n```console\n$ b\n```\n````\n";
        assert!(texts(markdown).is_empty());
    }

    #[test]
    fn a_block_may_be_meant_to_fail_and_nothing_else() {
        assert!(blocks("```console fails\n$ false\n```\n").unwrap()[0].fails);
        assert!(blocks("```console maybe\n$ false\n```\n").is_err());
    }

    #[test]
    fn a_backslash_continues() {
        let found = texts("```console\n$ echo a \\\n    b\na b\n```\n");
        assert_eq!(found, [("echo a \\\n    b".into(), false, vec!["a b".into()])]);
    }

    #[test]
    fn a_here_document_belongs_to_its_command() {
        let found = texts("```console\n$ cat > a <<'EOF'\n$ x\ny\nEOF\n$ cat a\n$ x\n```\n");
        assert_eq!(found[0].0, "cat > a <<'EOF'\n$ x\ny\nEOF");
        assert_eq!(found[1].0, "cat a");
    }

    #[test]
    fn an_ampersand_sends_to_the_background() {
        let found = texts("```console\n$ hansa dev &\nready …\n$ a && b\n```\n");
        assert_eq!(found[0], ("hansa dev".into(), true, vec!["ready …".into()]));
        assert_eq!(found[1], ("a && b".into(), false, vec![]));
    }

    #[test]
    fn an_indented_block_loses_its_indentation() {
        let found = texts("1. Do:\n\n   ```console\n   $ a\n     b\n   ```\n");
        assert_eq!(found, [("a".into(), false, vec!["  b".into()])]);
    }

    #[test]
    fn broken_blocks_are_errors() {
        assert!(blocks("```console\n$ a\n").is_err());
        assert!(blocks("```console\noutput first\n```\n").is_err());
        assert!(blocks("```console\n$ a \\\n```\n").is_err());
        assert!(blocks("```console\n$ cat <<EOF\na\n```\n").is_err());
    }
}
