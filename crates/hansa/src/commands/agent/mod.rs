//! `hansa agent`: registering agents, and looking at them.

mod handing;
pub(crate) mod moving;

use std::path::{Path, PathBuf};

use clap::Subcommand;
use hansa_crypto::SigningKey;
use hansa_wire::api::agents::{
    AgentCardGet, AgentCardSet, AgentCreate, AgentGet, AgentKeyRotate, AgentList, ReputationGet,
};
use hansa_wire::api::dids::{DidMethod, NewDid};
use hansa_wire::scalar::{Name, PrincipalRef, WireKey};

use super::onboard::{self, Onboard};
use super::paging::Paging;
use super::user::{Reinstate, Stop};
use super::{App, DONE, Outcome};
use crate::failure::Failure;
use crate::remote::Idempotency;
use crate::{files, sign};

/// What can be done with agents.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Register an agent
    Create(Create),
    /// List agents
    List(Paging),
    /// Show an agent
    Show {
        /// Its id or DID
        agent: PrincipalRef,
    },
    /// Show an agent's card, or replace it
    Card {
        /// Its id or DID
        agent: PrincipalRef,
        /// Replace the card by the JSON of this file; - reads standard input
        #[arg(long, value_name = "FILE")]
        set: Option<PathBuf>,
        #[command(flatten)]
        idempotency: Idempotency,
    },
    /// Show what an agent's counterparties made of it
    Reputation {
        /// Its id or DID
        agent: PrincipalRef,
    },
    /// Give an agent another key; the former one is accepted for seven more days
    Rotate(Rotate),
    /// Onboard an agent that you control: key, money and OAuth client in one call
    Onboard(Onboard),
    /// Make a token with which somebody else onboards one agent in your name, within 5 minutes
    Bootstrap {
        #[command(flatten)]
        idempotency: Idempotency,
    },
    /// Take an agent's DID to this node with its owner's recovery key; the node it leaves is not asked
    Move(moving::Move),
    /// Hand an agent on: to an organization that you work in, or from it to a member
    Transfer(handing::Transfer),
    /// Let a member or a team look into what an agent of your organization does
    Share(handing::Share),
    /// Take that back
    Unshare(handing::Share),
    /// Stop an agent from acting
    Suspend(Stop),
    /// Keep an agent's money where it is
    Freeze(Stop),
    /// Let a suspended or frozen agent act again
    Reinstate(Reinstate),
}

/// Registering an agent.
#[derive(Debug, clap::Args)]
pub(crate) struct Create {
    /// What people call it
    #[arg(value_parser = name)]
    name: Name,

    /// Its card (A2A), as JSON in this file; - reads standard input
    #[arg(long, value_name = "FILE")]
    card: Option<PathBuf>,

    /// Its public key (z6Mk… or did:key:…); without one the node makes a key pair
    #[arg(long, value_name = "KEY", conflicts_with = "key_out", value_parser = public_key)]
    public_key: Option<WireKey>,

    /// Make its key here and write the private key to this new file; the node never sees it
    #[arg(long, value_name = "PEM")]
    key_out: Option<PathBuf>,

    /// Give it nothing to begin with
    #[arg(long)]
    no_genesis_grant: bool,

    /// Name it by its key alone, for a DID log that comes from another node
    #[arg(long, conflicts_with_all = ["recovery_key", "recovery_key_out"])]
    did_key: bool,

    /// The public half of its owner's recovery key; without one the node makes a pair
    #[arg(long, value_name = "KEY", conflicts_with = "recovery_key_out", value_parser = public_key)]
    recovery_key: Option<WireKey>,

    /// Make its owner's recovery key here and write the private key to this new file
    #[arg(long, value_name = "PEM")]
    recovery_key_out: Option<PathBuf>,

    #[command(flatten)]
    idempotency: Idempotency,
}

/// Replacing an agent's key.
#[derive(Debug, clap::Args)]
pub(crate) struct Rotate {
    /// Its id or DID
    agent: PrincipalRef,

    /// Its new private key, of which the node is shown a proof alone; without one the node makes a
    /// key pair
    #[arg(long, value_name = "PEM", conflicts_with = "key_out")]
    key: Option<PathBuf>,

    /// Make the key here and write the private key to this new file; the node never sees it
    #[arg(long, value_name = "PEM")]
    key_out: Option<PathBuf>,

    /// Stop accepting its former keys at once, as after a theft
    #[arg(long)]
    revoke_former: bool,

    #[command(flatten)]
    idempotency: Idempotency,
}

const ROTATED: &[&str] =
    &["agent", "did", "public_key", "private_key_pem", "former_accepted_until", "seq"];
const LISTED: &[&str] = &["id", "name", "kind", "status", "did", "created_at"];
const SHOWN: &[&str] = &[
    "id",
    "did",
    "name",
    "kind",
    "status",
    "owner",
    "public_key",
    "has_card",
    "seq",
    "created_at",
];
const REPUTATION: &[&str] = &[
    "agent",
    "as_agent.rating",
    "as_agent.ratings",
    "as_agent.completed",
    "as_agent.failed",
    "as_payer.rating",
    "as_payer.ratings",
    "as_payer.completed",
    "as_payer.failed",
    "as_of_seq",
];
const CREATED: &[&str] = &[
    "id",
    "did",
    "name",
    "public_key",
    "api_key",
    "private_key_pem",
    "recovery_key_pem",
    "genesis_transfer",
    "balances:currency,balance,available,held",
    "seq",
    "created_at",
];

impl Command {
    /// Carries it out.
    pub(crate) async fn run(self, app: &App<'_>) -> Outcome {
        let remote = app.remote()?;
        match self {
            Command::Create(create) => return create.run(app).await,
            Command::List(Paging { cursor, limit }) => {
                app.ui.answer(&remote.call(&AgentList { cursor, limit }).await?, LISTED)?;
            }
            Command::Show { agent } => {
                app.ui.answer(&remote.call(&AgentGet { agent }).await?, SHOWN)?;
            }
            Command::Card { agent, set: None, .. } => {
                let card = remote.call(&AgentCardGet { agent }).await?;
                let text = serde_json::to_string_pretty(&card);
                let text = text.map_err(|error| Failure::because("cannot write it", &error))?;
                app.ui.line(&text)?;
            }
            Command::Card { agent, set: Some(path), idempotency } => {
                let request = AgentCardSet { agent, card: files::read_object(&path)? };
                app.ui.answer(&remote.call_once(&request, &idempotency).await?, &[])?;
            }
            Command::Reputation { agent } => {
                app.ui.answer(&remote.call(&ReputationGet { agent }).await?, REPUTATION)?;
            }
            Command::Rotate(rotate) => return rotate.run(app).await,
            Command::Onboard(onboard) => return onboard.run(app).await,
            Command::Bootstrap { idempotency } => {
                return onboard::bootstrap(app, &idempotency).await;
            }
            Command::Move(moving) => return moving.run(app).await,
            Command::Transfer(transfer) => return transfer.run(app).await,
            Command::Share(share) => return share.share(app).await,
            Command::Unshare(share) => return share.unshare(app).await,
            Command::Suspend(stop) => return stop.suspend(app).await,
            Command::Freeze(stop) => return stop.freeze(app).await,
            Command::Reinstate(reinstate) => return reinstate.run(app).await,
        }
        DONE
    }
}

impl Rotate {
    async fn run(self, app: &App<'_>) -> Outcome {
        let Rotate { agent, key, key_out, revoke_former, idempotency } = self;
        let remote = app.remote()?;
        let brought = key.as_deref().map(files::read_key).transpose()?;
        let own = key_out.as_deref().map(OwnKey::write).transpose()?;
        let key = own.as_ref().map(OwnKey::key).or(brought.as_ref());
        let outcome = match remote.prove_some(key).await {
            Ok(proof) => {
                let public_key = key.map(|key| WireKey(key.public()));
                let request = AgentKeyRotate { agent, public_key, proof, revoke_former };
                remote.call_once(&request, &idempotency).await
            }
            Err(failure) => Err(failure),
        };
        let rotated = OwnKey::settle(own, outcome)?;
        app.ui.answer(&rotated, ROTATED)?;
        if rotated.private_key_pem.is_some() {
            app.ui.say("the private key will not be shown again: keep what you see above");
        }
        DONE
    }
}

impl Create {
    async fn run(self, app: &App<'_>) -> Outcome {
        let card = self.card.as_deref().map(files::read_object).transpose()?;
        let remote = app.remote()?;
        let own = self.key_out.as_deref().map(OwnKey::write).transpose()?;
        let recovery = self.recovery_key_out.as_deref().map(OwnKey::write).transpose()?;
        let public_key = own.as_ref().map(OwnKey::public).or(self.public_key);
        let recovery_key = recovery.as_ref().map(OwnKey::public).or(self.recovery_key);
        let did = match (self.did_key, recovery_key) {
            (true, _) => Some(NewDid { method: DidMethod::Key, recovery_key: None }),
            (false, Some(_)) => Some(NewDid { method: DidMethod::Webvh, recovery_key }),
            (false, None) => None,
        };
        let genesis_grant = !self.no_genesis_grant;
        let request = AgentCreate { name: self.name, public_key, card, genesis_grant, did };
        let created = remote.call_once(&request, &self.idempotency).await;
        let created = OwnKey::settle(own, OwnKey::settle(recovery, created))?;
        app.ui.answer(&created, CREATED)?;
        let shown = [
            created.api_key.as_ref().map(|_| "the API key"),
            created.private_key_pem.as_ref().map(|_| "the private key"),
            created.recovery_key_pem.as_ref().map(|_| "the recovery key"),
        ];
        let shown: Vec<&str> = shown.into_iter().flatten().collect();
        if !shown.is_empty() {
            let what = shown.join(" and ");
            app.ui.say(&format!("{what} will not be shown again: keep what you see above"));
        }
        DONE
    }
}

/// A new private key in a new file. It is written before the key is used, so that nobody is
/// registered whose key is lost, and removed again where it certainly was not used.
pub(crate) struct OwnKey {
    path: PathBuf,
    key: SigningKey,
}

impl OwnKey {
    /// Makes the key and the file.
    pub(crate) fn write(path: &Path) -> Result<Self, Failure> {
        let key = sign::new_key();
        files::write_new_secret(path, &key.to_pkcs8_pem())?;
        Ok(Self { path: path.to_owned(), key })
    }

    /// The key that others may know.
    pub(crate) fn public(&self) -> WireKey {
        WireKey(self.key.public())
    }

    /// The key.
    pub(crate) fn key(&self) -> &SigningKey {
        &self.key
    }

    /// Passes on what became of the key's use. After a refusal the file goes; where no answer came
    /// the key may be in use, so the file stays and is named.
    pub(crate) fn settle<T>(own: Option<Self>, outcome: Result<T, Failure>) -> Result<T, Failure> {
        let (Some(own), Err(failure)) = (&own, &outcome) else { return outcome };
        let path = own.path.display();
        if !failure.is_certain() {
            let note = format!("{path} holds a key that may be in use now; it was left");
            return outcome.map_err(|failure| failure.detail(note));
        }
        match std::fs::remove_file(&own.path) {
            Ok(()) => outcome,
            Err(error) => {
                let note = format!("{path} holds a key that is of no use and stays: {error}");
                outcome.map_err(|failure| failure.detail(note))
            }
        }
    }
}

/// Reads a name.
pub(crate) fn name(text: &str) -> Result<Name, String> {
    Name::new(text).ok_or_else(|| "1 to 128 bytes without control characters".to_owned())
}

/// Reads a public key in either spelling.
pub(crate) fn public_key(text: &str) -> Result<WireKey, String> {
    serde_json::from_value(text.into())
        .map_err(|_| "an Ed25519 key as z6Mk… or did:key:z6Mk…".to_owned())
}
