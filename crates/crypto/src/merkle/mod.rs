//! The Merkle tree over the journal's entries (RFC 6962 section 2.1, RFC 9162 section 2.1).
//!
//! Leaf and node hashes are separated by a first byte, so no entry can pass for a node. The tree's
//! index is an entry's sequence number minus one. Here are the hashes, the running root that the
//! writer keeps ([`CompactRange`]), and proofs made from stored leaves and checked by anybody.
//!
//! Deliberately absent: storage and tiles. Whoever stores leaves implements [`Leaves`].

mod proof;
mod range;

use std::iter;

use hansa_types::Digest;

pub use proof::{
    ProofError, ProveError, consistency_proof, inclusion_proof, verify_consistency,
    verify_inclusion,
};
pub use range::{CompactRange, CompactRangeError};

use crate::hash::{concatenated, sha256};
use crate::pair::Pair;

/// What is hashed before an entry.
const LEAF: &[u8] = &[0x00];

/// SHA-256 of `0x00 ‖ entry`: a leaf (RFC 9162 section 2.1.1).
pub fn leaf_hash(entry: &[u8]) -> Digest {
    concatenated(&[LEAF, entry])
}

/// The leaves of the entries in their order, as [`leaf_hash`] makes them, but hashed by twos, which
/// takes less time.
pub fn leaf_hashes<'a>(entries: impl Iterator<Item = &'a [u8]>) -> impl Iterator<Item = Digest> {
    let mut entries = entries.fuse();
    let mut pair = Pair::default();
    let mut second = None;
    iter::from_fn(move || {
        if let Some(leaf) = second.take() {
            return Some(leaf);
        }
        let entry = entries.next()?;
        let Some(behind) = entries.next() else {
            return Some(leaf_hash(entry));
        };
        let (leaf, leaf_behind) = pair.digests(&[LEAF, entry], &[LEAF, behind]);
        second = Some(leaf_behind);
        Some(leaf)
    })
}

/// SHA-256 of `0x01 ‖ left ‖ right`: an inner node (RFC 9162 section 2.1.1).
pub fn node_hash(left: &Digest, right: &Digest) -> Digest {
    sha256(&node(left, right))
}

/// What an inner node is the hash of: `0x01 ‖ left ‖ right`.
pub(crate) fn node(left: &Digest, right: &Digest) -> [u8; 65] {
    let mut node = [0x01; 65];
    node[1..33].copy_from_slice(&left.0);
    node[33..].copy_from_slice(&right.0);
    node
}

/// The root of the tree without leaves: SHA-256 of nothing (RFC 9162 section 2.1.1).
pub fn empty_root() -> Digest {
    sha256(&[])
}

/// Stored leaves, from which proofs are made.
pub trait Leaves {
    /// Why a subtree could not be had.
    type Error: std::error::Error + 'static;

    /// The root of the complete subtree of `size` leaves that begins with leaf `start`. `size` is
    /// a power of two and `start` a multiple of it; the subtree lies within the tree proven.
    fn subtree(&self, start: u64, size: u64) -> Result<Digest, Self::Error>;
}

impl<L: Leaves + ?Sized> Leaves for &L {
    type Error = L::Error;
    fn subtree(&self, start: u64, size: u64) -> Result<Digest, Self::Error> {
        (**self).subtree(start, size)
    }
}

/// Leaves held in memory, for verifiers of whole exports and for tests.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct MemoryLeaves(pub Vec<Digest>);

/// The leaves asked for are not there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no complete subtree of {size} leaves begins with leaf {start}")]
pub struct SubtreeMissing {
    /// The first leaf asked for.
    pub start: u64,
    /// How many leaves were asked for.
    pub size: u64,
}

impl Leaves for MemoryLeaves {
    type Error = SubtreeMissing;

    fn subtree(&self, start: u64, size: u64) -> Result<Digest, SubtreeMissing> {
        let missing = SubtreeMissing { start, size };
        if !size.is_power_of_two() || !start.is_multiple_of(size) {
            return Err(missing);
        }
        let (Ok(from), Ok(count)) = (usize::try_from(start), usize::try_from(size)) else {
            return Err(missing);
        };
        let end = from.checked_add(count).ok_or(missing)?;
        let mut range = CompactRange::new();
        for leaf in self.0.get(from..end).ok_or(missing)? {
            range.push(*leaf);
        }
        Ok(range.root())
    }
}
