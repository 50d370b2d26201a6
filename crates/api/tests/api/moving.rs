//! A DID moves from one node to another, over real HTTP, and what nobody falls for.

use hansa_crypto::did_document::acting_keys;
use hansa_crypto::{PublicKey, SigningKey};
use hansa_types::Code;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio::sync::watch;

use super::dids::{Logged, escaped, hand_in, log_of, moved, read, register, theirs};
use crate::harness::{Actor, Ask, Reply, Town};

fn key(byte: u8) -> SigningKey {
    SigningKey::from_seed([byte; 32])
}

/// An agent that is ready to be moved to: named by its key alone.
async fn newcomer(town: &Town, owner: &Actor) -> Logged {
    register(town, owner, json!({ "name": "alice", "did": { "method": "key" } })).await
}

async fn resolve(town: &Town, did: &str, by: &Actor) -> Reply {
    town.ask(Ask::get(format!("/api/v1/dids/{}", escaped(did))).by(by)).await
}

#[tokio::test]
async fn a_did_moves_by_its_owners_recovery_key_without_the_first_nodes_help() {
    let [(first, owner), (second, host)] = Town::pair(&[]).await;
    let mut alice = register(&first, &owner, json!({ "name": "alice" })).await;
    let text = log_of(&first, &alice.id).await;
    let recovery = alice.recovery.take().unwrap();
    // From here on the first node does not even run.
    first.stop().await;
    let there = newcomer(&second, &host).await;
    let next = key(60);
    let log = moved(&second, &there, &text, &recovery, &next.public()).await;
    let stored = hand_in(&second, &there.id, &there.secret, &log).await.accepted();
    let did = stored["did"].as_str().unwrap();
    let port = second.address.port();
    let (before, after) = (read(&text), read(&log));
    assert_eq!(did, format!("did:webvh:{}:localhost%3A{port}:dids:{}", before.scid(), there.id));
    assert_eq!(
        (stored["left"].as_bool(), after.former()),
        (Some(false), &[before.did().clone()][..])
    );
    let served = log_of(&second, &there.id).await;
    assert_eq!(served, log);
    let (version, document) = theirs(did, &served).unwrap();
    assert_eq!(
        (version.as_str(), acting_keys(&document)),
        (after.version_id(), vec![there.key.public()])
    );
    for name in [did, before.did().as_str()] {
        let resolved = resolve(&second, name, &host).await.accepted();
        assert_eq!(
            (&resolved["did"], &resolved["source"]),
            (&json!(did), &json!("local")),
            "{name}"
        );
        let paid = json!({ "to": name, "amount": "1" });
        let paid = Ask::post("/api/v1/transfers", paid).bearer(&there.secret);
        second.ask(paid).await.refused(Code::SameAccount);
    }
    // The node it came to keeps the log from now on, and the owner may go on again.
    let rotate = Ask::post(format!("/api/v1/agents/{}/key", there.id), json!({}));
    second.ask(rotate.bearer(&there.secret)).await.accepted();
    let served = log_of(&second, &there.id).await;
    assert_eq!((read(&served).version(), theirs(did, &served).is_ok()), (3, true));
    assert!(read(&served).may_be_followed_by(&next.public()));
    second.stop().await;
}

#[tokio::test]
async fn the_node_that_was_left_serves_the_last_log_and_writes_no_more() {
    let [(first, owner), (second, host)] = Town::pair(&[]).await;
    let mut alice = register(&first, &owner, json!({ "name": "alice" })).await;
    let recovery = alice.recovery.take().unwrap();
    let text = log_of(&first, &alice.id).await;
    let there = newcomer(&second, &host).await;
    let log = moved(&second, &there, &text, &recovery, &key(60).public()).await;
    hand_in(&second, &there.id, &there.secret, &log).await.accepted();
    assert_eq!(log_of(&first, &alice.id).await, text, "nobody has told it");
    // Asked for the new name it does not answer from what it has, and what it fetches is longer.
    let new = read(&log).did().to_string();
    let fetched = resolve(&first, &new, &owner).await.accepted();
    assert_eq!((&fetched["did"], &fetched["source"]), (&json!(new), &json!("fetched")));
    let told = hand_in(&first, &alice.id, &alice.secret, &log).await.accepted();
    assert_eq!((told["left"].as_bool(), told["did"].as_str()), (Some(true), Some(&*new)));
    assert_eq!(log_of(&first, &alice.id).await, log);
    let old = resolve(&first, &alice.did, &owner).await.accepted();
    assert_eq!((old["did"].as_str(), &old["source"]), (Some(&*new), &json!("local")));
    let rotate = Ask::post(format!("/api/v1/agents/{}/key", alice.id), json!({}));
    first.ask(rotate.bearer(&alice.secret)).await.accepted();
    assert_eq!(log_of(&first, &alice.id).await, log);
    // And back again.
    let back = moved(&first, &alice, &log, &key(60), &key(61).public()).await;
    let told = hand_in(&first, &alice.id, &alice.secret, &back).await.accepted();
    assert_eq!((told["left"].as_bool(), told["did"].as_str()), (Some(false), Some(&*alice.did)));
    assert!(theirs(&alice.did, &log_of(&first, &alice.id).await).is_ok());
    first.stop().await;
    second.stop().await;
}

#[tokio::test]
async fn what_is_no_move_is_refused() {
    let [(first, owner), (second, host)] = Town::pair(&[]).await;
    let mut alice = register(&first, &owner, json!({ "name": "alice" })).await;
    let recovery = alice.recovery.take().unwrap();
    let text = log_of(&first, &alice.id).await;
    let other = register(&first, &owner, json!({ "name": "other" })).await;
    let foreign = log_of(&first, &other.id).await;
    let (there, beside) = (newcomer(&second, &host).await, newcomer(&second, &host).await);
    let log = moved(&second, &there, &text, &recovery, &key(60).public()).await;
    let refused = async |id: &str, secret: &str, log: &str, code: Code| {
        let seq = second.seq();
        hand_in(&second, id, secret, log).await.refused(code);
        assert_eq!(second.seq(), seq);
    };
    let mine = (there.id.as_str(), there.secret.as_str());
    // Tampered with: an entry of another log, another document, another signature.
    let lines: Vec<&str> = log.lines().collect();
    let foreign_line = foreign.lines().next().unwrap();
    refused(mine.0, mine.1, &format!("{foreign_line}\n{}\n", lines[1]), Code::DidLogInvalid).await;
    let swapped = log.replacen(&there.id, &beside.id, 1);
    refused(mine.0, mine.1, &swapped, Code::DidLogInvalid).await;
    refused(mine.0, mine.1, &format!("{}\n{}\n", lines[1], lines[0]), Code::DidLogInvalid).await;
    refused(
        mine.0,
        mine.1,
        &log.replacen("\"proofValue\":\"z", "\"proofValue\":\"z2", 1),
        Code::DidLogInvalid,
    )
    .await;
    // Written by somebody who has another key, as a log of its own that names the same DID.
    let forged =
        log.replacen(&recovery.public().to_multibase(), &key(70).public().to_multibase(), 9);
    refused(mine.0, mine.1, &forged, Code::DidLogInvalid).await;
    // Not moved at all, or to another agent or node.
    refused(mine.0, mine.1, &text, Code::DidLogMismatch).await;
    refused(&beside.id, &beside.secret, &log, Code::DidLogMismatch).await;
    // Larger than is read.
    let long = format!("{text}{}", "x".repeat(600_000));
    refused(mine.0, mine.1, &long, Code::DidLogInvalid).await;
    let body = "x".repeat(2_000_000);
    refused(mine.0, mine.1, &body, Code::BodyTooLarge).await;
    // By somebody whom it does not concern.
    refused(mine.0, &beside.secret, &log, Code::Forbidden).await;
    hand_in(&second, mine.0, mine.1, &log).await.accepted();
    // Replayed: the same again, and what was before it.
    refused(mine.0, mine.1, &log, Code::DidRolledBack).await;
    refused(mine.0, mine.1, &text, Code::DidRolledBack).await;
    refused(mine.0, mine.1, &foreign, Code::DidRolledBack).await;
    first.stop().await;
    second.stop().await;
}

#[tokio::test]
async fn the_same_hand_over_twice_is_one() {
    let [(first, owner), (second, host)] = Town::pair(&[]).await;
    let mut alice = register(&first, &owner, json!({ "name": "alice" })).await;
    let recovery = alice.recovery.take().unwrap();
    let text = log_of(&first, &alice.id).await;
    let there = newcomer(&second, &host).await;
    let log = moved(&second, &there, &text, &recovery, &key(60).public()).await;
    let ask = || {
        let ask = Ask::new("PUT", format!("/api/v1/agents/{}/did/log", there.id));
        ask.json(&json!({ "log": log })).bearer(&there.secret).key("once")
    };
    let one = second.ask(ask()).await.accepted();
    let seq = second.seq();
    let two = second.ask(ask()).await;
    assert_eq!(two.header("idempotency-replayed"), Some("true"));
    assert_eq!((two.accepted(), second.seq()), (one, seq));
    first.stop().await;
    second.stop().await;
}

/// A host that serves whatever it is told to.
async fn host() -> (u16, watch::Sender<(u16, String)>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let (shown, shows) = watch::channel((404, String::new()));
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let (status, body) = shows.borrow().clone();
            let mut head = [0; 4096];
            let _ = stream.read(&mut head).await;
            let length = body.len();
            let head = format!(
                "HTTP/1.1 {status} x\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n"
            );
            let _ = stream.write_all(format!("{head}{body}").as_bytes()).await;
        }
    });
    (port, shown)
}

/// A log on that host, of one entry or two.
fn foreign_log(port: u16, seed: u8) -> (String, String) {
    use hansa_crypto::did_document::{Document, Use};
    use hansa_crypto::webvh::{Address, Change, First, Multihash, append, create};
    let now = hansa_testkit::SimClock::beginning();
    let address = Address::new("localhost", Some(port), &["them"]).unwrap();
    let document = Document { keys: vec![(Use::Own, key(90).public())], ..Document::default() };
    let under = |scid: &str| document.under(&format!("did:webvh:{scid}:{address}"));
    let next = [Multihash::of_key(&key(seed + 1).public())];
    let first = First { signer: &key(seed), next: &next, document: &under, now };
    let one = format!("{}\n", create(&first).unwrap());
    let log = read(&one);
    let document = document.under(log.did().as_str());
    let next = [Multihash::of_key(&key(seed + 2).public())];
    let change = Change { signer: &key(seed + 1), next: &next, document, now };
    let two = format!("{one}{}\n", append(&log, &one, change).unwrap());
    (one, two)
}

#[tokio::test]
async fn a_foreign_did_is_fetched_verified_and_remembered() {
    let (port, shown) = host().await;
    let [(town, owner), _other] = Town::pair(&[port]).await;
    let (one, two) = foreign_log(port, 100);
    let did = read(&one).did().to_string();
    let show = |body: &str| _ = shown.send_replace((200, body.to_owned()));
    let refused = async |code: Code| {
        let seq = town.seq();
        resolve(&town, &did, &owner).await.refused(code);
        assert_eq!(town.seq(), seq);
    };
    town.ask(Ask::get(format!("/api/v1/dids/{}", escaped(&did))))
        .await
        .refused(Code::Unauthenticated);
    refused(Code::DidUnresolvable).await;
    show("nonsense");
    refused(Code::DidLogInvalid).await;
    show(&one.replace("localhost%3A", "localhosd%3A"));
    refused(Code::DidLogInvalid).await;
    show(&foreign_log(port, 110).0);
    refused(Code::DidLogInvalid).await;
    show(&"x".repeat((1 << 20) + 1));
    refused(Code::DidUnresolvable).await;
    show(&one);
    let resolved = resolve(&town, &did, &owner).await.accepted();
    assert_eq!(resolved["pinned_seq"].as_u64(), Some(town.seq()));
    assert_eq!((resolved["did"].as_str(), &resolved["document"]["id"]), (Some(&*did), &json!(did)));
    let again = resolve(&town, &did, &owner).await.accepted();
    assert_eq!(again, resolved, "nothing new, so no entry");
    show(&two);
    let newer = resolve(&town, &did, &owner).await.accepted();
    assert_eq!(newer["pinned_seq"].as_u64(), Some(town.seq()));
    assert_ne!(newer["version_id"], resolved["version_id"]);
    // What was shown once cannot be taken back.
    show(&one);
    refused(Code::DidRolledBack).await;
    show(&two);
    resolve(&town, &did, &owner).await.accepted();
    town.stop().await;
}

#[tokio::test]
async fn a_foreign_did_web_is_fetched_by_the_rules_for_going_out() {
    let (port, shown) = host().await;
    let [(town, owner), _other] = Town::pair(&[port]).await;
    let did = format!("did:web:localhost%3A{port}:them");
    let show = |body: Value| _ = shown.send_replace((200, body.to_string()));
    show(json!({ "id": did, "authentication": [] }));
    let resolved = resolve(&town, &did, &owner).await.accepted();
    assert_eq!(
        (resolved["document"]["id"].as_str(), &resolved["version_id"]),
        (Some(&*did), &Value::Null)
    );
    let bare = did.replace("%3A", ":");
    assert_eq!(resolve(&town, &bare, &owner).await.accepted(), resolved);
    show(json!({ "id": "did:web:evil.example" }));
    resolve(&town, &did, &owner).await.refused(Code::DidUnresolvable);
    shown.send_replace((302, String::new()));
    resolve(&town, &did, &owner).await.refused(Code::DidUnresolvable);
    // A private address, a literal one, and what nobody here speaks.
    resolve(&town, "did:web:localhost%3A1:them", &owner).await.refused(Code::DidUnresolvable);
    resolve(&town, "did:web:169.254.169.254", &owner).await.refused(Code::InvalidField);
    resolve(&town, "did:plc:ewvi7nxzyoun6zhxrhs64oiz", &owner).await.refused(Code::DidUnresolvable);
    resolve(&town, "did:w7:alice", &owner).await.refused(Code::DidUnresolvable);
    let key: PublicKey = key(5).public();
    let derived = resolve(&town, key.did_key().as_str(), &owner).await.accepted();
    assert_eq!((&derived["source"], &derived["principal"]), (&json!("derived"), &Value::Null));
    town.stop().await;
}

#[tokio::test]
async fn one_node_resolves_the_dids_of_another() {
    let [(first, owner), (second, host)] = Town::pair(&[]).await;
    let alice = register(&first, &owner, json!({ "name": "alice" })).await;
    let resolved = resolve(&second, &alice.did, &host).await.accepted();
    assert_eq!(
        (resolved["did"].as_str(), &resolved["source"]),
        (Some(&*alice.did), &json!("fetched"))
    );
    let web = read(&log_of(&first, &alice.id).await).address().web_did();
    let resolved = resolve(&second, web.as_str(), &host).await.accepted();
    assert_eq!(resolved["document"]["controller"].as_str(), Some(&*alice.did));
    first.stop().await;
    second.stop().await;
}
