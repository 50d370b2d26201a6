//! Standing: why a principal is suspended or frozen, and what it says to that.

use hansa_types::PrincipalId;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::agents::{PrincipalStatus, StopReason};
use super::{Page, operations};
use crate::scalar::{Cursor, Limit, Note, PrincipalRef, WireTime};
use crate::schema;

operations! {
    StandingGet = "standing_get" => AgentStanding;
    AppealLodge = "appeal_lodge" => AgentStanding;
    AppealList = "appeal_list" => Page<AgentStanding>;
}

/// Reads how a principal stands: for itself, its controller and whoever may suspend it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct StandingGet {
    /// Which principal.
    pub agent: PrincipalRef,
}

/// Says something against being suspended or frozen: once each time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AppealLodge {
    /// Who is stopped: the caller, or a principal it controls.
    pub agent: PrincipalRef,
    /// What there is to say; kept sealed, for the node's owner.
    pub note: Note,
}

/// Lists those who wait for an answer to their appeal, in the order of their registration.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AppealList {
    /// Where to go on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cursor: Option<Cursor>,
    /// How many at most.
    #[serde(default)]
    pub limit: Limit,
}

/// Since when somebody is stopped, and why.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Halt {
    /// When.
    pub since: WireTime,
    /// Why, where that was said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<StopReason>,
}

/// What somebody says against being stopped.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Appeal {
    /// When.
    pub lodged_at: WireTime,
    /// What; absent once it was erased.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<Note>,
}

/// How a principal stands.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct AgentStanding {
    /// Which.
    #[schemars(with = "schema::PrincipalId")]
    pub principal: PrincipalId,
    /// Whether it may act.
    pub status: PrincipalStatus,
    /// It may not act.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub suspended: Option<Halt>,
    /// It moves no money.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub frozen: Option<Halt>,
    /// What else was said when it was stopped the last time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<Note>,
    /// What it says to that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub appeal: Option<Appeal>,
}
