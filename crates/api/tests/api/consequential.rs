//! What changes the node itself: under the bundled set nobody makes or destroys money, replaces a key or
//! weakens policy alone.

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
    set: String,
}

impl World {
    async fn new() -> Self {
        let (mut town, postbox) = postbox_town().await;
        let owner = town.set_up().await;
        let alice = town.agent(&owner, "alice").await;
        let dora = monitor(&town, &postbox, &owner).await;
        let made = town.ask(Ask::post("/api/v1/policy-sets", bundled()).by(&owner)).await;
        let set = made.accepted()["id"].as_str().unwrap().to_owned();
        let path = format!("/api/v1/policy-sets/{set}/activate");
        town.ask(Ask::post(path, json!({})).by(&owner)).await.accepted();
        Self { town, owner, alice, dora, set }
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
        let reply = town.ask(Ask::post(path, body.clone()).by(owner)).await;
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
async fn policy_is_weakened_with_an_approval_and_a_second_person_besides() {
    let world = World::new().await;
    let (town, owner) = (&world.town, &world.owner);
    let path = format!("/api/v1/policy-sets/{}/mode", world.set);
    let reply = town.ask(Ask::post(path, json!({ "mode": "shadow" })).by(owner)).await;
    world.approved(owner, &reply, "policy_set_mode_set").await;
    let set = world.get(format!("/api/v1/policy-sets/{}", world.set)).await;
    assert_eq!(
        (&set["mode"], &set["pending"]["change"]),
        (&json!("enforce"), &json!("mode_shadow"))
    );
    world.town.stop().await;
}
