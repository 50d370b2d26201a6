//! The cryptography of Hansa: digests, the journal's tree and chain, keys, canonical JSON,
//! signatures over JSON, sealing.
//!
//! Pure functions over bytes. No IO, no clock and no randomness: whoever needs entropy passes it
//! in. Everything read from outside is read strictly and refused by name; nothing here is lenient
//! "to be compatible", because two readers that disagree on signed bytes are an attack.
//!
//! Deliberately absent: RSA, ECDSA, algorithm negotiation, batch verification (it accepts
//! signatures that strict verification refuses) and passwords.

pub mod card;
pub mod chain;
pub mod checkpoint;
pub mod compare;
pub mod dek_envelope;
pub mod did_document;
pub mod hash;
pub mod hs256;
pub mod json;
pub mod jwk;
pub mod jws;
pub mod keys;
pub mod limits;
pub mod merkle;
mod pair;
pub mod python_json;
pub mod registry_card;
pub mod seal;
pub mod secret;
pub mod webvh;

pub use checkpoint::{Checkpoint, CheckpointError};
pub use jws::JwsError;
pub use keys::{KeyError, PreparedKey, PublicKey, SignatureError, SigningKey};
pub use merkle::{CompactRange, Leaves, MemoryLeaves, ProofError};
pub use seal::{SealError, SealKey};
pub use secret::Secret;
