//! Cards from the command line: set, signed by their agent, shown, and checked without any node.

use serde_json::{Value, json};

use crate::support::{Place, Run, Served};

/// Writes what a command prints into a file.
fn kept(place: &Place, served: &Served<'_>, line: &[&str], file: &str) -> Value {
    let run = served.run("", line);
    place.write(file, &run.ok().stdout);
    serde_json::from_str(&run.stdout).unwrap()
}

fn verify(place: &Place, file: &str) -> Run {
    place.run(&["card", "verify", file, "--keys", "keys.json", "--json"])
}

#[test]
fn a_card_is_set_signed_shown_and_checked_without_a_node() {
    let place = Place::new();
    let served = place.serve("node");
    let owner = served.own();
    let create = ["agent", "create", "bob", "--key-out", "bob.pem", "--json"];
    let bob = served.run(&owner, &create).json();
    let bob = bob["id"].as_str().unwrap();
    let profile = json!({
        "name": "Böb", "description": "Files taxes.", "version": "1.0.0",
        "supportedInterfaces": [], "capabilities": {}, "defaultInputModes": ["text/plain"],
        "defaultOutputModes": ["text/plain"], "skills": [],
    });
    place.write("profile.json", &profile.to_string());
    let by_bob = |line: &[&str]| served.run("", &[line, &["--key-file", "bob.pem"]].concat());
    by_bob(&["card", "set", bob, "profile.json"]).ok();
    served.run(&owner, &["card", "sign", bob]).failed(2, &["--key-file"]);
    kept(&place, &served, &["card", "keys", bob], "keys.json");
    for (form, own) in [("a2a", 2), ("the-protocol", 2)] {
        by_bob(&["card", "sign", bob, "--form", form]).ok();
        let mut card = kept(&place, &served, &["card", "show", bob, "--form", form], "card.json");
        assert_eq!(card["signatures"].as_array().unwrap().len(), own, "{form}");
        let told = verify(&place, "card.json").json();
        assert_eq!(told["verdict"], "verified", "{told}");
        card["description"] = json!("Files nothing.");
        place.write("changed.json", &card.to_string());
        verify(&place, "changed.json").failed(1, &["the card is invalid"]);
        card["signatures"] = json!([]);
        place.write("bare.json", &card.to_string());
        verify(&place, "bare.json").failed(1, &["the card is unsigned"]);
    }
    place.write("keys.json", "{}");
    verify(&place, "card.json").failed(2, &["hansa card keys"]);
    let rotated = by_bob(&["card", "rotate", bob, "--json"]).json();
    assert_eq!(rotated["generation"], 2);
    served.stop();
}
