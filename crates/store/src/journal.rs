//! The writing side of a journal, the same for every backend.
//!
//! Two-phase: `submit` hands a batch over, and its `done` tells later whether it is durable. So the
//! writer decides the next batch while the last one syncs. There is deliberately no way to retry:
//! after one failure the journal only ever answers `Err`, because what a failed sync left on the
//! disk is unknown until the journal is opened again.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

use hansa_types::Digest;

use crate::{Batch, Error};

/// Completes batches in their order, while the writer decides the next one and the one before is
/// committed.
pub trait Hasher: Send {
    /// Writes what is unwritten of a batch whose numbers are there, and computes leaves, chain and root.
    fn complete(&mut self, batch: &mut Batch);
}

/// Signs for what is durable.
pub trait Notary: Send {
    /// Is told that the first `size` entries are durable, and the root of the tree over them.
    fn witness(&mut self, size: u64, root: Digest);

    /// A signed checkpoint of what was witnessed last: its size and its text, if one is due. `quiet`
    /// says that nothing has come for a while.
    fn checkpoint(&mut self, quiet: bool) -> Option<(u64, String)>;
}

/// Runs on the committing thread once a batch is durable (`Ok`) or has failed (`Err`).
pub type Done = Box<dyn FnOnce(Result<(), Error>) + Send>;

/// The only way to append.
pub trait Journal: Send {
    /// Has every batch handed over from now on completed by a hasher, and a notary's checkpoints
    /// kept. Without them, batches must be complete already.
    fn appoint(&mut self, hasher: Box<dyn Hasher>, notary: Box<dyn Notary>);

    /// Hands a batch over and returns at once; blocks only while two batches are outstanding.
    ///
    /// The `done`s run in the order of submission. An empty batch is a barrier: its `done` runs
    /// after every earlier one and never waits for anything else.
    fn submit(&mut self, batch: Batch, done: Done);

    /// Waits until a batch can be handed over without waiting.
    fn await_room(&self);

    /// Keeps a signed checkpoint of the first `size` entries, in order with the batches.
    ///
    /// A failure to do so fails the journal.
    fn checkpoint(&mut self, size: u64, note: String);

    /// A used, cleared batch to fill again, if one is at hand.
    fn recycle(&mut self) -> Option<Batch>;

    /// Waits for everything outstanding, then puts the storage in order.
    ///
    /// Fails if the journal has failed at any time.
    fn close(self: Box<Self>) -> Result<(), Error>;

    /// Counters, alive as long as anyone holds them.
    fn stats(&self) -> Arc<JournalStats>;
}

/// Counters of a journal. They only inform; nothing depends on their being consistent.
#[derive(Debug, Default)]
pub struct JournalStats {
    /// Size of the write-ahead log in bytes, when it was last copied back or asked to be.
    pub wal_bytes: AtomicU64,
    /// Transactions committed.
    pub commits: AtomicU64,
    /// Duration of the latest commit in nanoseconds.
    pub commit_ns_last: AtomicU64,
    /// Duration of all commits together in nanoseconds; divide by `commits` for the mean.
    pub commit_ns_sum: AtomicU64,
    /// The longest commit in nanoseconds.
    pub commit_ns_max: AtomicU64,
    /// Entries made durable.
    pub entries: AtomicU64,
    /// Bytes of entries made durable, newlines included.
    pub bytes: AtomicU64,
    /// Times the write-ahead log was copied back into the database.
    pub checkpoints: AtomicU64,
    /// Duration of the latest such copy in nanoseconds.
    pub checkpoint_ns_last: AtomicU64,
    /// Batches handed over and not yet settled.
    pub outstanding: AtomicU64,
    /// The last entry that lies in a sealed range.
    pub sealed_seq: AtomicU64,
    /// Bytes of the lines that were sealed since the start, before it.
    pub sealed_bytes: AtomicU64,
    /// Bytes that they take up since.
    pub sealed_kept_bytes: AtomicU64,
    /// What was erased and may still lie in the write-ahead log.
    pub erasing: Erasing,
}

/// Whether erased bytes may still lie in the write-ahead log.
#[derive(Debug, Default)]
pub struct Erasing {
    open: Mutex<bool>,
    changed: Condvar,
}

impl Erasing {
    /// Tells whether some may.
    pub(crate) fn set(&self, open: bool) {
        *self.open.lock().unwrap_or_else(PoisonError::into_inner) = open;
        self.changed.notify_all();
    }

    /// Waits until none does, or no longer than `patience`. Returns whether that is so.
    pub fn wait(&self, patience: Duration) -> bool {
        let open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let waited = self.changed.wait_timeout_while(open, patience, |open| *open);
        !*waited.unwrap_or_else(PoisonError::into_inner).0
    }
}

impl JournalStats {
    pub(crate) fn committed(&self, batch: &Batch, ns: u64) {
        self.commits.fetch_add(1, Ordering::Relaxed);
        self.commit_ns_last.store(ns, Ordering::Relaxed);
        self.commit_ns_sum.fetch_add(ns, Ordering::Relaxed);
        self.commit_ns_max.fetch_max(ns, Ordering::Relaxed);
        self.entries.fetch_add(batch.entry_count(), Ordering::Relaxed);
        self.bytes.fetch_add(batch.entries.len() as u64, Ordering::Relaxed);
    }
}
