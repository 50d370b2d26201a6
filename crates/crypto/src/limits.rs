//! Limits of what this crate reads and writes, each named with its unit.
//!
//! The nesting of JSON and its integers are bounded in [`hansa_types::limits`], for every crate.

/// Most leaves of a tree: sequence numbers travel as JSON integers.
pub const TREE_LEAVES_MAX: u64 = hansa_types::limits::JSON_INTEGER_MAX;
/// Longest signed note that is read, in bytes.
pub const NOTE_BYTES_MAX: usize = 64 * 1024;
/// Most signature lines of a note; C2SP signed-note asks for at least 16.
pub const NOTE_SIGNATURES_MAX: usize = 32;
/// Longest origin or key name of a note, in bytes.
pub const NOTE_NAME_BYTES_MAX: usize = 512;
/// Longest PEM text of a private key, in bytes.
pub const PEM_BYTES_MAX: usize = 1_024;
/// Longest path named in a refusal of JSON, in characters.
pub const JSON_PATH_CHARS_MAX: usize = 128;
/// Longest plaintext that is sealed at once, in bytes. AES-GCM itself ends shortly below 2^36.
pub const SEALED_PLAINTEXT_BYTES_MAX: usize = 1 << 30;
/// Longest compact JWS that is read, in bytes.
pub const JWS_BYTES_MAX: usize = 8 * 1024;
/// Longest encoded header of a JWS, in bytes: a DID of 512 bytes as `kid` fits many times.
pub const JWS_HEADER_BYTES_MAX: usize = 2 * 1024;
/// Longest DID log that is read, in bytes.
pub const DID_LOG_BYTES_MAX: usize = 1 << 20;
/// Longest entry of a DID log, in bytes.
pub const DID_LOG_ENTRY_BYTES_MAX: usize = 32 * 1024;
/// Most entries of a DID log.
pub const DID_LOG_ENTRIES_MAX: usize = 1_000;
/// Most keys, or hashes of keys, that one entry of a DID log names.
pub const DID_LOG_KEYS_MAX: usize = 16;
/// How far the time of a DID log's entry may lie ahead of the reader's clock.
pub const DID_LOG_SKEW_MAX: hansa_types::Duration = hansa_types::Duration::minutes(5);
/// Most signatures on one agent card.
pub const CARD_SIGNATURES_MAX: usize = 16;
/// Most paths that the signature on a node's card may declare.
pub const REGISTRY_CARD_PATHS_MAX: usize = 64;
