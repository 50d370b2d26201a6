//! The node itself: who it is, whether it is well, and its documents.

use hansa_types::{Did, IncarnationId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::currencies::CurrencyInfo;
use super::{is_default, operations};
use crate::amount::WireAmount;
use crate::scalar::{WireKey, WireTime};
use crate::schema;

operations! {
    NodeGet = "node_get" => NodeInfo;
    ClockAccept = "clock_accept" => ClockAccepted;
    Health = "health" => HealthStatus;
    Ready = "ready" => Readiness;
    Metrics = "metrics" => TextDocument;
    Version = "version" => VersionInfo;
    OpenApi = "openapi" => OpenApiDocument;
    Docs = "docs" => TextDocument;
}

/// Reads who the node is.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NodeGet {}

/// Whether a node makes money of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum NodeMode {
    /// It mints its own currency.
    Sovereign,
    /// It uses the currency of its parent.
    Satellite,
}

/// Who a node is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct NodeInfo {
    /// Its DID: the `to` of envelopes that carry operations.
    #[schemars(with = "schema::Did")]
    pub did: Did,
    /// Its public key, which signs checkpoints.
    pub public_key: WireKey,
    /// The incarnation of its journal.
    #[schemars(with = "schema::IncarnationId")]
    pub incarnation: IncarnationId,
    /// Whether it makes money of its own.
    pub mode: NodeMode,
    /// The version of its software.
    pub version: String,
    /// Whether it still waits for its owner.
    #[serde(default, skip_serializing_if = "is_default")]
    pub setup_pending: bool,
    /// The currencies it holds.
    pub currencies: Vec<CurrencyInfo>,
    /// What it takes for a transfer.
    pub fee: FeePolicy,
    /// The highest entry of the journal that this reflects.
    pub as_of_seq: u64,
}

/// What a node takes for a transfer; the payer pays it on top.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct FeePolicy {
    /// The fraction of the amount, e.g. `"0.005"` for half a percent.
    pub rate: WireAmount,
    /// The least it takes, in major units of the transfer's currency; one minor unit if that is
    /// more.
    pub minimum: WireAmount,
}

/// Accepts the time that the machine's clock jumped to.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ClockAccept {}

/// The time that counts from now on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ClockAccepted {
    /// The node's time.
    pub now: WireTime,
    /// The entry that recorded it.
    pub seq: u64,
}

/// Asks whether the process lives; nothing it depends on is asked.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Health {}

/// The process lives.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct HealthStatus {
    /// Always `ok`.
    pub status: String,
}

/// Asks whether the node takes requests.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Ready {}

/// Whether the node takes requests: 200 when it does, 503 with the same body when not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Readiness {
    /// Whether every check passed.
    pub ready: bool,
    /// The checks.
    pub checks: Vec<ReadinessCheck>,
}

/// One thing a node needs in order to take requests.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ReadinessCheck {
    /// What it is.
    pub name: String,
    /// Whether it is there.
    pub ok: bool,
    /// What is wrong, if anything.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
}

/// Reads the metrics.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Metrics {}

/// A document of text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct TextDocument(pub String);

/// Reads the version.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Version {}

/// Which software this is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct VersionInfo {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// The commit it was built from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commit: Option<String>,
}

/// Reads the API's description.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OpenApi {}

/// An OpenAPI 3.1 document.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct OpenApiDocument(pub Map<String, Value>);

/// Reads the documentation.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Docs {}
