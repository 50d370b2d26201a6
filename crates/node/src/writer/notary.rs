//! The lines of the journal and the hashes over them, made while the writer decides on, and the word
//! given for them.

use std::sync::Arc;

use hansa_crypto::chain;
use hansa_crypto::merkle::{CompactRange, leaf_hashes};
use hansa_store::Batch;
use hansa_types::Digest;

use crate::checkpoint::Signer;
use crate::env::Clock;
use crate::metrics::Metrics;

/// Head of the chain and of the tree.
#[derive(Debug, Clone)]
pub struct Hashes {
    /// The chain after the last entry.
    pub chain: Digest,
    /// The tree over all entries.
    pub tree: CompactRange,
}

impl Hashes {
    /// Those of an empty journal.
    pub fn empty() -> Self {
        Self { chain: Digest::ZERO, tree: CompactRange::new() }
    }

    /// Writes the batch's lines where they are not, and hashes them into its leaves, the chain and the
    /// tree.
    pub fn complete(&mut self, batch: &mut Batch) {
        batch.write();
        batch.prev_chain = self.chain;
        let mut start = 0;
        let lines = memchr::memchr_iter(b'\n', &batch.entries).map(|end| {
            let line = &batch.entries[start..end];
            start = end + 1;
            line
        });
        for leaf in leaf_hashes(lines) {
            batch.leaves.extend_from_slice(&leaf.0);
        }
        let (leaves, _) = batch.leaves.as_chunks();
        chain::append(&mut self.chain, &mut self.tree, leaves);
        batch.chain = self.chain;
        batch.root = self.tree.root();
    }
}

impl hansa_store::Hasher for Hashes {
    fn complete(&mut self, batch: &mut Batch) {
        Hashes::complete(self, batch);
    }
}

/// The same, measured.
pub(crate) struct Measured {
    pub(crate) hashes: Hashes,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) metrics: Arc<Metrics>,
}

impl hansa_store::Hasher for Measured {
    fn complete(&mut self, batch: &mut Batch) {
        let begun = self.clock.stopwatch_ns();
        self.hashes.complete(batch);
        self.metrics.encoded(self.clock.stopwatch_ns() - begun);
    }
}

/// Signs checkpoints of what is durable.
pub struct Notary {
    size: u64,
    root: Digest,
    signer: Signer,
    clock: Arc<dyn Clock>,
}

impl Notary {
    /// A notary who goes on from a verified journal.
    pub fn new(hashes: &Hashes, signer: Signer, clock: Arc<dyn Clock>) -> Self {
        Self { size: hashes.tree.size(), root: hashes.tree.root(), signer, clock }
    }
}

impl hansa_store::Notary for Notary {
    fn witness(&mut self, size: u64, root: Digest) {
        (self.size, self.root) = (size, root);
    }

    fn checkpoint(&mut self, quiet: bool) -> Option<(u64, String)> {
        match quiet {
            true => self.signer.last(self.size, self.root),
            false => self.signer.due(self.clock.monotonic(), self.size, self.root),
        }
    }
}
