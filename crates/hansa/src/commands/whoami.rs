//! `hansa whoami`: whom the node takes the caller for.

use hansa_wire::api::auth::WhoAmI;

use super::{App, DONE, Outcome};

/// Nothing to choose.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {}

const SHOWN: &[&str] = &[
    "id",
    "did",
    "kind",
    "method",
    "actions",
    "account",
    "email",
    "totp",
    "passkeys",
    "second_factor",
    "recovery_keys_left",
];

impl Args {
    /// Carries it out.
    pub(crate) async fn run(self, app: &App<'_>) -> Outcome {
        app.ui.answer(&app.remote()?.call(&WhoAmI {}).await?, SHOWN)?;
        DONE
    }
}
