//! Parked commands: what policy lets through only when it is approved waits as a task of its own.
//!
//! The command lies sealed in the vault; its entry keeps the digest that approvals are bound to and
//! that of the policy that asked. When it is approved the node hands the command in again. Only its
//! reading is skipped: the grant, the credential, the state of the books and policy are asked anew,
//! so whatever was taken back meanwhile still stops it. Nothing is reserved while it waits.
//!
//! Deliberately absent: commands whose answer shows a secret, and steps of a contract. Those are
//! refused instead, and their author asks for approval first.

use hansa_crypto::hash::sha256;
use hansa_types::governance::{ApprovalState, Clearance, GovernanceRole, RiskTier};
use hansa_types::{
    AnyId, ApprovalRequestId, Code, Digest, PrincipalId, Rejection, TaskId, Time, Vis,
};
use serde::{Deserialize, Serialize};

use super::approval::{self, ApprovalRequest};
use super::declare::{is_one, one};
use super::shape::Shape;
use super::{DeclaredTask, Moved};
use crate::State;
use crate::admit::{Permit, Sphere};
use crate::command::{Command, Request, Rules};
use crate::decide::{Context, Draft};
use crate::due::Due;
use crate::entry::Entry;
use crate::event::Event;
use crate::grant::Action;
use crate::limits::{APPROVAL_LIFE_DEFAULT, DECLARED_PER_PRINCIPAL_MAX, DECLARED_TASKS_MAX};
use crate::policy::Judgement;
use crate::{funding, policy, principal, transfer};

/// The domain of a parked call's digest.
const CALL_DOMAIN: &[u8] = b"hansa parked call 1\n";
/// The domain of the digest of the policy sets that asked.
const POLICY_DOMAIN: &[u8] = b"hansa policy sets 1\n";

/// Whether a command waits or comes back.
#[derive(Debug, Clone, PartialEq)]
pub enum Parking {
    /// It shall wait as this task.
    Park(Box<Park>),
    /// It comes back from this task.
    Resume(TaskId),
    /// It cannot wait, for its answer shows what is shown once.
    Never,
}

/// What makes a command wait.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Park {
    /// The task it becomes.
    pub task: TaskId,
    /// The request for approval.
    pub request: ApprovalRequestId,
    /// Salted digest of the sealed command.
    pub document: Digest,
}

/// The commands that can wait.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Parkable {
    /// Move money, or set it aside.
    TransferCreate(transfer::Create),
    /// Post a pending transfer.
    TransferPost(transfer::Post),
    /// Void a pending transfer.
    TransferVoid(transfer::Void),
    /// Make money.
    MintCreate(transfer::Mint),
    /// Destroy money.
    BurnCreate(transfer::Burn),
    /// Mint what was asked for.
    FundingApprove(funding::Approve),
    /// Give a principal another key.
    KeyRotate(principal::RotateKey),
    /// Say how much a policy set counts.
    PolicySetModeSet(policy::SetMode),
    /// Give a governance role.
    RoleAssign(super::AssignRole),
    /// Take a governance role.
    RoleWithdraw(super::WithdrawRole),
    /// Put a policy set in force.
    PolicySetActivate(policy::Activate),
}

/// Data of `task.parked`. The entry's id is the task, its subject who asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Parked {
    /// The operation that waits.
    pub operation: Action,
    /// The request for approval.
    pub request: ApprovalRequestId,
    /// Digest of the call, which approvals are bound to.
    pub call: Digest,
    /// Digest of the policy sets that asked.
    pub policy: Digest,
    /// Salted digest of the sealed command.
    pub document: Digest,
    /// How many persons have to approve; one unless said.
    #[serde(default = "one", skip_serializing_if = "is_one")]
    pub quorum: u8,
    /// Roles that approve.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub roles: Vec<GovernanceRole>,
    /// When silence counts as a rejection.
    pub expires: Time,
}

/// What the state keeps of a command that waits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ParkedCall {
    /// The operation.
    pub operation: Action,
    /// The request for approval.
    pub request: ApprovalRequestId,
    /// Digest of the call.
    pub call: Digest,
    /// Digest of the policy sets that asked.
    pub policy: Digest,
    /// The epoch of its author's tokens.
    pub epoch: u64,
}

/// End a parked command that was refused when it came back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EndParked {
    /// Which task.
    pub task: TaskId,
    /// The rule that refused it.
    pub code: Code,
}

impl Parkable {
    /// A command in the form in which it waits, if it can.
    pub fn of(command: &Command) -> Option<Self> {
        Some(match command {
            Command::TransferCreate(create) => Self::TransferCreate(create.clone()),
            Command::TransferPost(post) => Self::TransferPost(*post),
            Command::TransferVoid(void) => Self::TransferVoid(*void),
            Command::MintCreate(mint) => Self::MintCreate(*mint),
            Command::BurnCreate(burn) => Self::BurnCreate(*burn),
            Command::FundingApprove(approve) => Self::FundingApprove(approve.clone()),
            Command::KeyRotate(rotate) => Self::KeyRotate(rotate.clone()),
            Command::PolicySetModeSet(set) => Self::PolicySetModeSet(*set),
            Command::RoleAssign(assign) => Self::RoleAssign(assign.clone()),
            Command::RoleWithdraw(withdraw) => Self::RoleWithdraw(withdraw.clone()),
            Command::PolicySetActivate(activate) => Self::PolicySetActivate(*activate),
            _ => return None,
        })
    }

    /// The command as it was.
    pub fn into_command(self) -> Command {
        match self {
            Self::TransferCreate(create) => Command::TransferCreate(create),
            Self::TransferPost(post) => Command::TransferPost(post),
            Self::TransferVoid(void) => Command::TransferVoid(void),
            Self::MintCreate(mint) => Command::MintCreate(mint),
            Self::BurnCreate(burn) => Command::BurnCreate(burn),
            Self::FundingApprove(approve) => Command::FundingApprove(approve),
            Self::KeyRotate(rotate) => Command::KeyRotate(rotate),
            Self::PolicySetModeSet(set) => Command::PolicySetModeSet(set),
            Self::RoleAssign(assign) => Command::RoleAssign(assign),
            Self::RoleWithdraw(withdraw) => Command::RoleWithdraw(withdraw),
            Self::PolicySetActivate(activate) => Command::PolicySetActivate(activate),
        }
    }

    /// Its bytes, for the vault.
    pub fn to_bytes(&self) -> Vec<u8> {
        let bytes = postcard::to_stdvec(self);
        bytes.unwrap_or_else(|error| panic!("a command has a binary form: {error}"))
    }

    /// Reads what [`Parkable::to_bytes`] wrote.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, postcard::Error> {
        postcard::from_bytes(bytes)
    }
}

/// The digest of a call that an approval is bound to: who asks for what, to the last parameter.
pub fn call_digest(principal: PrincipalId, command: &Parkable) -> Digest {
    let mut bytes = CALL_DOMAIN.to_vec();
    bytes.extend_from_slice(&principal.0.to_be_bytes());
    bytes.extend_from_slice(&command.to_bytes());
    sha256(&bytes)
}

/// The digest of the policy sets that asked, in the versions and modes in which they did.
pub fn policy_digest(judgement: &Judgement) -> Digest {
    let mut bytes = POLICY_DOMAIN.to_vec();
    for set in &judgement.policy_sets {
        bytes.extend_from_slice(&set.set.0.to_be_bytes());
        bytes.extend_from_slice(&set.rules_digest.0);
        bytes.extend_from_slice(set.mode.as_str().as_bytes());
        bytes.push(b'\n');
    }
    sha256(&bytes)
}

impl Park {
    /// Whether what is sealed can be what waits.
    pub(crate) fn is_for(&self, request: &Request) -> bool {
        Parkable::of(&request.command).is_some()
    }

    pub(crate) fn decide(
        &self,
        permit: &Permit<'_>,
        ctx: &mut Context<'_>,
        out: &mut Vec<Draft>,
    ) -> Result<(), Rejection> {
        let state = permit.state();
        let caller = permit.caller().principal.ok_or(Code::Forbidden)?;
        let judgement = permit.judgement().ok_or(Code::ApprovalRequired)?;
        let command = Parkable::of(permit.command()).ok_or(Code::ApprovalRequired)?;
        // What would be refused now does not wait.
        permit.command().rules().decide(permit, ctx, &mut Vec::new())?;
        let open = state.clearance.open.get(&state.principal(caller)?).copied().unwrap_or_default();
        if open >= DECLARED_PER_PRINCIPAL_MAX || state.clearance.len() >= DECLARED_TASKS_MAX {
            return Err(Rejection::new(Code::StateFull, "too many tasks are open"));
        }
        if state.clearance.task(self.task).is_some() || state.tasks.get(self.task).is_some() {
            return Err(Rejection::new(Code::InvalidField, "id: there is such a task already"));
        }
        let Shape { quorum, roles, strong: _, another: _ } = Shape::wanted_by(judgement);
        let parked = Parked {
            operation: permit.command().action().parse()?,
            request: self.request,
            call: call_digest(caller, &command),
            policy: policy_digest(judgement),
            document: self.document,
            quorum,
            roles,
            expires: ctx.now.after(APPROVAL_LIFE_DEFAULT),
        };
        let event = Event::TaskParked(parked);
        out.push(Draft::new(self.task, Vis::Parties, event).about(caller));
        Ok(())
    }
}

impl State {
    /// Whether a command that comes back is the one that was approved, by the policy that asked.
    pub(crate) fn check_resumed(
        &self,
        request: &Request,
        id: TaskId,
        judgement: Option<&Judgement>,
        now: Time,
    ) -> Result<(), Rejection> {
        let task = self.clearance.open(id)?;
        let parked = task.parked.as_ref().ok_or(Code::NotFound)?;
        self.clearance.refuse_held(id)?;
        let principal = request.caller.principal.ok_or(Code::Forbidden)?;
        let command = Parkable::of(&request.command).ok_or(Code::ApprovalRequired)?;
        let call = call_digest(principal, &command);
        if call != parked.call || self.principals.get(task.principal).id != principal {
            return Err(Code::ApprovalMismatch.into());
        }
        if judgement.is_some_and(|judgement| policy_digest(judgement) != parked.policy) {
            let detail = "the policy that asked for the approval is another by now";
            return Err(Rejection::new(Code::ApprovalVoid, detail));
        }
        let asked = self.clearance.request(parked.request).ok_or(Code::ApprovalRequired)?;
        let wanted = judgement.map_or(Shape::ANY, Shape::wanted_by);
        asked.allows(self, &call, &wanted, now)?;
        match task.clearance {
            Clearance::PolicyChecked => Ok(()),
            _ => Err(Code::ApprovalPending.into()),
        }
    }
}

/// Uses the approval up and ends the task, behind the entries of what was done.
pub(crate) fn resumed(
    permit: &Permit<'_>,
    task: TaskId,
    ctx: &mut Context<'_>,
    out: &mut Vec<Draft>,
) -> Result<(), Rejection> {
    let parked = permit.state().clearance.task(task).and_then(|task| task.parked.as_ref());
    let request = parked.ok_or(Code::NotFound)?.request;
    let guard = out.first().and_then(|draft| draft.id);
    out.push(approval::used(ctx, request));
    let moved = Moved { to: Clearance::Completed, guard, refusal: None };
    out.push(Draft::new(ctx.entry_id(), Vis::Parties, Event::TaskMoved(moved)).about(task));
    Ok(())
}

impl Rules for EndParked {
    fn sphere(&self, _: &State) -> Result<Sphere, Rejection> {
        Ok(Sphere::Machine)
    }

    fn decide(
        &self,
        permit: &Permit<'_>,
        ctx: &mut Context<'_>,
        out: &mut Vec<Draft>,
    ) -> Result<(), Rejection> {
        let task = permit.state().clearance.open(self.task)?;
        if task.parked.is_none() {
            return Err(Code::NotFound.into());
        }
        let refusal = Some(self.code.as_str().into());
        let moved = Moved { to: Clearance::Failed, guard: None, refusal };
        let event = Event::TaskMoved(moved);
        out.push(Draft::new(ctx.entry_id(), Vis::Parties, event).about(self.task));
        Ok(())
    }
}

pub(crate) fn apply_parked(state: &mut State, entry: &Entry, parked: &Parked) {
    let (AnyId::Task(id), Some(AnyId::Principal(principal))) = (entry.id, entry.subject) else {
        panic!("task.parked names the task and who asked");
    };
    let principal = state.handle(principal);
    let epoch = state.principals.get(principal).epoch;
    let task = DeclaredTask {
        principal,
        declarer: principal,
        outcome: parked.document,
        risk: RiskTier::Medium,
        jurisdictions: Vec::new(),
        frameworks: Vec::new(),
        roles: parked.roles.clone(),
        quorum: parked.quorum,
        strong: false,
        another: false,
        declared: entry.ts,
        moved: entry.ts,
        expires: parked.expires,
        clearance: Clearance::ApprovalPending,
        holds: Vec::new(),
        held_since: None,
        artifacts: Vec::new(),
        contexts: Default::default(),
        decision: None,
        impact: None,
        said: Vec::new(),
        offices: Default::default(),
        asked: true,
        requests: vec![parked.request],
        parked: Some(ParkedCall {
            operation: parked.operation.clone(),
            request: parked.request,
            call: parked.call,
            policy: parked.policy,
            epoch,
        }),
        result: None,
        refusal: None,
        seq: entry.seq,
    };
    let request = ApprovalRequest {
        task: id,
        requester: principal,
        call: Some(parked.call),
        quorum: parked.quorum,
        roles: parked.roles.clone(),
        approvers: Vec::new(),
        strong: false,
        requested: entry.ts,
        expires: parked.expires,
        state: ApprovalState::Pending,
        votes: Vec::new(),
        seq: entry.seq,
    };
    state.clearance.tasks.insert(id, task);
    *state.clearance.open.entry(principal).or_default() += 1;
    state.due.insert((parked.expires, Due::Declared(id)));
    approval::put(state, parked.request, request);
}
