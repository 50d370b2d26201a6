//! The ratchet: today's exemptions from the size limits, which may only fall.
//!
//! `xtask/ratchet.toml` maps a path, or `path::function`, to the length it has now. Growing past
//! that number fails, and so does shrinking without writing the smaller number down.
//!
//! Invariant: [`lowered`] never adds an entry and never raises one.

use anyhow::Context as _;
use std::collections::BTreeMap;
use std::path::Path;

/// Length by name, of what may be longer than the limit.
pub(super) type Ratchet = BTreeMap<String, usize>;

/// What was measured under a name, and the limit that holds for its kind.
#[derive(Clone, Copy)]
pub(super) struct Size {
    /// Lines counted.
    pub(super) lines: usize,
    /// Lines allowed without an exemption.
    pub(super) lines_max: usize,
}

const HEADER: &str = "\
# Files and functions that are longer than the limits of `cargo xtask check sizes`: path, or
# path::function, = lines. These numbers only fall: `cargo xtask check sizes --lower` writes smaller
# ones down, and nothing writes larger ones.
";

/// Reads the file; a missing file is an empty ratchet.
pub(super) fn read(path: &Path) -> anyhow::Result<Ratchet> {
    match std::fs::read_to_string(path) {
        Ok(text) => {
            toml::from_str(&text).with_context(|| format!("cannot parse {}", path.display()))
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Ratchet::new()),
        Err(error) => Err(error).with_context(|| format!("cannot read {}", path.display())),
    }
}

/// Writes the file.
pub(super) fn write(path: &Path, ratchet: &Ratchet) -> anyhow::Result<()> {
    let lines: String =
        ratchet.iter().map(|(name, lines)| format!("\"{name}\" = {lines}\n")).collect();
    let separator = if lines.is_empty() { "" } else { "\n" };
    std::fs::write(path, format!("{HEADER}{separator}{lines}"))
        .with_context(|| format!("cannot write {}", path.display()))
}

/// Everything that is not as the limits and the ratchet say.
pub(super) fn findings(ratchet: &Ratchet, sizes: &BTreeMap<String, Size>) -> Vec<String> {
    let mut findings = Vec::new();
    for (name, Size { lines, lines_max }) in sizes {
        let exempt = ratchet.get(name).copied();
        let allowed = exempt.unwrap_or(*lines_max);
        if lines > &allowed {
            findings.push(format!("{name}: {lines} lines, {allowed} allowed"));
        } else if exempt.is_some() && lines <= lines_max {
            findings.push(format!("{name}: {lines} lines need no exemption: remove it"));
        } else if exempt.is_some_and(|exempt| lines < &exempt) {
            findings.push(format!("{name}: {lines} lines: lower the ratchet to {lines}"));
        }
    }
    for name in ratchet.keys().filter(|name| !sizes.contains_key(*name)) {
        findings.push(format!("{name}: no such file or function: remove its exemption"));
    }
    findings
}

/// The ratchet after every step down that the sizes allow.
pub(super) fn lowered(ratchet: &Ratchet, sizes: &BTreeMap<String, Size>) -> Ratchet {
    let still_needed = |(name, exempt): (&String, &usize)| {
        let size = sizes.get(name)?;
        (size.lines > size.lines_max).then(|| (name.clone(), size.lines.min(*exempt)))
    };
    ratchet.iter().filter_map(still_needed).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sizes(of: &[(&str, usize)]) -> BTreeMap<String, Size> {
        of.iter().map(|(n, lines)| (n.to_string(), Size { lines: *lines, lines_max: 70 })).collect()
    }

    fn ratchet(of: &[(&str, usize)]) -> Ratchet {
        of.iter().map(|(name, lines)| (name.to_string(), *lines)).collect()
    }

    #[test]
    fn at_the_limit_passes_and_past_it_fails() {
        assert!(findings(&ratchet(&[]), &sizes(&[("a", 70)])).is_empty());
        assert_eq!(findings(&ratchet(&[]), &sizes(&[("a", 71)])), ["a: 71 lines, 70 allowed"]);
    }

    #[test]
    fn an_exemption_holds_exactly() {
        let exempt = ratchet(&[("a", 90)]);
        assert!(findings(&exempt, &sizes(&[("a", 90)])).is_empty());
        assert_eq!(findings(&exempt, &sizes(&[("a", 91)])), ["a: 91 lines, 90 allowed"]);
        let found = findings(&exempt, &sizes(&[("a", 80)]));
        assert_eq!(found, ["a: 80 lines: lower the ratchet to 80"]);
    }

    #[test]
    fn an_exemption_without_need_fails() {
        assert_eq!(findings(&ratchet(&[("a", 90)]), &sizes(&[("a", 60)])).len(), 1);
        assert_eq!(findings(&ratchet(&[("gone", 90)]), &sizes(&[])).len(), 1);
    }

    #[test]
    fn lowering_never_raises_and_never_adds() {
        let before = ratchet(&[("grew", 90), ("shrank", 90), ("fits", 90), ("gone", 90)]);
        let now = sizes(&[("grew", 95), ("shrank", 80), ("fits", 70), ("new", 99)]);
        assert_eq!(lowered(&before, &now), ratchet(&[("grew", 90), ("shrank", 80)]));
    }

    #[test]
    fn the_file_is_read_as_it_was_written() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("ratchet.toml");
        assert!(read(&path).unwrap().is_empty());
        let before = ratchet(&[("crates/a/src/b.rs", 612), ("crates/a/src/b.rs::C::d", 90)]);
        write(&path, &before).unwrap();
        assert_eq!(read(&path).unwrap(), before);
        assert!(std::fs::read_to_string(&path).unwrap().starts_with("# Files"));
    }
}
