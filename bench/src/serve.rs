//! The node under test: the release binary, as a child process with its default settings.
//!
//! Only the data directory and the address are set. Its log goes to a file, as it would under a
//! service manager; the one-time setup token is read from there.

use std::fs::File;
use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::Context as _;

/// How long a node may take to be ready.
const PATIENCE: Duration = Duration::from_secs(60);
/// How long between two looks.
const PAUSE: Duration = Duration::from_micros(500);
/// How the setup token begins.
const TOKEN_PREFIX: &str = "setup_";

/// A running node; killed when dropped.
pub(crate) struct Served {
    child: Child,
    /// Where it listens.
    pub(crate) address: SocketAddr,
    /// From its exec to the first 200 of `/readyz`.
    pub(crate) ready_after: Duration,
    log: PathBuf,
}

impl Served {
    /// Starts a node on a data directory and waits until it is ready.
    pub(crate) fn start(
        hansa: &Path,
        dir: &Path,
        settings: &[(&str, &str)],
    ) -> anyhow::Result<Self> {
        anyhow::ensure!(hansa.is_file(), "there is no release build of hansa");
        // The port is free again when the listener goes, and nobody else takes it so soon.
        let address = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?;
        let log = dir.with_extension("log");
        let mut command = Command::new(hansa);
        command
            .arg("serve")
            .env("HANSA_STORE__DATA_DIR", dir)
            .env("HANSA_SERVER__BIND", address.to_string())
            .envs(settings.iter().copied())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(File::create(&log)?);
        let begun = Instant::now();
        let child = command.spawn().context("starting the node")?;
        let mut served = Self { child, address, ready_after: Duration::ZERO, log };
        while !served.is_ready() {
            if let Some(status) = served.child.try_wait()? {
                anyhow::bail!("the node ended ({status}): {}", served.said()?.trim());
            }
            anyhow::ensure!(begun.elapsed() < PATIENCE, "the node is not ready in time");
            std::thread::sleep(PAUSE);
        }
        served.ready_after = begun.elapsed();
        Ok(served)
    }

    fn is_ready(&self) -> bool {
        let ask = || -> std::io::Result<bool> {
            let mut stream = TcpStream::connect(self.address)?;
            let host = self.address;
            write!(stream, "GET /readyz HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n")?;
            let mut head = [0; 12];
            stream.read_exact(&mut head)?;
            Ok(head == *b"HTTP/1.1 200")
        };
        ask().unwrap_or(false)
    }

    fn said(&self) -> anyhow::Result<String> {
        std::fs::read_to_string(&self.log).context("reading the node's log")
    }

    /// The one-time token that the node told.
    pub(crate) fn setup_token(&self) -> anyhow::Result<String> {
        let said = self.said()?;
        let begin = said.find(TOKEN_PREFIX).context("the node told no setup token")?;
        let in_token = |c: &char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
        Ok(said[begin..].chars().take_while(in_token).collect())
    }

    /// Resident memory in bytes.
    pub(crate) fn resident_bytes(&self) -> anyhow::Result<u64> {
        crate::measure::resident_bytes(&self.child.id().to_string())
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
