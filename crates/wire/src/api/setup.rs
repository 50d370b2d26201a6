//! Setup: a new node gets its owner, once.

use hansa_types::{Did, PrincipalId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::operations;
use crate::scalar::{Name, WireKey, WireSecret};
use crate::schema;

operations! {
    SetupComplete = "setup_complete" => SetupDone;
}

/// Makes the caller the node's owner.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SetupComplete {
    /// The one-time token that the node printed when it started.
    pub token: WireSecret,
    /// What people call the owner.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<Name>,
    /// The owner's public key. Without one the node makes a key pair and shows the private key
    /// once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub public_key: Option<WireKey>,
}

/// The owner, with what is shown only now.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct SetupDone {
    /// The owner's id.
    #[schemars(with = "schema::PrincipalId")]
    pub id: PrincipalId,
    /// The owner's DID.
    #[schemars(with = "schema::Did")]
    pub did: Did,
    /// The owner's public key.
    pub public_key: WireKey,
    /// The owner's API key: shown once.
    pub api_key: WireSecret,
    /// The owner's private key as PKCS#8 PEM: shown once, only when the node made it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub private_key_pem: Option<WireSecret>,
    /// The entry that recorded it.
    pub seq: u64,
}
