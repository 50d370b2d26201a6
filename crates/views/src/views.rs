//! The door to the views: one connection writes what [`crate::project`] makes of the entries, a few
//! others answer what [`crate::query`] asks.

use std::path::Path;
use std::sync::Arc;

use hansa_types::{ActionId, ApiKeyId, EnvelopeId, GrantId, PrincipalId, TaskId, Time, TransferId};
use sqlx::{Connection as _, SqliteConnection, SqlitePool};
use tokio::sync::{Mutex, watch};

use crate::column::long;
use crate::error::Error;
use crate::open::Opened;
use crate::project::{self, Known};
use crate::query::{
    accepted, agents, callbacks, discover, envelopes, grants, policies, records, tasks, transfers,
};
use crate::retention::{self, Over};
use crate::rows::{
    AgentRow, ApiKeyRow, CallbackFilter, CallbackRow, DiscoverQuery, DiscoveredRow, EnvelopeRow,
    GrantFilter, GrantRow, Page, PageQuery, PolicyDifferenceRow, Projected, ReputationRow,
    TaskFilter, TaskRow, TransferFilter, TransferRow, Viewer,
};
use crate::{open, schema};

/// The views of one node. Clones share the same connections.
#[derive(Debug, Clone)]
pub struct Views {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    writer: Mutex<Option<Writer>>,
    readers: SqlitePool,
    projected: watch::Sender<u64>,
}

#[derive(Debug)]
struct Writer {
    connection: SqliteConnection,
    known: Known,
}

impl Views {
    /// Opens the views in a file, or makes them. A damaged file, or one of another format, is
    /// deleted and begins before the first entry; a database of something else is an error.
    pub async fn open(path: &Path) -> Result<Views, Error> {
        let Opened { mut connection, seq } = open::open(path).await?;
        let known = Known {
            scales: project::currencies(&mut connection).await?,
            node: project::node(&mut connection).await?,
        };
        let readers = open::readers(path).await?;
        let writer = Mutex::new(Some(Writer { connection, known }));
        let (projected, _) = watch::channel(seq);
        Ok(Views { inner: Arc::new(Inner { writer, readers, projected }) })
    }

    /// How far the read models of a file go, without changing anything; `None` where there are none
    /// or none that are of use.
    pub async fn cursor_of(path: &Path) -> Result<Option<u64>, Error> {
        open::peek(path).await
    }

    /// Closes the file and marks it as clean. One that was not closed is read through by the next
    /// opening, and is used if it proves sound. Further calls fail.
    pub async fn close(&self) -> Result<(), Error> {
        let Some(writer) = self.inner.writer.lock().await.take() else { return Ok(()) };
        self.inner.readers.close().await;
        open::close(writer.connection).await
    }

    /// Forgets everything and begins before the first entry again.
    pub async fn reset(&self) -> Result<(), Error> {
        let mut writer = self.inner.writer.lock().await;
        let writer = writer.as_mut().ok_or(Error::Closed)?;
        schema::create(&mut writer.connection).await?;
        writer.known = Known::default();
        self.inner.projected.send_replace(0);
        Ok(())
    }

    /// The last projected entry; 0 before the first.
    pub async fn cursor(&self) -> Result<u64, Error> {
        match self.inner.readers.is_closed() {
            false => Ok(*self.inner.projected.borrow()),
            true => Err(Error::Closed),
        }
    }

    /// Projects the next entries, all of them or none.
    pub async fn apply(&self, batch: &[Projected]) -> Result<(), Error> {
        let mut writer = self.inner.writer.lock().await;
        let writer = writer.as_mut().ok_or(Error::Closed)?;
        let mut last = *self.inner.projected.borrow();
        for Projected { entry, .. } in batch {
            if entry.seq != last + 1 {
                return Err(Error::Gap { expected: last + 1, found: entry.seq });
            }
            last = entry.seq;
        }
        if batch.is_empty() {
            return Ok(());
        }
        let Writer { connection, known } = writer;
        if let Some(learnt) = write(connection, known, batch, last).await? {
            *known = learnt;
        }
        self.inner.projected.send_replace(last);
        Ok(())
    }

    /// Notes when API keys were last used: the one thing that no entry says. It is lost with the
    /// file.
    pub async fn note_uses(&self, uses: &[(ApiKeyId, Time)]) -> Result<(), Error> {
        let mut writer = self.inner.writer.lock().await;
        let writer = writer.as_mut().ok_or(Error::Closed)?;
        agents::note_uses(&mut writer.connection, uses).await
    }

    /// Lets go of a bounded number of rows that are over since before a moment, up to an entry: ended
    /// tasks with their envelopes, money that moved, differences between policy sets, callbacks.
    /// Returns how many went; 0 once none are left.
    pub async fn forget(&self, seq: u64, before: Time) -> Result<u64, Error> {
        let mut writer = self.inner.writer.lock().await;
        let writer = writer.as_mut().ok_or(Error::Closed)?;
        retention::forget(&mut writer.connection, Over { seq, before }).await
    }

    /// Empties the write-ahead log, in which pages lie as they were before an erasure. Returns
    /// whether nothing is left of it.
    pub async fn empty_log(&self) -> Result<bool, Error> {
        let mut writer = self.inner.writer.lock().await;
        let writer = writer.as_mut().ok_or(Error::Closed)?;
        open::empty_log(&mut writer.connection).await
    }

    /// Waits until an entry is projected, or until the given future ends. Returns the last
    /// projected entry, which every answer from now on includes.
    pub async fn caught_up(&self, seq: u64, timeout: impl Future<Output = ()>) -> u64 {
        let mut projected = self.subscribe();
        tokio::select! {
            biased;
            _ = projected.wait_for(|projected| *projected >= seq) => {}
            () = timeout => {}
        }
        *self.inner.projected.borrow()
    }

    /// The last projected entry, as it moves on.
    pub fn subscribe(&self) -> watch::Receiver<u64> {
        self.inner.projected.subscribe()
    }

    /// Transfers, newest first.
    pub async fn transfers(
        &self,
        filter: &TransferFilter,
        page: PageQuery,
        viewer: Viewer,
    ) -> Result<Page<TransferRow>, Error> {
        transfers::list(&self.inner.readers, filter, page, viewer).await
    }

    /// A transfer.
    pub async fn transfer(
        &self,
        id: TransferId,
        viewer: Viewer,
    ) -> Result<Option<TransferRow>, Error> {
        transfers::one(&self.inner.readers, id, viewer).await
    }

    /// Every principal of whatever kind, newest first.
    pub async fn agents(&self, page: PageQuery) -> Result<Page<AgentRow>, Error> {
        agents::list(&self.inner.readers, page).await
    }

    /// A principal by its id.
    pub async fn agent(&self, id: PrincipalId) -> Result<Option<AgentRow>, Error> {
        agents::by_id(&self.inner.readers, id).await
    }

    /// Active agents that match, best first.
    ///
    /// With words, how well they match the card decides: a match in the name weighs most, then
    /// skills, tags and the description. Among equals, and without words, the better reputation
    /// comes first (for the skill asked for, else over all), few ratings counting for less than
    /// many; an agent without ratings stands in the middle. Then the newest comes first.
    pub async fn discover(
        &self,
        query: &DiscoverQuery,
        page: PageQuery,
    ) -> Result<Page<DiscoveredRow>, Error> {
        discover::discover(&self.inner.readers, query, page).await
    }

    /// What is known of a principal's work, by skill and role.
    pub async fn reputation(&self, agent: PrincipalId) -> Result<Vec<ReputationRow>, Error> {
        agents::reputation(&self.inner.readers, agent).await
    }

    /// A principal's API keys, those that were not revoked first and the newest of each first, at
    /// most [`crate::limits::API_KEYS_LISTED_MAX`]. For the principal itself and whoever manages
    /// it: the caller sees to that.
    pub async fn api_keys(&self, principal: PrincipalId) -> Result<Vec<ApiKeyRow>, Error> {
        agents::api_keys(&self.inner.readers, principal).await
    }

    /// Grants that a principal gave or holds, newest first. For that principal and whoever manages
    /// it: the caller sees to that.
    pub async fn grants(
        &self,
        party: PrincipalId,
        filter: GrantFilter,
        page: PageQuery,
    ) -> Result<Page<GrantRow>, Error> {
        grants::list(&self.inner.readers, party, filter, page).await
    }

    /// Commands about which policy sets in shadow said otherwise, newest first. For whoever keeps the
    /// node's policy: the caller sees to that.
    pub async fn policy_differences(
        &self,
        page: PageQuery,
    ) -> Result<Page<PolicyDifferenceRow>, Error> {
        policies::differences(&self.inner.readers, page).await
    }

    /// Callbacks that the viewer asked for, newest first.
    pub async fn callbacks(
        &self,
        filter: CallbackFilter,
        page: PageQuery,
        viewer: Viewer,
    ) -> Result<Page<CallbackRow>, Error> {
        callbacks::list(&self.inner.readers, filter, page, viewer).await
    }

    /// The first entry of the accepted request with this key, and the digest of its body, for at
    /// least as long as an Idempotency-Key is remembered.
    pub async fn accepted(&self, key: u128) -> Result<Option<(u64, u64)>, Error> {
        accepted::find(&self.inner.readers, key).await
    }

    /// A grant, for who gave it, who holds it and on whose behalf it is used.
    pub async fn grant(&self, id: GrantId, viewer: Viewer) -> Result<Option<GrantRow>, Error> {
        grants::one(&self.inner.readers, id, viewer).await
    }

    /// A task, for its parties.
    pub async fn task(&self, id: TaskId, viewer: Viewer) -> Result<Option<TaskRow>, Error> {
        tasks::one(&self.inner.readers, id, viewer).await
    }

    /// Tasks, newest first.
    pub async fn tasks(
        &self,
        filter: &TaskFilter,
        page: PageQuery,
        viewer: Viewer,
    ) -> Result<Page<TaskRow>, Error> {
        tasks::list(&self.inner.readers, filter, page, viewer).await
    }

    /// The entries of a task in order, at most [`crate::limits::RECORDS_MAX`]. For its parties: the
    /// caller sees to that.
    pub async fn task_records(&self, task: TaskId) -> Result<Vec<u64>, Error> {
        records::of_task(&self.inner.readers, task).await
    }

    /// The entries of an action in order. For who has a part in it: the caller sees to that.
    pub async fn action_records(&self, action: ActionId) -> Result<Vec<u64>, Error> {
        records::of_action(&self.inner.readers, action).await
    }

    /// Whether a principal did anything in a task.
    pub async fn acted_in(&self, task: TaskId, actor: PrincipalId) -> Result<bool, Error> {
        records::acted(&self.inner.readers, task, actor).await
    }

    /// An envelope, for who sent it and whom it is for.
    pub async fn envelope(
        &self,
        id: EnvelopeId,
        viewer: Viewer,
    ) -> Result<Option<EnvelopeRow>, Error> {
        envelopes::one(&self.inner.readers, id, viewer).await
    }

    /// Every envelope connected with one by parent edges, oldest first, at most
    /// [`crate::limits::GRAPH_ENVELOPES_MAX`].
    pub async fn graph(&self, id: EnvelopeId, viewer: Viewer) -> Result<Vec<EnvelopeRow>, Error> {
        envelopes::graph(&self.inner.readers, id, viewer).await
    }
}

/// Writes a batch and how far it goes in one transaction. What is dropped halfway is rolled back.
async fn write(
    connection: &mut SqliteConnection,
    known: &Known,
    batch: &[Projected],
    last: u64,
) -> Result<Option<Known>, Error> {
    let failed = || Error::database("write a batch");
    let mut transaction = connection.begin().await.map_err(failed())?;
    let learnt = project::project(&mut transaction, known, batch).await?;
    sqlx::query("UPDATE meta SET seq = $1")
        .bind(long(last))
        .execute(&mut *transaction)
        .await
        .map_err(failed())?;
    transaction.commit().await.map_err(failed())?;
    Ok(learnt)
}
