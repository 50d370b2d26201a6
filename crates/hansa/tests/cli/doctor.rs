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

#[test]
fn a_journal_that_lost_its_end_is_noticed_and_its_entries_named() {
    let place = place_with_node();
    let head = |place: &Place| {
        place.run(&["views", "rebuild", "--data-dir", "node", "--json"]).json()["entries"].clone()
    };
    let before = head(&place).as_u64().unwrap();
    std::fs::copy(place.path("node/journal.db"), place.path("older.db")).unwrap();
    let made = ["admin", "create", "--data-dir", "node", "--name", "second"];
    place.run(&made).ok();
    let after = head(&place).as_u64().unwrap();
    assert!(after > before + 1, "{before} {after}");
    // As if journal.db had been copied without its write-ahead log.
    std::fs::copy(place.path("older.db"), place.path("node/journal.db")).unwrap();
    let lost = format!(
        "the journal ends at entry {before} and has lost entries {} to {after}",
        before + 1
    );
    let run = diagnose(&place);
    assert_eq!((run.code, state(&run, "views").as_str()), (1, "failed"));
    assert!(run.stdout.contains(&lost), "{}", run.stdout);
    let serve = ["serve", "--bind", "127.0.0.1:0", "--data-dir", "node"];
    place.run(&serve).failed(1, &[&lost, "put journal.db-wal back"]);
    // Whoever wants the shorter journal says so.
    assert_eq!(head(&place), before);
    diagnose(&place).ok();
    place.serve("node").stop();
}

#[test]
fn a_journal_copied_from_a_running_node_without_its_log_is_told() {
    let place = place_with_node();
    let served = place.serve("node");
    let copy = |names: &[&str]| {
        let _ = std::fs::remove_dir_all(place.path("copy"));
        std::fs::create_dir_all(place.path("copy/keys")).unwrap();
        std::fs::set_permissions(place.path("copy"), std::fs::Permissions::from_mode(0o700))
            .unwrap();
        for name in names {
            std::fs::copy(place.path("node").join(name), place.path("copy").join(name)).unwrap();
        }
    };
    let diagnose = || place.run(&["doctor", "--data-dir", "copy", "--json"]);
    let serve = ["serve", "--bind", "127.0.0.1:0", "--data-dir", "copy"];
    copy(&["journal.db", "keys/node.pem"]);
    let told = ["without its write-ahead log", "acknowledged entries may be missing"];
    for _ in 0..2 {
        let run = diagnose();
        assert_eq!((run.code, state(&run, "journal").as_str()), (1, "failed"));
        assert!(told.iter().all(|part| run.stdout.contains(part)), "{}", run.stdout);
        assert!(run.stdout.contains("journal.db-wal"), "the next step: {}", run.stdout);
        place.run(&serve).failed(1, &[told[0], told[1], "next step: ", "touch "]);
    }
    place.run(&["audit", "copy"]).failed(1, &told);
    // With its log it is whole.
    copy(&["journal.db", "journal.db-wal", "keys/node.pem"]);
    diagnose().ok();
    // So it is without one once the node has stopped.
    served.stop();
    copy(&["journal.db", "keys/node.pem"]);
    diagnose().ok();
    // And whoever goes on without what the log held says so.
    let served = place.serve("node");
    copy(&["journal.db", "keys/node.pem"]);
    served.stop();
    std::fs::write(place.path("copy/journal.db-wal"), "").unwrap();
    diagnose().ok();
    place.serve("copy").stop();
}

#[test]
fn a_snapshot_ahead_of_the_journal_names_what_is_missing() {
    let place = place_with_node();
    std::fs::copy(place.path("node/journal.db"), place.path("older.db")).unwrap();
    place.run(&["admin", "create", "--data-dir", "node", "--name", "second"]).ok();
    place.run(&["snapshot", "--data-dir", "node"]).ok();
    std::fs::copy(place.path("older.db"), place.path("node/journal.db")).unwrap();
    for name in ["views.db", "views.db-wal", "views.db-shm"] {
        let _ = std::fs::remove_file(place.path("node").join(name));
    }
    let run = diagnose(&place);
    assert_eq!((run.code, state(&run, "journal").as_str()), (1, "failed"));
    assert!(run.stdout.contains("the journal ends before"), "{}", run.stdout);
    place
        .run(&["serve", "--bind", "127.0.0.1:0", "--data-dir", "node"])
        .failed(1, &["the journal ends before"]);
}

#[test]
fn everything_that_a_node_keeps_is_its_owners_alone() {
    let place = Place::new();
    let served = place.serve("node");
    served.own();
    let mode =
        |name: &str| std::fs::metadata(place.path(name)).unwrap().permissions().mode() & 0o777;
    let private = |names: &[&str]| {
        for name in names {
            assert_eq!(mode(&format!("node/{name}")), 0o600, "{name}");
        }
    };
    assert_eq!(mode("node"), 0o700);
    private(&["journal.db", "journal.db-wal", "journal.db-shm", "keys/node.pem"]);
    private(&["views.db", "views.db-wal", "views.db-shm"]);
    served.stop();
    // Read models of an earlier release, and ones that are made anew.
    std::fs::set_permissions(place.path("node/views.db"), std::fs::Permissions::from_mode(0o644))
        .unwrap();
    let served = place.serve("node");
    private(&["views.db", "views.db-wal", "views.db-shm"]);
    served.stop();
    std::fs::write(place.path("node/views.db"), "rubbish").unwrap();
    let served = place.serve("node");
    private(&["views.db", "views.db-wal", "views.db-shm"]);
    served.stop();
    place.run(&["views", "rebuild", "--data-dir", "node"]).ok();
    private(&["views.db"]);
}
