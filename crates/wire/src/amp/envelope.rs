//! The envelope: members, strict reading, canonical bytes and signature (seed AMP v0.1, "Message
//! Envelope" and "Field Reference").
//!
//! What is signed is RFC 8785 canonical JSON of the object without `auth`. [`Opened`] keeps those
//! bytes as they follow from what was received; an [`Envelope`] that was built here makes its own.
//!
//! Deliberately absent: whose key it is, whether the nonce is fresh, and what the verb means.

use hansa_crypto::json::{canonical, parse_strict};
use hansa_crypto::{PreparedKey, PublicKey, SigningKey, hash};
use hansa_types::limits::JSON_INTEGER_MAX;
use hansa_types::{Code, Did, Digest, EnvelopeId, Rejection, Signature, Time};
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value};

use super::{Recipient, SettleSpec, text};
use crate::limits::{ENVELOPE_BYTES_MAX, ENVELOPE_WINDOW_S, INTENT_ACTION_BYTES_MAX};
use crate::request::{marked, parse};
use crate::schema;

// The version of AMP spoken here.
pub(super) const VERSION: u8 = 1;

/// What an envelope is in the graph of intents.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// A goal.
    Intent,
    /// Work handed over, or taken back.
    Delegation,
    /// Work done.
    Inference,
    /// What came of it.
    Outcome,
}

impl Kind {
    /// The kind as it stands in an envelope.
    pub const fn as_str(self) -> &'static str {
        match self {
            Kind::Intent => "intent",
            Kind::Delegation => "delegation",
            Kind::Inference => "inference",
            Kind::Outcome => "outcome",
        }
    }
}

/// A goal.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Intent {
    /// What is to be done: a name both sides understand, or an operation's id.
    #[serde(deserialize_with = "action")]
    #[schemars(length(min = 1, max = 128))]
    pub action: String,
    /// With what.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub params: Option<Map<String, Value>>,
    /// Within what bounds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub constraints: Option<Constraints>,
}

impl Intent {
    /// A goal without parameters and constraints.
    pub fn new(action: impl Into<String>) -> Self {
        Self { action: action.into(), params: None, constraints: None }
    }
}

/// Bounds of a goal.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Constraints {
    /// When it has to be done: an RFC 3339 time, or a date, which ends that day in UTC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deadline: Option<String>,
    /// Whose law applies.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "text::short")]
    pub jurisdiction: Option<String>,
    /// The most it may cost.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub budget: Option<super::Money>,
}

/// Proofs the sender asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Require {
    /// A proof of inference. Accepted; version 0.1 of the protocol has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub zkml: Option<bool>,
    /// How many attestors must agree.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attestors: Option<u64>,
}

/// An envelope.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Envelope {
    /// The version of AMP: 1.
    #[schemars(range(min = 1, max = 1))]
    pub v: u8,
    /// What it is.
    pub kind: Kind,
    /// Its id.
    #[schemars(with = "schema::EnvelopeId")]
    pub id: EnvelopeId,
    /// The envelope it follows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<schema::EnvelopeId>")]
    pub parent: Option<EnvelopeId>,
    /// Who sends and signs it.
    #[schemars(with = "schema::Did")]
    pub from: Did,
    /// Whom it is addressed to.
    pub to: Recipient,
    /// The goal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub intent: Option<Intent>,
    /// How it is paid for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub settle: Option<SettleSpec>,
    /// Proofs the sender asks for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub require: Option<Require>,
    /// The signature over everything else: `ed25519:` and 128 lower-case hex digits.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "text::auth")]
    #[schemars(with = "Option<String>")]
    pub auth: Option<Signature>,
    /// A number the sender uses once.
    #[serde(deserialize_with = "json_integer")]
    #[schemars(range(max = 9_007_199_254_740_991u64))]
    pub nonce: u64,
    /// When it was sent, in seconds since 1970.
    #[serde(deserialize_with = "json_integer")]
    #[schemars(range(max = 9_007_199_254_740_991u64))]
    pub ts: u64,
    /// What the verb defines, and anything else.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payload: Option<Map<String, Value>>,
}

fn json_integer<'de, D: Deserializer<'de>>(d: D) -> Result<u64, D::Error> {
    let value = u64::deserialize(d)?;
    match value <= JSON_INTEGER_MAX {
        true => Ok(value),
        false => Err(marked(Code::InvalidField, "an integer of at most 2^53 - 1")),
    }
}

fn action<'de, D: Deserializer<'de>>(d: D) -> Result<String, D::Error> {
    let text = String::deserialize(d)?;
    let fits = (1..=INTENT_ACTION_BYTES_MAX).contains(&text.len());
    match fits && !text.chars().any(char::is_control) {
        true => Ok(text),
        false => Err(marked(Code::InvalidField, "1 to 128 bytes without control characters")),
    }
}

/// An envelope as it was received, with the bytes that its signature is over.
#[derive(Debug, Clone, PartialEq)]
pub struct Opened {
    /// Its members.
    pub envelope: Envelope,
    unsigned: Vec<u8>,
    signature: Signature,
}

impl Opened {
    /// The canonical bytes without `auth`: what was signed, and what is kept.
    pub fn unsigned(&self) -> &[u8] {
        &self.unsigned
    }

    /// Takes the canonical bytes without `auth` out.
    pub fn into_unsigned(self) -> Vec<u8> {
        self.unsigned
    }

    /// The signature.
    pub fn signature(&self) -> &Signature {
        &self.signature
    }

    /// SHA-256 of the canonical bytes without `auth`: tells a repeat from another envelope.
    pub fn digest(&self) -> Digest {
        hash::sha256(&self.unsigned)
    }

    /// Checks the signature, strictly (RFC 8032 section 5.1.7).
    pub fn verify(&self, key: &PublicKey) -> Result<(), Rejection> {
        key.verify(&self.unsigned, &self.signature).map_err(|_| Code::SignatureInvalid.into())
    }

    /// As [`Opened::verify`], with a key that was prepared for many verifications.
    pub fn verify_prepared(&self, key: &PreparedKey) -> Result<(), Rejection> {
        key.verify(&self.unsigned, &self.signature).map_err(|_| Code::SignatureInvalid.into())
    }
}

impl Envelope {
    /// Reads an envelope from the bytes of its JSON.
    pub fn parse(bytes: &[u8]) -> Result<Opened, Rejection> {
        if bytes.len() > ENVELOPE_BYTES_MAX {
            return Err(Rejection::new(Code::BodyTooLarge, "an envelope holds at most 64 KiB"));
        }
        Self::open(parse_strict(bytes)?)
    }

    /// Opens an envelope whose JSON was read strictly already.
    pub fn open(value: Value) -> Result<Opened, Rejection> {
        let Value::Object(mut members) = value else {
            return Err(Rejection::new(Code::InvalidField, "an envelope is a JSON object"));
        };
        check_version(&members)?;
        let signature = take_auth(&mut members)?;
        let value = Value::Object(members);
        let unsigned = canonical(&value)?;
        if unsigned.len() > ENVELOPE_BYTES_MAX {
            return Err(Rejection::new(Code::BodyTooLarge, "an envelope holds at most 64 KiB"));
        }
        let mut envelope: Envelope = parse(value)?;
        envelope.auth = Some(signature);
        Ok(Opened { envelope, unsigned, signature })
    }

    /// The canonical bytes without `auth` of an envelope that was built here.
    pub fn canonical_unsigned(&self) -> Result<Vec<u8>, Rejection> {
        let mut value = self.to_value()?;
        if let Value::Object(members) = &mut value {
            members.remove("auth");
        }
        canonical(&value)
    }

    /// Signs it, in place of any signature before.
    pub fn sign(&mut self, key: &SigningKey) -> Result<(), Rejection> {
        self.auth = Some(key.sign(&self.canonical_unsigned()?));
        Ok(())
    }

    /// Checks the signature of an envelope that was built here. One that was received is checked by
    /// [`Opened::verify`], over the bytes received.
    pub fn verify(&self, key: &PublicKey) -> Result<(), Rejection> {
        let signature = self.auth.ok_or(Code::Unauthenticated)?;
        key.verify(&self.canonical_unsigned()?, &signature)
            .map_err(|_| Code::SignatureInvalid.into())
    }

    /// The envelope as JSON.
    pub fn to_value(&self) -> Result<Value, Rejection> {
        serde_json::to_value(self)
            .map_err(|error| Rejection::new(Code::InvalidField, error.to_string()))
    }

    /// The verb its payload names.
    pub fn verb_word(&self) -> Option<&Value> {
        self.payload.as_ref()?.get("verb").filter(|verb| !verb.is_null())
    }
}

/// Signs any JSON object as an envelope: sets `auth` to the signature over the rest.
pub fn sign_value(mut value: Value, key: &SigningKey) -> Result<Value, Rejection> {
    let Value::Object(members) = &mut value else {
        return Err(Rejection::new(Code::InvalidField, "an envelope is a JSON object"));
    };
    members.remove("auth");
    let signature = key.sign(&canonical(&value)?);
    value["auth"] = Value::String(text::signature_text(&signature));
    Ok(value)
}

/// Whether an envelope's `ts` (seconds) lies within 300 seconds of now, bounds included.
pub fn within_window(ts: u64, now: Time) -> bool {
    now.0.abs_diff(ts.saturating_mul(1_000)) <= ENVELOPE_WINDOW_S * 1_000
}

/// Before all else, so that a later version is not called malformed.
fn check_version(members: &Map<String, Value>) -> Result<(), Rejection> {
    match members.get("v") {
        None => Err(Rejection::new(Code::MissingField, "v: is required")),
        Some(v) if v.as_u64() == Some(u64::from(VERSION)) => Ok(()),
        Some(_) => Err(Code::VersionUnsupported.into()),
    }
}

fn take_auth(members: &mut Map<String, Value>) -> Result<Signature, Rejection> {
    match members.remove("auth") {
        None | Some(Value::Null) => Err(Rejection::new(Code::Unauthenticated, "auth: is required")),
        Some(value) => value.as_str().and_then(text::signature).ok_or_else(|| {
            Rejection::new(
                Code::SignatureInvalid,
                "auth: expected ed25519: and 128 lower-case hex digits",
            )
        }),
    }
}

#[cfg(test)]
mod tests;
