//! The map shows what the code writes.

use hansa_kernel::Event;

const GOLDEN: &str = include_str!("golden/entries.jsonl");
const ARCHITECTURE: &str = include_str!("../../../ARCHITECTURE.md");

#[test]
fn the_architecture_page_shows_one_golden_line_of_every_kind() {
    for (kind, _) in Event::KINDS {
        let of_kind = format!("\"kind\":\"{kind}\"");
        let golden = GOLDEN.lines().find(|line| line.contains(&of_kind));
        let golden = golden.unwrap_or_else(|| panic!("no golden line of {kind}"));
        assert!(ARCHITECTURE.lines().any(|shown| shown == golden), "not shown: {golden}");
    }
}
