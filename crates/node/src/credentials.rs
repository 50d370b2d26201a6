//! Who an API key, a session or a token stands for, remembered on the request threads.
//!
//! What is remembered is a hint: the writer checks every command's credential again. Reads rely on it
//! alone, so whatever takes authority away clears it before that is answered. What was looked up
//! before a clearing and comes back after it is not remembered.
//!
//! When an API key was last used is noted here by the minute, for the read models.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use hansa_kernel::grant::Action;
use hansa_kernel::{Auth, State};
use hansa_types::{ApiKeyId, Code, Digest, PrincipalId, Rejection, Time};

use crate::limits::{CREDENTIALS_CACHED_MAX, KEY_USE_GRAIN};

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
    /// The grain of time in which its use was last noted.
    noted: Arc<AtomicU64>,
}

#[derive(Default)]
struct Cache {
    generation: u64,
    known: HashMap<Digest, Known>,
}

/// Which clearing came last, when something was looked up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Generation(u64);

/// API keys and access tokens that were verified.
#[derive(Default)]
pub struct Credentials {
    cache: RwLock<Cache>,
    used: Mutex<HashMap<ApiKeyId, Time>>,
}

/// What the state knows of a key, taken by a read of the writer, or why it counts for nothing.
pub struct Found(Result<Known, Code>);

/// Looks a key up in the state.
pub fn look_up(state: &State, secret: &Digest) -> Found {
    Found(known(state, secret))
}

impl Found {
    /// The identity behind a key, of a principal that is suspended too.
    pub(crate) fn identity_if_suspended(self, now: Time) -> Result<Identity, Rejection> {
        identity(&Known { active: true, ..self.0? }, now)
    }
}

fn known(state: &State, secret: &Digest) -> Result<Known, Code> {
    if let Some(id) = state.accounts.session_by_secret(secret) {
        let session = state.accounts.session(id).ok_or(Code::CredentialInvalid)?;
        let principal = state.principals.get(session.principal);
        return Ok(Known {
            auth: Auth::Session(id),
            principal: principal.id,
            active: state.principals.status(session.principal).active,
            actions: None,
            expires: Some(session.expires),
            noted: Arc::default(),
        });
    }
    let id = state.api_key_by_secret(secret).ok_or(Code::CredentialInvalid)?;
    let key = state.api_keys.get(&id).ok_or(Code::CredentialInvalid)?;
    let principal = state.principals.get(key.principal).id;
    let active = state.principals.status(key.principal).active;
    let (actions, expires) = (Some(Arc::from(&*key.actions)), key.expires);
    let auth = Auth::ApiKey(id);
    Ok(Known { auth, principal, active, actions, expires, noted: Arc::default() })
}

impl Credentials {
    /// The identity behind a remembered key.
    pub fn get(&self, secret: &Digest, now: Time) -> Option<Identity> {
        let cache = self.cache.read().unwrap_or_else(PoisonError::into_inner);
        let key = cache.known.get(secret)?;
        let identity = identity(key, now).ok()?;
        self.note(key, now);
        Some(identity)
    }

    /// To be asked for before a credential is looked up.
    pub fn generation(&self) -> Generation {
        Generation(self.cache.read().unwrap_or_else(PoisonError::into_inner).generation)
    }

    /// Remembers a key that was looked up.
    pub fn learn(
        &self,
        secret: Digest,
        found: Found,
        before: Generation,
        now: Time,
    ) -> Result<Identity, Rejection> {
        let Found(found) = found;
        let key = found?;
        let identity = identity(&key, now)?;
        self.note(&key, now);
        self.insert(secret, key, before);
        Ok(identity)
    }

    /// Remembers a token that was verified.
    pub fn learn_token(
        &self,
        token: Digest,
        identity: &Identity,
        expires: Time,
        before: Generation,
    ) {
        let Identity { principal, auth, actions } = identity.clone();
        let (expires, noted) = (Some(expires), Arc::default());
        self.insert(
            token,
            Known { auth, principal, active: true, actions, expires, noted },
            before,
        );
    }

    fn insert(&self, secret: Digest, key: Known, before: Generation) {
        let mut cache = self.cache.write().unwrap_or_else(PoisonError::into_inner);
        // Authority was taken away meanwhile, perhaps this one.
        if cache.generation != before.0 {
            return;
        }
        if cache.known.len() >= CREDENTIALS_CACHED_MAX {
            cache.known.clear();
        }
        cache.known.insert(secret, key);
    }

    /// Forgets everything, after authority was taken away.
    pub fn forget(&self) {
        let mut cache = self.cache.write().unwrap_or_else(PoisonError::into_inner);
        cache.generation += 1;
        cache.known.clear();
    }

    fn note(&self, key: &Known, now: Time) {
        let Auth::ApiKey(id) = key.auth else { return };
        let grain = now.0 / KEY_USE_GRAIN.0;
        if key.noted.swap(grain, Ordering::Relaxed) == grain {
            return;
        }
        let mut used = self.used.lock().unwrap_or_else(PoisonError::into_inner);
        if used.len() < CREDENTIALS_CACHED_MAX || used.contains_key(&id) {
            used.insert(id, Time(grain * KEY_USE_GRAIN.0));
        }
    }

    /// Takes what was noted of the uses of API keys.
    pub fn take_uses(&self) -> Vec<(ApiKeyId, Time)> {
        let mut used = self.used.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::take(&mut *used).into_iter().collect()
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

#[cfg(test)]
mod tests {
    use super::*;

    fn found(id: u128) -> Found {
        Found(Ok(Known {
            auth: Auth::ApiKey(ApiKeyId(id)),
            principal: PrincipalId(1),
            active: true,
            actions: None,
            expires: Some(Time(200_000)),
            noted: Arc::default(),
        }))
    }

    #[test]
    fn what_was_looked_up_before_a_clearing_is_not_remembered_after_it() {
        let (credentials, secret) = (Credentials::default(), Digest([1; 32]));
        let before = credentials.generation();
        credentials.forget();
        credentials.learn(secret, found(7), before, Time(0)).unwrap();
        assert_eq!(credentials.get(&secret, Time(0)), None);
        credentials.learn(secret, found(7), credentials.generation(), Time(0)).unwrap();
        assert!(credentials.get(&secret, Time(199_999)).is_some());
        assert_eq!(credentials.get(&secret, Time(200_000)), None);
        credentials.forget();
        assert_eq!(credentials.get(&secret, Time(0)), None);
    }

    #[test]
    fn a_use_is_noted_once_a_minute() {
        let (credentials, secret) = (Credentials::default(), Digest([1; 32]));
        let learn = |now| credentials.learn(secret, found(7), credentials.generation(), Time(now));
        learn(61_000).unwrap();
        credentials.get(&secret, Time(62_000)).unwrap();
        assert_eq!(credentials.take_uses(), [(ApiKeyId(7), Time(60_000))]);
        credentials.get(&secret, Time(119_999)).unwrap();
        assert_eq!(credentials.take_uses(), []);
        credentials.get(&secret, Time(120_000)).unwrap();
        assert_eq!(credentials.take_uses(), [(ApiKeyId(7), Time(120_000))]);
    }
}
