//! Evaluations that are answered later.
//!
//! Whoever was told an id hears what became of it, whatever happens to the node in between: that it was
//! asked is durable before it is answered, and one that a run of the node leaves unanswered is ended by
//! the next. No answer is no leave, as ever.

use hansa_types::{
    AnyId, Code, Digest, PolicyEvaluationId, PrincipalId, Rejection, TaskId, Time, Vis,
};
use serde::{Deserialize, Serialize};

use super::Policies;
use crate::State;
use crate::admit::{Permit, Sphere};
use crate::callback::{self, End};
use crate::command::Rules;
use crate::decide::{Context, Draft};
use crate::due::Leaving;
use crate::entry::Entry;
use crate::event::Event;
use crate::limits::{
    POLICY_ASKED_MAX, POLICY_ASKED_PER_PRINCIPAL_MAX, POLICY_UNANSWERED_REMEMBERED,
};
use crate::principal::Handle;

/// Ask for an evaluation that is answered later.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ask {
    /// The id it shall have.
    pub id: PolicyEvaluationId,
    /// The task that it is about.
    pub task: Option<TaskId>,
    /// Salted digest of the address at which who asks wants to be told that it is there.
    pub callback: Option<Digest>,
}

/// Say that an evaluation is not answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Leave {
    /// Which.
    pub id: PolicyEvaluationId,
    /// Why not.
    pub code: Code,
}

/// Data of `policy.asked`. The entry's id is the evaluation, its subject the task.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Asked {}

/// Data of `policy.unanswered`. The entry's subject is the evaluation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Unanswered {
    /// Why, as the registry of refusals spells it.
    pub refusal: String,
}

/// What the state keeps of an evaluation without an answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Awaited {
    /// Who asked.
    pub by: Handle,
    /// The task that it is about.
    pub task: Option<TaskId>,
    /// When.
    pub at: Time,
    /// The entry that holds it.
    pub seq: u64,
    /// When and why it will have none.
    pub ended: Option<(Time, Box<str>)>,
}

impl Policies {
    /// An evaluation without an answer.
    pub fn awaited(&self, id: PolicyEvaluationId) -> Option<&Awaited> {
        self.awaited.get(&id)
    }

    /// The evaluations that are still to be answered.
    pub fn unanswered(&self) -> impl Iterator<Item = (PolicyEvaluationId, &Awaited)> {
        let open = self.awaited.iter().filter(|(_, awaited)| awaited.ended.is_none());
        open.map(|(id, awaited)| (*id, awaited))
    }
}

impl State {
    /// The principal that waits for an evaluation, by whom the node answers it.
    pub(super) fn asker(&self, id: PolicyEvaluationId) -> Option<PrincipalId> {
        let awaited = self.policies.awaited(id).filter(|awaited| awaited.ended.is_none())?;
        Some(self.principals.get(awaited.by).id)
    }
}

impl Rules for Ask {
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
        let by = state.principal(permit.caller().principal.ok_or(Code::Forbidden)?)?;
        if state.policies.evaluation(self.id).is_some() || state.policies.awaited(self.id).is_some()
        {
            let detail = "id: there is such an evaluation already";
            return Err(Rejection::new(Code::InvalidField, detail));
        }
        let mine = state.policies.unanswered().filter(|(_, awaited)| awaited.by == by).count();
        if mine >= POLICY_ASKED_PER_PRINCIPAL_MAX
            || state.policies.awaited.len() >= POLICY_ASKED_MAX
        {
            let detail =
                "too many evaluations wait for their answer; ask without waiting for later";
            return Err(Rejection::new(Code::StateFull, detail));
        }
        let draft = Draft::new(self.id, Vis::Parties, Event::PolicyAsked(Asked {}));
        out.push(match self.task {
            Some(task) if state.clearance.task(task).is_some() && !state.takes_part(task, by) => {
                return Err(Code::NotFound.into());
            }
            Some(task) => {
                state.task_facts(task).ok_or(Code::NotFound)?;
                draft.about(task)
            }
            None => draft,
        });
        callback::ask(permit, self.id.into(), self.callback, ctx, out)
    }
}

impl Rules for Leave {
    fn sphere(&self, _: &State) -> Result<Sphere, Rejection> {
        Ok(Sphere::Machine)
    }

    fn decide(
        &self,
        permit: &Permit<'_>,
        ctx: &mut Context<'_>,
        out: &mut Vec<Draft>,
    ) -> Result<(), Rejection> {
        if permit.caller().principal.is_some() {
            return Err(Code::Forbidden.into());
        }
        permit.state().asker(self.id).ok_or(Code::NotFound)?;
        let refusal = self.code.as_str().to_owned();
        let event = Event::PolicyUnanswered(Unanswered { refusal });
        out.push(Draft::new(ctx.entry_id(), Vis::Parties, event).about(self.id));
        Ok(())
    }
}

pub(crate) fn apply_asked(state: &mut State, entry: &Entry, _: &Asked) {
    let (AnyId::PolicyEvaluation(id), Some(actor)) = (entry.id, entry.actor) else {
        panic!("policy.asked carries the evaluation as its id, and somebody asked");
    };
    let task = match entry.subject {
        Some(AnyId::Task(task)) => Some(task),
        _ => None,
    };
    let by = state.handle(actor);
    let awaited = Awaited { by, task, at: entry.ts, seq: entry.seq, ended: None };
    state.policies.awaited.insert(id, awaited);
}

pub(crate) fn apply_unanswered(state: &mut State, entry: &Entry, unanswered: &Unanswered) {
    let Some(AnyId::PolicyEvaluation(id)) = entry.subject else {
        panic!("policy.unanswered names the evaluation");
    };
    if let Some(awaited) = state.policies.awaited.get_mut(&id) {
        awaited.ended = Some((entry.ts, unanswered.refusal.as_str().into()));
    }
    state.note_end(id.into(), Some(End::Failed));
    let leaves = entry.ts.after(POLICY_UNANSWERED_REMEMBERED);
    state.leaving.insert((leaves, Leaving::PolicyEvaluation(id)));
}

/// Ends the waiting for an evaluation that is there now; who asked for it.
pub(super) fn answered(state: &mut State, id: PolicyEvaluationId) -> Option<Handle> {
    let awaited = state.policies.awaited.remove(&id)?;
    state.note_end(id.into(), Some(End::Evaluated));
    Some(awaited.by)
}
