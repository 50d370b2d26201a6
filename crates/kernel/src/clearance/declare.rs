//! Declaring a task, moving it by the artifact that allows it, and its end by time.

use hansa_types::governance::{Clearance, GovernanceRole, RiskTier};
use hansa_types::{
    AnyId, Code, Digest, Framework, Jurisdiction, PrincipalId, Rejection, TaskId, Time, Vis,
};
use serde::{Deserialize, Serialize};

use super::machine::{Guard, next};
use super::{DeclaredTask, artifact};
use crate::State;
use crate::admit::{Permit, Sphere};
use crate::command::Rules;
use crate::decide::{Context, Draft};
use crate::due::{Due, Leaving};
use crate::entry::Entry;
use crate::event::Event;
use crate::grant::check_chain;
use crate::limits::{
    DECLARED_PER_PRINCIPAL_MAX, DECLARED_TASKS_MAX, QUORUM_MAX, SCOPES_MAX, TASK_LIFE_MAX,
    TASK_REMEMBERED,
};

/// Declare a task.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Declare {
    /// The id it shall have.
    pub id: TaskId,
    /// Who will act.
    pub principal: PrincipalId,
    /// Salted digest of the outcome asked for, whose text the same batch puts in the vault.
    pub outcome: Digest,
    /// How much may go wrong.
    pub risk: RiskTier,
    /// Where it happens.
    pub jurisdictions: Vec<Jurisdiction>,
    /// By which frameworks it is bound.
    pub frameworks: Vec<Framework>,
    /// Roles that have to approve.
    pub roles: Vec<GovernanceRole>,
    /// How many persons have to approve.
    pub quorum: u8,
    /// When it fails by itself.
    pub expires: Time,
}

/// Move a task by an artifact that is there already, or by what needs none.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Move {
    /// Which task.
    pub task: TaskId,
    /// Whereto.
    pub to: Clearance,
    /// The artifact that allows it.
    pub guard: Option<AnyId>,
}

/// Data of `task.declared`. The entry's id is the task, its subject who will act.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Declared {
    /// Salted digest of the outcome asked for.
    pub outcome: Digest,
    /// How much may go wrong.
    pub risk: RiskTier,
    /// Where it happens.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub jurisdictions: Vec<Jurisdiction>,
    /// By which frameworks it is bound.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub frameworks: Vec<Framework>,
    /// Roles that have to approve.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub roles: Vec<GovernanceRole>,
    /// How many persons have to approve; one unless said.
    #[serde(default = "one", skip_serializing_if = "is_one")]
    pub quorum: u8,
    /// When it fails by itself.
    pub expires: Time,
}

/// Data of `task.moved`. The entry's subject is the task.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Moved {
    /// Whereto.
    pub to: Clearance,
    /// The artifact that allows it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub guard: Option<AnyId>,
    /// The refusal that a parked command met when it came back, as the registry spells it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refusal: Option<Box<str>>,
}

pub(super) fn one() -> u8 {
    1
}

pub(super) fn is_one(count: &u8) -> bool {
    *count == 1
}

impl Rules for Declare {
    fn sphere(&self, _: &State) -> Result<Sphere, Rejection> {
        Ok(Sphere::Managed(self.principal))
    }

    fn decide(
        &self,
        permit: &Permit<'_>,
        ctx: &mut Context<'_>,
        out: &mut Vec<Draft>,
    ) -> Result<(), Rejection> {
        let state = permit.state();
        let principal = state.principal(self.principal)?;
        let full = |detail: &'static str| Err(Rejection::new(Code::StateFull, detail));
        if state.clearance.tasks.len() >= DECLARED_TASKS_MAX {
            return full("the node holds as many declared tasks as it accepts");
        }
        let open = state.clearance.open.get(&principal).copied().unwrap_or_default();
        if open >= DECLARED_PER_PRINCIPAL_MAX {
            return full("at most 10,000 declared tasks of a principal are open");
        }
        self.check_shape(state, ctx.now)?;
        let declared = Declared {
            outcome: self.outcome,
            risk: self.risk,
            jurisdictions: self.jurisdictions.clone(),
            frameworks: self.frameworks.clone(),
            roles: self.roles.clone(),
            quorum: self.quorum,
            expires: self.expires,
        };
        let event = Event::TaskDeclared(declared);
        out.push(Draft::new(self.id, Vis::Parties, event).about(self.principal));
        Ok(())
    }
}

impl Declare {
    fn check_shape(&self, state: &State, now: Time) -> Result<(), Rejection> {
        let refuse = |detail: &'static str| Err(Rejection::new(Code::InvalidField, detail));
        if state.clearance.tasks.contains_key(&self.id) || state.tasks.get(self.id).is_some() {
            return refuse("id: there is such a task already");
        }
        if self.jurisdictions.len() > SCOPES_MAX || self.frameworks.len() > SCOPES_MAX {
            return refuse("jurisdictions, frameworks: at most 16 each");
        }
        if self.roles.len() > GovernanceRole::ALL.len() || self.quorum == 0 {
            return refuse("governance: each role once, and a quorum of at least 1");
        }
        if self.quorum > QUORUM_MAX {
            return refuse("quorum: at most 8");
        }
        if self.expires <= now || self.expires > now.after(TASK_LIFE_MAX) {
            return refuse("expires_in_s: a moment in the future within 366 days");
        }
        Ok(())
    }
}

impl Rules for Move {
    fn sphere(&self, state: &State) -> Result<Sphere, Rejection> {
        state.sphere_of_task(self.task)
    }

    fn decide(
        &self,
        permit: &Permit<'_>,
        ctx: &mut Context<'_>,
        out: &mut Vec<Draft>,
    ) -> Result<(), Rejection> {
        let state = permit.state();
        let task = state.clearance.open(self.task)?;
        let guard = self.guard(state, task, ctx.now)?;
        // What ends a task may end it while it stands still, but for who is looked into.
        state.clearance.refuse_held(self.task)?;
        if next(task.clearance, guard) != Some(self.to) {
            let detail = format!("{} does not follow {} that way", self.to, task.clearance);
            return Err(Rejection::new(Code::TransitionRefused, detail));
        }
        out.push(moved(ctx, self.task, self.to, self.guard));
        Ok(())
    }
}

impl Move {
    /// The guard that a target asks for, if what was named is it.
    fn guard(&self, state: &State, task: &DeclaredTask, now: Time) -> Result<Guard, Rejection> {
        let need = |what: &'static str| Rejection::new(Code::GuardRequired, what);
        let attached = |guard: Guard, word: &'static str, what: &'static str| {
            let named = self.guard.filter(|id| artifact::word(*id) == Some(word));
            let known = named.filter(|id| task.artifacts.iter().any(|(other, _)| other == id));
            known.map(|_| guard).ok_or_else(|| need(what))
        };
        let holds = |id| state.grants.get(&id).is_some_and(|grant| grant.holder == task.principal);
        match self.to {
            Clearance::Bound => attached(
                Guard::Liability,
                "liability_binding",
                "guard: a liability binding (lib_…) of the task",
            ),
            Clearance::Delegated => match self.guard {
                Some(AnyId::Grant(id)) if holds(id) => {
                    check_chain(state, id, now)?;
                    Ok(Guard::Delegation)
                }
                _ => Err(need("guard: a valid grant (cap_…) that the task's principal holds")),
            },
            Clearance::SkillBound => match self.guard {
                Some(AnyId::Skill(id)) if state.clearance.skills.contains_key(&id) => {
                    Ok(Guard::Skill)
                }
                _ => Err(need("guard: the manifest of a skill (skl_…)")),
            },
            Clearance::CommerceInit => attached(
                Guard::Commerce,
                "commerce_session",
                "guard: a commerce session (com_…) of the task",
            ),
            Clearance::Decided => attached(
                Guard::Decision,
                "decision_record",
                "guard: a decision record (dec_…) of the task",
            ),
            Clearance::Analyzing => Ok(Guard::Analysis),
            Clearance::Executing => Ok(Guard::Action),
            Clearance::Failed => Ok(Guard::Failure),
            Clearance::Revoked => Ok(Guard::Revocation),
            Clearance::Created
            | Clearance::ApprovalPending
            | Clearance::PolicyChecked
            | Clearance::Completed
            | Clearance::Denied => Err(Rejection::new(
                Code::TransitionRefused,
                "the node itself moves a task there: by policy, approvals and receipts",
            )),
        }
    }
}

/// The entry of a move.
pub(super) fn moved(
    ctx: &mut Context<'_>,
    task: TaskId,
    to: Clearance,
    guard: Option<AnyId>,
) -> Draft {
    let event = Event::TaskMoved(Moved { to, guard, refusal: None });
    Draft::new(ctx.entry_id(), Vis::Parties, event).about(task)
}

/// Ends a task whose time ran out.
pub(crate) fn expire(
    state: &State,
    id: TaskId,
    ctx: &mut Context<'_>,
    out: &mut Vec<Draft>,
) -> Result<(), Rejection> {
    let task = state.clearance.open(id)?;
    if task.expires > ctx.now || task.held_since.is_some() {
        return Err(Rejection::new(Code::TaskState, "its time has not come"));
    }
    out.push(moved(ctx, id, Clearance::Failed, None));
    Ok(())
}

pub(crate) fn apply_declared(state: &mut State, entry: &Entry, declared: &Declared) {
    let (AnyId::Task(id), Some(AnyId::Principal(principal))) = (entry.id, entry.subject) else {
        panic!("task.declared names the task and who will act");
    };
    let principal = state.handle(principal);
    let declarer = entry.actor.map_or(principal, |actor| state.handle(actor));
    let task = DeclaredTask {
        principal,
        declarer,
        outcome: declared.outcome,
        risk: declared.risk,
        jurisdictions: declared.jurisdictions.clone(),
        frameworks: declared.frameworks.clone(),
        roles: declared.roles.clone(),
        quorum: declared.quorum,
        strong: false,
        another: false,
        declared: entry.ts,
        moved: entry.ts,
        expires: declared.expires,
        clearance: Clearance::Created,
        holds: Vec::new(),
        held_since: None,
        artifacts: Vec::new(),
        contexts: Default::default(),
        decision: None,
        impact: None,
        said: Vec::new(),
        offices: Default::default(),
        asked: false,
        requests: Vec::new(),
        parked: None,
        result: None,
        refusal: None,
        seq: entry.seq,
    };
    state.clearance.tasks.insert(id, task);
    *state.clearance.open.entry(principal).or_default() += 1;
    state.due.insert((declared.expires, Due::Declared(id)));
}

pub(crate) fn apply_moved(state: &mut State, entry: &Entry, moved: &Moved) {
    let id = subject(entry);
    if moved.to == Clearance::PolicyChecked {
        // Only policy itself moves a task there by a move: approvals do by their own entries.
        state.clearance.get_mut(id).asked = false;
    }
    let task = state.clearance.get_mut(id);
    if moved.to == Clearance::Completed {
        task.result = moved.guard;
    }
    task.refusal.clone_from(&moved.refusal);
    move_to(state, id, moved.to, entry.ts);
}

/// Puts a task where an applied entry says it is, and lets go of it when that is its end.
pub(super) fn move_to(state: &mut State, id: TaskId, to: Clearance, at: Time) {
    let task = state.clearance.get_mut(id);
    (task.clearance, task.moved) = (to, at);
    if to == Clearance::ApprovalPending {
        task.asked = true;
    }
    if !to.is_final() {
        return;
    }
    let (principal, expires) = (task.principal, task.expires);
    state.due.remove(&(expires, Due::Declared(id)));
    state.leaving.insert((at.after(TASK_REMEMBERED), Leaving::Declared(id)));
    let left = state.clearance.open.get(&principal).copied().unwrap_or_default().saturating_sub(1);
    match left {
        0 => _ = state.clearance.open.remove(&principal),
        left => _ = state.clearance.open.insert(principal, left),
    }
    super::approval::void_all(state, id);
}

/// The task that an entry is about.
pub(super) fn subject(entry: &Entry) -> TaskId {
    match entry.subject {
        Some(AnyId::Task(id)) => id,
        _ => panic!("{} is about a task", entry.event.kind()),
    }
}
