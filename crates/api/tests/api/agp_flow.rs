//! A whole task in AGP's words, under every path by which its published variants know a step.

use hansa_wire::agp::Method;
use hansa_wire::agp::routes::find;
use serde_json::{Value, json};

use crate::harness::{Actor, Ask, Reply, Town};

const CALL: &str = "approve_payment";

/// A node where alice pays under what ben approves, and the variant of the protocol she speaks.
struct Stage {
    town: Town,
    alice: Actor,
    ben: Actor,
    variant: usize,
}

impl Stage {
    async fn new(variant: usize) -> Self {
        let (town, owner) = Town::owned().await;
        let (alice, ben) = (town.agent(&owner, "alice").await, town.agent(&owner, "ben").await);
        let role = json!({ "principal": ben.id, "role": "compliance_monitor" });
        town.ask(Ask::post("/api/v1/roles", role).by(&owner)).await.accepted();
        Self { town, alice, ben, variant }
    }

    /// The path of a step as this variant spells it.
    fn path(&self, route: &str, id: &str) -> String {
        let paths = find(route).unwrap().paths;
        paths[self.variant.min(paths.len() - 1)].replace("{id}", id)
    }

    async fn ask(&self, by: &Actor, route: &str, id: &str, body: Value) -> Reply {
        let method = match find(route).unwrap().method {
            Method::Get => "GET",
            Method::Post => "POST",
            Method::Patch => "PATCH",
        };
        let path = self.path(route, id);
        let asked = match body {
            Value::Null => Ask::get(path),
            body => Ask::new(method, path)
                .header("content-type", "application/json")
                .body(body.to_string()),
        };
        self.town.ask(asked.by(by)).await
    }

    async fn post(&self, route: &str, body: Value) -> Value {
        self.ask(&self.alice, route, "", body).await.accepted()
    }

    async fn get(&self, route: &str, id: &str) -> Value {
        self.ask(&self.alice, route, id, Value::Null).await.accepted()
    }

    #[track_caller]
    fn refused(reply: &Reply, status: u16, code: &str) {
        let body = reply.json();
        assert_eq!((reply.status, &body["error"]["code"]), (status, &json!(code)), "{body}");
    }

    async fn status(&self, task: &str) -> String {
        text(&self.get("task_get", task).await, "status")
    }

    /// A task with who answers for it, what was decided, and policy's wish for an approval.
    async fn prepared(&self) -> Prepared {
        let task = json!({ "principal_id": self.alice.id, "risk_tier": "low",
            "requested_outcome": "Pay Acme Corp", "created_at": "2026-01-15T09:00:00Z" });
        let task = text(&self.post("task_create", task).await, "task_id");
        let binding = json!({ "task_id": task, "sponsoring_entity": "Acme Corp", "risk_tier": "low",
            "accountable_owner": "cfo@acme.example", "jurisdiction": "US" });
        let bound = self.post("liability_binding_create", binding).await;
        assert_eq!(bound["accountable_owner"], "cfo@acme.example");
        let token = json!({ "subject_agent": self.alice.id, "issuer": self.alice.id,
            "principal_id": self.alice.id, "permitted_actions": [CALL] });
        let token = text(&self.post("capability_create", token).await, "capability_id");
        let moved = json!({ "status": "ANALYZING" });
        self.ask(&self.alice, "task_update", &task, moved).await.accepted();
        let decision = json!({ "task_id": task, "agent_id": self.alice.id, "selected_action": CALL,
            "rationale": "it is due", "uncertainty_score": 0.1 });
        let decision = text(&self.post("decision_create", decision).await, "decision_id");
        assert_eq!(self.status(&task).await, "DECIDED");
        let asked = json!({ "task_id": task, "decision_ref": decision,
            "verdict": "require_approval", "rationale": "it is much" });
        let said = self.post("policy_evaluation_create", asked).await;
        assert_eq!(said["verdict"], "require_approval", "what the client wants at least counts");
        assert_eq!(self.status(&task).await, "APPROVAL_PENDING");
        let policy = text(&said, "policy_evaluation_id");
        Prepared { task, token, decision, policy }
    }

    fn params() -> Value {
        json!({ "invoice": "2026-7" })
    }

    fn envelope(&self, of: &Prepared, approval: Option<&str>) -> Value {
        let mut envelope = match self.variant {
            0 => json!({ "task_id": of.task, "capability_token": of.token,
                "policy_decision": of.policy, "approval_artifact": approval,
                "action": { "type": "tool_call", "tool": CALL, "params": Self::params() } }),
            _ => json!({ "task_id": of.task, "agent_id": self.alice.id, "tool_id": CALL,
                "operation": Self::params(), "capability_token_ref": of.token,
                "decision_ref": of.decision, "policy_decision_ref": of.policy,
                "approval_ref": approval }),
        };
        if approval.is_none() {
            envelope.as_object_mut().unwrap().retain(|_, value| !value.is_null());
        }
        envelope
    }

    /// Ben approves the very call.
    async fn approved(&self, of: &Prepared) -> String {
        let call = json!({ "type": "tool_call", "tool": CALL, "params": Self::params() });
        let asked = json!({ "task_id": of.task, "decision_ref": of.decision, "action": call,
            "requested_approvers": ["compliance_monitor"], "approval_mode": "single" });
        // The operator lists no host that is called back.
        let mut told = asked.clone();
        told["callback_url"] = "https://alice.example/told".into();
        let told = self.ask(&self.alice, "approval_request_create", "", told).await;
        Self::refused(&told, 400, "AGP_INVALID_REQUEST");
        let reply = self.ask(&self.alice, "approval_request_create", "", asked).await;
        assert_eq!(reply.status, 202);
        let waits = reply.accepted();
        assert_eq!(waits["status"], "pending");
        let id = text(&waits, "operation_id");
        let early =
            self.ask(&self.alice, "action_envelope_create", "", self.envelope(of, Some(&id)));
        Self::refused(&early.await, 422, "AGP_APPROVAL_REQUIRED");
        let word = json!({ "task_id": of.task, "approver_id": self.ben.id, "decision": "approved",
            "approved_at": "2026-01-15T09:00:00Z", "notes": "seen" });
        let own = self.ask(&self.alice, "approval_create", "", word.clone()).await;
        Self::refused(&own, 403, "AGP_FORBIDDEN");
        let said = self.ask(&self.ben, "approval_create", "", word).await.accepted();
        assert_eq!(
            (&said["decision"], &said["approver_id"]),
            (&json!("approved"), &json!(self.ben.id))
        );
        assert_eq!(self.get("operation_get", &id).await["status"], "completed");
        assert_eq!(self.status(&of.task).await, "POLICY_CHECKED");
        id
    }
}

struct Prepared {
    task: String,
    token: String,
    decision: String,
    policy: String,
}

fn text(value: &Value, name: &str) -> String {
    value[name].as_str().unwrap_or_else(|| panic!("{name}: {value}")).to_owned()
}

/// The whole way to a receipt.
async fn paid(variant: usize) {
    let stage = Stage::new(variant).await;
    let of = stage.prepared().await;
    let approval = stage.approved(&of).await;
    let wanted = stage.envelope(&of, Some(&approval));
    let accepted = stage.post("action_envelope_create", wanted).await;
    let action = text(&accepted, "action_id");
    let question = json!({ "action_id": action, "agent_id": stage.alice.id, "tool_id": CALL });
    let permit = stage.ask(&stage.alice, "validate", "", question.clone()).await;
    assert_eq!((permit.status, permit.json()["decision"].as_str()), (200, Some("PERMIT")));
    let receipt = json!({ "action_ref": action, "task_id": of.task, "outcome": "completed",
        "executor_id": stage.alice.id, "executed_at": "2026-01-15T09:00:01Z" });
    let receipt = stage.post("receipt_create", receipt).await;
    assert_eq!((&receipt["outcome"], &receipt["task_id"]), (&json!("completed"), &json!(of.task)));
    let signed = stage.get("receipt_get", &text(&receipt, "receipt_id")).await;
    assert_eq!(signed["jws"].as_str().unwrap().split('.').count(), 3);
    assert_eq!(stage.status(&of.task).await, "COMPLETED");
    let deny = stage.ask(&stage.alice, "validate", "", question).await;
    assert_eq!((deny.status, deny.json()["decision"].as_str()), (403, Some("DENY")));
    recorded(&stage, &of, &action).await;
    stage.town.stop().await;
}

/// The task's ledger holds each step, chained, and says who approved.
async fn recorded(stage: &Stage, of: &Prepared, action: &str) {
    let replay = stage.get("task_replay", &of.task).await;
    assert_eq!(replay["replay_complete"], true);
    let events = replay["events"].as_array().unwrap();
    for pair in events.windows(2) {
        assert_eq!(pair[1]["prev_event_hash"], pair[0]["event_hash"]);
    }
    let outcomes: Vec<&str> = events.iter().filter_map(|event| event["outcome"].as_str()).collect();
    for step in ["initiated", "approval_requested", "approved", "accepted", "executed"] {
        assert!(outcomes.contains(&step), "{step}: {outcomes:?}");
    }
    let path = stage.path("ledger_event_list", "");
    let path = format!("{path}?task_id={}&action_id={action}", of.task);
    let listed = stage.town.ask(Ask::get(path).by(&stage.alice)).await.accepted();
    assert!(!listed["items"].as_array().unwrap().is_empty(), "{listed}");
}

#[tokio::test]
async fn a_payment_goes_through_by_the_landing_pages_paths() {
    paid(0).await;
}

#[tokio::test]
async fn a_payment_goes_through_by_the_packages_and_the_references_paths() {
    paid(1).await;
}

#[tokio::test]
async fn what_lacks_a_key_is_refused_in_the_protocols_words() {
    let stage = Stage::new(1).await;
    let of = stage.prepared().await;
    let submit =
        async |body: Value| stage.ask(&stage.alice, "action_envelope_create", "", body).await;
    Stage::refused(&submit(stage.envelope(&of, None)).await, 422, "AGP_APPROVAL_REQUIRED");
    let mut other = stage.envelope(&of, None);
    other["tool_id"] = "delete_everything".into();
    Stage::refused(&submit(other).await, 409, "AGP_SCOPE_VIOLATION");
    for (bad, status, code) in [
        (json!({ "tool_id": CALL }), 400, "AGP_INVALID_REQUEST"),
        (json!({ "task_id": "tsk_unknown", "tool_id": CALL }), 400, "AGP_INVALID_REQUEST"),
    ] {
        Stage::refused(&submit(bad).await, status, code);
    }
    let stranger =
        stage.ask(&stage.ben, "task_update", &of.task, json!({ "status": "FAILED" })).await;
    assert!(stranger.status >= 403, "{}", stranger.json());
    let done =
        stage.ask(&stage.alice, "task_update", &of.task, json!({ "status": "COMPLETED" })).await;
    Stage::refused(&done, 409, "AGP_CONFLICT");
    let silent = json!({ "task_id": of.task, "decision_ref": of.decision, "verdict": "deny" });
    let silent = stage.ask(&stage.alice, "policy_evaluation_create", "", silent).await;
    Stage::refused(&silent, 400, "AGP_INVALID_REQUEST");
    stage.town.stop().await;
}
