//! The journal: entries, and proofs that they are where the node says (RFC 6962 sections 2.1.1 and
//! 2.1.2, C2SP tlog-checkpoint).

use hansa_types::Digest;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{is_default, operations};
use crate::scalar::{Flag, Integer};
use crate::schema;

operations! {
    JournalCheckpoint = "journal_checkpoint" => CheckpointNote;
    JournalInclusion = "journal_inclusion" => InclusionProof;
    JournalConsistency = "journal_consistency" => ConsistencyProof;
    JournalExport = "journal_export" => ExportLine;
    EntryGet = "entry_get" => EntryView;
}

/// Reads the latest signed checkpoint.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct JournalCheckpoint {}

/// A signed note: origin, tree size, root and signatures as lines of text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct CheckpointNote(pub String);

/// Proves that an entry is in the tree.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct JournalInclusion {
    /// Which entry.
    pub seq: Integer,
    /// In the tree of how many entries; the latest checkpoint's unless named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tree_size: Option<Integer>,
}

/// The siblings on the way from a leaf to the root.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct InclusionProof {
    /// The entry; its index in the tree is one less.
    pub seq: u64,
    /// Entries in the tree.
    pub tree_size: u64,
    /// The entry's leaf hash.
    #[schemars(with = "schema::Digest")]
    pub leaf: Digest,
    /// The tree's root.
    #[schemars(with = "schema::Digest")]
    pub root: Digest,
    /// The siblings, nearest to the leaf first.
    #[schemars(with = "Vec<schema::Digest>")]
    pub proof: Vec<Digest>,
}

/// Proves that a later tree only appended to an earlier one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct JournalConsistency {
    /// Entries in the earlier tree.
    pub from: Integer,
    /// Entries in the later tree; the latest checkpoint's unless named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<Integer>,
}

/// The hashes from which both roots follow.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ConsistencyProof {
    /// Entries in the earlier tree.
    pub from: u64,
    /// Entries in the later tree.
    pub to: u64,
    /// The earlier tree's root.
    #[schemars(with = "schema::Digest")]
    pub from_root: Digest,
    /// The later tree's root.
    #[schemars(with = "schema::Digest")]
    pub to_root: Digest,
    /// The hashes, in the order of RFC 6962.
    #[schemars(with = "Vec<schema::Digest>")]
    pub proof: Vec<Digest>,
}

/// Streams the journal: a header line, then entries or leaf hashes, then the signed checkpoint.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct JournalExport {
    /// The first entry; the journal's first unless named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Integer>,
    /// Whether the texts that entries stand for come along, where the caller may see them.
    #[serde(default, skip_serializing_if = "is_default")]
    pub texts: Flag,
}

/// One line of an export.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct ExportLine(pub Map<String, Value>);

/// Reads one entry.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EntryGet {
    /// Which entry.
    pub seq: Integer,
}

/// An entry of the journal.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct EntryView {
    /// Its number.
    pub seq: u64,
    /// Its leaf hash: SHA-256 of a zero byte and the line.
    #[schemars(with = "schema::Digest")]
    pub leaf: Digest,
    /// The exact bytes that were hashed, as text.
    pub line: String,
    /// The same, as JSON.
    pub entry: Map<String, Value>,
}
