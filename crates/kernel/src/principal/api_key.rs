//! API keys: opaque secrets that stand for a principal, within patterns of actions.
//!
//! The state keeps the secret's digest only. A key's authority is never wider than its principal's.

use hansa_types::{AnyId, ApiKeyId, Code, Digest, PrincipalId, Rejection, Time, Vis};
use serde::{Deserialize, Serialize};

use super::Handle;
use crate::State;
use crate::admit::{Permit, Sphere};
use crate::command::Rules;
use crate::decide::{Context, Draft};
use crate::due::Leaving;
use crate::entry::Entry;
use crate::event::Event;
use crate::grant::{Action, Actions, Limits, refuse_widening};
use crate::limits::{ACTIONS_MAX, API_KEYS_PER_PRINCIPAL_MAX};
use crate::org::refuse_organization;

/// Make an API key for a principal.
#[derive(Debug, Clone, PartialEq)]
pub struct CreateApiKey {
    /// The id it shall have.
    pub id: ApiKeyId,
    /// For whom.
    pub principal: PrincipalId,
    /// SHA-256 of the secret.
    pub secret: Digest,
    /// What it may do.
    pub actions: Vec<Action>,
    /// When it stops working.
    pub expires: Option<Time>,
}

/// Revoke an API key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RevokeApiKey {
    /// Which.
    pub id: ApiKeyId,
}

/// Data of `api_key.created`. The entry's id is the key, its subject the principal.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ApiKeyCreated {
    /// SHA-256 of the secret, which has at least 192 random bits.
    pub secret: Digest,
    /// What it may do.
    pub actions: Vec<Action>,
    /// When it stops working.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires: Option<Time>,
}

/// Data of `api_key.revoked`. The entry's id is the key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ApiKeyRevoked {}

/// What the state keeps of an API key.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ApiKey {
    /// For whom it stands.
    pub principal: Handle,
    /// SHA-256 of the secret.
    pub secret: Digest,
    /// What it may do.
    pub actions: Actions,
    /// When it stops working.
    pub expires: Option<Time>,
}

impl ApiKey {
    /// Whether the key may be used for an action at a moment.
    pub fn allows(&self, action: &str, now: Time) -> Result<(), Rejection> {
        if self.expires.is_some_and(|expires| expires <= now) {
            return Err(Rejection::new(Code::CredentialInvalid, "the API key has expired"));
        }
        if !self.actions.iter().any(|pattern| pattern.covers(action)) {
            return Err(Rejection::new(
                Code::Forbidden,
                format!("the API key does not cover {action}"),
            ));
        }
        Ok(())
    }
}

impl Rules for CreateApiKey {
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
        if state.principals.get(handle).api_keys.len() >= API_KEYS_PER_PRINCIPAL_MAX {
            return Err(Rejection::new(Code::StateFull, "a principal has at most 100 API keys"));
        }
        if self.actions.is_empty() || self.actions.len() > ACTIONS_MAX {
            return Err(Rejection::new(Code::InvalidField, "actions: 1 to 32 patterns"));
        }
        if self.expires.is_some_and(|expires| expires <= ctx.now) {
            return Err(Rejection::new(Code::InvalidField, "expires_in_s: a moment in the future"));
        }
        if state.api_keys.contains_key(&self.id) || state.api_key_by_secret(&self.secret).is_some()
        {
            return Err(Rejection::new(Code::InvalidField, "id: there is such a key already"));
        }
        refuse_widening(permit, &self.actions)?;
        refuse_outliving(permit, self.expires)?;
        let created = ApiKeyCreated {
            secret: self.secret,
            actions: self.actions.clone(),
            expires: self.expires,
        };
        let event = Event::ApiKeyCreated(created);
        out.push(Draft::new(self.id, Vis::Parties, event).about(self.principal));
        Ok(())
    }
}

/// A key made under a grant ends with it, and a key cannot be made to keep to limits or a scope.
fn refuse_outliving(permit: &Permit<'_>, expires: Option<Time>) -> Result<(), Rejection> {
    let refuse = |detail: &'static str| Err(Rejection::new(Code::GrantNotNarrower, detail));
    let Some(used) = permit.grant().and_then(|id| permit.state().grants.get(&id)) else {
        return Ok(());
    };
    if used.terms.limits != Limits::default() || used.terms.scope.is_some() {
        return refuse("a grant with limits or a scope makes no API keys");
    }
    match expires.is_some_and(|expires| expires <= used.terms.expires) {
        true => Ok(()),
        false => refuse("expires_in_s: later than the grant's"),
    }
}

impl Rules for RevokeApiKey {
    fn sphere(&self, state: &State) -> Result<Sphere, Rejection> {
        let key = state.api_keys.get(&self.id).ok_or(Code::NotFound)?;
        Ok(Sphere::Managed(state.principals.get(key.principal).id))
    }

    fn decide(
        &self,
        permit: &Permit<'_>,
        _: &mut Context<'_>,
        out: &mut Vec<Draft>,
    ) -> Result<(), Rejection> {
        let state = permit.state();
        let key = state.api_keys.get(&self.id).ok_or(Code::NotFound)?;
        let principal = state.principals.get(key.principal).id;
        let event = Event::ApiKeyRevoked(ApiKeyRevoked {});
        out.push(Draft::new(self.id, Vis::Parties, event).about(principal));
        Ok(())
    }
}

pub(crate) fn apply_created(state: &mut State, entry: &Entry, created: &ApiKeyCreated) {
    let (AnyId::ApiKey(id), Some(AnyId::Principal(principal))) = (entry.id, entry.subject) else {
        panic!("api_key.created names the key and its principal");
    };
    let principal = state.handle(principal);
    let key = ApiKey {
        principal,
        secret: created.secret,
        actions: created.actions.clone().into(),
        expires: created.expires,
    };
    state.api_key_by_secret.insert(created.secret, id);
    state.api_keys.insert(id, key);
    state.principals.get_mut(principal).api_keys.push(id);
    if let Some(expires) = created.expires {
        state.leaving.insert((expires, Leaving::ApiKey(id)));
    }
}

pub(crate) fn apply_revoked(state: &mut State, entry: &Entry, _: &ApiKeyRevoked) {
    let AnyId::ApiKey(id) = entry.id else { panic!("api_key.revoked names the key") };
    if let Some(expires) = state.api_keys.get(&id).and_then(|key| key.expires) {
        state.leaving.remove(&(expires, Leaving::ApiKey(id)));
    }
    forget(state, id);
}

/// Takes a key out of the state.
pub(crate) fn forget(state: &mut State, id: ApiKeyId) {
    if let Some(key) = state.api_keys.remove(&id) {
        state.api_key_by_secret.remove(&key.secret);
        state.principals.get_mut(key.principal).api_keys.retain(|&other| other != id);
    }
}
