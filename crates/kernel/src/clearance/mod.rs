//! Clearance: declared tasks, what has to be on record before they act, and who has a say in them.
//!
//! A declared task is a promise of accountability made before anything happens. Artifacts are
//! attached to it, each an entry whose text lies in the vault; they and the verdict of policy move
//! its clearance (`machine`). Governance roles approve, attest and lift; the escalations that hold a
//! task still are lifted by nobody who has a part in it.
//!
//! Deliberately absent: free text and client-made verdicts. An artifact of a client is a claim: its
//! trust is lowered to what its author may vouch for, and its assessment is computed here.

mod absence;
mod approval;
mod artifact;
mod ask;
mod declare;
mod escalation;
pub mod impact;
mod machine;
mod park;
mod ready;
mod role;
mod shape;
mod skill;
mod taint;

use std::collections::{BTreeMap, BTreeSet};

use hansa_types::governance::{
    ActionClass, Attested, Clearance, GovernanceRole, HoldKind, Recommendation, RiskTier, Taint,
};
use hansa_types::{
    AnyId, ApprovalRequestId, Code, ContextId, Digest, EscalationId, Framework, Jurisdiction,
    Rejection, SkillId, TaskId, Time,
};
use serde::{Deserialize, Serialize};

pub(crate) use absence::apply_delegated as apply_absence_delegated;
pub use absence::{Absence, AbsenceDelegated, DelegateAbsence};
pub use approval::{
    ApprovalBound, ApprovalDecided, ApprovalExpired, ApprovalReminded, ApprovalRequest,
    ApprovalRequested, ApprovalUsed, Vote,
};
pub(crate) use approval::{
    apply_bound, apply_decided, apply_expired as apply_approval_expired, apply_reminded,
    apply_requested, apply_used, expire as expire_approval, remind as remind_approvers,
};
pub(crate) use artifact::apply_added;
pub use artifact::{
    AddArtifact, Artifact, Attestation, Commerce, Context, DecisionRecord, Evidence, Impact,
    Liability,
};
pub use ask::{BindApproval, DecideApproval, RequestApproval};
pub use declare::{Declare, Declared, Move, Moved};
pub(crate) use declare::{apply_declared, apply_moved, expire as expire_task};
pub use escalation::{Escalation, Raise, Raised, Resolve, Resolved};
pub(crate) use escalation::{apply_raised, apply_resolved, raise_by_node};
pub use machine::{AgpState, Guard, Standing, next};
pub use park::{
    EndParked, Park, Parkable, Parked, ParkedCall, Parking, call_digest, policy_digest,
};
pub(crate) use park::{apply_parked, resumed};
pub use ready::Cleared;
pub use role::{AssignRole, RoleAssigned, RoleWithdrawn, WithdrawRole};
pub(crate) use role::{apply_assigned, apply_withdrawn};
pub(crate) use shape::{Shape, oblige, want_another};
pub(crate) use skill::apply_registered;
pub use skill::{RegisterSkill, Skill, SkillRegistered};
pub(crate) use taint::apply_promoted;
pub use taint::{PromoteTrust, TaintPromoted};

use crate::State;
use crate::principal::{Handle, Kind};

/// What the state keeps of a context: why it is not to be trusted, and what it was made of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trust {
    /// Its own taint.
    pub own: Vec<Taint>,
    /// The contexts it was derived from.
    pub from: Vec<ContextId>,
    /// Whether somebody with the right to it has vouched for it.
    pub promoted: bool,
    /// Who attested it.
    pub by: Handle,
}

/// What a governance role said of a task.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Said {
    /// In which role.
    pub role: GovernanceRole,
    /// Who.
    pub by: Handle,
    /// What.
    pub verdict: Attested,
}

/// What the state keeps of a declared task.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeclaredTask {
    /// Who acts.
    pub principal: Handle,
    /// Who declared it: the instructing party.
    pub declarer: Handle,
    /// Salted digest of the outcome that was asked for.
    pub outcome: Digest,
    /// How much may go wrong.
    pub risk: RiskTier,
    /// Where it happens.
    pub jurisdictions: Vec<Jurisdiction>,
    /// By which frameworks it is bound.
    pub frameworks: Vec<Framework>,
    /// Roles that have to approve.
    pub roles: Vec<GovernanceRole>,
    /// How many persons have to approve.
    pub quorum: u8,
    /// Whether policy wants them to prove better who they are.
    pub strong: bool,
    /// Whether they have to be other people than the one behind who acts.
    pub another: bool,
    /// When it was declared.
    pub declared: Time,
    /// When it last moved.
    pub moved: Time,
    /// When it fails by itself.
    pub expires: Time,
    /// Where its clearance stands.
    pub clearance: Clearance,
    /// The escalations that hold it still.
    pub holds: Vec<EscalationId>,
    /// Since when it stands still.
    pub held_since: Option<Time>,
    /// Every artifact with the entry that holds it.
    pub artifacts: Vec<(AnyId, u64)>,
    /// Its contexts.
    pub contexts: BTreeMap<ContextId, Trust>,
    /// What was decided, and what kind of act that is.
    pub decision: Option<ActionClass>,
    /// What the last impact assessment came to.
    pub impact: Option<Recommendation>,
    /// What governance roles said.
    pub said: Vec<Said>,
    /// The office that each person has held on this task.
    pub offices: BTreeMap<Handle, GovernanceRole>,
    /// Whether policy asked for an approval.
    pub asked: bool,
    /// Its requests for approval.
    pub requests: Vec<ApprovalRequestId>,
    /// The command that waits in it, if it is one's own.
    pub parked: Option<ParkedCall>,
    /// What came of it: the id of the first thing it did.
    pub result: Option<AnyId>,
    /// The refusal that a parked command met when it came back.
    pub refusal: Option<Box<str>>,
    /// The entry that declared it.
    pub seq: u64,
}

/// Everything about clearance that a future decision may depend on.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Clearances {
    tasks: BTreeMap<TaskId, DeclaredTask>,
    open: BTreeMap<Handle, u32>,
    roles: BTreeMap<(GovernanceRole, Handle), Time>,
    /// The persons behind whoever was ever given a role, the first two: more would say no more.
    appointed: Vec<Handle>,
    absences: BTreeMap<Handle, Absence>,
    skills: BTreeMap<SkillId, Skill>,
    requests: BTreeMap<ApprovalRequestId, ApprovalRequest>,
    escalations: BTreeMap<EscalationId, Escalation>,
    /// Contracts that stand still, each with the escalations that hold it.
    held_contracts: BTreeMap<TaskId, Vec<EscalationId>>,
}

impl Clearances {
    /// A declared task.
    pub fn task(&self, id: TaskId) -> Option<&DeclaredTask> {
        self.tasks.get(&id)
    }

    /// All declared tasks in the order of their ids.
    pub fn tasks(&self) -> impl DoubleEndedIterator<Item = (TaskId, &DeclaredTask)> {
        self.tasks.iter().map(|(id, task)| (*id, task))
    }

    /// How many declared tasks there are.
    pub fn len(&self) -> usize {
        self.tasks.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.tasks.is_empty()
    }

    /// A request for approval.
    pub fn request(&self, id: ApprovalRequestId) -> Option<&ApprovalRequest> {
        self.requests.get(&id)
    }

    /// All requests for approval in the order of their ids.
    pub fn requests(
        &self,
    ) -> impl DoubleEndedIterator<Item = (ApprovalRequestId, &ApprovalRequest)> {
        self.requests.iter().map(|(id, request)| (*id, request))
    }

    /// An escalation.
    pub fn escalation(&self, id: EscalationId) -> Option<&Escalation> {
        self.escalations.get(&id)
    }

    /// All escalations in the order of their ids.
    pub fn escalations(&self) -> impl DoubleEndedIterator<Item = (EscalationId, &Escalation)> {
        self.escalations.iter().map(|(id, escalation)| (*id, escalation))
    }

    /// All skills in the order of their ids.
    pub fn skills(&self) -> impl DoubleEndedIterator<Item = (SkillId, &Skill)> {
        self.skills.iter().map(|(id, skill)| (*id, skill))
    }

    /// A skill.
    pub fn skill(&self, id: SkillId) -> Option<&Skill> {
        self.skills.get(&id)
    }

    /// Who stands in for somebody.
    pub fn absence(&self, of: Handle) -> Option<&Absence> {
        self.absences.get(&of)
    }

    /// Who holds which role, and since when.
    pub fn roles(&self) -> impl Iterator<Item = (GovernanceRole, Handle, Time)> {
        self.roles.iter().map(|(&(role, holder), &since)| (role, holder, since))
    }

    /// The first two persons behind whoever was ever given a role.
    pub(crate) fn appointed(&self) -> &[Handle] {
        &self.appointed
    }

    /// Whether a role was ever given to somebody behind whom another person stands.
    pub(crate) fn was_appointed_beside(&self, person: Handle) -> bool {
        self.appointed.iter().any(|appointed| *appointed != person)
    }

    /// Whether somebody holds a role.
    pub fn holds(&self, role: GovernanceRole, holder: Handle) -> bool {
        self.roles.contains_key(&(role, holder))
    }

    /// The roles that somebody holds.
    pub fn roles_of(&self, holder: Handle) -> Vec<GovernanceRole> {
        let held = |role: &&GovernanceRole| self.holds(**role, holder);
        GovernanceRole::ALL.iter().filter(held).copied().collect()
    }

    /// Why a task of either kind stands still: the strongest of the open escalations.
    pub fn hold(&self, task: TaskId) -> Option<HoldKind> {
        let declared = self.tasks.get(&task).map(|task| &task.holds);
        let held = declared.or_else(|| self.held_contracts.get(&task))?;
        held.iter().filter_map(|id| self.escalations.get(id)).map(|e| e.action).max()
    }

    /// Refuses what would move a task that stands still.
    pub fn refuse_held(&self, task: TaskId) -> Result<(), Rejection> {
        match self.hold(task) {
            None => Ok(()),
            Some(kind) => Err(Rejection::new(
                Code::TaskHeld,
                format!("an escalation holds the task ({kind}) until it is resolved"),
            )),
        }
    }

    /// A declared task that has not ended.
    fn open(&self, id: TaskId) -> Result<&DeclaredTask, Rejection> {
        let task = self.tasks.get(&id).ok_or(Code::NotFound)?;
        match task.clearance.is_final() {
            false => Ok(task),
            true => Err(Rejection::new(
                Code::TaskState,
                format!("the task has ended: {}", task.clearance),
            )),
        }
    }

    fn get_mut(&mut self, id: TaskId) -> &mut DeclaredTask {
        self.tasks.get_mut(&id).unwrap_or_else(|| panic!("{id} is named by an entry and unknown"))
    }

    pub(crate) fn forget_task(&mut self, id: TaskId) {
        if let Some(task) = self.tasks.remove(&id) {
            task.requests.iter().for_each(|request| _ = self.requests.remove(request));
            self.escalations.retain(|_, escalation| escalation.task != id);
        }
    }

    pub(crate) fn forget_contract(&mut self, id: TaskId) {
        if self.held_contracts.remove(&id).is_some() {
            self.escalations.retain(|_, escalation| escalation.task != id);
        }
    }
}

impl DeclaredTask {
    /// The words for the kinds of artifacts it has, each once and in order.
    pub fn artifact_kinds(&self) -> Vec<&'static str> {
        let kinds = self.artifacts.iter().filter_map(|(id, _)| artifact::word(*id));
        kinds.collect::<BTreeSet<_>>().into_iter().collect()
    }

    /// The newest artifact of an id that `wanted` accepts.
    pub fn newest(&self, wanted: impl Fn(&AnyId) -> bool) -> Option<AnyId> {
        self.artifacts.iter().rev().map(|(id, _)| *id).find(|id| wanted(id))
    }

    /// Why what it knows is not to be trusted: of all its contexts, and each once.
    pub fn taint(&self) -> Vec<Taint> {
        let taints = self.contexts.keys().flat_map(|id| self.taint_of(*id));
        taints.collect::<BTreeSet<_>>().into_iter().collect()
    }
}

impl State {
    /// The person behind a principal: itself if it is one, else whoever controls it in the end, for
    /// whoever belongs to an organization the organization. Who makes a principal is older, and an
    /// agent is handed to nobody under it, so the chain has an end.
    pub fn person_of(&self, handle: Handle) -> Handle {
        let mut at = handle;
        while self.principals.status(at).kind != Kind::Person {
            match self.principals.get(at).controller {
                Some(above) => at = above,
                None => break,
            }
        }
        at
    }

    /// Whether one principal is under the control of another, at any distance.
    pub fn is_under(&self, handle: Handle, other: Handle) -> bool {
        let mut at = handle;
        while let Some(above) = self.principals.get(at).controller {
            if above == other {
                return true;
            }
            at = above;
        }
        false
    }

    /// Whether somebody has no part in what a task does: neither the one who acts nor the one who
    /// instructs, nor anybody whom one of them controls.
    fn is_independent(&self, task: &DeclaredTask, handle: Handle) -> bool {
        [task.principal, task.declarer]
            .into_iter()
            .all(|party| party != handle && !self.is_under(handle, party))
    }

    /// Who has a hand in a task, so that they may see it and raise a concern: its parties, whoever
    /// controls them, members of the organization that does, and everybody in an office.
    pub fn takes_part(&self, id: TaskId, handle: Handle) -> bool {
        let near = |party: Handle| {
            party == handle || self.is_under(party, handle) || self.sees_for_org(handle, party)
        };
        if let Some(task) = self.clearance.tasks.get(&id) {
            let named = |request: &ApprovalRequestId| {
                let request = self.clearance.requests.get(request);
                request.is_some_and(|request| request.concerns(self, handle))
            };
            return near(task.principal)
                || near(task.declarer)
                || !self.clearance.roles_of(handle).is_empty()
                || task.requests.iter().any(named);
        }
        let party = |task: &crate::task::Task| near(task.payer) || near(task.agent);
        self.tasks
            .get(id)
            .is_some_and(|task| party(task) || !self.clearance.roles_of(handle).is_empty())
    }

    /// Whether somebody is another person than the one behind who acts in a task, where it takes one.
    fn may_be_other(&self, task: &DeclaredTask, handle: Handle) -> bool {
        !task.another || self.person_of(handle) != self.person_of(task.principal)
    }

    /// What other protocols fold into one word.
    pub fn standing(&self, id: TaskId) -> Option<Standing> {
        let hold = self.clearance.hold(id);
        if let Some(task) = self.clearance.tasks.get(&id) {
            return Some(Standing {
                work: None,
                clearance: Some(task.clearance),
                terms: None,
                hold,
            });
        }
        let task = self.tasks.get(id)?;
        Some(Standing { work: Some(task.work), clearance: None, terms: Some(task.stage), hold })
    }
}
