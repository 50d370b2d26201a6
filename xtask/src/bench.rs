//! `cargo xtask bench`: builds the release binary and the bench, and runs the bench against it.
//!
//! Everything behind `bench` on the command line goes to the bench; `--help` lists what it knows.
//! The table goes to stdout, `bench.json` beside the build's output.
//!
//! Deliberately absent: figures and limits, which are the bench's own.

use crate::workspace::{Workspace, run};

/// What is built and run, before the arguments.
const BUILD: &[&str] =
    &["build", "--release", "--package", "hansa", "--package", "hansa-testkit", "--bins"];
const RUN: &[&str] = &["run", "--release", "--package", "hansa-bench", "--"];

/// What the bench says of itself, without building it.
const USAGE: &str = include_str!("../../bench/src/usage.txt");

/// Runs `cargo xtask bench` with the arguments after `bench`.
pub(crate) fn main(args: &[String]) -> anyhow::Result<()> {
    if args.iter().any(|arg| arg == "--help" || arg == "-h") {
        print!("{USAGE}");
        return Ok(());
    }
    let workspace = Workspace::locate()?;
    run(workspace.cargo(BUILD))?;
    let mut command = workspace.cargo(RUN);
    command.args(args);
    run(command)
}
