//! What comes due by itself, and what leaves the state when its time is over.
//!
//! A thing that comes due is a command like any other and makes an entry. A thing that leaves has
//! no effect that anybody could notice, so it goes silently, a few per applied entry.

use hansa_types::{
    ActionId, ApiKeyId, ApprovalRequestId, BootstrapId, Code, Digest, FundingId, GrantId, InviteId,
    PolicyEvaluationId, PolicySetId, Rejection, SessionId, TaskId, Time, TransferId,
};
use serde::{Deserialize, Serialize};

use crate::State;
use crate::account::forget_session;
use crate::action::{Doubt, DoubtReason};
use crate::admit::{Permit, Sphere};
use crate::clearance;
use crate::command::Rules;
use crate::decide::{Context, Draft};
use crate::did::forget_pin;
use crate::grant;
use crate::limits::LEAVING_PER_ENTRY_MAX;
use crate::onboard;
use crate::org::forget_invite;
use crate::principal::forget_api_key;
use crate::transfer::{VoidReason, own_pending, refund_draft};

/// Something whose time has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Due {
    /// A pending transfer goes back.
    Hold(TransferId),
    /// A task's deadline, or the end of an offer nobody took.
    Task(TaskId),
    /// The end of a request for approval; before that of its task, which it denies.
    Approval(ApprovalRequestId),
    /// Half of its time is over.
    Reminder(ApprovalRequestId),
    /// The end of a declared task.
    Declared(TaskId),
    /// An effect that nobody ended.
    Action(ActionId),
}

/// Something that nothing in the future can ask for any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Leaving {
    /// A grant: when it expires it stays for a while to say so.
    Grant(GrantId),
    /// A task that ended long ago.
    Task(TaskId),
    /// An expired API key.
    ApiKey(ApiKeyId),
    /// A bootstrap token whose time is over.
    Bootstrap(BootstrapId),
    /// A funding request that was decided long ago.
    Funding(FundingId),
    /// An expired session.
    Session(SessionId),
    /// A policy set that was revoked long ago.
    PolicySet(PolicySetId),
    /// An evaluation that nothing refers to any more.
    PolicyEvaluation(PolicyEvaluationId),
    /// A declared task that ended long ago.
    Declared(TaskId),
    /// A foreign DID that nobody asked for in a long time.
    DidSeen(Digest),
    /// An expired invitation.
    Invite(InviteId),
    /// An action that ended long ago.
    Action(ActionId),
}

impl State {
    /// The first thing that is due at a moment.
    pub fn next_due(&self, now: Time) -> Option<Due> {
        self.due.first().filter(|(at, _)| *at <= now).map(|&(_, due)| due)
    }

    /// When the next thing comes due.
    pub fn next_due_at(&self) -> Option<Time> {
        self.due.first().map(|&(at, _)| at)
    }

    /// Lets go of what is over at the time of the entry just applied.
    pub(crate) fn let_go(&mut self, now: Time) {
        for _ in 0..LEAVING_PER_ENTRY_MAX {
            match self.leaving.first() {
                Some(&(at, leaving)) if at <= now => {
                    self.leaving.remove(&(at, leaving));
                    self.leave(leaving, at);
                }
                _ => break,
            }
        }
        self.idempotency.let_go(now);
        self.operation_envelopes.let_go(now);
    }

    fn leave(&mut self, leaving: Leaving, at: Time) {
        match leaving {
            Leaving::Grant(id) => grant::leave(self, id, at),
            Leaving::Task(id) => {
                self.tasks.remove(id);
                self.clearance.forget_contract(id);
            }
            Leaving::Declared(id) => self.clearance.forget_task(id),
            Leaving::ApiKey(id) => forget_api_key(self, id),
            Leaving::Bootstrap(id) => onboard::forget(self, id),
            Leaving::Funding(id) => self.fundings.forget(id),
            Leaving::Session(id) => forget_session(self, id),
            Leaving::PolicySet(id) => self.policies.forget_set(id),
            Leaving::PolicyEvaluation(id) => self.policies.forget_evaluation(id),
            Leaving::DidSeen(name) => forget_pin(self, &name),
            Leaving::Invite(id) => forget_invite(self, id),
            Leaving::Action(id) => self.actions.forget(id),
        }
    }
}

impl Rules for Due {
    fn sphere(&self, _: &State) -> Result<Sphere, Rejection> {
        Ok(Sphere::Machine)
    }

    fn decide(
        &self,
        permit: &Permit<'_>,
        ctx: &mut Context<'_>,
        out: &mut Vec<Draft>,
    ) -> Result<(), Rejection> {
        let state = permit.state();
        match *self {
            Due::Hold(id) => {
                let held = own_pending(state, id)?;
                refuse_early(held.expires, ctx.now)?;
                out.push(refund_draft(state, ctx, id, held.amount, VoidReason::Expired)?);
                Ok(())
            }
            Due::Task(id) => {
                let task = state.tasks.get(id).ok_or(Code::TaskState)?;
                refuse_early(task.due, ctx.now)?;
                task.expire(state, ctx, id, out)
            }
            Due::Declared(id) => clearance::expire_task(state, id, ctx, out),
            Due::Approval(id) => clearance::expire_approval(state, id, ctx, out),
            Due::Reminder(id) => clearance::remind_approvers(state, id, ctx, out),
            Due::Action(id) => {
                let due = state.actions.find(id)?.due.ok_or(Code::ActionState)?;
                refuse_early(due, ctx.now)?;
                Doubt { id, reason: DoubtReason::Expired }.decide(permit, ctx, out)
            }
        }
    }
}

fn refuse_early(due: Time, now: Time) -> Result<(), Rejection> {
    match due <= now {
        true => Ok(()),
        false => Err(Rejection::new(Code::TaskState, "its time has not come")),
    }
}
