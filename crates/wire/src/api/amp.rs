//! AMP over HTTP: handing in envelopes and reading what they led to.
//!
//! Deliberately absent: the envelope's own shape, which is [`crate::amp`]'s.

use std::borrow::Cow;

use hansa_types::{Did, Digest, EnvelopeId, Signature, TaskId, TransferId};
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::operations;
use crate::amp::{Envelope, Kind};
use crate::scalar::WireTime;
use crate::schema;

operations! {
    EnvelopeSubmit = "envelope_submit" => EnvelopeAccepted;
    EnvelopeGet = "envelope_get" => EnvelopeView;
    EnvelopeGraph = "envelope_graph" => Graph;
}

/// Hands in a signed envelope: the body is the envelope itself, and its signature is the
/// credential.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct EnvelopeSubmit(pub Map<String, Value>);

impl JsonSchema for EnvelopeSubmit {
    fn schema_name() -> Cow<'static, str> {
        Envelope::schema_name()
    }
    fn schema_id() -> Cow<'static, str> {
        Envelope::schema_id()
    }
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        Envelope::json_schema(generator)
    }
}

/// What an envelope led to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct EnvelopeAccepted {
    /// The envelope.
    #[schemars(with = "schema::EnvelopeId")]
    pub envelope_id: EnvelopeId,
    /// The verb or operation that was carried out.
    pub verb: String,
    /// The task it belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<schema::TaskId>")]
    pub task: Option<TaskId>,
    /// The transfer it made, posted or voided.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<schema::TransferId>")]
    pub transfer: Option<TransferId>,
    /// The entry that recorded it; absent when nothing changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seq: Option<u64>,
    /// The answer of the operation, or the matches of discover.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub result: Option<Value>,
}

/// Reads an accepted envelope.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EnvelopeGet {
    /// Which envelope.
    #[schemars(with = "schema::EnvelopeId")]
    pub envelope: EnvelopeId,
}

/// An accepted envelope.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct EnvelopeView {
    /// Its id.
    #[schemars(with = "schema::EnvelopeId")]
    pub id: EnvelopeId,
    /// Its kind.
    pub kind: Kind,
    /// The verb or operation that was carried out.
    pub verb: String,
    /// The envelope it follows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<schema::EnvelopeId>")]
    pub parent: Option<EnvelopeId>,
    /// Who signed it.
    #[schemars(with = "schema::Did")]
    pub from: Did,
    /// Whom it is addressed to.
    pub to: String,
    /// The task it belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<schema::TaskId>")]
    pub task: Option<TaskId>,
    /// The key that signed it.
    pub kid: String,
    /// SHA-256 of its canonical bytes without `auth`.
    #[schemars(with = "schema::Digest")]
    pub digest: Digest,
    /// The signature over those bytes.
    #[schemars(with = "schema::Signature")]
    pub signature: Signature,
    /// The envelope without `auth`, unless it was erased.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub envelope: Option<Map<String, Value>>,
    /// When it was accepted.
    pub at: WireTime,
    /// The entry that recorded it.
    pub seq: u64,
}

/// Reads the graph of envelopes around one: from its root intent to the last outcomes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EnvelopeGraph {
    /// Any envelope of the graph.
    #[schemars(with = "schema::EnvelopeId")]
    pub envelope: EnvelopeId,
}

/// A graph of envelopes: each points to the one it follows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Graph {
    /// The envelope without a parent.
    #[schemars(with = "schema::EnvelopeId")]
    pub root: EnvelopeId,
    /// The task the graph is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<schema::TaskId>")]
    pub task: Option<TaskId>,
    /// The envelopes, in the order they were accepted.
    pub nodes: Vec<GraphNode>,
    /// One edge per parent.
    pub edges: Vec<GraphEdge>,
    /// The highest entry of the journal that this reflects.
    pub as_of_seq: u64,
}

/// An envelope of a graph.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct GraphNode {
    /// Its id.
    #[schemars(with = "schema::EnvelopeId")]
    pub id: EnvelopeId,
    /// Its kind.
    pub kind: Kind,
    /// The verb or operation that was carried out.
    pub verb: String,
    /// The envelope it follows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<schema::EnvelopeId>")]
    pub parent: Option<EnvelopeId>,
    /// Who signed it.
    #[schemars(with = "schema::Did")]
    pub from: Did,
    /// Whom it is addressed to.
    pub to: String,
    /// When it was accepted.
    pub at: WireTime,
    /// The entry that recorded it.
    pub seq: u64,
}

/// An edge of a graph.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct GraphEdge {
    /// The parent.
    #[schemars(with = "schema::EnvelopeId")]
    pub from: EnvelopeId,
    /// The envelope that follows it.
    #[schemars(with = "schema::EnvelopeId")]
    pub to: EnvelopeId,
}
