//! `hansa grant`: giving authority and taking it back.

use clap::Subcommand;
use hansa_types::{CurrencyCode, GrantId};
use hansa_wire::WireAmount;
use hansa_wire::api::grants::{GrantCreate, GrantGet, GrantList, GrantRevoke};
use hansa_wire::scalar::{ActionPattern, PrincipalRef};

use super::key::action;
use super::paging::Paging;
use super::{App, DONE, Outcome};
use crate::duration::Span;
use crate::remote::Idempotency;

/// What can be done with grants.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Give authority over what is the caller's, or narrow a grant the caller holds
    Create(Create),
    /// List grants that the caller gave or holds
    List {
        /// Only those of this holder
        #[arg(long)]
        holder: Option<PrincipalRef>,
        #[command(flatten)]
        paging: Paging,
    },
    /// Show a grant and what was used of it
    Show {
        /// Its id
        grant: GrantId,
    },
    /// Take authority back, with everything that was narrowed from it
    Revoke {
        /// Its id
        grant: GrantId,
    },
}

/// Giving authority.
#[derive(Debug, clap::Args)]
pub(crate) struct Create {
    /// Who receives it: an id or a DID
    holder: PrincipalRef,

    /// An operation it allows, or the beginning of one with *; may be repeated
    #[arg(long = "action", required = true, value_name = "PATTERN", value_parser = action)]
    actions: Vec<ActionPattern>,

    /// Most that one use may move
    #[arg(long, value_name = "AMOUNT")]
    per_use: Option<WireAmount>,

    /// Most that all uses together may move
    #[arg(long, value_name = "AMOUNT")]
    total: Option<WireAmount>,

    /// The currency of the limits; the node's own unless named
    #[arg(long)]
    currency: Option<CurrencyCode>,

    /// When it expires, e.g. 30d
    #[arg(long, value_name = "SPAN", default_value = "30d")]
    expires: Span,

    /// The grant that it narrows
    #[arg(long)]
    parent: Option<GrantId>,

    /// Whose things it is about; the caller's own unless named
    #[arg(long, value_name = "PRINCIPAL")]
    on_behalf_of: Option<PrincipalRef>,

    #[command(flatten)]
    idempotency: Idempotency,
}

const LISTED: &[&str] =
    &["id", "holder", "actions", "per_use", "total", "used", "currency", "status", "expires_at"];
const SHOWN: &[&str] = &[
    "id",
    "issuer",
    "holder",
    "on_behalf_of",
    "actions",
    "per_use",
    "total",
    "used",
    "currency",
    "parent",
    "status",
    "expires_at",
    "created_at",
    "seq",
];

impl Command {
    /// Carries it out.
    pub(crate) async fn run(self, app: &App<'_>) -> Outcome {
        let remote = app.remote()?;
        match self {
            Command::Create(create) => {
                let idempotency = create.idempotency.clone();
                let request = create.request();
                app.ui.answer(&remote.call_once(&request, &idempotency).await?, SHOWN)?;
            }
            Command::List { holder, paging: Paging { cursor, limit } } => {
                let request = GrantList { holder, cursor, limit };
                app.ui.answer(&remote.call(&request).await?, LISTED)?;
            }
            Command::Show { grant } => {
                app.ui.answer(&remote.call(&GrantGet { grant }).await?, SHOWN)?;
            }
            Command::Revoke { grant } => {
                app.ui.answer(&remote.call(&GrantRevoke { grant }).await?, SHOWN)?;
            }
        }
        DONE
    }
}

impl Create {
    fn request(self) -> GrantCreate {
        GrantCreate {
            holder: self.holder,
            actions: self.actions,
            per_use: self.per_use,
            total: self.total,
            currency: self.currency,
            expires_in_s: self.expires.seconds,
            parent: self.parent,
            on_behalf_of: self.on_behalf_of,
        }
    }
}
