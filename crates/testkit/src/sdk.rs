//! Interpreters and packages that tests run beside a node: published clients, and our own as they are
//! built. Each lies in a folder of its own below the target directory and is made once.
//!
//! Python and npm are called as programs, and both fetch what is missing from their registries.

use std::path::{Path, PathBuf};
use std::process::Command;

/// Both of our own clients.
const SDK: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../sdk");
/// AGP's published client, with what its suite needs.
const AGP: &str = "agp-sdk==0.5.1";
const AGP_NEEDS: &[&str] = &["httpx>=0.27", "pydantic>=2.7", "pytest>=8", "pytest-asyncio>=0.23"];
/// What our own client and its tests need.
const CLIENT_NEEDS: &[&str] =
    &["pytest>=8", "jsonschema>=4.23", "rfc3339-validator", "httpx>=0.27", "cryptography>=42.0"];

/// Runs a program to its end and answers what it said.
///
/// # Panics
///
/// When it fails, with everything it said.
#[track_caller]
pub fn run(command: &mut Command) -> String {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let [told, failed] = [&output.stdout, &output.stderr].map(|text| String::from_utf8_lossy(text));
    assert!(output.status.success(), "{command:?}: {told}{failed}");
    told.into_owned()
}

/// A Python interpreter below a folder.
pub struct Python {
    place: PathBuf,
}

impl Python {
    /// An environment with some packages, made anew when their list changes. `also` makes what belongs
    /// to it besides.
    fn with(place: PathBuf, needed: &[&str], also: impl FnOnce(&Self)) -> Self {
        let python = Self { place };
        let (installed, wanted) = (python.place.join("installed"), needed.join(" "));
        if std::fs::read_to_string(&installed).ok().as_deref() != Some(&wanted) {
            run(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&python.place));
            run(python.pip().arg("install").args(needed));
            also(&python);
            write(&installed, &wanted);
        }
        python
    }

    /// One with the wheel of our own client, which is built anew.
    pub fn with_client(target: &Path) -> Self {
        let python = Self::with(target.join("hansa-sdk-python"), CLIENT_NEEDS, |_| ());
        let wheels = python.place.join("wheels");
        // What an earlier run built is another version, or the same.
        let _ = std::fs::remove_dir_all(&wheels);
        let build = ["wheel", "--no-deps", "--wheel-dir"];
        run(python.pip().args(build).arg(&wheels).arg(format!("{SDK}/python")));
        let install = ["install", "--no-deps", "--force-reinstall"];
        run(python.pip().args(install).arg(only_file(&wheels)));
        python
    }

    /// One with AGP's published client as it is installed, and its source beside.
    pub fn with_agp(target: &Path) -> Self {
        let needed = [&[AGP], AGP_NEEDS].concat();
        Self::with(target.join("agp-sdk-python"), &needed, |python| {
            let source = python.agp_source();
            let fetch = ["download", "--no-deps", "--no-binary", ":all:", AGP, "--dest"];
            run(python.pip().args(fetch).arg(&source));
            let strip = ["--strip-components", "1", "--extract", "--gzip", "--file"];
            let mut tar = Command::new("tar");
            run(tar.arg("--directory").arg(&source).args(strip).arg(only_file(&source)));
        })
    }

    fn agp_source(&self) -> PathBuf {
        self.place.join("source")
    }

    fn command(&self) -> Command {
        let mut command = Command::new(self.place.join("bin/python"));
        command.env("PYTHONDONTWRITEBYTECODE", "1");
        command
    }

    fn pip(&self) -> Command {
        let mut pip = self.command();
        pip.args(["-m", "pip", "--quiet"]);
        pip
    }

    /// Runs tests from a file or folder.
    pub fn pytest(&self, tests: &str) -> Command {
        let mut pytest = self.command();
        pytest.args(["-m", "pytest", "--quiet", "-p", "no:cacheprovider", tests]);
        pytest
    }

    /// Runs a program.
    pub fn program(&self, text: &str) -> Command {
        let mut command = self.command();
        command.args(["-c", text]);
        command
    }

    /// Runs the suite of AGP's published client against a server, and answers what it said. The
    /// installed package is what is imported, for the suite lies beside another copy of it.
    pub fn agp_suite(&self, url: &str) -> String {
        let mut pytest = self.command();
        pytest.args(["-P", "-m", "pytest", "-p", "no:cacheprovider", "--import-mode=importlib"]);
        run(pytest.args(["tests/", "--base-url", url]).current_dir(self.agp_source()))
    }
}

/// The one file of a folder.
fn only_file(folder: &Path) -> PathBuf {
    let mut files = std::fs::read_dir(folder).into_iter().flatten().flatten();
    match files.next() {
        Some(file) => file.path(),
        None => panic!("{} is empty", folder.display()),
    }
}

fn write(path: &Path, text: &str) {
    std::fs::write(path, text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
}

/// A copy of the TypeScript client with what builds it; the one in the repository stays as it is.
pub struct TypeScript {
    place: PathBuf,
}

impl TypeScript {
    /// The copy as the client is now.
    pub fn copy(target: &Path) -> Self {
        let place = target.join("hansa-sdk-typescript");
        for folder in ["src", "tests"] {
            let _ = std::fs::remove_dir_all(place.join(folder));
            copy_folder(Path::new(&format!("{SDK}/typescript/{folder}")), &place.join(folder));
        }
        let lock = std::fs::read_to_string(format!("{SDK}/typescript/package-lock.json")).ok();
        let fresh = std::fs::read_to_string(place.join("package-lock.json")).ok() != lock;
        for file in ["package.json", "package-lock.json", "tsconfig.json", "README.md"] {
            copy_file(Path::new(&format!("{SDK}/typescript/{file}")), &place.join(file));
        }
        let copy = Self { place };
        if fresh || !copy.place.join("node_modules").exists() {
            run(copy.npm().args(["ci", "--no-audit", "--no-fund"]));
        }
        copy
    }

    /// npm within it.
    pub fn npm(&self) -> Command {
        npm(&self.place)
    }

    /// A project of somebody else's that has installed the packed client, and nothing besides.
    pub fn installed(&self) -> PathBuf {
        self.installed_as("@hansa/sdk")
    }

    /// The same, by another name.
    pub fn installed_as(&self, name: &str) -> PathBuf {
        let project = self.place.join("project");
        let _ = std::fs::remove_dir_all(&project);
        let packed = project.join("packed");
        make_folder(&packed);
        write(&project.join("package.json"), r#"{ "name": "project", "type": "module" }"#);
        run(self.npm().args(["pack", "--pack-destination"]).arg(&packed));
        let install = ["install", "--offline", "--no-audit", "--no-fund"];
        let packed = format!("{name}@file:{}", only_file(&packed).display());
        run(npm(&project).args(install).arg(packed));
        project
    }
}

fn npm(folder: &Path) -> Command {
    let mut command = Command::new("npm");
    command.current_dir(folder).arg("--silent");
    command
}

fn make_folder(folder: &Path) {
    let made = std::fs::create_dir_all(folder);
    made.unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
}

fn copy_folder(from: &Path, to: &Path) {
    make_folder(to);
    for entry in std::fs::read_dir(from).into_iter().flatten().flatten() {
        copy_file(&entry.path(), &to.join(entry.file_name()));
    }
}

fn copy_file(from: &Path, to: &Path) {
    std::fs::copy(from, to).unwrap_or_else(|error| panic!("{}: {error}", from.display()));
}
