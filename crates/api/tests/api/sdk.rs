//! The Protocol's published Python client, installed and unchanged, against a live node.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Mutex;

use hansa_wire::api::discover::Price;
use hansa_wire::card::Card;
use serde_json::{Value, json};

use crate::harness::{Actor, Ask, Town};
use crate::pages::blocks;

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

/// Held while the environment is looked after, which several tests share.
static ENVIRONMENT: Mutex<()> = Mutex::new(());

/// The interpreter of an environment with the client, made once and again when its list changes.
fn python() -> PathBuf {
    let _alone = ENVIRONMENT.lock().unwrap();
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

/// Runs a session of a page in a folder.
fn hold(session: &str, folder: &Path) {
    let mut command = Command::new(python());
    command.arg(format!("{SDK}/page.py")).current_dir(folder);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    child.stdin.take().unwrap().write_all(session.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{told}");
}

/// Onboards an agent; gives what was answered.
async fn onboard(town: &Town, owner: &Actor, name: &str) -> Value {
    town.ask(Ask::post("/api/v1/onboarding", json!({ "name": name })).by(owner)).await.accepted()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_published_client_does_what_the_tutorial_shows() {
    let (town, owner) = Town::in_real_time().await;
    let folder = tempfile::tempdir().unwrap();
    let erin = onboard(&town, &owner, "erin").await;
    let fred = onboard(&town, &owner, "fred").await;
    let form = format!(
        "grant_type=client_credentials&client_id={}&client_secret={}",
        erin["client_id"].as_str().unwrap(),
        erin["client_secret"].as_str().unwrap()
    );
    let ask = Ask::new("POST", "/oauth/token")
        .header("content-type", "application/x-www-form-urlencoded")
        .body(form);
    let token = town.ask(ask).await.accepted();
    let token = token["access_token"].as_str().unwrap().to_owned();
    let pem = erin["private_key_pem"].as_str().unwrap().to_owned();
    for (name, content) in [
        ("erin.json", erin.to_string()),
        ("erin.pem", pem),
        ("fred.json", fred.to_string()),
        ("erin.token", token),
    ] {
        std::fs::write(folder.path().join(name), content).unwrap();
    }
    let session = blocks("tutorial-identity.md", "pycon").join("\n");
    assert!(session.contains("http://127.0.0.1:7411"), "{session}");
    let session = session.replace("http://127.0.0.1:7411", &town.url());
    let folder = tokio::task::spawn_blocking(move || {
        hold(&session, folder.path());
        folder
    });
    folder.await.unwrap();
    town.stop().await;
}
