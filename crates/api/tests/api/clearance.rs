//! Declared tasks over HTTP: declaring, artifacts, approvals, escalations, and operations that wait.

use hansa_crypto::hash::{label, sha256};
use hansa_kernel::{Auth, Caller, Command, Request, policy};
use hansa_node::writer::Job;
use hansa_types::{Amount, Code, Duration, PolicySetId};
use serde_json::{Value, json};

use crate::harness::{Actor, Ask, Town};

async fn post(town: &Town, by: &Actor, path: &str, body: Value) -> Value {
    town.ask(Ask::post(path, body).by(by)).await.accepted()
}

async fn get(town: &Town, by: &Actor, path: &str) -> Value {
    town.ask(Ask::get(path).by(by)).await.accepted()
}

async fn refused(town: &Town, by: &Actor, path: &str, body: Value, code: Code) {
    town.ask(Ask::post(path, body).by(by)).await.refused(code);
}

/// The owner, an agent, two other agents in offices, and the agent's task.
async fn governed() -> (Town, Actor, Actor, [Actor; 2], String) {
    let (town, owner) = Town::owned().await;
    let alice = town.agent(&owner, "alice").await;
    let (ben, cleo) = (town.agent(&owner, "ben").await, town.agent(&owner, "cleo").await);
    for (who, role) in [(&ben, "compliance_monitor"), (&cleo, "executive")] {
        let role = json!({ "principal": who.id, "role": role });
        post(&town, &owner, "/api/v1/roles", role).await;
    }
    let declared = json!({
        "requested_outcome": "Approve $125k payment to Acme Corp",
        "risk_tier": "high",
        "jurisdictions": ["US"],
        "frameworks": ["sox"],
    });
    let task = post(&town, &alice, "/api/v1/tasks", declared).await;
    let id = task["id"].as_str().unwrap().to_owned();
    assert_eq!((&task["clearance"], &task["agp_state"]), (&json!("created"), &json!("CREATED")));
    (town, owner, alice, [ben, cleo], id)
}

fn call(amount: u32) -> Value {
    json!({ "type": "tool_call", "tool": "approve_payment", "params": { "amount_usd": amount } })
}

#[tokio::test]
async fn a_task_is_declared_bound_and_decided_with_its_texts_in_the_vault() {
    let (town, _, alice, [ben, _], task) = governed().await;
    let at = |tail: &str| format!("/api/v1/tasks/{task}/{tail}");
    let bound =
        post(&town, &alice, &at("liability-bindings"), json!({ "jurisdiction": "US" })).await;
    assert_eq!(bound["kind"], "liability_binding");
    let context = json!({ "source_type": "external", "trust_class": "trusted_policy" });
    let context = post(&town, &alice, &at("contexts"), context).await;
    assert_eq!(context["record"]["trust"], "untrusted");
    let impact = json!({
        "time_horizons": [{ "horizon": "immediate", "severity": "low" }],
        "stakeholders": [{ "stakeholder": "counterparty", "harmed": false, "magnitude": 10 }],
        "recommendation": "proceed",
    });
    let assessed = post(&town, &alice, &at("impact-assessments"), impact).await;
    assert_eq!(assessed["record"]["findings"]["outcome"], "proceed");
    let decision = json!({
        "selected_action": "pay the invoice",
        "action_class": "transact",
        "rationale": "it is due",
    });
    let decided = post(&town, &alice, &at("decisions"), decision).await;
    assert_eq!(decided["document"]["rationale"], "it is due");
    assert!(!decided["record"].to_string().contains("due"));
    let listed = get(&town, &ben, &at("artifacts")).await;
    assert_eq!(listed["data"].as_array().unwrap().len(), 4);
    let one = format!("/api/v1/artifacts/{}", decided["id"].as_str().unwrap());
    assert_eq!(get(&town, &ben, &one).await, decided);
    let rationale = json!({ "rationale": "I have seen the invoice" });
    let promote = at(&format!("contexts/{}/promote", context["id"].as_str().unwrap()));
    refused(&town, &alice, &promote, rationale.clone(), Code::RoleRequired).await;
    refused(&town, &alice, &at("move"), json!({ "to": "executing" }), Code::TransitionRefused)
        .await;
    let task = post(&town, &alice, &at("move"), json!({ "to": "failed" })).await;
    assert_eq!(
        (&task["agp_state"], &task["a2a_state"]),
        (&json!("FAILED"), &json!("TASK_STATE_FAILED"))
    );
    refused(&town, &alice, &at("liability-bindings"), json!({}), Code::TaskState).await;
    town.stop().await;
}

#[tokio::test]
async fn an_approval_is_for_one_call_and_not_for_ones_own() {
    let (town, owner, alice, [ben, cleo], task) = governed().await;
    let ask = json!({ "call": call(125_000), "mode": "dual", "expires_in_s": 3600 });
    let asked = post(&town, &alice, &format!("/api/v1/tasks/{task}/approval-requests"), ask).await;
    let request = format!("/api/v1/approvals/{}", asked["id"].as_str().unwrap());
    let decide = format!("{request}/decide");
    let yes = json!({ "decision": "approved", "notes": "seen" });
    refused(&town, &alice, &decide, yes.clone(), Code::OwnAct).await;
    refused(&town, &owner, &decide, yes.clone(), Code::RoleRequired).await;
    let other = json!({ "decision": "approved", "call_digest": "47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU" });
    refused(&town, &ben, &decide, other, Code::ApprovalMismatch).await;
    let one = post(&town, &ben, &decide, yes.clone()).await;
    assert_eq!(
        (&one["state"], &one["approvals"][0]["role"]),
        (&json!("pending"), &json!("compliance_monitor"))
    );
    // Both agents are the owner's: one person does not speak twice.
    refused(&town, &cleo, &decide, yes, Code::ApprovalDecided).await;
    let seen = get(&town, &alice, &request).await;
    assert_eq!(seen["call"]["params"]["amount_usd"], 125_000);
    let listed = get(&town, &ben, "/api/v1/approvals?state=pending").await;
    assert_eq!(listed["data"][0]["id"], asked["id"]);
    town.clock.advance(Duration::hours(1));
    let late = json!({ "decision": "approved" });
    let reply = town.ask(Ask::post(decide, late).by(&cleo)).await;
    assert!(["approval_expired", "approval_decided"].contains(&reply.code().as_str()));
    town.stop().await;
}

#[tokio::test]
async fn a_concern_stops_the_task_and_neither_side_lifts_it() {
    let (town, owner, alice, [ben, _], task) = governed().await;
    let raise = json!({
        "concern_type": "fraud",
        "description": "the vendor does not exist",
        "requested_action": "quarantine",
    });
    let raised = post(&town, &ben, &format!("/api/v1/tasks/{task}/escalations"), raise).await;
    let resolve = format!("/api/v1/escalations/{}/resolve", raised["id"].as_str().unwrap());
    let shown = get(&town, &alice, "/api/v1/escalations").await;
    assert_eq!(shown["data"][0]["description"], "the vendor does not exist");
    let path = format!("/api/v1/tasks/{task}/liability-bindings");
    refused(&town, &alice, &path, json!({}), Code::TaskHeld).await;
    let lift = json!({ "outcome": "dismissed", "notes": "it does" });
    refused(&town, &alice, &resolve, lift.clone(), Code::RoleRequired).await;
    refused(&town, &ben, &resolve, lift.clone(), Code::OwnAct).await;
    refused(&town, &owner, &resolve, lift.clone(), Code::RoleRequired).await;
    let monitor = json!({ "principal": owner.id, "role": "compliance_monitor" });
    post(&town, &owner, "/api/v1/roles", monitor).await;
    let reply = town.ask(Ask::post(resolve, lift).by(&owner)).await;
    assert!(["own_act", "role_required"].contains(&reply.code().as_str()));
    town.stop().await;
}

#[tokio::test]
async fn roles_and_deputies_are_on_record() {
    let (town, owner, alice, [ben, cleo], _) = governed().await;
    let listed = get(&town, &alice, "/api/v1/roles").await;
    assert_eq!(listed["data"].as_array().unwrap().len(), 2);
    let away = json!({ "deputy": cleo.id, "for_s": 60 });
    let absence = post(&town, &ben, "/api/v1/absence", away.clone()).await;
    assert_eq!(absence["deputy"], json!(cleo.id));
    refused(&town, &alice, "/api/v1/absence", away, Code::RoleRequired).await;
    let withdraw = json!({ "principal": ben.id, "role": "compliance_monitor" });
    let withdrawn = post(&town, &owner, "/api/v1/roles/withdraw", withdraw.clone()).await;
    assert_eq!(withdrawn["active"], false);
    refused(&town, &owner, "/api/v1/roles/withdraw", withdraw, Code::NotFound).await;
    let skill =
        json!({ "name": "payer", "version": "1.0.0", "skill_class": "tool", "risk_class": "low" });
    let skill = post(&town, &alice, "/api/v1/skills", skill).await;
    let one = format!("/api/v1/artifacts/{}", skill["id"].as_str().unwrap());
    assert_eq!(get(&town, &ben, &one).await["document"]["name"], "payer");
    town.stop().await;
}

/// A policy that lets transfers of up to 10 pass, and of up to 500 when they are approved.
async fn with_policy(town: &Town) {
    let machine = |command| Job {
        request: Request::new(Caller { principal: None, auth: Auth::Machine }, command, None),
        vault: Vec::new(),
    };
    let id = PolicySetId::new(town.node.now().0, 7);
    let bound = policy::Bound {
        action: "transfer_create".parse().unwrap(),
        currency: "AVT".parse().unwrap(),
        allow_up_to: Amount(10_000_000),
        approve_up_to: Amount(500_000_000),
    };
    let create = policy::Create {
        id,
        name: label("payments"),
        rules: sha256(b"rules"),
        document: sha256(b"document"),
        engine: policy::Engine::Rego,
        mode: policy::Mode::Enforce,
        scope: policy::Scope {
            actions: vec!["transfer_create".parse().unwrap()],
            ..policy::Scope::default()
        },
        bounds: vec![bound],
    };
    town.node.submit(machine(Command::PolicySetCreate(create))).await.unwrap();
    let activate = policy::Activate { id };
    town.node.submit(machine(Command::PolicySetActivate(activate))).await.unwrap();
}

#[tokio::test]
async fn an_operation_that_needs_approval_waits_and_completes() {
    let (town, owner, alice, [ben, _], _) = governed().await;
    with_policy(&town).await;
    let pay = |amount: &str| json!({ "to": ben.id, "amount": amount });
    let small = town.ask(Ask::post("/api/v1/transfers", pay("10")).by(&alice)).await;
    assert_eq!(small.status, 201);
    let ask = || Ask::post("/api/v1/transfers", pay("100")).by(&alice).key("pay-once");
    let waits = town.ask(ask()).await;
    assert_eq!(waits.status, 202, "{}", waits.json());
    let task = waits.json();
    assert_eq!(
        (&task["parked"], &task["clearance"]),
        (&json!("transfer_create"), &json!("approval_pending"))
    );
    assert_eq!(town.ask(ask()).await.json()["id"], task["id"]);
    let request = task["approval_requests"][0].as_str().unwrap();
    let decide = format!("/api/v1/approvals/{request}/decide");
    let yes = json!({ "decision": "approved" });
    refused(&town, &alice, &decide, yes.clone(), Code::OwnAct).await;
    post(&town, &ben, &decide, yes.clone()).await;
    let path = format!("/api/v1/tasks/{}", task["id"].as_str().unwrap());
    let done = get(&town, &alice, &path).await;
    assert_eq!(done["clearance"], "completed", "{done}");
    let transfer = format!("/api/v1/transfers/{}", done["result"].as_str().unwrap());
    assert_eq!(get(&town, &alice, &transfer).await["amount"], "100");
    let listed = get(&town, &alice, "/api/v1/tasks?declared=true").await;
    let listed = listed["data"].as_array().unwrap();
    assert!(listed.iter().any(|other| other["id"] == task["id"]));

    // What was taken back meanwhile still stops it, and the task says why.
    let task = town.ask(Ask::post("/api/v1/transfers", pay("200")).by(&alice)).await.json();
    let suspend = format!("/api/v1/agents/{}/suspend", alice.id);
    post(&town, &owner, &suspend, json!({})).await;
    let request = task["approval_requests"][0].as_str().unwrap();
    post(&town, &ben, &format!("/api/v1/approvals/{request}/decide"), yes).await;
    let path = format!("/api/v1/tasks/{}", task["id"].as_str().unwrap());
    let failed = get(&town, &owner, &path).await;
    assert_eq!(
        (&failed["clearance"], &failed["refusal"]),
        (&json!("failed"), &json!("principal_suspended"))
    );
    town.stop().await;
}
