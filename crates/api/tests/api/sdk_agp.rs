//! AGP's published Python client: the package's own suite, unchanged, against an open sandbox.

use std::path::{Path, PathBuf};
use std::process::Command;

use hansa_api::{AgpSettings, ApiSettings};

use crate::harness::Town;

const PACKAGE: &str = "agp-sdk==0.5.1";
const NEEDED: [&str; 4] = ["httpx>=0.27", "pydantic>=2.7", "pytest>=8", "pytest-asyncio>=0.23"];

fn run(command: &mut Command) -> String {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let [told, failed] = [&output.stdout, &output.stderr].map(|text| String::from_utf8_lossy(text));
    assert!(output.status.success(), "{command:?}: {told}{failed}");
    told.into_owned()
}

/// The package's source with its suite, beside an interpreter in which it is installed; fetched once
/// and again when the list changes.
fn package() -> (PathBuf, PathBuf) {
    let place = Path::new(env!("CARGO_TARGET_TMPDIR")).join("agp-sdk-python");
    let (python, source) = (place.join("bin/python"), place.join("source"));
    let installed = place.join("installed");
    let wanted = format!("{PACKAGE} {}", NEEDED.join(" "));
    if std::fs::read_to_string(&installed).ok().as_deref() != Some(&wanted) {
        run(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&place));
        let pip = || {
            let mut pip = Command::new(&python);
            pip.args(["-m", "pip", "--quiet"]);
            pip
        };
        run(pip().arg("install").args(NEEDED));
        let fetch = ["download", "--no-deps", "--no-binary", ":all:", PACKAGE, "--dest"];
        run(pip().args(fetch).arg(&source));
        let archive = std::fs::read_dir(&source).unwrap().next().unwrap().unwrap().path();
        run(pip().args(["install", "--no-deps"]).arg(&archive));
        let strip = ["--strip-components", "1", "--extract", "--gzip", "--file"];
        run(Command::new("tar").arg("--directory").arg(&source).args(strip).arg(&archive));
        std::fs::write(installed, wanted).unwrap();
    }
    (python, source)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_published_suite_passes_unchanged() {
    let agp = AgpSettings { open: true, ..AgpSettings::default() };
    let mut town = Town::with(|_| (), ApiSettings { agp, ..ApiSettings::default() }).await;
    town.set_up().await;
    let url = town.url();
    let told = tokio::task::spawn_blocking(move || {
        let (python, source) = package();
        let mut pytest = Command::new(python);
        // The installed package is what is imported, for the suite lies beside another copy of it.
        pytest.args(["-P", "-m", "pytest", "-p", "no:cacheprovider", "--import-mode=importlib"]);
        pytest.args(["tests/", "--base-url", &url]).current_dir(source);
        run(pytest.env("PYTHONDONTWRITEBYTECODE", "1"))
    });
    let told = told.await.unwrap();
    assert!(told.contains("8 passed"), "{told}");
    town.stop().await;
}
