//! Acting on behalf of others.

use hansa_types::{Code, Duration};
use hansa_wire::amp::build;
use hansa_wire::api::transfers::TransferCreate;
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
    for (actor, issuer, count) in [(&bob, &alice, 1), (&alice, &bob, 0), (&mallory, &alice, 0)] {
        let given = format!("/api/v1/grants?issuer={}&limit=1", issuer.id);
        let given = town.ask(Ask::get(given).by(actor)).await.accepted();
        assert_eq!(given["data"].as_array().unwrap().len(), count);
    }
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
async fn what_the_node_gives_is_listed_for_who_may_and_for_nobody_else() {
    let (town, owner) = Town::owned().await;
    let (alice, bob) = (town.agent(&owner, "alice").await, town.agent(&owner, "bob").await);
    let mut of_node = spending(&alice);
    of_node["on_behalf_of"] = json!(town.did());
    let of_node = give(&town, &owner, of_node).await.accepted();
    let of_alice = give(&town, &alice, spending(&bob)).await.accepted();
    let list = async |by: &Actor, query: String| -> Vec<Value> {
        let listed = town.ask(Ask::get(format!("/api/v1/grants?{query}")).by(by)).await.accepted();
        listed["data"].as_array().unwrap().iter().map(|grant| grant["id"].clone()).collect()
    };
    let by_node = format!("issuer={}", town.did());
    let given = list(&owner, by_node.clone()).await;
    assert!(given.contains(&of_node["id"]) && !given.contains(&of_alice["id"]), "{given:?}");
    assert_eq!(
        list(&owner, format!("{by_node}&holder={}", alice.id)).await,
        [of_node["id"].clone()]
    );
    assert_eq!(list(&owner, format!("issuer={}", alice.id)).await, [of_alice["id"].clone()]);
    assert_eq!(list(&owner, format!("holder={}", bob.id)).await, [of_alice["id"].clone()]);
    assert_eq!(list(&alice, by_node.clone()).await, [of_node["id"].clone()]);
    for query in [by_node, format!("issuer={}", owner.id), format!("holder={}", alice.id)] {
        assert_eq!(list(&bob, query).await, Vec::<Value>::new());
    }
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
        (with("uses_max", json!(0)), Code::InvalidField),
        (with("uses_max", json!(-1)), Code::InvalidField),
        (with("depth_max", json!(256)), Code::InvalidField),
        (with("resources", json!(["not a name"])), Code::InvalidField),
        (with("resources", json!(vec!["x"; 33])), Code::InvalidField),
        (with("counterparties", json!(["bob"])), Code::InvalidField),
        (with("jurisdictions", json!(["Utopia"])), Code::InvalidField),
        (with("holder_key", json!("z6Mk")), Code::PublicKeyInvalid),
        (with("holder_key", json!(alice.key.public().to_multibase())), Code::InvalidField),
    ] {
        let reply = give(&town, &alice, body.clone()).await;
        assert_eq!(reply.code(), code.as_str(), "{body}: {}", reply.json());
    }
    town.stop().await;
}

#[tokio::test]
async fn a_grant_names_what_it_is_for_and_tells_its_chain() {
    let (town, owner) = Town::owned().await;
    let (alice, bob) = (town.agent(&owner, "alice").await, town.agent(&owner, "bob").await);
    let (carol, dora) = (town.agent(&owner, "carol").await, town.agent(&owner, "dora").await);
    let mut body = spending(&bob);
    body["counterparties"] = json!([dora.did]);
    (body["uses_max"], body["depth_max"]) = (json!(3), json!(1));
    let above = give(&town, &alice, body.clone()).await.accepted();
    assert_eq!(above["counterparties"], json!([dora.id]));
    assert_eq!((&above["uses_max"], &above["uses"]), (&json!(3), &json!(0)));
    spend(&town, &bob, &alice, &carol, "1").await.refused(Code::GrantOutOfScope);
    spend(&town, &bob, &alice, &dora, "1").await.accepted();
    (body["holder"], body["parent"]) = (json!(carol.id), above["id"].clone());
    give(&town, &bob, body.clone()).await.refused(Code::GrantNotNarrower);
    body["depth_max"] = json!(0);
    body["uses_max"] = json!(1);
    let below = give(&town, &bob, body.clone()).await.accepted();
    spend(&town, &carol, &alice, &dora, "2").await.accepted();
    spend(&town, &carol, &alice, &dora, "2").await.refused(Code::GrantUsedUp);
    let read = read(&town, &carol, &below).await.accepted();
    assert_eq!((&read["depth"], &read["depth_max"]), (&json!(1), &json!(0)));
    assert_eq!((&read["used"], &read["uses"]), (&json!("2"), &json!(1)));
    let chain = &read["chain"];
    assert_eq!(chain.as_array().unwrap().len(), 1);
    assert_eq!((&chain[0]["id"], &chain[0]["used"]), (&above["id"], &json!("3")));
    assert_eq!((&chain[0]["uses"], &chain[0]["status"]), (&json!(2), &json!("active")));
    (body["holder"], body["parent"]) = (json!(dora.id), below["id"].clone());
    give(&town, &carol, body).await.refused(Code::GrantTooDeep);
    town.stop().await;
}

#[tokio::test]
async fn a_holder_gives_a_grant_up() {
    let (town, owner) = Town::owned().await;
    let (alice, bob) = (town.agent(&owner, "alice").await, town.agent(&owner, "bob").await);
    let grant = give(&town, &alice, spending(&bob)).await.accepted();
    let path = format!("/api/v1/grants/{}/relinquish", grant["id"].as_str().unwrap());
    let relinquish = || Ask::post(&*path, json!({}));
    town.ask(relinquish().by(&alice)).await.refused(Code::Forbidden);
    let ended = town.ask(relinquish().by(&bob)).await.accepted();
    assert_eq!(ended["status"], "relinquished");
    assert_eq!(read(&town, &alice, &grant).await.accepted()["status"], "relinquished");
    spend(&town, &bob, &alice, &owner, "1").await.refused(Code::GrantRevoked);
    town.ask(relinquish().by(&bob)).await.refused(Code::GrantRevoked);
    // Who controls the holder gives it up too.
    let other = give(&town, &alice, spending(&bob)).await.accepted();
    let path = format!("/api/v1/grants/{}/relinquish", other["id"].as_str().unwrap());
    town.ask(Ask::post(path, json!({})).by(&owner)).await.accepted();
    town.stop().await;
}

#[tokio::test]
async fn a_grant_for_a_key_takes_an_envelope_of_that_key() {
    let (town, owner) = Town::owned().await;
    let (alice, bob) = (town.agent(&owner, "alice").await, town.agent(&owner, "bob").await);
    let mut body = spending(&bob);
    body["holder_key"] = json!(bob.key.public().to_multibase());
    let grant = give(&town, &alice, body).await.accepted();
    assert_eq!(grant["holder_key"], json!(bob.key.public().to_multibase()));
    spend(&town, &bob, &alice, &owner, "1").await.refused(Code::GrantKeyRequired);
    let pay = json!({ "from": alice.id, "to": owner.id, "amount": "1" });
    let pay: TransferCreate = serde_json::from_value(pay).unwrap();
    let header = bob.header(town.did(), None);
    town.submit(&bob.sign(build::operation(header, &pay).unwrap())).await.accepted();
    assert_eq!(read(&town, &bob, &grant).await.accepted()["used"], "1");
    town.stop().await;
}
