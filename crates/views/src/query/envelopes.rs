//! Envelopes: one by its id, and the graph that one belongs to.
//!
//! The graph is walked up the parent edges as far as they go, then down from everything passed on
//! the way, which takes in the whole tree under the root. Only rows that the viewer may see are
//! walked over, so nothing shows through a hidden one. Edges are claims of the senders and may
//! form a ring; each row is visited once.

use hansa_types::{EnvelopeId, PrincipalId, TaskId};
use sqlx::sqlite::SqliteRow;
use sqlx::{QueryBuilder, Sqlite, SqlitePool};

use super::restrict;
use crate::column::{Columns, wide};
use crate::error::Error;
use crate::limits::GRAPH_ENVELOPES_MAX;
use crate::rows::{EnvelopeRow, Viewer};

const SEEN_BY: &[&str] = &["sender", "recipient"];
const SEEN_BY_E: &[&str] = &["e.sender", "e.recipient"];

pub(crate) async fn one(
    pool: &SqlitePool,
    id: EnvelopeId,
    viewer: Viewer,
) -> Result<Option<EnvelopeRow>, Error> {
    let mut builder = QueryBuilder::new("SELECT * FROM envelopes WHERE id = ");
    builder.push_bind(wide(id.0));
    if !restrict(&mut builder, viewer, SEEN_BY) {
        return Ok(None);
    }
    let row = builder.build().fetch_optional(pool).await;
    row.map_err(Error::database("read an envelope"))?.as_ref().map(read).transpose()
}

/// SQLite stops a recursion at the limit inside of it; PostgreSQL knows that limit only outside.
pub(crate) async fn graph(
    pool: &SqlitePool,
    id: EnvelopeId,
    viewer: Viewer,
) -> Result<Vec<EnvelopeRow>, Error> {
    let mut builder = QueryBuilder::new(
        "WITH RECURSIVE up (id, parent) AS (SELECT e.id, e.parent FROM envelopes e WHERE e.id = ",
    );
    builder.push_bind(wide(id.0));
    if !restrict(&mut builder, viewer, SEEN_BY_E) {
        return Ok(Vec::new());
    }
    builder.push(" UNION SELECT e.id, e.parent FROM envelopes e JOIN up ON e.id = up.parent");
    end_recursion(&mut builder, viewer);
    builder.push(", down (id) AS (SELECT id FROM up UNION ");
    builder.push("SELECT e.id FROM envelopes e JOIN down ON e.parent = down.id");
    end_recursion(&mut builder, viewer);
    builder.push(" SELECT * FROM envelopes WHERE id IN (SELECT id FROM down) ORDER BY seq");
    let rows = builder.build().fetch_all(pool).await.map_err(Error::database("read a graph"))?;
    rows.iter().map(read).collect()
}

fn end_recursion(builder: &mut QueryBuilder<Sqlite>, viewer: Viewer) {
    builder.push(" WHERE 1 = 1");
    restrict(builder, viewer, SEEN_BY_E);
    builder.push(" LIMIT ").push_bind(i64::from(GRAPH_ENVELOPES_MAX)).push(")");
}

fn read(row: &SqliteRow) -> Result<EnvelopeRow, Error> {
    let columns = Columns::new("envelopes", row);
    Ok(EnvelopeRow {
        id: columns.wide("id", EnvelopeId)?,
        seq: columns.number("seq")?,
        at: columns.time("at")?,
        kind: columns.text("kind")?.to_owned(),
        verb: columns.maybe_text("verb")?.map(str::to_owned),
        parent: columns.maybe_wide("parent", EnvelopeId)?,
        from: columns.maybe_wide("sender", PrincipalId)?,
        to: columns.maybe_wide("recipient", PrincipalId)?,
        task: columns.maybe_wide("task", TaskId)?,
        document: columns.document("document")?,
    })
}
