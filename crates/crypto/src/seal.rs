//! Sealing bytes under a symmetric key: AES-256-GCM (NIST SP 800-38D).
//!
//! Layout: `0x02 ‖ nonce[12] ‖ ciphertext ‖ tag[16]`. The associated data names what is sealed (a
//! record's id and owner), so a sealed record moved elsewhere does not open. The caller picks the
//! nonce at random; one key seals far fewer than 2^32 records, because every record has its own.
//!
//! Deliberately absent: passphrases and sealing to public keys. Version 0x01 is the envelope of the
//! agent network ([`crate::dek_envelope`]), which binds no associated data.

use std::fmt;

use aes_gcm::aead::AeadInOut as _;
use aes_gcm::{Aes256Gcm, KeyInit as _};
use hkdf::Hkdf;
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::keys::SigningKey;
use crate::limits::SEALED_PLAINTEXT_BYTES_MAX;

/// The first byte of everything sealed here.
pub const VERSION: u8 = 0x02;
/// Bytes that sealing adds: version, nonce and tag.
pub const OVERHEAD_BYTES: usize = 1 + NONCE_BYTES + TAG_BYTES;

const NONCE_BYTES: usize = 12;
const TAG_BYTES: usize = 16;
/// Keeps wrapped keys apart from other sealed bytes with the same associated data.
const WRAP_CONTEXT: &[u8] = b"hansa/wrapped-key\0";
/// Keeps these derivations apart from any other use of the same root.
const DERIVE_CONTEXT: &[u8] = b"hansa/derive/1\0";

/// A key that seals: 32 bytes, wiped when dropped, silent when formatted.
#[derive(Clone)]
pub struct SealKey(Zeroizing<[u8; 32]>);

/// Why sealed bytes do not open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    /// Too short to hold version, nonce and tag.
    #[error("the sealed bytes are cut short")]
    Length,
    /// Sealed in a layout this release does not know.
    #[error("the sealed bytes have the unknown version {0:#04x}")]
    Version(u8),
    /// Another key, other associated data, or altered bytes; which of them cannot be known.
    #[error("the sealed bytes do not open with this key and these associated data")]
    Refused,
    /// What opened is not a key.
    #[error("the sealed bytes do not hold a key")]
    NotAKey,
}

impl SealKey {
    /// Takes 32 random bytes as a key.
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// The bytes themselves, to be stored where keys are kept.
    pub fn expose(&self) -> &[u8; 32] {
        &self.0
    }

    pub(crate) fn cipher(&self) -> Aes256Gcm {
        Aes256Gcm::new((&*self.0).into())
    }
}

impl From<Zeroizing<[u8; 32]>> for SealKey {
    fn from(bytes: Zeroizing<[u8; 32]>) -> Self {
        Self(bytes)
    }
}

impl fmt::Debug for SealKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SealKey(…)")
    }
}

/// Seals the plaintext and authenticates `aad` with it. The nonce must be random, and never used
/// twice with one key.
///
/// # Panics
///
/// If the plaintext is longer than [`SEALED_PLAINTEXT_BYTES_MAX`]: what reaches this far was
/// bounded long before.
pub fn seal(key: &SealKey, nonce: [u8; NONCE_BYTES], aad: &[u8], plaintext: &[u8]) -> Vec<u8> {
    assert!(
        plaintext.len() <= SEALED_PLAINTEXT_BYTES_MAX,
        "sealed bytes are bounded by the caller"
    );
    let mut sealed = Vec::with_capacity(OVERHEAD_BYTES + plaintext.len());
    sealed.push(VERSION);
    sealed.extend_from_slice(&nonce);
    sealed.extend_from_slice(plaintext);
    let body = &mut sealed[1 + NONCE_BYTES..];
    match key.cipher().encrypt_inout_detached(&nonce.into(), aad, body.into()) {
        Ok(tag) => sealed.extend_from_slice(&tag),
        Err(_) => unreachable!("AES-GCM refuses nothing but longer plaintexts and associated data"),
    }
    sealed
}

/// Opens what [`seal`] made with the same key and associated data.
pub fn open(key: &SealKey, aad: &[u8], sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, SealError> {
    let (&version, rest) = sealed.split_first().ok_or(SealError::Length)?;
    if version != VERSION {
        return Err(SealError::Version(version));
    }
    let (nonce, rest) = rest.split_first_chunk::<NONCE_BYTES>().ok_or(SealError::Length)?;
    let (body, tag) = rest.split_last_chunk::<TAG_BYTES>().ok_or(SealError::Length)?;
    let mut plaintext = Zeroizing::new(body.to_vec());
    key.cipher()
        .decrypt_inout_detached(nonce.into(), aad, plaintext.as_mut_slice().into(), tag.into())
        .map_err(|_| SealError::Refused)?;
    Ok(plaintext)
}

/// Seals one key under another. Bytes sealed otherwise never unwrap, nor the reverse.
pub fn wrap_key(under: &SealKey, nonce: [u8; NONCE_BYTES], aad: &[u8], key: &SealKey) -> Vec<u8> {
    seal(under, nonce, &wrap_aad(aad), &*key.0)
}

/// Opens what [`wrap_key`] made.
pub fn unwrap_key(under: &SealKey, aad: &[u8], wrapped: &[u8]) -> Result<SealKey, SealError> {
    let opened = open(under, &wrap_aad(aad), wrapped)?;
    let mut key = Zeroizing::new([0; 32]);
    if opened.len() != key.len() {
        return Err(SealError::NotAKey);
    }
    key.copy_from_slice(&opened);
    Ok(SealKey(key))
}

fn wrap_aad(aad: &[u8]) -> Vec<u8> {
    [WRAP_CONTEXT, aad].concat()
}

/// What keys are derived from: a [`SealKey`], the seed of a [`SigningKey`], or 32 random bytes.
pub trait Root: private::Sealed {
    /// The 32 bytes to derive from.
    #[doc(hidden)]
    fn key_material(&self) -> Zeroizing<[u8; 32]>;
}

mod private {
    pub trait Sealed {}
    impl Sealed for super::SealKey {}
    impl Sealed for super::SigningKey {}
    impl Sealed for [u8; 32] {}
}

impl Root for SealKey {
    fn key_material(&self) -> Zeroizing<[u8; 32]> {
        self.0.clone()
    }
}

impl Root for SigningKey {
    fn key_material(&self) -> Zeroizing<[u8; 32]> {
        self.seed()
    }
}

impl Root for [u8; 32] {
    fn key_material(&self) -> Zeroizing<[u8; 32]> {
        Zeroizing::new(*self)
    }
}

/// The key for one purpose (`"vault"`, `"snapshot"`): HKDF-SHA256 (RFC 5869) of the root without
/// salt, the purpose as info. Purposes do not tell each other's keys, nor the root.
pub fn derive(root: &impl Root, purpose: &str) -> SealKey {
    let mut key = Zeroizing::new([0; 32]);
    let hkdf = Hkdf::<Sha256>::new(None, &*root.key_material());
    match hkdf.expand_multi_info(&[DERIVE_CONTEXT, purpose.as_bytes()], &mut *key) {
        Ok(()) => SealKey(key),
        Err(_) => unreachable!("HKDF refuses nothing but outputs of over 255 blocks"),
    }
}
