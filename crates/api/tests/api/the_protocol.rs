//! What The Protocol's published clients ask, by its fields.

use hansa_types::Code;
use serde_json::{Value, json};

use crate::harness::{Ask, Town};

#[tokio::test]
async fn a_credential_is_told_whom_it_stands_for() {
    let (town, owner) = Town::owned().await;
    let alice = town.agent(&owner, "alice").await;
    let me = town.ask(Ask::get("/api/v1/agents/me").by(&alice)).await.accepted();
    assert_eq!(me, json!({ "did": alice.did, "client_id": alice.id, "status": "active" }));
    let wrong = town.ask(Ask::get("/api/v1/agents/me").bearer("hk_wrong")).await;
    assert!(wrong.json()["detail"].is_string());
    wrong.refused(Code::CredentialInvalid);
    town.stop().await;
}

#[tokio::test]
async fn money_is_sent_once_previewed_and_refused() {
    let (town, owner) = Town::owned().await;
    let (alice, bob) = (town.agent(&owner, "alice").await, town.agent(&owner, "bob").await);
    let send = |body: Value| Ask::post("/api/v1/teg/send", body).by(&alice);
    let seq = town.seq();
    let preview = json!({ "receiver_did": bob.did, "amount": "2.5", "dry_run": true });
    let told = town.ask(send(preview)).await.accepted();
    assert_eq!(
        (told["method"].as_str(), told["status"].as_str()),
        (Some("local"), Some("dry_run"))
    );
    assert_eq!((told["transfer_id"].clone(), town.seq()), (Value::Null, seq));
    let order = json!({ "receiver_did": bob.did, "amount": "2.5", "message": "invoice 42" });
    let told = town.ask(send(order.clone()).key("inv-42")).await.accepted();
    assert_eq!((told["ok"].as_bool(), told["status"].as_str()), (Some(true), Some("completed")));
    let again = town.ask(send(order).key("inv-42")).await.accepted();
    assert_eq!(again["transfer_id"], told["transfer_id"]);
    let balances = format!("/api/v1/accounts/{}/balances", bob.id);
    let held = town.ask(Ask::get(balances).by(&bob)).await.accepted();
    assert!(held.to_string().contains("1002.5"), "{held}");
    let much = json!({ "receiver_did": bob.did, "amount": "5000" });
    town.ask(send(much)).await.refused(Code::InsufficientFunds);
    let far = json!({ "receiver_did": "did:web:elsewhere.example", "amount": "1" });
    town.ask(send(far)).await.refused(Code::PayeeUnknown);
    town.stop().await;
}
