//! Policy over HTTP: from a draft to a verdict, and what takes two people.

use hansa_crypto::keys::SigningKey;
use hansa_crypto::secret::token_digest;
use hansa_kernel::grant::Action;
use hansa_kernel::{Auth, Caller, Command, Request, principal};
use hansa_node::writer::Job;
use hansa_types::{ApiKeyId, Code, PrincipalId};
use hansa_wire::amp::build;
use serde_json::{Value, json};

use crate::harness::{Actor, Ask, Reply, Town, object};

/// Rules that let pass what moves at most 100, and ask for an approval up to 500.
const RULES: &str = r#"
package hansa.policy
import rego.v1
default decision := {"verdict": "deny", "rules": ["nothing_says_so"]}
decision := {"verdict": "allow", "rules": ["small"]} if input.money.units <= 100
decision := {"verdict": "require_approval", "rules": ["large"], "obligations": ["dual_approval"]} if {
    input.money.units > 100
    input.money.units <= 500
}
"#;

/// A policy set as a request.
pub(super) fn set(name: &str, actions: &[&str]) -> Value {
    json!({ "name": name, "version": "1", "actions": actions, "modules": { "policy.rego": RULES } })
}

async fn act(town: &Town, actor: &Actor, set: &Value, act: &str, body: Value) -> Reply {
    let path = format!("/api/v1/policy-sets/{}/{act}", set["id"].as_str().unwrap());
    town.ask(Ask::post(path, body).by(actor)).await
}

async fn pay(town: &Town, from: &Actor, to: &Actor, amount: &str) -> Reply {
    let body = json!({ "to": to.id, "amount": amount });
    town.ask(Ask::post("/api/v1/transfers", body).by(from)).await
}

/// Another owner, made on the machine, by an API key.
async fn second_owner(town: &Town) -> String {
    let (id, secret) = (PrincipalId(77), "hansa_key_of_the_second_person");
    let submit = async |command| {
        let caller = Caller { principal: None, auth: Auth::Machine };
        let request = Request::new(caller, command, None);
        town.node.submit(Job { request, vault: Vec::new() }).await.unwrap();
    };
    let key = SigningKey::from_seed([77; 32]).public();
    submit(Command::OwnerCreate(principal::CreateOwner { id, key })).await;
    let create = principal::CreateApiKey {
        id: ApiKeyId(77),
        principal: id,
        secret: token_digest(secret),
        actions: vec![Action::everything()],
        expires: None,
    };
    submit(Command::ApiKeyCreate(create)).await;
    secret.to_owned()
}

#[tokio::test]
async fn a_draft_decides_nothing_and_an_active_set_does() {
    let (town, owner) = Town::owned().await;
    let (alice, bob) = (town.agent(&owner, "alice").await, town.agent(&owner, "bob").await);
    let mut wanted = set("payments", &["transfer_create"]);
    wanted["bounds"] = json!([{ "action": "transfer_create", "currency": "AVT",
                                "allow_up_to": "10", "approve_up_to": "20" }]);
    wanted["jurisdictions"] = json!(["EU"]);
    let made = town.ask(Ask::post("/api/v1/policy-sets", wanted).by(&owner)).await.accepted();
    assert_eq!((&made["status"], &made["mode"]), (&json!("draft"), &json!("enforce")));
    assert_eq!(made["bounds"][0]["approve_up_to"], "20");
    assert_eq!(made["modules"]["policy.rego"], RULES);
    pay(&town, &alice, &bob, "600").await.accepted();
    act(&town, &alice, &made, "activate", json!({})).await.refused(Code::Forbidden);
    let active = act(&town, &owner, &made, "activate", json!({})).await.accepted();
    assert_eq!(active["status"], "active");
    pay(&town, &alice, &bob, "10").await.accepted();
    let waiting = pay(&town, &alice, &bob, "11").await.accepted();
    assert_eq!(waiting["parked"], "transfer_create");
    pay(&town, &alice, &bob, "100").await.accepted();
    let waiting = pay(&town, &alice, &bob, "101").await.accepted();
    assert_eq!(waiting["parked"], "transfer_create");
    pay(&town, &alice, &bob, "501").await.refused(Code::PolicyDenied);
    // A trial answers what the command itself would.
    for (amount, code) in [("600", Code::PolicyDenied), ("300", Code::ApprovalRequired)] {
        let trial = json!({ "to": bob.id, "amount": amount, "dry_run": true });
        town.ask(Ask::post("/api/v1/transfers", trial).by(&alice)).await.refused(code);
    }
    let trial = json!({ "to": bob.id, "amount": "50", "dry_run": true });
    town.ask(Ask::post("/api/v1/transfers", trial).by(&alice)).await.accepted();
    let listed =
        town.ask(Ask::get("/api/v1/policy-sets?status=active").by(&alice)).await.accepted();
    assert_eq!(listed["data"][0]["id"], made["id"]);
    assert_eq!(listed["data"][0]["modules"], Value::Null);
    town.stop().await;
}

#[tokio::test]
async fn a_repeated_request_finds_its_first_answer() {
    let (town, owner) = Town::owned().await;
    let (alice, bob) = (town.agent(&owner, "alice").await, town.agent(&owner, "bob").await);
    let made = set("payments", &["transfer_create"]);
    let made = town.ask(Ask::post("/api/v1/policy-sets", made).by(&owner)).await.accepted();
    act(&town, &owner, &made, "activate", json!({})).await.accepted();
    let body = json!({ "to": bob.id, "amount": "50" });
    let ask = || Ask::post("/api/v1/transfers", body.clone()).by(&alice).key("one");
    let (first, again) = (town.ask(ask()).await.accepted(), town.ask(ask()).await.accepted());
    assert_eq!(first["id"], again["id"]);
    town.stop().await;
}

#[tokio::test]
async fn rules_that_do_not_compile_are_told_where() {
    let (town, owner) = Town::owned().await;
    for rules in [
        "package hansa.policy\nx :=",
        "package other\nx := 1",
        "package hansa.policy\nimport rego.v1\ndecision := numbers.range(1, 2)",
    ] {
        let mut bad = set("payments", &["*"]);
        bad["modules"]["policy.rego"] = json!(rules);
        let refused = town.ask(Ask::post("/api/v1/policy-sets", bad).by(&owner)).await;
        refused.refused(Code::PolicyInvalid);
    }
    town.stop().await;
}

#[tokio::test]
async fn less_than_before_takes_two_people_and_shows() {
    let (town, owner) = Town::owned().await;
    let (alice, bob) = (town.agent(&owner, "alice").await, town.agent(&owner, "bob").await);
    let second = second_owner(&town).await;
    let policy = async || {
        let ready = town.ask(Ask::get("/readyz")).await.accepted();
        ready["checks"].as_array().unwrap().iter().find(|c| c["name"] == "policy").unwrap().clone()
    };
    let told = policy().await;
    assert_eq!(
        told["detail"],
        "no policy set is active; mints, burns and key rotations wait for nobody"
    );
    let made = set("payments", &["transfer_create"]);
    let made = town.ask(Ask::post("/api/v1/policy-sets", made).by(&owner)).await.accepted();
    act(&town, &owner, &made, "activate", json!({})).await.accepted();
    assert_eq!(policy().await["detail"], "mints, burns and key rotations wait for nobody");
    let shadow = json!({ "mode": "shadow" });
    let waits = act(&town, &owner, &made, "mode", shadow.clone()).await.accepted();
    assert_eq!(
        (&waits["mode"], &waits["pending"]["change"]),
        (&json!("enforce"), &json!("mode_shadow"))
    );
    assert_eq!(waits["pending"]["requested_by"], json!(owner.id));
    act(&town, &owner, &made, "mode", shadow.clone()).await.refused(Code::SecondPersonRequired);
    pay(&town, &alice, &bob, "600").await.refused(Code::PolicyDenied);
    let path = format!("/api/v1/policy-sets/{}/mode", made["id"].as_str().unwrap());
    let done = town.ask(Ask::post(path, shadow).bearer(&second)).await.accepted();
    assert_eq!((&done["mode"], &done["pending"]), (&json!("shadow"), &Value::Null));
    pay(&town, &alice, &bob, "600").await.accepted();
    assert!(policy().await["detail"].as_str().unwrap().contains("is shadow"));
    let differs = town.ask(Ask::get("/api/v1/policy-differences").by(&owner)).await.accepted();
    assert_eq!(differs["data"][0]["enforced"], "allow");
    assert_eq!(
        differs["data"][0]["shadow"],
        json!([{ "policy_set": made["id"], "verdict": "deny" }])
    );
    let metrics = town.ask(Ask::get("/metrics")).await;
    assert!(
        String::from_utf8_lossy(&metrics.body).contains("hansa_policy_shadow_differences_total")
    );
    town.stop().await;
}

#[tokio::test]
async fn what_counts_less_shows_in_the_receipt_of_an_act() {
    let (town, owner) = Town::owned().await;
    let alice = town.agent(&owner, "alice").await;
    let post = async |by: &Actor, path: &str, body: Value| {
        town.ask(Ask::post(path, body).by(by)).await.accepted()
    };
    let mut made = Vec::new();
    for mode in ["shadow", "off"] {
        let mut wanted = set(mode, &["pay"]);
        wanted["mode"] = json!(mode);
        let weak = post(&owner, "/api/v1/policy-sets", wanted).await;
        act(&town, &owner, &weak, "activate", json!({})).await.accepted();
        made.push(weak["id"].clone());
    }
    let declared = json!({ "requested_outcome": "pay", "risk_tier": "low" });
    let task = post(&alice, "/api/v1/tasks", declared).await["id"].clone();
    post(&alice, "/api/v1/policy-evaluations", json!({ "task": task })).await;
    let grant = json!({ "holder": alice.id, "actions": ["pay"], "expires_in_s": 60 });
    let grant = post(&alice, "/api/v1/grants", grant).await["id"].clone();
    let call = json!({ "type": "tool_call", "tool": "pay", "params": {} });
    let done = json!({ "task": task, "grant": grant, "action": call });
    let done = post(&alice, "/api/v1/actions", done).await;
    let path = format!("/api/v1/receipts/{}", done["receipt"].as_str().unwrap());
    let receipt = town.ask(Ask::get(path).by(&alice)).await.accepted();
    let said = receipt["claims"]["policy"]["sets"].as_array().unwrap();
    let shown: Vec<_> = said.iter().map(|said| (&said["set"], &said["mode"])).collect();
    assert_eq!(shown, [(&made[0], &json!("shadow")), (&made[1], &json!("off"))]);
    assert_eq!(receipt["claims"]["policy"]["verdict"], "allow");
    town.stop().await;
}

#[tokio::test]
async fn a_signed_envelope_puts_rules_in_force_while_the_node_runs() {
    let (town, owner) = Town::owned().await;
    let (alice, bob) = (town.agent(&owner, "alice").await, town.agent(&owner, "bob").await);
    let made = set("payments", &["transfer_create"]);
    let made = town.ask(Ask::post("/api/v1/policy-sets", made).by(&owner)).await.accepted();
    pay(&town, &alice, &bob, "600").await.accepted();
    let wanted = object(json!({ "policy_set": made["id"] }));
    let header = || owner.header(town.did(), None);
    let unsigned = build::operation_by_id(header(), "policy_set_activate", wanted.clone());
    let mut forged = owner.sign(unsigned);
    forged["intent"]["params"]["policy_set"] = json!("pol_00000000000000000000000000");
    town.submit(&forged).await.refused(Code::SignatureInvalid);
    pay(&town, &alice, &bob, "1").await.accepted();
    let signed = owner.sign(build::operation_by_id(header(), "policy_set_activate", wanted));
    town.submit(&signed).await.accepted();
    pay(&town, &alice, &bob, "501").await.refused(Code::PolicyDenied);
    pay(&town, &alice, &bob, "100").await.accepted();
    let listed = town.ask(Ask::get("/api/v1/journal/export").by(&owner)).await;
    let text = String::from_utf8(listed.body).unwrap();
    let line = text.lines().find(|line| line.contains("policy_set.activated")).unwrap();
    assert!(line.contains("\"method\":\"envelope\"") && line.contains("\"signature\""), "{line}");
    town.stop().await;
}

#[tokio::test]
async fn an_evaluation_is_recorded_and_no_leave_to_act() {
    let (town, owner) = Town::owned().await;
    let (alice, bob) = (town.agent(&owner, "alice").await, town.agent(&owner, "bob").await);
    let made = set("payments", &["approve_payment"]);
    let made = town.ask(Ask::post("/api/v1/policy-sets", made).by(&owner)).await.accepted();
    let ask = |body: Value| town.ask(Ask::post("/api/v1/policy-evaluations", body).by(&alice));
    let named = json!({ "policy_set": made["id"], "action": "approve_payment", "amount": "200" });
    ask(named.clone()).await.refused(Code::PolicySetState);
    act(&town, &owner, &made, "activate", json!({})).await.accepted();
    let said = ask(named).await.accepted();
    assert_eq!(
        (&said["verdict"], &said["matched_rules"]),
        (&json!("require_approval"), &json!(["large"]))
    );
    assert_eq!(said["obligations"], json!(["dual_approval"]));
    assert_eq!(said["policy_sets"][0]["policy_set"], made["id"]);
    let nobody = ask(json!({ "action": "something_else", "amount": "200" })).await.accepted();
    assert_eq!((&nobody["verdict"], &nobody["policy_sets"]), (&json!("allow"), &json!([])));
    ask(json!({ "policy_set": "pol_00000000000000000000000000" })).await.refused(Code::NotFound);
    let other = json!({ "action": "approve_payment", "amount": "5", "counterparty": bob.id,
                        "counterparty_name": "Bob", "parameters": { "invoice": 7 } });
    assert_eq!(ask(other).await.accepted()["verdict"], "allow");
    town.stop().await;
}

#[tokio::test]
async fn a_dead_judge_denies_over_http_too() {
    let (town, owner) = Town::owned().await;
    let (alice, bob) = (town.agent(&owner, "alice").await, town.agent(&owner, "bob").await);
    let made = set("payments", &["transfer_create"]);
    let made = town.ask(Ask::post("/api/v1/policy-sets", made).by(&owner)).await.accepted();
    act(&town, &owner, &made, "activate", json!({})).await.accepted();
    town.node.judge.stop();
    pay(&town, &alice, &bob, "1").await.refused(Code::PolicyEngineUnavailable);
    town.stop().await;
}
