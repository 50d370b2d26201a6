//! A journal in memory, for simulation and tests of what stands above the store.
//!
//! A [`MemoryDisk`] is what survives: open a journal on it, cut the power, open another. It has two
//! ways of working. *Threaded* it behaves like the real one, with a committing thread. *Stepped* it
//! has none: `submit` never blocks and nothing is durable until [`Control::step`] is called, so one
//! seed can decide a whole run. Nothing here is ever on a disk, and nothing checks the hashes.

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use hansa_types::{Digest, PrincipalId};

use crate::journal::{Done, Hasher, Journal, JournalStats, Notary};
use crate::pipeline::{self, Committer, Pipeline, Shared};
use crate::reader::{Head, Reader, Row, VaultRow, Visit, line_at};
use crate::{Batch, Error, VaultChange, limits};

/// What is durable in memory. Clones are the same disk.
#[derive(Clone, Default)]
pub struct MemoryDisk(Arc<Mutex<Content>>);

#[derive(Default)]
struct Content {
    rows: Vec<Row>,
    vault: BTreeMap<String, VaultRow>,
    keys: BTreeMap<PrincipalId, Vec<u8>>,
    notes: BTreeMap<u64, String>,
    meta: BTreeMap<String, Vec<u8>>,
    full: bool,
}

impl MemoryDisk {
    /// An empty disk.
    pub fn new() -> Self {
        Self::default()
    }

    /// A journal with a committing thread, and the handle that disturbs it.
    pub fn journal(&self) -> Result<(MemoryJournal, Control), Error> {
        let (sink, gate, stats) = self.sink(false);
        let pipeline =
            Pipeline::threaded(sink, stats).map_err(Error::io("start a thread for", "memory"))?;
        let control = Control { gate: Arc::clone(&gate), shared: pipeline.shared(), stepper: None };
        Ok((
            MemoryJournal { pipeline: Some(Box::new(pipeline)), control: control.clone() },
            control,
        ))
    }

    /// A journal without a thread: [`Control::step`] settles one piece of work at a time.
    pub fn stepped(&self) -> (MemoryJournal, Control) {
        let (sink, gate, stats) = self.sink(true);
        let (pipeline, committer) = Pipeline::stepped(sink, stats);
        let stepper = Some(Arc::new(Mutex::new(committer)));
        let control = Control { gate, shared: pipeline.shared(), stepper };
        (MemoryJournal { pipeline: Some(Box::new(pipeline)), control: control.clone() }, control)
    }

    /// A reader of what is durable.
    pub fn reader(&self) -> Arc<dyn Reader> {
        Arc::new(self.clone())
    }

    /// Leaves no room for anything more, or some again. What is written meanwhile fails, and with it
    /// the journal.
    pub fn fill(&self, full: bool) {
        self.content().full = full;
    }

    /// Whether nothing more fits.
    pub fn is_full(&self) -> bool {
        self.content().full
    }

    /// Sets a meta value for ever, like [`Store::put_meta_once`](crate::Store::put_meta_once).
    pub fn put_meta_once(&self, key: &str, value: &[u8]) -> Result<(), Error> {
        let mut content = self.content();
        let stored = content.meta.entry(key.to_owned()).or_insert_with(|| value.to_vec());
        if stored != value {
            return Err(Error::MetaSet { key: key.to_owned() });
        }
        Ok(())
    }

    fn room(&self) -> Result<(), Error> {
        let full = std::io::ErrorKind::StorageFull;
        match self.is_full() {
            true => Err(Error::io("write to", "memory")(full.into())),
            false => Ok(()),
        }
    }

    fn content(&self) -> MutexGuard<'_, Content> {
        lock(&self.0)
    }

    fn sink(&self, stepped: bool) -> (Sink, Arc<Gate>, Arc<JournalStats>) {
        let gate = Arc::new(Gate::default());
        let sink = Sink { disk: self.clone(), gate: Arc::clone(&gate), stepped };
        (sink, gate, Arc::new(JournalStats::default()))
    }
}

/// The journal of a [`MemoryDisk`]. Dropped without being closed while its syncs are held, it loses
/// what is outstanding, as a killed process would.
pub struct MemoryJournal {
    /// Taken when the journal is closed.
    pipeline: Option<Box<Pipeline>>,
    control: Control,
}

impl Journal for MemoryJournal {
    fn appoint(&mut self, hasher: Box<dyn Hasher>, notary: Box<dyn Notary>) {
        if let Some(pipeline) = &mut self.pipeline {
            pipeline.appoint(hasher, notary);
        }
    }

    fn submit(&mut self, batch: Batch, done: Done) {
        if let Some(pipeline) = &mut self.pipeline {
            pipeline.submit(batch, done);
        }
    }

    fn await_room(&self) {
        if let Some(pipeline) = &self.pipeline {
            pipeline.await_room();
        }
    }

    fn checkpoint(&mut self, size: u64, note: String) {
        if let Some(pipeline) = &mut self.pipeline {
            pipeline.checkpoint(size, note);
        }
    }

    fn recycle(&mut self) -> Option<Batch> {
        self.pipeline.as_mut()?.recycle()
    }

    fn close(mut self: Box<Self>) -> Result<(), Error> {
        while self.control.step() {}
        if let Some(stepper) = &self.control.stepper {
            lock(stepper).close()?;
        }
        self.pipeline.take().map_or(Ok(()), Journal::close)
    }

    fn stats(&self) -> Arc<JournalStats> {
        self.pipeline.as_ref().map(|pipeline| pipeline.stats()).unwrap_or_default()
    }
}

impl Drop for MemoryJournal {
    fn drop(&mut self) {
        let held = lock(&self.control.gate.state).held;
        if self.pipeline.is_some() && held {
            self.control.cut_power();
        }
    }
}

/// Disturbs the journal it came with. Clones disturb the same one.
#[derive(Clone)]
pub struct Control {
    gate: Arc<Gate>,
    shared: Arc<Shared>,
    stepper: Option<Arc<Mutex<Committer<Sink>>>>,
}

/// What stands between a batch and its being durable.
#[derive(Default)]
struct Gate {
    state: Mutex<GateState>,
    changed: Condvar,
}

#[derive(Default)]
struct GateState {
    held: bool,
    /// Syncs that may still pass while held.
    passes: u64,
    fails: bool,
    delay: Duration,
    dark: bool,
}

impl Control {
    /// Lets no sync finish from now on. (A stepped journal waits for its steps anyway.)
    pub fn hold(&self) {
        self.change(|state| (state.held, state.passes) = (true, 0));
    }

    /// Lets one held sync finish.
    pub fn release_one(&self) {
        self.change(|state| state.passes += 1);
    }

    /// Lets every sync finish again.
    pub fn release(&self) {
        self.change(|state| state.held = false);
    }

    /// Makes the next sync fail, and with it the journal.
    pub fn fail(&self) {
        self.change(|state| state.fails = true);
    }

    /// Makes every sync of a threaded journal take this much longer.
    pub fn slow(&self, delay: Duration) {
        self.change(|state| state.delay = delay);
    }

    /// Loses everything outstanding: nobody hears of it, and nothing becomes durable any more.
    pub fn cut_power(&self) {
        self.change(|state| state.dark = true);
        self.shared.forget();
    }

    /// Settles the next piece of work of a stepped journal on this thread, `done` included.
    /// Answers whether there was any. A `done` must not call this itself.
    pub fn step(&self) -> bool {
        let Some(stepper) = &self.stepper else { return false };
        let mut committer = lock(stepper);
        let work = self.shared.take();
        work.map(|work| committer.settle(work)).is_some()
    }

    /// Batches that are not empty, handed over and not settled.
    pub fn outstanding(&self) -> usize {
        self.shared.outstanding()
    }

    fn change(&self, change: impl FnOnce(&mut GateState)) {
        change(&mut lock(&self.gate.state));
        self.gate.changed.notify_all();
    }
}

impl Gate {
    /// Waits until a sync may finish, and says how it does.
    fn pass(&self, stepped: bool) -> Result<(), Error> {
        let mut state = lock(&self.state);
        while !stepped && state.held && state.passes == 0 && !state.dark {
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        if state.held && !stepped {
            state.passes = state.passes.saturating_sub(1);
        }
        if !stepped && !state.delay.is_zero() {
            let delay = state.delay;
            let waited = self.changed.wait_timeout_while(state, delay, |state| !state.dark);
            state = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
        let lost = match (state.dark, std::mem::take(&mut state.fails)) {
            (true, _) => "the power is out",
            (false, true) => "a failure was asked for",
            (false, false) => return Ok(()),
        };
        Err(Error::io("sync", "memory")(std::io::Error::other(lost)))
    }
}

/// Commits batches to memory.
struct Sink {
    disk: MemoryDisk,
    gate: Arc<Gate>,
    stepped: bool,
}

impl pipeline::Sink for Sink {
    fn commit(&mut self, batch: &Batch) -> Result<(), Error> {
        let (expected, chain) = self
            .disk
            .content()
            .rows
            .last()
            .map_or((1, Digest::ZERO), |row| (row.last_seq + 1, row.chain));
        if batch.first_seq != expected {
            return Err(Error::Discontinuous { expected, found: batch.first_seq });
        }
        batch.check(&chain)?;
        self.disk.room()?;
        self.gate.pass(self.stepped)?;
        self.disk.content().apply(batch);
        Ok(())
    }

    fn note(&mut self, size: u64, note: &str) -> Result<(), Error> {
        self.disk.room()?;
        self.gate.pass(self.stepped)?;
        let notes = &mut self.disk.content().notes;
        notes.insert(size, note.to_owned());
        while notes.len() as u64 > limits::CHECKPOINTS_KEPT {
            notes.pop_first();
        }
        Ok(())
    }

    fn tend(&mut self, _idle: bool) -> Result<Option<Duration>, Error> {
        Ok(None)
    }

    fn close(&mut self) -> Result<(), Error> {
        Ok(())
    }

    fn is_dark(&self) -> bool {
        lock(&self.gate.state).dark
    }
}

impl Content {
    fn apply(&mut self, batch: &Batch) {
        if !batch.entries.is_empty() {
            self.rows.push(Row {
                first_seq: batch.first_seq,
                last_seq: batch.last_seq,
                prev_chain: batch.prev_chain,
                chain: batch.chain,
                root: batch.root,
                epoch: 1,
                entries: batch.entries.clone(),
                leaves: batch.leaves.clone(),
            });
        }
        for change in &batch.vault {
            match change.clone() {
                VaultChange::Put { id, subject, salt, sealed } => {
                    self.vault.insert(id, VaultRow { subject, salt, sealed });
                }
                VaultChange::PutKey { subject, wrapped } => {
                    self.keys.insert(subject, wrapped);
                }
                VaultChange::EraseSubject { subject } => {
                    self.keys.remove(&subject);
                    self.vault.retain(|_, row| row.subject != subject);
                }
                VaultChange::EraseUnder { prefix, .. } => {
                    self.vault.retain(|id, _| !prefix.ends_with('/') || !id.starts_with(&prefix));
                }
            }
        }
    }

    /// Index of the first row that ends at or behind `seq`.
    fn index_of(&self, seq: u64) -> usize {
        self.rows.partition_point(|row| row.last_seq < seq)
    }
}

impl Reader for MemoryDisk {
    fn head(&self) -> Result<Head, Error> {
        let last = self.content().rows.last().map(|row| (row.last_seq, row.chain, row.root));
        let (last_seq, chain, root) =
            last.unwrap_or_else(|| (0, Digest::ZERO, hansa_crypto::merkle::empty_root()));
        Ok(Head { last_seq, chain, root })
    }

    fn scan(&self, from_seq: u64, visit: &mut dyn FnMut(Row) -> Visit) -> Result<(), Error> {
        let mut index = self.content().index_of(from_seq);
        loop {
            let Some(row) = self.content().rows.get(index).cloned() else { return Ok(()) };
            if let ControlFlow::Break(()) = visit(row)? {
                return Ok(());
            }
            index += 1;
        }
    }

    fn entry(&self, seq: u64) -> Result<Option<Vec<u8>>, Error> {
        let content = self.content();
        let row = content.rows.get(content.index_of(seq)).filter(|row| row.first_seq <= seq);
        Ok(row.and_then(|row| line_at(&row.entries, seq - row.first_seq)).map(<[u8]>::to_vec))
    }

    fn leaves(&self, from_seq: u64, count: u64) -> Result<Vec<u8>, Error> {
        let content = self.content();
        let rows = content.rows.get(content.index_of(from_seq)..).unwrap_or_default();
        let first = rows.first().map_or(from_seq, |row| row.first_seq);
        let skipped = from_seq.checked_sub(first).unwrap_or(u64::MAX);
        let amount = |leaves: u64| usize::try_from(leaves.saturating_mul(32)).unwrap_or(usize::MAX);
        let leaves = rows.iter().flat_map(|row| row.leaves.iter().copied());
        Ok(leaves.skip(amount(skipped)).take(amount(count)).collect())
    }

    fn vault(&self, id: &str) -> Result<Option<VaultRow>, Error> {
        Ok(self.content().vault.get(id).cloned())
    }

    fn vault_key(&self, subject: PrincipalId) -> Result<Option<Vec<u8>>, Error> {
        Ok(self.content().keys.get(&subject).cloned())
    }

    fn vault_ids(&self, subject: PrincipalId, max: usize) -> Result<Vec<String>, Error> {
        let content = self.content();
        let about = content.vault.iter().filter(|(_, row)| row.subject == subject);
        let mut ids: Vec<String> = about.map(|(id, _)| id.clone()).collect();
        ids.sort();
        ids.truncate(max);
        Ok(ids)
    }

    fn vault_page(&self, after: &str, max: usize) -> Result<Vec<(String, VaultRow)>, Error> {
        let content = self.content();
        let later = content.vault.iter().filter(|(id, _)| id.as_str() > after);
        let mut rows: Vec<_> = later.map(|(id, row)| (id.clone(), row.clone())).collect();
        rows.sort_by(|a, b| a.0.cmp(&b.0));
        rows.truncate(max);
        let mut bytes = 0;
        let fits = |(_, row): &(String, VaultRow)| {
            let before = bytes;
            bytes += row.sealed.len();
            before < limits::VAULT_PAGE_BYTES
        };
        Ok(rows.into_iter().take_while(fits).collect())
    }

    fn vault_keys_page(
        &self,
        after: Option<PrincipalId>,
        max: usize,
    ) -> Result<Vec<(PrincipalId, Vec<u8>)>, Error> {
        let content = self.content();
        let later = content.keys.iter().filter(|(id, _)| after.is_none_or(|after| **id > after));
        let mut keys: Vec<_> = later.map(|(id, wrapped)| (*id, wrapped.clone())).collect();
        keys.sort_by_key(|(id, _)| *id);
        keys.truncate(max);
        Ok(keys)
    }

    fn vault_bytes(&self) -> Result<u64, Error> {
        Ok(self.content().vault.values().map(|row| row.sealed.len() as u64).sum())
    }

    fn checkpoint_latest(&self) -> Result<Option<String>, Error> {
        Ok(self.content().notes.last_key_value().map(|(_, note)| note.clone()))
    }

    fn meta(&self, key: &str) -> Result<Option<Vec<u8>>, Error> {
        Ok(self.content().meta.get(key).cloned())
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
