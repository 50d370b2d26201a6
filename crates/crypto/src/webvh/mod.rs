//! `did:webvh` v1.0: identifiers whose history is a log that proves itself.
//!
//! The first entry's hash is the identifier (SCID), each entry hashes the one before, is signed by a
//! key the log itself names, and commits to the hashes of the keys that may sign the next one
//! (pre-rotation). So nobody has to trust whoever serves a log: [`verify`] reads all of it and
//! [`create`] and [`append`] write nothing that it would refuse.
//!
//! Stricter than the specification where it leaves a choice: Ed25519 alone, one proof for an entry,
//! no parameter that is not understood.
//!
//! Deliberately absent: witnesses (a log that asks for them is refused, since their proofs are not
//! checked), watchers beyond being read over, fetching, and the implicit services that a resolver
//! of the method adds.

mod address;
mod entry;
mod multihash;
mod parameters;
mod verify;
mod write;

use hansa_types::{Code, Rejection};

pub use address::{Address, AddressError, normalise};
pub use multihash::{Multihash, MultihashError};
pub use verify::{Log, hash_at, verify};
pub use write::{Change, First, append, create, deactivate};

/// The value of the parameter `method`.
pub const METHOD: &str = "did:webvh:1.0";
/// Stands for the SCID while it is computed.
const PLACEHOLDER: &str = "{SCID}";

/// Why a log, or an entry that was to be added, is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("entry {entry} of the DID log: {fault}")]
pub struct LogError {
    /// The entry, from 1; 0 when it is the log as a whole.
    pub entry: usize,
    /// What is wrong with it.
    pub fault: Fault,
}

/// What can be wrong with an entry of a log.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// Longer, or with more entries, than is read.
    #[error("larger than is read")]
    Size,
    /// Not strict JSON.
    #[error("not strict JSON: {0}")]
    Json(String),
    /// A member is missing, unknown or of another type.
    #[error("the member {0} is missing, unknown or malformed")]
    Shape(&'static str),
    /// A version of the method that is not spoken.
    #[error("the method is not did:webvh:1.0")]
    Method,
    /// A parameter that only the first entry may set, or that only later ones may.
    #[error("the parameter {0} may not be set here")]
    Parameter(&'static str),
    /// Witnesses are asked for.
    #[error("witnesses are not supported")]
    Witness,
    /// The SCID is not the hash of the first entry, or the document names another.
    #[error("the SCID does not belong to the log")]
    Scid,
    /// The entry's number or hash is not the one that follows.
    #[error("the hash chain is broken")]
    Chain,
    /// Not later than the entry before, or in the future.
    #[error("the time of the version is not after the one before, or in the future")]
    VersionTime,
    /// The keys were not committed to by the entry before.
    #[error("a key was not committed to by the entry before")]
    PreRotation,
    /// The signer is none of the keys that may sign.
    #[error("the signing key may not sign this entry")]
    Signer,
    /// The signature does not verify.
    #[error("the proof does not verify")]
    Proof,
    /// The DID changed though the log is not portable, or its former name is not kept.
    #[error("the DID moved without being portable, or without naming where it was")]
    Portable,
    /// The document has no DID of this log.
    #[error("the document has no id of this method")]
    Id,
    /// Nothing follows a deactivation.
    #[error("the DID is deactivated")]
    Deactivated,
}

impl Fault {
    fn at(self, entry: usize) -> LogError {
        LogError { entry, fault: self }
    }
}

impl From<LogError> for Rejection {
    fn from(error: LogError) -> Self {
        Rejection::new(Code::DidLogInvalid, error.to_string())
    }
}
