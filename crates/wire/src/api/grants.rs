//! Grants: scoped, limited, expiring authority over what is another's.

use hansa_types::{CurrencyCode, GrantId, PrincipalId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Page, operations};
use crate::amount::WireAmount;
use crate::scalar::{ActionPattern, Cursor, Limit, PrincipalRef, WireTime};
use crate::schema;

operations! {
    GrantCreate = "grant_create" => Grant;
    GrantGet = "grant_get" => Grant;
    GrantList = "grant_list" => Page<Grant>;
    GrantRevoke = "grant_revoke" => Grant;
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
    /// It, or one above it, was revoked.
    Revoked,
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
    /// The grant that it narrows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<schema::GrantId>")]
    pub parent: Option<GrantId>,
    /// Whether it still counts.
    pub status: GrantStatus,
    /// When it expires.
    pub expires_at: WireTime,
    /// When it was given.
    pub created_at: WireTime,
    /// The entry that recorded it.
    pub seq: u64,
}

/// Reads one grant.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GrantGet {
    /// Which grant.
    #[schemars(with = "schema::GrantId")]
    pub grant: GrantId,
}

/// Lists the grants that the caller gave or holds.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GrantList {
    /// Only those of this holder.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub holder: Option<PrincipalRef>,
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
