//! How an effect ends: it is finished, or nobody can say what became of it.
//!
//! The node ends what it began itself. What somebody outside carries out is claimed by them, once,
//! and ended by the receipt they post. An end that nobody knows stays open to whoever learns it.

use hansa_types::governance::Clearance;
use hansa_types::{ActionId, AnyId, Code, Digest, Rejection, TaskId, Vis};
use serde::{Deserialize, Serialize};

use super::{Action, Executor, Stage, receipt_of};
use crate::State;
use crate::admit::{Permit, Sphere};
use crate::callback::End;
use crate::clearance::Cleared;
use crate::command::Rules;
use crate::decide::{Context, Draft};
use crate::due::{Due, Leaving};
use crate::entry::Entry;
use crate::event::Event;
use crate::limits::ACTION_REMEMBERED;

/// Take an action to carry it out, once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// Which action.
    pub id: ActionId,
    /// Digest of the call as it arrived, if the taker has seen it.
    pub call: Option<Digest>,
}

/// Say how an effect ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finish {
    /// Which action.
    pub id: ActionId,
    /// How it ended.
    pub outcome: Outcome,
    /// The status that the other side answered with.
    pub status: Option<u16>,
    /// Salted digest of what it answered, which lies in the vault.
    pub result: Option<Digest>,
}

/// Say that nobody can tell how an effect ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Doubt {
    /// Which action.
    pub id: ActionId,
    /// Why.
    pub reason: DoubtReason,
}

/// How an effect ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It was done.
    Done,
    /// The other side declined, and did nothing.
    Refused,
    /// Nothing was sent.
    NotSent,
}

/// Why nobody can tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DoubtReason {
    /// The node stopped between start and end.
    Interrupted,
    /// The other side gave no answer that says.
    NoAnswer,
    /// Nobody posted a receipt in time.
    Expired,
}

/// Data of `effect.claimed`. The entry's subject is the action.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Claimed {
    /// The task it is part of.
    pub task: TaskId,
}

/// Data of `effect.finished`. The entry's id is the receipt, its subject the action.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Finished {
    /// The task it is part of.
    pub task: TaskId,
    /// How it ended.
    pub outcome: Outcome,
    /// The status that the other side answered with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// Salted digest of what it answered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub result: Option<Digest>,
}

/// Data of `effect.outcome_unknown`. The entry's subject is the action.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OutcomeUnknown {
    /// The task it is part of.
    pub task: TaskId,
    /// Why nobody can tell.
    pub reason: DoubtReason,
}

impl Rules for Claim {
    fn sphere(&self, _: &State) -> Result<Sphere, Rejection> {
        Ok(Sphere::Open)
    }

    fn decide(
        &self,
        permit: &Permit<'_>,
        ctx: &mut Context<'_>,
        out: &mut Vec<Draft>,
    ) -> Result<(), Rejection> {
        let action = permit.state().actions.find(self.id)?;
        carries_out(permit, action)?;
        match action.stage {
            Stage::Started => {}
            Stage::Claimed => return Err(Code::ActionClaimed.into()),
            Stage::Done | Stage::Failed | Stage::OutcomeUnknown => {
                return Err(Code::ActionState.into());
            }
        }
        if self.call.is_some_and(|call| call != action.call) {
            return Err(Code::CallMismatch.into());
        }
        let event = Event::EffectClaimed(Claimed { task: action.task });
        out.push(Draft::new(ctx.entry_id(), Vis::Parties, event).about(self.id));
        Ok(())
    }
}

impl Rules for Finish {
    fn sphere(&self, _: &State) -> Result<Sphere, Rejection> {
        Ok(Sphere::Open)
    }

    fn decide(
        &self,
        permit: &Permit<'_>,
        ctx: &mut Context<'_>,
        out: &mut Vec<Draft>,
    ) -> Result<(), Rejection> {
        let state = permit.state();
        let action = state.actions.find(self.id)?;
        match permit.caller().principal {
            None if action.executor.is_service() => {}
            None => return Err(Code::Forbidden.into()),
            // What the node could not find out, somebody whom the owner trusts may say.
            Some(caller)
                if action.executor.is_service() && action.stage == Stage::OutcomeUnknown =>
            {
                if !state.may_for_node(caller, permit.command().action(), ctx.now) {
                    return Err(Code::Forbidden.into());
                }
            }
            Some(_) => carries_out(permit, action)?,
        }
        if action.stage.is_final() {
            return Err(Code::ActionState.into());
        }
        let Finish { id, outcome, status, result } = *self;
        let event = Event::EffectFinished(Finished { task: action.task, outcome, status, result });
        out.push(Draft::new(receipt_of(id), Vis::Parties, event).about(id));
        let task = state.clearance.task(action.task);
        let executing = task.is_some_and(|task| task.clearance == Clearance::Executing);
        if outcome == Outcome::Done && executing {
            Cleared::done(action.task, receipt_of(id).into(), ctx, out);
        }
        Ok(())
    }
}

impl Rules for Doubt {
    fn sphere(&self, _: &State) -> Result<Sphere, Rejection> {
        Ok(Sphere::Machine)
    }

    fn decide(
        &self,
        permit: &Permit<'_>,
        ctx: &mut Context<'_>,
        out: &mut Vec<Draft>,
    ) -> Result<(), Rejection> {
        let action = permit.state().actions.find(self.id)?;
        if !matches!(action.stage, Stage::Started | Stage::Claimed) {
            return Err(Code::ActionState.into());
        }
        let unknown = OutcomeUnknown { task: action.task, reason: self.reason };
        let event = Event::EffectOutcomeUnknown(unknown);
        out.push(Draft::new(ctx.entry_id(), Vis::Parties, event).about(self.id));
        Ok(())
    }
}

/// Only whom the envelope names carries an action out, and only what lies outside of the node. For
/// everybody else there is no such action.
fn carries_out(permit: &Permit<'_>, action: &Action) -> Result<(), Rejection> {
    let caller = permit.caller().principal.and_then(|id| permit.state().principals.find(id));
    match action.executor == Executor::External && caller == Some(action.by) {
        true => Ok(()),
        false => Err(Code::ActionUnknown.into()),
    }
}

pub(crate) fn apply_claimed(state: &mut State, entry: &Entry, _: &Claimed) {
    state.actions.get_mut(subject(entry)).stage = Stage::Claimed;
}

pub(crate) fn apply_finished(state: &mut State, entry: &Entry, finished: &Finished) {
    let stage = match finished.outcome {
        Outcome::Done => Stage::Done,
        Outcome::Refused | Outcome::NotSent => Stage::Failed,
    };
    end(state, entry, stage);
}

pub(crate) fn apply_outcome_unknown(state: &mut State, entry: &Entry, _: &OutcomeUnknown) {
    end(state, entry, Stage::OutcomeUnknown);
}

fn end(state: &mut State, entry: &Entry, stage: Stage) {
    let id = subject(entry);
    let action = state.actions.get_mut(id);
    (action.stage, action.ended_seq) = (stage, Some(entry.seq));
    let due = action.due.take();
    state.note_end(id.into(), End::of_action(stage));
    if let Some(due) = due {
        state.due.remove(&(due, Due::Action(id)));
        state.leaving.insert((entry.ts.after(ACTION_REMEMBERED), Leaving::Action(id)));
    }
}

fn subject(entry: &Entry) -> ActionId {
    match entry.subject {
        Some(AnyId::Action(id)) => id,
        _ => panic!("{} is about an action", entry.event.kind()),
    }
}
