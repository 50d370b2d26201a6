//! Approvals, escalations and governance roles: who has to agree, who has, and what stops a task.

use hansa_types::governance::{
    ApprovalMode, ApprovalState, Concern, Decision, GovernanceRole, HoldKind, Resolution,
};
use hansa_types::{ApprovalId, ApprovalRequestId, Digest, EscalationId, PrincipalId, TaskId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{Page, operations};
use crate::scalar::{Annotations, Cursor, Limit, Note, PrincipalRef, WireSecret, WireTime};
use crate::schema::{self, OneOf};

operations! {
    ApprovalRequestCreate = "approval_request_create" => ApprovalRequest;
    ApprovalBind = "approval_bind" => ApprovalRequest;
    ApprovalDecide = "approval_decide" => ApprovalRequest;
    ApprovalGet = "approval_get" => ApprovalRequest;
    ApprovalList = "approval_list" => Page<ApprovalRequest>;
    AbsenceDelegate = "absence_delegate" => Absence;
    EscalationRaise = "escalation_raise" => Escalation;
    EscalationResolve = "escalation_resolve" => Escalation;
    EscalationGet = "escalation_get" => Escalation;
    EscalationList = "escalation_list" => Page<Escalation>;
    RoleAssign = "role_assign" => Role;
    RoleWithdraw = "role_withdraw" => Role;
    RoleList = "role_list" => Page<Role>;
}

/// What is called: its digest is what an approval is bound to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Call {
    /// What kind of call, e.g. `tool_call`.
    #[serde(rename = "type")]
    pub kind: String,
    /// The tool.
    pub tool: String,
    /// Its parameters, to the last.
    pub params: Map<String, Value>,
}

/// Asks for approval of one exact call.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ApprovalRequestCreate {
    /// Of which task.
    #[schemars(with = "schema::TaskId")]
    pub task: TaskId,
    /// The call; it can be bound later, before anybody approves.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub call: Option<Call>,
    /// Its digest, instead of the call itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<schema::Digest>")]
    pub call_digest: Option<Digest>,
    /// How many have to approve; one unless said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<OneOf<ApprovalMode>>")]
    pub mode: Option<ApprovalMode>,
    /// For `multi`: how many.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 2, max = 8))]
    pub quorum: Option<u8>,
    /// Roles that approve; any governance role unless named.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(with = "Vec<OneOf<GovernanceRole>>")]
    pub roles: Vec<GovernanceRole>,
    /// Who may approve, if not everybody in the roles.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 16))]
    pub approvers: Vec<PrincipalRef>,
    /// Whether approvers have to show a second factor or sign with their own key.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub step_up: bool,
    /// Seconds until silence counts as a rejection; a day unless said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1))]
    pub expires_in_s: Option<u64>,
    /// Where the caller wants to be told by a signed POST how it ended; a host that the operator lists.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 2048))]
    pub callback_url: Option<String>,
    /// What else its author says.
    #[serde(default, skip_serializing_if = "Annotations::is_empty")]
    pub annotations: Annotations,
}

/// Binds a request to a call, once.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ApprovalBind {
    /// Which request.
    #[schemars(with = "String")]
    pub request: ApprovalRequestId,
    /// The call.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub call: Option<Call>,
    /// Its digest, instead of the call itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<schema::Digest>")]
    pub call_digest: Option<Digest>,
}

/// Approves or rejects.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ApprovalDecide {
    /// Which request.
    #[schemars(with = "String")]
    pub request: ApprovalRequestId,
    /// What is said.
    #[schemars(with = "OneOf<Decision>")]
    pub decision: Decision,
    /// Digest of the call that the approver saw; refused if the request is for another.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<schema::Digest>")]
    pub call_digest: Option<Digest>,
    /// For whom, when the caller stands in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_behalf_of: Option<PrincipalRef>,
    /// A code of the caller's second factor, where the request asks for one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub totp: Option<WireSecret>,
    /// Instead: the answer of one of the caller's passkeys to `passkey_ask`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub passkey: Option<Map<String, Value>>,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notes: Option<Note>,
}

/// Reads a request for approval.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ApprovalGet {
    /// Which request.
    #[schemars(with = "String")]
    pub request: ApprovalRequestId,
}

/// Lists requests for approval that the caller asked for or may have a say in, the newest first.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ApprovalList {
    /// Only those of this task.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<schema::TaskId>")]
    pub task: Option<TaskId>,
    /// Only those that stand there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<OneOf<ApprovalState>>")]
    pub state: Option<ApprovalState>,
    /// Only the one in which this was said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub approval: Option<ApprovalId>,
    /// Where to go on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cursor: Option<Cursor>,
    /// How many at most.
    #[serde(default)]
    pub limit: Limit,
}

/// What one approver said.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Approval {
    /// Its id.
    #[schemars(with = "String")]
    pub id: ApprovalId,
    /// Who said it.
    #[schemars(with = "schema::PrincipalId")]
    pub by: PrincipalId,
    /// For whom, when somebody stood in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<schema::PrincipalId>")]
    pub on_behalf_of: Option<PrincipalId>,
    /// In which role.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<OneOf<GovernanceRole>>")]
    pub role: Option<GovernanceRole>,
    /// What.
    #[schemars(with = "OneOf<Decision>")]
    pub decision: Decision,
    /// When.
    pub at: WireTime,
}

/// A request for approval.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ApprovalRequest {
    /// Its id.
    #[schemars(with = "String")]
    pub id: ApprovalRequestId,
    /// Of which task.
    #[schemars(with = "schema::TaskId")]
    pub task: TaskId,
    /// Where it stands.
    #[schemars(with = "OneOf<ApprovalState>")]
    pub state: ApprovalState,
    /// Digest of the call it is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<schema::Digest>")]
    pub call_digest: Option<Digest>,
    /// The call, where the node knows it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub call: Option<Call>,
    /// Who asked.
    #[schemars(with = "schema::PrincipalId")]
    pub requested_by: PrincipalId,
    /// How many persons have to approve.
    pub quorum: u8,
    /// Roles that approve.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(with = "Vec<OneOf<GovernanceRole>>")]
    pub roles: Vec<GovernanceRole>,
    /// Who may approve, if not everybody in the roles.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(with = "Vec<String>")]
    pub approvers: Vec<PrincipalId>,
    /// Whether approvers have to prove better who they are.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub step_up: bool,
    /// What was said.
    pub approvals: Vec<Approval>,
    /// When it was asked for.
    pub requested_at: WireTime,
    /// When it was settled, as far as somebody said something.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decided_at: Option<WireTime>,
    /// When silence counts as a rejection.
    pub expires_at: WireTime,
    /// Where who asked wants to be told; shown to them alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub callback_url: Option<String>,
    /// What else its author said.
    #[serde(default, skip_serializing_if = "Annotations::is_empty")]
    pub annotations: Annotations,
    /// Its entry.
    pub seq: u64,
}

/// Says who stands in for the caller, or that the caller is back.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AbsenceDelegate {
    /// Who stands in; nobody any more when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deputy: Option<PrincipalRef>,
    /// For how many seconds; a day unless said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1))]
    pub for_s: Option<u64>,
}

/// Who stands in for whom.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Absence {
    /// Who is away.
    #[schemars(with = "schema::PrincipalId")]
    pub principal: PrincipalId,
    /// Who stands in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<schema::PrincipalId>")]
    pub deputy: Option<PrincipalId>,
    /// Until when.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<WireTime>,
}

/// Raises a concern about a task, which stops it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EscalationRaise {
    /// About which task.
    #[schemars(with = "schema::TaskId")]
    pub task: TaskId,
    /// What it is about.
    #[schemars(with = "OneOf<Concern>")]
    pub concern_type: Concern,
    /// What was seen.
    pub description: Note,
    /// What shall happen to the task; it pauses for review unless said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<OneOf<HoldKind>>")]
    pub requested_action: Option<HoldKind>,
    /// What else its author says.
    #[serde(default, skip_serializing_if = "Annotations::is_empty")]
    pub annotations: Annotations,
}

/// Resolves an escalation, as a compliance monitor without a part in it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EscalationResolve {
    /// Which.
    #[schemars(with = "String")]
    pub escalation: EscalationId,
    /// What came of it.
    #[schemars(with = "OneOf<Resolution>")]
    pub outcome: Resolution,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notes: Option<Note>,
}

/// Reads an escalation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EscalationGet {
    /// Which.
    #[schemars(with = "String")]
    pub escalation: EscalationId,
}

/// Lists escalations of tasks that the caller takes part in, the newest first.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EscalationList {
    /// Only those of this task.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<schema::TaskId>")]
    pub task: Option<TaskId>,
    /// Where to go on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cursor: Option<Cursor>,
    /// How many at most.
    #[serde(default)]
    pub limit: Limit,
}

/// An escalation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Escalation {
    /// Its id.
    #[schemars(with = "String")]
    pub id: EscalationId,
    /// About which task.
    #[schemars(with = "schema::TaskId")]
    pub task: TaskId,
    /// What it is about.
    #[schemars(with = "OneOf<Concern>")]
    pub concern_type: Concern,
    /// What happens to the task while it is open.
    #[schemars(with = "OneOf<HoldKind>")]
    pub requested_action: HoldKind,
    /// Who raised it; absent when the node did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<schema::PrincipalId>")]
    pub raised_by: Option<PrincipalId>,
    /// What was seen; absent once it was erased.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// When.
    pub raised_at: WireTime,
    /// What came of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<OneOf<Resolution>>")]
    pub outcome: Option<Resolution>,
    /// Who resolved it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<schema::PrincipalId>")]
    pub resolved_by: Option<PrincipalId>,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notes: Option<String>,
    /// When.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resolved_at: Option<WireTime>,
    /// What else its author said.
    #[serde(default, skip_serializing_if = "Annotations::is_empty")]
    pub annotations: Annotations,
    /// Its entry.
    pub seq: u64,
}

/// Gives a governance role.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RoleAssign {
    /// To whom.
    pub principal: PrincipalRef,
    /// Which.
    #[schemars(with = "OneOf<GovernanceRole>")]
    pub role: GovernanceRole,
}

/// Takes a governance role.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RoleWithdraw {
    /// From whom.
    pub principal: PrincipalRef,
    /// Which.
    #[schemars(with = "OneOf<GovernanceRole>")]
    pub role: GovernanceRole,
}

/// Lists who holds which governance role.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RoleList {
    /// Where to go on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cursor: Option<Cursor>,
    /// How many at most.
    #[serde(default)]
    pub limit: Limit,
}

/// A governance role that somebody holds, or held.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Role {
    /// Who.
    #[schemars(with = "schema::PrincipalId")]
    pub principal: PrincipalId,
    /// Which.
    #[schemars(with = "OneOf<GovernanceRole>")]
    pub role: GovernanceRole,
    /// Whether they hold it.
    pub active: bool,
    /// Since when they do, or do not.
    pub since: WireTime,
}
