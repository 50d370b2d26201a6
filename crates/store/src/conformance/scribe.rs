//! Builds correct batches, as a node's writer does.

use hansa_crypto::chain;
use hansa_crypto::merkle::{CompactRange, leaf_hash};
use hansa_types::Digest;

use crate::Batch;
use crate::verify::{Verified, VerifyFrom};

/// Knows where a journal ends and makes the batches that continue it.
#[derive(Debug, Clone)]
pub struct Scribe {
    seq: u64,
    chain: Digest,
    range: CompactRange,
}

impl Default for Scribe {
    fn default() -> Self {
        Self::new()
    }
}

impl From<Verified> for Scribe {
    fn from(verified: Verified) -> Self {
        Scribe { seq: verified.head.last_seq, chain: verified.head.chain, range: verified.range }
    }
}

impl Scribe {
    /// At the beginning of an empty journal.
    pub const fn new() -> Self {
        Scribe { seq: 0, chain: Digest::ZERO, range: CompactRange::new() }
    }

    /// Seq of the last entry written.
    pub const fn seq(&self) -> u64 {
        self.seq
    }

    /// The point reached, to verify from.
    pub fn point(&self) -> VerifyFrom {
        VerifyFrom { seq: self.seq, chain: self.chain, range: self.range.clone() }
    }

    /// A new batch of these lines.
    pub fn batch<L: AsRef<[u8]>>(&mut self, lines: impl IntoIterator<Item = L>) -> Batch {
        let mut batch = Batch::default();
        self.fill(&mut batch, lines);
        batch
    }

    /// Fills a cleared batch with these lines.
    pub fn fill<L: AsRef<[u8]>>(&mut self, batch: &mut Batch, lines: impl IntoIterator<Item = L>) {
        batch.first_seq = self.seq + 1;
        batch.prev_chain = self.chain;
        for line in lines {
            let leaf = leaf_hash(line.as_ref());
            batch.entries.extend_from_slice(line.as_ref());
            batch.entries.push(b'\n');
            batch.leaves.extend_from_slice(&leaf.0);
            self.chain = chain::next(&self.chain, &leaf);
            self.range.push(leaf);
            self.seq += 1;
        }
        batch.last_seq = self.seq;
        batch.chain = self.chain;
        batch.root = self.range.root();
    }
}
