//! The golden vectors of published clients, each verified as its receivers do. What a buyer pays is
//! tested with the client that reckons it.

use aes_gcm::aead::AeadInOut as _;
use aes_gcm::{Aes256Gcm, KeyInit as _};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hansa_crypto::dek_envelope::{self, Drawn, ENVELOPE_BYTES, ReaderKey};
use hansa_crypto::json::parse_strict;
use hansa_crypto::keys::{PublicKey, SigningKey};
use hansa_crypto::python_json::canonical;
use hansa_crypto::{SealError, SealKey};
use hansa_types::Signature;
use serde_json::{Map, Value, json};

use crate::{hex, seed};

fn vectors() -> Value {
    parse_strict(include_bytes!("../vectors/upstream-vectors.json")).unwrap()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}

fn decode(text: &str) -> Vec<u8> {
    URL_SAFE_NO_PAD.decode(text).unwrap()
}

fn signature(value: &str) -> Signature {
    value.parse().unwrap()
}

fn public(jwk: &Value) -> PublicKey {
    PublicKey::from_bytes(decode(text(&jwk["x"])).try_into().unwrap()).unwrap()
}

#[test]
fn the_public_jwk_is_that_of_the_seed() {
    let vectors = vectors();
    assert_eq!(public(&vectors["public_jwk"]), SigningKey::from_seed(seed()).public());
}

#[test]
fn the_agent_card_has_the_same_bytes_and_jws() {
    let vectors = vectors();
    let vector = &vectors["agent_card_jws"];
    let payload = canonical(&vector["card"]).unwrap();
    assert_eq!(String::from_utf8(payload.clone()).unwrap(), text(&vector["payload_utf8"]));
    let header = json!({ "alg": "EdDSA", "kid": vector["kid"] });
    let protected = URL_SAFE_NO_PAD.encode(canonical(&header).unwrap());
    let signed = &vector["signatures"][0];
    assert_eq!(protected, text(&signed["protected"]));
    let input = format!("{protected}.{}", URL_SAFE_NO_PAD.encode(payload));
    let signature = signature(text(&signed["signature"]));
    assert_eq!(public(&vectors["public_jwk"]).verify(input.as_bytes(), &signature), Ok(()));
    assert_eq!(SigningKey::from_seed(seed()).sign(input.as_bytes()), signature);
}

#[test]
fn a_changed_agent_card_does_not_verify() {
    let vectors = vectors();
    let vector = &vectors["agent_card_jws"];
    let mut card = vector["card"].clone();
    card["extensions"][0]["params"]["f"] = json!(5);
    let payload = URL_SAFE_NO_PAD.encode(canonical(&card).unwrap());
    let signed = &vector["signatures"][0];
    let input = format!("{}.{payload}", text(&signed["protected"]));
    let signature = signature(text(&signed["signature"]));
    assert!(public(&vectors["public_jwk"]).verify(input.as_bytes(), &signature).is_err());
}

#[test]
fn the_did_jwt_verifies_and_comes_out_the_same() {
    let vectors = vectors();
    let token = text(&vectors["did_jwt"]["token"]);
    let (input, signed) = token.rsplit_once('.').unwrap();
    let key = SigningKey::from_seed(seed());
    assert_eq!(key.public().verify(input.as_bytes(), &signature(signed)), Ok(()));
    let rewritten: Vec<String> = input
        .split('.')
        .map(|part| {
            URL_SAFE_NO_PAD.encode(canonical(&parse_strict(&decode(part)).unwrap()).unwrap())
        })
        .collect();
    assert_eq!(rewritten.join("."), input);
    assert_eq!(key.sign(input.as_bytes()), signature(signed));
    assert!(key.public().verify(&input.as_bytes()[1..], &signature(signed)).is_err());
}

#[test]
fn the_registry_card_has_the_same_bytes_and_signature() {
    let vectors = vectors();
    let card = &vectors["registry_card"]["card"];
    let signed = &card["signature"];
    let mut payload = Map::new();
    for path in signed["signed_canonical"].as_array().unwrap() {
        let path = text(path);
        let value = path.split('.').fold(card, |value, name| &value[name]);
        payload.insert(path.to_owned(), value.clone());
    }
    payload.insert("_signed_at".to_owned(), signed["signed_at"].clone());
    payload.insert("_expires_at".to_owned(), signed["expires_at"].clone());
    let bytes = canonical(&Value::Object(payload)).unwrap();
    let expected = text(&vectors["registry_card"]["signed_bytes_utf8"]);
    assert_eq!(String::from_utf8(bytes.clone()).unwrap(), expected);
    let key = public(&vectors["registry_card"]["jwks"]["keys"][0]);
    assert_eq!(key.verify(&bytes, &signature(text(&signed["value"]))), Ok(()));
}

#[test]
fn the_envelope_of_a_records_key_opens_and_with_it_the_record() {
    let vectors = vectors();
    let vector = &vectors["dek_envelope"];
    let reader = ReaderKey::from_bytes(hex(text(&vector["recipient_x25519_private_hex"])));
    assert_eq!(reader.public(), hex::<32>(text(&vector["recipient_public_hex"])));
    let envelope = hex::<ENVELOPE_BYTES>(text(&vector["envelope_hex"]));
    let key = dek_envelope::open(&reader, &envelope).unwrap();
    assert_eq!(*key.expose(), hex::<32>(text(&vector["dek_hex"])));
    let sealed = text(&vector["record_ciphertext_hex"]);
    let (body, tag) = sealed.split_at(sealed.len() - 32);
    let digits = body.as_bytes().chunks(2).map(|digits| std::str::from_utf8(digits).unwrap());
    let mut record: Vec<u8> = digits.map(|two| u8::from_str_radix(two, 16).unwrap()).collect();
    let (nonce, tag) = (hex::<12>(text(&vector["record_nonce_hex"])), hex::<16>(tag));
    let opened = Aes256Gcm::new(key.expose().into()).decrypt_inout_detached(
        &nonce.into(),
        &[],
        record.as_mut_slice().into(),
        &tag.into(),
    );
    opened.unwrap();
    assert_eq!(String::from_utf8(record).unwrap(), text(&vector["record_utf8"]));
}

#[test]
fn an_envelope_opens_for_its_reader_and_unchanged_alone() {
    let reader = ReaderKey::from_bytes([7; 32]);
    let key = SealKey::from_bytes([9; 32]);
    let drawn = || Drawn { salt: [1; 16], nonce: [2; 12], ephemeral: [3; 32] };
    let envelope = dek_envelope::seal(&reader.public(), &key, drawn()).unwrap();
    assert_eq!(dek_envelope::open(&reader, &envelope).unwrap().expose(), key.expose());
    let other = ReaderKey::from_bytes([8; 32]);
    assert_eq!(dek_envelope::open(&other, &envelope).unwrap_err(), SealError::Refused);
    for at in 1..ENVELOPE_BYTES {
        let mut changed = envelope;
        changed[at] ^= 1;
        assert_eq!(dek_envelope::open(&reader, &changed).unwrap_err(), SealError::Refused, "{at}");
    }
    for length in 0..ENVELOPE_BYTES {
        let cut = dek_envelope::open(&reader, &envelope[..length]);
        assert_eq!(cut.unwrap_err(), SealError::Length, "{length}");
    }
    let long = [&envelope[..], &[0]].concat();
    assert_eq!(dek_envelope::open(&reader, &long).unwrap_err(), SealError::Length);
    let mut versioned = envelope;
    versioned[0] = 2;
    assert_eq!(dek_envelope::open(&reader, &versioned).unwrap_err(), SealError::Version(2));
    // A public key of small order has nothing in common with anybody.
    assert_eq!(dek_envelope::seal(&[0; 32], &key, drawn()).unwrap_err(), SealError::Refused);
    assert_eq!(format!("{reader:?}"), "ReaderKey(…)");
}
