//! What happens when a command is carried out: the events, or why not.
//!
//! Pure: the same state, command, time and entropy give the same events.

use hansa_types::{AnyId, EntryId, PrincipalId, Rejection, Time, Vis};

use crate::admit::Permit;
use crate::clearance::{Parking, resumed};
use crate::command::Command;
use crate::entry::{Auth, Entry};
use crate::event::Event;
use crate::grant;

/// What a decision may depend on beside the state.
pub struct Context<'a> {
    /// The moment of the batch.
    pub now: Time,
    /// A source of 80 random bits for a new id.
    pub entropy: &'a mut dyn FnMut() -> u128,
}

impl Context<'_> {
    /// 80 random bits for a new id.
    pub fn entropy(&mut self) -> u128 {
        (self.entropy)()
    }

    /// An id for an entry that brings nothing with an id of its own about.
    pub fn entry_id(&mut self) -> EntryId {
        EntryId::new(self.now.0, (self.entropy)())
    }
}

/// An event that was decided, before it has its place in the journal.
#[derive(Debug, Clone, PartialEq)]
pub struct Draft {
    /// The entry's id; made from the batch when absent.
    pub id: Option<AnyId>,
    /// Who may see it.
    pub vis: Vis,
    /// What it is about.
    pub subject: Option<AnyId>,
    /// What happens.
    pub event: Event,
}

impl Draft {
    pub(crate) fn new(id: impl Into<AnyId>, vis: Vis, event: Event) -> Self {
        Self { id: Some(id.into()), vis, subject: None, event }
    }

    /// An event of the founding, where ids come with the batch.
    pub(crate) fn entry(vis: Vis, event: Event) -> Self {
        Self { id: None, vis, subject: None, event }
    }

    pub(crate) fn about(self, subject: impl Into<AnyId>) -> Self {
        Self { subject: Some(subject.into()), ..self }
    }

    /// The entry at its place. The first of a command keeps the proof and the correlation.
    pub fn into_entry(self, place: Place<'_>, ctx: &mut Context<'_>) -> Entry {
        let Place { seq, actor, auth, corr } = place;
        Entry {
            seq,
            ts: ctx.now,
            id: self.id.unwrap_or_else(|| ctx.entry_id().into()),
            vis: self.vis,
            actor,
            auth: if corr.is_first { auth.recorded() } else { auth.repeated() },
            subject: self.subject,
            corr: corr.correlation.filter(|_| corr.is_first),
            event: self.event,
        }
    }
}

/// Where an entry stands.
#[derive(Debug, Clone, Copy)]
pub struct Place<'a> {
    /// Its number.
    pub seq: u64,
    /// Who did it.
    pub actor: Option<PrincipalId>,
    /// What was proven.
    pub auth: &'a Auth,
    /// What its request is known by.
    pub corr: Repetition,
}

/// What the request is known by, kept by its first entry alone.
#[derive(Debug, Clone, Copy)]
pub struct Repetition {
    /// Whether the entry is the first of its command.
    pub is_first: bool,
    /// Digest of key and body.
    pub correlation: Option<hansa_types::Correlation>,
}

/// Decides a permitted command. On refusal `out` may hold drafts, which count for nothing.
pub fn decide(
    permit: &Permit<'_>,
    ctx: &mut Context<'_>,
    out: &mut Vec<Draft>,
) -> Result<(), Rejection> {
    decide_command(permit, ctx, out)?;
    // What is parked uses nothing yet.
    if !matches!(permit.parking(), Some(Parking::Park(_))) {
        grant::note_use(permit, out);
    }
    if let Some(judgement) = permit.judgement() {
        judgement.draft(ctx, out);
    }
    Ok(())
}

fn decide_command(
    permit: &Permit<'_>,
    ctx: &mut Context<'_>,
    out: &mut Vec<Draft>,
) -> Result<(), Rejection> {
    match permit.parking() {
        Some(Parking::Park(park)) => return park.decide(permit, ctx, out),
        Some(Parking::Resume(task)) => {
            carry_out(permit, ctx, out)?;
            return resumed(permit, *task, ctx, out);
        }
        None => {}
    }
    carry_out(permit, ctx, out)
}

fn carry_out(
    permit: &Permit<'_>,
    ctx: &mut Context<'_>,
    out: &mut Vec<Draft>,
) -> Result<(), Rejection> {
    match permit.command() {
        Command::TransferCreate(create) => create.decide(permit, ctx, out),
        Command::TransferPost(post) => post.decide(permit, ctx, out),
        Command::TransferVoid(void) => void.decide(permit, ctx, out),
        Command::TaskStep(step) => step.decide(permit, ctx, out),
        Command::NodeFound(found) => found.decide(permit, out),
        Command::NodeRestore(restore) => restore.decide(permit, ctx, out),
        Command::ClockAccept(accept) => {
            accept.decide(ctx, out);
            Ok(())
        }
        Command::OwnerCreate(create) => create.decide(permit, ctx, out),
        Command::PrincipalCreate(create) => create.decide(permit, ctx, out),
        Command::PrincipalSuspend(suspend) => suspend.decide(permit, ctx, out),
        Command::PrincipalFreeze(freeze) => freeze.decide(permit, ctx, out),
        Command::PrincipalReinstate(reinstate) => reinstate.decide(permit, ctx, out),
        Command::PrincipalErase(erase) => erase.decide(permit, ctx, out),
        Command::CardSet(set) => set.decide(permit, ctx, out),
        Command::ApiKeyCreate(create) => create.decide(permit, ctx, out),
        Command::ApiKeyRevoke(revoke) => revoke.decide(permit, out),
        Command::GrantCreate(create) => create.decide(permit, ctx, out),
        Command::GrantRevoke(revoke) => revoke.decide(permit, out),
        Command::GrantRelinquish(relinquish) => relinquish.decide(permit, out),
        Command::AccountRegister(register) => register.decide(permit, ctx, out),
        Command::PasswordChange(change) => change.decide(permit, ctx, out),
        Command::AccountRecover(recover) => recover.decide(permit, ctx, out),
        Command::RecoveryKeysSet(set) => set.decide(permit, ctx, out),
        Command::SessionOpen(open) => open.decide(permit, ctx, out),
        Command::SessionClose(close) => close.decide(permit, out),
        Command::TotpEnable(enable) => enable.decide(permit, ctx, out),
        Command::TotpDisable(disable) => disable.decide(permit, ctx, out),
        Command::CurrencyCreate(create) => create.decide(permit, ctx, out),
        Command::MintCreate(mint) => mint.decide(permit, ctx, out),
        Command::BurnCreate(burn) => burn.decide(permit, ctx, out),
        Command::CustodyKeySet(set) => set.decide(permit, ctx, out),
        Command::KeyRotate(rotate) => rotate.decide(permit, ctx, out),
        Command::DidCreate(create) => create.decide(permit, ctx, out),
        Command::DidUpdate(update) => update.decide(permit, ctx, out),
        Command::DidPin(pin) => pin.decide(permit, ctx, out),
        Command::ClientCreate(create) => create.decide(permit, out),
        Command::ClientRevoke(revoke) => revoke.decide(permit, out),
        Command::TokensRevoke(revoke) => revoke.decide(permit, ctx, out),
        Command::BootstrapCreate(create) => create.decide(permit, ctx, out),
        Command::AgentOnboard(onboard) => onboard.decide(permit, ctx, out),
        Command::FundingRequest(ask) => ask.decide(permit, out),
        Command::FundingApprove(approve) => approve.decide(permit, ctx, out),
        Command::FundingReject(reject) => reject.decide(permit, out),
        Command::PolicySetCreate(create) => create.decide(permit, out),
        Command::PolicySetActivate(activate) => activate.decide(permit, ctx, out),
        Command::PolicySetDeprecate(deprecate) => deprecate.decide(permit, ctx, out),
        Command::PolicySetRevoke(revoke) => revoke.decide(permit, ctx, out),
        Command::PolicySetModeSet(set) => set.decide(permit, ctx, out),
        Command::PolicyEvaluate(evaluate) => evaluate.decide(permit, ctx, out),
        Command::TaskDeclare(declare) => declare.decide(permit, ctx, out),
        Command::TaskUpdate(update) => update.decide(permit, ctx, out),
        Command::ArtifactAdd(add) => add.decide(permit, ctx, out),
        Command::TaintPromote(promote) => promote.decide(permit, ctx, out),
        Command::SkillManifestCreate(register) => register.decide(permit, out),
        Command::RoleAssign(assign) => assign.decide(permit, ctx, out),
        Command::RoleWithdraw(withdraw) => withdraw.decide(permit, ctx, out),
        Command::AbsenceDelegate(delegate) => delegate.decide(permit, ctx, out),
        Command::ApprovalRequestCreate(ask) => ask.decide(permit, ctx.now, out),
        Command::ApprovalBind(bind) => bind.decide(permit, ctx, out),
        Command::ApprovalDecide(decided) => decided.decide(permit, ctx.now, out),
        Command::EscalationRaise(raise) => raise.decide(permit, out),
        Command::EscalationResolve(resolve) => resolve.decide(permit, ctx, out),
        Command::ParkedEnd(end) => end.decide(permit, ctx, out),
        Command::Expire(due) => due.decide(permit, ctx, out),
    }
}
