//! `hansa key`: API keys of the caller.

use clap::Subcommand;
use hansa_types::ApiKeyId;
use hansa_wire::api::api_keys::{ApiKeyCreate, ApiKeyList, ApiKeyRevoke};
use hansa_wire::scalar::{ActionPattern, KeyLabel};

use super::paging::Paging;
use super::{App, DONE, Outcome};
use crate::duration::Span;
use crate::remote::Idempotency;

/// What can be done with API keys.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Make an API key of the caller; its secret is shown once
    Create {
        /// An operation it may be used for, or the beginning of one with *; may be repeated
        #[arg(long = "action", required = true, value_name = "PATTERN", value_parser = action)]
        actions: Vec<ActionPattern>,
        /// When it stops working, e.g. 30d; never, unless said
        #[arg(long, value_name = "SPAN")]
        expires: Option<Span>,
        /// What you call it
        #[arg(long, value_parser = label)]
        label: Option<KeyLabel>,
        #[command(flatten)]
        idempotency: Idempotency,
    },
    /// List the caller's API keys, without their secrets
    List(Paging),
    /// Revoke an API key
    Revoke {
        /// Its id
        key: ApiKeyId,
    },
}

const LISTED: &[&str] =
    &["id", "label", "actions", "expires_at", "revoked_at", "last_used_at", "created_at"];
const CREATED: &[&str] = &["id", "api_key", "label", "actions", "expires_at", "created_at", "seq"];

impl Command {
    /// Carries it out.
    pub(crate) async fn run(self, app: &App<'_>) -> Outcome {
        let remote = app.remote()?;
        match self {
            Command::Create { actions, expires, label, idempotency } => {
                let expires_in_s = expires.map(|span| span.seconds);
                let request = ApiKeyCreate { actions, expires_in_s, label };
                app.ui.answer(&remote.call_once(&request, &idempotency).await?, CREATED)?;
                app.ui.say("the API key will not be shown again: keep what you see above");
            }
            Command::List(Paging { cursor, limit }) => {
                app.ui.answer(&remote.call(&ApiKeyList { cursor, limit }).await?, LISTED)?;
            }
            Command::Revoke { key } => {
                app.ui.answer(&remote.call(&ApiKeyRevoke { key }).await?, LISTED)?;
            }
        }
        DONE
    }
}

/// Reads a pattern of operation ids.
pub(crate) fn action(text: &str) -> Result<ActionPattern, String> {
    ActionPattern::new(text)
        .ok_or_else(|| "an operation id, or the beginning of one followed by *".to_owned())
}

fn label(text: &str) -> Result<KeyLabel, String> {
    KeyLabel::new(text).ok_or_else(|| "1 to 128 bytes without control characters".to_owned())
}
