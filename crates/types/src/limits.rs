//! Limits of the values themselves. Each crate has its own `limits.rs` for what it bounds.

/// Longest DID in bytes.
pub const DID_BYTES_MAX: usize = 512;
/// Largest integer that every JSON reader keeps exact: 2^53 - 1.
pub const JSON_INTEGER_MAX: u64 = (1 << 53) - 1;
/// Deepest nesting of JSON that is read.
pub const JSON_DEPTH_MAX: usize = 32;
