//! `hansa demo`: the whole story, told on a node of its own.

use std::path::PathBuf;

use super::{App, Outcome};
use crate::demo::{self, Story};

/// How to tell it.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Keep the node's data, the agents' keys and the exported journal in this new folder
    #[arg(long, value_name = "DIR")]
    keep: Option<PathBuf>,

    /// Tell of the gate instead: a payment that needs authority, policy and a second person, and
    /// nine ways to get it wrong
    #[arg(long)]
    gate: bool,
}

impl Args {
    /// Carries it out. Exit 0 only if everything held.
    pub(crate) async fn run(self, app: &App<'_>) -> Outcome {
        let story = if self.gate { Story::Gate } else { Story::Town };
        demo::run(app.ui, story, self.keep).await
    }
}
