//! Hansa's own clients, in Python and TypeScript: built as packages, and tried on a live node.

use std::path::{Path, PathBuf};
use std::process::Command;

use hansa_api::{AgpSettings, ApiSettings};

use crate::harness::{Actor, Town};

/// Both packages.
const SDK: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../sdk");

fn run(command: &mut Command) -> String {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let [told, failed] = [&output.stdout, &output.stderr].map(|text| String::from_utf8_lossy(text));
    assert!(output.status.success(), "{command:?}: {told}{failed}");
    told.into_owned()
}

/// Runs something that blocks, while the node goes on.
async fn beside<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    tokio::task::spawn_blocking(work).await.unwrap()
}

fn scratch(name: &str) -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join(name)
}

/// An interpreter with the wheel of the Python client, which is built anew.
fn python() -> PathBuf {
    let environment = scratch("hansa-sdk-python");
    let python = environment.join("bin/python");
    let needed = "pytest>=8 jsonschema>=4.23 rfc3339-validator httpx>=0.27 cryptography>=42.0";
    let installed = environment.join("installed");
    if std::fs::read_to_string(&installed).ok().as_deref() != Some(needed) {
        run(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&environment));
        let pip = ["-m", "pip", "install", "--quiet"];
        run(Command::new(&python).args(pip).args(needed.split(' ')));
        std::fs::write(installed, needed).unwrap();
    }
    let wheels = tempfile::tempdir().unwrap();
    let build = ["-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir"];
    run(Command::new(&python).args(build).arg(wheels.path()).arg(format!("{SDK}/python")));
    let wheel = std::fs::read_dir(wheels.path()).unwrap().next().unwrap().unwrap().path();
    let install = ["-m", "pip", "install", "--quiet", "--no-deps", "--force-reinstall"];
    run(Command::new(&python).args(install).arg(wheel));
    python
}

/// A copy of the TypeScript client, built; the one in the repository stays as it is.
fn typescript() -> PathBuf {
    let built = scratch("hansa-sdk-typescript");
    for folder in ["src", "tests"] {
        let _ = std::fs::remove_dir_all(built.join(folder));
        std::fs::create_dir_all(built.join(folder)).unwrap();
        for entry in std::fs::read_dir(format!("{SDK}/typescript/{folder}")).unwrap() {
            let entry = entry.unwrap();
            std::fs::copy(entry.path(), built.join(folder).join(entry.file_name())).unwrap();
        }
    }
    let lock = std::fs::read_to_string(format!("{SDK}/typescript/package-lock.json")).unwrap();
    let fresh = std::fs::read_to_string(built.join("package-lock.json")).ok() != Some(lock);
    for file in ["package.json", "package-lock.json", "tsconfig.json", "README.md"] {
        std::fs::copy(format!("{SDK}/typescript/{file}"), built.join(file)).unwrap();
    }
    if fresh || !built.join("node_modules").exists() {
        run(npm(&built).args(["ci", "--no-audit", "--no-fund"]));
    }
    built
}

fn npm(directory: &Path) -> Command {
    let mut command = Command::new("npm");
    command.current_dir(directory).arg("--silent");
    command
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
        let tests = format!("{SDK}/python/tests");
        let python = python();
        let mut pytest = Command::new(&python);
        pytest.args(["-m", "pytest", "--quiet", "-p", "no:cacheprovider"]).arg(tests);
        run(pytest
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .env("HANSA_NODE", &url)
            .env("HANSA_API_KEY", &key));
        let told = run(Command::new(python).args(["-c", &shown("python", &url, &key)]));
        assert!(told.contains("12.5") || told.contains("insufficient_funds"), "{told}");
    })
    .await;
    town.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_typescript_client_does_what_its_tests_say() {
    let (town, owner) = town().await;
    let (url, key) = (town.url(), owner.secret.clone());
    beside(move || {
        let built = typescript();
        run(npm(&built).arg("test").env("HANSA_NODE", &url).env("HANSA_API_KEY", &key));
        let page = built.join("page.mjs");
        std::fs::write(&page, shown("ts", &url, &key)).unwrap();
        let told = run(Command::new("node").arg(page).current_dir(&built));
        assert!(told.contains("12.5") || told.contains("insufficient_funds"), "{told}");
        let packed = run(npm(&built).args(["pack", "--dry-run", "--json"]));
        for file in ["dist/index.js", "dist/index.d.ts", "dist/agp.js", "README.md"] {
            assert!(packed.contains(file), "{file}: {packed}");
        }
    })
    .await;
    town.stop().await;
}
