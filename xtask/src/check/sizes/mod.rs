//! Step `sizes`: files and functions stay short, and every file says what it is for.
//!
//! Invariants: a limit counts without tests; an exemption is a number in `xtask/ratchet.toml` and
//! only ever falls.
//!
//! Deliberately absent: a way to raise a number. Split by meaning, not to please the counter; if a
//! thing is truly one thing, say so in review and edit the file by hand.

mod measure;
mod ratchet;

use super::source::{self, SourceFile};
use super::{Request, Step, verdict};
use ratchet::Size;
use std::collections::BTreeMap;

const FILE_LINES_MAX: usize = 500;
const FUNCTION_LINES_MAX: usize = 70;
const RATCHET: &str = "xtask/ratchet.toml";

/// The step.
pub(super) const STEP: Step = Step {
    name: "sizes",
    about: "files of 500 lines, functions of 70, and a `//!` opening every file",
    help: "Counts without `#[cfg(test)]` modules and files under tests/ or benches/. Exemptions\n\
           are numbers in xtask/ratchet.toml that only fall; `sizes --lower` writes the smaller\n\
           ones down. Every .rs file under a src/ opens with a `//!` comment.",
    flag: Some("--lower"),
    run,
};

fn run(request: &Request<'_>) -> anyhow::Result<()> {
    let root = request.workspace.root();
    let files = source::files(root)?;
    let sizes = measure_all(&files);
    let path = root.join(RATCHET);
    let mut exemptions = ratchet::read(&path)?;
    if request.flag {
        exemptions = ratchet::lowered(&exemptions, &sizes);
        ratchet::write(&path, &exemptions)?;
    }
    let mut findings = undocumented(&files);
    findings.extend(ratchet::findings(&exemptions, &sizes));
    verdict(&findings, "`cargo xtask check sizes --lower` lowers and removes exemptions")
}

fn measure_all(files: &[SourceFile]) -> BTreeMap<String, Size> {
    let mut sizes = BTreeMap::new();
    for file in files.iter().filter(|file| !file.is_test) {
        let measure = measure::measure(file);
        let size = Size { lines: measure.lines, lines_max: FILE_LINES_MAX };
        sizes.insert(file.path.clone(), size);
        for (name, lines) in measure.functions {
            let size = Size { lines, lines_max: FUNCTION_LINES_MAX };
            sizes.insert(format!("{}::{name}", file.path), size);
        }
    }
    sizes
}

fn undocumented(files: &[SourceFile]) -> Vec<String> {
    let silent = |file: &&SourceFile| {
        file.path.contains("/src/") && !file.text.trim_start().starts_with("//!")
    };
    let finding = |file: &SourceFile| format!("{}: does not open with `//!`", file.path);
    files.iter().filter(silent).map(finding).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::source::parse;

    #[test]
    fn sources_open_with_their_purpose_and_tests_need_not() {
        let file = |path: &str, text: &str| parse(path.into(), text.into()).unwrap();
        let files = [
            file("crates/a/src/lib.rs", "//! A.\n"),
            file("crates/a/src/b.rs", "// B.\nfn b() {}\n"),
            file("crates/a/tests/c.rs", "fn c() {}\n"),
        ];
        assert_eq!(undocumented(&files), ["crates/a/src/b.rs: does not open with `//!`"]);
    }

    #[test]
    fn functions_are_named_under_their_file() {
        let file = parse("crates/a/src/lib.rs".into(), "fn a() {}\n".into()).unwrap();
        let names: Vec<String> = measure_all(&[file]).into_keys().collect();
        assert_eq!(names, ["crates/a/src/lib.rs", "crates/a/src/lib.rs::a"]);
    }
}
