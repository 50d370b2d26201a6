//! Replacing the key that a principal signs with.
//!
//! For [`KEY_OVERLAP`] the former key is accepted beside the new one, so that what was signed
//! before the rotation, or by a part of the principal that has not heard of it, still counts; then
//! it is refused. A principal whose key was stolen revokes it at once. The former key can never
//! rotate again: whoever stole it could lock its owner out.
//!
//! A former key stays its principal's for ever: nobody else may register it, and whoever is looked
//! up by it is found. Deliberately absent: undoing a rotation.

use hansa_crypto::keys::PublicKey;
use hansa_types::{Code, PrincipalId, Rejection, Time, Vis};
use serde::{Deserialize, Serialize};

use super::{Handle, Principal, Principals};
use crate::State;
use crate::admit::{Permit, Sphere};
use crate::command::Rules;
use crate::decide::{Context, Draft};
use crate::entry::Entry;
use crate::event::Event;
use crate::limits::{FORMER_KEYS_MAX, KEY_OVERLAP};
use crate::org::refuse_organization;

/// Give a principal another key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RotateKey {
    /// Whose.
    pub principal: PrincipalId,
    /// The key it signs with from now on.
    pub key: PublicKey,
    /// Whether every former key stops at once.
    pub revoke_former: bool,
}

/// Data of `key.rotated`. The entry's subject is the principal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeyRotated {
    /// The key it signs with from now on.
    pub key: PublicKey,
    /// Until when the key before it is accepted; without it no former key is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub former_until: Option<Time>,
}

/// A key that a principal had.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct FormerKey {
    /// The key.
    pub key: PublicKey,
    /// The first moment at which it is refused.
    pub until: Time,
}

impl Principal {
    /// The keys whose signatures are the principal's at a moment: the present one, and then those
    /// before it that have not ended, each with its end.
    pub fn keys(&self, now: Time) -> impl Iterator<Item = (PublicKey, Option<Time>)> {
        let former = self.former_keys.iter().filter(move |former| now < former.until);
        let former = former.map(|former| (former.key, Some(former.until)));
        std::iter::once((self.key, None)).chain(former)
    }

    /// Whether what this key signed is the principal's at a moment.
    pub fn accepts(&self, key: &PublicKey, now: Time) -> bool {
        self.keys(now).any(|(accepted, _)| accepted == *key)
    }
}

impl Rules for RotateKey {
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
        refuse_organization(state, handle)?;
        let principal = state.principals.get(handle);
        if self.principal == state.node()?.id {
            return Err(Rejection::new(Code::InvalidField, "agent: the node keeps its key"));
        }
        if let Some(key) = permit.caller().auth.key() {
            let own = permit.caller().principal == Some(self.principal);
            if own && *key != principal.key {
                return Err(Rejection::new(
                    Code::CredentialInvalid,
                    "only the present key may rotate; this one was replaced",
                ));
            }
        }
        if state.principals.find_by_key(&self.key).is_some() {
            return Err(Code::PrincipalExists.into());
        }
        if principal.former_keys.len() >= FORMER_KEYS_MAX {
            return Err(Code::StateFull.into());
        }
        let former_until = (!self.revoke_former).then(|| ctx.now.after(KEY_OVERLAP));
        let event = Event::KeyRotated(KeyRotated { key: self.key, former_until });
        out.push(Draft::new(ctx.entry_id(), Vis::Public, event).about(self.principal));
        Ok(())
    }
}

pub(crate) fn apply_key_rotated(state: &mut State, entry: &Entry, rotated: &KeyRotated) {
    let handle = super::manage::subject(state, entry);
    state.principals.replace_key(handle, rotated.key, rotated.former_until, entry.ts);
}

impl Principals {
    /// Gives a principal another key at a moment; without `former_until` no former one is accepted.
    pub(crate) fn replace_key(
        &mut self,
        handle: Handle,
        key: PublicKey,
        former_until: Option<Time>,
        at: Time,
    ) {
        let principal = self.get_mut(handle);
        if former_until.is_none() {
            for former in &mut principal.former_keys {
                former.until = former.until.min(at);
            }
        }
        let until = former_until.unwrap_or(at);
        principal.former_keys.push(FormerKey { key: principal.key, until });
        principal.key = key;
        self.index_key(key, handle);
    }
}
