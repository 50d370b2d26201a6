//! Organizations: who is in them, as what, and which agents belong to them.

use hansa_types::{Did, PrincipalId, TeamId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::agents::PrincipalStatus;
use super::{Page, is_default, operations};
use crate::scalar::{Cursor, Limit, Name, PrincipalRef, WireTime};
use crate::schema;

operations! {
    OrgCreate = "org_create" => Org;
    OrgList = "org_list" => Page<Org>;
    OrgGet = "org_get" => Org;
    OrgMemberList = "org_member_list" => Page<OrgMember>;
    OrgMemberRoleSet = "org_member_role_set" => OrgMember;
    OrgMemberRemove = "org_member_remove" => MembershipEnded;
    OrgLeave = "org_leave" => MembershipEnded;
    OrgOwnerTransfer = "org_owner_transfer" => Org;
    OrgAgentList = "org_agent_list" => Page<OrgAgent>;
    AgentTransfer = "agent_transfer" => AgentTransferred;
    AgentShare = "agent_share" => Sharing;
    AgentUnshare = "agent_unshare" => Sharing;
}

/// What somebody is in an organization.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum OrgRole {
    /// Everything, admins and owners included.
    Owner,
    /// Manages members, invitations, teams, agents with their credentials, and money.
    Admin,
    /// Sees what the organization owns, adds agents and works with them.
    Member,
    /// Sees what is shared with them.
    Guest,
}

impl OrgRole {
    /// The word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            OrgRole::Owner => "owner",
            OrgRole::Admin => "admin",
            OrgRole::Member => "member",
            OrgRole::Guest => "guest",
        }
    }
}

/// Makes an organization that the caller owns.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OrgCreate {
    /// What people call it. Everybody who is signed in can read it.
    pub name: Name,
}

/// An organization, as far as the caller sees it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Org {
    /// Its id: that of a principal.
    #[schemars(with = "schema::PrincipalId")]
    pub id: PrincipalId,
    /// Its DID.
    #[schemars(with = "schema::Did")]
    pub did: Did,
    /// Its name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<Name>,
    /// Whether it may act.
    pub status: PrincipalStatus,
    /// What the caller is in it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<OrgRole>,
    /// How many members it has; guests are not told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub members: Option<u64>,
    /// How many agents belong to it; of these guests are told those they see.
    pub agents: u64,
    /// When it was made.
    pub created_at: WireTime,
}

/// Lists the organizations that the caller is in.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OrgList {
    /// Where to go on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cursor: Option<Cursor>,
    /// How many at most.
    #[serde(default)]
    pub limit: Limit,
}

/// Reads an organization that the caller is in.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OrgGet {
    /// Which.
    pub org: PrincipalRef,
}

/// A member of an organization.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct OrgMember {
    /// Who.
    #[schemars(with = "schema::PrincipalId")]
    pub id: PrincipalId,
    /// Their DID.
    #[schemars(with = "schema::Did")]
    pub did: Did,
    /// Their name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<Name>,
    /// What they are.
    pub role: OrgRole,
    /// When they joined.
    pub since: WireTime,
}

/// Lists the members of an organization; to a guest themselves alone.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OrgMemberList {
    /// Of which.
    pub org: PrincipalRef,
    /// Where to go on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cursor: Option<Cursor>,
    /// How many at most.
    #[serde(default)]
    pub limit: Limit,
}

/// Makes a member something else.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OrgMemberRoleSet {
    /// Where.
    pub org: PrincipalRef,
    /// Whom.
    pub member: PrincipalRef,
    /// What.
    pub role: OrgRole,
}

/// Ends somebody else's membership.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OrgMemberRemove {
    /// Where.
    pub org: PrincipalRef,
    /// Whose.
    pub member: PrincipalRef,
}

/// Ends the caller's own membership.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OrgLeave {
    /// Where.
    pub org: PrincipalRef,
}

/// A membership that has ended.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct MembershipEnded {
    /// Where.
    #[schemars(with = "schema::PrincipalId")]
    pub org: PrincipalId,
    /// Whose.
    #[schemars(with = "schema::PrincipalId")]
    pub member: PrincipalId,
    /// The entry that recorded it.
    pub seq: u64,
}

/// Makes another member the owner in the caller's place. The caller becomes an admin.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OrgOwnerTransfer {
    /// Of which organization.
    pub org: PrincipalRef,
    /// To whom.
    pub to: PrincipalRef,
}

/// With whom an agent is shared.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SharedWith {
    /// A member.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<schema::PrincipalId>")]
    pub member: Option<PrincipalId>,
    /// A team.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<schema::TeamId>")]
    pub team: Option<TeamId>,
}

/// An agent that belongs to an organization.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct OrgAgent {
    /// Which.
    #[schemars(with = "schema::PrincipalId")]
    pub id: PrincipalId,
    /// Its DID.
    #[schemars(with = "schema::Did")]
    pub did: Did,
    /// Its name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<Name>,
    /// Whether it may act.
    pub status: PrincipalStatus,
    /// With whom it is shared; guests are not told.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub shared_with: Vec<SharedWith>,
}

/// Lists the agents that belong to an organization; to a guest those that are shared with them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OrgAgentList {
    /// To which.
    pub org: PrincipalRef,
    /// Where to go on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cursor: Option<Cursor>,
    /// How many at most.
    #[serde(default)]
    pub limit: Limit,
}

/// Hands an agent on: from who controls it to an organization that the caller works in, or from an
/// organization to one of its members.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AgentTransfer {
    /// Which.
    pub agent: PrincipalRef,
    /// To whom.
    pub to: PrincipalRef,
    /// Whether its API keys, OAuth clients and tokens go on working. Otherwise they end.
    #[serde(default, skip_serializing_if = "is_default")]
    pub keep_credentials: bool,
}

/// An agent that was handed on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct AgentTransferred {
    /// Which.
    #[schemars(with = "schema::PrincipalId")]
    pub id: PrincipalId,
    /// Who controls it from now on.
    #[schemars(with = "schema::PrincipalId")]
    pub controller: PrincipalId,
    /// The entry that recorded it.
    pub seq: u64,
}

/// Lets somebody look into what an agent of an organization does: one member, or a team.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AgentShare {
    /// Which agent.
    pub agent: PrincipalRef,
    /// A member of the organization.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub member: Option<PrincipalRef>,
    /// A team of the organization.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<schema::TeamId>")]
    pub team: Option<TeamId>,
}

/// Takes that back.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AgentUnshare {
    /// Which agent.
    pub agent: PrincipalRef,
    /// The member it is shared with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub member: Option<PrincipalRef>,
    /// The team it is shared with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<schema::TeamId>")]
    pub team: Option<TeamId>,
}

/// An agent that was shared, or is no longer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Sharing {
    /// Which agent.
    #[schemars(with = "schema::PrincipalId")]
    pub id: PrincipalId,
    /// With whom.
    pub with: SharedWith,
    /// The entry that recorded it.
    pub seq: u64,
}
