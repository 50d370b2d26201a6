//! Moving money: fees, refusals by name, holds, batches, histories.

use hansa_types::Code;
use serde_json::{Value, json};

use crate::harness::{Actor, Ask, Town, pay};

/// What somebody can spend, as text.
async fn available(town: &Town, actor: &Actor) -> String {
    let path = format!("/api/v1/accounts/{}/balances", actor.id);
    let balances = town.ask(Ask::get(path).by(actor)).await.accepted();
    balances["data"][0]["available"].as_str().unwrap_or("0").to_owned()
}

#[tokio::test]
async fn the_payer_pays_the_fee_on_top() {
    let (town, owner) = Town::owned().await;
    let (alice, bob) = (town.agent(&owner, "alice").await, town.agent(&owner, "bob").await);
    let quote = town.ask(Ask::post("/api/v1/transfers/quote", pay(&bob, "100")).by(&alice)).await;
    let quote = quote.accepted();
    assert_eq!((&quote["fee"], &quote["total"], &quote["sufficient"]), (&json!("0.5"), &json!("100.5"), &json!(true)));
    let reply = town.ask(Ask::post("/api/v1/transfers", pay(&bob, "100")).by(&alice)).await;
    assert_eq!(reply.status, 201);
    let transfer = reply.accepted();
    assert_eq!((&transfer["state"], &transfer["fee"], &transfer["total"]), (&json!("posted"), &json!("0.5"), &json!("100.5")));
    assert_eq!((&transfer["from"], &transfer["to"]), (&json!(alice.id), &json!(bob.id)));
    assert_eq!(available(&town, &alice).await, "899.5");
    assert_eq!(available(&town, &bob).await, "1100");
    let id = transfer["id"].as_str().unwrap();
    let read = town.ask(Ask::get(format!("/api/v1/transfers/{id}")).by(&alice)).await.accepted();
    assert_eq!(read, transfer);
    town.stop().await;
}

#[tokio::test]
async fn every_bad_amount_is_refused_by_name_and_nothing_moves() {
    let (town, owner) = Town::owned().await;
    let (alice, bob) = (town.agent(&owner, "alice").await, town.agent(&owner, "bob").await);
    let before = town.seq();
    let cases: &[(Value, Code)] = &[
        (json!("0"), Code::AmountZero),
        (json!("0.000000"), Code::AmountZero),
        (json!("-1"), Code::AmountNegative),
        (json!("1.0000001"), Code::AmountDecimals),
        (json!("340282366920938463463374607431768.211456"), Code::AmountOverflow),
        (json!("9".repeat(60)), Code::AmountOverflow),
        (json!("NaN"), Code::AmountMalformed),
        (json!("1e3"), Code::AmountMalformed),
        (json!("Infinity"), Code::AmountMalformed),
        (json!("1,5"), Code::AmountMalformed),
        (json!(""), Code::AmountMalformed),
        (json!(1.5), Code::AmountNotAString),
        (json!(1), Code::AmountNotAString),
        (json!("1000000"), Code::InsufficientFunds),
        (json!(null), Code::InvalidField),
        (json!(["1"]), Code::InvalidField),
    ];
    for (amount, code) in cases {
        let body = json!({ "to": bob.id, "amount": amount });
        let reply = town.ask(Ask::post("/api/v1/transfers", body).by(&alice)).await;
        assert_eq!(reply.code(), code.as_str(), "{amount}: {}", reply.json());
    }
    assert_eq!(town.seq(), before);
    assert_eq!(available(&town, &alice).await, "1000");
    town.stop().await;
}
