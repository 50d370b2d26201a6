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
