//! Chaos for real: the program itself under clients, a bad network and signals.
//!
//! A node runs as a process. Clients pay each other and read balances through a proxy that loses,
//! delays, cuts and doubles ([`proxy`]); meanwhile the process is killed and started again, stopped
//! and let go on, and left without room on its disk ([`disk`]). At the end the journal is verified as it
//! lies there, and the clients' histories are checked against it ([`checker`]): no money lost, doubled or
//! out of order.
//!
//! One seed decides what is tried, but not what happens: threads, processes and disk are real. What
//! is found is therefore told with the histories' own words. Deliberately absent: power cuts, which
//! [`crate::images`] tries, and several nodes.

pub mod checker;
mod client;
pub mod disk;
mod proxy;

use std::collections::HashMap;
use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use hansa_kernel::{Event, codec};
use hansa_store::verify::{VerifyFrom, verify};
use hansa_store::{Row, Store};
use hansa_types::{AnyId, PrincipalId};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

use self::checker::Booked;
use self::client::{History, Party, Shared};
use self::disk::Disk;
use self::proxy::Proxy;
use crate::sim::Rng;

/// What everybody begins with, in minor units: the node's grant to a new agent.
const BEGINNING: u128 = 1_000_000_000;
/// Bytes that can still be written once there is no room, at most.
const ROOM: u64 = 256 << 10;
/// Time within which a node without room is to end by itself.
const WITHOUT_ROOM: Duration = Duration::from_secs(3);
/// Has a write that goes past the limit fail, where it would else kill.
const SHELL: &str = "trap '' XFSZ; exec \"$0\" \"$@\"";
/// Time for unanswered questions once everything is well again.
const SETTLE: Duration = Duration::from_secs(20);

/// How a run goes.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The program under test.
    pub program: PathBuf,
    /// An empty folder.
    pub dir: PathBuf,
    /// Decides what is tried.
    pub seed: u64,
    /// Operations, at most.
    pub operations: u64,
    /// Clients at once.
    pub clients: usize,
    /// Time after which no further operation begins.
    pub span: Duration,
    /// What its disk is.
    pub disk: Disk,
}

/// What a run saw.
#[derive(Debug, Clone, Copy, Default)]
pub struct Summary {
    /// Payments that were answered, and balances that were read.
    pub answered: u64,
    /// Payments that nobody answered.
    pub unknown: u64,
    /// Requests sent, again included.
    pub requests: u64,
    /// Payments in the journal.
    pub booked: u64,
    /// Times the process was killed.
    pub kills: u64,
    /// Times it was stopped and let go on.
    pub stops: u64,
    /// Times its disk was full, and it ended by itself.
    pub full_disks: u64,
}

/// Runs it.
pub fn run(settings: &Settings) -> Result<Summary, String> {
    let parties = people(settings)?;
    let proxy = Proxy::start(settings.seed).map_err(|error| format!("the proxy: {error}"))?;
    let shared = Shared {
        parties,
        proxy: proxy.address(),
        begun: Instant::now(),
        left: AtomicU64::new(settings.operations),
        is_over: AtomicBool::new(false),
        gives_up: AtomicBool::new(false),
        next: AtomicU64::new(0),
        requests: AtomicU64::new(0),
    };
    let mut summary = Summary::default();
    let histories = std::thread::scope(|scope| {
        let live = |me: usize| {
            let (shared, seed) = (&shared, settings.seed.wrapping_mul(1_000) + me as u64);
            scope.spawn(move || shared.live(me, seed))
        };
        let clients: Vec<_> = (0..settings.clients).map(live).collect();
        let disturbed = disturb(settings, &proxy, &shared, &mut summary);
        let joined = clients.into_iter().map(|client| client.join());
        let histories: Vec<History> = joined.flatten().collect();
        disturbed.map(|()| histories)
    })?;
    summary.requests = shared.requests.load(Ordering::Relaxed).max(proxy.connections());
    conclude(settings, &shared.parties, &histories, &mut summary)?;
    Ok(summary)
}

/// Makes the clients' accounts on a node of its own, which then stops.
fn people(settings: &Settings) -> Result<Vec<Party>, String> {
    let owner = tell(settings, None, &["admin", "create"])?;
    let owner = owner["api_key"].as_str().ok_or("no owner was made")?.to_owned();
    let (mut node, address) = start(settings)?;
    let url = format!("http://{address}");
    let mut parties = Vec::new();
    for number in 0..settings.clients {
        let name = format!("client-{number}");
        let made = tell(settings, Some((&url, &owner)), &["agent", "create", &name])?;
        let text = |member: &str| made[member].as_str().map(str::to_owned).ok_or("no agent");
        parties.push(Party { id: text("id")?, api_key: text("api_key")? });
    }
    signal(&node, Signal::TERM);
    node.wait().map_err(|error| error.to_string())?;
    Ok(parties)
}

/// Kills, stops and starts until the clients are done or the time is over; then lets them finish.
fn disturb(
    settings: &Settings,
    proxy: &Proxy,
    shared: &Shared,
    summary: &mut Summary,
) -> Result<(), String> {
    let mut rng = Rng::new(settings.seed);
    let (mut node, address) = start(settings).inspect_err(|_| end(shared))?;
    proxy.lead_to(Some(address));
    let done = || shared.left.load(Ordering::Relaxed) == 0;
    while shared.begun.elapsed() < settings.span && !done() {
        std::thread::sleep(Duration::from_millis(100 + rng.below(900)));
        match rng.below(4) {
            0 | 1 => {
                signal(&node, Signal::STOP);
                std::thread::sleep(Duration::from_millis(50 + rng.below(400)));
                signal(&node, Signal::CONT);
                summary.stops += 1;
                continue;
            }
            2 => match runs_out_of_room(settings, &mut node, &mut rng) {
                Ok(true) => summary.full_disks += 1,
                Ok(false) => summary.kills += 1,
                Err(why) => {
                    end(shared);
                    return Err(format!("the disk could not be filled: {why}"));
                }
            },
            _ => {
                proxy.lead_to(None);
                kill(&mut node);
                summary.kills += 1;
            }
        }
        proxy.lead_to(None);
        let again = start(settings).inspect_err(|_| end(shared))?;
        node = again.0;
        proxy.lead_to(Some(again.1));
    }
    shared.is_over.store(true, Ordering::Relaxed);
    proxy.calm();
    let calm = Instant::now();
    let mut requests = 0;
    while calm.elapsed() < SETTLE && requests != shared.requests.load(Ordering::Relaxed) {
        requests = shared.requests.load(Ordering::Relaxed);
        std::thread::sleep(Duration::from_secs(1));
    }
    end(shared);
    signal(&node, Signal::TERM);
    node.wait().map(|_| ()).map_err(|error| error.to_string())
}

/// Leaves a running node with little room on its disk. Whether it ended by itself.
fn runs_out_of_room(settings: &Settings, node: &mut Child, rng: &mut Rng) -> Result<bool, String> {
    if let Err(why) = settings.disk.fill(&settings.dir, node, rng.below(ROOM)) {
        kill(node);
        return Err(why);
    }
    let limited = Instant::now();
    let mut ended = false;
    while !ended && limited.elapsed() < WITHOUT_ROOM {
        std::thread::sleep(Duration::from_millis(10));
        ended = matches!(node.try_wait(), Ok(Some(_)));
    }
    if !ended {
        kill(node);
    }
    settings.disk.clear(&settings.dir)?;
    Ok(ended)
}

fn end(shared: &Shared) {
    shared.is_over.store(true, Ordering::Relaxed);
    shared.gives_up.store(true, Ordering::Relaxed);
}

/// Verifies the journal as it lies there, and the histories against it.
fn conclude(
    settings: &Settings,
    parties: &[Party],
    histories: &[History],
    summary: &mut Summary,
) -> Result<(), String> {
    let reader = Store::open_read_only(&settings.dir.join("node")).map_err(|e| e.to_string())?;
    verify(&*reader, VerifyFrom::beginning(), &mut |_| ()).map_err(|damage| damage.to_string())?;
    let numbers: HashMap<PrincipalId, usize> = parties
        .iter()
        .enumerate()
        .filter_map(|(number, party)| Some((party.id.parse().ok()?, number)))
        .collect();
    let mut booked = Vec::new();
    reader
        .scan(1, &mut |row: Row| {
            booked.extend(row.entries().filter_map(|(_, line, _)| payment(line, &numbers)));
            Ok(ControlFlow::Continue(()))
        })
        .map_err(|error| error.to_string())?;
    let payments: Vec<_> = histories.iter().flat_map(|one| one.payments.iter().copied()).collect();
    let looks: Vec<_> = histories.iter().flat_map(|one| one.looks.iter().copied()).collect();
    let unknown = payments.iter().filter(|one| one.outcome == checker::Outcome::Unknown).count();
    summary.unknown = unknown as u64;
    summary.answered = (payments.len() - unknown + looks.len()) as u64;
    summary.booked = booked.len() as u64;
    checker::check(&payments, &looks, &booked, &vec![BEGINNING; parties.len()])
}

/// A payment between clients, if an entry is one.
fn payment(line: &[u8], numbers: &HashMap<PrincipalId, usize>) -> Option<Booked> {
    let entry = codec::decode(line).ok()?;
    let (Event::TransferPosted(posted), Some(AnyId::Principal(to))) = (&entry.event, entry.subject)
    else {
        return None;
    };
    let from = posted.from.or(entry.actor)?;
    let (from, to) = (*numbers.get(&from)?, *numbers.get(&to)?);
    Some(Booked { seq: entry.seq, from, to, amount: posted.amount.0 })
}

/// The program with none of the shell's settings, and no fee, so that amounts stay whole.
fn command(settings: &Settings) -> Command {
    let mut command = Command::new("/bin/sh");
    command.arg("-c").arg(SHELL).arg(&settings.program);
    for (name, _) in std::env::vars_os() {
        let text = name.to_string_lossy();
        if text.starts_with("HANSA_") || text == "MINTING_AUTHORITY" {
            command.env_remove(name);
        }
    }
    command
        .current_dir(&settings.dir)
        .env("HANSA_STORE__DATA_DIR", settings.dir.join("node"))
        .env("HANSA_STORE__FREE_BYTES_MIN", "0")
        .env("HANSA_MONEY__FEE_RATE", "0%")
        .env("HANSA_MONEY__FEE_MINIMUM", "0")
        .env("HANSA_LOG__LEVEL", "error")
        .stdin(Stdio::null());
    command
}

/// Starts the node; answers once it listens, and where.
fn start(settings: &Settings) -> Result<(Child, SocketAddr), String> {
    let failed = |what: &str| format!("the node did not start: {what}");
    let mut node = command(settings)
        .args(["serve", "-o", "json", "--bind", "127.0.0.1:0"])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|error| failed(&error.to_string()))?;
    let mut line = String::new();
    let stdout = node.stdout.take().ok_or_else(|| failed("it has no output"))?;
    let read = BufReader::new(stdout).read_line(&mut line);
    read.map_err(|error| failed(&error.to_string()))?;
    let told: Value = serde_json::from_str(&line).map_err(|_| failed("it said nothing"))?;
    let url = told["url"].as_str().unwrap_or_default();
    let address = url.trim_start_matches("http://").parse();
    address.map(|address| (node, address)).map_err(|_| failed(&line))
}

/// Runs a command of the program and reads what it says.
fn tell(settings: &Settings, node: Option<(&str, &str)>, words: &[&str]) -> Result<Value, String> {
    let mut command = command(settings);
    command.args(words).args(["-o", "json", "-q"]);
    if let Some((url, key)) = node {
        command.env("HANSA_NODE", url).env("HANSA_API_KEY", key);
    }
    let output = command.output().map_err(|error| error.to_string())?;
    let said = String::from_utf8_lossy(&output.stdout);
    serde_json::from_str(&said).map_err(|_| {
        format!("{words:?} failed: {}", String::from_utf8_lossy(&output.stderr).trim())
    })
}

fn pid(node: &Child) -> Option<Pid> {
    i32::try_from(node.id()).ok().and_then(Pid::from_raw)
}

fn signal(node: &Child, signal: Signal) {
    if let Some(pid) = pid(node) {
        // One that has ended needs no signal.
        let _ = kill_process(pid, signal);
    }
}

fn kill(node: &mut Child) {
    signal(node, Signal::KILL);
    // Nobody else waits for it.
    let _ = node.wait();
}

/// A folder's path that a run may use.
pub fn folder(root: &Path, seed: u64) -> PathBuf {
    root.join(format!("chaos-{seed}"))
}
