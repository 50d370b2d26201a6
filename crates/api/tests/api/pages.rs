//! What pages of the documentation show in other languages than the shell's, to be run by the tests
//! of those languages.

/// The blocks of a page in a language, in order.
pub(super) fn blocks(page: &str, language: &str) -> Vec<String> {
    let path = format!("{}/../../docs/{page}", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
    let begin = format!("```{language}\n");
    let blocks = text.split(&begin).skip(1).map(|rest| {
        let (block, _) = rest.split_once("\n```").unwrap_or_else(|| panic!("{path}: no end"));
        format!("{block}\n")
    });
    let blocks: Vec<String> = blocks.collect();
    assert!(!blocks.is_empty(), "{path} shows nothing in {language}");
    blocks
}
