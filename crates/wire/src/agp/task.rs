//! Tasks and liability bindings.

use hansa_types::governance::GovernanceRole;
use hansa_types::{AnyId, Code, Time};
use serde_json::{Map, Value, json};

use super::body::Body;
use super::words::{clearance, frameworks, jurisdiction, jurisdictions, kept, note, note_of, word};
use crate::api::clearance::{Artifact, DeclaredTask, LiabilityBind, TaskDeclare, TaskUpdate};
use crate::request::Invalid;
use crate::scalar::PrincipalRef;

/// What stands where nobody said it, or where it was erased.
pub const UNSAID: &str = "unspecified";

/// The native declaration of a task. Who acts is resolved by the caller of this.
pub fn declare(
    body: &Map<String, Value>,
    principal: PrincipalRef,
    now: Time,
) -> Result<TaskDeclare, Invalid> {
    let body = Body(body);
    let missing = || Invalid::new(Code::MissingField, "risk_tier", "is required");
    let none = Map::new();
    let asked = body.within("governance_requirements").unwrap_or(Body(&none));
    let expires = body.time(&["expires_at"])?;
    Ok(TaskDeclare {
        principal: Some(principal),
        requested_outcome: note("requested_outcome", body.need(&["requested_outcome"])?)?,
        risk_tier: word(body, &["risk_tier"])?.ok_or_else(missing)?,
        jurisdictions: jurisdictions(body)?,
        frameworks: frameworks(body)?,
        required_roles: asked.list::<GovernanceRole>(&["required_roles"])?,
        quorum: asked.read(&["quorum"])?,
        expires_in_s: expires.map(|expires| expires.0.saturating_sub(now.0) / 1_000),
        annotations: kept(body, &["sponsoring_entity", "regulatory_frameworks"])?,
    })
}

/// The native move of a task.
pub fn update(body: &Map<String, Value>, task: hansa_types::TaskId) -> Result<TaskUpdate, Invalid> {
    let body = Body(body);
    let status = body.need(&["status"])?;
    let unknown = || {
        let detail = match status {
            "QUARANTINED" => "an escalation with requested_action quarantine brings it about",
            _ => "not one of the fifteen states",
        };
        Invalid::new(Code::InvalidField, "status", detail)
    };
    let to = clearance(status).ok_or_else(unknown)?;
    let guard: Option<AnyId> = body.id(&["transition_guard_ref"])?;
    Ok(TaskUpdate { task, to, guard })
}

/// A declared task in the protocol's words.
pub fn task(task: &DeclaredTask) -> Value {
    let newest = |wanted: fn(&&AnyId) -> bool| task.artifacts.iter().rev().find(wanted);
    let liability = newest(|id| matches!(id, AnyId::Liability(_)));
    let said = |name: &str| task.annotations.get(name).cloned();
    json!({
        "type": "Task",
        "task_id": task.id,
        "principal_id": task.principal,
        "requested_outcome": task.requested_outcome.as_deref().unwrap_or(UNSAID),
        "risk_tier": task.risk_tier,
        "status": task.agp_state,
        "created_at": task.created_at,
        "expires_at": task.expires_at,
        "sponsoring_entity": said("sponsoring_entity"),
        "governance_requirements": {
            "required_roles": task.required_roles,
            "quorum": task.quorum,
        },
        "jurisdictions": task.jurisdictions,
        "regulatory_frameworks": said("regulatory_frameworks").unwrap_or_else(|| json!(task.frameworks)),
        "liability_binding_ref": liability,
        "capability_token_ref": null,
        "taint_labels": task.taint,
        "hold": task.hold,
        "approval_request_refs": task.approval_requests,
        "escalation_refs": task.escalations,
    })
}

/// The native binding. Whoever is named accountable and no principal of the node is kept as a text.
pub fn bind(
    body: &Map<String, Value>,
    accountable: Option<PrincipalRef>,
) -> Result<LiabilityBind, Invalid> {
    let body = Body(body);
    let missing = || Invalid::new(Code::MissingField, "task_id", "is required");
    let place = body.need(&["jurisdiction"])?;
    Ok(LiabilityBind {
        task: body.id(&["task_id"])?.ok_or_else(missing)?,
        accountable,
        sponsoring_entity: note_of(body, &["sponsoring_entity"])?,
        jurisdiction: Some(jurisdiction("jurisdiction", place)?),
        annotations: kept(body, &["accountable_owner"])?,
    })
}

/// A binding in the protocol's words, with the task it is of.
pub fn liability(artifact: &Artifact, task: &DeclaredTask) -> Value {
    let document = artifact.document.as_ref();
    let said = |name: &str| document.and_then(|document| document.get(name)).cloned();
    let kept = said("annotations").unwrap_or_default();
    let owner = kept.get("accountable_owner").or(artifact.record.get("accountable"));
    let place = artifact.record.get("jurisdiction").cloned();
    json!({
        "type": "LiabilityBinding",
        "binding_id": artifact.id,
        "task_id": artifact.task,
        "sponsoring_entity": said("sponsoring_entity").unwrap_or_else(|| UNSAID.into()),
        "accountable_owner": owner,
        "accountable_principal": artifact.record.get("accountable"),
        "jurisdiction": place.unwrap_or_else(|| UNSAID.into()),
        "risk_tier": task.risk_tier,
        "implicit": artifact.record.get("implicit").cloned().unwrap_or(Value::Bool(false)),
        "created_at": artifact.created_at,
    })
}

/// The state that a list is narrowed to.
pub fn wanted_status(text: &str) -> Result<String, Invalid> {
    match clearance(text).is_some() || text == "QUARANTINED" {
        true => Ok(text.to_owned()),
        false => Err(Invalid::new(Code::InvalidField, "status", "not one of the fifteen states")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use hansa_types::governance::Clearance;

    fn who() -> PrincipalRef {
        "agt_01KAJ5Z0Q8Z0E6X3T9V4M2C7RD".parse().unwrap()
    }

    fn declared(value: Value) -> Result<TaskDeclare, Invalid> {
        declare(value.as_object().unwrap(), who(), Time(1_000))
    }

    #[test]
    fn the_protocols_own_example_is_declared() {
        let task = declared(json!({
            "principal_id": "finance-agent", "requested_outcome": "Approve $125k payment to Acme Corp",
            "risk_tier": "high", "created_at": "2024-01-15T09:00:00Z",
            "governance_requirements": { "required_roles": ["compliance_monitor"], "quorum": 2 },
            "regulatory_frameworks": ["EU_AI_ACT_2024"], "expires_at": "1970-01-01T01:00:01.000Z",
        }));
        let task = task.unwrap();
        assert_eq!(task.required_roles, [GovernanceRole::ComplianceMonitor]);
        assert_eq!((task.quorum, task.expires_in_s), (Some(2), Some(3_600)));
        assert_eq!(task.frameworks[0].as_str(), "eu-ai-act-2024");
        assert_eq!(task.annotations.get("regulatory_frameworks"), Some(&json!(["EU_AI_ACT_2024"])));
    }

    #[test]
    fn what_is_wrong_is_named() {
        for (bad, field) in [
            (json!({ "risk_tier": "low" }), "requested_outcome"),
            (json!({ "requested_outcome": "x" }), "risk_tier"),
            (json!({ "requested_outcome": "x", "risk_tier": "none" }), "risk_tier"),
            (
                json!({ "requested_outcome": "x", "risk_tier": "low", "jurisdictions": ["Texas"] }),
                "jurisdictions",
            ),
            (
                json!({ "requested_outcome": "x", "risk_tier": "low", "expires_at": "soon" }),
                "expires_at",
            ),
        ] {
            assert_eq!(declared(bad.clone()).unwrap_err().field, field, "{bad}");
        }
    }

    #[test]
    fn a_task_moves_by_the_protocols_word_and_its_guard() {
        let id: hansa_types::TaskId = "tsk_01KAJ5Z0Q8Z0E6X3T9V4M2C7RD".parse().unwrap();
        let read = |value: Value| update(value.as_object().unwrap(), id);
        let guard = "lib_01KAJ5Z0Q8Z0E6X3T9V4M2C7RD";
        let moved = read(json!({ "status": "BOUND", "transition_guard_ref": guard })).unwrap();
        assert_eq!((moved.to, moved.guard), (Clearance::Bound, Some(guard.parse().unwrap())));
        for (bad, field) in [
            (json!({}), "status"),
            (json!({ "status": "QUARANTINED" }), "status"),
            (json!({ "status": "DONE" }), "status"),
            (json!({ "status": "BOUND", "transition_guard_ref": "x" }), "transition_guard_ref"),
        ] {
            assert_eq!(read(bad.clone()).unwrap_err().field, field, "{bad}");
        }
    }
}
