//! The hash chain over the journal's leaves.
//!
//! `c_i = SHA-256(c_{i-1} ‖ leaf_i)`, and `c_0` is [`Digest::ZERO`]: the chain before its first
//! entry. It is computed while writing and replaying and stored once per batch, never per entry.

use hansa_types::Digest;

use crate::hash::concatenated;
use crate::merkle::{CompactRange, node, node_hash};
use crate::pair::Pair;

/// The chain after one more leaf. Begin with [`Digest::ZERO`].
pub fn next(prev: &Digest, leaf: &Digest) -> Digest {
    concatenated(&[&prev.0, &leaf.0])
}

/// Makes the chain and the tree those after these leaves, as [`next`] and [`CompactRange::push`]
/// would leaf by leaf. Neither waits for the other, so each node of the tree is hashed together with
/// a link of the chain, which takes less time than one after the other.
pub fn append(chain: &mut Digest, tree: &mut CompactRange, leaves: &[[u8; 32]]) {
    let mut pair = Pair::default();
    // A leaf completes any number of nodes, so the chain goes on from leaf to leaf by itself.
    let mut links = leaves.iter();
    for leaf in leaves {
        tree.push_with(Digest(*leaf), |left, right| {
            let Some(link) = links.next() else {
                return node_hash(left, right);
            };
            let hashed = pair.digests(&[&chain.0, link], &[&node(left, right)]);
            *chain = hashed.0;
            hashed.1
        });
    }
    for link in links {
        *chain = next(chain, &Digest(*link));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hash::sha256;

    #[test]
    fn appending_many_leaves_is_appending_them_one_by_one() {
        let leaves: Vec<[u8; 32]> = (0..=255).map(|i| sha256(&[i]).0).collect();
        let (mut chain, mut tree) = (Digest::ZERO, CompactRange::new());
        for size in 0..70 {
            for count in [0, 1, 2, 3, 7, 64, 130] {
                let (mut chains, mut trees) = (chain, tree.clone());
                append(&mut chains, &mut trees, &leaves[size..size + count]);
                let (mut expected, mut expected_tree) = (chain, tree.clone());
                for leaf in &leaves[size..size + count] {
                    expected = next(&expected, &Digest(*leaf));
                    expected_tree.push(Digest(*leaf));
                }
                assert_eq!((chains, trees), (expected, expected_tree), "{count} on {size}");
            }
            chain = next(&chain, &Digest(leaves[size]));
            tree.push(Digest(leaves[size]));
        }
    }

    #[test]
    fn a_link_is_the_hash_of_both_digests_in_order() {
        let (first, second) = (sha256(b"first"), sha256(b"second"));
        let mut joined = [0; 64];
        joined[32..].copy_from_slice(&first.0);
        let one = next(&Digest::ZERO, &first);
        assert_eq!(one, sha256(&joined));
        assert_ne!(next(&one, &second), next(&next(&Digest::ZERO, &second), &first));
    }
}
