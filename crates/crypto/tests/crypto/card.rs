//! Signatures on agent cards: golden vectors, both forms, and everything that must be refused.

use hansa_crypto::card::{Form, read, sign, verify};
use hansa_crypto::json::parse_strict;
use hansa_crypto::jws::{JwsError, sign_detached};
use hansa_crypto::{PublicKey, SigningKey, jwk};
use hansa_types::Code;
use serde_json::{Map, Value, json};

use crate::seed;

fn vectors() -> Value {
    parse_strict(include_bytes!("../vectors/upstream-vectors.json")).unwrap()
}

fn object(value: &Value) -> Map<String, Value> {
    value.as_object().unwrap().clone()
}

fn key() -> (SigningKey, PublicKey) {
    let key = SigningKey::from_seed(seed());
    let public = key.public();
    (key, public)
}

#[test]
fn the_protocols_golden_card_is_signed_the_same_and_verifies() {
    let vectors = vectors();
    let vector = &vectors["agent_card_jws"];
    let mut card = object(&vector["card"]);
    let kid = vector["kid"].as_str().unwrap();
    let payload = Form::TheProtocol.payload(&card).unwrap();
    assert_eq!(String::from_utf8(payload).unwrap(), vector["payload_utf8"].as_str().unwrap());
    sign(&mut card, Form::TheProtocol, kid, &key().0).unwrap();
    assert_eq!(card["signatures"], vector["signatures"]);
    let public = jwk::read(&vectors["public_jwk"]).unwrap().prepare();
    let signed = read(&card).unwrap();
    let found = verify(&card, Form::TheProtocol, &signed[0], &public);
    assert_eq!(found.unwrap().as_deref(), Some(kid));
    assert_eq!(verify(&card, Form::A2a, &signed[0], &public), Err(JwsError::Signature));
}

#[test]
fn signing_again_replaces_the_same_kid_and_keeps_the_others() {
    let (key, public) = key();
    for form in [Form::A2a, Form::TheProtocol] {
        let mut card = object(&json!({ "name": "é", "n": 5.0 }));
        sign(&mut card, form, "did:example:a#1", &key).unwrap();
        sign(&mut card, form, "did:example:a#2", &key).unwrap();
        sign(&mut card, form, "did:example:a#1", &key).unwrap();
        let kids: Vec<_> = read(&card)
            .unwrap()
            .iter()
            .map(|signed| verify(&card, form, signed, &public.prepare()).unwrap().unwrap())
            .collect();
        assert_eq!(kids, ["did:example:a#2", "did:example:a#1"]);
    }
}

#[test]
fn a_changed_card_another_key_and_another_algorithm_do_not_verify() {
    let (key, public) = key();
    let mut card = object(&json!({ "name": "a", "price": "1" }));
    sign(&mut card, Form::A2a, "k", &key).unwrap();
    let signed = read(&card).unwrap().remove(0);
    let other = SigningKey::from_seed([9; 32]).public().prepare();
    assert_eq!(verify(&card, Form::A2a, &signed, &other), Err(JwsError::Signature));
    card.insert("price".to_owned(), json!("2"));
    assert_eq!(verify(&card, Form::A2a, &signed, &public.prepare()), Err(JwsError::Signature));
    let mut none = signed;
    // {"alg":"none"}
    none.protected = "eyJhbGciOiJub25lIn0".to_owned();
    assert_eq!(verify(&card, Form::A2a, &none, &public.prepare()), Err(JwsError::Algorithm));
}

#[test]
fn signatures_of_another_shape_are_refused() {
    let whole = sign_detached(&hansa_crypto::jws::Header::kid("k"), b"{}", &key().0);
    let text = whole.signature.to_string();
    for odd in [
        json!({}),
        json!("x"),
        json!([1]),
        json!([{ "protected": whole.protected }]),
        json!([{ "protected": 1, "signature": text }]),
        json!([{ "protected": whole.protected, "signature": format!("{text}=") }]),
        json!([{ "protected": whole.protected, "signature": "AA" }]),
    ] {
        let card = object(&json!({ "signatures": odd }));
        assert_eq!(read(&card).unwrap_err().code, Code::CardInvalid, "{odd}");
    }
    let entry = json!({ "protected": whole.protected, "signature": text });
    let many = |count: usize| object(&json!({ "signatures": vec![entry.clone(); count] }));
    assert_eq!(read(&many(16)).unwrap().len(), 16);
    assert_eq!(read(&many(17)).unwrap_err().code, Code::CardInvalid);
    assert_eq!(read(&Map::new()).unwrap(), []);
}
