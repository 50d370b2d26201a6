//! Tokens under a shared secret: JWS (RFC 7515) with HMAC-SHA256 (RFC 7518 section 3.2).
//!
//! For AGP's tokens alone, whose secret and algorithm its protocol fixes. The algorithm is not
//! negotiated: the route chooses it, and a header that says anything but `HS256` is refused. Both
//! halves are read as strictly as those of [`crate::jws`].
//!
//! Deliberately absent: claims and their times, and any other algorithm with a shared secret.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::{Map, Value, json};
use sha2::Sha256;

use crate::json::parse_strict;
use crate::jws::JwsError;
use crate::limits::JWS_BYTES_MAX;

/// The one algorithm.
pub const ALGORITHM: &str = "HS256";
/// Shortest secret in bytes: that of the digest (RFC 7518 section 3.2).
pub const SECRET_BYTES_MIN: usize = 32;

/// Signs claims: the compact serialization.
pub fn sign(claims: &[u8], secret: &[u8]) -> String {
    let header = json!({ "alg": ALGORITHM, "typ": "JWT" }).to_string();
    let mut text = URL_SAFE_NO_PAD.encode(header);
    text.push('.');
    URL_SAFE_NO_PAD.encode_string(claims, &mut text);
    let tag = mac(secret, text.as_bytes()).finalize().into_bytes();
    text.push('.');
    URL_SAFE_NO_PAD.encode_string(tag, &mut text);
    text
}

/// Checks a token and hands its claims out.
pub fn verify(token: &str, secret: &[u8]) -> Result<Map<String, Value>, JwsError> {
    if token.len() > JWS_BYTES_MAX {
        return Err(JwsError::TooLong);
    }
    let (signed, tag) = token.rsplit_once('.').ok_or(JwsError::Encoding)?;
    let (header, claims) = signed.split_once('.').ok_or(JwsError::Encoding)?;
    check_header(&bytes(header)?)?;
    let tag = bytes(tag)?;
    mac(secret, signed.as_bytes()).verify_slice(&tag).map_err(|_| JwsError::Signature)?;
    match parse_strict(&bytes(claims)?) {
        Ok(Value::Object(claims)) => Ok(claims),
        _ => Err(JwsError::Payload),
    }
}

/// Whether a token says that it is one of these; nothing of it is proven.
pub fn is_named(token: &str) -> bool {
    let header = token.split('.').next().and_then(|header| bytes(header).ok());
    header.is_some_and(|header| check_header(&header).is_ok())
}

fn check_header(header: &[u8]) -> Result<(), JwsError> {
    let Ok(Value::Object(members)) = parse_strict(header) else { return Err(JwsError::Header) };
    if members.get("alg").and_then(Value::as_str) != Some(ALGORITHM) {
        return Err(JwsError::Algorithm);
    }
    if members.contains_key("crit") || members.contains_key("b64") {
        return Err(JwsError::Critical);
    }
    match members.get("typ").and_then(Value::as_str) {
        Some("JWT") => Ok(()),
        _ => Err(JwsError::Type),
    }
}

fn bytes(encoded: &str) -> Result<Vec<u8>, JwsError> {
    URL_SAFE_NO_PAD.decode(encoded).map_err(|_| JwsError::Encoding)
}

/// The keyed digest of a text.
pub fn tag(secret: &[u8], text: &[u8]) -> [u8; 32] {
    mac(secret, text).finalize().into_bytes().into()
}

fn mac(secret: &[u8], text: &[u8]) -> Hmac<Sha256> {
    // An HMAC takes keys of every length, so the key below is the secret always.
    let mut mac = Hmac::<Sha256>::new_from_slice(secret)
        .unwrap_or_else(|_| unreachable!("an HMAC takes keys of every length"));
    mac.update(text);
    mac
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &[u8] = b"0123456789abcdef0123456789abcdef";

    #[test]
    fn what_was_signed_verifies_under_the_same_secret_only() {
        let token = sign(br#"{"sub":"a"}"#, SECRET);
        assert_eq!(verify(&token, SECRET).unwrap()["sub"], "a");
        assert!(is_named(&token));
        assert_eq!(verify(&token, b"another"), Err(JwsError::Signature));
    }

    /// RFC 4231 section 4.3, test case 2.
    #[test]
    fn the_digest_is_that_of_the_standard() {
        let tag = tag(b"Jefe", b"what do ya want for nothing?");
        let hex: String = tag.iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(hex, "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    }

    #[test]
    fn other_algorithms_and_types_are_refused() {
        let with = |header: &str| {
            let signed =
                format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode("{}"));
            format!("{signed}.{}", URL_SAFE_NO_PAD.encode(tag(SECRET, signed.as_bytes())))
        };
        assert!(verify(&with(r#"{"alg":"HS256","typ":"JWT"}"#), SECRET).is_ok());
        for (header, error) in [
            (r#"{"alg":"none","typ":"JWT"}"#, JwsError::Algorithm),
            (r#"{"alg":"HS512","typ":"JWT"}"#, JwsError::Algorithm),
            (r#"{"alg":"EdDSA","typ":"JWT"}"#, JwsError::Algorithm),
            (r#"{"alg":"HS256","alg":"HS256","typ":"JWT"}"#, JwsError::Header),
            (r#"{"alg":"HS256","typ":"at+jwt"}"#, JwsError::Type),
            (r#"{"alg":"HS256"}"#, JwsError::Type),
            (r#"{"alg":"HS256","typ":"JWT","crit":["x"]}"#, JwsError::Critical),
            ("[]", JwsError::Header),
        ] {
            assert_eq!(verify(&with(header), SECRET), Err(error), "{header}");
            assert!(!is_named(&with(header)), "{header}");
        }
        let token = sign(b"{}", SECRET);
        for bad in ["", ".", "..", &token[1..], &format!("{token}=")] {
            assert!(verify(bad, SECRET).is_err(), "{bad}");
        }
        assert_eq!(verify(&sign(b"[]", SECRET), SECRET), Err(JwsError::Payload));
        let long = "a".repeat(JWS_BYTES_MAX + 1);
        assert_eq!(verify(&long, SECRET), Err(JwsError::TooLong));
    }
}
