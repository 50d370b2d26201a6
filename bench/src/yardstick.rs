//! What the engine is held against: the bare disk, the bare table, and SQL row by row.
//!
//! Each is measured beside the figure it divides, with the same bytes or the same callers, and is
//! given every advantage that costs nothing: prepared statements, large caches, no checks.

use std::collections::VecDeque;
use std::fs::{File, OpenOptions};
use std::io::Write as _;
use std::path::Path;
use std::sync::mpsc::{self, Sender};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use hansa_node::limits::{BATCH_COMMANDS_MAX, GATHER_US_MAX};
use hansa_store::{Batch, Journal, Options, Row, Store};
use hansa_types::Digest;
use rusqlite::Connection;

use crate::callers::{Answer, Engine, nanos};
use crate::measure::{Rng, Work, as_f64, quantile};

/// Appends of a short look at the disk, for its median.
pub(crate) const SYNCS_FEW: usize = 300;
/// Appends of a long look, for its slowest hundredth.
pub(crate) const SYNCS_MANY: usize = 1_000;
/// Rows in the SQL table before anything is measured.
const ROWS: u64 = 1_000_000;
/// Accounts in the SQL table.
const ACCOUNTS: u32 = 100_000;

/// How long the disk takes for an append of 4 KiB and fdatasync.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Disk {
    /// Median in microseconds.
    pub(crate) p50_us: f64,
    /// The slowest hundredth.
    pub(crate) p99_us: f64,
}

/// Looks at the disk under a directory.
pub(crate) fn disk(dir: &Path, syncs: usize) -> anyhow::Result<Disk> {
    let path = dir.join("disk");
    let mut file = appending(&path)?;
    let block = [0xA5u8; 4_096];
    let mut spans = Vec::with_capacity(syncs);
    for _ in 0..syncs {
        let begun = Instant::now();
        file.write_all(&block)?;
        rustix::fs::fdatasync(&file)?;
        spans.push(nanos(begun.elapsed()));
    }
    std::fs::remove_file(&path)?;
    spans.sort_unstable();
    let us = |fraction| as_f64(quantile(&spans, fraction)) / 1e3;
    Ok(Disk { p50_us: us(0.5), p99_us: us(0.99) })
}

/// Writes everything out that is still under way, so that one figure does not pay for another.
pub(crate) fn settle() {
    rustix::fs::sync();
}

fn appending(path: &Path) -> anyhow::Result<File> {
    OpenOptions::new()
        .create(true)
        .append(true)
        .open(path)
        .with_context(|| format!("opening {}", path.display()))
}

/// Appends the bytes of each row to a file and syncs it, for a span of time at most: what no
/// journal can beat.
pub(crate) fn bare(dir: &Path, rows: &[Row], span: Duration) -> anyhow::Result<Work> {
    let path = dir.join("bare");
    let mut file = appending(&path)?;
    let (begun, mut count) = (Instant::now(), 0);
    for row in rows {
        file.write_all(&row.entries)?;
        file.write_all(&row.leaves)?;
        rustix::fs::fdatasync(&file)?;
        count += row.last_seq + 1 - row.first_seq;
        if begun.elapsed() > span {
            break;
        }
    }
    let wall = begun.elapsed();
    std::fs::remove_file(&path)?;
    Ok(Work { count, wall, cpu: Duration::ZERO })
}

/// A store that is given finished batches: what the journal's table costs alone.
pub(crate) struct PlainStore {
    journal: Box<dyn Journal>,
    last_seq: u64,
    chain: Digest,
}

impl PlainStore {
    /// An empty store in a new directory.
    pub(crate) fn create(dir: &Path) -> anyhow::Result<Self> {
        let journal = Store::open(dir, Options::default())?.journal()?;
        Ok(Self { journal, last_seq: 0, chain: Digest::ZERO })
    }

    /// Commits rows that were read from another store, renumbered to follow this one's, for
    /// a span of time at most.
    pub(crate) fn append(&mut self, rows: Vec<Row>, span: Duration) -> anyhow::Result<Work> {
        let (told, answers) = mpsc::channel();
        let (begun, mut count) = (Instant::now(), 0);
        for row in rows {
            let batch = self.batch(row);
            count += batch.last_seq + 1 - batch.first_seq;
            let told = told.clone();
            // Whoever listens stops only after a failure.
            self.journal.submit(batch, Box::new(move |result| drop(told.send(result))));
            if begun.elapsed() > span {
                break;
            }
        }
        drop(told);
        answers.into_iter().try_for_each(|result| result.map_err(anyhow::Error::from))?;
        Ok(Work { count, wall: begun.elapsed(), cpu: Duration::ZERO })
    }

    fn batch(&mut self, row: Row) -> Batch {
        let (first_seq, prev_chain) = (self.last_seq + 1, self.chain);
        (self.last_seq, self.chain) = (row.last_seq + first_seq - row.first_seq, row.chain);
        Batch {
            first_seq,
            last_seq: self.last_seq,
            prev_chain,
            chain: row.chain,
            root: row.root,
            entries: row.entries,
            leaves: row.leaves,
            ..Batch::default()
        }
    }
}

/// A transfer for the SQL table.
struct RowRequest {
    key: [u8; 16],
    payer: u32,
    payee: u32,
    caller: usize,
    done: Sender<Answer>,
}

#[derive(Default)]
struct Waiting {
    requests: VecDeque<RowRequest>,
    closed: bool,
}

#[derive(Default)]
struct RowQueue {
    waiting: Mutex<Waiting>,
    ready: Condvar,
}

impl RowQueue {
    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// As the writer's queue takes: waits for something, then takes what there is.
    fn take(&self, into: &mut Vec<RowRequest>, wait: Duration) -> bool {
        let mut waiting = self.lock();
        if waiting.requests.is_empty() && !waiting.closed {
            let waited = self.ready.wait_timeout(waiting, wait);
            waiting = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
        let room = BATCH_COMMANDS_MAX.saturating_sub(into.len());
        let many = waiting.requests.len().min(room);
        into.extend(waiting.requests.drain(..many));
        !waiting.closed || !waiting.requests.is_empty()
    }
}

/// The table somebody would write first: a row for each transfer, a unique key, balances in SQL,
/// and a thread that groups what waits into one transaction.
pub(crate) struct SqlRows {
    queue: Arc<RowQueue>,
    thread: Option<JoinHandle<anyhow::Result<()>>>,
    rng: Rng,
}

impl SqlRows {
    /// Makes the table with its first million rows and starts the thread.
    pub(crate) fn create(dir: &Path) -> anyhow::Result<Self> {
        std::fs::create_dir_all(dir)?;
        let connection = Connection::open(dir.join("rows.db"))?;
        preload(&connection)?;
        let queue = Arc::new(RowQueue::default());
        let shared = Arc::clone(&queue);
        let thread = std::thread::Builder::new()
            .name("sql-rows".to_owned())
            .spawn(move || commit_rows(&connection, &shared))?;
        Ok(Self { queue, thread: Some(thread), rng: Rng::new(5) })
    }
}

impl Engine for SqlRows {
    fn submit(&mut self, caller: usize, done: &Sender<Answer>) -> anyhow::Result<()> {
        let request = RowRequest {
            key: self.rng.bytes(),
            payer: account(&mut self.rng),
            payee: account(&mut self.rng),
            caller,
            done: done.clone(),
        };
        self.queue.lock().requests.push_back(request);
        self.queue.ready.notify_one();
        Ok(())
    }
}

impl Drop for SqlRows {
    fn drop(&mut self) {
        self.queue.lock().closed = true;
        self.queue.ready.notify_all();
        if let Some(Ok(Err(error))) = self.thread.take().map(JoinHandle::join) {
            eprintln!("the SQL yardstick failed: {error:#}");
        }
    }
}

fn account(rng: &mut Rng) -> u32 {
    u32::try_from(rng.below(ACCOUNTS as usize)).unwrap_or_default()
}

fn preload(connection: &Connection) -> anyhow::Result<()> {
    connection.execute_batch(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF; PRAGMA cache_size = -131072;
         CREATE TABLE transfer (
             seq INTEGER PRIMARY KEY, key BLOB NOT NULL, payer INTEGER NOT NULL,
             payee INTEGER NOT NULL, amount INTEGER NOT NULL, body BLOB NOT NULL);
         CREATE TABLE account (
             id INTEGER PRIMARY KEY, debits INTEGER NOT NULL, credits INTEGER NOT NULL);
         BEGIN;",
    )?;
    let (mut rng, body) = (Rng::new(4), body());
    let mut accounts = connection.prepare("INSERT INTO account VALUES (?1, 0, 1000000000)")?;
    for id in 0..ACCOUNTS {
        accounts.execute([id])?;
    }
    let mut transfer =
        connection.prepare("INSERT INTO transfer VALUES (NULL, ?1, ?2, ?3, ?4, ?5)")?;
    for _ in 0..ROWS {
        let (payer, payee) = (account(&mut rng), account(&mut rng));
        transfer.execute((rng.bytes::<16>(), payer, payee, 1, &body))?;
    }
    connection.execute_batch(
        "CREATE UNIQUE INDEX transfer_key ON transfer (key); COMMIT;
         PRAGMA wal_checkpoint(TRUNCATE); PRAGMA synchronous = FULL;",
    )?;
    Ok(())
}

/// As many bytes as an entry of a transfer has besides the columns.
fn body() -> Vec<u8> {
    vec![b'x'; 300]
}

fn commit_rows(connection: &Connection, queue: &RowQueue) -> anyhow::Result<()> {
    let (mut requests, mut gathered, body) = (Vec::new(), 0, body());
    loop {
        let open = queue.take(&mut requests, Duration::from_secs(1));
        if open && !requests.is_empty() && requests.len() < gathered {
            queue.take(&mut requests, Duration::from_micros(GATHER_US_MAX));
        }
        gathered = requests.len();
        if !requests.is_empty() {
            commit_group(connection, &requests, &body)?;
        }
        for request in requests.drain(..) {
            // The callers may have given up.
            let _ = request.done.send(Ok(request.caller));
        }
        if !open {
            return Ok(());
        }
    }
}

fn commit_group(
    connection: &Connection,
    requests: &[RowRequest],
    body: &[u8],
) -> anyhow::Result<()> {
    connection.prepare_cached("BEGIN IMMEDIATE")?.execute([])?;
    {
        let mut transfer =
            connection.prepare_cached("INSERT INTO transfer VALUES (NULL, ?1, ?2, ?3, ?4, ?5)")?;
        let mut debit =
            connection.prepare_cached("UPDATE account SET debits = debits + ?1 WHERE id = ?2")?;
        let mut credit =
            connection.prepare_cached("UPDATE account SET credits = credits + ?1 WHERE id = ?2")?;
        for request in requests {
            transfer.execute((request.key, request.payer, request.payee, 1, body))?;
            debit.execute((1, request.payer))?;
            credit.execute((1, request.payee))?;
        }
    }
    connection.prepare_cached("COMMIT")?.execute([])?;
    Ok(())
}
