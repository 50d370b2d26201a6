//! Step `tests`: every test of the workspace, documentation tests included.
//!
//! Invariant: the child inherits stdout and nothing else in this tool writes there, so the closing
//! lines of the test harness arrive untouched.
//!
//! Deliberately absent: retries, filters and ignored tests. A test that sometimes fails is a bug.

use super::{Request, Step};
use crate::workspace::run;

/// The step.
pub(super) const STEP: Step = Step {
    name: "tests",
    about: "every test of the workspace, documentation tests included",
    help: "Runs `cargo test --workspace --all-features`, which runs documentation tests too.\n\
           One crate: `cargo test -p hansa-kernel`; one test: `cargo test -p hansa-kernel NAME`.",
    flag: None,
    run: |request: &Request<'_>| {
        run(request.workspace.cargo(&["test", "--workspace", "--all-features"]))
    },
};
