//! How doubles are written, against the stream that RFC 8785's author made for this purpose.
//!
//! It begins with doubles near every edge, goes on with two thousand neighbours and then with the
//! bits of a chain of SHA-256; a line is the bits in hexadecimal, a comma and the number. What the
//! author publishes are the digests of its beginnings, so one wrong digit anywhere shows.

use hansa_crypto::json::canonical;
use hansa_types::Code;
use serde_json::json;
use sha2::{Digest as _, Sha256};

use crate::hex;

/// The first ones.
const EDGES: &str = include_str!("../vectors/jcs/doubles.txt");
/// The two thousand behind them begin with the smallest normal double.
const NEIGHBOURS: std::ops::Range<u64> = 0x0010_0000_0000_0000..0x0010_0000_0000_07d0;
/// Lines, and the digest of so many.
const PUBLISHED: [(usize, &str); 4] = [
    (1_000, "be18b62b6f69cdab33a7e0dae0d9cfa869fda80ddc712221570f9f40a5878687"),
    (10_000, "b9f7a8e75ef22a835685a52ccba7f7d6bdc99e34b010992cbc5864cd12be6892"),
    (100_000, "22776e6d4b49fa294a0d0f349268e5c28808fe7e0cb2bcbe28f63894e494d4c7"),
    (1_000_000, "49415fee2c56c77864931bd3624faad425c3c577d6d74e89a83bc725506dad16"),
];

/// The doubles of the stream, without end.
fn doubles() -> impl Iterator<Item = f64> {
    let edges = EDGES.lines().map(|bits| u64::from_str_radix(bits, 16).unwrap());
    let known = edges.chain(NEIGHBOURS).map(f64::from_bits);
    let hashed = |block: &[u8; 32]| <[u8; 32]>::from(Sha256::digest(block));
    let blocks = std::iter::successors(Some([0; 32]), move |block| Some(hashed(block))).skip(1);
    let drawn = blocks.flat_map(|block| {
        let (eights, _) = block.as_chunks::<8>();
        [0, 1, 2, 3].map(|part| f64::from_le_bytes(eights[part]))
    });
    known.chain(drawn.filter(|double| double.is_normal() || double.is_subnormal()))
}

/// A double as canonical JSON has it.
fn written(double: f64) -> String {
    match canonical(&json!(double)) {
        Ok(bytes) => String::from_utf8(bytes).unwrap(),
        Err(refused) => {
            // Integers that do not travel (RFC 7493): the stream has them, and Rust knows their digits.
            assert_eq!(refused.code, Code::InvalidField);
            assert!((9_007_199_254_740_992.0..1e21).contains(&double.abs()), "{double} is refused");
            double.to_string()
        }
    }
}

#[test]
fn a_million_doubles_are_written_as_published() {
    let (mut doubles, mut digest, mut lines) = (doubles(), Sha256::new(), 0);
    for (count, published) in PUBLISHED {
        for double in doubles.by_ref().take(count - lines) {
            digest.update(format!("{:x},{}\n", double.to_bits(), written(double)));
        }
        lines = count;
        assert_eq!(digest.clone().finalize()[..], hex::<32>(published), "{count} lines");
    }
}
