//! A node that was restored from a backup, as those who talked to the lost one see it.

use hansa_types::{Code, Duration};
use hansa_wire::amp::build::Header;
use hansa_wire::amp::{Intent, build};
use serde_json::{Value, json};

use crate::harness::{Actor, Ask, Town, object, pay};

/// A payment that its payer signs, as it travels.
fn payment(town: &Town, payer: &Actor, payee: &Actor) -> Value {
    payment_dated(town, payer, payee, 0)
}

/// The same, of a payer whose clock is ahead by so many seconds.
fn payment_dated(town: &Town, payer: &Actor, payee: &Actor, ahead_s: u64) -> Value {
    let header = payer.header(town.did(), None);
    let header = Header { ts: header.ts + ahead_s, ..header };
    payer.sign(build::operation_by_id(header, "transfer_create", object(pay(payee, "1"))))
}

fn offer(payer: &Actor, payee: &Actor) -> Value {
    let terms = serde_json::from_value(json!({ "rail": "amp-outcome", "amount": "5 AVT" }));
    let header = payer.header(payee.did.clone(), None);
    payer.sign(build::intent(header, Intent::new("work"), terms.unwrap()))
}

fn reading(town: &Town, by: &Actor) -> Value {
    let params = object(json!({ "principal": by.id }));
    by.sign(build::operation_by_id(by.header(town.did(), None), "balance_list", params))
}

async fn incarnation(town: &Town) -> Value {
    town.ask(Ask::get("/api/v1/node")).await.accepted()["incarnation"].clone()
}

async fn available(town: &Town, of: &Actor) -> Value {
    let path = format!("/api/v1/accounts/{}/balances", of.id);
    town.ask(Ask::get(path).by(of)).await.accepted()["data"][0]["available"].clone()
}

#[tokio::test]
async fn no_envelope_is_taken_for_300_seconds_after_a_restoration() {
    let (town, owner) = Town::owned().await;
    let (alice, bob) = (town.agent(&owner, "alice").await, town.agent(&owner, "bob").await);
    let (before, run) = (available(&town, &bob).await, incarnation(&town).await);
    // Accepted by the lost node, behind the backup: the restored one has never heard of them.
    let (lost, step) = (payment(&town, &alice, &bob), offer(&alice, &bob));
    let ahead = payment_dated(&town, &alice, &bob, 290);
    let town = town
        .restored_after(async |town| {
            town.submit(&lost).await.accepted();
            town.submit(&step).await.accepted();
            town.submit(&ahead).await.accepted();
            assert_ne!(available(town, &bob).await, before);
        })
        .await;
    assert_ne!(incarnation(&town).await, run, "another run");
    assert_eq!(available(&town, &bob).await, before, "what came behind the backup is lost");

    // Everything that is signed is refused, what was accepted before and what is fresh; nothing happens.
    let seq = town.seq();
    for second in [0, 298, 1] {
        town.clock.advance(Duration::seconds(second));
        let fresh = [
            payment(&town, &alice, &bob),
            payment_dated(&town, &alice, &bob, 300),
            offer(&alice, &bob),
            reading(&town, &alice),
        ];
        for envelope in &fresh {
            let refused = town.submit(envelope).await;
            refused.refused(Code::JustRestored);
            assert!(refused.header("retry-after").is_some());
        }
        for envelope in [&lost, &step] {
            let code = town.submit(envelope).await.code();
            let too_old = Code::EnvelopeExpired.as_str();
            assert!(code == Code::JustRestored.as_str() || code == too_old, "{code}");
        }
    }
    assert_eq!(town.seq(), seq);
    // An API key is no envelope.
    town.ask(Ask::post("/api/v1/transfers", pay(&bob, "2")).by(&alice)).await.accepted();

    // When envelopes are taken again, those that the lost node took are of before for ever, also by a
    // date that had not come.
    town.clock.advance(Duration::seconds(2));
    for envelope in [&lost, &step] {
        town.submit(envelope).await.refused(Code::EnvelopeExpired);
    }
    town.submit(&ahead).await.refused(Code::JustRestored);
    town.submit(&reading(&town, &alice)).await.accepted();
    town.submit(&payment(&town, &alice, &bob)).await.accepted();
    town.submit(&offer(&alice, &bob)).await.accepted();
    town.stop().await;
}

#[tokio::test]
async fn a_restored_node_is_still_just_restored_after_a_restart() {
    let (town, owner) = Town::owned().await;
    let (alice, bob) = (town.agent(&owner, "alice").await, town.agent(&owner, "bob").await);
    let town = town.restored_after(async |_| ()).await;
    town.clock.advance(Duration::seconds(299));
    let town = town.restart().await;
    town.submit(&payment(&town, &alice, &bob)).await.refused(Code::JustRestored);
    town.clock.advance(Duration::seconds(2));
    town.submit(&payment(&town, &alice, &bob)).await.accepted();
    town.stop().await;
}
