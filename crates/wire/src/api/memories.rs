//! Memories: what an agent keeps for itself.
//!
//! Content, media type, label and tags travel here alone: no entry, no read model and no log has them.

use hansa_types::{MemoryId, PrincipalId, Signature};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::principals::Receipt;
use super::{Page, is_default, operations};
use crate::scalar::{Cursor, Flag, Limit, MediaType, Name, PrincipalRef, WireTime};
use crate::schema;

operations! {
    MemoryWrite = "memory_write" => Memory;
    MemoryList = "memory_list" => Page<Memory>;
    MemoryRead = "memory_read" => Memory;
    MemoryDelete = "memory_delete" => MemoryErasure;
}

/// How a content is written as a JSON string.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Encoding {
    /// As the text that it is.
    #[default]
    Utf8,
    /// In base64 (RFC 4648 section 4), with padding.
    Base64,
}

/// Writes a memory.
#[derive(Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MemoryWrite {
    /// Whose memory.
    pub agent: PrincipalRef,
    /// The content, of 1 byte to 256 KiB once decoded.
    #[schemars(length(min = 1, max = 349_528))]
    pub content: String,
    /// How the content is written.
    #[serde(default, skip_serializing_if = "is_default")]
    pub encoding: Encoding,
    /// What the content is; `text/plain` unless said, `application/octet-stream` of base64.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub content_type: Option<MediaType>,
    /// What the agent calls it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<Name>,
    /// Words that it is filed under.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 32))]
    pub tags: Vec<Name>,
}

impl std::fmt::Debug for MemoryWrite {
    /// Whose memory it is; what is written goes to no log.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("MemoryWrite").field("agent", &self.agent).finish_non_exhaustive()
    }
}

/// A memory: with its content where one was asked for, without in lists.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Memory {
    /// Its id.
    #[schemars(with = "schema::MemoryId")]
    pub id: MemoryId,
    /// Whose it is.
    #[schemars(with = "schema::PrincipalId")]
    pub agent: PrincipalId,
    /// Bytes of its content.
    pub bytes: u64,
    /// What the content is.
    pub content_type: MediaType,
    /// What the agent calls it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<Name>,
    /// Words that it is filed under.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<Name>,
    /// When it was written.
    pub created_at: WireTime,
    /// The entry that recorded it.
    pub seq: u64,
    /// How the content is written; not in lists.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub encoding: Option<Encoding>,
    /// The content: text where it is UTF-8, or else base64; not in lists.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub content: Option<String>,
}

/// Lists an agent's memories.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MemoryList {
    /// Whose memories.
    pub agent: PrincipalRef,
    /// Where to go on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cursor: Option<Cursor>,
    /// How many at most.
    #[serde(default)]
    pub limit: Limit,
}

/// Reads a memory.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MemoryRead {
    /// Which.
    #[schemars(with = "schema::MemoryId")]
    pub memory: MemoryId,
}

/// Erases a memory.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MemoryDelete {
    /// Which.
    #[schemars(with = "schema::MemoryId")]
    pub memory: MemoryId,
    /// Answer what would go, and do nothing.
    #[serde(default, skip_serializing_if = "is_default")]
    pub dry_run: Flag,
}

/// What an erasure destroys.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct MemoryErasure {
    /// Which memory was, or would be, erased.
    #[schemars(with = "schema::MemoryId")]
    pub memory: MemoryId,
    /// Whose it was.
    #[schemars(with = "schema::PrincipalId")]
    pub agent: PrincipalId,
    /// Whether this only says what would happen.
    #[serde(default, skip_serializing_if = "is_default")]
    pub dry_run: bool,
    /// Bytes of its content.
    pub bytes: u64,
    /// The node's word for it; not of a dry run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub receipt: Option<Receipt>,
    /// The node's signature of the receipt's canonical JSON.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<schema::Signature>")]
    pub signature: Option<Signature>,
}
