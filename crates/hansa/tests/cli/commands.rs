//! The commands that talk to a node: money, authority, and work agreed on by signed envelopes.

use serde_json::Value;

use crate::support::{Place, Served};

struct Agent {
    id: String,
    did: String,
    key: String,
}

fn agent(served: &Served<'_>, owner: &str, name: &str, more: &[&str]) -> Agent {
    let create = [&["agent", "create", name, "--json"], more].concat();
    let made = served.run(owner, &create).json();
    let text = |member: &str| made[member].as_str().unwrap().to_owned();
    Agent { id: text("id"), did: text("did"), key: text("api_key") }
}

fn text(value: &Value, member: &str) -> String {
    value[member].as_str().unwrap_or_else(|| panic!("no {member} in {value}")).to_owned()
}

#[test]
fn money_is_quoted_held_posted_voided_and_sent_in_batches() {
    let place = Place::new();
    let served = place.serve("node");
    let owner = served.own();
    let alice = agent(&served, &owner, "alice", &[]);
    let bob = agent(&served, &owner, "bob", &[]);
    let json = |key: &str, line: &[&str]| served.run(key, &[line, &["--json"]].concat()).json();
    assert_eq!(json(&alice.key, &["transfer", "quote", &bob.id, "100"])["total"], "100.5");
    let dry = json(&alice.key, &["transfer", "create", &bob.id, "100", "--dry-run"]);
    assert!(dry.get("id").is_none(), "{dry}");
    let held = json(&alice.key, &["transfer", "create", &bob.id, "100", "--hold", "1h"]);
    assert_eq!(held["state"], "pending");
    let id = text(&held, "id");
    json(&alice.key, &["transfer", "post", &id, "--amount", "40"]);
    let balance = json(&alice.key, &["balance"]);
    assert_eq!(balance["data"][0]["balance"], "959.8");
    assert_eq!(balance, json(&owner, &["balance", &alice.id]));
    // The rest stays pending until the payee gives it back.
    assert_eq!(balance["data"][0]["held"], "60.3");
    json(&bob.key, &["transfer", "void", &id]);
    assert_eq!(json(&alice.key, &["balance", &alice.id])["data"][0]["held"], "0");
    place.write(
        "batch.json",
        &format!(
            "[{{\"to\":\"{0}\",\"amount\":\"1\"}},{{\"to\":\"{0}\",\"amount\":\"9999\"}}]",
            bob.id
        ),
    );
    let batch = served.run(&alice.key, &["transfer", "batch", "batch.json", "--json"]);
    batch.failed(1, &["1 of 2 transfers were refused"]);
    let results: Value = serde_json::from_str(&batch.stdout).unwrap();
    assert_eq!(results["results"][1]["problem"]["code"], "insufficient_funds");
    // One line for each transfer, the latest first.
    let listed = served.run(&alice.key, &["transfer", "list", "--limit", "2", "-o", "jsonl"]);
    assert_eq!(listed.ok().stdout.lines().count(), 2);
    let minted = json(&owner, &["mint", &bob.id, "5"]);
    assert_eq!(minted["from"], "issuer");
    json(&owner, &["currency", "create", "USD", "--scale", "2"]);
    assert_eq!(json(&owner, &["status"])["sound"], true);
    served.stop();
}

#[test]
fn authority_is_given_narrowed_used_and_taken_back() {
    let place = Place::new();
    let served = place.serve("node");
    let owner = served.own();
    let alice = agent(&served, &owner, "alice", &[]);
    let bob = agent(&served, &owner, "bob", &[]);
    let grant = [
        "grant",
        "create",
        &bob.id,
        "--action",
        "transfer_create",
        "--total",
        "10",
        "--expires",
        "1h",
    ];
    let grant = served.run(&alice.key, &[&grant[..], &["--json"]].concat()).json();
    let pay = ["transfer", "create", &bob.id, "4", "--from", &alice.id];
    served.run(&bob.key, &pay).ok();
    let too_much = ["transfer", "create", &bob.id, "7", "--from", &alice.id];
    served.run(&bob.key, &too_much).failed(4, &["[grant_limit_exceeded]"]);
    let id = text(&grant, "id");
    let shown = served.run(&alice.key, &["grant", "show", &id, "--json"]).json();
    assert_eq!(shown["used"], "4");
    // Handed on with less, shown with its chain, and proven to somebody without the node.
    let carol = agent(&served, &owner, "carol", &[]);
    let delegate = ["grant", "delegate", &id, &carol.id, "--total", "2", "--uses-max", "1"];
    let below = served.run(&bob.key, &[&delegate[..], &["--json"]].concat()).json();
    assert_eq!((&below["actions"][0], &below["total"]), (&"transfer_create".into(), &"2".into()));
    let below_id = text(&below, "id");
    let shown = served.run(&carol.key, &["grant", "show", &below_id, "--json"]).json();
    assert_eq!((&shown["chain"][0]["id"], &shown["depth"]), (&id.as_str().into(), &1.into()));
    let wider = ["grant", "delegate", &id, &carol.id, "--total", "11"];
    served.run(&bob.key, &wider).failed(1, &["[grant_not_narrower]"]);
    let issued = served.run(&bob.key, &["grant", "list", "--issuer", &bob.id, "--json"]).json();
    assert_eq!(issued["data"].as_array().unwrap().len(), 1);
    let export = || {
        let document = served.run(&carol.key, &["grant", "export", &below_id]);
        document.ok();
        place.write("grant.json", &document.stdout);
    };
    export();
    let verified = place.run(&["grant", "verify", "grant.json", "--json"]).json();
    assert_eq!((&verified["holder"], &verified["total"]), (&carol.id.as_str().into(), &"2".into()));
    let other = ["grant", "verify", "grant.json", "--node-key", &carol.did];
    place.run(&other).failed(1, &["another key"]);
    served.run(&carol.key, &["grant", "relinquish", &below_id]).ok();
    export();
    place.run(&["grant", "verify", "grant.json"]).failed(1, &["was ended by entry"]);
    served.run(&alice.key, &["grant", "revoke", &id]).ok();
    assert_eq!(served.run(&bob.key, &pay).code, 4);
    // An API key for reading alone does not pay, and one that was revoked does nothing.
    let narrow = ["key", "create", "--action", "agent_*", "--expires", "7d", "--json"];
    let narrow = served.run(&alice.key, &narrow).json();
    let (id, secret) = (text(&narrow, "id"), text(&narrow, "api_key"));
    served.run(&secret, &["agent", "list"]).ok();
    served.run(&secret, &["transfer", "create", &bob.id, "1"]).failed(4, &["does not cover"]);
    served.run(&alice.key, &["key", "revoke", &id]).ok();
    served.run(&secret, &["agent", "list"]).failed(3, &["[credential_invalid]"]);
    served.run(&owner, &["agent", "suspend", &bob.id]).ok();
    assert_ne!(served.run(&bob.key, &["transfer", "create", &alice.id, "1"]).code, 0);
    served.run(&owner, &["agent", "reinstate", &bob.id]).ok();
    served.run(&bob.key, &["transfer", "create", &alice.id, "1"]).ok();
    served.stop();
}

#[test]
fn work_is_agreed_on_done_and_paid_by_envelopes() {
    let place = Place::new();
    let served = place.serve("node");
    let owner = served.own();
    agent(&served, &owner, "alice", &["--key-out", "alice.pem"]);
    let bob = agent(&served, &owner, "bob", &["--key-out", "bob.pem"]);
    place.write("work.txt", "the filed form");
    let step = |who: &str, line: &[&str]| {
        let line = [&["intent"], line, &["--key-file", who, "--json"]].concat();
        served.run("", &line).json()
    };
    let halves = ["--milestone", "draft=50", "--milestone", "filed=50"];
    // An id and a DID name the same agent.
    let by_id = ["offer", &bob.id, "--action", "file_quarterly", "--amount", "1"];
    assert!(step("alice.pem", &by_id)["task"].is_string());
    let nobody = ["intent", "offer", "bob", "--action", "x", "--amount", "1"];
    served
        .run("", &[&nobody[..], &["--key-file", "alice.pem"]].concat())
        .failed(2, &["neither an agent's id or DID nor skill:NAME", "hansa agent list"]);
    let offer = ["offer", &bob.did, "--action", "file_quarterly", "--amount", "40"];
    let offered = step("alice.pem", &[&offer[..], &halves].concat());
    let task = text(&offered, "task");
    let counter = text(&offered, "envelope_id");
    let counter = ["counter", counter.as_str(), "--amount", "50", "--deadline", "30d"];
    let countered = text(&step("bob.pem", &[&counter[..], &halves].concat()), "envelope_id");
    let accepted = text(&step("alice.pem", &["accept", &countered]), "envelope_id");
    let delegate = ["delegate", accepted.as_str(), "--max-budget", "60", "--jurisdiction", "IN"];
    let delegated = text(&step("alice.pem", &delegate), "envelope_id");
    for milestone in ["draft", "filed"] {
        // The task is found by the envelope, and may be named all the same.
        let task: &[&str] = if milestone == "filed" { &["--task", &task] } else { &[] };
        let execute = ["execute", delegated.as_str(), "--milestone", milestone];
        let execute = [&execute[..], task].concat();
        let executed = step("bob.pem", &[&execute[..], &["--file", "work.txt"]].concat());
        let executed = text(&executed, "envelope_id");
        let claim = step("bob.pem", &["settle", &executed, "--file", "work.txt"]);
        let claim = text(&claim, "envelope_id");
        let attest = ["attest", claim.as_str(), "--verdict", "accept", "--score", "0.9"];
        let rating: &[&str] = if milestone == "filed" { &["--rating", "5"] } else { &[] };
        step("alice.pem", &[&attest[..], rating].concat());
    }
    let shown = served.run("", &["task", "show", &task, "--key-file", "bob.pem", "--json"]).json();
    assert_eq!((&shown["terms_state"], &shown["paid"]), (&"settled".into(), &"50".into()));
    let reputation = served.run("", &["agent", "reputation", &bob.id, "--json"]).json();
    assert_eq!(reputation["as_agent"]["rating"], "5.00");
    let graph = served.run(&owner, &["intent", "graph", &delegated, "--json"]).json();
    assert_eq!(graph["nodes"].as_array().unwrap().len(), 10);
    // What is settled cannot be taken back, and without a key nothing is signed.
    let revoke = ["intent", "revoke", &delegated, "--task", &task, "--key-file", "alice.pem"];
    served.run("", &revoke).failed(1, &["[escrow_spent]"]);
    served.run("", &["intent", "accept", &countered]).failed(2, &["--key-file"]);
    served.stop();
}

#[test]
fn an_envelope_of_ones_own_is_completed_signed_and_sent() {
    let place = Place::new();
    let served = place.serve("node");
    let owner = served.own();
    agent(&served, &owner, "alice", &["--key-out", "alice.pem"]);
    let bob = agent(&served, &owner, "bob", &[]);
    let envelope = serde_json::json!({
        "v": 1,
        "kind": "intent",
        "to": bob.did,
        "intent": { "action": "x" },
        "settle": { "rail": "amp-outcome", "amount": "5 AVT" },
    });
    place.write("envelope.json", &envelope.to_string());
    let send = ["intent", "send", "envelope.json"];
    served.run("", &send).failed(3, &["[unauthenticated]"]);
    let signed = [&send[..], &["--key-file", "alice.pem", "--json"]].concat();
    assert!(served.run("", &signed).json()["task"].is_string());
    // Cards are set by their agents, and found.
    let card = served.run(&owner, &["agent", "card", &bob.id]).json();
    let mut card = card.clone();
    card["skills"] = serde_json::json!([{
        "id": "dowsing", "name": "dowsing", "description": "finds water", "tags": ["water"],
    }]);
    place.write("card.json", &card.to_string());
    served.run(&bob.key, &["agent", "card", &bob.id, "--set", "card.json"]).ok();
    let found = served.run(&bob.key, &["discover", "--skill", "dowsing", "--json"]).json();
    assert_eq!(found["agents"][0]["id"], bob.id);
    served.stop();
}

#[test]
fn a_named_private_key_speaks_alone_and_takes_no_idempotency_key() {
    let place = Place::new();
    let served = place.serve("node");
    let owner = served.own();
    let alice = agent(&served, &owner, "alice", &["--key-out", "alice.pem"]);
    let bob = agent(&served, &owner, "bob", &[]);
    let pay = ["transfer", "create", &bob.id, "1", "--key-file", "alice.pem", "--json"];
    // An API key in the environment that is not good for anything spoils nothing.
    served.run("nonsense", &pay).json();
    let keyed = [&pay[..], &["--idempotency-key", "same"]].concat();
    served.run("", &keyed).failed(2, &["--idempotency-key does not go with --key-file"]);
    let balance = served.run(&alice.key, &["balance", &alice.id, "--json"]).json();
    assert_eq!(balance["data"][0]["balance"], "998.995");
}
