//! The mark of a journal that is being written to, so that a copy without its log is known as one.
//!
//! SQLite keeps a number for its users in the database's own header (`user_version`). It is 1 while
//! entries may lie in the write-ahead log alone: it reaches the database before the first of them is
//! committed, and it is taken back in the log just before that is emptied for the last time. Whoever
//! copies the one file of a running node, or of one that was killed, copies the mark with it. A file
//! with the mark and no log beside it is refused before it is opened, for opening makes an empty log,
//! and with that the loss would be forgotten. To make such a log by hand is to accept the loss.
//!
//! A log that lies there, even an empty one, is no loss: the system frees it only with its name.

use std::io::{Read as _, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};

use rusqlite::Connection;

use super::commit::{Mode, checkpoint};
use super::schema::APPLICATION_ID;
use crate::Error;
use crate::journal::JournalStats;

/// Where the header of a database has the number for its users, and behind eight more bytes whose
/// database it is (SQLite's file format, 1.3).
const MARK_AT: u64 = 60;
/// Bytes from the mark to the end of the name of its owner.
const MARK_BYTES: usize = 12;

/// Sets the mark, and sees that it is in the database before anything is committed.
pub(super) fn mark(connection: &Connection, stats: &JournalStats) -> Result<(), Error> {
    if !is_set(connection)? {
        put(connection, 1)?;
        checkpoint(connection, Mode::Passive, stats)?;
    }
    Ok(())
}

/// Takes the mark back, by a commit that waits for the disk, and so for all before it.
pub(super) fn clear(connection: &Connection) -> Result<(), Error> {
    if is_set(connection)? { put(connection, 0) } else { Ok(()) }
}

/// Takes the mark back from a connection that is about to be closed, which empties the log. Where
/// that fails the mark stays, and the log with it.
pub(crate) fn forget(connection: &Connection) {
    if let Err(error) = clear(connection) {
        tracing::warn!(%error, "the journal stays marked as in use");
    }
}

fn is_set(connection: &Connection) -> Result<bool, Error> {
    connection
        .query_row("PRAGMA user_version", [], |row| row.get::<_, i64>(0))
        .map(|mark| mark != 0)
        .map_err(Error::database("read whether it is in use"))
}

fn put(connection: &Connection, mark: i32) -> Result<(), Error> {
    connection
        .pragma_update(None, "user_version", mark)
        .map_err(Error::database("mark whether it is in use"))
}

/// Refuses a database that bears the mark and has no log beside it. Must come before it is opened:
/// where there is no log, no connection of this process has locks on the file that a look would drop.
pub(crate) fn refuse_without_log(path: &Path) -> Result<(), Error> {
    let mut log = path.as_os_str().to_owned();
    log.push("-wal");
    let log = PathBuf::from(log);
    // Looked for again, for a node may have started meanwhile.
    match !log.exists() && bears_mark(path)? && !log.exists() {
        true => Err(Error::LogMissing { path: path.to_owned(), log }),
        false => Ok(()),
    }
}

/// Reads the mark where the file lies, without a database's help. Files too short for it have none.
fn bears_mark(path: &Path) -> Result<bool, Error> {
    let mut file = match std::fs::File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(false),
        Err(error) => return Err(Error::io("open", path)(error)),
    };
    let mut head = [0; MARK_BYTES];
    let read = file.seek(SeekFrom::Start(MARK_AT)).and_then(|_| file.read_exact(&mut head));
    match read {
        Ok(()) => {}
        Err(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => return Ok(false),
        Err(error) => return Err(Error::io("read", path)(error)),
    }
    let (mark, owner) = (&head[..4], &head[8..]);
    Ok(owner == APPLICATION_ID.to_be_bytes() && mark != [0; 4])
}
