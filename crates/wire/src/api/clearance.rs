//! Declared tasks: what is promised before anything happens, and everything on record for it.
//!
//! Texts (outcomes, claims, rationales, notes) lie sealed in the vault; the journal keeps digests.

use hansa_types::governance::{
    ActionClass, Attested, Clearance, CommerceState, GovernanceRole, HoldKind, Horizon,
    Recommendation, Right, RiskTier, Severity, SourceType, Stakeholder, Taint, TrustClass,
    Verification,
};
use hansa_types::{
    AnyId, ApprovalRequestId, ContextId, Digest, EscalationId, EvidenceId, Framework, Jurisdiction,
    PrincipalId, TaskId,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{Page, operations};
use crate::scalar::{Annotations, Cursor, Limit, Note, PrincipalRef, WireTime};
use crate::schema::{self, OneOf};

operations! {
    TaskDeclare = "task_declare" => DeclaredTask;
    TaskUpdate = "task_update" => DeclaredTask;
    LiabilityBind = "liability_bind" => Artifact;
    ContextAttest = "context_attest" => Artifact;
    EvidenceAdd = "evidence_add" => Artifact;
    DecisionRecord = "decision_record" => Artifact;
    ImpactAssess = "impact_assess" => Artifact;
    GovernanceAttest = "governance_attest" => Artifact;
    CommerceSessionCreate = "commerce_session_create" => Artifact;
    TaintPromote = "taint_promote" => DeclaredTask;
    ArtifactList = "artifact_list" => Page<Artifact>;
    ArtifactGet = "artifact_get" => Artifact;
}

/// Declares a task.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TaskDeclare {
    /// Who will act; the caller unless named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub principal: Option<PrincipalRef>,
    /// What shall come of it.
    pub requested_outcome: Note,
    /// How much may go wrong.
    #[schemars(with = "OneOf<RiskTier>")]
    pub risk_tier: RiskTier,
    /// Where it happens, e.g. `EU` or `US-NY`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(with = "Vec<String>", length(max = 16))]
    pub jurisdictions: Vec<Jurisdiction>,
    /// By which frameworks it is bound, e.g. `eu-ai-act`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(with = "Vec<String>", length(max = 16))]
    pub frameworks: Vec<Framework>,
    /// Governance roles that have to approve.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(with = "Vec<OneOf<GovernanceRole>>")]
    pub required_roles: Vec<GovernanceRole>,
    /// How many persons have to approve.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 8))]
    pub quorum: Option<u8>,
    /// Seconds until it fails by itself; seven days unless said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1))]
    pub expires_in_s: Option<u64>,
    /// What else its author says.
    #[serde(default, skip_serializing_if = "Annotations::is_empty")]
    pub annotations: Annotations,
}

/// Moves a declared task, by the artifact that allows it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TaskUpdate {
    /// Which task.
    #[schemars(with = "schema::TaskId")]
    pub task: TaskId,
    /// Whereto. Policy, approvals and receipts move it to the other states.
    #[schemars(with = "OneOf<Clearance>")]
    pub to: Clearance,
    /// The artifact that allows it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub guard: Option<AnyId>,
}

/// A declared task.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct DeclaredTask {
    /// Its id.
    #[schemars(with = "schema::TaskId")]
    pub id: TaskId,
    /// Where its clearance stands.
    #[schemars(with = "OneOf<Clearance>")]
    pub clearance: Clearance,
    /// Why it stands still.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<OneOf<HoldKind>>")]
    pub hold: Option<HoldKind>,
    /// AGP's word for where it stands.
    pub agp_state: String,
    /// A2A's word for where it stands.
    pub a2a_state: String,
    /// Who acts.
    #[schemars(with = "schema::PrincipalId")]
    pub principal: PrincipalId,
    /// Who declared it.
    #[schemars(with = "schema::PrincipalId")]
    pub declared_by: PrincipalId,
    /// What shall come of it; absent once it was erased.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub requested_outcome: Option<String>,
    /// How much may go wrong.
    #[schemars(with = "OneOf<RiskTier>")]
    pub risk_tier: RiskTier,
    /// Where it happens.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(with = "Vec<String>")]
    pub jurisdictions: Vec<Jurisdiction>,
    /// By which frameworks it is bound.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(with = "Vec<String>")]
    pub frameworks: Vec<Framework>,
    /// Governance roles that have to approve.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(with = "Vec<OneOf<GovernanceRole>>")]
    pub required_roles: Vec<GovernanceRole>,
    /// How many persons have to approve.
    pub quorum: u8,
    /// Why what it knows is not to be trusted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(with = "Vec<OneOf<Taint>>")]
    pub taint: Vec<Taint>,
    /// What the last impact assessment came to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<OneOf<Recommendation>>")]
    pub impact: Option<Recommendation>,
    /// Everything on record for it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(with = "Vec<String>")]
    pub artifacts: Vec<AnyId>,
    /// Its requests for approval.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(with = "Vec<String>")]
    pub approval_requests: Vec<ApprovalRequestId>,
    /// The open escalations that hold it still.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(with = "Vec<String>")]
    pub escalations: Vec<EscalationId>,
    /// The operation that waits in it, when policy parked one. Nothing is reserved for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parked: Option<String>,
    /// What that operation says, to its last member. Approvals are bound to it.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub parked_call: Map<String, Value>,
    /// What came of it: the id of the first thing it did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub result: Option<AnyId>,
    /// The refusal that the parked operation met when it was approved.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refusal: Option<String>,
    /// What else its author said.
    #[serde(default, skip_serializing_if = "Annotations::is_empty")]
    pub annotations: Annotations,
    /// When it was declared.
    pub created_at: WireTime,
    /// When it last moved.
    pub updated_at: WireTime,
    /// When it fails by itself.
    pub expires_at: WireTime,
    /// The entry that declared it.
    pub seq: u64,
}

/// Something on record: an artifact of a task, or the manifest of a skill.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Artifact {
    /// Its id.
    #[schemars(with = "String")]
    pub id: AnyId,
    /// What it is, e.g. `liability_binding`.
    pub kind: String,
    /// The task it belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<schema::TaskId>")]
    pub task: Option<TaskId>,
    /// Who put it on record.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<schema::PrincipalId>")]
    pub by: Option<PrincipalId>,
    /// What its entry keeps: words, numbers and digests.
    pub record: Map<String, Value>,
    /// Its text as it was handed in; absent where there is none, or once it was erased.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub document: Option<Map<String, Value>>,
    /// When.
    pub created_at: WireTime,
    /// Its entry.
    pub seq: u64,
}

/// Says who answers for a task.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LiabilityBind {
    /// Which task.
    #[schemars(with = "schema::TaskId")]
    pub task: TaskId,
    /// Who is accountable; whoever declared the task unless named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accountable: Option<PrincipalRef>,
    /// On behalf of which entity.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sponsoring_entity: Option<Note>,
    /// Where.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub jurisdiction: Option<Jurisdiction>,
    /// What else its author says.
    #[serde(default, skip_serializing_if = "Annotations::is_empty")]
    pub annotations: Annotations,
}

/// Puts on record what the agent was told.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ContextAttest {
    /// Of which task.
    #[schemars(with = "schema::TaskId")]
    pub task: TaskId,
    /// Where it comes from.
    #[schemars(with = "OneOf<SourceType>")]
    pub source_type: SourceType,
    /// How far it claims to be trusted; untrusted unless said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<OneOf<TrustClass>>")]
    pub trust_class: Option<TrustClass>,
    /// Taint it is known to have.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(with = "Vec<OneOf<Taint>>")]
    pub taint_labels: Vec<Taint>,
    /// The contexts it was made of.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(with = "Vec<String>", length(max = 32))]
    pub derived_from: Vec<ContextId>,
    /// What names its source.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source_id: Option<Note>,
    /// SHA-256 of its content.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<schema::Digest>")]
    pub hash: Option<Digest>,
    /// What else its author says.
    #[serde(default, skip_serializing_if = "Annotations::is_empty")]
    pub annotations: Annotations,
}

/// One claim of an evidence bundle.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Claim {
    /// What is claimed.
    pub claim_text: Note,
    /// Where that is said.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 32))]
    pub source_refs: Vec<Note>,
    /// How far it was looked into.
    #[schemars(with = "OneOf<Verification>")]
    pub verification_status: Verification,
}

/// Puts on record what a decision rests on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EvidenceAdd {
    /// Of which task.
    #[schemars(with = "schema::TaskId")]
    pub task: TaskId,
    /// What is claimed.
    #[schemars(length(min = 1, max = 64))]
    pub claims: Vec<Claim>,
    /// Until when it counts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fresh_until: Option<WireTime>,
    /// What else its author says.
    #[serde(default, skip_serializing_if = "Annotations::is_empty")]
    pub annotations: Annotations,
}

/// Puts on record what the agent decided to do.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DecisionRecord {
    /// Of which task.
    #[schemars(with = "schema::TaskId")]
    pub task: TaskId,
    /// What was chosen.
    pub selected_action: Note,
    /// What kind of act that is.
    #[schemars(with = "OneOf<ActionClass>")]
    pub action_class: ActionClass,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rationale: Option<Note>,
    /// How unsure the agent is, in millionths.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(max = 1_000_000))]
    pub uncertainty_ppm: Option<u32>,
    /// The evidence it rests on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(with = "Vec<String>", length(max = 32))]
    pub evidence: Vec<EvidenceId>,
    /// What else its author says.
    #[serde(default, skip_serializing_if = "Annotations::is_empty")]
    pub annotations: Annotations,
}

/// What one horizon holds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TimeHorizon {
    /// How far ahead.
    #[schemars(with = "OneOf<Horizon>")]
    pub horizon: Horizon,
    /// The worst of it.
    #[schemars(with = "OneOf<Severity>")]
    pub severity: Severity,
    /// Whether it can be undone.
    #[serde(default = "super::yes")]
    pub reversible: bool,
    /// What happens.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 16))]
    pub consequences: Vec<Note>,
}

/// What it does to somebody.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct StakeholderImpact {
    /// To whom.
    #[schemars(with = "OneOf<Stakeholder>")]
    pub stakeholder: Stakeholder,
    /// Whether it harms them.
    pub harmed: bool,
    /// How much, of 100.
    #[schemars(range(max = 100))]
    pub magnitude: u8,
    /// What it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notes: Option<Note>,
}

/// Assesses what a task leads to. What it comes to is computed by the node.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ImpactAssess {
    /// Which task.
    #[schemars(with = "schema::TaskId")]
    pub task: TaskId,
    /// Consequences over time.
    #[schemars(length(min = 1, max = 16))]
    pub time_horizons: Vec<TimeHorizon>,
    /// Whom they are about.
    #[schemars(length(min = 1, max = 32))]
    pub stakeholders: Vec<StakeholderImpact>,
    /// Whether what harms somebody is made good.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub mitigated: bool,
    /// Rights that it would violate.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(with = "Vec<OneOf<Right>>", length(max = 8))]
    pub rights_violated: Vec<Right>,
    /// What the assessor advises.
    #[schemars(with = "OneOf<Recommendation>")]
    pub recommendation: Recommendation,
    /// What else its author says.
    #[serde(default, skip_serializing_if = "Annotations::is_empty")]
    pub annotations: Annotations,
}

/// Says in a governance role what stands for or against a task.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GovernanceAttest {
    /// Which task.
    #[schemars(with = "schema::TaskId")]
    pub task: TaskId,
    /// In which role.
    #[schemars(with = "OneOf<GovernanceRole>")]
    pub role: GovernanceRole,
    /// What is said.
    #[schemars(with = "OneOf<Attested>")]
    pub verdict: Attested,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notes: Option<Note>,
}

/// Opens a commerce session for a task.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CommerceSessionCreate {
    /// Which task.
    #[schemars(with = "schema::TaskId")]
    pub task: TaskId,
    /// The session at the merchant.
    pub ucp_session_ref: Note,
    /// The merchant.
    pub merchant: Note,
    /// SHA-256 of the cart.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<schema::Digest>")]
    pub cart_hash: Option<Digest>,
    /// Where it stands; initialized unless said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<OneOf<CommerceState>>")]
    pub status: Option<CommerceState>,
    /// What else its author says.
    #[serde(default, skip_serializing_if = "Annotations::is_empty")]
    pub annotations: Annotations,
}

/// Vouches for a context with everything in it, as a compliance monitor.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TaintPromote {
    /// Of which task.
    #[schemars(with = "schema::TaskId")]
    pub task: TaskId,
    /// Which context.
    #[schemars(with = "String")]
    pub context: ContextId,
    /// Why it can be trusted.
    pub rationale: Note,
}

/// Lists everything on record for a task, in order.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ArtifactList {
    /// Which task.
    #[schemars(with = "schema::TaskId")]
    pub task: TaskId,
    /// Where to go on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cursor: Option<Cursor>,
    /// How many at most.
    #[serde(default)]
    pub limit: Limit,
}

/// Reads one artifact, or the manifest of a skill.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ArtifactGet {
    /// Which.
    #[schemars(with = "String")]
    pub artifact: AnyId,
}
