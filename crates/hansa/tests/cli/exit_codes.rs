//! How commands fail: the code, the words, and JSON where it is wanted.

use serde_json::Value;

use crate::support::Place;

#[test]
fn a_command_line_that_does_not_read_is_usage() {
    let place = Place::new();
    place.run(&["agnt", "list"]).failed(2, &["error: ", "next step: did you mean agent?"]);
    place.run(&["agent", "crate", "x"]).failed(2, &["did you mean create?"]);
    place.run(&["status", "--nod", "x"]).failed(2, &["did you mean --node?"]);
    place.run(&["transfer", "create", "did:key:z6Mk", "1e3"]).failed(2, &["1e3"]);
    place.run(&["api", "transfer_crate"]).failed(2, &["did you mean transfer_create?"]);
    place
        .run(&["transfer", "show", "x"])
        .failed(2, &["next step: hansa transfer show --help shows how"]);
    place.run(&["--node", "nowhere", "status"]).failed(2, &["http://127.0.0.1:7400"]);
    let run = place.run(&["agnt", "-o", "json"]);
    let error: Value = serde_json::from_str(&run.stderr).unwrap();
    assert_eq!((run.code, &error["exit_code"]), (2, &Value::from(2)));
    assert_eq!(run.stdout, "");
}

#[test]
fn help_and_version_go_well() {
    let place = Place::new();
    assert!(place.run(&["--help"]).ok().stdout.contains("Exit codes"));
    assert!(place.run(&["version"]).ok().stdout.starts_with("hansa "));
    assert_eq!(place.run(&["version", "--json"]).json()["name"], "hansa");
    assert_eq!(place.run(&["openapi"]).json()["openapi"], "3.1.0");
    for shell in ["bash", "zsh", "fish"] {
        assert!(place.run(&["completion", shell]).ok().stdout.contains("hansa"));
    }
    assert!(place.run(&["api"]).ok().stdout.contains("transfer_create"));
}

#[test]
fn nothing_asked_for_is_answered_with_the_help_whatever_is_set() {
    let place = Place::new();
    for variables in [&[][..], &[("HANSA_NODE", "http://127.0.0.1:1"), ("HANSA_KEY_FILE", "x")]] {
        let run = place.run_with(&[], variables);
        assert_eq!((run.code, run.stdout.as_str()), (2, ""), "{run:?}");
        assert!(run.stderr.contains("Usage: hansa") && run.stderr.contains("transfer"), "{run:?}");
    }
}

#[test]
fn a_key_that_was_not_used_leaves_no_file() {
    let place = Place::new();
    let served = place.serve("node");
    let url = served.url();
    let setup = ["setup", "--token", "setup_wrong", "--key-out", "owner.pem", "--node", url];
    place.run(&setup).failed(3, &["setup_token_invalid"]);
    assert!(!place.path("owner.pem").exists());
    let owner = served.own();
    let create = ["agent", "create", "bob", "--key-out", "bob.pem"];
    served.run("hansa_sk_wrong", &create).failed(3, &["credential_invalid"]);
    assert!(!place.path("bob.pem").exists());
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let nobody = format!("http://{free}");
    place.run(&[&create[..], &["--node", &nobody]].concat()).failed(1, &["no node can be reached"]);
    assert!(!place.path("bob.pem").exists());
    served.run(&owner, &create).ok();
    let key = std::fs::read(place.path("bob.pem")).unwrap();
    // What was there before is not touched, whatever becomes of the call.
    served.run(&owner, &create).failed(1, &["bob.pem"]);
    assert_eq!(std::fs::read(place.path("bob.pem")).unwrap(), key);
    served.stop();
}

#[test]
fn nobody_listening_is_a_failure_told_at_once() {
    let place = Place::new();
    // A port that was just given back: nobody listens there.
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let run = place.run(&["status", "--node", &format!("http://{free}")]);
    run.failed(1, &["no node can be reached", "next step: start one with hansa serve"]);
}

#[test]
fn refusals_have_codes_of_their_own() {
    let place = Place::new();
    let served = place.serve("node");
    let url = served.url().to_owned();
    // Not authorised.
    place
        .run(&["agent", "list", "--node", &url])
        .failed(3, &["[unauthenticated]", "HANSA_API_KEY"]);
    served.run("hansa_wrong", &["agent", "list"]).failed(3, &["[credential_invalid]"]);
    place.run_fed(&["setup", "--node", &url], "setup_wrong").failed(3, &["[setup_token_invalid]"]);
    let owner = served.own();
    // Denied: by the rules, and by the books.
    let alice = served.run(&owner, &["agent", "create", "alice", "--json"]).json();
    let (id, key) = (alice["id"].as_str().unwrap(), alice["api_key"].as_str().unwrap());
    served.run(key, &["mint", id, "5"]).failed(4, &["[forbidden]"]);
    let run = served.run(key, &["transfer", "create", alice_s_friend(), "5000", "--json"]);
    assert_eq!(run.code, 1, "an unknown payee is a plain failure: {run:?}");
    let bob = served.run(&owner, &["agent", "create", "bob", "--json"]).json();
    let bob = bob["id"].as_str().unwrap();
    let run = served.run(key, &["transfer", "create", bob, "5000", "--json"]);
    run.failed(4, &["insufficient_funds"]);
    let error: Value = serde_json::from_str(&run.stderr).unwrap();
    assert_eq!(error["exit_code"], 4);
    assert!(error["error"]["next_step"].is_string() && error["error"]["request_id"].is_string());
    // And what is allowed goes well, once for each key.
    let pay = ["transfer", "create", bob, "5", "--idempotency-key", "k1", "--json"];
    let first = served.run(key, &pay).json();
    assert_eq!(served.run(key, &pay).json()["id"], first["id"]);
    served
        .run(key, &["transfer", "create", bob, "6", "--idempotency-key", "k1"])
        .failed(1, &["[idempotency_key_reused]"]);
    served.stop();
}

fn alice_s_friend() -> &'static str {
    "agt_01KAJ5Z0Q8Z0E6X3T9V4M2C7RD"
}
