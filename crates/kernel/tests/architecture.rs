//! The map shows what the code writes.
//!
//! Once the golden lines are blessed, `BLESS=1 cargo test -p hansa-kernel --test architecture` shows
//! them on the page.

#![cfg(test)]
#![allow(clippy::disallowed_methods, reason = "the page is read and blessed here")]

use hansa_kernel::Event;

const GOLDEN: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden/entries.jsonl");
const ARCHITECTURE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../ARCHITECTURE.md");
const SHOWN_FROM: &str = "### One line per kind";

#[test]
fn the_architecture_page_shows_one_golden_line_of_every_kind() {
    let golden = std::fs::read_to_string(GOLDEN).unwrap();
    let page = std::fs::read_to_string(ARCHITECTURE).unwrap();
    let expected = with_lines(&page, &first_of_each_kind(&golden));
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(ARCHITECTURE, &expected).unwrap();
        return;
    }
    assert!(page == expected, "ARCHITECTURE.md is behind; BLESS=1 brings it up to date");
}

/// The first line of each kind, in the order of the journal.
fn first_of_each_kind(golden: &str) -> Vec<&str> {
    let mut shown: Vec<(usize, &str)> = Vec::new();
    for (kind, _) in Event::KINDS {
        let of_kind = format!("\"kind\":\"{kind}\"");
        let first = golden.lines().enumerate().find(|(_, line)| line.contains(&of_kind));
        shown.push(first.unwrap_or_else(|| panic!("no golden line of {kind}")));
    }
    shown.sort_unstable_by_key(|(place, _)| *place);
    shown.into_iter().map(|(_, line)| line).collect()
}

/// The page with these lines in the section's block.
fn with_lines(page: &str, lines: &[&str]) -> String {
    let (before, section) = page.split_once(SHOWN_FROM).unwrap();
    let (intro, block) = section.split_once("```json\n").unwrap();
    let (_, after) = block.split_once("```").unwrap();
    format!("{before}{SHOWN_FROM}{intro}```json\n{}\n```{after}", lines.join("\n"))
}
