//! The queues between the writer, the hashing and the committing thread, shared by every backend.
//!
//! Invariants: work settles in the order it was handed over; a `done` runs exactly once, and never
//! before an earlier one; after the first failure everything fails; at most
//! [`limits::BATCHES_OUTSTANDING_MAX`] batches are outstanding when `submit` returns. What "durable"
//! means is the business of a [`Sink`].

use std::collections::VecDeque;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use crate::journal::{Done, Hasher, Journal, JournalStats, Notary};
use crate::{Batch, Error, crash, limits};

mod hashing;

/// Makes things durable; owned by the committing thread.
pub(crate) trait Sink: Send + 'static {
    /// Makes a batch that is not empty durable, atomically.
    fn commit(&mut self, batch: &Batch) -> Result<(), Error>;
    /// Keeps a signed checkpoint.
    fn note(&mut self, size: u64, note: &str) -> Result<(), Error>;
    /// Housekeeping. `idle` says that nothing came for as long as the last answer asked for; the
    /// answer is how long to stay quiet before the next time, `None` when there is nothing to do.
    fn tend(&mut self, idle: bool) -> Result<Option<Duration>, Error>;
    /// Puts the storage in order for the last time. Not called after a failure.
    fn close(&mut self) -> Result<(), Error>;
    /// Whether the power is out, so that nobody may hear of what was handed over. Simulated only.
    fn is_dark(&self) -> bool {
        false
    }
}

/// One piece of work for the committing thread.
pub(crate) enum Work {
    Batch(Batch, Done),
    Note { size: u64, note: String },
    Appoint(Option<Box<dyn Hasher>>, Box<dyn Notary>),
}

#[derive(Default)]
struct State {
    /// Handed over and not yet hashed.
    unhashed: VecDeque<Work>,
    /// Whether the hashing thread has some in hand.
    hashing: bool,
    /// Hashed and not yet settled.
    queue: VecDeque<Work>,
    /// Batches that are not empty, handed over and not settled.
    outstanding: usize,
    spare: Vec<Batch>,
    /// Nothing more will be handed over.
    closing: bool,
    /// Nothing more will be hashed: the journal closes, or hashing has failed.
    hashing_ended: bool,
    /// The committing thread has ended, so nothing will ever be settled again.
    gone: bool,
}

/// What both sides see.
#[derive(Default)]
pub(crate) struct Shared {
    state: Mutex<State>,
    /// Signalled when there is work to hash or the journal closes.
    unhashed: Condvar,
    /// Signalled when there is work to settle or none will come.
    work: Condvar,
    /// Signalled when work has been settled.
    room: Condvar,
    /// Completes batches in the order in which they were handed over, on whichever thread.
    hasher: Mutex<Option<Box<dyn Hasher>>>,
}

impl State {
    /// Pieces of work before the committing thread.
    fn queued(&self) -> usize {
        self.unhashed.len() + usize::from(self.hashing) + self.queue.len()
    }

    /// Whether all that was handed over is hashed.
    fn is_hashed(&self) -> bool {
        self.unhashed.is_empty() && !self.hashing
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Batches that are not empty, handed over and not settled.
    pub(crate) fn outstanding(&self) -> usize {
        self.lock().outstanding
    }

    /// Takes the next work without waiting.
    pub(crate) fn take(&self) -> Option<Work> {
        self.lock().queue.pop_front()
    }

    /// Forgets all work as a power cut would: nobody is told.
    pub(crate) fn forget(&self) {
        let mut state = self.lock();
        state.unhashed.clear();
        state.queue.clear();
        state.outstanding = 0;
        drop(state);
        self.room.notify_all();
    }

    /// Fails all work, now and for ever, and ends every wait.
    fn fail(&self) {
        let mut state = self.lock();
        state.gone = true;
        let (queue, unhashed) =
            (std::mem::take(&mut state.queue), std::mem::take(&mut state.unhashed));
        drop(state);
        self.unhashed.notify_all();
        self.room.notify_all();
        for work in queue.into_iter().chain(unhashed) {
            if let Work::Batch(_, done) = work {
                done(Err(gone()));
            }
        }
    }
}

/// Fails all work when the committing thread ends, even by a panic in a `done`.
struct Gone(Arc<Shared>);

impl Drop for Gone {
    fn drop(&mut self) {
        self.0.fail();
    }
}

/// The committing side: settles one piece of work after the other.
pub(crate) struct Committer<S> {
    sink: S,
    shared: Arc<Shared>,
    stats: Arc<JournalStats>,
    /// Where no other thread hashes.
    hasher: Option<Box<dyn Hasher>>,
    notary: Option<Box<dyn Notary>>,
    failed: Option<Arc<str>>,
}

/// What the committing thread does next.
enum Next {
    Work(Box<Work>),
    Idle,
    Close,
}

impl<S: Sink> Committer<S> {
    /// Settles one piece of work.
    pub(crate) fn settle(&mut self, work: Work) {
        match work {
            Work::Batch(mut batch, done) => {
                let outcome = self.unfailed().and_then(|()| self.commit(&mut batch));
                self.note_failure(&outcome);
                self.recycle(batch);
                if !self.sink.is_dark() {
                    done(outcome);
                }
                self.checkpoint(false);
            }
            Work::Note { size, note } => {
                self.keep(size, &note);
            }
            Work::Appoint(hasher, notary) => {
                (self.hasher, self.notary) = (hasher, Some(notary));
            }
        }
    }

    /// Keeps what the notary signs, if it does.
    fn checkpoint(&mut self, quiet: bool) {
        if self.failed.is_some() {
            return;
        }
        if let Some((size, note)) = self.notary.as_mut().and_then(|own| own.checkpoint(quiet)) {
            self.keep(size, &note);
        }
    }

    fn keep(&mut self, size: u64, note: &str) {
        let outcome = self.unfailed().and_then(|()| self.sink.note(size, note));
        self.note_failure(&outcome);
    }

    #[allow(
        clippy::disallowed_methods,
        reason = "durations of commits are counters, not decisions"
    )]
    fn commit(&mut self, batch: &mut Batch) -> Result<(), Error> {
        if batch.is_empty() {
            return Ok(());
        }
        if let Some(hasher) = &mut self.hasher {
            hasher.complete(batch);
        }
        let begun = Instant::now();
        crash::point("before_append");
        self.sink.commit(batch)?;
        crash::point("after_commit");
        self.stats.committed(batch, nanos(begun.elapsed()));
        if let Some(notary) = self.notary.as_mut().filter(|_| !batch.entries.is_empty()) {
            notary.witness(batch.last_seq, batch.root);
        }
        Ok(())
    }

    fn unfailed(&self) -> Result<(), Error> {
        self.failed.as_ref().map_or(Ok(()), |reason| Err(Error::Failed(Arc::clone(reason))))
    }

    fn note_failure(&mut self, outcome: &Result<(), Error>) {
        let Err(error) = outcome else { return };
        if self.failed.is_none() {
            let mut reason = error.to_string();
            let mut cause = std::error::Error::source(error);
            while let Some(inner) = cause {
                reason.push_str(": ");
                reason.push_str(&inner.to_string());
                cause = inner.source();
            }
            tracing::error!(%reason, "the journal has failed");
            self.failed = Some(reason.into());
        }
    }

    /// Gives the batch back for refilling, and its place in the queue.
    fn recycle(&self, mut batch: Batch) {
        let weight = weight(&batch);
        let keep = batch.capacity() <= limits::SPARE_BYTES_MAX;
        batch.clear();
        let mut state = self.shared.lock();
        if keep && state.spare.len() < limits::SPARE_BATCHES_MAX {
            state.spare.push(batch);
        }
        state.outstanding = state.outstanding.saturating_sub(weight);
        self.stats.outstanding.store(state.outstanding as u64, Ordering::Relaxed);
        drop(state);
        // Before `done`, which may wait for the very thread that waits for room.
        self.shared.room.notify_all();
    }

    fn tend(&mut self, idle: bool) -> Option<Duration> {
        if self.failed.is_some() {
            return None;
        }
        let outcome = self.sink.tend(idle);
        let wait = outcome.as_ref().copied().unwrap_or(None);
        self.note_failure(&outcome.map(|_| ()));
        wait
    }

    /// The whole life of a committing thread.
    fn run(mut self) -> Result<(), Error> {
        let _gone = Gone(Arc::clone(&self.shared));
        let mut wait = None;
        loop {
            match self.next(wait) {
                Next::Work(work) => {
                    self.settle(*work);
                    self.shared.room.notify_all();
                    wait = self.tend(false);
                }
                Next::Idle => {
                    self.checkpoint(true);
                    wait = self.tend(true);
                }
                Next::Close => return self.close(),
            }
        }
    }

    fn next(&self, wait: Option<Duration>) -> Next {
        let mut state = self.shared.lock();
        loop {
            if let Some(work) = state.queue.pop_front() {
                return Next::Work(Box::new(work));
            }
            if state.hashing_ended {
                return Next::Close;
            }
            let Some(wait) = wait else {
                state = self.shared.work.wait(state).unwrap_or_else(PoisonError::into_inner);
                continue;
            };
            let (next, timeout) =
                self.shared.work.wait_timeout(state, wait).unwrap_or_else(PoisonError::into_inner);
            state = next;
            if timeout.timed_out() && state.queue.is_empty() && !state.hashing_ended {
                return Next::Idle;
            }
        }
    }

    /// Ends the journal's life.
    pub(crate) fn close(&mut self) -> Result<(), Error> {
        self.checkpoint(true);
        self.unfailed()?;
        self.sink.close()
    }
}

/// The submitting side.
pub(crate) struct Pipeline {
    shared: Arc<Shared>,
    stats: Arc<JournalStats>,
    threads: Option<Threads>,
}

/// The other side, where it runs by itself.
struct Threads {
    hash: JoinHandle<()>,
    commit: JoinHandle<Result<(), Error>>,
}

impl Pipeline {
    /// A pipeline whose other half is driven by its owner; `submit` never blocks.
    pub(crate) fn stepped<S: Sink>(sink: S, stats: Arc<JournalStats>) -> (Pipeline, Committer<S>) {
        let shared = Arc::new(Shared::default());
        let committer = Committer {
            sink,
            shared: Arc::clone(&shared),
            stats: Arc::clone(&stats),
            hasher: None,
            notary: None,
            failed: None,
        };
        (Pipeline { shared, stats, threads: None }, committer)
    }

    /// A pipeline with a hashing and a committing thread of its own.
    pub(crate) fn threaded<S: Sink>(
        sink: S,
        stats: Arc<JournalStats>,
    ) -> Result<Pipeline, std::io::Error> {
        let (mut pipeline, committer) = Self::stepped(sink, stats);
        let shared = pipeline.shared();
        let named = |name: &str| std::thread::Builder::new().name(name.to_owned());
        let hash = named("hansa-hash").spawn(move || hashing::run(shared))?;
        let commit = named("hansa-commit").spawn(move || committer.run())?;
        pipeline.threads = Some(Threads { hash, commit });
        Ok(pipeline)
    }

    pub(crate) fn shared(&self) -> Arc<Shared> {
        Arc::clone(&self.shared)
    }

    /// Queues `work` when there is room; gives it back when nobody will ever take it.
    fn hand_over(&self, work: Work) -> Option<Work> {
        let weight = match &work {
            Work::Batch(batch, _) => weight(batch),
            Work::Note { .. } | Work::Appoint(..) => 0,
        };
        let mut state = self.room_for(weight);
        if state.gone || state.hashing_ended {
            return Some(work);
        }
        state.outstanding += weight;
        self.stats.outstanding.store(state.outstanding as u64, Ordering::Relaxed);
        match self.threads {
            Some(_) if state.is_hashed() && hashing::is_small(&work) => {
                drop(state);
                hashing::at_once(&self.shared, work);
            }
            Some(_) => {
                state.unhashed.push_back(work);
                self.shared.unhashed.notify_one();
            }
            None => state.queue.push_back(work),
        }
        None
    }

    /// The state once there is room, or nobody left to wait for.
    fn room_for(&self, weight: usize) -> MutexGuard<'_, State> {
        let full = |state: &mut State| {
            self.threads.is_some()
                && !state.gone
                && (state.outstanding + weight > limits::BATCHES_OUTSTANDING_MAX
                    || state.queued() >= limits::QUEUE_WORKS_MAX)
        };
        let waited = self.shared.room.wait_while(self.shared.lock(), full);
        waited.unwrap_or_else(PoisonError::into_inner)
    }

    fn finish(&mut self) -> Result<(), Error> {
        let mut state = self.shared.lock();
        state.closing = true;
        let broken = state.hashing_ended;
        drop(state);
        self.shared.unhashed.notify_all();
        let Some(Threads { hash, commit }) = self.threads.take() else { return Ok(()) };
        if commit.thread().id() == std::thread::current().id() {
            return Ok(());
        }
        let broken = hash.join().is_err() || broken;
        let committed = commit.join().unwrap_or_else(|_| Err(gone()));
        committed.and(if broken { Err(gone()) } else { Ok(()) })
    }
}

impl Journal for Pipeline {
    fn appoint(&mut self, hasher: Box<dyn Hasher>, notary: Box<dyn Notary>) {
        // When the threads are gone every batch fails, whoever completes it.
        let _ = self.hand_over(Work::Appoint(Some(hasher), notary));
    }

    fn submit(&mut self, batch: Batch, done: Done) {
        if let Some(Work::Batch(_, done)) = self.hand_over(Work::Batch(batch, done)) {
            done(Err(gone()));
        }
    }

    fn await_room(&self) {
        drop(self.room_for(1));
    }

    fn checkpoint(&mut self, size: u64, note: String) {
        // When the threads are gone every batch fails, which says all there is to say.
        let _ = self.hand_over(Work::Note { size, note });
    }

    fn recycle(&mut self) -> Option<Batch> {
        self.shared.lock().spare.pop()
    }

    fn close(mut self: Box<Self>) -> Result<(), Error> {
        self.finish()
    }

    fn stats(&self) -> Arc<JournalStats> {
        Arc::clone(&self.stats)
    }
}

impl Drop for Pipeline {
    fn drop(&mut self) {
        // Whoever drops a journal instead of closing it does not want to know the outcome, but
        // every `done` still runs.
        if let Err(error) = self.finish() {
            tracing::error!(%error, "the journal was dropped in a failed state");
        }
    }
}

/// What a batch counts against the number outstanding: a barrier counts nothing.
fn weight(batch: &Batch) -> usize {
    usize::from(!batch.is_empty())
}

fn gone() -> Error {
    Error::Failed("a thread of the journal has ended".into())
}

fn nanos(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}
