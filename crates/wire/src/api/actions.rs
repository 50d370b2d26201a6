//! Actions: what is done through the gate, its receipts, and the record of a task.

use hansa_types::{
    ActionId, AnyId, ApprovalRequestId, CurrencyCode, DecisionId, Digest, GrantId, LiabilityId,
    PolicyEvaluationId, PrincipalId, ReceiptId, TaskId,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::operations;
use crate::amount::WireAmount;
use crate::scalar::{Annotations, Integer, PrincipalRef, ToolText, WireTime};
use crate::schema;

operations! {
    ActionSubmit = "action_submit" => ActionView;
    ActionValidate = "action_validate" => Validation;
    ActionGet = "action_get" => ActionView;
    ActionClaim = "action_claim" => ActionView;
    ReceiptPost = "receipt_post" => ActionView;
    ReceiptGet = "receipt_get" => ActionReceipt;
    TaskReplay = "task_replay" => Replay;
    Explain = "explain" => Explained;
}

/// What kind of call it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum CallType {
    /// A tool: one that the operator lists, or one of the caller's own.
    ToolCall,
    /// An operation of this node.
    Native,
}

impl CallType {
    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            CallType::ToolCall => "tool_call",
            CallType::Native => "native",
        }
    }
}

/// What is called. Its digest is SHA-256 of the canonical JSON (RFC 8785) of exactly these three
/// members, and approvals are bound to it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ActionCall {
    /// What kind of call it is.
    #[serde(rename = "type")]
    pub kind: CallType,
    /// The tool's name, or the operation's id.
    pub tool: ToolText,
    /// Its parameters.
    #[serde(default)]
    pub params: Map<String, Value>,
}

/// Whether to wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Wait {
    /// Until it is done, or for some seconds.
    #[default]
    Done,
    /// Until it is recorded; look at it later.
    Started,
}

/// Does something through the gate.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ActionSubmit {
    /// The task it is part of.
    #[schemars(with = "schema::TaskId")]
    pub task: TaskId,
    /// The grant it is done under. A native operation may do without.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<schema::GrantId>")]
    pub grant: Option<GrantId>,
    /// Who answers for it; the task's own binding where none is named, as with the next ones.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub liability: Option<LiabilityId>,
    /// What the agent decided.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub decision: Option<DecisionId>,
    /// The evaluation of policy that was asked for before. It may only make the gate stricter.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub evaluation: Option<PolicyEvaluationId>,
    /// The request for approval that was granted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub approval: Option<ApprovalRequestId>,
    /// What is called.
    pub action: ActionCall,
    /// The money it moves, for a tool whose parameters do not say. Parameters that do (`amount` and
    /// `currency`, or `amount_usd` and the like) must agree.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount: Option<WireAmount>,
    /// Of what; the node's own currency unless named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<schema::CurrencyCode>")]
    pub currency: Option<CurrencyCode>,
    /// A principal of this node that it concerns besides the caller.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub counterparty: Option<PrincipalRef>,
    /// Who carries it out and posts the receipt, where this node does not: the caller itself for a
    /// tool that the operator does not list.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub executor: Option<PrincipalRef>,
    /// Whether to wait.
    #[serde(default)]
    pub wait: Wait,
    /// Where the caller wants to be told by a signed POST how it ended; a host that the operator lists.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 2048))]
    pub callback_url: Option<String>,
    /// What else its author says.
    #[serde(default, skip_serializing_if = "Annotations::is_empty")]
    pub annotations: Annotations,
}

/// Asks whether something would pass the gate, or whether a running action covers a call. Nothing
/// changes.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ActionValidate {
    /// An envelope as `action_submit` takes it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub envelope: Option<ActionSubmit>,
    /// Or an action that was submitted, by whoever is about to serve it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<schema::ActionId>")]
    pub action: Option<ActionId>,
    /// The call as it arrived, which must be the one that was submitted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub call: Option<ActionCall>,
}

/// One lock of the gate.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct CheckView {
    /// Its name.
    pub check: String,
    /// Whether it opens.
    pub passed: bool,
    /// The stable code of the refusal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// What was wrong.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
}

/// What the gate would say. One that says no is a problem with a member of `errors` for each lock
/// that stays closed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Validation {
    /// Whether it would pass.
    pub permit: bool,
    /// Each lock.
    pub checks: Vec<CheckView>,
}

/// Reads an action.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ActionGet {
    /// Which action.
    #[schemars(with = "schema::ActionId")]
    pub action: ActionId,
}

/// Takes an action to carry it out, once.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ActionClaim {
    /// Which action.
    #[schemars(with = "schema::ActionId")]
    pub action: ActionId,
    /// The call as it arrived, which must be the one that was submitted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub call: Option<ActionCall>,
}

/// How an action ended, as whoever carried it out says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Ending {
    /// It was done.
    Done,
    /// It was declined, and nothing was done.
    Refused,
    /// Nothing was sent.
    NotSent,
}

/// Says how an action ended that was carried out outside of the node.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ReceiptPost {
    /// Which action.
    #[schemars(with = "schema::ActionId")]
    pub action: ActionId,
    /// How it ended.
    pub outcome: Ending,
    /// The HTTP status that was answered, if there was one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 100, max = 599))]
    pub status: Option<u16>,
    /// What came of it; kept sealed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub result: Option<Value>,
}

/// Where an action stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ActionState {
    /// Allowed and recorded, and perhaps under way.
    Started,
    /// Somebody outside has taken it to carry it out.
    Claimed,
    /// Carried out.
    Done,
    /// Not carried out.
    Failed,
    /// Nobody can say.
    OutcomeUnknown,
}

/// An action.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ActionView {
    /// Its id, which a call to a service carries as `X-AGP-Action-ID`.
    #[schemars(with = "schema::ActionId")]
    pub id: ActionId,
    /// The task it is part of.
    #[schemars(with = "schema::TaskId")]
    pub task: TaskId,
    /// Who asked for it.
    #[schemars(with = "schema::PrincipalId")]
    pub caller: PrincipalId,
    /// What it calls.
    pub tool: String,
    /// Digest of the call.
    #[schemars(with = "schema::Digest")]
    pub call: Digest,
    /// Who carries it out: native, http, mcp or external.
    pub executor: String,
    /// Where it stands.
    pub state: ActionState,
    /// The grant it is done under.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<schema::GrantId>")]
    pub grant: Option<GrantId>,
    /// The money it moves.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount: Option<WireAmount>,
    /// Of what.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<schema::CurrencyCode>")]
    pub currency: Option<CurrencyCode>,
    /// The status that the other side answered with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// What came of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub result: Option<Value>,
    /// Why it ended as it did, where that is more than its state.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Its parameters, for its parties; absent once they were erased.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub params: Option<Value>,
    /// The request for approval that it used up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub approval: Option<ApprovalRequestId>,
    /// Where the caller wants to be told; shown to them alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub callback_url: Option<String>,
    /// What else its author said.
    #[serde(default, skip_serializing_if = "Annotations::is_empty")]
    pub annotations: Annotations,
    /// Its receipt.
    #[schemars(with = "schema::ReceiptId")]
    pub receipt: ReceiptId,
    /// When it was recorded.
    pub started_at: WireTime,
    /// When it ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<WireTime>,
    /// The entry that recorded it.
    pub seq: u64,
}

/// Reads a receipt.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ReceiptGet {
    /// Which receipt: the action's id with `rcp_` before its digits.
    #[schemars(with = "schema::ReceiptId")]
    pub receipt: ReceiptId,
}

/// A receipt, as the journal has it now.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ActionReceipt {
    /// Its id.
    #[schemars(with = "schema::ReceiptId")]
    pub id: ReceiptId,
    /// A JWS (RFC 7515) by the node's key, of type `hansa-receipt+jwt`: verify it with the keys at
    /// `/.well-known/jwks.json`.
    pub jws: String,
    /// What it says.
    pub claims: Map<String, Value>,
}

/// Replays a task: what happened, in order, and what was known at each step.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TaskReplay {
    /// Which task.
    #[schemars(with = "schema::TaskId")]
    pub task: TaskId,
    /// The entry to begin at; the first of the task unless named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Integer>,
}

/// One step of a task.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ReplayStep {
    /// Its place in the journal.
    pub seq: u64,
    /// When it happened.
    pub at: WireTime,
    /// The task's chain before it.
    #[schemars(with = "schema::Digest")]
    pub prev: Digest,
    /// The task's chain with it: SHA-256 of `prev` and `leaf`.
    #[schemars(with = "schema::Digest")]
    pub hash: Digest,
    /// The leaf of the entry in the journal's tree.
    #[schemars(with = "schema::Digest")]
    pub leaf: Digest,
    /// The entry.
    pub entry: Map<String, Value>,
    /// What there was of the task at this point: the ids of its entries by kind.
    pub known: Map<String, Value>,
}

/// The record of a task.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Replay {
    /// Which task.
    #[schemars(with = "schema::TaskId")]
    pub task: TaskId,
    /// Its steps, from where it was asked for.
    pub steps: Vec<ReplayStep>,
    /// The task's chain at its end; 32 zero bytes before the first entry.
    #[schemars(with = "schema::Digest")]
    pub head: Digest,
    /// The highest entry of the journal that this reflects.
    pub as_of_seq: u64,
}

/// Answers "why was this blocked?".
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Explain {
    /// An action, a receipt, a task, or the code of a refusal.
    pub id: String,
}

/// One line of an explanation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Reason {
    /// When it happened, for what happened.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<WireTime>,
    /// The entry that says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seq: Option<u64>,
    /// The stable code, for a refusal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// In words.
    pub text: String,
}

/// Why something is as it is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Explained {
    /// What was asked about.
    pub id: String,
    /// In one sentence.
    pub answer: String,
    /// What led there, in order.
    pub reasons: Vec<Reason>,
    /// What can be done about it.
    pub next_step: String,
    /// What else to look at.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(with = "Vec<String>")]
    pub see: Vec<AnyId>,
}
