//! Policy sets: what acts are judged by, and what they say when they are asked.

use std::collections::BTreeMap;

use hansa_types::{
    CurrencyCode, Digest, Framework, Jurisdiction, PolicyEvaluationId, PolicySetId, PrincipalId,
    RuleName, TaskId,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::actions::Wait;
use super::{Page, operations};
use crate::amount::WireAmount;
use crate::scalar::{ActionPattern, Annotations, Cursor, Limit, Name, PrincipalRef, WireTime};
use crate::schema;

operations! {
    PolicySetCreate = "policy_set_create" => PolicySet;
    PolicySetList = "policy_set_list" => Page<PolicySet>;
    PolicySetGet = "policy_set_get" => PolicySet;
    PolicySetActivate = "policy_set_activate" => PolicySet;
    PolicySetDeprecate = "policy_set_deprecate" => PolicySet;
    PolicySetRevoke = "policy_set_revoke" => PolicySet;
    PolicySetModeSet = "policy_set_mode_set" => PolicySet;
    PolicyDifferenceList = "policy_difference_list" => Page<PolicyDifference>;
    PolicyEvaluate = "policy_evaluate" => PolicyEvaluation;
    PolicyEvaluationGet = "policy_evaluation_get" => PolicyEvaluation;
}

/// What evaluates a policy set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum PolicyEngine {
    /// The node itself, in Rego.
    #[default]
    Rego,
    /// A remote OPA.
    Opa,
    /// Nothing: it is a record of rules that are kept elsewhere.
    Record,
}

/// How much a policy set's verdict counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum PolicyMode {
    /// It is not asked.
    Off,
    /// It is asked and its answer recorded, and decides nothing.
    Shadow,
    /// It decides.
    #[default]
    Enforce,
}

/// Where a policy set stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum PolicySetStatus {
    /// Made, and not yet in force.
    Draft,
    /// In force as its mode says.
    Active,
    /// No longer asked by itself.
    Deprecated,
    /// Ended for good.
    Revoked,
}

/// What policy says of an act.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum PolicyVerdict {
    /// It may happen.
    Allow,
    /// It may happen when who asks proves better who they are.
    RequireStrongerAuth,
    /// It may happen when others approve it.
    RequireApproval,
    /// Monitors have to look at it first.
    Escalate,
    /// It may not happen.
    Deny,
    /// It may not happen, and what it belongs to is stopped.
    Quarantine,
}

/// What is decided by the amount alone, for one action and currency.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PolicyBound {
    /// Which actions.
    pub action: ActionPattern,
    /// In which currency.
    #[schemars(with = "schema::CurrencyCode")]
    pub currency: CurrencyCode,
    /// The most that is allowed without a further look.
    pub allow_up_to: WireAmount,
    /// The most, above that, for which an approval is enough; beyond it the rules decide.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub approve_up_to: Option<WireAmount>,
}

/// Makes a policy set, as a draft.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PolicySetCreate {
    /// Its name; the sets of one name are its versions, and one of them is active.
    pub name: Name,
    /// Which version, in its publisher's words.
    pub version: Name,
    /// What it is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<Name>,
    /// What evaluates it.
    #[serde(default)]
    pub engine: PolicyEngine,
    /// How much it shall count once it is active; `enforce` unless said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mode: Option<PolicyMode>,
    /// The operations and tools that it is about.
    #[schemars(length(min = 1, max = 32))]
    pub actions: Vec<ActionPattern>,
    /// Where it holds; everywhere if empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(with = "Vec<schema::Jurisdiction>", length(max = 64))]
    pub jurisdictions: Vec<Jurisdiction>,
    /// By which frameworks; by all if empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(with = "Vec<schema::Framework>", length(max = 16))]
    pub frameworks: Vec<Framework>,
    /// What needs no evaluation.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 64))]
    pub bounds: Vec<PolicyBound>,
    /// Modules in Rego, by file name; `data.hansa.policy.decision` decides.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub modules: BTreeMap<String, String>,
    /// What the rules look things up in.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub data: Map<String, Value>,
    /// The path of the decision at a remote OPA; `hansa/policy/decision` unless said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub opa_path: Option<String>,
}

/// A change that waits for its second person.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct PolicyChange {
    /// Which: `activate`, `deprecate`, `revoke`, `mode_shadow` or `mode_off`.
    pub change: String,
    /// Who asked first.
    #[schemars(with = "schema::PrincipalId")]
    pub requested_by: PrincipalId,
    /// Until when another person may ask for the same.
    pub expires_at: WireTime,
}

/// A policy set.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct PolicySet {
    /// Its id.
    #[schemars(with = "schema::PolicySetId")]
    pub id: PolicySetId,
    /// Its name.
    pub name: String,
    /// Which version.
    pub version: String,
    /// What it is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Where it stands.
    pub status: PolicySetStatus,
    /// How much it counts.
    pub mode: PolicyMode,
    /// What evaluates it.
    pub engine: PolicyEngine,
    /// The operations and tools that it is about.
    pub actions: Vec<ActionPattern>,
    /// Where it holds; everywhere if empty.
    #[schemars(with = "Vec<schema::Jurisdiction>")]
    pub jurisdictions: Vec<Jurisdiction>,
    /// By which frameworks; by all if empty.
    #[schemars(with = "Vec<schema::Framework>")]
    pub frameworks: Vec<Framework>,
    /// What needs no evaluation.
    pub bounds: Vec<PolicyBound>,
    /// SHA-256 of its rules and data: what verdicts are bound to.
    #[schemars(with = "schema::Digest")]
    pub rules_digest: Digest,
    /// A change that waits for its second person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pending: Option<PolicyChange>,
    /// Its modules, for whoever keeps the node's policy.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub modules: BTreeMap<String, String>,
    /// Its data, for whoever keeps the node's policy.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub data: Map<String, Value>,
}

/// Lists policy sets, the newest first.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PolicySetList {
    /// Only those that stand there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<PolicySetStatus>,
    /// Where to go on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cursor: Option<Cursor>,
    /// How many at most.
    #[serde(default)]
    pub limit: Limit,
}

macro_rules! of_one_set {
    ($($(#[$doc:meta])* $name:ident;)*) => {
        $(
            $(#[$doc])*
            #[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
            #[serde(deny_unknown_fields)]
            pub struct $name {
                /// Which set.
                #[schemars(with = "schema::PolicySetId")]
                pub policy_set: PolicySetId,
            }
        )*
    };
}

of_one_set! {
    /// Reads one policy set.
    PolicySetGet;
    /// Puts a policy set in force, in the place of the active one of its name.
    PolicySetActivate;
    /// Asks a policy set no longer by itself.
    PolicySetDeprecate;
    /// Ends a policy set for good.
    PolicySetRevoke;
}

/// Says how much a policy set counts.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PolicySetModeSet {
    /// Which set.
    #[schemars(with = "schema::PolicySetId")]
    pub policy_set: PolicySetId,
    /// How much.
    pub mode: PolicyMode,
}

/// Lists what policy sets in shadow would have decided otherwise, the latest first.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PolicyDifferenceList {
    /// Where to go on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cursor: Option<Cursor>,
    /// How many at most.
    #[serde(default)]
    pub limit: Limit,
}

/// What a set in shadow said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ShadowVerdict {
    /// Which set.
    #[schemars(with = "schema::PolicySetId")]
    pub policy_set: PolicySetId,
    /// What it said.
    pub verdict: PolicyVerdict,
}

/// A command about which sets in shadow said something else than what counted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PolicyDifference {
    /// What the command brought about, by its id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// What counted.
    pub enforced: PolicyVerdict,
    /// What the sets in shadow said.
    pub shadow: Vec<ShadowVerdict>,
    /// When.
    pub judged_at: WireTime,
    /// The entry that recorded it.
    pub seq: u64,
}

/// Asks what policy would say of an act of the caller's.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PolicyEvaluate {
    /// The operation or tool; `task` unless said: the task as a whole.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub action: Option<ActionPattern>,
    /// The task it belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<schema::TaskId>")]
    pub task: Option<TaskId>,
    /// A set to ask beside those that concern the act.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<schema::PolicySetId>")]
    pub policy_set: Option<PolicySetId>,
    /// How much it moves.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount: Option<WireAmount>,
    /// In which currency; the node's own unless said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<schema::CurrencyCode>")]
    pub currency: Option<CurrencyCode>,
    /// The other side, when it is a principal of this node.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub counterparty: Option<PrincipalRef>,
    /// The other side's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub counterparty_name: Option<Name>,
    /// What else the act says.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub parameters: Map<String, Value>,
    /// The mildest verdict that the caller accepts: the stricter of it and what policy says counts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_least: Option<PolicyVerdict>,
    /// Whether to wait for the answer, or to look for it later.
    #[serde(default, skip_serializing_if = "super::is_default")]
    pub wait: Wait,
    /// Where the caller wants to be told by a signed POST how it ended; a host that the operator lists.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 2048))]
    pub callback_url: Option<String>,
    /// What else its author says.
    #[serde(default, skip_serializing_if = "Annotations::is_empty")]
    pub annotations: Annotations,
}

/// Reads an evaluation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PolicyEvaluationGet {
    /// Which.
    #[schemars(with = "schema::PolicyEvaluationId")]
    pub evaluation: PolicyEvaluationId,
}

/// What one policy set said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PolicySetVerdict {
    /// Which set.
    #[schemars(with = "schema::PolicySetId")]
    pub policy_set: PolicySetId,
    /// SHA-256 of its rules and data.
    #[schemars(with = "schema::Digest")]
    pub rules_digest: Digest,
    /// How much it counts.
    pub mode: PolicyMode,
    /// What it said.
    pub verdict: PolicyVerdict,
    /// Whether its engine failed, which is a deny.
    #[serde(default, skip_serializing_if = "super::is_default")]
    pub failed: bool,
}

/// Whether policy has answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum PolicyEvaluationState {
    /// It was asked.
    Pending,
    /// It has.
    Done,
    /// It will not.
    Failed,
}

/// What policy said when it was asked.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct PolicyEvaluation {
    /// Its id.
    #[schemars(with = "schema::PolicyEvaluationId")]
    pub id: PolicyEvaluationId,
    /// Whether it has answered.
    pub state: PolicyEvaluationState,
    /// What counts: the strictest verdict of the enforced sets, or `at_least` if that is stricter.
    /// Absent as long as there is no answer, which is no leave.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verdict: Option<PolicyVerdict>,
    /// Why there is no answer and will be none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refusal: Option<String>,
    /// The rules that said so.
    #[schemars(with = "Vec<schema::RuleName>")]
    pub matched_rules: Vec<RuleName>,
    /// What must be so besides.
    pub obligations: Vec<String>,
    /// What each set said, those in shadow too.
    pub policy_sets: Vec<PolicySetVerdict>,
    /// Digest of what they looked at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<schema::Digest>")]
    pub facts: Option<Digest>,
    /// The task it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<schema::TaskId>")]
    pub task: Option<TaskId>,
    /// The verdict that the caller wanted at least, where it is the one that counts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_least: Option<PolicyVerdict>,
    /// Who asked.
    #[schemars(with = "schema::PrincipalId")]
    pub by: PrincipalId,
    /// Where who asked wants to be told; shown to them alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub callback_url: Option<String>,
    /// What else its author said.
    #[serde(default, skip_serializing_if = "Annotations::is_empty")]
    pub annotations: Annotations,
    /// When it was answered, or that there will be no answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub evaluated_at: Option<WireTime>,
    /// When it was asked, while there is no answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asked_at: Option<WireTime>,
    /// The entry that recorded it.
    pub seq: u64,
}
