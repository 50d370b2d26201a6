//! Public keys: checked once, compared as bytes, verified strictly.

use std::fmt;

use ed25519_dalek::VerifyingKey;
use hansa_types::{Did, Signature};

use super::{KeyError, SignatureError};

/// Multicodec `ed25519-pub`, as unsigned varint.
const MULTICODEC: [u8; 2] = [0xED, 0x01];
/// Bytes behind the multibase prefix.
const MULTIBASE_BYTES: usize = 34;
/// Characters of a multibase key: `z` and 47 of base58btc, whatever the key.
const MULTIBASE_CHARS: usize = 48;

/// An Ed25519 public key: the canonical encoding of a point that is not of small order.
///
/// Serialized as multibase text where people read it, as 32 bytes elsewhere.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PublicKey([u8; 32]);

/// A public key with its point decompressed, for keys that verify again and again: it saves a
/// square root per signature. Keep it in a cache, not in state.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct PreparedKey(VerifyingKey);

impl PublicKey {
    /// Checks and takes the 32 bytes of RFC 8032 section 5.1.5. Refuses what is not a point, other
    /// spellings of one, and the eight points of small order with the identity among them.
    pub fn from_bytes(bytes: [u8; 32]) -> Result<Self, KeyError> {
        let key = VerifyingKey::from_bytes(&bytes).map_err(|_| KeyError::Point)?;
        if key.to_edwards().compress().to_bytes() != bytes {
            return Err(KeyError::Point);
        }
        if key.is_weak() { Err(KeyError::SmallOrder) } else { Ok(Self(bytes)) }
    }

    /// Takes the public half of a signing key, which needs no check.
    pub(super) fn of(key: &ed25519_dalek::SigningKey) -> Self {
        Self(key.verifying_key().to_bytes())
    }

    /// The 32 bytes of RFC 8032 section 5.1.2.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Verifies a signature over the message (RFC 8032 section 5.1.7, with the strict choices:
    /// no small-order points, canonical scalars, no cofactor).
    pub fn verify(&self, message: &[u8], signature: &Signature) -> Result<(), SignatureError> {
        let key = VerifyingKey::from_bytes(&self.0).map_err(|_| SignatureError)?;
        PreparedKey(key).verify(message, signature)
    }

    /// Decompresses the point once, for many verifications.
    pub fn prepare(&self) -> PreparedKey {
        match VerifyingKey::from_bytes(&self.0) {
            Ok(key) => PreparedKey(key),
            Err(_) => unreachable!("every constructor has decompressed the point"),
        }
    }

    /// `z6Mk…`: multibase base58btc of multicodec 0xed01 and the key (Multikey, W3C Controlled
    /// Identifiers section 2.2.2).
    pub fn to_multibase(&self) -> String {
        let mut bytes = [0; MULTIBASE_BYTES];
        bytes[..2].copy_from_slice(&MULTICODEC);
        bytes[2..].copy_from_slice(&self.0);
        let mut text = String::with_capacity(MULTIBASE_CHARS);
        text.push('z');
        text.push_str(&bs58::encode(bytes).into_string());
        text
    }

    /// Reads `z6Mk…`; see [`PublicKey::to_multibase`].
    pub fn from_multibase(text: &str) -> Result<Self, KeyError> {
        let encoded = text.strip_prefix('z').ok_or(KeyError::Multibase)?;
        if text.len() != MULTIBASE_CHARS {
            return Err(KeyError::Multibase);
        }
        let mut bytes = [0; MULTIBASE_BYTES];
        let decoded =
            bs58::decode(encoded).onto(&mut bytes[..]).map_err(|_| KeyError::Multibase)?;
        if decoded != MULTIBASE_BYTES {
            return Err(KeyError::Multibase);
        }
        let [first, second, key @ ..] = bytes;
        if [first, second] != MULTICODEC {
            return Err(KeyError::Multicodec);
        }
        Self::from_bytes(key)
    }

    /// `did:key:z6Mk…` (W3C CCG did:key method, section 3).
    pub fn did_key(&self) -> Did {
        match format!("did:key:{}", self.to_multibase()).parse() {
            Ok(did) => did,
            Err(_) => unreachable!("base58 behind did:key: is a DID"),
        }
    }

    /// Reads the key out of a `did:key`, which must stand alone: no fragment, path or version.
    pub fn from_did_key(did: &Did) -> Result<Self, KeyError> {
        if did.method() != "key" {
            return Err(KeyError::Method);
        }
        Self::from_multibase(did.method_id())
    }

    /// `did:key:z6Mk…#z6Mk…`: the key's verification method, used as `kid` (did:key section 3.1).
    pub fn key_id(&self) -> String {
        let text = self.to_multibase();
        format!("did:key:{text}#{text}")
    }
}

impl PreparedKey {
    /// Verifies a signature over the message, exactly as [`PublicKey::verify`].
    pub fn verify(&self, message: &[u8], signature: &Signature) -> Result<(), SignatureError> {
        let signature = ed25519_dalek::Signature::from_bytes(&signature.0);
        self.0.verify_strict(message, &signature).map_err(|_| SignatureError)
    }

    /// The key itself.
    pub fn public(&self) -> PublicKey {
        PublicKey(self.0.to_bytes())
    }
}

impl From<PublicKey> for PreparedKey {
    fn from(key: PublicKey) -> Self {
        key.prepare()
    }
}

impl fmt::Display for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_multibase())
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PublicKey({self})")
    }
}

impl fmt::Debug for PreparedKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PreparedKey({})", self.public())
    }
}

impl serde::Serialize for PublicKey {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        if s.is_human_readable() { s.collect_str(self) } else { s.serialize_bytes(&self.0) }
    }
}

impl<'de> serde::Deserialize<'de> for PublicKey {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        if d.is_human_readable() {
            d.deserialize_str(Written)
        } else {
            d.deserialize_bytes(Written)
        }
    }
}

/// Reads either written form of a public key.
struct Written;

impl serde::de::Visitor<'_> for Written {
    type Value = PublicKey;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an Ed25519 public key")
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<PublicKey, E> {
        PublicKey::from_multibase(text).map_err(E::custom)
    }

    fn visit_bytes<E: serde::de::Error>(self, bytes: &[u8]) -> Result<PublicKey, E> {
        let bytes = bytes.try_into().map_err(|_| E::invalid_length(bytes.len(), &self))?;
        PublicKey::from_bytes(bytes).map_err(E::custom)
    }
}
