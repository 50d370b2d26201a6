//! Registering: an account for a new person, or for a principal that has none.
//!
//! What was proven is that the e-mail address is theirs, by a token that was mailed to it. Nothing
//! of somebody who never answers that mail reaches the journal.

use hansa_crypto::keys::PublicKey;
use hansa_types::{AnyId, Code, Digest, PrincipalId, Rejection, Vis};
use serde::{Deserialize, Serialize};

use super::Account;
use super::change::check_recovery_keys;
use crate::State;
use crate::admit::{Permit, Sphere};
use crate::command::Rules;
use crate::decide::{Context, Draft};
use crate::entry::Entry;
use crate::event::Event;
use crate::principal::{Created, Kind, refuse_taken};

/// Register an account.
#[derive(Debug, Clone, PartialEq)]
pub struct Register {
    /// Whose account it is.
    pub principal: PrincipalId,
    /// The person to be made with it; a principal that exists needs none.
    pub person: Option<Person>,
    /// Digest of the e-mail address under the node's secret.
    pub email: Digest,
    /// Salted digest of the password's hash, which the same batch puts in the vault.
    pub password: Digest,
    /// SHA-256 of each recovery key.
    pub recovery_keys: Vec<Digest>,
}

/// A person who comes with an account.
#[derive(Debug, Clone, PartialEq)]
pub struct Person {
    /// The key they sign with.
    pub key: PublicKey,
    /// Salted digest of their card, whose text the same batch puts in the vault.
    pub card: Digest,
}

/// Data of `account.registered`. The entry's subject is the principal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Registered {
    /// Digest of the e-mail address under the node's secret.
    pub email: Digest,
    /// Salted digest of the password's hash.
    pub password: Digest,
    /// SHA-256 of each recovery key.
    pub recovery_keys: Vec<Digest>,
}

impl Rules for Register {
    fn sphere(&self, _: &State) -> Result<Sphere, Rejection> {
        Ok(Sphere::Person(self.principal))
    }

    fn decide(
        &self,
        permit: &Permit<'_>,
        ctx: &mut Context<'_>,
        out: &mut Vec<Draft>,
    ) -> Result<(), Rejection> {
        let state = permit.state();
        if state.accounts.find(&self.email).is_some() {
            return Err(Code::AccountExists.into());
        }
        check_recovery_keys(&self.recovery_keys)?;
        match &self.person {
            Some(Person { key, card }) => {
                refuse_taken(state, self.principal, key)?;
                let kind = Kind::Person;
                let created = Created { kind, key: *key, card: Some(*card), owner: false };
                let event = Event::PrincipalCreated(created);
                out.push(Draft::new(self.principal, Vis::Public, event));
            }
            // Only the principal itself, whom the mailed token was made for, comes here.
            None if permit.caller().principal != Some(self.principal) => {
                return Err(Code::Forbidden.into());
            }
            None if state.accounts.get(state.principal(self.principal)?).is_some() => {
                return Err(Code::AccountExists.into());
            }
            None => {}
        }
        let registered = Registered {
            email: self.email,
            password: self.password,
            recovery_keys: self.recovery_keys.clone(),
        };
        let event = Event::AccountRegistered(registered);
        out.push(Draft::new(ctx.entry_id(), Vis::Parties, event).about(self.principal));
        Ok(())
    }
}

pub(crate) fn apply_registered(state: &mut State, entry: &Entry, registered: &Registered) {
    let Some(AnyId::Principal(principal)) = entry.subject else {
        panic!("account.registered names a principal");
    };
    let handle = state.handle(principal);
    let account = Account {
        email: registered.email,
        password: registered.password,
        totp: None,
        passkeys: Vec::new(),
        recovery_keys: registered.recovery_keys.clone(),
        sessions: Vec::new(),
    };
    state.accounts.by_email.insert(registered.email, handle);
    state.accounts.by_principal.insert(handle, account);
}
