//! The hash chain over the journal's leaves.
//!
//! `c_i = SHA-256(c_{i-1} ‖ leaf_i)`, and `c_0` is [`Digest::ZERO`]: the chain before its first
//! entry. It is computed while writing and replaying and stored once per batch, never per entry.

use hansa_types::Digest;

use crate::hash::concatenated;

/// The chain after one more leaf. Begin with [`Digest::ZERO`].
pub fn next(prev: &Digest, leaf: &Digest) -> Digest {
    concatenated(&[&prev.0, &leaf.0])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hash::sha256;

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
