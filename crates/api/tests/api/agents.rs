//! Agents and their cards.

use hansa_types::{Code, Duration};
use hansa_wire::amp::build;
use hansa_wire::api::discover::Price;
use hansa_wire::card::Card;
use hansa_wire::proof::KeyProof;
use serde_json::{Value, json};

use crate::harness::{Actor, Ask, Town, object};

fn card(name: &str, skills: &[&str], price: Option<&str>) -> serde_json::Map<String, Value> {
    let price = price
        .map(|amount| Price { amount: amount.parse().unwrap(), currency: "AVT".parse().unwrap() });
    Card::draft(name, skills, price.as_ref()).to_object()
}

async fn names(town: &Town, query: &str) -> Vec<String> {
    let found = town.ask(Ask::get(format!("/api/v1/discover?{query}"))).await.accepted();
    let agents = found["agents"].as_array().unwrap().iter();
    agents.map(|agent| agent["name"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn the_node_makes_a_key_pair_and_shows_it_once() {
    let (town, owner) = Town::owned().await;
    let created = town.ask(Ask::post("/api/v1/agents", json!({ "name": "Ada" })).by(&owner)).await;
    assert_eq!((created.status, created.header("cache-control")), (201, Some("no-store")));
    let created = created.accepted();
    let pem = created["private_key_pem"].as_str().unwrap();
    let key = hansa_crypto::SigningKey::from_pkcs8_pem(pem).unwrap().public();
    assert_eq!(created["did"], json!(key.did_key()));
    assert_eq!(created["balances"][0]["available"], "1000");
    let transfer = created["genesis_transfer"].as_str().unwrap();
    let transfer = town.ask(Ask::get(format!("/api/v1/transfers/{transfer}")).by(&owner)).await;
    assert_eq!((&transfer.accepted()["to"]), &created["id"]);
    let by_did = format!("/api/v1/agents/{}", created["did"].as_str().unwrap());
    let read = town.ask(Ask::get(by_did).by(&owner)).await.accepted();
    assert_eq!(
        (&read["id"], &read["name"], &read["status"]),
        (&created["id"], &json!("Ada"), &json!("active"))
    );
    let secret = created["api_key"].as_str().unwrap();
    town.ask(Ask::get("/api/v1/agents").bearer(secret)).await.accepted();
    town.stop().await;
}

#[tokio::test]
async fn an_agent_need_not_take_the_genesis_grant() {
    let (town, owner) = Town::owned().await;
    let body = json!({ "name": "Poor", "genesis_grant": false });
    let created = town.ask(Ask::post("/api/v1/agents", body).by(&owner)).await.accepted();
    assert_eq!((&created["balances"], created.get("genesis_transfer")), (&json!([]), None));
    town.stop().await;
}

#[tokio::test]
async fn who_may_not_make_keys_makes_agents_without_one() {
    let (town, owner) = Town::owned().await;
    let narrow = json!({ "actions": ["agent_create"] });
    let narrow = town.ask(Ask::post("/api/v1/api-keys", narrow).by(&owner)).await.accepted();
    let body = json!({ "name": "Ada", "card": card("Ada L.", &["poetry"], None) });
    let ask = Ask::post("/api/v1/agents", body).bearer(narrow["api_key"].as_str().unwrap());
    let created = town.ask(ask).await.accepted();
    assert_eq!((created.get("api_key"), &created["name"]), (None, &json!("Ada L.")));
    assert!(created["private_key_pem"].is_string());
    town.stop().await;
}

#[tokio::test]
async fn a_key_registers_once_and_agents_register_nobody() {
    let (town, owner) = Town::owned().await;
    let alice = town.agent(&owner, "alice").await;
    let body = json!({ "name": "again", "public_key": alice.did });
    town.ask(Ask::post("/api/v1/agents", body).by(&owner)).await.refused(Code::PrincipalExists);
    let body = json!({ "name": "mallory" });
    town.ask(Ask::post("/api/v1/agents", body).by(&alice)).await.refused(Code::Forbidden);
    let body = json!({ "name": "x", "public_key": "z6MkBad" });
    town.ask(Ask::post("/api/v1/agents", body).by(&owner)).await.refused(Code::PublicKeyInvalid);
    let body = json!({ "name": "x", "card": { "name": "x" } });
    let refused = town.ask(Ask::post("/api/v1/agents", body).by(&owner)).await;
    refused.refused(Code::CardInvalid);
    assert!(!refused.json()["errors"].as_array().unwrap().is_empty());
    town.stop().await;
}

#[tokio::test]
async fn agents_are_listed_from_the_latest() {
    let (town, owner) = Town::owned().await;
    for name in ["ada", "bob", "cy"] {
        town.agent(&owner, name).await;
    }
    let first = town.ask(Ask::get("/api/v1/agents?limit=3").by(&owner)).await.accepted();
    let cursor = first["next_cursor"].as_str().unwrap();
    let path = format!("/api/v1/agents?limit=3&cursor={cursor}");
    let second = town.ask(Ask::get(path).by(&owner)).await.accepted();
    let all = [&first, &second].map(|page| page["data"].as_array().unwrap().clone()).concat();
    let names: Vec<&str> = all.iter().map(|row| row["name"].as_str().unwrap_or("")).collect();
    assert_eq!(names, ["cy", "bob", "ada", "Olivia", ""]);
    assert_eq!((&all[4]["kind"], &second["next_cursor"]), (&json!("node"), &Value::Null));
    town.stop().await;
}

#[tokio::test]
async fn a_card_is_public_and_told_from_its_versions() {
    let (town, owner) = Town::owned().await;
    let alice = town.agent(&owner, "alice").await;
    let path = format!("/api/v1/agents/{}/card", alice.id);
    let drafted = town.ask(Ask::get(&*path)).await;
    assert_eq!(drafted.accepted()["name"], "alice");
    let etag = drafted.header("etag").unwrap().to_owned();
    let same = town.ask(Ask::get(&*path).header("if-none-match", &etag)).await;
    assert_eq!((same.status, same.body.len(), same.header("etag")), (304, 0, Some(&*etag)));
    let wanted = Value::Object(card("Alice the taxer", &["tax-filing"], Some("5")));
    let set = Ask::new("PUT", &*path).json(&json!({ "card": wanted })).by(&alice);
    let stored = town.ask(set).await.accepted();
    let bytes = hansa_crypto::json::canonical(&wanted).unwrap();
    assert_eq!(stored["digest"], json!(hansa_crypto::hash::sha256(&bytes)));
    let read = town.ask(Ask::get(&*path).header("if-none-match", &etag)).await;
    assert_eq!(read.header("access-control-allow-origin"), Some("*"));
    assert_eq!(read.accepted(), wanted);
    let by_controller = Ask::new("PUT", &*path).json(&json!({ "card": wanted })).by(&owner);
    town.ask(by_controller).await.accepted();
    let mallory = town.agent(&owner, "mallory").await;
    let foreign = Ask::new("PUT", &*path).json(&json!({ "card": wanted })).by(&mallory);
    town.ask(foreign).await.refused(Code::Forbidden);
    town.ask(Ask::get("/api/v1/agents/agt_00000000000000000000000000/card"))
        .await
        .refused(Code::NotFound);
    town.stop().await;
}

async fn set_status(town: &Town, owner: &Actor, agent: &Actor, verb: &str) -> Value {
    let path = format!("/api/v1/agents/{}/{verb}", agent.id);
    town.ask(Ask::post(path, json!({})).by(owner)).await.accepted()
}

#[tokio::test]
async fn a_suspended_agent_can_do_nothing_until_it_is_reinstated() {
    let (town, owner) = Town::owned().await;
    let (alice, bob) = (town.agent(&owner, "alice").await, town.agent(&owner, "bob").await);
    assert_eq!(set_status(&town, &owner, &alice, "suspend").await["status"], "suspended");
    for _ in 0..2 {
        town.ask(Ask::get("/api/v1/agents").by(&alice)).await.refused(Code::PrincipalSuspended);
    }
    let pay = crate::harness::pay(&bob, "1");
    town.ask(Ask::post("/api/v1/transfers", pay).by(&alice))
        .await
        .refused(Code::PrincipalSuspended);
    let wrong = Ask::get("/api/v1/agents").bearer("hansa_sk_wrong");
    town.ask(wrong).await.refused(Code::CredentialInvalid);
    let pay = crate::harness::pay(&alice, "1");
    town.ask(Ask::post("/api/v1/transfers", pay).by(&bob)).await.refused(Code::PrincipalSuspended);
    let again = format!("/api/v1/agents/{}/suspend", alice.id);
    town.ask(Ask::post(&*again, json!({})).by(&owner)).await.refused(Code::PrincipalSuspended);
    town.ask(Ask::post(&*again, json!({})).by(&bob)).await.refused(Code::Forbidden);
    assert_eq!(set_status(&town, &owner, &alice, "reinstate").await["status"], "active");
    town.ask(Ask::get("/api/v1/agents").by(&alice)).await.accepted();
    town.stop().await;
}

#[tokio::test]
async fn a_frozen_agent_acts_but_its_money_stays() {
    let (town, owner) = Town::owned().await;
    let (alice, bob) = (town.agent(&owner, "alice").await, town.agent(&owner, "bob").await);
    let freeze = Ask::post(
        format!("/api/v1/agents/{}/freeze", alice.id),
        json!({ "reason": "compromised", "note": "Her key was seen in a public repository." }),
    );
    assert_eq!(town.ask(freeze.by(&owner)).await.accepted()["status"], "frozen");
    let seen = town.ask(Ask::get(format!("/api/v1/agents/{}", alice.id)).by(&alice)).await;
    assert_eq!(seen.accepted()["status"], "frozen");
    let pay = crate::harness::pay(&bob, "1");
    town.ask(Ask::post("/api/v1/transfers", pay.clone()).by(&alice))
        .await
        .refused(Code::PrincipalFrozen);
    let entry = town.ask(Ask::get(format!("/api/v1/journal/entries/{}", town.seq())).by(&owner));
    let entry = entry.await.accepted().to_string();
    assert!(entry.contains("compromised") && !entry.contains("repository"), "{entry}");
    assert_eq!(set_status(&town, &owner, &alice, "reinstate").await["status"], "active");
    town.ask(Ask::post("/api/v1/transfers", pay).by(&alice)).await.accepted();
    town.stop().await;
}

#[tokio::test]
async fn agents_are_found_by_words_skill_price_and_reputation() {
    let (town, owner) = Town::owned().await;
    let cheap = card("Tina", &["tax-filing"], Some("5"));
    town.agent_with(&owner, "tina", Some(cheap)).await;
    town.agent_with(&owner, "tom", Some(card("Tom", &["tax-filing", "audit"], Some("50")))).await;
    town.agent_with(&owner, "una", Some(card("Una", &["translation"], None))).await;
    assert_eq!(names(&town, "skill=tax-filing").await.len(), 2);
    assert_eq!(names(&town, "skill=tax-filing&max_price=10").await, ["Tina"]);
    assert_eq!(names(&town, "skill=tax-filing&max_price=4.99").await, [""; 0]);
    assert_eq!(names(&town, "query=translation").await, ["Una"]);
    assert_eq!(names(&town, "query=tom+audit").await, ["Tom"]);
    assert_eq!(names(&town, "skill=tax-filing&min_reputation=1").await, [""; 0]);
    assert_eq!(names(&town, "skill=tax").await, [""; 0]);
    let refused = town.ask(Ask::get("/api/v1/discover?max_price=ten")).await;
    refused.refused(Code::AmountMalformed);
    let foreign = town.ask(Ask::get("/api/v1/discover?max_price=1&currency=USD")).await;
    foreign.refused(Code::CurrencyUnknown);
    let found = town.ask(Ask::get("/api/v1/discover?skill=tax-filing&limit=1")).await.accepted();
    let cursor = found["next_cursor"].as_str().unwrap();
    let next = format!("/api/v1/discover?skill=tax-filing&limit=1&cursor={cursor}");
    let next = town.ask(Ask::get(next)).await.accepted();
    assert_ne!(next["agents"][0]["id"], found["agents"][0]["id"]);
    assert_eq!(found["agents"][0]["price"]["currency"], "AVT");
    town.stop().await;
}

#[tokio::test]
async fn a_key_is_rotated_and_the_agent_found_by_either() {
    let (town, owner) = Town::owned().await;
    let alice = town.agent(&owner, "alice").await;
    let path = format!("/api/v1/agents/{}/key", alice.id);
    let rotated = town.ask(Ask::post(&*path, json!({})).by(&owner)).await;
    assert_eq!(rotated.header("cache-control"), Some("no-store"));
    let rotated = rotated.accepted();
    let pem = rotated["private_key_pem"].as_str().unwrap();
    let key = hansa_crypto::SigningKey::from_pkcs8_pem(pem).unwrap().public();
    assert_eq!(rotated["did"], json!(key.did_key()));
    assert!(rotated["former_accepted_until"].is_string());
    for did in [alice.did.to_string(), key.did_key().to_string()] {
        let read = town.ask(Ask::get(format!("/api/v1/agents/{did}")).by(&owner)).await.accepted();
        assert_eq!((&read["id"], &read["did"]), (&json!(alice.id), &json!(key.did_key())));
    }
    let [own, stranger] = [[77; 32], [78; 32]].map(hansa_crypto::SigningKey::from_seed);
    let ath = Some(hansa_crypto::secret::token_digest(&owner.secret));
    let proof = KeyProof { aud: town.did(), iat: town.node.now().unix_seconds(), ath };
    let body = |proof: Option<String>| json!({ "public_key": own.public().to_multibase(), "proof": proof, "revoke_former": true });
    for unproven in [None, Some(proof.sign(&stranger)), Some("x".to_owned())] {
        town.ask(Ask::post(&*path, body(unproven)).by(&owner)).await.refused(Code::ProofInvalid);
    }
    let body = body(Some(proof.sign(&own)));
    let rotated = town.ask(Ask::post(&*path, body.clone()).by(&owner)).await.accepted();
    assert_eq!(rotated["former_accepted_until"], Value::Null);
    assert_eq!(rotated.get("private_key_pem"), None);
    town.ask(Ask::post(&*path, body).by(&owner)).await.refused(Code::PrincipalExists);
    town.stop().await;
}

#[tokio::test]
async fn an_envelope_reads_under_a_former_key_until_that_has_expired() {
    let (town, owner) = Town::owned().await;
    let alice = town.agent(&owner, "alice").await;
    let read = || {
        let params = object(json!({ "principal": alice.id }));
        let header = alice.header(town.did(), None);
        alice.sign(build::operation_by_id(header, "balance_list", params))
    };
    assert_eq!(town.submit(&read()).await.accepted()["verb"], "balance_list");
    let path = format!("/api/v1/agents/{}/key", alice.id);
    town.ask(Ask::post(&*path, json!({})).by(&owner)).await.accepted();
    town.clock.advance(Duration::days(7));
    town.submit(&read()).await.refused(Code::CredentialInvalid);
    town.stop().await;
}

#[tokio::test]
async fn an_envelope_reads_under_a_former_key_while_that_is_accepted() {
    let (town, owner) = Town::owned().await;
    let alice = town.agent(&owner, "alice").await;
    let read = || {
        let params = object(json!({ "principal": alice.id }));
        let header = alice.header(town.did(), None);
        alice.sign(build::operation_by_id(header, "balance_list", params))
    };
    let rotate = |body: Value| Ask::post(format!("/api/v1/agents/{}/key", alice.id), body);
    town.ask(rotate(json!({})).by(&owner)).await.accepted();
    town.clock.advance(Duration::days(6));
    town.submit(&read()).await.accepted();
    town.ask(rotate(json!({ "revoke_former": true })).by(&owner)).await.accepted();
    town.submit(&read()).await.refused(Code::CredentialInvalid);
    town.stop().await;
}
