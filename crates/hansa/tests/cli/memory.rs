//! `hansa memory`: what an agent keeps for itself, from the shell.

use crate::support::Place;

#[test]
fn a_memory_is_written_read_listed_and_destroyed() {
    let place = Place::new();
    let served = place.serve("node");
    let owner = served.own();
    let make = ["agent", "create", "ada", "--key-out", "ada.pem", "--json"];
    let ada = served.run(&owner, &make).json();
    let (id, key) = (ada["id"].as_str().unwrap(), ada["api_key"].as_str().unwrap());

    let bytes: Vec<u8> = (0..=255).collect();
    std::fs::write(place.path("image.bin"), &bytes).unwrap();
    let write = ["memory", "write", "image.bin", "--content-type", "image/x-test", "--json"];
    let image = served.run(key, &write).json();
    let image = image["id"].as_str().unwrap();
    // The owner, who registered the agent, writes to its memories too; a repetition writes once.
    place.write("note.txt", "Bob likes figs.\n");
    let write = ["memory", "write", "note.txt", "--agent", id, "--label", "figs", "--tag", "food"];
    let write = [&write[..], &["--idempotency-key", "note-1", "--json"]].concat();
    let note = served.run(&owner, &write).json();
    assert_eq!(served.run(&owner, &write).json(), note);
    let note = note["id"].as_str().unwrap();

    let listed = served.run(key, &["memory", "list", "--json"]).json();
    let ids: Vec<_> = listed["data"].as_array().unwrap().iter().map(|m| &m["id"]).collect();
    assert_eq!(ids, [note, image]);
    let first = served.run(key, &["memory", "list", "--limit", "1", "--json"]).json();
    let cursor = first["next_cursor"].as_str().unwrap();
    let rest = ["memory", "list", "--cursor", cursor, "--agent", id, "--json"];
    assert_eq!(served.run(&owner, &rest).json()["data"][0]["id"], image);

    served.run(key, &["memory", "read", image, "--out", "copy.bin"]).ok();
    assert_eq!(std::fs::read(place.path("copy.bin")).unwrap(), bytes);
    served.run(key, &["memory", "read", image, "--out", "copy.bin"]).failed(1, &["overwritten"]);
    let read = served.run(key, &["memory", "read", note, "--json"]).json();
    assert_eq!(read["content"], "Bob likes figs.\n");

    let dry = served.run(key, &["memory", "delete", note, "--dry-run", "--json"]).json();
    assert_eq!((&dry["dry_run"], &dry["bytes"]), (&true.into(), &16.into()));
    served.run(key, &["memory", "delete", note, "--receipt", "receipt.json"]).ok();
    let receipt = std::fs::read_to_string(place.path("receipt.json")).unwrap();
    let receipt: serde_json::Value = serde_json::from_str(&receipt).unwrap();
    assert_eq!(receipt["receipt"]["memory"], note);
    served.run(key, &["memory", "read", note]).failed(1, &["not_found"]);
    served.run(key, &["memory", "delete", note]).failed(1, &["not_found"]);
    served.run(key, &["memory", "read", image]).ok();
    served.stop();
}

#[test]
fn what_is_no_memory_is_told_before_it_is_sent() {
    let place = Place::new();
    let served = place.serve("node");
    let owner = served.own();
    let make = ["agent", "create", "ada", "--key-out", "ada.pem", "--json"];
    let key = served.run(&owner, &make).json()["api_key"].as_str().unwrap().to_owned();
    place.write("empty", "");
    std::fs::write(place.path("large"), vec![7; 256 * 1024 + 1]).unwrap();
    for file in ["empty", "large"] {
        served.run(&key, &["memory", "write", file]).failed(2, &["1 byte to 256 KiB"]);
    }
    served.run(&key, &["memory", "write", "none"]).failed(1, &["cannot read none"]);
    place.write("note.txt", "x");
    let typed = ["memory", "write", "note.txt", "--content-type", "text"];
    served.run(&key, &typed).failed(2, &["media type"]);
    // The text of an envelope is kept, so a key that signs does not write memories.
    let node = ["--node", served.url(), "--key-file", "ada.pem"];
    let signed = place.run(&[&["memory", "write", "note.txt"], &node[..]].concat());
    signed.failed(2, &["memory_write cannot be signed for", "HANSA_API_KEY"]);
    served.stop();
}
