//! The clearance of a task as a machine: what moves it, from where, and which artifact allows that.
//!
//! Every move names the artifact behind it. The optional stages (delegation, skill, commerce) may
//! be left out and are taken in order. A hold is beside the machine: while there is one nothing
//! moves, and when it is lifted everything stands where it stood.
//!
//! What other protocols call the state of a task is a total function of work, clearance, terms and
//! hold, so that no combination is without a name.

use hansa_types::governance::{Clearance, HoldKind};

use crate::task::{Stage, Work};

/// What moves the clearance of a task.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Guard {
    /// A liability binding.
    Liability,
    /// A grant that was handed down for the task.
    Delegation,
    /// The manifest of a skill.
    Skill,
    /// A commerce session.
    Commerce,
    /// The agent begins to look into it.
    Analysis,
    /// A decision record.
    Decision,
    /// Policy allows it.
    Allow,
    /// Policy wants an approval, or a stronger proof of who asks.
    Ask,
    /// Policy denies it.
    Deny,
    /// Everybody who had to has approved.
    Approval,
    /// An approver said no, or nobody answered in time.
    Rejection,
    /// An action was accepted and begins.
    Action,
    /// The receipt of the action.
    Receipt,
    /// It failed, or its time ran out.
    Failure,
    /// Whoever declared it takes it back.
    Revocation,
}

impl Guard {
    /// Every guard.
    pub const ALL: [Guard; 15] = [
        Guard::Liability,
        Guard::Delegation,
        Guard::Skill,
        Guard::Commerce,
        Guard::Analysis,
        Guard::Decision,
        Guard::Allow,
        Guard::Ask,
        Guard::Deny,
        Guard::Approval,
        Guard::Rejection,
        Guard::Action,
        Guard::Receipt,
        Guard::Failure,
        Guard::Revocation,
    ];
}

/// Where a guard moves a clearance, or nothing where it may not.
pub fn next(from: Clearance, guard: Guard) -> Option<Clearance> {
    use Clearance::*;
    if from.is_final() {
        return None;
    }
    let before_analysis = matches!(from, Bound | Delegated | SkillBound | CommerceInit);
    // Facts change, so policy may be asked again until the act begins; the last word counts.
    let judged = matches!(from, Decided | ApprovalPending | PolicyChecked);
    let moved = match guard {
        Guard::Liability => (from == Created, Bound),
        Guard::Delegation => (from == Bound, Delegated),
        Guard::Skill => (matches!(from, Bound | Delegated), SkillBound),
        Guard::Commerce => (matches!(from, Bound | Delegated | SkillBound), CommerceInit),
        Guard::Analysis => (before_analysis, Analyzing),
        Guard::Decision => (from == Analyzing, Decided),
        Guard::Allow => (judged, PolicyChecked),
        Guard::Ask => (judged, ApprovalPending),
        Guard::Deny => (judged, Denied),
        Guard::Approval => (from == ApprovalPending, PolicyChecked),
        Guard::Rejection => (from == ApprovalPending, Denied),
        Guard::Action => (from == PolicyChecked, Executing),
        Guard::Receipt => (from == Executing, Completed),
        Guard::Failure => (true, Failed),
        Guard::Revocation => (true, Revoked),
    };
    moved.0.then_some(moved.1)
}

/// Everything that other protocols fold into one word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// The work of a contract; a declared task's work follows its clearance.
    pub work: Option<Work>,
    /// The clearance of a declared task.
    pub clearance: Option<Clearance>,
    /// The terms of a contract.
    pub terms: Option<Stage>,
    /// Why it stands still.
    pub hold: Option<HoldKind>,
}

/// AGP's published literals for the state of a task.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct AgpState(&'static str);

impl AgpState {
    /// All fifteen.
    pub const ALL: [&'static str; 15] = [
        "CREATED",
        "BOUND",
        "DELEGATED",
        "SKILL_BOUND",
        "COMMERCE_INIT",
        "ANALYZING",
        "DECIDED",
        "POLICY_CHECKED",
        "APPROVAL_PENDING",
        "EXECUTING",
        "COMPLETED",
        "FAILED",
        "DENIED",
        "REVOKED",
        "QUARANTINED",
    ];

    /// The literal.
    pub fn as_str(self) -> &'static str {
        self.0
    }
}

impl Standing {
    /// AGP's word. A contract that nobody declared is told by its terms.
    pub fn agp(self) -> AgpState {
        let settled = self.clearance.map_or(self.has_ended(), Clearance::is_final);
        AgpState(match self.hold.filter(|_| !settled) {
            Some(HoldKind::Quarantine) => "QUARANTINED",
            Some(HoldKind::PauseAndReview | HoldKind::EscalateToHuman) => "APPROVAL_PENDING",
            None => match self.clearance {
                Some(clearance) => of_clearance(clearance),
                None => self.of_contract(),
            },
        })
    }

    /// A2A's state.
    pub fn a2a(self) -> Work {
        match (self.clearance, self.terms) {
            (Some(Clearance::Completed), _) => Work::Completed,
            (Some(Clearance::Failed), _) => Work::Failed,
            (Some(Clearance::Denied), _) => Work::Rejected,
            (Some(Clearance::Revoked), _) => Work::Canceled,
            (None, Some(Stage::Rejected)) => Work::Rejected,
            (None, Some(Stage::Revoked)) => Work::Canceled,
            (None, Some(Stage::Expired)) => Work::Failed,
            (None, Some(Stage::Settled)) => self.work.unwrap_or(Work::Completed),
            (None, None) if self.has_ended() => self.work.unwrap_or(Work::Failed),
            _ if self.hold.is_some() => Work::AuthRequired,
            (Some(Clearance::ApprovalPending), _) => Work::AuthRequired,
            (Some(Clearance::Created | Clearance::Bound), _) => Work::Submitted,
            (Some(_), _) => Work::Working,
            (None, Some(Stage::Offered | Stage::Accepted)) => Work::Submitted,
            (None, Some(Stage::Delegated) | None) => self.work.unwrap_or(Work::Submitted),
        }
    }

    fn has_ended(self) -> bool {
        let terms = self.terms.is_some_and(|terms| {
            matches!(terms, Stage::Rejected | Stage::Settled | Stage::Revoked | Stage::Expired)
        });
        let work = self.work.is_some_and(|work| {
            matches!(work, Work::Completed | Work::Failed | Work::Canceled | Work::Rejected)
        });
        terms || (self.terms.is_none() && work)
    }

    fn of_contract(self) -> &'static str {
        match (self.terms, self.a2a()) {
            (Some(Stage::Accepted), _) => "BOUND",
            (Some(Stage::Delegated), Work::Submitted) => "DELEGATED",
            (_, Work::Submitted) => "CREATED",
            (_, Work::Working) => "EXECUTING",
            (_, Work::Completed) => "COMPLETED",
            (_, Work::Failed) => "FAILED",
            (_, Work::Canceled) => "REVOKED",
            (_, Work::Rejected) => "DENIED",
            (_, Work::InputRequired | Work::AuthRequired) => "APPROVAL_PENDING",
        }
    }
}

fn of_clearance(clearance: Clearance) -> &'static str {
    match clearance {
        Clearance::Created => "CREATED",
        Clearance::Bound => "BOUND",
        Clearance::Delegated => "DELEGATED",
        Clearance::SkillBound => "SKILL_BOUND",
        Clearance::CommerceInit => "COMMERCE_INIT",
        Clearance::Analyzing => "ANALYZING",
        Clearance::Decided => "DECIDED",
        Clearance::PolicyChecked => "POLICY_CHECKED",
        Clearance::ApprovalPending => "APPROVAL_PENDING",
        Clearance::Executing => "EXECUTING",
        Clearance::Completed => "COMPLETED",
        Clearance::Failed => "FAILED",
        Clearance::Denied => "DENIED",
        Clearance::Revoked => "REVOKED",
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use Clearance::*;

    /// Every move there is: from, guard, to. What is not here is refused.
    fn moves() -> Vec<(Clearance, Guard, Clearance)> {
        let mut moves = vec![
            (Created, Guard::Liability, Bound),
            (Bound, Guard::Delegation, Delegated),
            (Bound, Guard::Skill, SkillBound),
            (Delegated, Guard::Skill, SkillBound),
            (Bound, Guard::Commerce, CommerceInit),
            (Delegated, Guard::Commerce, CommerceInit),
            (SkillBound, Guard::Commerce, CommerceInit),
            (Bound, Guard::Analysis, Analyzing),
            (Delegated, Guard::Analysis, Analyzing),
            (SkillBound, Guard::Analysis, Analyzing),
            (CommerceInit, Guard::Analysis, Analyzing),
            (Analyzing, Guard::Decision, Decided),
            (ApprovalPending, Guard::Approval, PolicyChecked),
            (ApprovalPending, Guard::Rejection, Denied),
            (PolicyChecked, Guard::Action, Executing),
            (Executing, Guard::Receipt, Completed),
        ];
        for judged in [Decided, ApprovalPending, PolicyChecked] {
            moves.push((judged, Guard::Allow, PolicyChecked));
            moves.push((judged, Guard::Ask, ApprovalPending));
            moves.push((judged, Guard::Deny, Denied));
        }
        for open in Clearance::ALL.iter().filter(|clearance| !clearance.is_final()) {
            moves.push((*open, Guard::Failure, Failed));
            moves.push((*open, Guard::Revocation, Revoked));
        }
        moves
    }

    #[test]
    fn a_clearance_moves_as_the_table_says_and_no_other_way() {
        let moves = moves();
        for &from in Clearance::ALL {
            for guard in Guard::ALL {
                let row = moves.iter().find(|(f, g, _)| (*f, *g) == (from, guard));
                assert_eq!(next(from, guard), row.map(|(.., to)| *to), "{from} {guard:?}");
            }
        }
    }

    #[test]
    fn nothing_begins_without_the_word_of_policy() {
        // Whatever leads to executing passes decided and policy_checked.
        for barred in [Decided, PolicyChecked] {
            let mut reached = BTreeSet::from([Created]);
            for _ in Clearance::ALL {
                for from in reached.clone() {
                    let to = Guard::ALL.iter().filter_map(|guard| next(from, *guard));
                    reached.extend(to.filter(|to| *to != barred));
                }
            }
            assert!(!reached.contains(&Executing) && !reached.contains(&Completed), "{barred}");
        }
    }

    fn all() -> Vec<Standing> {
        let works = [
            Work::Submitted,
            Work::Working,
            Work::Completed,
            Work::Failed,
            Work::Canceled,
            Work::Rejected,
            Work::InputRequired,
            Work::AuthRequired,
        ];
        let terms = [
            Stage::Offered,
            Stage::Accepted,
            Stage::Rejected,
            Stage::Delegated,
            Stage::Settled,
            Stage::Revoked,
            Stage::Expired,
        ];
        let mut all = Vec::new();
        for work in works.map(Some).into_iter().chain([None]) {
            for clearance in Clearance::ALL.iter().copied().map(Some).chain([None]) {
                for terms in terms.map(Some).into_iter().chain([None]) {
                    for hold in HoldKind::ALL.iter().copied().map(Some).chain([None]) {
                        all.push(Standing { work, clearance, terms, hold });
                    }
                }
            }
        }
        all
    }

    #[test]
    fn every_combination_has_a_word_of_agp_and_every_word_is_used() {
        let all = all();
        assert_eq!(all.len(), 9 * 15 * 8 * 4);
        let used: BTreeSet<_> = all.iter().map(|standing| standing.agp().as_str()).collect();
        assert_eq!(used, BTreeSet::from(AgpState::ALL));
    }

    #[test]
    fn the_two_words_never_contradict_each_other() {
        for standing in all() {
            let (agp, a2a) = (standing.agp().as_str(), standing.a2a());
            let expected: &[Work] = match agp {
                "COMPLETED" => &[Work::Completed],
                "FAILED" => &[Work::Failed],
                "DENIED" => &[Work::Rejected],
                "REVOKED" => &[Work::Canceled],
                "QUARANTINED" => &[Work::AuthRequired],
                "APPROVAL_PENDING" => &[Work::AuthRequired, Work::InputRequired],
                "CREATED" | "BOUND" => &[Work::Submitted],
                "DELEGATED" => &[Work::Submitted, Work::Working],
                _ => &[Work::Working],
            };
            assert!(expected.contains(&a2a), "{standing:?}: {agp} {a2a:?}");
        }
    }

    #[test]
    fn the_words_of_agp_are_those_of_the_table() {
        let declared = |clearance, hold| Standing {
            work: None,
            clearance: Some(clearance),
            terms: None,
            hold,
        };
        let contract = |terms, work| Standing {
            work: Some(work),
            clearance: None,
            terms: Some(terms),
            hold: None,
        };
        for (standing, agp, a2a) in [
            (declared(Created, None), "CREATED", Work::Submitted),
            (declared(Analyzing, None), "ANALYZING", Work::Working),
            (declared(ApprovalPending, None), "APPROVAL_PENDING", Work::AuthRequired),
            (declared(Executing, Some(HoldKind::Quarantine)), "QUARANTINED", Work::AuthRequired),
            (
                declared(Bound, Some(HoldKind::PauseAndReview)),
                "APPROVAL_PENDING",
                Work::AuthRequired,
            ),
            (declared(Denied, Some(HoldKind::Quarantine)), "DENIED", Work::Rejected),
            (contract(Stage::Offered, Work::Submitted), "CREATED", Work::Submitted),
            (contract(Stage::Accepted, Work::Submitted), "BOUND", Work::Submitted),
            (contract(Stage::Delegated, Work::Submitted), "DELEGATED", Work::Submitted),
            (contract(Stage::Delegated, Work::Working), "EXECUTING", Work::Working),
            (
                contract(Stage::Delegated, Work::InputRequired),
                "APPROVAL_PENDING",
                Work::InputRequired,
            ),
            (contract(Stage::Settled, Work::Completed), "COMPLETED", Work::Completed),
            (contract(Stage::Settled, Work::Failed), "FAILED", Work::Failed),
            (contract(Stage::Revoked, Work::Canceled), "REVOKED", Work::Canceled),
            (contract(Stage::Expired, Work::Failed), "FAILED", Work::Failed),
        ] {
            assert_eq!((standing.agp().as_str(), standing.a2a()), (agp, a2a), "{standing:?}");
        }
    }
}
