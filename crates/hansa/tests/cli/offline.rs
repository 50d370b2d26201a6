//! What is done to a directory while no node runs in it.

use crate::support::Place;

#[test]
fn read_models_are_made_anew_from_the_journal() {
    let place = Place::new();
    let served = place.serve("node");
    let owner = served.own();
    served.run(&owner, &["agent", "create", "alice"]).ok();
    let rebuild = ["views", "rebuild", "--data-dir", "node", "--json"];
    place.run(&rebuild).failed(1, &["is in use by process"]);
    let before = served.run(&owner, &["agent", "list", "--json"]).json();
    served.stop();
    std::fs::write(place.path("node/views.db"), "rubbish").unwrap();
    let rebuilt = place.run(&rebuild).json();
    assert_eq!(rebuilt["entries"], before["as_of_seq"]);
    let served = place.serve("node");
    let after = served.run(&owner, &["agent", "list", "--json"]).json();
    assert_eq!(after["data"], before["data"]);
    served.stop();
    place.run(&["views", "rebuild", "--data-dir", "nowhere"]).failed(2, &["no data directory"]);
    assert!(!place.path("nowhere").exists());
}

#[test]
fn a_snapshot_child_shortens_the_next_start() {
    let place = Place::new();
    let served = place.serve("node");
    served.own();
    place.run(&["snapshot", "--data-dir", "node"]).ok();
    served.stop();
    let served = place.serve("node");
    assert_eq!(served.told["replayed"], 0);
    served.stop();
    let served = place.serve_with("node", &["--verify", "full"]);
    served.stop();
    let doctor = place.run(&["doctor", "--full", "--data-dir", "node"]);
    assert!(doctor.ok().stdout.contains("the last is 0 entries old"), "{}", doctor.stdout);
}

#[test]
fn the_owner_made_on_the_machine_may_do_everything() {
    let place = Place::new();
    let create = ["admin", "create", "--data-dir", "node", "--key-out", "owner.pem", "--json"];
    let made = place.run(&create).json();
    assert!(made.get("private_key_pem").is_none(), "the key is in the file alone");
    let key = made["api_key"].as_str().unwrap();
    let served = place.serve("node");
    served.run(key, &["agent", "create", "alice"]).ok();
    served.run("", &["agent", "create", "bob", "--key-file", "owner.pem"]).ok();
    served.run(key, &["admin", "clock", "accept"]).ok();
    served.stop();
}
