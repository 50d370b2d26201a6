//! The tables, and how a database proves that it is a Hansa journal of a known format.
//!
//! `leaves` stands before `entries` in a row, so that proofs read hashes without walking through
//! the pages of the entries. Deleted bytes are overwritten (`secure_delete`), because deleting from
//! the vault is erasure. Tables are created in one transaction: a crash leaves nothing or all.

use std::path::Path;

use rusqlite::{Connection, ErrorCode, OptionalExtension as _};

use crate::{Error, limits};

/// Marks the file as a Hansa journal: "HANS".
pub(super) const APPLICATION_ID: i32 = 0x4841_4E53;

/// The format that this build reads besides every earlier one. 1: rows as they were committed.
/// 2: ranges of rows are sealed, see [`super::seal`].
pub(crate) const FORMAT: u32 = 2;

/// The format of a new file, which every release reads until a range is sealed.
const FORMAT_NEW: u32 = 1;

/// Key of the format in `meta`.
pub(crate) const META_FORMAT: &str = "format";

const TABLES: &str = "
CREATE TABLE journal (
    first_seq INTEGER PRIMARY KEY, last_seq INTEGER NOT NULL, prev_chain BLOB NOT NULL,
    chain BLOB NOT NULL, root BLOB NOT NULL, epoch INTEGER NOT NULL,
    leaves BLOB NOT NULL, entries BLOB NOT NULL) STRICT;
CREATE TABLE vault (
    id TEXT PRIMARY KEY, subject TEXT NOT NULL, salt BLOB NOT NULL, sealed BLOB NOT NULL) STRICT;
CREATE INDEX vault_subject ON vault (subject);
CREATE TABLE vault_key (subject TEXT PRIMARY KEY, wrapped BLOB NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE checkpoint (tree_size INTEGER PRIMARY KEY, note TEXT NOT NULL) STRICT;
CREATE TABLE meta (key TEXT PRIMARY KEY, value BLOB NOT NULL) STRICT, WITHOUT ROWID;
";

/// Sets a writing connection up and creates the tables in an empty file.
pub(super) fn create_or_check(connection: &Connection, path: &Path) -> Result<(), Error> {
    if is_blank(connection, path)? {
        create(connection)?;
    }
    check(connection, path)?;
    set_up_writer(connection)
}

/// Sets up how a connection writes.
pub(super) fn set_up_writer(connection: &Connection) -> Result<(), Error> {
    let pragmas = "PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 0; \
                   PRAGMA secure_delete = ON; PRAGMA temp_store = MEMORY;";
    connection.execute_batch(pragmas).map_err(Error::database("set up the writer"))
}

/// Sets whether each commit waits for the disk, or only what copies the log back does.
pub(super) fn sync_commits(connection: &Connection, wait: bool) -> Result<(), Error> {
    let how = if wait { "FULL" } else { "NORMAL" };
    connection
        .pragma_update(None, "synchronous", how)
        .map_err(Error::database("set whether commits wait"))
}

fn create(connection: &Connection) -> Result<(), Error> {
    let sql = format!(
        "PRAGMA page_size = {page}; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; \
         BEGIN IMMEDIATE; PRAGMA application_id = {APPLICATION_ID}; {TABLES} \
         INSERT INTO meta (key, value) VALUES ('{META_FORMAT}', CAST('{FORMAT_NEW}' AS BLOB)); COMMIT;",
        page = limits::PAGE_BYTES,
    );
    connection.execute_batch(&sql).map_err(Error::database("create the tables"))
}

/// Refuses a file that is not a journal, or one of another format.
pub(super) fn check(connection: &Connection, path: &Path) -> Result<(), Error> {
    if application_id(connection, path)? != APPLICATION_ID {
        return Err(Error::Foreign { path: path.to_owned() });
    }
    let found: Option<Vec<u8>> = connection
        .query_row("SELECT value FROM meta WHERE key = ?1", [META_FORMAT], |row| row.get(0))
        .optional()
        .map_err(|source| foreign_or(path, "read the format", source))?;
    let found = String::from_utf8_lossy(&found.unwrap_or_default()).into_owned();
    if !(FORMAT_NEW..=FORMAT).any(|known| found == known.to_string()) {
        return Err(Error::Format { found, known: FORMAT });
    }
    Ok(())
}

/// Whether the file was just created, or its creation was cut short before anything was in it.
fn is_blank(connection: &Connection, path: &Path) -> Result<bool, Error> {
    let objects: i64 = connection
        .query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))
        .map_err(|source| foreign_or(path, "read the schema", source))?;
    Ok(objects == 0 && application_id(connection, path)? == 0)
}

fn application_id(connection: &Connection, path: &Path) -> Result<i32, Error> {
    connection
        .query_row("PRAGMA application_id", [], |row| row.get(0))
        .map_err(|source| foreign_or(path, "read the file's mark", source))
}

fn foreign_or(path: &Path, action: &'static str, source: rusqlite::Error) -> Error {
    match source.sqlite_error_code() {
        Some(ErrorCode::NotADatabase) => Error::Foreign { path: path.to_owned() },
        _ => Error::Database { action, source },
    }
}
