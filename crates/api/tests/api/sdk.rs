//! The Protocol's published Python client, installed and unchanged, against a live node.

use std::path::{Path, PathBuf};
use std::process::Command;

use hansa_wire::api::discover::Price;
use hansa_wire::card::Card;
use serde_json::{Value, json};

use crate::harness::{Ask, Town};

const SDK: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/sdk");

/// Every call that is made, and must do what it says.
const CALLS: [&str; 12] = [
    "AgentCard.model_validate",
    "verify_agent_card",
    "sign_agent_card",
    "both signatures",
    "serve_well_known_card fetch",
    "compute_total_cost",
    "verify_registry_card",
    "AgentJwtVerifier.verify",
    "AgentJwtVerifier refuses",
    "TransferClient.preview",
    "TransferClient.send",
    "TransferClient refuses",
];

/// The interpreter of an environment with the client, made once and again when its list changes.
fn python() -> PathBuf {
    let environment = Path::new(env!("CARGO_TARGET_TMPDIR")).join("python-sdk");
    let wanted = std::fs::read_to_string(format!("{SDK}/requirements.txt")).unwrap();
    let installed = environment.join("requirements.txt");
    let python = environment.join("bin/python");
    if std::fs::read_to_string(&installed).ok().as_deref() != Some(&wanted) {
        run(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&environment));
        let list = format!("{SDK}/requirements.txt");
        run(Command::new(&python).args([
            "-m",
            "pip",
            "install",
            "--quiet",
            "--requirement",
            &list,
        ]));
        std::fs::write(installed, wanted).unwrap();
    }
    python
}

fn run(command: &mut Command) -> String {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}: {told}");
    String::from_utf8(output.stdout).unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_published_client_works_unchanged() {
    let (town, owner) = Town::owned().await;
    let price = Price { amount: "5.0".parse().unwrap(), currency: "AVT".parse().unwrap() };
    let card = Card::draft("Übersetzer 😀", &["translate"], Some(&price)).to_object();
    let vectors = include_bytes!("../../../crypto/tests/vectors/upstream-vectors.json");
    let vectors: Value = serde_json::from_slice(vectors).unwrap();
    let alice = town.agent_with(&owner, "alice", Some(card)).await;
    let bob = town.agent(&owner, "bob").await;
    town.ask(Ask::get("/api/v1/node")).await.accepted();
    let arguments = json!({
        "url": town.url(), "token": alice.secret, "did": alice.did, "agent": alice.id,
        "receiver": bob.did, "cost": vectors["cost"], "private_pem": *alice.key.to_pkcs8_pem(),
        "now": town.node.now().to_string().replace('Z', "+00:00"),
    });
    let script = tokio::task::spawn_blocking(move || {
        run(Command::new(python()).arg(format!("{SDK}/check.py")).arg(arguments.to_string()))
    });
    let told = script.await.unwrap();
    let results: Value = serde_json::from_str(told.lines().last().unwrap()).unwrap();
    for call in CALLS {
        assert_eq!(results[call], true, "{call}: {results}");
    }
    assert_eq!(results.as_object().unwrap().len(), CALLS.len(), "{results}");
    town.stop().await;
}
