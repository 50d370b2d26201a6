//! What a policy may look at: one typed value per act, and its digest.
//!
//! Facts are made on the writer from the state as it is, judged elsewhere, and made again when the
//! verdict comes back: only if their digest is the same does the verdict count. So they hold nothing
//! that changes with every act, no spent limits and no clock finer than an hour. Counters are
//! checked by admission, never by a policy.
//!
//! Facts live in memory alone; the journal keeps their digest.

use std::borrow::Cow;

use hansa_crypto::hash::sha256;
use hansa_types::governance::RiskTier;
use hansa_types::{
    Amount, Currency, Digest, Framework, GrantId, Jurisdiction, PrincipalId, TaskId, Time,
};
use serde::Serialize;

use crate::principal::Kind;

/// The shape of facts under their digest.
const DIGEST_DOMAIN: &[u8] = b"hansa facts 1\n";

/// Milliseconds of the time bucket.
const BUCKET_MS: u64 = 3_600_000;

/// The money that an act moves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct MoneyFacts {
    /// In which currency, with its scale.
    pub currency: Currency,
    /// How much, in minor units.
    pub amount: Amount,
}

/// The other side of an act.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CounterpartyFacts {
    /// Its principal, when it is one of this node.
    pub principal: Option<PrincipalId>,
    /// What that principal is.
    pub kind: Option<Kind>,
    /// Its name, as an action's parameters say it.
    pub name: Option<Box<str>>,
}

/// The grant that an act uses, with its chain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct GrantFacts {
    /// The grant itself.
    pub id: GrantId,
    /// Who gave the first grant of the chain: on whose behalf it is used.
    pub root: PrincipalId,
    /// Who gave this one.
    pub issuer: PrincipalId,
    /// Links above it.
    pub depth: u8,
    /// When it ends.
    pub expires: Time,
}

/// The task that an act belongs to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TaskFacts {
    /// Which.
    pub id: TaskId,
    /// How risky it was declared to be.
    pub risk: Option<RiskTier>,
    /// Where it happens.
    pub jurisdictions: Vec<Jurisdiction>,
    /// By which frameworks it is bound.
    pub frameworks: Vec<Framework>,
    /// Labels of taint that were not cleared, sorted.
    pub taint: Vec<Cow<'static, str>>,
    /// Kinds of artifacts it has, sorted: `liability_binding`, `evidence_bundle` and so on.
    pub artifacts: Vec<Cow<'static, str>>,
}

/// Everything that a policy may look at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Facts {
    /// The id of the operation, or of the tool that is called.
    pub action: Cow<'static, str>,
    /// Who acts.
    pub actor: PrincipalId,
    /// What the actor is.
    pub actor_kind: Kind,
    /// On whose behalf, when it is not the actor's own.
    pub on_behalf_of: Option<PrincipalId>,
    /// The money it moves.
    pub money: Option<MoneyFacts>,
    /// The other side.
    pub counterparty: Option<CounterpartyFacts>,
    /// What it is done to.
    pub resource: Option<Box<str>>,
    /// The grant it uses.
    pub grant: Option<GrantFacts>,
    /// The task it belongs to.
    pub task: Option<TaskFacts>,
    /// Governance roles of the actor, sorted.
    pub roles: Vec<Cow<'static, str>>,
    /// How the actor was authenticated.
    pub auth: &'static str,
    /// Whether that was by a key of its own or a second factor.
    pub strong_auth: bool,
    /// The hour in which it happens: its first millisecond.
    pub hour: Time,
    /// An action's parameters as canonical JSON.
    pub parameters: Option<Box<str>>,
}

impl Facts {
    /// The time bucket of a moment.
    pub const fn hour_of(now: Time) -> Time {
        Time(now.0 - now.0 % BUCKET_MS)
    }

    /// What a verdict over these facts is bound to.
    pub fn digest(&self) -> Digest {
        let mut bytes = Vec::with_capacity(256);
        bytes.extend_from_slice(DIGEST_DOMAIN);
        let bytes = postcard::to_extend(self, bytes);
        sha256(&bytes.unwrap_or_else(|error| panic!("facts have a binary form: {error}")))
    }
}
