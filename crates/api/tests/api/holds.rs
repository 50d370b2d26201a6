//! Money that is set aside: posted, posted in parts, voided, expired.

use hansa_types::{Code, Duration};
use serde_json::{Value, json};

use crate::harness::{Actor, Ask, Reply, Town};

async fn hold(
    town: &Town,
    from: &Actor,
    to: &Actor,
    amount: &str,
    expires_in_s: Option<u64>,
) -> Value {
    let body = json!({ "to": to.id, "amount": amount, "hold": { "expires_in_s": expires_in_s } });
    town.ask(Ask::post("/api/v1/transfers", body).by(from)).await.accepted()
}

async fn act(town: &Town, actor: &Actor, hold: &Value, verb: &str, body: Value) -> Reply {
    let path = format!("/api/v1/transfers/{}/{verb}", hold["id"].as_str().unwrap());
    town.ask(Ask::post(path, body).by(actor)).await
}

async fn balance(town: &Town, actor: &Actor) -> (String, String, String) {
    let path = format!("/api/v1/accounts/{}/balances", actor.id);
    let balances = town.ask(Ask::get(path).by(actor)).await.accepted();
    let of = |name: &str| balances["data"][0][name].as_str().unwrap().to_owned();
    (of("balance"), of("available"), of("held"))
}

fn text(parts: (&str, &str, &str)) -> (String, String, String) {
    (parts.0.to_owned(), parts.1.to_owned(), parts.2.to_owned())
}

async fn state(town: &Town, actor: &Actor, hold: &Value) -> String {
    let path = format!("/api/v1/transfers/{}", hold["id"].as_str().unwrap());
    let read = town.ask(Ask::get(path).by(actor)).await.accepted();
    read["state"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_hold_sets_the_fee_aside_too_and_is_posted_whole() {
    let (town, owner) = Town::owned().await;
    let (alice, bob) = (town.agent(&owner, "alice").await, town.agent(&owner, "bob").await);
    let held = hold(&town, &alice, &bob, "100", None).await;
    assert_eq!((&held["state"], &held["fee"]), (&json!("pending"), &json!("0.5")));
    assert_eq!(held["expires_at"], "2026-01-08T00:00:00.000Z");
    assert_eq!(balance(&town, &alice).await, text(("1000", "899.5", "100.5")));
    let posted = act(&town, &alice, &held, "post", json!({})).await.accepted();
    assert_eq!((&posted["state"], &posted["of"]), (&json!("posted"), &held["id"]));
    assert_eq!(balance(&town, &alice).await, text(("899.5", "899.5", "0")));
    assert_eq!(balance(&town, &bob).await.1, "1100");
    assert_eq!(state(&town, &alice, &held).await, "posted");
    act(&town, &alice, &held, "post", json!({})).await.refused(Code::TransferNotPending);
    act(&town, &bob, &held, "void", json!({})).await.refused(Code::TransferNotPending);
    town.stop().await;
}

#[tokio::test]
async fn a_hold_is_posted_in_parts() {
    let (town, owner) = Town::owned().await;
    let (alice, bob) = (town.agent(&owner, "alice").await, town.agent(&owner, "bob").await);
    let held = hold(&town, &alice, &bob, "100", None).await;
    for (part, code) in [("0", Code::AmountZero), ("100.000001", Code::HoldExceeded)] {
        act(&town, &alice, &held, "post", json!({ "amount": part })).await.refused(code);
    }
    let part = act(&town, &alice, &held, "post", json!({ "amount": "40" })).await.accepted();
    assert_eq!((&part["amount"], &part["fee"]), (&json!("40"), &json!("0.2")));
    assert_eq!(balance(&town, &alice).await.2, "60.3");
    let over = act(&town, &alice, &held, "post", json!({ "amount": "60.5" })).await;
    over.refused(Code::HoldExceeded);
    assert_eq!(over.json()["detail"], "60 AVT are left of the hold");
    let rest = act(&town, &alice, &held, "post", json!({})).await.accepted();
    assert_eq!((&rest["amount"], &rest["fee"]), (&json!("60"), &json!("0.3")));
    town.stop().await;
}

#[tokio::test]
async fn the_payee_gives_a_hold_up_and_a_repeat_is_told_again() {
    let (town, owner) = Town::owned().await;
    let (alice, bob) = (town.agent(&owner, "alice").await, town.agent(&owner, "bob").await);
    let held = hold(&town, &alice, &bob, "100", None).await;
    for (actor, verb, who) in [(&alice, "void", "Only the payee"), (&bob, "post", "Only the payer")]
    {
        let refused = act(&town, actor, &held, verb, json!({})).await;
        refused.refused(Code::Forbidden);
        let detail = refused.json()["detail"].as_str().unwrap().to_owned();
        assert!(detail.starts_with(who), "{detail}");
    }
    let path = format!("/api/v1/transfers/{}/void", held["id"].as_str().unwrap());
    let ask = || Ask::post(&*path, json!({})).by(&bob).key("give up");
    let voided = town.ask(ask()).await.accepted();
    assert_eq!((&voided["id"], &voided["state"]), (&held["id"], &json!("voided")));
    assert_eq!(balance(&town, &alice).await, text(("1000", "1000", "0")));
    let again = town.ask(ask()).await;
    assert_eq!(again.header("idempotency-replayed"), Some("true"));
    assert_eq!(again.accepted(), voided);
    town.stop().await;
}

fn parts(transfer: &Value) -> [Option<&str>; 4] {
    ["amount", "posted", "remaining", "voided"].map(|name| transfer[name].as_str())
}

#[tokio::test]
async fn a_hold_tells_what_was_posted_is_left_and_went_back() {
    let (town, owner) = Town::owned().await;
    let (alice, bob) = (town.agent(&owner, "alice").await, town.agent(&owner, "bob").await);
    let held = hold(&town, &alice, &bob, "100", None).await;
    assert_eq!(parts(&held), [Some("100"), Some("0"), Some("100"), Some("0")]);
    let part = act(&town, &alice, &held, "post", json!({ "amount": "40" })).await.accepted();
    assert_eq!(parts(&part), [Some("40"), None, None, None]);
    let path = format!("/api/v1/transfers/{}", held["id"].as_str().unwrap());
    let show = || async { town.ask(Ask::get(&*path).by(&alice)).await.accepted() };
    assert_eq!(parts(&show().await), [Some("100"), Some("40"), Some("60"), Some("0")]);
    let void = || Ask::post(format!("{path}/void"), json!({})).by(&bob).key("give up");
    let voided = town.ask(void()).await.accepted();
    assert_eq!(parts(&voided), [Some("100"), Some("40"), Some("0"), Some("60")]);
    assert_eq!(voided["state"], "voided");
    assert_eq!(town.ask(void()).await.accepted(), voided);
    assert_eq!(parts(&show().await), parts(&voided));
    town.stop().await;
}

#[tokio::test]
async fn the_shortest_hold_lasts_a_second_and_no_longer() {
    let (town, owner) = Town::owned().await;
    let (alice, bob) = (town.agent(&owner, "alice").await, town.agent(&owner, "bob").await);
    let held = hold(&town, &alice, &bob, "1", Some(1)).await;
    assert_eq!(held["created_at"], "2026-01-01T00:00:00.000Z");
    assert_eq!(held["expires_at"], "2026-01-01T00:00:01.000Z");
    town.clock.advance(Duration(999));
    assert_eq!(balance(&town, &alice).await.2, "1.005");
    town.clock.advance(Duration(1));
    assert_eq!(balance(&town, &alice).await.2, "0");
    town.stop().await;
}

#[tokio::test]
async fn a_hold_that_nobody_posts_goes_back_by_itself() {
    let (town, owner) = Town::owned().await;
    let (alice, bob) = (town.agent(&owner, "alice").await, town.agent(&owner, "bob").await);
    let held = hold(&town, &alice, &bob, "100", Some(60)).await;
    town.clock.advance(Duration::seconds(61));
    act(&town, &alice, &held, "post", json!({})).await.refused(Code::TransferNotPending);
    assert_eq!(balance(&town, &alice).await, text(("1000", "1000", "0")));
    assert_eq!(state(&town, &alice, &held).await, "expired");
    town.stop().await;
}

#[tokio::test]
async fn a_hold_lasts_between_a_second_and_90_days() {
    let (town, owner) = Town::owned().await;
    let (alice, bob) = (town.agent(&owner, "alice").await, town.agent(&owner, "bob").await);
    for (seconds, fits) in
        [(0, false), (1, true), (7_776_000, true), (7_776_001, false), (u64::MAX >> 12, false)]
    {
        let body = json!({ "to": bob.id, "amount": "1", "hold": { "expires_in_s": seconds } });
        let reply = town.ask(Ask::post("/api/v1/transfers", body).by(&alice)).await;
        match fits {
            true => assert_eq!(reply.accepted()["state"], "pending"),
            false => reply.refused(Code::HoldExpiryInvalid),
        }
    }
    town.stop().await;
}

#[tokio::test]
async fn a_stranger_moves_no_hold_and_unknown_ones_are_not_found() {
    let (town, owner) = Town::owned().await;
    let (alice, bob) = (town.agent(&owner, "alice").await, town.agent(&owner, "bob").await);
    let carol = town.agent(&owner, "carol").await;
    let held = hold(&town, &alice, &bob, "100", None).await;
    for verb in ["post", "void"] {
        act(&town, &carol, &held, verb, json!({})).await.refused(Code::Forbidden);
        let nothing = json!({ "id": "trf_00000000000000000000000000" });
        act(&town, &carol, &nothing, verb, json!({})).await.refused(Code::TransferUnknown);
    }
    town.stop().await;
}
