//! Requests that are sent again.

use hansa_types::Code;
use serde_json::json;

use crate::harness::{Ask, Town, pay};

#[tokio::test]
async fn a_repeated_key_gets_the_first_answer_and_moves_nothing() {
    let (town, owner) = Town::owned().await;
    let (alice, bob) = (town.agent(&owner, "alice").await, town.agent(&owner, "bob").await);
    let ask = || Ask::post("/api/v1/transfers", pay(&bob, "5")).by(&alice).key("order 7");
    let first = town.ask(ask()).await;
    assert_eq!(first.header("idempotency-replayed"), None);
    let seq = town.seq();
    let second = town.ask(ask()).await;
    assert_eq!(second.header("idempotency-replayed"), Some("true"));
    assert_eq!((second.status, second.accepted()), (201, first.accepted()));
    assert_eq!(town.seq(), seq);
    let other = Ask::post("/api/v1/transfers", pay(&bob, "6")).by(&alice).key("order 7");
    town.ask(other).await.refused(Code::IdempotencyKeyReused);
    let elsewhere = Ask::post("/api/v1/transfers", pay(&alice, "6")).by(&bob).key("order 7");
    town.ask(elsewhere).await.accepted();
    town.stop().await;
}

#[tokio::test]
async fn a_refused_request_may_be_sent_again() {
    let (town, owner) = Town::owned().await;
    let (alice, bob) = (town.agent(&owner, "alice").await, town.agent(&owner, "bob").await);
    let ask = || Ask::post("/api/v1/transfers", pay(&bob, "1200")).by(&alice).key("k");
    town.ask(ask()).await.refused(Code::InsufficientFunds);
    let mint = json!({ "to": alice.id, "amount": "1000" });
    town.ask(Ask::post("/api/v1/mints", mint).by(&owner)).await.accepted();
    town.ask(ask()).await.accepted();
    town.stop().await;
}

#[tokio::test]
async fn keys_are_printable_and_short() {
    let (town, owner) = Town::owned().await;
    for bad in ["", &"k".repeat(129), "clé"] {
        let ask = Ask::post("/api/v1/transfers", pay(&owner, "1")).by(&owner).key(bad);
        town.ask(ask).await.refused(Code::IdempotencyKeyInvalid);
    }
    let twice = Ask::post("/api/v1/transfers", pay(&owner, "1")).by(&owner).key("a").key("b");
    town.ask(twice).await.refused(Code::IdempotencyKeyInvalid);
    town.stop().await;
}

#[tokio::test]
async fn secrets_are_never_shown_again() {
    let (town, owner) = Town::owned().await;
    let key = || Ask::post("/api/v1/api-keys", json!({ "actions": ["*"] })).by(&owner).key("k1");
    town.ask(key()).await.accepted();
    town.ask(key()).await.refused(Code::SecretAlreadyShown);
    let agent = || Ask::post("/api/v1/agents", json!({ "name": "Ada" })).by(&owner).key("k2");
    let made = town.ask(agent()).await;
    assert_eq!(made.header("cache-control"), Some("no-store"));
    made.accepted();
    let seq = town.seq();
    town.ask(agent()).await.refused(Code::SecretAlreadyShown);
    assert_eq!(town.seq(), seq);
    town.stop().await;
}

#[tokio::test]
async fn an_agent_with_a_key_of_its_own_is_told_again_without_its_api_key() {
    let (town, owner) = Town::owned().await;
    let key = hansa_crypto::SigningKey::from_seed([9; 32]).public().to_multibase();
    let body = json!({ "name": "Ada", "public_key": key });
    let ask = || Ask::post("/api/v1/agents", body.clone()).by(&owner).key("k");
    let mut first = town.ask(ask()).await.accepted();
    assert!(first["api_key"].as_str().unwrap().starts_with("hansa_"));
    let again = town.ask(ask()).await;
    assert_eq!(again.header("idempotency-replayed"), Some("true"));
    first.as_object_mut().unwrap().remove("api_key");
    assert_eq!(again.accepted(), first);
    town.stop().await;
}

#[tokio::test]
async fn every_item_of_a_batch_repeats_by_itself() {
    let (town, owner) = Town::owned().await;
    let (alice, bob) = (town.agent(&owner, "alice").await, town.agent(&owner, "bob").await);
    let items = json!({ "items": [pay(&bob, "1"), pay(&bob, "5000"), pay(&bob, "2")] });
    let ask = || Ask::post("/api/v1/transfers/batch", items.clone()).by(&alice).key("k");
    let first = town.ask(ask()).await.accepted();
    let seq = town.seq();
    let again = town.ask(ask()).await;
    assert_eq!(again.header("idempotency-replayed"), Some("true"));
    let again = again.accepted();
    for item in [0, 2] {
        assert_eq!(again["results"][item], first["results"][item]);
    }
    assert_eq!(again["results"][1]["problem"]["code"], "insufficient_funds");
    assert_eq!(town.seq(), seq);
    let other = json!({ "items": [pay(&bob, "1"), pay(&bob, "5000"), pay(&bob, "3")] });
    let other = town.ask(Ask::post("/api/v1/transfers/batch", other).by(&alice).key("k")).await;
    let other = other.accepted();
    assert_eq!(other["results"][0]["problem"]["code"], "idempotency_key_reused");
    assert_eq!(other["results"][2]["problem"]["code"], "idempotency_key_reused");
    town.stop().await;
}
