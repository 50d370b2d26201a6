//! Why a node cannot start or go on. None of it is ever told to a client.

use std::path::PathBuf;

/// A fault of the node or its surroundings.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] hansa_store::Error),
    /// The journal does not verify.
    #[error("the journal is damaged: {0}")]
    Damaged(#[from] hansa_store::verify::Damage),
    /// The checkpoint that the journal keeps is not what the node signed.
    #[error("the journal is damaged: its last signed checkpoint does not verify: {0}")]
    Checkpoint(#[from] hansa_crypto::checkpoint::CheckpointError),
    /// The journal ends before entries that were durable, as the read models know.
    #[error(
        "the journal ends at entry {head} and has lost {}: the read models know of them",
        missing(*head, *known)
    )]
    EndMissing {
        /// Where it ends.
        head: u64,
        /// The last entry that is known.
        known: u64,
    },
    /// The journal's format is of a later release.
    #[error(
        "the journal has format {found}, this release reads up to {known}: start the later one"
    )]
    Format {
        /// The journal's.
        found: u32,
        /// The last one known.
        known: u32,
    },
    /// An entry is not of this release.
    #[error("entry {seq} cannot be read: {source}")]
    Entry {
        /// Which entry.
        seq: u64,
        /// Why.
        source: hansa_kernel::event::DecodeError,
    },
    /// What the node says has no canonical form to be signed.
    #[error("{0} cannot be signed as it is")]
    Unsignable(&'static str),
    /// The read models failed.
    #[error(transparent)]
    Views(#[from] hansa_views::Error),
    /// A file of the node's own.
    #[error("{action} {path}: {source}")]
    File {
        /// What was tried.
        action: &'static str,
        /// On which file.
        path: PathBuf,
        /// Why it failed.
        source: std::io::Error,
    },
    /// The key file holds no key, or not the key of this journal.
    #[error("{path}: {why}")]
    Key {
        /// The key file.
        path: PathBuf,
        /// What is wrong with it.
        why: &'static str,
    },
    /// A setting is wrong.
    #[error("{0}")]
    Config(String),
    /// A certificate, its key, or the way TLS is set up.
    #[error("TLS: {0}")]
    Tls(String),
    /// A command of the node's own was refused.
    #[error("the node could not {action}: {rejection}")]
    Refused {
        /// What it tried.
        action: &'static str,
        /// The refusal.
        rejection: hansa_types::Rejection,
    },
    /// A backup.
    #[error("{}: {why}", path.display())]
    Backup {
        /// The file, or what it is about.
        path: PathBuf,
        /// What is wrong.
        why: &'static str,
    },
    /// A backup of the schedule failed.
    #[error("the backup process failed: {0}")]
    BackupProgram(String),
    /// A snapshot child failed.
    #[error("the snapshot process failed: {0}")]
    Snapshot(String),
    /// The vault holds something that does not open.
    #[error("the vault's {id} does not open: {why}")]
    Vault {
        /// Which record.
        id: String,
        /// Why.
        why: String,
    },
    /// An export.
    #[error("{0}")]
    Export(String),
    /// A task of the node's own ended early.
    #[error("a task of the node ended early: {0}")]
    Task(String),
}

/// Names the entries behind the head, up to the last one known.
pub fn missing(head: u64, known: u64) -> String {
    match head + 1 {
        first if first == known => format!("entry {first}"),
        first => format!("entries {first} to {known}"),
    }
}
