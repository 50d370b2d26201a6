//! What changes the node itself: once somebody else has an office, nobody makes or destroys money, replaces a
//! key or has policy decide of that alone, without any policy set.

use hansa_crypto::SigningKey;
use hansa_crypto::secret::token_digest;
use hansa_types::Code;
use hansa_wire::proof::KeyProof;
use serde_json::{Value, json};

use crate::auth::postbox_town;
use crate::harness::{Actor, Ask, Reply, Town};
use crate::step_up::monitor;

/// The set as it comes with the source.
fn bundled() -> Value {
    let read = |text: &str| serde_json::from_str::<Value>(text).unwrap();
    let mut set = read(include_str!("../../../../policies/consequential/policy.json"));
    set["data"] = read(include_str!("../../../../policies/consequential/data.json"));
    let rules = include_str!("../../../../policies/consequential/policy.rego");
    set["modules"] = json!({ "policy.rego": rules });
    set
}

struct World {
    town: Town,
    owner: Actor,
    alice: Actor,
    dora: String,
    dora_id: String,
}

impl World {
    async fn new() -> Self {
        let (mut town, postbox) = postbox_town().await;
        let owner = town.set_up().await;
        let alice = town.agent(&owner, "alice").await;
        let alone = json!({ "to": owner.id, "amount": "3" });
        town.ask(Ask::post("/api/v1/mints", alone).by(&owner)).await.accepted();
        let dora = monitor(&town, &postbox, &owner).await;
        let roles = town.ask(Ask::get("/api/v1/roles").by(&owner)).await.accepted();
        let dora_id = roles["data"][0]["principal"].as_str().unwrap().to_owned();
        Self { town, owner, alice, dora, dora_id }
    }

    async fn post(&self, path: &str, body: Value) -> Reply {
        self.town.ask(Ask::post(path, body).by(&self.owner)).await
    }

    /// What the node says of its policy to whoever looks whether it is well.
    async fn told(&self) -> Value {
        let ready = self.town.ask(Ask::get("/readyz")).await.accepted();
        let checks = ready["checks"].as_array().unwrap();
        checks.iter().find(|check| check["name"] == "policy").unwrap()["detail"].clone()
    }

    async fn get(&self, path: String) -> Value {
        self.town.ask(Ask::get(path).by(&self.owner)).await.accepted()
    }

    /// The operation waits; its author cannot approve it, and Dora does. The task as it ends.
    async fn approved(&self, by: &Actor, reply: &Reply, operation: &str) -> Value {
        let task = reply.json();
        assert_eq!((reply.status, &task["parked"]), (202, &json!(operation)), "{task}");
        let request = task["approval_requests"][0].as_str().unwrap();
        let decide = format!("/api/v1/approvals/{request}/decide");
        let yes = json!({ "decision": "approved" });
        let own = self.town.ask(Ask::post(&*decide, yes.clone()).by(by)).await;
        own.refused(Code::OwnAct);
        self.town.ask(Ask::post(decide, yes).bearer(&self.dora)).await.accepted();
        let done = self.get(format!("/api/v1/tasks/{}", task["id"].as_str().unwrap())).await;
        assert_eq!(done["clearance"], "completed", "{done}");
        done
    }
}

#[tokio::test]
async fn money_is_made_and_destroyed_with_a_second_person() {
    let world = World::new().await;
    let (town, owner) = (&world.town, &world.owner);
    for (path, body, operation) in [
        ("/api/v1/mints", json!({ "to": owner.id, "amount": "5" }), "mint_create"),
        ("/api/v1/burns", json!({ "amount": "2" }), "burn_create"),
    ] {
        let dry = json!({ "dry_run": true, "to": body["to"], "amount": body["amount"] });
        let mut dry = dry.as_object().unwrap().clone();
        dry.retain(|_, value| !value.is_null());
        world.post(path, dry.into()).await.refused(Code::ApprovalRequired);
        let reply = town.ask(Ask::post(path, body.clone()).by(owner)).await;
        assert_eq!(reply.json()["parked_call"]["amount"], body["amount"], "who approves sees it");
        let done = world.approved(owner, &reply, operation).await;
        let moved = world.get(format!("/api/v1/transfers/{}", done["result"].as_str().unwrap()));
        assert_eq!(moved.await["amount"], body["amount"]);
    }
    world.town.stop().await;
}

#[tokio::test]
async fn a_key_is_replaced_with_a_second_person_and_never_by_one_that_nobody_would_be_shown() {
    let world = World::new().await;
    let (town, alice) = (&world.town, &world.alice);
    let path = format!("/api/v1/agents/{}/key", alice.id);
    // The node would make the key and show it now; who approves it is not who would be shown it.
    let made = town.ask(Ask::post(&*path, json!({})).by(alice)).await;
    made.refused(Code::ApprovalRequired);
    let next = SigningKey::from_seed([9; 32]);
    let ath = Some(token_digest(&alice.secret));
    let proof = KeyProof { aud: town.did(), iat: town.node.now().unix_seconds(), ath };
    let body = json!({ "public_key": next.public().to_multibase(), "proof": proof.sign(&next) });
    let did = || world.get(format!("/api/v1/agents/{}", alice.id));
    let reply = town.ask(Ask::post(path, body).by(alice)).await;
    assert_eq!(did().await["did"], json!(alice.did), "nothing happens before it is approved");
    world.approved(alice, &reply, "agent_key_rotate").await;
    assert_eq!(did().await["did"], json!(next.public().did_key()));
    world.town.stop().await;
}

#[tokio::test]
async fn a_refusal_of_today_does_not_wait_and_a_policy_evaluation_says_what_would() {
    let world = World::new().await;
    world
        .post("/api/v1/burns", json!({ "amount": "1000000000" }))
        .await
        .refused(Code::InsufficientFunds);
    let asked = json!({ "action": "mint_create", "amount": "5" });
    let said = world.post("/api/v1/policy-evaluations", asked).await.accepted();
    assert_eq!(
        (&said["verdict"], &said["matched_rules"]),
        (&json!("require_approval"), &json!(["consequential"]))
    );
    world.town.stop().await;
}

#[tokio::test]
async fn a_policy_set_takes_its_place_with_a_second_person() {
    let world = World::new().await;
    let set = world.post("/api/v1/policy-sets", bundled()).await.accepted();
    let set = set["id"].as_str().unwrap();
    let reply = world.post(&format!("/api/v1/policy-sets/{set}/activate"), json!({})).await;
    assert_eq!(reply.json()["parked_call"], json!({ "policy_set": set }));
    world.approved(&world.owner, &reply, "policy_set_activate").await;
    assert_eq!(world.get(format!("/api/v1/policy-sets/{set}")).await["status"], "active");
    let mint = |amount: &str| json!({ "to": world.owner.id, "amount": amount });
    assert_eq!(world.post("/api/v1/mints", mint("100")).await.status, 201);
    let reply = world.post("/api/v1/mints", mint("101")).await;
    world.approved(&world.owner, &reply, "mint_create").await;
    // Taking it away again is a change of policy, which takes two people by itself.
    let waits =
        world.post(&format!("/api/v1/policy-sets/{set}/mode"), json!({ "mode": "off" })).await;
    assert_eq!(waits.accepted()["pending"]["change"], "mode_off");
    world.town.stop().await;
}

#[tokio::test]
async fn who_would_have_to_approve_is_not_removed_to_be_free() {
    let world = World::new().await;
    assert_eq!(world.told().await, "no policy set is active");
    let role = json!({ "principal": world.dora_id, "role": "compliance_monitor" });
    world.post("/api/v1/roles/withdraw", role).await.accepted();
    let mint = json!({ "to": world.owner.id, "amount": "5" });
    let reply = world.post("/api/v1/mints", mint).await;
    assert_eq!((reply.status, &reply.json()["clearance"]), (202, &json!("approval_pending")));
    let told = world.told().await;
    assert!(told.as_str().unwrap().contains("nobody in office could approve them"), "{told}");
    let role = json!({ "principal": world.dora_id, "role": "executive" });
    world.post("/api/v1/roles", role).await.accepted();
    world.approved(&world.owner, &reply, "mint_create").await;
    world.town.stop().await;
}
