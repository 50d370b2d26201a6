//! Grants: scoped, limited, expiring authority over what is another's.

use hansa_types::{CurrencyCode, Digest, GrantId, Jurisdiction, PrincipalId, Signature};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Page, operations};
use crate::amount::WireAmount;
use crate::scalar::{
    ActionPattern, Cursor, Limit, PrincipalRef, ResourcePattern, WireKey, WireTime,
};
use crate::schema;

operations! {
    GrantCreate = "grant_create" => Grant;
    GrantGet = "grant_get" => Grant;
    GrantList = "grant_list" => Page<Grant>;
    GrantRevoke = "grant_revoke" => Grant;
    GrantRelinquish = "grant_relinquish" => Grant;
    GrantExport = "grant_export" => GrantDocument;
}

/// Gives authority.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GrantCreate {
    /// Who receives it.
    pub holder: PrincipalRef,
    /// The operations it allows.
    #[schemars(length(min = 1, max = 32))]
    pub actions: Vec<ActionPattern>,
    /// Most that one use may move.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub per_use: Option<WireAmount>,
    /// Most that all uses together may move.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub total: Option<WireAmount>,
    /// The currency of the limits; the node's own unless named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<schema::CurrencyCode>")]
    pub currency: Option<CurrencyCode>,
    /// Most uses.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1))]
    pub uses_max: Option<u64>,
    /// The things it may be used on; any unless named.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 32))]
    pub resources: Vec<ResourcePattern>,
    /// The principals it may be used towards; any unless named.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 32))]
    pub counterparties: Vec<PrincipalRef>,
    /// Where its uses may take effect; anywhere unless named.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(with = "Vec<schema::Jurisdiction>", length(max = 32))]
    pub jurisdictions: Vec<Jurisdiction>,
    /// A key of the holder that must prove each use.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub holder_key: Option<WireKey>,
    /// How many links may be narrowed from it, one below the other; 0 for none. As many as the
    /// grants above it leave, and 8 in all, unless named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(max = 8))]
    pub depth_max: Option<u8>,
    /// Seconds until it expires.
    #[schemars(range(min = 1))]
    pub expires_in_s: u64,
    /// The grant that it narrows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<schema::GrantId>")]
    pub parent: Option<GrantId>,
    /// Whose things it is about; the caller's own unless named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_behalf_of: Option<PrincipalRef>,
}

/// Whether a grant still counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum GrantStatus {
    /// It counts.
    Active,
    /// Its time is over.
    Expired,
    /// Its issuer took it back, or one above it has ended before its time.
    Revoked,
    /// Its holder gave it up.
    Relinquished,
}

/// A grant.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Grant {
    /// Its id.
    #[schemars(with = "schema::GrantId")]
    pub id: GrantId,
    /// Who gave it.
    #[schemars(with = "schema::PrincipalId")]
    pub issuer: PrincipalId,
    /// Who holds it.
    #[schemars(with = "schema::PrincipalId")]
    pub holder: PrincipalId,
    /// Whose things it is about.
    #[schemars(with = "schema::PrincipalId")]
    pub on_behalf_of: PrincipalId,
    /// The operations it allows.
    pub actions: Vec<ActionPattern>,
    /// Most that one use may move.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub per_use: Option<WireAmount>,
    /// Most that all uses together may move.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub total: Option<WireAmount>,
    /// What was moved with it so far.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub used: Option<WireAmount>,
    /// The currency of the limits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<schema::CurrencyCode>")]
    pub currency: Option<CurrencyCode>,
    /// Most uses.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uses_max: Option<u64>,
    /// How often it was used so far, where that is limited.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uses: Option<u64>,
    /// The things it may be used on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub resources: Vec<ResourcePattern>,
    /// The principals it may be used towards.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(with = "Vec<schema::PrincipalId>")]
    pub counterparties: Vec<PrincipalId>,
    /// Where its uses may take effect.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(with = "Vec<schema::Jurisdiction>")]
    pub jurisdictions: Vec<Jurisdiction>,
    /// The key that must prove each use.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub holder_key: Option<WireKey>,
    /// Links above it.
    pub depth: u8,
    /// How many links may stand below it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub depth_max: Option<u8>,
    /// The grant that it narrows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<schema::GrantId>")]
    pub parent: Option<GrantId>,
    /// Every grant above it, the first of the chain first; only where one grant is read.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub chain: Vec<GrantLink>,
    /// Whether it still counts.
    pub status: GrantStatus,
    /// When it expires.
    pub expires_at: WireTime,
    /// When it was given.
    pub created_at: WireTime,
    /// The entry that recorded it.
    pub seq: u64,
}

/// A grant above another one, which is charged for what is done under that.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct GrantLink {
    /// Its id.
    #[schemars(with = "schema::GrantId")]
    pub id: GrantId,
    /// Who gave it.
    #[schemars(with = "schema::PrincipalId")]
    pub issuer: PrincipalId,
    /// Who holds it.
    #[schemars(with = "schema::PrincipalId")]
    pub holder: PrincipalId,
    /// Most that all uses together may move.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub total: Option<WireAmount>,
    /// What was moved with it so far.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub used: Option<WireAmount>,
    /// The currency of both.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<schema::CurrencyCode>")]
    pub currency: Option<CurrencyCode>,
    /// Most uses.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uses_max: Option<u64>,
    /// How often it was used so far, where that is limited.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uses: Option<u64>,
    /// Whether it still counts.
    pub status: GrantStatus,
    /// When it expires.
    pub expires_at: WireTime,
}

/// Reads one grant.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GrantGet {
    /// Which grant.
    #[schemars(with = "schema::GrantId")]
    pub grant: GrantId,
}

/// Lists the grants that the caller gave or holds; for the node's owner also those of whom they name.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GrantList {
    /// Only those of this holder.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub holder: Option<PrincipalRef>,
    /// Only those that this issuer gave.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub issuer: Option<PrincipalRef>,
    /// Where to go on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cursor: Option<Cursor>,
    /// How many at most.
    #[serde(default)]
    pub limit: Limit,
}

/// Takes authority back, with everything that was narrowed from it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GrantRevoke {
    /// Which grant.
    #[schemars(with = "schema::GrantId")]
    pub grant: GrantId,
}

/// Gives up a grant that the caller, or a principal it controls, holds, with everything that was
/// narrowed from it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GrantRelinquish {
    /// Which grant.
    #[schemars(with = "schema::GrantId")]
    pub grant: GrantId,
}

/// Exports a grant with every one above it, for somebody who verifies it without the node.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GrantExport {
    /// Which grant.
    #[schemars(with = "schema::GrantId")]
    pub grant: GrantId,
}

/// A chain of grants under the node's signature: what was given, by whom to whom, and that it stands
/// in the node's journal. Everything but `signature` is signed, as canonical JSON (RFC 8785).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GrantDocument {
    /// Always `hansa-grant`.
    pub format: String,
    /// Always 1.
    pub version: u32,
    /// Where the checkpoint says it comes from.
    pub origin: String,
    /// The node's key.
    pub node_key: WireKey,
    /// When this was written: what it says of the chain was true then.
    pub exported_at: WireTime,
    /// The grant that this is about: the last link.
    #[schemars(with = "schema::GrantId")]
    pub grant: GrantId,
    /// Whether it counted then, with every one above it and whoever gave them.
    pub in_force: bool,
    /// The signed checkpoint whose tree the entries are in.
    pub checkpoint: String,
    /// The chain, the first grant first.
    #[schemars(length(min = 1, max = 9))]
    pub links: Vec<GrantDocumentLink>,
    /// The node's signature of the rest.
    #[schemars(with = "schema::Signature")]
    pub signature: Signature,
}

/// One grant of a chain.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GrantDocumentLink {
    /// The entry that made it.
    pub created: ProvenEntry,
    /// The entry that took it back or gave it up, if one did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended: Option<ProvenEntry>,
    /// Decimals of a major unit of its currency, if it has one: entries hold minor units.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scale: Option<u8>,
    /// What was moved with it so far, where that is limited.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub used: Option<WireAmount>,
    /// How often it was used so far, where that is limited.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uses: Option<u64>,
}

/// An entry of the journal with its proof.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ProvenEntry {
    /// Its number.
    pub seq: u64,
    /// The exact bytes that were hashed, as text.
    pub line: String,
    /// The siblings on the way to the checkpoint's root, nearest to the leaf first.
    #[schemars(with = "Vec<schema::Digest>")]
    pub proof: Vec<Digest>,
}
