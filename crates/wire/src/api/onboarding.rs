//! Onboarding: an agent with its key, its money and its OAuth client in one call.

use hansa_types::{ClientId, Did, PrincipalId, TransferId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::dids::NewDid;
use super::{operations, yes};
use crate::scalar::{ActionPattern, Name, PrincipalRef, WireKey, WireSecret, WireTime};
use crate::schema;

operations! {
    BootstrapCreate = "bootstrap_create" => BootstrapCreated;
    AgentOnboard = "agent_onboard" => AgentOnboarded;
}

/// Makes a token with which one agent can be onboarded in the caller's name.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BootstrapCreate {}

/// A bootstrap token.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct BootstrapCreated {
    /// The token to send as `Bootstrap-Token`: shown once, works once.
    pub bootstrap_token: WireSecret,
    /// Seconds until it stops working.
    pub expires_in: u64,
    /// When that is.
    pub expires_at: WireTime,
    /// The entry that recorded it.
    pub seq: u64,
}

/// Onboards an agent that the caller controls from then on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AgentOnboard {
    /// What people call it.
    pub name: Name,
    /// Its public key. Without one the node makes a key pair and shows the private key once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub public_key: Option<WireKey>,
    /// Shows that the caller holds the key: a JWS of type `key-proof+jwt` signed with it, whose
    /// claims are `aud` (the node's DID), `iat`, and `ath`, the base64url SHA-256 of the credential
    /// of this request (left out in an envelope). Required beside `public_key`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 2048))]
    pub proof: Option<String>,
    /// Its A2A card.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub card: Option<Map<String, Value>>,
    /// Whether it receives the node's genesis grant.
    #[serde(default = "yes")]
    pub genesis_grant: bool,
    /// The operations that its tokens may be used for at most; everything it may do unless named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 32))]
    pub actions: Option<Vec<ActionPattern>>,
    /// What its DID shall be: one with a log and a recovery key, where the node has a public name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub did: Option<NewDid>,
    /// The organization that it shall belong to; the caller unless named. The caller is a member.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub org: Option<PrincipalRef>,
}

/// An agent that was just onboarded, with what is shown only now.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct AgentOnboarded {
    /// Its id on this node.
    #[schemars(with = "schema::PrincipalId")]
    pub id: PrincipalId,
    /// Its DID.
    #[schemars(with = "schema::Did")]
    pub did: Did,
    /// Its name.
    pub name: Name,
    /// Its public key.
    pub public_key: WireKey,
    /// Its private key as PKCS#8 PEM: shown once, only when the node made it, never kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub private_key_pem: Option<WireSecret>,
    /// The private half of its recovery key as PKCS#8 PEM, by which its owner can move its DID to
    /// another node: shown once, only when the node made it, never kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recovery_key_pem: Option<WireSecret>,
    /// The id of its OAuth client.
    #[schemars(with = "schema::ClientId")]
    pub client_id: ClientId,
    /// The client's secret: shown once.
    pub client_secret: WireSecret,
    /// Where the client gets tokens.
    pub token_endpoint: String,
    /// The transfer of the genesis grant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<schema::TransferId>")]
    pub genesis_transfer: Option<TransferId>,
    /// The entry that registered it.
    pub seq: u64,
    /// When that was.
    pub created_at: WireTime,
}
