//! Ed25519 keys (RFC 8032) and how they are written: multibase, `did:key`, PKCS#8.
//!
//! Verification is strict everywhere: no small-order points, no second encoding of a point or
//! scalar, so one message has one signature that verifies and two verifiers cannot disagree. A
//! [`PublicKey`] exists only if its point passed that check once.
//!
//! Deliberately absent: key generation (seeds are arguments), contexts and pre-hashing, batches.

mod pem;
mod public;
mod signing;

use hansa_types::{Code, Rejection};

pub use public::{PreparedKey, PublicKey};
pub use signing::SigningKey;

/// Why bytes or text are not a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// The bytes are no point of the curve in its one spelling.
    #[error("not the canonical encoding of a curve point")]
    Point,
    /// The point has small order: everybody can sign for it.
    #[error("a point of small order cannot be a key")]
    SmallOrder,
    /// The text is not `z` followed by base58btc of the right length.
    #[error("not a multibase base58btc key of 34 bytes")]
    Multibase,
    /// Another kind of key.
    #[error("the multicodec is not that of an Ed25519 public key (0xed01)")]
    Multicodec,
    /// The DID is not a `did:key`.
    #[error("not a did:key")]
    Method,
    /// The text is not one PEM block labelled PRIVATE KEY.
    #[error("not one PEM block labelled PRIVATE KEY")]
    Pem,
    /// The block is not an Ed25519 key in PKCS#8.
    #[error("not an Ed25519 private key in PKCS#8 DER")]
    Pkcs8,
    /// The block's public half belongs to another private key.
    #[error("the public key in the block does not belong to the private key")]
    Mismatch,
    /// The object is not an Ed25519 key as a JWK.
    #[error("not an Ed25519 public key as a JWK (kty OKP, crv Ed25519, x of 32 bytes)")]
    Jwk,
    /// A private key where a public one belongs.
    #[error("a private key was sent; keep it, and send the public half alone")]
    Private,
}

/// The signature does not verify under the key. Which check failed is nobody's business.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the signature does not verify under the key")]
pub struct SignatureError;

impl From<KeyError> for Rejection {
    fn from(error: KeyError) -> Self {
        Rejection::new(Code::PublicKeyInvalid, error.to_string())
    }
}

impl From<SignatureError> for Rejection {
    fn from(_: SignatureError) -> Self {
        Code::SignatureInvalid.into()
    }
}
