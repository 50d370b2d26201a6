//! The end of a grant: its issuer takes it back, its holder gives it up, or its time is over.
//!
//! The first two are one entry and end everything that was delegated from it, however much that is: a
//! use looks up its chain and finds a link that does not hold. Time needs no entry. However it ended,
//! a grant stays for a while, so that who uses it hears what happened to it.

use hansa_types::{AnyId, Code, GrantId, PrincipalId, Rejection, Time, Vis};
use serde::{Deserialize, Serialize};

use super::usage::check_alone;
use super::{Ended, Grant};
use crate::State;
use crate::admit::{Permit, Sphere};
use crate::command::Rules;
use crate::decide::{Context, Draft};
use crate::due::Leaving;
use crate::entry::Entry;
use crate::event::Event;
use crate::limits::GRANT_ENDED_REMEMBERED;

/// Take authority back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Revoke {
    /// Which grant.
    pub id: GrantId,
}

/// Give a grant up that one holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Relinquish {
    /// Which grant.
    pub id: GrantId,
}

/// Data of `grant.revoked`. The entry's id is the grant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Revoked {}

/// Data of `grant.relinquished`. The entry's id is the grant, its subject the holder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Relinquished {}

/// A grant that still stands, with its holder.
fn standing(state: &State, id: GrantId, now: Time) -> Result<(&Grant, PrincipalId), Rejection> {
    let grant = state.grants.get(&id).ok_or(Code::NotFound)?;
    check_alone(id, grant, now)?;
    if state.orgs.is_role(grant.issuer, grant.holder, id) {
        let detail = "grant: it came with a role in an organization; change the role or leave";
        return Err(Rejection::new(Code::InvalidField, detail));
    }
    Ok((grant, state.principals.get(grant.holder).id))
}

impl Rules for Revoke {
    fn sphere(&self, state: &State) -> Result<Sphere, Rejection> {
        let grant = state.grants.get(&self.id).ok_or(Code::NotFound)?;
        Ok(Sphere::Own(state.principals.get(grant.issuer).id))
    }

    fn decide(
        &self,
        permit: &Permit<'_>,
        ctx: &mut Context<'_>,
        out: &mut Vec<Draft>,
    ) -> Result<(), Rejection> {
        let (_, holder) = standing(permit.state(), self.id, ctx.now)?;
        out.push(Draft::new(self.id, Vis::Parties, Event::GrantRevoked(Revoked {})).about(holder));
        Ok(())
    }
}

impl Rules for Relinquish {
    fn sphere(&self, state: &State) -> Result<Sphere, Rejection> {
        let grant = state.grants.get(&self.id).ok_or(Code::NotFound)?;
        Ok(Sphere::Managed(state.principals.get(grant.holder).id))
    }

    fn decide(
        &self,
        permit: &Permit<'_>,
        ctx: &mut Context<'_>,
        out: &mut Vec<Draft>,
    ) -> Result<(), Rejection> {
        let state = permit.state();
        let (grant, holder) = standing(state, self.id, ctx.now)?;
        let ends_ownership = Ok(grant.issuer) == state.treasury() && grant.is_everything();
        if ends_ownership && state.is_last_owner(grant.holder) {
            let detail = "grant: its holder is the node's only owner; make another one first";
            return Err(Rejection::new(Code::InvalidField, detail));
        }
        let event = Event::GrantRelinquished(Relinquished {});
        out.push(Draft::new(self.id, Vis::Parties, event).about(holder));
        Ok(())
    }
}

pub(crate) fn apply_revoked(state: &mut State, entry: &Entry, _: &Revoked) {
    end(state, entry);
}

pub(crate) fn apply_relinquished(state: &mut State, entry: &Entry, _: &Relinquished) {
    end(state, entry);
}

fn end(state: &mut State, entry: &Entry) {
    let AnyId::Grant(id) = entry.id else { panic!("{} names the grant", entry.event.kind()) };
    let Some(expires) = state.grants.get(&id).map(|grant| grant.terms.expires) else { return };
    state.leaving.remove(&(expires, Leaving::Grant(id)));
    remember(state, id, Ended::Revoked, entry.ts);
}

/// Ends a grant whose time is over; one that has ended before is forgotten.
pub(crate) fn leave(state: &mut State, id: GrantId, at: Time) {
    match state.grants.get(&id).is_some_and(|grant| grant.ended.is_none()) {
        true => remember(state, id, Ended::Expired, at),
        false => state.grants.remove(id),
    }
}

fn remember(state: &mut State, id: GrantId, how: Ended, at: Time) {
    if state.grants.end(id, how) {
        state.leaving.insert((at.after(GRANT_ENDED_REMEMBERED), Leaving::Grant(id)));
    }
}
