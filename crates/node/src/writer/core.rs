//! One step of the writer: requests in, a batch and its replies out.

use std::collections::HashSet;
use std::sync::Arc;

use hansa_crypto::hash;
use hansa_kernel::command::{Caller, Command, Request};
use hansa_kernel::decide::{Context, Place, Repetition, decide};
use hansa_kernel::due::Due;
use hansa_kernel::entry::{Auth, Entry};
use hansa_kernel::limits::EXPIRIES_PER_STEP_MAX;
use hansa_kernel::policy::{Judgement, Question};
use hansa_kernel::{Admission, Draft, State, codec};
use hansa_store::{Batch, Unwritten, VaultChange};
use hansa_types::{Code, Digest, PrincipalId, Rejection, Time, TransferId};

use crate::clock::{Reading, Watchdog};
use crate::limits::{BATCH_ENTRIES_MAX, READ_AHEAD_COMMANDS};
use crate::vault::erased_by;

/// A command with what must become durable beside its entries, if it is accepted.
#[derive(Debug, Clone)]
pub struct Job {
    /// Who asks for what.
    pub request: Request,
    /// Documents of the command, sealed.
    pub vault: Vec<VaultChange>,
}

/// A command that was accepted.
#[derive(Debug, Clone)]
pub struct Accepted {
    /// Its first entry, from which its answer is told.
    pub entry: Arc<Entry>,
    /// Its last entry.
    pub last_seq: u64,
}

/// What became of a command.
#[derive(Debug, Clone)]
pub enum Outcome {
    /// It was carried out.
    Accepted(Accepted),
    /// It was carried out before; its first entry has this number.
    Repeated(u64),
    /// It may have been carried out before: look its key up and ask again with this.
    LookUp(Box<Job>),
    /// Policy has to be asked first: have this judged and ask again with the judgement.
    Judge(Box<Job>, Box<Question>),
    /// Policy lets it pass when it is approved, as this says.
    Approval(Box<Job>, Arc<Judgement>),
    /// It was refused.
    Refused(Rejection),
}

/// What became of a request that is decided where it lies.
enum Decided {
    Accepted(Accepted),
    Repeated(u64),
    LookUp,
    Judge(Box<Question>),
    Approval(Arc<Judgement>),
}

impl Job {
    /// Takes the job out of its batch, to be handed back. What it leaves is never decided.
    fn take(&mut self) -> Job {
        let nothing = Job { request: of_timer(Due::Hold(TransferId(0))), vault: Vec::new() };
        std::mem::replace(self, nothing)
    }
}

/// A request of the node's own timer.
fn of_timer(due: Due) -> Request {
    let caller = Caller { principal: None, auth: Auth::Timer };
    Request::new(caller, Command::Expire(due), None)
}

/// Tells somebody what became of their commands, in the order they gave them.
pub type Reply = Box<dyn FnOnce(Vec<Outcome>) + Send>;

/// Something that is run once what was seen before it is durable.
pub type Release = Box<dyn FnOnce() + Send>;

/// A look at the state, which leaves behind how its answer is told.
pub type Look = Box<dyn FnOnce(&State) -> Release + Send>;

/// Something for the writer to do.
pub enum Input {
    /// Commands of one request, each decided on its own.
    Commands {
        /// The commands.
        jobs: Vec<Job>,
        /// Whom to tell.
        reply: Reply,
    },
    /// A look at the state as it is at this point. What it returns is run once that is durable.
    Read {
        /// Who looks, for fairness.
        principal: Option<PrincipalId>,
        /// The look.
        run: Look,
    },
}

impl Input {
    /// The first command.
    fn first(&self) -> Option<&Job> {
        match self {
            Input::Commands { jobs, .. } => jobs.first(),
            Input::Read { .. } => None,
        }
    }

    /// Who asks.
    pub fn principal(&self) -> Option<PrincipalId> {
        match self {
            Input::Commands { .. } => self.first().and_then(|job| job.request.caller.principal),
            Input::Read { principal, .. } => *principal,
        }
    }

    /// How many commands it holds.
    pub fn commands(&self) -> usize {
        match self {
            Input::Commands { jobs, .. } => jobs.len(),
            Input::Read { .. } => 1,
        }
    }
}

/// What a step produced: a batch, perhaps empty, and what to do once it is durable.
pub struct Output {
    /// Entries to append.
    pub batch: Batch,
    /// The replies.
    pub release: Vec<Release>,
    /// Commands decided, for metrics.
    pub commands: usize,
}

/// Makes ids: a random number per step, counted up.
struct Ids {
    next: u128,
}

/// The writer's state: the fold of the journal.
pub struct Writer {
    state: State,
    watchdog: Watchdog,
    poisoned: HashSet<Digest>,
    drafts: Vec<Draft>,
    /// The entries of the batch under way.
    entries: Vec<Arc<Entry>>,
    /// Which input, and which command of it, is under way, in case it brings the process down;
    /// none while something else than a command is done.
    under_way: Option<(usize, usize)>,
}

impl Writer {
    /// A writer that goes on from a verified state.
    pub fn new(state: State, first: Reading, poisoned: HashSet<Digest>) -> Self {
        let watchdog = Watchdog::new(first);
        let (drafts, entries, under_way) = (Vec::new(), Vec::new(), None);
        Self { state, watchdog, poisoned, drafts, entries, under_way }
    }

    /// The state, for tests and for the founding of a node.
    pub fn state(&self) -> &State {
        &self.state
    }

    /// Whether the wall clock can be believed.
    pub fn clock_is_sure(&self) -> bool {
        self.watchdog.is_sure()
    }

    /// How far the wall clock jumped.
    pub fn clock_jump_ms(&self) -> i64 {
        self.watchdog.jump_ms()
    }

    /// The moment the next thing comes due, unless timers stand still.
    pub fn next_due_at(&self) -> Option<Time> {
        self.state.next_due_at().filter(|_| self.watchdog.is_sure())
    }

    /// What the command under way is known by, after a panic in [`Writer::step`] on these inputs.
    pub fn poison(&self, inputs: &[Input]) -> Option<Digest> {
        let (input, job) = self.under_way?;
        match inputs.get(input)? {
            Input::Commands { jobs, .. } => jobs.get(job).map(|job| fingerprint(&job.request)),
            Input::Read { .. } => None,
        }
    }

    /// Decides what comes due, then the inputs in order, and takes from `inputs` what it decided.
    /// `entropy` seeds the ids of the batch.
    pub fn step(
        &mut self,
        reading: Reading,
        entropy: u128,
        inputs: &mut Vec<Input>,
        mut batch: Batch,
    ) -> Output {
        self.watchdog.observe(reading);
        let now = self.watchdog.believed(reading).max(self.state.now);
        let mut ids = Ids { next: entropy };
        batch.first_seq = self.state.seq + 1;
        let mut release: Vec<Release> = Vec::with_capacity(inputs.len());
        let mut commands = self.expire(now, &mut ids, &mut batch);
        let mut taken = 0;
        for position in 0..inputs.len() {
            if self.entries.len() >= BATCH_ENTRIES_MAX {
                break;
            }
            if position.is_multiple_of(READ_AHEAD_COMMANDS) {
                let next = inputs[position..].iter().take(READ_AHEAD_COMMANDS);
                self.read_ahead(next.filter_map(Input::first));
            }
            let input = &mut inputs[position];
            taken += 1;
            commands += input.commands();
            release.push(self.take_input((position, input), now, reading, &mut ids, &mut batch));
        }
        self.under_way = None;
        inputs.drain(..taken);
        batch.last_seq = self.state.seq;
        batch.unwritten = self.unwritten();
        Output { batch, release, commands }
    }

    /// The entries of the batch, to be written while the next one is decided.
    fn unwritten(&mut self) -> Option<Unwritten> {
        let room = Vec::with_capacity(self.entries.len());
        let entries = std::mem::replace(&mut self.entries, room);
        let write = |entries: Vec<Arc<Entry>>, out: &mut Vec<u8>| {
            for entry in entries {
                codec::encode(&entry, out);
                out.push(b'\n');
            }
        };
        (!entries.is_empty()).then(|| Unwritten::new(move |out| write(entries, out)))
    }

    fn take_input(
        &mut self,
        (place, input): (usize, &mut Input),
        now: Time,
        reading: Reading,
        ids: &mut Ids,
        batch: &mut Batch,
    ) -> Release {
        let mut outcomes = Vec::new();
        if let Input::Commands { jobs, .. } = input {
            outcomes.reserve_exact(jobs.len());
            for position in 0..jobs.len() {
                if jobs.len() > 1 && position.is_multiple_of(READ_AHEAD_COMMANDS) {
                    self.read_ahead(jobs[position..].iter().take(READ_AHEAD_COMMANDS));
                }
                self.under_way = Some((place, position));
                outcomes.push(self.carry_out(&mut jobs[position], now, reading, ids, batch));
            }
        }
        let done = Input::Commands { jobs: Vec::new(), reply: Box::new(|_| ()) };
        match std::mem::replace(input, done) {
            Input::Read { run, .. } => run(&self.state),
            // Whoever tells what became of the commands lets go of them too: the writer has no time.
            Input::Commands { jobs, reply } => Box::new(move || {
                reply(outcomes);
                drop(jobs);
            }),
        }
    }

    fn read_ahead<'a>(&self, jobs: impl Iterator<Item = &'a Job> + Clone) {
        self.state.read_ahead(jobs.map(|job| &job.request));
    }

    /// Carries out what came due, unless the time is unsure.
    fn expire(&mut self, now: Time, ids: &mut Ids, batch: &mut Batch) -> usize {
        if !self.watchdog.is_sure() {
            return 0;
        }
        let mut expired = 0;
        while expired < EXPIRIES_PER_STEP_MAX {
            let Some(due) = self.state.next_due(now) else { break };
            let request = of_timer(due);
            if let Err(rejection) = self.decide(&request, now, ids, batch) {
                unreachable!("what is due can always be carried out: {rejection}");
            }
            expired += 1;
        }
        expired
    }

    fn carry_out(
        &mut self,
        job: &mut Job,
        now: Time,
        reading: Reading,
        ids: &mut Ids,
        batch: &mut Batch,
    ) -> Outcome {
        if !self.watchdog.is_sure() && job.request.command.depends_on_time() {
            return Outcome::Refused(Code::ClockUnsure.into());
        }
        if !self.poisoned.is_empty() && self.poisoned.contains(&fingerprint(&job.request)) {
            return Outcome::Refused(Code::Poisoned.into());
        }
        match self.decide(&job.request, now, ids, batch) {
            Ok(Decided::Repeated(seq)) => Outcome::Repeated(seq),
            Ok(Decided::Accepted(accepted)) => {
                // Nothing is kept about whom the journal calls erased, whoever sealed it when.
                job.vault
                    .retain(|change| change.erases() || !self.state.is_erased(change.subject()));
                batch.vault.append(&mut job.vault);
                if let Command::ClockAccept(_) = job.request.command {
                    self.watchdog.accept(reading);
                }
                Outcome::Accepted(accepted)
            }
            Ok(Decided::LookUp) => Outcome::LookUp(Box::new(job.take())),
            Ok(Decided::Judge(question)) => Outcome::Judge(Box::new(job.take()), question),
            Ok(Decided::Approval(judgement)) => Outcome::Approval(Box::new(job.take()), judgement),
            Err(rejection) => Outcome::Refused(rejection),
        }
    }

    /// Admits, decides and applies one command. A refusal leaves everything as it was.
    fn decide(
        &mut self,
        request: &Request,
        now: Time,
        ids: &mut Ids,
        batch: &mut Batch,
    ) -> Result<Decided, Rejection> {
        self.drafts.clear();
        let mut entropy = || ids.draw();
        let mut ctx = Context { now, entropy: &mut entropy };
        match self.state.admit(request, now)? {
            Admission::Repeated(seq) => return Ok(Decided::Repeated(seq)),
            Admission::LookUp => return Ok(Decided::LookUp),
            Admission::Judge(question) => return Ok(Decided::Judge(question)),
            Admission::Approval(judgement) => return Ok(Decided::Approval(judgement)),
            Admission::Fresh(permit) => decide(&permit, &mut ctx, &mut self.drafts)?,
        }
        let mut first = None;
        for draft in self.drafts.drain(..) {
            let place = Place {
                seq: self.state.seq + 1,
                actor: request.caller.principal,
                auth: &request.caller.auth,
                corr: Repetition { is_first: first.is_none(), correlation: request.corr },
            };
            let entry = Arc::new(draft.into_entry(place, &mut ctx));
            self.state.apply(&entry);
            batch.vault.extend(erased_by(&entry));
            self.entries.push(Arc::clone(&entry));
            first.get_or_insert(entry);
        }
        let entry = first.unwrap_or_else(|| unreachable!("an accepted command has an entry"));
        Ok(Decided::Accepted(Accepted { entry, last_seq: self.state.seq }))
    }
}

impl Ids {
    fn draw(&mut self) -> u128 {
        self.next = self.next.wrapping_add(1);
        self.next
    }
}

/// What a request is known by among the poisoned ones.
pub fn fingerprint(request: &Request) -> Digest {
    hash::sha256(format!("{:?}", (&request.caller.principal, &request.command)).as_bytes())
}
