//! What is consequential by itself: a node's money, the keys of its agents, and what would put policy
//! in the place of this rule.
//!
//! Once somebody was given a governance role, such an act of anybody else waits for one approval by
//! another person. That stays so: neither the end of the role nor the suspension of whoever held it
//! lets an act pass again, so nobody frees themselves by removing who would have to agree. While
//! nobody else was ever appointed it passes on its author's authority, or a node of one person could
//! not work.
//!
//! An enforced policy set that concerns an act decides of it in the place of this rule. Putting one
//! there is therefore consequential itself; weakening it takes two people (`change`), and brings this
//! rule back.
//!
//! Deliberately absent: who is who outside of the node. A second account of one human is another
//! person here; its appointment is a public entry.

use std::sync::Arc;

use hansa_types::{Digest, Time};

use super::{Engine, Gate, Judged, Judgement, Mode, PolicySet, Stage, TaskFacts, Verdict};
use crate::State;
use crate::command::{Command, Request};
use crate::principal::Handle;

/// The operations that are consequential whatever they say.
pub const CONSEQUENTIAL: [&str; 4] =
    ["mint_create", "burn_create", "funding_approve", "agent_key_rotate"];
/// The operations that are where they put policy in the place of this rule.
const REPLACING: [&str; 2] = ["policy_set_activate", "policy_set_mode_set"];
/// The name under which the rule is recorded.
const RULE: &str = "consequential";

/// What becomes of consequential acts on a node.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ConsequentialActs {
    /// Whoever may do them does them alone: nobody else was ever appointed.
    #[default]
    Alone,
    /// They wait for another person.
    Wait,
    /// They wait, and nobody in good standing could approve them.
    WaitForNobody,
    /// Policy sets decide of each of them.
    ByPolicy,
}

impl State {
    /// What the gate says, and an approval where it would let a consequential act pass unasked.
    pub(super) fn unless_consequential(
        &self,
        gate: Gate,
        (caller, request): (Handle, &Request),
        facts: impl FnOnce() -> Digest,
    ) -> Gate {
        match gate {
            Gate::Pass(said) if self.is_consequential(caller, &request.command) => {
                let judgement = match said {
                    Some(said) => Arc::unwrap_or_clone(said),
                    None => Judgement::unasked(facts()),
                };
                Gate::Approval(Arc::new(judgement.consequential()))
            }
            gate => gate,
        }
    }

    /// Whether a command waits for another person by itself. For most it is one comparison.
    fn is_consequential(&self, caller: Handle, command: &Command) -> bool {
        let (command, task) = match command {
            Command::ActionSubmit(submit) => match submit.act.native() {
                Some(inner) => (&inner.command, Some(submit.task)),
                None => return false,
            },
            command => (command, None),
        };
        let is_one = match command {
            Command::MintCreate(_)
            | Command::BurnCreate(_)
            | Command::FundingApprove(_)
            | Command::KeyRotate(_) => true,
            Command::PolicySetActivate(activate) => {
                let set = self.policies.get(activate.id).filter(|set| set.stage == Stage::Draft);
                set.is_some_and(|set| set.mode == Mode::Enforce && self.takes_the_place(set))
            }
            Command::PolicySetModeSet(change) if change.mode == Mode::Enforce => {
                let set = self.policies.get(change.id).filter(|set| set.stage == Stage::Active);
                set.is_some_and(|set| set.mode != Mode::Enforce && self.takes_the_place(set))
            }
            _ => false,
        };
        is_one && {
            let task = task.and_then(|task| self.task_facts(task));
            self.wants_another(caller, command.action(), task.as_ref())
        }
    }

    /// Whether a consequential act would wait for another person than the one behind who does it.
    pub fn waits_for_another(&self, actor: Handle, action: &str, task: Option<&TaskFacts>) -> bool {
        CONSEQUENTIAL.contains(&action) && self.wants_another(actor, action, task)
    }

    fn wants_another(&self, actor: Handle, action: &str, task: Option<&TaskFacts>) -> bool {
        let decides = |set: &PolicySet| {
            set.is_enforced() && set.concerns_action(action) && set.concerns_place(task)
        };
        self.clearance.was_appointed_beside(self.person_of(actor))
            && !self.policies.asked().any(|(_, set)| decides(set))
    }

    /// Whether a set would decide of a consequential act that none decides of yet.
    fn takes_the_place(&self, set: &PolicySet) -> bool {
        let mut all = CONSEQUENTIAL.into_iter().chain(REPLACING);
        set.engine != Engine::Record
            && all.any(|action| set.concerns_action(action) && !self.is_decided(action))
    }

    /// Whether a set decides of an operation wherever it happens.
    fn is_decided(&self, action: &str) -> bool {
        self.policies.asked().any(|(_, set)| {
            let everywhere = set.scope.jurisdictions.is_empty() && set.scope.frameworks.is_empty();
            everywhere && set.is_enforced() && set.concerns_action(action)
        })
    }

    /// What becomes of consequential acts, for whoever runs the node.
    pub fn consequential_acts(&self, now: Time) -> ConsequentialActs {
        let is_free = |person: Handle| {
            let id = self.principals.get(person).id;
            CONSEQUENTIAL.iter().any(|action| self.may_for_node(id, action, now))
        };
        let in_office = |holder: Handle| self.principals.status(holder).active;
        match self.clearance.appointed() {
            _ if CONSEQUENTIAL.iter().all(|action| self.is_decided(action)) => {
                ConsequentialActs::ByPolicy
            }
            [] => ConsequentialActs::Alone,
            [only] if is_free(*only) => ConsequentialActs::Alone,
            _ if self.clearance.roles().any(|(_, holder, _)| in_office(holder)) => {
                ConsequentialActs::Wait
            }
            _ => ConsequentialActs::WaitForNobody,
        }
    }
}

impl Judgement {
    /// What is said where nobody was asked.
    fn unasked(facts: Digest) -> Self {
        Self::compose(facts, Vec::new())
    }

    /// The same, of an act that is consequential and that no enforced set decides of.
    pub fn consequential(mut self) -> Self {
        self.verdict = self.verdict.max(Verdict::RequireApproval);
        self.matched_rules.extend(RULE.parse());
        self
    }

    /// Whether only another person than the one behind who acts may approve: nobody but this rule
    /// wants it approved.
    pub(crate) fn wants_another(&self) -> bool {
        let decides = self.policy_sets.iter().any(|judged| judged.mode == Mode::Enforce);
        self.verdict == Verdict::RequireApproval && !decides
    }
}

impl Judged {
    /// As [`Judgement::wants_another`], of what is on record.
    pub(super) fn wants_another(&self) -> bool {
        let decides = self.sets.iter().any(|line| line.mode == Mode::Enforce);
        self.verdict == Verdict::RequireApproval && !decides
    }
}
