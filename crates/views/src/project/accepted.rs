//! Requests that were accepted with a key, for as long as a repetition may come.
//!
//! The state keeps the youngest keys itself. Older ones it knows only perhaps, and then this is
//! where the answer lies.

use hansa_kernel::Entry;
use hansa_kernel::idempotency::split;
use hansa_kernel::limits::IDEMPOTENCY_LIFE;
use hansa_types::Time;
use sqlx::{Row as _, SqliteConnection};

use super::bulk::{Insert, insert};
use crate::column::{long, wide};
use crate::error::Error;
use crate::limits::ACCEPTED_PRUNED_MAX;

const INSERT: Insert = Insert { head: "INSERT INTO accepted (seq, key, body, at) ", tail: "" };

/// The keys of a batch, in order.
#[derive(Debug, Default)]
pub(super) struct Accepted(Vec<(u64, u128, u64, Time)>);

impl Accepted {
    pub(super) fn entry(&mut self, entry: &Entry) {
        if let Some(corr) = &entry.corr {
            let (key, body) = split(corr);
            self.0.push((entry.seq, key, body, entry.ts));
        }
    }

    pub(super) async fn store(&self, connection: &mut SqliteConnection) -> Result<(), Error> {
        let Some(&(.., now)) = self.0.last() else { return Ok(()) };
        insert(connection, INSERT, &self.0, |values, &(seq, key, body, at)| {
            values.push_bind(long(seq));
            values.push_bind(wide(key));
            values.push_bind(body.to_be_bytes().to_vec());
            values.push_bind(long(at.0));
        })
        .await?;
        forget(connection, now.before(IDEMPOTENCY_LIFE)).await
    }
}

/// Lets go of the oldest keys that are over, a bounded number at a time.
async fn forget(connection: &mut SqliteConnection, over: Time) -> Result<(), Error> {
    let oldest = sqlx::query("SELECT seq, at FROM accepted ORDER BY seq LIMIT 1")
        .fetch_one(&mut *connection)
        .await
        .map_err(Error::database("find the oldest key"))?;
    let (seq, at): (i64, i64) = (oldest.get("seq"), oldest.get("at"));
    if at > long(over.0) {
        return Ok(());
    }
    sqlx::query("DELETE FROM accepted WHERE seq <= $1 AND at <= $2")
        .bind(seq.saturating_add(ACCEPTED_PRUNED_MAX))
        .bind(long(over.0))
        .execute(connection)
        .await
        .map(|_| ())
        .map_err(Error::database("let go of old keys"))
}
