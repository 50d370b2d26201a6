//! Grants: scoped, limited, expiring authority to act on somebody's behalf, with a parent.
//!
//! A grant without a parent is given by the principal on whose behalf it is used. A delegated one
//! is narrower than its parent in every way. Validity is checked upward at use, so revoking a
//! grant kills everything below it at once; what is spent is charged to the whole chain.

mod action;
mod create;

use std::collections::BTreeMap;

use hansa_types::{Amount, Code, CurrencyCode, GrantId, Rejection, Time};
use serde::{Deserialize, Serialize};

pub use action::Action;
pub use create::{Create, Created, Revoke, Revoked};
pub(crate) use create::{apply_created, apply_revoked};

use crate::State;
use crate::limits::GRANT_DEPTH_MAX;
use crate::principal::Handle;

/// How much money a grant may move. Without limits it moves any amount.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limits {
    /// The only currency it may move; required beside an amount.
    #[serde(default)]
    pub currency: Option<CurrencyCode>,
    /// Most for a single use, fee excluded.
    #[serde(default)]
    pub per_use: Option<Amount>,
    /// Most over its life, fees excluded.
    #[serde(default)]
    pub total: Option<Amount>,
}

/// What the state keeps of a grant.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Grant {
    /// On whose behalf it is used: who gave the first grant of the chain.
    pub root: Handle,
    /// Who gave this one.
    pub issuer: Handle,
    /// Who may use it.
    pub holder: Handle,
    /// What it allows.
    pub actions: Vec<Action>,
    /// How much it may move.
    pub limits: Limits,
    /// How much it has moved.
    pub spent: Amount,
    /// When it ends.
    pub expires: Time,
    /// The grant it narrows.
    pub parent: Option<GrantId>,
    /// Links above it.
    pub depth: u8,
    /// Whether it was taken back.
    pub revoked: bool,
}

/// All grants by id.
pub type Grants = BTreeMap<GrantId, Grant>;

/// What a use of a grant is about.
#[derive(Debug, Clone, Copy)]
pub struct Use<'a> {
    /// On whose behalf.
    pub on_behalf_of: Handle,
    /// Which operation.
    pub action: &'a str,
    /// The money it moves, if any.
    pub money: Option<(CurrencyCode, Amount)>,
    /// When.
    pub now: Time,
}

/// Finds a grant of `holder` that allows the use, or the refusal nearest to allowing it.
pub(crate) fn find(state: &State, holder: Handle, wanted: &Use<'_>) -> Result<GrantId, Rejection> {
    let mut nearest = Rejection::from(Code::Forbidden);
    for &id in &state.principals.get(holder).grants {
        let Some(grant) = state.grants.get(&id) else { continue };
        let concerns = grant.root == wanted.on_behalf_of
            && grant.actions.iter().any(|pattern| pattern.covers(wanted.action));
        if !concerns {
            continue;
        }
        match allows(state, id, wanted) {
            Ok(()) => return Ok(id),
            Err(refusal) => nearest = refusal,
        }
    }
    Err(nearest)
}

/// Whether a grant and every one above it allow the use.
fn allows(state: &State, id: GrantId, wanted: &Use<'_>) -> Result<(), Rejection> {
    let mut next = Some(id);
    for _ in 0..=GRANT_DEPTH_MAX {
        let Some(id) = next else { return Ok(()) };
        let grant = state.grants.get(&id).ok_or(Code::GrantRevoked)?;
        if grant.revoked {
            return Err(Code::GrantRevoked.into());
        }
        if grant.expires <= wanted.now {
            return Err(Code::GrantExpired.into());
        }
        if !state.principals.get(grant.issuer).active {
            return Err(Code::GrantRevoked.into());
        }
        if let Some((currency, amount)) = wanted.money {
            within(grant, currency, amount)?;
        }
        next = grant.parent;
    }
    Err(Code::GrantTooDeep.into())
}

fn within(grant: &Grant, currency: CurrencyCode, amount: Amount) -> Result<(), Rejection> {
    let limits = &grant.limits;
    let refuse = |detail: &'static str| Err(Rejection::new(Code::GrantLimitExceeded, detail));
    if limits.currency.is_some_and(|only| only != currency) {
        return refuse("the grant is for another currency");
    }
    if limits.per_use.is_some_and(|most| amount > most) {
        return refuse("the amount is above the grant's limit for one use");
    }
    let spent = grant.spent.plus(amount).ok_or(Code::AmountOverflow)?;
    if limits.total.is_some_and(|most| spent > most) {
        return refuse("the grant's total would be exceeded");
    }
    Ok(())
}

/// Charges a use to the grant and every one above it.
pub(crate) fn charge(state: &mut State, id: GrantId, amount: Amount) {
    let mut next = Some(id);
    while let Some(id) = next {
        let Some(grant) = state.grants.get_mut(&id) else { return };
        grant.spent = grant.spent.plus(amount).unwrap_or(Amount(u128::MAX));
        next = grant.parent;
    }
}
