//! Governance roles: assigned and withdrawn by the node's administrators, and kept apart.
//!
//! Holding a role is leave to speak in it, not on every task: nobody speaks on what is their own,
//! and one person holds one office on one task, however many principals they control.

use hansa_types::governance::GovernanceRole;
use hansa_types::{AnyId, Code, PrincipalId, Rejection, Vis};
use serde::{Deserialize, Serialize};

use super::DeclaredTask;
use crate::State;
use crate::admit::{Permit, Sphere};
use crate::command::Rules;
use crate::decide::{Context, Draft};
use crate::entry::Entry;
use crate::event::Event;
use crate::limits::ROLES_MAX;
use crate::principal::Handle;

/// Of two different persons one is another than whoever acts.
const PERSONS_TOLD_APART: usize = 2;

/// Give a governance role to somebody.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AssignRole {
    /// To whom.
    pub principal: PrincipalId,
    /// Which.
    pub role: GovernanceRole,
}

/// Take a governance role from somebody.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WithdrawRole {
    /// From whom.
    pub principal: PrincipalId,
    /// Which.
    pub role: GovernanceRole,
}

/// Data of `role.assigned`. The entry's subject is the holder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RoleAssigned {
    /// Which.
    pub role: GovernanceRole,
}

/// Data of `role.withdrawn`. The entry's subject is the former holder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RoleWithdrawn {
    /// Which.
    pub role: GovernanceRole,
}

impl State {
    /// Whether somebody may speak on a task in a role, or why not.
    pub(super) fn takes_office(
        &self,
        task: &DeclaredTask,
        by: Handle,
        role: GovernanceRole,
    ) -> Result<(), Rejection> {
        if !self.clearance.holds(role, by) {
            let detail = format!("only a holder of {role} does this");
            return Err(Rejection::new(Code::RoleRequired, detail));
        }
        self.refuse_own(task, by)?;
        self.refuse_second_office(task, by, role)
    }

    /// Refuses whoever acts or instructs, and whoever is under their control.
    pub(super) fn refuse_own(&self, task: &DeclaredTask, by: Handle) -> Result<(), Rejection> {
        match self.is_independent(task, by) {
            true => Ok(()),
            false => Err(Code::OwnAct.into()),
        }
    }

    /// Refuses a person who holds another office on the task.
    pub(super) fn refuse_second_office(
        &self,
        task: &DeclaredTask,
        by: Handle,
        role: GovernanceRole,
    ) -> Result<(), Rejection> {
        match task.offices.get(&self.person_of(by)) {
            Some(held) if *held != role => {
                let detail = format!("the person behind the caller is {held} on this task");
                Err(Rejection::new(Code::RoleConflict, detail))
            }
            _ => Ok(()),
        }
    }
}

impl Rules for AssignRole {
    fn sphere(&self, _: &State) -> Result<Sphere, Rejection> {
        Ok(Sphere::Node)
    }

    fn decide(
        &self,
        permit: &Permit<'_>,
        ctx: &mut Context<'_>,
        out: &mut Vec<Draft>,
    ) -> Result<(), Rejection> {
        let state = permit.state();
        let holder = state.principal(self.principal)?;
        if !state.principals.status(holder).active {
            return Err(Code::PrincipalSuspended.into());
        }
        if state.clearance.holds(self.role, holder) {
            return Err(Rejection::new(
                Code::RoleConflict,
                "the principal holds this role already",
            ));
        }
        if state.clearance.roles.len() >= ROLES_MAX {
            return Err(Rejection::new(Code::StateFull, "at most 10,000 roles are assigned"));
        }
        let event = Event::RoleAssigned(RoleAssigned { role: self.role });
        out.push(Draft::new(ctx.entry_id(), Vis::Public, event).about(self.principal));
        Ok(())
    }
}

impl Rules for WithdrawRole {
    fn sphere(&self, _: &State) -> Result<Sphere, Rejection> {
        Ok(Sphere::Node)
    }

    fn decide(
        &self,
        permit: &Permit<'_>,
        ctx: &mut Context<'_>,
        out: &mut Vec<Draft>,
    ) -> Result<(), Rejection> {
        let state = permit.state();
        let holder = state.principal(self.principal)?;
        if !state.clearance.holds(self.role, holder) {
            return Err(Rejection::new(Code::NotFound, "the principal does not hold this role"));
        }
        let event = Event::RoleWithdrawn(RoleWithdrawn { role: self.role });
        out.push(Draft::new(ctx.entry_id(), Vis::Public, event).about(self.principal));
        Ok(())
    }
}

pub(crate) fn apply_assigned(state: &mut State, entry: &Entry, assigned: &RoleAssigned) {
    let holder = holder(state, entry);
    state.clearance.roles.insert((assigned.role, holder), entry.ts);
    let person = state.person_of(holder);
    let appointed = &mut state.clearance.appointed;
    if appointed.len() < PERSONS_TOLD_APART && !appointed.contains(&person) {
        appointed.push(person);
    }
}

pub(crate) fn apply_withdrawn(state: &mut State, entry: &Entry, withdrawn: &RoleWithdrawn) {
    let holder = holder(state, entry);
    state.clearance.roles.remove(&(withdrawn.role, holder));
}

fn holder(state: &State, entry: &Entry) -> Handle {
    match entry.subject {
        Some(AnyId::Principal(id)) => state.handle(id),
        _ => panic!("{} names the holder", entry.event.kind()),
    }
}
