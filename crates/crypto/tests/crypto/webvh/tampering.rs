//! Every kind of tampering with a log, and the fault it is refused for.

use hansa_crypto::SigningKey;
use hansa_crypto::hash::sha256;
use hansa_crypto::json::canonical;
use hansa_crypto::limits::{
    DID_LOG_BYTES_MAX, DID_LOG_ENTRY_BYTES_MAX, DID_LOG_KEYS_MAX, DID_LOG_SKEW_MAX,
};
use hansa_crypto::webvh::{
    Change, Fault, First, Log, LogError, Multihash, append, create, deactivate, verify,
};
use hansa_types::{Duration, Time};
use serde_json::{Value, json};

use super::{NOW, document, first, hashes, key, moved, read, rotated};

/// A minute after the first entry, and another one.
const LATER: &str = "2026-09-13T11:47:40Z";
const LAST: &str = "2026-09-13T11:48:40Z";

fn lines(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn text(entries: &[Value]) -> String {
    entries.iter().map(|entry| format!("{entry}\n")).collect()
}

fn fault(text: &str) -> Fault {
    match verify(text, NOW) {
        Err(LogError { fault, .. }) => fault,
        Ok(log) => panic!("accepted: {log:?}"),
    }
}

/// An entry with a right hash and a right proof, whatever it says: what an attacker who holds the
/// key can make.
fn forge(before: &Log, key: &SigningKey, parameters: Value, state: Value, time: &str) -> Value {
    let mut entry = json!({
        "versionId": before.version_id(), "versionTime": time,
        "parameters": parameters, "state": state,
    });
    let hash = Multihash(sha256(&canonical(&entry).unwrap()));
    entry["versionId"] = format!("{}-{hash}", before.version() + 1).into();
    sign(entry, key)
}

fn sign(mut entry: Value, key: &SigningKey) -> Value {
    entry.as_object_mut().unwrap().remove("proof");
    let mut proof = json!({
        "type": "DataIntegrityProof", "cryptosuite": "eddsa-jcs-2022",
        "proofPurpose": "assertionMethod", "verificationMethod": key.public().key_id(),
    });
    let signed = [sha256(&canonical(&proof).unwrap()).0, sha256(&canonical(&entry).unwrap()).0];
    let signature = key.sign(&signed.concat());
    proof["proofValue"] = format!("z{}", bs58_of(&signature.0)).into();
    entry["proof"] = json!([proof]);
    entry
}

fn bs58_of(bytes: &[u8]) -> String {
    // base58btc by long division, so that the expectation does not come from the code under test.
    const ALPHABET: &[u8] = b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
    let mut digits: Vec<u32> = Vec::new();
    for byte in bytes {
        let mut carry = u32::from(*byte);
        for digit in &mut digits {
            carry += *digit << 8;
            *digit = carry % 58;
            carry /= 58;
        }
        while carry > 0 {
            digits.push(carry % 58);
            carry /= 58;
        }
    }
    let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
    let ones = std::iter::repeat_n('1', zeros);
    ones.chain(digits.iter().rev().map(|d| char::from(ALPHABET[*d as usize]))).collect()
}

fn after_first(key: &SigningKey, parameters: Value) -> String {
    let log = read(&first());
    let state = document().under(log.did().as_str());
    let entry = forge(&log, key, parameters, state, LATER);
    format!("{}\n{entry}\n", first())
}

fn keys(bytes: &[u8]) -> Vec<String> {
    bytes.iter().map(|byte| key(*byte).public().to_multibase()).collect()
}

fn rotation(signer: u8, next: &[u8]) -> Value {
    let next: Vec<String> = hashes(next).iter().map(Multihash::to_string).collect();
    json!({"updateKeys": keys(&[signer]), "nextKeyHashes": next})
}

#[test]
fn a_forged_entry_with_the_right_keys_is_the_measure_of_these_tests() {
    assert_eq!(read(&after_first(&key(2), rotation(2, &[3, 50]))).version(), 2);
    assert_eq!(read(&after_first(&key(50), rotation(50, &[3, 51]))).version(), 2);
}

#[test]
fn every_changed_member_is_noticed() {
    let whole = lines(&moved());
    for (index, pointer, value, wanted) in [
        (0, "/state/id", json!("did:webvh:x:town.example"), Fault::Chain),
        (0, "/parameters/portable", json!(false), Fault::Chain),
        (1, "/state/authentication", json!([]), Fault::Chain),
        (1, "/versionTime", json!(LAST), Fault::Chain),
        (1, "/versionId", json!("3-QmUbTyW8QGNWxWJonYpeMs8vToktBYxzhk6cgJV9JYzfwo"), Fault::Chain),
        (2, "/proof/0/proofValue", json!("z1"), Fault::Proof),
        (2, "/proof/0/cryptosuite", json!("eddsa-rdfc-2022"), Fault::Proof),
        (2, "/proof/0/proofPurpose", json!("authentication"), Fault::Proof),
        (2, "/proof/0/created", json!("2026-01-01T00:00:00Z"), Fault::Proof),
        (
            2,
            "/proof/0/verificationMethod",
            json!(key(50).public().did_key().as_str()),
            Fault::Proof,
        ),
    ] {
        let mut changed = whole.clone();
        *changed[index].pointer_mut(pointer).unwrap() = value;
        assert_eq!(fault(&text(&changed)), wanted, "{index}{pointer}");
    }
}

#[test]
fn a_signature_of_another_key_or_entry_is_refused() {
    let mut whole = lines(&rotated());
    let proof = whole[0]["proof"].clone();
    whole[1]["proof"] = proof;
    assert_eq!(fault(&text(&whole)), Fault::Proof);
    // Rightly signed, by a key that was not committed to.
    assert_eq!(fault(&after_first(&key(9), rotation(9, &[3]))), Fault::PreRotation);
    // Rightly committed, and signed by another key.
    assert_eq!(fault(&after_first(&key(9), rotation(2, &[3]))), Fault::Signer);
    // By the key of the entry before, which pre-rotation has retired.
    assert_eq!(fault(&after_first(&key(1), rotation(1, &[3]))), Fault::PreRotation);
    // A key that was committed to, beside one that was not.
    let both = json!({"updateKeys": keys(&[2, 9]), "nextKeyHashes": []});
    assert_eq!(fault(&after_first(&key(2), both)), Fault::PreRotation);
}

#[test]
fn pre_rotation_cannot_be_passed_over_in_silence() {
    let hashes: Vec<String> = hashes(&[3]).iter().map(Multihash::to_string).collect();
    for parameters in [
        json!({}),
        json!({"updateKeys": keys(&[2])}),
        json!({"nextKeyHashes": hashes}),
        json!({"updateKeys": [], "nextKeyHashes": []}),
    ] {
        assert_eq!(fault(&after_first(&key(2), parameters)), Fault::PreRotation);
    }
}

#[test]
fn entries_cannot_be_dropped_repeated_or_exchanged() {
    let whole = lines(&moved());
    let pick = |order: &[usize]| {
        let picked: Vec<Value> = order.iter().map(|index| whole[*index].clone()).collect();
        fault(&text(&picked))
    };
    assert_eq!(pick(&[0, 2]), Fault::Chain);
    assert_eq!(pick(&[1]), Fault::Method);
    assert_eq!(pick(&[0, 0]), Fault::Parameter("scid"));
    assert_eq!(pick(&[0, 1, 1]), Fault::PreRotation);
    assert!(matches!(fault(""), Fault::Json(_)));
}

#[test]
fn the_scid_is_the_hash_of_the_first_entry() {
    let other = Multihash::of(b"another").to_string();
    let own = read(&first()).scid().to_string();
    // Everything says another SCID; hash and proof are right again.
    let mut entry = lines(&first().replace(&own, &other)).remove(0);
    entry.as_object_mut().unwrap().remove("proof");
    entry["versionId"] = other.as_str().into();
    let hash = Multihash(sha256(&canonical(&entry).unwrap()));
    entry["versionId"] = format!("1-{hash}").into();
    assert_eq!(fault(&text(&[sign(entry, &key(1))])), Fault::Scid);
}

#[test]
fn a_document_of_another_scid_is_refused() {
    let log = read(&first());
    let other =
        log.did().as_str().replace(&log.scid().to_string(), &Multihash::of(b"x").to_string());
    for (id, wanted) in [
        (json!(other), Fault::Scid),
        (json!("did:web:town.example"), Fault::Id),
        (json!(log.did().as_str().replace("town", "Town")), Fault::Id),
        (json!(7), Fault::Id),
    ] {
        let mut state = document().under(log.did().as_str());
        state["id"] = id;
        let entry = forge(&log, &key(2), rotation(2, &[3]), state, LATER);
        assert_eq!(fault(&format!("{}\n{entry}", first())), wanted);
    }
}

#[test]
fn a_move_needs_portability_and_its_former_name() {
    let log = read(&first());
    let there = log.did().as_str().replace("town", "city");
    let entry = |parameters: &Value, known: Value| {
        let mut state = document().under(&there);
        state["alsoKnownAs"] = known;
        forge(&log, &key(50), parameters.clone(), state, LATER)
    };
    let parameters = rotation(50, &[3]);
    let with = |entry: Value| format!("{}\n{entry}", first());
    assert_eq!(read(&with(entry(&parameters, json!([log.did().as_str()])))).did().as_str(), there);
    assert_eq!(fault(&with(entry(&parameters, json!([])))), Fault::Portable);
    assert_eq!(fault(&with(entry(&parameters, json!([there])))), Fault::Portable);
    // Portability that was given up does not come back.
    let mut fixed = rotation(2, &[3]);
    fixed["portable"] = json!(false);
    let state = document().under(log.did().as_str());
    let fixed = with(forge(&log, &key(2), fixed, state, LATER));
    let log = read(&fixed);
    let mut again = rotation(3, &[4]);
    again["portable"] = json!(true);
    let state = document().under(log.did().as_str());
    let again = forge(&log, &key(3), again, state, LAST);
    assert_eq!(fault(&format!("{fixed}\n{again}")), Fault::Parameter("portable"));
    let mut state = document().under(&there);
    state["alsoKnownAs"] = json!([log.did().as_str()]);
    let moved = forge(&log, &key(3), rotation(3, &[4]), state, LAST);
    assert_eq!(fault(&format!("{fixed}\n{moved}")), Fault::Portable);
}

#[test]
fn versions_are_dated_one_after_the_other_and_not_in_the_future() {
    let log = read(&first());
    let state = document().under(log.did().as_str());
    let dated = |time: &str| {
        let entry = forge(&log, &key(2), rotation(2, &[3]), state.clone(), time);
        verify(&format!("{}\n{entry}", first()), NOW).map_err(|error| error.fault)
    };
    let seconds = |time: Time| format!("{}Z", &time.to_string()[..19]);
    assert!(dated(&seconds(NOW.after(DID_LOG_SKEW_MAX))).is_ok());
    let late = NOW.after(DID_LOG_SKEW_MAX).after(Duration::seconds(1));
    assert_eq!(dated(&seconds(late)), Err(Fault::VersionTime));
    assert_eq!(dated(&seconds(log.updated())), Err(Fault::VersionTime));
    assert_eq!(dated("2026-09-13"), Err(Fault::Shape("versionTime")));
    assert_eq!(dated("yesterday, about noon"), Err(Fault::Shape("versionTime")));
}

#[test]
fn nothing_follows_a_deactivation() {
    let text = first();
    let lines = deactivate(&read(&text), &text, &key(2), NOW).unwrap();
    let text = format!("{text}\n{lines}\n");
    let log = read(&text);
    let state = document().under(log.did().as_str());
    let entry = forge(&log, &key(2), json!({}), state, LATER);
    assert_eq!(fault(&format!("{text}{entry}")), Fault::Deactivated);
    let change = Change { signer: &key(2), next: &[], document: log.document().clone(), now: NOW };
    let refused = append(&log, &text, change).unwrap_err();
    assert_eq!((refused.entry, refused.fault), (4, Fault::Deactivated));
}

#[test]
fn unknown_and_misspelt_members_are_refused() {
    for (parameters, wanted) in [
        (json!({"updateKeys": keys(&[2]), "nextKeyHashes": null}), Fault::Shape("nextKeyHashes")),
        (json!({"updateKeys": "z6Mk", "nextKeyHashes": []}), Fault::Shape("updateKeys")),
        (json!({"updateKeys": ["z6Mk"], "nextKeyHashes": []}), Fault::Shape("updateKeys")),
        (json!({"nextKeyHashes": ["zQm"]}), Fault::Shape("nextKeyHashes")),
        (json!({"method": "did:webvh:0.5"}), Fault::Method),
        (json!({"surprise": 1}), Fault::Shape("parameters")),
        (json!({"witness": {"threshold": 1}}), Fault::Witness),
        (json!({"witness": []}), Fault::Shape("witness")),
        (json!({"ttl": "3600"}), Fault::Shape("ttl")),
        (json!({"portable": "true"}), Fault::Shape("portable")),
        (
            json!({"updateKeys": vec![keys(&[2]); DID_LOG_KEYS_MAX + 1].concat()}),
            Fault::Shape("updateKeys"),
        ),
    ] {
        assert_eq!(fault(&after_first(&key(2), parameters)), wanted);
    }
    let mut whole = lines(&first());
    whole[0]["surprise"] = json!(1);
    assert_eq!(fault(&text(&whole)), Fault::Shape("entry"));
    let mut whole = lines(&first());
    let twice = json!([whole[0]["proof"][0], whole[0]["proof"][0]]);
    whole[0]["proof"] = twice;
    assert_eq!(fault(&text(&whole)), Fault::Shape("proof"));
    let doubled = first().replacen("{\"parameters\"", "{\"state\":{},\"parameters\"", 1);
    assert!(matches!(fault(&doubled), Fault::Json(_)), "a key twice");
    assert!(matches!(fault(&format!("{}\n\n", first())), Fault::Json(_)), "an empty line");
}

#[test]
fn sizes_have_their_limits() {
    let long = " ".repeat(DID_LOG_ENTRY_BYTES_MAX - first().len());
    assert!(verify(&format!("{}{long}", first()), NOW).is_ok());
    assert_eq!(fault(&format!("{}{long} ", first())), Fault::Size);
    assert_eq!(fault(&" ".repeat(DID_LOG_BYTES_MAX + 1)), Fault::Size);
    assert_eq!(fault(&"\n".repeat(1_002)), Fault::Size);
    let next = hashes(&[2; DID_LOG_KEYS_MAX + 1]);
    let under = |scid: &str| document().under(&format!("did:webvh:{scid}:town.example"));
    let many = First { signer: &key(1), next: &next, document: &under, now: NOW };
    assert_eq!(create(&many).unwrap_err().fault, Fault::Shape("nextKeyHashes"));
}

#[test]
fn what_would_not_verify_is_not_written() {
    let log = read(&first());
    let change = |signer| Change {
        signer,
        next: &[],
        document: document().under(log.did().as_str()),
        now: NOW,
    };
    let stranger = key(9);
    assert_eq!(append(&log, &first(), change(&stranger)).unwrap_err().fault, Fault::PreRotation);
    let nowhere = |_: &str| json!({});
    let first = First { signer: &key(1), next: &[], document: &nowhere, now: NOW };
    assert_eq!(create(&first).unwrap_err().fault, Fault::Id);
}
