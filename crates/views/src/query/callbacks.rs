//! Callbacks, newest first, for who asked for them.

use hansa_types::{AnyId, PrincipalId};
use sqlx::SqlitePool;
use sqlx::sqlite::SqliteRow;

use super::list::{Branches, Guide, List};
use crate::column::{Columns, Word as _};
use crate::error::Error;
use crate::rows::{CallbackEnd, CallbackFilter, CallbackRow, Page, PageQuery, Viewer};

const TABLE: &str = "callbacks";

pub(crate) async fn list(
    pool: &SqlitePool,
    filter: CallbackFilter,
    page: PageQuery,
    viewer: Viewer,
) -> Result<Page<CallbackRow>, Error> {
    let conditions = |builder: &mut sqlx::QueryBuilder<sqlx::Sqlite>, guide: Guide| match filter {
        CallbackFilter::All => {}
        CallbackFilter::Open => {
            builder.push(" AND ended_at IS NULL");
        }
        CallbackFilter::Ended(delivery) => {
            builder.push(" AND ").push(guide.column("delivery")).push(" = ");
            builder.push_bind(delivery.word());
        }
    };
    let branches = Branches::of_one("asker", viewer);
    let list = List { table: TABLE, branches, filter: &conditions, read, seq: |row| row.seq };
    list.page(pool, page).await
}

fn read(row: &SqliteRow) -> Result<CallbackRow, Error> {
    let columns = Columns::new(TABLE, row);
    let subject = columns.text("subject")?.parse::<AnyId>();
    let ended = match columns.maybe_time("ended_at")? {
        Some(at) => Some(CallbackEnd {
            at,
            delivery: columns.word("delivery")?,
            tries: columns.small("tries")?,
            status: columns.maybe_number("status")?.and_then(|status| u16::try_from(status).ok()),
        }),
        None => None,
    };
    Ok(CallbackRow {
        seq: columns.number("seq")?,
        at: columns.time("at")?,
        subject: subject.map_err(|_| Error::Malformed { table: TABLE, column: "subject" })?,
        by: columns.wide("asker", PrincipalId)?,
        ended,
    })
}
