//! Submitting an action: everything it rests on is checked, and then it is done or begun.

use hansa_types::{
    ActionId, Amount, AnyId, ApprovalRequestId, Code, CurrencyCode, DecisionId, Digest, GrantId,
    LiabilityId, PolicyEvaluationId, PrincipalId, Rejection, TaskId, Vis,
};
use serde::{Deserialize, Serialize};

use super::check::{self, Opened};
use super::finish::{Finished, Outcome};
use super::{Action, Call, Executor, Stage, ToolName, receipt_of};
use crate::State;
use crate::admit::{Permit, Sphere};
use crate::callback;
use crate::clearance::Cleared;
use crate::command::{Request, Rules};
use crate::decide::{Context, Draft, decide};
use crate::due::{Due, Leaving};
use crate::entry::Entry;
use crate::event::Event;
use crate::grant::charge;
use crate::limits::{ACTION_LIFE, ACTION_REMEMBERED, ACTIONS_KEPT_MAX};

/// Do something, with what it rests on.
#[derive(Debug, Clone, PartialEq)]
pub struct Submit {
    /// The id it shall have.
    pub id: ActionId,
    /// The task it is part of.
    pub task: TaskId,
    /// The artifacts it names.
    pub references: References,
    /// What is called.
    pub call: Call,
    /// How it is done.
    pub act: Act,
    /// Salted digest of the address at which the caller wants to be told how it ended.
    pub callback: Option<Box<Digest>>,
}

/// The artifacts that an envelope names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct References {
    /// The grant it is done under.
    pub grant: Option<GrantId>,
    /// Who answers for it; the task's own where none is named, as with the next ones.
    pub liability: Option<LiabilityId>,
    /// What the agent decided.
    pub decision: Option<DecisionId>,
    /// The evaluation of policy that was asked for before.
    pub evaluation: Option<PolicyEvaluationId>,
    /// The request for approval that was granted.
    pub approval: Option<ApprovalRequestId>,
}

/// How an act is done.
#[derive(Debug, Clone, PartialEq)]
pub enum Act {
    /// By this node, in the same step: the request as its operation makes it.
    Native(Box<Request>),
    /// By a service that this node calls.
    Service(Executor),
    /// By somebody outside, who posts the receipt.
    External(PrincipalId),
}

impl Act {
    /// The request of a native operation.
    pub fn native(&self) -> Option<&Request> {
        match self {
            Act::Native(request) => Some(request),
            Act::Service(_) | Act::External(_) => None,
        }
    }

    pub(super) fn executor(&self) -> Executor {
        match self {
            Act::Native(_) => Executor::Native,
            Act::Service(executor) => *executor,
            Act::External(_) => Executor::External,
        }
    }
}

/// Data of `effect.started`. The entry's id is the action, its subject the task.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Started {
    /// What is called.
    pub tool: ToolName,
    /// Digest of the call.
    pub call: Digest,
    /// Who carries it out.
    pub executor: Executor,
    /// Who that is, where it is somebody else than the actor.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<PrincipalId>,
    /// The grant it is done under, which is charged for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grant: Option<GrantId>,
    /// The money it moves.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount: Option<Amount>,
    /// Of what.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub currency: Option<CurrencyCode>,
    /// Whom it concerns besides the actor.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub counterparty: Option<PrincipalId>,
}

impl Rules for Submit {
    // Judged lock by lock, for the envelope names what it rests on.
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
        if state.actions.get(self.id).is_some() {
            return Err(Rejection::new(Code::InvalidField, "id: there is such an action already"));
        }
        if state.actions.len() >= ACTIONS_KEPT_MAX {
            return Err(Rejection::new(Code::StateFull, "too many actions"));
        }
        let Opened { grant, cleared } = check::all(permit, self, ctx.now)?;
        let event = Event::EffectStarted(self.started(permit, grant.map(|found| found.id)));
        out.push(Draft::new(self.id, Vis::Parties, event).about(self.task));
        if let Some(cleared) = &cleared {
            cleared.draft(state, self.id.into(), ctx, out);
        }
        if let Act::Native(request) = &self.act {
            decide(&permit.within(request, grant), ctx, out)?;
            let finished =
                Finished { task: self.task, outcome: Outcome::Done, status: None, result: None };
            let event = Event::EffectFinished(finished);
            out.push(Draft::new(receipt_of(self.id), Vis::Parties, event).about(self.id));
            if cleared.is_some() {
                Cleared::done(self.task, receipt_of(self.id).into(), ctx, out);
            }
        }
        let callback = self.callback.as_deref().copied();
        callback::ask(permit, self.id.into(), callback, ctx, out)
    }
}

impl Submit {
    fn started(&self, permit: &Permit<'_>, grant: Option<GrantId>) -> Started {
        let by = match self.act {
            Act::External(by) if permit.caller().principal != Some(by) => Some(by),
            _ => None,
        };
        Started {
            tool: self.call.tool.clone(),
            call: self.call.digest,
            executor: self.act.executor(),
            by,
            grant,
            amount: self.call.money.map(|money| money.amount),
            currency: self.call.money.map(|money| money.currency),
            counterparty: self.call.counterparty,
        }
    }
}

pub(crate) fn apply_started(state: &mut State, entry: &Entry, started: &Started) {
    let (AnyId::Action(id), Some(AnyId::Task(task))) = (entry.id, entry.subject) else {
        panic!("effect.started names the action and its task");
    };
    let Some(actor) = entry.actor else { panic!("somebody asked for an action") };
    let caller = state.handle(actor);
    let by = started.by.map_or(caller, |by| state.handle(by));
    let due = (started.executor != Executor::Native).then(|| entry.ts.after(ACTION_LIFE));
    let action = Action {
        task,
        caller,
        tool: started.tool.as_str().to_owned(),
        call: started.call,
        executor: started.executor,
        by,
        grant: started.grant,
        stage: Stage::Started,
        started_seq: entry.seq,
        started: entry.ts,
        ended_seq: None,
        due,
    };
    state.actions.insert(id, action);
    match due {
        Some(due) => _ = state.due.insert((due, Due::Action(id))),
        None => {
            state.leaving.insert((entry.ts.after(ACTION_REMEMBERED), Leaving::Action(id)));
        }
    }
    // A native operation charges by its own entries.
    if started.executor != Executor::Native {
        charge(state, started.grant, started.amount.unwrap_or_default());
    }
}
