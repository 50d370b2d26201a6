//! Approvals, requests for them, and escalations.
//!
//! An approval counts for who is authenticated: whoever is named as the approver is a claim that
//! must be the caller.

use hansa_types::governance::ApprovalState;
use hansa_types::governance::Decision;
use hansa_types::{ApprovalId, ApprovalRequestId, Code, EscalationId, Rejection};
use hansa_wire::agp::AgpError;
use hansa_wire::agp::approval::{
    Named, approval, approval_request, ask, escalate, escalation, named, operation, resolve,
    spoken, word_of,
};
use hansa_wire::agp::body::Body;
use hansa_wire::agp::words::note_of;
use hansa_wire::api::approvals::{
    ApprovalDecide, ApprovalGet, ApprovalList, ApprovalRequest, EscalationGet,
};

use super::artifacts::own;
use super::asked::{Asked, Prefer};
use super::{Reply, invalid};

/// Speaks as an approver, or asks a role to.
pub(super) async fn approval_create(asked: &Asked) -> Result<Reply, AgpError> {
    match spoken(&asked.body).map_err(invalid)? {
        Some(decision) => speak(asked, decision).await,
        None => Ok(Reply::new(asked.route, approval(&request(asked).await?))),
    }
}

/// Asks for an approval.
async fn request(asked: &Asked) -> Result<ApprovalRequest, AgpError> {
    let task = asked.task().await?;
    let wanted = ask(&asked.body, task, asked.api.node.now()).map_err(invalid)?;
    let mut request = wanted.request;
    for name in &wanted.approvers {
        request.approvers.push(asked.principal("requested_approvers", name).await?);
    }
    asked.native("request", &request).await
}

/// Approves or denies the request that is named, or the newest of the task that waits.
async fn speak(asked: &Asked, decision: Decision) -> Result<Reply, AgpError> {
    if let Some(approver) = asked.text("approver_id").filter(|name| !asked.is_caller(name)) {
        let detail = format!("approver_id: {approver} is not who asks");
        return Err(Rejection::new(Code::Forbidden, detail).into());
    }
    let waiting = match asked.text("request_id").or(asked.text("approval_id")) {
        Some(text) => match named(text) {
            Some(Named::Request(id)) => id,
            _ => return Err(Code::NotFound.into()),
        },
        None => waiting(asked).await?,
    };
    let body = Body(&asked.body);
    let notes = note_of(body, &["notes"]).map_err(invalid)?;
    let decide = ApprovalDecide {
        request: waiting,
        decision,
        call_digest: None,
        on_behalf_of: match asked.text("on_behalf_of") {
            Some(name) => Some(asked.principal("on_behalf_of", name).await?),
            None => None,
        },
        totp: body.read(&["totp"]).map_err(invalid)?,
        passkey: body.read(&["passkey"]).map_err(invalid)?,
        notes: notes.clone(),
    };
    let decided = asked.native("decide", &decide).await?;
    let said = decided.approvals.last().ok_or(Code::Internal)?;
    let notes = notes.as_ref().map(hansa_wire::scalar::Note::as_str);
    Ok(Reply::new(asked.route, word_of(&decided, said, notes)))
}

async fn waiting(asked: &Asked) -> Result<ApprovalRequestId, AgpError> {
    let (task, state) = (asked.task().await?, ApprovalState::Pending);
    let list = ApprovalList { task: Some(task), state: Some(state), ..ApprovalList::default() };
    let found = asked.native("waiting", &list).await?.data;
    // One that is bound to a call comes first: nobody can speak on another.
    let bound = found.iter().find(|request| request.call_digest.is_some());
    let none =
        || Rejection::new(Code::ApprovalRequired, "nobody asked for an approval of this task");
    Ok(bound.or(found.first()).ok_or_else(none)?.id)
}

/// Reads an approval: a request as it stands, or what one approver said.
pub(super) async fn approval_get(asked: &Asked) -> Result<Reply, AgpError> {
    let told = match named(&asked.id).ok_or(Code::NotFound)? {
        Named::Request(id) => approval(&asked.approval_request(id).await?),
        Named::Word(id) => {
            let request = asked.approval_with(id).await?;
            let said = request.approvals.iter().find(|said| said.id == id).ok_or(Code::NotFound)?;
            word_of(&request, said, None)
        }
    };
    Ok(Reply::new(asked.route, told))
}

/// Asks for an approval, answered by an operation to wait for.
pub(super) async fn approval_request_create(asked: &Asked) -> Result<Reply, AgpError> {
    let made = request(asked).await?;
    Ok(Reply::new(asked.route, operation(&made, &asked.base_url)))
}

/// Reads a request for an approval.
pub(super) async fn approval_request_get(asked: &Asked) -> Result<Reply, AgpError> {
    let request = asked.approval_request(asked.id()?).await?;
    if asked.prefer == Prefer::Async {
        return Ok(Reply::new(asked.route, operation(&request, &asked.base_url)));
    }
    let own = own(asked, Some(request.task)).await?;
    Ok(Reply::new(asked.route, approval_request(&request, own.decision)))
}

impl Asked {
    /// A request for an approval.
    pub(super) async fn approval_request(
        &self,
        request: ApprovalRequestId,
    ) -> Result<ApprovalRequest, AgpError> {
        self.native("approval", &ApprovalGet { request }).await
    }

    /// The request in which an approver said something.
    pub(super) async fn approval_with(&self, id: ApprovalId) -> Result<ApprovalRequest, AgpError> {
        let list = ApprovalList { approval: Some(id), ..ApprovalList::default() };
        let found = self.native("approvals", &list).await?;
        found.data.into_iter().next().ok_or_else(|| Code::NotFound.into())
    }
}

/// Raises a concern.
pub(super) async fn escalation_create(asked: &Asked) -> Result<Reply, AgpError> {
    let request = escalate(&asked.body).map_err(invalid)?;
    let raised = asked.native("raise", &request).await?;
    Ok(Reply::new(asked.route, escalation(&raised)))
}

/// Reads an escalation.
pub(super) async fn escalation_get(asked: &Asked) -> Result<Reply, AgpError> {
    let id: EscalationId = asked.id()?;
    let found = asked.native("escalation", &EscalationGet { escalation: id }).await?;
    Ok(Reply::new(asked.route, escalation(&found)))
}

/// Resolves an escalation.
pub(super) async fn escalation_update(asked: &Asked) -> Result<Reply, AgpError> {
    let request = resolve(&asked.body, asked.id()?).map_err(invalid)?;
    let resolved = asked.native("resolve", &request).await?;
    Ok(Reply::new(asked.route, escalation(&resolved)))
}
