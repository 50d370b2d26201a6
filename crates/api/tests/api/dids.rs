//! DIDs over real HTTP: logs that others verify, rotation, and what is refused.

use std::future::Future;
use std::task::{Context, Poll, Waker};

use didwebvh_rs::log_entry::LogEntryMethods as _;
use didwebvh_rs::prelude::DIDWebVHState;
use hansa_api::ApiSettings;
use hansa_crypto::did_document::acting_keys;
use hansa_crypto::webvh::{Change, Log, Multihash, append, verify};
use hansa_crypto::{PublicKey, SigningKey};
use hansa_node::did::Followed;
use hansa_types::{Code, Did, Duration, Time};
use serde_json::{Value, json};

use crate::harness::{Actor, Ask, Reply, Town};

/// An agent that has a log, with everything that was shown of it.
pub(super) struct Logged {
    pub(super) id: String,
    pub(super) did: String,
    pub(super) key: SigningKey,
    pub(super) secret: String,
    pub(super) recovery: Option<SigningKey>,
}

pub(super) async fn register(town: &Town, owner: &Actor, body: Value) -> Logged {
    let made = town.ask(Ask::post("/api/v1/agents", body).by(owner)).await.accepted();
    let text = |name: &str| made[name].as_str().map(str::to_owned);
    let key = |name: &str| text(name).map(|pem| SigningKey::from_pkcs8_pem(&pem).unwrap());
    Logged {
        id: text("id").unwrap(),
        did: text("did").unwrap(),
        key: key("private_key_pem").unwrap(),
        secret: text("api_key").unwrap(),
        recovery: key("recovery_key_pem"),
    }
}

pub(super) async fn log_of(town: &Town, id: &str) -> String {
    let reply = town.ask(Ask::get(format!("/dids/{id}/did.jsonl"))).await;
    assert_eq!(reply.header("content-type"), Some("text/jsonl"), "{}", reply.status);
    String::from_utf8(reply.body).unwrap()
}

pub(super) fn read(text: &str) -> Log {
    verify(text, Time(u64::MAX)).unwrap()
}

/// What the method's own implementation makes of a log. Nothing here waits: no log is fetched.
pub(super) fn theirs(did: &str, text: &str) -> Result<(String, Value), String> {
    let mut state = DIDWebVHState::default();
    let resolving = state.resolve_log_owned(did, text, None);
    let mut resolving = std::pin::pin!(resolving);
    let polled = resolving.as_mut().poll(&mut Context::from_waker(Waker::noop()));
    let Poll::Ready(resolved) = polled else { panic!("it waits for something") };
    let (entry, metadata) = resolved.map_err(|error| error.to_string())?;
    Ok((metadata.version_id, entry.get_state().clone()))
}

pub(super) fn escaped(did: &str) -> String {
    did.replace('%', "%25").replace('/', "%2F")
}

pub(super) async fn hand_in(town: &Town, id: &str, secret: &str, log: &str) -> Reply {
    let ask = Ask::new("PUT", format!("/api/v1/agents/{id}/did/log"));
    town.ask(ask.json(&json!({ "log": log })).bearer(secret)).await
}

/// The log with an entry behind it that brings it to where a node would have it, as an owner writes
/// it with the recovery key.
pub(super) async fn moved(
    town: &Town,
    agent: &Logged,
    text: &str,
    by: &SigningKey,
    next: &PublicKey,
) -> String {
    let ask = Ask::get(format!("/api/v1/agents/{}/did", agent.id)).bearer(&agent.secret);
    let home = town.ask(ask).await.accepted()["home"].clone();
    let log = read(text);
    let document = home["document"].to_string().replace("{SCID}", &log.scid().to_string());
    let mut document: Value = serde_json::from_str(&document).unwrap();
    document["alsoKnownAs"].as_array_mut().unwrap().push(json!(log.did()));
    let update_key = PublicKey::from_multibase(home["update_key"].as_str().unwrap()).unwrap();
    let next = [Multihash::of_key(&update_key), Multihash::of_key(next)];
    let change = Change { signer: by, next: &next, document, now: town.node.now() };
    format!("{text}{}\n", append(&log, text, change).unwrap())
}

#[tokio::test]
async fn an_agents_log_is_read_by_the_methods_own_implementation() {
    let [(town, owner), _other] = Town::pair(&[]).await;
    let alice = register(&town, &owner, json!({ "name": "alice" })).await;
    let port = town.address.port();
    let text = log_of(&town, &alice.id).await;
    let (version, document) = theirs(&alice.did, &text).unwrap();
    let log = read(&text);
    assert_eq!((version.as_str(), &document), (log.version_id(), log.document()));
    assert_eq!(alice.did, format!("did:webvh:{}:localhost%3A{port}:dids:{}", log.scid(), alice.id));
    assert!(log.portable() && log.update_keys().len() == 1 && log.next_key_hashes().len() == 2);
    let recovery = alice.recovery.unwrap();
    assert!(log.may_be_followed_by(&recovery.public()), "the owner may go on without the node");
    assert_eq!(acting_keys(&document), [alice.key.public()]);
    let methods = document["verificationMethod"].as_array().unwrap();
    let names: Vec<&str> = methods.iter().map(|m| m["id"].as_str().unwrap()).collect();
    let own = format!("{}#{}", alice.did, alice.key.public());
    let custodial = format!("{}#node-1", alice.did);
    assert_eq!(names, [&own, &custodial]);
    let keys = town.ask(Ask::get(format!("/api/v1/agents/{}/public-key", alice.id))).await;
    let keys = keys.accepted();
    assert_eq!(
        (keys["kid"].as_str(), keys["keys"][1]["kid"].as_str()),
        (Some(&*custodial), Some(&*own))
    );
    let tag = town.ask(Ask::get(format!("/dids/{}/did.jsonl", alice.id))).await;
    assert_eq!(tag.header("access-control-allow-origin"), Some("*"));
    let known = tag.header("etag").unwrap();
    let again = Ask::get(format!("/dids/{}/did.jsonl", alice.id)).header("if-none-match", known);
    assert_eq!(town.ask(again).await.status, 304);
    town.stop().await;
}

#[tokio::test]
async fn an_agent_is_found_by_every_name_it_has() {
    let [(town, owner), _other] = Town::pair(&[]).await;
    let alice = register(&town, &owner, json!({ "name": "alice" })).await;
    let me = town.ask(Ask::get("/api/v1/agents/me").bearer(&alice.secret)).await.accepted();
    assert_eq!(me["did"], alice.did);
    let shown = Ask::get(format!("/api/v1/agents/{}/did", alice.id)).bearer(&alice.secret);
    let shown = town.ask(shown).await.accepted();
    let names = shown["also_known_as"].as_array().unwrap();
    assert_eq!((shown["did"].as_str(), names.len()), (Some(&*alice.did), 5), "{shown}");
    let mut names: Vec<String> = names.iter().map(|n| n.as_str().unwrap().to_owned()).collect();
    for method in ["did:theprotocol:localhost:", "did:w7:", "did:cf:", "did:web:", "did:key:"] {
        assert!(names.iter().any(|name| name.starts_with(method)), "{method} in {names:?}");
    }
    names.push(alice.did.clone());
    names.push(alice.did.replace("%3A", "%3a"));
    // A client that decoded the name once too often.
    names.push(alice.did.replace("%3A", ":"));
    for name in &names {
        let path = format!("/api/v1/agents/{}", escaped(name));
        let found = town.ask(Ask::get(path).by(&owner)).await.accepted();
        assert_eq!((&found["id"], &found["did"]), (&json!(alice.id), &json!(alice.did)), "{name}");
        let resolved = town.ask(Ask::get(format!("/api/v1/dids/{}", escaped(name)))).await;
        let resolved = resolved.accepted();
        assert_eq!(resolved["principal"], json!(alice.id), "{name}");
        assert_eq!(resolved["document"]["id"], resolved["did"], "{name}");
    }
    let document = town.ask(Ask::get(format!("/dids/{}/did.json", alice.id))).await.accepted();
    let web = names.iter().find(|name| name.starts_with("did:web:")).unwrap();
    assert_eq!(document["id"].as_str(), Some(web.as_str()));
    assert!(document["alsoKnownAs"].as_array().unwrap().contains(&json!(alice.did)));
    let paid = json!({ "to": names[0], "amount": "1" });
    town.ask(Ask::post("/api/v1/transfers", paid).by(&owner))
        .await
        .refused(Code::InsufficientFunds);
    town.stop().await;
}

/// A key that a caller brings, with the proof that the caller holds it.
fn brought(town: &Town, secret: &str, key: &SigningKey) -> Value {
    use hansa_crypto::jws::{Header, sign};
    let (iat, ath) = (town.node.now().unix_seconds(), hansa_crypto::secret::token_digest(secret));
    let claims = json!({ "aud": town.did(), "iat": iat, "ath": ath }).to_string();
    let proof = sign(&Header::new("key-proof+jwt", "key"), claims.as_bytes(), key);
    json!({ "public_key": key.public().to_multibase(), "proof": proof })
}

#[tokio::test]
async fn a_change_of_keys_is_told_by_the_log_in_the_same_batch() {
    let [(town, owner), _other] = Town::pair(&[]).await;
    let alice = register(&town, &owner, json!({ "name": "alice" })).await;
    let own = |path: &str, body: Value| {
        Ask::post(format!("/api/v1/agents/{}/{path}", alice.id), body).bearer(&alice.secret)
    };
    let seq = town.seq();
    let [two, three, four] = [2, 3, 4].map(|byte| SigningKey::from_seed([byte; 32]));
    let (second, third) = (two.public(), three.public());
    let rotated = town.ask(own("key", brought(&town, &alice.secret, &two))).await;
    assert_eq!(rotated.accepted()["did"], alice.did);
    assert_eq!(town.seq(), seq + 2);
    let log = read(&log_of(&town, &alice.id).await);
    assert_eq!((log.version(), acting_keys(log.document())), (2, vec![second]));
    let stating = |log: &Log| log.document()["assertionMethod"].as_array().unwrap().len();
    assert_eq!(stating(&log), 3, "the former key still vouches");
    town.ask(own("custody-key", json!({}))).await.accepted();
    let mut body = brought(&town, &alice.secret, &three);
    body["revoke_former"] = json!(true);
    town.ask(own("key", body)).await.accepted();
    let text = log_of(&town, &alice.id).await;
    let log = read(&text);
    assert_eq!((log.version(), stating(&log)), (4, 2));
    assert!(text.contains("#node-2") && acting_keys(log.document()) == [third]);
    assert!(log.may_be_followed_by(&alice.recovery.unwrap().public()), "as from the beginning");
    assert_eq!(theirs(&alice.did, &text).unwrap().0, log.version_id());
    town.ask(own("key", brought(&town, &alice.secret, &three)))
        .await
        .refused(Code::PrincipalExists);
    // Nor does anybody write to it who may not change the keys.
    let mallory = register(&town, &owner, json!({ "name": "mallory" })).await;
    for key in [&three, &two, &four] {
        let body = brought(&town, &mallory.secret, key);
        let path = format!("/api/v1/agents/{}/key", alice.id);
        town.ask(Ask::post(path, body).bearer(&mallory.secret)).await.refused(Code::Forbidden);
    }
    let path = format!("/api/v1/agents/{}/custody-key", alice.id);
    town.ask(Ask::post(path, json!({})).bearer(&mallory.secret)).await.refused(Code::Forbidden);
    assert_eq!(read(&log_of(&town, &alice.id).await).version(), 4);
    town.stop().await;
}

#[tokio::test]
async fn the_owner_may_bring_the_recovery_key_or_want_no_log() {
    let [(town, owner), _other] = Town::pair(&[]).await;
    let recovery = SigningKey::from_seed([50; 32]).public();
    let brought = json!({ "name": "a", "did": { "recovery_key": recovery.to_multibase() } });
    let agent = register(&town, &owner, brought).await;
    assert!(agent.recovery.is_none());
    assert!(read(&log_of(&town, &agent.id).await).may_be_followed_by(&recovery));
    let plain = register(&town, &owner, json!({ "name": "b", "did": { "method": "key" } })).await;
    assert_eq!(plain.did, plain.key.public().did_key().to_string());
    let both = json!({ "method": "key", "recovery_key": recovery.to_multibase() });
    let ask = Ask::post("/api/v1/agents", json!({ "name": "c", "did": both })).by(&owner);
    town.ask(ask).await.refused(Code::InvalidField);
    let onboarded = Ask::post("/api/v1/onboarding", json!({ "name": "d" })).by(&owner);
    let onboarded = town.ask(onboarded).await.accepted();
    assert!(onboarded["did"].as_str().unwrap().starts_with("did:webvh:"));
    assert!(onboarded["recovery_key_pem"].is_string());
    let path = format!("/api/v1/agents/{}/did", plain.id);
    let begin = || Ask::post(path.clone(), json!({})).bearer(&plain.secret).key("once");
    let begun = town.ask(begin()).await;
    assert_eq!(begun.header("cache-control"), Some("no-store"));
    let begun = begun.accepted();
    let key = SigningKey::from_pkcs8_pem(begun["recovery_key_pem"].as_str().unwrap()).unwrap();
    let text = log_of(&town, &plain.id).await;
    assert!(read(&text).may_be_followed_by(&key.public()));
    assert_eq!(theirs(begun["did"].as_str().unwrap(), &text).unwrap().0, read(&text).version_id());
    town.ask(begin()).await.refused(Code::SecretAlreadyShown);
    let again = Ask::post(path.clone(), json!({})).bearer(&plain.secret);
    town.ask(again).await.refused(Code::DidLogExists);
    town.stop().await;
}

#[tokio::test]
async fn a_node_without_a_public_name_hosts_no_dids() {
    let nowhere = |config: &mut hansa_node::Config| {
        config.public_url = Some("http://127.0.0.1:7400".to_owned());
    };
    let mut town = Town::with(nowhere, ApiSettings::default()).await;
    let owner = town.set_up().await;
    let alice = town.agent(&owner, "alice").await;
    assert_eq!(alice.did.method(), "key");
    let path = format!("/api/v1/agents/{}/did", alice.id);
    let shown = town.ask(Ask::get(path.clone()).by(&alice)).await.accepted();
    assert_eq!((&shown["log"], &shown["home"]), (&Value::Null, &Value::Null));
    town.ask(Ask::post(path, json!({})).by(&alice)).await.refused(Code::DidUnavailable);
    let wanted = json!({ "name": "x", "did": { "method": "webvh" } });
    town.ask(Ask::post("/api/v1/agents", wanted).by(&owner)).await.refused(Code::DidUnavailable);
    for file in ["did.jsonl", "did.json"] {
        town.ask(Ask::get(format!("/dids/{}/{file}", alice.id))).await.refused(Code::NotFound);
    }
    town.stop().await;
}

#[tokio::test]
async fn an_erased_agents_log_is_gone() {
    let [(town, owner), _other] = Town::pair(&[]).await;
    let alice = register(&town, &owner, json!({ "name": "alice" })).await;
    let erase = Ask::post(format!("/api/v1/principals/{}/erase", alice.id), json!({})).by(&owner);
    let erased = town.ask(erase).await.accepted();
    let kinds = erased["documents"].as_array().unwrap();
    assert!(kinds.iter().any(|kind| kind["kind"] == "did"), "{erased}");
    for file in ["did.jsonl", "did.json"] {
        town.ask(Ask::get(format!("/dids/{}/{file}", alice.id))).await.refused(Code::NotFound);
    }
    let path = format!("/api/v1/dids/{}", escaped(&alice.did));
    town.ask(Ask::get(path.clone())).await.refused(Code::Unauthenticated);
    town.ask(Ask::get(path).by(&owner)).await.refused(Code::DidUnresolvable);
    town.stop().await;
}

#[tokio::test]
async fn an_agent_acts_under_the_did_of_its_log() {
    use hansa_crypto::jws::{Header, sign};
    let [(town, owner), _other] = Town::pair(&[]).await;
    let alice = register(&town, &owner, json!({ "name": "alice" })).await;
    // Tokens from before the node's start are not believed, and this one began just now.
    town.clock.advance(Duration::minutes(2));
    let now = town.node.now().unix_seconds();
    let token = |iss: &str, key: &SigningKey, jti: &str| {
        let claims = json!({ "iss": iss, "sub": iss, "aud": town.did(), "iat": now, "exp": now + 60, "jti": jti });
        sign(&Header::new("JWT", format!("{iss}#1")), claims.to_string().as_bytes(), key)
    };
    let me = |token: &str| Ask::get("/api/v1/agents/me").bearer(token);
    let told = town.ask(me(&token(&alice.did, &alice.key, "1"))).await.accepted();
    assert_eq!(told["did"], alice.did);
    let stranger = SigningKey::from_seed([9; 32]);
    town.ask(me(&token(&alice.did, &stranger, "2"))).await.refused(Code::CredentialInvalid);
    let foreign = alice.did.replace(&alice.did[10..56], &Multihash::of(b"x").to_string());
    town.ask(me(&token(&foreign, &alice.key, "3"))).await.refused(Code::DidUnknown);
    let did: Did = alice.did.parse().unwrap();
    let actor = town.known(&alice.id, alice.key.clone());
    let mut header = actor.header(town.did(), None);
    header.from = did;
    let params = serde_json::Map::new();
    let mut envelope = hansa_wire::amp::build::operation_by_id(header, "agent_me", params);
    envelope.sign(&alice.key).unwrap();
    let answer = town.submit(&envelope.to_value().unwrap()).await.accepted();
    assert_eq!(answer["result"]["did"], alice.did, "{answer}");
    envelope.sign(&stranger).unwrap();
    town.submit(&envelope.to_value().unwrap()).await.refused(Code::SignatureInvalid);
    // A token by the key before counts until that is over.
    let rotate = |body: Value| Ask::post(format!("/api/v1/agents/{}/key", alice.id), body);
    town.ask(rotate(json!({})).by(&owner)).await.accepted();
    town.ask(me(&token(&alice.did, &alice.key, "4"))).await.accepted();
    town.ask(rotate(json!({ "revoke_former": true })).by(&owner)).await.accepted();
    town.ask(me(&token(&alice.did, &alice.key, "5"))).await.refused(Code::CredentialInvalid);
    town.stop().await;
}

#[tokio::test]
async fn dids_follow_the_node_to_another_name() {
    let [(town, owner), _other] = Town::pair(&[]).await;
    let alice = register(&town, &owner, json!({ "name": "alice" })).await;
    let bob = register(&town, &owner, json!({ "name": "bob", "did": { "method": "key" } })).await;
    let before = log_of(&town, &alice.id).await;
    let same = town.restart().await;
    assert_eq!(same.node.dids().follow().await.unwrap(), Followed::default());
    let town = same.renamed("https://town.example").await;
    // What the node does by itself when it starts, waited for.
    town.node.dids().follow().await.unwrap();
    let text = log_of(&town, &alice.id).await;
    assert!(text.starts_with(&before) && text.lines().count() == 2, "{text}");
    let did = format!("did:webvh:{}:town.example:dids:{}", read(&text).scid(), alice.id);
    let (_, document) = theirs(&did, &text).unwrap();
    assert!(document["alsoKnownAs"].as_array().unwrap().contains(&json!(alice.did)));
    for name in [did.as_str(), alice.did.as_str()] {
        let found = town.ask(Ask::get(format!("/api/v1/dids/{}", escaped(name)))).await.accepted();
        assert_eq!(found["principal"], alice.id.as_str(), "{name}");
    }
    let told = town.ask(Ask::get(format!("/api/v1/agents/{}", bob.id)).by(&owner)).await.accepted();
    assert_eq!(told["did"], bob.did.as_str());
    // A node that loses its name leaves them where they are.
    let town = town.nameless().await;
    assert_eq!(town.node.dids().follow().await.unwrap(), Followed::default());
    assert_eq!(log_of(&town, &alice.id).await, text);
    town.stop().await;
}
