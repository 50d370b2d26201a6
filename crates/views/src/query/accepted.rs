//! Whether a request with a key was accepted, and as which entry.

use sqlx::sqlite::SqliteRow;
use sqlx::{Row as _, SqlitePool};

use crate::column::long;
use crate::error::Error;
use crate::project::accepted::Record;

/// One bucket of the 256 of each span: a look-up by id for each, for the rows between are many and
/// long.
const BUCKETS: &str = "WITH RECURSIVE places (id) AS (
        SELECT (SELECT MIN(id) FROM accepted_buckets) / 256 * 256 + $1
        UNION ALL
        SELECT id + 256 FROM places WHERE id + 256 <= (SELECT MAX(id) FROM accepted_buckets)
    )
    SELECT records FROM places CROSS JOIN accepted_buckets USING (id)";

/// The seq of the first entry and the digest of the body; the latest use of a key counts.
pub(crate) async fn find(pool: &SqlitePool, key: u128) -> Result<Option<(u64, u64)>, Error> {
    let failed = || Error::database("look a key up");
    // One transaction: what is in order now may be in a bucket then.
    let mut reading = pool.begin().await.map_err(failed())?;
    let recent = sqlx::query("SELECT records FROM accepted_recent").fetch_all(&mut *reading).await;
    if let Some(found) = latest(&recent.map_err(failed())?, key)? {
        return Ok(Some(found));
    }
    let bucket = long(Record::bucket(key) as u64);
    let buckets = sqlx::query(BUCKETS).bind(bucket).fetch_all(&mut *reading).await;
    latest(&buckets.map_err(failed())?, key)
}

fn latest(rows: &[SqliteRow], key: u128) -> Result<Option<(u64, u64)>, Error> {
    let malformed = || Error::Malformed { table: "accepted", column: "records" };
    let mut latest = None;
    for row in rows {
        let records = Record::all(row.get("records")).ok_or_else(malformed)?;
        let uses = records.filter(|record| record.key == key);
        latest = latest.max(uses.map(|record| (record.seq, record.body)).max());
    }
    Ok(latest)
}
