//! How policy wants an approval given: by how many, in which roles, and how well proven.
//!
//! What policy said of a task when it was asked is kept with the task and can only get stricter. What
//! it says of the very act counts besides, so that nobody gets by with an approval that was shaped by
//! a question about something smaller.

use hansa_types::TaskId;
use hansa_types::governance::GovernanceRole;

use super::approval::count;
use crate::State;
use crate::policy::{Judged, Judgement, Obligation, Verdict};

/// How an approval has to be given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Shape {
    /// How many persons have to approve.
    pub(crate) quorum: u8,
    /// Roles of which somebody has to, where more than one person has.
    pub(crate) roles: Vec<GovernanceRole>,
    /// Whether they have to show a second factor, or sign with their own key.
    pub(crate) strong: bool,
    /// Whether they have to be other people than the one behind who acts.
    pub(crate) another: bool,
}

impl Shape {
    /// One approval, given in whatever way.
    pub(crate) const ANY: Shape =
        Shape { quorum: 1, roles: Vec::new(), strong: false, another: false };

    /// As whoever asks wants it.
    pub(crate) fn wanted_by(judgement: &Judgement) -> Self {
        Self { another: judgement.wants_another(), ..Self::of(&judgement.obligations) }
    }

    /// By the obligations of the policy that asks.
    fn of(obligations: &[Obligation]) -> Self {
        let has = |obligation| obligations.contains(&obligation);
        let roles: Vec<GovernanceRole> = [
            (Obligation::ApproverExecutive, GovernanceRole::Executive),
            (Obligation::ApproverComplianceMonitor, GovernanceRole::ComplianceMonitor),
            (Obligation::ApproverImpactAssessor, GovernanceRole::ImpactAssessor),
        ]
        .into_iter()
        .filter(|(obligation, _)| has(*obligation))
        .map(|(_, role)| role)
        .collect();
        let asked = match (has(Obligation::MultiApproval), has(Obligation::DualApproval)) {
            (true, _) => 3,
            (false, true) => 2,
            (false, false) => 1,
        };
        let strong = has(Obligation::StrongerAuth);
        Self { quorum: count(&roles).max(asked), roles, strong, another: false }
    }
}

/// Keeps for a declared task how policy wants its approval given: it can only get stricter.
pub(crate) fn oblige(state: &mut State, task: TaskId, judged: &Judged) {
    let Some(task) = state.clearance.tasks.get_mut(&task) else { return };
    let shape = Shape::of(&judged.obligations);
    task.quorum = task.quorum.max(shape.quorum);
    task.roles.extend(shape.roles);
    task.roles.sort_unstable();
    task.roles.dedup();
    // Whoever asks may want it so without any set that says it.
    task.strong |= shape.strong || judged.verdict == Verdict::RequireStrongerAuth;
}

/// Keeps for a task that it takes another person than the one behind who acts.
pub(crate) fn want_another(state: &mut State, task: TaskId) {
    if let Some(task) = state.clearance.tasks.get_mut(&task) {
        task.another = true;
    }
}
