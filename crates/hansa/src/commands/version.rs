//! `hansa version`: which software this is.

use serde_json::json;

use super::{App, DONE, Outcome};

/// Nothing to choose.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {}

/// The commit that the program was built from, if whoever built it said so.
pub(crate) const COMMIT: Option<&str> = option_env!("HANSA_COMMIT");

impl Args {
    /// Carries it out.
    pub(crate) fn run(self, app: &App<'_>) -> Outcome {
        let version = env!("CARGO_PKG_VERSION");
        if app.ui.is_for_people() {
            let commit = COMMIT.map(|commit| format!(" ({commit})")).unwrap_or_default();
            app.ui.line(&format!("hansa {version}{commit}"))?;
            return DONE;
        }
        let mut answer = json!({ "name": "hansa", "version": version });
        if let Some(commit) = COMMIT {
            answer["commit"] = commit.into();
        }
        app.ui.answer(&answer, &[])?;
        DONE
    }
}
