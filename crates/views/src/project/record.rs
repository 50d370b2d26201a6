//! Which entries belong to a task, and to an action of it: the index to what the journal says.

use hansa_kernel::Entry;
use hansa_types::{PrincipalId, TaskId};
use sqlx::SqliteConnection;

use super::bulk::{Insert, insert};
use crate::column::{long, wide};
use crate::error::Error;

const INSERT: Insert = Insert { head: "INSERT INTO records (seq, task, thread, actor) ", tail: "" };

/// The entries of a batch that belong to a task.
#[derive(Debug, Default)]
pub(super) struct Records {
    tasks: Vec<(u64, TaskId, Option<u128>, Option<PrincipalId>)>,
    /// Those that go on with an action, a request for approval or an evaluation, whose first entry names
    /// the task, if it is about one.
    threads: Vec<(u64, u128, Option<PrincipalId>)>,
}

impl Records {
    pub(super) fn entry(&mut self, entry: &Entry) {
        match (entry.task(), entry.thread()) {
            (Some(task), thread) => self.tasks.push((entry.seq, task, thread, entry.actor)),
            (None, Some(thread)) => self.threads.push((entry.seq, thread, entry.actor)),
            (None, None) => {}
        }
    }

    pub(super) async fn store(&self, connection: &mut SqliteConnection) -> Result<(), Error> {
        if !self.tasks.is_empty() {
            self.store_tasks(connection).await?;
        }
        for (seq, thread, actor) in &self.threads {
            sqlx::query(
                "INSERT INTO records (seq, task, thread, actor) SELECT $1, task, thread, $2 FROM records WHERE thread = $3 ORDER BY seq LIMIT 1",
            )
            .bind(long(*seq))
            .bind(actor.map(|id| wide(id.0)))
            .bind(wide(*thread))
            .execute(&mut *connection)
            .await
            .map_err(Error::database("record a thread of a task"))?;
        }
        Ok(())
    }

    async fn store_tasks(&self, connection: &mut SqliteConnection) -> Result<(), Error> {
        insert(connection, INSERT, &self.tasks, |values, &(seq, task, thread, actor)| {
            values.push_bind(long(seq));
            values.push_bind(wide(task.0));
            values.push_bind(thread.map(wide));
            values.push_bind(actor.map(|id| wide(id.0)));
        })
        .await
    }
}
