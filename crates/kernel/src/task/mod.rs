//! Tasks: work that a payer and an agent agree on, pay for by milestones, and rate.
//!
//! A task begins with an offer and grows by signed envelopes, each naming the step it follows. Its
//! terms, its work and its money are told apart: the money is a pending transfer that only the
//! task's own steps move.

mod attest;
mod end;
mod negotiate;
mod reputation;
mod step;
mod terms;
mod work;

use std::collections::BTreeMap;

use hansa_types::{EnvelopeId, Label, TaskId, Time, TransferId};
use serde::{Deserialize, Serialize};

pub use attest::{Attested, Rated, Settled, Verdict};
pub(crate) use attest::{apply_attested, apply_rated, apply_settled};
pub use end::{Expired, Revoked};
pub(crate) use end::{apply_expired, apply_revoked};
pub use negotiate::{Accepted, Countered, Delegated, Offered, Rejected};
pub(crate) use negotiate::{
    apply_accepted, apply_countered, apply_delegated, apply_offered, apply_rejected,
};
pub use reputation::{Reputation, ReputationKey, Reputations, Side};
pub use step::{Act, Step, StepKind, StepRef};
pub use terms::{MilestoneTerms, Rail, Terms};
pub use work::{Claimed, Executed};
pub(crate) use work::{apply_claimed, apply_executed};

use crate::principal::Handle;

/// Where the agreement stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// Terms are on the table.
    Offered,
    /// Both agree; no money is set aside yet.
    Accepted,
    /// One side said no.
    Rejected,
    /// The money is in escrow.
    Delegated,
    /// Every milestone is decided.
    Settled,
    /// The payer took it back.
    Revoked,
    /// Its time ran out.
    Expired,
}

/// Where the work stands: A2A's eight states (A2A v1.0.1, `TaskState`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Work {
    /// Not begun.
    Submitted,
    /// Under way.
    Working,
    /// Done and accepted.
    Completed,
    /// Not done, or not accepted.
    Failed,
    /// Stopped by the payer.
    Canceled,
    /// Turned down before it began.
    Rejected,
    /// Waits for the payer.
    InputRequired,
    /// Waits for authority.
    AuthRequired,
}

/// Where a milestone stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MilestoneState {
    /// To be done.
    Open,
    /// Done, says the agent.
    Executed,
    /// The agent asks for its share.
    Claimed,
    /// Accepted and paid.
    Paid,
    /// Refused; its share went back.
    Refused,
}

/// A task.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Task {
    /// Who pays.
    pub payer: Handle,
    /// Who works.
    pub agent: Handle,
    /// What kind of work, by the label of its name.
    pub skill: Label,
    /// The terms on the table or agreed.
    pub terms: Terms,
    /// Where the agreement stands.
    pub stage: Stage,
    /// Where the work stands.
    pub work: Work,
    /// Where each milestone stands; one for the rail without milestones.
    pub milestones: Vec<MilestoneState>,
    /// The last step of the negotiation.
    pub last: EnvelopeId,
    /// Who took it.
    pub last_by: Handle,
    /// The step that put the money in escrow.
    pub delegation: Option<EnvelopeId>,
    /// The pending transfer.
    pub hold: Option<TransferId>,
    /// When it ends by itself.
    pub due: Time,
    /// Whether the payer has rated the agent.
    pub rated_by_payer: bool,
    /// Whether the agent has rated the payer.
    pub rated_by_agent: bool,
    /// All its envelopes in order.
    pub steps: Vec<EnvelopeId>,
}

/// All tasks, and the envelopes they grew by.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Tasks {
    tasks: BTreeMap<TaskId, Task>,
    steps: BTreeMap<EnvelopeId, StepRef>,
}

impl Tasks {
    /// How many tasks are kept.
    pub fn len(&self) -> usize {
        self.tasks.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.tasks.is_empty()
    }

    /// All tasks in the order they were offered.
    pub fn iter(&self) -> impl Iterator<Item = &Task> {
        self.tasks.values()
    }

    /// A task.
    pub fn get(&self, id: TaskId) -> Option<&Task> {
        self.tasks.get(&id)
    }

    /// The task's step that an envelope was.
    pub fn step(&self, id: EnvelopeId) -> Option<&StepRef> {
        self.steps.get(&id)
    }

    pub(crate) fn get_mut(&mut self, id: TaskId) -> &mut Task {
        self.tasks.get_mut(&id).unwrap_or_else(|| panic!("{id} is named by an entry and unknown"))
    }

    pub(crate) fn insert(&mut self, id: TaskId, task: Task) {
        self.tasks.insert(id, task);
    }

    pub(crate) fn note_step(&mut self, envelope: EnvelopeId, step: StepRef) {
        self.get_mut(step.task).steps.push(envelope);
        self.steps.insert(envelope, step);
    }

    pub(crate) fn remove(&mut self, id: TaskId) {
        for step in self.tasks.remove(&id).into_iter().flat_map(|task| task.steps) {
            self.steps.remove(&step);
        }
    }
}
