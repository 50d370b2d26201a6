//! PKCS#8 of Ed25519 in PEM (RFC 8410 section 7, RFC 5958, RFC 7468).
//!
//! DER has one spelling and these keys have one length, so both versions are fixed bytes around
//! the seed: comparing them is a complete parser. Attributes and encryption are not read.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use zeroize::{Zeroize as _, Zeroizing};

use super::KeyError;
use crate::limits::PEM_BYTES_MAX;

const BEGIN: &str = "-----BEGIN PRIVATE KEY-----";
const END: &str = "-----END PRIVATE KEY-----";

/// Version 0 (PKCS#8 version 1), id-Ed25519, OCTET STRING in OCTET STRING; the seed follows.
const HEAD_V1: [u8; 16] = [
    0x30, 0x2E, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2B, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20,
];
/// The same of version 1 (OneAsymmetricKey), longer by the public key.
const HEAD_V2: [u8; 16] = [
    0x30, 0x51, 0x02, 0x01, 0x01, 0x30, 0x05, 0x06, 0x03, 0x2B, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20,
];
/// `[1] IMPLICIT BIT STRING` without unused bits; the public key follows.
const PUBLIC_V2: [u8; 3] = [0x81, 0x21, 0x00];

const DER_V1_BYTES: usize = 48;
const DER_V2_BYTES: usize = 83;

/// Writes a seed as version 1.
pub(super) fn write(seed: &[u8; 32]) -> Zeroizing<String> {
    let mut der = Zeroizing::new([0; DER_V1_BYTES]);
    der[..16].copy_from_slice(&HEAD_V1);
    der[16..].copy_from_slice(seed);
    let mut body = STANDARD.encode(*der);
    let lines = [BEGIN, "\n", &body, "\n", END, "\n"];
    // Sized at once: a growing string would leave copies of the key behind.
    let mut text = Zeroizing::new(String::with_capacity(lines.iter().map(|l| l.len()).sum()));
    for line in lines {
        text.push_str(line);
    }
    body.zeroize();
    text
}

/// What a block holds.
pub(super) struct Block {
    pub(super) seed: Zeroizing<[u8; 32]>,
    /// Written beside the seed in version 2.
    pub(super) public: Option<[u8; 32]>,
}

/// Reads either version.
pub(super) fn read(text: &str) -> Result<Block, KeyError> {
    if text.len() > PEM_BYTES_MAX {
        return Err(KeyError::Pem);
    }
    let body = text.trim_ascii().strip_prefix(BEGIN).and_then(|rest| rest.strip_suffix(END));
    let body = body.ok_or(KeyError::Pem)?;
    let mut base64 = Zeroizing::new(Vec::with_capacity(body.len()));
    base64.extend(body.bytes().filter(|b| !b.is_ascii_whitespace()));
    // The decoder wants room for its estimate, which exceeds the length by at most two bytes.
    let mut der = Zeroizing::new([0; DER_V2_BYTES + 3]);
    let len = STANDARD.decode_slice(&*base64, &mut *der).map_err(|_| KeyError::Pem)?;
    let (head, rest) = der[..len].split_at_checked(16).ok_or(KeyError::Pkcs8)?;
    let (seed, rest) = rest.split_first_chunk::<32>().ok_or(KeyError::Pkcs8)?;
    let public = match (len, rest.strip_prefix(&PUBLIC_V2)) {
        (DER_V1_BYTES, _) if head == HEAD_V1 => None,
        (DER_V2_BYTES, Some(public)) if head == HEAD_V2 => public.first_chunk().copied(),
        _ => return Err(KeyError::Pkcs8),
    };
    Ok(Block { seed: Zeroizing::new(*seed), public })
}
