//! Inclusion and consistency proofs (RFC 9162 sections 2.1.3 and 2.1.4).
//!
//! Proofs are made top-down from the roots of complete subtrees and checked bottom-up. A proof is
//! accepted only with exactly as many digests as its sizes call for.

use hansa_types::Digest;

use super::{Leaves, empty_root, node_hash};

/// Why a proof proves nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ProofError {
    /// The tree has no leaf of that index.
    #[error("leaf {index} is not in a tree of {size} leaves")]
    IndexOutOfRange {
        /// The index asked for.
        index: u64,
        /// The size of the tree.
        size: u64,
    },
    /// A tree only grows.
    #[error("the older tree has {old_size} leaves, more than the newer with {new_size}")]
    SizesReversed {
        /// Leaves of the older tree.
        old_size: u64,
        /// Leaves of the newer tree.
        new_size: u64,
    },
    /// Too few or too many digests for these sizes.
    #[error("the proof has the wrong length for this tree")]
    Length,
    /// The proof leads to another root than the tree's.
    #[error("the proof does not lead to the root")]
    Root,
    /// The proof leads to another root than the older tree's.
    #[error("the proof does not lead to the older root")]
    OldRoot,
}

/// Why no proof could be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ProveError<E: std::error::Error + 'static> {
    /// What was asked cannot be proven of any tree.
    #[error(transparent)]
    Asked(ProofError),
    /// The leaves could not be read.
    #[error("the leaves could not be read")]
    Leaves(#[source] E),
}

/// The largest power of two below `size`, which is at least 2.
const fn split(size: u64) -> u64 {
    1 << (size - 1).ilog2()
}

/// The root over leaves `start..end`, where the range is one that [`split`] leads to.
fn range_root<L: Leaves + ?Sized>(
    leaves: &L,
    start: u64,
    end: u64,
) -> Result<Digest, ProveError<L::Error>> {
    let mut root = None;
    let (mut rest, mut right) = (end - start, end);
    while rest > 0 {
        let size = 1 << rest.trailing_zeros();
        let left = right - size;
        let subtree = leaves.subtree(left, size).map_err(ProveError::Leaves)?;
        root = Some(root.map_or(subtree, |root| node_hash(&subtree, &root)));
        right = left;
        rest -= size;
    }
    Ok(root.unwrap_or_else(empty_root))
}

/// The audit path of leaf `index` in the tree of the first `tree_size` leaves, nearest sibling
/// first (RFC 9162 section 2.1.3.1).
pub fn inclusion_proof<L: Leaves + ?Sized>(
    leaves: &L,
    index: u64,
    tree_size: u64,
) -> Result<Vec<Digest>, ProveError<L::Error>> {
    if index >= tree_size {
        return Err(ProveError::Asked(ProofError::IndexOutOfRange { index, size: tree_size }));
    }
    let mut path = Vec::new();
    let (mut start, mut end) = (0, tree_size);
    while end - start > 1 {
        let middle = start + split(end - start);
        if index < middle {
            path.push(range_root(leaves, middle, end)?);
            end = middle;
        } else {
            path.push(range_root(leaves, start, middle)?);
            start = middle;
        }
    }
    path.reverse();
    Ok(path)
}

/// The proof that the tree of `new_size` leaves begins with that of `old_size` leaves
/// (RFC 9162 section 2.1.4.1). Empty if the sizes are equal or the older tree is empty.
pub fn consistency_proof<L: Leaves + ?Sized>(
    leaves: &L,
    old_size: u64,
    new_size: u64,
) -> Result<Vec<Digest>, ProveError<L::Error>> {
    if old_size > new_size {
        return Err(ProveError::Asked(ProofError::SizesReversed { old_size, new_size }));
    }
    if old_size == 0 {
        return Ok(Vec::new());
    }
    let mut path = Vec::new();
    let (mut start, mut end) = (0, new_size);
    while end != old_size {
        let middle = start + split(end - start);
        if old_size <= middle {
            path.push(range_root(leaves, middle, end)?);
            end = middle;
        } else {
            path.push(range_root(leaves, start, middle)?);
            start = middle;
        }
    }
    // The verifier knows the old root already if it is itself the subtree arrived at.
    if start > 0 {
        path.push(range_root(leaves, start, end)?);
    }
    path.reverse();
    Ok(path)
}

/// Checks that `leaf` is leaf `index` of the tree of `size` leaves with this root
/// (RFC 9162 section 2.1.3.2).
pub fn verify_inclusion(
    leaf: &Digest,
    index: u64,
    size: u64,
    proof: &[Digest],
    root: &Digest,
) -> Result<(), ProofError> {
    if index >= size {
        return Err(ProofError::IndexOutOfRange { index, size });
    }
    let (mut node, mut last, mut hash) = (index, size - 1, *leaf);
    for sibling in proof {
        if last == 0 {
            return Err(ProofError::Length);
        }
        if node & 1 == 1 || node == last {
            hash = node_hash(sibling, &hash);
            // A right-most node without sibling rises unchanged to where it is a right child.
            while node & 1 == 0 && node != 0 {
                node >>= 1;
                last >>= 1;
            }
        } else {
            hash = node_hash(&hash, sibling);
        }
        node >>= 1;
        last >>= 1;
    }
    match (last, hash == *root) {
        (0, true) => Ok(()),
        (0, false) => Err(ProofError::Root),
        _ => Err(ProofError::Length),
    }
}

/// Checks that the tree of `new_size` leaves with `new_root` begins with the tree of `old_size`
/// leaves with `old_root` (RFC 9162 section 2.1.4.2). The RFC leaves two cases open: equal sizes
/// need equal roots, and the empty tree begins every tree; both take the empty proof only.
pub fn verify_consistency(
    old_size: u64,
    old_root: &Digest,
    new_size: u64,
    new_root: &Digest,
    proof: &[Digest],
) -> Result<(), ProofError> {
    if old_size > new_size {
        return Err(ProofError::SizesReversed { old_size, new_size });
    }
    if old_size == 0 || old_size == new_size {
        return verify_trivially(old_size, old_root, new_size, new_root, proof);
    }
    let (mut node, mut last) = (old_size - 1, new_size - 1);
    let complete = node.trailing_ones();
    node >>= complete;
    last >>= complete;
    // An old tree that is one complete subtree starts the proof itself.
    let (first, rest) = if old_size.is_power_of_two() {
        (old_root, proof)
    } else {
        proof.split_first().ok_or(ProofError::Length)?
    };
    let (mut old, mut new) = (*first, *first);
    for sibling in rest {
        if last == 0 {
            return Err(ProofError::Length);
        }
        if node & 1 == 1 || node == last {
            old = node_hash(sibling, &old);
            new = node_hash(sibling, &new);
            while node & 1 == 0 && node != 0 {
                node >>= 1;
                last >>= 1;
            }
        } else {
            new = node_hash(&new, sibling);
        }
        node >>= 1;
        last >>= 1;
    }
    if last != 0 {
        return Err(ProofError::Length);
    }
    if old != *old_root {
        return Err(ProofError::OldRoot);
    }
    if new == *new_root { Ok(()) } else { Err(ProofError::Root) }
}

/// The cases that need no hashing: an empty older tree, or two trees of one size.
fn verify_trivially(
    old_size: u64,
    old_root: &Digest,
    new_size: u64,
    new_root: &Digest,
    proof: &[Digest],
) -> Result<(), ProofError> {
    if !proof.is_empty() {
        return Err(ProofError::Length);
    }
    if old_size == 0 && *old_root != empty_root() {
        return Err(ProofError::OldRoot);
    }
    if old_size == new_size && old_root != new_root {
        return Err(ProofError::Root);
    }
    Ok(())
}
