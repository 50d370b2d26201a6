//! What a grant allows, and when one allows no more than another.

use hansa_crypto::keys::PublicKey;
use hansa_types::{Amount, Code, CurrencyCode, Jurisdiction, PrincipalId, Rejection, Time};
use serde::{Deserialize, Serialize};

use super::{Action, Resource};
use crate::limits::{ACTIONS_MAX, GRANT_LIFE_MAX, SCOPE_ITEMS_MAX};

/// What a grant allows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Terms {
    /// The operations.
    pub actions: Vec<Action>,
    /// How much of it.
    pub limits: Limits,
    /// About what, with whom, where and by which key; about anything if unsaid.
    pub scope: Option<Box<Scope>>,
    /// Until when.
    pub expires: Time,
    /// How many links may stand below it in a chain; as many as there may be if unsaid.
    pub depth_max: Option<u8>,
}

/// How much may be done with a grant. Without limits it moves any amount, any number of times.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Limits {
    /// The only currency it may move; required beside an amount.
    pub currency: Option<CurrencyCode>,
    /// Most for a single use, fee excluded.
    pub per_use: Option<Amount>,
    /// Most over its life, fees excluded.
    pub total: Option<Amount>,
    /// Most uses over its life.
    pub uses_max: Option<u64>,
}

/// [`Limits`] in a line, which omits what is not limited.
#[derive(Serialize, Deserialize)]
#[serde(remote = "Limits", deny_unknown_fields)]
pub(super) struct LimitsLine {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    currency: Option<CurrencyCode>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    per_use: Option<Amount>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    total: Option<Amount>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    uses_max: Option<u64>,
}

pub(super) fn no_limits(limits: &Limits) -> bool {
    *limits == Limits::default()
}

/// What a grant is about. An empty list restricts nothing; an act of which the grant cannot tell
/// whether it falls under a list does not.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Scope {
    /// The things it may be used on.
    pub resources: Vec<Resource>,
    /// The principals it may be used towards.
    pub counterparties: Vec<PrincipalId>,
    /// Where its uses may take effect.
    pub jurisdictions: Vec<Jurisdiction>,
    /// The key that must prove each use.
    pub key: Option<PublicKey>,
}

/// [`Scope`] in a line, which omits what is not restricted.
#[derive(Serialize, Deserialize)]
#[serde(remote = "Scope", deny_unknown_fields)]
struct ScopeLine {
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    resources: Vec<Resource>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    counterparties: Vec<PrincipalId>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    jurisdictions: Vec<Jurisdiction>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    key: Option<PublicKey>,
}

/// A scope in a line.
pub(super) mod scope_line {
    use serde::{Deserializer, Serializer};

    use super::{Scope, ScopeLine};

    pub(crate) fn serialize<S: Serializer>(
        scope: &Option<Box<Scope>>,
        s: S,
    ) -> Result<S::Ok, S::Error> {
        match scope {
            Some(scope) => ScopeLine::serialize(scope, s),
            None => s.serialize_none(),
        }
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
        d: D,
    ) -> Result<Option<Box<Scope>>, D::Error> {
        ScopeLine::deserialize(d).map(Scope::boxed)
    }
}

impl Scope {
    /// The scope as grants keep it: nothing where nothing is restricted.
    pub fn boxed(self) -> Option<Box<Scope>> {
        (self != Scope::default()).then(|| Box::new(self))
    }

    fn check_shape(&self) -> Result<(), Rejection> {
        let lens = [self.resources.len(), self.counterparties.len(), self.jurisdictions.len()];
        match lens.iter().all(|&len| len <= SCOPE_ITEMS_MAX) {
            true => Ok(()),
            false => refuse(
                Code::InvalidField,
                "resources, counterparties, jurisdictions: at most 32 of each",
            ),
        }
    }

    fn check_narrower(&self, wider: &Scope) -> Result<(), Rejection> {
        if !narrows(&self.resources, &wider.resources, Resource::includes) {
            return refuse(Code::GrantNotNarrower, "resources: wider than the parent's");
        }
        if !narrows(&self.counterparties, &wider.counterparties, PartialEq::eq) {
            return refuse(Code::GrantNotNarrower, "counterparties: not all are the parent's");
        }
        if !narrows(&self.jurisdictions, &wider.jurisdictions, Jurisdiction::includes) {
            return refuse(Code::GrantNotNarrower, "jurisdictions: wider than the parent's");
        }
        if wider.key.is_some() && self.key.is_none() {
            return refuse(Code::GrantNotNarrower, "holder_key: the parent asks for one");
        }
        Ok(())
    }
}

/// Whether a list allows no more than another, where an empty one allows everything.
fn narrows<T>(mine: &[T], theirs: &[T], includes: fn(&T, &T) -> bool) -> bool {
    let covered = |wanted| theirs.iter().any(|wide| includes(wide, wanted));
    theirs.is_empty() || (!mine.is_empty() && mine.iter().all(covered))
}

fn refuse(code: Code, detail: &'static str) -> Result<(), Rejection> {
    Err(Rejection::new(code, detail))
}

impl Terms {
    /// Whether the terms make sense by themselves.
    pub(super) fn check_shape(&self, now: Time) -> Result<(), Rejection> {
        if self.actions.is_empty() || self.actions.len() > ACTIONS_MAX {
            return refuse(Code::InvalidField, "actions: 1 to 32 patterns");
        }
        if self.expires <= now || self.expires > now.after(GRANT_LIFE_MAX) {
            return refuse(
                Code::InvalidField,
                "expires_in_s: a moment in the future within 3,660 days",
            );
        }
        let limits = &self.limits;
        if (limits.per_use.is_some() || limits.total.is_some()) && limits.currency.is_none() {
            return refuse(Code::InvalidField, "currency: required beside per_use or total");
        }
        if limits.uses_max == Some(0) {
            return refuse(Code::InvalidField, "uses_max: at least 1");
        }
        self.scope.as_deref().map_or(Ok(()), Scope::check_shape)
    }

    /// How deep chains below these terms may be when they stand below others that say so: one less
    /// deep than those, unless they say less themselves.
    pub(super) fn deepen(&mut self, parent: &Terms) {
        let below = parent.depth_max.map(|most| most.saturating_sub(1));
        self.depth_max = self.depth_max.or(below);
    }

    /// Refuses what allows more than the terms above it, in any way.
    pub fn check_narrower(&self, parent: &Terms) -> Result<(), Rejection> {
        match parent.depth_max {
            Some(0) => return Err(Code::GrantTooDeep.into()),
            Some(most) if self.depth_max.is_none_or(|mine| mine >= most) => {
                return refuse(Code::GrantNotNarrower, "depth_max: not below the parent's");
            }
            _ => {}
        }
        let covered = |wanted: &Action| parent.actions.iter().any(|a| a.includes(wanted));
        if !self.actions.iter().all(covered) {
            return refuse(Code::GrantNotNarrower, "actions: wider than the parent's");
        }
        if self.expires > parent.expires {
            return refuse(Code::GrantNotNarrower, "expires_in_s: later than the parent's");
        }
        self.limits.check_narrower(&parent.limits)?;
        match (&self.scope, &parent.scope) {
            (_, None) => Ok(()),
            (None, Some(theirs)) => Scope::default().check_narrower(theirs),
            (Some(mine), Some(theirs)) => mine.check_narrower(theirs),
        }
    }
}

impl Limits {
    fn check_narrower(&self, wider: &Limits) -> Result<(), Rejection> {
        fn narrower<T: PartialOrd>(mine: Option<T>, theirs: Option<T>) -> bool {
            match (mine, theirs) {
                (_, None) => true,
                (Some(mine), Some(theirs)) => mine <= theirs,
                (None, Some(_)) => false,
            }
        }
        if wider.currency.is_some() && self.currency != wider.currency {
            return refuse(Code::GrantNotNarrower, "currency: not the parent's");
        }
        if !narrower(self.per_use, wider.per_use) || !narrower(self.total, wider.total) {
            return refuse(Code::GrantNotNarrower, "per_use, total: above the parent's");
        }
        if !narrower(self.uses_max, wider.uses_max) {
            return refuse(Code::GrantNotNarrower, "uses_max: above the parent's");
        }
        Ok(())
    }
}
