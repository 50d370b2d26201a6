//! Our logs read by the method's own implementation, and its logs read here.

use std::future::Future;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use didwebvh_rs::did_key::generate_did_key;
use didwebvh_rs::log_entry::LogEntryMethods as _;
use didwebvh_rs::prelude::{CreateDIDConfig, DIDWebVHState, Multibase, Parameters, create_did};
use hansa_crypto::did_document::acting_keys;
use hansa_crypto::webvh::{deactivate, verify};
use hansa_types::{Did, Time};
use serde_json::{Value, json};

use super::{NOW, first, key, moved, read, rotated};

/// Nothing here waits for anything: no log is fetched.
fn ready<F: Future>(future: F) -> F::Output {
    let mut future = std::pin::pin!(future);
    match future.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(output) => output,
        Poll::Pending => panic!("it waits for something"),
    }
}

/// What the method's own implementation makes of a log: its last version and its document.
fn theirs(did: &Did, text: &str) -> Result<(String, Value), String> {
    let mut state = DIDWebVHState::default();
    let resolved = ready(state.resolve_log_owned(did.as_str(), text, None));
    let (entry, metadata) = resolved.map_err(|error| error.to_string())?;
    Ok((metadata.version_id, entry.get_state().clone()))
}

#[test]
fn our_logs_are_read_by_the_methods_own_implementation() {
    for text in [first(), rotated(), moved()] {
        let log = read(&text);
        let (version, document) = theirs(log.did(), &text).unwrap();
        assert_eq!((version.as_str(), &document), (log.version_id(), log.document()));
    }
}

#[test]
fn a_deactivated_log_is_one_for_them_too() {
    let text = moved();
    let log = read(&text);
    let lines = deactivate(&log, &text, &key(4), NOW).unwrap();
    let text = format!("{text}{lines}\n");
    let ended = read(&text);
    assert!(ended.deactivated() && ended.version() == 5 && ended.next_key_hashes().is_empty());
    assert_eq!(theirs(ended.did(), &text).unwrap().0, ended.version_id());
}

#[test]
fn a_log_made_by_them_verifies_here() {
    let (_, signer) = generate_did_key(didwebvh_rs::prelude::KeyType::Ed25519).unwrap();
    let public = signer.get_public_keymultibase().unwrap();
    let config = CreateDIDConfig::builder()
        .address("https://example.com:8080/a/path")
        .authorization_key(signer)
        .did_document(json!({
            "id": "{DID}",
            "@context": ["https://www.w3.org/ns/did/v1"],
            "verificationMethod": [{
                "id": "{DID}#key-0", "type": "Multikey", "publicKeyMultibase": public,
                "controller": "{DID}"
            }],
            "authentication": ["{DID}#key-0"],
        }))
        .parameters(Parameters {
            update_keys: Some(Arc::new(vec![Multibase::new(public.clone())])),
            portable: Some(true),
            ..Default::default()
        })
        .build()
        .unwrap();
    let made = ready(create_did(config)).unwrap();
    let text = serde_json::to_string(made.log_entry()).unwrap();
    let log = verify(&text, Time(u64::MAX)).unwrap();
    assert_eq!(log.did().as_str(), made.did());
    assert_eq!(log.address().url("did.jsonl"), "https://example.com:8080/a/path/did.jsonl");
    assert_eq!(acting_keys(log.document())[0].to_multibase(), public);
    assert!(log.may_be_followed_by(&acting_keys(log.document())[0]) && log.portable());
}
