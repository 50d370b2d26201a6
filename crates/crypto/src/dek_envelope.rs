//! The envelope in which agents of the agent network hand a record's key to a reader.
//!
//! Layout: `0x01 ‖ salt[16] ‖ nonce[12] ‖ ephemeral X25519 key[32] ‖ AES-256-GCM(key)[32 + 16]`, 109
//! bytes. The key of the AES is HKDF-SHA256 of what the ephemeral key and the reader's have in common,
//! with the salt. No associated data are bound, for its clients bind none: whoever opens one learns a
//! key and not what it is for, so what it opens must be authenticated by itself.
//!
//! Deliberately absent: what is sealed here for our own use, which is [`crate::seal`].

use std::fmt;

use aes_gcm::aead::AeadInOut as _;
use hkdf::Hkdf;
use sha2::Sha256;
use x25519_dalek::{PublicKey, StaticSecret};
use zeroize::Zeroizing;

use crate::seal::{SealError, SealKey};

/// The first byte.
pub const VERSION: u8 = 0x01;
/// Bytes of an envelope.
pub const ENVELOPE_BYTES: usize = 109;

const INFO: &[u8] = b"atproto-agent-network:dek";

/// A reader's private key; wiped when dropped, silent when formatted.
pub struct ReaderKey(StaticSecret);

/// What is drawn at random for one envelope and never again.
pub struct Drawn {
    /// Salt of the derivation.
    pub salt: [u8; 16],
    /// Nonce of the AES.
    pub nonce: [u8; 12],
    /// The ephemeral private key.
    pub ephemeral: [u8; 32],
}

impl ReaderKey {
    /// Takes 32 random bytes as a key.
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes.into())
    }

    /// What others seal to.
    pub fn public(&self) -> [u8; 32] {
        PublicKey::from(&self.0).to_bytes()
    }
}

impl fmt::Debug for ReaderKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ReaderKey(…)")
    }
}

/// Seals a record's key to a reader. Refuses a public key with which nothing secret can be shared.
pub fn seal(
    reader: &[u8; 32],
    key: &SealKey,
    drawn: Drawn,
) -> Result<[u8; ENVELOPE_BYTES], SealError> {
    let Drawn { salt, nonce, ephemeral } = drawn;
    let ephemeral = StaticSecret::from(ephemeral);
    let under = shared(&ephemeral, reader, &salt)?;
    let mut body = *key.expose();
    let cipher = under.cipher();
    let Ok(tag) = cipher.encrypt_inout_detached(&nonce.into(), &[], body.as_mut_slice().into())
    else {
        unreachable!("AES-GCM refuses nothing but longer plaintexts and associated data")
    };
    let public = PublicKey::from(&ephemeral).to_bytes();
    let mut envelope = [0; ENVELOPE_BYTES];
    let mut rest = &mut envelope[..];
    for part in [&[VERSION][..], &salt, &nonce, &public, &body, tag.as_slice()] {
        let (place, behind) = rest.split_at_mut(part.len());
        place.copy_from_slice(part);
        rest = behind;
    }
    Ok(envelope)
}

/// Opens an envelope.
pub fn open(reader: &ReaderKey, envelope: &[u8]) -> Result<SealKey, SealError> {
    let (&version, rest) = envelope.split_first().ok_or(SealError::Length)?;
    if version != VERSION {
        return Err(SealError::Version(version));
    }
    let (salt, rest) = rest.split_first_chunk::<16>().ok_or(SealError::Length)?;
    let (nonce, rest) = rest.split_first_chunk::<12>().ok_or(SealError::Length)?;
    let (public, rest) = rest.split_first_chunk::<32>().ok_or(SealError::Length)?;
    let (body, rest) = rest.split_first_chunk::<32>().ok_or(SealError::Length)?;
    let tag: &[u8; 16] = rest.try_into().map_err(|_| SealError::Length)?;
    let under = shared(&reader.0, public, salt)?;
    let mut key = Zeroizing::new(*body);
    under
        .cipher()
        .decrypt_inout_detached(nonce.into(), &[], key.as_mut_slice().into(), tag.into())
        .map_err(|_| SealError::Refused)?;
    Ok(key.into())
}

/// What two keys have in common, as a key.
fn shared(own: &StaticSecret, other: &[u8; 32], salt: &[u8; 16]) -> Result<SealKey, SealError> {
    let shared = own.diffie_hellman(&PublicKey::from(*other));
    if !shared.was_contributory() {
        return Err(SealError::Refused);
    }
    let mut key = Zeroizing::new([0; 32]);
    match Hkdf::<Sha256>::new(Some(salt), shared.as_bytes()).expand(INFO, &mut *key) {
        Ok(()) => Ok(key.into()),
        Err(_) => unreachable!("HKDF refuses nothing but outputs of over 255 blocks"),
    }
}
