//! What the recorder wrote down: the writes, syncs and removals of one workload, in their order, and
//! between them what the workload was told.

use std::io::{Read as _, Write as _};
use std::path::Path;
use std::process::Command;

/// The variable that turns the recorder on.
const RECORD: &str = "HANSA_RECORD";
/// The variable that makes the disk lie.
const SYNCS: &str = "HANSA_RECORD_SYNCS";
/// Bytes of a record before its data.
const HEAD_BYTES: usize = 24;

/// A file that is recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Name {
    /// `journal.db`
    Database,
    /// Its write-ahead log.
    Log,
    /// Its rollback journal, which there is only while it is made.
    Rollback,
}

impl Name {
    /// All of them, by their numbers in a record.
    pub(super) const ALL: [Self; 3] = [Self::Database, Self::Log, Self::Rollback];

    /// What it is called in a data directory.
    pub(super) const fn file(self) -> &'static str {
        match self {
            Self::Database => "journal.db",
            Self::Log => "journal.db-wal",
            Self::Rollback => "journal.db-journal",
        }
    }
}

/// Something that happened below SQLite, or that the workload was told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Event {
    /// Bytes were written.
    Write { name: Name, at: u64, bytes: Vec<u8> },
    /// A file was cut off or made longer.
    Truncate { name: Name, size: u64 },
    /// A sync began: it covers what was written until now.
    SyncBegun { name: Name },
    /// It is done.
    SyncDone { name: Name },
    /// A file was removed, and perhaps its folder synced.
    Remove { name: Name, is_synced: bool },
    /// The workload was told that everything up to this entry is durable.
    Acknowledged { seq: u64 },
}

/// How honest the disk of a recording is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Syncs {
    /// Every sync is done.
    All,
    /// None is, as with `synchronous = OFF`.
    None,
    /// Every so many of the write-ahead log's is reported and never done.
    LeaveOut(u32),
}

/// Has a program run the workload of a seed in `dir` and reads what was recorded.
pub(super) fn record(
    program: &Path,
    dir: &Path,
    seed: u64,
    syncs: Syncs,
) -> Result<Vec<Event>, String> {
    let log = dir.join("recording");
    let mut child = Command::new(program);
    child.arg(super::WORKLOAD).arg(dir).arg(seed.to_string()).env(RECORD, &log);
    match syncs {
        Syncs::All => child.env_remove(SYNCS),
        Syncs::None => child.env(SYNCS, "none"),
        Syncs::LeaveOut(every) => child.env(SYNCS, every.to_string()),
    };
    let output = child.output().map_err(|error| format!("starting the workload: {error}"))?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        return Err(format!("the workload of seed {seed} failed: {}", said.trim()));
    }
    let mut bytes = Vec::new();
    let file = std::fs::File::open(&log);
    let read = file.and_then(|mut file| file.read_to_end(&mut bytes));
    read.map_err(|error| format!("there is no recording: {error}"))?;
    events(&bytes).ok_or_else(|| "the recording is cut short".to_owned())
}

/// Writes into the recording of this process what the workload was told.
pub(super) fn acknowledge(seq: u64) {
    let Some(log) = std::env::var_os(RECORD) else { return };
    let mut head = [0; HEAD_BYTES];
    head[0] = 6;
    head[8..16].copy_from_slice(&seq.to_ne_bytes());
    let file = std::fs::OpenOptions::new().append(true).open(log);
    if file.and_then(|mut file| file.write_all(&head)).is_err() {
        // A recording with a hole in it must not look whole.
        std::process::abort();
    }
}

fn events(mut bytes: &[u8]) -> Option<Vec<Event>> {
    let mut events = Vec::new();
    while !bytes.is_empty() {
        let (head, rest) = bytes.split_at_checked(HEAD_BYTES)?;
        let length = u32::from_ne_bytes(head[4..8].try_into().ok()?);
        let place = u64::from_ne_bytes(head[8..16].try_into().ok()?);
        let (data, rest) = rest.split_at_checked(usize::try_from(length).ok()?)?;
        bytes = rest;
        let name = *Name::ALL.get(usize::from(head[1]))?;
        events.push(match head[0] {
            1 => Event::Write { name, at: place, bytes: data.to_vec() },
            2 => Event::Truncate { name, size: place },
            3 => Event::SyncBegun { name },
            4 => Event::SyncDone { name },
            5 => Event::Remove { name, is_synced: place == 1 },
            6 => Event::Acknowledged { seq: place },
            _ => return None,
        });
    }
    Some(events)
}
