//! Hansa's own clients, in Python and TypeScript: built as packages, installed from them, and tried on a
//! live node.

use std::path::Path;
use std::process::Command;

use hansa_api::{AgpSettings, ApiSettings, NamedClient};
use hansa_crypto::Secret;
use hansa_testkit::sdk::{Python, TypeScript, run};

use serde_json::{Value, json};

use crate::harness::{Actor, Town};

/// Where packages are built and installed.
const TARGET: &str = env!("CARGO_TARGET_TMPDIR");
const PYTHON_TESTS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../sdk/python/tests");

/// What somebody does with the installed TypeScript client.
const USE: &str = r#"
import { Client, Keys, verifyWebhook } from "@hansa/sdk";
import { AGPClient } from "@hansa/sdk/agp";
const [url, apiKey] = process.argv.slice(2);
const agent = await new Client(url, { apiKey }).agentCreate({ name: "packed" });
const keys = await new Client(url).keys();
const refused = await verifyWebhook({}, "{}", keys).catch((error) => error.constructor.name);
const task = await new AGPClient(url).registry.createTask({
  principal_id: "worker", requested_outcome: "analyse feedback", risk_tier: "low",
});
console.log(JSON.stringify([agent.name, keys instanceof Keys, refused, task.status]));
"#;

/// What somebody does whose program was written for the protocol's own package: its example, and the rest
/// of the way to a receipt.
const USE_AGP: &str = r#"
import { AGPClient } from "@agp-protocol/sdk";
import { Client, verifyReceipt } from "@agp-protocol/sdk";

const [url, secret] = process.argv.slice(2);
const client = new AGPClient(url, {
  client_id: "my-agent",
  client_secret: secret,
});
const task = await client.registry.createTask({
  principal_id: "my-agent", requested_outcome: "analyse feedback", risk_tier: "low",
});
const decision = await client.decision.evaluate(task.task_id);
const capability = await client.registry.createCapability({ permitted_actions: ["analyse"] });
const envelope = {
  task_id: task.task_id,
  capability_token: capability.token_id,
  policy_decision: decision.evaluation_id,
  action: { type: "tool_call", tool: "analyse", params: { text: "fine" } },
};
const valid = await client.execution.validate(envelope);
const accepted = await client.execution.submit(envelope, { waitMs: 0, idempotencyKey: "once" });
const again = await client.execution.submit(envelope, { waitMs: 0, idempotencyKey: "once" });
const permit = await client.execution.permit({ action_id: accepted.action_id });
const receipt = await client.execution.postReceipt({
  action_ref: accepted.action_id, task_id: task.task_id, executor_id: "my-agent",
  executed_at: new Date().toISOString(), outcome: "completed",
});
const { jws } = await client.execution.getReceipt(receipt.receipt_id);
const signed = await verifyReceipt({ jws, state: "done" }, await new Client(url).keys());
const events = [];
for await (const event of client.execution.allLedgerEvents({ task_id: task.task_id, limit: 2 })) events.push(event);
const replay = await client.execution.replay(task.task_id);
const refused = async (promise) => promise.then(() => "", (error) => error.constructor.name);
console.log(JSON.stringify([
  decision.verdict, valid, accepted.action_id === again.action_id, permit.decision, receipt.outcome, signed.tool,
  events.length === replay.events.length && events.length > 2,
  await refused(client.registry.getTask("tsk_unknown")),
  await refused(client.execution.submit({ ...envelope, action: { ...envelope.action, tool: "delete" } }, { waitMs: 0 })),
  await refused(new AGPClient(url, { client_id: "my-agent", client_secret: "wrong" }).registry.listTasks()),
]));
"#;

/// Runs something that blocks, while the node goes on.
async fn beside<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    tokio::task::spawn_blocking(work).await.unwrap()
}

/// The first program of the how-to page in a language, for this node.
fn shown(language: &str, url: &str, key: &str) -> String {
    let program = crate::pages::blocks("how-to/use-the-sdks.md", language).remove(0);
    assert!(program.contains("http://127.0.0.1:7400") && program.contains("hansa_…"), "{program}");
    program.replace("http://127.0.0.1:7400", url).replace("hansa_…", key)
}

/// A node with an open sandbox.
async fn town() -> (Town, Actor) {
    let agp = AgpSettings { open: true, ..AgpSettings::default() };
    let mut town = Town::with(|_| (), ApiSettings { agp, ..ApiSettings::default() }).await;
    let owner = town.set_up().await;
    (town, owner)
}

/// A node that gives its operator's client tokens of AGP.
async fn guarded() -> Town {
    let town = Town::found().await;
    let client = town.node.agent_client("my-agent").await.unwrap();
    let secret = |text: &str| Secret::new(text.to_owned());
    let named = NamedClient { id: "my-agent".to_owned(), secret: secret("s3cr3t"), client };
    let auth_secret = Some(secret("0123456789abcdef0123456789abcdef"));
    let agp = AgpSettings { auth_secret, client: Some(named), open: false };
    town.with_settings(|settings| settings.agp = agp).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_python_client_does_what_its_tests_say() {
    let (town, owner) = town().await;
    let (url, key) = (town.url(), owner.secret.clone());
    beside(move || {
        let python = Python::with_client(Path::new(TARGET));
        run(python.pytest(PYTHON_TESTS).env("HANSA_NODE", &url).env("HANSA_API_KEY", &key));
        let told = run(&mut python.program(&shown("python", &url, &key)));
        assert!(told.contains("12.5") || told.contains("insufficient_funds"), "{told}");
    })
    .await;
    town.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_typescript_client_does_what_its_tests_say_and_works_where_it_is_installed() {
    let (town, owner) = town().await;
    let (url, key) = (town.url(), owner.secret.clone());
    beside(move || {
        let client = TypeScript::copy(Path::new(TARGET));
        run(client.npm().arg("test").env("HANSA_NODE", &url).env("HANSA_API_KEY", &key));
        let project = client.installed();
        std::fs::write(project.join("use.js"), USE).unwrap();
        let mut node = Command::new("node");
        let told = run(node.current_dir(&project).args(["use.js", &url, &key]));
        assert_eq!(told.trim(), r#"["packed",true,"Untrusted","CREATED"]"#);
        std::fs::write(project.join("page.js"), shown("ts", &url, &key)).unwrap();
        let told = run(Command::new("node").current_dir(&project).arg("page.js"));
        assert!(told.contains("12.5") || told.contains("insufficient_funds"), "{told}");
        for file in ["dist/index.d.ts", "dist/agp.d.ts", "README.md"] {
            assert!(project.join("node_modules/@hansa/sdk").join(file).exists(), "{file}");
        }
    })
    .await;
    town.stop().await;
    let guarded = guarded().await;
    let url = guarded.url();
    beside(move || {
        let project = TypeScript::copy(Path::new(TARGET)).installed_as("@agp-protocol/sdk");
        std::fs::write(project.join("use.js"), USE_AGP).unwrap();
        let mut node = Command::new("node");
        let told = run(node.current_dir(&project).args(["use.js", &url, "s3cr3t"]));
        let wanted = json!([
            "allow",
            true,
            true,
            "PERMIT",
            "completed",
            "analyse",
            true,
            "AGPNotFoundError",
            "AGPScopeViolationError",
            "AGPUnauthenticatedError"
        ]);
        assert_eq!(serde_json::from_str::<Value>(&told).unwrap(), wanted);
    })
    .await;
    guarded.stop().await;
}
