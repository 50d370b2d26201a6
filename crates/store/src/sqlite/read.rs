//! The reading half: a small pool of read-only connections.
//!
//! Each question is one statement and so one short read transaction. A scan asks again for every
//! page of rows and visits them with no statement open. A row that cannot be what was written is
//! [`Error::Malformed`]; the rows before it are still visited.

use std::borrow::Cow;
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use hansa_crypto::merkle::empty_root;
use hansa_types::{Digest, PrincipalId, Salt};
use rusqlite::{Connection, ToSql};

use super::{open_reader, to_sql};
use crate::pace::Pace;
use crate::reader::{Head, Reader, Row, VaultRow, Visit, line_at};
use crate::{Error, limits, packed};

/// Reads a journal through connections of its own.
pub(crate) struct SqliteReader {
    path: PathBuf,
    idle: Mutex<Vec<Connection>>,
    idle_max: usize,
    pace: Pace,
}

impl SqliteReader {
    /// Opens the first connection, so that a file that cannot be read is refused at once.
    pub(crate) fn open(path: PathBuf, idle_max: usize, pace: Pace) -> Result<Self, Error> {
        let first = open_reader(&path)?;
        Ok(SqliteReader { path, idle: Mutex::new(vec![first]), idle_max, pace })
    }

    /// Runs `work` on a connection that nobody else uses meanwhile.
    fn with<T>(&self, work: impl FnOnce(&Connection) -> Result<T, Error>) -> Result<T, Error> {
        let pooled = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let connection = pooled.map_or_else(|| open_reader(&self.path), Ok)?;
        let answer = work(&connection)?;
        // A connection that gave an error is dropped, not pooled.
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        if idle.len() < self.idle_max {
            idle.push(connection);
        }
        Ok(answer)
    }

    /// One row or nothing.
    fn one<T>(
        &self,
        action: &'static str,
        sql: &str,
        param: impl ToSql,
        read: impl FnOnce(&rusqlite::Row<'_>) -> Result<T, Error>,
    ) -> Result<Option<T>, Error> {
        self.with(|connection| {
            let failed = || Error::database(action);
            let mut statement = connection.prepare_cached(sql).map_err(failed())?;
            let mut rows = statement.query([param]).map_err(failed())?;
            rows.next().map_err(failed())?.map(read).transpose()
        })
    }

    /// All rows of a bounded statement.
    fn list<T>(
        &self,
        action: &'static str,
        sql: &str,
        params: impl rusqlite::Params,
        mut read: impl FnMut(&rusqlite::Row<'_>) -> Result<T, Error>,
    ) -> Result<Vec<T>, Error> {
        self.with(|connection| {
            let failed = || Error::database(action);
            let mut statement = connection.prepare_cached(sql).map_err(failed())?;
            let mut rows = statement.query(params).map_err(failed())?;
            let mut all = Vec::new();
            while let Some(row) = rows.next().map_err(failed())? {
                all.push(read(row)?);
            }
            Ok(all)
        })
    }

    /// Collects rows from the one that contains `from_seq` on, as many as one page holds.
    fn page(&self, from_seq: u64) -> Result<Page, Error> {
        let sql = "SELECT first_seq, last_seq, prev_chain, chain, root, epoch, leaves, entries \
                   FROM journal WHERE first_seq >= coalesce((SELECT first_seq FROM journal \
                   WHERE first_seq <= ?1 ORDER BY first_seq DESC LIMIT 1), ?1) ORDER BY first_seq";
        self.with(|connection| {
            let failed = || Error::database("scan the journal");
            let mut statement = connection.prepare_cached(sql).map_err(failed())?;
            let mut rows = statement.query([beginning(from_seq)?]).map_err(failed())?;
            let (mut page, mut bytes) = (Page { rows: Vec::new(), end: None }, 0);
            while page.rows.len() < limits::SCAN_PAGE_ROWS && bytes < limits::SCAN_PAGE_BYTES {
                match rows.next().map_err(failed()).and_then(|row| row.map(read_row).transpose()) {
                    Ok(Some(row)) if row.last_seq < from_seq => {}
                    Ok(Some(row)) => {
                        bytes += row.entries.len() + row.leaves.len();
                        page.rows.push(row);
                    }
                    Ok(None) => {
                        page.end = Some(Ok(()));
                        break;
                    }
                    Err(error) => {
                        page.end = Some(Err(error));
                        break;
                    }
                }
            }
            Ok(page)
        })
    }
}

/// What one read transaction of a scan saw.
struct Page {
    rows: Vec<Row>,
    /// How the scan ends behind these rows, when it does.
    end: Option<Result<(), Error>>,
}

impl Reader for SqliteReader {
    fn head(&self) -> Result<Head, Error> {
        let sql = "SELECT first_seq, last_seq, chain, root FROM journal \
                   ORDER BY first_seq DESC LIMIT ?1";
        let head = self.one("read the head", sql, 1, |row| {
            let (first, last_seq) = seqs(row)?;
            let chain = digest(row, 2, first, "chain is not a digest")?;
            Ok(Head { last_seq, chain, root: digest(row, 3, first, "root is not a digest")? })
        })?;
        Ok(head.unwrap_or_else(|| Head { last_seq: 0, chain: Digest::ZERO, root: empty_root() }))
    }

    fn scan(&self, from_seq: u64, visit: &mut dyn FnMut(Row) -> Visit) -> Result<(), Error> {
        let (mut next, mut begun) = (from_seq, false);
        loop {
            // What is made of a page counts as work with the reading of it.
            let end = self.pace.piece(|| {
                let page = self.page(next)?;
                for row in page.rows {
                    // Rows may have become one meanwhile: what was visited is not visited again.
                    let is_visited = begun && row.first_seq < next && next <= row.last_seq;
                    let row = if is_visited { row.behind(next) } else { row };
                    (next, begun) = (row.last_seq.saturating_add(1), true);
                    if let ControlFlow::Break(()) = visit(row)? {
                        return Ok(Some(Ok(())));
                    }
                }
                Ok(page.end)
            })?;
            if let Some(end) = end {
                return end;
            }
        }
    }

    fn entry(&self, seq: u64) -> Result<Option<Vec<u8>>, Error> {
        let sql = "SELECT first_seq, last_seq, entries FROM journal WHERE first_seq <= ?1 \
                   ORDER BY first_seq DESC LIMIT 1";
        let entry = self.one("read an entry", sql, to_sql(seq)?, |row| {
            let (first, last) = seqs(row)?;
            if seq > last {
                return Ok(None);
            }
            let entries = lines(row, 2, first)?;
            Ok(line_at(&entries, seq - first).map(<[u8]>::to_vec))
        })?;
        Ok(entry.flatten())
    }

    fn leaves(&self, from_seq: u64, count: u64) -> Result<Vec<u8>, Error> {
        let sql = "SELECT first_seq, last_seq, leaves FROM journal WHERE first_seq >= coalesce(\
                   (SELECT first_seq FROM journal WHERE first_seq <= ?1 \
                   ORDER BY first_seq DESC LIMIT 1), ?1) ORDER BY first_seq";
        let wanted = usize::try_from(count.saturating_mul(32)).unwrap_or(usize::MAX);
        self.with(|connection| {
            let failed = || Error::database("read leaves");
            let mut statement = connection.prepare_cached(sql).map_err(failed())?;
            let mut rows = statement.query([beginning(from_seq)?]).map_err(failed())?;
            let (mut leaves, mut next) = (Vec::new(), from_seq);
            while leaves.len() < wanted {
                let Some(row) = rows.next().map_err(failed())? else { break };
                let (first, last) = seqs(row)?;
                if last < next {
                    continue;
                }
                let stored = blob(row, 2, first, "leaves is not a blob")?;
                // A gap or a short blob ends what can be answered; verification names the damage.
                if first > next || stored.len() as u64 != (last + 1 - first).saturating_mul(32) {
                    break;
                }
                let skipped = usize::try_from((next - first) * 32).unwrap_or(usize::MAX);
                let stored = stored.get(skipped..).unwrap_or_default();
                leaves.extend_from_slice(&stored[..stored.len().min(wanted - leaves.len())]);
                next = last + 1;
            }
            Ok(leaves)
        })
    }

    fn vault(&self, id: &str) -> Result<Option<VaultRow>, Error> {
        let sql = "SELECT subject, salt, sealed FROM vault WHERE id = ?1";
        self.one("read the vault", sql, id, |row| {
            let failed = || Error::database("read the vault");
            let subject: String = row.get(0).map_err(failed())?;
            let salt = Salt(row.get(1).map_err(failed())?);
            let sealed = row.get(2).map_err(failed())?;
            let subject = subject.parse().map_err(|_| Error::Vault { id: id.to_owned() })?;
            Ok(VaultRow { subject, salt, sealed })
        })
    }

    fn vault_key(&self, subject: PrincipalId) -> Result<Option<Vec<u8>>, Error> {
        let sql = "SELECT wrapped FROM vault_key WHERE subject = ?1";
        self.one("read a wrapped key", sql, subject.to_string(), |row| {
            row.get(0).map_err(Error::database("read a wrapped key"))
        })
    }

    fn vault_ids(&self, subject: PrincipalId, max: usize) -> Result<Vec<String>, Error> {
        let sql = "SELECT id FROM vault WHERE subject = ?1 ORDER BY id LIMIT ?2";
        self.list("list records", sql, (subject.to_string(), to_sql(max as u64)?), |row| {
            row.get(0).map_err(Error::database("list records"))
        })
    }

    fn vault_page(&self, after: &str, max: usize) -> Result<Vec<(String, VaultRow)>, Error> {
        let sql = "SELECT id, subject, salt, sealed FROM vault WHERE id > ?1 ORDER BY id LIMIT ?2";
        let failed = || Error::database("read the vault");
        self.with(|connection| {
            let mut statement = connection.prepare_cached(sql).map_err(failed())?;
            let mut rows = statement.query((after, to_sql(max as u64)?)).map_err(failed())?;
            let (mut page, mut bytes) = (Vec::new(), 0);
            while bytes < limits::VAULT_PAGE_BYTES
                && let Some(row) = rows.next().map_err(failed())?
            {
                let id: String = row.get(0).map_err(failed())?;
                let subject: String = row.get(1).map_err(failed())?;
                let subject = subject.parse().map_err(|_| Error::Vault { id: id.clone() })?;
                let salt = Salt(row.get(2).map_err(failed())?);
                let sealed: Vec<u8> = row.get(3).map_err(failed())?;
                bytes += sealed.len();
                page.push((id, VaultRow { subject, salt, sealed }));
            }
            Ok(page)
        })
    }

    fn vault_keys_page(
        &self,
        after: Option<PrincipalId>,
        max: usize,
    ) -> Result<Vec<(PrincipalId, Vec<u8>)>, Error> {
        let sql = "SELECT subject, wrapped FROM vault_key WHERE subject > ?1 \
                   ORDER BY subject LIMIT ?2";
        let after = after.map_or_else(String::new, |after| after.to_string());
        self.list("read the wrapped keys", sql, (after, to_sql(max as u64)?), |row| {
            let failed = || Error::database("read the wrapped keys");
            let text: String = row.get(0).map_err(failed())?;
            let subject = text.parse().map_err(|_| Error::Vault { id: text.clone() })?;
            Ok((subject, row.get(1).map_err(failed())?))
        })
    }

    fn vault_bytes(&self) -> Result<u64, Error> {
        let sql = "SELECT coalesce(sum(length(sealed)), 0) FROM vault WHERE id > ?1";
        let bytes = self.one("measure the vault", sql, "", |row| integer(row, 0))?;
        Ok(bytes.and_then(|bytes| u64::try_from(bytes).ok()).unwrap_or(0))
    }

    fn checkpoint_latest(&self) -> Result<Option<String>, Error> {
        let sql = "SELECT note FROM checkpoint ORDER BY tree_size DESC LIMIT ?1";
        self.one("read the checkpoint", sql, 1, |row| {
            row.get(0).map_err(Error::database("read the checkpoint"))
        })
    }

    fn meta(&self, key: &str) -> Result<Option<Vec<u8>>, Error> {
        self.one("read a meta value", "SELECT value FROM meta WHERE key = ?1", key, |row| {
            row.get(0).map_err(Error::database("read a meta value"))
        })
    }
}

/// A whole row, in the order of the columns of a scan.
pub(super) fn read_row(row: &rusqlite::Row<'_>) -> Result<Row, Error> {
    let (first_seq, last_seq) = seqs(row)?;
    let malformed = |what| Error::Malformed { first_seq, what };
    Ok(Row {
        first_seq,
        last_seq,
        prev_chain: digest(row, 2, first_seq, "prev_chain is not a digest")?,
        chain: digest(row, 3, first_seq, "chain is not a digest")?,
        root: digest(row, 4, first_seq, "root is not a digest")?,
        epoch: u64::try_from(integer(row, 5)?).map_err(|_| malformed("epoch is negative"))?,
        leaves: blob(row, 6, first_seq, "leaves is not a blob")?.to_vec(),
        entries: lines(row, 7, first_seq)?.into_owned(),
    })
}

/// The lines of a row, which may be packed.
fn lines<'a>(
    row: &'a rusqlite::Row<'_>,
    column: usize,
    first_seq: u64,
) -> Result<Cow<'a, [u8]>, Error> {
    let stored = blob(row, column, first_seq, "entries is not a blob")?;
    packed::unpack(stored).map_err(|what| Error::Malformed { first_seq, what })
}

/// Where a search for the row of an entry begins: before everything for the first, so that a row
/// whose seqs cannot be is found, too.
fn beginning(seq: u64) -> Result<i64, Error> {
    if seq <= 1 { Ok(i64::MIN) } else { to_sql(seq) }
}

/// The first two columns: first and last seq.
fn seqs(row: &rusqlite::Row<'_>) -> Result<(u64, u64), Error> {
    let first = integer(row, 0)?;
    let first_seq = u64::try_from(first).unwrap_or(0);
    let malformed = |what| Error::Malformed { first_seq, what };
    let last = integer(row, 1).map_err(|_| malformed("last_seq is not an integer"))?;
    if first < 1 || last < first {
        return Err(malformed("its seqs are not a range"));
    }
    Ok((first_seq, u64::try_from(last).unwrap_or(first_seq)))
}

fn integer(row: &rusqlite::Row<'_>, column: usize) -> Result<i64, Error> {
    row.get(column).map_err(Error::database("read an integer"))
}

fn blob<'a>(
    row: &'a rusqlite::Row<'_>,
    column: usize,
    first_seq: u64,
    what: &'static str,
) -> Result<&'a [u8], Error> {
    let value = row.get_ref(column).map_err(Error::database("read a blob"))?;
    value.as_blob().map_err(|_| Error::Malformed { first_seq, what })
}

fn digest(
    row: &rusqlite::Row<'_>,
    column: usize,
    first_seq: u64,
    what: &'static str,
) -> Result<Digest, Error> {
    let bytes = blob(row, column, first_seq, what)?;
    bytes.try_into().map(Digest).map_err(|_| Error::Malformed { first_seq, what })
}
