//! Ed25519 keys as JSON Web Keys (RFC 7517, RFC 8037), named by their thumbprints (RFC 7638).
//!
//! Deliberately absent: private keys. One that arrives is refused, so that nobody gets used to
//! sending it.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use crate::hash::sha256;
use crate::jws::ALGORITHM;
use crate::keys::{KeyError, PublicKey};

/// The key's name: SHA-256 of its required members in their one order (RFC 7638 section 3.2).
pub fn thumbprint(key: &PublicKey) -> String {
    let canonical = format!(r#"{{"crv":"Ed25519","kty":"OKP","x":"{}"}}"#, x(key));
    sha256(canonical.as_bytes()).to_string()
}

/// The key for signatures, named by its thumbprint.
pub fn jwk(key: &PublicKey) -> Value {
    named(key, &thumbprint(key))
}

/// The key for signatures, with a name of the caller's.
pub fn named(key: &PublicKey, kid: &str) -> Value {
    json!({
        "kty": "OKP", "crv": "Ed25519", "x": x(key), "kid": kid, "alg": ALGORITHM, "use": "sig",
    })
}

/// A set of keys (RFC 7517 section 5), each named by its thumbprint.
pub fn jwks<'a>(keys: impl IntoIterator<Item = &'a PublicKey>) -> Value {
    json!({ "keys": keys.into_iter().map(jwk).collect::<Vec<_>>() })
}

/// Reads a public key. Members that say nothing of the key itself (`kid`, `use`) are not looked at.
pub fn read(value: &Value) -> Result<PublicKey, KeyError> {
    let text = |name: &str| value.get(name).and_then(Value::as_str);
    let alg = value.get("alg").is_none_or(|alg| alg == ALGORITHM || alg == "Ed25519");
    if text("kty") != Some("OKP") || text("crv") != Some("Ed25519") || !alg {
        return Err(KeyError::Jwk);
    }
    if value.get("d").is_some() {
        return Err(KeyError::Private);
    }
    let x = text("x").ok_or(KeyError::Jwk)?;
    let bytes = URL_SAFE_NO_PAD.decode(x).map_err(|_| KeyError::Jwk)?;
    PublicKey::from_bytes(bytes.try_into().map_err(|_| KeyError::Jwk)?)
}

/// The public key as the member `x` has it.
pub fn x(key: &PublicKey) -> String {
    URL_SAFE_NO_PAD.encode(key.as_bytes())
}
