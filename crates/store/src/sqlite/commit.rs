//! The writing half: one transaction per batch, and copying the write-ahead log back.
//!
//! A large batch is written straight from its buffers into the database's pages. A commit returns
//! only after the log is synced. The log is copied back after `done` has run, never inside
//! a commit: a little at a time beside the commits, by [`Copier`]; when things are quiet; when it has
//! grown past its limit, of which most is copied then; and after an erasure, so that what was erased
//! does not survive in the log.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use hansa_types::Digest;
use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{Connection, MAIN_DB, params};

use super::copier::Copier;
use super::seal::Sealer;
use super::{in_use, schema, to_sql};
use crate::journal::JournalStats;
use crate::lock::DirLock;
use crate::reader::Head;
use crate::store::Sealing;
use crate::{Batch, Error, VaultChange, crash, limits, packed, pipeline};

/// What a sink is told besides its connection.
pub(crate) struct SinkOptions {
    pub(crate) wal_bytes_max: u64,
    pub(crate) wal_idle: Duration,
    pub(crate) epoch: u64,
    pub(crate) sync_commits: bool,
    pub(crate) sealing: Option<Sealing>,
}

/// Commits batches to SQLite.
pub(crate) struct Sink {
    pub(super) connection: Connection,
    copier: Copier,
    wal_path: PathBuf,
    options: SinkOptions,
    stats: Arc<JournalStats>,
    pub(super) last_seq: u64,
    chain: Digest,
    wal: Wal,
    pub(super) sealer: Option<Sealer>,
    /// Held for as long as anything may still be written.
    _lock: Arc<DirLock>,
}

/// What is known about the write-ahead log.
#[derive(Default)]
struct Wal {
    /// About how much was written to it since it was last copied back.
    uncopied_bytes: u64,
    /// Something was committed that has not been copied back.
    dirty: bool,
    /// Something was erased whose bytes may still be in the log.
    erased: bool,
    /// About how much of the file is in use.
    used_bytes: u64,
    /// Use below which starting over is not tried again.
    retry_at_bytes: u64,
}

impl Sink {
    pub(crate) fn new(
        connection: Connection,
        path: &Path,
        head: Head,
        options: SinkOptions,
        stats: Arc<JournalStats>,
        lock: Arc<DirLock>,
    ) -> Result<Self, Error> {
        let mut name = path.as_os_str().to_owned();
        name.push("-wal");
        // A crash may have come between an erasure and the emptying of the log.
        let wal = Wal { dirty: true, erased: true, ..Wal::default() };
        stats.erasing.set(true);
        let (last_seq, chain) = (head.last_seq, head.chain);
        let copier = Copier::start(path, Arc::clone(&stats))?;
        let sealer =
            options.sealing.map(|sealing| Sealer::new(&connection, sealing)).transpose()?;
        let sealed_seq = sealer.as_ref().map_or(0, Sealer::sealed_seq);
        stats.sealed_seq.store(sealed_seq, Ordering::Relaxed);
        let sink = Sink {
            connection,
            copier,
            wal_path: name.into(),
            options,
            stats,
            last_seq,
            chain,
            wal,
            sealer,
            _lock: lock,
        };
        in_use::mark(&sink.connection, &sink.stats)?;
        schema::sync_commits(&sink.connection, sink.options.sync_commits)?;
        Ok(sink)
    }

    fn check(&self, batch: &Batch) -> Result<(), Error> {
        let first_seq = batch.first_seq;
        if first_seq != self.last_seq + 1 {
            return Err(Error::Discontinuous { expected: self.last_seq + 1, found: first_seq });
        }
        if packed::is_packed(&batch.entries) {
            let what = "its first entry looks like a compressed range";
            return Err(Error::Inconsistent { first_seq, what });
        }
        batch.check(&self.chain)
    }

    fn write(&self, batch: &Batch) -> Result<(), Error> {
        if !batch.entries.is_empty() {
            self.write_row(batch, self.options.epoch)?;
        }
        batch.vault.iter().try_for_each(|change| self.write_vault(change))
    }

    /// A small blob is bound, which copies it within SQLite. For a large one room is made and
    /// filled in place, which copies it only into the pages.
    pub(super) fn write_row(&self, batch: &Batch, epoch: u64) -> Result<(), Error> {
        let first_seq = to_sql(batch.first_seq)?;
        self.execute(
            "append a row",
            "INSERT INTO journal (first_seq, last_seq, prev_chain, chain, root, epoch, leaves, entries) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
            params![
                first_seq,
                to_sql(batch.last_seq)?,
                batch.prev_chain.0,
                batch.chain.0,
                batch.root.0,
                to_sql(epoch)?,
                bytes_or_room(&batch.leaves)?,
                bytes_or_room(&batch.entries)?
            ],
        )?;
        self.fill("leaves", first_seq, &batch.leaves)?;
        self.fill("entries", first_seq, &batch.entries)
    }

    fn fill(&self, column: &'static str, first_seq: i64, bytes: &[u8]) -> Result<(), Error> {
        if bytes.len() <= limits::BIND_BYTES_MAX {
            return Ok(());
        }
        let failed = || Error::database("fill a row");
        let mut blob = self
            .connection
            .blob_open(MAIN_DB, "journal", column, first_seq, false)
            .map_err(failed())?;
        blob.write_all_at(bytes, 0).map_err(failed())?;
        blob.close().map_err(failed())
    }

    fn write_vault(&self, change: &VaultChange) -> Result<(), Error> {
        match change {
            VaultChange::Put { id, subject, salt, sealed } => self.execute(
                "keep a sealed record",
                "INSERT OR REPLACE INTO vault (id, subject, salt, sealed) VALUES (?1, ?2, ?3, ?4)",
                params![id, subject.to_string(), salt.0, sealed],
            ),
            VaultChange::PutKey { subject, wrapped } => self.execute(
                "keep a wrapped key",
                "INSERT OR REPLACE INTO vault_key (subject, wrapped) VALUES (?1, ?2)",
                params![subject.to_string(), wrapped],
            ),
            VaultChange::EraseSubject { subject } => {
                let subject = subject.to_string();
                self.execute(
                    "erase a key",
                    "DELETE FROM vault_key WHERE subject = ?1",
                    [&subject],
                )?;
                self.execute("erase records", "DELETE FROM vault WHERE subject = ?1", [&subject])
            }
            VaultChange::EraseUnder { prefix, .. } => self.execute(
                "erase records of a path",
                "DELETE FROM vault WHERE id >= ?1 AND id < ?2",
                params![prefix, behind(prefix)],
            ),
        }
    }

    pub(super) fn execute(
        &self,
        action: &'static str,
        sql: &'static str,
        params: impl rusqlite::Params,
    ) -> Result<(), Error> {
        self.connection
            .prepare_cached(sql)
            .and_then(|mut statement| statement.execute(params))
            .map(|_| ())
            .map_err(Error::database(action))
    }

    /// Runs `work` in a transaction of its own.
    pub(super) fn transaction(
        &self,
        work: impl FnOnce(&Self) -> Result<(), Error>,
    ) -> Result<(), Error> {
        self.execute("begin a transaction", "BEGIN IMMEDIATE", [])?;
        let outcome = work(self).and_then(|()| {
            crash::point("after_append");
            self.execute("commit", "COMMIT", [])
        });
        if outcome.is_err() && !self.connection.is_autocommit() {
            // The failure is already known; the journal is not used again either way.
            let _ = self.connection.execute_batch("ROLLBACK");
        }
        outcome
    }

    /// Notes that a range was sealed, which wrote its lines' `bytes` over and `kept` of them anew.
    pub(super) fn sealed(&mut self, last_seq: u64, kept: u64, bytes: u64) {
        if let Some(sealer) = &mut self.sealer {
            sealer.sealed_to(last_seq);
        }
        self.stats.sealed_seq.store(last_seq, Ordering::Relaxed);
        self.stats.sealed_bytes.fetch_add(bytes, Ordering::Relaxed);
        self.stats.sealed_kept_bytes.fetch_add(kept, Ordering::Relaxed);
        self.wal.dirty = true;
        self.wal.uncopied_bytes += bytes + kept;
        self.wal.used_bytes += bytes + kept;
    }

    /// Looks how large the log is. Not after each commit: once somebody has looked, Linux dates the next
    /// write to the nanosecond, and its sync has to wait for the inode as well.
    fn measure_wal(&self) -> u64 {
        let bytes = wal_bytes(&self.wal_path);
        self.stats.wal_bytes.store(bytes, Ordering::Relaxed);
        bytes
    }

    /// Copies the log back; `true` when nothing of it is left to copy.
    fn copy_back(&mut self, mode: Mode) -> Result<bool, Error> {
        let whole = checkpoint(&self.connection, mode, &self.stats)?;
        self.wal.dirty &= !whole;
        self.wal.uncopied_bytes = 0;
        if whole {
            self.wal.used_bytes = 0;
        }
        self.measure_wal();
        Ok(whole)
    }

    /// Has the log copied back beside the commits once enough has gathered.
    fn copy_beside(&mut self) {
        if self.wal.uncopied_bytes >= limits::WAL_COPY_BYTES {
            self.copier.ask();
            self.measure_wal();
            self.wal.uncopied_bytes = 0;
        }
    }

    /// Copies the rest of a full log back, so that the next commit writes it from its beginning
    /// again. The file keeps its blocks: to free them and to ask for others would hold the next
    /// commits up for longer than all the copying. One that readers made far too long is emptied.
    fn start_over(&mut self) -> Result<(), Error> {
        if self.measure_wal() >= self.options.wal_bytes_max.saturating_mul(2) {
            return self.truncate();
        }
        let whole = self.copy_back(Mode::Passive)?;
        self.retry_unless(whole);
        Ok(())
    }

    /// Empties the log unless readers stand in the way for too long.
    fn truncate(&mut self) -> Result<(), Error> {
        let whole = self.copy_back(Mode::Truncate)?;
        self.wal.erased &= !whole;
        self.stats.erasing.set(self.wal.erased);
        self.retry_unless(whole);
        Ok(())
    }

    fn retry_unless(&mut self, whole: bool) {
        let retry_at_bytes = self.wal.used_bytes + limits::WAL_RETRY_BYTES;
        self.wal.retry_at_bytes = if whole { 0 } else { retry_at_bytes };
    }
}

/// Copies the log back through a connection; `true` when nothing of it is left to copy.
#[allow(
    clippy::disallowed_methods,
    reason = "durations of checkpoints are counters, not decisions"
)]
pub(super) fn checkpoint(
    connection: &Connection,
    mode: Mode,
    stats: &JournalStats,
) -> Result<bool, Error> {
    let patience =
        |wait| connection.busy_timeout(wait).map_err(Error::database("set the patience"));
    let begun = Instant::now();
    crash::point("before_wal_checkpoint");
    patience(mode.patience())?;
    let answer = connection.query_row(mode.sql(), [], |row| {
        Ok((row.get::<_, i64>(0)?, row.get::<_, i64>(1)?, row.get::<_, i64>(2)?))
    });
    patience(limits::BUSY_WAIT)?;
    let (busy, frames, copied) = answer.map_err(Error::database("copy the log back"))?;
    crash::point("after_wal_checkpoint");
    let ns = u64::try_from(begun.elapsed().as_nanos()).unwrap_or(u64::MAX);
    stats.checkpoints.fetch_add(1, Ordering::Relaxed);
    stats.checkpoint_ns_last.store(ns, Ordering::Relaxed);
    Ok(busy == 0 && frames == copied)
}

impl pipeline::Sink for Sink {
    fn commit(&mut self, batch: &Batch) -> Result<(), Error> {
        self.check(batch)?;
        self.transaction(|sink| sink.write(batch))?;
        if !batch.entries.is_empty() {
            (self.last_seq, self.chain) = (batch.last_seq, batch.chain);
        }
        self.wal.dirty = true;
        let written = batch.bytes() as u64 + limits::COMMIT_BYTES_LEAST;
        self.wal.uncopied_bytes += written;
        self.wal.used_bytes += written;
        if batch.vault.iter().any(VaultChange::erases) {
            self.wal.erased = true;
            self.stats.erasing.set(true);
        }
        Ok(())
    }

    fn note(&mut self, size: u64, note: &str) -> Result<(), Error> {
        crash::point("before_checkpoint_note");
        self.transaction(|sink| {
            sink.execute(
                "keep a checkpoint",
                "INSERT OR REPLACE INTO checkpoint (tree_size, note) VALUES (?1, ?2)",
                params![to_sql(size)?, note],
            )?;
            sink.execute(
                "drop old checkpoints",
                "DELETE FROM checkpoint WHERE tree_size <= (SELECT tree_size FROM checkpoint \
                 ORDER BY tree_size DESC LIMIT 1 OFFSET ?1)",
                [to_sql(limits::CHECKPOINTS_KEPT)?],
            )
        })?;
        self.wal.dirty = true;
        crash::point("after_checkpoint_note");
        Ok(())
    }

    fn tend(&mut self, idle: bool) -> Result<Option<Duration>, Error> {
        self.copier.check()?;
        let full = self.wal.used_bytes >= self.options.wal_bytes_max.max(self.wal.retry_at_bytes);
        if self.wal.erased && (full || idle || self.wal.retry_at_bytes == 0) {
            self.truncate()?;
        } else if full {
            self.start_over()?;
        } else if idle && self.wal.dirty {
            self.copy_back(Mode::Passive)?;
        } else {
            self.copy_beside();
        }
        let sealed = self.seal(idle)?;
        if sealed && idle {
            // On with the next range, unless work has come meanwhile.
            return Ok(Some(Duration::ZERO));
        }
        Ok((self.wal.dirty || self.wal.erased).then_some(self.options.wal_idle))
    }

    fn close(&mut self) -> Result<(), Error> {
        schema::sync_commits(&self.connection, true)?;
        in_use::clear(&self.connection)?;
        self.copier.stop()?;
        self.truncate()
    }
}

impl Drop for Sink {
    fn drop(&mut self) {
        in_use::forget(&self.connection);
    }
}

/// How hard to try to copy the log back.
#[derive(Clone, Copy)]
pub(super) enum Mode {
    /// As far as nobody is disturbed.
    Passive,
    /// All of it, and empty the file.
    Truncate,
}

impl Mode {
    const fn sql(self) -> &'static str {
        match self {
            Mode::Passive => "PRAGMA wal_checkpoint(PASSIVE)",
            Mode::Truncate => "PRAGMA wal_checkpoint(TRUNCATE)",
        }
    }

    const fn patience(self) -> Duration {
        match self {
            Mode::Passive => Duration::ZERO,
            Mode::Truncate => limits::WAL_TRUNCATE_WAIT,
        }
    }
}

/// What is bound for a blob: itself, or zeros of its length to be filled.
fn bytes_or_room(bytes: &[u8]) -> Result<ToSqlOutput<'_>, Error> {
    if bytes.len() <= limits::BIND_BYTES_MAX {
        return Ok(ToSqlOutput::Borrowed(ValueRef::Blob(bytes)));
    }
    let size = i32::try_from(bytes.len()).map_err(|_| Error::Range(bytes.len() as u64))?;
    Ok(ToSqlOutput::ZeroBlob(size))
}

/// The first id that is behind all that begin with a path: the byte behind a slash is a zero.
fn behind(prefix: &str) -> String {
    prefix.strip_suffix('/').map_or_else(|| prefix.to_owned(), |path| format!("{path}0"))
}

/// Size of the log by its name; 0 when there is none. (Opening it would be unsafe, see the parent.)
fn wal_bytes(path: &Path) -> u64 {
    std::fs::metadata(path).map(|meta| meta.len()).unwrap_or(0)
}
