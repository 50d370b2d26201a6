//! Signatures on agent cards: detached JWS over the card without its `signatures`.
//!
//! A2A v1.0.1 (section 8.4) signs RFC 8785 bytes, The Protocol signs the bytes of Python's
//! `json.dumps`; a card is signed in one form or the other and never verifies in both by accident,
//! because whoever checks says which form is meant.
//!
//! Deliberately absent: fetching keys. A `jku` in a header is never followed, and who a `kid`
//! belongs to is the caller's question.

use hansa_types::{Code, Rejection};
use serde_json::{Map, Value, json};

use crate::jws::{Detached, Header, JwsError, sign_detached};
use crate::keys::{PreparedKey, SigningKey};
use crate::limits::CARD_SIGNATURES_MAX;
use crate::{json, python_json};

/// The member that holds the signatures, which no signature covers.
pub const SIGNATURES: &str = "signatures";

/// Whose rules make the bytes that are signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Form {
    /// A2A: RFC 8785.
    A2a,
    /// The Protocol: `json.dumps(card, sort_keys=True, separators=(",", ":"))`.
    TheProtocol,
}

impl Form {
    /// The bytes of a value in this form.
    pub fn bytes(self, value: &Value) -> Result<Vec<u8>, Rejection> {
        match self {
            Form::A2a => json::canonical(value),
            Form::TheProtocol => python_json::canonical(value),
        }
    }

    /// What is signed of a card.
    pub fn payload(self, card: &Map<String, Value>) -> Result<Vec<u8>, Rejection> {
        let mut card = card.clone();
        card.remove(SIGNATURES);
        self.bytes(&Value::Object(card))
    }

    fn header(self, kid: &str) -> Header {
        match self {
            Form::A2a => Header::new("JOSE", kid),
            Form::TheProtocol => Header::kid(kid),
        }
    }
}

/// Signs a card: replaces the signature of the same `kid` and keeps all others.
pub fn sign(
    card: &mut Map<String, Value>,
    form: Form,
    kid: &str,
    key: &SigningKey,
) -> Result<(), Rejection> {
    let signed = sign_detached(&form.header(kid), &form.payload(card)?, key);
    let mut kept = read(card)?;
    kept.retain(|other| {
        Header::decode(&other.protected).ok().and_then(|header| header.kid).as_deref() != Some(kid)
    });
    kept.push(signed);
    let told = kept.iter().map(tell).collect();
    card.insert(SIGNATURES.to_owned(), Value::Array(told));
    Ok(())
}

/// A signature as a card carries it.
pub fn tell(signed: &Detached) -> Value {
    json!({ "protected": signed.protected, "signature": signed.signature.to_string() })
}

/// The signatures on a card; none where the member is missing.
pub fn read(card: &Map<String, Value>) -> Result<Vec<Detached>, Rejection> {
    let refuse = |detail: &'static str| Rejection::new(Code::CardInvalid, detail);
    let entries = match card.get(SIGNATURES) {
        None => return Ok(Vec::new()),
        Some(Value::Array(entries)) if entries.len() <= CARD_SIGNATURES_MAX => entries,
        Some(Value::Array(_)) => return Err(refuse("signatures: at most 16")),
        Some(_) => return Err(refuse("signatures: not an array")),
    };
    let entries = entries.iter().map(read_one);
    entries.collect::<Option<_>>().ok_or_else(|| {
        refuse("signatures: each is {protected, signature} in base64url without padding")
    })
}

fn read_one(entry: &Value) -> Option<Detached> {
    let text = |name: &str| entry.get(name).and_then(Value::as_str);
    let signature = text("signature")?.parse().ok()?;
    Some(Detached { protected: text("protected")?.to_owned(), signature })
}

/// Checks one signature on a card in one form; tells by which `kid` it says it was made.
pub fn verify(
    card: &Map<String, Value>,
    form: Form,
    signed: &Detached,
    key: &PreparedKey,
) -> Result<Option<String>, JwsError> {
    let payload = form.payload(card).map_err(|_| JwsError::Payload)?;
    signed.verify(&payload, key).map(|header| header.kid)
}
