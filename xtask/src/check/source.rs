//! The workspace's Rust files, parsed, each known to be test code or not.
//!
//! Steps `sizes` and `seams` both need to know which lines are tests: files under `tests/` or
//! `benches/` of a package, modules marked `#[cfg(test)]`, and the files such a module is kept in.
//!
//! Invariants: paths are relative to the root with `/` between parts; files come sorted by path; a
//! file that does not parse is an error, never skipped.
//!
//! Deliberately absent: macro expansion. What a macro writes is nobody's style problem.

use anyhow::{Context as _, bail};
use std::collections::BTreeSet;
use std::path::Path;
use syn::{Attribute, Item, ItemMod, Meta};

/// The directories that hold packages.
const ROOTS: &[&str] = &["crates", "xtask", "bench"];

/// One parsed file.
pub(super) struct SourceFile {
    /// Relative to the workspace root.
    pub(super) path: String,
    /// As read.
    pub(super) text: String,
    /// As parsed.
    pub(super) ast: syn::File,
    /// Whether the whole file is test code.
    pub(super) is_test: bool,
}

/// Every Rust file of the workspace's packages.
pub(super) fn files(root: &Path) -> anyhow::Result<Vec<SourceFile>> {
    let mut paths = Vec::new();
    for directory in ROOTS {
        collect(root, directory, &mut paths)?;
    }
    paths.sort();
    let mut files = Vec::with_capacity(paths.len());
    for path in paths {
        let text = std::fs::read_to_string(root.join(&path))
            .with_context(|| format!("cannot read {path}"))?;
        files.push(parse(path, text)?);
    }
    mark_test_modules(&mut files);
    Ok(files)
}

/// Parses one file; whether it is a test is judged by its own path alone.
pub(super) fn parse(path: String, text: String) -> anyhow::Result<SourceFile> {
    let ast = match syn::parse_file(&text) {
        Ok(ast) => ast,
        Err(error) => {
            let at = error.span().start();
            bail!("{path}:{}:{}: not Rust: {error}", at.line, at.column + 1)
        }
    };
    let is_test = in_test_directory(&path);
    Ok(SourceFile { path, text, ast, is_test })
}

fn collect(root: &Path, directory: &str, paths: &mut Vec<String>) -> anyhow::Result<()> {
    let entries = match std::fs::read_dir(root.join(directory)) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error).with_context(|| format!("cannot read {directory}")),
    };
    for entry in entries {
        let entry = entry.with_context(|| format!("cannot read {directory}"))?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if name.starts_with('.') || name == "target" {
            continue;
        }
        let path = format!("{directory}/{name}");
        if entry.file_type().with_context(|| path.clone())?.is_dir() {
            collect(root, &path, paths)?;
        } else if name.ends_with(".rs") {
            paths.push(path);
        }
    }
    Ok(())
}

/// Whether a path lies under `tests/` or `benches/` of a package.
fn in_test_directory(path: &str) -> bool {
    let parts: Vec<&str> = path.split('/').collect();
    let below_package = if parts.first() == Some(&"crates") { 2 } else { 1 };
    parts.len() > below_package + 1
        && matches!(parts.get(below_package), Some(&"tests" | &"benches"))
}

/// Marks the files of `#[cfg(test)] mod name;` and everything below them.
fn mark_test_modules(files: &mut [SourceFile]) {
    let mut test_paths = BTreeSet::new();
    for file in files.iter() {
        for item in &file.ast.items {
            if let Item::Mod(module) = item
                && module.content.is_none()
                && is_test_only(&module.attrs)
            {
                test_paths.insert(module_base(&file.path, module));
            }
        }
    }
    for file in files.iter_mut() {
        let stem = file.path.trim_end_matches(".rs");
        let below = |base: &String| stem == base || stem.starts_with(&format!("{base}/"));
        file.is_test = file.is_test || test_paths.iter().any(below);
    }
}

/// Where `mod name;` of a file looks, without `.rs` or `/mod.rs`.
fn module_base(path: &str, module: &ItemMod) -> String {
    let (directory, name) = path.rsplit_once('/').unwrap_or(("", path));
    let stem = name.trim_end_matches(".rs");
    match stem {
        "lib" | "main" | "mod" => format!("{directory}/{}", module.ident),
        _ => format!("{directory}/{stem}/{}", module.ident),
    }
}

/// Whether attributes say that what they stand on exists under test only: `#[cfg(test)]`,
/// `#[cfg(all(test, …))]` or `#[test]`.
pub(super) fn is_test_only(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| match &attribute.meta {
        Meta::Path(path) => path.is_ident("test"),
        Meta::List(list) if list.path.is_ident("cfg") => {
            let text: String =
                list.tokens.to_string().chars().filter(|c| !c.is_whitespace()).collect();
            text == "test" || text.starts_with("all(test,")
        }
        _ => false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn test_directories_belong_to_packages() {
        assert!(in_test_directory("crates/node/tests/http.rs"));
        assert!(in_test_directory("xtask/benches/a.rs"));
        assert!(!in_test_directory("crates/node/src/tests.rs"));
        assert!(!in_test_directory("crates/tests/src/lib.rs"));
    }

    #[test]
    fn a_test_module_in_its_own_file_is_a_test() {
        let file = |path: &str, text: &str| parse(path.into(), text.into()).unwrap();
        let mut files = [
            file("crates/a/src/lib.rs", "#[cfg(test)] mod scripts; mod real;"),
            file("crates/a/src/real.rs", "#[cfg(all(test, unix))] mod deep;"),
            file("crates/a/src/real/deep.rs", ""),
            file("crates/a/src/scripts/mod.rs", ""),
            file("crates/a/src/scripts/more.rs", ""),
            file("crates/a/src/scripts_of_play.rs", ""),
        ];
        mark_test_modules(&mut files);
        let tests: Vec<bool> = files.iter().map(|file| file.is_test).collect();
        assert_eq!(tests, [false, false, true, true, true, false]);
    }

    #[test]
    fn cfg_not_test_is_no_test() {
        let file = parse("a.rs".into(), "#[cfg(not(test))] mod a {}".into()).unwrap();
        let Item::Mod(module) = &file.ast.items[0] else { panic!("a module") };
        assert!(!is_test_only(&module.attrs));
    }

    #[test]
    fn a_broken_file_names_its_line() {
        let error = parse("crates/a/src/lib.rs".into(), "fn a() {}\nfn }".into()).err().unwrap();
        assert!(error.to_string().starts_with("crates/a/src/lib.rs:2:"), "{error}");
    }
}
