//! Approvals: asked for one exact call, given by persons without a part in it, used once.
//!
//! A request is bound to the digest of a call and to the policy that asked; another call needs
//! another request. Everybody who has a say speaks once; one rejection is enough, and so is silence
//! until the request ends. What was approved is counted again when it is used: an approver who was
//! suspended or lost the role meanwhile counts for nothing.

use std::collections::BTreeSet;

use hansa_types::governance::{ApprovalState, Clearance, Decision, GovernanceRole};
use hansa_types::{
    AnyId, ApprovalId, ApprovalRequestId, Code, Digest, PrincipalId, Rejection, TaskId, Time, Vis,
};
use serde::{Deserialize, Serialize};

use super::declare::{is_one, move_to, one};
use super::machine::{Guard, next};
use super::shape::Shape;
use super::{DeclaredTask, Said};
use crate::State;
use crate::callback::End;
use crate::decide::{Context, Draft};
use crate::due::Due;
use crate::entry::Entry;
use crate::event::Event;
use crate::principal::Handle;

/// Data of `approval.requested`. The entry's id is the request, its subject the task.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ApprovalRequested {
    /// Digest of the call.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub call: Option<Digest>,
    /// How many persons have to approve; one unless said.
    #[serde(default = "one", skip_serializing_if = "is_one")]
    pub quorum: u8,
    /// Roles that approve.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub roles: Vec<GovernanceRole>,
    /// Who may approve.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub approvers: Vec<PrincipalId>,
    /// Whether approvers have to prove better who they are.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub strong: bool,
    /// When silence counts as a rejection.
    pub expires: Time,
}

/// Data of `approval.bound`. The entry's subject is the request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ApprovalBound {
    /// Digest of the call.
    pub call: Digest,
}

/// Data of `approval.decided`. The entry's id is the decision, its subject the request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ApprovalDecided {
    /// What was said.
    pub decision: Decision,
    /// In which role.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<GovernanceRole>,
    /// For whom, when somebody stands in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_behalf_of: Option<PrincipalId>,
    /// Salted digest of the reasons.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub document: Option<Digest>,
}

/// Data of `approval.used`. The entry's subject is the request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ApprovalUsed {}

/// Data of `approval.expired`. The entry's subject is the request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ApprovalExpired {}

/// Data of `approval.reminded`. The entry's subject is the request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ApprovalReminded {}

/// What one approver said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Vote {
    /// The decision's id.
    pub id: ApprovalId,
    /// Who said it.
    pub by: Handle,
    /// For whom, when somebody stands in.
    pub on_behalf_of: Option<Handle>,
    /// In which role.
    pub role: Option<GovernanceRole>,
    /// Whether they proved better who they are, as far as it is known: where that was asked for they did.
    pub strong: bool,
    /// What.
    pub decision: Decision,
}

/// What the state keeps of a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApprovalRequest {
    /// Of which task.
    pub task: TaskId,
    /// Who asked.
    pub requester: Handle,
    /// Digest of the call.
    pub call: Option<Digest>,
    /// How many persons have to approve.
    pub quorum: u8,
    /// Roles that approve.
    pub roles: Vec<GovernanceRole>,
    /// Who may approve; everybody in the roles when empty.
    pub approvers: Vec<Handle>,
    /// Whether approvers have to prove better who they are.
    pub strong: bool,
    /// When it was asked for.
    pub requested: Time,
    /// When silence counts as a rejection.
    pub expires: Time,
    /// Where it stands.
    pub state: ApprovalState,
    /// What was said.
    pub votes: Vec<Vote>,
    /// The entry that holds it.
    pub seq: u64,
}

impl ApprovalRequest {
    /// Whether somebody is named in it.
    pub(super) fn concerns(&self, state: &State, handle: Handle) -> bool {
        let stands_in = |approver: &Handle| {
            let absence = state.clearance.absences.get(approver);
            absence.is_some_and(|absence| absence.deputy == handle)
        };
        self.requester == handle
            || self.approvers.contains(&handle)
            || self.approvers.iter().any(stands_in)
    }

    /// Halfway to its end those who have said nothing are reminded.
    fn reminder(&self) -> Time {
        Time(self.requested.0 + self.expires.distance(self.requested).0 / 2)
    }

    /// The role in which somebody may speak, or nothing where they are named themselves.
    pub(super) fn role_of(
        &self,
        state: &State,
        task: &DeclaredTask,
        speaker: Handle,
        by: Handle,
    ) -> Result<Option<GovernanceRole>, Rejection> {
        if !self.approvers.is_empty() && !self.approvers.contains(&speaker) {
            return Err(Rejection::new(Code::RoleRequired, "the request names other approvers"));
        }
        let held = state.clearance.roles_of(speaker);
        let asked = |role: &&GovernanceRole| self.roles.is_empty() || self.roles.contains(role);
        let mut conflict = None;
        // A role that nobody has spoken in yet first, so that everyone who is needed finds room.
        let spoken: BTreeSet<_> = self.votes.iter().filter_map(|vote| vote.role).collect();
        let mut fitting: Vec<_> = held.iter().filter(asked).copied().collect();
        fitting.sort_by_key(|role| spoken.contains(role));
        for role in fitting {
            match state.refuse_second_office(task, by, role) {
                Ok(()) => return Ok(Some(role)),
                Err(refusal) => conflict = Some(refusal),
            }
        }
        match conflict {
            Some(refusal) => Err(refusal),
            None if self.roles.is_empty() && !self.approvers.is_empty() => Ok(None),
            None => Err(Code::RoleRequired.into()),
        }
    }

    /// Whether enough of those who approved still may, each of them another person, and as policy wants
    /// it besides.
    fn is_carried(&self, state: &State, wanted: &Shape, now: Time) -> bool {
        // Policy may have asked for more since the request was made.
        let task = state.clearance.task(self.task);
        let strong = wanted.strong || self.strong || task.is_some_and(|task| task.strong);
        let another = wanted.another || task.is_some_and(|task| task.another);
        let counted = |vote: &&Vote| {
            let speaker = vote.on_behalf_of.unwrap_or(vote.by);
            let active = |handle: Handle| state.principals.status(handle).active;
            let in_office = vote.role.is_none_or(|role| state.clearance.holds(role, speaker));
            let stands_in = vote.on_behalf_of.is_none_or(|away| {
                let absence = state.clearance.absences.get(&away);
                absence.is_some_and(|absence| absence.deputy == vote.by && absence.until > now)
            });
            let proven = vote.strong || !strong;
            let approves = vote.decision == Decision::Approved && proven;
            let counts = approves && active(vote.by) && in_office && stands_in;
            counts && (!another || self.is_by_another(state, vote))
        };
        let counted: Vec<&Vote> = self.votes.iter().filter(counted).collect();
        let persons: BTreeSet<_> = counted.iter().map(|vote| state.person_of(vote.by)).collect();
        let roles: BTreeSet<_> = counted.iter().filter_map(|vote| vote.role).collect();
        let quorum = task.map_or(self.quorum, |task| task.quorum.max(self.quorum));
        let quorum = quorum.max(wanted.quorum);
        // Of the roles that were asked for any may speak where one person is enough. What the task or
        // policy needs is needed in any case.
        let of_task = task.into_iter().flat_map(|task| &task.roles);
        let asked = self.roles.iter().filter(|_| quorum > 1);
        let mut needed = of_task.chain(&wanted.roles).chain(asked);
        persons.len() >= usize::from(quorum) && needed.all(|role| roles.contains(role))
    }

    /// Whether somebody in an office spoke who is another person than the one behind who acts.
    fn is_by_another(&self, state: &State, vote: &Vote) -> bool {
        let task = state.clearance.task(self.task);
        let actor = task.map(|task| state.person_of(task.principal));
        let other = |handle| Some(state.person_of(handle)) != actor;
        vote.role.is_some() && other(vote.by) && vote.on_behalf_of.is_none_or(other)
    }

    /// Whether it allows a call now, given as policy wants it for this very call, or why not.
    pub(super) fn allows(
        &self,
        state: &State,
        call: &Digest,
        wanted: &Shape,
        now: Time,
    ) -> Result<(), Rejection> {
        match self.state {
            ApprovalState::Approved => {}
            ApprovalState::Pending => return Err(Code::ApprovalPending.into()),
            ApprovalState::Rejected => return Err(Code::ApprovalRejected.into()),
            ApprovalState::Expired => return Err(Code::ApprovalExpired.into()),
            ApprovalState::Used => return Err(Code::ApprovalUsed.into()),
            ApprovalState::Void => return Err(Code::ApprovalVoid.into()),
        }
        if self.call.as_ref() != Some(call) {
            return Err(Code::ApprovalMismatch.into());
        }
        if self.expires <= now {
            return Err(Code::ApprovalExpired.into());
        }
        if !self.is_carried(state, &Shape::ANY, now) {
            return Err(Code::ApprovalLost.into());
        }
        match self.is_carried(state, wanted, now) {
            true => Ok(()),
            false => {
                let detail = "for this call policy wants more or other persons, other roles or a stronger proof";
                Err(Rejection::new(Code::ApprovalRequired, detail))
            }
        }
    }
}

/// How many roles there are.
pub(super) fn count(roles: &[GovernanceRole]) -> u8 {
    u8::try_from(roles.len()).unwrap_or(u8::MAX)
}

/// A request whose time ran out: silence is a rejection.
pub(crate) fn expire(
    state: &State,
    id: ApprovalRequestId,
    ctx: &mut Context<'_>,
    out: &mut Vec<Draft>,
) -> Result<(), Rejection> {
    let request = state.clearance.requests.get(&id).ok_or(Code::NotFound)?;
    if request.expires > ctx.now {
        return Err(Rejection::new(Code::TaskState, "its time has not come"));
    }
    let event = Event::ApprovalExpired(ApprovalExpired {});
    out.push(Draft::new(ctx.entry_id(), Vis::Parties, event).about(id));
    Ok(())
}

/// Reminds those who have said nothing, for whoever follows the journal.
pub(crate) fn remind(
    state: &State,
    id: ApprovalRequestId,
    ctx: &mut Context<'_>,
    out: &mut Vec<Draft>,
) -> Result<(), Rejection> {
    let request = state.clearance.requests.get(&id).ok_or(Code::NotFound)?;
    if request.reminder() > ctx.now {
        return Err(Rejection::new(Code::TaskState, "its time has not come"));
    }
    let event = Event::ApprovalReminded(ApprovalReminded {});
    out.push(Draft::new(ctx.entry_id(), Vis::Parties, event).about(id));
    Ok(())
}

/// The entry that uses an approval up, beside the entries of what it allows.
pub(super) fn used(ctx: &mut Context<'_>, id: ApprovalRequestId) -> Draft {
    let event = Event::ApprovalUsed(ApprovalUsed {});
    Draft::new(ctx.entry_id(), Vis::Parties, event).about(id)
}

pub(crate) fn apply_requested(state: &mut State, entry: &Entry, requested: &ApprovalRequested) {
    let (AnyId::ApprovalRequest(id), Some(AnyId::Task(task))) = (entry.id, entry.subject) else {
        panic!("approval.requested names the request and the task");
    };
    let requester = entry.actor.map_or(state.node_handle(), |actor| state.handle(actor));
    let request = ApprovalRequest {
        task,
        requester,
        call: requested.call,
        quorum: requested.quorum,
        roles: requested.roles.clone(),
        approvers: requested.approvers.iter().map(|id| state.handle(*id)).collect(),
        strong: requested.strong,
        requested: entry.ts,
        expires: requested.expires,
        state: ApprovalState::Pending,
        votes: Vec::new(),
        seq: entry.seq,
    };
    put(state, id, request);
    state.clearance.get_mut(task).requests.push(id);
}

/// Keeps a request, and when it comes due.
pub(super) fn put(state: &mut State, id: ApprovalRequestId, request: ApprovalRequest) {
    state.due.insert((request.reminder(), Due::Reminder(id)));
    state.due.insert((request.expires, Due::Approval(id)));
    state.clearance.requests.insert(id, request);
}

pub(crate) fn apply_bound(state: &mut State, entry: &Entry, bound: &ApprovalBound) {
    request_mut(state, subject(entry)).call = Some(bound.call);
}

pub(crate) fn apply_decided(state: &mut State, entry: &Entry, decided: &ApprovalDecided) {
    let (AnyId::Approval(vote), id) = (entry.id, subject(entry)) else {
        panic!("approval.decided carries the decision as its id");
    };
    let by = entry.actor.map_or(state.node_handle(), |actor| state.handle(actor));
    let on_behalf_of = decided.on_behalf_of.map(|away| state.handle(away));
    let (role, decision) = (decided.role, decided.decision);
    let by_itself = state.is_strong_proof(&entry.auth);
    let request = request_mut(state, id);
    let (task, of_request) = (request.task, request.strong);
    let strong = by_itself || of_request || state.clearance.get_mut(task).strong;
    let vote = Vote { id: vote, by, on_behalf_of, role, strong, decision };
    request_mut(state, id).votes.push(vote);
    if let Some(role) = role {
        let person = state.person_of(by);
        let task = state.clearance.get_mut(task);
        task.offices.insert(person, role);
        if decision == Decision::Approved {
            // Whoever approves in an office says that nothing stands against it.
            let verdict = hansa_types::governance::Attested::Cleared;
            task.said.push(Said { role, by, verdict });
        }
    }
    let request = state.clearance.requests.get(&id);
    let carried = request.is_some_and(|r| r.is_carried(state, &Shape::ANY, entry.ts));
    match decision {
        Decision::Rejected => settle(state, id, ApprovalState::Rejected, entry.ts),
        Decision::Approved if carried => settle(state, id, ApprovalState::Approved, entry.ts),
        Decision::Approved => {}
    }
}

/// Settles a request, and moves its task by what came of it.
fn settle(state: &mut State, id: ApprovalRequestId, to: ApprovalState, at: Time) {
    let request = request_mut(state, id);
    request.state = to;
    let (task, reminder, expires) = (request.task, request.reminder(), request.expires);
    state.due.remove(&(reminder, Due::Reminder(id)));
    if to != ApprovalState::Approved {
        state.due.remove(&(expires, Due::Approval(id)));
    }
    state.note_end(id.into(), End::of_approval(to));
    let guard = match to {
        ApprovalState::Approved => Guard::Approval,
        _ => Guard::Rejection,
    };
    let declared = state.clearance.get_mut(task);
    // What stands still does not move, though its requests end.
    let (from, held) = (declared.clearance, declared.held_since.is_some());
    if from == Clearance::ApprovalPending
        && !held
        && let Some(to) = next(from, guard)
    {
        move_to(state, task, to, at);
    }
}

pub(crate) fn apply_used(state: &mut State, entry: &Entry, _: &ApprovalUsed) {
    let id = subject(entry);
    let request = request_mut(state, id);
    request.state = ApprovalState::Used;
    let expires = request.expires;
    state.due.remove(&(expires, Due::Approval(id)));
}

pub(crate) fn apply_expired(state: &mut State, entry: &Entry, _: &ApprovalExpired) {
    let id = subject(entry);
    let request = request_mut(state, id);
    let (was, task) = (request.state, request.task);
    settle(state, id, ApprovalState::Expired, entry.ts);
    // An approval that was not used in time sends its task back to those who approve.
    if was == ApprovalState::Approved {
        let task_state = state.clearance.get_mut(task);
        if task_state.clearance == Clearance::PolicyChecked && task_state.asked {
            move_to(state, task, Clearance::ApprovalPending, entry.ts);
        }
    }
}

pub(crate) fn apply_reminded(state: &mut State, entry: &Entry, _: &ApprovalReminded) {
    let id = subject(entry);
    let reminder = request_mut(state, id).reminder();
    state.due.remove(&(reminder, Due::Reminder(id)));
}

/// Nothing that was asked for or approved for a task counts any more.
pub(super) fn void_all(state: &mut State, task: TaskId) {
    for id in state.clearance.get_mut(task).requests.clone() {
        let request = request_mut(state, id);
        if matches!(request.state, ApprovalState::Pending | ApprovalState::Approved) {
            request.state = ApprovalState::Void;
            let (reminder, expires) = (request.reminder(), request.expires);
            state.due.remove(&(reminder, Due::Reminder(id)));
            state.due.remove(&(expires, Due::Approval(id)));
            state.note_end(id.into(), Some(End::Void));
        }
    }
}

fn request_mut(state: &mut State, id: ApprovalRequestId) -> &mut ApprovalRequest {
    let request = state.clearance.requests.get_mut(&id);
    request.unwrap_or_else(|| panic!("{id} is named by an entry and unknown"))
}

fn subject(entry: &Entry) -> ApprovalRequestId {
    match entry.subject {
        Some(AnyId::ApprovalRequest(id)) => id,
        _ => panic!("{} is about a request for approval", entry.event.kind()),
    }
}
