//! Opening the file, and deciding whether what is in it can be trusted.
//!
//! The file is written without waiting for the disk, so after a power cut it may be anything. It
//! is therefore marked, durably, as open before the first write, and as clean only when it was
//! closed and everything is on disk. A file that is not clean is checked before it is used. One
//! that is damaged, or of another format, is deleted and begun anew: the journal has it all.
//!
//! Invariant: a database that somebody else made is never touched, whatever its place.

use std::path::{Path, PathBuf};
use std::time::Duration;

use sqlx::migrate::MigrateDatabase as _;
use sqlx::sqlite::{SqliteConnectOptions, SqlitePoolOptions};
use sqlx::{Connection as _, Row as _, Sqlite, SqliteConnection, SqlitePool};

use crate::column::Columns;
use crate::error::Error;
use crate::limits::{BUSY_WAIT_S, READERS_MAX, WAL_BYTES_KEPT};
use crate::schema::{self, APPLICATION_ID, FORMAT};

/// What SQLite keeps beside the file.
const BESIDE: [&str; 3] = ["", "-wal", "-shm"];

/// A connection that may write, and the seq of the last projected entry.
pub(crate) struct Opened {
    pub(crate) connection: SqliteConnection,
    pub(crate) seq: u64,
}

/// Opens or makes the file.
pub(crate) async fn open(path: &Path) -> Result<Opened, Error> {
    let why = match examine(path).await {
        Ok(Some(opened)) => return Ok(opened),
        Ok(None) => "it has another format or a failed check",
        Err(error) if error.is_damage() => "it is damaged",
        Err(error) => return Err(error),
    };
    tracing::warn!(path = %path.display(), why, "the views are projected anew");
    delete(path).await?;
    examine(path).await?.ok_or_else(|| Error::Malformed { table: "meta", column: "format" })
}

/// Connections that only read.
pub(crate) async fn readers(path: &Path) -> Result<SqlitePool, Error> {
    let options = options(path).read_only(true);
    let pool = SqlitePoolOptions::new().max_connections(READERS_MAX).connect_with(options);
    pool.await.map_err(Error::database("open their file for reading"))
}

fn options(path: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .foreign_keys(false)
        .busy_timeout(Duration::from_secs(BUSY_WAIT_S))
}

/// Opens the file and marks it as open. `None` when its content is of no use.
async fn examine(path: &Path) -> Result<Option<Opened>, Error> {
    let failed = || Error::database("open their file");
    let options = options(path).create_if_missing(true);
    let mut connection = SqliteConnection::connect_with(&options).await.map_err(failed())?;
    let connection = &mut connection;
    Ok(None)
}
