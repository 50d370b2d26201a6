//! Passkeys: keys of authenticators, by which people log in or confirm what they do.

use hansa_types::PasskeyId;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::auth::Changed;
use super::{Page, operations};
use crate::scalar::{Email, Name, WireSecret, WireTime};
use crate::schema;

operations! {
    PasskeyBegin = "passkey_begin" => PasskeyChallenge;
    PasskeyAdd = "passkey_add" => Passkey;
    PasskeyList = "passkey_list" => Page<Passkey>;
    PasskeyRemove = "passkey_remove" => Changed;
    PasskeyAsk = "passkey_ask" => PasskeyChallenge;
}

/// Begins a passkey of the caller's account.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PasskeyBegin {
    /// The caller's password.
    pub password: WireSecret,
}

/// What a browser asks an authenticator by. It is answered once.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct PasskeyChallenge {
    /// What WebAuthn's `parseCreationOptionsFromJSON` or `parseRequestOptionsFromJSON` reads.
    pub public_key: Map<String, Value>,
    /// Seconds until it counts no longer.
    pub expires_in_s: u64,
}

/// Counts a passkey that was made.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PasskeyAdd {
    /// What to call it.
    pub name: Name,
    /// What `navigator.credentials.create` gave, as its `toJSON` writes it.
    pub credential: Map<String, Value>,
}

/// A passkey.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Passkey {
    /// Its id.
    #[schemars(with = "schema::PasskeyId")]
    pub id: PasskeyId,
    /// What its owner calls it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<Name>,
    /// Since when it counts.
    pub added_at: WireTime,
    /// The entry that recorded it, where it was just added.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seq: Option<u64>,
}

/// Lists the caller's passkeys.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PasskeyList {}

/// Counts a passkey no longer.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PasskeyRemove {
    /// Which.
    #[schemars(with = "schema::PasskeyId")]
    pub passkey: PasskeyId,
    /// The caller's password.
    pub password: WireSecret,
}

/// Asks for a passkey: of the caller where there is a credential, of the account where address and
/// password are shown, and otherwise any that the authenticator has for this node.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PasskeyAsk {
    /// The account's address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<Email>,
    /// Its password.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub password: Option<WireSecret>,
}
