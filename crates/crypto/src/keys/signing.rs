//! Signing keys: wiped when dropped, silent when formatted.

use std::fmt;

use ed25519_dalek::Signer as _;
use hansa_types::Signature;
use zeroize::Zeroizing;

use super::{KeyError, PublicKey, pem};

/// An Ed25519 private key with its public half.
///
/// Not `Serialize`: it leaves through [`SigningKey::seed`] or [`SigningKey::to_pkcs8_pem`] only.
#[derive(Clone)]
pub struct SigningKey(ed25519_dalek::SigningKey);

impl SigningKey {
    /// The key of a seed of 32 random bytes (RFC 8032 section 5.1.5).
    pub fn from_seed(seed: [u8; 32]) -> Self {
        let seed = Zeroizing::new(seed);
        Self(ed25519_dalek::SigningKey::from_bytes(&seed))
    }

    /// The seed, to be sealed or shown once.
    pub fn seed(&self) -> Zeroizing<[u8; 32]> {
        Zeroizing::new(self.0.to_bytes())
    }

    /// The public half.
    pub fn public(&self) -> PublicKey {
        PublicKey::of(&self.0)
    }

    /// Signs the message (RFC 8032 section 5.1.6); deterministic.
    pub fn sign(&self, message: &[u8]) -> Signature {
        Signature(self.0.sign(message).to_bytes())
    }

    /// The key as PKCS#8 version 1 in PEM (RFC 8410 section 7, RFC 7468 section 10), which OpenSSL
    /// and Python's `cryptography` read.
    pub fn to_pkcs8_pem(&self) -> Zeroizing<String> {
        pem::write(&self.seed())
    }

    /// Reads PKCS#8 in PEM, of version 1 (seed alone) or 2 (seed and public key, RFC 5958).
    pub fn from_pkcs8_pem(text: &str) -> Result<Self, KeyError> {
        let block = pem::read(text)?;
        let key = Self::from_seed(*block.seed);
        match block.public {
            Some(public) if public != *key.public().as_bytes() => Err(KeyError::Mismatch),
            _ => Ok(key),
        }
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SigningKey(… of {})", self.public())
    }
}
