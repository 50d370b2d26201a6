//! Letting go of rows by age, where the operator wants lists that end.
//!
//! What is still open stays however old it is, and with a task its envelopes and its money. Rows that
//! go are overwritten, like everything deleted here, and so are the texts of their envelopes. The
//! journal has it all: read models that are made anew have them again until they are let go of.
//!
//! Deliberately absent: principals, keys, grants, reputations and the index of what belongs to a task,
//! on which authority, discovery and reports rest.

use hansa_kernel::task::Stage;
use hansa_types::Time;
use sqlx::{Connection as _, QueryBuilder, Sqlite, SqliteConnection};

use crate::accounts;
use crate::column::{Word as _, long};
use crate::error::Error;
use crate::limits::FORGOTTEN_ROWS_MAX;

/// What goes: everything up to an entry that was over by a moment.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Over {
    pub(crate) seq: u64,
    pub(crate) before: Time,
}

/// Stages of a task in which nothing more happens, once the time for ratings is over.
const ENDED: [Stage; 4] = [Stage::Settled, Stage::Rejected, Stage::Revoked, Stage::Expired];

/// Lets go of a bounded number of rows of each table, all or none. Returns how many went.
pub(crate) async fn forget(connection: &mut SqliteConnection, over: Over) -> Result<u64, Error> {
    let failed = || Error::database("let go of old rows");
    let mut transaction = connection.begin().await.map_err(failed())?;
    // Tasks first: what belongs to one goes with it.
    let mut rows = run(&mut transaction, tasks(over)).await?;
    run(&mut transaction, transfers(accounts::TAKE_OUT, over)).await?;
    let transfers = transfers("DELETE FROM transfers", over);
    for statement in [envelopes(over), transfers, differences(over), callbacks(over)] {
        rows += run(&mut transaction, statement).await?;
    }
    sqlx::query("UPDATE api_keys SET used_at = NULL WHERE used_at <= $1")
        .bind(long(over.before.0))
        .execute(&mut *transaction)
        .await
        .map_err(failed())?;
    transaction.commit().await.map_err(failed())?;
    Ok(rows)
}

/// Runs a statement, and says how many rows went.
async fn run(
    connection: &mut SqliteConnection,
    mut statement: QueryBuilder<Sqlite>,
) -> Result<u64, Error> {
    let done = statement.build().execute(connection).await;
    Ok(done.map_err(Error::database("let go of old rows"))?.rows_affected())
}

/// The oldest rows of a table up to an entry, behind what is done to them; conditions follow.
fn oldest(head: &'static str, table: &'static str, over: Over) -> QueryBuilder<Sqlite> {
    let mut builder = QueryBuilder::new(head);
    builder.push(" WHERE seq IN (SELECT seq FROM ").push(table).push(" WHERE seq <= ");
    builder.push_bind(long(over.seq));
    builder
}

fn up_to(mut builder: QueryBuilder<Sqlite>) -> QueryBuilder<Sqlite> {
    builder.push(" ORDER BY seq LIMIT ").push_bind(FORGOTTEN_ROWS_MAX).push(")");
    builder
}

fn tasks(over: Over) -> QueryBuilder<Sqlite> {
    let mut builder = oldest("DELETE FROM tasks", "tasks", over);
    builder.push(" AND updated_at <= ").push_bind(long(over.before.0)).push(" AND stage IN (");
    let mut words = builder.separated(", ");
    for stage in ENDED {
        words.push_bind(stage.word());
    }
    builder.push(")");
    up_to(builder)
}

fn envelopes(over: Over) -> QueryBuilder<Sqlite> {
    let mut builder = oldest("DELETE FROM envelopes", "envelopes", over);
    builder.push(" AND NOT EXISTS (SELECT 1 FROM tasks WHERE tasks.id = envelopes.task)");
    up_to(builder)
}

/// A hold was over when it expired, if not before.
fn transfers(head: &'static str, over: Over) -> QueryBuilder<Sqlite> {
    let mut builder = oldest(head, "transfers", over);
    builder.push(" AND state <> 'pending' AND (expires IS NULL OR expires <= ");
    builder.push_bind(long(over.before.0));
    builder.push(") AND NOT EXISTS (SELECT 1 FROM tasks WHERE tasks.id = transfers.task)");
    up_to(builder)
}

fn differences(over: Over) -> QueryBuilder<Sqlite> {
    up_to(oldest("DELETE FROM policy_differences", "policy_differences", over))
}

fn callbacks(over: Over) -> QueryBuilder<Sqlite> {
    let mut builder = oldest("DELETE FROM callbacks", "callbacks", over);
    builder.push(" AND ended_at <= ").push_bind(long(over.before.0));
    up_to(builder)
}
