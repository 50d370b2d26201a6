//! Currencies, and the making and destroying of money.

use hansa_types::Code;
use serde_json::{Value, json};

use crate::harness::{Ask, Town, pay};

async fn audit(town: &Town) -> Value {
    town.ask(Ask::get("/api/v1/projections/supply-audit")).await.accepted()
}

#[tokio::test]
async fn the_books_add_up_after_everything() {
    let (town, owner) = Town::owned().await;
    let (alice, bob) = (town.agent(&owner, "alice").await, town.agent(&owner, "bob").await);
    town.ask(Ask::post("/api/v1/transfers", pay(&bob, "100")).by(&alice)).await.accepted();
    let held = json!({ "to": bob.id, "amount": "10", "hold": {} });
    town.ask(Ask::post("/api/v1/transfers", held).by(&alice)).await.accepted();
    let mint = Ask::post("/api/v1/mints", json!({ "to": owner.id, "amount": "7" })).by(&owner);
    let minted = town.ask(mint).await.accepted();
    assert_eq!((&minted["from"], &minted["to"]), (&json!("issuer"), &json!(owner.id)));
    let burn = Ask::post("/api/v1/burns", json!({ "amount": "3" })).by(&owner);
    let burned = town.ask(burn).await.accepted();
    assert_eq!((&burned["from"], &burned["to"]), (&json!(owner.id), &json!("issuer")));
    let supply = audit(&town).await;
    assert_eq!(supply["seq"], town.seq());
    let expected = json!({ "currency": "AVT", "issued": "2007", "burned": "3", "net_supply": "2004",
        "circulating": "1993.95", "held": "10.05", "delta": "0" });
    assert_eq!(supply["currencies"], json!([expected]));
    town.stop().await;
}

#[tokio::test]
async fn only_the_owner_makes_money_and_dry_runs_make_none() {
    let (town, owner) = Town::owned().await;
    let alice = town.agent(&owner, "alice").await;
    let before = town.seq();
    for (path, body) in [
        ("/api/v1/mints", json!({ "to": alice.id, "amount": "1" })),
        ("/api/v1/burns", json!({ "amount": "1" })),
        ("/api/v1/currencies", json!({ "code": "USD", "scale": 2 })),
    ] {
        town.ask(Ask::post(path, body).by(&alice)).await.refused(Code::Forbidden);
    }
    let dry = json!({ "to": alice.id, "amount": "1", "dry_run": true });
    let dry = town.ask(Ask::post("/api/v1/mints", dry).by(&owner)).await;
    assert_eq!((dry.status, dry.accepted().get("id")), (200, None));
    let dry = json!({ "amount": "1", "dry_run": true });
    town.ask(Ask::post("/api/v1/burns", dry).by(&owner)).await.refused(Code::InsufficientFunds);
    let foreign = json!({ "amount": "1", "from": alice.id });
    town.ask(Ask::post("/api/v1/burns", foreign).by(&owner)).await.refused(Code::Forbidden);
    let nobody = json!({ "to": "agt_00000000000000000000000000", "amount": "1" });
    town.ask(Ask::post("/api/v1/mints", nobody).by(&owner)).await.refused(Code::PayeeUnknown);
    assert_eq!(town.seq(), before);
    town.stop().await;
}

#[tokio::test]
async fn a_node_issues_several_currencies() {
    let (town, owner) = Town::owned().await;
    let (alice, bob) = (town.agent(&owner, "alice").await, town.agent(&owner, "bob").await);
    let make = |code: &str, scale: u8| {
        Ask::post("/api/v1/currencies", json!({ "code": code, "scale": scale })).by(&owner)
    };
    let made = town.ask(make("USD", 2)).await.accepted();
    assert_eq!((&made["own"], made.get("default")), (&json!(true), None));
    town.ask(make("USD", 2)).await.refused(Code::CurrencyExists);
    town.ask(make("TEN", 19)).await.refused(Code::InvalidField);
    town.ask(make("usd", 2)).await.refused(Code::InvalidField);
    let mint = json!({ "to": alice.id, "amount": "50.25", "currency": "USD" });
    town.ask(Ask::post("/api/v1/mints", mint).by(&owner)).await.accepted();
    let body = json!({ "to": bob.id, "amount": "10.001", "currency": "USD" });
    town.ask(Ask::post("/api/v1/transfers", body).by(&alice)).await.refused(Code::AmountDecimals);
    let body = json!({ "to": bob.id, "amount": "10", "currency": "USD" });
    let paid = town.ask(Ask::post("/api/v1/transfers", body).by(&alice)).await.accepted();
    assert_eq!((&paid["fee"], &paid["total"]), (&json!("0.05"), &json!("10.05")));
    let listed = town.ask(Ask::get("/api/v1/currencies")).await.accepted();
    let expected = json!([
        { "code": "AVT", "scale": 6, "own": true, "default": true, "seq": 2 },
        { "code": "USD", "scale": 2, "own": true, "seq": made["seq"] },
    ]);
    assert_eq!(listed["data"], expected);
    let one = town.ask(Ask::get("/api/v1/currencies?limit=1")).await.accepted();
    let next =
        format!("/api/v1/currencies?limit=1&cursor={}", one["next_cursor"].as_str().unwrap());
    assert_eq!(town.ask(Ask::get(next)).await.accepted()["data"][0]["code"], "USD");
    let cursor = town.ask(Ask::get("/api/v1/currencies?cursor=n01")).await;
    cursor.refused(Code::InvalidCursor);
    town.stop().await;
}
