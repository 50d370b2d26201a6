//! Tests of the crate through its public interface, one module per source module.
//!
//! Expected bytes come from the specifications' own examples or from independent implementations
//! (Python's `hashlib`, `json` and `cryptography`), never from this crate.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop loudly")]

mod card;
mod checkpoint;
mod fuzz;
mod json;
mod json_numbers;
mod jws;
mod keys;
mod merkle;
mod python_json;
mod registry_card;
mod seal;
mod upstream_vectors;
mod webvh;
mod wycheproof;

/// Bytes from hexadecimal text.
fn hex<const N: usize>(text: &str) -> [u8; N] {
    assert_eq!(text.len(), N * 2);
    std::array::from_fn(|i| u8::from_str_radix(&text[i * 2..i * 2 + 2], 16).unwrap())
}

/// The seed of the shared vectors: 00, 01, … 1f.
fn seed() -> [u8; 32] {
    hex("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f")
}
