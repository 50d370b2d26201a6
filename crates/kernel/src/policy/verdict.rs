//! What policy says of an act, set by set and together.
//!
//! The strictest verdict of the sets that are enforced counts. A set in shadow is heard and recorded
//! and decides nothing. An engine that failed has said deny.

use std::sync::Arc;

use hansa_types::{Digest, PolicySetId, RuleName};
use serde::{Deserialize, Serialize};

use super::{Facts, Mode};

/// What a policy set says of an act, from the mildest to the strictest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// It may happen.
    Allow,
    /// It may happen when who asks proves better who they are.
    RequireStrongerAuth,
    /// It may happen when others approve it.
    RequireApproval,
    /// Monitors have to look at it first.
    Escalate,
    /// It may not happen.
    Deny,
    /// It may not happen, and what it belongs to is stopped.
    Quarantine,
}

impl Verdict {
    /// Every verdict, the mildest first.
    pub const ALL: [Verdict; 6] = [
        Verdict::Allow,
        Verdict::RequireStrongerAuth,
        Verdict::RequireApproval,
        Verdict::Escalate,
        Verdict::Deny,
        Verdict::Quarantine,
    ];

    /// Its word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Verdict::Allow => "allow",
            Verdict::RequireStrongerAuth => "require_stronger_auth",
            Verdict::RequireApproval => "require_approval",
            Verdict::Escalate => "escalate",
            Verdict::Deny => "deny",
            Verdict::Quarantine => "quarantine",
        }
    }

    /// The verdict of a word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|verdict| verdict.as_str() == word)
    }
}

/// What must be so beside a verdict: a closed list, because one that nobody can keep must not be
/// dropped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Obligation {
    /// Who asks proves better who they are.
    StrongerAuth,
    /// Two approvals by different people.
    DualApproval,
    /// Three approvals by different people.
    MultiApproval,
    /// One approval by an executive.
    ApproverExecutive,
    /// One approval by a compliance monitor.
    ApproverComplianceMonitor,
    /// One approval by an impact assessor.
    ApproverImpactAssessor,
    /// The task has an evidence bundle.
    EvidenceBundle,
    /// The task has an impact assessment.
    ImpactAssessment,
    /// The compliance monitors are told.
    NotifyMonitor,
}

impl Obligation {
    /// Every obligation.
    pub const ALL: [Obligation; 9] = [
        Obligation::StrongerAuth,
        Obligation::DualApproval,
        Obligation::MultiApproval,
        Obligation::ApproverExecutive,
        Obligation::ApproverComplianceMonitor,
        Obligation::ApproverImpactAssessor,
        Obligation::EvidenceBundle,
        Obligation::ImpactAssessment,
        Obligation::NotifyMonitor,
    ];

    /// Its word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Obligation::StrongerAuth => "stronger_auth",
            Obligation::DualApproval => "dual_approval",
            Obligation::MultiApproval => "multi_approval",
            Obligation::ApproverExecutive => "approver_executive",
            Obligation::ApproverComplianceMonitor => "approver_compliance_monitor",
            Obligation::ApproverImpactAssessor => "approver_impact_assessor",
            Obligation::EvidenceBundle => "evidence_bundle",
            Obligation::ImpactAssessment => "impact_assessment",
            Obligation::NotifyMonitor => "notify_monitor",
        }
    }

    /// The obligation of a word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|obligation| obligation.as_str() == word)
    }

    /// Whether it says how an approval is given, so that there has to be one.
    pub const fn shapes_approval(self) -> bool {
        matches!(
            self,
            Obligation::DualApproval
                | Obligation::MultiApproval
                | Obligation::ApproverExecutive
                | Obligation::ApproverComplianceMonitor
                | Obligation::ApproverImpactAssessor
        )
    }

    /// Whether the facts show that it is kept. What only an approval can show is not.
    pub fn is_kept(self, facts: &Facts) -> bool {
        let has = |artifact: &str| {
            facts.task.as_ref().is_some_and(|task| task.artifacts.iter().any(|a| a == artifact))
        };
        match self {
            Obligation::StrongerAuth => facts.strong_auth,
            Obligation::EvidenceBundle => has("evidence_bundle"),
            Obligation::ImpactAssessment => has("impact_assessment"),
            Obligation::NotifyMonitor => true,
            _ => false,
        }
    }
}

/// What one policy set said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct JudgedSet {
    /// Which set.
    pub set: PolicySetId,
    /// SHA-256 of its rules.
    pub rules_digest: Digest,
    /// Whether it counts.
    pub mode: Mode,
    /// What it said.
    pub verdict: Verdict,
    /// Its rules that say so.
    pub rules: Vec<RuleName>,
    /// What must be so besides.
    pub obligations: Vec<Obligation>,
    /// Whether its engine failed, which is a deny.
    pub failed: bool,
}

impl JudgedSet {
    /// What counts when a set's engine is dead, slow or garbled.
    pub fn failed(set: PolicySetId, rules_digest: Digest, mode: Mode) -> Self {
        let (rules, obligations) = (Vec::new(), Vec::new());
        let verdict = Verdict::Deny;
        Self { set, rules_digest, mode, verdict, rules, obligations, failed: true }
    }
}

/// What all policy sets that were asked said of one act.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judgement {
    /// The strictest verdict of the enforced sets; allow where none is enforced.
    pub verdict: Verdict,
    /// The rules of the enforced sets that said so.
    pub matched_rules: Vec<RuleName>,
    /// What must be so besides, of all enforced sets.
    pub obligations: Vec<Obligation>,
    /// What each set said, those in shadow too.
    pub policy_sets: Vec<JudgedSet>,
    /// Digest of the facts they looked at.
    pub facts: Digest,
    /// Whether the verdict is a failed engine's deny.
    pub failed: bool,
}

impl Judgement {
    /// Puts together what each set said.
    pub fn compose(facts: Digest, policy_sets: Vec<JudgedSet>) -> Self {
        let enforced = || policy_sets.iter().filter(|judged| judged.mode == Mode::Enforce);
        let mut verdict = enforced().map(|j| j.verdict).max().unwrap_or(Verdict::Allow);
        let mut obligations: Vec<Obligation> =
            enforced().flat_map(|judged| judged.obligations.iter().copied()).collect();
        if enforced().any(|judged| judged.verdict == Verdict::RequireStrongerAuth) {
            obligations.push(Obligation::StrongerAuth);
        }
        obligations.sort_unstable();
        obligations.dedup();
        // How an approval is given says that there is one.
        if verdict < Verdict::RequireApproval && obligations.iter().any(|o| o.shapes_approval()) {
            verdict = Verdict::RequireApproval;
        }
        let failed = enforced().any(|judged| judged.failed && judged.verdict == verdict)
            && !enforced().any(|judged| !judged.failed && judged.verdict == verdict);
        let mut matched_rules: Vec<RuleName> =
            enforced().flat_map(|judged| judged.rules.iter().cloned()).collect();
        matched_rules.sort_unstable();
        matched_rules.dedup();
        Self { verdict, matched_rules, obligations, policy_sets, facts, failed }
    }

    /// The sets in shadow that would have decided otherwise.
    pub fn differences(&self) -> impl Iterator<Item = &JudgedSet> {
        let differs = |judged: &&JudgedSet| {
            judged.mode == Mode::Shadow && judged.verdict != self.verdict && !judged.failed
        };
        self.policy_sets.iter().filter(differs)
    }
}

/// A judgement beside the facts that it is over, so that whoever has the same facts again need not
/// digest them to see that it counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ruling {
    facts: Arc<Facts>,
    judgement: Arc<Judgement>,
}

impl Ruling {
    /// What each set said of these facts.
    pub fn new(facts: Arc<Facts>, policy_sets: Vec<JudgedSet>) -> Self {
        let judgement = Arc::new(Judgement::compose(facts.digest(), policy_sets));
        Self { facts, judgement }
    }

    /// What was said.
    pub fn judgement(&self) -> &Arc<Judgement> {
        &self.judgement
    }

    /// Whether it is over these facts.
    pub(super) fn is_over(&self, facts: &Facts) -> bool {
        *self.facts == *facts
    }
}
