//! What keeps a principal from acting or from moving money, and what it says to that.
//!
//! Whoever is stopped may read why, and lodge one appeal against it; the node's owner reads it and
//! reinstates, or does not. Nothing else of a suspended principal is heard but that it logs in.

use std::collections::BTreeMap;

use hansa_types::{Code, Digest, PrincipalId, Rejection, Time, Vis};
use serde::{Deserialize, Serialize};

use super::Handle;
use super::manage::{Reason, subject};
use crate::State;
use crate::admit::{Permit, Sphere};
use crate::command::{Command, Rules};
use crate::decide::{Context, Draft};
use crate::entry::Entry;
use crate::event::Event;

/// Since when somebody is stopped, and why.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Halt {
    /// When.
    pub since: Time,
    /// Why, where that was said.
    pub reason: Option<Reason>,
}

/// What stops a principal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Stop {
    /// It may not act.
    pub suspended: Option<Halt>,
    /// It moves no money.
    pub frozen: Option<Halt>,
    /// When it lodged an appeal.
    pub appealed: Option<Time>,
}

/// Everybody who is stopped. They leave when they are reinstated or erased.
pub type Stops = BTreeMap<Handle, Stop>;

/// Say something against being stopped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LodgeAppeal {
    /// Who is stopped.
    pub principal: PrincipalId,
    /// Salted digest of the note, whose text the same batch puts in the vault.
    pub note: Digest,
}

/// Data of `appeal.lodged`. The entry's subject is the principal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AppealLodged {
    /// Salted digest of the note.
    pub note: Digest,
}

impl Rules for LodgeAppeal {
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
        let handle = state.principal(self.principal)?;
        let stop = state.stops.get(&handle).ok_or(Code::NotStopped)?;
        if stop.appealed.is_some() {
            return Err(Code::AppealLodged.into());
        }
        let event = Event::AppealLodged(AppealLodged { note: self.note });
        out.push(Draft::new(ctx.entry_id(), Vis::Parties, event).about(self.principal));
        Ok(())
    }
}

impl Command {
    /// Whether a suspended principal is heard with it.
    pub(crate) fn is_heard_of_suspended(&self) -> bool {
        matches!(self, Command::AppealLodge(_) | Command::SessionOpen(_))
    }
}

/// Puts a further stop on record. What was said against an earlier one says nothing of it.
pub(super) fn stop(state: &mut State, handle: Handle, put: impl FnOnce(&mut Stop)) {
    let stop = state.stops.entry(handle).or_default();
    stop.appealed = None;
    put(stop);
}

pub(crate) fn apply_appeal_lodged(state: &mut State, entry: &Entry, _: &AppealLodged) {
    let handle = subject(state, entry);
    if let Some(stop) = state.stops.get_mut(&handle) {
        stop.appealed = Some(entry.ts);
    }
}
