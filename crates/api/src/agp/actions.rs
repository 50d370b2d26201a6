//! Action envelopes, receipts, operations, and the question of a service that is asked to act.

use hansa_types::governance::ApprovalState;
use hansa_types::governance::Clearance;
use hansa_types::{ActionId, AnyId, ApprovalRequestId, Code, ReceiptId, Rejection};
use hansa_wire::agp::action::{
    Own, Wanted, WantedCall, envelope, operation, post_receipt, receipt,
};
use hansa_wire::agp::approval::Named;
use hansa_wire::agp::{AgpError, approval, evaluation};
use hansa_wire::api::actions::{
    ActionCall, ActionGet, ActionState, ActionSubmit, ActionValidate, ActionView, Ending,
    ReceiptGet, ReceiptPost, Wait,
};
use hansa_wire::api::approvals::{ApprovalBind, Call};
use serde_json::{Value, json};

use super::artifacts::own;
use super::asked::{Asked, Prefer};
use super::evaluations::selected_action;
use super::{Reply, invalid};

/// Acts, if every artifact holds.
pub(super) async fn action_envelope_create(asked: &Asked) -> Result<Reply, AgpError> {
    let wanted = Wanted::read(&asked.body).map_err(invalid)?;
    let declared = asked.declared(wanted.task).await?;
    let own = Own::of(&declared.artifacts);
    let call = native_call(asked, wanted.call.clone(), &own).await?;
    let approval = match wanted.approval {
        Some(named) => Some(approval_of(asked, named, &call).await?),
        None => None,
    };
    let wait = if asked.prefer == Prefer::Async { Wait::Started } else { Wait::Done };
    let request = wanted.native(&asked.body, call, approval, wait).map_err(invalid)?;
    if asked.prefer == Prefer::ValidateOnly {
        return validate_only(asked, request).await;
    }
    if let Some(id) = approval {
        refuse_pending(asked, id).await?;
    }
    let mut view: ActionView = asked.native("submit", &request).await?;
    // In the sandbox nobody is authenticated and nobody carries anything out: an act that the
    // client has begun itself is over when it is accepted.
    let begun = declared.clearance == Clearance::Executing && view.state == ActionState::Started;
    if asked.caller.open && begun && view.executor == "external" {
        let (action, outcome) = (view.id, Ending::Done);
        let post = ReceiptPost { action, outcome, status: None, result: None };
        view = asked.native("receipt", &post).await?;
    }
    Ok(match asked.prefer {
        Prefer::Async => {
            Reply::new(asked.route, operation(&view, &asked.base_url)).with_status(202)
        }
        _ => Reply::new(asked.route, envelope(&view, &own)),
    }
    .about(view.id))
}

/// The native call. A tool whose name is none of this node's is what the decided action is done
/// with.
async fn native_call(asked: &Asked, call: WantedCall, own: &Own) -> Result<ActionCall, AgpError> {
    let decision = own.decision.as_ref().filter(|_| !call.is_plain());
    let decided = match decision.and_then(|id| id.parse().ok()) {
        Some(decision) => selected_action(asked, decision).await?,
        None => None,
    };
    call.native(decided.as_deref()).map_err(invalid)
}

/// The request for approval that an envelope names, bound to its call if it was to none.
async fn approval_of(
    asked: &Asked,
    named: Named,
    call: &ActionCall,
) -> Result<ApprovalRequestId, AgpError> {
    let request = match named {
        Named::Word(id) => asked.approval_with(id).await?,
        Named::Request(id) => asked.approval_request(id).await?,
    };
    let unbound = request.call_digest.is_none() && request.state == ApprovalState::Pending;
    if unbound && asked.prefer != Prefer::ValidateOnly {
        let call = Call {
            kind: call.kind.as_str().to_owned(),
            tool: call.tool.as_str().to_owned(),
            params: call.params.clone(),
        };
        let bind = ApprovalBind { request: request.id, call: Some(call), call_digest: None };
        asked.native("bind", &bind).await?;
    }
    Ok(request.id)
}

/// Waiting for an approval is no violation, so the gate is not troubled with it.
async fn refuse_pending(asked: &Asked, id: ApprovalRequestId) -> Result<(), AgpError> {
    match asked.approval_request(id).await?.state {
        ApprovalState::Pending => Err(Code::ApprovalPending.into()),
        _ => Ok(()),
    }
}

async fn validate_only(asked: &Asked, request: ActionSubmit) -> Result<Reply, AgpError> {
    let validate = ActionValidate { envelope: Some(request), ..ActionValidate::default() };
    let said = asked.native("validate", &validate).await.map_err(first_reason)?;
    let told = json!({ "valid": said.permit, "checks": said.checks });
    Ok(Reply::new(asked.route, told).with_status(200))
}

/// The refusal that submitting would meet: that of the first lock which stays closed.
fn first_reason(error: AgpError) -> AgpError {
    let first = error.details["errors"].get(0);
    let code = first.and_then(|first| first["code"].as_str());
    let known = code.and_then(|code| Code::ALL.iter().find(|known| known.as_str() == code));
    match known {
        Some(known) => {
            let mut told = AgpError::from(Rejection::new(*known, error.message.clone()));
            told.details["errors"] = error.details["errors"].clone();
            told
        }
        None => error,
    }
}

/// Reads an envelope.
pub(super) async fn action_envelope_get(asked: &Asked) -> Result<Reply, AgpError> {
    let view = asked.action(asked.id()?).await?;
    let own = own_of(asked, &view).await;
    Ok(Reply::new(asked.route, envelope(&view, &own)).about(view.id))
}

/// What the task has on record; nothing where it has left the node's state.
async fn own_of(asked: &Asked, view: &ActionView) -> Own {
    own(asked, Some(view.task)).await.unwrap_or_default()
}

/// Says what became of an act that the caller carried out.
pub(super) async fn receipt_create(asked: &Asked) -> Result<Reply, AgpError> {
    let request = post_receipt(&asked.body).map_err(invalid)?;
    let view: ActionView = asked.native("receipt", &request).await?;
    let signed = asked.native("signed", &ReceiptGet { receipt: view.receipt }).await?;
    let told = receipt(&view, Some(&signed), asked.caller.open);
    Ok(Reply::new(asked.route, told).about(view.id))
}

/// Reads a receipt.
pub(super) async fn receipt_get(asked: &Asked) -> Result<Reply, AgpError> {
    let id: ReceiptId = asked.id()?;
    // A receipt has the digits of its action.
    let view = asked.action(ActionId(id.0)).await?;
    let signed = asked.native("signed", &ReceiptGet { receipt: id }).await?;
    let told = receipt(&view, Some(&signed), asked.caller.open);
    Ok(Reply::new(asked.route, told).about(view.id))
}

/// Where an asynchronous operation stands.
pub(super) async fn operation_get(asked: &Asked) -> Result<Reply, AgpError> {
    let base_url = &asked.base_url;
    let told = match asked.id.parse::<AnyId>() {
        Ok(AnyId::Action(id)) => operation(&asked.action(id).await?, base_url),
        Ok(AnyId::ApprovalRequest(id)) => {
            approval::operation(&asked.approval_request(id).await?, base_url)
        }
        Ok(AnyId::PolicyEvaluation(id)) => {
            evaluation::operation(&asked.evaluation(id).await?, base_url)
        }
        _ => return Err(Code::NotFound.into()),
    };
    Ok(Reply::new(asked.route, told))
}

/// Names of the checks that a service is told of, with the node's own that each rests on.
const CHECKS: [(&str, &[&str]); 7] = [
    ("envelope_exists", &[]),
    ("agent_identity", &["agent"]),
    ("task_status", &["state", "clearance"]),
    ("capability_not_expired", &["authority:grant_expired"]),
    ("capability_not_revoked", &["authority:grant_revoked", "authority"]),
    ("tool_permitted", &["call"]),
    ("policy_verdict", &["clearance"]),
];

/// Whether an act may go through, for the service that is asked to act.
pub(super) async fn validate(asked: &Asked) -> Result<Reply, AgpError> {
    let action: ActionId = asked.required("action_id")?.parse().map_err(|_| Code::NotFound)?;
    let call = match WantedCall::read(&asked.body).map_err(invalid)? {
        Some(call) if asked.body.contains_key("operation") || asked.body.contains_key("action") => {
            Some(call.native(asked.text("selected_action")).map_err(invalid)?)
        }
        _ => None,
    };
    let claims = claims(asked, action).await;
    let request = ActionValidate { envelope: None, action: Some(action), call };
    let denied = match asked.native("validate", &request).await {
        Ok(_) if claims.is_ok() => None,
        Ok(_) => claims.err(),
        Err(error) => Some(error),
    };
    let checks = checks(denied.as_ref());
    let told = match denied {
        None => json!({ "decision": "PERMIT", "action_id": action, "checks": checks }),
        Some(error) => {
            let mut told = json!({ "decision": "DENY", "action_id": action, "checks": checks });
            told["error"] = error.body("")["error"].clone();
            told
        }
    };
    let status = if told["decision"] == "PERMIT" { 200 } else { 403 };
    Ok(Reply::new(asked.route, told).about(action).with_status(status))
}

/// What the service says of who asks and of the tool must be so, as far as it may see the action.
async fn claims(asked: &Asked, action: ActionId) -> Result<(), AgpError> {
    let (agent, tool) = (asked.text("agent_id"), asked.text("tool_id"));
    if agent.is_none() && tool.is_none() {
        return Ok(());
    }
    let Ok(view) = asked.action(action).await else { return Ok(()) };
    let named = view.annotations.get("tool_id").and_then(Value::as_str);
    let same_tool = tool.is_none_or(|tool| view.tool.as_str() == tool || named == Some(tool));
    let same_agent = agent.is_none_or(|agent| {
        view.caller.to_string() == agent
            || (view.caller == asked.caller.identity.principal && asked.is_caller(agent))
    });
    let refuse = |field: &str, code: Code| {
        let mut error = AgpError::from(code);
        error.details["errors"] = json!([{ "field": field, "code": code.as_str(), "detail": "" }]);
        Err(error)
    };
    match (same_agent, same_tool) {
        (true, true) => Ok(()),
        (false, _) => refuse("agent", Code::ActionDenied),
        (_, false) => refuse("call", Code::CallMismatch),
    }
}

/// Each check by its name. Of an act that nobody can see none passes.
fn checks(denied: Option<&AgpError>) -> Value {
    let errors = denied.and_then(|error| error.details["errors"].as_array());
    let closed = |name: &&str| {
        let (field, code) = name.split_once(':').unwrap_or((name, ""));
        errors.into_iter().flatten().any(|error| {
            let expired = error["code"] == "grant_expired";
            let meant = if code.is_empty() {
                !expired || field != "authority"
            } else {
                error["code"] == code
            };
            error["field"] == field && meant
        })
    };
    let known = denied.is_none() || errors.is_some_and(|errors| !errors.is_empty());
    let check = |(name, of): &(&str, &[&str])| {
        ((*name).to_owned(), Value::Bool(known && !of.iter().any(closed)))
    };
    Value::Object(CHECKS.iter().map(check).collect())
}

impl Asked {
    /// An action.
    pub(super) async fn action(&self, action: ActionId) -> Result<ActionView, AgpError> {
        self.native("action", &ActionGet { action }).await
    }
}
