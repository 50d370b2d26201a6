//! Action envelopes, receipts and operations, which are actions in other words.
//!
//! An envelope names its tool and parameters in two ways: as `action {type, tool, params}`, or as
//! `tool_id` and `operation`. Where the tool's name is no word of this node's (it has a dash, say),
//! what was decided is what is done, and tool and operation are its parameters: authority is over
//! actions, and a tool is what they are done with.

use hansa_types::governance::Attested;
use hansa_types::{
    ActionId, AnyId, Code, DecisionId, GrantId, LiabilityId, PolicyEvaluationId, TaskId,
};
use serde_json::{Map, Value, json};

use super::approval::{Named, named};
use super::artifact::task_of;
use super::body::Body;
use super::task::UNSAID;
use super::words::kept;
use crate::api::actions::{
    ActionCall, ActionReceipt, ActionState, ActionSubmit, ActionView, CallType, Ending,
    ReceiptPost, Wait,
};
use crate::request::Invalid;
use crate::scalar::ToolText;

/// Members that are kept as they came.
const KEPT: [&str; 11] = [
    "tool_id",
    "operation",
    "liability_binding_ref",
    "liability_binding",
    "decision_ref",
    "decision_record",
    "policy_decision_ref",
    "policy_decision",
    "commerce_session_ref",
    "payment_ref",
    "governance_attestations",
];

/// The call of an envelope as a client names it.
#[derive(Debug, Clone, PartialEq)]
pub struct WantedCall {
    kind: CallType,
    tool: String,
    params: Value,
}

impl WantedCall {
    /// Reads a call; `None` where the request names none.
    pub fn read(body: &Map<String, Value>) -> Result<Option<Self>, Invalid> {
        let body = Body(body);
        if let Some(action) = body.within("action") {
            return Ok(Some(Self {
                kind: action.read(&["type"])?.unwrap_or(CallType::ToolCall),
                tool: action.need(&["tool"])?.to_owned(),
                params: action.any(&["params"]).map_or_else(|| json!({}), |(_, v)| v.clone()),
            }));
        }
        let Some(tool) = body.text(&["tool_id"])? else { return Ok(None) };
        let params = match body.any(&["operation"]) {
            Some((_, Value::Object(operation))) => Value::Object(operation.clone()),
            Some((_, Value::String(operation))) => json!({ "operation": operation }),
            None => json!({}),
            Some((name, _)) => {
                let detail = "an object of parameters, or the name of one";
                return Err(Invalid::new(Code::InvalidField, name, detail));
            }
        };
        Ok(Some(Self { kind: CallType::ToolCall, tool: tool.to_owned(), params }))
    }

    /// Whether the tool's name is one that authority is given over.
    pub fn is_plain(&self) -> bool {
        ToolText::new(self.tool.as_str()).is_some()
    }

    /// The native call. `decided` is what the task's decision says is done.
    pub fn native(self, decided: Option<&str>) -> Result<ActionCall, Invalid> {
        let object = |value: Value| match value {
            Value::Object(members) => Ok(members),
            _ => Err(Invalid::new(Code::InvalidField, "action.params", "an object")),
        };
        if let Some(tool) = ToolText::new(self.tool.as_str()) {
            return Ok(ActionCall { kind: self.kind, tool, params: object(self.params)? });
        }
        let detail = "lower-case letters and underscores, or a decision that names an action";
        let wrong = || Invalid::new(Code::InvalidField, "tool_id", detail);
        let tool = decided.and_then(ToolText::new).ok_or_else(wrong)?;
        let params = object(json!({ "tool_id": self.tool, "operation": self.params }))?;
        Ok(ActionCall { kind: self.kind, tool, params })
    }
}

/// An envelope as a client sends it.
#[derive(Debug, Clone, PartialEq)]
pub struct Wanted {
    /// The task.
    pub task: TaskId,
    /// What is called.
    pub call: WantedCall,
    /// The approval that it names.
    pub approval: Option<Named>,
    grant: Option<GrantId>,
    liability: Option<LiabilityId>,
    decision: Option<DecisionId>,
    evaluation: Option<PolicyEvaluationId>,
}

impl Wanted {
    /// Reads an envelope. An attestation in it that says no is believed; one that says yes is worth
    /// what its author has put on record.
    pub fn read(body: &Map<String, Value>) -> Result<Self, Invalid> {
        let missing = || Invalid::new(Code::MissingField, "tool_id", "is required");
        let call = WantedCall::read(body)?.ok_or_else(missing)?;
        let body = Body(body);
        let attested: Vec<Map<String, Value>> = body.list(&["governance_attestations"])?;
        let blocked =
            |item: &Map<String, Value>| item.get("verdict") == Some(&json!(Attested::Blocked));
        if attested.iter().any(blocked) {
            let detail = "an attestation in the envelope blocks it";
            return Err(Invalid::new(Code::AttestationBlocked, "governance_attestations", detail));
        }
        let approval = body.text(&["approval_ref", "approval_artifact"])?;
        let unknown =
            || Invalid::new(Code::InvalidField, "approval_ref", "names nothing of this node");
        Ok(Self {
            task: task_of(body)?,
            call,
            approval: approval.map(|text| named(text).ok_or_else(unknown)).transpose()?,
            grant: body.id(&["capability_token_ref", "capability_token"])?,
            liability: body.id(&["liability_binding_ref", "liability_binding"])?,
            decision: body.id(&["decision_ref", "decision_record"])?,
            evaluation: body.id(&["policy_decision_ref", "policy_decision"])?,
        })
    }

    /// The native envelope, with the call and the request for approval that were resolved.
    pub fn native(
        &self,
        body: &Map<String, Value>,
        action: ActionCall,
        approval: Option<hansa_types::ApprovalRequestId>,
        wait: Wait,
    ) -> Result<ActionSubmit, Invalid> {
        let body = Body(body);
        let executor = body.text(&["executor_id"])?;
        let unknown = |_| Invalid::new(Code::InvalidField, "executor_id", "an id or a DID");
        Ok(ActionSubmit {
            task: self.task,
            grant: self.grant,
            liability: self.liability,
            decision: self.decision,
            evaluation: self.evaluation,
            approval,
            action,
            amount: None,
            currency: None,
            counterparty: None,
            executor: executor.map(|text| text.parse().map_err(unknown)).transpose()?,
            wait,
            callback_url: body.callback_url()?,
            annotations: kept(body, &KEPT)?,
        })
    }
}

/// How far an action is, in the protocol's words.
fn status(view: &ActionView) -> &'static str {
    match view.state {
        ActionState::Started => "accepted",
        ActionState::Claimed => "executing",
        ActionState::Done => "completed",
        ActionState::Failed => "failed",
        ActionState::OutcomeUnknown => "outcome_unknown",
    }
}

/// What a task has on record for an action that names nothing itself.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Own {
    /// Its liability binding.
    pub liability: Option<String>,
    /// Its decision.
    pub decision: Option<String>,
}

impl Own {
    /// The newest of each among a task's artifacts.
    pub fn of(artifacts: &[AnyId]) -> Self {
        let newest = |wanted: fn(&&AnyId) -> bool| {
            artifacts.iter().rev().find(wanted).map(ToString::to_string)
        };
        Self {
            liability: newest(|id| matches!(id, AnyId::Liability(_))),
            decision: newest(|id| matches!(id, AnyId::Decision(_))),
        }
    }
}

/// An action as an envelope.
pub fn envelope(view: &ActionView, own: &Own) -> Value {
    let said = |names: &[&str]| names.iter().find_map(|name| view.annotations.get(name)).cloned();
    let or_own = |value: Option<Value>, own: &Option<String>| {
        value.or(own.clone().map(Value::from)).unwrap_or_else(|| UNSAID.into())
    };
    let operation = said(&["operation"]).or(view.params.clone()).unwrap_or_else(|| json!({}));
    let attestations = said(&["governance_attestations"]).unwrap_or_else(|| json!([]));
    json!({
        "type": "ActionEnvelope",
        "action_id": view.id,
        "task_id": view.task,
        "agent_id": view.caller,
        "tool_id": said(&["tool_id"]).unwrap_or_else(|| view.tool.as_str().into()),
        "operation": operation,
        "action": { "tool": view.tool, "params": view.params },
        "parameters_hash": super::words::hash(&view.call),
        "capability_token_ref": or_own(view.grant.map(|grant| json!(grant)), &None),
        "liability_binding_ref": or_own(said(&["liability_binding_ref", "liability_binding"]), &own.liability),
        "decision_ref": or_own(said(&["decision_ref", "decision_record"]), &own.decision),
        "policy_decision_ref": or_own(said(&["policy_decision_ref", "policy_decision"]), &None),
        "approval_ref": view.approval,
        "commerce_session_ref": said(&["commerce_session_ref"]),
        "payment_ref": said(&["payment_ref"]),
        "receipt_ref": view.receipt,
        "governance_attestations": attestations,
        "status": status(view),
        "result": view.result,
        "created_at": view.started_at,
    })
}

/// An action as an operation to wait for.
pub fn operation(view: &ActionView, base_url: &str) -> Value {
    let status = match view.state {
        ActionState::Done => "completed",
        ActionState::Failed | ActionState::OutcomeUnknown => "failed",
        ActionState::Claimed => "running",
        ActionState::Started => "pending",
    };
    json!({
        "operation_id": view.id,
        "status": status,
        "created_at": view.started_at,
        "updated_at": view.ended_at.unwrap_or(view.started_at),
        "status_url": format!("{base_url}/agp/operations/{}", view.id),
        "callback_url": view.callback_url,
        "action_envelope_ref": view.id,
        "result_ref": view.receipt,
    })
}

/// A receipt. One of the open sandbox says that nobody was authenticated.
pub fn receipt(view: &ActionView, signed: Option<&ActionReceipt>, open: bool) -> Value {
    let digest = view.result.as_ref().and_then(|result| result.get("result_hash")).cloned();
    let external = view.result.as_ref().and_then(|result| result.get("external_ref")).cloned();
    let mut told = json!({
        "type": "ExecutionReceipt",
        "receipt_id": view.receipt,
        "action_ref": view.id,
        "task_id": view.task,
        "executed_at": view.ended_at.unwrap_or(view.started_at),
        "executor_id": view.caller,
        "outcome": status(view),
        "result_hash": digest,
        "external_ref": external,
    });
    if let Some(signed) = signed {
        told["jws"] = signed.jws.as_str().into();
    }
    if open {
        told["unauthenticated"] = true.into();
    }
    told
}

/// The native receipt that an executor posts.
pub fn post_receipt(body: &Map<String, Value>) -> Result<ReceiptPost, Invalid> {
    let body = Body(body);
    let missing = || Invalid::new(Code::MissingField, "action_ref", "is required");
    let action: ActionId = body.id(&["action_ref", "action_id"])?.ok_or_else(missing)?;
    let outcome = match body.need(&["outcome"])? {
        "accepted" | "completed" | "executed" | "succeeded" | "success" | "done" => Ending::Done,
        "rejected" | "refused" | "declined" | "denied" | "failed" => Ending::Refused,
        "not_sent" | "skipped" => Ending::NotSent,
        _ => {
            let detail = "completed, failed or not_sent";
            return Err(Invalid::new(Code::InvalidField, "outcome", detail));
        }
    };
    let mut result = Map::new();
    for name in ["result", "result_hash", "external_ref"] {
        if let Some(value) = body.0.get(name).filter(|value| !value.is_null()) {
            result.insert(name.to_owned(), value.clone());
        }
    }
    let result = (!result.is_empty()).then_some(Value::Object(result));
    Ok(ReceiptPost { action, outcome, status: None, result })
}

#[cfg(test)]
mod tests {
    use super::*;

    const TASK: &str = "tsk_01KAJ5Z0Q8Z0E6X3T9V4M2C7RD";

    fn read(body: Value) -> Result<Wanted, Invalid> {
        Wanted::read(body.as_object().unwrap())
    }

    fn called(body: Value, decided: Option<&str>) -> Result<Value, Invalid> {
        let call = read(body)?.call.native(decided)?;
        Ok(serde_json::to_value(call).unwrap())
    }

    #[test]
    fn both_spellings_mean_the_same() {
        let seed = json!({ "task_id": TASK, "action": {
            "type": "tool_call", "tool": "approve_payment", "params": { "amount_usd": 125_000 } } });
        let package = json!({ "task_id": TASK, "tool_id": "approve_payment",
            "operation": { "amount_usd": 125_000 } });
        let pages = json!({ "task_id": TASK, "tool_id": "approve_payment", "operation": "pay" });
        let expected = json!({ "type": "tool_call", "tool": "approve_payment",
            "params": { "amount_usd": 125_000 } });
        assert_eq!(called(seed, None).unwrap(), expected);
        assert_eq!(called(package, None).unwrap(), expected);
        assert_eq!(called(pages, None).unwrap()["params"], json!({ "operation": "pay" }));
    }

    #[test]
    fn a_tool_of_another_name_is_a_parameter_of_what_was_decided() {
        let body = json!({ "task_id": TASK, "tool_id": "nlp-tool", "operation": { "text": "x" } });
        assert!(!read(body.clone()).unwrap().call.is_plain());
        assert!(called(body.clone(), None).is_err());
        assert!(called(body.clone(), Some("Analyse!")).is_err());
        let native = called(body, Some("analyse")).unwrap();
        assert_eq!(
            native,
            json!({ "type": "tool_call", "tool": "analyse",
            "params": { "tool_id": "nlp-tool", "operation": { "text": "x" } } })
        );
    }

    #[test]
    fn what_is_incomplete_or_blocked_is_refused() {
        for bad in [
            json!({}),
            json!({ "task_id": "task", "tool_id": "pay" }),
            json!({ "task_id": TASK }),
            json!({ "task_id": TASK, "action": {} }),
            json!({ "task_id": TASK, "action": { "tool": "pay", "type": "magic" } }),
            json!({ "task_id": TASK, "tool_id": "pay", "operation": 7 }),
            json!({ "task_id": TASK, "tool_id": "pay", "capability_token": "cap" }),
            json!({ "task_id": TASK, "tool_id": "pay", "approval_ref": "apr" }),
        ] {
            assert!(read(bad.clone()).is_err(), "{bad}");
        }
        let attested = |verdict: &str| {
            json!({ "task_id": TASK, "tool_id": "pay",
            "governance_attestations": [{ "agent_role": "executive", "verdict": verdict }] })
        };
        assert!(read(attested("cleared")).is_ok());
        assert_eq!(read(attested("blocked")).unwrap_err().rejection.code, Code::AttestationBlocked);
    }

    #[test]
    fn states_are_told_in_the_protocols_words() {
        for (state, expected, operation_status) in [
            (ActionState::Started, "accepted", "pending"),
            (ActionState::Claimed, "executing", "running"),
            (ActionState::Done, "completed", "completed"),
            (ActionState::Failed, "failed", "failed"),
            (ActionState::OutcomeUnknown, "outcome_unknown", "failed"),
        ] {
            let digits = "01KAJ5Z0Q8Z0E6X3T9V4M2C7RD";
            let view: ActionView = serde_json::from_value(json!({
                "id": format!("act_{digits}"), "task": TASK, "caller": format!("agt_{digits}"),
                "tool": "pay", "call": "47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU",
                "executor": "external", "state": state, "receipt": format!("rcp_{digits}"),
                "started_at": "2026-01-15T09:00:00.000Z", "seq": 1,
            }))
            .unwrap();
            let told =
                envelope(&view, &Own { decision: Some("dec_1".to_owned()), ..Own::default() });
            assert_eq!((&told["status"], &told["tool_id"]), (&json!(expected), &json!("pay")));
            assert_eq!(told["decision_ref"], "dec_1");
            let told = operation(&view, "http://n");
            assert_eq!(told["status"], operation_status);
            assert_eq!(told["status_url"], format!("http://n/agp/operations/act_{digits}"));
            assert_eq!(receipt(&view, None, true)["unauthenticated"], true);
        }
    }

    #[test]
    fn receipts_are_posted_in_the_protocols_words() {
        let post = |outcome: &str| {
            let body = json!({ "action_ref": "act_01KAJ5Z0Q8Z0E6X3T9V4M2C7RD", "outcome": outcome, "external_ref": "e" });
            post_receipt(body.as_object().unwrap())
        };
        assert_eq!(post("completed").unwrap().outcome, Ending::Done);
        assert_eq!(post("failed").unwrap().outcome, Ending::Refused);
        assert_eq!(post("not_sent").unwrap().result, Some(json!({ "external_ref": "e" })));
        assert!(post("who knows").is_err());
        assert!(post_receipt(json!({ "outcome": "done" }).as_object().unwrap()).is_err());
    }
}
