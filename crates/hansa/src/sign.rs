//! Signing as an agent: what every envelope needs beside its content.
//!
//! A nonce must be larger than any the sender used before. It is the wall clock in microseconds,
//! counted up where two envelopes fall into one, so an agent may sign from several shells of one
//! machine and nothing has to be stored. Shells on machines whose clocks differ may meet
//! `nonce_used`; signing again is the cure.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use hansa_crypto::SigningKey;
use hansa_node::Env;
use hansa_types::{Did, EnvelopeId};
use hansa_wire::amp::build::Header;
use hansa_wire::amp::{Envelope, Recipient};

use crate::failure::Failure;

/// The last nonce that this process used.
static NONCE_LAST: AtomicU64 = AtomicU64::new(0);

/// Microseconds since 1970: the next nonce, if none as large was used.
fn microseconds() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_micros()).unwrap_or(u64::MAX)
}

/// A nonce larger than every one before it in this process, and than those of earlier processes.
pub(crate) fn next_nonce() -> u64 {
    let now = microseconds();
    let step = |last: u64| Some(now.max(last.saturating_add(1)));
    let last = NONCE_LAST.fetch_update(Ordering::Relaxed, Ordering::Relaxed, step);
    now.max(last.unwrap_or_default().saturating_add(1))
}

/// Seconds since 1970.
pub(crate) fn unix_seconds() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs()
}

/// An agent's key, and the DID it signs under.
#[derive(Debug, Clone)]
pub(crate) struct Signer {
    key: SigningKey,
    did: Did,
}

impl Signer {
    /// Signs under the key's own DID.
    pub(crate) fn new(key: SigningKey) -> Self {
        let did = key.public().did_key();
        Self { key, did }
    }

    /// The DID it signs under.
    pub(crate) fn did(&self) -> &Did {
        &self.did
    }

    /// The key.
    pub(crate) fn key(&self) -> &SigningKey {
        &self.key
    }

    /// What a new envelope begins with.
    pub(crate) fn header(&self, to: Recipient, parent: Option<EnvelopeId>) -> Header {
        Header {
            id: new_envelope_id(),
            from: self.did.clone(),
            to,
            parent,
            nonce: next_nonce(),
            ts: unix_seconds(),
        }
    }

    /// Signs an envelope.
    pub(crate) fn sign(&self, mut envelope: Envelope) -> Result<Envelope, Failure> {
        envelope.sign(&self.key)?;
        Ok(envelope)
    }
}

/// The id of a new envelope.
pub(crate) fn new_envelope_id() -> EnvelopeId {
    EnvelopeId::new(Env::real().random_u128())
}

/// A new private key.
pub(crate) fn new_key() -> SigningKey {
    SigningKey::from_seed(Env::real().random())
}

/// A random text that no other request carries.
pub(crate) fn new_idempotency_key() -> String {
    new_envelope_id().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nonces_grow_and_fit_a_double() {
        let first = next_nonce();
        let mut last = first;
        for _ in 0..10_000 {
            let next = next_nonce();
            assert!(next > last);
            last = next;
        }
        assert!(last <= hansa_types::limits::JSON_INTEGER_MAX);
        assert!(last - first < 3_600_000_000, "the counter runs away from the clock");
    }
}
