//! Journals of earlier builds: read for ever, folded to the same facts, and raised when asked.
//!
//! `facts.txt` is what such a journal says of principals and money, in words that no later release
//! changes; it is written once, by `BLESS=1`, when there is none. `digest.txt` is the digest of the state
//! with the number of its shape: it counts while the shape is the same, and is blessed with the next.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use hansa_kernel::format::{FORMAT, since};
use hansa_kernel::state::SNAPSHOT_FORMAT;
use hansa_kernel::{Event, State, codec};

const DIR: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/corpus/format-1");

fn lines() -> Vec<String> {
    let text = std::fs::read_to_string(format!("{DIR}/entries.jsonl")).unwrap();
    text.lines().map(str::to_owned).collect()
}

fn folded() -> State {
    let mut state = State::new([9, 8, 7, 6]);
    for line in lines() {
        state.apply(&codec::decode(line.as_bytes()).unwrap());
    }
    state
}

/// What the journal says, in words.
fn facts(state: &State) -> String {
    let mut text = String::new();
    for (status, principal) in state.principals.iter() {
        let _ = writeln!(text, "{} {:?} frozen {}", principal.id, status.kind, status.frozen);
    }
    for account in state.ledger.accounts() {
        let owner = state.principals.get(account.key.owner).id;
        let (role, index) = (account.key.role, account.key.currency);
        let (debits, credits) = (account.debits.0, account.credits.0);
        let _ = writeln!(text, "{owner} {role:?} {index:?} {debits} {credits}");
    }
    let _ = writeln!(text, "entries {} at {}", state.seq, state.now.0);
    text
}

fn blessed(name: &str, today: &str, is_stale: impl Fn(&str) -> bool) -> String {
    let path = format!("{DIR}/{name}");
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    if std::env::var_os("BLESS").is_some() && is_stale(&kept) {
        std::fs::write(&path, today).unwrap();
        return today.to_owned();
    }
    kept
}

#[test]
fn an_earlier_journal_says_the_same_for_ever() {
    let state = folded();
    let today = facts(&state);
    assert_eq!(blessed("facts.txt", &today, str::is_empty), today);
    let digest = format!("{SNAPSHOT_FORMAT} {}\n", state.digest());
    let shape = format!("{SNAPSHOT_FORMAT} ");
    let kept = blessed("digest.txt", &digest, |kept| !kept.starts_with(&shape));
    assert!(kept == digest || !kept.starts_with(&shape), "the same shape, and another state");
}

#[test]
fn a_founding_of_the_first_version_is_read_as_the_first_format() {
    let first = codec::decode(lines()[0].as_bytes()).unwrap();
    match first.event {
        Event::NodeFounded(founded) => assert_eq!(founded.format, 1),
        other => panic!("{other:?}"),
    }
    assert_eq!(folded().node().unwrap().format, 1);
    let unknown = lines()[0].replacen("\"node.founded\"", "\"node.founded\",\"v\":3", 1);
    assert!(codec::decode(unknown.as_bytes()).is_err());
    let more = lines()[0].replacen("\"mode\"", "\"format\":1,\"mode\"", 1);
    assert!(codec::decode(more.as_bytes()).is_err(), "the first version names no format");
}

#[test]
fn the_corpus_holds_every_kind_of_its_format_and_no_other() {
    let kinds = Event::KINDS.iter().map(|(kind, _)| *kind);
    let mut missing: BTreeSet<&str> = kinds.filter(|kind| since(kind) == 1).collect();
    for line in lines() {
        let entry = codec::decode(line.as_bytes()).unwrap();
        assert_eq!(since(entry.event.kind()), 1, "{line}");
        assert!(!line.contains(",\"v\":"), "{line}");
        missing.remove(entry.event.kind());
    }
    // The act of raising it is the one that no journal of that release can hold.
    assert_eq!(missing, BTreeSet::from(["node.format_raised"]));
    assert_eq!(FORMAT, 2, "a new format needs a corpus of the one before");
}

/// The members of each kind in the shape of the first format.
fn members<'a>(lines: impl Iterator<Item = &'a str>) -> BTreeMap<String, BTreeSet<String>> {
    let mut seen: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for line in lines {
        let entry: serde_json::Value = serde_json::from_str(line).unwrap();
        let kind = entry["kind"].as_str().unwrap();
        if since(kind) == 1 && entry.get("v").is_none() {
            let names = entry["data"].as_object().unwrap().keys().cloned();
            seen.entry(kind.to_owned()).or_default().extend(names);
        }
    }
    seen
}

#[test]
fn no_kind_of_the_first_format_has_learnt_another_member() {
    let golden = include_str!("../golden/entries.jsonl");
    let corpus = lines();
    let first = members(corpus.iter().map(String::as_str));
    for (kind, today) in members(golden.lines()) {
        // The act of raising it is in none of its journals.
        let Some(first) = first.get(&kind) else { continue };
        let added: Vec<_> = today.difference(first).collect();
        assert!(added.is_empty(), "{kind} has {added:?}: that is a new version of the kind");
    }
}
