//! Ten thousand people who log in at once, beside the load whose rate is measured.
//!
//! All are unknown, which costs the node what a known one does, and come from addresses of their own,
//! as behind a proxy, so that no lock answers in the place of the work. Whoever is told to come back
//! does so later than the measurement takes.
//!
//! A node closes connections on which nothing is asked for long, so nobody connects without asking:
//! each login is announced as soon as its connection stands, the node asks for its body, and all
//! bodies are sent when the measurement begins.

use std::net::SocketAddr;
use std::sync::Arc;
use std::thread::JoinHandle;

use anyhow::Context as _;
use rustix::process::{Resource, getrlimit};
use tokio::sync::{Semaphore, oneshot, watch};
use tokio::task::JoinSet;

use crate::client::Connection;

/// Who logs in.
const PEOPLE: usize = 10_000;
/// Those whose login the node waits for when it begins. It takes 10,000 connections, some of which
/// are those that are measured; whoever is left connects when somebody has gone.
const ANNOUNCED: usize = 9_900;
/// Who connects at once: fewer than a listener lets wait to be accepted.
const CONNECTING: usize = 256;
/// Open files that so many connections need.
const FILES_MIN: u64 = 11_000;

/// People whose logins are under way.
pub(crate) struct Logins {
    begin: oneshot::Sender<()>,
    end: watch::Sender<bool>,
    running: JoinHandle<anyhow::Result<usize>>,
}

impl Logins {
    /// Has everybody connect and announce a login, on a thread of its own.
    pub(crate) fn announce(address: SocketAddr, seed: u64) -> anyhow::Result<Self> {
        let files = getrlimit(Resource::Nofile).current;
        anyhow::ensure!(
            files.is_none_or(|files| files >= FILES_MIN),
            "too few open files are allowed: ulimit -n {FILES_MIN}"
        );
        let ((begin, begun), (end, ended)) = (oneshot::channel(), watch::channel(false));
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

    /// Lets everybody log in, until it is over, and says how many were answered beside what was
    /// done meanwhile.
    pub(crate) fn beside<T>(
        self,
        work: impl FnOnce() -> anyhow::Result<T>,
    ) -> anyhow::Result<(T, usize)> {
        // Whoever is gone is joined below.
        let _ = self.begin.send(());
        let done = work();
        self.end.send_replace(true);
        let answered =
            self.running.join().map_err(|_| anyhow::anyhow!("the crowd's thread failed"))??;
        Ok((done?, answered))
    }
}

type Signals = (oneshot::Sender<()>, oneshot::Receiver<()>, watch::Receiver<bool>);

async fn log_in(
    address: SocketAddr,
    seed: u64,
    (told, begun, mut ended): Signals,
) -> anyhow::Result<usize> {
    let announced = announced(address, seed).await?;
    let _ = told.send(());
    begun.await?;
    let mut everybody = JoinSet::new();
    for (connection, login) in announced {
        everybody.spawn(answered(connection, login));
    }
    for person in ANNOUNCED..PEOPLE {
        everybody.spawn(async move {
            let (connection, login) = announce(address, seed, person).await?;
            answered(connection, login).await
        });
    }
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

/// Those whose bodies the node waits for.
async fn announced(address: SocketAddr, seed: u64) -> anyhow::Result<Vec<(Connection, Login)>> {
    let (mut connecting, room) = (JoinSet::new(), Arc::new(Semaphore::new(CONNECTING)));
    for person in 0..ANNOUNCED {
        let room = Arc::clone(&room);
        connecting.spawn(async move {
            let _place = room.acquire().await?;
            announce(address, seed, person).await
        });
    }
    let mut announced = Vec::with_capacity(ANNOUNCED);
    while let Some(done) = connecting.join_next().await {
        announced.push(done??);
    }
    Ok(announced)
}

async fn announce(
    address: SocketAddr,
    seed: u64,
    person: usize,
) -> anyhow::Result<(Connection, Login)> {
    let login = Login::of(address, seed, person);
    let mut connection = Connection::open(address).await?;
    connection.announce(login.head.as_bytes()).await?;
    Ok((connection, login))
}

async fn answered(mut connection: Connection, login: Login) -> anyhow::Result<()> {
    let (status, _) = connection.exchange(login.body.as_bytes()).await?;
    anyhow::ensure!(matches!(status, 401 | 503), "a login was answered {status}");
    Ok(())
}

/// What one of them sends.
struct Login {
    head: String,
    body: String,
}

impl Login {
    fn of(address: SocketAddr, seed: u64, person: usize) -> Self {
        let body = format!(
            "{{\"email\":\"p{seed}-{person}@example.com\",\"password\":\"none of them is right\"}}"
        );
        let from = format!("10.{}.{}.{}", seed % 250, person / 250, person % 250);
        let head = format!(
            "POST /api/v1/auth/login HTTP/1.1\r\nHost: {address}\r\nX-Forwarded-For: {from}\r\n\
             Content-Type: application/json\r\nContent-Length: {}\r\nExpect: 100-continue\r\n\r\n",
            body.len()
        );
        Self { head, body }
    }
}
