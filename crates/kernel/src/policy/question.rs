//! What has to be judged before a command is admitted, and which sets are asked.

use hansa_types::{Amount, CurrencyCode, Digest, PolicySetId};

use super::{Bound, Engine, Facts, Mode, PolicySet, bounds};
use crate::State;

/// One policy set that has to be asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SetRef {
    /// Which.
    pub set: PolicySetId,
    /// SHA-256 of its rules.
    pub rules: Digest,
    /// What evaluates it.
    pub engine: Engine,
    /// How much its answer counts.
    pub mode: Mode,
}

/// A set that concerns an action outside of tasks, with what it says without being asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Concern {
    /// The set.
    pub set: SetRef,
    /// Its bounds, of this action and of others.
    pub bounds: Vec<Bound>,
}

/// What has to be judged before a command is admitted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// What the sets may look at.
    pub facts: Facts,
    /// The sets to ask.
    pub sets: Vec<SetRef>,
    /// Of an act outside of tasks: all sets that concern the action, by which it can be told which of
    /// them are asked about another amount.
    pub concerns: Vec<Concern>,
}

impl State {
    /// What is asked about an act of which these facts are known.
    pub(super) fn question(&self, facts: Facts, sets: Vec<SetRef>) -> Question {
        let concerns = match facts.task {
            Some(_) => Vec::new(),
            None => self.concerns(&facts.action),
        };
        Question { facts, sets, concerns }
    }

    fn concerns(&self, action: &str) -> Vec<Concern> {
        let asked = self.policies.asked().filter(|(_, set)| set.concerns_action(action));
        asked
            .map(|(id, set)| Concern { set: set.reference(id), bounds: set.bounds.clone() })
            .collect()
    }
}

impl PolicySet {
    /// How the judge knows it.
    pub fn reference(&self, set: PolicySetId) -> SetRef {
        SetRef { set, rules: self.rules, engine: self.engine, mode: self.mode }
    }
}

impl Concern {
    /// Whether the set is asked about so much, or its bounds have said it.
    pub fn is_asked(&self, action: &str, money: (CurrencyCode, Amount)) -> bool {
        bounds::verdict(&self.bounds, action, money).is_none()
    }
}
