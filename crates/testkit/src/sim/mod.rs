//! A node and its clients under one seeded scheduler: power cuts, failed and slow syncs, a full disk, a
//! clock that somebody sets, and a network that loses, doubles and delays.
//!
//! What is simulated is the world. The writer, its queue, the pipeline to the disk, the fold at start
//! and all of the kernel are the production code, unchanged; only the two threads around them are
//! replaced by the scheduler, so that one seed decides the order of everything. A disk is here
//! a list of batches, each there whole or not at all.
//!
//! After every step: no answer is ahead of the disk; no request took effect twice; supply and
//! balances are within their bounds; no hold expired early. At every start: the snapshot and the
//! tail fold to the same state as the whole journal, and nothing that anybody was told is missing.
//!
//! Deliberately absent: HTTP, the read models, and pages torn by a disk.

mod client;
mod invariant;
mod network;
mod process;
mod rng;

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use hansa_kernel::State;
use hansa_node::Env;
use hansa_node::env::Clock as _;
use hansa_node::writer::Outcome;
use hansa_store::memory::MemoryDisk;
use hansa_types::{Digest, Duration, Time};

use self::client::Client;
use self::invariant::Auditor;
use self::network::{Network, Packet};
use self::process::{Process, Snapshot};
pub(crate) use self::rng::Rng;
use crate::{SimClock, world};

/// Clients of a simulated node.
pub const CLIENTS: u8 = 6;
/// Steps of a run, unless said otherwise.
pub const STEPS: u32 = 1_000;
/// Rounds within which a healed world must come to rest.
const REST_ROUNDS_MAX: u32 = 10_000;

/// How a run goes.
#[derive(Debug, Clone, Copy)]
pub struct Settings {
    /// Decides everything.
    pub seed: u64,
    /// Steps before the world is healed and comes to rest.
    pub steps: u32,
    /// A fault of the node's own, which the run must find.
    pub sabotage: Option<Sabotage>,
}

impl Settings {
    /// The usual run of a seed.
    pub fn new(seed: u64) -> Self {
        Self { seed, steps: STEPS, sabotage: None }
    }
}

/// Ways to break a node, to show that a run would notice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sabotage {
    /// Answers leave before their batch is durable.
    AnswerEarly,
    /// A look-up of an old idempotency key finds nothing.
    ForgetKeys,
    /// Every tenth sync is reported and never done.
    SkipSync,
    /// The watchdog of the clock sleeps.
    TrustClock,
}

/// What a run saw.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Summary {
    /// Entries in the journal at the end.
    pub entries: u64,
    /// Requests that got an answer.
    pub answers: u64,
    /// Times a request was sent again.
    pub retries: u64,
    /// Power cuts and failed syncs.
    pub crashes: u64,
    /// Times the disk was full.
    pub full_disks: u64,
    /// Times somebody set the clock.
    pub clock_steps: u64,
    /// Simulated milliseconds.
    pub span_ms: u64,
    /// Digest of the last state: the same seed leads to the same.
    pub digest: Option<Digest>,
}

/// What a run found, and how to see it again.
#[derive(Debug)]
pub struct Failure {
    /// The run's seed.
    pub seed: u64,
    /// At which step.
    pub step: u32,
    /// Which invariant does not hold.
    pub what: String,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { seed, step, what } = self;
        write!(f, "seed {seed}, step {step}: {what}")
    }
}

impl std::error::Error for Failure {}

/// Runs one simulation. A panic of the production code is a failure like any other.
pub fn run(settings: Settings) -> Result<Summary, Failure> {
    let mut sim = Sim::new(settings);
    let outcome = catch_unwind(AssertUnwindSafe(|| sim.run()));
    let what = match outcome {
        Ok(Ok(summary)) => return Ok(summary),
        Ok(Err(what)) => what,
        Err(panic) => panic_text(&*panic),
    };
    Err(Failure { seed: settings.seed, step: sim.step, what })
}

fn panic_text(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    let text = text.or_else(|| panic.downcast_ref::<&str>().copied());
    format!("a panic: {}", text.unwrap_or("without a text"))
}

/// A simulated world.
struct Sim {
    settings: Settings,
    rng: Rng,
    env: Env,
    clock: Arc<SimClock>,
    disk: MemoryDisk,
    /// The node, unless it is down.
    process: Option<Process>,
    snapshot: Option<Snapshot>,
    network: Network,
    clients: Vec<Client>,
    auditor: Auditor,
    /// Whether somebody has set the wall clock.
    clock_is_off: bool,
    step: u32,
    summary: Summary,
}

/// What may happen next, with how often it does, in thousandths of all.
#[derive(Debug, Clone, Copy)]
enum Action {
    Ask,
    Deliver,
    Decide,
    Sync,
    Pass,
    Wait,
    Snapshot,
    SetClock,
    FailSync,
    FillDisk,
    CutPower,
}

const ACTIONS: [(Action, u64); 11] = [
    (Action::Ask, 240),
    (Action::Deliver, 280),
    (Action::Decide, 180),
    (Action::Sync, 180),
    (Action::Pass, 77),
    (Action::Wait, 12),
    (Action::Snapshot, 6),
    (Action::SetClock, 6),
    (Action::FailSync, 4),
    (Action::FillDisk, 3),
    (Action::CutPower, 12),
];

impl Sim {
    fn new(settings: Settings) -> Self {
        let (env, clock) = world(settings.seed);
        let clients = (0..CLIENTS).map(Client::new).collect();
        Self {
            settings,
            rng: Rng::new(settings.seed),
            env,
            clock,
            disk: MemoryDisk::new(),
            process: None,
            snapshot: None,
            network: Network::default(),
            clients,
            auditor: Auditor::default(),
            clock_is_off: false,
            step: 0,
            summary: Summary::default(),
        }
    }

    fn run(&mut self) -> Result<Summary, String> {
        self.start()?;
        self.found()?;
        while self.step < self.settings.steps {
            self.step += 1;
            let action = self.choose();
            self.act(action)?;
            self.look()?;
        }
        self.come_to_rest()?;
        self.conclude()
    }

    fn choose(&mut self) -> Action {
        let mut left = self.rng.below(ACTIONS.iter().map(|&(_, weight)| weight).sum());
        for (action, weight) in ACTIONS {
            match left.checked_sub(weight) {
                Some(rest) => left = rest,
                None => return action,
            }
        }
        Action::Pass
    }

    fn act(&mut self, action: Action) -> Result<(), String> {
        match action {
            Action::Ask => self.ask(),
            Action::Deliver => self.deliver(),
            Action::Decide if self.process.is_none() && self.rng.percent(15) => self.start()?,
            Action::Decide => self.decide(),
            Action::Sync => self.sync(),
            Action::Pass => {
                let span = Duration(1 + self.rng.below(200));
                self.clock.advance(span);
            }
            Action::Wait => {
                let span = Duration::seconds(1 + self.rng.below(1_800));
                self.clock.advance(span);
            }
            Action::Snapshot => self.fold_snapshot()?,
            Action::SetClock => self.set_clock(),
            Action::FailSync => self.fail_sync(),
            Action::FillDisk => self.fill_disk(),
            Action::CutPower => self.cut_power(),
        }
        Ok(())
    }

    /// The present, as an honest clock would show it.
    fn now(&self) -> Time {
        SimClock::beginning().after(self.clock.monotonic())
    }

    /// Somebody who waits for nothing asks for something; somebody who waited too long asks again.
    fn ask(&mut self) {
        let chosen = self.rng.below(self.clients.len() as u64);
        let now = self.now();
        let Some(client) = usize::try_from(chosen).ok().and_then(|at| self.clients.get_mut(at))
        else {
            return;
        };
        let Some(asked) = client.ask(now, &mut self.rng) else { return };
        self.summary.retries += u64::from(asked.again);
        self.network.send(&mut self.rng, now, Packet::Request(Box::new(asked.request)));
    }

    /// Something that is under way arrives, at the node or at a client.
    fn deliver(&mut self) {
        let now = self.now();
        let Some(packet) = self.network.arrive(&mut self.rng, now) else { return };
        match packet {
            Packet::Request(request) => {
                if let Some(process) = &mut self.process {
                    process.receive(*request);
                }
            }
            Packet::Answer(answer) => {
                self.summary.answers += 1;
                let client = self.clients.get_mut(usize::from(answer.client));
                let Some((payee, hold)) = client.and_then(|client| client.hear(&answer)) else {
                    return;
                };
                if let Some(payee) = self.clients.get_mut(usize::from(payee)) {
                    payee.hear_of(hold);
                }
            }
        }
    }

    fn decide(&mut self) {
        let most = 1 + usize::try_from(self.rng.below(24)).unwrap_or_default();
        if let Some(process) = &mut self.process {
            process.decide(&self.env, most);
        }
    }

    fn sync(&mut self) {
        let Some(process) = &mut self.process else { return };
        process.sync();
        if process.has_failed() {
            self.cut_power();
        }
    }

    /// The next sync fails. What the production code does then is to end the process.
    fn fail_sync(&mut self) {
        if let Some(process) = &self.process {
            process.fail_next_sync();
        }
    }

    /// Nothing more fits on the disk until somebody makes room, which may take some starts in vain.
    fn fill_disk(&mut self) {
        self.summary.full_disks += u64::from(!self.disk.is_full());
        self.disk.fill(true);
    }

    fn cut_power(&mut self) {
        self.summary.crashes += u64::from(self.process.take().is_some());
    }

    /// The wall clock is set, or set right again.
    fn set_clock(&mut self) {
        let jump_ms = self.rng.pick(&[6_000, 3_600_000, 31_536_000_000]).unwrap_or_default();
        let wall = match (self.clock_is_off, self.rng.below(2)) {
            (true, _) => self.now(),
            (false, 0) => self.now().after(Duration(jump_ms)),
            (false, _) => Time(self.now().0.saturating_sub(jump_ms)),
        };
        self.clock_is_off = !self.clock_is_off;
        self.summary.clock_steps += u64::from(self.clock_is_off);
        self.clock.set_wall(wall);
    }

    /// Starts the node on what the disk holds. Whoever starts it sees to the clock, and sometimes to
    /// room on the disk.
    fn start(&mut self) -> Result<(), String> {
        if self.disk.is_full() && self.rng.percent(40) {
            self.disk.fill(false);
        }
        self.clock.set_wall(self.now());
        self.clock_is_off = false;
        let process = Process::start(&self.disk, &self.env, self.snapshot.as_ref(), self.settings)?;
        self.auditor.check_nothing_lost(&self.disk)?;
        self.process = Some(process);
        Ok(())
    }

    fn fold_snapshot(&mut self) -> Result<(), String> {
        self.snapshot = Some(Snapshot::fold(&self.disk, self.snapshot.take())?);
        Ok(())
    }

    /// The node's first entries, before anything goes wrong.
    fn found(&mut self) -> Result<(), String> {
        for request in client::founding() {
            if let Some(process) = &mut self.process {
                process.receive(request);
            }
            while self.process.as_ref().is_some_and(Process::is_busy) {
                self.decide();
                self.sync();
            }
            self.look()?;
        }
        Ok(())
    }

    /// What must hold after every step.
    fn look(&mut self) -> Result<(), String> {
        let now = self.now();
        if let Some(process) = &mut self.process {
            for answer in process.take_answers() {
                self.auditor.check_answer(&self.disk, &answer)?;
                match answer.outcome {
                    Outcome::LookUp(job) => {
                        let (client, number) = (answer.client, answer.number);
                        let sabotage = self.settings.sabotage == Some(Sabotage::ForgetKeys);
                        let job = self.auditor.look_up(*job, sabotage);
                        process.receive(network::Request { client, number, job });
                    }
                    _ => self.network.send(&mut self.rng, now, Packet::Answer(answer)),
                }
            }
            invariant::check_state(process.state())?;
        }
        self.auditor.read_on(&self.disk, now)
    }

    /// Everything is healed; everybody asks until they have their answer.
    fn come_to_rest(&mut self) -> Result<(), String> {
        self.network.heal();
        self.disk.fill(false);
        for _ in 0..REST_ROUNDS_MAX {
            if self.process.is_none() || self.clock_is_off {
                self.process = None;
                self.start()?;
            }
            let now = self.now();
            for client in &mut self.clients {
                if let Some(request) = client.ask_again(now) {
                    self.network.send(&mut self.rng, now, Packet::Request(Box::new(request)));
                }
            }
            for _ in 0..8 {
                self.deliver();
            }
            (0..2).for_each(|_| self.decide());
            (0..4).for_each(|_| self.sync());
            self.look()?;
            self.clock.advance(Duration(500));
            let waiting = self.clients.iter().any(Client::is_waiting);
            let busy = self.process.as_ref().is_none_or(Process::is_busy);
            if !waiting && !busy && self.network.is_empty() {
                return Ok(());
            }
        }
        Err("the healed world does not come to rest".to_owned())
    }

    /// What must hold at the end: every answer is true, and two folds of the journal agree.
    fn conclude(&mut self) -> Result<Summary, String> {
        self.cut_power();
        self.start()?;
        self.auditor.check_histories(self.clients.iter().flat_map(Client::history))?;
        let state = self.process.as_ref().map(Process::state).ok_or("the node is down")?;
        self.auditor.check_balances(state)?;
        Ok(self.summarize(state))
    }

    fn summarize(&self, state: &State) -> Summary {
        let span_ms = self.clock.monotonic().0;
        let entries = self.auditor.entries();
        Summary { entries, span_ms, digest: Some(state.digest()), ..self.summary }
    }
}
