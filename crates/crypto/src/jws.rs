//! JSON Web Signatures (RFC 7515) with Ed25519 (RFC 8037), and nothing else.
//!
//! The algorithm is not negotiated: `alg` must say `EdDSA`, the key is chosen by the caller from
//! `kid` or from the route, and a key inside the header (`jwk`, `jku`, `x5c`) is never looked at.
//! Both halves are read strictly: base64url without padding in its one spelling, JSON without
//! repeated keys, no `crit`, because an extension that must be understood is not.
//!
//! Deliberately absent: claims and their times (they need a clock; the readers of tokens check
//! them), the JSON serialization as a whole, encryption, and the unencoded payload of RFC 7797.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hansa_types::Signature;
use serde_json::{Map, Value};

use crate::json::{canonical, parse_strict};
use crate::keys::{PreparedKey, SigningKey};
use crate::limits::{JWS_BYTES_MAX, JWS_HEADER_BYTES_MAX};

/// The one algorithm.
pub const ALGORITHM: &str = "EdDSA";

/// Why a text is not a JWS that this node accepts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum JwsError {
    /// Longer than any token or header that is read.
    #[error("the token is too long")]
    TooLong,
    /// Not three parts, or not base64url in its one spelling.
    #[error("not three parts of unpadded base64url")]
    Encoding,
    /// The header is not an object in strict JSON.
    #[error("the header is not a JSON object without repeated keys")]
    Header,
    /// Signed with another algorithm, or with none.
    #[error("the algorithm is not EdDSA")]
    Algorithm,
    /// The header asks for an extension.
    #[error("the header has critical extensions")]
    Critical,
    /// A token of another type: one kind of token never passes for another.
    #[error("the token is of another type")]
    Type,
    /// The payload is not an object in strict JSON.
    #[error("the payload is not a JSON object without repeated keys")]
    Payload,
    /// The signature does not verify under the key.
    #[error("the signature does not verify under the key")]
    Signature,
}

/// What a protected header says beside the algorithm.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Header {
    /// The media type of the whole, e.g. `at+jwt`.
    pub typ: Option<String>,
    /// Which key signed.
    pub kid: Option<String>,
}

impl Header {
    /// A header with a type and a key id.
    pub fn new(typ: &str, kid: impl Into<String>) -> Self {
        Self { typ: Some(typ.to_owned()), kid: Some(kid.into()) }
    }

    /// A header with a key id alone, as the signatures of cards have it.
    pub fn kid(kid: impl Into<String>) -> Self {
        Self { typ: None, kid: Some(kid.into()) }
    }

    /// The header as it is signed: base64url of canonical JSON.
    pub fn encode(&self) -> String {
        let mut members = Map::new();
        members.insert("alg".to_owned(), ALGORITHM.into());
        for (name, value) in [("kid", &self.kid), ("typ", &self.typ)] {
            if let Some(value) = value {
                members.insert(name.to_owned(), value.as_str().into());
            }
        }
        // Only texts, one level deep: canonical JSON refuses nothing of it.
        URL_SAFE_NO_PAD.encode(canonical(&Value::Object(members)).unwrap_or_default())
    }

    /// Reads a header as it was signed.
    pub fn decode(encoded: &str) -> Result<Self, JwsError> {
        if encoded.len() > JWS_HEADER_BYTES_MAX {
            return Err(JwsError::TooLong);
        }
        let Ok(Value::Object(members)) = parse_strict(&bytes(encoded)?) else {
            return Err(JwsError::Header);
        };
        if members.get("alg").and_then(Value::as_str) != Some(ALGORITHM) {
            return Err(JwsError::Algorithm);
        }
        if members.contains_key("crit") || members.contains_key("b64") {
            return Err(JwsError::Critical);
        }
        let text = |name: &str| match members.get(name) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text.clone())),
            Some(_) => Err(JwsError::Header),
        };
        Ok(Self { typ: text("typ")?, kid: text("kid")? })
    }

    /// Whether the header names a type (RFC 7515 section 4.1.9: in any case, `application/` may
    /// be left out).
    pub fn is_of_type(&self, wanted: &str) -> bool {
        let Some(typ) = &self.typ else { return false };
        let typ = typ.to_ascii_lowercase();
        typ.strip_prefix("application/").unwrap_or(&typ) == wanted.to_ascii_lowercase()
    }
}

/// A JWS that was read, and whose signature nobody has checked yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unverified<'a> {
    header: Header,
    signed: &'a str,
    payload: Vec<u8>,
    signature: Signature,
}

impl<'a> Unverified<'a> {
    /// Reads the compact serialization.
    pub fn read(token: &'a str) -> Result<Self, JwsError> {
        if token.len() > JWS_BYTES_MAX {
            return Err(JwsError::TooLong);
        }
        let (signed, signature) = token.rsplit_once('.').ok_or(JwsError::Encoding)?;
        let (protected, payload) = signed.split_once('.').ok_or(JwsError::Encoding)?;
        let signature = signature.parse().map_err(|_| JwsError::Encoding)?;
        let (header, payload) = (Header::decode(protected)?, bytes(payload)?);
        Ok(Self { header, signed, payload, signature })
    }

    /// What the header says: from it, or from the route, the caller chooses the key.
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// The payload as an object, to find out whose key to use. Nothing in it is proven.
    pub fn claims_unverified(&self) -> Result<Map<String, Value>, JwsError> {
        match parse_strict(&self.payload) {
            Ok(Value::Object(claims)) => Ok(claims),
            _ => Err(JwsError::Payload),
        }
    }

    /// Checks type and signature; hands the payload out.
    pub fn verify(self, key: &PreparedKey, typ: &str) -> Result<Vec<u8>, JwsError> {
        if !self.header.is_of_type(typ) {
            return Err(JwsError::Type);
        }
        match self.is_by(key) {
            true => Ok(self.payload),
            false => Err(JwsError::Signature),
        }
    }

    /// Whether a key has signed it, whatever its type: to find out which of several did.
    pub fn is_by(&self, key: &PreparedKey) -> bool {
        key.verify(self.signed.as_bytes(), &self.signature).is_ok()
    }

    /// Checks type and signature; hands the claims out.
    pub fn verify_claims(
        self,
        key: &PreparedKey,
        typ: &str,
    ) -> Result<Map<String, Value>, JwsError> {
        match parse_strict(&self.verify(key, typ)?) {
            Ok(Value::Object(claims)) => Ok(claims),
            _ => Err(JwsError::Payload),
        }
    }
}

/// Signs a payload: the compact serialization.
pub fn sign(header: &Header, payload: &[u8], key: &SigningKey) -> String {
    let mut text = signing_input(&header.encode(), payload);
    let signature = key.sign(text.as_bytes());
    text.push('.');
    text.push_str(&signature.to_string());
    text
}

/// Signs a payload that travels by itself (RFC 7515 appendix F).
pub fn sign_detached(header: &Header, payload: &[u8], key: &SigningKey) -> Detached {
    let protected = header.encode();
    let signature = key.sign(signing_input(&protected, payload).as_bytes());
    Detached { protected, signature }
}

/// A signature whose payload travels by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Detached {
    /// The encoded header.
    pub protected: String,
    /// Over header and payload.
    pub signature: Signature,
}

impl Detached {
    /// Checks the signature over a payload; hands the header out.
    pub fn verify(&self, payload: &[u8], key: &PreparedKey) -> Result<Header, JwsError> {
        let header = Header::decode(&self.protected)?;
        let input = signing_input(&self.protected, payload);
        let verified = key.verify(input.as_bytes(), &self.signature);
        verified.map(|()| header).map_err(|_| JwsError::Signature)
    }
}

fn signing_input(protected: &str, payload: &[u8]) -> String {
    let mut text = String::with_capacity(protected.len() + payload.len() * 4 / 3 + 100);
    text.push_str(protected);
    text.push('.');
    URL_SAFE_NO_PAD.encode_string(payload, &mut text);
    text
}

/// The engine refuses padding, foreign characters and bits left over.
fn bytes(encoded: &str) -> Result<Vec<u8>, JwsError> {
    URL_SAFE_NO_PAD.decode(encoded).map_err(|_| JwsError::Encoding)
}
