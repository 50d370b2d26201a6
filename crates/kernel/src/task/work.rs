//! What the agent does: execute a milestone, then claim its share.

use hansa_types::{Code, Digest, Label, Rejection, Vis};
use serde::{Deserialize, Serialize};

use super::step::{StepKind, View, note, subject};
use super::{MilestoneState, Stage};
use crate::State;
use crate::decide::{Context, Draft};
use crate::entry::Entry;
use crate::event::Event;

/// Data of `task.executed`. The entry's subject is the task.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Executed {
    /// Position of the milestone in the terms.
    pub milestone: u8,
    /// Digest of what was made.
    pub output: Digest,
}

/// Data of `task.claimed`. The entry's subject is the task.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Claimed {
    /// Position of the milestone in the terms.
    pub milestone: u8,
    /// Digest of the result.
    pub result: Digest,
}

pub(super) fn position(milestone: usize) -> Result<u8, Rejection> {
    u8::try_from(milestone).map_err(|_| Code::MilestoneUnknown.into())
}

impl View<'_> {
    pub(super) fn execute(
        &self,
        milestone: Option<Label>,
        output: Digest,
        ctx: &mut Context<'_>,
        out: &mut Vec<Draft>,
    ) -> Result<(), Rejection> {
        self.only_agent()?;
        self.follows(StepKind::Delegation)?;
        self.in_escrow()?;
        let milestone = self.task.terms.milestone(milestone)?;
        if self.task.milestones[milestone] != MilestoneState::Open {
            return Err(Code::MilestoneState.into());
        }
        let executed = Executed { milestone: position(milestone)?, output };
        let event = Event::TaskExecuted(executed);
        out.push(Draft::new(ctx.entry_id(), Vis::Parties, event).about(self.id));
        Ok(())
    }

    pub(super) fn claim(
        &self,
        named: Option<Label>,
        result: Digest,
        ctx: &mut Context<'_>,
        out: &mut Vec<Draft>,
    ) -> Result<(), Rejection> {
        self.only_agent()?;
        self.follows(StepKind::Execution)?;
        self.in_escrow()?;
        let milestone = usize::from(self.step.milestone);
        if named.is_some() && self.task.terms.milestone(named)? != milestone {
            return Err(Rejection::new(
                Code::ParentMismatch,
                "the parent executed another milestone",
            ));
        }
        if self.task.milestones[milestone] != MilestoneState::Executed {
            return Err(Code::MilestoneState.into());
        }
        let event = Event::TaskClaimed(Claimed { milestone: position(milestone)?, result });
        out.push(Draft::new(ctx.entry_id(), Vis::Parties, event).about(self.id));
        Ok(())
    }
}

pub(crate) fn apply_executed(state: &mut State, entry: &Entry, executed: &Executed) {
    note(state, entry, StepKind::Execution, executed.milestone);
    set(state, entry, executed.milestone, MilestoneState::Executed);
}

pub(crate) fn apply_claimed(state: &mut State, entry: &Entry, claimed: &Claimed) {
    note(state, entry, StepKind::Claim, claimed.milestone);
    set(state, entry, claimed.milestone, MilestoneState::Claimed);
}

pub(super) fn set(state: &mut State, entry: &Entry, milestone: u8, to: MilestoneState) {
    let task = state.tasks.get_mut(subject(entry));
    assert!(task.stage == Stage::Delegated, "milestones move while the money is in escrow");
    task.milestones[usize::from(milestone)] = to;
}
