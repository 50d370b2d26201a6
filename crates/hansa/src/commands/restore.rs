//! `hansa restore`: a new data directory, made of a backup.

use hansa_node::{Env, backup, keys};

use super::backup::Place;
use super::{App, DONE, Outcome};
use crate::config::ConfigArgs;
use crate::progress::Progress;
use crate::server::{self, Choices};

/// What to restore, and where to.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    config: ConfigArgs,

    #[command(flatten)]
    place: Place,

    /// Which one, as backup list names it; the newest unless named
    #[arg(long, value_name = "ID")]
    at: Option<String>,
}

impl Args {
    /// Carries it out: the data directory that the settings name is made, verified, and begins
    /// another run of the journal.
    pub(crate) async fn run(self, app: &App<'_>) -> Outcome {
        let settings = self.config.settings(&[])?;
        let (env, key) = (Env::real(), self.place.key()?);
        let manifest = backup::find(&self.place.dir, self.at.as_deref())?;
        let progress = Progress::entries(app.ui);
        let mut at = |done, all| progress.at(done, all);
        let secret = settings.key_secret.get()?;
        let target = keys::Place { data_dir: settings.data_dir(), secret: secret.as_ref() };
        let checked = backup::restore(&self.place.dir, &manifest, &key, target, &env, &mut at)?;
        drop(progress);
        let opened =
            server::open(&settings, Choices { verify_full: true, ..Choices::default() }).await?;
        opened.node.stop().await?;
        app.ui.answer(&checked, &["id", "entries", "documents", "left_out"])?;
        app.ui.say("another run of the journal has begun; envelopes are refused for 300 seconds");
        app.ui.say("next step: start it with hansa serve, and erase again who was erased since");
        DONE
    }
}
