//! The journal on SQLite: one file, a row per committed batch, write-ahead log.
//!
//! The committing thread owns the only connection that appends. Readers have their own and may live
//! in other processes, so the locking mode is the normal one. The log is never copied back by SQLite
//! itself, only by a connection kept for that, beside the commits, and emptied between them. Deliberately absent: memory mapping (a
//! damaged file must be an error, not a signal) and any statement built from data.
//!
//! While a database is open, nothing in the same process may open its file by other means: closing
//! any descriptor of a file drops the process's POSIX locks on it.

mod commit;
mod copier;
mod in_use;
mod read;
mod schema;
mod seal;

use std::path::Path;

use rusqlite::{Connection, OpenFlags};

use crate::{Error, limits};

pub(crate) use commit::{Sink, SinkOptions};
pub(crate) use in_use::{forget, refuse_without_log};
pub(crate) use read::SqliteReader;

/// Opens the writing connection, creating or checking the database.
pub(crate) fn open_writer(path: &Path) -> Result<Connection, Error> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
        | OpenFlags::SQLITE_OPEN_CREATE
        | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = open(path, flags)?;
    schema::create_or_check(&connection, path)?;
    Ok(connection)
}

/// Opens a connection that copies the log back.
fn open_copier(path: &Path) -> Result<Connection, Error> {
    let connection =
        open(path, OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    schema::set_up_writer(&connection)?;
    Ok(connection)
}

/// Opens a connection that cannot write.
pub(crate) fn open_reader(path: &Path) -> Result<Connection, Error> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = open(path, flags)?;
    schema::check(&connection, path)?;
    let pragmas =
        format!("PRAGMA query_only = ON; PRAGMA cache_size = -{};", limits::READER_CACHE_KIB);
    connection.execute_batch(&pragmas).map_err(Error::database("set up a reader"))?;
    Ok(connection)
}

fn open(path: &Path, flags: OpenFlags) -> Result<Connection, Error> {
    let connection =
        Connection::open_with_flags(path, flags).map_err(Error::database("open the journal"))?;
    connection.busy_timeout(limits::BUSY_WAIT).map_err(Error::database("set the patience"))?;
    connection.set_prepared_statement_cache_capacity(limits::STATEMENTS_MAX);
    Ok(connection)
}

/// A seq or a size as the database's integer.
fn to_sql(number: u64) -> Result<i64, Error> {
    i64::try_from(number).map_err(|_| Error::Range(number))
}
