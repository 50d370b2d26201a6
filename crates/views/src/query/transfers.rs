//! Transfers: one by its id, and lists by account, currency, state, kind and task.

use hansa_types::{GrantId, PrincipalId, TaskId, TransferId};
use sqlx::sqlite::SqliteRow;
use sqlx::{QueryBuilder, Sqlite, SqlitePool};

use super::list::{Guide, List, Sides, one_more, page, rows_wanted};
use super::restrict;
use crate::accounts;
use crate::column::{Columns, Word as _, wide};
use crate::cursor::Cursor;
use crate::error::Error;
use crate::rows::{
    Page, PageQuery, TransferFilter, TransferKind, TransferRow, TransferState, Viewer,
};

const SIDES: Sides = Sides { two: ["payer", "payee"], other: Some("other") };
const SEEN_BY: &[&str] = &["payer", "payee", "other"];

pub(crate) async fn one(
    pool: &SqlitePool,
    id: TransferId,
    viewer: Viewer,
) -> Result<Option<TransferRow>, Error> {
    let mut builder = QueryBuilder::new("SELECT * FROM transfers WHERE id = ");
    builder.push_bind(wide(id.0));
    if !restrict(&mut builder, viewer, SEEN_BY) {
        return Ok(None);
    }
    let row = builder.build().fetch_optional(pool).await;
    row.map_err(Error::database("read a transfer"))?.as_ref().map(read).transpose()
}

pub(crate) async fn list(
    pool: &SqlitePool,
    filter: &TransferFilter,
    query: PageQuery,
    viewer: Viewer,
) -> Result<Page<TransferRow>, Error> {
    let open = filter.state.is_some_and(|state| state != TransferState::Posted);
    let expression = accounts::expression(filter.account, viewer).filter(|_| !open);
    if let Some(expression) = expression {
        return found(pool, expression, filter, query).await;
    }
    let list = List {
        table: "transfers",
        branches: SIDES.branches(filter.account, viewer),
        filter: &|builder, guide| push_filter(builder, filter, guide),
        read,
        seq: |row: &TransferRow| row.seq,
    };
    list.page(pool, query).await
}

/// The page of those whose accounts match.
async fn found(
    pool: &SqlitePool,
    expression: String,
    filter: &TransferFilter,
    query: PageQuery,
) -> Result<Page<TransferRow>, Error> {
    let after = query.after.map(Cursor::seq).transpose()?;
    let wanted = rows_wanted(query);
    let mut builder = QueryBuilder::new(accounts::FOUND);
    builder.push_bind(expression);
    builder.push(accounts::BEFORE).push_bind(after.unwrap_or(i64::MAX));
    push_filter(&mut builder, filter, Guide::Side);
    builder.push(accounts::NEWEST).push_bind(one_more(wanted));
    let rows = builder.build().fetch_all(pool).await;
    let rows = rows.map_err(Error::database("read the transfers of an account"))?;
    let items = rows.iter().map(read).collect::<Result<Vec<_>, Error>>()?;
    Ok(page(items, wanted, |row| Cursor::at_seq(row.seq)))
}

/// Conditions that name the part of the table an index is over are written out rather than bound,
/// because the index serves only a query that says so.
fn push_filter(builder: &mut QueryBuilder<Sqlite>, filter: &TransferFilter, guide: Guide) {
    if let Some(currency) = filter.currency {
        builder.push(" AND ").push(guide.column("currency")).push(" = ");
        builder.push_bind(currency.as_str().to_owned());
    }
    if let Some(state) = filter.state {
        builder.push(" AND ").push(guide.column("state")).push(" = ").push_bind(state.word());
        builder.push(if state == TransferState::Posted { "" } else { " AND state <> 'posted'" });
    }
    if let Some(kind) = filter.kind {
        builder.push(" AND ").push(guide.column("kind")).push(" = ").push_bind(kind.word());
        builder.push(if kind == TransferKind::Transfer { "" } else { " AND kind <> 'transfer'" });
    }
    if let Some(task) = filter.task {
        builder.push(" AND task = ").push_bind(wide(task.0));
    }
}

pub(crate) fn read(row: &SqliteRow) -> Result<TransferRow, Error> {
    let columns = Columns::new("transfers", row);
    Ok(TransferRow {
        id: columns.wide("id", TransferId)?,
        seq: columns.number("seq")?,
        at: columns.time("at")?,
        state: columns.word("state")?,
        kind: columns.word("kind")?,
        from: columns.maybe_wide("payer", PrincipalId)?,
        to: columns.maybe_wide("payee", PrincipalId)?,
        amount: columns.amount("amount")?,
        currency: columns.code("currency")?,
        fee: columns.amount("fee")?,
        posted_amount: columns.maybe_amount("posted")?,
        voided_amount: columns.maybe_amount("voided")?,
        of: columns.maybe_wide("part_of", TransferId)?,
        task: columns.maybe_wide("task", TaskId)?,
        expires: columns.maybe_time("expires")?,
        grant: columns.maybe_wide("under", GrantId)?,
    })
}
