//! Onboarding over real HTTP: one call, brought keys, bootstrap tokens, and money asked for.

use hansa_crypto::SigningKey;
use hansa_crypto::jws::{Header, sign};
use hansa_crypto::secret::token_digest;
use hansa_types::{Code, Duration};
use hansa_wire::scalar::WireKey;
use serde_json::{Value, json};

use crate::harness::{Actor, Ask, Reply, Town};

fn onboard(body: &Value) -> Ask {
    Ask::post("/api/v1/onboarding", body.clone())
}

async fn bootstrap(town: &Town, owner: &Actor) -> Reply {
    town.ask(Ask::post("/api/v1/onboarding/bootstrap", json!({})).by(owner)).await
}

#[tokio::test]
async fn one_call_makes_an_agent_that_can_act() {
    let (town, owner) = Town::owned().await;
    let reply = town.ask(onboard(&json!({ "name": "dave" })).by(&owner).key("once")).await;
    assert_eq!((reply.status, reply.header("cache-control")), (201, Some("no-store")));
    let made = reply.accepted();
    let text = |name: &str| made[name].as_str().unwrap().to_owned();
    let key = SigningKey::from_pkcs8_pem(&text("private_key_pem")).unwrap();
    assert_eq!(text("did"), key.public().did_key().to_string());
    assert!(text("genesis_transfer").starts_with("trf_"));
    let grant = json!({ "grant_type": "client_credentials", "client_id": made["client_id"],
        "client_secret": made["client_secret"] });
    let token = town.ask(Ask::post("/oauth/token", grant)).await.accepted();
    let balances = format!("/api/v1/accounts/{}/balances", text("id"));
    let asked = Ask::get(balances).bearer(token["access_token"].as_str().unwrap());
    assert_eq!(town.ask(asked).await.accepted()["data"][0]["available"], "1000");
    let again = town.ask(onboard(&json!({ "name": "dave" })).by(&owner).key("once")).await;
    again.refused(Code::SecretAlreadyShown);
    town.stop().await;
}

#[tokio::test]
async fn a_brought_key_needs_a_proof_made_for_this_request() {
    let (town, owner) = Town::owned().await;
    let key = SigningKey::from_seed([9; 32]);
    let now = town.node.now().unix_seconds();
    let good = json!({ "aud": town.did(), "iat": now, "ath": token_digest(&owner.secret) });
    let proof = |claims: &Value, key: &SigningKey, typ: &str| {
        sign(&Header::new(typ, "key"), claims.to_string().as_bytes(), key)
    };
    let with = |name: &str, value: Value| {
        let mut claims = good.clone();
        claims[name] = value;
        claims
    };
    let body = |proof: Value| json!({ "name": "erin", "public_key": WireKey(key.public()), "proof": proof });
    let stranger = SigningKey::from_seed([8; 32]);
    let typ = "key-proof+jwt";
    for bad in [
        Value::Null,
        json!("x"),
        json!(proof(&good, &stranger, typ)),
        json!(proof(&good, &key, "JWT")),
        json!(proof(&with("aud", json!("did:key:z6Mk")), &key, typ)),
        json!(proof(&with("iat", json!(now - 301)), &key, typ)),
        json!(proof(&with("iat", json!(now + 301)), &key, typ)),
        json!(proof(&with("ath", json!(token_digest("other"))), &key, typ)),
        json!(proof(&json!({ "aud": town.did(), "iat": now }), &key, typ)),
    ] {
        let reply = town.ask(onboard(&body(bad)).by(&owner)).await;
        reply.refused(Code::ProofInvalid);
    }
    let made = town.ask(onboard(&body(json!(proof(&good, &key, typ)))).by(&owner)).await;
    let made = made.accepted();
    assert_eq!(made["did"], key.public().did_key().to_string());
    assert_eq!(made["private_key_pem"], Value::Null);
    town.stop().await;
}

#[tokio::test]
async fn a_bootstrap_token_onboards_one_agent_and_nothing_else() {
    let (town, owner) = Town::owned().await;
    let made = bootstrap(&town, &owner).await.accepted();
    assert_eq!(made["expires_in"], 300);
    let token = made["bootstrap_token"].as_str().unwrap();
    assert!(token.starts_with("bst_"));
    let by = |ask: Ask, token: &str| ask.header("bootstrap-token", token);
    let name = |name: &str| json!({ "name": name });
    let listed = town.ask(by(Ask::get("/api/v1/agents"), token)).await;
    listed.refused(Code::Unauthenticated);
    town.ask(Ask::get("/api/v1/agents").bearer(token)).await.refused(Code::CredentialInvalid);
    let two = town.ask(by(onboard(&name("a")), token).by(&owner)).await;
    two.refused(Code::CredentialInvalid);
    let agent = town.ask(by(onboard(&name("a")), token)).await.accepted();
    assert!(agent["client_secret"].as_str().is_some());
    town.ask(by(onboard(&name("b")), token)).await.refused(Code::CredentialInvalid);
    town.ask(by(onboard(&name("b")), "bst_guess")).await.refused(Code::CredentialInvalid);
    let made = bootstrap(&town, &owner).await.accepted();
    town.clock.advance(Duration::minutes(5));
    let late = made["bootstrap_token"].as_str().unwrap();
    town.ask(by(onboard(&name("b")), late)).await.refused(Code::CredentialInvalid);
    for _ in 0..5 {
        bootstrap(&town, &owner).await.accepted();
    }
    bootstrap(&town, &owner).await.refused(Code::RateLimited);
    town.clock.advance(Duration::minutes(1));
    bootstrap(&town, &owner).await.accepted();
    town.stop().await;
}

#[tokio::test]
async fn an_agent_asks_for_money_and_the_owner_decides() {
    let (town, owner) = Town::owned().await;
    let alice = town.agent(&owner, "alice").await;
    let ask = |amount: &str| Ask::post("/api/v1/fundings", json!({ "amount": amount })).by(&alice);
    let first = town.ask(ask("12.5")).await.accepted();
    assert_eq!((&first["state"], &first["amount"]), (&json!("requested"), &json!("12.5")));
    let second = town.ask(ask("3")).await.accepted();
    let act = |funding: &Value, act: &str| {
        let id = funding["id"].as_str().unwrap();
        Ask::post(format!("/api/v1/fundings/{id}/{act}"), json!({}))
    };
    town.ask(act(&first, "approve").by(&alice)).await.refused(Code::Forbidden);
    let approved = town.ask(act(&first, "approve").by(&owner)).await.accepted();
    assert_eq!(approved["state"], "approved");
    town.ask(act(&first, "reject").by(&owner)).await.refused(Code::FundingDecided);
    town.ask(act(&second, "reject").by(&owner)).await.accepted();
    let page = town.ask(Ask::get("/api/v1/fundings").by(&alice)).await.accepted();
    let states: Vec<&Value> =
        page["data"].as_array().unwrap().iter().map(|f| &f["state"]).collect();
    assert_eq!(states, [&json!("rejected"), &json!("approved")]);
    // Ids of one moment have no order; the journal does.
    for amount in ["4", "5", "6", "7", "8"] {
        town.ask(ask(amount)).await.accepted();
    }
    let page = town.ask(Ask::get("/api/v1/fundings").by(&alice)).await.accepted();
    let amounts: Vec<&Value> =
        page["data"].as_array().unwrap().iter().map(|f| &f["amount"]).collect();
    assert_eq!(amounts, ["8", "7", "6", "5", "4", "3", "12.5"]);
    let balances = format!("/api/v1/accounts/{}/balances", alice.id);
    let held = town.ask(Ask::get(balances).by(&alice)).await.accepted();
    assert_eq!(held["data"][0]["available"], "1012.5");
    town.stop().await;
}
