//! Refusals of the gate as entries: who was refused what, by which rule.
//!
//! The node notes them itself, a bounded number of each principal in an hour; what is beyond that
//! is counted outside of the journal. A refusal changes nothing else.

use std::collections::BTreeMap;

use hansa_types::governance::{Concern, HoldKind};
use hansa_types::{ActionId, AnyId, Code, Digest, PrincipalId, Rejection, TaskId, Time, Vis};
use serde::{Deserialize, Serialize};

use super::ToolName;
use crate::State;
use crate::admit::{Permit, Sphere};
use crate::clearance::raise_by_node;
use crate::command::Rules;
use crate::decide::{Context, Draft};
use crate::entry::Entry;
use crate::event::Event;
use crate::limits::{REFUSAL_WINDOW, REFUSALS_PER_WINDOW_MAX};
use crate::principal::Handle;

/// Note a refusal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefusalNote {
    /// The id that the action would have had.
    pub id: ActionId,
    /// Who asked.
    pub principal: PrincipalId,
    /// The task that was named; it need not exist.
    pub task: Option<TaskId>,
    /// What would have been called: a tool, or an operation of the node.
    pub tool: ToolName,
    /// Digest of the call, where it is known.
    pub call: Option<Digest>,
    /// The rule that refused.
    pub code: Code,
}

/// Data of `action.refused`. The entry's id is the action there would have been, its subject who
/// asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Refused {
    /// The task that was named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub task: Option<TaskId>,
    /// What would have been called.
    pub tool: ToolName,
    /// Digest of the call.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub call: Option<Digest>,
    /// The rule that refused, as the registry of refusals spells it.
    pub refusal: String,
}

/// How many refusals of each principal were noted in the present window.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refusals(BTreeMap<Handle, Counted>);

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct Counted {
    since: Time,
    count: u32,
}

impl Refusals {
    fn within(&self, principal: Handle, now: Time) -> u32 {
        let counted = self.0.get(&principal);
        counted.filter(|c| now < c.since.after(REFUSAL_WINDOW)).map_or(0, |c| c.count)
    }

    fn add(&mut self, principal: Handle, now: Time) {
        let count = self.within(principal, now);
        match count {
            // Whoever's window is over is forgotten with the first of a new one.
            0 => {
                self.0.retain(|_, counted| now < counted.since.after(REFUSAL_WINDOW));
                self.0.insert(principal, Counted { since: now, count: 1 });
            }
            _ => {
                if let Some(counted) = self.0.get_mut(&principal) {
                    counted.count += 1;
                }
            }
        }
    }
}

impl Rules for RefusalNote {
    fn sphere(&self, _: &State) -> Result<Sphere, Rejection> {
        Ok(Sphere::Machine)
    }

    fn decide(
        &self,
        permit: &Permit<'_>,
        ctx: &mut Context<'_>,
        out: &mut Vec<Draft>,
    ) -> Result<(), Rejection> {
        let state = permit.state();
        if permit.caller().principal.is_some() {
            return Err(Code::Forbidden.into());
        }
        let handle = state.principal(self.principal)?;
        if state.refusals.within(handle, ctx.now) >= REFUSALS_PER_WINDOW_MAX {
            return Err(Code::RateLimited.into());
        }
        let event = Event::ActionRefused(Refused {
            task: self.task,
            tool: self.tool.clone(),
            call: self.call,
            refusal: self.code.as_str().to_owned(),
        });
        out.push(Draft::new(self.id, Vis::Parties, event).about(self.principal));
        self.escalate(state, handle, ctx, out);
        Ok(())
    }
}

impl RefusalNote {
    /// A violation by whoever acts in a declared task stops the task until somebody in office has
    /// looked at it. A stranger stops nothing.
    fn escalate(&self, state: &State, by: Handle, ctx: &mut Context<'_>, out: &mut Vec<Draft>) {
        let Some(id) = self.task else { return };
        let violates = matches!(
            self.code,
            Code::Forbidden
                | Code::GrantForeign
                | Code::GrantRevoked
                | Code::GrantExpired
                | Code::GrantLimitExceeded
                | Code::GrantUnknown
                | Code::GrantUsedUp
                | Code::GrantOutOfScope
                | Code::GrantKeyRequired
                | Code::PolicyDenied
                | Code::ApprovalRejected
                | Code::ApprovalMismatch
                | Code::ApprovalUsed
        );
        let acts = state
            .clearance
            .task(id)
            .is_some_and(|task| task.principal == by && !task.clearance.is_final());
        if violates && acts && state.clearance.hold(id).is_none() {
            raise_by_node(ctx, id, Concern::PolicyViolation, HoldKind::PauseAndReview, out);
        }
    }
}

pub(crate) fn apply_refused(state: &mut State, entry: &Entry, _: &Refused) {
    let Some(AnyId::Principal(principal)) = entry.subject else {
        panic!("action.refused names who asked");
    };
    let handle = state.handle(principal);
    state.refusals.add(handle, entry.ts);
}
