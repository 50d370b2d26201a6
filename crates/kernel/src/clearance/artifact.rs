//! Artifacts of a task: what has to be on record before it acts.
//!
//! Each is an entry of its own that keeps words, numbers and a digest; its text lies in the vault
//! under the artifact's id. Some of them move the task (see `machine`). Liability and decision can
//! be made by declared defaults; they say `implicit` then.

use hansa_types::governance::{
    ActionClass, Attested, Clearance, CommerceState, Concern, GovernanceRole, HoldKind,
    Recommendation, RiskTier, SourceType, Taint, TrustClass, Verification,
};
use hansa_types::{
    AnyId, Code, ContextId, Digest, EvidenceId, Jurisdiction, PrincipalId, Rejection, TaskId, Time,
    Vis,
};
use serde::{Deserialize, Serialize};

use super::declare::{move_to, subject};
use super::escalation::raise_by_node;
use super::impact::{Assessed, Findings};
use super::machine::{Guard, next};
use super::{DeclaredTask, Said};
use crate::State;
use crate::admit::{Permit, Sphere};
use crate::command::Rules;
use crate::decide::{Context as Deciding, Draft};
use crate::entry::Entry;
use crate::event::Event;
use crate::limits::{ARTIFACTS_PER_TASK_MAX, REFERENCES_MAX, UNCERTAINTY_PPM_MAX};
use crate::principal::Handle;

/// Attach an artifact to a task.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AddArtifact {
    /// The id it shall have, of the artifact's kind.
    pub id: AnyId,
    /// To which task.
    pub task: TaskId,
    /// What it says.
    pub artifact: Artifact,
}

/// Data of `artifact.added`, told apart by `artifact`. The entry's id is the artifact, its subject
/// the task.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "artifact", rename_all = "snake_case")]
pub enum Artifact {
    /// Who answers for it.
    LiabilityBinding(Liability),
    /// What the agent was told.
    AttestedContext(Context),
    /// What it rests on.
    EvidenceBundle(Evidence),
    /// What the agent decided.
    DecisionRecord(DecisionRecord),
    /// What that leads to.
    ImpactAssessment(Impact),
    /// What an office says of it.
    GovernanceAttestation(Attestation),
    /// The shopping that it belongs to.
    CommerceSession(Commerce),
}

/// Who answers for a task.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Liability {
    /// Who is accountable.
    pub accountable: PrincipalId,
    /// Where.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub jurisdiction: Option<Jurisdiction>,
    /// Salted digest of its text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub document: Option<Digest>,
    /// Whether it was made by declared defaults.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub implicit: bool,
}

/// What an agent was told, and how far that is trusted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Context {
    /// Where it comes from.
    pub source: SourceType,
    /// How far its origin is trusted.
    pub trust: TrustClass,
    /// Why it is not to be trusted, beside what it inherits.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub taint: Vec<Taint>,
    /// The contexts it was made of.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub derived_from: Vec<ContextId>,
    /// Salted digest of its text.
    pub document: Digest,
}

/// What a decision rests on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Evidence {
    /// How many claims it makes.
    pub claims: u16,
    /// How far the weakest of them was looked into.
    pub verification: Verification,
    /// Until when it counts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fresh_until: Option<Time>,
    /// Salted digest of its text.
    pub document: Digest,
}

/// What an agent decided to do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DecisionRecord {
    /// What kind of act.
    pub class: ActionClass,
    /// How unsure the agent is, in millionths.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uncertainty_ppm: Option<u32>,
    /// The evidence it rests on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub evidence: Vec<EvidenceId>,
    /// Salted digest of its text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub document: Option<Digest>,
    /// Whether it was made by declared defaults.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub implicit: bool,
}

/// What an act leads to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Impact {
    /// What was assessed.
    pub assessed: Assessed,
    /// What it comes to; computed, whatever the command says.
    pub findings: Findings,
    /// Salted digest of its text.
    pub document: Digest,
}

/// What an office says of a task.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Attestation {
    /// Which office.
    pub role: GovernanceRole,
    /// What it says.
    pub attested: Attested,
    /// Salted digest of its text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub document: Option<Digest>,
}

/// The shopping that a task belongs to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Commerce {
    /// Where it stands.
    pub stands: CommerceState,
    /// Salted digest of its text.
    pub document: Digest,
}

/// The word for the kind of artifact that an id is of.
pub(super) fn word(id: AnyId) -> Option<&'static str> {
    Some(match id {
        AnyId::Liability(_) => "liability_binding",
        AnyId::Context(_) => "attested_context",
        AnyId::Evidence(_) => "evidence_bundle",
        AnyId::Decision(_) => "decision_record",
        AnyId::Impact(_) => "impact_assessment",
        AnyId::Attestation(_) => "governance_attestation",
        AnyId::Commerce(_) => "commerce_session",
        _ => return None,
    })
}

impl Artifact {
    /// The word for its kind.
    pub fn word(&self) -> &'static str {
        match self {
            Artifact::LiabilityBinding(_) => "liability_binding",
            Artifact::AttestedContext(_) => "attested_context",
            Artifact::EvidenceBundle(_) => "evidence_bundle",
            Artifact::DecisionRecord(_) => "decision_record",
            Artifact::ImpactAssessment(_) => "impact_assessment",
            Artifact::GovernanceAttestation(_) => "governance_attestation",
            Artifact::CommerceSession(_) => "commerce_session",
        }
    }

    /// The operation that attaches it.
    pub fn operation(&self) -> &'static str {
        match self {
            Artifact::LiabilityBinding(_) => "liability_bind",
            Artifact::AttestedContext(_) => "context_attest",
            Artifact::EvidenceBundle(_) => "evidence_add",
            Artifact::DecisionRecord(_) => "decision_record",
            Artifact::ImpactAssessment(_) => "impact_assess",
            Artifact::GovernanceAttestation(_) => "governance_attest",
            Artifact::CommerceSession(_) => "commerce_session_create",
        }
    }

    /// Whether an office attaches it, and not whoever acts.
    pub fn is_of_office(&self) -> bool {
        matches!(self, Artifact::GovernanceAttestation(_) | Artifact::ImpactAssessment(_))
    }
}

impl Rules for AddArtifact {
    fn sphere(&self, state: &State) -> Result<Sphere, Rejection> {
        // Offices speak by their role, which the decision looks at.
        match self.artifact.is_of_office() {
            true => Ok(Sphere::Open),
            false => state.sphere_of_task(self.task),
        }
    }

    fn decide(
        &self,
        permit: &Permit<'_>,
        ctx: &mut Deciding<'_>,
        out: &mut Vec<Draft>,
    ) -> Result<(), Rejection> {
        let state = permit.state();
        let caller = permit.caller().principal.ok_or(Code::Forbidden)?;
        let by = state.principal(caller)?;
        let task = state.clearance.open(self.task)?;
        if !state.takes_part(self.task, by) && permit.grant().is_none() {
            return Err(Code::NotFound.into());
        }
        if word(self.id) != Some(self.artifact.word()) {
            return Err(Rejection::new(Code::InvalidField, "id: of another kind of artifact"));
        }
        if task.artifacts.len() >= ARTIFACTS_PER_TASK_MAX {
            return Err(Rejection::new(Code::StateFull, "a task has at most 256 artifacts"));
        }
        if task.artifacts.iter().any(|(id, _)| *id == self.id) {
            return Err(Rejection::new(
                Code::InvalidField,
                "id: there is such an artifact already",
            ));
        }
        let artifact = self.checked(state, task, by)?;
        let conflict = matches!(&artifact, Artifact::ImpactAssessment(i) if i.findings.conflict);
        let event = Event::ArtifactAdded(artifact);
        out.push(Draft::new(self.id, Vis::Parties, event).about(self.task));
        if conflict {
            raise_by_node(
                ctx,
                self.task,
                Concern::FrameworkConflict,
                HoldKind::EscalateToHuman,
                out,
            );
        }
        Ok(())
    }
}

impl AddArtifact {
    /// The artifact as it goes on record, or the refusal.
    fn checked(
        &self,
        state: &State,
        task: &DeclaredTask,
        by: Handle,
    ) -> Result<Artifact, Rejection> {
        match &self.artifact {
            Artifact::LiabilityBinding(liability) => {
                state.clearance.refuse_held(self.task)?;
                state.principal(liability.accountable)?;
                Ok(self.artifact.clone())
            }
            Artifact::AttestedContext(context) => {
                let context = context.lowered(state, task, by)?;
                Ok(Artifact::AttestedContext(context))
            }
            Artifact::EvidenceBundle(_) => Ok(self.artifact.clone()),
            Artifact::DecisionRecord(decision) => {
                state.clearance.refuse_held(self.task)?;
                decision.check(task)?;
                Ok(self.artifact.clone())
            }
            Artifact::ImpactAssessment(impact) => {
                impact.assessed.check()?;
                // At stake is the most: only an assessor's word will do.
                if task.risk == RiskTier::Critical {
                    state.takes_office(task, by, GovernanceRole::ImpactAssessor)?;
                }
                let findings = impact.assessed.evaluate();
                Ok(Artifact::ImpactAssessment(Impact { findings, ..impact.clone() }))
            }
            Artifact::GovernanceAttestation(attestation) => {
                state.takes_office(task, by, attestation.role)?;
                Ok(self.artifact.clone())
            }
            Artifact::CommerceSession(_) => {
                state.clearance.refuse_held(self.task)?;
                Ok(self.artifact.clone())
            }
        }
    }
}

impl DecisionRecord {
    fn check(&self, task: &DeclaredTask) -> Result<(), Rejection> {
        let is_late = matches!(
            task.clearance,
            Clearance::ApprovalPending | Clearance::PolicyChecked | Clearance::Executing
        );
        if is_late {
            let detail = "the task was judged by an earlier decision; declare another task";
            return Err(Rejection::new(Code::TaskState, detail));
        }
        if task.clearance == Clearance::Created {
            return Err(Code::LiabilityRequired.into());
        }
        if self.evidence.len() > REFERENCES_MAX {
            return Err(Rejection::new(Code::InvalidField, "evidence: at most 32 of them"));
        }
        if self.uncertainty_ppm.is_some_and(|ppm| ppm > UNCERTAINTY_PPM_MAX) {
            return Err(Rejection::new(Code::InvalidField, "uncertainty: 0 to 1"));
        }
        let known = |id: &EvidenceId| {
            task.artifacts.iter().any(|(other, _)| *other == AnyId::Evidence(*id))
        };
        if !self.evidence.iter().all(known) {
            return Err(Rejection::new(Code::InvalidField, "evidence: not all are of this task"));
        }
        task.check_impact(self.class)
    }
}

impl DeclaredTask {
    /// Whether the consequences of an act of some kind were looked into as far as its risk asks.
    pub(super) fn check_impact(&self, class: ActionClass) -> Result<(), Rejection> {
        let consequential =
            matches!(class, ActionClass::Transact | ActionClass::Delete | ActionClass::Admin);
        let due = self.risk == RiskTier::Critical || (self.risk.is_grave() && consequential);
        match self.impact {
            Some(Recommendation::Stop) => Err(Code::ImpactForbids.into()),
            None if due => Err(Code::ImpactRequired.into()),
            _ => Ok(()),
        }
    }
}

pub(crate) fn apply_added(state: &mut State, entry: &Entry, artifact: &Artifact) {
    let (id, at) = (subject(entry), entry.ts);
    let by = entry.actor.map(|actor| state.handle(actor));
    let by_person = by.map(|by| state.person_of(by));
    let task = state.clearance.get_mut(id);
    task.artifacts.push((entry.id, entry.seq));
    let by = by.unwrap_or(task.principal);
    let mut guards: &[Guard] = &[];
    match artifact {
        Artifact::LiabilityBinding(_) => guards = &[Guard::Liability],
        Artifact::CommerceSession(_) => guards = &[Guard::Commerce],
        Artifact::EvidenceBundle(_) => {}
        Artifact::AttestedContext(context) => {
            let AnyId::Context(context_id) = entry.id else {
                panic!("an attested context has an id of its own kind");
            };
            task.contexts.insert(context_id, context.trusted(by));
        }
        Artifact::DecisionRecord(decision) => {
            task.decision = Some(decision.class);
            guards = &[Guard::Analysis, Guard::Decision];
        }
        Artifact::ImpactAssessment(impact) => task.impact = Some(impact.findings.outcome),
        Artifact::GovernanceAttestation(attestation) => {
            let Attestation { role, attested: verdict, .. } = *attestation;
            task.said.push(Said { role, by, verdict });
            if let Some(person) = by_person {
                task.offices.insert(person, role);
            }
        }
    }
    for guard in guards {
        let from = state.clearance.get_mut(id).clearance;
        if let Some(to) = next(from, *guard) {
            move_to(state, id, to, at);
        }
    }
}
