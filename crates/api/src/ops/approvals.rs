//! Approvals: asking, binding, deciding, reading them, and standing in for somebody.

use hansa_crypto::hash::sha256;
use hansa_crypto::json::canonical;
use hansa_kernel::clearance::{
    ApprovalRequest as Held, BindApproval, DecideApproval, DelegateAbsence, RequestApproval,
};
use hansa_kernel::limits::APPROVAL_LIFE_DEFAULT;
use hansa_kernel::principal::Handle;
use hansa_kernel::{Command, Event, State};
use hansa_types::governance::{ApprovalMode, ApprovalState};
use hansa_types::{
    AnyId, ApprovalId, ApprovalRequestId, Code, Digest, Duration, PrincipalId, Time,
};
use hansa_wire::Problem;
use hansa_wire::api::Page;
use hansa_wire::api::approvals::{
    Absence, AbsenceDelegate, Approval, ApprovalBind, ApprovalDecide, ApprovalGet, ApprovalList,
    ApprovalRequest, ApprovalRequestCreate, Call,
};
use hansa_wire::scalar::{Annotations, WireTime};

use super::document::{document_id, joined, json_of};
use super::{auth, declared};
use crate::answer::Answer;
use crate::context::{Context, Step};
use crate::limits::ABSENCE_LIFE_S;
use crate::resolve::counted;

/// Asks for approval.
pub(crate) async fn approval_request_create(
    context: &Context,
    request: ApprovalRequestCreate,
) -> Result<Answer, Problem> {
    let node = &context.api.node;
    declared::see(context, request.task).await?;
    let id = ApprovalRequestId::new(node.now().0, node.env.random_u128());
    let mut approvers = Vec::with_capacity(request.approvers.len());
    for named in &request.approvers {
        approvers.push(context.find(named, Code::PrincipalUnknown).await?);
    }
    let sealed = seal_call(context, id, request.call.as_ref()).await?;
    let subject = context.principal()?;
    let annotated = context.seal_annotations(subject, id.into(), &request.annotations).await?;
    let sealed = joined(sealed, annotated);
    let callback = context.seal_callback(id.into(), request.callback_url.as_deref()).await?;
    let called_back = callback.as_ref().map(|callback| callback.digest);
    let sealed = joined(sealed, callback);
    let life = request.expires_in_s.map_or(APPROVAL_LIFE_DEFAULT, Duration::seconds);
    let ask = RequestApproval {
        id,
        task: request.task,
        call: digest_of(request.call.as_ref(), request.call_digest)?,
        mode: request.mode.unwrap_or(ApprovalMode::Single),
        quorum: request.quorum.unwrap_or(1),
        roles: request.roles,
        approvers,
        strong: request.step_up,
        expires: node.now().after(life),
        callback: called_back,
    };
    let step = Step::new(Command::ApprovalRequestCreate(ask)).with(sealed);
    let done = context.submit(step).await?;
    let AnyId::ApprovalRequest(id) = done.entry.id else { return Err(Code::Internal.into()) };
    Answer::done(&done, &read(context, id).await?)
}

/// Binds a request to a call.
pub(crate) async fn approval_bind(
    context: &Context,
    request: ApprovalBind,
) -> Result<Answer, Problem> {
    read(context, request.request).await?;
    let call = digest_of(request.call.as_ref(), request.call_digest)?;
    let call = call.ok_or_else(|| Problem::new(Code::MissingField, "call: is required"))?;
    let id = request.request;
    let sealed = seal_call(context, id, request.call.as_ref()).await?;
    let step = Step::new(Command::ApprovalBind(BindApproval { id, call })).with(sealed);
    let done = context.submit(step).await?;
    Answer::done(&done, &read(context, id).await?)
}

/// Approves or rejects.
pub(crate) async fn approval_decide(
    context: &Context,
    request: ApprovalDecide,
) -> Result<Answer, Problem> {
    let node = &context.api.node;
    let seen = read(context, request.request).await?;
    let on_behalf_of = match &request.on_behalf_of {
        Some(named) => Some(context.find(named, Code::PrincipalUnknown).await?),
        None => None,
    };
    let code = request.totp.as_ref().map(|code| &code.0);
    let (second_factor, passkey) = auth::show_second_factor(context, code, request.passkey).await?;
    let id = ApprovalId::new(node.now().0, node.env.random_u128());
    let sealed = match &request.notes {
        Some(notes) => {
            let text = notes.as_str().as_bytes().to_vec();
            let subject = context.principal()?;
            Some(context.seal_text(subject, document_id(id.into()), text).await?)
        }
        None => None,
    };
    let decide = DecideApproval {
        id,
        request: request.request,
        decision: request.decision,
        call: request.call_digest,
        on_behalf_of,
        second_factor,
        passkey,
        document: sealed.as_ref().map(|sealed| sealed.digest),
    };
    let step = Step::new(Command::ApprovalDecide(decide)).with(sealed);
    let done = context.submit(step).await?;
    node.wake_parked(seen.task).await;
    Answer::done(&done, &read(context, request.request).await?)
}

/// Reads a request for approval.
pub(crate) async fn approval_get(
    context: &Context,
    request: ApprovalGet,
) -> Result<Answer, Problem> {
    Answer::json(&read(context, request.request).await?)
}

/// Lists requests for approval.
pub(crate) async fn approval_list(
    context: &Context,
    request: ApprovalList,
) -> Result<Answer, Problem> {
    let (caller, all) = (context.principal()?, context.sees_all().await?);
    let ApprovalList { task, state: wanted, approval, cursor, limit } = request;
    let look = move |state: &State| {
        let Some(handle) = state.principals.find(caller) else { return (Vec::new(), state.seq) };
        let fits = |id: &ApprovalRequestId, held: &Held| {
            task.is_none_or(|task| held.task == task)
                && wanted.is_none_or(|wanted| held.state == wanted)
                && approval.is_none_or(|word| held.votes.iter().any(|vote| vote.id == word))
                && (all || state.takes_part(held.task, handle))
                && state.clearance.request(*id).is_some()
        };
        let found = state.clearance.requests().rev().filter(|(id, held)| fits(id, held));
        (found.map(|(id, held)| told(state, id, held)).collect(), state.seq)
    };
    let (found, as_of_seq): (Vec<ApprovalRequest>, u64) =
        context.api.node.read(Some(caller), look).await?;
    let (data, next_cursor) = counted(found, cursor.as_ref(), limit)?;
    Answer::json(&Page { data, next_cursor, as_of_seq })
}

/// Says who stands in for the caller.
pub(crate) async fn absence_delegate(
    context: &Context,
    request: AbsenceDelegate,
) -> Result<Answer, Problem> {
    let node = &context.api.node;
    let principal = context.principal()?;
    let deputy = match &request.deputy {
        Some(named) => {
            let deputy = context.find(named, Code::PrincipalUnknown).await?;
            let life = Duration::seconds(request.for_s.unwrap_or(ABSENCE_LIFE_S));
            Some((deputy, node.now().after(life)))
        }
        None => None,
    };
    let command = Command::AbsenceDelegate(DelegateAbsence { principal, deputy });
    let done = context.submit(Step::new(command)).await?;
    let Event::AbsenceDelegated(delegated) = &done.entry.event else {
        return Err(Code::Internal.into());
    };
    let (deputy, until) = (delegated.deputy, delegated.until.map(Into::into));
    Answer::done(&done, &Absence { principal, deputy, until })
}

/// The digest that a call is known by: SHA-256 of its canonical JSON.
fn digest_of(call: Option<&Call>, digest: Option<Digest>) -> Result<Option<Digest>, Problem> {
    let Some(call) = call else { return Ok(digest) };
    let value = serde_json::to_value(call).map_err(|_| Code::Internal)?;
    let bytes = canonical(&value).map_err(|_| Code::InvalidField)?;
    let computed = sha256(&bytes);
    match digest.is_some_and(|said| said != computed) {
        true => Err(Problem::new(Code::ApprovalMismatch, "call_digest: not that of the call")),
        false => Ok(Some(computed)),
    }
}

async fn seal_call(
    context: &Context,
    id: ApprovalRequestId,
    call: Option<&Call>,
) -> Result<Option<hansa_node::vault::Sealed>, Problem> {
    let Some(call) = call else { return Ok(None) };
    let subject = context.principal()?;
    Ok(Some(context.seal_text(subject, document_id(id.into()), json_of(call)?).await?))
}

/// A request, if the caller has a hand in its task.
async fn read(context: &Context, id: ApprovalRequestId) -> Result<ApprovalRequest, Problem> {
    let (caller, all) = (context.principal()?, context.sees_all().await?);
    let look = move |state: &State| {
        let held = state.clearance.request(id)?;
        let handle = state.principals.find(caller)?;
        let seen = all || state.takes_part(held.task, handle);
        seen.then(|| told(state, id, held))
    };
    let found = context.api.node.read(Some(caller), look).await?;
    let mut found = found.ok_or(Code::NotFound)?;
    let text = context.open_text(document_id(id.into())).await?;
    found.call = text.and_then(|text| serde_json::from_slice(&text).ok());
    found.annotations = context.open_annotations(id.into()).await?;
    found.callback_url = context.callback_url(id.into(), found.requested_by).await?;
    Ok(found)
}

fn told(state: &State, id: ApprovalRequestId, held: &Held) -> ApprovalRequest {
    let of = |handle: Handle| -> PrincipalId { state.principals.get(handle).id };
    let approvals = held.votes.iter().map(|vote| Approval {
        id: vote.id,
        by: of(vote.by),
        on_behalf_of: vote.on_behalf_of.map(of),
        role: vote.role,
        decision: vote.decision,
        at: said_at(vote.id),
    });
    ApprovalRequest {
        id,
        task: held.task,
        state: held.state,
        call_digest: held.call,
        call: None,
        requested_by: of(held.requester),
        quorum: held.quorum,
        roles: held.roles.clone(),
        approvers: held.approvers.iter().map(|handle| of(*handle)).collect(),
        step_up: held.strong || state.clearance.task(held.task).is_some_and(|task| task.strong),
        approvals: approvals.collect(),
        requested_at: held.requested.into(),
        decided_at: decided_at(held),
        expires_at: held.expires.into(),
        callback_url: None,
        annotations: Annotations::default(),
        seq: held.seq,
    }
}

/// When something was said: an id says when it was made.
fn said_at(id: ApprovalId) -> WireTime {
    WireTime(Time(u64::try_from(id.0 >> 80).unwrap_or_default()))
}

fn decided_at(held: &Held) -> Option<WireTime> {
    match held.state {
        ApprovalState::Pending => None,
        ApprovalState::Expired => Some(held.expires.into()),
        _ => held.votes.last().map(|vote| said_at(vote.id)),
    }
}
