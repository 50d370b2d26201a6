//! Step `seams`: nobody reaches the world past `Env`.
//!
//! The calls themselves are refused by clippy, from a `clippy.toml` in each crate. This step keeps
//! that guard standing: every file is exactly what the table in [`rules`] says, and the attributes
//! that would switch it off stand only where [`MAY_ALLOW`] permits.
//!
//! Deliberately absent: a second search for the calls. Clippy resolves names; text does not.

mod attributes;
mod rules;

use super::source::{self, SourceFile};
use super::{Request, Step, verdict};
use anyhow::Context as _;
use rules::{EXEMPT, RULES};
use std::collections::BTreeMap;
use std::path::Path;

/// Where non-test code may carry `allow(clippy::disallowed_…)`: path or folder, and why.
const MAY_ALLOW: &[(&str, &str)] = &[
    ("crates/node/src/env.rs", "the real Env"),
    ("crates/node/src/env/", "the real Env"),
    ("crates/store/src/", "the disk backend"),
    ("crates/api/src/serve.rs", "sockets, timers and tasks of the edge"),
    ("crates/api/src/serve/", "sockets, timers and tasks of the edge"),
    ("crates/kernel/examples/", "measurements, which need a clock"),
    ("crates/wire/src/client.rs", "the SDK, which runs in somebody else's process"),
    ("crates/wire/src/client/", "the SDK, which runs in somebody else's process"),
];

/// The step.
pub(super) const STEP: Step = Step {
    name: "seams",
    about: "each crate's clippy.toml forbids clock, disk, network and threads outside Env",
    help: "Compares every clippy.toml with the table in xtask/src/check/seams/rules.rs (after a\n\
           change there, `cargo xtask check seams --write` writes them) and refuses attributes\n\
           that allow a forbidden call outside crates/node/src/env.rs, crates/store/src/, the SDK in\n\
           crates/wire/src/client/ and tests.",
    flag: Some("--write"),
    run,
};

fn run(request: &Request<'_>) -> anyhow::Result<()> {
    let root = request.workspace.root();
    let crates = crate_folders(root)?;
    let wanted = wanted_files(&crates);
    if request.flag {
        for (path, text) in &wanted {
            std::fs::write(root.join(path), text)
                .with_context(|| format!("cannot write {path}"))?;
        }
    }
    let mut findings = unknown_crates(&crates);
    for (path, text) in &wanted {
        match std::fs::read_to_string(root.join(path)) {
            Ok(present) if present == *text => {}
            Ok(_) => findings.push(format!("{path}: differs from the table")),
            Err(error) => findings.push(format!("{path}: {error}")),
        }
    }
    findings.extend(lowered_guards(&source::files(root)?));
    verdict(&findings, "`cargo xtask check seams --write` writes the files from the table")
}

/// The folders under `crates/`.
fn crate_folders(root: &Path) -> anyhow::Result<Vec<String>> {
    let mut folders = Vec::new();
    for entry in std::fs::read_dir(root.join("crates")).context("cannot read crates/")? {
        let entry = entry.context("cannot read crates/")?;
        if entry.path().join("Cargo.toml").is_file() {
            folders.push(entry.file_name().to_string_lossy().into_owned());
        }
    }
    folders.sort();
    Ok(folders)
}

/// The text of every `clippy.toml` that must exist, by path.
fn wanted_files(crates: &[String]) -> BTreeMap<String, String> {
    let present = |folder: &str| crates.iter().any(|name| name == folder);
    let rows = RULES.iter().filter(|rule| present(rule.folder));
    let mut files: BTreeMap<String, String> = rows
        .map(|rule| (format!("crates/{}/clippy.toml", rule.folder), rules::crate_file(rule)))
        .collect();
    files.insert("clippy.toml".to_owned(), rules::root_file());
    files
}

fn unknown_crates(crates: &[String]) -> Vec<String> {
    let known = |name: &&String| {
        EXEMPT.contains(&name.as_str()) || RULES.iter().any(|rule| rule.folder == **name)
    };
    let unknown = crates.iter().filter(|name| !known(name));
    unknown.map(|name| format!("crates/{name}: no row in the table of seams")).collect()
}

fn lowered_guards(files: &[SourceFile]) -> Vec<String> {
    let mut findings = Vec::new();
    for file in files.iter().filter(|file| !file.is_test && !may_allow(&file.path)) {
        for line in attributes::lowered_guards(file) {
            findings.push(format!("{}:{line}: switches a seam off", file.path));
        }
    }
    findings
}

fn may_allow(path: &str) -> bool {
    let exempt = |folder: &&str| path.starts_with(&format!("crates/{folder}/"));
    let listed = |place: &&str| path == *place || (place.ends_with('/') && path.starts_with(place));
    ["xtask/", "bench/"].iter().any(|tool| path.starts_with(tool))
        || EXEMPT.iter().any(exempt)
        || MAY_ALLOW.iter().any(|(place, _)| listed(place))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::source::parse;

    #[test]
    fn only_listed_places_may_switch_a_seam_off() {
        let text = "//! A.\n#![allow(clippy::disallowed_methods)]\n";
        let file = |path: &str| parse(path.into(), text.into()).unwrap();
        let files = [
            file("crates/node/src/env.rs"),
            file("crates/node/src/environment.rs"),
            file("crates/node/tests/http.rs"),
            file("crates/store/src/sqlite/writer.rs"),
            file("crates/hansa/src/main.rs"),
            file("crates/api/src/lib.rs"),
        ];
        let expected = [
            "crates/node/src/environment.rs:2: switches a seam off",
            "crates/api/src/lib.rs:2: switches a seam off",
        ];
        assert_eq!(lowered_guards(&files), expected);
    }

    #[test]
    fn crates_that_exist_need_a_row_and_a_file() {
        let crates = ["kernel".to_owned(), "hansa".to_owned(), "new".to_owned()];
        assert_eq!(unknown_crates(&crates), ["crates/new: no row in the table of seams"]);
        let files: Vec<String> = wanted_files(&crates).into_keys().collect();
        assert_eq!(files, ["clippy.toml", "crates/kernel/clippy.toml"]);
    }
}
