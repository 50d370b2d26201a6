//! What happens to a principal after it exists: its card, suspension and reinstatement.

use hansa_types::{AnyId, Code, Digest, PrincipalId, Rejection, Vis};
use serde::{Deserialize, Serialize};

use super::standing::{Halt, stop};
use crate::State;
use crate::admit::{Permit, Sphere};
use crate::command::Rules;
use crate::decide::{Context, Draft};
use crate::entry::Entry;
use crate::event::Event;

/// What was found when a card that came in was checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Trust {
    /// It carries no signature of its agent's, or none was looked for.
    #[default]
    Unsigned,
    /// Every signature on it is its agent's and verifies.
    Verified,
    /// A signature on it does not verify under its agent's key.
    Invalid,
}

impl Trust {
    fn is_unsigned(&self) -> bool {
        *self == Trust::Unsigned
    }
}

/// Put a card on record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SetCard {
    /// Whose card.
    pub principal: PrincipalId,
    /// Salted digest of the card, whose text the same batch puts in the vault.
    pub card: Digest,
    /// What was found of its signatures.
    pub trust: Trust,
    /// The card it was made from: another one meanwhile refuses it.
    pub replaces: Option<Digest>,
}

/// Why a principal is stopped: the closed vocabulary of the journal. What else is to be said lies
/// in the vault.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// It harmed others or the node.
    Abuse,
    /// It deceived about money or about who it is.
    Fraud,
    /// Its keys or its account may be in wrong hands.
    Compromised,
    /// It broke the rules of the node.
    Policy,
    /// A court or an authority said so.
    Legal,
    /// Its owner asked for it.
    Requested,
}

/// Stop a principal from acting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suspend {
    /// Whom.
    pub principal: PrincipalId,
    /// Why.
    pub reason: Option<Reason>,
    /// Salted digest of the note, whose text the same batch puts in the vault.
    pub note: Option<Digest>,
}

/// Keep a principal's money where it is: it moves none, and whatever else it does it may do still.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Freeze {
    /// Whom.
    pub principal: PrincipalId,
    /// Why.
    pub reason: Option<Reason>,
    /// Salted digest of the note, whose text the same batch puts in the vault.
    pub note: Option<Digest>,
}

/// Let a principal act again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reinstate {
    /// Whom.
    pub principal: PrincipalId,
    /// Salted digest of the note on the appeal, whose text the same batch puts in the vault.
    pub note: Option<Digest>,
}

/// Data of `card.set`. The entry's subject is the principal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CardSet {
    /// Salted digest of the card.
    pub card: Digest,
    /// What was found of its signatures.
    #[serde(default, skip_serializing_if = "Trust::is_unsigned")]
    pub trust: Trust,
}

/// Data of `principal.suspended`. The entry's subject is the principal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Suspended {
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Reason>,
    /// Salted digest of the note.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<Digest>,
}

/// Data of `principal.frozen`. The entry's subject is the principal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Frozen {
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Reason>,
    /// Salted digest of the note.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<Digest>,
}

/// Data of `principal.reinstated`. The entry's subject is the principal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reinstated {
    /// Salted digest of the note on the appeal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<Digest>,
}

impl Rules for SetCard {
    fn sphere(&self, _: &State) -> Result<Sphere, Rejection> {
        Ok(Sphere::Managed(self.principal))
    }

    fn decide(
        &self,
        permit: &Permit<'_>,
        ctx: &mut Context<'_>,
        out: &mut Vec<Draft>,
    ) -> Result<(), Rejection> {
        let state = permit.state();
        let handle = state.living(self.principal)?;
        let card = state.principals.get(handle).card;
        if self.replaces.is_some_and(|replaced| card != Some(replaced)) {
            return Err(Code::CardChanged.into());
        }
        let event = Event::CardSet(CardSet { card: self.card, trust: self.trust });
        out.push(Draft::new(ctx.entry_id(), Vis::Public, event).about(self.principal));
        Ok(())
    }
}

impl Rules for Suspend {
    fn sphere(&self, _: &State) -> Result<Sphere, Rejection> {
        Ok(Sphere::Node)
    }

    fn decide(
        &self,
        permit: &Permit<'_>,
        ctx: &mut Context<'_>,
        out: &mut Vec<Draft>,
    ) -> Result<(), Rejection> {
        let state = permit.state();
        let handle = refuse_self(permit, self.principal)?;
        state.refuse_erased(handle)?;
        if !state.principals.status(handle).active {
            return Err(Code::PrincipalSuspended.into());
        }
        let suspended = Suspended { reason: self.reason, note: self.note };
        let event = Event::PrincipalSuspended(suspended);
        out.push(Draft::new(ctx.entry_id(), Vis::Public, event).about(self.principal));
        Ok(())
    }
}

impl Rules for Freeze {
    fn sphere(&self, _: &State) -> Result<Sphere, Rejection> {
        Ok(Sphere::Node)
    }

    fn decide(
        &self,
        permit: &Permit<'_>,
        ctx: &mut Context<'_>,
        out: &mut Vec<Draft>,
    ) -> Result<(), Rejection> {
        let handle = refuse_self(permit, self.principal)?;
        permit.state().refuse_erased(handle)?;
        if permit.state().principals.status(handle).frozen {
            return Err(Code::PrincipalFrozen.into());
        }
        let event = Event::PrincipalFrozen(Frozen { reason: self.reason, note: self.note });
        out.push(Draft::new(ctx.entry_id(), Vis::Public, event).about(self.principal));
        Ok(())
    }
}

/// Refuses to stop the node, or oneself.
fn refuse_self(permit: &Permit<'_>, principal: PrincipalId) -> Result<super::Handle, Rejection> {
    let handle = permit.state().principal(principal)?;
    let refuse = |detail: &'static str| Err(Rejection::new(Code::InvalidField, detail));
    if principal == permit.state().node()?.id {
        return refuse("agent: the node cannot suspend itself");
    }
    match permit.caller().principal == Some(principal) {
        true => refuse("agent: nobody suspends themselves"),
        false => Ok(handle),
    }
}

impl Rules for Reinstate {
    fn sphere(&self, _: &State) -> Result<Sphere, Rejection> {
        Ok(Sphere::Node)
    }

    fn decide(
        &self,
        permit: &Permit<'_>,
        ctx: &mut Context<'_>,
        out: &mut Vec<Draft>,
    ) -> Result<(), Rejection> {
        let state = permit.state();
        let handle = state.living(self.principal)?;
        let status = state.principals.status(handle);
        if status.active && !status.frozen {
            return Err(Rejection::new(Code::InvalidField, "agent: it is not suspended or frozen"));
        }
        let event = Event::PrincipalReinstated(Reinstated { note: self.note });
        out.push(Draft::new(ctx.entry_id(), Vis::Public, event).about(self.principal));
        Ok(())
    }
}

pub(crate) fn apply_card_set(state: &mut State, entry: &Entry, set: &CardSet) {
    let handle = subject(state, entry);
    state.principals.get_mut(handle).card = Some(set.card);
}

pub(crate) fn apply_suspended(state: &mut State, entry: &Entry, suspended: &Suspended) {
    let handle = subject(state, entry);
    state.principals.status_mut(handle).active = false;
    let halt = Halt { since: entry.ts, reason: suspended.reason };
    stop(state, handle, |stop| stop.suspended = Some(halt));
}

pub(crate) fn apply_frozen(state: &mut State, entry: &Entry, frozen: &Frozen) {
    let handle = subject(state, entry);
    state.principals.status_mut(handle).frozen = true;
    let halt = Halt { since: entry.ts, reason: frozen.reason };
    stop(state, handle, |stop| stop.frozen = Some(halt));
}

pub(crate) fn apply_reinstated(state: &mut State, entry: &Entry, _: &Reinstated) {
    let handle = subject(state, entry);
    let status = state.principals.status_mut(handle);
    (status.active, status.frozen) = (true, false);
    state.stops.remove(&handle);
}

pub(super) fn subject(state: &State, entry: &Entry) -> super::Handle {
    match entry.subject {
        Some(AnyId::Principal(id)) => state.handle(id),
        _ => panic!("{} is about a principal", entry.event.kind()),
    }
}
