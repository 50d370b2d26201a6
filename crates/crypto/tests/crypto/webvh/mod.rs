//! DID logs: what is written here is read by the method's own implementation, what others wrote is
//! read here, and a log that was tampered with is read by nobody.

mod implementation;
mod interop;
mod tampering;

use hansa_crypto::SigningKey;
use hansa_crypto::did_document::{Document, Use};
use hansa_crypto::webvh::{Address, Change, First, Log, Multihash, append, create, verify};
use hansa_types::Time;

/// 2026-09-13, when every key of these tests was young.
pub(crate) const NOW: Time = Time(1_789_300_000_000);

pub(crate) fn key(byte: u8) -> SigningKey {
    SigningKey::from_seed([byte; 32])
}

pub(crate) fn hashes(bytes: &[u8]) -> Vec<Multihash> {
    bytes.iter().map(|byte| Multihash::of_key(&key(*byte).public())).collect()
}

fn home() -> Address {
    Address::new("town.example", None, &["dids", "agt_1"]).unwrap()
}

pub(crate) fn document() -> Document {
    Document { keys: vec![(Use::Own, key(90).public())], ..Document::default() }
}

/// A log of one entry: signed by key 1, committed to key 2 (the node's) and 50 (the owner's).
pub(crate) fn first() -> String {
    let address = home();
    let under = |scid: &str| document().under(&format!("did:webvh:{scid}:{address}"));
    let next = hashes(&[2, 50]);
    let first = First { signer: &key(1), next: &next, document: &under, now: NOW };
    create(&first).unwrap()
}

pub(crate) fn read(text: &str) -> Log {
    verify(text, NOW).unwrap()
}

/// The log with a rotation by the node behind it.
pub(crate) fn rotated() -> String {
    let text = first();
    let log = read(&text);
    let change = Change {
        signer: &key(2),
        next: &hashes(&[3, 50]),
        document: document().under(log.did().as_str()),
        now: NOW,
    };
    format!("{text}\n{}\n", append(&log, &text, change).unwrap())
}

/// The rotated log, moved to another host by the owner's recovery key.
pub(crate) fn moved() -> String {
    let text = rotated();
    let log = read(&text);
    let address = Address::new("localhost", Some(7400), &["dids", "agt_2"]).unwrap();
    let mut document = document();
    document.also_known_as = vec![log.did().to_string()];
    let change = Change {
        signer: &key(50),
        next: &hashes(&[4, 51]),
        document: document.under(address.did(&log.scid()).as_str()),
        now: NOW,
    };
    let line = append(&log, &text, change).unwrap();
    format!("{text}{line}\n")
}
