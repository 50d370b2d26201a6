//! Which envelopes were accepted before: replays are told from fresh ones here.
//!
//! The envelopes of AMP verbs carry strictly growing nonces, so one number per sender forgets
//! nothing for ever. An envelope that carries a native operation may arrive out of order, so its id
//! and nonce are remembered until its time window has long closed.

use std::collections::VecDeque;

use hansa_types::{Code, EnvelopeId, Rejection, Signature, Time};
use serde::{Deserialize, Serialize};

use crate::entry::EnvelopeProof;
use crate::limits::{LEAVING_PER_ENTRY_MAX, OPERATION_ENVELOPE_LIFE, OPERATION_ENVELOPES_MAX};
use crate::principal::Handle;
use crate::state::Map;

/// Enough of a signature to tell whether an envelope of the same id is the same envelope:
/// Ed25519 signatures are a function of key and text.
pub(crate) fn fingerprint(signature: &Signature) -> u64 {
    let mut head = [0u8; 8];
    head.copy_from_slice(&signature.0[..8]);
    u64::from_be_bytes(head)
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct Remembered {
    id: EnvelopeId,
    sender: Handle,
    nonce: u64,
    fingerprint: u64,
    seq: u64,
    at: Time,
}

/// The envelopes of native operations whose time window may still be open, oldest first.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct OperationEnvelopes {
    remembered: VecDeque<Remembered>,
    #[serde(skip)]
    by_id: Map<EnvelopeId, (u64, u64)>,
    #[serde(skip)]
    by_nonce: Map<(Handle, u64), EnvelopeId>,
}

impl OperationEnvelopes {
    pub(crate) fn new(hasher: &ahash::RandomState) -> Self {
        let (by_id, by_nonce) = (Map::new(hasher), Map::new(hasher));
        Self { remembered: VecDeque::new(), by_id, by_nonce }
    }

    pub(crate) fn reindex(&mut self, hasher: &ahash::RandomState) {
        (self.by_id, self.by_nonce) = (Map::new(hasher), Map::new(hasher));
        for kept in &self.remembered {
            self.by_id.insert(kept.id, (kept.fingerprint, kept.seq));
            self.by_nonce.insert((kept.sender, kept.nonce), kept.id);
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.remembered.len()
    }

    /// Refuses an envelope that was here before, or whose nonce was.
    pub(crate) fn check(&self, sender: Handle, proof: &EnvelopeProof) -> Result<(), Rejection> {
        if let Some(&(first, seq)) = self.by_id.get(&proof.id) {
            return Err(replayed(first == fingerprint(&proof.signature), seq));
        }
        if self.by_nonce.contains_key(&(sender, proof.nonce)) {
            return Err(Code::NonceUsed.into());
        }
        Ok(())
    }

    /// Refuses one envelope too many.
    pub(crate) fn check_room(&self) -> Result<(), Rejection> {
        match self.remembered.len() < OPERATION_ENVELOPES_MAX {
            true => Ok(()),
            false => Err(Code::StateFull.into()),
        }
    }

    pub(crate) fn insert(&mut self, sender: Handle, proof: &EnvelopeProof, seq: u64, at: Time) {
        let fingerprint = fingerprint(&proof.signature);
        let (id, nonce) = (proof.id, proof.nonce);
        self.by_id.insert(id, (fingerprint, seq));
        self.by_nonce.insert((sender, nonce), id);
        self.remembered.push_back(Remembered { id, sender, nonce, fingerprint, seq, at });
    }

    pub(crate) fn let_go(&mut self, now: Time) {
        for _ in 0..LEAVING_PER_ENTRY_MAX {
            match self.remembered.front() {
                Some(oldest) if oldest.at.after(OPERATION_ENVELOPE_LIFE) <= now => {
                    self.by_id.remove(&oldest.id);
                    self.by_nonce.remove(&(oldest.sender, oldest.nonce));
                    self.remembered.pop_front();
                }
                _ => return,
            }
        }
    }
}

/// The refusal of an envelope whose id is known.
pub(crate) fn replayed(same: bool, seq: u64) -> Rejection {
    match same {
        true => Rejection::new(
            Code::EnvelopeReplayed,
            format!("this envelope was accepted before, as entry {seq}"),
        ),
        false => Rejection::new(
            Code::EnvelopeReplayed,
            format!("another envelope with this id was accepted before, as entry {seq}"),
        ),
    }
}
