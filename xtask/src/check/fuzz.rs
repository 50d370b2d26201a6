//! Step `fuzz`: every fuzz target, for a bounded time.
//!
//! A target is an ordinary `#[test] fn fuzz_*` whose body is `bolero::check!()…for_each(…)`. Under
//! plain `cargo test` bolero's built-in engine already gives each one second of random inputs; this
//! step runs the same functions for longer, by name.
//!
//! Invariants: the time is a bound for each target, not for all (targets of one test binary run
//! side by side); harness output goes to stderr, because stdout belongs to step `tests`.
//!
//! Deliberately absent: coverage-guided engines. They need a nightly compiler; `cargo bolero test`
//! runs the same targets under them.

use super::{Request, Step};
use crate::workspace::run;

/// Read by bolero's built-in engine: how long each target draws random inputs, in milliseconds.
const TIME_VARIABLE: &str = "BOLERO_RANDOM_TEST_TIME_MS";
const TARGET_TIME_MS: &str = "5000";

/// The filter comes after `--lib --bins --tests`, which leave documentation tests out.
const ARGS: &[&str] =
    &["test", "--workspace", "--all-features", "--lib", "--bins", "--tests", "fuzz_"];

/// The step.
pub(super) const STEP: Step = Step {
    name: "fuzz",
    about: "every fuzz target, 5 seconds each",
    help: "Runs `cargo test --workspace --all-features --lib --bins --tests fuzz_` with\n\
           BOLERO_RANDOM_TEST_TIME_MS=5000 unless you set that variable yourself. It bounds each\n\
           target (bolero's own default is 1000) and is looked at between inputs: first the files\n\
           in `__fuzz__/TARGET/crashes` and `corpus` beside the test's source, if there are any,\n\
           then inputs drawn from fresh random seeds. The built-in engine reads three variables\n\
           more: BOLERO_RANDOM_ITERATIONS (a second bound: whichever comes first),\n\
           BOLERO_RANDOM_MAX_LEN (bytes per input, 4096) and BOLERO_RANDOM_SEED (one seed to run\n\
           before all others: a failure prints the one that repeats it).",
    flag: None,
    run: |request: &Request<'_>| {
        let mut command = request.workspace.cargo(ARGS);
        if std::env::var_os(TIME_VARIABLE).is_none() {
            command.env(TIME_VARIABLE, TARGET_TIME_MS);
        }
        command.stdout(super::stderr()?);
        run(command)
    },
};
