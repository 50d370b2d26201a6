//! Sealing: many old rows become one, with their lines compressed.
//!
//! Leaves stay as they are, so proofs read what they always read; the chain before the first entry
//! and chain and root after the last are those of the first and the last row. A range is sealed by one
//! transaction, in order from the first entry on, and only after its rows were verified, so damage is
//! never sealed in. It happens when things are quiet, and beside commits no more often than its pace.
//!
//! The first range raises the file's format: a release that does not know ranges refuses the file.

use std::time::Instant;

use hansa_crypto::chain;
use hansa_crypto::merkle::leaf_hash;
use hansa_types::Digest;
use rusqlite::{Connection, OptionalExtension as _, params};

use super::commit::Sink;
use super::read::read_row;
use super::{schema, to_sql};
use crate::reader::{Row, split_line};
use crate::store::Sealing;
use crate::{Batch, Error, crash, limits, packed};

/// Key in `meta` of the last entry that is sealed.
const META_SEALED: &str = "sealed_seq";

/// What is known about sealing.
pub(super) struct Sealer {
    options: Sealing,
    /// The last entry that is sealed.
    sealed_seq: u64,
    /// When the next range may be looked for beside commits.
    next_at: Option<Instant>,
}

/// Rows that will be one.
#[derive(Clone, Copy)]
struct Range {
    first_seq: u64,
    last_seq: u64,
    rows: usize,
}

impl Sealer {
    /// Goes on where the file says.
    pub(super) fn new(connection: &Connection, options: Sealing) -> Result<Self, Error> {
        let found: Option<Vec<u8>> = connection
            .query_row("SELECT value FROM meta WHERE key = ?1", [META_SEALED], |row| row.get(0))
            .optional()
            .map_err(Error::database("read how far the journal is sealed"))?;
        let text = found.as_deref().and_then(|found| std::str::from_utf8(found).ok());
        let sealed_seq = text.and_then(|text| text.parse().ok()).unwrap_or(0);
        Ok(Self { options, sealed_seq, next_at: None })
    }

    pub(super) fn sealed_to(&mut self, seq: u64) {
        self.sealed_seq = seq;
    }

    pub(super) fn sealed_seq(&self) -> u64 {
        self.sealed_seq
    }

    /// The next range, once it is whole and lies far enough behind the end.
    fn next(&self, connection: &Connection, head_seq: u64) -> Result<Option<Range>, Error> {
        let until = head_seq.saturating_sub(self.options.behind_entries);
        if until <= self.sealed_seq { Ok(None) } else { self.gather(connection, until) }
    }

    /// Rows up to `until` that fill a range. Asks for lengths alone, which reads no entries.
    fn gather(&self, connection: &Connection, until: u64) -> Result<Option<Range>, Error> {
        let failed = || Error::database("find what to seal");
        let sql = "SELECT first_seq, last_seq, epoch, length(entries) FROM journal \
                   WHERE first_seq > ?1 ORDER BY first_seq";
        let mut statement = connection.prepare_cached(sql).map_err(failed())?;
        let mut rows = statement.query([to_sql(self.sealed_seq)?]).map_err(failed())?;
        let mut range: Option<(Range, i64)> = None;
        let mut bytes = 0;
        while let Some(row) = rows.next().map_err(failed())? {
            let number = |column| row.get::<_, i64>(column).map_err(failed());
            let (first, last, epoch, length) = (number(0)?, number(1)?, number(2)?, number(3)?);
            let seq = |number: i64| u64::try_from(number).unwrap_or(0);
            if seq(last) > until {
                return Ok(None);
            }
            bytes += seq(length);
            match &mut range {
                // What fits no more, or was written by another holder, begins the next range.
                Some((range, of)) if *of != epoch || bytes > self.options.range_bytes => {
                    return Ok(Some(*range));
                }
                Some((range, _)) => (range.last_seq, range.rows) = (seq(last), range.rows + 1),
                None => {
                    let only = Range { first_seq: seq(first), last_seq: seq(last), rows: 1 };
                    range = Some((only, epoch));
                }
            }
        }
        Ok(None)
    }
}

impl Sink {
    /// Seals the next range if there is one and this is the time; `true` when one was sealed.
    #[allow(clippy::disallowed_methods, reason = "the pace of housekeeping decides nothing")]
    pub(super) fn seal(&mut self, idle: bool) -> Result<bool, Error> {
        let Some(sealer) = &mut self.sealer else { return Ok(false) };
        let now = Instant::now();
        if !idle && sealer.next_at.is_some_and(|at| now < at) {
            return Ok(false);
        }
        sealer.next_at = Some(now + sealer.options.pace);
        let Some(range) = sealer.next(&self.connection, self.last_seq)? else { return Ok(false) };
        let rows = self.rows(&range)?;
        let (batch, epoch, bytes) = joined(rows)?;
        self.transaction(|sink| sink.replace(&range, &batch, epoch))?;
        crash::point("after_seal");
        self.sealed(range.last_seq, batch.entries.len() as u64, bytes);
        Ok(true)
    }

    fn rows(&self, range: &Range) -> Result<Vec<Row>, Error> {
        let failed = || Error::database("read what to seal");
        let sql = "SELECT first_seq, last_seq, prev_chain, chain, root, epoch, leaves, entries \
                   FROM journal WHERE first_seq BETWEEN ?1 AND ?2 ORDER BY first_seq";
        let mut statement = self.connection.prepare_cached(sql).map_err(failed())?;
        let mut rows = statement
            .query([to_sql(range.first_seq)?, to_sql(range.last_seq)?])
            .map_err(failed())?;
        let mut all = Vec::with_capacity(range.rows);
        while let Some(row) = rows.next().map_err(failed())? {
            all.push(read_row(row)?);
        }
        Ok(all)
    }

    fn replace(&self, range: &Range, batch: &Batch, epoch: u64) -> Result<(), Error> {
        let bounds = [to_sql(range.first_seq)?, to_sql(range.last_seq)?];
        let sql = "DELETE FROM journal WHERE first_seq BETWEEN ?1 AND ?2";
        self.execute("take the rows of a range out", sql, bounds)?;
        if self.connection.changes() != range.rows as u64 {
            return Err(Error::Inconsistent {
                first_seq: range.first_seq,
                what: "its rows are not those that were read",
            });
        }
        crash::point("before_seal");
        self.write_row(batch, epoch)?;
        let keep = "INSERT OR REPLACE INTO meta (key, value) VALUES (?1, ?2)";
        let sealed = range.last_seq.to_string().into_bytes();
        self.execute("keep how far it is sealed", keep, params![META_SEALED, sealed])?;
        let format = schema::FORMAT.to_string().into_bytes();
        self.execute("raise the format", keep, params![schema::META_FORMAT, format])
    }
}

/// The rows as one, verified. Answers its epoch and how many bytes its lines have, too.
fn joined(rows: Vec<Row>) -> Result<(Batch, u64, u64), Error> {
    let mut batch = Batch::default();
    let mut epoch = 0;
    for (number, row) in rows.into_iter().enumerate() {
        if number == 0 {
            (batch.first_seq, batch.prev_chain, batch.chain) =
                (row.first_seq, row.prev_chain, row.prev_chain);
            epoch = row.epoch;
        } else if row.first_seq != batch.last_seq + 1 {
            return Err(damaged(row.first_seq, "it does not follow the row before it"));
        }
        if row.prev_chain != batch.chain || followed(&row)? != row.chain {
            return Err(damaged(row.first_seq, "its entries do not lead to its chain"));
        }
        (batch.last_seq, batch.chain, batch.root) = (row.last_seq, row.chain, row.root);
        batch.leaves.extend_from_slice(&row.leaves);
        batch.entries.extend_from_slice(&row.entries);
    }
    let bytes = batch.entries.len() as u64;
    if bytes <= limits::SEALED_BYTES_MAX {
        let frame = packed::pack(&batch.entries)
            .map_err(|_| damaged(batch.first_seq, "its entries cannot be compressed"))?;
        let is_whole = packed::unpack(&frame).is_ok_and(|lines| lines == batch.entries);
        if !is_whole {
            return Err(damaged(batch.first_seq, "its entries do not come back from compression"));
        }
        if frame.len() < batch.entries.len() {
            batch.entries = frame;
        }
    }
    Ok((batch, epoch, bytes))
}

/// The chain that a row's lines lead to, if they are the ones that its leaves name.
fn followed(row: &Row) -> Result<Digest, Error> {
    let (mut lines, mut found) = (row.entries.as_slice(), row.prev_chain);
    let (leaves, rest) = row.leaves.as_chunks::<32>();
    let count = (row.last_seq - row.first_seq).saturating_add(1);
    for leaf in leaves {
        let (line, behind) = split_line(lines).unwrap_or_default();
        let hashed = leaf_hash(line);
        if hashed.0 != *leaf {
            return Err(damaged(row.first_seq, "its entries do not hash to its leaves"));
        }
        (lines, found) = (behind, chain::next(&found, &hashed));
    }
    match leaves.len() as u64 == count && rest.is_empty() && lines.is_empty() {
        true => Ok(found),
        false => Err(damaged(row.first_seq, "it has not one leaf for each entry")),
    }
}

fn damaged(first_seq: u64, what: &'static str) -> Error {
    Error::Malformed { first_seq, what }
}
