//! `hansa upgrade`: a journal of the first format is read, worked on, and raised when asked.

use std::ops::ControlFlow;
use std::path::Path;

use hansa_crypto::chain;
use hansa_crypto::merkle::{CompactRange, leaf_hash};
use hansa_store::{Batch, Options, Reader, Store, VaultChange};
use hansa_types::Digest;

use crate::support::Place;

/// The same journal as the first builds wrote it: `node.founded` did not name a format.
fn in_first_format(from: &Path, to: &Path) {
    let reader = Store::open_read_only(from).unwrap();
    let mut store = Store::open(to, Options::default()).unwrap();
    for key in ["hash_seed", "email_secret"] {
        store.put_meta_once(key, &reader.meta(key).unwrap().unwrap()).unwrap();
    }
    let (mut last, mut tree) = (Digest::ZERO, CompactRange::new());
    let mut batches = Vec::new();
    let visit = &mut |row: hansa_store::Row| {
        let mut batch =
            Batch { first_seq: row.first_seq, last_seq: row.last_seq, ..Batch::default() };
        batch.prev_chain = last;
        for (_, line, _) in row.entries() {
            let line = String::from_utf8(line.to_vec()).unwrap();
            let line = line.replace("\"node.founded\",\"v\":2", "\"node.founded\"");
            let line = line.replace("\"format\":2,", "");
            let leaf = leaf_hash(line.as_bytes());
            last = chain::next(&last, &leaf);
            tree.push(leaf);
            batch.leaves.extend_from_slice(&leaf.0);
            batch.entries.extend_from_slice(line.as_bytes());
            batch.entries.push(b'\n');
        }
        (batch.chain, batch.root) = (last, tree.root());
        batches.push(batch);
        Ok(ControlFlow::Continue(()))
    };
    reader.scan(1, visit).unwrap();
    if let Some(batch) = batches.last_mut() {
        batch.vault = documents(&*reader);
    }
    let mut journal = store.journal().unwrap();
    for batch in batches {
        journal.submit(batch, Box::new(|outcome| outcome.unwrap()));
    }
    journal.close().unwrap();
    std::fs::copy(from.join("keys/node.pem"), to.join("keys/node.pem")).unwrap();
}

fn documents(reader: &dyn Reader) -> Vec<VaultChange> {
    let records = reader.vault_page("", 1_000).unwrap().into_iter().map(|(id, row)| {
        VaultChange::Put { id, subject: row.subject, salt: row.salt, sealed: row.sealed }
    });
    let keys = reader.vault_keys_page(None, 1_000).unwrap().into_iter();
    let keys = keys.map(|(subject, wrapped)| VaultChange::PutKey { subject, wrapped });
    records.chain(keys).collect()
}

fn kinds(dir: &Path) -> Vec<(String, bool)> {
    let mut kinds = Vec::new();
    let visit = &mut |row: hansa_store::Row| {
        for (_, line, _) in row.entries() {
            let entry: serde_json::Value = serde_json::from_slice(line).unwrap();
            kinds.push((entry["kind"].as_str().unwrap().to_owned(), entry.get("v").is_some()));
        }
        Ok(ControlFlow::Continue(()))
    };
    Store::open_read_only(dir).unwrap().scan(1, visit).unwrap();
    kinds
}

#[test]
fn a_journal_of_the_first_format_is_raised_when_asked_and_not_before() {
    let place = Place::new();
    let served = place.serve("new");
    let owner = served.own();
    served.run(&owner, &["agent", "create", "alice"]).ok();
    served.stop();
    in_first_format(&place.path("new"), &place.path("old"));
    place.run(&["backup", "key", "--out", "recovery.key"]).ok();

    let checked = place.run(&["upgrade", "check", "--data-dir", "old", "--json"]).json();
    assert_eq!((&checked["journal_format"], &checked["needed"]), (&1.into(), &true.into()));
    let at = ["--data-dir", "old", "--recovery-key", "recovery.key", "--json"];
    let upgrade = |what: &str, more: &[&str]| {
        place.run(&[&["upgrade", what, "backups"], &at[..], more].concat())
    };
    let prepared = upgrade("prepare", &[]).json();
    assert!(prepared["backup"].as_str().is_some(), "{prepared}");
    // This release works on it, and writes nothing that the earlier one could not read.
    let served = place.serve("old");
    served.run(&owner, &["agent", "create", "bob"]).ok();
    let dry = upgrade("commit", &["--dry-run"]).json();
    assert_eq!((&dry["needed"], &dry["raised"]), (&true.into(), &false.into()));
    upgrade("commit", &[]).failed(1, &["in use"]);
    served.stop();
    let before = kinds(&place.path("old"));
    let of_first = |kind: &str| hansa_kernel::format::since(kind) == 1;
    assert!(before.iter().all(|(kind, versioned)| of_first(kind) && !versioned), "{before:?}");

    let raised = upgrade("commit", &[]).json();
    assert_eq!((&raised["journal_format"], &raised["raised"]), (&2.into(), &true.into()));
    assert!(raised["backup"].as_str().is_some(), "{raised}");
    let after = kinds(&place.path("old"));
    assert_eq!(after.len(), before.len() + 1);
    assert_eq!(after.last().unwrap().0, "node.format_raised");
    let again = upgrade("commit", &[]).json();
    assert_eq!((&again["needed"], &again["raised"]), (&false.into(), &false.into()));
    // The backup of before is the way back.
    let back = ["restore", "backups", "--at", raised["backup"].as_str().unwrap()];
    let to = ["--data-dir", "back", "--recovery-key", "recovery.key"];
    place.run(&[&back[..], &to[..]].concat()).ok();
    let checked = place.run(&["upgrade", "check", "--data-dir", "back", "--json"]).json();
    assert_eq!(checked["journal_format"], 1);
    place.serve("old").stop();
}
