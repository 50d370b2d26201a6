//! `cargo xtask sim`: runs simulated nodes under simulated disasters, one a seed.
//!
//! Everything behind `sim` on the command line goes to the simulation; `--help` lists what it knows.
//! A failing seed is printed with the command that runs it again.

use crate::workspace::{Workspace, run};

const RUN: &[&str] =
    &["run", "--release", "--quiet", "--package", "hansa-testkit", "--bin", "hansa-sim", "--"];

/// Runs `cargo xtask sim` with the arguments after `sim`.
pub(crate) fn main(args: &[String]) -> anyhow::Result<()> {
    let workspace = Workspace::locate()?;
    let mut command = workspace.cargo(RUN);
    command.args(args);
    run(command)
}
