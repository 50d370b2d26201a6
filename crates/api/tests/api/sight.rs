//! What others may not see is not there.

use hansa_api::ApiSettings;
use hansa_types::Code;
use serde_json::{Value, json};

use crate::harness::{Actor, Ask, Town, pay};

async fn private_town() -> (Town, Actor) {
    let hide = |config: &mut hansa_node::Config| config.ledger_public = false;
    let mut town = Town::with(hide, ApiSettings::default()).await;
    let owner = town.set_up().await;
    (town, owner)
}

#[tokio::test]
async fn money_is_between_its_parties_where_the_ledger_is_private() {
    let (town, owner) = private_town().await;
    let (alice, bob) = (town.agent(&owner, "alice").await, town.agent(&owner, "bob").await);
    let carol = town.agent(&owner, "carol").await;
    let paid = town.ask(Ask::post("/api/v1/transfers", pay(&bob, "5")).by(&alice)).await.accepted();
    let held = json!({ "to": bob.id, "amount": "5", "hold": {} });
    let held = town.ask(Ask::post("/api/v1/transfers", held).by(&alice)).await.accepted();
    let path = |transfer: &Value, tail: &str| {
        format!("/api/v1/transfers/{}{tail}", transfer["id"].as_str().unwrap())
    };
    for actor in [&alice, &bob, &owner] {
        town.ask(Ask::get(path(&paid, "")).by(actor)).await.accepted();
    }
    let absent = json!({ "id": "trf_00000000000000000000000000" });
    for transfer in [&paid, &held, &absent] {
        town.ask(Ask::get(path(transfer, "")).by(&carol)).await.refused(Code::TransferUnknown);
        for verb in ["/post", "/void"] {
            let ask = Ask::post(path(transfer, verb), json!({})).by(&carol);
            town.ask(ask).await.refused(Code::TransferUnknown);
        }
    }
    let list = format!("/api/v1/transfers?account={}", alice.id);
    let seen = |page: Value| page["data"].as_array().unwrap().len();
    assert_eq!(seen(town.ask(Ask::get(&*list).by(&alice)).await.accepted()), 3);
    assert_eq!(seen(town.ask(Ask::get(&*list).by(&bob)).await.accepted()), 2);
    assert_eq!(seen(town.ask(Ask::get(&*list).by(&carol)).await.accepted()), 0);
    let balances = format!("/api/v1/accounts/{}/balances", alice.id);
    for actor in [&alice, &owner] {
        town.ask(Ask::get(&*balances).by(actor)).await.accepted();
    }
    town.ask(Ask::get(&*balances).by(&carol)).await.refused(Code::PrincipalUnknown);
    let quote = json!({ "from": alice.id, "to": bob.id, "amount": "1" });
    let quote = town.ask(Ask::post("/api/v1/transfers/quote", quote).by(&carol)).await;
    quote.refused(Code::PrincipalUnknown);
    let entry = format!("/api/v1/journal/entries/{}", paid["seq"]);
    town.ask(Ask::get(&*entry).by(&bob)).await.accepted();
    town.ask(Ask::get(&*entry).by(&carol)).await.refused(Code::NotFound);
    town.stop().await;
}

#[tokio::test]
async fn a_public_ledger_shows_money_to_every_principal_and_to_no_guest() {
    let (town, owner) = Town::owned().await;
    let (alice, bob) = (town.agent(&owner, "alice").await, town.agent(&owner, "bob").await);
    let carol = town.agent(&owner, "carol").await;
    let paid = town.ask(Ask::post("/api/v1/transfers", pay(&bob, "5")).by(&alice)).await.accepted();
    let paths = [
        format!("/api/v1/transfers/{}", paid["id"].as_str().unwrap()),
        format!("/api/v1/accounts/{}/balances", alice.id),
        format!("/api/v1/journal/entries/{}", paid["seq"]),
    ];
    for path in paths {
        town.ask(Ask::get(&*path).by(&carol)).await.accepted();
        town.ask(Ask::get(&*path)).await.refused(Code::Unauthenticated);
    }
    let key = town.ask(Ask::post("/api/v1/api-keys", json!({ "actions": ["*"] })).by(&alice)).await;
    let entry = format!("/api/v1/journal/entries/{}", key.accepted()["seq"]);
    town.ask(Ask::get(&*entry).by(&alice)).await.accepted();
    town.ask(Ask::get(&*entry).by(&carol)).await.refused(Code::NotFound);
    town.ask(Ask::get("/api/v1/journal/entries/999999").by(&carol)).await.refused(Code::NotFound);
    town.stop().await;
}

#[tokio::test]
async fn who_acts_for_others_knows_of_what_they_may_do() {
    let (town, owner) = private_town().await;
    let (alice, bob) = (town.agent(&owner, "alice").await, town.agent(&owner, "bob").await);
    let clerk = town.agent(&owner, "clerk").await;
    let held = json!({ "to": bob.id, "amount": "5", "hold": {} });
    let held = town.ask(Ask::post("/api/v1/transfers", held).by(&alice)).await.accepted();
    let void = format!("/api/v1/transfers/{}/void", held["id"].as_str().unwrap());
    let ask = || Ask::post(&*void, json!({})).by(&clerk).key("give up");
    town.ask(ask()).await.refused(Code::TransferUnknown);
    let grant =
        json!({ "holder": clerk.id, "actions": ["transfer_*", "grant_*"], "expires_in_s": 60 });
    let grant = town.ask(Ask::post("/api/v1/grants", grant).by(&bob)).await.accepted();
    let voided = town.ask(ask()).await.accepted();
    assert_eq!((&voided["state"], &voided["from"]), (&json!("voided"), &json!(alice.id)));
    let again = town.ask(ask()).await;
    assert_eq!(again.header("idempotency-replayed"), Some("true"));
    assert_eq!(again.accepted(), voided);
    let quote = json!({ "from": bob.id, "to": alice.id, "amount": "1" });
    town.ask(Ask::post("/api/v1/transfers/quote", quote).by(&clerk)).await.accepted();
    let revoke = format!("/api/v1/grants/{}/revoke", grant["id"].as_str().unwrap());
    let revoked = town.ask(Ask::post(revoke, json!({})).by(&clerk)).await.accepted();
    assert_eq!(revoked["status"], "revoked");
    town.stop().await;
}
