//! A node's card: The Protocol's golden vector, and what must not be believed.

use hansa_crypto::json::parse_strict;
use hansa_crypto::registry_card::{CardError, SIGNED_PATHS, Signing, sign, verify};
use hansa_crypto::{PublicKey, SigningKey, jwk};
use hansa_types::Time;
use serde_json::{Value, json};

use crate::seed;

fn golden() -> (Value, PublicKey) {
    let vectors: Value = parse_strict(include_bytes!("../vectors/upstream-vectors.json")).unwrap();
    let vector = &vectors["registry_card"];
    (vector["card"].clone(), jwk::read(&vector["jwks"]["keys"][0]).unwrap())
}

fn now() -> Time {
    Time::parse("2026-06-01T00:00:00Z").unwrap()
}

#[test]
fn the_golden_card_verifies_and_is_signed_the_same() {
    let (card, key) = golden();
    assert_eq!(verify(&card, &key, now()), Ok(()));
    let mut again = card.as_object().unwrap().clone();
    again.remove("signature");
    let by = Signing {
        key: &SigningKey::from_seed(seed()),
        kid: "reg-1",
        signed_at: Time::parse("2026-01-01T00:00:00Z").unwrap(),
        expires_at: Time::parse("2036-01-01T00:00:00Z").unwrap(),
    };
    sign(&mut again, by).unwrap();
    assert_eq!(Value::Object(again), card);
}

#[test]
fn a_card_that_signs_less_is_not_believed() {
    let (card, key) = golden();
    for path in SIGNED_PATHS {
        let mut less = card.clone();
        let declared = less["signature"]["signed_canonical"].as_array_mut().unwrap();
        declared.retain(|other| other != path);
        assert_eq!(verify(&less, &key, now()), Err(CardError::Coverage), "{path}");
    }
    let mut none = card.clone();
    none["signature"].as_object_mut().unwrap().remove("signed_canonical");
    assert_eq!(verify(&none, &key, now()), Err(CardError::Coverage));
}

#[test]
fn a_changed_expired_or_foreign_card_is_not_believed() {
    let (card, key) = golden();
    let mut dearer = card.clone();
    dearer["fees"]["cross_registry"]["base_rate_percent"] = json!("0.1");
    assert_eq!(verify(&dearer, &key, now()), Err(CardError::Signature));
    let mut longer = card.clone();
    longer["signature"]["expires_at"] = json!("2046-01-01T00:00:00+00:00");
    assert_eq!(verify(&longer, &key, now()), Err(CardError::Signature));
    let end = Time::parse("2036-01-01T00:00:00Z").unwrap();
    assert_eq!(verify(&card, &key, Time(end.0 - 1)), Ok(()));
    assert_eq!(verify(&card, &key, end), Err(CardError::Expired));
    let other = SigningKey::from_seed([7; 32]).public();
    assert_eq!(verify(&card, &other, now()), Err(CardError::Signature));
    for odd in [json!({}), json!({ "signature": { "value": 1 } }), json!(7)] {
        assert_eq!(verify(&odd, &key, now()), Err(CardError::Shape), "{odd}");
    }
}
