//! `hansa did`: identifiers that prove themselves, of this node's agents and of others.

use std::path::PathBuf;

use clap::Subcommand;
use hansa_types::Did;
use hansa_wire::api::dids::{DidCreate, DidGet, DidLogGet, DidLogSet, DidLogText, DidResolve};
use hansa_wire::scalar::{PrincipalRef, WireKey};

use super::agent::{OwnKey, public_key};
use super::{App, DONE, Outcome};
use crate::failure::Failure;
use crate::files;
use crate::remote::Idempotency;

/// What can be done with DIDs.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Show an agent's DID with its other names, and what a log must say to be hosted here
    Show {
        /// Its id or DID
        agent: PrincipalRef,
    },
    /// Give an agent a DID log on this node, in place of the DID of its key
    Create(Create),
    /// Print an agent's DID log, or hand in one that its owner wrote an entry to
    Log(Log),
    /// Resolve a DID of this node or, for principals, of any host
    Resolve {
        /// The DID
        did: Did,
    },
}

/// Beginning a log.
#[derive(Debug, clap::Args)]
pub(crate) struct Create {
    /// Its id or DID
    agent: PrincipalRef,

    /// The public half of its owner's recovery key; without one the node makes a pair
    #[arg(long, value_name = "KEY", conflicts_with = "recovery_key_out", value_parser = public_key)]
    recovery_key: Option<WireKey>,

    /// Make the recovery key here and write the private key to this new file
    #[arg(long, value_name = "PEM")]
    recovery_key_out: Option<PathBuf>,

    #[command(flatten)]
    idempotency: Idempotency,
}

/// An agent's log.
#[derive(Debug, clap::Args)]
pub(crate) struct Log {
    /// Its id or DID
    agent: PrincipalRef,

    /// Hand in the whole log in this file; - reads standard input
    #[arg(long, value_name = "FILE")]
    set: Option<PathBuf>,

    #[command(flatten)]
    idempotency: Idempotency,
}

const SHOWN: &[&str] = &[
    "agent",
    "did",
    "also_known_as",
    "log.url",
    "log.version_id",
    "log.created_at",
    "log.updated_at",
    "log.left",
    "home.did",
    "home.update_key",
];
const CREATED: &[&str] = &["agent", "did", "recovery_key_pem", "seq"];
pub(super) const STORED: &[&str] = &["agent", "did", "version_id", "left", "seq"];

impl Command {
    /// Carries it out.
    pub(crate) async fn run(self, app: &App<'_>) -> Outcome {
        let remote = app.remote()?;
        match self {
            Command::Show { agent } => {
                app.ui.answer(&remote.call(&DidGet { agent }).await?, SHOWN)?;
            }
            Command::Create(create) => return create.run(app).await,
            Command::Log(Log { agent, set: None, .. }) => {
                let DidLogText(text) = remote.call(&DidLogGet { agent }).await?;
                app.ui.raw(text.as_bytes())?;
            }
            Command::Log(Log { agent, set: Some(path), idempotency }) => {
                let log = files::read_text(&path)?.to_string();
                let stored = remote.call_once(&DidLogSet { agent, log }, &idempotency).await?;
                app.ui.answer(&stored, STORED)?;
            }
            Command::Resolve { did } => {
                let resolved = remote.call(&DidResolve { did }).await?;
                let text = serde_json::to_string_pretty(&resolved);
                let text = text.map_err(|error| Failure::because("cannot write it", &error))?;
                app.ui.line(&text)?;
            }
        }
        DONE
    }
}

impl Create {
    async fn run(self, app: &App<'_>) -> Outcome {
        let remote = app.remote()?;
        let own = self.recovery_key_out.as_deref().map(OwnKey::write).transpose()?;
        let recovery_key = own.as_ref().map(OwnKey::public).or(self.recovery_key);
        let request = DidCreate { agent: self.agent, recovery_key };
        let created = OwnKey::settle(own, remote.call_once(&request, &self.idempotency).await)?;
        app.ui.answer(&created, CREATED)?;
        if created.recovery_key_pem.is_some() {
            app.ui.say("the recovery key will not be shown again: keep what you see above");
        }
        DONE
    }
}
