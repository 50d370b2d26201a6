//! Requests that were accepted with a key, for as long as a repetition may come.
//!
//! The state keeps the youngest keys itself. Older ones it knows only perhaps, and then this is
//! where the answer lies.
//!
//! Keys are digests, so an index over them would have a page written for nearly every key. They lie
//! in the order in which they came instead, a row for each batch, and are sorted into buckets once
//! there are many: rows of a span of entries, one for each first byte of a key. Whoever looks for a
//! key reads one bucket of each span.

use hansa_kernel::Entry;
use hansa_kernel::idempotency::split;
use hansa_kernel::limits::IDEMPOTENCY_LIFE;
use hansa_types::Time;
use sqlx::{Row as _, SqliteConnection};

use super::bulk::{Insert, insert};
use crate::column::long;
use crate::error::Error;
use crate::limits::{ACCEPTED_PRUNED_MAX, ACCEPTED_RECENT_ENTRIES};

/// Buckets of a span, which keys are sorted into by their first byte.
const BUCKETS: usize = 256;

const BATCH: Insert = Insert { head: "INSERT INTO accepted_recent (seq, at, records) ", tail: "" };
const BUCKET: Insert = Insert { head: "INSERT INTO accepted_buckets (id, at, records) ", tail: "" };

/// A key that was used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Record {
    pub(crate) key: u128,
    /// The digest of the request's body.
    pub(crate) body: u64,
    /// The first entry of the accepted request.
    pub(crate) seq: u64,
}

impl Record {
    const BYTES: usize = 32;

    fn write(&self, to: &mut Vec<u8>) {
        to.extend_from_slice(&self.key.to_be_bytes());
        to.extend_from_slice(&self.body.to_be_bytes());
        to.extend_from_slice(&self.seq.to_be_bytes());
    }

    /// The records of a row; `None` when it holds something else.
    pub(crate) fn all(bytes: &[u8]) -> Option<impl Iterator<Item = Record>> {
        let (records, rest) = bytes.as_chunks::<{ Self::BYTES }>();
        let read = |record: &[u8; Self::BYTES]| {
            let (key, rest) = record.split_first_chunk()?;
            let (body, seq) = rest.split_first_chunk()?;
            let (body, seq) = (u64::from_be_bytes(*body), seq.first_chunk()?);
            let seq = u64::from_be_bytes(*seq);
            Some(Record { key: u128::from_be_bytes(*key), body, seq })
        };
        rest.is_empty().then(|| records.iter().filter_map(read))
    }

    /// The bucket of a key.
    pub(crate) fn bucket(key: u128) -> usize {
        usize::from(key.to_be_bytes()[0])
    }
}

/// The keys of a batch, in order.
#[derive(Debug, Default)]
pub(super) struct Accepted {
    records: Vec<Record>,
    last_at: Time,
}

impl Accepted {
    pub(super) fn entry(&mut self, entry: &Entry) {
        if let Some(corr) = &entry.corr {
            let (key, body) = split(corr);
            self.records.push(Record { key, body, seq: entry.seq });
            self.last_at = entry.ts;
        }
    }

    pub(super) async fn store(&self, connection: &mut SqliteConnection) -> Result<(), Error> {
        let (Some(first), Some(last)) = (self.records.first(), self.records.last()) else {
            return Ok(());
        };
        let mut bytes = Vec::with_capacity(self.records.len() * Record::BYTES);
        self.records.iter().for_each(|record| record.write(&mut bytes));
        let row = (first.seq, self.last_at, bytes);
        insert(connection, BATCH, &[row], |values, (seq, at, bytes)| {
            values.push_bind(long(*seq));
            values.push_bind(long(at.0));
            values.push_bind(bytes.clone());
        })
        .await?;
        sort_into_buckets(connection, last.seq).await?;
        let over = self.last_at.before(IDEMPOTENCY_LIFE);
        forget_batches(connection, over).await?;
        forget_span(connection, over).await
    }
}

/// Sorts what came in order into buckets once it is a span of entries.
async fn sort_into_buckets(connection: &mut SqliteConnection, last_seq: u64) -> Result<(), Error> {
    let Some((first_seq, _)) = oldest_batch(connection).await? else { return Ok(()) };
    if long(last_seq) - first_seq < ACCEPTED_RECENT_ENTRIES {
        return Ok(());
    }
    let batches = sqlx::query("SELECT at, records FROM accepted_recent ORDER BY seq")
        .fetch_all(&mut *connection)
        .await
        .map_err(Error::database("read the youngest keys"))?;
    let mut buckets: Vec<Vec<u8>> = vec![Vec::new(); BUCKETS];
    let mut last_at = 0;
    for batch in batches {
        last_at = batch.get::<i64, _>("at");
        let malformed = Error::Malformed { table: "accepted_recent", column: "records" };
        for record in Record::all(batch.get("records")).ok_or(malformed)? {
            record.write(&mut buckets[Record::bucket(record.key)]);
        }
    }
    // Spans are this many entries or more, so the numbers of no two of them are the same.
    let span = first_seq / ACCEPTED_RECENT_ENTRIES * long(BUCKETS as u64);
    let rows: Vec<_> = (span..).zip(buckets).filter(|(_, bytes)| !bytes.is_empty()).collect();
    insert(connection, BUCKET, &rows, |values, (id, bytes)| {
        values.push_bind(*id);
        values.push_bind(last_at);
        values.push_bind(bytes.clone());
    })
    .await?;
    sqlx::query("DELETE FROM accepted_recent")
        .execute(connection)
        .await
        .map(|_| ())
        .map_err(Error::database("move the youngest keys"))
}

/// The first entry of the oldest batch, and when its youngest key was used.
async fn oldest_batch(connection: &mut SqliteConnection) -> Result<Option<(i64, i64)>, Error> {
    let oldest = sqlx::query("SELECT seq, at FROM accepted_recent ORDER BY seq LIMIT 1")
        .fetch_optional(connection)
        .await
        .map_err(Error::database("find the oldest of the youngest keys"))?;
    Ok(oldest.map(|row| (row.get("seq"), row.get("at"))))
}

/// Lets go of the oldest batches that are over, a bounded number at a time.
async fn forget_batches(connection: &mut SqliteConnection, over: Time) -> Result<(), Error> {
    let Some((seq, at)) = oldest_batch(connection).await? else { return Ok(()) };
    if at > long(over.0) {
        return Ok(());
    }
    sqlx::query("DELETE FROM accepted_recent WHERE seq <= $1 AND at <= $2")
        .bind(seq.saturating_add(ACCEPTED_PRUNED_MAX))
        .bind(long(over.0))
        .execute(connection)
        .await
        .map(|_| ())
        .map_err(Error::database("let go of old keys"))
}

/// Lets go of the oldest span when its youngest key is over.
async fn forget_span(connection: &mut SqliteConnection, over: Time) -> Result<(), Error> {
    let oldest = sqlx::query("SELECT id, at FROM accepted_buckets ORDER BY id LIMIT 1")
        .fetch_optional(&mut *connection)
        .await
        .map_err(Error::database("find the oldest span of keys"))?;
    let Some(oldest) = oldest else { return Ok(()) };
    let (id, at): (i64, i64) = (oldest.get("id"), oldest.get("at"));
    if at > long(over.0) {
        return Ok(());
    }
    let buckets = long(BUCKETS as u64);
    sqlx::query("DELETE FROM accepted_buckets WHERE id < $1")
        .bind((id / buckets + 1) * buckets)
        .execute(connection)
        .await
        .map(|_| ())
        .map_err(Error::database("let go of a span of keys"))
}
