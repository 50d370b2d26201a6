//! Cards as signed documents: two renderings, two signers, tags and caches, and what comes in.

use hansa_api::{ApiSettings, CardSignatures};
use hansa_crypto::card::{Form, read, verify};
use hansa_crypto::jws::{Header, sign_detached};
use hansa_crypto::{PublicKey, jwk, registry_card};
use hansa_types::{Code, Duration};
use hansa_wire::api::discover::Price;
use hansa_wire::card::Card;
use serde_json::{Map, Value, json};

use crate::harness::{Actor, Ask, Town, object};

/// A document: which rules sign it, and where it stands.
pub(super) type Place = (Form, fn(&str) -> String);
pub(super) const A2A: Place =
    (Form::A2a, |agent| format!("/a2a/{agent}/.well-known/agent-card.json"));
pub(super) const EXPORT: Place =
    (Form::TheProtocol, |agent| format!("/api/v1/agents/{agent}/card-export"));

/// An agent's own signature on a document as it stands now.
pub(super) async fn own_signature(town: &Town, actor: &Actor, (form, path): Place) -> Value {
    let document = town.ask(Ask::get(path(&actor.id.to_string()))).await.accepted();
    let payload = form.payload(&object(document)).unwrap();
    let signed = sign_detached(&Header::kid(format!("{}#1", actor.did)), &payload, &actor.key);
    json!({ "protected": signed.protected, "signature": signed.signature.to_string() })
}

async fn hand_in(town: &Town, actor: &Actor, signature: Value) -> crate::harness::Reply {
    let path = format!("/api/v1/agents/{}/card/signatures", actor.id);
    town.ask(Ask::post(path, signature).by(actor)).await
}

async fn set(town: &Town, actor: &Actor, card: &Map<String, Value>) -> crate::harness::Reply {
    let path = format!("/api/v1/agents/{}/card", actor.id);
    town.ask(Ask::new("PUT", path).json(&json!({ "card": card })).by(actor)).await
}

fn tax_card() -> Map<String, Value> {
    let price = Price { amount: "2.5".parse().unwrap(), currency: "AVT".parse().unwrap() };
    Card::draft("Täx é世 😀", &["tax-filing"], Some(&price)).to_object()
}

/// The kids of the signatures on a document that verify under these keys.
fn verified(form: Form, document: &Value, keys: &[PublicKey]) -> Vec<String> {
    let card = object(document.clone());
    let signed = read(&card).unwrap();
    let kids = signed.iter().filter_map(|signed| {
        keys.iter().find_map(|key| verify(&card, form, signed, &key.prepare()).ok().flatten())
    });
    kids.collect()
}

async fn keys_of(town: &Town, agent: &Actor) -> Vec<PublicKey> {
    let path = format!("/api/v1/agents/{}/public-key", agent.id);
    let set = town.ask(Ask::get(path)).await.accepted();
    assert_eq!(set["x"], set["keys"][0]["x"]);
    set["keys"].as_array().unwrap().iter().map(|key| jwk::read(key).unwrap()).collect()
}

async fn settled(mode: CardSignatures) -> (Town, Actor, Actor) {
    let settings = ApiSettings { card_signatures: mode, ..ApiSettings::default() };
    let mut town = Town::with(|_| (), settings).await;
    let owner = town.set_up().await;
    let alice = town.agent(&owner, "alice").await;
    (town, owner, alice)
}

#[tokio::test]
async fn both_documents_are_signed_by_the_node_over_their_own_bytes() {
    let (town, _, alice) = settled(CardSignatures::Shadow).await;
    set(&town, &alice, &tax_card()).await.accepted();
    let keys = keys_of(&town, &alice).await;
    for (form, path) in [A2A, EXPORT] {
        for name in
            [alice.id.to_string(), alice.did.to_string(), alice.did.to_string().replace(':', "%3A")]
        {
            let reply = town.ask(Ask::get(path(&name))).await;
            let document = reply.accepted();
            assert_eq!(form.bytes(&document).unwrap(), reply.body, "the bytes are canonical");
            let kid = format!("{}#node-1", alice.did);
            assert_eq!(verified(form, &document, &keys), [kid]);
            assert_eq!(document["name"], "Täx é世 😀");
        }
    }
    let [card, alias] = ["agent-card.json", "agent.json"]
        .map(|name| Ask::get(format!("/a2a/{}/.well-known/{name}", alice.id)));
    assert_eq!(town.ask(card).await.accepted(), town.ask(alias).await.accepted());
    town.stop().await;
}

#[tokio::test]
async fn documents_carry_tags_caches_and_leave_for_pages() {
    let (town, _, alice) = settled(CardSignatures::Shadow).await;
    for (_, path) in [A2A, EXPORT] {
        let path = path(&alice.id.to_string());
        let first = town.ask(Ask::get(&path).header("origin", "https://elsewhere.example")).await;
        first.accepted();
        let etag = first.header("etag").unwrap().to_owned();
        let digest = hansa_crypto::hash::sha256(&first.body);
        let hex: String = digest.0.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(etag, format!("\"{hex}\""));
        let cache = Some("public, max-age=300, stale-while-revalidate=600");
        assert_eq!(first.header("cache-control"), cache);
        assert_eq!(first.header("access-control-allow-origin"), Some("*"));
        assert_eq!(first.header("content-type"), Some("application/json"));
        let again = town.ask(Ask::get(&path).header("if-none-match", &etag)).await;
        assert_eq!((again.status, again.body.len()), (304, 0));
        assert_eq!(again.header("cache-control"), cache);
        set(&town, &alice, &tax_card()).await.accepted();
        let changed = town.ask(Ask::get(&path).header("if-none-match", &etag)).await;
        assert_eq!(changed.status, 200);
        set(&town, &alice, &Card::draft("alice", &[], None).to_object()).await.accepted();
    }
    town.stop().await;
}

#[tokio::test]
async fn an_agents_own_signature_stands_beside_the_nodes() {
    let (town, _, alice) = settled(CardSignatures::Shadow).await;
    set(&town, &alice, &tax_card()).await.accepted();
    for (place, word) in [(A2A, "a2a"), (EXPORT, "the_protocol")] {
        let signature = own_signature(&town, &alice, place).await;
        for _ in 0..2 {
            let told = hand_in(&town, &alice, signature.clone()).await.accepted();
            assert_eq!(told["form"], word);
        }
    }
    let keys = keys_of(&town, &alice).await;
    for (form, path) in [A2A, EXPORT] {
        let document = town.ask(Ask::get(path(&alice.id.to_string()))).await.accepted();
        let kids = [format!("{}#1", alice.did), format!("{}#node-1", alice.did)];
        assert_eq!(verified(form, &document, &keys), kids);
    }
    let found = town.ask(Ask::get("/api/v1/discover?tag=FILING")).await.accepted();
    assert_eq!(found["agents"][0]["trust"], "verified");
    assert!(found["agents"][0]["card_data"].get("signatures").is_none());
    set(&town, &alice, &tax_card()).await.accepted();
    let found = town.ask(Ask::get("/api/v1/discover?tag=filing")).await.accepted();
    assert_eq!(found["agents"][0]["trust"], "unsigned", "a new card has no signature");
    town.stop().await;
}

#[tokio::test]
async fn a_signature_of_somebody_else_is_refused() {
    let (town, owner, alice) = settled(CardSignatures::Shadow).await;
    let bob = town.agent(&owner, "bob").await;
    let of_bob = own_signature(&town, &bob, A2A).await;
    hand_in(&town, &alice, of_bob).await.refused(Code::CardUntrusted);
    let path = A2A.1(&alice.id.to_string());
    let document = object(town.ask(Ask::get(path)).await.accepted());
    let payload = Form::A2a.payload(&document).unwrap();
    let by = |kid: String, key| {
        let signed = sign_detached(&Header::kid(kid), &payload, key);
        json!({ "protected": signed.protected, "signature": signed.signature.to_string() })
    };
    for (kid, key) in [
        (format!("{}#1", alice.did), &bob.key),
        (format!("{}#1", bob.did), &alice.key),
        (format!("{}#node-1", alice.did), &alice.key),
        (alice.did.to_string(), &alice.key),
        (format!("{}#", alice.did), &alice.key),
    ] {
        hand_in(&town, &alice, by(kid, key)).await.refused(Code::CardUntrusted);
    }
    let good = by(format!("{}#1", alice.did), &alice.key);
    let path = format!("/api/v1/agents/{}/card/signatures", alice.id);
    town.ask(Ask::post(path, good.clone()).by(&bob)).await.refused(Code::Forbidden);
    hand_in(&town, &alice, good).await.accepted();
    town.stop().await;
}

/// A card with a signature made by a key, as it is handed in.
fn signed(actor: &Actor, key: &hansa_crypto::SigningKey) -> Map<String, Value> {
    let mut card = tax_card();
    card.insert("supportedInterfaces".to_owned(), json!([{ "url": "https://a.example", "protocolBinding": "JSONRPC", "protocolVersion": "1.0" }]));
    let extension = &mut card["capabilities"]["extensions"][0];
    extension.as_object_mut().unwrap().remove("required");
    hansa_crypto::card::sign(&mut card, Form::A2a, &format!("{}#1", actor.did), key).unwrap();
    card
}

#[tokio::test]
async fn signatures_that_come_with_a_card_are_judged_as_the_operator_wants() {
    let other = hansa_crypto::SigningKey::from_seed([9; 32]);
    for (mode, trusts) in [
        (CardSignatures::Off, ["unsigned", "unsigned", "unsigned"]),
        (CardSignatures::Shadow, ["unsigned", "verified", "invalid"]),
        (CardSignatures::Enforce, ["", "verified", ""]),
    ] {
        let (town, owner, alice) = settled(mode).await;
        let mut odd = tax_card();
        odd.insert("signatures".to_owned(), json!([{ "protected": 7 }]));
        let cards = [tax_card(), signed(&alice, &alice.key), signed(&alice, &other)];
        for (card, trust) in cards.iter().chain([&odd]).zip(trusts.iter().chain([&trusts[2]])) {
            let reply = set(&town, &alice, card).await;
            if trust.is_empty() {
                reply.refused(Code::CardUntrusted);
                continue;
            }
            reply.accepted();
            let found = town.ask(Ask::get("/api/v1/discover?skill=tax-filing")).await.accepted();
            assert_eq!(found["agents"][0]["trust"], *trust, "{mode:?}");
            let document = town.ask(Ask::get(A2A.1(&alice.id.to_string()))).await.accepted();
            let shown = document["signatures"].as_array().unwrap().len();
            assert_eq!(shown, 1 + usize::from(*trust == "verified"), "only what verifies is shown");
        }
        let request = json!({ "name": "dora", "card": tax_card() });
        let reply = town.ask(Ask::post("/api/v1/agents", request).by(&owner)).await;
        match mode {
            CardSignatures::Enforce => reply.refused(Code::CardUntrusted),
            _ => drop(reply.accepted()),
        }
        town.stop().await;
    }
}

#[tokio::test]
async fn a_document_put_back_keeps_only_the_agents_own_signature() {
    let (town, _, alice) = settled(CardSignatures::Shadow).await;
    set(&town, &alice, &signed(&alice, &alice.key)).await.accepted();
    let document = town.ask(Ask::get(A2A.1(&alice.id.to_string()))).await.accepted();
    assert_eq!(document["signatures"].as_array().unwrap().len(), 2);
    set(&town, &alice, &object(document.clone())).await.accepted();
    let again = town.ask(Ask::get(A2A.1(&alice.id.to_string()))).await.accepted();
    assert_eq!(again, document);
    town.stop().await;
}

#[tokio::test]
async fn a_rotated_key_signs_from_now_on_and_the_last_one_stands_for_a_week() {
    let (town, owner, alice) = settled(CardSignatures::Shadow).await;
    let path = A2A.1(&alice.id.to_string());
    let before = town.ask(Ask::get(&path)).await.accepted();
    let rotate = || Ask::post(format!("/api/v1/agents/{}/custody-key", alice.id), json!({}));
    let told = town.ask(rotate().by(&owner).key("once")).await.accepted();
    assert_eq!(told["generation"], 2);
    let again = town.ask(rotate().by(&owner).key("once")).await.accepted();
    assert_eq!(again["generation"], 2, "a repeated request rotates once");
    let after = town.ask(Ask::get(&path)).await.accepted();
    let keys = keys_of(&town, &alice).await;
    let kid = |generation: u32| [format!("{}#node-{generation}", alice.did)];
    assert_eq!(verified(Form::A2a, &before, &keys), kid(1));
    assert_eq!(verified(Form::A2a, &after, &keys), kid(2));
    town.clock.advance(Duration::days(7));
    let keys = keys_of(&town, &alice).await;
    assert!(verified(Form::A2a, &before, &keys).is_empty());
    assert_eq!(verified(Form::A2a, &after, &keys), kid(2));
    town.stop().await;
}

#[tokio::test]
async fn what_a_former_key_signed_stands_for_a_week_unless_it_is_revoked() {
    let (town, owner, alice) = settled(CardSignatures::Shadow).await;
    let bob = town.agent(&owner, "bob").await;
    for agent in [&alice, &bob] {
        set(&town, agent, &tax_card()).await.accepted();
        let signature = own_signature(&town, agent, A2A).await;
        hand_in(&town, agent, signature).await.accepted();
    }
    let rotate = async |agent: &Actor, body: Value| {
        let ask = Ask::post(format!("/api/v1/agents/{}/key", agent.id), body);
        town.ask(ask.by(&owner)).await.accepted();
    };
    // How many signatures verify, of how many that there are, and what a search says of them.
    let seen = async |agent: &Actor| {
        let document = town.ask(Ask::get(A2A.1(&agent.id.to_string()))).await.accepted();
        let good = verified(Form::A2a, &document, &keys_of(&town, agent).await).len();
        let found = town.ask(Ask::get("/api/v1/discover?tag=filing")).await.accepted();
        let found = found["agents"].as_array().unwrap().clone();
        let found = found.iter().find(|found| found["id"] == agent.id.to_string()).unwrap();
        let trust = found["trust"].as_str().unwrap().to_owned();
        (good, document["signatures"].as_array().unwrap().len(), trust)
    };
    rotate(&alice, json!({})).await;
    rotate(&bob, json!({ "revoke_former": true })).await;
    assert_eq!(seen(&alice).await, (2, 2, "verified".to_owned()));
    assert_eq!(seen(&bob).await, (1, 1, "unsigned".to_owned()));
    town.clock.advance(Duration::days(6));
    assert_eq!(seen(&alice).await, (2, 2, "verified".to_owned()));
    town.clock.advance(Duration::days(1));
    assert_eq!(seen(&alice).await, (1, 1, "unsigned".to_owned()));
    town.stop().await;
}

#[tokio::test]
async fn who_is_no_active_agent_has_no_documents() {
    let (town, owner, alice) = settled(CardSignatures::Shadow).await;
    let suspend = format!("/api/v1/agents/{}/suspend", alice.id);
    town.ask(Ask::post(suspend, json!({})).by(&owner)).await.accepted();
    let nobody = "agt_00000000000000000000000000".to_owned();
    for id in [alice.id.to_string(), owner.id.to_string(), nobody] {
        for path in [A2A.1(&id), EXPORT.1(&id), format!("/api/v1/agents/{id}/public-key")] {
            town.ask(Ask::get(path)).await.refused(Code::NotFound);
        }
    }
    town.stop().await;
}

#[tokio::test]
async fn the_nodes_card_verifies_and_its_tag_follows_the_operator_alone() {
    let (town, owner, alice) = settled(CardSignatures::Shadow).await;
    let path = "/.well-known/registry-card.json";
    let reply = town.ask(Ask::get(path)).await;
    let card = reply.accepted();
    let jwks = town.ask(Ask::get("/.well-known/registry-jwks.json")).await.accepted();
    assert_eq!(jwks["keys"][0]["kid"], card["signature"]["kid"]);
    let key = jwk::read(&jwks["keys"][0]).unwrap();
    registry_card::verify(&card, &key, town.node.now()).unwrap();
    assert_eq!(card["fees"]["cross_registry"]["base_rate_percent"], "0.5");
    assert_eq!(
        (card["supply"]["status"].as_str(), card["supply"]["net_supply"].as_str()),
        (Some("VERIFIED"), Some("1000"))
    );
    let etag = reply.header("etag").unwrap().to_owned();
    assert_eq!(format!("\"{}\"", card["lifecycle"]["card_etag"].as_str().unwrap()), etag);
    town.agent(&owner, "bob").await;
    set(&town, &alice, &tax_card()).await.accepted();
    town.clock.advance(Duration::days(40));
    let same = town.ask(Ask::get(path).header("if-none-match", &etag)).await;
    assert_eq!(same.status, 304, "neither money nor time change what the operator said");
    let later = town.ask(Ask::get(path)).await.accepted();
    assert_eq!(later["supply"]["net_supply"], "2000");
    registry_card::verify(&later, &key, town.node.now()).unwrap();
    town.stop().await;
    let registry =
        hansa_api::RegistrySettings { name: Some("Frame A".to_owned()), ..Default::default() };
    let town = Town::with(|_| (), ApiSettings { registry, ..ApiSettings::default() }).await;
    let other = town.ask(Ask::get(path).header("if-none-match", &etag)).await;
    assert_eq!(other.accepted()["identity"]["registry_name"], "Frame A");
    town.stop().await;
}

#[tokio::test]
async fn a_node_without_money_of_its_own_claims_no_supply() {
    let satellite = |config: &mut hansa_node::Config| {
        config.mode = hansa_kernel::node::Mode::Satellite;
    };
    let parent = Some("https://frame.example".to_owned());
    let registry = hansa_api::RegistrySettings { parent_url: parent, ..Default::default() };
    let town = Town::with(satellite, ApiSettings { registry, ..ApiSettings::default() }).await;
    let card = town.ask(Ask::get("/.well-known/registry-card.json")).await.accepted();
    assert_eq!(card["supply"]["status"], "FEDERATED");
    assert_eq!(card["supply"]["net_supply"], Value::Null);
    assert!(card["supply"]["supply_note"].as_str().unwrap().contains("https://frame.example"));
    assert_eq!(card["federation"]["is_sovereign_frame"], false);
    town.stop().await;
}

#[tokio::test]
async fn discovery_filters_by_tag_and_explains_its_order() {
    let (town, owner, alice) = settled(CardSignatures::Shadow).await;
    set(&town, &alice, &tax_card()).await.accepted();
    let law = Card::draft("Law", &["law-filing"], None).to_object();
    town.agent_with(&owner, "law", Some(law)).await;
    let names = |found: &Value| -> Vec<String> {
        let agents = found["agents"].as_array().unwrap().iter();
        agents.map(|agent| agent["name"].as_str().unwrap().to_owned()).collect()
    };
    let all = town.ask(Ask::get("/api/v1/discover?tag=filing&limit=1")).await.accepted();
    assert_eq!(names(&all), ["Law"], "the newest first among equals");
    let cursor = all["next_cursor"].as_str().unwrap();
    let rest = format!("/api/v1/discover?tag=filing&cursor={cursor}");
    assert_eq!(names(&town.ask(Ask::get(rest)).await.accepted()), ["Täx é世 😀"]);
    let told = town.ask(Ask::get("/api/v1/discover?query=tax&explain=true")).await.accepted();
    let why = &told["agents"][0]["explanation"];
    assert!(why["relevance_millionths"].as_i64().unwrap() > 0, "{why}");
    assert_eq!((why["standing"].as_str(), why["ratings"].as_u64()), (Some("3.00"), Some(0)));
    assert!(all["agents"][0].get("explanation").is_none());
    town.ask(Ask::get("/api/v1/discover?explain=why")).await.refused(Code::InvalidField);
    town.stop().await;
}
