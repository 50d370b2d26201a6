//! `hansa token`: OAuth access tokens, for a client's id and secret.

use std::path::PathBuf;

use clap::Subcommand;
use hansa_crypto::Secret;
use hansa_types::ClientId;
use hansa_wire::api::clients::TokensRevoke;
use hansa_wire::client::ClientSecret;
use hansa_wire::scalar::{ActionPattern, PrincipalRef};
use serde_json::{Value, json};

use super::key::action;
use super::{App, DONE, Outcome};
use crate::failure::Failure;
use crate::files;
use crate::remote::{Idempotency, Remote};

/// What can be done with access tokens.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Get an access token of an hour
    Issue(Issue),
    /// Say whether a token counts, and what it says
    Introspect(About),
    /// Revoke a token, and with it every other of the same principal
    Revoke(About),
    /// Revoke every token of an agent, as the agent or who controls it
    RevokeAll {
        /// Its id or DID
        agent: PrincipalRef,
        #[command(flatten)]
        idempotency: Idempotency,
    },
}

/// The OAuth client that asks.
#[derive(Debug, clap::Args)]
pub(crate) struct Client {
    /// The client's id
    #[arg(long, value_name = "CLIENT", env = "HANSA_CLIENT_ID")]
    client_id: ClientId,

    /// Read the client's secret from this file; without it from the variable HANSA_CLIENT_SECRET
    #[arg(long, value_name = "FILE")]
    client_secret_file: Option<PathBuf>,
}

/// Getting a token.
#[derive(Debug, clap::Args)]
pub(crate) struct Issue {
    #[command(flatten)]
    client: Client,

    /// An operation it may be used for, or the beginning of one with *; may be repeated; everything
    /// the client may do unless named
    #[arg(long = "action", value_name = "PATTERN", value_parser = action)]
    actions: Vec<ActionPattern>,
}

/// Asking about a token.
#[derive(Debug, clap::Args)]
pub(crate) struct About {
    #[command(flatten)]
    client: Client,

    /// Read the token from this file; without it from standard input
    #[arg(long, value_name = "FILE")]
    token_file: Option<PathBuf>,
}

const ISSUED: &[&str] = &["access_token", "token_type", "expires_in", "scope"];

impl Client {
    fn secret(self) -> Result<ClientSecret, Failure> {
        let secret = match (&self.client_secret_file, std::env::var("HANSA_CLIENT_SECRET")) {
            (Some(path), _) => files::read_secret(path)?,
            (None, Ok(secret)) if !secret.trim().is_empty() => {
                Secret::new(secret.trim().to_owned())
            }
            (None, _) => {
                return Err(Failure::usage("no client secret is given").next_step(
                    "name its file with --client-secret-file, or set HANSA_CLIENT_SECRET",
                ));
            }
        };
        Ok(ClientSecret { id: self.client_id, secret })
    }
}

impl Command {
    /// Carries it out.
    pub(crate) async fn run(self, app: &App<'_>) -> Outcome {
        match self {
            Command::Issue(issue) => issue.run(app).await,
            Command::Introspect(about) => {
                let (remote, client, token) = about.ready(app)?;
                let plain = remote.plain().await?;
                let told: Value = plain
                    .introspect(&client, &token)
                    .await
                    .map_err(|error| remote.failure(error))?;
                app.ui.answer(&told, &[])?;
                DONE
            }
            Command::Revoke(about) => {
                let (remote, client, token) = about.ready(app)?;
                let plain = remote.plain().await?;
                plain.revoke_token(&client, &token).await.map_err(|error| remote.failure(error))?;
                app.ui.say("revoked");
                DONE
            }
            Command::RevokeAll { agent, idempotency } => {
                let request = TokensRevoke { agent };
                app.ui.answer(&app.remote()?.call_once(&request, &idempotency).await?, &[])?;
                DONE
            }
        }
    }
}

impl Issue {
    async fn run(self, app: &App<'_>) -> Outcome {
        let (remote, client) = (Remote::anonymous(&app.global)?, self.client.secret()?);
        let scope: Vec<&str> = self.actions.iter().map(ActionPattern::as_str).collect();
        let scope = (!scope.is_empty()).then(|| scope.join(" "));
        let issued = remote.plain().await?.token(&client, scope.as_deref()).await;
        let issued = issued.map_err(|error| remote.failure(error))?;
        let told = json!({
            "access_token": issued.access_token,
            "token_type": "bearer",
            "expires_in": issued.expires_in,
            "scope": issued.scope,
        });
        app.ui.answer(&told, ISSUED)?;
        DONE
    }
}

impl About {
    fn ready(self, app: &App<'_>) -> Result<(Remote, ClientSecret, Secret), Failure> {
        let client = self.client.secret()?;
        let token = files::given_secret(self.token_file.as_deref(), "token", "--token-file")?;
        Ok((Remote::anonymous(&app.global)?, client, token))
    }
}
