//! What is left of an erased principal: its rows without texts.
//!
//! Texts that the principal wrote (its envelopes, the names of skills and milestones in its tasks)
//! and its card go; who paid whom, when and how much stays, as the journal has it. The database
//! overwrites what is deleted, and the search index is written anew without it.

use hansa_types::{PrincipalId, Time};
use sqlx::SqliteConnection;

use super::task::Milestone;
use crate::column::{Columns, json, long, wide};
use crate::error::Error;
use crate::fts;

/// Statements about the principal alone; the id is their only parameter.
const FORGET: [&str; 2] = [
    "UPDATE envelopes SET document = NULL WHERE sender = $1",
    "UPDATE tasks SET skill = NULL WHERE payer = $1",
];

/// The principals that a batch erases, and when.
#[derive(Debug, Default)]
pub(super) struct Erasures(Vec<(PrincipalId, Time)>);

impl Erasures {
    pub(super) fn add(&mut self, principal: PrincipalId, at: Time) {
        self.0.push((principal, at));
    }

    /// Runs behind everything else of the batch, so that nothing written in it escapes.
    pub(super) async fn store(&self, connection: &mut SqliteConnection) -> Result<(), Error> {
        for (principal, at) in &self.0 {
            for statement in FORGET {
                sqlx::query(statement)
                    .bind(wide(principal.0))
                    .execute(&mut *connection)
                    .await
                    .map_err(Error::database("forget texts"))?;
            }
            forget_milestones(connection, *principal).await?;
            sqlx::query(
                "UPDATE api_keys SET revoked_at = COALESCE(revoked_at, $1), used_at = NULL \
                 WHERE principal = $2",
            )
            .bind(long(at.0))
            .bind(wide(principal.0))
            .execute(&mut *connection)
            .await
            .map_err(Error::database("revoke API keys"))?;
        }
        if !self.0.is_empty() {
            // Merging leaves out the words of rows that are gone; until then they stay in the file.
            sqlx::raw_sql(fts::OPTIMIZE)
                .execute(&mut *connection)
                .await
                .map_err(Error::database("write the search index anew"))?;
        }
        Ok(())
    }
}

/// The names of milestones are the words of either side, so they go from all tasks of the two.
async fn forget_milestones(
    connection: &mut SqliteConnection,
    principal: PrincipalId,
) -> Result<(), Error> {
    let failed = || Error::database("forget the names of milestones");
    let rows = sqlx::query("SELECT seq, milestones FROM tasks WHERE payer = $1 OR agent = $2")
        .bind(wide(principal.0))
        .bind(wide(principal.0))
        .fetch_all(&mut *connection)
        .await
        .map_err(failed())?;
    for row in rows {
        let columns = Columns::new("tasks", &row);
        let milestones: Vec<Milestone> = columns.json("milestones")?;
        let nameless: Vec<Milestone> = milestones.into_iter().map(Milestone::nameless).collect();
        sqlx::query("UPDATE tasks SET milestones = $1 WHERE seq = $2")
            .bind(json(&nameless))
            .bind(columns.signed("seq")?)
            .execute(&mut *connection)
            .await
            .map_err(failed())?;
    }
    Ok(())
}
