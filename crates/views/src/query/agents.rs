//! Principals, their API keys with when they were used, and their reputations.

use hansa_types::{ApiKeyId, Label, PrincipalId, Time};
use sqlx::sqlite::SqliteRow;
use sqlx::{Connection as _, QueryBuilder, SqliteConnection, SqlitePool};

use super::list::{Branches, List};
use crate::column::{Columns, long, wide};
use crate::error::Error;
use crate::limits::{API_KEYS_LISTED_MAX, REPUTATIONS_LISTED_MAX};
use crate::rows::{AgentRow, ApiKeyRow, Page, PageQuery, ReputationRow};

/// Those that may still work come first, so that no number of revoked ones hides them.
const API_KEYS: &str = "SELECT * FROM api_keys WHERE principal = $1 \
    ORDER BY revoked_at IS NOT NULL, seq DESC LIMIT $2";
/// The skill is spelt by a card, which is public, and never by the envelopes of a task.
const REPUTATION: &str = "SELECT label, side, completed, failed, ratings, stars, \
    (SELECT skill FROM labels WHERE labels.label = reputations.label) AS skill \
    FROM reputations WHERE principal = $1 ORDER BY side, label LIMIT $2";

pub(crate) async fn list(pool: &SqlitePool, page: PageQuery) -> Result<Page<AgentRow>, Error> {
    let list = List {
        table: "principals",
        branches: Branches::all(),
        filter: &|_, _| {},
        read,
        seq: |row: &AgentRow| row.seq,
    };
    list.page(pool, page).await
}

pub(crate) async fn by_id(pool: &SqlitePool, id: PrincipalId) -> Result<Option<AgentRow>, Error> {
    let mut builder = QueryBuilder::new("SELECT * FROM principals WHERE id = ");
    builder.push_bind(wide(id.0));
    let row = builder.build().fetch_optional(pool).await;
    row.map_err(Error::database("read an agent"))?.as_ref().map(read).transpose()
}

pub(crate) async fn api_keys(
    pool: &SqlitePool,
    principal: PrincipalId,
) -> Result<Vec<ApiKeyRow>, Error> {
    let rows = sqlx::query(API_KEYS)
        .bind(wide(principal.0))
        .bind(i64::from(API_KEYS_LISTED_MAX))
        .fetch_all(pool)
        .await
        .map_err(Error::database("read API keys"))?;
    rows.iter().map(read_api_key).collect()
}

pub(crate) async fn note_uses(
    connection: &mut SqliteConnection,
    uses: &[(ApiKeyId, Time)],
) -> Result<(), Error> {
    let failed = || Error::database("note the use of API keys");
    let mut transaction = connection.begin().await.map_err(failed())?;
    for (id, at) in uses {
        sqlx::query("UPDATE api_keys SET used_at = $1 WHERE id = $2 AND revoked_at IS NULL")
            .bind(long(at.0))
            .bind(wide(id.0))
            .execute(&mut *transaction)
            .await
            .map_err(failed())?;
    }
    transaction.commit().await.map_err(failed())
}

pub(crate) async fn reputation(
    pool: &SqlitePool,
    principal: PrincipalId,
) -> Result<Vec<ReputationRow>, Error> {
    let rows = sqlx::query(REPUTATION)
        .bind(wide(principal.0))
        .bind(i64::from(REPUTATIONS_LISTED_MAX))
        .fetch_all(pool)
        .await
        .map_err(Error::database("read a reputation"))?;
    rows.iter().map(read_reputation).collect()
}

/// The mean rating in thousandths of a star.
pub(super) fn mean_milli(ratings: u64, stars: u64) -> Option<u64> {
    stars.saturating_mul(1_000).checked_div(ratings)
}

pub(crate) fn read(row: &SqliteRow) -> Result<AgentRow, Error> {
    let columns = Columns::new("principals", row);
    Ok(AgentRow {
        id: columns.wide("id", PrincipalId)?,
        seq: columns.number("seq")?,
        kind: columns.word("kind")?,
        key: columns.text("multibase")?.to_owned(),
        controller: columns.maybe_wide("controller", PrincipalId)?,
        active: columns.number("active")? == 1,
        erased: columns.number("erased")? == 1,
        created_at: columns.time("created_at")?,
        name: columns.maybe_text("name")?.map(str::to_owned),
        card: columns.document("card")?,
        trust: columns.word("trust")?,
    })
}

fn read_api_key(row: &SqliteRow) -> Result<ApiKeyRow, Error> {
    let columns = Columns::new("api_keys", row);
    Ok(ApiKeyRow {
        id: columns.wide("id", ApiKeyId)?,
        seq: columns.number("seq")?,
        principal: columns.wide("principal", PrincipalId)?,
        actions: columns.json("actions")?,
        expires: columns.maybe_time("expires")?,
        created_at: columns.time("created_at")?,
        revoked_at: columns.maybe_time("revoked_at")?,
        used_at: columns.maybe_time("used_at")?,
    })
}

fn read_reputation(row: &SqliteRow) -> Result<ReputationRow, Error> {
    let columns = Columns::new("reputations", row);
    let ratings = columns.number("ratings")?;
    Ok(ReputationRow {
        label: columns.wide("label", |label| Label(label.to_be_bytes()))?,
        skill: columns.maybe_text("skill")?.map(str::to_owned),
        side: columns.word("side")?,
        completed: columns.number("completed")?,
        failed: columns.number("failed")?,
        ratings,
        mean_milli: mean_milli(ratings, columns.number("stars")?),
    })
}
