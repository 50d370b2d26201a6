//! Delegation of absence: somebody in an office is away, and names who stands in.
//!
//! The deputy speaks in the roles of whoever is away until a moment, under their own name; the
//! record shows both. Deputies have no deputies.

use hansa_types::{AnyId, Code, PrincipalId, Rejection, Time, Vis};
use serde::{Deserialize, Serialize};

use crate::State;
use crate::admit::{Permit, Sphere};
use crate::command::Rules;
use crate::decide::{Context, Draft};
use crate::entry::Entry;
use crate::event::Event;
use crate::limits::ABSENCE_MAX;
use crate::principal::Handle;

/// Say who stands in while one is away, or that one is back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DelegateAbsence {
    /// Who is away: the caller.
    pub principal: PrincipalId,
    /// Who stands in, and until when; nobody any more.
    pub deputy: Option<(PrincipalId, Time)>,
}

/// Data of `absence.delegated`. The entry's subject is who is away.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AbsenceDelegated {
    /// Who stands in; absent when nobody does any more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deputy: Option<PrincipalId>,
    /// Until when.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Time>,
}

/// Who stands in for somebody.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Absence {
    /// Who.
    pub deputy: Handle,
    /// Until when.
    pub until: Time,
}

impl Rules for DelegateAbsence {
    fn sphere(&self, _: &State) -> Result<Sphere, Rejection> {
        Ok(Sphere::Person(self.principal))
    }

    fn decide(
        &self,
        permit: &Permit<'_>,
        ctx: &mut Context<'_>,
        out: &mut Vec<Draft>,
    ) -> Result<(), Rejection> {
        let state = permit.state();
        let away = state.principal(self.principal)?;
        if state.clearance.roles_of(away).is_empty() {
            return Err(Code::RoleRequired.into());
        }
        if let Some((deputy, until)) = self.deputy {
            let handle = state.principal(deputy)?;
            if handle == away || !state.principals.status(handle).active {
                return Err(Rejection::new(
                    Code::InvalidField,
                    "deputy: somebody else who may act",
                ));
            }
            if until <= ctx.now || until > ctx.now.after(ABSENCE_MAX) {
                let detail = "for_s: a moment in the future within 90 days";
                return Err(Rejection::new(Code::InvalidField, detail));
            }
        }
        let (deputy, until) = self.deputy.unzip();
        let event = Event::AbsenceDelegated(AbsenceDelegated { deputy, until });
        out.push(Draft::new(ctx.entry_id(), Vis::Parties, event).about(self.principal));
        Ok(())
    }
}

pub(crate) fn apply_delegated(state: &mut State, entry: &Entry, delegated: &AbsenceDelegated) {
    let Some(AnyId::Principal(away)) = entry.subject else {
        panic!("absence.delegated names who is away");
    };
    let away = state.handle(away);
    match (delegated.deputy, delegated.until) {
        (Some(deputy), Some(until)) => {
            let deputy = state.handle(deputy);
            state.clearance.absences.insert(away, Absence { deputy, until });
        }
        _ => _ = state.clearance.absences.remove(&away),
    }
}
