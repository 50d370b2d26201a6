//! What happens to a principal after it exists: its card, suspension and reinstatement.

use hansa_types::{AnyId, Code, Digest, PrincipalId, Rejection, Vis};
use serde::{Deserialize, Serialize};

use crate::State;
use crate::admit::Permit;
use crate::decide::{Context, Draft};
use crate::entry::Entry;
use crate::event::Event;

/// Put a card on record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SetCard {
    /// Whose card.
    pub principal: PrincipalId,
    /// Salted digest of the card, whose text the same batch puts in the vault.
    pub card: Digest,
}

/// Stop a principal from acting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suspend {
    /// Whom.
    pub principal: PrincipalId,
}

/// Let a principal act again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reinstate {
    /// Whom.
    pub principal: PrincipalId,
}

/// Data of `card.set`. The entry's subject is the principal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CardSet {
    /// Salted digest of the card.
    pub card: Digest,
}

/// Data of `principal.suspended`. The entry's subject is the principal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Suspended {}

/// Data of `principal.reinstated`. The entry's subject is the principal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reinstated {}

impl SetCard {
    pub(crate) fn decide(
        &self,
        permit: &Permit<'_>,
        ctx: &mut Context<'_>,
        out: &mut Vec<Draft>,
    ) -> Result<(), Rejection> {
        let state = permit.state();
        state.refuse_erased(state.principal(self.principal)?)?;
        let event = Event::CardSet(CardSet { card: self.card });
        out.push(Draft::new(ctx.entry_id(), Vis::Public, event).about(self.principal));
        Ok(())
    }
}

impl Suspend {
    pub(crate) fn decide(
        &self,
        permit: &Permit<'_>,
        ctx: &mut Context<'_>,
        out: &mut Vec<Draft>,
    ) -> Result<(), Rejection> {
        let state = permit.state();
        let handle = state.principal(self.principal)?;
        if self.principal == state.node()?.id {
            return Err(Rejection::new(
                Code::InvalidField,
                "agent: the node cannot suspend itself",
            ));
        }
        if permit.caller().principal == Some(self.principal) {
            return Err(Rejection::new(Code::InvalidField, "agent: nobody suspends themselves"));
        }
        state.refuse_erased(handle)?;
        if !state.principals.get(handle).active {
            return Err(Code::PrincipalSuspended.into());
        }
        let event = Event::PrincipalSuspended(Suspended {});
        out.push(Draft::new(ctx.entry_id(), Vis::Public, event).about(self.principal));
        Ok(())
    }
}

impl Reinstate {
    pub(crate) fn decide(
        &self,
        permit: &Permit<'_>,
        ctx: &mut Context<'_>,
        out: &mut Vec<Draft>,
    ) -> Result<(), Rejection> {
        let state = permit.state();
        let handle = state.principal(self.principal)?;
        state.refuse_erased(handle)?;
        if state.principals.get(handle).active {
            return Err(Rejection::new(Code::InvalidField, "agent: it is not suspended"));
        }
        let event = Event::PrincipalReinstated(Reinstated {});
        out.push(Draft::new(ctx.entry_id(), Vis::Public, event).about(self.principal));
        Ok(())
    }
}

pub(crate) fn apply_card_set(state: &mut State, entry: &Entry, set: &CardSet) {
    let handle = subject(state, entry);
    state.principals.get_mut(handle).card = Some(set.card);
}

pub(crate) fn apply_suspended(state: &mut State, entry: &Entry) {
    let handle = subject(state, entry);
    state.principals.get_mut(handle).active = false;
}

pub(crate) fn apply_reinstated(state: &mut State, entry: &Entry) {
    let handle = subject(state, entry);
    state.principals.get_mut(handle).active = true;
}

fn subject(state: &State, entry: &Entry) -> super::Handle {
    match entry.subject {
        Some(AnyId::Principal(id)) => state.handle(id),
        _ => panic!("{} is about a principal", entry.event.kind()),
    }
}
