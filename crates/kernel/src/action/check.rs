//! What an action needs before it is done: each lock by itself, and all of them together.
//!
//! The same checks answer whether an envelope would pass (`examine`) and let it pass (`all`), so
//! that a trial cannot promise what the gate then refuses.

use hansa_types::governance::{ApprovalState, Clearance};
use hansa_types::{ActionId, Amount, AnyId, Code, Digest, PrincipalId, Rejection, Time};

use super::submit::{Act, References, Submit};
use super::{Call, Stage};
use crate::State;
use crate::admit::Permit;
use crate::clearance::{Cleared, Shape};
use crate::command::{Command, Request};
use crate::grant::{self, Found, Grant, Target, Use};
use crate::policy::{Judgement, Verdict};

/// One lock of the gate, and what it says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checked {
    /// Its name.
    pub check: &'static str,
    /// Why it stays closed; nothing where it opens.
    pub refusal: Option<Rejection>,
}

/// What opens the gate.
pub(super) struct Opened {
    /// The grant that is used.
    pub(super) grant: Option<Found>,
    /// The leave of a declared task.
    pub(super) cleared: Option<Cleared>,
}

/// Every lock in order; the first that stays closed is the refusal.
pub(super) fn all(permit: &Permit<'_>, submit: &Submit, now: Time) -> Result<Opened, Rejection> {
    let looked = Looked { state: permit.state(), request: permit.request(), submit, now };
    looked.task()?;
    let grant = looked.authority()?;
    looked.executor()?;
    looked.counterparty()?;
    looked.references()?;
    let cleared = looked.cleared(permit.judgement())?;
    Ok(Opened { grant, cleared })
}

impl State {
    /// What each lock of the gate says of an action, without doing it.
    pub fn examine(&self, request: &Request, now: Time) -> Vec<Checked> {
        let Command::ActionSubmit(submit) = &request.command else { return Vec::new() };
        let looked = Looked { state: self, request, submit, now };
        let checked = |check, done: Result<(), Rejection>| Checked { check, refusal: done.err() };
        vec![
            checked("task", looked.task()),
            checked("authority", looked.authority().map(|_| ())),
            checked("executor", looked.executor()),
            checked("counterparty", looked.counterparty()),
            checked("references", looked.references()),
            checked("clearance", looked.cleared(None).map(|_| ())),
        ]
    }
}

impl State {
    /// What each lock says of a submitted action, for whoever is about to serve it. Who has no part
    /// in the action learns nothing of it without knowing the call.
    pub fn examine_action(
        &self,
        id: ActionId,
        asker: PrincipalId,
        call: Option<Digest>,
        now: Time,
    ) -> Result<Vec<Checked>, Rejection> {
        let action = self.actions.find(id)?;
        let asker = self.principal(asker)?;
        let is_party = asker == action.caller || asker == action.by;
        if !is_party && call != Some(action.call) {
            return Err(Code::ActionUnknown.into());
        }
        let checked = |check, done: Result<(), Code>| Checked {
            check,
            refusal: done.err().map(Rejection::from),
        };
        let open = matches!(action.stage, Stage::Started | Stage::Claimed);
        let same = call.is_none_or(|call| call == action.call);
        let caller = self.principals.status(action.caller).active;
        let grant = match action.grant {
            Some(id) => grant::check_chain(self, id, now).map_err(|refusal| refusal.code),
            None => Ok(()),
        };
        let when = |holds: bool, code| if holds { Ok(()) } else { Err(code) };
        Ok(vec![
            checked("state", when(open, Code::ActionState)),
            checked("call", when(same, Code::CallMismatch)),
            checked("agent", when(caller, Code::PrincipalSuspended)),
            checked("authority", grant),
            checked("clearance", self.clearance.refuse_held(action.task).map_err(|held| held.code)),
        ])
    }
}

/// An action before the gate.
struct Looked<'a> {
    state: &'a State,
    request: &'a Request,
    submit: &'a Submit,
    now: Time,
}

impl Looked<'_> {
    /// The task is there, and the caller has a part in it.
    fn task(&self) -> Result<(), Rejection> {
        let unknown = || Rejection::new(Code::ActionTaskUnknown, "task: there is no such task");
        let caller = self.request.caller.principal.and_then(|id| self.state.principals.find(id));
        let caller = caller.ok_or_else(unknown)?;
        if let Some(task) = self.state.clearance.task(self.submit.task) {
            return if task.principal == caller { Ok(()) } else { Err(unknown()) };
        }
        let task = self.state.tasks.get(self.submit.task).ok_or_else(unknown)?;
        match caller == task.agent || caller == task.payer {
            true => Ok(()),
            false => Err(unknown()),
        }
    }

    /// A grant that reaches this far; for a native operation the authority it needs by itself.
    fn authority(&self) -> Result<Option<Found>, Rejection> {
        let named = self.submit.references.grant;
        if let Act::Native(inner) = &self.submit.act {
            if inner.caller != self.request.caller {
                return Err(Code::Forbidden.into());
            }
            let found = self.state.authority_of(inner, self.now)?;
            return match named {
                Some(named) if found.map(|found| found.id) != Some(named) => {
                    Err(Code::GrantMismatch.into())
                }
                _ => Ok(found),
            };
        }
        let named = named.ok_or(Code::GrantRequired)?;
        let caller = self.request.caller.principal.ok_or(Code::Unauthenticated)?;
        let holder = self.state.principal(caller)?;
        let grant = self.state.grants.get(&named).filter(|grant| grant.holder == holder);
        let grant = grant.ok_or(Code::GrantUnknown)?;
        if let Some(money) = self.submit.call.money {
            self.state.ledger.currency(money.currency)?;
            if money.amount == Amount::ZERO {
                return Err(Code::AmountZero.into());
            }
        }
        let Call { tool, money, counterparty, .. } = &self.submit.call;
        if !grant.terms.actions.iter().any(|pattern| pattern.covers(tool.as_str())) {
            let detail = format!("the grant does not cover {}", tool.as_str());
            return Err(Rejection::new(Code::GrantOutOfScope, detail));
        }
        let resource = format!("{}:{}", self.submit.act.executor().as_str(), tool.as_str());
        let task = self.state.clearance.task(self.submit.task);
        let wanted = Use {
            resource: Some(Target::Name(&resource)),
            counterparty: *counterparty,
            jurisdictions: task.map_or(&[], |task| &task.jurisdictions),
            money: money.map(|money| (money.currency, money.amount)),
            key: self.request.caller.auth.key(),
            ..Use::new(grant.root, tool.as_str(), self.now)
        };
        grant::check(self.state, holder, named, &wanted)?;
        Ok(Some(Found { id: named, counted: false }))
    }

    /// What the envelope names is the task's own, and nothing of it says no.
    fn references(&self) -> Result<(), Rejection> {
        let References { grant: _, liability, decision, evaluation, approval } =
            self.submit.references;
        let unknown = |what: &str| {
            Err(Rejection::new(Code::ReferenceUnknown, format!("{what}: the task has no such")))
        };
        let task = self.state.clearance.task(self.submit.task);
        let has = |id: AnyId| task.is_some_and(|task| task.artifacts.iter().any(|(a, _)| *a == id));
        if liability.is_some_and(|id| !has(AnyId::Liability(id))) {
            return unknown("liability");
        }
        if decision.is_some_and(|id| !has(AnyId::Decision(id))) {
            return unknown("decision");
        }
        if approval.is_some_and(|id| task.is_none_or(|task| !task.requests.contains(&id))) {
            return unknown("approval");
        }
        let Some(id) = evaluation else { return Ok(()) };
        let known = self.state.policies.evaluation(id);
        match known.filter(|evaluation| evaluation.task == Some(self.submit.task)) {
            None => unknown("evaluation"),
            Some(evaluation) if evaluation.verdict >= Verdict::Escalate => {
                Err(Rejection::new(Code::PolicyDenied, "the evaluation that is named denies it"))
            }
            Some(_) => Ok(()),
        }
    }

    /// A declared task may do this very call now, and what has to be approved is. A contract has no
    /// approvals, so that nothing of it passes where policy wants one.
    fn cleared(&self, judgement: Option<&Judgement>) -> Result<Option<Cleared>, Rejection> {
        let asking = judgement.filter(|judgement| judgement.verdict != Verdict::Allow);
        let (id, call) = (self.submit.task, &self.submit.call.digest);
        if self.state.clearance.task(id).is_some() {
            let asked = asking.map(Shape::wanted_by);
            let cleared = self.state.cleared(id, call, asked, self.now);
            let cleared = cleared.map_err(|refusal| self.say_who_refused(refusal))?;
            return match (self.submit.references.approval, cleared.approval) {
                (Some(named), Some(used)) if named != used => Err(Code::ApprovalMismatch.into()),
                _ => Ok(Some(cleared)),
            };
        }
        self.state.clearance.refuse_held(id)?;
        match asking {
            Some(judgement) => Err(Rejection::new(Code::ApprovalRequired, judgement.tell())),
            None => Ok(None),
        }
    }

    /// A task that ended because nobody approved it says so.
    fn say_who_refused(&self, refusal: Rejection) -> Rejection {
        let task = self.state.clearance.task(self.submit.task);
        let Some(task) = task.filter(|task| task.clearance == Clearance::Denied) else {
            return refusal;
        };
        let requests = task.requests.iter().rev();
        let last = requests.filter_map(|id| self.state.clearance.request(*id)).next();
        match last.map(|request| request.state) {
            Some(ApprovalState::Rejected) => Code::ApprovalRejected.into(),
            Some(ApprovalState::Expired) => Code::ApprovalExpired.into(),
            _ => refusal,
        }
    }

    /// Whoever shall carry it out exists and may act, and the authority is theirs to lend: nobody
    /// has this node or somebody else do a thing by what a third party allowed.
    fn executor(&self) -> Result<(), Rejection> {
        let node = self.state.treasury()?;
        let by = match self.submit.act {
            Act::Native(_) => return Ok(()),
            Act::Service(_) => node,
            Act::External(by) => self.state.principal(by)?,
        };
        if !self.state.principals.status(by).active {
            return Err(Rejection::new(Code::PrincipalSuspended, "the executor is suspended"));
        }
        let caller = self.request.caller.principal.and_then(|id| self.state.principals.find(id));
        let grant = self.submit.references.grant.and_then(|id| self.state.grants.get(&id));
        let lends = |grant: &Grant| [by, node].contains(&grant.root);
        match caller == Some(by) || grant.is_none_or(lends) {
            true => Ok(()),
            false => Err(Code::GrantForeign.into()),
        }
    }

    /// Whoever is named beside the caller exists and may act.
    fn counterparty(&self) -> Result<(), Rejection> {
        let Some(named) = self.submit.call.counterparty else { return Ok(()) };
        let handle = self.state.principal(named)?;
        match self.state.principals.status(handle).active {
            true => Ok(()),
            false => Err(Rejection::new(Code::PrincipalSuspended, "the counterparty is suspended")),
        }
    }
}
