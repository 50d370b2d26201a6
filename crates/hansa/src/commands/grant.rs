//! `hansa grant`: giving authority, narrowing it on, proving it, taking it back and giving it up.

use std::path::PathBuf;

use clap::Subcommand;
use hansa_kernel::grant::Scope;
use hansa_node::grant_document::{Demand, Verified, verify};
use hansa_types::{
    Amount, Currency, CurrencyCode, Duration, GrantId, Jurisdiction, PrincipalId, Time,
};
use hansa_wire::WireAmount;
use hansa_wire::api::grants::{
    Grant, GrantCreate, GrantExport, GrantGet, GrantList, GrantRelinquish, GrantRevoke,
};
use hansa_wire::scalar::{ActionPattern, PrincipalRef, ResourcePattern, WireKey, WireTime};
use serde::Serialize;

use super::agent::public_key;
use super::key::action;
use super::paging::Paging;
use super::{App, DONE, Outcome};
use crate::duration::Span;
use crate::failure::Failure;
use crate::files::read_text;
use crate::remote::Idempotency;

/// What can be done with grants.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Give authority over what is the caller's, or narrow a grant the caller holds
    Create(Create),
    /// Hand a grant on that the caller holds: what is left out is as the grant says
    Delegate(Delegate),
    /// List grants that the caller gave or holds
    List {
        /// Only those that this issuer gave
        #[arg(long)]
        issuer: Option<PrincipalRef>,
        /// Only those of this holder
        #[arg(long)]
        holder: Option<PrincipalRef>,
        #[command(flatten)]
        paging: Paging,
    },
    /// Show a grant, what was used of it, and every grant above it
    Show {
        /// Its id
        grant: GrantId,
    },
    /// Take authority back, with everything that was narrowed from it
    Revoke {
        /// Its id
        grant: GrantId,
    },
    /// Write a grant with every one above it as a document that is verified without the node
    Export {
        /// Its id
        grant: GrantId,
    },
    /// Verify such a document without the node
    Verify(Verify),
    /// Give a grant up that the caller, or an agent it controls, holds
    Relinquish {
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

    #[command(flatten)]
    bounds: Bounds,

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

/// Narrowing a grant on.
#[derive(Debug, clap::Args)]
pub(crate) struct Delegate {
    /// The grant to hand on, which the caller holds
    grant: GrantId,

    /// Who receives it: an id or a DID
    holder: PrincipalRef,

    /// An operation it allows, or the beginning of one with *; may be repeated
    #[arg(long = "action", value_name = "PATTERN", value_parser = action)]
    actions: Vec<ActionPattern>,

    #[command(flatten)]
    bounds: Bounds,

    /// When it expires, e.g. 30d; with the grant unless said
    #[arg(long, value_name = "SPAN")]
    expires: Option<Span>,

    #[command(flatten)]
    idempotency: Idempotency,
}

/// How far a grant reaches.
#[derive(Debug, clap::Args)]
pub(crate) struct Bounds {
    /// Most that one use may move
    #[arg(long, value_name = "AMOUNT")]
    per_use: Option<WireAmount>,

    /// Most that all uses together may move
    #[arg(long, value_name = "AMOUNT")]
    total: Option<WireAmount>,

    /// The currency of the limits; the node's own unless named
    #[arg(long)]
    currency: Option<CurrencyCode>,

    /// Most uses
    #[arg(long, value_name = "COUNT")]
    uses_max: Option<u64>,

    /// A thing it may be used on, or the beginning of names with *; may be repeated
    #[arg(long = "resource", value_name = "PATTERN", value_parser = resource)]
    resources: Vec<ResourcePattern>,

    /// A principal it may be used towards; may be repeated
    #[arg(long = "counterparty", value_name = "PRINCIPAL")]
    counterparties: Vec<PrincipalRef>,

    /// Where its uses may take effect, e.g. US or US-NY; may be repeated
    #[arg(long = "jurisdiction", value_name = "CODE")]
    jurisdictions: Vec<Jurisdiction>,

    /// A key of the holder that must prove each use
    #[arg(long, value_name = "KEY", value_parser = public_key)]
    holder_key: Option<WireKey>,

    /// How many links may be narrowed from it, one below the other; 0 for none
    #[arg(long, value_name = "COUNT")]
    depth_max: Option<u8>,
}

fn resource(text: &str) -> Result<ResourcePattern, String> {
    ResourcePattern::new(text).ok_or_else(|| {
        "a name of letters, digits and _ - . : /, or its beginning with *".to_owned()
    })
}

/// Verifying a document.
#[derive(Debug, clap::Args)]
pub(crate) struct Verify {
    /// The document: a file, or - for standard input
    file: PathBuf,

    /// The node's public key as you know it from elsewhere (z6Mk… or did:key:…). Without it the
    /// document is only consistent with itself and with the key it names
    #[arg(long, value_name = "KEY", value_parser = public_key)]
    node_key: Option<WireKey>,

    /// How old it may be, e.g. 1h: the node cannot have said in it what happened later
    #[arg(long, value_name = "SPAN")]
    age_max: Option<Span>,
}

/// What a document says that verified.
#[derive(Debug, Serialize)]
struct Verdict {
    ok: bool,
    trusted_key: bool,
    node_key: WireKey,
    origin: String,
    exported_at: WireTime,
    tree_size: u64,
    grant: GrantId,
    on_behalf_of: PrincipalId,
    holder: PrincipalId,
    actions: Vec<String>,
    per_use: Option<WireAmount>,
    total: Option<WireAmount>,
    used: Option<WireAmount>,
    currency: Option<CurrencyCode>,
    uses_max: Option<u64>,
    uses: Option<u64>,
    #[serde(flatten)]
    scope: Scope,
    depth_max: Option<u8>,
    expires_at: WireTime,
    links: usize,
}

const VERIFIED: &[&str] = &[
    "ok",
    "trusted_key",
    "node_key",
    "origin",
    "exported_at",
    "tree_size",
    "grant",
    "on_behalf_of",
    "holder",
    "actions",
    "per_use",
    "total",
    "used",
    "currency",
    "uses_max",
    "uses",
    "resources",
    "counterparties",
    "jurisdictions",
    "key",
    "depth_max",
    "expires_at",
    "links",
];

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
    "uses_max",
    "uses",
    "resources",
    "counterparties",
    "jurisdictions",
    "holder_key",
    "depth_max",
    "parent",
    "chain:id,issuer,holder,total,used,currency,uses_max,uses,status,expires_at",
    "status",
    "expires_at",
    "created_at",
    "seq",
];

impl Command {
    /// Carries it out.
    pub(crate) async fn run(self, app: &App<'_>) -> Outcome {
        let remote = match self {
            Command::Verify(verify) => return verify.run(app),
            _ => app.remote()?,
        };
        match self {
            Command::Verify(_) => {}
            Command::Export { grant } => {
                let document = remote.call(&GrantExport { grant }).await?;
                let text = serde_json::to_string_pretty(&document)
                    .map_err(|error| Failure::because("the answer has no JSON form", &error))?;
                app.ui.line(&text)?;
            }
            Command::Create(create) => {
                let idempotency = create.idempotency.clone();
                let request = create.request();
                app.ui.answer(&remote.call_once(&request, &idempotency).await?, SHOWN)?;
            }
            Command::Delegate(delegate) => {
                let above = remote.call(&GrantGet { grant: delegate.grant }).await?;
                let idempotency = delegate.idempotency.clone();
                let request = delegate.request(above)?;
                app.ui.answer(&remote.call_once(&request, &idempotency).await?, SHOWN)?;
            }
            Command::List { issuer, holder, paging: Paging { cursor, limit } } => {
                let request = GrantList { holder, issuer, cursor, limit };
                app.ui.answer(&remote.call(&request).await?, LISTED)?;
            }
            Command::Show { grant } => {
                app.ui.answer(&remote.call(&GrantGet { grant }).await?, SHOWN)?;
            }
            Command::Revoke { grant } => {
                app.ui.answer(&remote.call(&GrantRevoke { grant }).await?, SHOWN)?;
            }
            Command::Relinquish { grant } => {
                app.ui.answer(&remote.call(&GrantRelinquish { grant }).await?, SHOWN)?;
            }
        }
        DONE
    }
}

impl Create {
    fn request(self) -> GrantCreate {
        let bounds = self.bounds;
        GrantCreate {
            holder: self.holder,
            actions: self.actions,
            per_use: bounds.per_use,
            total: bounds.total,
            currency: bounds.currency,
            uses_max: bounds.uses_max,
            resources: bounds.resources,
            counterparties: bounds.counterparties,
            jurisdictions: bounds.jurisdictions,
            holder_key: bounds.holder_key,
            depth_max: bounds.depth_max,
            expires_in_s: self.expires.seconds,
            parent: self.parent,
            on_behalf_of: self.on_behalf_of,
        }
    }
}

impl Verify {
    /// Exit 1 and the reason where anything is wrong.
    fn run(self, app: &App<'_>) -> Outcome {
        let text = read_text(&self.file)?;
        let trusted = self.node_key.map(|key| key.0);
        let demand = Demand {
            trusted: trusted.as_ref(),
            now: now(),
            age_max: self.age_max.map(|span| Duration::seconds(span.seconds)),
        };
        let verified = verify(text.as_bytes(), &demand).map_err(|fault| {
            Failure::new("the grant does not verify")
                .detail(fault.to_string())
                .next_step("do not rely on it; ask its holder for a fresh export")
        })?;
        app.ui.answer(&Verdict::of(verified, trusted.is_some()), VERIFIED)?;
        if trusted.is_none() {
            app.ui.say(
                "consistent with the key it names; is that your node? --node-key KEY checks it",
            );
        }
        DONE
    }
}

impl Verdict {
    fn of(verified: Verified, trusted_key: bool) -> Self {
        let Verified { document, on_behalf_of, holder, granted, tree_size } = verified;
        let last = document.links.last();
        let limits = granted.limits;
        let currency = limits.currency.zip(last.and_then(|link| link.scale));
        let currency = currency.map(|(code, scale)| Currency { code, scale });
        let of = |amount: Option<Amount>| Some(WireAmount::of(&currency?, amount?));
        Self {
            ok: true,
            trusted_key,
            node_key: document.node_key,
            exported_at: document.exported_at,
            tree_size,
            grant: document.grant,
            on_behalf_of,
            holder,
            actions: granted.actions.iter().map(|action| action.as_str().to_owned()).collect(),
            per_use: of(limits.per_use),
            total: of(limits.total),
            currency: limits.currency,
            uses_max: limits.uses_max,
            scope: granted.scope.map(|scope| *scope).unwrap_or_default(),
            depth_max: granted.depth_max,
            used: last.and_then(|link| link.used.clone()),
            uses: last.and_then(|link| link.uses),
            expires_at: granted.expires.into(),
            links: document.links.len(),
            origin: document.origin,
        }
    }
}

impl Delegate {
    /// What is left out is as the grant above says; how often it may be handed on follows from that
    /// by itself.
    fn request(self, above: Grant) -> Result<GrantCreate, Failure> {
        let bounds = self.bounds;
        let expires_in_s = match &self.expires {
            Some(span) => span.seconds,
            None => until(above.expires_at.0)?,
        };
        Ok(GrantCreate {
            holder: self.holder,
            actions: said(self.actions, above.actions),
            per_use: bounds.per_use.or(above.per_use),
            total: bounds.total.or(above.total),
            currency: bounds.currency.or(above.currency),
            uses_max: bounds.uses_max.or(above.uses_max),
            resources: said(bounds.resources, above.resources),
            counterparties: match bounds.counterparties.is_empty() {
                true => above.counterparties.into_iter().map(PrincipalRef::Id).collect(),
                false => bounds.counterparties,
            },
            jurisdictions: said(bounds.jurisdictions, above.jurisdictions),
            holder_key: bounds.holder_key,
            depth_max: bounds.depth_max,
            expires_in_s,
            parent: Some(self.grant),
            on_behalf_of: None,
        })
    }
}

fn said<T>(own: Vec<T>, above: Vec<T>) -> Vec<T> {
    if own.is_empty() { above } else { own }
}

fn now() -> Time {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    Time(now.map_or(0, |since| u64::try_from(since.as_millis()).unwrap_or(u64::MAX)))
}

/// Whole seconds until a moment, and a few less: a grant ends no later than the one above it, and
/// the clocks of two machines differ.
fn until(at: Time) -> Result<u64, Failure> {
    const SLACK_S: u64 = 5;
    match (at.0 / 1_000).checked_sub(now().0 / 1_000 + SLACK_S) {
        Some(left_s) if left_s > 0 => Ok(left_s),
        _ => Err(Failure::new("the grant is about to expire").next_step("ask for a new grant")),
    }
}
