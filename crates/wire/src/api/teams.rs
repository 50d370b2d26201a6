//! Teams: named subsets of an organization's members.

use hansa_types::{PrincipalId, TeamId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Page, operations};
use crate::scalar::{Cursor, Limit, Name, PrincipalRef, WireTime};
use crate::schema;

operations! {
    TeamCreate = "team_create" => Team;
    TeamList = "team_list" => Page<Team>;
    TeamDelete = "team_delete" => TeamDeleted;
    TeamMemberAdd = "team_member_add" => Team;
    TeamMemberRemove = "team_member_remove" => Team;
}

/// Makes a team.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TeamCreate {
    /// In which organization.
    pub org: PrincipalRef,
    /// What people call it.
    pub name: Name,
}

/// A team.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Team {
    /// Its id.
    #[schemars(with = "schema::TeamId")]
    pub id: TeamId,
    /// In which organization.
    #[schemars(with = "schema::PrincipalId")]
    pub org: PrincipalId,
    /// Its name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<Name>,
    /// Who is in it; to a guest themselves alone.
    #[schemars(with = "Vec<schema::PrincipalId>")]
    pub members: Vec<PrincipalId>,
    /// When it was made.
    pub created_at: WireTime,
}

/// Lists the teams of an organization; to a guest those they are in.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TeamList {
    /// Of which.
    pub org: PrincipalRef,
    /// Where to go on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cursor: Option<Cursor>,
    /// How many at most.
    #[serde(default)]
    pub limit: Limit,
}

/// Dissolves a team. Its members stay in the organization.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TeamDelete {
    /// Which.
    #[schemars(with = "schema::TeamId")]
    pub team: TeamId,
}

/// A team that was dissolved.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct TeamDeleted {
    /// Its id.
    #[schemars(with = "schema::TeamId")]
    pub id: TeamId,
    /// The entry that recorded it.
    pub seq: u64,
}

/// Puts a member of the organization into a team.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TeamMemberAdd {
    /// Which.
    #[schemars(with = "schema::TeamId")]
    pub team: TeamId,
    /// Whom.
    pub member: PrincipalRef,
}

/// Takes a member out of a team.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TeamMemberRemove {
    /// Which.
    #[schemars(with = "schema::TeamId")]
    pub team: TeamId,
    /// Whom.
    pub member: PrincipalRef,
}
