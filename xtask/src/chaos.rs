//! `cargo xtask chaos`: the program itself under kills, stops and a bad network, with the histories of
//! its clients checked.
//!
//! Everything behind `chaos` on the command line goes to the driver; `--help` lists what it knows.

use crate::workspace::{Workspace, run};

const BUILD: &[&str] = &["build", "--release", "--quiet", "--package", "hansa"];
const RUN: &[&str] =
    &["run", "--release", "--quiet", "--package", "hansa-testkit", "--bin", "hansa-chaos", "--"];

/// Runs `cargo xtask chaos` with the arguments after `chaos`.
pub(crate) fn main(args: &[String]) -> anyhow::Result<()> {
    let workspace = Workspace::locate()?;
    run(workspace.cargo(BUILD))?;
    let mut command = workspace.cargo(RUN);
    command.args(args);
    run(command)
}
