//! The thread around the writer: it waits, calls `step`, and lets the journal commit beside it.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use hansa_store::{Batch, Journal, poison};
use hansa_types::Time;
use tokio::sync::watch;

use super::core::{Input, Output, Writer};
use super::queue::Queue;
use crate::clock::Reading;
use crate::env::{self, Env};
use crate::limits::{GATHER_US_MAX, WRITER_IDLE_MAX};
use crate::metrics::Metrics;

/// How far the journal is durable, for whoever follows it.
#[derive(Clone)]
pub struct Durable {
    seq: Arc<watch::Sender<u64>>,
}

impl Durable {
    /// Durable up to a seq that was found at start.
    pub fn new(seq: u64) -> Self {
        Self { seq: Arc::new(watch::Sender::new(seq)) }
    }

    /// The last durable seq.
    pub fn seq(&self) -> u64 {
        *self.seq.borrow()
    }

    /// Follows it.
    pub fn subscribe(&self) -> watch::Receiver<u64> {
        self.seq.subscribe()
    }

    fn advance(&self, seq: u64) {
        self.seq.send_if_modified(|known| {
            let later = seq > *known;
            *known = seq.max(*known);
            later
        });
    }
}

/// What the thread tells about itself while it runs.
#[derive(Default)]
pub struct WriterStatus {
    /// Whether the wall clock is believed.
    pub clock_unsure: AtomicBool,
    /// How far it jumped.
    pub clock_jump_ms: AtomicI64,
    /// Bytes free where the journal lies; checked before commands are let in.
    pub free_bytes: AtomicU64,
}

/// Everything the thread needs beside the writer.
pub struct Surroundings {
    /// Where requests wait.
    pub queue: Arc<Queue>,
    /// The world.
    pub env: Env,
    /// Where batches go, with a notary.
    pub journal: Box<dyn Journal>,
    /// How far they are durable.
    pub durable: Durable,
    /// What is measured.
    pub metrics: Arc<Metrics>,
    /// Where a command that brings the process down is recorded.
    pub poison_dir: PathBuf,
    /// Most commands of a batch.
    pub batch_commands_max: usize,
}

/// The running thread.
pub struct WriterHandle {
    thread: JoinHandle<Result<(), hansa_store::Error>>,
    /// What it tells about itself.
    pub status: Arc<WriterStatus>,
}

impl WriterHandle {
    /// Waits for the thread to end after its queue was closed: everything decided is durable then.
    pub fn join(self) -> Result<(), hansa_store::Error> {
        match self.thread.join() {
            Ok(result) => result,
            Err(panic) => std::panic::resume_unwind(panic),
        }
    }
}

/// Starts the thread.
pub fn spawn(writer: Writer, surroundings: Surroundings) -> std::io::Result<WriterHandle> {
    let status = Arc::new(WriterStatus::default());
    let shared = Arc::clone(&status);
    let run = move || Loop { writer, around: surroundings, status: shared, gathered: 0 }.run();
    let thread = env::thread("writer", run)?;
    Ok(WriterHandle { thread, status })
}

struct Loop {
    writer: Writer,
    around: Surroundings,
    status: Arc<WriterStatus>,
    /// How many commands the last batch held: as many are likely on their way again.
    gathered: usize,
}

impl Loop {
    fn run(mut self) -> Result<(), hansa_store::Error> {
        let mut inputs = Vec::new();
        loop {
            let open = self.wait(&mut inputs);
            let reading = Reading::of(&*self.around.env.clock);
            let batch = self.around.journal.recycle().unwrap_or_default();
            let begun = self.around.env.clock.stopwatch_ns();
            let output = self.step(reading, &mut inputs, batch);
            let step_ns = self.around.env.clock.stopwatch_ns() - begun;
            self.report(&output, step_ns);
            self.commit(output);
            if !open && inputs.is_empty() {
                return self.around.journal.close();
            }
        }
    }

    /// Waits for something to do, then until the journal has room, and a little longer for as much
    /// as last time: a batch that cannot be committed yet had better grow.
    fn wait(&mut self, inputs: &mut Vec<Input>) -> bool {
        let idle = self.idle();
        let Surroundings { queue, journal, batch_commands_max: most, .. } = &self.around;
        if inputs.is_empty() {
            queue.gather(1, idle);
        }
        if !inputs.is_empty() || !queue.is_empty() {
            journal.await_room();
            // What is left over from a full batch is here already.
            let here = inputs.iter().map(Input::commands).sum::<usize>();
            let wanted = self.gathered.min(*most).saturating_sub(here);
            queue.gather(wanted, Duration::from_micros(GATHER_US_MAX));
        }
        let open = queue.take(inputs, *most);
        self.gathered = inputs.iter().map(Input::commands).sum();
        open
    }

    /// How long nothing needs to be done unless somebody asks.
    fn idle(&self) -> Duration {
        let wall = self.around.env.clock.wall();
        let until_due = self.writer.next_due_at().map(|due| due.0.saturating_sub(wall.0));
        Duration::from_millis(until_due.unwrap_or(u64::MAX).min(WRITER_IDLE_MAX.0))
    }

    /// One step. A panic in it is a fault of this program on one command: the command is recorded
    /// so that it is refused after the restart, and nothing of the batch becomes durable.
    fn step(&mut self, reading: Reading, inputs: &mut Vec<Input>, batch: Batch) -> Output {
        let entropy = self.around.env.random_u128();
        let writer = &mut self.writer;
        let stepped =
            catch_unwind(AssertUnwindSafe(|| writer.step(reading, entropy, inputs, batch)));
        match stepped {
            Ok(output) => output,
            Err(_) => {
                if let Some(digest) = self.writer.poison(inputs) {
                    let note = format!("the writer panicked at {}", Time(reading.wall.0));
                    if let Err(error) = poison::record(&self.around.poison_dir, &digest, &note) {
                        tracing::error!(%error, "the poisoned command could not be recorded");
                    }
                }
                tracing::error!("the writer panicked; stopping before anything further is durable");
                std::process::abort();
            }
        }
    }

    fn report(&self, output: &Output, step_ns: u64) {
        let sure = self.writer.clock_is_sure();
        self.status.clock_unsure.store(!sure, Ordering::Relaxed);
        self.status.clock_jump_ms.store(self.writer.clock_jump_ms(), Ordering::Relaxed);
        let entries = output.batch.entry_count();
        self.around.metrics.batch(output.commands, entries, step_ns, self.writer.state());
    }

    /// Hands the batch over. Its replies go out when it is durable; when it fails, the process
    /// ends, for what the disk holds is unknown then.
    fn commit(&mut self, output: Output) {
        let Output { batch, release, .. } = output;
        if batch.is_empty() && release.is_empty() {
            return;
        }
        let last_seq = batch.last_seq;
        let durable = self.around.durable.clone();
        let done = move |result: Result<(), hansa_store::Error>| {
            if let Err(error) = result {
                tracing::error!(%error, "a commit failed; stopping without an answer");
                std::process::abort();
            }
            durable.advance(last_seq);
            release.into_iter().for_each(|reply| reply());
        };
        self.around.journal.submit(batch, Box::new(done));
    }
}
