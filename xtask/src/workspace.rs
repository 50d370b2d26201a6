//! Where the workspace is, and how its tools are started.
//!
//! Invariants: every child process starts in the workspace root; a child that fails is an error
//! that names the whole command, so the reason can be repeated by hand.
//!
//! Deliberately absent: knowledge of any crate. That belongs to the steps.

use anyhow::{Context as _, bail};
use std::path::{Path, PathBuf};
use std::process::Command;

/// The workspace this tool was built from.
pub(crate) struct Workspace {
    root: PathBuf,
}

impl Workspace {
    /// Finds the root: the directory above this package.
    pub(crate) fn locate() -> anyhow::Result<Self> {
        let manifest_dir = std::env::var_os("CARGO_MANIFEST_DIR")
            .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
        let root = manifest_dir.parent().context("xtask has no parent directory")?;
        if !root.join("Cargo.toml").is_file() {
            bail!("no Cargo.toml in {}: run this from the repository", root.display());
        }
        Ok(Self { root: root.to_path_buf() })
    }

    /// The root directory.
    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// A cargo command in the root, free of the variables that `cargo run` set for this process
    /// (left in place they would make build scripts run again).
    pub(crate) fn cargo(&self, args: &[&str]) -> Command {
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let mut command = Command::new(cargo);
        command.current_dir(&self.root).args(args);
        for (name, _) in std::env::vars_os() {
            let name_text = name.to_string_lossy();
            if name_text.starts_with("CARGO_PKG_") || name_text.starts_with("CARGO_MANIFEST_") {
                command.env_remove(&name);
            }
        }
        command
    }

    /// What `cargo metadata --no-deps` says.
    pub(crate) fn metadata(&self) -> anyhow::Result<serde_json::Value> {
        let mut command = self.cargo(&["metadata", "--format-version", "1", "--no-deps"]);
        let output =
            command.output().with_context(|| format!("cannot start {}", shown(&command)))?;
        if !output.status.success() {
            bail!("{} failed: {}", shown(&command), String::from_utf8_lossy(&output.stderr).trim());
        }
        serde_json::from_slice(&output.stdout).context("cargo metadata is not JSON")
    }
}

/// Runs a command to its end with inherited input and output; anything but success is an error.
pub(crate) fn run(mut command: Command) -> anyhow::Result<()> {
    let status = command.status().with_context(|| format!("cannot start {}", shown(&command)))?;
    if status.success() { Ok(()) } else { bail!("{} failed ({status})", shown(&command)) }
}

/// The command as somebody would type it.
pub(crate) fn shown(command: &Command) -> String {
    let program = Path::new(command.get_program());
    let name = program.file_name().unwrap_or(program.as_os_str());
    let words = std::iter::once(name).chain(command.get_args());
    let words: Vec<String> = words.map(|word| word.to_string_lossy().into_owned()).collect();
    format!("`{}`", words.join(" "))
}
