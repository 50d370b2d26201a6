//! API keys: what they cover, when they end, whose they are.

use hansa_types::{Code, Duration};
use serde_json::{Value, json};

use crate::harness::{Actor, Ask, Reply, Town, pay};

async fn make(town: &Town, actor: &Actor, body: Value) -> Value {
    town.ask(Ask::post("/api/v1/api-keys", body).by(actor)).await.accepted()
}

fn secret(key: &Value) -> &str {
    key["api_key"].as_str().unwrap()
}

async fn revoke(town: &Town, actor: &Actor, key: &Value) -> Reply {
    let path = format!("/api/v1/api-keys/{}", key["id"].as_str().unwrap());
    town.ask(Ask::new("DELETE", path).by(actor)).await
}

#[tokio::test]
async fn a_key_is_good_for_what_it_names_alone() {
    let (town, owner) = Town::owned().await;
    let (alice, bob) = (town.agent(&owner, "alice").await, town.agent(&owner, "bob").await);
    let key = make(&town, &alice, json!({ "actions": ["transfer_quote", "agent_*"] })).await;
    let before = town.seq();
    let get = |path: &str| Ask::get(path).bearer(secret(&key));
    town.ask(get("/api/v1/agents")).await.accepted();
    town.ask(Ask::post("/api/v1/transfers/quote", pay(&bob, "1")).bearer(secret(&key)))
        .await
        .accepted();
    town.ask(Ask::post("/api/v1/transfers", pay(&bob, "1")).bearer(secret(&key)))
        .await
        .refused(Code::Forbidden);
    town.ask(get("/api/v1/transfers")).await.refused(Code::Forbidden);
    town.ask(get("/api/v1/node")).await.refused(Code::Forbidden);
    assert_eq!(town.seq(), before);
    town.stop().await;
}

#[tokio::test]
async fn a_key_makes_no_wider_key() {
    let (town, owner) = Town::owned().await;
    let alice = town.agent(&owner, "alice").await;
    let key = make(&town, &alice, json!({ "actions": ["api_key_*", "transfer_*"] })).await;
    let wider = Ask::post("/api/v1/api-keys", json!({ "actions": ["*"] })).bearer(secret(&key));
    town.ask(wider).await.refused(Code::GrantNotNarrower);
    let narrower = json!({ "actions": ["transfer_create"] });
    town.ask(Ask::post("/api/v1/api-keys", narrower).bearer(secret(&key))).await.accepted();
    for (actions, code) in [
        (json!([]), Code::InvalidField),
        (json!(["Transfer"]), Code::InvalidField),
        (json!(vec!["a"; 33]), Code::InvalidField),
    ] {
        let ask = Ask::post("/api/v1/api-keys", json!({ "actions": actions })).by(&alice);
        town.ask(ask).await.refused(code);
    }
    town.stop().await;
}

#[tokio::test]
async fn a_key_ends_with_its_time_and_with_its_revocation() {
    let (town, owner) = Town::owned().await;
    let alice = town.agent(&owner, "alice").await;
    let short = make(&town, &alice, json!({ "actions": ["*"], "expires_in_s": 60 })).await;
    let long = make(&town, &alice, json!({ "actions": ["*"] })).await;
    for key in [&short, &long] {
        town.ask(Ask::get("/api/v1/agents").bearer(secret(key))).await.accepted();
    }
    town.clock.advance(Duration::seconds(61));
    let late = town.ask(Ask::get("/api/v1/agents").bearer(secret(&short))).await;
    late.refused(Code::CredentialInvalid);
    let revoked = revoke(&town, &alice, &long).await.accepted();
    assert_eq!((&revoked["id"], revoked["revoked_at"].is_string()), (&long["id"], true));
    let gone = town.ask(Ask::get("/api/v1/agents").bearer(secret(&long))).await;
    gone.refused(Code::CredentialInvalid);
    revoke(&town, &alice, &long).await.refused(Code::NotFound);
    let now = json!({ "actions": ["*"], "expires_in_s": 0 });
    town.ask(Ask::post("/api/v1/api-keys", now).by(&alice)).await.refused(Code::InvalidField);
    town.stop().await;
}

#[tokio::test]
async fn keys_are_listed_with_their_labels_and_without_their_secrets() {
    let (town, owner) = Town::owned().await;
    let alice = town.agent(&owner, "alice").await;
    make(&town, &alice, json!({ "actions": ["transfer_*"], "label": "the till" })).await;
    let listed = town.ask(Ask::get("/api/v1/api-keys").by(&alice)).await;
    let text = String::from_utf8(listed.body.clone()).unwrap();
    assert!(!text.contains("hansa_"));
    let listed = listed.accepted();
    let keys = listed["data"].as_array().unwrap();
    let labelled = keys.iter().find(|key| key["label"] == "the till").unwrap();
    assert_eq!((keys.len(), &labelled["actions"]), (2, &json!(["transfer_*"])));
    let one = town.ask(Ask::get("/api/v1/api-keys?limit=1").by(&alice)).await.accepted();
    let cursor = one["next_cursor"].as_str().unwrap();
    let two = format!("/api/v1/api-keys?limit=1&cursor={cursor}");
    let two = town.ask(Ask::get(two).by(&alice)).await.accepted();
    assert_ne!(one["data"][0]["id"], two["data"][0]["id"]);
    assert_eq!(two["next_cursor"], Value::Null);
    town.stop().await;
}

#[tokio::test]
async fn keys_of_others_are_not_there() {
    let (town, owner) = Town::owned().await;
    let (alice, bob) = (town.agent(&owner, "alice").await, town.agent(&owner, "bob").await);
    let key = make(&town, &alice, json!({ "actions": ["*"] })).await;
    revoke(&town, &bob, &key).await.refused(Code::NotFound);
    let nothing = json!({ "id": "key_00000000000000000000000000" });
    revoke(&town, &bob, &nothing).await.refused(Code::NotFound);
    revoke(&town, &owner, &key).await.accepted();
    town.stop().await;
}

#[tokio::test]
async fn the_last_use_of_a_key_is_told_to_the_minute() {
    let (town, owner) = Town::owned().await;
    let body = json!({ "actions": ["agent_*"] });
    let made = town.ask(Ask::post("/api/v1/api-keys", body).by(&owner)).await.accepted();
    let used = || async {
        let listed = town.ask(Ask::get("/api/v1/api-keys").by(&owner)).await.accepted();
        let found = listed["data"].as_array().unwrap().iter().find(|key| key["id"] == made["id"]);
        found.unwrap().get("last_used_at").cloned()
    };
    assert_eq!(used().await, None);
    town.clock.advance(Duration::seconds(90));
    let secret = made["api_key"].as_str().unwrap();
    town.ask(Ask::get("/api/v1/agents").bearer(secret)).await.accepted();
    let minute = town.node.now().0 / 60_000 * 60_000;
    let expected = hansa_wire::scalar::WireTime(hansa_types::Time(minute));
    assert_eq!(used().await, Some(json!(expected)));
    town.stop().await;
}
