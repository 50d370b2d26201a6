//! Policy: sets of rules that say whether an act may happen, judged outside and bound to facts here.
//!
//! Admission asks whether an active set concerns a command. Where every set that does has a native
//! bound for its action and currency, the bounds decide and nothing else is asked. Otherwise the
//! writer hands out the [`Facts`] and the sets to ask; the judge outside says what each set says of
//! them, and the command comes back with that [`Judgement`]. It counts if the facts and the sets are
//! still the same. Replay reads what was decided; no policy is ever evaluated again.
//!
//! Rules and names lie in the vault; entries hold digests. Whatever would let more through than
//! before (a weaker mode, another version, the end of a set) takes two people. What is consequential by
//! itself waits for another person where no set decides of it.
//!
//! Deliberately absent: rules, their language and their engines; limits and counters, which
//! admission checks whatever a policy says.

mod bounds;
mod change;
mod consequential;
mod create;
mod evaluate;
mod facts;
mod gate;
mod later;
mod question;
mod verdict;

use std::collections::BTreeMap;

use hansa_types::{Digest, Framework, Jurisdiction, Label, PolicyEvaluationId, PolicySetId, Time};
use serde::{Deserialize, Serialize};

pub use bounds::Bound;
pub use change::{
    Activate, Activated, Change, ChangeRequested, Deprecate, Deprecated, ModeSet, Revoke, Revoked,
    SetMode,
};
pub(crate) use change::{
    apply_activated, apply_change_requested, apply_deprecated, apply_mode_set, apply_revoked,
};
pub use consequential::{CONSEQUENTIAL, ConsequentialActs};
pub(crate) use create::apply_created;
pub use create::{Create, Created};
pub use evaluate::{Evaluate, Evaluated, Evaluation, Judged, JudgedLine};
pub(crate) use evaluate::{apply_evaluated, apply_judged};
pub use facts::{CounterpartyFacts, Facts, GrantFacts, MoneyFacts, TaskFacts};
pub use gate::Act;
pub(crate) use gate::Gate;
pub use later::{Ask, Asked, Awaited, Leave, Unanswered};
pub(crate) use later::{apply_asked, apply_unanswered};
pub use question::{Concern, Question, SetRef};
pub use verdict::{JudgedSet, Judgement, Obligation, Ruling, Verdict};

use crate::grant::Action;
use crate::principal::Handle;

/// Where a policy set stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// Made, and not yet in force.
    Draft,
    /// In force as its mode says.
    Active,
    /// No longer asked by itself; it may be named.
    Deprecated,
    /// Never again.
    Revoked,
}

/// How much a policy set's verdict counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// It is not asked.
    Off,
    /// It is asked and its answer recorded, and decides nothing.
    Shadow,
    /// It decides.
    #[default]
    Enforce,
}

impl Mode {
    /// Its word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Mode::Off => "off",
            Mode::Shadow => "shadow",
            Mode::Enforce => "enforce",
        }
    }

    fn is_default(&self) -> bool {
        *self == Mode::default()
    }
}

/// What evaluates a policy set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Engine {
    /// The node itself, in Rego.
    #[default]
    Rego,
    /// A remote OPA.
    Opa,
    /// Nothing: the set is a record of rules that are kept elsewhere, and decides nothing here.
    Record,
}

impl Engine {
    /// Its word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Engine::Rego => "rego",
            Engine::Opa => "opa",
            Engine::Record => "record",
        }
    }

    fn is_default(&self) -> bool {
        *self == Engine::default()
    }
}

/// What a policy set is about. An act that does not say where it happens, or by what it is bound,
/// is about everywhere and everything.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Scope {
    /// The actions it concerns.
    pub actions: Vec<Action>,
    /// Where; everywhere if empty.
    pub jurisdictions: Vec<Jurisdiction>,
    /// Under which frameworks; under all if empty.
    pub frameworks: Vec<Framework>,
}

/// What the state keeps of a policy set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PolicySet {
    /// What stands for its name.
    pub name: Label,
    /// SHA-256 of its rules: its version.
    pub rules: Digest,
    /// What evaluates it.
    pub engine: Engine,
    /// Where it stands.
    pub stage: Stage,
    /// How much it counts.
    pub mode: Mode,
    /// What it is about.
    pub scope: Scope,
    /// What needs no evaluation.
    pub bounds: Vec<Bound>,
    /// Who made it.
    pub by: Option<Handle>,
    /// A change that waits for its second person.
    pub pending: Option<PendingChange>,
}

/// A change that one person asked for and another has to ask for too.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct PendingChange {
    /// Which change.
    pub change: Change,
    /// Who asked first.
    pub by: Handle,
    /// Until when the second may.
    pub until: Time,
}

/// All policy sets, those that are asked, and evaluations that acts may refer to.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Policies {
    sets: BTreeMap<PolicySetId, PolicySet>,
    asked: Vec<PolicySetId>,
    /// Those that are active and not asked.
    off: Vec<PolicySetId>,
    evaluations: BTreeMap<PolicyEvaluationId, Evaluation>,
    /// Those without an answer.
    awaited: BTreeMap<PolicyEvaluationId, Awaited>,
}

impl PolicySet {
    /// Whether acts within its scope are judged by it.
    pub fn is_asked(&self) -> bool {
        self.stage == Stage::Active && self.mode != Mode::Off && self.engine != Engine::Record
    }

    /// Whether acts within its scope would be judged by it, and are not.
    pub fn is_off(&self) -> bool {
        self.stage == Stage::Active && self.mode == Mode::Off && self.engine != Engine::Record
    }

    /// Whether its verdict decides.
    pub fn is_enforced(&self) -> bool {
        self.is_asked() && self.mode == Mode::Enforce
    }
}

impl Policies {
    /// A set.
    pub fn get(&self, id: PolicySetId) -> Option<&PolicySet> {
        self.sets.get(&id)
    }

    /// The active set of a name.
    pub fn active_named(&self, name: &Label) -> Option<PolicySetId> {
        let is_it = |set: &PolicySet| set.stage == Stage::Active && set.name == *name;
        self.sets.iter().find(|(_, set)| is_it(set)).map(|(id, _)| *id)
    }

    /// All sets in the order of their ids.
    pub fn iter(&self) -> impl Iterator<Item = (PolicySetId, &PolicySet)> {
        self.sets.iter().map(|(id, set)| (*id, set))
    }

    /// The sets that are asked, in the order of their ids.
    pub fn asked(&self) -> impl Iterator<Item = (PolicySetId, &PolicySet)> {
        self.asked.iter().filter_map(|id| self.sets.get(id).map(|set| (*id, set)))
    }

    /// The sets that are active and not asked, in the order of their ids.
    pub fn off(&self) -> impl Iterator<Item = (PolicySetId, &PolicySet)> {
        self.off.iter().filter_map(|id| self.sets.get(id).map(|set| (*id, set)))
    }

    /// How many sets there are.
    pub fn len(&self) -> usize {
        self.sets.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.sets.is_empty()
    }

    /// An evaluation that an act may refer to.
    pub fn evaluation(&self, id: PolicyEvaluationId) -> Option<&Evaluation> {
        self.evaluations.get(&id)
    }

    /// How many evaluations are remembered.
    pub fn evaluations_len(&self) -> usize {
        self.evaluations.len()
    }

    fn get_mut(&mut self, id: PolicySetId) -> &mut PolicySet {
        self.sets.get_mut(&id).unwrap_or_else(|| panic!("{id} is named by an entry and unknown"))
    }

    /// Changes a set, and what is asked with it.
    fn change(&mut self, id: PolicySetId, change: impl FnOnce(&mut PolicySet)) {
        change(self.get_mut(id));
        let all = |wanted: fn(&PolicySet) -> bool| {
            self.sets.iter().filter(|(_, set)| wanted(set)).map(|(id, _)| *id).collect()
        };
        let (asked, off) = (all(PolicySet::is_asked), all(PolicySet::is_off));
        (self.asked, self.off) = (asked, off);
    }

    pub(crate) fn forget_set(&mut self, id: PolicySetId) {
        self.sets.remove(&id);
    }

    pub(crate) fn forget_evaluation(&mut self, id: PolicyEvaluationId) {
        self.evaluations.remove(&id);
        self.awaited.remove(&id);
    }
}
