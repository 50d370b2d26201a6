//! `hansa export` and `hansa audit`: what leaves a node can be checked without it.

use crate::support::{Place, Served};

fn with_payments(served: &Served<'_>) -> String {
    let owner = served.own();
    let alice =
        served.run(&owner, &["agent", "create", "alice", "--key-out", "alice.pem", "--json"]);
    let bob = served.run(&owner, &["agent", "create", "bob", "--json"]).json();
    let key = alice.json()["api_key"].as_str().unwrap().to_owned();
    let bob = bob["id"].as_str().unwrap();
    served.run(&key, &["transfer", "create", bob, "12.5"]).ok();
    // Signed, so that there is a signature to verify.
    served.run("", &["transfer", "create", bob, "1", "--key-file", "alice.pem"]).ok();
    owner
}

#[test]
fn an_export_verifies_and_a_tampered_one_is_refused_by_entry() {
    let place = Place::new();
    let served = place.serve("node");
    let owner = with_payments(&served);
    served.run(&owner, &["export", "--out", "journal.jsonl"]).ok();
    let node = served.run(&owner, &["api", "node_get", "--json"]).json();
    let node_key = node["public_key"].as_str().unwrap();
    let audit = ["audit", "journal.jsonl", "--node-key", node_key, "--json"];
    let report = place.run(&audit).json();
    assert_eq!(report["supply_delta"], "0");
    assert_eq!(report["signatures"]["verified"], 1);
    assert_eq!(report["trusted_key"], true);
    // By URL, and from standard input.
    let by_url = served.run(&owner, &["audit", served.url(), "--json"]).json();
    assert_eq!(by_url["root"], report["root"]);
    let text = std::fs::read_to_string(place.path("journal.jsonl")).unwrap();
    assert_eq!(place.run_fed(&["audit", "-", "--json"], &text).json()["root"], report["root"]);
    // One payment made a little larger.
    let altered = text.replacen("\"amount\":\"12500000\"", "\"amount\":\"92500000\"", 1);
    assert_ne!(altered, text);
    place.write("altered.jsonl", &altered);
    let refused = place.run(&["audit", "altered.jsonl"]);
    refused.failed(1, &["the journal does not verify", "entry "]);
    // Cut off, and of another node.
    let cut: Vec<&str> = text.lines().take(5).collect();
    place.write("cut.jsonl", &cut.join("\n"));
    place.run(&["audit", "cut.jsonl"]).failed(1, &["the export ends at entry"]);
    let other = "z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK";
    place.run(&["audit", "journal.jsonl", "--node-key", other]).failed(1, &["another key"]);
    served.stop();
}

#[test]
fn an_export_is_never_written_over_something() {
    let place = Place::new();
    let served = place.serve("node");
    let owner = served.own();
    place.write("there.jsonl", "mine");
    served.run(&owner, &["export", "--out", "there.jsonl"]).failed(1, &["there.jsonl"]);
    assert_eq!(std::fs::read_to_string(place.path("there.jsonl")).unwrap(), "mine");
    // On standard output it is data alone.
    let run = served.run(&owner, &["export"]);
    assert!(run.ok().stdout.lines().all(|line| line.starts_with('{')), "{}", run.stdout);
    assert_eq!(run.stderr, "");
    served.stop();
}

#[test]
fn a_partial_export_proves_its_own_entries_and_says_that_it_is_partial() {
    let place = Place::new();
    let served = place.serve("node");
    let owner = with_payments(&served);
    let whole = served.run(&owner, &["audit", served.url(), "--json"]).json();
    let size = whole["tree_size"].as_u64().unwrap();
    for from in [2, 5, size, size + 1] {
        let file = format!("from-{from}.jsonl");
        served.run(&owner, &["export", "--from", &from.to_string(), "--out", &file]).ok();
        let run = place.run(&["audit", &file, "--json"]);
        let report = run.json();
        assert_eq!((&report["root"], &report["from"]), (&whole["root"], &from.into()));
        assert_eq!((&report["shown"], &report["hidden"]), (&(size + 1 - from).into(), &0.into()));
        assert_eq!((&report["ok"], &report["books_complete"]), (&true.into(), &false.into()));
        assert_eq!(report["supply_delta"], "unknown");
        assert_eq!(report["currencies"].as_array().unwrap().len(), 0);
        let told = place.run(&["audit", &file]);
        assert!(told.ok().stderr.contains("partial: the entries up to"), "{told:?}");
    }
    let beyond = (size + 2).to_string();
    served.run(&owner, &["export", "--from", &beyond]).failed(1, &["the journal ends at entry"]);
    let text = std::fs::read_to_string(place.path("from-5.jsonl")).unwrap();
    // A payment made larger, an entry left out, another place claimed.
    let altered = text.replacen("\"amount\":\"12500000\"", "\"amount\":\"92500000\"", 1);
    assert_ne!(altered, text);
    let lines: Vec<&str> = text.lines().collect();
    let shorter = [&lines[..2], &lines[3..]].concat().join("\n");
    let moved = text.replacen("\"from\":5", "\"from\":6", 1);
    for (name, bad) in [("altered", altered), ("shorter", shorter), ("moved", moved)] {
        place.write(name, &bad);
        place.run(&["audit", name]).failed(1, &["the journal does not verify"]);
    }
    served.stop();
}

/// A copy of a stopped node's directory.
fn copied(place: &Place, from: &str, to: &str) {
    std::fs::create_dir(place.path(to)).unwrap();
    let keys = std::path::Path::new(to).join("keys");
    std::fs::create_dir(place.path(keys.to_str().unwrap())).unwrap();
    for name in ["journal.db", "keys/node.pem"] {
        let source = place.path(&format!("{from}/{name}"));
        std::fs::copy(source, place.path(&format!("{to}/{name}"))).unwrap();
    }
}

#[test]
fn two_histories_of_one_run_are_equivocation_and_growth_is_not() {
    let place = Place::new();
    let served = place.serve("node");
    let owner = with_payments(&served);
    served.run(&owner, &["export", "--out", "small.jsonl"]).ok();
    served.run(&owner, &["agent", "create", "carol"]).ok();
    served.run(&owner, &["export", "--out", "large.jsonl"]).ok();
    served.stop();
    let compare = |one: &str, other: &str| place.run(&["audit", one, "--against", other, "--json"]);
    for (one, other) in [("small.jsonl", "large.jsonl"), ("large.jsonl", "small.jsonl")] {
        assert_eq!(compare(one, other).json()["against"]["relation"], "extends");
    }
    assert_eq!(compare("small.jsonl", "small.jsonl").json()["against"]["relation"], "same");
    assert_eq!(compare("node", "large.jsonl").json()["against"]["relation"], "same");

    // Two copies go on, each in its own way.
    let size = compare("small.jsonl", "large.jsonl").json()["against"]["tree_size"].clone();
    for (copy, name) in [("one", "dave"), ("other", "erin")] {
        copied(&place, "node", copy);
        let served = place.serve(copy);
        served.run(&owner, &["agent", "create", name]).ok();
        served.run(&owner, &["export", "--out", &format!("{copy}.jsonl")]).ok();
        served.stop();
    }
    let first = size.as_u64().unwrap() + 1;
    for (one, other) in [("one", "other"), ("one.jsonl", "other.jsonl")] {
        let found = compare(one, other);
        found.failed(1, &["two histories", &format!("from entry {first} on")]);
    }
    compare("one", "large.jsonl").ok();

    // Another node's journal is no second history.
    let served = place.serve("stranger");
    served.own();
    served.stop();
    compare("one", "stranger").failed(2, &["different keys"]);
}

#[test]
fn a_node_that_shows_less_than_it_signed_was_cut_back() {
    let place = Place::new();
    let served = place.serve("node");
    let owner = with_payments(&served);
    served.run(&owner, &["export", "--out", "early.jsonl"]).ok();
    served.stop();
    copied(&place, "node", "old");
    let served = place.serve("node");
    served.run(&owner, &["agent", "create", "carol"]).ok();
    served.run(&owner, &["export", "--out", "late.jsonl"]).ok();
    served.stop();
    let served = place.serve("old");
    let url = served.url().to_owned();
    let compare =
        |one: &str, other: &str| served.run(&owner, &["audit", one, "--against", other, "--json"]);
    compare("late.jsonl", &url).failed(1, &["fewer entries than it has signed"]);
    let found = compare(&url, "late.jsonl");
    found.failed(1, &["fewer entries"]);
    assert!(found.stdout.contains("\"cut_back\""), "{}", found.stdout);
    // What was exported when the node was as short is no proof of anything, and neither is a file
    // beside a file.
    compare("early.jsonl", &url).ok();
    compare("late.jsonl", "early.jsonl").ok();
    served.stop();
}

#[test]
fn another_run_of_a_restored_journal_may_part() {
    let place = Place::new();
    let served = place.serve("node");
    let owner = with_payments(&served);
    place.run(&["backup", "key", "--out", "recovery.key"]).ok();
    let key = ["--recovery-key", "recovery.key"];
    place.run(&[&["backup", "create", "backups", "--data-dir", "node"], &key[..]].concat()).ok();
    served.run(&owner, &["agent", "create", "carol"]).ok();
    served.stop();
    place.run(&[&["restore", "backups", "--data-dir", "restored"], &key[..]].concat()).ok();
    place.serve("restored").stop();
    let compared = place.run(&["audit", "node", "--against", "restored", "--json"]);
    let against = compared.json()["against"].clone();
    assert_eq!(against["relation"], "other_run");
    assert!(against["differs_at"].as_u64().is_some(), "{against}");
}
