//! DIDs of agents: their logs, moving them between nodes, and resolving them.
//!
//! Deliberately absent: the shapes of DID documents and logs, which are the W3C's and did:webvh's.

use hansa_types::{Did, PrincipalId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::operations;
use crate::scalar::{PrincipalRef, WireKey, WireSecret, WireTime};
use crate::schema;

operations! {
    DidGet = "did_get" => AgentDid;
    DidCreate = "did_create" => DidCreated;
    DidLogSet = "did_log_set" => DidLogStored;
    DidLogGet = "did_log_get" => DidLogText;
    DidWebGet = "did_web_get" => DidDocument;
    DidResolve = "did_resolve" => DidResolved;
}

/// How a new agent is named.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum DidMethod {
    /// By a log that this node serves and its owner can take elsewhere.
    #[default]
    Webvh,
    /// By its key alone, for one whose log comes from another node.
    Key,
}

/// What the DID of a new agent shall be.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NewDid {
    /// Its method; a node without a public name has `key` alone.
    #[serde(default)]
    pub method: DidMethod,
    /// The public half of the owner's recovery key. Without one the node makes a pair and shows the
    /// private half once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recovery_key: Option<WireKey>,
}

/// Reads an agent's DID, and what an entry of its log must say here.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DidGet {
    /// Which agent.
    pub agent: PrincipalRef,
}

/// An agent's DID, and what an entry of its log must say here.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct AgentDid {
    /// Which agent.
    #[schemars(with = "schema::PrincipalId")]
    pub agent: PrincipalId,
    /// Its DID here.
    #[schemars(with = "schema::Did")]
    pub did: Did,
    /// Other names of it that this node answers to.
    #[schemars(with = "Vec<schema::Did>")]
    pub also_known_as: Vec<Did>,
    /// The log of its DID; null without one.
    pub log: Option<DidLog>,
    /// What the next entry must say for this node to host the log; null on a node without a public
    /// name.
    pub home: Option<DidHome>,
}

/// Where an agent's DID log stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct DidLog {
    /// Where it is served.
    pub url: String,
    /// Number and hash of the last version.
    pub version_id: String,
    /// When the first version was made.
    pub created_at: WireTime,
    /// When the last one was.
    pub updated_at: WireTime,
    /// Whether the last version names another node as its home.
    pub left: bool,
}

/// What an entry must say for a node to host the log.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct DidHome {
    /// The DID there, with `{SCID}` for the SCID.
    pub did: String,
    /// The key that the node writes the entry after it with: `nextKeyHashes` must hold its hash.
    pub update_key: WireKey,
    /// The document, with `{SCID}` for the SCID; a log that moves adds its former DID to
    /// `alsoKnownAs`.
    pub document: Map<String, Value>,
}

/// Gives an agent a DID log on this node, in place of the DID of its key.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DidCreate {
    /// Which agent.
    pub agent: PrincipalRef,
    /// The public half of the owner's recovery key. Without one the node makes a pair and shows the
    /// private half once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recovery_key: Option<WireKey>,
}

/// A DID log that was just made, with what is shown only now.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct DidCreated {
    /// Whose.
    #[schemars(with = "schema::PrincipalId")]
    pub agent: PrincipalId,
    /// Its DID from now on.
    #[schemars(with = "schema::Did")]
    pub did: Did,
    /// The private half of the recovery key as PKCS#8 PEM: shown once, only when the node made it,
    /// never kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recovery_key_pem: Option<WireSecret>,
    /// The entry that recorded it.
    pub seq: u64,
}

/// Hands in an agent's whole DID log: one that comes to this node, goes on, or leaves.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DidLogSet {
    /// Which agent.
    pub agent: PrincipalRef,
    /// The log: one version a line, from the first to the last.
    pub log: String,
}

/// A DID log that was just taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct DidLogStored {
    /// Whose.
    #[schemars(with = "schema::PrincipalId")]
    pub agent: PrincipalId,
    /// Its DID from now on, wherever that is.
    #[schemars(with = "schema::Did")]
    pub did: Did,
    /// Number and hash of the last version.
    pub version_id: String,
    /// Whether the last version names another node as its home.
    pub left: bool,
    /// The entry that recorded it.
    pub seq: u64,
}

/// Reads the DID log of an agent.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DidLogGet {
    /// Which agent.
    pub agent: PrincipalRef,
}

/// A DID log: one version a line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct DidLogText(pub String);

/// Reads the `did:web` document that stands beside an agent's log.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DidWebGet {
    /// Which agent.
    pub agent: PrincipalRef,
}

/// A DID document.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct DidDocument(pub Map<String, Value>);

/// Resolves a DID.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DidResolve {
    /// Which DID, in any spelling; within a path `%` and `/` are escaped as everywhere.
    #[schemars(with = "schema::Did")]
    pub did: Did,
}

/// Where a document came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum DidSource {
    /// It follows from the DID itself.
    Derived,
    /// From this node.
    Local,
    /// From its host, just now.
    Fetched,
}

/// What a DID resolves to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct DidResolved {
    /// The DID of the document: where it moved to, when it did.
    #[schemars(with = "schema::Did")]
    pub did: Did,
    /// The document.
    pub document: Map<String, Value>,
    /// Where it came from.
    pub source: DidSource,
    /// Number and hash of its version.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version_id: Option<String>,
    /// When its first version was made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub created_at: Option<WireTime>,
    /// When this one was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub updated_at: Option<WireTime>,
    /// Whether it has ended.
    #[serde(default, skip_serializing_if = "super::is_default")]
    pub deactivated: bool,
    /// Which principal of this node it names.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<schema::PrincipalId>")]
    pub principal: Option<PrincipalId>,
    /// The entry that keeps the digest of what was fetched.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pinned_seq: Option<u64>,
}
