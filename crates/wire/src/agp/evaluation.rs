//! Policy evaluations and decisions, which are one thing on a node.
//!
//! The published variants differ in who decides: one has the client state the verdict. What it states
//! is the mildest it accepts; the stricter of it and what the node's policy says counts.

use hansa_types::{AnyId, Code, PolicySetId, TaskId};
use serde_json::{Map, Value, json};

use super::body::Body;
use super::task::UNSAID;
use super::words::kept;
use crate::api::policies::{
    PolicyEvaluate, PolicyEvaluation, PolicyEvaluationState, PolicyVerdict,
};
use crate::request::Invalid;
use crate::scalar::ActionPattern;

/// Members that are kept as they came.
const KEPT: [&str; 8] = [
    "decision_ref",
    "rationale",
    "policy_set_ref",
    "policy_set_id",
    "jurisdiction",
    "matched_rules",
    "obligations",
    "ethical_framework",
];

/// What a request for an evaluation names, before it is resolved.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Wanted {
    /// The task, where the request names it.
    pub task: Option<TaskId>,
    /// The decision.
    pub decision: Option<AnyId>,
    /// A policy set, by its id or its name.
    pub set: Option<String>,
    /// The native request so far.
    pub request: PolicyEvaluate,
}

/// Reads a request for an evaluation, or a verdict.
pub fn wanted(body: &Map<String, Value>) -> Result<Wanted, Invalid> {
    let body = Body(body);
    let at_least: Option<PolicyVerdict> = body.read(&["verdict", "result"])?;
    let unexplained = matches!(at_least, Some(PolicyVerdict::Deny | PolicyVerdict::Quarantine))
        && body.text(&["rationale"])?.is_none()
        && body.list::<String>(&["matched_rules"])?.is_empty();
    if unexplained {
        let detail = "a verdict of deny or quarantine needs a rationale";
        return Err(Invalid::new(Code::MissingField, "rationale", detail));
    }
    let task: Option<TaskId> = body.id(&["task_id"])?;
    let decision: Option<AnyId> = body.id(&["decision_ref", "decision_record"])?;
    if task.is_none() && decision.is_none() {
        return Err(Invalid::new(Code::MissingField, "decision_ref", "a decision, or a task_id"));
    }
    let (action, parameters) = call(body)?;
    let annotations = kept(body, &KEPT)?;
    let set = body.text(&["policy_set_id", "policy_set_ref"])?.map(str::to_owned);
    let request = PolicyEvaluate {
        action,
        parameters,
        at_least,
        callback_url: body.callback_url()?,
        annotations,
        ..PolicyEvaluate::default()
    };
    Ok(Wanted { task, decision, set, request })
}

/// The call that is planned, where the request says it as an envelope would.
fn call(body: Body<'_>) -> Result<(Option<ActionPattern>, Map<String, Value>), Invalid> {
    let Some(action) = body.within("action") else { return Ok((None, Map::new())) };
    let params: Option<Map<String, Value>> = action.read(&["params"])?;
    Ok((action.read(&["tool"])?, params.unwrap_or_default()))
}

/// The action that policy is asked about where the request names none: what was decided, if that is
/// a name of an action, and otherwise the task as a whole.
pub fn action_of(selected: &str) -> Option<ActionPattern> {
    ActionPattern::new(selected).filter(|pattern| !pattern.as_str().ends_with('*'))
}

/// What policy said, in the protocol's words.
pub fn policy_decision(evaluation: &PolicyEvaluation, decision: Option<String>) -> Value {
    let said = |name: &str| evaluation.annotations.get(name).cloned();
    let decider = evaluation.policy_sets.iter().max_by_key(|set| strictness(set.verdict));
    let set: Option<PolicySetId> = decider.map(|set| set.policy_set);
    let merged = |own: Vec<String>, name: &str| {
        let theirs = said(name).and_then(|value| serde_json::from_value(value).ok());
        let theirs: Vec<String> = theirs.unwrap_or_default();
        let mut all = own;
        all.extend(theirs.into_iter().filter(|text| !text.is_empty()));
        all.dedup();
        all
    };
    let rules = evaluation.matched_rules.iter().map(ToString::to_string).collect();
    let (id, verdict) = (evaluation.id, evaluation.verdict);
    if verdict.is_none() {
        return unanswered(evaluation, decision);
    }
    json!({
        "type": "PolicyDecision",
        "policy_evaluation_id": id,
        "evaluation_id": id,
        "policy_decision_id": id,
        "policy_decision_ref": id,
        "operation_id": id,
        "status": "completed",
        "task_id": evaluation.task.map_or_else(|| UNSAID.to_owned(), |task| task.to_string()),
        "decision_ref": said("decision_ref").or(decision.map(Value::from)).unwrap_or_else(|| UNSAID.into()),
        "verdict": verdict,
        "result": verdict,
        "requested_verdict": evaluation.at_least,
        "requested_at": evaluation.evaluated_at,
        "evaluated_at": evaluation.evaluated_at,
        "completed_at": evaluation.evaluated_at,
        "policy_set_ref": set.map(|set| json!(set)).or(said("policy_set_ref")).or(said("policy_set_id")),
        "policy_sets": evaluation.policy_sets,
        "jurisdiction": said("jurisdiction"),
        "rationale": said("rationale"),
        "matched_rules": merged(rules, "matched_rules"),
        "obligations": merged(evaluation.obligations.clone(), "obligations"),
        "ethical_framework": said("ethical_framework"),
    })
}

/// An evaluation without an answer, as the request that it is.
fn unanswered(evaluation: &PolicyEvaluation, decision: Option<String>) -> Value {
    let named = evaluation.annotations.get("decision_ref").cloned();
    json!({
        "type": "PolicyEvaluationRequest",
        "policy_evaluation_id": evaluation.id,
        "evaluation_id": evaluation.id,
        "operation_id": evaluation.id,
        "status": status(evaluation),
        "task_id": evaluation.task.map_or_else(|| UNSAID.to_owned(), |task| task.to_string()),
        "decision_ref": named.or(decision.map(Value::from)).unwrap_or_else(|| UNSAID.into()),
        "requested_at": evaluation.asked_at,
        "completed_at": evaluation.evaluated_at,
        "policy_decision_ref": null,
        "callback_url": evaluation.callback_url,
    })
}

fn status(evaluation: &PolicyEvaluation) -> &'static str {
    match evaluation.state {
        PolicyEvaluationState::Pending => "pending",
        PolicyEvaluationState::Done => "completed",
        PolicyEvaluationState::Failed => "failed",
    }
}

/// From the mildest to the strictest.
fn strictness(verdict: PolicyVerdict) -> u8 {
    match verdict {
        PolicyVerdict::Allow => 0,
        PolicyVerdict::RequireStrongerAuth => 1,
        PolicyVerdict::RequireApproval => 2,
        PolicyVerdict::Escalate => 3,
        PolicyVerdict::Deny => 4,
        PolicyVerdict::Quarantine => 5,
    }
}

/// An evaluation as an operation.
pub fn operation(evaluation: &PolicyEvaluation, base_url: &str) -> Value {
    let is_done = evaluation.state == PolicyEvaluationState::Done;
    json!({
        "operation_id": evaluation.id,
        "status": status(evaluation),
        "created_at": evaluation.asked_at.or(evaluation.evaluated_at),
        "updated_at": evaluation.evaluated_at.or(evaluation.asked_at),
        "status_url": format!("{base_url}/agp/operations/{}", evaluation.id),
        "callback_url": evaluation.callback_url,
        "action_envelope_ref": null,
        "result_ref": is_done.then_some(evaluation.id),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const DECISION: &str = "dec_01KAJ5Z0Q8Z0E6X3T9V4M2C7RD";

    fn read(value: Value) -> Result<Wanted, Invalid> {
        wanted(value.as_object().unwrap())
    }

    #[test]
    fn the_three_variants_are_read() {
        let package = json!({ "task_id": "tsk_01KAJ5Z0Q8Z0E6X3T9V4M2C7RD", "decision_ref": DECISION, "verdict": "allow" });
        let page =
            json!({ "task_id": "tsk_01KAJ5Z0Q8Z0E6X3T9V4M2C7RD", "policy_set_id": "finance-v2" });
        let reference = json!({ "decision_ref": DECISION, "result": "require_approval" });
        assert_eq!(read(package).unwrap().request.at_least, Some(PolicyVerdict::Allow));
        let page = read(page).unwrap();
        assert_eq!((page.set.as_deref(), page.request.at_least), (Some("finance-v2"), None));
        let reference = read(reference).unwrap();
        assert_eq!(reference.decision, Some(DECISION.parse().unwrap()));
        assert_eq!(reference.request.at_least, Some(PolicyVerdict::RequireApproval));
        let planned =
            json!({ "decision_ref": DECISION, "action": { "tool": "pay", "params": { "a": 1 } } });
        let planned = read(planned).unwrap().request;
        assert_eq!(planned.action.map(|action| action.to_string()).as_deref(), Some("pay"));
        assert_eq!(planned.parameters.len(), 1);
    }

    #[test]
    fn a_strict_verdict_says_why_and_a_strange_one_is_refused() {
        for bad in [
            json!({ "decision_ref": DECISION, "verdict": "deny" }),
            json!({ "decision_ref": DECISION, "verdict": "quarantine" }),
            json!({ "decision_ref": DECISION, "verdict": "perhaps" }),
            json!({ "verdict": "allow" }),
            json!({ "decision_ref": "x" }),
            json!({ "decision_ref": DECISION, "action": { "tool": "Pay!" } }),
        ] {
            assert!(read(bad.clone()).is_err(), "{bad}");
        }
        assert!(
            read(json!({ "decision_ref": DECISION, "verdict": "deny", "rationale": "no" })).is_ok()
        );
    }

    #[test]
    fn what_was_decided_is_asked_about_if_it_names_an_action() {
        assert!(action_of("analyse").is_some());
        for not in ["pay the invoice", "*", "pay_*", ""] {
            assert!(action_of(not).is_none(), "{not}");
        }
    }
}
