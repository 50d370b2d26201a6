//! From an offer to an agreement, and from the agreement to money in escrow.

use hansa_types::{Amount, AnyId, Code, Label, Rejection, TaskId, TransferId, Vis};
use serde::{Deserialize, Serialize};

use super::reputation::{ReputationKey, Side};
use super::step::{Step, StepKind, View, actor, note, subject};
use super::terms::{Terms, TermsLine};
use super::{MilestoneState, Stage, Task, Work};
use crate::State;
use crate::admit::Permit;
use crate::decide::{Context, Draft};
use crate::due::{Due, Leaving};
use crate::entry::Entry;
use crate::event::Event;
use crate::limits::{
    HOLD_LIFE_DEFAULT, OFFER_LIFE, REPUTATIONS_MAX, TASK_REMEMBERED, TASK_STEPS_MAX, TASKS_MAX,
};
use crate::principal::Handle;
use crate::transfer::{Payment, Pending, check_room};

/// Data of `task.offered`. The entry's id is the task, its actor the payer, its subject the agent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Offered {
    /// The proposed terms.
    #[serde(with = "TermsLine")]
    pub terms: Terms,
    /// What kind of work, by the label of its name.
    pub skill: Label,
}

/// Data of `task.countered`. The entry's subject is the task.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Countered {
    /// The proposed terms.
    #[serde(with = "TermsLine")]
    pub terms: Terms,
}

/// Data of `task.accepted`. The entry's subject is the task.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Accepted {}

/// Data of `task.rejected`. The entry's subject is the task.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rejected {}

/// Data of `task.delegated`. The entry's subject is the task.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Delegated {
    /// The pending transfer that holds the price.
    pub hold: TransferId,
}

impl Step {
    pub(super) fn decide_offer(
        &self,
        permit: &Permit<'_>,
        ctx: &mut Context<'_>,
        terms: &Terms,
        skill: Label,
        out: &mut Vec<Draft>,
    ) -> Result<(), Rejection> {
        let state = permit.state();
        if self.parent.is_some() {
            return Err(Rejection::new(
                Code::ParentMismatch,
                "an offer opens a task; leave parent out",
            ));
        }
        let agent = state.principals.find(self.to).ok_or(Code::PrincipalUnknown)?;
        if permit.caller().principal == Some(self.to) {
            return Err(Code::SameAccount.into());
        }
        if !state.principals.status(agent).active {
            return Err(Rejection::new(Code::PrincipalSuspended, "the agent is suspended"));
        }
        if state.tasks.len() >= TASKS_MAX {
            return Err(Rejection::new(Code::StateFull, "too many tasks"));
        }
        self.check_reputations(permit, agent, skill)?;
        state.ledger.currency(terms.currency)?;
        terms.check(ctx.now)?;
        let offered = Offered { terms: terms.clone(), skill };
        let id = TaskId::new(ctx.now.0, ctx.entropy());
        out.push(Draft::new(id, Vis::Parties, Event::TaskOffered(offered)).about(self.to));
        Ok(())
    }

    /// Refuses work that would make one reputation too many, on either side.
    fn check_reputations(
        &self,
        permit: &Permit<'_>,
        agent: Handle,
        skill: Label,
    ) -> Result<(), Rejection> {
        let state = permit.state();
        if state.reputations.len() + 2 <= REPUTATIONS_MAX {
            return Ok(());
        }
        let payer = state.principal(permit.caller().principal.ok_or(Code::NotAParty)?)?;
        let sides = [(agent, Side::Agent), (payer, Side::Payer)];
        let known = sides.map(|(principal, side)| ReputationKey { principal, skill, side });
        match known.iter().all(|key| state.reputations.contains_key(key)) {
            true => Ok(()),
            false => Err(Rejection::new(Code::StateFull, "too many reputations")),
        }
    }
}

impl View<'_> {
    /// Answers come from the other side, to the last step, while terms are on the table.
    fn answers_offer(&self) -> Result<(), Rejection> {
        if self.task.stage != Stage::Offered {
            return Err(Code::TaskState.into());
        }
        if self.parent != self.task.last {
            return Err(Code::ParentMismatch.into());
        }
        let last_by_payer = self.task.last_by == self.task.payer;
        match last_by_payer == self.by_payer {
            true => Err(Code::NotYourTurn.into()),
            false => Ok(()),
        }
    }

    pub(super) fn counter(
        &self,
        terms: &Terms,
        ctx: &mut Context<'_>,
        out: &mut Vec<Draft>,
    ) -> Result<(), Rejection> {
        self.answers_offer()?;
        if self.task.steps.len() >= usize::from(TASK_STEPS_MAX) {
            return Err(Rejection::new(Code::StateFull, "a negotiation has at most 256 steps"));
        }
        terms.check(ctx.now)?;
        if terms.currency != self.task.terms.currency {
            return Err(Rejection::new(
                Code::TermsInvalid,
                "terms.currency: make a new offer instead",
            ));
        }
        let event = Event::TaskCountered(Countered { terms: terms.clone() });
        out.push(Draft::new(ctx.entry_id(), Vis::Parties, event).about(self.id));
        Ok(())
    }

    pub(super) fn accept(
        &self,
        terms: Option<&Terms>,
        ctx: &mut Context<'_>,
        out: &mut Vec<Draft>,
    ) -> Result<(), Rejection> {
        self.answers_offer()?;
        if terms.is_some_and(|terms| !self.task.terms.agrees_with(terms)) {
            return Err(Code::TermsMismatch.into());
        }
        if self.task.terms.deadline.is_some_and(|at| at <= ctx.now) {
            return Err(Code::DeadlinePassed.into());
        }
        let event = Event::TaskAccepted(Accepted {});
        out.push(Draft::new(ctx.entry_id(), Vis::Parties, event).about(self.id));
        Ok(())
    }

    pub(super) fn reject(
        &self,
        ctx: &mut Context<'_>,
        out: &mut Vec<Draft>,
    ) -> Result<(), Rejection> {
        self.answers_offer()?;
        let event = Event::TaskRejected(Rejected {});
        out.push(Draft::new(ctx.entry_id(), Vis::Parties, event).about(self.id));
        Ok(())
    }

    pub(super) fn delegate(
        &self,
        state: &State,
        terms: &Terms,
        budget_max: Option<Amount>,
        ctx: &mut Context<'_>,
        out: &mut Vec<Draft>,
    ) -> Result<(), Rejection> {
        self.only_payer()?;
        if self.task.stage != Stage::Accepted {
            return Err(Code::TaskState.into());
        }
        if self.parent != self.task.last {
            return Err(Code::ParentMismatch.into());
        }
        if state.principals.status(self.task.payer).frozen {
            return Err(Code::PrincipalFrozen.into());
        }
        let agreed = &self.task.terms;
        if !agreed.agrees_with(terms) {
            return Err(Code::TermsMismatch.into());
        }
        if budget_max.is_some_and(|most| agreed.amount > most) {
            return Err(Code::BudgetExceeded.into());
        }
        if agreed.deadline.is_some_and(|at| at <= ctx.now) {
            return Err(Code::DeadlinePassed.into());
        }
        let (payer, agent) = (self.task.payer, self.task.agent);
        let (payer, agent) = (state.principals.get(payer).id, state.principals.get(agent).id);
        let Terms { currency, amount, .. } = *agreed;
        let fee = Payment { from: payer, to: agent, currency, amount }.check(state)?;
        check_room(state)?;
        let hold = TransferId::new(ctx.now.0, ctx.entropy());
        let event = Event::TaskDelegated(Delegated { hold });
        out.push(Draft::new(ctx.entry_id(), Vis::Parties, event).about(self.id));
        let pending = Pending {
            from: None,
            amount,
            currency,
            fee,
            expires: agreed.deadline.unwrap_or_else(|| ctx.now.after(HOLD_LIFE_DEFAULT)),
            task: Some(self.id),
            grant: None,
        };
        out.push(Draft::new(hold, Vis::Parties, Event::TransferPending(pending)).about(agent));
        Ok(())
    }
}

impl Terms {
    /// Whether a repetition says the same; one that leaves the deadline or the service level out
    /// says nothing about them.
    fn agrees_with(&self, other: &Terms) -> bool {
        self.currency == other.currency
            && self.amount == other.amount
            && self.rail == other.rail
            && self.milestones == other.milestones
            && other.deadline.is_none_or(|deadline| Some(deadline) == self.deadline)
            && other.sla.is_none_or(|sla| Some(sla) == self.sla)
    }
}

pub(crate) fn apply_offered(state: &mut State, entry: &Entry, offered: &Offered) {
    let (AnyId::Task(id), Some(AnyId::Principal(agent))) = (entry.id, entry.subject) else {
        panic!("task.offered names the task and its agent");
    };
    let payer = actor(state, entry);
    let proof = entry.auth.proof().unwrap_or_else(|| panic!("a task begins with an envelope"));
    let due = entry.ts.after(OFFER_LIFE);
    let task = Task {
        payer,
        agent: state.handle(agent),
        skill: offered.skill,
        terms: offered.terms.clone(),
        stage: Stage::Offered,
        work: Work::Submitted,
        milestones: vec![MilestoneState::Open; offered.terms.parts()],
        last: proof.id,
        last_by: payer,
        delegation: None,
        hold: None,
        due,
        rated_by_payer: false,
        rated_by_agent: false,
        steps: Vec::new(),
    };
    state.tasks.insert(id, task);
    state.due.insert((due, Due::Task(id)));
    note_negotiation(state, entry, id);
}

/// Remembers the step as the last one of the negotiation.
fn note_negotiation(state: &mut State, entry: &Entry, id: TaskId) {
    let by = actor(state, entry);
    let proof = entry.auth.proof().unwrap_or_else(|| panic!("a step is an envelope"));
    let step = super::StepRef {
        task: id,
        kind: StepKind::Negotiation,
        milestone: 0,
        seq: entry.seq,
        fingerprint: crate::envelope::fingerprint(&proof.signature),
    };
    state.tasks.note_step(proof.id, step);
    let task = state.tasks.get_mut(id);
    (task.last, task.last_by) = (proof.id, by);
}

pub(crate) fn apply_countered(state: &mut State, entry: &Entry, countered: &Countered) {
    let id = subject(entry);
    note_negotiation(state, entry, id);
    let task = state.tasks.get_mut(id);
    task.milestones = vec![MilestoneState::Open; countered.terms.parts()];
    task.terms = countered.terms.clone();
}

pub(crate) fn apply_accepted(state: &mut State, entry: &Entry, _: &Accepted) {
    let id = subject(entry);
    note_negotiation(state, entry, id);
    state.tasks.get_mut(id).stage = Stage::Accepted;
}

pub(crate) fn apply_rejected(state: &mut State, entry: &Entry, _: &Rejected) {
    let id = subject(entry);
    note_negotiation(state, entry, id);
    end(state, entry, id, Stage::Rejected, Work::Rejected);
}

pub(crate) fn apply_delegated(state: &mut State, entry: &Entry, delegated: &Delegated) {
    let id = subject(entry);
    note(state, entry, StepKind::Delegation, 0);
    let delegation = entry.auth.proof().map(|proof| proof.id);
    let task = state.tasks.get_mut(id);
    let due = task.terms.deadline.unwrap_or_else(|| entry.ts.after(HOLD_LIFE_DEFAULT));
    let before = std::mem::replace(&mut task.due, due);
    (task.stage, task.work) = (Stage::Delegated, Work::Working);
    (task.delegation, task.hold) = (delegation, Some(delegated.hold));
    state.due.remove(&(before, Due::Task(id)));
    state.due.insert((due, Due::Task(id)));
}

/// Ends a task: nothing comes due any more, and it leaves the state in thirty days.
pub(super) fn end(state: &mut State, entry: &Entry, id: TaskId, stage: Stage, work: Work) {
    let task = state.tasks.get_mut(id);
    (task.stage, task.work) = (stage, work);
    let due = task.due;
    state.due.remove(&(due, Due::Task(id)));
    state.leaving.insert((entry.ts.after(TASK_REMEMBERED), Leaving::Task(id)));
}
