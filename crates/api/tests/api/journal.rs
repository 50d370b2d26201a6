//! The journal from outside: checkpoints, proofs, entries, and exports that audit offline.

use hansa_crypto::checkpoint::parse_and_verify;
use hansa_crypto::merkle::{leaf_hash, verify_consistency, verify_inclusion};
use hansa_node::audit::audit;
use hansa_node::checkpoint::origin;
use hansa_types::{Code, Digest, Duration};
use hansa_wire::amp::build;
use serde_json::{Value, json};

use crate::harness::{Actor, Ask, Town, object, pay};

fn digest(value: &Value) -> Digest {
    value.as_str().unwrap().parse().unwrap()
}

fn digests(value: &Value) -> Vec<Digest> {
    value.as_array().unwrap().iter().map(digest).collect()
}

/// A town with some payments, two of them signed.
async fn busy() -> (Town, Actor, Actor, Actor) {
    let (town, owner) = Town::owned().await;
    let (alice, bob) = (town.agent(&owner, "alice").await, town.agent(&owner, "bob").await);
    for _ in 0..20 {
        town.ask(Ask::post("/api/v1/transfers", pay(&bob, "1")).by(&alice)).await.accepted();
    }
    for _ in 0..2 {
        let header = alice.header(town.did(), None);
        let pay = build::operation_by_id(header, "transfer_create", object(pay(&bob, "1")));
        alice.send(pay).await.unwrap();
    }
    (town, owner, alice, bob)
}

#[tokio::test]
async fn proofs_lead_from_entries_to_the_signed_root() {
    let (town, _, alice, _) = busy().await;
    let note = town.ask(Ask::get("/api/v1/journal/checkpoint")).await;
    assert_eq!(note.header("content-type"), Some("text/plain; charset=utf-8"));
    let note = String::from_utf8(note.body).unwrap();
    let node = town.ask(Ask::get("/api/v1/node")).await.accepted();
    let name = origin("localhost", node["incarnation"].as_str().unwrap().parse().unwrap());
    let key = town.node.keys.signing().public();
    let checkpoint = parse_and_verify(&note, &name, &key).unwrap();
    assert_eq!(checkpoint.size, town.seq());
    for seq in [1, 2, 7, checkpoint.size] {
        let path = format!("/api/v1/journal/inclusion?seq={seq}");
        let proof = town.ask(Ask::get(path).by(&alice)).await.accepted();
        assert_eq!(proof["tree_size"], checkpoint.size);
        let (leaf, root) = (digest(&proof["leaf"]), digest(&proof["root"]));
        assert_eq!(root, checkpoint.root);
        let path = digests(&proof["proof"]);
        verify_inclusion(&leaf, seq - 1, checkpoint.size, &path, &root).unwrap();
    }
    let entry = town.ask(Ask::get("/api/v1/journal/entries/2").by(&alice)).await.accepted();
    assert_eq!(digest(&entry["leaf"]), leaf_hash(entry["line"].as_str().unwrap().as_bytes()));
    assert_eq!(
        (&entry["entry"]["kind"], &entry["entry"]["seq"]),
        (&json!("currency.created"), &json!(2))
    );
    for (from, to) in [(1, 2), (3, 20), (7, 21), (0, 5), (5, 5)] {
        let path = format!("/api/v1/journal/consistency?from={from}&to={to}");
        let proof = town.ask(Ask::get(path).by(&alice)).await.accepted();
        let (old, new) = (digest(&proof["from_root"]), digest(&proof["to_root"]));
        verify_consistency(from, &old, to, &new, &digests(&proof["proof"])).unwrap();
    }
    let latest =
        town.ask(Ask::get("/api/v1/journal/consistency?from=3").by(&alice)).await.accepted();
    assert_eq!(digest(&latest["to_root"]), checkpoint.root);
    town.stop().await;
}

#[tokio::test]
async fn checkpoints_are_signed_once_a_second_at_most() {
    let (town, _, alice, bob) = busy().await;
    let size = async || {
        let note = town.ask(Ask::get("/api/v1/journal/checkpoint")).await;
        String::from_utf8(note.body).unwrap().lines().nth(1).unwrap().parse::<u64>().unwrap()
    };
    let first = size().await;
    town.ask(Ask::post("/api/v1/transfers", pay(&bob, "1")).by(&alice)).await.accepted();
    assert_eq!(size().await, first);
    town.clock.advance(Duration::seconds(1));
    assert_eq!(size().await, first + 1);
    town.stop().await;
}

#[tokio::test]
async fn proofs_of_what_is_not_there_are_refused() {
    let (town, _, alice, _) = busy().await;
    let get = |path: &str| Ask::get(format!("/api/v1/journal/{path}")).by(&alice);
    for path in [
        "inclusion?seq=0",
        "inclusion?seq=99999",
        "inclusion?seq=5&tree_size=4",
        "inclusion?seq=5&tree_size=99999",
        "consistency?from=1&to=99999",
        "entries/0",
    ] {
        town.ask(get(path)).await.refused(Code::NotFound);
    }
    town.ask(get("consistency?from=9&to=8")).await.refused(Code::InvalidField);
    town.ask(get("export?from=0")).await.refused(Code::InvalidField);
    let beyond = format!("export?from={}", town.seq() + 2);
    town.ask(get(&beyond)).await.refused(Code::InvalidField);
    town.ask(get("inclusion")).await.refused(Code::MissingField);
    town.ask(get("entries/first")).await.refused(Code::InvalidField);
    town.stop().await;
}

#[tokio::test]
async fn an_export_audits_offline_with_its_signatures() {
    let (town, owner, alice, _) = busy().await;
    let key = town.node.keys.signing().public();
    let export = town.ask(Ask::get("/api/v1/journal/export?texts=true").by(&owner)).await;
    assert_eq!(export.header("content-type"), Some("application/x-ndjson"));
    let report = audit(&*export.body, Some(&key), &mut |_, _| ()).unwrap();
    assert_eq!((report.tree_size, report.hidden), (town.seq(), 0));
    assert_eq!((report.signatures.verified, report.signatures.not_included), (2, 0));
    assert_eq!(report.supply_delta, "0");
    let public = town.ask(Ask::get("/api/v1/journal/export").by(&alice)).await;
    let report = audit(&*public.body, Some(&key), &mut |_, _| ()).unwrap();
    assert_eq!((report.signatures.not_included, report.supply_delta.as_str()), (2, "0"));
    assert!(report.hidden > 0);
    let mut tampered = export.body.clone();
    let at = tampered.windows(9).position(|window| window == b"\"1000000\"").unwrap();
    tampered[at + 1] = b'2';
    audit(&*tampered, Some(&key), &mut |_, _| ()).unwrap_err();
    town.stop().await;
}

#[tokio::test]
async fn a_reader_that_goes_away_stops_its_export() {
    let (town, owner, ..) = busy().await;
    let head = format!(
        "GET /api/v1/journal/export HTTP/1.1\r\nhost: {}\r\nauthorization: Bearer {}\r\n\r\n",
        town.address, owner.secret
    );
    for _ in 0..10 {
        drop(town.connect(head.as_bytes()).await);
    }
    town.stop().await;
}
