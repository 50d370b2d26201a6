//! Whether a task may act now: every key that has to be turned, in one question.
//!
//! Whoever carries an act out asks in the same step, and takes the entries that use it up along.

use hansa_types::governance::{Attested, Clearance, Concern, HoldKind, RiskTier};
use hansa_types::{
    AnyId, ApprovalRequestId, Code, DecisionId, Digest, LiabilityId, Rejection, TaskId, Time, Vis,
};

use super::artifact::{Artifact, DecisionRecord, Liability};
use super::declare::moved;
use super::escalation::raise_by_node;
use super::machine::{Guard, next};
use super::shape::Shape;
use super::{DeclaredTask, approval};
use crate::State;
use crate::decide::{Context, Draft};
use crate::event::Event;
use crate::policy::Verdict;

/// Leave of a task to do one call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cleared {
    /// The task.
    pub task: TaskId,
    /// The approval that is used up.
    pub approval: Option<ApprovalRequestId>,
}

impl State {
    /// Whether a declared task may do a call now. `asked` is how policy wants that call approved, where
    /// it does; what is grave must be in any case.
    pub(crate) fn cleared(
        &self,
        id: TaskId,
        call: &Digest,
        asked: Option<Shape>,
        now: Time,
    ) -> Result<Cleared, Rejection> {
        let task = self.clearance.open(id)?;
        self.clearance.refuse_held(id)?;
        if task.expires <= now {
            return Err(Rejection::new(Code::TaskState, "the task's time has run out"));
        }
        if !matches!(task.clearance, Clearance::PolicyChecked | Clearance::Executing) {
            return Err(match task.clearance {
                Clearance::ApprovalPending => Code::ApprovalPending.into(),
                other => Rejection::new(Code::PolicyUnchecked, format!("the task is {other}")),
            });
        }
        task.complete()?;
        let due = asked.is_some() || task.asked || task.risk.is_grave();
        let approval = match due {
            true => Some(self.approval_for(task, call, &asked.unwrap_or(Shape::ANY), now)?),
            false => None,
        };
        Ok(Cleared { task: id, approval })
    }

    /// The request that allows a call, or the refusal nearest to allowing it.
    fn approval_for(
        &self,
        task: &DeclaredTask,
        call: &Digest,
        wanted: &Shape,
        now: Time,
    ) -> Result<ApprovalRequestId, Rejection> {
        let mut nearest = Rejection::from(Code::ApprovalRequired);
        for &id in task.requests.iter().rev() {
            let Some(request) = self.clearance.request(id) else { continue };
            match request.allows(self, call, wanted, now) {
                Ok(()) => return Ok(id),
                // A request for this very call says more than one for another.
                Err(refusal) if request.call.as_ref() == Some(call) => {
                    nearest = refusal;
                    break;
                }
                Err(refusal) if nearest.code == Code::ApprovalRequired => nearest = refusal,
                Err(_) => {}
            }
        }
        Err(nearest)
    }

    /// Puts on record what a verdict of policy means for a task, with the binding and the decision
    /// that its defaults make where nobody made them.
    pub(crate) fn note_verdict(
        &self,
        id: TaskId,
        verdict: Verdict,
        guard: AnyId,
        ctx: &mut Context<'_>,
        out: &mut Vec<Draft>,
    ) -> Result<(), Rejection> {
        let task = self.clearance.open(id)?;
        self.clearance.refuse_held(id)?;
        let from = self.implied(id, task, ctx, out)?;
        let by = match verdict {
            Verdict::Allow => Guard::Allow,
            Verdict::RequireApproval | Verdict::RequireStrongerAuth => Guard::Ask,
            Verdict::Deny => Guard::Deny,
            Verdict::Escalate => {
                let kind = HoldKind::EscalateToHuman;
                raise_by_node(ctx, id, Concern::PolicyViolation, kind, out);
                return Ok(());
            }
            Verdict::Quarantine => {
                raise_by_node(ctx, id, Concern::PolicyViolation, HoldKind::Quarantine, out);
                return Ok(());
            }
        };
        let to = next(from, by).ok_or_else(|| {
            Rejection::new(Code::TransitionRefused, format!("policy has no say while it is {from}"))
        })?;
        out.push(moved(ctx, id, to, Some(guard)));
        Ok(())
    }

    /// Makes by declared defaults what a task needs before policy is asked. What is critical has
    /// no defaults. Returns where the task stands then.
    fn implied(
        &self,
        id: TaskId,
        task: &DeclaredTask,
        ctx: &mut Context<'_>,
        out: &mut Vec<Draft>,
    ) -> Result<Clearance, Rejection> {
        let mut from = task.clearance;
        let has = |wanted: fn(&AnyId) -> bool| task.newest(wanted).is_some();
        if from.is_final() || matches!(from, Clearance::Executing) {
            return Ok(from);
        }
        let explicit = task.risk == RiskTier::Critical;
        if !has(|id| matches!(id, AnyId::Liability(_))) {
            if explicit {
                return Err(Code::LiabilityRequired.into());
            }
            let liability = Liability {
                accountable: self.principals.get(self.person_of(task.declarer)).id,
                jurisdiction: task.jurisdictions.first().cloned(),
                document: None,
                implicit: true,
            };
            let artifact = Artifact::LiabilityBinding(liability);
            let new = LiabilityId::new(ctx.now.0, ctx.entropy());
            out.push(Draft::new(new, Vis::Parties, Event::ArtifactAdded(artifact)).about(id));
            from = next(from, Guard::Liability).unwrap_or(from);
        }
        if !has(|id| matches!(id, AnyId::Decision(_))) {
            if explicit {
                return Err(Code::DecisionRequired.into());
            }
            let class = hansa_types::governance::ActionClass::Unspecified;
            task.check_impact(class)?;
            let decision = DecisionRecord {
                class,
                uncertainty_ppm: None,
                evidence: Vec::new(),
                document: None,
                implicit: true,
            };
            let artifact = Artifact::DecisionRecord(decision);
            let new = DecisionId::new(ctx.now.0, ctx.entropy());
            out.push(Draft::new(new, Vis::Parties, Event::ArtifactAdded(artifact)).about(id));
            for guard in [Guard::Analysis, Guard::Decision] {
                from = next(from, guard).unwrap_or(from);
            }
        }
        Ok(from)
    }
}

impl Cleared {
    /// The entries that use the leave up, to go along with those of the act: they move the task.
    pub fn draft(&self, state: &State, guard: AnyId, ctx: &mut Context<'_>, out: &mut Vec<Draft>) {
        if let Some(request) = self.approval {
            out.push(approval::used(ctx, request));
        }
        let from = state.clearance.task(self.task).map(|task| task.clearance);
        if let Some(to) = from.and_then(|from| next(from, Guard::Action)) {
            out.push(moved(ctx, self.task, to, Some(guard)));
        }
    }

    /// The entry that says that the act was done.
    pub fn done(task: TaskId, guard: AnyId, ctx: &mut Context<'_>, out: &mut Vec<Draft>) {
        out.push(moved(ctx, task, Clearance::Completed, Some(guard)));
    }
}

impl DeclaredTask {
    /// Whether everything that has to be on record is, and nothing on it forbids the act.
    fn complete(&self) -> Result<(), Rejection> {
        if self.newest(|id| matches!(id, AnyId::Liability(_))).is_none() {
            return Err(Code::LiabilityRequired.into());
        }
        let class = self.decision.ok_or(Code::DecisionRequired)?;
        self.check_impact(class)?;
        if self.said.iter().any(|said| said.verdict == Attested::Blocked) {
            return Err(Code::AttestationBlocked.into());
        }
        let attested = self.said.iter().any(|said| said.verdict == Attested::Cleared);
        match self.risk.is_grave() && !attested {
            true => Err(Code::AttestationRequired.into()),
            false => Ok(()),
        }
    }
}
