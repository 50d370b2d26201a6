//! Opening the file, and deciding whether what is in it can be trusted.
//!
//! The file is written with few waits for the disk, each as its log is copied back: without any,
//! the system would write so much of it at once that the journal had to wait. After a power cut it
//! may still be anything, so it is marked, durably, as open before the first write, and as clean
//! only when it was closed and everything is on disk. A file that is not clean is checked before it
//! is used. One that is damaged, or of another format, is deleted and begun anew: the journal has it
//! all.
//!
//! Invariant: a database that somebody else made is never touched, whatever its place.

use std::path::Path;

use sqlx::migrate::MigrateDatabase as _;
use sqlx::sqlite::{SqliteConnectOptions, SqlitePoolOptions};
use sqlx::{ConnectOptions as _, Connection as _, Sqlite, SqliteConnection, SqlitePool};

use crate::column::Columns;
use crate::error::Error;
use crate::limits::{BUSY_WAIT, READ_MAPPED_BYTES_MAX, READERS_MAX};
use crate::schema::{self, APPLICATION_ID, FORMAT};

/// What SQLite keeps under the file's name.
const SUFFIXES: [&str; 3] = ["", "-wal", "-shm"];

/// Name of the thread that writes the file.
pub const WRITER_THREAD: &str = "views-writer";

/// How the writing connection works, once the file is known to be one of views.
const SETTINGS: [&str; 5] = [
    "PRAGMA journal_mode = WAL",
    "PRAGMA journal_size_limit = 67108864",
    "PRAGMA cache_size = -16384",
    "PRAGMA temp_store = MEMORY",
    // What is deleted may be what somebody had erased.
    "PRAGMA secure_delete = ON",
];

/// A connection that may write, and the seq of the last projected entry.
pub(crate) struct Opened {
    pub(crate) connection: SqliteConnection,
    pub(crate) seq: u64,
}

/// Opens or makes the file.
pub(crate) async fn open(path: &Path) -> Result<Opened, Error> {
    let why = match attempt(path).await {
        Ok(Some(opened)) => return Ok(opened),
        Ok(None) => "of another format, or failed its check",
        Err(error) if error.is_damage() => "damaged",
        Err(error) => return Err(error),
    };
    tracing::warn!(path = %path.display(), why, "the views are projected anew");
    delete(path).await?;
    let opened = attempt(path).await?;
    opened.ok_or(Error::Malformed { table: "meta", column: "format" })
}

/// How far a file goes, if it is one of views and of this format.
pub(crate) async fn peek(path: &Path) -> Result<Option<u64>, Error> {
    let connection = SqliteConnection::connect_with(&options(path).read_only(true)).await;
    let mut connection = connection.map_err(Error::database("open their file"))?;
    let looked = async {
        let id = number(&mut connection, "PRAGMA application_id", "application_id").await?;
        let meta = if id == APPLICATION_ID { meta(&mut connection).await? } else { None };
        Ok(meta.filter(|meta| meta.format == FORMAT).map(|meta| meta.seq))
    };
    let looked = looked.await;
    connection.close().await.map_err(Error::database("close their file"))?;
    match looked {
        Err(error) if Error::is_damage(&error) => Ok(None),
        looked => looked,
    }
}

/// Connections that only read.
pub(crate) async fn readers(path: &Path) -> Result<SqlitePool, Error> {
    let pool = SqlitePoolOptions::new().max_connections(READERS_MAX);
    let options =
        options(path).read_only(true).pragma("mmap_size", READ_MAPPED_BYTES_MAX.to_string());
    let pool = pool.connect_with(options).await;
    pool.map_err(Error::database("open their file for reading"))
}

/// Marks the file as clean, once everything is on disk, and closes it.
pub(crate) async fn close(mut connection: SqliteConnection) -> Result<(), Error> {
    // The first mark puts everything before it on disk; only then is the second one true.
    mark(&mut connection, false).await?;
    mark(&mut connection, true).await?;
    connection.close().await.map_err(Error::database("close their file"))
}

fn options(path: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .foreign_keys(false)
        .busy_timeout(BUSY_WAIT)
        .disable_statement_logging()
}

/// Opens the file and marks it as open. `None` when its content is of no use.
async fn attempt(path: &Path) -> Result<Option<Opened>, Error> {
    let options = options(path).create_if_missing(true).thread_name(|_| WRITER_THREAD.to_owned());
    let connection = SqliteConnection::connect_with(&options).await;
    let mut connection = connection.map_err(Error::database("open their file"))?;
    match prepare(path, &mut connection).await {
        Ok(Some(seq)) => Ok(Some(Opened { connection, seq })),
        unusable => {
            // Closed before the file may be deleted: closing cleans up by name.
            let closed = connection.close().await;
            unusable.and(closed.map(|()| None).map_err(Error::database("close their file")))
        }
    }
}

/// Makes the tables if there are none, else looks whether they are of use, and how far they go.
async fn prepare(path: &Path, connection: &mut SqliteConnection) -> Result<Option<u64>, Error> {
    let tables = "SELECT COUNT(*) AS number FROM sqlite_schema";
    let is_new = number(connection, tables, "number").await? == 0;
    if is_new {
        run(connection, "PRAGMA application_id = 1213626227").await?;
    } else if number(connection, "PRAGMA application_id", "application_id").await? != APPLICATION_ID
    {
        return Err(Error::Foreign { path: path.to_owned() });
    }
    for setting in SETTINGS {
        run(connection, setting).await?;
    }
    if is_new {
        schema::create(connection).await?;
    }
    let Some(meta) = meta(connection).await? else { return Ok(None) };
    if meta.format != FORMAT || (!is_new && !meta.clean && !is_sound(connection).await?) {
        return Ok(None);
    }
    mark(connection, false).await?;
    Ok(Some(meta.seq))
}

struct Meta {
    format: i64,
    seq: u64,
    clean: bool,
}

/// What the file says of itself; `None` when it has no such table or row.
async fn meta(connection: &mut SqliteConnection) -> Result<Option<Meta>, Error> {
    let row = sqlx::query("SELECT format, seq, clean FROM meta").fetch_optional(connection).await;
    let row = match row {
        Err(sqlx::Error::Database(error)) if error.code().is_some_and(|code| code == "1") => None,
        row => row.map_err(Error::database("read how far they go"))?,
    };
    let Some(row) = row else { return Ok(None) };
    let columns = Columns::new("meta", &row);
    Ok(Some(Meta {
        format: columns.signed("format")?,
        seq: columns.number("seq")?,
        clean: columns.number("clean")? == 1,
    }))
}

async fn is_sound(connection: &mut SqliteConnection) -> Result<bool, Error> {
    let row = sqlx::query("PRAGMA quick_check(1)").fetch_one(connection).await;
    let row = row.map_err(Error::database("check their file"))?;
    Ok(Columns::new("meta", &row).text("quick_check")? == "ok")
}

/// Marks the file, and waits until that and everything before it is on disk.
async fn mark(connection: &mut SqliteConnection, clean: bool) -> Result<(), Error> {
    run(connection, "PRAGMA synchronous = FULL").await?;
    sqlx::query("UPDATE meta SET clean = $1")
        .bind(i64::from(clean))
        .execute(&mut *connection)
        .await
        .map_err(Error::database("mark their file"))?;
    run(connection, "PRAGMA wal_checkpoint(TRUNCATE)").await?;
    run(connection, "PRAGMA synchronous = NORMAL").await
}

/// Copies the write-ahead log back and empties it. Readers may stand in the way for longer than it
/// is waited for: the answer says whether nothing is left of it.
pub(crate) async fn empty_log(connection: &mut SqliteConnection) -> Result<bool, Error> {
    Ok(number(connection, "PRAGMA wal_checkpoint(TRUNCATE)", "busy").await? == 0)
}

async fn run(connection: &mut SqliteConnection, statement: &'static str) -> Result<(), Error> {
    let done = sqlx::raw_sql(statement).execute(connection).await;
    done.map(|_| ()).map_err(Error::database("set up their file"))
}

async fn number(
    connection: &mut SqliteConnection,
    statement: &'static str,
    column: &'static str,
) -> Result<i64, Error> {
    let row = sqlx::query(statement).fetch_one(connection).await;
    Columns::new("sqlite_schema", &row.map_err(Error::database("look at their file"))?)
        .signed(column)
}

/// Deletes the file and what SQLite keeps beside it. Files are no business of this crate, so the
/// driver does it, which takes a URL.
async fn delete(path: &Path) -> Result<(), Error> {
    let text = path.to_str().ok_or_else(|| Error::Path { path: path.to_owned() })?;
    for suffix in SUFFIXES {
        match Sqlite::drop_database(&url(text, suffix)).await {
            Err(sqlx::Error::Io(error)) if error.kind() == std::io::ErrorKind::NotFound => {}
            done => done.map_err(Error::database("delete their file"))?,
        }
    }
    Ok(())
}

fn url(path: &str, suffix: &str) -> String {
    let mut url = String::from("sqlite:");
    for byte in path.bytes().chain(suffix.bytes()) {
        match byte.is_ascii_alphanumeric() {
            true => url.push(char::from(byte)),
            false => url.push_str(&format!("%{byte:02X}")),
        }
    }
    url
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_path_survives_as_a_url() {
        for path in ["/var/lib/hansa/views.db", "a b/50%?x#y", "//double", "größe.db"] {
            let options: SqliteConnectOptions = url(path, "-wal").parse().unwrap();
            assert_eq!(options.get_filename(), Path::new(&format!("{path}-wal")));
        }
    }

    #[test]
    fn the_settings_say_what_the_constants_say() {
        assert_eq!(APPLICATION_ID, 1_213_626_227);
        assert!(SETTINGS[1].ends_with(&crate::limits::WAL_BYTES_KEPT.to_string()));
    }
}
