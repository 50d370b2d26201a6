//! Grants: one by its id, and lists by who gave or holds them.

use hansa_types::{GrantId, PrincipalId};
use sqlx::sqlite::SqliteRow;
use sqlx::{QueryBuilder, SqlitePool};

use super::list::{List, Sides};
use super::restrict;
use crate::column::{Columns, wide};
use crate::error::Error;
use crate::rows::{GrantFilter, GrantRow, Page, PageQuery, Viewer};

const SIDES: Sides = Sides { two: ["issuer", "holder"], other: None };
const SEEN_BY: &[&str] = &["issuer", "holder", "root"];

pub(crate) async fn one(
    pool: &SqlitePool,
    id: GrantId,
    viewer: Viewer,
) -> Result<Option<GrantRow>, Error> {
    let mut builder = QueryBuilder::new("SELECT * FROM grants WHERE id = ");
    builder.push_bind(wide(id.0));
    if !restrict(&mut builder, viewer, SEEN_BY) {
        return Ok(None);
    }
    let row = builder.build().fetch_optional(pool).await;
    row.map_err(Error::database("read a grant"))?.as_ref().map(read).transpose()
}

pub(crate) async fn list(
    pool: &SqlitePool,
    party: PrincipalId,
    wanted: GrantFilter,
    page: PageQuery,
) -> Result<Page<GrantRow>, Error> {
    let viewer = Viewer { principal: Some(party), all: false };
    let list = List {
        table: "grants",
        branches: SIDES.branches(Some(party), viewer),
        filter: &|builder, _| {
            for (column, whom) in [("issuer", wanted.issuer), ("holder", wanted.holder)] {
                if let Some(whom) = whom {
                    builder.push(" AND ").push(column).push(" = ").push_bind(wide(whom.0));
                }
            }
        },
        read,
        seq: |row: &GrantRow| row.seq,
    };
    list.page(pool, page).await
}

pub(crate) fn read(row: &SqliteRow) -> Result<GrantRow, Error> {
    let columns = Columns::new("grants", row);
    let scope = columns.maybe_text("scope")?.map(|_| columns.json("scope")).transpose()?;
    Ok(GrantRow {
        id: columns.wide("id", GrantId)?,
        seq: columns.number("seq")?,
        root: columns.wide("root", PrincipalId)?,
        issuer: columns.wide("issuer", PrincipalId)?,
        holder: columns.wide("holder", PrincipalId)?,
        actions: columns.json("actions")?,
        currency: columns.maybe_code("currency")?,
        per_use: columns.maybe_amount("per_use")?,
        total: columns.maybe_amount("total")?,
        uses_max: columns.maybe_number("uses_max")?,
        scope,
        spent: columns.amount("spent")?,
        uses: columns.number("uses")?,
        expires: columns.time("expires")?,
        depth: columns.small("depth")?,
        depth_max: columns.maybe_small("depth_max")?,
        parent: columns.maybe_wide("parent", GrantId)?,
        created_at: columns.time("created_at")?,
        revoked_at: columns.maybe_time("revoked_at")?,
        relinquished_at: columns.maybe_time("relinquished_at")?,
        ended_seq: columns.maybe_number("ended_seq")?,
    })
}
