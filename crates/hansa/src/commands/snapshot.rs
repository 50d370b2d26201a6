//! `hansa snapshot`: what a running node calls to have its journal folded beside it.

use std::path::{Path, PathBuf};

use hansa_node::keys::Place;

use super::{DONE, Outcome};
use crate::files;

/// Of which directory.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The data directory
    #[arg(long, value_name = "DIR")]
    data_dir: PathBuf,

    /// Read the secret that the node's key is sealed under from standard input
    #[arg(long)]
    key_secret_stdin: bool,
}

impl Args {
    /// Carries it out.
    pub(crate) fn run(self) -> Outcome {
        hansa_store::pace::give_way();
        let secret = self.key_secret_stdin.then(|| files::read_secret(Path::new("-")));
        let secret = secret.transpose()?;
        let place = Place { data_dir: &self.data_dir, secret: secret.as_ref() };
        hansa_node::snapshot::write(place)?;
        DONE
    }
}
