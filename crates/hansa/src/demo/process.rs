//! The node's process: this program again, as `serve`, with a directory of its own.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use hansa_crypto::Secret;
use serde::Deserialize;
use tokio::sync::oneshot;

use super::tell::{Facts, Told};
use crate::failure::Failure;
use crate::files;

/// Longest wait for the node to say where it listens.
const START_MAX: Duration = Duration::from_secs(20);
/// Longest wait for the node to stop by itself.
const STOP_MAX: Duration = Duration::from_secs(20);
/// Lines of the node's log that are told when it does not start.
const LOG_LINES_MAX: usize = 5;

/// What the node says on standard output when it listens.
#[derive(Debug, Deserialize)]
pub(super) struct Announced {
    /// Its address.
    pub(super) url: String,
    /// The way to its first owner.
    pub(super) setup_token: Option<Secret>,
    /// Entries it folded at its start.
    pub(super) replayed: u64,
}

/// A running node. Its process is killed when this is dropped.
pub(super) struct NodeProcess {
    child: Child,
}

/// The directory of the story with the node in it.
pub(super) struct Stage {
    /// Where everything lies.
    pub(super) dir: PathBuf,
    /// The node's process.
    pub(super) process: NodeProcess,
    /// What it said when it started.
    pub(super) announced: Announced,
}

impl Stage {
    /// Starts a node in the directory, under a public name that its DIDs have. Nobody is asked at it.
    pub(super) async fn open(dir: &Path, public_url: &str) -> Result<Self, Failure> {
        let settings = format!("[server]\npublic_url = \"{public_url}\"\n");
        let path = dir.join(SETTINGS);
        // A story that has settings of its own has written them before.
        if !path.exists() {
            files::write_new(&path, &settings, 0o600)?;
        }
        let (process, announced) = NodeProcess::start(dir).await?;
        Ok(Self { dir: dir.to_owned(), process, announced })
    }

    /// Asks the node to stop and waits until it has.
    pub(super) async fn stop(mut self) -> Told<()> {
        let status = self.process.stop().await?;
        match status.success() {
            true => Ok(((), Facts::new().with("exit_code", 0))),
            false => {
                Err(Failure::new(format!("the node ended with {status}"))
                    .detail(log_tail(&self.dir)))
            }
        }
    }
}

impl NodeProcess {
    /// Starts the node and waits until it says where it listens.
    pub(super) async fn start(dir: &Path) -> Result<(Self, Announced), Failure> {
        let mut child = spawn(dir)?;
        let stdout = child.stdout.take();
        let process = Self { child };
        let stdout = stdout.ok_or_else(|| Failure::new("the node has no standard output"))?;
        let line = tokio::time::timeout(START_MAX, first_line(stdout)).await;
        let line = line.ok().and_then(Result::ok).filter(|line| !line.is_empty());
        let line =
            line.ok_or_else(|| Failure::new("the node did not start").detail(log_tail(dir)))?;
        let announced = serde_json::from_str(&line)
            .map_err(|error| Failure::because("the node's announcement does not read", &error))?;
        Ok((process, announced))
    }

    /// Ends it at once, as a power cut would: SIGKILL.
    pub(super) fn kill(&mut self) -> Result<(), Failure> {
        let killed = self.child.kill().and_then(|()| self.child.wait());
        killed.map(|_| ()).map_err(|error| Failure::because("cannot kill the node", &error))
    }

    /// Closes its standard input, at which it stops in good order.
    async fn stop(&mut self) -> Result<ExitStatus, Failure> {
        drop(self.child.stdin.take());
        let began = Instant::now();
        loop {
            match self.child.try_wait() {
                Ok(Some(status)) => return Ok(status),
                Ok(None) if began.elapsed() > STOP_MAX => {
                    return Err(Failure::new(format!("the node did not stop in {STOP_MAX:?}")));
                }
                Ok(None) => tokio::time::sleep(Duration::from_millis(5)).await,
                Err(error) => return Err(Failure::because("cannot wait for the node", &error)),
            }
        }
    }
}

impl Drop for NodeProcess {
    fn drop(&mut self) {
        // Both fail only when it has ended and was waited for.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Neither settings of the shell nor files of the machine change the story.
fn spawn(dir: &Path) -> Result<Child, Failure> {
    let failed = |what: &'static str| move |error| Failure::because(what, &error);
    let program = std::env::current_exe().map_err(failed("cannot name this program"))?;
    let config = dir.join(SETTINGS);
    let log = std::fs::OpenOptions::new().create(true).append(true).open(dir.join(LOG));
    let log = log.map_err(failed("cannot write the node's log"))?;
    let mut command = Command::new(program);
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("HANSA_") || name == "MINTING_AUTHORITY" {
            command.env_remove(name);
        }
    }
    command
        .args(["serve", "--with-parent", "--output", "json", "--bind", "127.0.0.1:0"])
        .args(["--log-level", "warn", "--set", "store.free_bytes_min=0"])
        .args(["--set", "accounts.mail=log"])
        .arg("--config")
        .arg(&config)
        .arg("--data-dir")
        .arg(dir.join("node"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(log)
        .spawn()
        .map_err(failed("cannot start the node"))
}

/// The node's settings.
const SETTINGS: &str = "hansa.toml";
/// Where the node says what it does.
pub(super) const LOG: &str = "node.log";

/// The first line, read by a thread: a process that says nothing must not hold up the others.
fn first_line(stdout: ChildStdout) -> oneshot::Receiver<String> {
    let (told, line) = oneshot::channel();
    std::thread::spawn(move || {
        let mut stdout = BufReader::new(stdout);
        let mut first = String::new();
        let read = stdout.read_line(&mut first);
        // Whoever asked may have given up.
        let _ = told.send(read.map(|_| first).unwrap_or_default());
        // Read on, so that the node never waits for a reader.
        let _ = std::io::copy(&mut stdout, &mut std::io::sink());
    });
    line
}

fn log_tail(dir: &Path) -> String {
    let text = std::fs::read_to_string(dir.join(LOG)).unwrap_or_default();
    let lines: Vec<&str> = text.lines().collect();
    let from = lines.len().saturating_sub(LOG_LINES_MAX);
    lines[from..].join("\n  ")
}
