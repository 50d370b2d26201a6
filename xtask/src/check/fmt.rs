//! Step `fmt`: the code is laid out as `rustfmt.toml` says.
//!
//! Deliberately absent: fixing. `cargo fmt --all` does that.

use super::{Request, Step};
use crate::workspace::run;

/// The step.
pub(super) const STEP: Step = Step {
    name: "fmt",
    about: "rustfmt has nothing to change",
    help: "Runs `cargo fmt --all -- --check`. Answer a failure with `cargo fmt --all`.",
    flag: None,
    run: |request: &Request<'_>| {
        let mut command = request.workspace.cargo(&["fmt", "--all", "--", "--check"]);
        command.stdout(super::stderr()?);
        run(command)
    },
};
