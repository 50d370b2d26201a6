//! The tree against RFC 6962's definition, written out as recursively as the RFC does.

use hansa_crypto::chain;
use hansa_crypto::hash::sha256;
use hansa_crypto::merkle::{
    CompactRange, Leaves, MemoryLeaves, ProofError, ProveError, consistency_proof, empty_root,
    inclusion_proof, leaf_hash, leaf_hashes, node_hash, verify_consistency, verify_inclusion,
};
use hansa_types::Digest;
use proptest::prelude::*;

use crate::hex;

const SIZES_MAX: u64 = 130;

/// RFC 6962 section 2.1: MTH.
fn tree_hash(leaves: &[Digest]) -> Digest {
    match leaves {
        [] => empty_root(),
        [leaf] => *leaf,
        _ => {
            let (left, right) = leaves.split_at(leaves.len().next_power_of_two() / 2);
            node_hash(&tree_hash(left), &tree_hash(right))
        }
    }
}

/// RFC 6962 section 2.1.1: PATH(m, D).
fn path(index: usize, leaves: &[Digest]) -> Vec<Digest> {
    if leaves.len() <= 1 {
        return Vec::new();
    }
    let split = leaves.len().next_power_of_two() / 2;
    let (left, right) = leaves.split_at(split);
    let (mut proof, sibling) = if index < split {
        (path(index, left), tree_hash(right))
    } else {
        (path(index - split, right), tree_hash(left))
    };
    proof.push(sibling);
    proof
}

/// RFC 6962 section 2.1.2: SUBPROOF(m, D, b).
fn subproof(old_size: usize, leaves: &[Digest], complete: bool) -> Vec<Digest> {
    if old_size == leaves.len() {
        return if complete { Vec::new() } else { vec![tree_hash(leaves)] };
    }
    let split = leaves.len().next_power_of_two() / 2;
    let (left, right) = leaves.split_at(split);
    let (mut proof, sibling) = if old_size <= split {
        (subproof(old_size, left, complete), tree_hash(right))
    } else {
        (subproof(old_size - split, right, false), tree_hash(left))
    };
    proof.push(sibling);
    proof
}

fn leaves(count: u64) -> Vec<Digest> {
    (0..count).map(|i| leaf_hash(&i.to_be_bytes())).collect()
}

fn index(i: u64) -> usize {
    usize::try_from(i).unwrap()
}

fn flipped(digest: &Digest, bit: usize) -> Digest {
    let mut flipped = *digest;
    flipped.0[bit / 8 % 32] ^= 1 << (bit % 8);
    flipped
}

#[test]
fn roots_are_those_of_the_certificate_transparency_reference() {
    let entries: [&[u8]; 8] = [
        &[],
        &[0x00],
        &[0x10],
        &[0x20, 0x21],
        &[0x30, 0x31],
        &[0x40, 0x41, 0x42, 0x43],
        &[0x50, 0x51, 0x52, 0x53, 0x54, 0x55, 0x56, 0x57],
        b"`abcdefghijklmno",
    ];
    let roots = [
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    ];
    let mut range = CompactRange::new();
    assert_eq!(range.root(), Digest(hex(roots[0])));
    for (entry, root) in entries.iter().zip(&roots[1..]) {
        range.push(leaf_hash(entry));
        assert_eq!(range.root(), Digest(hex(root)), "{} leaves", range.size());
    }
    for (size, root) in roots.iter().enumerate() {
        let leaves: Vec<_> =
            leaf_hashes(entries[..size].iter().copied()).map(|leaf| leaf.0).collect();
        let (mut chain, mut range) = (Digest::ZERO, CompactRange::new());
        chain::append(&mut chain, &mut range, &leaves);
        assert_eq!(range.root(), Digest(hex(root)), "{size} leaves at once");
    }
}

#[test]
fn leaves_hashed_by_twos_are_those_hashed_alone() {
    let entries: Vec<Vec<u8>> =
        (0..=200).rev().chain(0..=200).map(|len| vec![len; len.into()]).collect();
    for from in 0..entries.len() {
        let entries = entries[from..].iter().map(Vec::as_slice);
        let alone: Vec<_> = entries.clone().map(leaf_hash).collect();
        assert_eq!(leaf_hashes(entries).collect::<Vec<_>>(), alone);
    }
}

#[test]
fn an_entry_that_looks_like_a_node_is_still_a_leaf() {
    let (left, right) = (sha256(b"left"), sha256(b"right"));
    let joined = [left.0, right.0].concat();
    assert_ne!(leaf_hash(&joined), node_hash(&left, &right));
    assert_ne!(leaf_hash(&[&[0x01], &joined[..]].concat()), node_hash(&left, &right));
}

#[test]
fn the_running_root_is_the_tree_hash_at_every_size() {
    let leaves = leaves(SIZES_MAX);
    let mut range = CompactRange::new();
    for (size, leaf) in leaves.iter().enumerate() {
        assert_eq!(range.root(), tree_hash(&leaves[..size]));
        assert_eq!(range.size(), size as u64);
        range.push(*leaf);
    }
}

#[test]
fn a_compact_range_survives_being_written_at_every_size() {
    let mut range = CompactRange::default();
    for leaf in leaves(SIZES_MAX) {
        let json = serde_json::to_string(&range).unwrap();
        let bytes = postcard::to_stdvec(&range).unwrap();
        let mut read: CompactRange = serde_json::from_str(&json).unwrap();
        assert_eq!(postcard::from_bytes::<CompactRange>(&bytes).unwrap(), range);
        assert_eq!(read, range);
        range.push(leaf);
        assert_ne!(read, range);
        read.push(leaf);
        assert_eq!(read, range);
    }
}

#[test]
fn a_compact_range_that_contradicts_itself_is_refused() {
    let digest = Digest::ZERO;
    let refused = [
        r#"{"size":1,"nodes":[]}"#.to_owned(),
        format!(r#"{{"size":0,"nodes":["{digest}"]}}"#),
        format!(r#"{{"size":2,"nodes":["{digest}","{digest}"]}}"#),
        format!(r#"{{"size":1,"nodes":["{digest}"],"more":1}}"#),
        format!(r#"{{"size":9007199254740992,"nodes":["{digest}"]}}"#),
        format!(r#"{{"size":18446744073709551615,"nodes":["{digest}"]}}"#),
        r#"{"size":-1,"nodes":[]}"#.to_owned(),
        r#"{"size":1,"nodes":["AAAA"]}"#.to_owned(),
    ];
    for text in refused {
        assert!(serde_json::from_str::<CompactRange>(&text).is_err(), "{text}");
    }
    // The largest size that is allowed has all of its 53 bits set.
    let nodes = vec![format!("\"{digest}\""); 53].join(",");
    let largest = format!(r#"{{"size":9007199254740991,"nodes":[{nodes}]}}"#);
    let mut range: CompactRange = serde_json::from_str(&largest).unwrap();
    range.push(digest);
    assert_eq!(range.size(), 1 << 53);
}

#[test]
fn memory_leaves_serve_complete_subtrees_only() {
    let store = MemoryLeaves(leaves(10));
    assert_eq!(store.subtree(4, 4).unwrap(), tree_hash(&store.0[4..8]));
    for (start, size) in [(0, 0), (0, 3), (2, 4), (8, 4), (10, 1), (u64::MAX, 1), (0, 1 << 63)] {
        assert!(store.subtree(start, size).is_err(), "{start}+{size}");
    }
}

#[test]
fn inclusion_proofs_are_those_of_the_rfc_and_verify() {
    let store = MemoryLeaves(leaves(SIZES_MAX));
    for size in 1..=SIZES_MAX {
        let root = tree_hash(&store.0[..index(size)]);
        for i in 0..size {
            let proof = inclusion_proof(&store, i, size).unwrap();
            assert_eq!(proof, path(index(i), &store.0[..index(size)]), "leaf {i} of {size}");
            let leaf = &store.0[index(i)];
            assert_eq!(
                verify_inclusion(leaf, i, size, &proof, &root),
                Ok(()),
                "leaf {i} of {size}"
            );
        }
    }
}

#[test]
fn consistency_proofs_are_those_of_the_rfc_and_verify() {
    let store = MemoryLeaves(leaves(SIZES_MAX));
    let roots: Vec<_> = (0..=index(SIZES_MAX)).map(|size| tree_hash(&store.0[..size])).collect();
    for new in 1..=SIZES_MAX {
        for old in 0..=new {
            let proof = consistency_proof(&store, old, new).unwrap();
            if old > 0 {
                let expected = subproof(index(old), &store.0[..index(new)], true);
                assert_eq!(proof, expected, "{old} to {new}");
            }
            let (old_root, new_root) = (&roots[index(old)], &roots[index(new)]);
            assert_eq!(verify_consistency(old, old_root, new, new_root, &proof), Ok(()));
        }
    }
}

#[test]
fn no_leaf_verifies_at_another_index_or_size() {
    const SIZE: u64 = 21;
    let store = MemoryLeaves(leaves(SIZE));
    let root = tree_hash(&store.0);
    for i in 0..SIZE {
        let leaf = &store.0[index(i)];
        let proof = inclusion_proof(&store, i, SIZE).unwrap();
        for other in (0..=SIZE).filter(|other| *other != i) {
            assert!(verify_inclusion(leaf, other, SIZE, &proof, &root).is_err(), "{i} as {other}");
        }
    }
    assert_eq!(
        verify_inclusion(&store.0[0], SIZE, SIZE, &[], &root),
        Err(ProofError::IndexOutOfRange { index: SIZE, size: SIZE })
    );
    assert!(verify_inclusion(&store.0[0], 0, 0, &[], &empty_root()).is_err());
    assert!(verify_inclusion(&store.0[0], u64::MAX - 1, u64::MAX, &[], &root).is_err());
}

#[test]
fn proofs_that_cannot_exist_are_not_made() {
    let store = MemoryLeaves(leaves(4));
    assert_eq!(
        inclusion_proof(&store, 4, 4),
        Err(ProveError::Asked(ProofError::IndexOutOfRange { index: 4, size: 4 }))
    );
    assert_eq!(
        consistency_proof(&store, 3, 2),
        Err(ProveError::Asked(ProofError::SizesReversed { old_size: 3, new_size: 2 }))
    );
    assert!(matches!(inclusion_proof(&store, 0, 8), Err(ProveError::Leaves(_))));
    assert!(matches!(consistency_proof(&store, 4, 8), Err(ProveError::Leaves(_))));
}

#[test]
fn the_cases_the_rfc_leaves_open_take_the_empty_proof_only() {
    let (root, other) = (tree_hash(&leaves(3)), tree_hash(&leaves(4)));
    assert_eq!(verify_consistency(3, &root, 3, &root, &[]), Ok(()));
    assert_eq!(verify_consistency(3, &root, 3, &other, &[]), Err(ProofError::Root));
    assert_eq!(verify_consistency(3, &root, 3, &root, &[root]), Err(ProofError::Length));
    assert_eq!(verify_consistency(0, &empty_root(), 3, &root, &[]), Ok(()));
    assert_eq!(verify_consistency(0, &other, 3, &root, &[]), Err(ProofError::OldRoot));
    assert_eq!(verify_consistency(0, &empty_root(), 3, &root, &[root]), Err(ProofError::Length));
    assert_eq!(verify_consistency(3, &root, 4, &other, &[]), Err(ProofError::Length));
    assert_eq!(
        verify_consistency(4, &other, 3, &root, &[]),
        Err(ProofError::SizesReversed { old_size: 4, new_size: 3 })
    );
}

proptest! {
    #[test]
    fn a_changed_inclusion_proof_is_refused(
        size in 2..400u64, at in any::<prop::sample::Index>(),
        bit in 0..256usize, place in any::<prop::sample::Index>(),
    ) {
        let store = MemoryLeaves(leaves(size));
        let root = tree_hash(&store.0);
        let i = at.index(index(size));
        let leaf = &store.0[i];
        let proof = inclusion_proof(&store, i as u64, size).unwrap();
        let verify = |leaf: &Digest, proof: &[Digest], root: &Digest| {
            verify_inclusion(leaf, i as u64, size, proof, root)
        };
        prop_assert_eq!(verify(leaf, &proof, &root), Ok(()));
        prop_assert_eq!(verify(&flipped(leaf, bit), &proof, &root), Err(ProofError::Root));
        prop_assert_eq!(verify(leaf, &proof, &flipped(&root, bit)), Err(ProofError::Root));
        let mut changed = proof.clone();
        let place = place.index(proof.len());
        changed[place] = flipped(&changed[place], bit);
        prop_assert_eq!(verify(leaf, &changed, &root), Err(ProofError::Root));
        let mut longer = proof.clone();
        longer.insert(place, proof[place]);
        prop_assert_eq!(verify(leaf, &longer, &root), Err(ProofError::Length));
        let mut shorter = proof.clone();
        shorter.remove(place);
        prop_assert!(verify(leaf, &shorter, &root).is_err());
        prop_assert_eq!(verify(leaf, &proof[..proof.len() - 1], &root), Err(ProofError::Length));
    }

    #[test]
    fn a_changed_consistency_proof_is_refused(
        new in 2..400u64, at in any::<prop::sample::Index>(),
        bit in 0..256usize, place in any::<prop::sample::Index>(),
    ) {
        let store = MemoryLeaves(leaves(new));
        let old = 1 + at.index(index(new) - 1) as u64;
        let (old_root, new_root) = (tree_hash(&store.0[..index(old)]), tree_hash(&store.0));
        let proof = consistency_proof(&store, old, new).unwrap();
        let verify = |old_root: &Digest, new_root: &Digest, proof: &[Digest]| {
            verify_consistency(old, old_root, new, new_root, proof)
        };
        prop_assert_eq!(verify(&old_root, &new_root, &proof), Ok(()));
        prop_assert!(verify(&flipped(&old_root, bit), &new_root, &proof).is_err());
        prop_assert!(verify(&old_root, &flipped(&new_root, bit), &proof).is_err());
        let mut changed = proof.clone();
        let place = place.index(proof.len());
        changed[place] = flipped(&changed[place], bit);
        prop_assert!(verify(&old_root, &new_root, &changed).is_err());
        let mut longer = proof.clone();
        longer.insert(place, proof[place]);
        prop_assert_eq!(verify(&old_root, &new_root, &longer), Err(ProofError::Length));
        let shorter = &proof[..proof.len() - 1];
        prop_assert_eq!(verify(&old_root, &new_root, shorter), Err(ProofError::Length));
        for (wrong_old, wrong_new) in [(old + 1, new), (old - 1, new), (old, new + 1)] {
            let refused = verify_consistency(wrong_old, &old_root, wrong_new, &new_root, &proof);
            // Two sizes can share one proof shape; then only the size is wrong, which the signed
            // checkpoint tells. A wrong size must never let a wrong root pass.
            if refused.is_ok() {
                let wrong = verify_consistency(wrong_old, &old_root, wrong_new, &flipped(&new_root, bit), &proof);
                prop_assert!(wrong.is_err());
            }
        }
    }
}
