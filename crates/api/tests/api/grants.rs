//! Acting on behalf of others.

use hansa_types::{Code, Duration};
use serde_json::{Value, json};

use crate::harness::{Actor, Ask, Reply, Town};

async fn give(town: &Town, issuer: &Actor, body: Value) -> Reply {
    town.ask(Ask::post("/api/v1/grants", body).by(issuer)).await
}

fn spending(holder: &Actor) -> Value {
    json!({ "holder": holder.id, "actions": ["transfer_create"], "per_use": "10", "total": "15",
            "expires_in_s": 3600 })
}

async fn spend(town: &Town, actor: &Actor, from: &Actor, to: &Actor, amount: &str) -> Reply {
    let body = json!({ "from": from.id, "to": to.id, "amount": amount });
    town.ask(Ask::post("/api/v1/transfers", body).by(actor)).await
}

async fn read(town: &Town, actor: &Actor, grant: &Value) -> Reply {
    town.ask(Ask::get(format!("/api/v1/grants/{}", grant["id"].as_str().unwrap())).by(actor)).await
}

#[tokio::test]
async fn a_grant_lets_its_holder_spend_within_limits() {
    let (town, owner) = Town::owned().await;
    let (alice, bob) = (town.agent(&owner, "alice").await, town.agent(&owner, "bob").await);
    let carol = town.agent(&owner, "carol").await;
    let grant = give(&town, &alice, spending(&bob)).await.accepted();
    assert_eq!((&grant["issuer"], &grant["on_behalf_of"]), (&json!(alice.id), &json!(alice.id)));
    spend(&town, &bob, &alice, &carol, "10.000001").await.refused(Code::GrantLimitExceeded);
    spend(&town, &bob, &alice, &carol, "10").await.accepted();
    spend(&town, &bob, &alice, &carol, "6").await.refused(Code::GrantLimitExceeded);
    let used = read(&town, &bob, &grant).await.accepted();
    assert_eq!((&used["used"], &used["status"]), (&json!("10"), &json!("active")));
    spend(&town, &carol, &alice, &bob, "1").await.refused(Code::Forbidden);
    town.clock.advance(Duration::seconds(3_601));
    spend(&town, &bob, &alice, &carol, "1").await.refused(Code::GrantExpired);
    assert_eq!(read(&town, &alice, &grant).await.accepted()["status"], "expired");
    town.stop().await;
}

#[tokio::test]
async fn a_narrowed_grant_dies_with_the_one_above_it() {
    let (town, owner) = Town::owned().await;
    let (alice, bob) = (town.agent(&owner, "alice").await, town.agent(&owner, "bob").await);
    let carol = town.agent(&owner, "carol").await;
    let above = give(&town, &alice, spending(&bob)).await.accepted();
    let mut wider = spending(&carol);
    (wider["parent"], wider["per_use"]) = (above["id"].clone(), json!("11"));
    give(&town, &bob, wider.clone()).await.refused(Code::GrantNotNarrower);
    wider["per_use"] = json!("5");
    let below = give(&town, &bob, wider).await.accepted();
    assert_eq!(below["on_behalf_of"], json!(alice.id));
    spend(&town, &carol, &alice, &bob, "5").await.accepted();
    let path = format!("/api/v1/grants/{}/revoke", above["id"].as_str().unwrap());
    town.ask(Ask::post(&*path, json!({})).by(&bob)).await.refused(Code::Forbidden);
    let revoked = town.ask(Ask::post(&*path, json!({})).by(&alice)).await.accepted();
    assert_eq!(revoked["status"], "revoked");
    spend(&town, &carol, &alice, &bob, "1").await.refused(Code::GrantRevoked);
    assert_eq!(read(&town, &carol, &below).await.accepted()["status"], "revoked");
    town.ask(Ask::post(&*path, json!({})).by(&alice)).await.refused(Code::GrantRevoked);
    town.stop().await;
}

#[tokio::test]
async fn grants_of_others_are_not_there() {
    let (town, owner) = Town::owned().await;
    let (alice, bob) = (town.agent(&owner, "alice").await, town.agent(&owner, "bob").await);
    let mallory = town.agent(&owner, "mallory").await;
    let grant = give(&town, &alice, spending(&bob)).await.accepted();
    read(&town, &mallory, &grant).await.refused(Code::NotFound);
    let path = format!("/api/v1/grants/{}/revoke", grant["id"].as_str().unwrap());
    town.ask(Ask::post(path, json!({})).by(&mallory)).await.refused(Code::NotFound);
    let mine = town.ask(Ask::get("/api/v1/grants").by(&mallory)).await.accepted();
    assert_eq!(mine["data"], json!([]));
    for actor in [&alice, &bob, &owner] {
        read(&town, actor, &grant).await.accepted();
    }
    let held = format!("/api/v1/grants?holder={}", bob.id);
    let held = town.ask(Ask::get(held).by(&alice)).await.accepted();
    assert_eq!(held["data"][0]["id"], grant["id"]);
    let other = town.ask(Ask::get(format!("/api/v1/grants?holder={}", alice.id)).by(&alice)).await;
    assert_eq!(other.accepted()["data"], json!([]));
    town.stop().await;
}

#[tokio::test]
async fn the_owner_gives_authority_over_the_node() {
    let (town, owner) = Town::owned().await;
    let alice = town.agent(&owner, "alice").await;
    let mint = || Ask::post("/api/v1/mints", json!({ "to": alice.id, "amount": "5" })).by(&alice);
    town.ask(mint()).await.refused(Code::Forbidden);
    let body = json!({ "holder": alice.id, "actions": ["mint_create"], "expires_in_s": 60,
                       "per_use": "5", "on_behalf_of": town.did() });
    give(&town, &owner, body.clone()).await.accepted();
    town.ask(mint()).await.accepted();
    let dear = Ask::post("/api/v1/mints", json!({ "to": alice.id, "amount": "6" })).by(&alice);
    town.ask(dear).await.refused(Code::GrantLimitExceeded);
    give(&town, &alice, body).await.refused(Code::Forbidden);
    town.stop().await;
}

#[tokio::test]
async fn a_grant_needs_actions_and_an_end() {
    let (town, owner) = Town::owned().await;
    let (alice, bob) = (town.agent(&owner, "alice").await, town.agent(&owner, "bob").await);
    let with = |name: &str, value: Value| {
        let mut body = spending(&bob);
        body[name] = value;
        body
    };
    for (body, code) in [
        (with("actions", json!([])), Code::InvalidField),
        (with("actions", json!(["transfer create"])), Code::InvalidField),
        (with("expires_in_s", json!(0)), Code::InvalidField),
        (with("expires_in_s", json!(400_000_000u64)), Code::InvalidField),
        (with("holder", json!("agt_00000000000000000000000000")), Code::PrincipalUnknown),
        (with("per_use", json!("0")), Code::AmountZero),
        (with("currency", json!("USD")), Code::CurrencyUnknown),
        (with("parent", json!("cap_00000000000000000000000000")), Code::NotFound),
    ] {
        let reply = give(&town, &alice, body.clone()).await;
        assert_eq!(reply.code(), code.as_str(), "{body}: {}", reply.json());
    }
    town.stop().await;
}
