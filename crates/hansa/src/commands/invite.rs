//! `hansa invite`: bringing people into an organization.

use std::path::PathBuf;

use clap::Subcommand;
use hansa_types::InviteId;
use hansa_wire::api::invites::{InviteAccept, InviteCreate, InviteList, InviteRevoke};
use hansa_wire::api::orgs::OrgRole;
use hansa_wire::scalar::{Email, PrincipalRef};

use super::org::{self, role};
use super::paging::Paging;
use super::{App, DONE, Outcome};
use crate::duration::Span;
use crate::files;
use crate::remote::Idempotency;

/// What can be done with invitations.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Invite somebody to an organization; the token is shown once
    Create {
        /// The organization's id or DID
        org: PrincipalRef,
        /// As what: admin, member or guest
        #[arg(long, default_value = "member", value_parser = role)]
        role: OrgRole,
        /// The only address whose account may accept it, to which it is mailed
        #[arg(long, value_name = "ADDRESS", value_parser = email)]
        email: Option<Email>,
        /// When it is void, e.g. 2d; a week unless said
        #[arg(long, value_name = "SPAN")]
        expires: Option<Span>,
        #[command(flatten)]
        idempotency: Idempotency,
    },
    /// List the invitations of an organization that nobody has used
    List {
        /// The organization's id or DID
        org: PrincipalRef,
        #[command(flatten)]
        paging: Paging,
    },
    /// Take an invitation back
    Revoke {
        /// Its id
        invite: InviteId,
    },
    /// Join an organization
    Accept {
        /// The file with the invitation's token; - reads standard input
        #[arg(long, value_name = "FILE", default_value = "-")]
        token_file: PathBuf,
    },
}

const CREATED: &[&str] = &[
    "invite.id",
    "invite.org",
    "invite.role",
    "invite.email",
    "invite.expires_at",
    "token",
    "seq",
];
const LISTED: &[&str] = &["id", "role", "email", "invited_by", "good", "expires_at"];

fn email(text: &str) -> Result<Email, String> {
    Email::new(text).ok_or_else(|| "not an e-mail address".to_owned())
}

impl Command {
    /// Carries it out.
    pub(crate) async fn run(self, app: &App<'_>) -> Outcome {
        let remote = app.remote()?;
        match self {
            Command::Create { org, role, email, expires, idempotency } => {
                let expires_in_s = expires.map(|span| span.seconds);
                let request = InviteCreate { org, role, email, expires_in_s };
                app.ui.answer(&remote.call_once(&request, &idempotency).await?, CREATED)?;
                app.ui.say("the token will not be shown again, and is good once");
                app.ui.say("next step, for whoever is invited: hansa invite accept");
            }
            Command::List { org, paging: Paging { cursor, limit } } => {
                let request = InviteList { org, cursor, limit };
                app.ui.answer(&remote.call(&request).await?, LISTED)?;
            }
            Command::Revoke { invite } => {
                app.ui.answer(&remote.call(&InviteRevoke { invite }).await?, &["id", "seq"])?;
            }
            Command::Accept { token_file } => {
                let token = files::read_secret(&token_file)?.into();
                app.ui.answer(&remote.call(&InviteAccept { token }).await?, org::SHOWN)?;
            }
        }
        DONE
    }
}
