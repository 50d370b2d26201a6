//! SHA-256 as the method writes it: base58btc of a multihash, without a multibase prefix.

use std::fmt;
use std::str::FromStr;

use hansa_types::Digest;

use crate::hash::sha256;
use crate::keys::PublicKey;

/// Multihash code of SHA-256, and its length.
const HEAD: [u8; 2] = [0x12, 0x20];
const BYTES: usize = 34;
/// Characters of the text, whatever the digest: its head keeps the number within one power of 58.
const CHARS: usize = 46;

/// A SHA-256 digest written `Qm…`: a SCID, the hash of an entry or of a key.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Multihash(pub Digest);

/// The text is not base58btc of a SHA-256 multihash.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not the base58btc text of a SHA-256 multihash")]
pub struct MultihashError;

impl Multihash {
    /// Of some bytes.
    pub fn of(bytes: &[u8]) -> Self {
        Self(sha256(bytes))
    }

    /// Of a key: what `nextKeyHashes` holds (specification, "Pre-Rotation Key Hash Generation").
    pub fn of_key(key: &PublicKey) -> Self {
        Self::of(key.to_multibase().as_bytes())
    }
}

impl fmt::Display for Multihash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut bytes = [0; BYTES];
        bytes[..2].copy_from_slice(&HEAD);
        bytes[2..].copy_from_slice(&self.0.0);
        f.write_str(&bs58::encode(bytes).into_string())
    }
}

impl fmt::Debug for Multihash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Multihash({self})")
    }
}

impl FromStr for Multihash {
    type Err = MultihashError;
    fn from_str(text: &str) -> Result<Self, MultihashError> {
        if text.len() != CHARS {
            return Err(MultihashError);
        }
        let mut bytes = [0; BYTES];
        let decoded = bs58::decode(text).onto(&mut bytes[..]).map_err(|_| MultihashError)?;
        let (head, digest) = bytes.split_at(2);
        match (decoded, digest.try_into()) {
            (BYTES, Ok(digest)) if head == HEAD => Ok(Self(Digest(digest))),
            _ => Err(MultihashError),
        }
    }
}
