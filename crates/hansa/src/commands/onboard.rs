//! `hansa agent onboard`: an agent with its key, its money and its OAuth client in one call.

use std::path::{Path, PathBuf};

use hansa_wire::api::dids::{DidMethod, NewDid};
use hansa_wire::api::onboarding::{AgentOnboard, BootstrapCreate};
use hansa_wire::client::Credential;
use hansa_wire::scalar::{ActionPattern, Name, PrincipalRef, WireKey};

use super::agent::{OwnKey, name};
use super::key::action;
use super::{App, DONE, Outcome};
use crate::failure::Failure;
use crate::files;
use crate::remote::{Idempotency, Remote};

/// Onboarding an agent that the caller controls from then on.
#[derive(Debug, clap::Args)]
pub(crate) struct Onboard {
    /// What people call it
    #[arg(value_parser = name)]
    name: Name,

    /// Its card (A2A), as JSON in this file; - reads standard input
    #[arg(long, value_name = "FILE")]
    card: Option<PathBuf>,

    /// Its private key, of which the node is shown a proof alone; without one the node makes a key
    /// pair
    #[arg(long, value_name = "PEM", conflicts_with = "key_out")]
    key: Option<PathBuf>,

    /// Make its key here and write the private key to this new file; the node never sees it
    #[arg(long, value_name = "PEM")]
    key_out: Option<PathBuf>,

    /// Make its owner's recovery key here and write the private key to this new file; without it the
    /// node makes one
    #[arg(long, value_name = "PEM")]
    recovery_key_out: Option<PathBuf>,

    /// An operation that its tokens may be used for, or the beginning of one with *; may be
    /// repeated; everything it may do unless named
    #[arg(long = "action", value_name = "PATTERN", value_parser = action)]
    actions: Vec<ActionPattern>,

    /// Give it nothing to begin with
    #[arg(long)]
    no_genesis_grant: bool,

    /// The organization that it shall belong to, which you are a member of
    #[arg(long, value_name = "PRINCIPAL")]
    org: Option<PrincipalRef>,

    /// Use the bootstrap token in this file instead of an API key, a login or a signature; - reads
    /// standard input
    #[arg(long, value_name = "FILE")]
    bootstrap_token_file: Option<PathBuf>,

    #[command(flatten)]
    idempotency: Idempotency,
}

const ONBOARDED: &[&str] = &[
    "id",
    "did",
    "name",
    "public_key",
    "client_id",
    "client_secret",
    "token_endpoint",
    "private_key_pem",
    "recovery_key_pem",
    "genesis_transfer",
    "seq",
    "created_at",
];

impl Onboard {
    /// Carries it out.
    pub(crate) async fn run(self, app: &App<'_>) -> Outcome {
        let card = self.card.as_deref().map(files::read_object).transpose()?;
        let remote = remote(app, self.bootstrap_token_file.as_deref())?;
        let own = self.key_out.as_deref().map(OwnKey::write).transpose()?;
        let recovery = self.recovery_key_out.as_deref().map(OwnKey::write).transpose()?;
        let recovery_key = recovery.as_ref().map(OwnKey::public);
        let brought = self.key.as_deref().map(files::read_key).transpose()?;
        let key = own.as_ref().map(OwnKey::key).or(brought.as_ref());
        let outcome = match remote.prove_some(key).await {
            Ok(proof) => {
                let request = AgentOnboard {
                    name: self.name,
                    public_key: key.map(|key| WireKey(key.public())),
                    proof,
                    card,
                    genesis_grant: !self.no_genesis_grant,
                    actions: Some(self.actions).filter(|actions| !actions.is_empty()),
                    did: recovery_key
                        .map(|key| NewDid { method: DidMethod::Webvh, recovery_key: Some(key) }),
                    org: self.org,
                };
                remote.call_once(&request, &self.idempotency).await
            }
            Err(failure) => Err(failure),
        };
        let onboarded = OwnKey::settle(own, OwnKey::settle(recovery, outcome))?;
        app.ui.answer(&onboarded, ONBOARDED)?;
        let what = match (&onboarded.private_key_pem, &onboarded.recovery_key_pem) {
            (Some(_), Some(_)) => "the client secret, the private key and the recovery key",
            (Some(_), None) => "the client secret and the private key",
            (None, Some(_)) => "the client secret and the recovery key",
            (None, None) => "the client secret",
        };
        app.ui.say(&format!("{what} will not be shown again: keep what you see above"));
        app.ui.say("next step: hansa token issue --client-id …");
        DONE
    }
}

fn remote(app: &App<'_>, bootstrap: Option<&Path>) -> Result<Remote, Failure> {
    match bootstrap {
        Some(path) => Remote::by(&app.global, Credential::Bootstrap(files::read_secret(path)?)),
        None => app.remote(),
    }
}

/// Makes a token with which somebody else onboards one agent.
pub(crate) async fn bootstrap(app: &App<'_>, idempotency: &Idempotency) -> Outcome {
    let made = app.remote()?.call_once(&BootstrapCreate {}, idempotency).await?;
    app.ui.answer(&made, &["bootstrap_token", "expires_in", "expires_at", "seq"])?;
    app.ui.say("the token will not be shown again, and works once");
    DONE
}
