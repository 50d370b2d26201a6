//! `hansa snapshot`: what a running node calls to have its journal folded beside it.

use std::path::PathBuf;

use super::{DONE, Outcome};

/// Of which directory.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The data directory
    #[arg(long, value_name = "DIR")]
    data_dir: PathBuf,
}

impl Args {
    /// Carries it out.
    pub(crate) fn run(self) -> Outcome {
        hansa_node::env::give_way();
        hansa_node::snapshot::write(&self.data_dir)?;
        DONE
    }
}
