//! Whether the caller may do this, now, and whether they did it before.
//!
//! The only door to `decide`: a [`Permit`] borrows the state, so it cannot be kept, queued or
//! outlive another event.

mod control;
mod resume;

use std::sync::Arc;

use hansa_types::{
    Amount, Code, Correlation, CurrencyCode, GrantId, PrincipalId, Rejection, TaskId, Time,
};

use crate::State;
use crate::clearance::Parking;
use crate::command::{Caller, Command, LookedUp, Request};
use crate::entry::Auth;
use crate::envelope::{fingerprint, replayed};
use crate::grant::{self, Found, Use};
use crate::idempotency::{Known, split};
use crate::limits::RESTORED_WAIT;
use crate::policy::{Gate, Judgement, Question};
use crate::principal::{Handle, Kind};

/// Leave to decide one command on the state as it is.
#[derive(Debug)]
pub struct Permit<'state> {
    state: &'state State,
    request: &'state Request,
    grant: Option<Found>,
    judgement: Option<Arc<Judgement>>,
}

/// The outcome of admission.
#[derive(Debug)]
pub enum Admission<'state> {
    /// New and allowed.
    Fresh(Permit<'state>),
    /// Accepted before; its first entry has this number.
    Repeated(u64),
    /// Perhaps accepted before, longer ago than the state remembers in full. Look its key up in read
    /// models that have reached [`State::look_up_seq_min`], and submit it again with the answer.
    LookUp,
    /// Policy has to be asked: have this judged, and submit the command again with the judgement.
    Judge(Box<Question>),
    /// Policy lets it pass when it is approved, as this says.
    Approval(Arc<Judgement>),
}

/// On whose behalf a command acts.
pub(crate) enum Sphere {
    /// What only the node itself does, by its timer or on its machine; no principal may ask for it.
    Machine,
    /// What a principal does in person: itself alone. No grant reaches here, because nobody acts for
    /// another by what they know.
    Person(PrincipalId),
    /// The principal's own affairs: itself, or somebody it granted this to.
    Own(PrincipalId),
    /// A principal that its controller manages too, and whoever may for the organization it is of.
    Managed(PrincipalId),
    /// What any person may do for itself, and who is granted it for the node without a quota.
    Developer,
    /// A principal, by itself, its controller, or whoever may do it for the node.
    ManagedOrNode(PrincipalId),
    /// The node's affairs: its owner, or somebody granted this.
    Node,
    /// Decided by the rules of the command alone.
    Open,
}

impl<'state> Permit<'state> {
    /// The state to decide on.
    pub fn state(&self) -> &'state State {
        self.state
    }

    /// Who asks.
    pub fn caller(&self) -> &'state Caller {
        &self.request.caller
    }

    /// What is asked.
    pub fn command(&self) -> &'state Command {
        &self.request.command
    }

    /// Whether the command waits for an approval or comes back from there.
    pub(crate) fn parking(&self) -> Option<&'state Parking> {
        self.request.parking.as_ref()
    }

    /// The whole of what is asked.
    pub(crate) fn request(&self) -> &'state Request {
        self.request
    }

    /// Leave to decide what an action consists of, under the grant it is done under.
    pub(crate) fn within<'a>(&self, request: &'a Request, grant: Option<Found>) -> Permit<'a>
    where
        'state: 'a,
    {
        Permit { state: self.state, request, grant, judgement: None }
    }

    /// The grant that is used, when the caller does not act for itself.
    pub fn grant(&self) -> Option<GrantId> {
        self.grant.map(|found| found.id)
    }

    /// The same, if its uses are counted and this one was not counted before.
    pub(crate) fn counted_grant(&self) -> Option<GrantId> {
        self.grant.filter(|found| found.counted).map(|found| found.id)
    }

    /// What policy said, where it was asked.
    pub fn judgement(&self) -> Option<&Judgement> {
        self.judgement.as_deref()
    }
}

impl State {
    /// Checks the credential, then whether the request is a repetition, then the authority.
    pub fn admit<'state>(
        &'state self,
        request: &'state Request,
        now: Time,
    ) -> Result<Admission<'state>, Rejection> {
        let caller = match &request.parking {
            Some(Parking::Resume(task)) => return self.admit_resumed(request, *task, now),
            _ => self.check_credential(request, now)?,
        };
        if let Some(corr) = &request.corr {
            match self.known(corr, request.looked_up, now) {
                Known::Same(seq) => return Ok(Admission::Repeated(seq)),
                Known::Other => return Err(Code::IdempotencyKeyReused.into()),
                Known::Perhaps => return Ok(Admission::LookUp),
                Known::No => {}
            }
        }
        let (grant, judgement) = match caller {
            Some(caller) => {
                self.check_fresh(caller, request, now)?;
                let grant = self.authorize(caller, request, now)?;
                let grant = grant.or_else(|| self.grant_of_action(request, now));
                match self.gate(caller, request, grant.map(|found| found.id), now)? {
                    Gate::Pass(judgement) => (grant, judgement),
                    Gate::Judge(question) => return Ok(Admission::Judge(question)),
                    Gate::Approval(judgement) => match &request.parking {
                        Some(Parking::Park(park)) if park.is_for(request) => {
                            (grant, Some(judgement))
                        }
                        // An envelope names the approval that it rests on.
                        _ if matches!(request.command, Command::ActionSubmit(_)) => {
                            (grant, Some(judgement))
                        }
                        _ => return Ok(Admission::Approval(judgement)),
                    },
                }
            }
            None => (None, None),
        };
        Ok(Admission::Fresh(Permit { state: self, request, grant, judgement }))
    }

    /// What is known of a key, from the read models where the state is not sure.
    fn known(&self, corr: &Correlation, looked_up: Option<LookedUp>, now: Time) -> Known {
        match (self.idempotency.find(corr, now), looked_up) {
            (Known::Perhaps, Some(LookedUp::Found { seq, body })) => match body == split(corr).1 {
                true => Known::Same(seq),
                false => Known::Other,
            },
            (Known::Perhaps, Some(LookedUp::Absent)) => Known::No,
            (known, _) => known,
        }
    }

    /// The number that read models must have reached for what they say of a key to count.
    pub fn look_up_seq_min(&self) -> u64 {
        self.idempotency.spilled_seq()
    }

    /// Whether what was proven still holds. `None` for the node's own timer and machine.
    fn check_credential(&self, request: &Request, now: Time) -> Result<Option<Handle>, Rejection> {
        let Caller { principal, auth } = &request.caller;
        let allowed_without = match auth {
            Auth::Timer => matches!(request.command, Command::Expire(_)),
            Auth::Setup => matches!(request.command, Command::OwnerCreate(_)),
            Auth::Machine => true,
            // Who answers the first mail is nobody yet.
            Auth::Mail => {
                principal.is_none() && matches!(request.command, Command::AccountRegister(_))
            }
            Auth::ApiKey(_)
            | Auth::Envelope(..)
            | Auth::Session(_)
            | Auth::Password
            | Auth::Passkey(_)
            | Auth::RecoveryKey
            | Auth::Jwt(_)
            | Auth::Client(_)
            | Auth::Bootstrap(_) => false,
        };
        if allowed_without {
            return Ok(None);
        }
        let handle = principal
            .and_then(|id| self.principals.find(id))
            .ok_or_else(|| Rejection::from(Code::CredentialInvalid))?;
        let principal = self.principals.get(handle);
        match auth {
            Auth::ApiKey(id) => {
                let key = self.api_keys.get(id).filter(|key| key.principal == handle);
                key.ok_or(Code::CredentialInvalid)?.allows(request.command.action(), now)?;
            }
            Auth::Jwt(jwt) => jwt.check(self, handle, request.command.action(), now)?,
            Auth::Client(id) => {
                let client = self.clients.get(id).filter(|client| client.principal == handle);
                let own = matches!(&request.command, Command::TokensRevoke(revoke)
                    if revoke.principal == principal.id);
                client.filter(|_| own).ok_or(Code::CredentialInvalid)?;
            }
            Auth::Bootstrap(id) if matches!(request.command, Command::AgentOnboard(_)) => {
                self.bootstraps.get(id).ok_or(Code::CredentialInvalid)?.check(handle, now)?;
            }
            Auth::Session(id) => {
                let session = self.accounts.session(*id).filter(|held| held.principal == handle);
                session.ok_or(Code::CredentialInvalid)?.check(now)?;
            }
            // What was shown once is good for the one thing it was shown for.
            Auth::Mail if matches!(request.command, Command::AccountRegister(_)) => {}
            Auth::Password if matches!(request.command, Command::SessionOpen(_)) => {}
            Auth::Passkey(id)
                if matches!(&request.command, Command::SessionOpen(open)
                if open.passkey.as_ref().is_some_and(|shown| shown.id == *id)) => {}
            Auth::RecoveryKey if matches!(request.command, Command::AccountRecover(_)) => {}
            // Without its proof nothing tells an envelope from its replay.
            Auth::Envelope(key, Some(_)) if principal.accepts(key, now) => {}
            _ => return Err(Code::CredentialInvalid.into()),
        }
        self.refuse_erased(handle)?;
        match self.principals.status(handle).active || request.command.is_heard_of_suspended() {
            true => Ok(Some(handle)),
            false => Err(Code::PrincipalSuspended.into()),
        }
    }

    /// Refuses every envelope for a while after a restoration: whether it was accepted before, nobody
    /// knows any more.
    pub fn check_restored(&self, now: Time) -> Result<(), Rejection> {
        let restored = self.node.as_ref().and_then(|node| node.restored);
        match restored.is_some_and(|restored| now < restored.after(RESTORED_WAIT)) {
            true => Err(Code::JustRestored.into()),
            false => Ok(()),
        }
    }

    /// Refuses an envelope that was accepted before.
    fn check_fresh(&self, sender: Handle, request: &Request, now: Time) -> Result<(), Rejection> {
        let Some(proof) = request.caller.auth.proof() else { return Ok(()) };
        self.check_restored(now)?;
        if let Some(step) = self.tasks.step(proof.id) {
            let same = step.fingerprint == fingerprint(&proof.signature);
            return Err(replayed(same, step.seq));
        }
        self.operation_envelopes.check(sender, proof)?;
        match request.command {
            Command::TaskStep(_) if proof.nonce <= self.principals.get(sender).nonce => {
                Err(Code::NonceUsed.into())
            }
            Command::TaskStep(_) => Ok(()),
            _ => self.operation_envelopes.check_room(),
        }
    }

    /// The grant that the caller needs and has, or the refusal.
    fn authorize(
        &self,
        caller: Handle,
        request: &Request,
        now: Time,
    ) -> Result<Option<Found>, Rejection> {
        let Request { caller: Caller { auth, .. }, command, .. } = request;
        let on_behalf_of = match command.rules().sphere(self)? {
            Sphere::Machine => return Err(Code::Forbidden.into()),
            Sphere::Open => return Ok(None),
            Sphere::Person(principal) => match self.principal(principal)? == caller {
                true => return Ok(None),
                false => return Err(Code::Forbidden.into()),
            },
            Sphere::Own(principal) => self.principal(principal)?,
            Sphere::Managed(principal) => {
                let handle = self.principal(principal)?;
                if let Some(grant) = self.by_control(caller, handle, request, now)? {
                    return Ok(grant);
                }
                handle
            }
            Sphere::Developer => return self.authorize_developer(caller, request, now),
            Sphere::ManagedOrNode(principal) => {
                let handle = self.principal(principal)?;
                if caller == handle {
                    return Ok(None);
                }
                if let Some(grant) = self.by_control(caller, handle, request, now)? {
                    return Ok(grant);
                }
                self.treasury()?
            }
            Sphere::Node => self.treasury()?,
        };
        let (money, charged) = self.money_moved(command);
        if money.is_some() && self.principals.status(on_behalf_of).frozen {
            return Err(Code::PrincipalFrozen.into());
        }
        if on_behalf_of == caller {
            return Ok(None);
        }
        let (resource, counterparty) = grant::about(self, command);
        let wanted = Use {
            resource,
            counterparty,
            money,
            charged,
            key: auth.key(),
            ..Use::new(on_behalf_of, command.action(), now)
        };
        let grant = grant::find(self, caller, &wanted);
        let grant = grant.map_err(|refusal| explain(refusal, command))?;
        if self.treasury()? == on_behalf_of {
            self.check_second_factor(caller, auth)?;
        }
        Ok(Some(grant))
    }

    /// Refuses a person who acts for the node without having shown a second factor, where the node
    /// asks for one. Programs act within the grants that such a person gave them.
    fn check_second_factor(&self, caller: Handle, auth: &Auth) -> Result<(), Rejection> {
        if !self.second_factor_enforced || self.principals.status(caller).kind != Kind::Person {
            return Ok(());
        }
        let session = match auth {
            Auth::Session(id) => self.accounts.session(*id),
            _ => None,
        };
        match session.is_some_and(|session| session.second_factor) {
            true => Ok(()),
            false => Err(Code::SecondFactorRequired.into()),
        }
    }

    /// The grant for a native operation that an action consists of. Its credential must cover the
    /// operation too, and what has a gate of its own, or an envelope, is none.
    pub(crate) fn authority_of(
        &self,
        request: &Request,
        now: Time,
    ) -> Result<Option<Found>, Rejection> {
        if matches!(request.command, Command::ActionSubmit(_) | Command::TaskStep(_)) {
            return Err(Code::ToolUnknown.into());
        }
        match self.check_credential(request, now)? {
            Some(caller) => self.authorize(caller, request, now),
            None => Err(Code::Forbidden.into()),
        }
    }

    /// The grant that an action is done under, as policy may look at it. Whether it holds is checked
    /// with the action's other locks, and what the action consists of counts the use.
    fn grant_of_action(&self, request: &Request, now: Time) -> Option<Found> {
        let Command::ActionSubmit(submit) = &request.command else { return None };
        let id = match submit.act.native() {
            Some(inner) => self.authority_of(inner, now).ok()?.map(|found| found.id),
            None => submit.references.grant,
        };
        id.map(|id| Found { id, counted: false })
    }

    fn authorize_developer(
        &self,
        caller: Handle,
        request: &Request,
        now: Time,
    ) -> Result<Option<Found>, Rejection> {
        let key = request.caller.auth.key();
        let wanted = Use { key, ..Use::new(self.treasury()?, request.command.action(), now) };
        let grant = grant::find(self, caller, &wanted);
        // Without a second factor an owner onboards as everybody does, within the quota.
        let grant = grant.and_then(|grant| {
            self.check_second_factor(caller, &request.caller.auth).map(|()| grant)
        });
        match grant {
            Ok(grant) => Ok(Some(grant)),
            Err(_) if self.principals.status(caller).kind == Kind::Person => Ok(None),
            Err(refusal) => Err(refusal),
        }
    }

    /// Whether a principal may do an operation on the node's own behalf.
    pub fn may_for_node(&self, principal: PrincipalId, action: &str, now: Time) -> bool {
        let (Ok(node), Ok(holder)) = (self.treasury(), self.principal(principal)) else {
            return false;
        };
        node == holder || grant::find(self, holder, &Use::new(node, action, now)).is_ok()
    }

    /// The affairs of whoever acts in a declared task.
    pub(crate) fn sphere_of_task(&self, id: TaskId) -> Result<Sphere, Rejection> {
        let task = self.clearance.task(id).ok_or(Code::NotFound)?;
        Ok(Sphere::Managed(self.principals.get(task.principal).id))
    }

    /// What a grant's limits are measured against, and the grant that was charged for it before.
    pub(crate) fn money_moved(
        &self,
        command: &Command,
    ) -> (Option<(CurrencyCode, Amount)>, Option<GrantId>) {
        match command {
            Command::TransferCreate(create) => (Some((create.currency, create.amount)), None),
            Command::MintCreate(mint) => (Some((mint.currency, mint.amount)), None),
            Command::BurnCreate(burn) => (Some((burn.currency, burn.amount)), None),
            Command::FundingApprove(approve) => {
                let funding = self.fundings.get(approve.id);
                (funding.map(|funding| (funding.currency, funding.amount)), None)
            }
            Command::TransferPost(post) => match self.held.get(&post.id) {
                Some(held) => {
                    let code = self.ledger.currency_state(held.currency).currency.code;
                    (Some((code, post.amount.unwrap_or(held.amount))), held.grant)
                }
                None => (None, None),
            },
            _ => (None, None),
        }
    }
}

/// Says who may, where that is not plain from the operation.
fn explain(refusal: Rejection, command: &Command) -> Rejection {
    let detail = match command {
        Command::TransferPost(_) => {
            "Only the payer posts a hold, or somebody it granted transfer_post; the payee may void it."
        }
        Command::TransferVoid(_) => {
            "Only the payee voids a hold, or somebody it granted transfer_void; the payer may post it, or wait until it expires."
        }
        _ => return refusal,
    };
    match refusal.code {
        Code::Forbidden => Rejection::new(Code::Forbidden, detail),
        _ => refusal,
    }
}
