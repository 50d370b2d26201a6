//! Using a grant: whether it and every one above it allow an act, and what the act costs them.
//!
//! Validity is never stored. Each use looks up the whole chain, so what happens to a link is felt
//! by the next command under any grant below it, whatever their number.

use hansa_crypto::keys::PublicKey;
use hansa_types::{
    Amount, Code, CurrencyCode, GrantId, Jurisdiction, PrincipalId, Rejection, Time, Vis,
};
use serde::{Deserialize, Serialize};

use super::{Ended, Grant, Scope, Target};
use crate::State;
use crate::admit::Permit;
use crate::decide::Draft;
use crate::event::Event;
use crate::principal::Handle;

/// What a use of a grant is about.
#[derive(Debug, Clone, Copy)]
pub struct Use<'a> {
    /// On whose behalf.
    pub on_behalf_of: Handle,
    /// Which operation.
    pub action: &'a str,
    /// The thing that it is used on, if one can be named.
    pub resource: Option<Target<'a>>,
    /// The principal that it is used towards, if there is one.
    pub counterparty: Option<PrincipalId>,
    /// Where it takes effect, as far as that is known.
    pub jurisdictions: &'a [Jurisdiction],
    /// The money it moves, if any.
    pub money: Option<(CurrencyCode, Amount)>,
    /// The grant that was charged for it before: what was set aside under a grant is released under
    /// it at no further cost.
    pub charged: Option<GrantId>,
    /// The key that proves it, if one does.
    pub key: Option<&'a PublicKey>,
    /// When.
    pub now: Time,
}

impl<'a> Use<'a> {
    /// A use of which nothing is known but the operation.
    pub fn new(on_behalf_of: Handle, action: &'a str, now: Time) -> Self {
        Self {
            on_behalf_of,
            action,
            resource: None,
            counterparty: None,
            jurisdictions: &[],
            money: None,
            charged: None,
            key: None,
            now,
        }
    }
}

/// A grant that allows a use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Found {
    /// Which.
    pub id: GrantId,
    /// Whether its uses are counted and this one was not counted before.
    pub counted: bool,
}

/// Data of `grant.used`: a use that is counted and that no other entry says it was charged for. The
/// entry's id is the grant, its subject the holder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Used {}

/// Finds a grant of `holder` that allows the use, or the refusal nearest to allowing it.
pub(crate) fn find(state: &State, holder: Handle, wanted: &Use<'_>) -> Result<Found, Rejection> {
    let concerns =
        |grant: &Grant| grant.terms.actions.iter().any(|pattern| pattern.covers(wanted.action));
    let mut nearest = None;
    for (id, grant) in state.grants.held(holder, wanted.on_behalf_of) {
        if !concerns(grant) {
            continue;
        }
        match allows(state, (id, grant), wanted) {
            Ok(()) => {
                let is_bounded = grant.terms.limits.uses_max.is_some();
                return Ok(Found { id, counted: is_bounded && wanted.charged != Some(id) });
            }
            Err(refusal) => nearest = Some(refusal),
        }
    }
    let mut ended = state.grants.ended(holder, wanted.on_behalf_of);
    let how_it_ended = || {
        let (id, grant) = ended.find(|(_, grant)| concerns(grant))?;
        check_alone(id, grant, wanted.now).err()
    };
    Err(nearest.or_else(how_it_ended).unwrap_or_else(|| Code::Forbidden.into()))
}

/// Whether one grant of `holder` allows the use.
pub fn check(
    state: &State,
    holder: Handle,
    id: GrantId,
    wanted: &Use<'_>,
) -> Result<(), Rejection> {
    let grant = state.grants.get(&id).filter(|grant| grant.holder == holder);
    let grant = grant.ok_or(Code::NotFound)?;
    let covers = grant.terms.actions.iter().any(|pattern| pattern.covers(wanted.action));
    match covers && grant.root == wanted.on_behalf_of {
        true => allows(state, (id, grant), wanted),
        false => Err(Code::Forbidden.into()),
    }
}

/// Whether a grant and every one above it allow the use.
fn allows(
    state: &State,
    (leaf, grant): (GrantId, &Grant),
    wanted: &Use<'_>,
) -> Result<(), Rejection> {
    let is_new = wanted.charged != Some(leaf);
    let (mut id, mut grant) = (leaf, grant);
    loop {
        check_standing(state, id, grant, wanted.now)?;
        if is_new {
            check_limits(grant, wanted.money)?;
        }
        if let Some(scope) = &grant.terms.scope {
            check_scope(scope, wanted)?;
            // The keys of links above are their own holders'.
            if id == leaf && scope.key.as_ref().is_some_and(|key| Some(key) != wanted.key) {
                return Err(Code::GrantKeyRequired.into());
            }
        }
        if grant.parent.is_none() {
            return Ok(());
        }
        (id, grant) = state.grants.above(grant).ok_or(Code::GrantRevoked)?;
    }
}

/// Whether a grant and every one above it count at all.
pub fn check_chain(state: &State, id: GrantId, now: Time) -> Result<(), Rejection> {
    let mut next = Some(id);
    while let Some(id) = next {
        let grant = state.grants.get(&id).ok_or(Code::GrantRevoked)?;
        check_standing(state, id, grant, now)?;
        next = grant.parent;
    }
    Ok(())
}

/// Whether a grant counts by itself, whatever is above it.
fn check_standing(state: &State, id: GrantId, grant: &Grant, now: Time) -> Result<(), Rejection> {
    check_alone(id, grant, now)?;
    match state.principals.status(grant.issuer).active {
        true => Ok(()),
        false => {
            let detail = format!("{id} counts for nothing while its giver is suspended");
            Err(Rejection::new(Code::GrantRevoked, detail))
        }
    }
}

/// Refuses a grant that has ended by what happened to it.
pub(super) fn check_alone(id: GrantId, grant: &Grant, now: Time) -> Result<(), Rejection> {
    let expires = grant.terms.expires;
    match grant.ended {
        Some(Ended::Revoked) => {
            Err(Rejection::new(Code::GrantRevoked, format!("{id} was revoked")))
        }
        None if expires > now => Ok(()),
        None | Some(Ended::Expired) => {
            Err(Rejection::new(Code::GrantExpired, format!("{id} expired at {expires}")))
        }
    }
}

fn check_limits(grant: &Grant, money: Option<(CurrencyCode, Amount)>) -> Result<(), Rejection> {
    let limits = &grant.terms.limits;
    if limits.uses_max.is_some_and(|most| grant.uses >= most) {
        return Err(Code::GrantUsedUp.into());
    }
    let Some((currency, amount)) = money else { return Ok(()) };
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

/// What the grant cannot tell to be within its scope is not.
fn check_scope(scope: &Scope, wanted: &Use<'_>) -> Result<(), Rejection> {
    let refuse = |detail: &'static str| Err(Rejection::new(Code::GrantOutOfScope, detail));
    let covered = |target: Target<'_>| scope.resources.iter().any(|named| named.covers(target));
    if !scope.resources.is_empty() && !wanted.resource.is_some_and(covered) {
        return refuse("the grant is for other resources");
    }
    let named = |whom: PrincipalId| scope.counterparties.contains(&whom);
    if !scope.counterparties.is_empty() && !wanted.counterparty.is_some_and(named) {
        return refuse("the grant is for other counterparties");
    }
    let within = |place: &Jurisdiction| scope.jurisdictions.iter().any(|j| j.includes(place));
    let everywhere = !wanted.jurisdictions.is_empty() && wanted.jurisdictions.iter().all(within);
    match scope.jurisdictions.is_empty() || everywhere {
        true => Ok(()),
        false => {
            refuse("the grant is for other jurisdictions, or where this takes effect is not said")
        }
    }
}

/// The grant that an event is charged to.
fn charged(event: &Event) -> Option<GrantId> {
    match event {
        Event::TransferPosted(posted) => posted.grant,
        Event::TransferPending(pending) => pending.grant,
        Event::MoneyMinted(minted) => minted.grant,
        Event::MoneyBurned(burned) => burned.grant,
        _ => None,
    }
}

/// Says that a counted use was made, where nothing else that happens says it.
pub(crate) fn note_use(permit: &Permit<'_>, out: &mut Vec<Draft>) {
    let Some(id) = permit.counted_grant() else { return };
    let state = permit.state();
    if out.iter().any(|draft| charged(&draft.event) == Some(id)) {
        return;
    }
    if let Some(grant) = state.grants.get(&id) {
        let holder = state.principals.get(grant.holder).id;
        out.push(Draft::new(id, Vis::Parties, Event::GrantUsed(Used {})).about(holder));
    }
}

/// Charges a use to the grant, if there is one, and every one above it.
pub(crate) fn charge(state: &mut State, grant: Option<GrantId>, amount: Amount) {
    let Some(id) = grant else { return };
    state.grants.change_chain(id, |grant| {
        grant.spent = grant.spent.plus(amount).unwrap_or(Amount(u128::MAX));
        grant.uses = grant.uses.saturating_add(1);
    });
}
