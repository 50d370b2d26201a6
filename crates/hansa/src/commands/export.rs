//! `hansa export`: the journal as lines that anybody can verify.

use std::fs::OpenOptions;
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::PathBuf;

use hansa_wire::api::journal::JournalExport;
use hansa_wire::scalar::{Flag, Integer};

use super::{App, DONE, Outcome};
use crate::failure::Failure;
use crate::progress::Progress;

/// What to export, and where to.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Write to this new file instead of standard output
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,

    /// The first entry; an export from a later one proves its own entries and not the books
    #[arg(long, value_name = "SEQ")]
    from: Option<u64>,

    /// Leave out the texts of envelopes, without which their signatures cannot be checked
    #[arg(long)]
    no_texts: bool,
}

impl Args {
    /// Carries it out.
    pub(crate) async fn run(self, app: &App<'_>) -> Outcome {
        let remote = app.remote()?;
        let request = JournalExport { from: self.from.map(Integer), texts: Flag(!self.no_texts) };
        let mut download = remote.export(&request).await?;
        let progress = Progress::bytes(app.ui);
        let Some(path) = &self.out else {
            while let Some(piece) = download.next().await.map_err(|e| remote.failure(e))? {
                app.ui.raw(&piece)?;
                progress.more(piece.len());
            }
            return DONE;
        };
        let unwritable =
            |error| Failure::because(format!("cannot write {}", path.display()), &error);
        let mut options = OpenOptions::new();
        let mut file =
            options.write(true).create_new(true).mode(0o600).open(path).map_err(unwritable)?;
        let mut bytes = 0;
        while let Some(piece) = download.next().await.map_err(|e| remote.failure(e))? {
            file.write_all(&piece).map_err(unwritable)?;
            bytes += piece.len();
            progress.more(piece.len());
        }
        file.sync_all().map_err(unwritable)?;
        drop(progress);
        app.ui.say(&format!("{bytes} bytes in {}", path.display()));
        app.ui.say(&format!("next step: hansa audit {}", path.display()));
        DONE
    }
}
