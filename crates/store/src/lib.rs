//! All that is truth on disk: the journal, its vault, snapshots of its folds, and proofs over it.
//!
//! Entries are opaque lines: the store keeps, finds and verifies bytes and never knows what they
//! mean. One writer appends through a [`Journal`]; anyone reads through a [`Reader`]. Deliberately
//! absent: parsing, policy, time stamps, retries, and any write outside the journal's transaction
//! that an entry would depend on.

pub mod backup;
#[cfg(feature = "conformance")]
pub mod conformance;
pub mod crash;
pub mod disk;
pub mod limits;
pub mod lock;
pub mod memory;
pub mod pace;
pub mod poison;
pub mod scrub;
pub mod snapshot;
pub mod tiles;
pub mod verify;

mod batch;
mod error;
mod journal;
mod packed;
mod pipeline;
mod reader;
mod sqlite;
mod store;

pub use batch::{Batch, Unwritten, VaultChange};
pub use error::Error;
pub use journal::{Done, Erasing, Hasher, Journal, JournalStats, Notary};
pub use reader::{Entries, Head, Reader, Row, VaultRow, Visit};
pub use store::{JOURNAL_FILE, Options, Sealing, Store};
