//! Escalations: a concern stops a task until somebody without a part in it has looked.
//!
//! Whoever takes part may raise one, and the node does itself when a rule is broken. While one is
//! open the task stands still. A compliance monitor resolves it; neither who acts, nor who
//! instructs, nor who raised it, nor the node's owner, nor anybody under the control of one of them
//! does, and no monitor who was appointed after it was raised. The record stays, whatever came of it.

use hansa_types::governance::{Clearance, Concern, GovernanceRole, HoldKind, Resolution};
use hansa_types::{AnyId, Code, Digest, EscalationId, Rejection, TaskId, Time, Vis};
use serde::{Deserialize, Serialize};

use super::declare::{move_to, subject};
use crate::State;
use crate::admit::{Permit, Sphere};
use crate::command::Rules;
use crate::decide::{Context, Draft};
use crate::due::Due;
use crate::entry::Entry;
use crate::event::Event;
use crate::limits::ESCALATIONS_PER_TASK_MAX;
use crate::principal::{Handle, Kind};

/// Raise a concern about a task.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Raise {
    /// The id it shall have.
    pub id: EscalationId,
    /// About which task.
    pub task: TaskId,
    /// What it is about.
    pub concern: Concern,
    /// What shall happen to the task.
    pub action: HoldKind,
    /// Salted digest of what was seen.
    pub document: Option<Digest>,
}

/// Resolve an escalation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Resolve {
    /// Which.
    pub id: EscalationId,
    /// What came of it.
    pub resolution: Resolution,
    /// Salted digest of the reasons.
    pub document: Option<Digest>,
}

/// Data of `escalation.raised`. The entry's id is the escalation, its subject the task.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Raised {
    /// What it is about.
    pub concern: Concern,
    /// What happens to the task.
    pub action: HoldKind,
    /// Whether the node raised it itself.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub by_node: bool,
    /// Salted digest of what was seen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub document: Option<Digest>,
}

/// Data of `escalation.resolved`. The entry's id is the escalation, its subject the task.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Resolved {
    /// What came of it.
    pub resolution: Resolution,
    /// Salted digest of the reasons.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub document: Option<Digest>,
}

/// What the state keeps of an escalation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Escalation {
    /// About which task.
    pub task: TaskId,
    /// Who raised it; nobody when the node did.
    pub raiser: Option<Handle>,
    /// What it is about.
    pub concern: Concern,
    /// What happens to the task.
    pub action: HoldKind,
    /// When.
    pub raised: Time,
    /// The entry that raised it.
    pub raised_seq: u64,
    /// What came of it, when, by whom, and the entry that says so.
    pub resolved: Option<(Resolution, Time, Handle, u64)>,
}

impl Rules for Raise {
    fn sphere(&self, _: &State) -> Result<Sphere, Rejection> {
        // Offices speak by their role, which the decision looks at.
        Ok(Sphere::Open)
    }

    fn decide(
        &self,
        permit: &Permit<'_>,
        _: &mut Context<'_>,
        out: &mut Vec<Draft>,
    ) -> Result<(), Rejection> {
        let state = permit.state();
        let by = state.principal(permit.caller().principal.ok_or(Code::Forbidden)?)?;
        if !state.takes_part(self.task, by) {
            return Err(Code::NotFound.into());
        }
        if state.clearance.escalations.contains_key(&self.id) {
            return Err(Rejection::new(Code::InvalidField, "id: there is such an escalation"));
        }
        if state.clearance.task(self.task).is_some() {
            state.clearance.open(self.task)?;
        }
        if state.clearance.open_escalations(self.task) >= ESCALATIONS_PER_TASK_MAX {
            return Err(Rejection::new(Code::StateFull, "16 escalations of the task are open"));
        }
        let Self { concern, action, document, .. } = *self;
        let event = Event::EscalationRaised(Raised { concern, action, by_node: false, document });
        out.push(Draft::new(self.id, Vis::Parties, event).about(self.task));
        Ok(())
    }
}

/// Raises a concern in the node's own name, with the act that broke a rule.
pub(crate) fn raise_by_node(
    ctx: &mut Context<'_>,
    task: TaskId,
    concern: Concern,
    action: HoldKind,
    out: &mut Vec<Draft>,
) {
    let id = EscalationId::new(ctx.now.0, ctx.entropy());
    let raised = Raised { concern, action, by_node: true, document: None };
    out.push(Draft::new(id, Vis::Parties, Event::EscalationRaised(raised)).about(task));
}

impl super::Clearances {
    /// How many open escalations hold a task.
    pub fn open_escalations(&self, task: TaskId) -> usize {
        let declared = self.tasks.get(&task).map(|task| task.holds.len());
        declared.or(self.held_contracts.get(&task).map(Vec::len)).unwrap_or_default()
    }
}

impl Rules for Resolve {
    fn sphere(&self, _: &State) -> Result<Sphere, Rejection> {
        // Offices speak by their role, which the decision looks at.
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
        let escalation = state.clearance.escalations.get(&self.id).ok_or(Code::NotFound)?;
        if !state.takes_part(escalation.task, by) {
            return Err(Code::NotFound.into());
        }
        if escalation.resolved.is_some() {
            return Err(Code::EscalationResolved.into());
        }
        state.may_resolve(escalation, by, ctx.now)?;
        let Self { resolution, document, .. } = *self;
        let event = Event::EscalationResolved(Resolved { resolution, document });
        out.push(Draft::new(self.id, Vis::Parties, event).about(escalation.task));
        Ok(())
    }
}

impl State {
    /// Whether somebody may lift an escalation, or why not.
    fn may_resolve(&self, escalation: &Escalation, by: Handle, now: Time) -> Result<(), Rejection> {
        let role = GovernanceRole::ComplianceMonitor;
        let since = self.clearance.roles.get(&(role, by)).ok_or(Code::RoleRequired)?;
        if *since > escalation.raised {
            let detail = "only a monitor who was one when the concern was raised lifts it";
            return Err(Rejection::new(Code::RoleRequired, detail));
        }
        let of = |handle: Handle| handle == by || self.is_under(by, handle);
        if escalation.raiser.is_some_and(of) || self.parties(escalation.task).into_iter().any(of) {
            return Err(Code::OwnAct.into());
        }
        if let Some(task) = self.clearance.task(escalation.task) {
            self.refuse_second_office(task, by, role)?;
        }
        if self.is_of_owner(by, now) {
            let detail = "the node's owner, and whom the owner controls, cannot lift it";
            return Err(Rejection::new(Code::OwnAct, detail));
        }
        let is_person = self.principals.status(by).kind == Kind::Person;
        if escalation.action == HoldKind::EscalateToHuman && !is_person {
            return Err(Rejection::new(Code::RoleRequired, "a person has to look at this one"));
        }
        Ok(())
    }

    /// Who acts, pays or instructs.
    fn parties(&self, task: TaskId) -> Vec<Handle> {
        if let Some(task) = self.clearance.task(task) {
            return vec![task.principal, task.declarer];
        }
        self.tasks.get(task).map(|task| vec![task.payer, task.agent]).unwrap_or_default()
    }

    /// Whether somebody is an owner of the node, or under the control of one.
    fn is_of_owner(&self, handle: Handle, now: Time) -> bool {
        let owns = |handle: Handle| self.may_for_node(self.principals.get(handle).id, "*", now);
        let mut at = Some(handle);
        while let Some(handle) = at {
            if owns(handle) {
                return true;
            }
            at = self.principals.get(handle).controller.filter(|above| *above < handle);
        }
        false
    }
}

pub(crate) fn apply_raised(state: &mut State, entry: &Entry, raised: &Raised) {
    let (task, id) = (subject(entry), id(entry));
    let raiser = entry.actor.filter(|_| !raised.by_node).map(|actor| state.handle(actor));
    let escalation = Escalation {
        task,
        raiser,
        concern: raised.concern,
        action: raised.action,
        raised: entry.ts,
        raised_seq: entry.seq,
        resolved: None,
    };
    state.clearance.escalations.insert(id, escalation);
    match state.clearance.tasks.get_mut(&task) {
        Some(declared) => {
            declared.holds.push(id);
            if declared.held_since.is_none() {
                declared.held_since = Some(entry.ts);
                state.due.remove(&(declared.expires, Due::Declared(task)));
            }
        }
        None => state.clearance.held_contracts.entry(task).or_default().push(id),
    }
}

pub(crate) fn apply_resolved(state: &mut State, entry: &Entry, resolved: &Resolved) {
    let (task, id) = (subject(entry), id(entry));
    let by = entry.actor.map_or(state.node_handle(), |actor| state.handle(actor));
    let person = state.person_of(by);
    if let Some(escalation) = state.clearance.escalations.get_mut(&id) {
        escalation.resolved = Some((resolved.resolution, entry.ts, by, entry.seq));
    }
    let Some(declared) = state.clearance.tasks.get_mut(&task) else {
        // A contract whose concern was right stands still until its deadline gives the money back.
        if resolved.resolution != Resolution::Upheld {
            let held = state.clearance.held_contracts.entry(task).or_default();
            held.retain(|other| *other != id);
            if held.is_empty() {
                state.clearance.held_contracts.remove(&task);
            }
        }
        return;
    };
    declared.offices.insert(person, GovernanceRole::ComplianceMonitor);
    declared.holds.retain(|other| *other != id);
    let (clearance, freed) = (declared.clearance, declared.holds.is_empty());
    if let (true, Some(since)) = (freed, declared.held_since) {
        // What stood still for a while ends later by as much.
        declared.held_since = None;
        declared.expires = declared.expires.after(entry.ts.distance(since));
        state.due.insert((declared.expires, Due::Declared(task)));
    }
    match resolved.resolution {
        Resolution::Dismissed => {}
        Resolution::Upheld => {
            if !freed && let Some(declared) = state.clearance.tasks.get_mut(&task) {
                declared.held_since = None;
            }
            move_to(state, task, Clearance::Denied, entry.ts);
        }
        Resolution::PartiallyUpheld => {
            super::approval::void_all(state, task);
            if matches!(clearance, Clearance::PolicyChecked | Clearance::Executing) {
                move_to(state, task, Clearance::ApprovalPending, entry.ts);
            }
        }
    }
}

fn id(entry: &Entry) -> EscalationId {
    match entry.id {
        AnyId::Escalation(id) => id,
        _ => panic!("{} carries the escalation as its id", entry.event.kind()),
    }
}
