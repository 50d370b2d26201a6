//! How digests, signatures and short texts are written in envelopes.
//!
//! A digest is base64url (43 characters) or lower-case hex (64); a signature lower-case hex, bare
//! or behind `ed25519:`. Other spellings are refused.

use hansa_types::{Code, Digest, Signature};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::limits::SHORT_TEXT_BYTES_MAX;
use crate::request::marked;

const ALGORITHM: &str = "ed25519:";

/// Decodes lower-case hex of exactly `N` bytes.
fn unhex<const N: usize>(text: &str) -> Option<[u8; N]> {
    let digit = |b: u8| match b {
        b'0'..=b'9' => Some(b - b'0'),
        b'a'..=b'f' => Some(b - b'a' + 10),
        _ => None,
    };
    if text.len() != N * 2 {
        return None;
    }
    let mut bytes = [0; N];
    for (byte, pair) in bytes.iter_mut().zip(text.as_bytes().chunks_exact(2)) {
        *byte = digit(pair[0])? << 4 | digit(pair[1])?;
    }
    Some(bytes)
}

fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digit = |nibble: u8| char::from(DIGITS[usize::from(nibble & 0xF)]);
    bytes.iter().flat_map(|b| [digit(b >> 4), digit(*b)]).collect()
}

/// Reads a signature: 128 hex digits, with or without the algorithm's name before them.
pub(super) fn signature(text: &str) -> Option<Signature> {
    unhex(text.strip_prefix(ALGORITHM).unwrap_or(text)).map(Signature)
}

/// Writes a signature the way the protocol's field reference does.
pub(super) fn signature_text(signature: &Signature) -> String {
    format!("{ALGORITHM}{}", hex(&signature.0))
}

/// Member `auth`.
pub(super) mod auth {
    use super::*;

    pub(in crate::amp) fn serialize<S: Serializer>(
        auth: &Option<Signature>,
        s: S,
    ) -> Result<S::Ok, S::Error> {
        auth.as_ref().map(signature_text).serialize(s)
    }

    pub(in crate::amp) fn deserialize<'de, D: Deserializer<'de>>(
        d: D,
    ) -> Result<Option<Signature>, D::Error> {
        let Some(text) = <Option<String>>::deserialize(d)? else { return Ok(None) };
        let refuse =
            || marked(Code::SignatureInvalid, "expected ed25519: and 128 lower-case hex digits");
        signature(&text).map(Some).ok_or_else(refuse)
    }
}

fn digest(text: &str) -> Option<Digest> {
    unhex(text).map(Digest).or_else(|| text.parse().ok())
}

/// A digest in either spelling; written as base64url.
pub(super) mod hash {
    use super::*;

    pub(in crate::amp) fn deserialize<'de, D: Deserializer<'de>>(d: D) -> Result<Digest, D::Error> {
        let refuse =
            || marked(Code::InvalidField, "expected 32 bytes as base64url or lower-case hex");
        digest(&String::deserialize(d)?).ok_or_else(refuse)
    }
}

/// An optional digest in either spelling.
pub(super) mod optional_hash {
    use super::*;

    pub(in crate::amp) fn deserialize<'de, D: Deserializer<'de>>(
        d: D,
    ) -> Result<Option<Digest>, D::Error> {
        #[derive(Deserialize)]
        struct Text(#[serde(deserialize_with = "super::hash::deserialize")] Digest);
        Ok(<Option<Text>>::deserialize(d)?.map(|text| text.0))
    }
}

/// An optional text of bounded length without control characters.
pub(super) fn short<'de, D: Deserializer<'de>>(d: D) -> Result<Option<String>, D::Error> {
    let text = <Option<String>>::deserialize(d)?;
    let fits =
        |text: &String| text.len() <= SHORT_TEXT_BYTES_MAX && !text.chars().any(char::is_control);
    match text.as_ref().is_none_or(fits) {
        true => Ok(text),
        false => Err(marked(Code::InvalidField, "at most 256 bytes without control characters")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signatures_have_two_spellings_and_no_third() {
        let signature_of = Signature([0xAB; 64]);
        let bare = "ab".repeat(64);
        assert_eq!(signature(&bare), Some(signature_of));
        assert_eq!(signature(&format!("ed25519:{bare}")), Some(signature_of));
        assert_eq!(signature(&signature_text(&signature_of)), Some(signature_of));
        let refused = [
            "AB".repeat(64),
            "ab".repeat(63),
            "ab".repeat(65),
            format!("ED25519:{bare}"),
            format!("ed25519:ed25519:{bare}"),
            format!("ed25519: {bare}"),
            String::new(),
            format!("{}zz", "ab".repeat(63)),
            "é".repeat(64),
        ];
        for bad in refused {
            assert_eq!(signature(&bad), None, "{bad}");
        }
    }

    #[test]
    fn digests_read_from_base64url_and_hex() {
        let wanted = Digest([0x5A; 32]);
        assert_eq!(digest(&"5a".repeat(32)), Some(wanted));
        assert_eq!(digest(&wanted.to_string()), Some(wanted));
        for bad in ["5A".repeat(32), "5a".repeat(31), format!("sha256:{}", "5a".repeat(32))] {
            assert_eq!(digest(&bad), None, "{bad}");
        }
    }
}
