//! Randomness that repeats with its seed.

use std::sync::{Mutex, PoisonError};

use hansa_node::env::Entropy;
use sha2::{Digest as _, Sha256};

/// SHA-256 of a seed and a counter.
pub struct SeededEntropy {
    state: Mutex<(u64, u64)>,
}

impl SeededEntropy {
    /// The entropy of a seed.
    pub fn new(seed: u64) -> Self {
        Self { state: Mutex::new((seed, 0)) }
    }
}

impl Entropy for SeededEntropy {
    fn fill(&self, bytes: &mut [u8]) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        for chunk in bytes.chunks_mut(32) {
            let mut block = Sha256::new();
            block.update(state.0.to_be_bytes());
            block.update(state.1.to_be_bytes());
            state.1 += 1;
            chunk.copy_from_slice(&block.finalize()[..chunk.len()]);
        }
    }
}
