//! Logs of other implementations, and the names and documents of ours.

use hansa_crypto::did_document::{acting_keys, of_key, renamed};
use hansa_crypto::webvh::{Address, Fault, LogError, normalise, verify};
use hansa_types::{Did, Time};
use serde_json::json;

use super::{NOW, first, key, moved, read};

macro_rules! vectors {
    ($($name:literal = $version:literal),* $(,)?) => {
        &[$(($name, $version, include_str!(concat!("../../vectors/didwebvh/", $name, ".jsonl")))),*]
    };
}

const VECTORS: &[(&str, u32, &str)] = vectors! {
    "basic-create" = 1, "basic-update" = 2, "deactivate" = 2, "key-rotation" = 2,
    "multi-update" = 3, "multiple-update-keys" = 2, "portable" = 1,
    "portable-move" = 2, "pre-rotation" = 1, "pre-rotation-consume" = 2, "services" = 2,
};

const WITNESSED: &[(&str, u32, &str)] = vectors! { "witness-threshold" = 0, "witness-update" = 0 };

#[test]
fn the_logs_of_the_test_suite_verify() {
    for (name, version, text) in VECTORS {
        let log = verify(text, Time(u64::MAX)).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(log.version(), *version, "{name}");
        assert_eq!(log.deactivated(), *name == "deactivate", "{name}");
    }
}

#[test]
fn witnessed_logs_are_refused_since_their_proofs_are_not_checked() {
    for (name, _, text) in WITNESSED {
        assert!(matches!(verify(text, NOW), Err(LogError { fault: Fault::Witness, .. })), "{name}");
    }
}

#[test]
fn a_move_keeps_the_scid_and_remembers_where_it_was() {
    let (before, after) = (read(&super::rotated()), read(&moved()));
    assert_eq!(before.scid(), after.scid());
    assert_eq!(after.former(), [before.did().clone()]);
    assert_eq!(after.address().url("did.jsonl"), "http://localhost:7400/dids/agt_2/did.jsonl");
    assert!(after.did().as_str().ends_with(":localhost%3A7400:dids:agt_2"));
    assert!(after.may_be_followed_by(&key(51).public()));
    assert!(!after.may_be_followed_by(&key(50).public()));
}

#[test]
fn entries_of_one_second_are_dated_one_after_the_other() {
    let log = read(&moved());
    assert_eq!(log.updated(), Time(log.created().0 + 2_000));
}

#[test]
fn the_document_under_did_web_names_the_log_it_comes_from() {
    let log = read(&first());
    let (from, to) = (log.did().as_str(), log.address().web_did());
    let document = renamed(log.document(), from, to.as_str());
    assert_eq!(document["id"], to.as_str());
    assert_eq!(to.as_str(), "did:web:town.example:dids:agt_1");
    assert_eq!(document["controller"], from);
    assert_eq!(document["alsoKnownAs"], json!([from]));
    let own = format!("{to}#{}", key(90).public());
    assert_eq!(document["authentication"], json!([own]));
    assert_eq!(acting_keys(&document), [key(90).public()]);
}

#[test]
fn a_did_key_is_its_own_document() {
    let public = key(7).public();
    let document = of_key(&public);
    assert_eq!(document["id"], public.did_key().as_str());
    assert_eq!(document["assertionMethod"], json!([public.key_id()]));
}

#[test]
fn a_did_of_the_web_has_one_spelling() {
    let scid = read(&first()).scid();
    let wanted = format!("did:webvh:{scid}:town.example%3A7400:dids:a");
    for host in
        ["town.example%3A7400", "town.example%3a7400", "TOWN.Example%3A7400", "town.example:7400"]
    {
        let did: Did = format!("did:webvh:{scid}:{host}:dids:a").parse().unwrap();
        assert_eq!(normalise(&did).as_str(), wanted, "{host}");
        let web: Did = format!("did:web:{host}:dids:a").parse().unwrap();
        assert_eq!(normalise(&web).as_str(), "did:web:town.example%3A7400:dids:a");
    }
    for other in ["did:key:z6Mk", "did:webvh:nonsense:town.example", "did:web:127.0.0.1"] {
        let did: Did = other.parse().unwrap();
        assert_eq!(normalise(&did), did);
    }
}

#[test]
fn only_host_names_have_addresses() {
    let long = "a".repeat(64);
    for bad in [
        "",
        "127.0.0.1",
        "127.1",
        "[::1]",
        "-a.example",
        "a..b",
        "a.example:",
        "a.example:..",
        "a.example:0:x",
        "a.example%3A0",
        "a.example%3A65536",
        "a.example:a/b",
        "a_b.example",
        "a.example:a:b:c:d:e:f:g:h:i",
        "é.example",
        long.as_str(),
    ] {
        assert!(Address::parse(bad).is_err(), "{bad:?}");
    }
    assert!(Address::under("http://127.0.0.1:7400", &["dids"]).is_err());
    let address = Address::under("https://Town.Example:8443/x?y", &["dids", "agt_1"]).unwrap();
    assert_eq!(address.to_string(), "town.example%3A8443:dids:agt_1");
    let root = Address::parse("town.example").unwrap();
    assert_eq!(root.url("did.json"), "https://town.example/.well-known/did.json");
    let segments = ["s".repeat(63), "s".repeat(63), "s".repeat(63), "s".repeat(63)];
    let host = ["a".repeat(63), "b".repeat(63), "c".repeat(63), "d".repeat(61)].join(".");
    assert!(Address::new(&host, None, &[]).is_ok());
    let path: Vec<&str> = segments.iter().map(String::as_str).collect();
    assert!(Address::new(&host, None, &path).is_err(), "longer than a DID may be");
}
