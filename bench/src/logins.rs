//! Ten thousand people who log in at once, beside the load whose rate is measured.
//!
//! All are unknown, which costs the node what a known one does, and come from addresses of their own,
//! as behind a proxy, so that no lock answers in the place of the work. Whoever is told to come back
//! does so later than the measurement takes.

use std::net::SocketAddr;
use std::thread::JoinHandle;

use anyhow::Context as _;
use rustix::process::{Resource, getrlimit};
use tokio::sync::{oneshot, watch};
use tokio::task::JoinSet;

use crate::client::Connection;

/// Who logs in. The node takes 10,000 connections, some of which are those that are measured.
const PEOPLE: usize = 9_900;
/// Open files that so many connections need.
const FILES_MIN: u64 = 11_000;

/// People with a connection each, who have not said anything yet.
pub(crate) struct Logins {
    begin: watch::Sender<bool>,
    end: watch::Sender<bool>,
    running: JoinHandle<anyhow::Result<usize>>,
}

impl Logins {
    /// Connects everybody, on a thread of its own.
    pub(crate) fn connect(address: SocketAddr, seed: u64) -> anyhow::Result<Self> {
        let files = getrlimit(Resource::Nofile).current;
        anyhow::ensure!(
            files.is_none_or(|files| files >= FILES_MIN),
            "too few open files are allowed: ulimit -n {FILES_MIN}"
        );
        let ((begin, begun), (end, ended)) = (watch::channel(false), watch::channel(false));
        let (told, ready) = oneshot::channel();
        let running = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
            runtime.block_on(log_in(address, seed, (told, begun, ended)))
        });
        let told = ready.blocking_recv();
        if told.is_err() {
            let failed =
                running.join().map_err(|_| anyhow::anyhow!("the crowd's thread failed"))?;
            failed.context("connecting those who log in")?;
            anyhow::bail!("those who log in are not connected");
        }
        Ok(Self { begin, end, running })
    }

    /// Lets everybody log in.
    pub(crate) fn begin(&self) {
        self.begin.send_replace(true);
    }

    /// Ends it; how many were answered.
    pub(crate) fn end(self) -> anyhow::Result<usize> {
        self.end.send_replace(true);
        self.running.join().map_err(|_| anyhow::anyhow!("the crowd's thread failed"))?
    }
}

type Signals = (oneshot::Sender<()>, watch::Receiver<bool>, watch::Receiver<bool>);

async fn log_in(
    address: SocketAddr,
    seed: u64,
    (told, begun, mut ended): Signals,
) -> anyhow::Result<usize> {
    let mut everybody = JoinSet::new();
    for person in 0..PEOPLE {
        let mut connection = Connection::open(address).await?;
        let (request, mut begun) = (request(address, seed, person), begun.clone());
        everybody.spawn(async move {
            begun.wait_for(|begun| *begun).await?;
            let (status, _) = connection.exchange(&request).await?;
            anyhow::ensure!(matches!(status, 401 | 503), "a login was answered {status}");
            anyhow::Ok(())
        });
    }
    let _ = told.send(());
    let mut answered = 0;
    loop {
        tokio::select! {
            done = everybody.join_next() => match done {
                Some(done) => {
                    done??;
                    answered += 1;
                }
                None => return Ok(answered),
            },
            _ = ended.wait_for(|ended| *ended) => return Ok(answered),
        }
    }
}

fn request(address: SocketAddr, seed: u64, person: usize) -> Vec<u8> {
    let body = format!(
        "{{\"email\":\"p{seed}-{person}@example.com\",\"password\":\"none of them is right\"}}"
    );
    let from = format!("10.{}.{}.{}", seed % 250, person / 250, person % 250);
    format!(
        "POST /api/v1/auth/login HTTP/1.1\r\nHost: {address}\r\nX-Forwarded-For: {from}\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}
