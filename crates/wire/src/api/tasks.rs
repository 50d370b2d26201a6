//! Tasks: declared work with its terms, milestones and money.

use hansa_types::{CurrencyCode, EnvelopeId, PrincipalId, TaskId, TransferId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::clearance::DeclaredTask;
use super::{Page, operations};
use crate::amount::WireAmount;
use crate::amp::Rail;
use crate::scalar::{Cursor, Flag, Limit, PrincipalRef, WireTime};
use crate::schema;

operations! {
    TaskGet = "task_get" => AnyTask;
    TaskList = "task_list" => Page<AnyTask>;
}

/// Where the agreement stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum TermsState {
    /// Terms are on the table.
    Offered,
    /// Both sides agree.
    Accepted,
    /// One side has declined.
    Rejected,
    /// The work is delegated and its money held.
    Delegated,
    /// Every milestone was paid or refused.
    Settled,
    /// The payer took the delegation back.
    Revoked,
    /// Nobody answered, or the deadline passed.
    Expired,
}

/// Where the work stands: the eight states of A2A (A2A 1.0 section 4.1.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum WorkState {
    /// It was handed over.
    Submitted,
    /// It is being done.
    Working,
    /// It is done.
    Completed,
    /// It failed.
    Failed,
    /// It was called off.
    Canceled,
    /// The agent declined it.
    Rejected,
    /// The agent waits for an answer.
    InputRequired,
    /// The agent waits for a credential or an approval.
    AuthRequired,
}

/// Where a milestone stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum MilestoneState {
    /// Nothing was delivered yet.
    Open,
    /// The agent has executed it.
    Executed,
    /// The agent has claimed its share.
    Claimed,
    /// Its share was paid.
    Paid,
    /// The payer has refused it, and its share went back.
    Refused,
}

/// A milestone of a task.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct TaskMilestone {
    /// Its name; the whole task under `amp-outcome` has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on: Option<String>,
    /// Its share in percent.
    #[schemars(range(min = 1, max = 100))]
    pub pct: u8,
    /// Its share of the money.
    pub amount: WireAmount,
    /// Where it stands.
    pub state: MilestoneState,
}

/// A declared piece of work.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Task {
    /// Its id.
    #[schemars(with = "schema::TaskId")]
    pub id: TaskId,
    /// Where the agreement stands.
    pub terms_state: TermsState,
    /// Where the work stands, once it was delegated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub work_state: Option<WorkState>,
    /// Who pays.
    #[schemars(with = "schema::PrincipalId")]
    pub payer: PrincipalId,
    /// Who works; absent while a skill is still being routed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<schema::PrincipalId>")]
    pub agent: Option<PrincipalId>,
    /// The whole amount of the terms on the table.
    pub amount: WireAmount,
    /// Of what.
    #[schemars(with = "schema::CurrencyCode")]
    pub currency: CurrencyCode,
    /// How it is settled.
    pub rail: Rail,
    /// When it has to be done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deadline: Option<WireTime>,
    /// Its milestones, in the order of the terms.
    pub milestones: Vec<TaskMilestone>,
    /// The pending transfer that holds its money.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<schema::TransferId>")]
    pub escrow: Option<TransferId>,
    /// What was paid to the agent.
    pub paid: WireAmount,
    /// What went back to the payer.
    pub refunded: WireAmount,
    /// The envelope that began it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<schema::EnvelopeId>")]
    pub root_envelope: Option<EnvelopeId>,
    /// The last envelope that moved it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<schema::EnvelopeId>")]
    pub last_envelope: Option<EnvelopeId>,
    /// When it began.
    pub created_at: WireTime,
    /// When it last moved.
    pub updated_at: WireTime,
    /// The entry that last moved it.
    pub seq: u64,
}

/// A task of either kind, told apart by `terms_state` and `clearance`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum AnyTask {
    /// Work that a payer and an agent agreed on.
    Contract(Box<Task>),
    /// Work that was declared, to be cleared.
    Declared(Box<DeclaredTask>),
}

impl AnyTask {
    /// The contract, if it is one.
    pub fn contract(self) -> Option<Task> {
        match self {
            AnyTask::Contract(task) => Some(*task),
            AnyTask::Declared(_) => None,
        }
    }
}

/// Reads one task.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TaskGet {
    /// Which task.
    #[schemars(with = "schema::TaskId")]
    pub task: TaskId,
}

/// Lists the contracts that the caller is a party of, or declared tasks, the latest first.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TaskList {
    /// Only those of this party.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub party: Option<PrincipalRef>,
    /// Only those whose agreement stands there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub terms_state: Option<TermsState>,
    /// Declared tasks that the caller takes part in, instead of contracts.
    #[serde(default)]
    pub declared: Flag,
    /// Of declared tasks only those whose state AGP calls so, e.g. `APPROVAL_PENDING`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agp_state: Option<String>,
    /// Where to go on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cursor: Option<Cursor>,
    /// How many at most.
    #[serde(default)]
    pub limit: Limit,
}
