//! SHA-256 (FIPS 180-4) of two messages at once.
//!
//! Every round of a hash waits for the round before, so one hash alone leaves a processor idle for a
//! good part, above all one with instructions for SHA-256. Here the blocks of two messages that have
//! nothing to do with each other are compressed in turns, and it works on both.
//!
//! Deliberately absent: more than two messages, since four took hardly less time, and messages that
//! arrive piece by piece.

use std::slice;

use hansa_types::Digest;
use sha2::block_api::compress256;

type Block = [u8; 64];

/// The state before the first block (FIPS 180-4 section 5.3.3).
const INITIAL: [u32; 8] = [
    0x6a09_e667,
    0xbb67_ae85,
    0x3c6e_f372,
    0xa54f_f53a,
    0x510e_527f,
    0x9b05_688c,
    0x1f83_d9ab,
    0x5be0_cd19,
];

/// Memory for two padded messages, used again from one pair of hashes to the next.
#[derive(Default)]
pub(crate) struct Pair {
    one: Vec<Block>,
    other: Vec<Block>,
}

impl Pair {
    /// SHA-256 of the parts of one message and of those of the other.
    pub(crate) fn digests(&mut self, one: &[&[u8]], other: &[&[u8]]) -> (Digest, Digest) {
        pad(one, &mut self.one);
        pad(other, &mut self.other);
        let (mut one, mut other) = (INITIAL, INITIAL);
        for (block, other_block) in self.one.iter().zip(&self.other) {
            compress256(&mut one, slice::from_ref(block));
            compress256(&mut other, slice::from_ref(other_block));
        }
        let shared = self.one.len().min(self.other.len());
        compress256(&mut one, &self.one[shared..]);
        compress256(&mut other, &self.other[shared..]);
        (digest(&one), digest(&other))
    }
}

/// Makes `blocks` the padded message: the parts one after the other, one bit, zeros, and the length
/// of the parts in bits (FIPS 180-4 section 5.1.1).
fn pad(parts: &[&[u8]], blocks: &mut Vec<Block>) {
    let len: usize = parts.iter().map(|part| part.len()).sum();
    // What is left over from the message before is overwritten to the last byte.
    blocks.resize((len + 1 + 8).div_ceil(64), [0; 64]);
    let mut rest = blocks.as_flattened_mut();
    for part in parts {
        let (place, behind) = rest.split_at_mut(part.len());
        place.copy_from_slice(part);
        rest = behind;
    }
    let (padding, bits) = rest.split_at_mut(rest.len() - 8);
    padding.fill(0);
    padding[0] = 0x80;
    bits.copy_from_slice(&(len as u64 * 8).to_be_bytes());
}

/// The state after the last block, as bytes.
fn digest(state: &[u32; 8]) -> Digest {
    let mut digest = Digest::ZERO;
    for (bytes, word) in digest.0.as_chunks_mut().0.iter_mut().zip(state) {
        *bytes = word.to_be_bytes();
    }
    digest
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hash::sha256;

    /// Lengths on both sides of where a message needs one block more.
    const EDGES: [usize; 14] = [0, 1, 55, 56, 63, 64, 65, 119, 120, 127, 128, 183, 184, 1_024];

    fn message(len: usize, seed: usize) -> Vec<u8> {
        (0..len).map(|i| u8::try_from((i * 31 + seed * 7 + 1) % 251).unwrap()).collect()
    }

    #[test]
    fn digests_are_those_of_fips_180() {
        let one_block = ("abc", "ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0");
        let two_blocks = (
            "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
            "JI1qYdIGOLjlwCaTDD5gOaM85Flk_yFn9uzt1BnbBsE",
        );
        let mut pair = Pair::default();
        for [one, other] in [[one_block, two_blocks], [two_blocks, one_block]] {
            let (left, right) = pair.digests(&[one.0.as_bytes()], &[other.0.as_bytes()]);
            assert_eq!([left.to_string(), right.to_string()], [one.1, other.1]);
        }
    }

    #[test]
    fn every_length_hashes_as_it_does_alone() {
        // One pair throughout, so that longer messages leave bytes behind for shorter ones.
        let mut pair = Pair::default();
        let lens = (0..=200).chain((0..=200).rev()).chain(EDGES);
        for len in lens {
            for other_len in EDGES {
                let (one, other) = (message(len, 1), message(other_len, 2));
                let expected = (sha256(&one), sha256(&other));
                assert_eq!(pair.digests(&[&one], &[&other]), expected, "{len} and {other_len}");
                let expected = (expected.1, expected.0);
                assert_eq!(pair.digests(&[&other], &[&one]), expected, "{other_len} and {len}");
            }
        }
    }

    #[test]
    fn parts_are_hashed_as_though_they_were_one() {
        let message = message(200, 3);
        let mut pair = Pair::default();
        for at in 0..=message.len() {
            let (head, tail) = message.split_at(at);
            let (split, empty) = pair.digests(&[head, &[], tail], &[]);
            assert_eq!((split, empty), (sha256(&message), sha256(&[])), "split at {at}");
        }
    }
}
