//! Who an API key, a session or a token stands for, remembered on the request threads.
//!
//! What is remembered is a hint: the writer checks every command's credential again. Reads rely on it
//! alone, so whatever takes authority away clears it before that is answered.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use hansa_kernel::grant::Action;
use hansa_kernel::{Auth, State};
use hansa_types::{Code, Digest, PrincipalId, Rejection, Time};

use crate::limits::CREDENTIALS_CACHED_MAX;

/// An authenticated caller.
#[derive(Debug, Clone, PartialEq)]
pub struct Identity {
    /// Who it is.
    pub principal: PrincipalId,
    /// What was proven.
    pub auth: Auth,
    /// What the credential may be used for; `None` for everything the principal may do.
    pub actions: Option<Arc<[Action]>>,
}

impl Identity {
    /// Refuses an operation that the credential does not cover.
    pub fn check(&self, operation: &str) -> Result<(), Rejection> {
        let covered = match &self.actions {
            None => true,
            Some(actions) => actions.iter().any(|pattern| pattern.covers(operation)),
        };
        match covered {
            true => Ok(()),
            false => Err(Rejection::new(
                Code::Forbidden,
                match self.auth {
                    Auth::Jwt(_) => format!("the token does not cover {operation}"),
                    _ => format!("the API key does not cover {operation}"),
                },
            )),
        }
    }
}

#[derive(Clone)]
struct Known {
    auth: Auth,
    principal: PrincipalId,
    active: bool,
    actions: Option<Arc<[Action]>>,
    expires: Option<Time>,
}

/// API keys and access tokens that were verified.
#[derive(Default)]
pub struct Credentials {
    known: RwLock<HashMap<Digest, Known>>,
}

/// What the state knows of a key, taken by a read of the writer, or why it counts for nothing.
pub struct Found(Result<Known, Code>);

/// Looks a key up in the state.
pub fn look_up(state: &State, secret: &Digest) -> Found {
    Found(known(state, secret))
}

fn known(state: &State, secret: &Digest) -> Result<Known, Code> {
    if let Some(id) = state.accounts.session_by_secret(secret) {
        let session = state.accounts.session(id).ok_or(Code::CredentialInvalid)?;
        let principal = state.principals.get(session.principal);
        return Ok(Known {
            auth: Auth::Session(id),
            principal: principal.id,
            active: principal.active,
            actions: None,
            expires: Some(session.expires),
        });
    }
    let id = state.api_key_by_secret(secret).ok_or(Code::CredentialInvalid)?;
    let key = state.api_keys.get(&id).ok_or(Code::CredentialInvalid)?;
    let principal = state.principals.get(key.principal);
    let (actions, expires) = (Some(key.actions.clone().into()), key.expires);
    let auth = Auth::ApiKey(id);
    Ok(Known { auth, principal: principal.id, active: principal.active, actions, expires })
}

impl Credentials {
    /// The identity behind a remembered key.
    pub fn get(&self, secret: &Digest, now: Time) -> Option<Identity> {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        identity(known.get(secret)?, now).ok()
    }

    /// Remembers a key that was looked up.
    pub fn learn(&self, secret: Digest, found: Found, now: Time) -> Result<Identity, Rejection> {
        let Found(found) = found;
        let key = found?;
        let identity = identity(&key, now)?;
        self.insert(secret, key);
        Ok(identity)
    }

    /// Remembers a token that was verified.
    pub fn learn_token(&self, token: Digest, identity: &Identity, expires: Time) {
        let Identity { principal, auth, actions } = identity.clone();
        let expires = Some(expires);
        self.insert(token, Known { auth, principal, active: true, actions, expires });
    }

    fn insert(&self, secret: Digest, key: Known) {
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= CREDENTIALS_CACHED_MAX {
            known.clear();
        }
        known.insert(secret, key);
    }

    /// Forgets everything, after authority was taken away.
    pub fn forget(&self) {
        self.known.write().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

fn identity(key: &Known, now: Time) -> Result<Identity, Rejection> {
    if key.expires.is_some_and(|expires| expires <= now) {
        return Err(Rejection::new(Code::CredentialInvalid, "the credential has expired"));
    }
    if !key.active {
        return Err(Code::PrincipalSuspended.into());
    }
    Ok(Identity { principal: key.principal, auth: key.auth.clone(), actions: key.actions.clone() })
}
