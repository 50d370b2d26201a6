//! Making a policy set: a draft that decides nothing until it is activated.

use std::collections::BTreeSet;

use hansa_types::{
    AnyId, Code, Digest, Framework, Jurisdiction, Label, PolicySetId, Rejection, Vis,
};
use serde::{Deserialize, Serialize};

use super::{Bound, Engine, Mode, PolicySet, Scope, Stage};
use crate::State;
use crate::admit::{Permit, Sphere};
use crate::command::Rules;
use crate::decide::{Context, Draft};
use crate::entry::Entry;
use crate::event::Event;
use crate::grant::Action;
use crate::limits::{
    ACTIONS_MAX, POLICY_BOUNDS_MAX, POLICY_FRAMEWORKS_MAX, POLICY_JURISDICTIONS_MAX,
    POLICY_SETS_MAX,
};

/// Make a policy set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Create {
    /// The id it shall have.
    pub id: PolicySetId,
    /// What stands for its name; the sets of one name are its versions.
    pub name: Label,
    /// SHA-256 of its rules.
    pub rules: Digest,
    /// Salted digest of its document, which the same batch puts in the vault.
    pub document: Digest,
    /// What evaluates it.
    pub engine: Engine,
    /// How much it shall count once it is active.
    pub mode: Mode,
    /// What it is about.
    pub scope: Scope,
    /// What needs no evaluation.
    pub bounds: Vec<Bound>,
}

/// Data of `policy_set.created`. The entry's id is the set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Created {
    /// What stands for its name.
    pub name: Label,
    /// SHA-256 of its rules.
    pub rules_digest: Digest,
    /// Salted digest of its document.
    pub document: Digest,
    /// What evaluates it.
    #[serde(default, skip_serializing_if = "Engine::is_default")]
    pub engine: Engine,
    /// How much it shall count.
    #[serde(default, skip_serializing_if = "Mode::is_default")]
    pub mode: Mode,
    /// The actions it concerns.
    pub actions: Vec<Action>,
    /// Where; everywhere if empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub jurisdictions: Vec<Jurisdiction>,
    /// Under which frameworks; under all if empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub frameworks: Vec<Framework>,
    /// What needs no evaluation.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub bounds: Vec<Bound>,
}

impl Rules for Create {
    fn sphere(&self, _: &State) -> Result<Sphere, Rejection> {
        Ok(Sphere::Node)
    }

    fn decide(
        &self,
        permit: &Permit<'_>,
        _: &mut Context<'_>,
        out: &mut Vec<Draft>,
    ) -> Result<(), Rejection> {
        let state = permit.state();
        if state.policies.len() >= POLICY_SETS_MAX {
            return Err(Rejection::new(Code::StateFull, "a node keeps at most 1,000 policy sets"));
        }
        if state.policies.get(self.id).is_some() {
            return Err(Rejection::new(Code::InvalidField, "id: there is such a set already"));
        }
        self.check_shape()?;
        for bound in &self.bounds {
            state.ledger.currency(bound.currency)?;
        }
        let Scope { actions, jurisdictions, frameworks } = self.scope.clone();
        let created = Created {
            name: self.name,
            rules_digest: self.rules,
            document: self.document,
            engine: self.engine,
            mode: self.mode,
            actions,
            jurisdictions,
            frameworks,
            bounds: self.bounds.clone(),
        };
        out.push(Draft::new(self.id, Vis::Public, Event::PolicySetCreated(created)));
        Ok(())
    }
}

impl Create {
    fn check_shape(&self) -> Result<(), Rejection> {
        let refuse = |detail: &'static str| Err(Rejection::new(Code::InvalidField, detail));
        let scope = &self.scope;
        if scope.actions.is_empty() || scope.actions.len() > ACTIONS_MAX {
            return refuse("actions: 1 to 32 patterns");
        }
        if scope.jurisdictions.len() > POLICY_JURISDICTIONS_MAX {
            return refuse("jurisdictions: at most 64");
        }
        if scope.frameworks.len() > POLICY_FRAMEWORKS_MAX {
            return refuse("frameworks: at most 16");
        }
        if self.bounds.len() > POLICY_BOUNDS_MAX {
            return refuse("bounds: at most 64");
        }
        let distinct: BTreeSet<_> = self.bounds.iter().map(|b| (&b.action, b.currency)).collect();
        if distinct.len() < self.bounds.len() {
            return refuse("bounds: one for each action and currency");
        }
        if self.bounds.iter().any(|bound| bound.approve_up_to < bound.allow_up_to) {
            return refuse("bounds: approve_up_to is not below allow_up_to");
        }
        let is_meant = |bound: &Bound| scope.actions.iter().any(|a| a.includes(&bound.action));
        if !self.bounds.iter().all(is_meant) {
            return refuse("bounds: an action that the set is not about");
        }
        Ok(())
    }
}

pub(crate) fn apply_created(state: &mut State, entry: &Entry, created: &Created) {
    let set = PolicySet {
        name: created.name,
        rules: created.rules_digest,
        engine: created.engine,
        stage: Stage::Draft,
        mode: created.mode,
        scope: Scope {
            actions: created.actions.clone(),
            jurisdictions: created.jurisdictions.clone(),
            frameworks: created.frameworks.clone(),
        },
        bounds: created.bounds.clone(),
        by: entry.actor.map(|actor| state.handle(actor)),
        pending: None,
    };
    state.policies.sets.insert(id(entry), set);
}

pub(super) fn id(entry: &Entry) -> PolicySetId {
    match entry.id {
        AnyId::PolicySet(id) => id,
        _ => panic!("{} carries the policy set as its id", entry.event.kind()),
    }
}
