//! Signed checkpoints: the node's word on what its journal holds (C2SP tlog-checkpoint).

use hansa_crypto::checkpoint::Checkpoint;
use hansa_crypto::keys::SigningKey;
use hansa_types::{Digest, Duration, IncarnationId};

use crate::limits::CHECKPOINT_EVERY;

/// Where a journal's checkpoints say they come from: `<host>/journal/<incarnation>`.
pub fn origin(host: &str, incarnation: IncarnationId) -> String {
    format!("{host}/journal/{incarnation}")
}

/// Signs at most one checkpoint a second.
pub struct Signer {
    key: SigningKey,
    origin: String,
    signed_size: u64,
    signed_at: Option<Duration>,
}

impl Signer {
    /// A signer under the node's key.
    pub fn new(key: SigningKey, origin: String) -> Self {
        Self { key, origin, signed_size: 0, signed_at: None }
    }

    /// A checkpoint of the first `size` entries, the tree over which has this root, if the last one
    /// is old enough and smaller.
    pub fn due(&mut self, now: Duration, size: u64, root: Digest) -> Option<(u64, String)> {
        let wait = self.signed_at.is_some_and(|at| now.0 < at.0 + CHECKPOINT_EVERY.0);
        if wait {
            return None;
        }
        let signed = self.last(size, root)?;
        self.signed_at = Some(now);
        Some(signed)
    }

    /// The same, if none was signed at this size.
    pub fn last(&mut self, size: u64, root: Digest) -> Option<(u64, String)> {
        if size == self.signed_size {
            return None;
        }
        self.signed_size = size;
        let checkpoint = Checkpoint { origin: self.origin.clone(), size, root };
        Some((size, checkpoint.sign(&self.origin, &self.key)))
    }
}
