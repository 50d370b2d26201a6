//! The one-time setup token by which the first owner proves to be the operator.

use std::sync::{Mutex, PoisonError};

use hansa_crypto::compare;
use hansa_crypto::secret::{Secret, token, token_digest};
use hansa_types::{Code, Digest, Rejection, Time};

use crate::env::Env;
use crate::limits::{SETUP_TOKEN_LIFE, SETUP_TRIES_MAX};

/// The token's digest and what is left of its life.
pub struct Setup {
    inner: Mutex<Option<Waiting>>,
}

struct Waiting {
    digest: Digest,
    expires: Time,
    tries_left: u32,
}

impl Setup {
    /// No setup: the node has an owner.
    pub fn closed() -> Self {
        Self { inner: Mutex::new(None) }
    }

    /// A fresh token, told once.
    pub fn open(env: &Env) -> (Self, Secret) {
        let secret = token("setup_", env.random());
        let waiting = Waiting {
            digest: token_digest(secret.expose()),
            expires: env.clock.wall().after(SETUP_TOKEN_LIFE),
            tries_left: SETUP_TRIES_MAX,
        };
        (Self { inner: Mutex::new(Some(waiting)) }, secret)
    }

    /// Whether a token may still make the owner.
    pub fn is_open(&self) -> bool {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner).is_some()
    }

    /// Checks a token. Five wrong ones void it.
    pub fn check(&self, offered: &str, now: Time) -> Result<(), Rejection> {
        let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(waiting) = inner.as_mut() else { return Err(Code::AlreadySetUp.into()) };
        if waiting.tries_left == 0 || waiting.expires <= now {
            return Err(Code::SetupTokenInvalid.into());
        }
        if !compare::equal(&token_digest(offered).0, &waiting.digest.0) {
            waiting.tries_left -= 1;
            return Err(Code::SetupTokenInvalid.into());
        }
        Ok(())
    }

    /// Closes the setup once an owner exists.
    pub fn close(&self) {
        *self.inner.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }
}
