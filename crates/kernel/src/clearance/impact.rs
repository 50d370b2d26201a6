//! What an impact assessment comes to, computed from what was assessed and never taken from whoever
//! assessed it.
//!
//! Four frameworks each say pass, concern or fail: consequences over time, the lot of the worst off
//! (nobody behind the veil of ignorance knows who they will be), Pareto (does anybody lose?), and
//! rights, which nothing outweighs. Where one passes what another fails they are in conflict, and a
//! person has to decide; so it is when the assessor advises to go on against a failure.
//!
//! Deliberately absent: sums over stakeholders. No gain of many buys the ruin of one.

use hansa_types::governance::{Finding, Horizon, Recommendation, Right, Severity, Stakeholder};
use hansa_types::{Code, Rejection};
use serde::{Deserialize, Serialize};

use crate::limits::{HORIZONS_MAX, MAGNITUDE_MAX, RIGHTS_MAX, STAKEHOLDERS_MAX};

/// Harm to the worst off from which on an act fails.
const HARM_GRAVE: u8 = 60;
/// Harm to the worst off from which on it has to be watched.
const HARM_FELT: u8 = 20;

/// What one horizon holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Outlook {
    /// How far ahead.
    pub horizon: Horizon,
    /// The worst of it.
    pub severity: Severity,
    /// Whether it cannot be undone.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub irreversible: bool,
}

/// What it does to somebody.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Stake {
    /// To whom.
    pub stakeholder: Stakeholder,
    /// Whether it harms them.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub harmed: bool,
    /// How much, of 100.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub magnitude: u8,
}

fn is_zero(magnitude: &u8) -> bool {
    *magnitude == 0
}

/// What was assessed, in numbers and words of the vocabulary.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Assessed {
    /// Consequences over time.
    pub horizons: Vec<Outlook>,
    /// Whom they are about.
    pub stakeholders: Vec<Stake>,
    /// Whether what harms somebody is made good.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub mitigated: bool,
    /// Rights that it would violate.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub violates: Vec<Right>,
    /// What the assessor advises.
    pub recommendation: Recommendation,
}

/// What each framework says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Findings {
    /// Consequences over time.
    pub horizons: Finding,
    /// The worst off.
    pub worst_off: Finding,
    /// Whether anybody loses.
    pub pareto: Finding,
    /// Rights.
    pub rights: Finding,
    /// Whether frameworks, or the assessor's advice, contradict each other.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub conflict: bool,
    /// What it comes to.
    pub outcome: Recommendation,
}

impl Assessed {
    /// Refuses what is incomplete or out of bounds.
    pub fn check(&self) -> Result<(), Rejection> {
        let refuse = |detail: &'static str| Err(Rejection::new(Code::InvalidField, detail));
        if self.horizons.is_empty() || self.horizons.len() > HORIZONS_MAX {
            return refuse("time_horizons: 1 to 16 of them");
        }
        if self.stakeholders.is_empty() || self.stakeholders.len() > STAKEHOLDERS_MAX {
            return refuse("stakeholders: 1 to 32 of them");
        }
        if self.stakeholders.iter().any(|stake| stake.magnitude > MAGNITUDE_MAX) {
            return refuse("magnitude: 0 to 100");
        }
        if self.violates.len() > RIGHTS_MAX {
            return refuse("rights_violated: each right once");
        }
        Ok(())
    }

    /// Whoever fares worst, and how much harm they suffer.
    pub fn worst_off(&self) -> Option<Stake> {
        let harm = |stake: &Stake| {
            if stake.harmed { i16::from(stake.magnitude) } else { -i16::from(stake.magnitude) }
        };
        self.stakeholders.iter().copied().max_by_key(harm)
    }

    /// What it comes to.
    pub fn evaluate(&self) -> Findings {
        let horizons = self.horizons.iter().map(Outlook::finding).max().unwrap_or(Finding::Fail);
        let worst_off = self.worst_off().map_or(Finding::Fail, |stake| stake.finding());
        let pareto = match (self.harms_anybody(), self.mitigated) {
            (false, _) => Finding::Pass,
            (true, true) => Finding::Concern,
            (true, false) => Finding::Fail,
        };
        let rights = if self.violates.is_empty() { Finding::Pass } else { Finding::Fail };
        let all = [horizons, worst_off, pareto, rights];
        let worst = all.into_iter().max().unwrap_or(Finding::Fail);
        let disagree = worst == Finding::Fail && all.contains(&Finding::Pass);
        let defied = worst == Finding::Fail
            && matches!(
                self.recommendation,
                Recommendation::Proceed | Recommendation::ProceedWithConditions
            );
        // A right is violated or it is not: nothing that others say makes it a matter of opinion.
        let conflict =
            rights == Finding::Pass && (disagree || defied) || rights == Finding::Fail && defied;
        let outcome = match worst {
            _ if rights == Finding::Fail => Recommendation::Stop,
            Finding::Fail if conflict => Recommendation::Escalate,
            Finding::Fail => Recommendation::Stop,
            Finding::Concern => Recommendation::ProceedWithConditions,
            Finding::Pass => Recommendation::Proceed,
        };
        // The stricter of what was found and what was advised.
        let outcome = outcome.max(self.recommendation);
        Findings { horizons, worst_off, pareto, rights, conflict, outcome }
    }

    fn harms_anybody(&self) -> bool {
        self.stakeholders.iter().any(|stake| stake.harmed && stake.magnitude > 0)
    }
}

impl Outlook {
    fn finding(&self) -> Finding {
        match (self.severity, self.irreversible) {
            (Severity::Severe, true) => Finding::Fail,
            (Severity::Severe, false) | (Severity::High, _) => Finding::Concern,
            (Severity::Moderate, true) => Finding::Concern,
            _ => Finding::Pass,
        }
    }
}

impl Stake {
    fn finding(self) -> Finding {
        match self.harmed {
            true if self.magnitude >= HARM_GRAVE => Finding::Fail,
            true if self.magnitude >= HARM_FELT => Finding::Concern,
            _ => Finding::Pass,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn harmless() -> Assessed {
        Assessed {
            horizons: vec![Outlook {
                horizon: Horizon::Immediate,
                severity: Severity::Low,
                irreversible: false,
            }],
            stakeholders: vec![Stake {
                stakeholder: Stakeholder::Principal,
                harmed: false,
                magnitude: 40,
            }],
            mitigated: false,
            violates: Vec::new(),
            recommendation: Recommendation::Proceed,
        }
    }

    fn harming(magnitude: u8, mitigated: bool) -> Assessed {
        let mut assessed = harmless();
        assessed.stakeholders.push(Stake {
            stakeholder: Stakeholder::VulnerableGroup,
            harmed: true,
            magnitude,
        });
        Assessed { mitigated, ..assessed }
    }

    #[test]
    fn what_harms_nobody_proceeds() {
        let findings = harmless().evaluate();
        assert_eq!(findings.outcome, Recommendation::Proceed);
        assert!(!findings.conflict);
    }

    #[test]
    fn the_worst_off_count_and_not_the_sum() {
        let mut assessed = harming(60, true);
        // Great gains for many others change nothing.
        for _ in 0..10 {
            assessed.stakeholders.push(Stake {
                stakeholder: Stakeholder::Public,
                harmed: false,
                magnitude: 100,
            });
        }
        let findings = assessed.evaluate();
        assert_eq!(findings.worst_off, Finding::Fail);
        assert_eq!(assessed.worst_off().unwrap().stakeholder, Stakeholder::VulnerableGroup);
        assert_eq!(harming(59, true).evaluate().worst_off, Finding::Concern);
        assert_eq!(harming(19, true).evaluate().worst_off, Finding::Pass);
    }

    #[test]
    fn a_loss_that_is_made_good_is_watched_and_another_fails_pareto() {
        assert_eq!(harming(10, true).evaluate().pareto, Finding::Concern);
        let unmitigated = harming(10, false).evaluate();
        assert_eq!(unmitigated.pareto, Finding::Fail);
        // The others pass it: they are in conflict, and a person decides.
        assert!(unmitigated.conflict);
        assert_eq!(unmitigated.outcome, Recommendation::Escalate);
    }

    #[test]
    fn rights_outweigh_everything() {
        let assessed = Assessed {
            violates: vec![Right::Dignity],
            recommendation: Recommendation::Stop,
            ..harmless()
        };
        let findings = assessed.evaluate();
        assert_eq!((findings.rights, findings.outcome), (Finding::Fail, Recommendation::Stop));
        assert!(!findings.conflict, "whoever advises to stop does not contradict it");
        let defied = Assessed { recommendation: Recommendation::Proceed, ..assessed };
        assert!(defied.evaluate().conflict);
        assert_eq!(defied.evaluate().outcome, Recommendation::Stop);
    }

    #[test]
    fn ruin_that_cannot_be_undone_fails_at_any_horizon() {
        let mut assessed = harmless();
        assessed.horizons.push(Outlook {
            horizon: Horizon::LongTerm,
            severity: Severity::Severe,
            irreversible: true,
        });
        let findings = assessed.evaluate();
        assert_eq!(findings.horizons, Finding::Fail);
        assert!(findings.conflict);
    }

    #[test]
    fn the_assessor_may_be_stricter_than_the_findings() {
        let assessed = Assessed { recommendation: Recommendation::Stop, ..harmless() };
        assert_eq!(assessed.evaluate().outcome, Recommendation::Stop);
    }

    #[test]
    fn what_is_out_of_bounds_is_refused() {
        assert!(harmless().check().is_ok());
        assert!(Assessed { horizons: Vec::new(), ..harmless() }.check().is_err());
        assert!(Assessed { stakeholders: Vec::new(), ..harmless() }.check().is_err());
        assert!(harming(MAGNITUDE_MAX, true).check().is_ok());
        assert!(harming(MAGNITUDE_MAX + 1, true).check().is_err());
        let many = |count| Assessed { horizons: vec![harmless().horizons[0]; count], ..harmless() };
        assert!(many(HORIZONS_MAX).check().is_ok() && many(HORIZONS_MAX + 1).check().is_err());
        let rights = |count| Assessed { violates: vec![Right::Privacy; count], ..harmless() };
        assert!(rights(RIGHTS_MAX).check().is_ok() && rights(RIGHTS_MAX + 1).check().is_err());
    }
}
