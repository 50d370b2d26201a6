//! `hansa doctor`: a healthy directory, and what each kind of damage looks like.

use std::os::unix::fs::PermissionsExt as _;

use serde_json::Value;

use crate::support::{Place, Run};

fn place_with_node() -> Place {
    let place = Place::new();
    place.run(&["admin", "create", "--data-dir", "node"]).ok();
    place
}

fn diagnose(place: &Place) -> Run {
    place.run(&["doctor", "--data-dir", "node", "--json"])
}

fn state(run: &Run, check: &str) -> String {
    let diagnosis: Value = serde_json::from_str(&run.stdout).unwrap();
    let found = diagnosis["checks"].as_array().unwrap().iter().find(|c| c["check"] == check);
    found.unwrap_or_else(|| panic!("no {check}: {diagnosis}"))["state"].as_str().unwrap().to_owned()
}

#[test]
fn a_healthy_directory_passes_while_running_and_while_stopped() {
    let place = place_with_node();
    let run = diagnose(&place);
    run.ok();
    for check in ["settings", "directory", "lock", "space", "key", "identity", "journal", "clock"] {
        assert_eq!(state(&run, check), "ok", "{check}: {}", run.stdout);
    }
    let served = place.serve("node");
    let run = diagnose(&place);
    assert!(run.ok().stdout.contains("a node is running here"), "{}", run.stdout);
    served.stop();
    assert!(place.run(&["doctor", "--data-dir", "node"]).ok().stdout.starts_with("✓ settings"));
}

#[test]
fn a_changed_entry_is_found_and_named() {
    let place = place_with_node();
    change_an_entry(&place);
    let run = diagnose(&place);
    assert_eq!(run.code, 1, "{run:?}");
    assert_eq!(state(&run, "journal"), "failed");
    assert!(run.stdout.contains("entry 2 is damaged"), "{}", run.stdout);
    place.run(&["audit", "node"]).failed(1, &["entry 2 is damaged"]);
    place
        .run(&["serve", "--bind", "127.0.0.1:0", "--data-dir", "node"])
        .failed(1, &["the journal is damaged", "next step: "]);
}

/// Changes one letter of the second entry, which makes the currency.
fn change_an_entry(place: &Place) {
    let path = place.path("node/journal.db");
    let mut bytes = std::fs::read(&path).unwrap();
    let text = b"\"code\":\"AVT\"";
    let at = bytes.windows(text.len()).position(|part| part == text);
    let at = at.expect("the second entry lies in the database as text");
    bytes[at + 8] = b'B';
    std::fs::write(&path, bytes).unwrap();
}

#[test]
fn a_missing_or_foreign_key_is_found() {
    let place = place_with_node();
    let key = place.path("node/keys/node.pem");
    let own = std::fs::read(&key).unwrap();
    std::fs::remove_file(&key).unwrap();
    let run = diagnose(&place);
    assert_eq!((run.code, state(&run, "key").as_str()), (1, "failed"));
    let other = Place::new();
    other.run(&["admin", "create", "--data-dir", "node"]).ok();
    std::fs::copy(other.path("node/keys/node.pem"), &key).unwrap();
    let run = diagnose(&place);
    assert_eq!((run.code, state(&run, "identity").as_str()), (1, "failed"));
    std::fs::write(&key, own).unwrap();
    std::fs::set_permissions(&key, std::fs::Permissions::from_mode(0o644)).unwrap();
    let run = diagnose(&place);
    assert_eq!((run.code, state(&run, "key").as_str()), (0, "warning"));
}

#[test]
fn no_directory_and_no_room_are_failures() {
    let place = Place::new();
    assert_eq!(diagnose(&place).code, 1);
    let place = place_with_node();
    let run = place.run(&[
        "doctor",
        "--json",
        "--data-dir",
        "node",
        "--set",
        "store.free_bytes_min=1000000TiB",
    ]);
    assert_eq!((run.code, state(&run, "space").as_str()), (1, "failed"));
    let run = place.run(&["doctor", "--json", "--data-dir", "node", "--set", "log.level=loud"]);
    assert_eq!((run.code, state(&run, "settings").as_str()), (1, "failed"));
}
