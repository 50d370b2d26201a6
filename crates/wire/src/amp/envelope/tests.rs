//! What an envelope is read as, and each way in which it is refused.

use super::*;
use serde_json::json;

fn key() -> SigningKey {
    SigningKey::from_seed([7; 32])
}

/// The example of the protocol's own documentation, with rails and attestors this node offers.
fn example() -> Value {
    json!({
        "v": 1,
        "kind": "intent",
        "id": "550e8400-e29b-41d4-a716-446655440000",
        "from": "did:w7:alice",
        "to": "did:w7:skill/tax-filing",
        "intent": {
            "action": "file_quarterly",
            "params": { "quarter": "2026-Q1" },
            "constraints": { "deadline": "2026-04-30", "jurisdiction": "IN", "budget": "60 USD" },
        },
        "settle": {
            "rail": "amp-escrow",
            "amount": "50 USD",
            "milestones": [
                { "pct": 50, "on": "draft_ready" },
                { "pct": 50, "on": "filed_confirmed" },
            ],
        },
        "require": { "zkml": true, "attestors": 0 },
        "nonce": 91823,
        "ts": 1713513600,
        "payload": { "anything": [1, 2.5, null] },
    })
}

fn signed(value: Value) -> Vec<u8> {
    serde_json::to_vec(&sign_value(value, &key()).unwrap()).unwrap()
}

fn code(value: Value) -> Code {
    Envelope::parse(&signed(value)).unwrap_err().code
}

fn with(pointer: &str, value: Value) -> Value {
    let mut envelope = example();
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    envelope.pointer_mut(parent).unwrap()[name] = value;
    envelope
}

fn without(name: &str) -> Value {
    let mut envelope = example();
    envelope.as_object_mut().unwrap().remove(name);
    envelope
}

#[test]
fn the_documented_example_opens_and_verifies() {
    let opened = Envelope::parse(&signed(example())).unwrap();
    opened.verify(&key().public()).unwrap();
    opened.verify_prepared(&key().public().prepare()).unwrap();
    let envelope = &opened.envelope;
    assert_eq!(envelope.kind, Kind::Intent);
    assert_eq!(envelope.to.skill(), Some("tax-filing"));
    assert_eq!((envelope.nonce, envelope.ts), (91_823, 1_713_513_600));
    assert_eq!(envelope.settle.as_ref().unwrap().amount.to_string(), "50 USD");
    assert_eq!(envelope.payload.as_ref().unwrap()["anything"], json!([1, 2.5, null]));
}

#[test]
fn the_bytes_signed_are_canonical_json_without_auth() {
    let opened = Envelope::parse(&signed(example())).unwrap();
    assert_eq!(opened.unsigned(), canonical(&example()).unwrap());
    assert_eq!(opened.digest(), hash::sha256(opened.unsigned()));
    let text = String::from_utf8(opened.into_unsigned()).unwrap();
    assert!(text.starts_with(r#"{"from":"did:w7:alice","id":"#) && !text.contains("auth"));
}

#[test]
fn the_order_and_spacing_of_the_json_do_not_matter() {
    let value = sign_value(example(), &key()).unwrap();
    let pretty = serde_json::to_vec_pretty(&value).unwrap();
    let (a, b) = (Envelope::parse(&pretty).unwrap(), Envelope::parse(&signed(example())).unwrap());
    assert_eq!(a, b);
}

#[test]
fn both_spellings_of_auth_are_read() {
    let mut value = sign_value(example(), &key()).unwrap();
    let bare = value["auth"].as_str().unwrap().strip_prefix("ed25519:").unwrap().to_owned();
    value["auth"] = bare.clone().into();
    Envelope::open(value.clone()).unwrap().verify(&key().public()).unwrap();
    for bad in [json!(bare.to_uppercase()), json!("ed25519:00"), json!(5), json!("")] {
        value["auth"] = bad.clone();
        let refused = Envelope::open(value.clone()).unwrap_err();
        assert_eq!(refused.code, Code::SignatureInvalid, "{bad}");
    }
}

#[test]
fn an_unsigned_envelope_is_refused() {
    for envelope in [example(), with("/auth", Value::Null)] {
        let bytes = serde_json::to_vec(&envelope).unwrap();
        assert_eq!(Envelope::parse(&bytes).unwrap_err().code, Code::Unauthenticated);
    }
}

#[test]
fn a_changed_member_breaks_the_signature() {
    let mut value = sign_value(example(), &key()).unwrap();
    value["nonce"] = json!(91_824);
    let opened = Envelope::open(value).unwrap();
    assert_eq!(opened.verify(&key().public()).unwrap_err().code, Code::SignatureInvalid);
    let other = SigningKey::from_seed([8; 32]).public();
    let opened = Envelope::parse(&signed(example())).unwrap();
    assert_eq!(opened.verify(&other).unwrap_err().code, Code::SignatureInvalid);
}

#[test]
fn other_versions_are_unsupported_before_anything_else_is_read() {
    for version in [json!(2), json!(0), json!("1"), json!(1.5), json!(null), json!(-1)] {
        assert_eq!(code(with("/v", version.clone())), Code::VersionUnsupported, "{version}");
    }
    assert_eq!(code(json!({ "v": 2, "shape": "unknown" })), Code::VersionUnsupported);
    assert_eq!(code(without("v")), Code::MissingField);
}

#[test]
fn each_required_member_is_required() {
    for name in ["kind", "id", "from", "to", "nonce", "ts"] {
        let refused = Envelope::parse(&signed(without(name))).unwrap_err();
        assert_eq!(refused.code, Code::MissingField, "{name}");
        assert!(refused.detail.starts_with(name), "{}", refused.detail);
    }
}

#[test]
fn unknown_members_are_refused_at_every_typed_level() {
    let levels =
        ["", "/intent", "/intent/constraints", "/settle", "/settle/milestones/0", "/require"];
    for level in levels {
        let refused =
            Envelope::parse(&signed(with(&format!("{level}/extra"), json!(1)))).unwrap_err();
        assert_eq!(refused.code, Code::UnknownField, "{level}");
        assert!(refused.detail.contains("extra"), "{level}: {}", refused.detail);
    }
}

#[test]
fn params_and_payload_hold_anything() {
    for level in ["/intent/params", "/payload"] {
        Envelope::parse(&signed(with(&format!("{level}/extra"), json!({ "deep": [] })))).unwrap();
    }
}

#[test]
fn members_of_the_wrong_shape_are_refused_by_name() {
    let refused = [
        ("/kind", json!("intents"), Code::InvalidField),
        ("/id", json!("550e8400-e29b-11d4-a716-446655440000"), Code::InvalidField),
        ("/id", json!("550E8400-E29B-41D4-A716-446655440000"), Code::InvalidField),
        ("/parent", json!("parent-id"), Code::InvalidField),
        ("/from", json!("alice"), Code::InvalidField),
        ("/from", json!("skill:tax"), Code::InvalidField),
        ("/to", json!("alice"), Code::InvalidField),
        ("/nonce", json!(-1), Code::InvalidField),
        ("/nonce", json!("7"), Code::InvalidField),
        ("/nonce", json!(1.5), Code::InvalidField),
        ("/ts", json!(1_713_513_600.5), Code::InvalidField),
        ("/ts", json!("1713513600"), Code::InvalidField),
        ("/intent/action", json!(""), Code::InvalidField),
        ("/intent/action", json!("a".repeat(129)), Code::InvalidField),
        ("/intent/params", json!([]), Code::InvalidField),
        ("/intent/constraints/jurisdiction", json!("x".repeat(257)), Code::InvalidField),
        ("/settle/rail", json!("amp-split"), Code::RailUnsupported),
        ("/settle/rail", json!("amp-subscription"), Code::RailUnsupported),
        ("/settle/amount", json!(50), Code::AmountNotAString),
        ("/settle/amount", json!(-50.5), Code::AmountNotAString),
        ("/settle/amount", json!("-50 USD"), Code::AmountNegative),
        ("/settle/amount", json!("5e1 USD"), Code::AmountMalformed),
        ("/settle/amount", json!("50  USD"), Code::InvalidField),
        ("/settle/amount", json!("50 usd"), Code::InvalidField),
        ("/settle/milestones/0/pct", json!(0), Code::MilestonesInvalid),
        ("/settle/milestones/0/pct", json!(101), Code::MilestonesInvalid),
        ("/settle/milestones/0/pct", json!(50.5), Code::MilestonesInvalid),
        ("/settle/milestones/0/pct", json!("50"), Code::MilestonesInvalid),
        ("/settle/milestones/0/on", json!(""), Code::MilestonesInvalid),
        ("/settle/milestones/0/on", json!("m".repeat(65)), Code::MilestonesInvalid),
        ("/require/attestors", json!(-1), Code::InvalidField),
        ("/payload", json!([]), Code::InvalidField),
    ];
    for (pointer, value, expected) in refused {
        let refused = Envelope::parse(&signed(with(pointer, value.clone()))).unwrap_err();
        assert_eq!(refused.code, expected, "{pointer} = {value}");
        let member = pointer.rsplit('/').next().unwrap();
        assert!(refused.detail.contains(member), "{pointer}: {}", refused.detail);
    }
}

#[test]
fn integers_end_at_2_to_the_53() {
    for name in ["nonce", "ts"] {
        let at = with(&format!("/{name}"), json!(JSON_INTEGER_MAX));
        Envelope::parse(&signed(at)).unwrap();
        let mut past = sign_value(example(), &key()).unwrap();
        past[name] = json!(JSON_INTEGER_MAX + 1);
        assert_eq!(Envelope::open(past).unwrap_err().code, Code::InvalidField, "{name}");
    }
}

#[test]
fn duplicate_keys_are_refused_before_the_signature() {
    let text = String::from_utf8(signed(example())).unwrap();
    let twice = text.replacen('{', r#"{"nonce":1,"#, 1);
    assert_eq!(Envelope::parse(twice.as_bytes()).unwrap_err().code, Code::DuplicateKey);
}

#[test]
fn an_envelope_holds_64_kib_and_no_more() {
    let padded = |n: usize| signed(with("/payload/text", json!("x".repeat(n))));
    let spare = ENVELOPE_BYTES_MAX - padded(0).len();
    Envelope::parse(&padded(spare)).unwrap();
    assert_eq!(Envelope::parse(&padded(spare + 1)).unwrap_err().code, Code::BodyTooLarge);
}

#[test]
fn what_is_no_object_is_refused() {
    for bytes in [&b"[]"[..], b"null", b"1"] {
        assert_eq!(Envelope::parse(bytes).unwrap_err().code, Code::InvalidField);
    }
    assert_eq!(Envelope::parse(b"{").unwrap_err().code, Code::MalformedJson);
    assert_eq!(Envelope::parse(b"").unwrap_err().code, Code::MalformedJson);
}

#[test]
fn optional_members_may_be_null() {
    for name in ["parent", "intent", "settle", "require", "payload"] {
        let opened = Envelope::parse(&signed(with(&format!("/{name}"), Value::Null))).unwrap();
        opened.verify(&key().public()).unwrap();
    }
}

#[test]
fn an_envelope_built_here_reads_back() {
    let mut envelope = Envelope::parse(&signed(example())).unwrap().envelope;
    envelope.nonce += 1;
    assert_eq!(envelope.verify(&key().public()).unwrap_err().code, Code::SignatureInvalid);
    envelope.sign(&key()).unwrap();
    envelope.verify(&key().public()).unwrap();
    let bytes = serde_json::to_vec(&envelope).unwrap();
    let opened = Envelope::parse(&bytes).unwrap();
    opened.verify(&key().public()).unwrap();
    assert_eq!(opened.unsigned(), envelope.canonical_unsigned().unwrap());
    assert_eq!(opened.envelope, envelope);
    envelope.auth = None;
    assert_eq!(envelope.verify(&key().public()).unwrap_err().code, Code::Unauthenticated);
}

#[test]
fn the_window_is_300_seconds_to_either_side() {
    let now = Time(1_713_513_600_500);
    for (ts, inside) in [
        (1_713_513_600, true),
        (1_713_513_900, true),
        (1_713_513_901, false),
        (1_713_513_301, true),
        (1_713_513_300, false),
        (0, false),
        (u64::MAX, false),
    ] {
        assert_eq!(within_window(ts, now), inside, "{ts}");
    }
}

#[test]
fn fuzz_envelope_parse() {
    let base = signed(example());
    bolero::check!().with_type::<(Vec<u8>, u16, u8)>().for_each(|(bytes, at, byte)| {
        let _ = Envelope::parse(bytes);
        let mut changed = base.clone();
        let at = usize::from(*at) % changed.len();
        changed[at] = *byte;
        if let Ok(opened) = Envelope::parse(&changed) {
            let _ = crate::amp::Verb::of(&opened.envelope);
            let again = parse_strict(opened.unsigned()).unwrap();
            assert_eq!(canonical(&again).unwrap(), opened.unsigned());
            let verifies = opened.verify(&key().public()).is_ok();
            let same = opened.unsigned() == Envelope::parse(&base).unwrap().unsigned();
            assert_eq!(verifies, same && changed_only_outside_auth(&base, &changed));
        }
    });
}

fn changed_only_outside_auth(base: &[u8], changed: &[u8]) -> bool {
    let auth = |bytes: &[u8]| parse_strict(bytes).unwrap()["auth"].clone();
    auth(base) == auth(changed)
}
