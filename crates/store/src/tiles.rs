//! Inclusion and consistency proofs from stored leaves, at the cost of a few reads each.
//!
//! The hash of every complete aligned subtree of 256 leaves and more is kept in memory, 64 bytes
//! for 256 entries, and extended when a proof first needs it. What lies below is read from the
//! leaves of the rows, at most two blocks of 256 for one proof. Stored leaves are taken at their
//! word: a damaged one makes a proof that does not verify, never one that does.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use hansa_crypto::merkle::{
    CompactRange, Leaves, ProveError, consistency_proof, inclusion_proof, node_hash,
};
use hansa_types::Digest;

use crate::Error;
use crate::limits::{TILE_LEAVES, TILE_READ_LEAVES};
use crate::reader::Reader;

/// Makes proofs over a journal.
pub struct ProofIndex {
    reader: Arc<dyn Reader>,
    levels: Mutex<Levels>,
}

/// Hashes of complete subtrees: level `h` holds those of `256 · 2^h` leaves, from the left.
#[derive(Default)]
struct Levels(Vec<Vec<Digest>>);

impl Levels {
    /// How many leaves the hashes cover.
    fn covered(&self) -> u64 {
        self.0.first().map_or(0, |tiles| tiles.len() as u64 * TILE_LEAVES)
    }

    /// Appends the next tile, and whatever it completes above it.
    fn push(&mut self, tile: Digest) {
        let (mut node, mut level) = (tile, 0);
        loop {
            if self.0.len() == level {
                self.0.push(Vec::new());
            }
            let nodes = &mut self.0[level];
            nodes.push(node);
            let [.., left, right] = nodes.as_slice() else { return };
            if !nodes.len().is_multiple_of(2) {
                return;
            }
            node = node_hash(left, right);
            level += 1;
        }
    }

    fn get(&self, start: u64, size: u64) -> Option<Digest> {
        let level = (size / TILE_LEAVES).checked_ilog2()?;
        let index = usize::try_from(start / size).ok()?;
        self.0.get(level as usize)?.get(index).copied()
    }
}

impl ProofIndex {
    /// An index that knows nothing yet.
    pub fn new(reader: Arc<dyn Reader>) -> Self {
        ProofIndex { reader, levels: Mutex::default() }
    }

    /// Proves that entry `seq` is in the tree of the first `tree_size` entries.
    pub fn inclusion(&self, seq: u64, tree_size: u64) -> Result<Vec<Digest>, Error> {
        let index = seq.checked_sub(1).ok_or(Error::NoSuchEntry { seq })?;
        self.prove(tree_size, |leaves| inclusion_proof(leaves, index, tree_size))
    }

    /// Proves that the tree of `new_size` entries begins with that of `old_size`.
    pub fn consistency(&self, old_size: u64, new_size: u64) -> Result<Vec<Digest>, Error> {
        self.prove(new_size, |leaves| consistency_proof(leaves, old_size, new_size))
    }

    fn prove(
        &self,
        tree_size: u64,
        make: impl FnOnce(&Proving<'_>) -> Result<Vec<Digest>, ProveError<Error>>,
    ) -> Result<Vec<Digest>, Error> {
        let last_seq = self.reader.head()?.last_seq;
        if tree_size > last_seq {
            return Err(Error::NoSuchEntry { seq: tree_size });
        }
        make(&Proving { index: self, blocks: Mutex::default() }).map_err(|error| match error {
            ProveError::Asked(source) => Error::Proof(source),
            ProveError::Leaves(error) => error,
        })
    }

    fn levels(&self) -> MutexGuard<'_, Levels> {
        self.levels.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Reads and hashes tiles until `end` leaves are covered; `end` is a multiple of a tile.
    fn cover(&self, levels: &mut Levels, end: u64) -> Result<(), Error> {
        while levels.covered() < end {
            let begin = levels.covered();
            let wanted = (end - begin).min(TILE_READ_LEAVES);
            let leaves = self.read(begin, wanted)?;
            leaves.chunks(TILE_BYTES).for_each(|tile| levels.push(root(tile)));
        }
        Ok(())
    }

    /// Exactly `count` leaves from leaf `start` on.
    fn read(&self, start: u64, count: u64) -> Result<Vec<u8>, Error> {
        let leaves = self.reader.leaves(start + 1, count)?;
        let found = leaves.len() as u64 / 32;
        if found < count {
            return Err(Error::NoSuchEntry { seq: start + found + 1 });
        }
        Ok(leaves)
    }
}

impl Leaves for ProofIndex {
    type Error = Error;

    fn subtree(&self, start: u64, size: u64) -> Result<Digest, Error> {
        Proving { index: self, blocks: Mutex::default() }.subtree(start, size)
    }
}

/// One proof in the making; remembers the blocks of leaves it has read.
struct Proving<'a> {
    index: &'a ProofIndex,
    /// Number of a block and its leaves.
    blocks: Mutex<Vec<(u64, Vec<u8>)>>,
}

impl Leaves for Proving<'_> {
    type Error = Error;

    fn subtree(&self, start: u64, size: u64) -> Result<Digest, Error> {
        if size >= TILE_LEAVES {
            let mut levels = self.index.levels();
            self.index.cover(&mut levels, start + size)?;
            return levels.get(start, size).ok_or(Error::NoSuchEntry { seq: start + size });
        }
        let (block, first) = (start / TILE_LEAVES, start - start % TILE_LEAVES);
        let mut blocks = self.blocks.lock().unwrap_or_else(PoisonError::into_inner);
        let known = blocks.iter().position(|(number, _)| *number == block);
        let position = match known {
            Some(position) => position,
            None => {
                blocks.push((block, self.index.reader.leaves(first + 1, TILE_LEAVES)?));
                blocks.len() - 1
            }
        };
        let missing = || Error::NoSuchEntry { seq: start + size };
        let begin = usize::try_from((start - first) * 32).map_err(|_| missing())?;
        let bytes = usize::try_from(size * 32).map_err(|_| missing())?;
        let leaves = blocks[position].1.get(begin..begin + bytes).ok_or_else(missing)?;
        Ok(root(leaves))
    }
}

#[allow(clippy::cast_possible_truncation, reason = "a tile is a few kilobytes")]
const TILE_BYTES: usize = TILE_LEAVES as usize * 32;

/// The root over a run of leaves.
fn root(leaves: &[u8]) -> Digest {
    let mut range = CompactRange::new();
    leaves.as_chunks::<32>().0.iter().for_each(|leaf| range.push(Digest(*leaf)));
    range.root()
}
