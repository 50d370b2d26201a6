//! How a task ends without being settled: revoked by the payer, or by its time running out.

use hansa_types::{Code, EnvelopeId, Rejection, TaskId, Vis};
use serde::{Deserialize, Serialize};

use super::negotiate::end;
use super::step::{StepKind, View, note, subject};
use super::{MilestoneState, Stage, Task, Work};
use crate::State;
use crate::decide::{Context, Draft};
use crate::entry::Entry;
use crate::event::Event;
use crate::transfer::{VoidReason, refund_draft};

/// Data of `task.revoked`. The entry's subject is the task.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Revoked {}

/// Data of `task.expired`. The entry's subject is the task.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Expired {}

impl View<'_> {
    pub(super) fn revoke(
        &self,
        state: &State,
        of: EnvelopeId,
        ctx: &mut Context<'_>,
        out: &mut Vec<Draft>,
    ) -> Result<(), Rejection> {
        self.only_payer()?;
        self.follows(StepKind::Delegation)?;
        if of != self.parent {
            return Err(Rejection::new(Code::ParentMismatch, "payload.of: not the parent"));
        }
        self.in_escrow()?;
        // What was claimed is owed an answer: it is paid or refused by name, never swept away.
        if self.task.milestones.contains(&MilestoneState::Claimed) {
            return Err(Code::ClaimOpen.into());
        }
        let event = Event::TaskRevoked(Revoked {});
        out.push(Draft::new(ctx.entry_id(), Vis::Parties, event).about(self.id));
        self.task.refund(state, ctx, VoidReason::Revoked, out)
    }
}

impl Task {
    /// Sends back whatever is set aside still.
    fn refund(
        &self,
        state: &State,
        ctx: &mut Context<'_>,
        reason: VoidReason,
        out: &mut Vec<Draft>,
    ) -> Result<(), Rejection> {
        let hold = self.hold.ok_or(Code::EscrowSpent)?;
        let left = state.held.get(&hold).ok_or(Code::EscrowSpent)?.amount;
        out.push(refund_draft(state, ctx, hold, left, reason)?);
        Ok(())
    }

    pub(crate) fn expire(
        &self,
        state: &State,
        ctx: &mut Context<'_>,
        id: TaskId,
        out: &mut Vec<Draft>,
    ) -> Result<(), Rejection> {
        let event = Event::TaskExpired(Expired {});
        let expired = Draft::new(ctx.entry_id(), Vis::Parties, event).about(id);
        match self.stage {
            Stage::Offered | Stage::Accepted => {
                out.push(expired);
                Ok(())
            }
            Stage::Delegated => {
                out.push(expired);
                self.refund(state, ctx, VoidReason::Expired, out)
            }
            Stage::Rejected | Stage::Settled | Stage::Revoked | Stage::Expired => {
                Err(Rejection::new(Code::TaskState, "the task has ended already"))
            }
        }
    }
}

pub(crate) fn apply_revoked(state: &mut State, entry: &Entry, _: &Revoked) {
    note(state, entry, StepKind::Revocation, 0);
    end(state, entry, subject(entry), Stage::Revoked, Work::Canceled);
}

pub(crate) fn apply_expired(state: &mut State, entry: &Entry, _: &Expired) {
    end(state, entry, subject(entry), Stage::Expired, Work::Failed);
}
