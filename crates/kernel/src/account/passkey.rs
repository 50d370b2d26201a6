//! Passkeys: keys of authenticators (WebAuthn level 3), whose public part lies in the vault.
//!
//! An account with a passkey asks for a second factor, as one with one-time codes does; either will
//! do. A passkey alone opens a session too, for its authenticator has asked for a PIN or a finger
//! before it signed. The state keeps the count of signatures that each told at its last login, which
//! only grows (section 6.1.1): an answer with an old count comes from a copy.
//!
//! Deliberately absent: challenges and signatures, which are checked before anything is asked here.

use hansa_types::{AnyId, Code, Digest, PasskeyId, PrincipalId, Rejection, Time, Vis};
use serde::{Deserialize, Serialize};

use super::Account;
use super::change::check_shown;
use crate::State;
use crate::admit::{Permit, Sphere};
use crate::command::Rules;
use crate::decide::{Context, Draft};
use crate::entry::Entry;
use crate::event::Event;
use crate::limits::PASSKEYS_PER_ACCOUNT_MAX;

/// What the state keeps of a passkey.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Passkey {
    /// Its id.
    pub id: PasskeyId,
    /// Salted digest of its public part in the vault.
    pub passkey: Digest,
    /// Signatures it has told of; for ever 0 if it does not count.
    pub counter: u32,
    /// Since when it counts.
    pub added: Time,
}

/// A passkey whose signature was verified.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShownPasskey {
    /// Which.
    pub id: PasskeyId,
    /// Salted digest of the public part that the signature was verified with.
    pub passkey: Digest,
    /// Signatures it tells of now.
    pub counter: u32,
}

/// Count a passkey from now on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AddPasskey {
    /// The id it shall have.
    pub id: PasskeyId,
    /// Whose.
    pub principal: PrincipalId,
    /// The password that was shown: the salted digest of its hash.
    pub shown: Digest,
    /// Salted digest of its public part, which the same batch puts in the vault.
    pub passkey: Digest,
}

/// Count a passkey no longer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RemovePasskey {
    /// Which.
    pub id: PasskeyId,
    /// Whose.
    pub principal: PrincipalId,
    /// The password that was shown: the salted digest of its hash.
    pub shown: Digest,
}

/// Data of `passkey.added`. The entry's id is the passkey, its subject the principal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PasskeyAdded {
    /// Salted digest of its public part.
    pub passkey: Digest,
}

/// Data of `passkey.used`, where the passkey counts. The entry's id is the passkey, its subject the
/// principal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PasskeyUsed {
    /// Signatures it tells of.
    pub counter: u32,
}

/// Data of `passkey.removed`. The entry's id is the passkey, its subject the principal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PasskeyRemoved {}

impl Account {
    /// Refuses a passkey that is not the account's any more, and one that counts backwards.
    pub(crate) fn check_passkey(&self, shown: &ShownPasskey) -> Result<(), Rejection> {
        let same = |kept: &&Passkey| kept.id == shown.id && kept.passkey == shown.passkey;
        let kept = self.passkeys.iter().find(same).ok_or(Code::PasskeyInvalid)?;
        match shown.counter > kept.counter || (shown.counter, kept.counter) == (0, 0) {
            true => Ok(()),
            false => Err(Rejection::new(
                Code::PasskeyInvalid,
                "its count of signatures did not grow: this answer was seen, or it is from a copy",
            )),
        }
    }
}

impl ShownPasskey {
    /// What is kept of its use: its count, if it counts.
    pub(crate) fn used(&self, principal: PrincipalId) -> Option<Draft> {
        let event = Event::PasskeyUsed(PasskeyUsed { counter: self.counter });
        (self.counter > 0).then(|| Draft::new(self.id, Vis::Parties, event).about(principal))
    }
}

pub(super) fn removed(id: PasskeyId, principal: PrincipalId) -> Draft {
    Draft::new(id, Vis::Parties, Event::PasskeyRemoved(PasskeyRemoved {})).about(principal)
}

impl Rules for AddPasskey {
    fn sphere(&self, _: &State) -> Result<Sphere, Rejection> {
        Ok(Sphere::Person(self.principal))
    }

    fn decide(
        &self,
        permit: &Permit<'_>,
        _: &mut Context<'_>,
        out: &mut Vec<Draft>,
    ) -> Result<(), Rejection> {
        let account = permit.state().account(self.principal)?;
        check_shown(account, self.shown)?;
        if account.passkeys.len() >= PASSKEYS_PER_ACCOUNT_MAX {
            return Err(Rejection::new(Code::StateFull, "at most 10 passkeys an account"));
        }
        if account.passkeys.iter().any(|kept| kept.id == self.id) {
            return Err(Rejection::new(Code::InvalidField, "id: there is such a passkey already"));
        }
        let event = Event::PasskeyAdded(PasskeyAdded { passkey: self.passkey });
        out.push(Draft::new(self.id, Vis::Parties, event).about(self.principal));
        Ok(())
    }
}

impl Rules for RemovePasskey {
    fn sphere(&self, _: &State) -> Result<Sphere, Rejection> {
        Ok(Sphere::Person(self.principal))
    }

    fn decide(
        &self,
        permit: &Permit<'_>,
        _: &mut Context<'_>,
        out: &mut Vec<Draft>,
    ) -> Result<(), Rejection> {
        let account = permit.state().account(self.principal)?;
        check_shown(account, self.shown)?;
        if !account.passkeys.iter().any(|kept| kept.id == self.id) {
            return Err(Code::NotFound.into());
        }
        out.push(removed(self.id, self.principal));
        Ok(())
    }
}

/// The passkey that an entry is about, with its account's others.
fn kept<'a>(state: &'a mut State, entry: &Entry) -> (PasskeyId, &'a mut Vec<Passkey>) {
    let AnyId::Passkey(id) = entry.id else { panic!("{} names a passkey", entry.event.kind()) };
    (id, &mut state.account_mut(entry).1.passkeys)
}

pub(crate) fn apply_passkey_added(state: &mut State, entry: &Entry, added: &PasskeyAdded) {
    let (id, all) = kept(state, entry);
    all.push(Passkey { id, passkey: added.passkey, counter: 0, added: entry.ts });
}

pub(crate) fn apply_passkey_used(state: &mut State, entry: &Entry, used: &PasskeyUsed) {
    let (id, all) = kept(state, entry);
    if let Some(passkey) = all.iter_mut().find(|passkey| passkey.id == id) {
        passkey.counter = used.counter;
    }
}

pub(crate) fn apply_passkey_removed(state: &mut State, entry: &Entry, _: &PasskeyRemoved) {
    let (id, all) = kept(state, entry);
    all.retain(|passkey| passkey.id != id);
}
