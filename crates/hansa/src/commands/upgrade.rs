//! `hansa upgrade`: raising the journal to this release's format.
//!
//! A release reads every earlier format and writes no more than the journal's own holds, so after a
//! new release was started the one before can be started again. `commit` ends that.

use clap::Subcommand;
use hansa_kernel::format::FORMAT;
use hansa_kernel::{Auth, Caller, Command as Act, Request, State, node};
use hansa_node::backup::{self, Pace};
use hansa_node::snapshot::{hash_seed, replay};
use hansa_node::writer::Job;
use hansa_node::{Env, Node};
use hansa_store::verify::{VerifyFrom, verify};
use serde::Serialize;

use super::backup::Place;
use super::{App, DONE, Outcome};
use crate::config::{ConfigArgs, Settings};
use crate::failure::{Failure, chain};
use crate::offline::Directory;
use crate::progress::Progress;
use crate::server::{self, Choices};
use crate::ui::Ui;

/// What can be done about a journal of an earlier release.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Replay the journal with this release, and say what an upgrade would change
    Check {
        #[command(flatten)]
        config: ConfigArgs,
    },
    /// Check it, make a backup and verify that; the node may run meanwhile
    Prepare {
        #[command(flatten)]
        config: ConfigArgs,
        #[command(flatten)]
        place: Place,
    },
    /// Make a backup, and raise the journal's format for good, while the node is stopped
    Commit {
        #[command(flatten)]
        config: ConfigArgs,
        #[command(flatten)]
        place: Place,
        /// Say what would be done
        #[arg(long)]
        dry_run: bool,
    },
}

/// What is found, and what was done.
#[derive(Debug, Clone, Serialize)]
struct Told {
    release: &'static str,
    entries: u64,
    journal_format: u32,
    release_format: u32,
    needed: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    backup: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    raised: Option<bool>,
}

const SHOWN: &[&str] =
    &["release", "entries", "journal_format", "release_format", "needed", "backup", "raised"];

impl Command {
    /// Carries it out.
    pub(crate) async fn run(self, app: &App<'_>) -> Outcome {
        let told = match self {
            Command::Check { config } => check(app.ui, &config.settings(&[])?)?,
            Command::Prepare { config, place } => {
                let settings = config.settings(&[])?;
                let told = check(app.ui, &settings)?;
                Told { backup: Some(back_up(app.ui, &settings, &place)?), ..told }
            }
            Command::Commit { config, place, dry_run } => {
                let settings = config.settings(&[])?;
                let told = check(app.ui, &settings)?;
                match told.needed && !dry_run {
                    true => commit(app.ui, &settings, &place, told).await?,
                    false => Told { raised: Some(false), ..told },
                }
            }
        };
        app.ui.answer(&told, SHOWN)?;
        app.ui.say(match (told.needed, told.raised) {
            (false, _) => "the journal has this release's format: there is nothing to raise",
            (true, Some(true)) => "raised: no earlier release reads this journal from now on",
            (true, _) => "until hansa upgrade commit the earlier release can be started again",
        });
        DONE
    }
}

/// Verifies everything and replays it with this release, from the first entry and without a snapshot.
fn check(ui: &Ui, settings: &Settings) -> Result<Told, Failure> {
    let directory = Directory::open(settings.data_dir())?;
    let progress = Progress::entries(ui);
    let reader = &*directory.reader;
    let head = reader.head()?.last_seq;
    verify(reader, VerifyFrom::beginning(), &mut |seq| progress.at(seq, head)).map_err(
        |damage| {
            Failure::new("the journal does not verify")
                .detail(chain(&damage))
                .next_step("do not upgrade it; restore the last good backup")
        },
    )?;
    let mut state = State::new(hash_seed(reader)?.unwrap_or_default());
    replay(reader, &mut state, head)?;
    let journal_format = state.node.as_ref().map_or(FORMAT, |node| node.format);
    if journal_format > FORMAT {
        return Err(hansa_node::Error::Format { found: journal_format, known: FORMAT }.into());
    }
    Ok(Told {
        release: env!("CARGO_PKG_VERSION"),
        entries: state.seq,
        journal_format,
        release_format: FORMAT,
        needed: journal_format < FORMAT,
        backup: None,
        raised: None,
    })
}

/// A backup that was read again and replayed.
fn back_up(ui: &Ui, settings: &Settings, place: &Place) -> Result<String, Failure> {
    let key = place.key()?;
    let progress = Progress::entries(ui);
    let mut at = |done, all| progress.at(done, all);
    let manifest =
        backup::create(settings.data_dir(), &place.dir, &key, &Env::real(), Pace::AtOnce, &mut at)?;
    backup::verify(&place.dir, &manifest, &key, &mut at)?;
    Ok(manifest.id)
}

/// The lock is held from before the backup to behind the entry, so nothing lies between the two.
async fn commit(ui: &Ui, settings: &Settings, place: &Place, told: Told) -> Result<Told, Failure> {
    let opened =
        server::open(settings, Choices { verify_full: true, ..Choices::default() }).await?;
    let done = match back_up(ui, settings, place) {
        Ok(backup) => raise(&opened.node).await.map(|()| backup),
        Err(failure) => Err(failure),
    };
    opened.node.stop().await?;
    Ok(Told { backup: Some(done?), journal_format: FORMAT, raised: Some(true), ..told })
}

async fn raise(node: &Node) -> Result<(), Failure> {
    let command = Act::NodeRaiseFormat(node::RaiseFormat { format: FORMAT });
    let caller = Caller { principal: None, auth: Auth::Machine };
    let request = Request::new(caller, command, None);
    node.submit(Job { request, vault: Vec::new() }).await?;
    Ok(())
}
