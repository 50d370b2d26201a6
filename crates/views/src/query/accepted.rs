//! Whether a request with a key was accepted, and as which entry.

use sqlx::{Row as _, SqlitePool};

use crate::column::wide;
use crate::error::Error;

/// The seq of the first entry and the digest of the body; the latest use of a key counts.
pub(crate) async fn find(pool: &SqlitePool, key: u128) -> Result<Option<(u64, u64)>, Error> {
    let found =
        sqlx::query("SELECT seq, body FROM accepted WHERE key = $1 ORDER BY seq DESC LIMIT 1")
            .bind(wide(key))
            .fetch_optional(pool)
            .await
            .map_err(Error::database("look a key up"))?;
    let Some(row) = found else { return Ok(None) };
    let malformed = |column| Error::Malformed { table: "accepted", column };
    let seq = u64::try_from(row.get::<i64, _>("seq")).map_err(|_| malformed("seq"))?;
    let body: [u8; 8] = row.get::<Vec<u8>, _>("body").try_into().map_err(|_| malformed("body"))?;
    Ok(Some((seq, u64::from_be_bytes(body))))
}
