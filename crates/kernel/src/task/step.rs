//! One step of a task: an envelope whose verb is negotiate, delegate, execute, settle, attest or
//! revoke.

use hansa_types::{Amount, AnyId, Code, Digest, EnvelopeId, Label, PrincipalId, Rejection, TaskId};
use serde::{Deserialize, Serialize};

use super::attest::Verdict;
use super::terms::Terms;
use super::{Stage, Task};
use crate::State;
use crate::admit::{Permit, Sphere};
use crate::command::Rules;
use crate::decide::{Context, Draft};
use crate::entry::Entry;
use crate::envelope::fingerprint;
use crate::principal::Handle;

/// Take a step of a task. Who takes it is the caller, whose envelope's proof names the step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// The envelope it follows.
    pub parent: Option<EnvelopeId>,
    /// Whom it is addressed to.
    pub to: PrincipalId,
    /// What it does.
    pub act: Act,
}

/// What a step does. Names of skills and milestones are labels here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Act {
    /// Open a negotiation as the payer.
    Offer {
        /// The proposed terms.
        terms: Terms,
        /// What kind of work.
        skill: Label,
    },
    /// Answer with other terms.
    Counter {
        /// The proposed terms.
        terms: Terms,
    },
    /// Agree to the last terms.
    Accept {
        /// The terms agreed to, when the envelope repeats them.
        terms: Option<Terms>,
    },
    /// Decline.
    Reject,
    /// Put the money in escrow.
    Delegate {
        /// The accepted terms.
        terms: Terms,
        /// The most that the payer's own policy allows.
        budget_max: Option<Amount>,
    },
    /// Say that a milestone is done.
    Execute {
        /// Which milestone.
        milestone: Option<Label>,
        /// Digest of what was made.
        output: Digest,
    },
    /// Claim a milestone's share.
    Settle {
        /// Which milestone; that of the parent if unsaid.
        milestone: Option<Label>,
        /// Digest of the result.
        result: Digest,
    },
    /// Judge a claim, rate the other side, or both.
    Attest {
        /// The claim.
        of: EnvelopeId,
        /// Whether it is accepted.
        verdict: Option<Verdict>,
        /// How well it was done, in thousandths.
        score: Option<u16>,
        /// 1 to 5.
        rating: Option<u8>,
    },
    /// Take the task back.
    Revoke {
        /// The delegation.
        of: EnvelopeId,
    },
}

/// What kind of step an envelope was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum StepKind {
    /// An offer, counter-offer, acceptance or rejection.
    Negotiation,
    /// The delegation.
    Delegation,
    /// The execution of a milestone.
    Execution,
    /// The claim of a milestone.
    Claim,
    /// A judgement or rating.
    Attestation,
    /// The revocation.
    Revocation,
}

/// Where an envelope belongs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct StepRef {
    /// Its task.
    pub task: TaskId,
    /// What kind of step it was.
    pub kind: StepKind,
    /// The milestone it is about, for executions and claims.
    pub milestone: u8,
    /// Its first entry.
    pub seq: u64,
    /// Tells the same envelope from another of the same id.
    pub(crate) fingerprint: u64,
}

/// A task as one of its parties sees it.
pub(super) struct View<'a> {
    pub(super) id: TaskId,
    pub(super) task: &'a Task,
    pub(super) parent: EnvelopeId,
    pub(super) step: &'a StepRef,
    pub(super) by_payer: bool,
}

impl Rules for Step {
    fn sphere(&self, _: &State) -> Result<Sphere, Rejection> {
        Ok(Sphere::Open)
    }

    fn decide(
        &self,
        permit: &Permit<'_>,
        ctx: &mut Context<'_>,
        out: &mut Vec<Draft>,
    ) -> Result<(), Rejection> {
        if permit.caller().auth.proof().is_none() {
            return Err(Rejection::new(Code::Forbidden, "a task grows by signed envelopes alone"));
        }
        if let Act::Offer { terms, skill } = &self.act {
            return self.decide_offer(permit, ctx, terms, *skill, out);
        }
        let view = self.view(permit)?;
        match &self.act {
            Act::Offer { .. } => Ok(()),
            Act::Counter { terms } => view.counter(terms, ctx, out),
            Act::Accept { terms } => view.accept(terms.as_ref(), ctx, out),
            Act::Reject => view.reject(ctx, out),
            Act::Delegate { terms, budget_max } => {
                view.delegate(permit.state(), terms, *budget_max, ctx, out)
            }
            Act::Execute { milestone, output } => view.execute(*milestone, *output, ctx, out),
            Act::Settle { milestone, result } => view.claim(*milestone, *result, ctx, out),
            Act::Attest { of, verdict, score, rating } => {
                let judgement = super::attest::Judgement {
                    of: *of,
                    verdict: *verdict,
                    score: *score,
                    rating: *rating,
                };
                view.attest(permit, &judgement, ctx, out)
            }
            Act::Revoke { of } => view.revoke(permit.state(), *of, ctx, out),
        }
    }
}

impl Step {
    /// The task of the parent, if the caller is a party and addresses the other one.
    fn view<'a>(&self, permit: &Permit<'a>) -> Result<View<'a>, Rejection> {
        let state = permit.state();
        let parent = self.parent.ok_or(Code::ParentRequired)?;
        let step = state.tasks.step(parent).ok_or(Code::ParentUnknown)?;
        let task = state.tasks.get(step.task).ok_or(Code::ParentUnknown)?;
        let caller = permit.caller().principal.ok_or(Code::NotAParty)?;
        let caller = state.principal(caller)?;
        if caller != task.payer && caller != task.agent {
            return Err(Code::NotAParty.into());
        }
        let by_payer = caller == task.payer;
        let other = if by_payer { task.agent } else { task.payer };
        if state.principals.get(other).id != self.to {
            return Err(Code::RecipientMismatch.into());
        }
        state.clearance.refuse_held(step.task)?;
        Ok(View { id: step.task, task, parent, step, by_payer })
    }
}

impl View<'_> {
    pub(super) fn only_payer(&self) -> Result<(), Rejection> {
        match self.by_payer {
            true => Ok(()),
            false => Err(Rejection::new(Code::NotAParty, "only the payer takes this step")),
        }
    }

    pub(super) fn only_agent(&self) -> Result<(), Rejection> {
        match self.by_payer {
            false => Ok(()),
            true => Err(Rejection::new(Code::NotAParty, "only the agent takes this step")),
        }
    }

    pub(super) fn follows(&self, kind: StepKind) -> Result<(), Rejection> {
        match self.step.kind == kind {
            true => Ok(()),
            false => Err(Code::ParentMismatch.into()),
        }
    }

    /// Refuses a step on money that is spent, or on a task that has none yet.
    pub(super) fn in_escrow(&self) -> Result<(), Rejection> {
        match self.task.stage {
            Stage::Delegated => Ok(()),
            Stage::Settled | Stage::Revoked | Stage::Expired => Err(Code::EscrowSpent.into()),
            Stage::Offered | Stage::Accepted | Stage::Rejected => Err(Code::TaskState.into()),
        }
    }
}

/// The task that an entry is about.
pub(super) fn subject(entry: &Entry) -> TaskId {
    match (entry.id, entry.subject) {
        (_, Some(AnyId::Task(id))) | (AnyId::Task(id), _) => id,
        _ => panic!("{} names its task", entry.event.kind()),
    }
}

/// Remembers the entry's envelope as a step of its task.
pub(super) fn note(state: &mut State, entry: &Entry, kind: StepKind, milestone: u8) {
    let Some(proof) = entry.auth.proof() else { return };
    let step = StepRef {
        task: subject(entry),
        kind,
        milestone,
        seq: entry.seq,
        fingerprint: fingerprint(&proof.signature),
    };
    state.tasks.note_step(proof.id, step);
}

/// The principal that did what the entry says.
pub(super) fn actor(state: &State, entry: &Entry) -> Handle {
    let actor = entry.actor.unwrap_or_else(|| panic!("{} has an actor", entry.event.kind()));
    state.handle(actor)
}
