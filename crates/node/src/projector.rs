//! Carries durable entries into the read models, in order and each exactly once.

use std::sync::Arc;

use hansa_crypto::json::parse_strict;
use hansa_kernel::{Entry, Event, codec};
use hansa_store::Reader;
use hansa_types::AnyId;
use hansa_views::{Projected, Views};
use serde_json::Value;
use tokio::sync::{Notify, watch};

use crate::env::{Env, blocking};
use crate::error::Error;
use crate::limits::{PROJECT_BUSY_ENTRIES, PROJECT_ENTRIES_MAX, PROJECT_PAUSE};
use crate::metrics::Metrics;
use crate::vault::{Vault, card_id, envelope_id};

/// What the projector reads from and writes to.
#[derive(Clone)]
pub struct Projector {
    /// The journal.
    pub reader: Arc<dyn Reader>,
    /// The documents.
    pub vault: Arc<Vault>,
    /// The read models.
    pub views: Views,
    /// Where its lag is told.
    pub metrics: Arc<Metrics>,
    /// The world.
    pub env: Env,
    /// Told when somebody waits for the read models.
    pub wanted: Arc<Notify>,
}

impl Projector {
    /// Follows the journal until the sender of `durable` is gone.
    pub async fn run(self, mut durable: watch::Receiver<u64>) -> Result<(), Error> {
        let mut cursor = self.views.cursor().await?;
        loop {
            let head = *durable.borrow_and_update();
            let before = cursor;
            while cursor < head {
                self.metrics.projector_lag.set(i64::try_from(head - cursor).unwrap_or(i64::MAX));
                cursor = self.project(cursor).await?;
            }
            self.metrics.projector_lag.set(0);
            if cursor - before >= PROJECT_BUSY_ENTRIES {
                self.pause().await;
            }
            if durable.changed().await.is_err() {
                return Ok(());
            }
        }
    }

    /// Lets more entries gather while there are many, so that a transaction carries more of them,
    /// unless somebody waits for the read models.
    async fn pause(&self) {
        tokio::select! {
            () = self.env.clock.sleep(PROJECT_PAUSE) => {}
            () = self.wanted.notified() => {}
        }
    }

    /// Projects the entries behind `cursor`, up to a bounded number, and returns the new cursor.
    pub async fn project(&self, cursor: u64) -> Result<u64, Error> {
        let this = self.clone();
        let read = move || this.read(cursor);
        let batch = blocking(read).await??;
        let Some(last) = batch.last() else { return Ok(cursor) };
        let seq = last.entry.seq;
        self.views.apply(&batch).await?;
        Ok(seq)
    }

    fn read(&self, cursor: u64) -> Result<Vec<Projected>, Error> {
        let mut batch = Vec::new();
        let mut failed = None;
        self.reader.scan(cursor + 1, &mut |row| {
            for (seq, line, _) in row.entries().filter(|&(seq, ..)| seq > cursor) {
                match self.resolve(seq, line) {
                    Ok(projected) => batch.push(projected),
                    Err(error) => {
                        failed = Some(error);
                        return Ok(std::ops::ControlFlow::Break(()));
                    }
                }
            }
            Ok(match batch.len() >= PROJECT_ENTRIES_MAX {
                true => std::ops::ControlFlow::Break(()),
                false => std::ops::ControlFlow::Continue(()),
            })
        })?;
        failed.map_or(Ok(batch), Err)
    }

    fn resolve(&self, seq: u64, line: &[u8]) -> Result<Projected, Error> {
        let entry = codec::decode(line).map_err(|source| Error::Entry { seq, source })?;
        let document = match document_id(&entry) {
            Some(id) => self.document(&id)?,
            None => None,
        };
        Ok(Projected { entry, document })
    }

    /// A document, unless it was erased. One that does not read is passed over with a warning: the
    /// read models are a cache and the vault keeps what it has.
    fn document(&self, id: &str) -> Result<Option<Value>, Error> {
        match self.vault.open(id) {
            Ok(Some(opened)) => Ok(parse_strict(&opened.bytes).ok()),
            Ok(None) => Ok(None),
            Err(error @ Error::Vault { .. }) => {
                tracing::warn!(%error, "a document is passed over");
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }
}

/// The document that belongs to an entry.
fn document_id(entry: &Entry) -> Option<String> {
    match (&entry.event, entry.id, entry.subject) {
        (Event::PrincipalCreated(created), AnyId::Principal(id), _) if created.card.is_some() => {
            Some(card_id(id))
        }
        (Event::CardSet(_), _, Some(AnyId::Principal(id))) => Some(card_id(id)),
        _ => entry.auth.proof().map(|proof| envelope_id(proof.id)),
    }
}
