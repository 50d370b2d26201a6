//! `hansa openapi`: the description of the API, as this program serves it. Asks no node.

use super::{App, DONE, Outcome};
use crate::failure::Failure;

/// Nothing to choose.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {}

impl Args {
    /// Carries it out.
    pub(crate) fn run(self, app: &App<'_>) -> Outcome {
        let document = hansa_wire::openapi::document(env!("CARGO_PKG_VERSION"));
        let text = serde_json::to_string_pretty(&document)
            .map_err(|error| Failure::because("cannot write the description", &error))?;
        app.ui.line(&text)?;
        DONE
    }
}
