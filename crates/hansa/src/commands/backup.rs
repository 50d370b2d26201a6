//! `hansa backup`: sealed copies of a data directory, and looking after them.

use std::path::{Path, PathBuf};

use clap::Subcommand;
use hansa_crypto::seal::SealKey;
use hansa_node::backup::{self, Manifest, Pace};
use hansa_node::{Env, keys, limits};
use hansa_store::pace::give_way;
use hansa_types::Digest;
use serde_json::json;

use super::{App, DONE, Outcome};
use crate::config::ConfigArgs;
use crate::failure::Failure;
use crate::files;
use crate::progress::Progress;

/// What a recovery key begins with, so that nobody takes it for something else.
const KEY_PREFIX: &str = "recovery_";

/// What can be done with backups.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Make a recovery key, without which no backup can be read
    Key {
        /// Write it to this new file
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
    },
    /// Copy what is new into a folder of backups; a node may run meanwhile
    Create {
        #[command(flatten)]
        config: ConfigArgs,
        #[command(flatten)]
        place: Place,
        /// Let everything else on the machine run first, and rest while it is busy
        #[arg(long)]
        in_background: bool,
    },
    /// Read a whole backup, replay it and compare what comes out
    Verify {
        #[command(flatten)]
        place: Place,
        /// Which one, as list names it; the newest unless named
        #[arg(long, value_name = "ID")]
        at: Option<String>,
    },
    /// List the backups of a folder, oldest first
    List {
        /// The folder
        dir: PathBuf,
    },
    /// Remove backups that are too old, or of before an erasure that the newest knows of
    Prune {
        /// The folder
        dir: PathBuf,
        /// Days that a backup may be kept
        #[arg(long, value_name = "DAYS", default_value_t = limits::BACKUP_DAYS_MAX)]
        days: u32,
    },
}

/// Where backups are, and what opens them.
#[derive(Debug, clap::Args)]
pub(crate) struct Place {
    /// The folder of the backups
    pub(crate) dir: PathBuf,

    /// The file of the recovery key
    #[arg(long, value_name = "FILE")]
    recovery_key: PathBuf,
}

impl Place {
    /// The key in the file.
    pub(crate) fn key(&self) -> Result<SealKey, Failure> {
        let text = files::read_secret(&self.recovery_key)?;
        let digits = text.expose().strip_prefix(KEY_PREFIX);
        let bytes = digits.and_then(|digits| digits.parse::<Digest>().ok());
        let bytes = bytes.ok_or_else(|| {
            Failure::usage(format!("{} holds no recovery key", self.recovery_key.display()))
                .next_step("make one with hansa backup key --out FILE")
        })?;
        Ok(SealKey::from_bytes(bytes.0))
    }
}

const LISTED: &[&str] = &["id", "made_at", "last_seq", "documents", "incarnation"];
const CHECKED: &[&str] = &["id", "entries", "documents", "left_out"];

impl Command {
    /// Carries it out.
    pub(crate) fn run(self, app: &App<'_>) -> Outcome {
        match self {
            Command::Key { out } => make_key(app, &out)?,
            Command::Create { config, place, in_background } => {
                let pace = match in_background {
                    true => {
                        give_way();
                        Pace::Gently
                    }
                    false => Pace::AtOnce,
                };
                let settings = config.settings(&[])?;
                let key = place.key()?;
                let progress = Progress::entries(app.ui);
                let mut at = |done, all| progress.at(done, all);
                let secret = settings.key_secret.get()?;
                let of = keys::Place { data_dir: settings.data_dir(), secret: secret.as_ref() };
                let made = backup::create(of, &place.dir, &key, &Env::real(), pace, &mut at)?;
                drop(progress);
                app.ui.answer(&told(&made), LISTED)?;
            }
            Command::Verify { place, at } => {
                let manifest = backup::find(&place.dir, at.as_deref())?;
                let progress = Progress::entries(app.ui);
                let mut told = |done, all| progress.at(done, all);
                let checked = backup::verify(&place.dir, &manifest, &place.key()?, &mut told)?;
                drop(progress);
                app.ui.answer(&checked, CHECKED)?;
            }
            Command::List { dir } => {
                let all: Vec<_> = backup::list(&dir)?.iter().map(told).collect();
                app.ui.answer(&json!({ "data": all, "next_cursor": null }), LISTED)?;
            }
            Command::Prune { dir, days } => {
                let gone = backup::prune(&dir, days, Env::real().clock.wall())?;
                app.ui.answer(&json!({ "removed": gone }), &["removed"])?;
            }
        }
        DONE
    }
}

fn make_key(app: &App<'_>, out: &Path) -> Result<(), Failure> {
    let bytes = Digest(Env::real().random());
    files::write_new_secret(out, &format!("{KEY_PREFIX}{bytes}\n"))?;
    app.ui.say(&format!("the recovery key is in {}: keep a copy elsewhere", out.display()));
    app.ui.say("whoever has it can read every backup sealed with it; without it nobody can");
    Ok(())
}

fn told(manifest: &Manifest) -> serde_json::Value {
    json!({
        "id": manifest.id,
        "made_at": manifest.made_at.to_string(),
        "last_seq": manifest.last_seq,
        "documents": manifest.documents,
        "incarnation": manifest.incarnation,
    })
}
