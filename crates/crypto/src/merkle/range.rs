//! The running root: as much of the tree as appending needs.
//!
//! Fixed in size, so that pushing a leaf never allocates: slot `h` holds the root of the complete
//! subtree of `2^h` leaves exactly if bit `h` of the size is set.

use hansa_types::Digest;
use serde::{Deserialize, Serialize};

use super::{empty_root, node_hash};
use crate::limits::TREE_LEAVES_MAX;

/// Heights a tree of `u64` leaves can have.
const HEIGHTS: usize = 64;

/// The right spine of an append-only tree: its size and the roots of its complete subtrees.
#[derive(Clone, Serialize, Deserialize)]
#[serde(try_from = "Written", into = "Written")]
pub struct CompactRange {
    size: u64,
    slots: [Digest; HEIGHTS],
}

/// A written compact range whose parts contradict each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CompactRangeError {
    /// There must be one node per bit that is set in the size.
    #[error("a tree of {size} leaves has {expected} subtrees on its spine, not {found}")]
    NodeCount {
        /// Leaves claimed.
        size: u64,
        /// Nodes that many leaves need.
        expected: usize,
        /// Nodes found.
        found: usize,
    },
    /// More leaves than [`TREE_LEAVES_MAX`].
    #[error("a tree of {0} leaves is larger than any tree may be")]
    Size(u64),
}

/// The serialized form: nodes from the left, largest subtree first.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    size: u64,
    nodes: Vec<Digest>,
}

impl CompactRange {
    /// The tree without leaves.
    pub const fn new() -> Self {
        Self { size: 0, slots: [Digest::ZERO; HEIGHTS] }
    }

    /// Appends a leaf. Hashes once per bit that carries, which is less than once on average, and
    /// allocates nothing.
    pub fn push(&mut self, leaf: Digest) {
        self.push_with(leaf, node_hash);
    }

    /// Appends a leaf. `hash` gives what [`node_hash`] does, and may do other work beside it.
    pub(crate) fn push_with(
        &mut self,
        leaf: Digest,
        mut hash: impl FnMut(&Digest, &Digest) -> Digest,
    ) {
        let mut node = leaf;
        let mut height = 0;
        while (self.size >> height) & 1 == 1 {
            node = hash(&self.slots[height], &node);
            height += 1;
        }
        self.slots[height] = node;
        self.size += 1;
    }

    /// The root of the tree as it is now (RFC 9162 section 2.1.1).
    pub fn root(&self) -> Digest {
        let mut nodes = self.heights().map(|height| self.slots[height]);
        let Some(smallest) = nodes.next() else {
            return empty_root();
        };
        nodes.fold(smallest, |right, left| node_hash(&left, &right))
    }

    /// How many leaves were pushed.
    pub const fn size(&self) -> u64 {
        self.size
    }

    /// The heights of the complete subtrees, smallest first.
    fn heights(&self) -> impl Iterator<Item = usize> {
        let size = self.size;
        (0..HEIGHTS).filter(move |height| (size >> height) & 1 == 1)
    }
}

impl Default for CompactRange {
    fn default() -> Self {
        Self::new()
    }
}

impl PartialEq for CompactRange {
    fn eq(&self, other: &Self) -> bool {
        // Slots of unset bits are left over from earlier pushes and mean nothing.
        self.size == other.size && self.heights().all(|h| self.slots[h] == other.slots[h])
    }
}

impl Eq for CompactRange {}

impl std::fmt::Debug for CompactRange {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CompactRange")
            .field("size", &self.size)
            .field("root", &self.root())
            .finish()
    }
}

impl From<CompactRange> for Written {
    fn from(range: CompactRange) -> Self {
        let mut nodes: Vec<Digest> = range.heights().map(|height| range.slots[height]).collect();
        nodes.reverse();
        Self { size: range.size, nodes }
    }
}

impl TryFrom<Written> for CompactRange {
    type Error = CompactRangeError;

    fn try_from(written: Written) -> Result<Self, CompactRangeError> {
        let Written { size, nodes } = written;
        if size > TREE_LEAVES_MAX {
            return Err(CompactRangeError::Size(size));
        }
        let mut range = Self { size, ..Self::new() };
        let expected = range.heights().count();
        if nodes.len() != expected {
            return Err(CompactRangeError::NodeCount { size, expected, found: nodes.len() });
        }
        let heights: Vec<usize> = range.heights().collect();
        for (height, node) in heights.into_iter().zip(nodes.into_iter().rev()) {
            range.slots[height] = node;
        }
        Ok(range)
    }
}
