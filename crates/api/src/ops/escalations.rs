//! Escalations and governance roles: raising, resolving, reading, and who holds which office.

use hansa_kernel::clearance::{AssignRole, Escalation as Held, Raise, Resolve, WithdrawRole};
use hansa_kernel::principal::Handle;
use hansa_kernel::{Command, State};
use hansa_types::governance::{GovernanceRole, HoldKind};
use hansa_types::{AnyId, Code, EscalationId, PrincipalId};
use hansa_wire::Problem;
use hansa_wire::api::Page;
use hansa_wire::api::approvals::{
    Escalation, EscalationGet, EscalationList, EscalationRaise, EscalationResolve, Role,
    RoleAssign, RoleList, RoleWithdraw,
};
use hansa_wire::scalar::Annotations;

use super::document::{both, document_id};
use crate::answer::Answer;
use crate::context::{Context, Step};
use crate::resolve::counted;

/// Raises a concern.
pub(crate) async fn escalation_raise(
    context: &Context,
    request: EscalationRaise,
) -> Result<Answer, Problem> {
    let node = &context.api.node;
    let id = EscalationId::new(node.now().0, node.env.random_u128());
    let text = request.description.as_str().as_bytes().to_vec();
    let subject = context.principal()?;
    let sealed = context.seal_text(subject, document_id(id.into()), text).await?;
    let annotated = context.seal_annotations(subject, id.into(), &request.annotations).await?;
    let raise = Raise {
        id,
        task: request.task,
        concern: request.concern_type,
        action: request.requested_action.unwrap_or(HoldKind::PauseAndReview),
        document: Some(sealed.digest),
    };
    let step = Step::new(Command::EscalationRaise(raise)).with(both(sealed, annotated));
    let done = context.submit(step).await?;
    let AnyId::Escalation(id) = done.entry.id else { return Err(Code::Internal.into()) };
    Answer::done(&done, &read(context, id).await?)
}

/// Resolves an escalation.
pub(crate) async fn escalation_resolve(
    context: &Context,
    request: EscalationResolve,
) -> Result<Answer, Problem> {
    let id = request.escalation;
    let seen = read(context, id).await?;
    let sealed = match &request.notes {
        Some(notes) => {
            let text = notes.as_str().as_bytes().to_vec();
            Some(context.seal_text(context.principal()?, resolution_id(id), text).await?)
        }
        None => None,
    };
    let document = sealed.as_ref().map(|sealed| sealed.digest);
    let command = Command::EscalationResolve(Resolve { id, resolution: request.outcome, document });
    let done = context.submit(Step::new(command).with(sealed)).await?;
    context.api.node.wake_parked(seen.task).await;
    Answer::done(&done, &read(context, id).await?)
}

/// Reads an escalation.
pub(crate) async fn escalation_get(
    context: &Context,
    request: EscalationGet,
) -> Result<Answer, Problem> {
    Answer::json(&read(context, request.escalation).await?)
}

/// Lists escalations.
pub(crate) async fn escalation_list(
    context: &Context,
    request: EscalationList,
) -> Result<Answer, Problem> {
    let (caller, all) = (context.principal()?, context.sees_all().await?);
    let EscalationList { task, cursor, limit } = request;
    let look = move |state: &State| {
        let Some(handle) = state.principals.find(caller) else { return (Vec::new(), state.seq) };
        let fits = |held: &Held| {
            task.is_none_or(|task| held.task == task)
                && (all || state.takes_part(held.task, handle))
        };
        let found = state.clearance.escalations().rev().filter(|(_, held)| fits(held));
        (found.map(|(id, held)| told(state, id, held)).collect(), state.seq)
    };
    let (found, as_of_seq): (Vec<Escalation>, u64) =
        context.api.node.read(Some(caller), look).await?;
    let (mut data, next_cursor) = counted(found, cursor.as_ref(), limit)?;
    for escalation in &mut data {
        with_texts(context, escalation).await?;
    }
    Answer::json(&Page { data, next_cursor, as_of_seq })
}

/// Gives a governance role.
pub(crate) async fn role_assign(context: &Context, request: RoleAssign) -> Result<Answer, Problem> {
    let principal = context.find(&request.principal, Code::PrincipalUnknown).await?;
    let role = request.role;
    let command = Command::RoleAssign(AssignRole { principal, role });
    let done = context.submit(Step::new(command)).await?;
    Answer::done(&done, &Role { principal, role, active: true, since: done.entry.ts.into() })
}

/// Takes a governance role.
pub(crate) async fn role_withdraw(
    context: &Context,
    request: RoleWithdraw,
) -> Result<Answer, Problem> {
    let principal = context.find(&request.principal, Code::PrincipalUnknown).await?;
    let role = request.role;
    let command = Command::RoleWithdraw(WithdrawRole { principal, role });
    let done = context.submit(Step::new(command)).await?;
    Answer::done(&done, &Role { principal, role, active: false, since: done.entry.ts.into() })
}

/// Lists who holds which governance role. They are public: whoever is told no may ask who said it.
pub(crate) async fn role_list(context: &Context, request: RoleList) -> Result<Answer, Problem> {
    let look = |state: &State| {
        let roles =
            state.clearance.roles().map(|(role, holder, since): (GovernanceRole, Handle, _)| {
                let principal = state.principals.get(holder).id;
                Role { principal, role, active: true, since: since.into() }
            });
        (roles.collect(), state.seq)
    };
    let (roles, as_of_seq): (Vec<Role>, u64) =
        context.api.node.read(context.principal().ok(), look).await?;
    let (data, next_cursor) = counted(roles, request.cursor.as_ref(), request.limit)?;
    Answer::json(&Page { data, next_cursor, as_of_seq })
}

fn resolution_id(id: EscalationId) -> String {
    format!("{}/resolution", document_id(id.into()))
}

async fn read(context: &Context, id: EscalationId) -> Result<Escalation, Problem> {
    let (caller, all) = (context.principal()?, context.sees_all().await?);
    let look = move |state: &State| {
        let held = state.clearance.escalation(id)?;
        let handle = state.principals.find(caller)?;
        let seen = all || state.takes_part(held.task, handle);
        seen.then(|| told(state, id, held))
    };
    let found = context.api.node.read(Some(caller), look).await?;
    let mut found = found.ok_or(Code::NotFound)?;
    with_texts(context, &mut found).await?;
    Ok(found)
}

async fn with_texts(context: &Context, escalation: &mut Escalation) -> Result<(), Problem> {
    let text = |bytes: Option<Vec<u8>>| bytes.and_then(|bytes| String::from_utf8(bytes).ok());
    escalation.annotations = context.open_annotations(escalation.id.into()).await?;
    escalation.description = text(context.open_text(document_id(escalation.id.into())).await?);
    escalation.notes = text(context.open_text(resolution_id(escalation.id)).await?);
    Ok(())
}

fn told(state: &State, id: EscalationId, held: &Held) -> Escalation {
    let of = |handle: Handle| -> PrincipalId { state.principals.get(handle).id };
    Escalation {
        id,
        task: held.task,
        concern_type: held.concern,
        requested_action: held.action,
        raised_by: held.raiser.map(of),
        description: None,
        raised_at: held.raised.into(),
        outcome: held.resolved.map(|(resolution, ..)| resolution),
        resolved_by: held.resolved.map(|(_, _, by, _)| of(by)),
        notes: None,
        resolved_at: held.resolved.map(|(_, at, ..)| at.into()),
        annotations: Annotations::default(),
        seq: held.raised_seq,
    }
}
