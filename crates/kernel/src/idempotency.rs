//! Which requests were accepted before, for 24 hours.
//!
//! Only accepted commands are remembered: a refusal changed nothing, so its repetition is decided
//! anew. What is kept is the sequence number of the first answer, from which it is told again.

use std::collections::VecDeque;

use hansa_types::{Correlation, Time};
use serde::{Deserialize, Serialize};

use crate::limits::{IDEMPOTENCY_KEYS_MAX, IDEMPOTENCY_LIFE, LEAVING_PER_ENTRY_MAX};
use crate::state::Map;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct Accepted {
    key: u128,
    body: u64,
    seq: u64,
    at: Time,
}

/// What is known of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Known {
    /// Never seen, or long ago.
    No,
    /// The same request was accepted; its first entry has this number.
    Same(u64),
    /// Another request used the key.
    Other,
}

/// The accepted requests of the last 24 hours, oldest first.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Idempotency {
    accepted: VecDeque<Accepted>,
    #[serde(skip)]
    by_key: Map<u128, (u64, u64)>,
}

/// The key's and the body's parts of a correlation.
fn split(corr: &Correlation) -> (u128, u64) {
    let (key, body) = corr.0.split_at(16);
    let key = key.try_into().map(u128::from_be_bytes).unwrap_or_default();
    (key, body.try_into().map(u64::from_be_bytes).unwrap_or_default())
}

impl Idempotency {
    pub(crate) fn new(hasher: &ahash::RandomState) -> Self {
        Self { accepted: VecDeque::new(), by_key: Map::new(hasher) }
    }

    pub(crate) fn reindex(&mut self, hasher: &ahash::RandomState) {
        self.by_key = Map::new(hasher);
        for accepted in &self.accepted {
            self.by_key.insert(accepted.key, (accepted.body, accepted.seq));
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.accepted.len()
    }

    pub(crate) fn find(&self, corr: &Correlation, now: Time) -> Known {
        let (key, body) = split(corr);
        match self.by_key.get(&key) {
            Some(&(_, seq)) if self.is_over(seq, now) => Known::No,
            Some(&(first, seq)) if first == body => Known::Same(seq),
            Some(_) => Known::Other,
            None => Known::No,
        }
    }

    /// Whether the record of a seq is past its time though not let go of yet.
    fn is_over(&self, seq: u64, now: Time) -> bool {
        let position = self.accepted.partition_point(|accepted| accepted.seq < seq);
        self.accepted.get(position).is_none_or(|a| a.at.after(IDEMPOTENCY_LIFE) <= now)
    }

    pub(crate) fn insert(&mut self, corr: &Correlation, seq: u64, at: Time) {
        let (key, body) = split(corr);
        self.by_key.insert(key, (body, seq));
        self.accepted.push_back(Accepted { key, body, seq, at });
    }

    pub(crate) fn let_go(&mut self, now: Time) {
        for _ in 0..LEAVING_PER_ENTRY_MAX {
            let full = self.accepted.len() > IDEMPOTENCY_KEYS_MAX;
            match self.accepted.front() {
                Some(oldest) if full || oldest.at.after(IDEMPOTENCY_LIFE) <= now => {
                    let (key, seq) = (oldest.key, oldest.seq);
                    if self.by_key.get(&key).is_some_and(|&(_, latest)| latest == seq) {
                        self.by_key.remove(&key);
                    }
                    self.accepted.pop_front();
                }
                _ => return,
            }
        }
    }
}
