//! Grants that somebody verifies without the node.

use hansa_crypto::SigningKey;
use hansa_crypto::json::canonical;
use hansa_node::env::Clock as _;
use hansa_node::grant_document::{Demand, Fault, Verified, verify};
use hansa_types::{Duration, Time};
use serde_json::{Value, json};

use crate::harness::{Actor, Ask, Town};

/// A chain of two: alice lets bob pay, and bob lets carol pay less.
struct Chain {
    above: Value,
    below: Value,
}

async fn chain(town: &Town, alice: &Actor, bob: &Actor, carol: &Actor) -> Chain {
    let terms = |holder: &Actor, more: Value| {
        let mut body = json!({ "holder": holder.id, "actions": ["transfer_create"], "total": "15",
                               "per_use": "10", "expires_in_s": 3600 });
        let more = more.as_object().unwrap().clone();
        body.as_object_mut().unwrap().extend(more);
        Ask::post("/api/v1/grants", body)
    };
    let above = town.ask(terms(bob, json!({ "uses_max": 9 })).by(alice)).await.accepted();
    let narrower = json!({ "parent": above["id"], "uses_max": 3, "counterparties": [bob.id],
                           "total": "5", "per_use": "5" });
    let below = town.ask(terms(carol, narrower).by(bob)).await.accepted();
    Chain { above, below }
}

async fn export(town: &Town, actor: &Actor, grant: &Value) -> Value {
    let path = format!("/api/v1/grants/{}/export", grant["id"].as_str().unwrap());
    town.ask(Ask::get(path).by(actor)).await.accepted()
}

fn check(town: &Town, document: &Value, now: Time) -> Result<Verified, Fault> {
    let key = town.node.keys.signing().public();
    let demand = Demand { trusted: Some(&key), now, age_max: None };
    verify(document.to_string().as_bytes(), &demand)
}

/// Signs a document anew, as the node would if it lied.
fn sign(mut document: Value, key: &SigningKey) -> Value {
    document.as_object_mut().unwrap().remove("signature");
    let bytes = canonical(&document).unwrap();
    document["signature"] = json!(key.sign(&bytes).to_string());
    document
}

#[tokio::test]
async fn a_chain_is_verified_by_somebody_who_knows_the_nodes_key_alone() {
    let (town, owner) = Town::owned().await;
    let (alice, bob) = (town.agent(&owner, "alice").await, town.agent(&owner, "bob").await);
    let carol = town.agent(&owner, "carol").await;
    let chain = chain(&town, &alice, &bob, &carol).await;
    let pay = json!({ "from": alice.id, "to": bob.id, "amount": "2" });
    town.ask(Ask::post("/api/v1/transfers", pay).by(&carol)).await.accepted();
    let now = town.clock.wall();
    for actor in [&carol, &bob, &alice, &owner] {
        let document = export(&town, actor, &chain.below).await;
        let verified = check(&town, &document, now).unwrap();
        assert_eq!((verified.on_behalf_of, verified.holder), (alice.id, carol.id));
        assert_eq!(verified.granted.limits.uses_max, Some(3));
        assert_eq!(verified.document.links.len(), 2);
        assert_eq!(verified.document.links[0].uses, Some(1));
        assert!(verified.tree_size >= chain.below["seq"].as_u64().unwrap());
    }
    let document = export(&town, &alice, &chain.above).await;
    assert_eq!(check(&town, &document, now).unwrap().holder, bob.id);
    town.stop().await;
}

#[tokio::test]
async fn what_was_changed_or_is_another_nodes_does_not_verify() {
    let (town, owner) = Town::owned().await;
    let (alice, bob) = (town.agent(&owner, "alice").await, town.agent(&owner, "bob").await);
    let carol = town.agent(&owner, "carol").await;
    let chain = chain(&town, &alice, &bob, &carol).await;
    let document = export(&town, &carol, &chain.below).await;
    let now = town.clock.wall();
    let fault = |document: &Value| check(&town, document, now).unwrap_err();
    // One byte anywhere.
    for path in ["/grant", "/origin", "/checkpoint", "/links/0/created/line", "/exported_at"] {
        let mut changed = document.clone();
        let text = changed.pointer(path).unwrap().as_str().unwrap().to_owned();
        let last = if text.ends_with('0') { "1" } else { "0" };
        *changed.pointer_mut(path).unwrap() = json!(format!("{}{last}", &text[..text.len() - 1]));
        assert!(matches!(fault(&changed), Fault::Signature | Fault::Malformed(_)), "{path}");
    }
    let mut used = document.clone();
    used["links"][1]["used"] = json!("0");
    used["in_force"] = json!(false);
    assert_eq!(fault(&used), Fault::Signature);
    // Another key, whether it says so or not.
    let other = SigningKey::from_seed([9; 32]);
    let mut theirs = document.clone();
    theirs["node_key"] = json!(other.public().to_multibase());
    assert_eq!(fault(&sign(theirs.clone(), &other)), Fault::OtherKey);
    assert_eq!(fault(&sign(document.clone(), &other)), Fault::Signature);
    let demand = Demand { trusted: None, now, age_max: None };
    let untrusted = verify(sign(theirs, &other).to_string().as_bytes(), &demand);
    assert_eq!(untrusted.unwrap_err(), Fault::Checkpoint, "its checkpoint is the node's");
    // What the node itself cannot make true.
    let key = town.node.keys.signing();
    let lied = |change: &dyn Fn(&mut Value)| {
        let mut document = document.clone();
        change(&mut document);
        fault(&sign(document, key))
    };
    let line = |document: &Value, at: usize| {
        document["links"][at]["created"]["line"].as_str().unwrap().to_owned()
    };
    let seq = |at: usize| document["links"][at]["created"]["seq"].as_u64().unwrap();
    assert_eq!(
        lied(&|d| {
            let wider = line(d, 1).replace("\"total\":\"5", "\"total\":\"6");
            d["links"][1]["created"]["line"] = json!(wider);
        }),
        Fault::Inclusion(seq(1))
    );
    assert_eq!(lied(&|d| _ = d["links"].as_array_mut().unwrap().remove(0)), Fault::Link(seq(1)));
    assert_eq!(lied(&|d| _ = d["links"].as_array_mut().unwrap().pop()), Fault::Entry(seq(0)));
    assert_eq!(lied(&|d| d["in_force"] = json!(false)), Fault::NotInForce);
    assert!(matches!(lied(&|d| d["links"] = json!([])), Fault::Malformed(_)));
    assert!(matches!(lied(&|d| d["version"] = json!(2)), Fault::Malformed(_)));
    assert!(matches!(lied(&|d| d["links"][0]["scale"] = json!(19)), Fault::Malformed(_)));
    town.stop().await;
}

#[tokio::test]
async fn what_has_expired_or_was_ended_does_not_verify() {
    let (town, owner) = Town::owned().await;
    let (alice, bob) = (town.agent(&owner, "alice").await, town.agent(&owner, "bob").await);
    let carol = town.agent(&owner, "carol").await;
    let chain = chain(&town, &alice, &bob, &carol).await;
    let document = export(&town, &carol, &chain.below).await;
    let now = town.clock.wall();
    let first = document["links"][0]["created"]["seq"].as_u64().unwrap();
    let late = now.after(Duration::seconds(3_601));
    assert_eq!(check(&town, &document, late).unwrap_err(), Fault::Expired(first));
    let key = town.node.keys.signing().public();
    let fresh = |now| Demand { trusted: Some(&key), now, age_max: Some(Duration::seconds(60)) };
    let text = document.to_string();
    assert!(verify(text.as_bytes(), &fresh(now)).is_ok());
    for off in [now.after(Duration::seconds(61)), Time(now.0 - 400_000)] {
        let fault = verify(text.as_bytes(), &fresh(off)).unwrap_err();
        assert!(matches!(fault, Fault::Age(_)), "{fault}");
    }
    // The one above is revoked: the node says so, and proves it by the entry.
    let path = format!("/api/v1/grants/{}/revoke", chain.above["id"].as_str().unwrap());
    town.ask(Ask::post(path, json!({})).by(&alice)).await.accepted();
    let ended = export(&town, &carol, &chain.below).await;
    let fault = check(&town, &ended, now).unwrap_err();
    assert!(matches!(fault, Fault::Ended { created, .. } if created == first), "{fault}");
    assert_eq!(ended["in_force"], json!(false));
    town.stop().await;
}
