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
use crate::admit::Permit;
use crate::entry::Auth;
use crate::principal::Handle;

/// How much money a grant may move. Without limits it moves any amount.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Limits {
    /// The only currency it may move; required beside an amount.
    pub currency: Option<CurrencyCode>,
    /// Most for a single use, fee excluded.
    pub per_use: Option<Amount>,
    /// Most over its life, fees excluded.
    pub total: Option<Amount>,
}

/// [`Limits`] in a line, which omits what is not limited.
#[derive(Serialize, Deserialize)]
#[serde(remote = "Limits", deny_unknown_fields)]
struct LimitsLine {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    currency: Option<CurrencyCode>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    per_use: Option<Amount>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    total: Option<Amount>,
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
    /// The grant that was charged for that money before.
    pub charged: Option<GrantId>,
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
    let money = wanted.money.filter(|_| wanted.charged != Some(id));
    let mut next = Some(id);
    while let Some(id) = next {
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
        if let Some((currency, amount)) = money {
            within(grant, currency, amount)?;
        }
        next = grant.parent;
    }
    Ok(())
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
    let exceeds = |most| grant.spent.plus(amount).is_none_or(|spent| spent > most);
    if limits.total.is_some_and(exceeds) {
        return refuse("the grant's total would be exceeded");
    }
    Ok(())
}

/// Refuses to hand on more than what was used to ask for it: an API key or
/// token, a grant, or both.
pub(crate) fn refuse_widening(permit: &Permit<'_>, actions: &[Action]) -> Result<(), Rejection> {
    let state = permit.state();
    let key = match &permit.caller().auth {
        Auth::ApiKey(id) => state.api_keys.get(id).map(|key| &key.actions),
        Auth::Jwt(jwt) => jwt.claims.as_ref().and_then(|claims| claims.actions.as_ref()),
        _ => None,
    };
    let grant = permit.grant().and_then(|id| state.grants.get(&id)).map(|grant| &grant.actions);
    for used in key.into_iter().chain(grant) {
        if let Some(wider) = actions.iter().find(|wanted| !used.iter().any(|a| a.includes(wanted)))
        {
            let detail = format!("{} is wider than what was used to ask for it", wider.as_str());
            return Err(Rejection::new(Code::GrantNotNarrower, detail));
        }
    }
    Ok(())
}

/// Charges a use to the grant, if there is one, and every one above it.
pub(crate) fn charge(state: &mut State, grant: Option<GrantId>, amount: Amount) {
    let mut next = grant;
    while let Some(id) = next {
        let Some(grant) = state.grants.get_mut(&id) else { return };
        grant.spent = grant.spent.plus(amount).unwrap_or(Amount(u128::MAX));
        next = grant.parent;
    }
}
