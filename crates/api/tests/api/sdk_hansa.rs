//! Hansa's own clients, in Python and TypeScript: built as packages, installed from them, and tried on a
//! live node.

use std::path::Path;
use std::process::Command;

use hansa_api::{AgpSettings, ApiSettings};
use hansa_testkit::sdk::{Python, TypeScript, run};

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
}
