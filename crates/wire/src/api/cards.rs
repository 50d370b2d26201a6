//! Agents' cards as signed documents, and the keys they are checked by.
//!
//! Deliberately absent: the documents' own shapes, which are A2A's and The Protocol's.

use hansa_types::{Digest, PrincipalId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::agents::CardDocument;
use super::operations;
use crate::scalar::{PrincipalRef, WireKey, WireTime};
use crate::schema;

operations! {
    AgentCardWellKnown = "agent_card_well_known" => CardDocument;
    AgentCardExport = "agent_card_export" => CardDocument;
    AgentCardSign = "agent_card_sign" => CardSigned;
    AgentPublicKey = "agent_public_key" => PublicKeySet;
    CustodyKeySet = "custody_key_set" => CustodyKey;
    RegistryCardGet = "registry_card_get" => RegistryCard;
    RegistryJwks = "registry_jwks" => KeySet;
}

/// Reads an agent's card as A2A defines it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AgentCardWellKnown {
    /// Which agent.
    pub agent: PrincipalRef,
}

/// Reads an agent's card as The Protocol defines it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AgentCardExport {
    /// Which agent.
    pub agent: PrincipalRef,
}

/// Which of an agent's two documents a signature is on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum CardForm {
    /// A2A's.
    A2a,
    /// The Protocol's.
    TheProtocol,
}

/// Puts an agent's own signature beside the node's.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AgentCardSign {
    /// Which agent.
    pub agent: PrincipalRef,
    /// The JWS header, base64url: `alg` EdDSA, `kid` the agent's DID with a fragment.
    pub protected: String,
    /// The signature over one of the two documents without its signatures, base64url.
    pub signature: String,
}

/// A signature that was just put beside the node's.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct CardSigned {
    /// Whose card.
    #[schemars(with = "schema::PrincipalId")]
    pub agent: PrincipalId,
    /// Which document it is on.
    pub form: CardForm,
    /// SHA-256 of the stored profile.
    #[schemars(with = "schema::Digest")]
    pub digest: Digest,
    /// The entry that recorded it.
    pub seq: u64,
}

/// Reads the keys by which an agent's card is checked.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AgentPublicKey {
    /// Which agent.
    pub agent: PrincipalRef,
}

/// An Ed25519 key as JSON Web Key (RFC 8037).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Jwk {
    /// `OKP`.
    pub kty: String,
    /// `Ed25519`.
    pub crv: String,
    /// The public key, base64url.
    pub x: String,
    /// `EdDSA`.
    pub alg: String,
    /// `sig`.
    #[serde(rename = "use")]
    pub usage: String,
    /// As headers of signatures name it.
    pub kid: String,
    /// Whether the node keeps the private half for the agent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub custodial: Option<bool>,
    /// Until when signatures by it stand, for a key that was replaced.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<WireTime>,
}

/// The key that the node signs an agent's card with; `keys` makes the whole a key set of that key,
/// the one before it for a while, and the agent's own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PublicKeySet {
    /// The present key.
    #[serde(flatten)]
    pub present: Jwk,
    /// Every key by which a signature on the agent's card may be checked.
    pub keys: Vec<Jwk>,
}

/// Gives an agent a new key for the node to sign with. Signatures by the last one stand for 7 days.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CustodyKeySet {
    /// Which agent.
    pub agent: PrincipalRef,
}

/// A key that the node signs with for an agent from now on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CustodyKey {
    /// For whom.
    #[schemars(with = "schema::PrincipalId")]
    pub agent: PrincipalId,
    /// The public half.
    pub public_key: WireKey,
    /// Which of the agent's keys it is, from 1.
    pub generation: u32,
    /// The entry that recorded it.
    pub seq: u64,
}

/// Reads the node's own card.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RegistryCardGet {}

/// A registry card of version 0.4.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct RegistryCard(pub Map<String, Value>);

/// Reads the keys by which the node's card is checked.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RegistryJwks {}

/// A set of keys (RFC 7517 section 5).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct KeySet {
    /// The keys.
    pub keys: Vec<Jwk>,
}
