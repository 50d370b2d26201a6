//! Invitations to organizations.

use hansa_types::{InviteId, PrincipalId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::orgs::{Org, OrgRole};
use super::{Page, operations};
use crate::scalar::{Cursor, Email, Limit, PrincipalRef, WireSecret, WireTime};
use crate::schema;

operations! {
    InviteCreate = "invite_create" => InviteCreated;
    InviteList = "invite_list" => Page<Invite>;
    InviteRevoke = "invite_revoke" => InviteRevoked;
    InviteAccept = "invite_accept" => Org;
}

/// Invites somebody to an organization.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct InviteCreate {
    /// Where to.
    pub org: PrincipalRef,
    /// As what; not as owner.
    pub role: OrgRole,
    /// The only address whose account may accept it, to which it is mailed where this node sends
    /// mail. Without one whoever holds the token may accept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<Email>,
    /// Seconds until it is void: a week unless named, at most 30 days.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 60, max = 2_592_000))]
    pub expires_in_s: Option<u64>,
}

/// An invitation that was just made, with its token.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct InviteCreated {
    /// The invitation.
    pub invite: Invite,
    /// The token to join with: shown once, good once.
    pub token: WireSecret,
    /// The entry that recorded it.
    pub seq: u64,
}

/// An invitation that nobody has used.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Invite {
    /// Its id.
    #[schemars(with = "schema::InviteId")]
    pub id: InviteId,
    /// Where to.
    #[schemars(with = "schema::PrincipalId")]
    pub org: PrincipalId,
    /// As what.
    pub role: OrgRole,
    /// The only address whose account may accept it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<Email>,
    /// Who made it. If they leave, or fall below what they offered, it is void.
    #[schemars(with = "schema::PrincipalId")]
    pub invited_by: PrincipalId,
    /// Whether it would be accepted now.
    pub good: bool,
    /// When it was made.
    pub created_at: WireTime,
    /// When it is void.
    pub expires_at: WireTime,
}

/// Lists the invitations of an organization that nobody has used.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct InviteList {
    /// Of which.
    pub org: PrincipalRef,
    /// Where to go on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cursor: Option<Cursor>,
    /// How many at most.
    #[serde(default)]
    pub limit: Limit,
}

/// Takes an invitation back.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct InviteRevoke {
    /// Which.
    #[schemars(with = "schema::InviteId")]
    pub invite: InviteId,
}

/// An invitation that was taken back.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct InviteRevoked {
    /// Its id.
    #[schemars(with = "schema::InviteId")]
    pub id: InviteId,
    /// The entry that recorded it.
    pub seq: u64,
}

/// Joins an organization by an invitation.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct InviteAccept {
    /// The invitation's token.
    pub token: WireSecret,
}
