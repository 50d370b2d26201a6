//! Approvals, requests for them, and escalations.

use hansa_types::governance::{
    ApprovalMode, ApprovalState, Concern, Decision, GovernanceRole, HoldKind, Resolution,
};
use hansa_types::{ApprovalId, ApprovalRequestId, Code, EscalationId, TaskId, Time};
use serde_json::{Map, Value, json};

use super::artifact::task_of;
use super::body::Body;
use super::task::UNSAID;
use super::words::{kept, note, note_of, word};
use crate::api::approvals::{
    Approval, ApprovalRequest, ApprovalRequestCreate, Call, Escalation, EscalationRaise,
    EscalationResolve,
};
use crate::request::Invalid;

/// A request for an approval as a client sends it. Names that are no roles are resolved.
#[derive(Debug, Clone, PartialEq)]
pub struct Wanted {
    /// The native request so far.
    pub request: ApprovalRequestCreate,
    /// Who is asked by name.
    pub approvers: Vec<String>,
}

/// Reads a request for an approval, of a task that the caller of this knows.
pub fn ask(body: &Map<String, Value>, task: TaskId, now: Time) -> Result<Wanted, Invalid> {
    let body = Body(body);
    let mut roles: Vec<GovernanceRole> = word(body, &["approver_role"])?.into_iter().collect();
    let mut approvers = Vec::new();
    for named in body.list::<String>(&["requested_approvers"])? {
        match named.parse() {
            Ok(role) => roles.push(role),
            Err(_) => approvers.push(named),
        }
    }
    roles.sort_unstable();
    roles.dedup();
    let expires = body.time(&["expires_at"])?;
    let request = ApprovalRequestCreate {
        task,
        call: body.read::<Call>(&["action"])?,
        call_digest: None,
        mode: word::<ApprovalMode>(body, &["approval_mode"])?,
        quorum: body.read(&["quorum"])?,
        roles,
        approvers: Vec::new(),
        step_up: body.read(&["step_up"])?.unwrap_or(false),
        expires_in_s: expires.map(|expires| expires.0.saturating_sub(now.0) / 1_000),
        callback_url: body.callback_url()?,
        annotations: kept(body, &["decision_ref", "requested_scope"])?,
    };
    Ok(Wanted { request, approvers })
}

/// What a client says as an approver.
pub fn spoken(body: &Map<String, Value>) -> Result<Option<Decision>, Invalid> {
    match Body(body).text(&["decision"])? {
        None => Ok(None),
        Some("approved") => Ok(Some(Decision::Approved)),
        Some("denied" | "rejected") => Ok(Some(Decision::Rejected)),
        Some(_) => Err(Invalid::new(Code::InvalidField, "decision", "approved or denied")),
    }
}

/// What an id of an approval means: a request, or what one approver said of one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Named {
    /// A request.
    Request(ApprovalRequestId),
    /// One word on it.
    Word(ApprovalId),
}

/// Reads the id of an approval.
pub fn named(text: &str) -> Option<Named> {
    let request = text.parse().map(Named::Request);
    request.or_else(|_| text.parse().map(Named::Word)).ok()
}

/// Where a request stands, in the protocol's words.
fn decision(state: ApprovalState) -> &'static str {
    match state {
        ApprovalState::Pending => "pending",
        ApprovalState::Approved | ApprovalState::Used => "approved",
        ApprovalState::Rejected | ApprovalState::Void => "denied",
        ApprovalState::Expired => "expired",
    }
}

fn mode(request: &ApprovalRequest) -> ApprovalMode {
    match request.quorum {
        0 | 1 => ApprovalMode::Single,
        2 => ApprovalMode::Dual,
        _ => ApprovalMode::Multi,
    }
}

/// A request as an approval, which may be pending still.
pub fn approval(request: &ApprovalRequest) -> Value {
    let last = request.approvals.last();
    let stands = decision(request.state);
    json!({
        "type": "ApprovalArtifact",
        "approval_id": request.id,
        "request_id": request.id,
        "task_id": request.task,
        "approver_id": last.map(|said| said.by),
        "approver_role": last.and_then(|said| said.role).or(request.roles.first().copied()),
        "approval_mode": mode(request),
        "decision": stands,
        "status": stands,
        "requested_at": request.requested_at,
        "approved_at": request.decided_at,
        "expires_at": request.expires_at,
        "call_digest": request.call_digest,
        "state": request.state,
    })
}

/// What one approver said, as an approval.
pub fn word_of(request: &ApprovalRequest, said: &Approval, notes: Option<&str>) -> Value {
    let stands = match said.decision {
        Decision::Approved => "approved",
        Decision::Rejected => "denied",
    };
    json!({
        "type": "ApprovalArtifact",
        "approval_id": said.id,
        "request_id": request.id,
        "task_id": request.task,
        "approver_id": said.by,
        "approver_role": said.role,
        "approval_mode": mode(request),
        "decision": stands,
        "status": stands,
        "approved_at": said.at,
        "expires_at": request.expires_at,
        "notes": notes,
    })
}

/// A request in the protocol's own shape.
pub fn approval_request(request: &ApprovalRequest, decided: Option<String>) -> Value {
    let said = |name: &str| request.annotations.get(name).cloned();
    let approvers: Vec<String> = match request.approvers.is_empty() {
        true => request.roles.iter().map(ToString::to_string).collect(),
        false => request.approvers.iter().map(ToString::to_string).collect(),
    };
    let approved = matches!(request.state, ApprovalState::Approved | ApprovalState::Used);
    json!({
        "type": "ApprovalRequest",
        "request_id": request.id,
        "task_id": request.task,
        "decision_ref": said("decision_ref").or(decided.map(Value::from)).unwrap_or_else(|| UNSAID.into()),
        "requested_at": request.requested_at,
        "requested_approvers": approvers,
        "requested_scope": said("requested_scope").unwrap_or_else(|| json!([])),
        "approval_mode": mode(request),
        "status": decision(request.state),
        "expires_at": request.expires_at,
        "completed_at": request.decided_at,
        "approval_ref": approved.then_some(request.id),
        "operation_id": request.id,
        "callback_url": request.callback_url,
    })
}

/// A request as an operation to wait for.
pub fn operation(request: &ApprovalRequest, base_url: &str) -> Value {
    let status = match request.state {
        ApprovalState::Pending => "pending",
        ApprovalState::Approved | ApprovalState::Used => "completed",
        ApprovalState::Rejected => "denied",
        ApprovalState::Expired => "expired",
        ApprovalState::Void => "failed",
    };
    json!({
        "operation_id": request.id,
        "status": status,
        "created_at": request.requested_at,
        "updated_at": request.decided_at.unwrap_or(request.requested_at),
        "status_url": format!("{base_url}/agp/operations/{}", request.id),
        "callback_url": request.callback_url,
        "action_envelope_ref": null,
        "result_ref": (status == "completed").then_some(request.id),
        "request_id": request.id,
    })
}

/// The native concern. One that is none of the node's words is another one.
pub fn escalate(body: &Map<String, Value>) -> Result<EscalationRaise, Invalid> {
    let body = Body(body);
    let concern = body.need(&["concern_type"])?;
    Ok(EscalationRaise {
        task: task_of(body)?,
        concern_type: concern.parse().unwrap_or(Concern::Other),
        description: note("description", body.need(&["description"])?)?,
        requested_action: word::<HoldKind>(body, &["requested_action"])?,
        annotations: kept(body, &["concern_type", "evidence_refs"])?,
    })
}

/// The native resolution.
pub fn resolve(
    body: &Map<String, Value>,
    escalation: EscalationId,
) -> Result<EscalationResolve, Invalid> {
    let body = Body(body);
    // Some write it inside of the object it becomes.
    let body = body.within("resolution").unwrap_or(body);
    let missing = || Invalid::new(Code::MissingField, "outcome", "is required");
    let outcome: Resolution = word(body, &["outcome"])?.ok_or_else(missing)?;
    Ok(EscalationResolve { escalation, outcome, notes: note_of(body, &["notes"])? })
}

/// An escalation in the protocol's words.
pub fn escalation(escalation: &Escalation) -> Value {
    let raiser = escalation.raised_by.map_or_else(|| "node".to_owned(), |by| by.to_string());
    let said = |name: &str| escalation.annotations.get(name).cloned();
    let by_node = escalation
        .raised_by
        .is_none()
        .then(|| format!("the node itself: {}", escalation.concern_type));
    let description = escalation.description.clone().or(by_node);
    let resolution = escalation.outcome.map(|outcome| {
        json!({
            "resolved_by": escalation.resolved_by,
            "outcome": outcome,
            "notes": escalation.notes,
            "resolved_at": escalation.resolved_at,
        })
    });
    json!({
        "type": "EscalationNotice",
        "escalation_id": escalation.id,
        "task_id": escalation.task,
        "raised_by": raiser,
        "raising_agent_id": raiser,
        "raising_agent_role": null,
        "concern_type": said("concern_type").unwrap_or_else(|| json!(escalation.concern_type)),
        "description": description.unwrap_or_else(|| UNSAID.to_owned()),
        "evidence_refs": said("evidence_refs").unwrap_or_else(|| json!([])),
        "requested_action": escalation.requested_action,
        "raised_at": escalation.raised_at,
        "resolution": resolution,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn task() -> TaskId {
        "tsk_01KAJ5Z0Q8Z0E6X3T9V4M2C7RD".parse().unwrap()
    }

    #[test]
    fn roles_are_asked_by_their_word_and_others_by_name() {
        let body = json!({ "approver_role": "compliance_monitor", "approval_mode": "dual",
            "requested_approvers": ["executive", "compliance_monitor", "agt_x"], "expires_at": "1970-01-01T01:00:00.000Z" });
        let read = ask(body.as_object().unwrap(), task(), Time(0)).unwrap();
        assert_eq!(
            read.request.roles,
            [GovernanceRole::Executive, GovernanceRole::ComplianceMonitor]
        );
        assert_eq!(read.approvers, ["agt_x"]);
        assert_eq!(
            (read.request.mode, read.request.expires_in_s),
            (Some(ApprovalMode::Dual), Some(3_600))
        );
        for bad in [
            json!({ "approver_role": "boss" }),
            json!({ "approval_mode": "some" }),
            json!({ "action": { "tool": "pay" } }),
            json!({ "quorum": "many" }),
        ] {
            assert!(ask(bad.as_object().unwrap(), task(), Time(0)).is_err(), "{bad}");
        }
    }

    #[test]
    fn approvers_say_yes_or_no_in_the_protocols_words() {
        let say = |word: &str| spoken(json!({ "decision": word }).as_object().unwrap());
        assert_eq!(say("approved").unwrap(), Some(Decision::Approved));
        assert_eq!(say("denied").unwrap(), Some(Decision::Rejected));
        assert!(say("maybe").is_err());
        assert_eq!(spoken(&Map::new()).unwrap(), None);
    }

    #[test]
    fn an_approval_is_named_by_its_request_or_its_word() {
        let digits = "01KAJ5Z0Q8Z0E6X3T9V4M2C7RD";
        assert!(matches!(named(&format!("arq_{digits}")), Some(Named::Request(_))));
        assert!(matches!(named(&format!("apr_{digits}")), Some(Named::Word(_))));
        assert_eq!(named("apr_x"), None);
    }

    #[test]
    fn a_request_stands_where_the_protocol_has_a_word_for() {
        for (state, expected, operation_status) in [
            (ApprovalState::Pending, "pending", "pending"),
            (ApprovalState::Approved, "approved", "completed"),
            (ApprovalState::Used, "approved", "completed"),
            (ApprovalState::Rejected, "denied", "denied"),
            (ApprovalState::Expired, "expired", "expired"),
            (ApprovalState::Void, "denied", "failed"),
        ] {
            let request: ApprovalRequest = serde_json::from_value(json!({
                "id": "arq_01KAJ5Z0Q8Z0E6X3T9V4M2C7RD", "task": task(), "state": state,
                "requested_by": "agt_01KAJ5Z0Q8Z0E6X3T9V4M2C7RD", "quorum": 1, "approvals": [],
                "requested_at": "2026-01-15T09:00:00.000Z", "expires_at": "2026-01-16T09:00:00.000Z", "seq": 1,
            }))
            .unwrap();
            assert_eq!(approval(&request)["status"], expected);
            assert_eq!(approval_request(&request, None)["status"], expected);
            assert_eq!(operation(&request, "http://n")["status"], operation_status);
        }
    }

    #[test]
    fn concerns_and_resolutions_are_read() {
        let body = |concern: &str| json!({ "task_id": task(), "raised_by": "x", "concern_type": concern, "description": "no" });
        assert_eq!(
            escalate(body("fraud").as_object().unwrap()).unwrap().concern_type,
            Concern::Fraud
        );
        let odd = escalate(body("bad_feeling").as_object().unwrap()).unwrap();
        assert_eq!(
            (odd.concern_type, odd.annotations.get("concern_type")),
            (Concern::Other, Some(&json!("bad_feeling")))
        );
        let id: EscalationId = "esc_01KAJ5Z0Q8Z0E6X3T9V4M2C7RD".parse().unwrap();
        let read = |value: Value| resolve(value.as_object().unwrap(), id).map(|read| read.outcome);
        assert_eq!(read(json!({ "outcome": "upheld" })).unwrap(), Resolution::Upheld);
        assert_eq!(
            read(json!({ "resolution": { "outcome": "dismissed" } })).unwrap(),
            Resolution::Dismissed
        );
        assert!(read(json!({ "outcome": "fine" })).is_err() && read(json!({})).is_err());
    }
}
