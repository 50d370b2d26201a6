//! The only door to the world: clocks, randomness, waiting, connections, secret files and other
//! programs.
//!
//! Everything else in this crate asks an [`Env`], so that a simulation can stand in for the world
//! and one seed decides a whole run. Reading a clock or drawing a random number anywhere else is
//! refused by the linter.

mod network;

use std::ffi::OsStr;
use std::future::Future;
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;
use std::pin::Pin;
use std::process::Stdio;
use std::sync::Arc;
use std::thread::JoinHandle;

use hansa_crypto::Secret;
use hansa_store::limits::NICE_MAX;
use hansa_types::{Duration, Time};
use tokio::task::JoinSet;
use zeroize::Zeroizing;

use crate::error::Error;
pub use network::{BoxStream, Network, Stream, Wait, tls_roots};

/// A future that is done when a span of time is over.
pub type Sleep = Pin<Box<dyn Future<Output = ()> + Send>>;

/// Two clocks: the one people read, and the one that never jumps.
pub trait Clock: Send + Sync {
    /// What the wall clock says.
    fn wall(&self) -> Time;
    /// Time since some fixed moment, never stepped by anybody.
    fn monotonic(&self) -> Duration;
    /// The same in nanoseconds, to measure how long something took and for nothing else.
    fn stopwatch_ns(&self) -> u64;
    /// Waits.
    fn sleep(&self, span: Duration) -> Sleep;
}

/// A source of randomness fit for keys.
pub trait Entropy: Send + Sync {
    /// Fills the bytes, or stops the process: a node without randomness must not make keys.
    fn fill(&self, bytes: &mut [u8]);
}

/// The world as a node sees it.
#[derive(Clone)]
pub struct Env {
    /// Its clocks.
    pub clock: Arc<dyn Clock>,
    /// Its randomness.
    pub entropy: Arc<dyn Entropy>,
    /// The way out. Only the egress may take it.
    pub network: Arc<dyn Network>,
}

impl Env {
    /// The real world.
    pub fn real() -> Self {
        Self {
            clock: Arc::new(SystemClock::new()),
            entropy: Arc::new(SystemEntropy),
            network: Arc::new(network::SystemNetwork),
        }
    }

    /// Random bytes of a fixed number.
    pub fn random<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0u8; N];
        self.entropy.fill(&mut bytes);
        bytes
    }

    /// 128 random bits, for an id.
    pub fn random_u128(&self) -> u128 {
        u128::from_be_bytes(self.random())
    }
}

/// Runs what waits for the disk beside the request threads.
#[allow(clippy::disallowed_methods, reason = "the one place that starts tasks")]
pub async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Error> {
    tokio::task::spawn_blocking(work).await.map_err(|error| Error::Task(error.to_string()))
}

/// Starts a thread.
#[allow(clippy::disallowed_methods, reason = "the one place that starts threads")]
pub fn thread<T: Send + 'static>(
    name: &str,
    work: impl FnOnce() -> T + Send + 'static,
) -> std::io::Result<JoinHandle<T>> {
    std::thread::Builder::new().name(name.to_owned()).spawn(work)
}

/// Starts a thread that leaves the processors to everybody else when they are scarce.
pub fn thread_aside<T: Send + 'static>(
    name: &str,
    work: impl FnOnce() -> T + Send + 'static,
) -> std::io::Result<JoinHandle<T>> {
    thread(name, move || {
        // On Linux a thread has a priority of its own. Where it cannot be lowered, it stays.
        let _ = rustix::process::nice(NICE_MAX);
        work()
    })
}

/// What a node does beside answering. Dropped, it all ends.
#[derive(Default)]
pub struct Tasks(JoinSet<()>);

impl Tasks {
    /// Starts a task.
    #[allow(clippy::disallowed_methods, reason = "the one place that starts tasks")]
    pub fn start(&mut self, task: impl Future<Output = ()> + Send + 'static) {
        self.0.spawn(task);
    }

    /// How many of them run still.
    pub fn running(&mut self) -> usize {
        while self.0.try_join_next().is_some() {}
        self.0.len()
    }

    /// Ends them all, wherever they are.
    pub async fn end(mut self) {
        self.0.shutdown().await;
    }
}

/// Reads a file that holds a secret; `None` where there is none.
#[allow(clippy::disallowed_methods, reason = "the one place that reads files of the node's own")]
pub fn read_secret(path: &Path) -> std::io::Result<Option<Zeroizing<String>>> {
    match std::fs::read_to_string(path) {
        Ok(text) => Ok(Some(Zeroizing::new(text))),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// Makes a file that its owner alone may read, durable with its name when this returns. A file that
/// exists is never replaced.
#[allow(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "the one place that writes files of the node's own"
)]
pub fn write_secret(path: &Path, text: &str) -> std::io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    let mut file = options.write(true).create_new(true).mode(0o600).open(path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    sync_dir_of(path)
}

/// Removes a file that holds a secret, for good; one that is not there is fine.
#[allow(clippy::disallowed_methods, reason = "the one place that removes files of the node's own")]
pub fn remove_secret(path: &Path) -> std::io::Result<()> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error),
        _ => sync_dir_of(path),
    }
}

/// Gives a file that holds a secret the place of another one, durably.
#[allow(clippy::disallowed_methods, reason = "the one place that moves files of the node's own")]
pub fn rename_secret(from: &Path, to: &Path) -> std::io::Result<()> {
    std::fs::rename(from, to)?;
    sync_dir_of(to)
}

/// Makes the names in a file's directory durable.
#[allow(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "the one place that writes files of the node's own"
)]
fn sync_dir_of(path: &Path) -> std::io::Result<()> {
    match path.parent() {
        Some(dir) => std::fs::File::open(dir)?.sync_all(),
        None => Ok(()),
    }
}

/// Reads a file of the node's own that is sealed; `None` where there is none.
#[allow(clippy::disallowed_methods, reason = "the one place that reads files of the node's own")]
pub fn read_sealed(path: &Path) -> std::io::Result<Option<Vec<u8>>> {
    match std::fs::read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// Puts a sealed file in the place of the one before it, whole and durable: whoever reads sees the
/// old one or the new one.
#[allow(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "the one place that writes files of the node's own"
)]
pub fn replace_sealed(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let beside = path.with_extension("new");
    let mut options = std::fs::OpenOptions::new();
    let mut file = options.write(true).create(true).truncate(true).mode(0o600).open(&beside)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    std::fs::rename(&beside, path)?;
    sync_dir_of(path)
}

/// Lets everything else run before this process's threads of a name, where the system knows
/// priorities of threads. Best effort.
#[allow(clippy::disallowed_methods, reason = "the kernel tells of threads by files")]
pub fn threads_give_way(name: &str) {
    let tasks = std::fs::read_dir("/proc/self/task").into_iter().flatten().flatten();
    let ours = |path: &Path| {
        std::fs::read_to_string(path.join("comm")).is_ok_and(|comm| comm.trim_end() == name)
    };
    for task in tasks.filter(|task| ours(&task.path())) {
        let id = task.file_name().to_str().and_then(|id| id.parse().ok());
        let Some(thread) = id.and_then(rustix::process::Pid::from_raw) else { continue };
        if let Err(error) = rustix::process::setpriority_process(Some(thread), NICE_MAX) {
            tracing::debug!(%error, name, "a thread keeps its priority");
        }
    }
}

/// Runs another program to its end, with something secret to read if it needs that; on failure, what
/// it said.
#[allow(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "the one place that starts programs"
)]
pub fn run_program(
    program: &Path,
    arguments: &[&OsStr],
    input: Option<&Secret>,
) -> Result<(), String> {
    let child = std::process::Command::new(program)
        .args(arguments)
        .stdin(if input.is_some() { Stdio::piped() } else { Stdio::null() })
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn();
    let mut child = child.map_err(|error| error.to_string())?;
    if let (Some(input), Some(mut pipe)) = (input, child.stdin.take()) {
        // A program that ends before it has read says why.
        let _ = pipe.write_all(input.expose().as_bytes());
    }
    let output = child.wait_with_output().map_err(|error| error.to_string())?;
    match output.status.success() {
        true => Ok(()),
        false => Err(String::from_utf8_lossy(&output.stderr).trim().to_owned()),
    }
}

/// How long this process has been looking at the clock, for what cannot be given an [`Env`] and only
/// measures how long it has taken.
#[allow(clippy::disallowed_methods, reason = "the one place that reads the real clocks")]
pub fn since_start() -> std::time::Duration {
    static START: std::sync::OnceLock<std::time::Instant> = std::sync::OnceLock::new();
    START.get_or_init(std::time::Instant::now).elapsed()
}

struct SystemClock {
    start: std::time::Instant,
}

#[allow(clippy::disallowed_methods, reason = "the one place that reads the real clocks")]
impl SystemClock {
    fn new() -> Self {
        Self { start: std::time::Instant::now() }
    }
}

#[allow(clippy::disallowed_methods, reason = "the one place that reads the real clocks")]
impl Clock for SystemClock {
    fn wall(&self) -> Time {
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
        let ms = since.map_or(0, |since| since.as_millis());
        Time(u64::try_from(ms).unwrap_or(u64::MAX))
    }

    fn monotonic(&self) -> Duration {
        Duration(u64::try_from(self.start.elapsed().as_millis()).unwrap_or(u64::MAX))
    }

    fn stopwatch_ns(&self) -> u64 {
        u64::try_from(self.start.elapsed().as_nanos()).unwrap_or(u64::MAX)
    }

    fn sleep(&self, span: Duration) -> Sleep {
        Box::pin(tokio::time::sleep(std::time::Duration::from_millis(span.0)))
    }
}

struct SystemEntropy;

impl Entropy for SystemEntropy {
    #[allow(clippy::disallowed_methods, reason = "the one place that draws real randomness")]
    fn fill(&self, bytes: &mut [u8]) {
        if let Err(error) = getrandom::fill(bytes) {
            tracing::error!(%error, "the system gives no randomness; stopping");
            std::process::abort();
        }
    }
}
