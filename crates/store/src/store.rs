//! One data directory: its layout, its lock, and the way to its journal.
//!
//! ```text
//! DIR/lock          who writes here
//!     journal.db    journal and vault: the truth
//!     keys/         the node's sealed key: the truth
//!     snapshots/    folds of the journal, may be deleted
//!     poison/       commands refused since they made the node panic
//!     views.db      read models, may be deleted
//! ```
//!
//! A [`Store`] holds the lock, and so does its journal until the committing thread has ended.
//! Reading needs no lock and may be done by other processes at the same time.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use rusqlite::{Connection, OptionalExtension as _, params};

use crate::journal::{Journal, JournalStats};
use crate::lock::DirLock;
use crate::pace::Pace;
use crate::pipeline::Pipeline;
use crate::reader::Reader;
use crate::sqlite::{self, SqliteReader};
use crate::{Error, disk, limits, snapshot};

/// Name of the database in a data directory.
pub const JOURNAL_FILE: &str = "journal.db";

/// What may be chosen when a store is opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// Use of the write-ahead log past which it is copied back and begun anew.
    pub wal_bytes_max: u64,
    /// Quiet time after which it is copied back.
    pub wal_idle: Duration,
    /// Idle reading connections kept open.
    pub readers_max: usize,
    /// Stored with every row: which holder of the journal wrote it.
    pub epoch: u64,
    /// Whether each commit waits for the disk. Without it nothing is durable until the journal is
    /// closed, which is for making a directory that does not count before.
    pub sync_commits: bool,
    /// Whether and how old rows are sealed into compressed ranges. A file in which one was is not
    /// read by releases that do not know them.
    pub sealing: Option<Sealing>,
}

/// How old rows of the journal are sealed into compressed ranges.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sealing {
    /// Entries at the journal's end that stay as they were committed.
    pub behind_entries: u64,
    /// Bytes of lines in a range, at most; a longer row is a range of its own.
    pub range_bytes: u64,
    /// Least time between two ranges while commits go on.
    pub pace: Duration,
}

impl Default for Sealing {
    fn default() -> Self {
        Sealing {
            behind_entries: limits::SEAL_BEHIND_ENTRIES,
            range_bytes: limits::SEAL_RANGE_BYTES,
            pace: limits::SEAL_PACE,
        }
    }
}

impl Default for Options {
    fn default() -> Self {
        Options {
            wal_bytes_max: limits::WAL_BYTES_MAX,
            wal_idle: limits::WAL_IDLE,
            readers_max: limits::READERS_MAX,
            epoch: 1,
            sync_commits: true,
            sealing: None,
        }
    }
}

/// An open data directory.
pub struct Store {
    dir: PathBuf,
    options: Options,
    lock: Arc<DirLock>,
    /// The writing connection, until the journal takes it.
    connection: Option<Connection>,
    reader: Arc<SqliteReader>,
}

impl Store {
    /// Creates or opens the data directory `dir` and takes its lock.
    pub fn open(dir: &Path, options: Options) -> Result<Store, Error> {
        disk::create_dir(dir)?;
        let lock = Arc::new(DirLock::take(dir)?);
        for folder in [snapshot::dir(dir), dir.join(KEYS), dir.join(POISON)] {
            disk::create_dir(&folder)?;
        }
        let path = dir.join(JOURNAL_FILE);
        sqlite::refuse_without_log(&path)?;
        disk::keep_private(&path)?;
        let connection = sqlite::open_writer(&path)?;
        disk::sync_dir(dir)?;
        let reader = Arc::new(SqliteReader::open(path, options.readers_max, Pace::AtOnce)?);
        Ok(Store { dir: dir.to_owned(), options, lock, connection: Some(connection), reader })
    }

    /// Opens the journal of `dir` for reading, beside whoever writes to it.
    pub fn open_read_only(dir: &Path) -> Result<Arc<dyn Reader>, Error> {
        Self::open_to_read(dir, Pace::AtOnce)
    }

    /// The same for somebody who reads much, at a pace.
    pub fn open_to_read(dir: &Path, pace: Pace) -> Result<Arc<dyn Reader>, Error> {
        let path = dir.join(JOURNAL_FILE);
        sqlite::refuse_without_log(&path)?;
        Ok(Arc::new(SqliteReader::open(path, limits::READERS_MAX, pace)?))
    }

    /// Chooses whether old rows are sealed, before the journal is started.
    pub fn seal(&mut self, sealing: Option<Sealing>) {
        self.options.sealing = sealing;
    }

    /// Starts the committing thread. Works once.
    pub fn journal(&mut self) -> Result<Box<dyn Journal>, Error> {
        let connection = self.connection.take().ok_or(Error::JournalTaken)?;
        let stats = Arc::new(JournalStats::default());
        let options = sqlite::SinkOptions {
            wal_bytes_max: self.options.wal_bytes_max,
            wal_idle: self.options.wal_idle,
            epoch: self.options.epoch,
            sync_commits: self.options.sync_commits,
            sealing: self.options.sealing,
        };
        let sink = sqlite::Sink::new(
            connection,
            &self.dir.join(JOURNAL_FILE),
            self.reader.head()?,
            options,
            Arc::clone(&stats),
            Arc::clone(&self.lock),
        )?;
        let journal =
            Pipeline::threaded(sink, stats).map_err(Error::io("start a thread for", &self.dir))?;
        Ok(Box::new(journal))
    }

    /// A reader of durable entries.
    pub fn reader(&self) -> Arc<dyn Reader> {
        Arc::clone(&self.reader) as Arc<dyn Reader>
    }

    /// Sets a meta value for ever. Setting the same value again is fine, another one is refused.
    pub fn put_meta_once(&self, key: &str, value: &[u8]) -> Result<(), Error> {
        match &self.connection {
            Some(connection) => put_meta(connection, key, value),
            None => put_meta(&sqlite::open_writer(&self.dir.join(JOURNAL_FILE))?, key, value),
        }
    }

    /// The data directory.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// The folder of [`crate::snapshot`].
    pub fn snapshots_dir(&self) -> PathBuf {
        snapshot::dir(&self.dir)
    }

    /// The folder of the node's sealed key.
    pub fn keys_dir(&self) -> PathBuf {
        self.dir.join(KEYS)
    }

    /// The folder of [`crate::poison`].
    pub fn poison_dir(&self) -> PathBuf {
        self.dir.join(POISON)
    }

    /// The file of the read models.
    pub fn views_path(&self) -> PathBuf {
        self.dir.join("views.db")
    }
}

impl Drop for Store {
    /// What a crash left in the log goes back into the database with this connection.
    fn drop(&mut self) {
        if let Some(connection) = &self.connection {
            sqlite::forget(connection);
        }
    }
}

const KEYS: &str = "keys";
const POISON: &str = "poison";

fn put_meta(connection: &Connection, key: &str, value: &[u8]) -> Result<(), Error> {
    connection
        .execute(
            "INSERT INTO meta (key, value) VALUES (?1, ?2) ON CONFLICT (key) DO NOTHING",
            params![key, value],
        )
        .map_err(Error::database("set a meta value"))?;
    let stored: Option<Vec<u8>> = connection
        .query_row("SELECT value FROM meta WHERE key = ?1", [key], |row| row.get(0))
        .optional()
        .map_err(Error::database("read a meta value"))?;
    if stored.as_deref() != Some(value) {
        return Err(Error::MetaSet { key: key.to_owned() });
    }
    Ok(())
}
