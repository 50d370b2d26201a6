//! Which entries belong to a task, and to an action of it.

use hansa_types::{ActionId, PrincipalId, TaskId};
use sqlx::{Row as _, SqlitePool};

use crate::column::wide;
use crate::error::Error;
use crate::limits::RECORDS_MAX;

/// The entries of a task in order, at most [`RECORDS_MAX`].
pub(crate) async fn of_task(pool: &SqlitePool, task: TaskId) -> Result<Vec<u64>, Error> {
    let query = "SELECT seq FROM records WHERE task = $1 ORDER BY seq LIMIT $2";
    read(pool, query, task.0).await
}

/// The entries of an action in order.
pub(crate) async fn of_action(pool: &SqlitePool, action: ActionId) -> Result<Vec<u64>, Error> {
    let query = "SELECT seq FROM records WHERE thread = $1 ORDER BY seq LIMIT $2";
    read(pool, query, action.0).await
}

async fn read(pool: &SqlitePool, query: &'static str, id: u128) -> Result<Vec<u64>, Error> {
    let rows = sqlx::query(query).bind(wide(id)).bind(RECORDS_MAX).fetch_all(pool).await;
    let rows = rows.map_err(Error::database("read the record of a task"))?;
    let seq = |row: &sqlx::sqlite::SqliteRow| u64::try_from(row.get::<i64, _>("seq"));
    let seqs: Result<Vec<u64>, _> = rows.iter().map(seq).collect();
    seqs.map_err(|_| Error::Malformed { table: "records", column: "seq" })
}

/// Whether a principal did anything in a task.
pub(crate) async fn acted(
    pool: &SqlitePool,
    task: TaskId,
    actor: PrincipalId,
) -> Result<bool, Error> {
    let found = sqlx::query("SELECT seq FROM records WHERE task = $1 AND actor = $2 LIMIT 1")
        .bind(wide(task.0))
        .bind(wide(actor.0))
        .fetch_optional(pool)
        .await;
    found.map(|row| row.is_some()).map_err(Error::database("look for a part in a task"))
}
