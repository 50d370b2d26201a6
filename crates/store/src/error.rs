//! What can go wrong in the store.
//!
//! None of these reach a client as they are: the node logs them and stops, or answers with a
//! problem of its own. Damage found by verification is [`crate::verify::Damage`], not an error.

use std::path::PathBuf;
use std::sync::Arc;

/// A failure of the store.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The operating system refused something about a file.
    #[error("cannot {action} {}", path.display())]
    Io {
        /// What was being done, as an infinitive.
        action: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// The system's reason.
        source: std::io::Error,
    },
    /// The database refused a statement.
    #[error("the database could not {action}")]
    Database {
        /// What was being done, as an infinitive.
        action: &'static str,
        /// The database's reason.
        source: rusqlite::Error,
    },
    /// Another process writes to this data directory.
    #[error("the data directory {} is in use by {}", dir.display(), holder(*pid))]
    Locked {
        /// The data directory.
        dir: PathBuf,
        /// The other process, when it left its number.
        pid: Option<u32>,
    },
    /// The file is a database of something else, or no database at all.
    #[error("{} is not a Hansa journal", path.display())]
    Foreign {
        /// The file.
        path: PathBuf,
    },
    /// The database was in use when it was copied, and its write-ahead log did not come along.
    #[error(
        "{} was copied while it was in use, or after a crash, without its write-ahead log: \
         acknowledged entries may be missing",
        path.display()
    )]
    LogMissing {
        /// The database.
        path: PathBuf,
        /// Its log, which is not there.
        log: PathBuf,
    },
    /// The journal was written in a format this build does not know.
    #[error("the journal has format {found}, this build reads formats up to {known}")]
    Format {
        /// The format the file claims.
        found: String,
        /// The latest format of this build.
        known: u32,
    },
    /// A row cannot be what was written: a field has the wrong type, length or range.
    #[error("the row beginning at entry {first_seq} is malformed: {what}")]
    Malformed {
        /// First seq the row claims.
        first_seq: u64,
        /// The offending field.
        what: &'static str,
    },
    /// A record of the vault has fields that cannot be what was written.
    #[error("the vault record {id} is malformed")]
    Vault {
        /// Name of the record.
        id: String,
    },
    /// A batch does not begin where the journal ends.
    #[error("a batch begins at entry {found}, the journal continues at {expected}")]
    Discontinuous {
        /// The next seq of the journal.
        expected: u64,
        /// First seq of the batch.
        found: u64,
    },
    /// A batch contradicts itself.
    #[error("the batch beginning at entry {first_seq} is inconsistent: {what}")]
    Inconsistent {
        /// First seq of the batch.
        first_seq: u64,
        /// The contradiction.
        what: &'static str,
    },
    /// An earlier batch failed, and a journal never works again after that.
    #[error("the journal has failed: {0}")]
    Failed(Arc<str>),
    /// The journal of this store was already handed out.
    #[error("the journal of this store is already in use")]
    JournalTaken,
    /// A `meta` key holds another value, and meta values never change.
    #[error("the meta value {key} is already set to something else")]
    MetaSet {
        /// The key.
        key: String,
    },
    /// A number does not fit the database's signed 64 bits.
    #[error("{0} is outside the database's range of integers")]
    Range(u64),
    /// A snapshot file is not usable.
    #[error("the snapshot {} is refused: {what}", path.display())]
    Snapshot {
        /// The file.
        path: PathBuf,
        /// Why.
        what: &'static str,
    },
    /// A file of a backup is not usable.
    #[error("the backup's file {} is refused: {what}", path.display())]
    Backup {
        /// The file.
        path: PathBuf,
        /// Why.
        what: &'static str,
    },
    /// The journal has no such entry (yet).
    #[error("the journal has no entry {seq}")]
    NoSuchEntry {
        /// Its seq.
        seq: u64,
    },
    /// A proof was asked for that cannot exist.
    #[error("there is no such proof")]
    Proof(#[source] hansa_crypto::ProofError),
}

impl Error {
    pub(crate) fn io(
        action: &'static str,
        path: impl Into<PathBuf>,
    ) -> impl FnOnce(std::io::Error) -> Error {
        let path = path.into();
        move |source| Error::Io { action, path, source }
    }

    pub(crate) fn database(action: &'static str) -> impl FnOnce(rusqlite::Error) -> Error {
        move |source| Error::Database { action, source }
    }
}

fn holder(pid: Option<u32>) -> String {
    match pid {
        Some(pid) => format!("process {pid}"),
        None => "another process".to_owned(),
    }
}
