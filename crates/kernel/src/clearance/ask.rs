//! Asking for approval, binding the request to a call, and speaking on it.

use hansa_types::governance::{ApprovalMode, ApprovalState, Decision, GovernanceRole};
use hansa_types::{
    ApprovalId, ApprovalRequestId, Code, Digest, PrincipalId, Rejection, TaskId, Time, Vis,
};
use serde::{Deserialize, Serialize};

use super::approval::{ApprovalBound, ApprovalDecided, ApprovalRequested, count};
use crate::State;
use crate::account::ShownPasskey;
use crate::admit::{Permit, Sphere};
use crate::callback;
use crate::command::Rules;
use crate::decide::{Context, Draft};
use crate::event::Event;
use crate::limits::{APPROVAL_LIFE_MAX, APPROVAL_REQUESTS_PER_TASK_MAX, APPROVERS_MAX, QUORUM_MAX};
use crate::principal::Handle;

/// Ask for approval.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RequestApproval {
    /// The id it shall have.
    pub id: ApprovalRequestId,
    /// Of which task.
    pub task: TaskId,
    /// Digest of the call; bound later when absent, and before anybody approves.
    pub call: Option<Digest>,
    /// How many have to approve.
    pub mode: ApprovalMode,
    /// For `multi`: how many. Otherwise the mode says.
    pub quorum: u8,
    /// Roles that approve; with more than one approver each of them has to.
    pub roles: Vec<GovernanceRole>,
    /// Who may approve, if not everybody in the roles.
    pub approvers: Vec<PrincipalId>,
    /// Whether approvers have to prove who they are by a second factor or their own key.
    pub strong: bool,
    /// When silence counts as a rejection.
    pub expires: Time,
    /// Salted digest of the address at which who asks wants to be told what came of it.
    pub callback: Option<Digest>,
}

/// Bind a request to a call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BindApproval {
    /// Which request.
    pub id: ApprovalRequestId,
    /// Digest of the call.
    pub call: Digest,
}

/// Approve or reject.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DecideApproval {
    /// The id the decision shall have.
    pub id: ApprovalId,
    /// Which request.
    pub request: ApprovalRequestId,
    /// What is said.
    pub decision: Decision,
    /// What the approver saw, so that nobody approves another call than they think.
    pub call: Option<Digest>,
    /// For whom, when somebody stands in.
    pub on_behalf_of: Option<PrincipalId>,
    /// Whether the approver has just shown a second factor.
    pub second_factor: bool,
    /// The passkey that the approver has just shown, which is one too.
    #[serde(default)]
    pub passkey: Option<ShownPasskey>,
    /// Salted digest of the reasons.
    pub document: Option<Digest>,
}

impl Rules for RequestApproval {
    fn sphere(&self, state: &State) -> Result<Sphere, Rejection> {
        state.sphere_of_task(self.task)
    }

    fn decide(
        &self,
        permit: &Permit<'_>,
        ctx: &mut Context<'_>,
        out: &mut Vec<Draft>,
    ) -> Result<(), Rejection> {
        let now = ctx.now;
        let state = permit.state();
        let task = state.clearance.open(self.task)?;
        state.clearance.refuse_held(self.task)?;
        let refuse = |detail: &'static str| Err(Rejection::new(Code::InvalidField, detail));
        if task.requests.len() >= APPROVAL_REQUESTS_PER_TASK_MAX {
            return Err(Rejection::new(Code::StateFull, "at most 32 requests for approval a task"));
        }
        if state.clearance.requests.contains_key(&self.id) {
            return refuse("id: there is such a request already");
        }
        if self.approvers.len() > APPROVERS_MAX || self.roles.len() > GovernanceRole::ALL.len() {
            return refuse("approvers: at most 16; roles: each once");
        }
        if self.expires <= now || self.expires > now.after(APPROVAL_LIFE_MAX) {
            return refuse("expires_in_s: a moment in the future within 30 days");
        }
        let quorum = match self.mode {
            ApprovalMode::Single => 1,
            ApprovalMode::Dual => 2,
            ApprovalMode::Multi if (2..=QUORUM_MAX).contains(&self.quorum) => self.quorum,
            ApprovalMode::Multi => return refuse("quorum: 2 to 8 for multi"),
        };
        // What the task was declared to need is the least.
        let mut roles = self.roles.clone();
        roles.extend(&task.roles);
        roles.sort_unstable();
        roles.dedup();
        self.approvers.iter().try_for_each(|id| state.principal(*id).map(|_| ()))?;
        let requested = ApprovalRequested {
            call: self.call,
            quorum: quorum.max(task.quorum).max(count(&task.roles)),
            roles,
            approvers: self.approvers.clone(),
            strong: self.strong || task.strong,
            expires: self.expires,
        };
        let event = Event::ApprovalRequested(requested);
        out.push(Draft::new(self.id, Vis::Parties, event).about(self.task));
        callback::ask(permit, self.id.into(), self.callback, ctx, out)
    }
}

impl Rules for BindApproval {
    fn sphere(&self, state: &State) -> Result<Sphere, Rejection> {
        let request = state.clearance.request(self.id).ok_or(Code::NotFound)?;
        state.sphere_of_task(request.task)
    }

    fn decide(
        &self,
        permit: &Permit<'_>,
        ctx: &mut Context<'_>,
        out: &mut Vec<Draft>,
    ) -> Result<(), Rejection> {
        let state = permit.state();
        let request = state.clearance.requests.get(&self.id).ok_or(Code::NotFound)?;
        if request.state != ApprovalState::Pending {
            return Err(Code::ApprovalDecided.into());
        }
        match request.call {
            Some(_) => Err(Code::ApprovalMismatch.into()),
            None => {
                let event = Event::ApprovalBound(ApprovalBound { call: self.call });
                out.push(Draft::new(ctx.entry_id(), Vis::Parties, event).about(self.id));
                Ok(())
            }
        }
    }
}

impl Rules for DecideApproval {
    fn sphere(&self, _: &State) -> Result<Sphere, Rejection> {
        // Offices speak by their role, which the decision looks at.
        Ok(Sphere::Open)
    }

    fn decide(
        &self,
        permit: &Permit<'_>,
        ctx: &mut Context<'_>,
        out: &mut Vec<Draft>,
    ) -> Result<(), Rejection> {
        let now = ctx.now;
        let state = permit.state();
        let caller = permit.caller();
        let by = state.principal(caller.principal.ok_or(Code::Forbidden)?)?;
        let request = state.clearance.requests.get(&self.request).ok_or(Code::NotFound)?;
        if !state.takes_part(request.task, by) {
            return Err(Code::NotFound.into());
        }
        let task = state.clearance.open(request.task)?;
        match request.state {
            ApprovalState::Pending if request.expires > now => {}
            ApprovalState::Pending => return Err(Code::ApprovalExpired.into()),
            _ => return Err(Code::ApprovalDecided.into()),
        }
        state.clearance.refuse_held(request.task)?;
        let call = request.call.ok_or(Code::ApprovalUnbound)?;
        if self.call.is_some_and(|seen| seen != call) {
            return Err(Code::ApprovalMismatch.into());
        }
        let speaker = self.speaker(state, by, now)?;
        for handle in [by, speaker] {
            state.refuse_own(task, handle)?;
            let other = state.may_be_other(task, handle);
            if !other || handle == request.requester || state.is_under(handle, request.requester) {
                return Err(Code::OwnAct.into());
            }
        }
        let person = state.person_of(by);
        if request.votes.iter().any(|vote| state.person_of(vote.by) == person) {
            return Err(Rejection::new(Code::ApprovalDecided, "one person speaks once"));
        }
        if let Some(shown) = &self.passkey {
            state.account(state.principals.get(by).id)?.check_passkey(shown)?;
        }
        let strong = self.second_factor || self.passkey.is_some() || state.is_strong(caller);
        // Policy may have asked for it since the request was made.
        if (request.strong || task.strong) && !strong {
            return Err(Code::StrongerAuthRequired.into());
        }
        let role = request.role_of(state, task, speaker, by)?;
        let event = Event::ApprovalDecided(ApprovalDecided {
            decision: self.decision,
            role,
            on_behalf_of: self.on_behalf_of,
            document: self.document,
        });
        out.push(Draft::new(self.id, Vis::Parties, event).about(self.request));
        let id = state.principals.get(by).id;
        out.extend(self.passkey.as_ref().and_then(|shown| shown.used(id)));
        Ok(())
    }
}

impl DecideApproval {
    /// Whose right to speak is used.
    fn speaker(&self, state: &State, by: Handle, now: Time) -> Result<Handle, Rejection> {
        let Some(away) = self.on_behalf_of else { return Ok(by) };
        let away = state.principal(away)?;
        let absence = state.clearance.absences.get(&away);
        let stands_in = absence.is_some_and(|a| a.deputy == by && a.until > now);
        match stands_in && state.principals.status(away).active {
            true => Ok(away),
            false => Err(Rejection::new(Code::RoleRequired, "you do not stand in for them")),
        }
    }
}
