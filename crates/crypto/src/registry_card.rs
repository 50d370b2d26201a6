//! The signature on a node's card, as The Protocol makes and checks it.
//!
//! Signed is not the card but a map from dotted paths to what stands there (`null` where nothing
//! does), with the times of signing and expiry beside them: raw Ed25519 over the bytes of Python's
//! `json.dumps`, not a JWS. A card declares its own paths, so a signer could leave out what matters;
//! here a card counts only if it declares the thirteen of version 0.4 at least.
//!
//! Deliberately absent: fetching cards and keys, and what a card means.

use hansa_types::{Rejection, Signature, Time};
use serde_json::{Map, Value, json};

use crate::jws::ALGORITHM;
use crate::keys::{PublicKey, SigningKey};
use crate::limits::REGISTRY_CARD_PATHS_MAX;
use crate::python_json::canonical;

/// The version of the card.
pub const VERSION: &str = "0.4";

/// What is signed of a card, in the order it is declared.
pub const SIGNED_PATHS: [&str; 13] = [
    "registry_card_version",
    "identity.spiffe_id",
    "identity.registry_name",
    "identity.trust_domain",
    "identity.tier",
    "visual.sovereign_variant",
    "federation.is_genesis_registry",
    "federation.is_sovereign_frame",
    "federation.policy_hash",
    "fees.cross_registry.base_rate_percent",
    "fees.hosting.enabled",
    "fees.hosting.rate_percent_of_agent_service_fee",
    "lifecycle.card_etag",
];

/// Why a node's card is not believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CardError {
    /// There is no signature of this shape.
    #[error("the card has no signature of {{algorithm, kid, value, signed_at, expires_at}}")]
    Shape,
    /// The signer left out what version 0.4 covers.
    #[error("the signature does not cover the thirteen paths of version 0.4")]
    Coverage,
    /// It has expired.
    #[error("the signature has expired")]
    Expired,
    /// It does not verify.
    #[error("the signature does not verify under the key")]
    Signature,
}

/// By whom a card is signed and for how long.
#[derive(Debug, Clone, Copy)]
pub struct Signing<'a> {
    /// The key.
    pub key: &'a SigningKey,
    /// How its JWKS names it.
    pub kid: &'a str,
    /// Since when it holds.
    pub signed_at: Time,
    /// Until when it holds.
    pub expires_at: Time,
}

/// Signs a card: its `signature` is put in, replacing any other.
pub fn sign(card: &mut Map<String, Value>, by: Signing<'_>) -> Result<(), Rejection> {
    let (signed_at, expires_at) = (moment(by.signed_at), moment(by.expires_at));
    let whole = Value::Object(std::mem::take(card));
    let payload = payload(&whole, SIGNED_PATHS, &signed_at, &expires_at);
    if let Value::Object(members) = whole {
        *card = members;
    }
    let value = by.key.sign(&payload?);
    let signature = json!({
        "algorithm": ALGORITHM, "kid": by.kid, "value": value.to_string(),
        "signed_at": signed_at, "expires_at": expires_at, "signed_canonical": SIGNED_PATHS,
    });
    card.insert("signature".to_owned(), signature);
    Ok(())
}

/// Checks a card under the key that its signer's JWKS has for its `kid`.
pub fn verify(card: &Value, key: &PublicKey, now: Time) -> Result<(), CardError> {
    let signed = card.get("signature").ok_or(CardError::Shape)?;
    let text = |name: &str| signed.get(name).and_then(Value::as_str).ok_or(CardError::Shape);
    if text("algorithm")? != ALGORITHM {
        return Err(CardError::Shape);
    }
    let declared = signed.get("signed_canonical").and_then(Value::as_array);
    let declared = declared.filter(|paths| paths.len() <= REGISTRY_CARD_PATHS_MAX);
    let declared = declared.ok_or(CardError::Coverage)?.iter().map(Value::as_str);
    let declared: Vec<&str> = declared.collect::<Option<_>>().ok_or(CardError::Coverage)?;
    if !SIGNED_PATHS.iter().all(|path| declared.contains(path)) {
        return Err(CardError::Coverage);
    }
    let (signed_at, expires_at) = (text("signed_at")?, text("expires_at")?);
    let value: Signature = text("value")?.parse().map_err(|_| CardError::Shape)?;
    let payload = payload(card, declared, signed_at, expires_at).map_err(|_| CardError::Shape)?;
    key.verify(&payload, &value).map_err(|_| CardError::Signature)?;
    match Time::parse(expires_at).ok_or(CardError::Shape)? > now {
        true => Ok(()),
        false => Err(CardError::Expired),
    }
}

fn payload<'a>(
    card: &Value,
    paths: impl IntoIterator<Item = &'a str>,
    signed_at: &str,
    expires_at: &str,
) -> Result<Vec<u8>, Rejection> {
    let at = |path: &str| path.split('.').try_fold(card, |value, name| value.get(name));
    let stands = |path: &'a str| (path.to_owned(), at(path).cloned().unwrap_or(Value::Null));
    let mut payload: Map<String, Value> = paths.into_iter().map(stands).collect();
    payload.insert("_signed_at".to_owned(), signed_at.into());
    payload.insert("_expires_at".to_owned(), expires_at.into());
    canonical(&Value::Object(payload))
}

/// A moment as Python's `isoformat` writes it in UTC; some readers know no `Z`.
fn moment(time: Time) -> String {
    let text = time.to_string();
    let seconds = text.split(['.', 'Z']).next().unwrap_or_default();
    format!("{seconds}+00:00")
}
