//! Callbacks: what somebody wants to be told of, and what became of it.

use hansa_kernel::Entry;
use hansa_kernel::callback::CallbackEnded;
use sqlx::SqliteConnection;

use super::bulk::{Insert, insert};
use crate::column::{Word as _, long, wide};
use crate::error::Error;

const INSERT: Insert =
    Insert { head: "INSERT INTO callbacks (seq, at, subject, asker) ", tail: "" };

/// The callbacks of a batch, in order.
#[derive(Debug, Default)]
pub(super) struct Callbacks {
    asked: Vec<Entry>,
    ended: Vec<(Entry, CallbackEnded)>,
}

impl Callbacks {
    pub(super) fn asked(&mut self, entry: &Entry) {
        self.asked.push(entry.clone());
    }

    pub(super) fn ended(&mut self, entry: &Entry, ended: &CallbackEnded) {
        self.ended.push((entry.clone(), ended.clone()));
    }

    /// What was asked for comes first: its end, if it is in the same batch, changes that row.
    pub(super) async fn store(&self, connection: &mut SqliteConnection) -> Result<(), Error> {
        insert(connection, INSERT, &self.asked, |values, entry| {
            values.push_bind(long(entry.seq));
            values.push_bind(long(entry.ts.0));
            values.push_bind(entry.subject.map(|id| id.to_string()));
            values.push_bind(entry.actor.map(|id| wide(id.0)));
        })
        .await?;
        for (entry, ended) in &self.ended {
            sqlx::query(
                "UPDATE callbacks SET ended_at = $1, delivery = $2, tries = $3, status = $4 WHERE subject = $5 AND ended_at IS NULL",
            )
            .bind(long(entry.ts.0))
            .bind(ended.delivery.word())
            .bind(i64::from(ended.tries))
            .bind(ended.status.map(i64::from))
            .bind(entry.subject.map(|id| id.to_string()))
            .execute(&mut *connection)
            .await
            .map_err(Error::database("end a callback"))?;
        }
        Ok(())
    }
}
