//! Step `packages`: the Debian packages that the tests call as programs.
//!
//! Invariants: nothing is installed unless it is missing, this process is root and `apt-get`
//! exists; the package lists are refreshed at most once and only then.
//!
//! Deliberately absent: other package managers (install the same programs by hand), compilers
//! (Rust's own dependencies bring their C code with them) and removal.

use super::{Request, Step};
use crate::workspace::run;
use std::process::{Command, Stdio};

/// Package and reason. A package stands here because a test calls it, never for convenience.
const PACKAGES: &[(&str, &str)] = &[
    ("curl", "the documentation shows plain HTTP with curl, and step `docs` runs it"),
    ("jq", "the documentation takes ids out of JSON with it"),
    ("pebble", "the ACME server that a node gets a certificate from in a test"),
    ("openssl", "the documentation signs an envelope and verifies a proof with it, without hansa"),
    (
        "python3-venv",
        "tests run the published and our own Python clients, in environments of their own",
    ),
    ("npm", "a test builds the TypeScript client and runs it against a node"),
];

/// The step.
pub(super) const STEP: Step = Step {
    name: "packages",
    about: "the Debian packages that the tests call are installed",
    help: "Installs what is missing with apt-get when run as root; elsewhere names it and goes on.",
    flag: None,
    run: install_missing,
};

fn install_missing(_request: &Request<'_>) -> anyhow::Result<()> {
    if !has_program("dpkg") || !has_program("apt-get") {
        return Ok(());
    }
    // A program may also have come from elsewhere.
    let is_there = |package| is_installed(package) || has_program(package);
    let missing: Vec<_> = PACKAGES.iter().filter(|(package, _)| !is_there(package)).collect();
    if missing.is_empty() {
        return Ok(());
    }
    for (package, reason) in &missing {
        eprintln!("    missing: {package} ({reason})");
    }
    if !rustix::process::geteuid().is_root() {
        eprintln!("    not root, so not installing; a test that needs it will say so");
        return Ok(());
    }
    run(apt_get(&["update"])?)?;
    let mut args = vec!["install", "--yes", "--no-install-recommends"];
    args.extend(missing.iter().map(|(package, _)| package));
    run(apt_get(&args)?)
}

fn apt_get(args: &[&str]) -> anyhow::Result<Command> {
    let mut command = Command::new("apt-get");
    command.args(args).env("DEBIAN_FRONTEND", "noninteractive").stdout(super::stderr()?);
    Ok(command)
}

fn is_installed(package: &str) -> bool {
    let mut command = Command::new("dpkg");
    command.args(["-s", package]).stderr(Stdio::null());
    // A package that was removed but not purged is still known, so the status line decides.
    command.output().is_ok_and(|output| {
        let text = String::from_utf8_lossy(&output.stdout);
        output.status.success() && text.lines().any(|line| line == "Status: install ok installed")
    })
}

fn has_program(name: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|directory| directory.join(name).is_file())
}
