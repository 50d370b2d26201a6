//! Step `clippy`: no compiler or clippy warning in any target with any feature.
//!
//! This is also where forbidden calls are caught: each crate's `clippy.toml` names the methods and
//! types it may not use, and step `seams` keeps those files in place.

use super::{Request, Step};
use crate::workspace::run;

const ARGS: &[&str] =
    &["clippy", "--workspace", "--all-targets", "--all-features", "--", "-D", "warnings"];

/// The step.
pub(super) const STEP: Step = Step {
    name: "clippy",
    about: "no warning from the compiler or clippy, forbidden calls included",
    help: "Runs `cargo clippy --workspace --all-targets --all-features -- -D warnings`.\n\
           A \"disallowed method\" names its reason: take the value from `Env` instead.",
    flag: None,
    run: |request: &Request<'_>| {
        let mut command = request.workspace.cargo(ARGS);
        command.stdout(super::stderr()?);
        run(command)
    },
};
