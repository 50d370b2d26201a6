//! Which verb an envelope holds, and each way in which it holds none.

use super::*;
use crate::amp::{Score, Verdict, build};
use crate::api::transfers::TransferCreate;
use hansa_types::EnvelopeId;
use serde_json::json;

const PARENT: &str = "550e8400-e29b-41d4-a716-446655440000";

fn envelope(kind: &str, members: Value) -> Envelope {
    let mut value = json!({
        "v": 1,
        "kind": kind,
        "id": "550e8400-e29b-41d4-a716-446655440001",
        "parent": PARENT,
        "from": "did:w7:alice",
        "to": "did:w7:bob",
        "nonce": 1,
        "ts": 1,
    });
    for (name, member) in members.as_object().unwrap() {
        value[name] = member.clone();
    }
    parse(value).unwrap()
}

fn verb(kind: &str, members: Value) -> Result<Verb, Code> {
    Verb::of(&envelope(kind, members)).map_err(|rejection| rejection.code)
}

fn settle() -> Value {
    json!({ "rail": "amp-outcome", "amount": "50 USD" })
}

fn hex() -> String {
    "5a".repeat(32)
}

#[test]
fn without_a_verb_the_default_of_the_kind_holds() {
    let offer =
        verb("intent", json!({ "intent": { "action": "file" }, "settle": settle() })).unwrap();
    let Verb::Negotiate(negotiate) = &offer else { panic!("{offer}") };
    assert_eq!(negotiate.step, Step::Offer);
    assert_eq!(verb("delegation", json!({ "settle": settle() })).unwrap().as_str(), "delegate");
    let work = json!({ "payload": { "output_hash": hex() } });
    assert_eq!(verb("inference", work).unwrap().as_str(), "execute");
    let claim = json!({ "payload": { "result_hash": hex() } });
    assert_eq!(verb("outcome", claim).unwrap().as_str(), "settle");
}

#[test]
fn a_verb_travels_in_its_own_kind_only() {
    let kinds = ["intent", "delegation", "inference", "outcome"];
    for (_, word, own) in Word::TABLE {
        for kind in kinds.iter().filter(|kind| **kind != own.as_str()) {
            let found = verb(kind, json!({ "payload": { "verb": word } }));
            assert_eq!(found, Err(Code::VerbUnknown), "{word} in {kind}");
        }
    }
}

#[test]
fn unknown_verbs_are_refused() {
    for word in [json!("pay"), json!("Delegate"), json!(""), json!(7), json!(["delegate"])] {
        let found = verb("delegation", json!({ "payload": { "verb": word.clone() } }));
        assert_eq!(found, Err(Code::VerbUnknown), "{word}");
    }
}

#[test]
fn a_negotiation_names_its_step_or_its_terms() {
    let step = |step: &str, members: Value| {
        let mut all = json!({ "payload": { "verb": "negotiate", "step": step } });
        for (name, member) in members.as_object().unwrap() {
            all[name] = member.clone();
        }
        verb("intent", all)
    };
    assert!(step("counter", json!({ "settle": settle() })).is_ok());
    assert!(step("accept", json!({})).is_ok());
    assert!(step("accept", json!({ "settle": settle() })).is_ok());
    assert!(step("reject", json!({})).is_ok());
    assert_eq!(step("counter", json!({})), Err(Code::TermsInvalid));
    assert_eq!(step("offer", json!({ "intent": { "action": "file" } })), Err(Code::TermsInvalid));
    assert_eq!(step("offer", json!({ "settle": settle() })), Err(Code::MissingField));
    assert_eq!(step("haggle", json!({})), Err(Code::InvalidField));
    let no_step = json!({ "payload": { "verb": "negotiate" }, "settle": settle() });
    assert_eq!(verb("intent", no_step), Err(Code::MissingField));
}

#[test]
fn terms_in_the_payload_are_typed() {
    let terms = |terms: Value| verb("delegation", json!({ "payload": { "terms": terms } }));
    assert!(terms(settle()).is_ok());
    assert_eq!(terms(json!({ "extra": 1 })), Err(Code::UnknownField));
    assert_eq!(terms(json!({ "amount": 5, "rail": "amp-outcome" })), Err(Code::AmountNotAString));
    let mismatch = json!({ "settle": settle(), "payload": { "terms": { "amount": "51 USD" } } });
    assert_eq!(verb("delegation", mismatch), Err(Code::TermsMismatch));
    assert_eq!(verb("delegation", json!({})), Err(Code::TermsInvalid));
    let policy = json!({ "settle": settle(), "payload": { "policy": { "max": "1" } } });
    assert_eq!(verb("delegation", policy), Err(Code::UnknownField));
}

#[test]
fn refusals_name_the_member_within_the_envelope() {
    let refused = Verb::of(&envelope("inference", json!({ "payload": {} }))).unwrap_err();
    assert_eq!(refused.code, Code::MissingField);
    assert!(refused.detail.starts_with("payload.output_hash"), "{}", refused.detail);
    let terms = json!({ "payload": { "terms": { "extra": 1 } } });
    let refused = Verb::of(&envelope("delegation", terms)).unwrap_err();
    assert!(refused.detail.starts_with("payload.terms.extra"), "{}", refused.detail);
}

#[test]
fn hashes_are_base64url_or_hex() {
    let execute = |hash: Value| verb("inference", json!({ "payload": { "output_hash": hash } }));
    let digest = hansa_types::Digest([0x5A; 32]);
    for good in [hex(), digest.to_string()] {
        let Ok(Verb::Execute(execute)) = execute(json!(good)) else { panic!() };
        assert_eq!(execute.output_hash, digest);
    }
    for bad in [json!("5A".repeat(32)), json!("5a"), json!(""), json!(5), json!(null)] {
        assert_eq!(execute(bad.clone()), Err(Code::InvalidField), "{bad}");
    }
    let input = json!({ "payload": { "output_hash": hex(), "input_hash": "x" } });
    assert_eq!(verb("inference", input), Err(Code::InvalidField));
    let null = json!({ "payload": { "output_hash": hex(), "input_hash": null } });
    assert!(verb("inference", null).is_ok());
}

#[test]
fn an_attestation_judges_or_rates_its_parent() {
    let attest = |mut payload: Value| {
        payload["verb"] = json!("attest");
        verb("outcome", json!({ "payload": payload }))
    };
    let full = json!({ "of": PARENT, "verdict": "accept", "score": 0.95, "rating": 5 });
    let Ok(Verb::Attest(full)) = attest(full) else { panic!() };
    assert_eq!((full.verdict, full.rating), (Some(Verdict::Accept), Some(5)));
    assert_eq!(full.score.map(Score::as_thousandths), Some(950));
    assert!(attest(json!({ "of": PARENT, "rating": 1 })).is_ok());
    assert_eq!(attest(json!({ "of": PARENT })), Err(Code::MissingField));
    assert_eq!(attest(json!({ "verdict": "accept" })), Err(Code::MissingField));
    assert_eq!(attest(json!({ "of": PARENT, "verdict": "maybe" })), Err(Code::InvalidField));
    for rating in [json!(0), json!(6), json!(4.5), json!("5"), json!(-1), json!(true)] {
        let found = attest(json!({ "of": PARENT, "rating": rating.clone() }));
        assert_eq!(found, Err(Code::RatingInvalid), "{rating}");
    }
    for score in [json!(1.1), json!("0.1234"), json!(-0.5), json!("high"), json!(2)] {
        let found = attest(json!({ "of": PARENT, "verdict": "accept", "score": score.clone() }));
        assert_eq!(found, Err(Code::InvalidField), "{score}");
    }
    let other = "550e8400-e29b-41d4-a716-446655440009";
    assert_eq!(attest(json!({ "of": other, "rating": 1 })), Err(Code::ParentMismatch));
}

#[test]
fn a_revocation_is_of_its_parent() {
    let revoke = |payload: Value| verb("delegation", json!({ "payload": payload }));
    assert!(revoke(json!({ "verb": "revoke", "of": PARENT, "reason": "late" })).is_ok());
    assert_eq!(revoke(json!({ "verb": "revoke" })), Err(Code::MissingField));
    let other = "550e8400-e29b-41d4-a716-446655440009";
    assert_eq!(revoke(json!({ "verb": "revoke", "of": other })), Err(Code::ParentMismatch));
    let long = json!({ "verb": "revoke", "of": PARENT, "reason": "r".repeat(257) });
    assert_eq!(revoke(long), Err(Code::InvalidField));
}

#[test]
fn every_verb_but_discover_and_the_offer_needs_a_parent() {
    let payloads = [
        ("intent", json!({ "verb": "negotiate", "step": "accept" })),
        ("delegation", json!({ "terms": { "rail": "amp-outcome", "amount": "1 USD" } })),
        ("inference", json!({ "output_hash": hex() })),
        ("outcome", json!({ "result_hash": hex() })),
        ("outcome", json!({ "verb": "attest", "of": PARENT, "rating": 3 })),
        ("delegation", json!({ "verb": "revoke", "of": PARENT })),
    ];
    for (kind, payload) in payloads {
        let mut orphan = envelope(kind, json!({ "payload": payload }));
        assert!(Verb::of(&orphan).is_ok(), "{kind}");
        orphan.parent = None;
        assert_eq!(Verb::of(&orphan).unwrap_err().code, Code::ParentRequired, "{kind}");
    }
    let mut discover = envelope("intent", json!({ "payload": { "verb": "discover" } }));
    discover.parent = None;
    assert!(Verb::of(&discover).is_ok());
}

#[test]
fn attestor_sets_are_unsupported_and_zkml_is_accepted() {
    let offer =
        |require: Value| verb("delegation", json!({ "settle": settle(), "require": require }));
    assert!(offer(json!({ "zkml": true, "attestors": 0 })).is_ok());
    assert_eq!(offer(json!({ "attestors": 1 })), Err(Code::AttestorsUnsupported));
}

#[test]
fn discover_reads_like_its_operation() {
    let payload = json!({
        "verb": "discover", "query": "tax", "skill": "filing", "max_price": "5 USD",
        "min_reputation": "4.5", "note": "free",
    });
    let Ok(Verb::Discover(found)) = verb("intent", json!({ "payload": payload })) else { panic!() };
    assert_eq!(found.max_price.unwrap().as_str(), "5");
    assert_eq!(found.currency.unwrap().as_str(), "USD");
    assert_eq!(found.min_reputation, Some(Hundredths(450)));
    let number = json!({ "payload": { "verb": "discover", "max_price": 5 } });
    assert_eq!(verb("intent", number), Err(Code::AmountNotAString));
}

#[test]
fn an_intent_to_the_node_without_a_verb_is_an_operation() {
    let node: Did = "did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK".parse().unwrap();
    let header = build::Header {
        id: EnvelopeId::new(1),
        from: "did:w7:alice".parse().unwrap(),
        to: node.clone().into(),
        parent: None,
        nonce: 1,
        ts: 1,
    };
    let request: TransferCreate = parse(json!({ "to": "did:w7:bob", "amount": "5" })).unwrap();
    let envelope = build::operation(header, &request).unwrap();
    let call = envelope.operation(&node).unwrap();
    assert_eq!(call.id, "transfer_create");
    let params = Value::Object(call.params.unwrap().clone());
    assert_eq!(parse::<TransferCreate>(params).unwrap(), request);

    let elsewhere: Did = "did:w7:bob".parse().unwrap();
    assert_eq!(envelope.operation(&elsewhere), None);
    let mut with_verb = envelope.clone();
    with_verb.payload = Some([("verb".to_owned(), json!("discover"))].into_iter().collect());
    assert_eq!(with_verb.operation(&node), None);
    let other_kind = Envelope { kind: Kind::Delegation, ..envelope };
    assert_eq!(other_kind.operation(&node), None);
}

#[test]
fn what_the_builders_make_reads_back_as_the_same_verb() {
    let header = || build::Header {
        id: EnvelopeId::new(2),
        from: "did:w7:alice".parse().unwrap(),
        to: "did:w7:bob".parse().unwrap(),
        parent: PARENT.parse().ok(),
        nonce: 1,
        ts: 1,
    };
    let spec: crate::amp::SettleSpec = parse(settle()).unwrap();
    let goal = || Some(crate::amp::Intent::new("file"));
    let execute: Execute = parse(json!({ "output_hash": hex(), "model": "m" })).unwrap();
    let claim: Settle = parse(json!({ "milestone": "draft", "result_hash": hex() })).unwrap();
    let judged = Attest {
        of: PARENT.parse().unwrap(),
        verdict: Some(Verdict::Reject),
        score: Score::thousandths(125),
        rating: None,
    };
    let end = Revoke { of: PARENT.parse().unwrap(), reason: None };
    let of = |envelope: &Envelope| {
        let read: Envelope = parse(envelope.to_value().unwrap()).unwrap();
        assert_eq!(read, *envelope);
        Verb::of(&read).unwrap()
    };
    let offer = build::intent(header(), crate::amp::Intent::new("file"), spec.clone());
    assert_eq!(of(&offer).as_str(), "negotiate");
    let counter = build::negotiate(header(), Step::Counter, None, Some(spec.clone())).unwrap();
    assert_eq!(of(&counter).as_str(), "negotiate");
    let delegate = build::delegate(header(), goal(), spec, Some(PolicySpec::default())).unwrap();
    assert_eq!(of(&delegate).as_str(), "delegate");
    assert_eq!(of(&build::execute(header(), &execute).unwrap()), Verb::Execute(execute));
    assert_eq!(of(&build::settle(header(), &claim).unwrap()), Verb::Settle(claim));
    assert_eq!(of(&build::attest(header(), &judged).unwrap()), Verb::Attest(judged));
    assert_eq!(of(&build::revoke(header(), &end).unwrap()), Verb::Revoke(end));
    let find = Discover { query: SearchText::new("tax"), ..Discover::default() };
    assert_eq!(of(&build::discover(header(), &find).unwrap()), Verb::Discover(find));
}
