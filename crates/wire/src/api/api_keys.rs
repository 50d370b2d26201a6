//! API keys: bearer secrets of a principal, narrowed to some operations.

use hansa_types::ApiKeyId;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Page, operations};
use crate::scalar::{ActionPattern, Cursor, KeyLabel, Limit, WireSecret, WireTime};
use crate::schema;

operations! {
    ApiKeyCreate = "api_key_create" => ApiKeyCreated;
    ApiKeyList = "api_key_list" => Page<ApiKey>;
    ApiKeyRevoke = "api_key_revoke" => ApiKey;
}

/// Makes an API key of the caller.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ApiKeyCreate {
    /// The operations it may be used for.
    #[schemars(length(min = 1, max = 32))]
    pub actions: Vec<ActionPattern>,
    /// Seconds until it expires; without, it does not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1))]
    pub expires_in_s: Option<u64>,
    /// What the caller calls it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<KeyLabel>,
}

/// An API key that was just made, with its secret.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct ApiKeyCreated {
    /// Its id.
    #[schemars(with = "schema::ApiKeyId")]
    pub id: ApiKeyId,
    /// The secret to send as `Authorization: Bearer`: shown once.
    pub api_key: WireSecret,
    /// The operations it may be used for.
    pub actions: Vec<ActionPattern>,
    /// What its owner calls it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<KeyLabel>,
    /// When it expires.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<WireTime>,
    /// When it was made.
    pub created_at: WireTime,
    /// The entry that recorded it.
    pub seq: u64,
}

/// An API key without its secret.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ApiKey {
    /// Its id.
    #[schemars(with = "schema::ApiKeyId")]
    pub id: ApiKeyId,
    /// The operations it may be used for.
    pub actions: Vec<ActionPattern>,
    /// What its owner calls it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<KeyLabel>,
    /// When it expires.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<WireTime>,
    /// When it was revoked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revoked_at: Option<WireTime>,
    /// When it was last used, to the minute, as far as the node remembers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_used_at: Option<WireTime>,
    /// When it was made.
    pub created_at: WireTime,
    /// The entry that recorded it.
    pub seq: u64,
}

/// Lists the caller's API keys.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ApiKeyList {
    /// Where to go on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cursor: Option<Cursor>,
    /// How many at most.
    #[serde(default)]
    pub limit: Limit,
}

/// Revokes an API key.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ApiKeyRevoke {
    /// Which key.
    #[schemars(with = "schema::ApiKeyId")]
    pub key: ApiKeyId,
}
