//! JWS and JWK against RFC 8037's own examples, and everything that must be refused.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hansa_crypto::jws::{Detached, Header, Unverified, sign, sign_detached};
use hansa_crypto::keys::{KeyError, PreparedKey, PublicKey, SigningKey};
use hansa_crypto::{JwsError, jwk};
use serde_json::json;

use crate::{hex, seed};

/// The key of RFC 8037 appendix A.1.
fn rfc_8037() -> SigningKey {
    SigningKey::from_seed(hex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60"))
}

fn prepared() -> PreparedKey {
    SigningKey::from_seed(seed()).public().prepare()
}

/// A token with a header of any shape, properly signed.
fn signed(header: &str, payload: &str) -> String {
    let input = [header, payload].map(|part| URL_SAFE_NO_PAD.encode(part)).join(".");
    format!("{input}.{}", SigningKey::from_seed(seed()).sign(input.as_bytes()))
}

fn error(header: &str) -> JwsError {
    Unverified::read(&signed(header, "{}")).unwrap_err()
}

#[test]
fn a_token_is_signed_as_in_rfc_8037_appendix_a() {
    let token = sign(&Header::default(), b"Example of Ed25519 signing", &rfc_8037());
    let expected = "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc.hgyY0il_MGCjP0Jzl\
                    nLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg";
    assert_eq!(token, expected);
}

#[test]
fn a_thumbprint_is_that_of_rfc_8037_appendix_a() {
    let key = rfc_8037().public();
    assert_eq!(jwk::thumbprint(&key), "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
    let rendered = jwk::jwk(&key);
    assert_eq!(rendered["x"], "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo");
    assert_eq!(rendered["kid"], jwk::thumbprint(&key));
    assert_eq!(jwk::read(&rendered), Ok(key));
    assert_eq!(jwk::jwks([&key])["keys"], json!([rendered]));
}

#[test]
fn a_foreign_or_private_jwk_is_refused() {
    let key = jwk::jwk(&rfc_8037().public());
    for (member, value, expected) in [
        ("kty", json!("EC"), KeyError::Jwk),
        ("crv", json!("X25519"), KeyError::Jwk),
        ("alg", json!("HS256"), KeyError::Jwk),
        ("x", json!("AAAA"), KeyError::Jwk),
        ("x", json!(format!("{}=", key["x"].as_str().unwrap())), KeyError::Jwk),
        ("x", json!(URL_SAFE_NO_PAD.encode([0; 32])), KeyError::SmallOrder),
        ("d", json!("nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A"), KeyError::Private),
    ] {
        let mut bad = key.clone();
        bad[member] = value;
        assert_eq!(jwk::read(&bad), Err(expected), "{bad}");
    }
    assert_eq!(jwk::read(&json!("z6Mk")), Err(KeyError::Jwk));
}

#[test]
fn what_was_signed_is_read_back() {
    let header = Header::new("at+jwt", "the-key");
    let token = sign(&header, br#"{"sub":"did:key:z6Mk"}"#, &SigningKey::from_seed(seed()));
    let read = Unverified::read(&token).unwrap();
    assert_eq!(read.header(), &header);
    assert_eq!(read.claims_unverified().unwrap()["sub"], "did:key:z6Mk");
    assert_eq!(read.clone().verify_claims(&prepared(), "AT+JWT").unwrap()["sub"], "did:key:z6Mk");
    assert_eq!(read.clone().verify(&prepared(), "JWT"), Err(JwsError::Type));
    let other = rfc_8037().public().prepare();
    assert_eq!(read.verify(&other, "at+jwt"), Err(JwsError::Signature));
}

#[test]
fn the_type_may_carry_its_media_type() {
    let typed = |typ: &str| Header { typ: Some(typ.to_owned()), kid: None };
    assert!(typed("application/at+jwt").is_of_type("at+jwt"));
    assert!(!typed("application/jwt").is_of_type("at+jwt"));
    assert!(!Header::default().is_of_type("JWT"));
}

#[test]
fn the_algorithm_is_never_negotiated() {
    for alg in [r#""none""#, r#""HS256""#, r#""eddsa""#, r#""ES256""#, "null", r#"["EdDSA"]"#] {
        assert_eq!(error(&format!(r#"{{"alg":{alg}}}"#)), JwsError::Algorithm, "{alg}");
    }
    assert_eq!(error("{}"), JwsError::Algorithm);
}

#[test]
fn ambiguous_headers_and_payloads_are_refused() {
    assert_eq!(error(r#"{"alg":"none","alg":"EdDSA"}"#), JwsError::Header);
    assert_eq!(error(r#"{"alg":"EdDSA","crit":["exp"]}"#), JwsError::Critical);
    assert_eq!(error(r#"{"alg":"EdDSA","b64":false}"#), JwsError::Critical);
    assert_eq!(error(r#"{"alg":"EdDSA","kid":7}"#), JwsError::Header);
    assert_eq!(error(r#""EdDSA""#), JwsError::Header);
    for payload in [r#"{"sub":"a","sub":"b"}"#, "[]", "no"] {
        let token = signed(r#"{"alg":"EdDSA","typ":"JWT"}"#, payload);
        let read = Unverified::read(&token).unwrap();
        assert_eq!(read.claims_unverified(), Err(JwsError::Payload), "{payload}");
        assert_eq!(read.verify_claims(&prepared(), "JWT"), Err(JwsError::Payload), "{payload}");
    }
}

#[test]
fn a_token_has_one_spelling() {
    let token = signed(r#"{"alg":"EdDSA","typ":"JWT"}"#, r#"{"a":1}"#);
    assert!(Unverified::read(&token).unwrap().verify(&prepared(), "JWT").is_ok());
    let (input, signature) = token.rsplit_once('.').unwrap();
    for bad in [
        format!("{token}="),
        format!("{token}."),
        format!(" {token}"),
        format!("{input}=.{signature}"),
        format!("{input}.x.{signature}"),
        input.to_owned(),
        input.replace('.', ""),
        String::new(),
    ] {
        assert!(Unverified::read(&bad).is_err(), "{bad}");
    }
    let mut flipped = signature.to_owned().into_bytes();
    flipped[0] = if flipped[0] == b'A' { b'B' } else { b'A' };
    let flipped = format!("{input}.{}", String::from_utf8(flipped).unwrap());
    let read = Unverified::read(&flipped).unwrap();
    assert_eq!(read.verify(&prepared(), "JWT"), Err(JwsError::Signature));
}

#[test]
fn a_token_and_its_header_have_a_longest_length() {
    let long = |payload: usize| signed(r#"{"alg":"EdDSA"}"#, &"x".repeat(payload));
    let overhead = long(0).len();
    let fits = (8 * 1024 - overhead) / 4 * 3;
    assert!(Unverified::read(&long(fits)).is_ok());
    assert_eq!(Unverified::read(&long(fits + 3)), Err(JwsError::TooLong));
    let header = |kid: usize| Header::kid("k".repeat(kid)).encode();
    let short = (0..2_000).rev().find(|&kid| header(kid).len() <= 2_048).unwrap();
    assert!(Header::decode(&header(short)).is_ok());
    assert_eq!(Header::decode(&header(short + 2)), Err(JwsError::TooLong));
}

#[test]
fn a_detached_signature_covers_header_and_payload() {
    let key = SigningKey::from_seed(seed());
    let detached = sign_detached(&Header::kid("did:example:1#1"), b"{}", &key);
    assert_eq!(detached.verify(b"{}", &prepared()), Ok(Header::kid("did:example:1#1")));
    assert_eq!(detached.verify(b"{ }", &prepared()), Err(JwsError::Signature));
    let renamed = Detached { protected: Header::kid("other").encode(), ..detached };
    assert_eq!(renamed.verify(b"{}", &prepared()), Err(JwsError::Signature));
}

#[test]
fn the_jwk_of_the_published_vectors_is_read() {
    let jwk = json!({
        "kty": "OKP", "crv": "Ed25519", "alg": "EdDSA",
        "x": "A6EHv_POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg",
    });
    let expected: PublicKey = SigningKey::from_seed(seed()).public();
    assert_eq!(jwk::read(&jwk), Ok(expected));
}
