//! Taint: why a context is not to be trusted, and who may say that it is.
//!
//! What came from outside or was looked up is tainted whatever its author says of it, and so is what
//! claims a trust that its author may not vouch for. What is derived inherits the taint of what it
//! was made of. Only a compliance monitor without a part in the task clears it, by a promotion.

use std::collections::BTreeSet;

use hansa_types::governance::{GovernanceRole, SourceType, Taint, TrustClass};
use hansa_types::{Code, ContextId, Digest, Rejection, TaskId, Vis};
use serde::{Deserialize, Serialize};

use super::artifact::Context;
use super::declare::subject;
use super::{DeclaredTask, Trust};
use crate::State;
use crate::admit::{Permit, Sphere};
use crate::command::Rules;
use crate::decide::{Context as Deciding, Draft};
use crate::entry::Entry;
use crate::event::Event;
use crate::limits::REFERENCES_MAX;
use crate::principal::Handle;

/// Vouch for a context, with everything that is in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PromoteTrust {
    /// Of which task.
    pub task: TaskId,
    /// Which context.
    pub context: ContextId,
    /// Salted digest of the reasons.
    pub document: Option<Digest>,
}

/// Data of `taint.promoted`. The entry's subject is the task.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TaintPromoted {
    /// Which context.
    pub context: ContextId,
    /// Salted digest of the reasons.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub document: Option<Digest>,
}

impl Context {
    /// The context with the trust that its author may claim.
    pub(super) fn lowered(
        &self,
        state: &State,
        task: &DeclaredTask,
        by: Handle,
    ) -> Result<Context, Rejection> {
        let refuse = |detail: &'static str| Err(Rejection::new(Code::InvalidField, detail));
        if self.derived_from.len() > REFERENCES_MAX {
            return refuse("derived_from: at most 32 of them");
        }
        if !self.derived_from.iter().all(|id| task.contexts.contains_key(id)) {
            return refuse("derived_from: not all are contexts of this task");
        }
        if (self.source == SourceType::Derived) == self.derived_from.is_empty() {
            return refuse("derived_from: named by what is derived, and by nothing else");
        }
        let mut taint: BTreeSet<Taint> = self.taint.iter().copied().collect();
        let by_source = match self.source {
            SourceType::External => Some(Taint::External),
            SourceType::Retrieved | SourceType::Tool => Some(Taint::Retrieved),
            SourceType::Policy | SourceType::User | SourceType::System | SourceType::Derived => {
                None
            }
        };
        taint.extend(by_source);
        let may_vouch = match self.trust {
            TrustClass::Untrusted => true,
            // The word of the person it works for reaches an agent through the agent itself.
            TrustClass::TrustedUser => by_source.is_none(),
            TrustClass::TrustedPolicy | TrustClass::TrustedSystem => {
                by_source.is_none()
                    && state.clearance.holds(GovernanceRole::ComplianceMonitor, by)
                    && state.is_independent(task, by)
            }
        };
        if !may_vouch || (self.trust == TrustClass::Untrusted && taint.is_empty()) {
            taint.insert(Taint::Unverified);
        }
        let trust = if may_vouch { self.trust } else { TrustClass::Untrusted };
        Ok(Context { trust, taint: taint.into_iter().collect(), ..self.clone() })
    }

    pub(super) fn trusted(&self, by: Handle) -> Trust {
        Trust { own: self.taint.clone(), from: self.derived_from.clone(), promoted: false, by }
    }
}

impl DeclaredTask {
    /// Why a context is not to be trusted: its own taint and that of what it was made of.
    pub fn taint_of(&self, id: ContextId) -> Vec<Taint> {
        let (mut found, mut seen, mut left) = (BTreeSet::new(), BTreeSet::new(), vec![id]);
        while let Some(id) = left.pop() {
            let Some(trust) = self.contexts.get(&id).filter(|trust| !trust.promoted) else {
                continue;
            };
            if seen.insert(id) {
                found.extend(trust.own.iter().copied());
                left.extend(&trust.from);
            }
        }
        found.into_iter().collect()
    }
}

impl Rules for PromoteTrust {
    fn sphere(&self, _: &State) -> Result<Sphere, Rejection> {
        // Offices speak by their role, which the decision looks at.
        Ok(Sphere::Open)
    }

    fn decide(
        &self,
        permit: &Permit<'_>,
        ctx: &mut Deciding<'_>,
        out: &mut Vec<Draft>,
    ) -> Result<(), Rejection> {
        let state = permit.state();
        let by = state.principal(permit.caller().principal.ok_or(Code::Forbidden)?)?;
        let task = state.clearance.open(self.task)?;
        if !state.takes_part(self.task, by) {
            return Err(Code::NotFound.into());
        }
        state.takes_office(task, by, GovernanceRole::ComplianceMonitor)?;
        let trust = task.contexts.get(&self.context).ok_or(Code::NotFound)?;
        if state.person_of(trust.by) == state.person_of(by) {
            return Err(Rejection::new(Code::OwnAct, "nobody vouches for what they attested"));
        }
        if trust.promoted {
            return Err(Rejection::new(Code::TaskState, "the context is trusted already"));
        }
        let (context, document) = (self.context, self.document);
        let event = Event::TaintPromoted(TaintPromoted { context, document });
        out.push(Draft::new(ctx.entry_id(), Vis::Parties, event).about(self.task));
        Ok(())
    }
}

pub(crate) fn apply_promoted(state: &mut State, entry: &Entry, promoted: &TaintPromoted) {
    let person = entry.actor.map(|actor| state.person_of(state.handle(actor)));
    let task = state.clearance.get_mut(subject(entry));
    if let Some(trust) = task.contexts.get_mut(&promoted.context) {
        trust.promoted = true;
    }
    if let Some(person) = person {
        task.offices.insert(person, GovernanceRole::ComplianceMonitor);
    }
}
