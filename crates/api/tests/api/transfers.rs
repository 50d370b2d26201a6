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
    assert_eq!(
        (&quote["fee"], &quote["total"], &quote["sufficient"]),
        (&json!("0.5"), &json!("100.5"), &json!(true))
    );
    let reply = town.ask(Ask::post("/api/v1/transfers", pay(&bob, "100")).by(&alice)).await;
    assert_eq!(reply.status, 201);
    let transfer = reply.accepted();
    assert_eq!(
        (&transfer["state"], &transfer["fee"], &transfer["total"]),
        (&json!("posted"), &json!("0.5"), &json!("100.5"))
    );
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

#[tokio::test]
async fn a_dry_run_answers_what_the_transfer_would() {
    let (town, owner) = Town::owned().await;
    let (alice, bob) = (town.agent(&owner, "alice").await, town.agent(&owner, "bob").await);
    let before = town.seq();
    let ask = |amount: &str, dry_run: bool| {
        let body = json!({ "to": bob.id, "amount": amount, "dry_run": dry_run });
        Ask::post("/api/v1/transfers", body).by(&alice)
    };
    let dry = town.ask(ask("10", true)).await;
    assert_eq!(dry.status, 200);
    let mut dry = dry.accepted();
    assert_eq!((dry.get("id"), dry.get("seq")), (None, None));
    town.ask(ask("5000", true)).await.refused(Code::InsufficientFunds);
    assert_eq!(town.seq(), before);
    let mut done = town.ask(ask("10", false)).await.accepted();
    for member in ["id", "seq", "created_at"] {
        dry.as_object_mut().unwrap().remove(member);
        done.as_object_mut().unwrap().remove(member);
    }
    assert_eq!(dry, done);
    town.stop().await;
}

#[tokio::test]
async fn a_quote_tells_what_is_missing_without_refusing() {
    let (town, owner) = Town::owned().await;
    let (alice, bob) = (town.agent(&owner, "alice").await, town.agent(&owner, "bob").await);
    let quote = |body: Value| Ask::post("/api/v1/transfers/quote", body).by(&alice);
    let dear = town.ask(quote(pay(&bob, "1000"))).await.accepted();
    assert_eq!((&dear["total"], &dear["sufficient"]), (&json!("1005"), &json!(false)));
    let least = town.ask(quote(pay(&bob, "0.000001"))).await.accepted();
    assert_eq!(least["fee"], "0.001");
    town.ask(quote(pay(&alice, "1"))).await.refused(Code::SameAccount);
    let nobody = json!({ "to": "agt_00000000000000000000000000", "amount": "1" });
    town.ask(quote(nobody)).await.refused(Code::PayeeUnknown);
    let foreign = json!({ "to": bob.id, "amount": "1", "currency": "USD" });
    town.ask(quote(foreign)).await.refused(Code::CurrencyUnknown);
    town.stop().await;
}

#[tokio::test]
async fn parties_are_named_by_did_too() {
    let (town, owner) = Town::owned().await;
    let (alice, bob) = (town.agent(&owner, "alice").await, town.agent(&owner, "bob").await);
    let body = json!({ "from": alice.did, "to": bob.did, "amount": "1" });
    let done = town.ask(Ask::post("/api/v1/transfers", body).by(&alice)).await.accepted();
    assert_eq!(done["to"], json!(bob.id));
    for stranger in ["did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK", "did:w7:alice"] {
        let body = json!({ "to": stranger, "amount": "1" });
        town.ask(Ask::post("/api/v1/transfers", body).by(&alice)).await.refused(Code::PayeeUnknown);
    }
    let path = format!("/api/v1/accounts/{}/balances", bob.did);
    assert_eq!(town.ask(Ask::get(path).by(&bob)).await.accepted()["data"][0]["balance"], "1001");
    town.stop().await;
}

#[tokio::test]
async fn nobody_pays_with_the_money_of_others() {
    let (town, owner) = Town::owned().await;
    let (alice, bob) = (town.agent(&owner, "alice").await, town.agent(&owner, "bob").await);
    let body = json!({ "from": bob.id, "to": alice.id, "amount": "1" });
    town.ask(Ask::post("/api/v1/transfers", body).by(&alice)).await.refused(Code::Forbidden);
    town.stop().await;
}

#[tokio::test]
async fn a_thousand_transfers_go_in_one_request() {
    let (town, owner) = Town::owned().await;
    let (alice, bob) = (town.agent(&owner, "alice").await, town.agent(&owner, "bob").await);
    let before = town.seq();
    let batch = |items: usize| {
        let items: Vec<Value> = (0..items).map(|_| pay(&bob, "0.01")).collect();
        Ask::post("/api/v1/transfers/batch", json!({ "items": items })).by(&alice)
    };
    let done = town.ask(batch(1_000)).await.accepted();
    let results = done["results"].as_array().unwrap();
    assert_eq!(results.len(), 1_000);
    assert!(results.iter().all(|result| result["ok"] == true));
    assert_eq!(town.seq(), before + 1_000);
    assert_eq!(available(&town, &bob).await, "1010");
    town.ask(batch(1_001)).await.refused(Code::BatchTooLarge);
    town.ask(batch(0)).await.refused(Code::BatchEmpty);
    town.stop().await;
}

#[tokio::test]
async fn one_bad_item_does_not_stop_the_others() {
    let (town, owner) = Town::owned().await;
    let (alice, bob) = (town.agent(&owner, "alice").await, town.agent(&owner, "bob").await);
    let items = json!({ "items": [
        pay(&bob, "1"), pay(&bob, "1.0000001"), pay(&alice, "1"), pay(&bob, "100000"),
        { "to": "did:w7:nobody", "amount": "1" }, pay(&bob, "2"),
    ] });
    let done = town.ask(Ask::post("/api/v1/transfers/batch", items).by(&alice)).await.accepted();
    let codes: Vec<&str> = done["results"]
        .as_array()
        .unwrap()
        .iter()
        .map(|result| result["problem"]["code"].as_str().unwrap_or("ok"))
        .collect();
    let expected =
        ["ok", "amount_decimals", "same_account", "insufficient_funds", "payee_unknown", "ok"];
    assert_eq!(codes, expected);
    assert_eq!(done["results"][1]["problem"]["errors"][0]["field"], "items[1].amount");
    assert_eq!(available(&town, &bob).await, "1003");
    town.stop().await;
}

#[tokio::test]
async fn histories_are_paged_from_the_latest_and_stay_put_while_they_grow() {
    let (town, owner) = Town::owned().await;
    let (alice, bob) = (town.agent(&owner, "alice").await, town.agent(&owner, "bob").await);
    for amount in 1..=5 {
        let ask = Ask::post("/api/v1/transfers", pay(&bob, &amount.to_string())).by(&alice);
        town.ask(ask).await.accepted();
    }
    let path = format!("/api/v1/transfers?account={}&limit=2", alice.id);
    let first = town.ask(Ask::get(&*path).by(&alice)).await.accepted();
    assert_eq!(first["as_of_seq"], town.seq());
    let amounts = |page: &Value| -> Vec<String> {
        let rows = page["data"].as_array().unwrap().iter();
        rows.map(|row| row["amount"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(amounts(&first), ["5", "4"]);
    town.ask(Ask::post("/api/v1/transfers", pay(&bob, "6")).by(&alice)).await.accepted();
    let next = format!("{path}&cursor={}", first["next_cursor"].as_str().unwrap());
    let second = town.ask(Ask::get(next).by(&alice)).await.accepted();
    assert_eq!(amounts(&second), ["3", "2"]);
    let next = format!("{path}&cursor={}", second["next_cursor"].as_str().unwrap());
    let third = town.ask(Ask::get(next).by(&alice)).await.accepted();
    assert_eq!(amounts(&third), ["1", "1000"]);
    assert_eq!(
        (&third["next_cursor"], &third["data"][1]["from"]),
        (&Value::Null, &json!("issuer"))
    );
    town.stop().await;
}
