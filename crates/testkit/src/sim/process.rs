//! One life of the node, from its start to the next power cut.

use std::collections::HashSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use hansa_crypto::merkle::CompactRange;
use hansa_kernel::state::HashSeed;
use hansa_kernel::{State, idempotency};
use hansa_node::Env;
use hansa_node::clock::Reading;
use hansa_node::snapshot::replay;
use hansa_node::writer::{Hashes, Input, Output, Queue, Writer};
use hansa_store::memory::{Control, MemoryDisk, MemoryJournal};
use hansa_store::verify::{VerifyFrom, verify};
use hansa_store::{Journal as _, Reader};
use hansa_types::{Digest, Duration};

use super::network::{Answer, Request};
use super::{Sabotage, Settings};

const HASH_SEED: HashSeed = [1, 2, 3, 4];
/// So few that keys spill, are perhaps known, and must be looked up.
const KEYS: idempotency::Limits = idempotency::Limits { keys_max: 6, filters_max: 3 };

/// A fold of the journal, kept beside it.
pub(super) struct Snapshot {
    seq: u64,
    chain: Digest,
    range: CompactRange,
    state: Vec<u8>,
}

impl Snapshot {
    /// Folds what is durable, from an earlier snapshot if there is one, as the child process does.
    pub(super) fn fold(disk: &MemoryDisk, earlier: Option<Self>) -> Result<Self, String> {
        let reader = disk.reader();
        let (state, range, chain) = fold(&*reader, earlier.as_ref())?;
        Ok(Self { seq: state.seq, chain, range, state: state.to_bytes() })
    }
}

/// Folds and verifies what is durable.
fn fold(
    reader: &dyn Reader,
    snapshot: Option<&Snapshot>,
) -> Result<(State, CompactRange, Digest), String> {
    let (mut state, from) = match snapshot {
        None => (State::with_idempotency(HASH_SEED, KEYS), VerifyFrom::beginning()),
        Some(Snapshot { seq, chain, range, state }) => {
            let state = State::from_bytes(state, HASH_SEED).map_err(|error| error.to_string())?;
            (state, VerifyFrom { seq: *seq, chain: *chain, range: range.clone() })
        }
    };
    let verified = verify(reader, from, &mut |_| ()).map_err(|damage| damage.to_string())?;
    replay(reader, &mut state, verified.head.last_seq).map_err(|error| error.to_string())?;
    Ok((state, verified.range, verified.head.chain))
}

/// What the committing side tells the scheduler.
#[derive(Default)]
struct Told {
    answers: Mutex<Vec<Answer>>,
    failed: AtomicBool,
}

/// The running node.
pub(super) struct Process {
    writer: Writer,
    hashes: Hashes,
    journal: MemoryJournal,
    control: Control,
    queue: Queue,
    inputs: Vec<Input>,
    told: Arc<Told>,
    /// How far the state reached when the batch under way was decided; its answers carry it.
    seen: Arc<Mutex<u64>>,
    sabotage: Option<Sabotage>,
    batches: u64,
}

impl Process {
    /// Starts on what the disk holds, and checks that the short way leads to the same state as the
    /// long one.
    pub(super) fn start(
        disk: &MemoryDisk,
        env: &Env,
        snapshot: Option<&Snapshot>,
        settings: Settings,
    ) -> Result<Self, String> {
        let reader = disk.reader();
        let (state, range, chain) = fold(&*reader, snapshot)?;
        if snapshot.is_some() {
            let (whole, ..) = fold(&*reader, None)?;
            if whole.digest() != state.digest() {
                return Err("snapshot and tail fold to another state than the journal".to_owned());
            }
        }
        let writer = Writer::new(state, Reading::of(&*env.clock), HashSet::new());
        let (journal, control) = disk.stepped();
        Ok(Self {
            writer,
            hashes: Hashes { chain, tree: range },
            journal,
            control,
            queue: Queue::default(),
            inputs: Vec::new(),
            told: Arc::default(),
            seen: Arc::default(),
            sabotage: settings.sabotage,
            batches: 0,
        })
    }

    /// Puts a request in the queue. One that is refused there is as good as lost.
    pub(super) fn receive(&mut self, request: Request) {
        let Request { client, number, job } = request;
        let (told, seen) = (Arc::clone(&self.told), Arc::clone(&self.seen));
        let reply = Box::new(move |outcomes: Vec<_>| {
            let seen_seq = *seen.lock().unwrap_or_else(PoisonError::into_inner);
            let answer = |outcome| Answer { client, number, outcome, seen_seq };
            let mut answers = told.answers.lock().unwrap_or_else(PoisonError::into_inner);
            answers.extend(outcomes.into_iter().map(answer));
        });
        // A full queue tells the client nothing here; it asks again when it has waited long enough.
        let _ = self.queue.push(Input::Commands { jobs: vec![job], reply });
    }

    /// One step of the writer, whose batch goes to the disk.
    pub(super) fn decide(&mut self, env: &Env, most: usize) {
        if self.control.outstanding() > hansa_store::limits::BATCHES_OUTSTANDING_MAX {
            return;
        }
        self.queue.take(&mut self.inputs, most);
        let mut reading = Reading::of(&*env.clock);
        if self.sabotage == Some(Sabotage::TrustClock) {
            reading.monotonic = Duration(reading.wall.0);
        }
        let batch = self.journal.recycle().unwrap_or_default();
        let output = self.writer.step(reading, env.random_u128(), &mut self.inputs, batch);
        self.submit(output);
    }

    fn submit(&mut self, output: Output) {
        let Output { mut batch, release, .. } = output;
        if batch.is_empty() && release.is_empty() {
            return;
        }
        self.hashes.complete(&mut batch);
        self.batches += 1;
        let seen_seq = self.writer.state().seq;
        let (told, seen) = (Arc::clone(&self.told), Arc::clone(&self.seen));
        let tell = move || {
            *seen.lock().unwrap_or_else(PoisonError::into_inner) = seen_seq;
            release.into_iter().for_each(|reply| reply());
        };
        match self.sabotage {
            Some(Sabotage::AnswerEarly) => {
                tell();
                self.journal.submit(batch, Box::new(|_| ()));
            }
            Some(Sabotage::SkipSync) if self.batches.is_multiple_of(10) => tell(),
            _ => self.journal.submit(
                batch,
                Box::new(move |result| match result {
                    Ok(()) => tell(),
                    Err(_) => told.failed.store(true, Ordering::Relaxed),
                }),
            ),
        }
    }

    /// The disk finishes one piece of work.
    pub(super) fn sync(&mut self) {
        self.control.step();
    }

    pub(super) fn fail_next_sync(&self) {
        self.control.fail();
    }

    /// Whether a sync failed, at which the process ends.
    pub(super) fn has_failed(&self) -> bool {
        self.told.failed.load(Ordering::Relaxed)
    }

    /// Whether something waits for the writer or for the disk.
    pub(super) fn is_busy(&self) -> bool {
        !self.queue.is_empty() || !self.inputs.is_empty() || self.control.outstanding() > 0
    }

    /// What was answered since the last look.
    pub(super) fn take_answers(&mut self) -> Vec<Answer> {
        std::mem::take(&mut *self.told.answers.lock().unwrap_or_else(PoisonError::into_inner))
    }

    pub(super) fn state(&self) -> &State {
        self.writer.state()
    }
}

impl Drop for Process {
    /// Ends as by a power cut: what is not durable is gone.
    fn drop(&mut self) {
        self.control.cut_power();
    }
}
