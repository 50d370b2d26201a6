//! Transfers over HTTP, against the release binary with default settings.
//!
//! Every connection is an agent of its own with its own API key, every transfer has a fresh
//! Idempotency-Key and is answered when it is durable. The yardstick is the node's own
//! `GET /version` with the same keys: it passes the same layers (routing, host and origin checks,
//! cached credential, metrics, log) and then answers a constant.

use std::ffi::OsStr;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anyhow::Context as _;
use serde_json::{Value, json};
use tokio::runtime::Runtime;

use crate::client::{Compose, Connection, Seen, closed_loop, open_loop};
use crate::logins::Logins;
use crate::measure::{Rng, len_f64, median};
use crate::report::Report;
use crate::scene::{Bench, Scene};
use crate::serve::Served;
use crate::yardstick::{SYNCS_FEW, SYNCS_MANY, disk, settle};

/// Agents, and so the most connections.
const AGENTS: usize = 256;
/// Connections that the limits are about.
const MAIN: usize = 64;

/// How often transfers and yardsticks take turns within a round.
const TURNS: u32 = 3;

/// How often the load takes turns with and without backups within a round.
const BACKUP_TURNS: u32 = 2;

/// How much longer than others the load beside those who log in is measured: the node hashes for many
/// seconds.
const HASHING_SPANS: u32 = 4;

/// Time between two looks at a backup under way.
const PAUSE: Duration = Duration::from_millis(5);

/// An agent as a client knows it.
struct Agent {
    id: String,
    api_key: String,
}

/// The scene.
pub(crate) struct HttpScene {
    served: Served,
    agents: Vec<Agent>,
    runtime: Runtime,
    seed: u64,
}

impl HttpScene {
    /// Starts a node, makes its owner and the agents, and warms it up.
    pub(crate) fn prepare(bench: &Bench) -> anyhow::Result<Self> {
        let served = Served::start(
            &bench.hansa,
            &bench.dir("http")?.join("data"),
            &[("HANSA_SERVER__TRUSTED_PROXIES", "127.0.0.1")],
        )?;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let token = served.setup_token()?;
        let agents = runtime.block_on(agents(served.address, &token))?;
        let mut scene = Self { served, agents, runtime, seed: 41 };
        scene.run(MAIN, bench.span, transfer)?;
        Ok(scene)
    }

    /// Requests for connections, each an agent.
    fn requests(&mut self, connections: usize, make: Make) -> Vec<Compose> {
        self.seed += 1;
        let payees: Vec<String> = self.agents.iter().map(|agent| agent.id.clone()).collect();
        let agents = self.agents.iter().enumerate().take(connections);
        agents
            .map(|(number, agent)| {
                let rng = Rng::new(self.seed << 32 | number as u64);
                make(self.served.address, agent, &payees, rng)
            })
            .collect()
    }

    /// A closed loop on so many connections.
    fn run(&mut self, connections: usize, span: Duration, make: Make) -> anyhow::Result<Seen> {
        let requests = self.requests(connections, make);
        self.runtime.block_on(closed_loop(self.served.address, requests, span))
    }

    /// The same connections without and with those who log in: while most of them are told to come
    /// back, and on while the passwords of the others are hashed.
    fn logins(&mut self, bench: &Bench, report: &mut Report) -> anyhow::Result<()> {
        settle();
        let alone = self.run(MAIN, bench.span, transfer)?.per_second();
        let crowd = Logins::announce(self.served.address, self.seed)?;
        let ((first, mut all), answered) = crowd.beside(|| {
            let first = self.run(MAIN, bench.span, transfer)?;
            Ok((first, self.run(MAIN, bench.span * HASHING_SPANS, transfer)?))
        })?;
        report.add("http.logins.answered", len_f64(answered))?;
        report.add("http.logins.first_vs_alone", first.per_second() / alone)?;
        all += first;
        report.add("http.logins.vs_alone", all.per_second() / alone)
    }

    /// The connections that the limits are about, in short turns with their yardsticks.
    fn main(&mut self, bench: &Bench, report: &mut Report) -> anyhow::Result<()> {
        let (mut hello, mut seen) = (Seen::default(), Seen::default());
        let (span, mut syncs) = (bench.span / TURNS, Vec::new());
        settle();
        for _ in 0..TURNS {
            hello += self.run(MAIN, span, version)?;
            syncs.push(disk(bench.root(), SYNCS_FEW)?.p50_us);
            seen += self.run(MAIN, span, transfer)?;
        }
        let (hello, sync_s) = (hello.per_second(), median(&syncs) / 1e6);
        let bound = (0.3 * hello).min(0.5 * len_f64(MAIN) / sync_s);
        report.add("http.hello.per_s", hello)?;
        report.add("http.c64.per_s", seen.per_second())?;
        report.add("http.c64.p50_ms", seen.latency_ms(0.5))?;
        report.add("http.c64.p99_ms", seen.latency_ms(0.99))?;
        report.add("http.c64.vs_bound", seen.per_second() / bound)
    }
}

impl HttpScene {
    /// The main connections with and without backups beside them, in turns.
    fn under_backup(&mut self, bench: &Bench, report: &mut Report) -> anyhow::Result<()> {
        let backups = Backups::prepare(bench)?;
        for _ in 0..bench.rounds {
            let (mut alone, mut beside) = (Seen::default(), Seen::default());
            settle();
            for _ in 0..BACKUP_TURNS {
                alone += self.run(MAIN, bench.span, transfer)?;
                let over = AtomicBool::new(false);
                beside += std::thread::scope(|scope| {
                    let made = scope.spawn(|| backups.make_until(&over));
                    let seen = self.run(MAIN, bench.span, transfer);
                    over.store(true, Ordering::Relaxed);
                    made.join().map_err(|_| anyhow::anyhow!("the backups failed"))??;
                    seen
                })?;
            }
            report.add("backup.http_c64", beside.per_second() / alone.per_second())?;
        }
        Ok(())
    }

    /// All connections at half the peak rate, whatever the answers do.
    fn half(&mut self, bench: &Bench, report: &mut Report) -> anyhow::Result<()> {
        let peak = ["http.c64.per_s", "http.c256.per_s"].map(|name| report.median(name));
        let peak = peak.into_iter().flatten().fold(0.0, f64::max);
        let requests = self.requests(AGENTS, transfer);
        settle();
        let before = disk(bench.root(), SYNCS_MANY)?;
        let mut seen = open_loop(self.served.address, requests, peak / 2.0, bench.half_span)?;
        settle();
        let after = disk(bench.root(), SYNCS_MANY)?;
        let fsync_ms = f64::midpoint(before.p99_us, after.p99_us) / 1e3;
        report.add("http.half.per_s", seen.per_second())?;
        report.add("http.half.p50_ms", seen.latency_ms(0.5))?;
        report.add("http.half.p99_ms", seen.latency_ms(0.99))?;
        report.add("http.half.p99_vs_bound", seen.latency_ms(0.99) / (5.0 * fsync_ms + 2.0))
    }
}

/// Whole backups of the node under test, as its schedule has them made.
struct Backups {
    hansa: PathBuf,
    dir: PathBuf,
    key: PathBuf,
}

impl Backups {
    fn prepare(bench: &Bench) -> anyhow::Result<Self> {
        let dir = bench.dir("http")?;
        let (hansa, key) = (bench.hansa.clone(), dir.join("recovery.key"));
        let backups = Self { hansa, dir, key };
        let key = backups.key.as_os_str();
        backups.call(&["backup".as_ref(), "key".as_ref(), "--out".as_ref(), key])?;
        Ok(backups)
    }

    /// One after the other until it is over; the last is cut short.
    fn make_until(&self, over: &AtomicBool) -> anyhow::Result<()> {
        let (to, data) = (self.dir.join("backups"), self.dir.join("data"));
        while !over.load(Ordering::Relaxed) {
            let mut child = self
                .program()
                .args(["backup", "create"])
                .arg(&to)
                .arg("--recovery-key")
                .arg(&self.key)
                .arg("--data-dir")
                .arg(&data)
                .arg("--in-background")
                .spawn()?;
            let status = loop {
                if over.load(Ordering::Relaxed) {
                    child.kill()?;
                    child.wait()?;
                    break None;
                }
                if let Some(status) = child.try_wait()? {
                    break Some(status);
                }
                std::thread::sleep(PAUSE);
            };
            anyhow::ensure!(status.is_none_or(|status| status.success()), "no backup was made");
            // One that was cut short early has not begun to write.
            if to.exists() {
                std::fs::remove_dir_all(&to)?;
            }
        }
        Ok(())
    }

    fn program(&self) -> Command {
        let mut program = Command::new(&self.hansa);
        program.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        program
    }

    fn call(&self, words: &[&OsStr]) -> anyhow::Result<()> {
        let status = self.program().args(words).status()?;
        anyhow::ensure!(status.success(), "{words:?} failed");
        Ok(())
    }
}

impl Scene for HttpScene {
    fn round(&mut self, bench: &Bench, report: &mut Report) -> anyhow::Result<()> {
        for connections in [1, 256] {
            let name = format!("http.c{connections}.per_s");
            if bench.wants(&name) || bench.wants("http.half") {
                settle();
                let seen = self.run(connections, bench.span, transfer)?;
                report.add(&name, seen.per_second())?;
            }
        }
        if bench.wants_any(&["http.c64", "http.hello", "http.half"]) {
            self.main(bench, report)?;
        }
        match bench.wants("http.logins") {
            true => bench.times.of("http.logins", || self.logins(bench, report)),
            false => Ok(()),
        }
    }

    fn finish(&mut self, bench: &Bench, report: &mut Report) -> anyhow::Result<()> {
        if bench.wants("backup.http") {
            bench.times.of("backup.http", || self.under_backup(bench, report))?;
        }
        match bench.wants("http.half") {
            true => bench.times.of("http.half", || self.half(bench, report)),
            false => Ok(()),
        }
    }
}

/// Makes what composes a connection's requests.
type Make = fn(SocketAddr, &Agent, &[String], Rng) -> Compose;

fn transfer(address: SocketAddr, agent: &Agent, payees: &[String], mut rng: Rng) -> Compose {
    let head = format!(
        "POST /api/v1/transfers HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {}\r\n\
         Content-Type: application/json\r\nIdempotency-Key: ",
        agent.api_key
    );
    let payees: Vec<String> = payees.iter().filter(|id| **id != agent.id).cloned().collect();
    Box::new(move |request| {
        let payee = &payees[rng.below(payees.len())];
        let body = format!("{{\"to\":\"{payee}\",\"amount\":\"0.00{}\"}}", 1 + rng.below(9));
        request.extend_from_slice(head.as_bytes());
        let rest =
            format!("{:032x}\r\nContent-Length: {}\r\n\r\n{body}", rng.next_u128(), body.len());
        request.extend_from_slice(rest.as_bytes());
    })
}

fn version(address: SocketAddr, agent: &Agent, _payees: &[String], _rng: Rng) -> Compose {
    let text = format!(
        "GET /version HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {}\r\n\r\n",
        agent.api_key
    );
    Box::new(move |request| request.extend_from_slice(text.as_bytes()))
}

/// Makes the owner by the setup token, and then the agents.
async fn agents(address: SocketAddr, token: &str) -> anyhow::Result<Vec<Agent>> {
    let mut connection = Connection::open(address).await?;
    let body = json!({ "token": token, "name": "bench" });
    let owner = post(&mut connection, address, "/api/v1/setup", None, &body).await?;
    let owner_key = text(&owner, "api_key")?;
    let mut agents = Vec::with_capacity(AGENTS);
    for number in 0..AGENTS {
        let body = json!({ "name": format!("agent {number}") });
        let made =
            post(&mut connection, address, "/api/v1/agents", Some(&owner_key), &body).await?;
        agents.push(Agent { id: text(&made, "id")?, api_key: text(&made, "api_key")? });
    }
    Ok(agents)
}

fn text(value: &Value, name: &str) -> anyhow::Result<String> {
    let text = value[name].as_str().with_context(|| format!("the answer has no {name}"))?;
    Ok(text.to_owned())
}

async fn post(
    connection: &mut Connection,
    address: SocketAddr,
    path: &str,
    api_key: Option<&str>,
    body: &Value,
) -> anyhow::Result<Value> {
    let body = body.to_string();
    let credential = api_key.map(|key| format!("Authorization: Bearer {key}\r\n"));
    let request = format!(
        "POST {path} HTTP/1.1\r\nHost: {address}\r\nContent-Type: application/json\r\n\
         {}Content-Length: {}\r\n\r\n{body}",
        credential.unwrap_or_default(),
        body.len()
    );
    let (status, answer) = connection.exchange(request.as_bytes()).await?;
    anyhow::ensure!(status / 100 == 2, "{path}: {status} {}", String::from_utf8_lossy(answer));
    Ok(serde_json::from_slice(answer)?)
}
