//! The end of every trace: what follows an entry that erased somebody.
//!
//! The batch of the entry has destroyed key, salts and documents. What may still hold their bytes
//! are copies: the write-ahead logs, the read models, folds of the journal and keys in memory. They
//! go here, and the answer says which of them are known to be gone. What is not gone yet goes by
//! itself: the logs are emptied when their readers are done, the folds when the node starts next.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use hansa_store::snapshot;
use hansa_types::{Code, PrincipalId, Rejection};

use crate::env::blocking;
use crate::error::Error;
use crate::limits::{ERASE_TRIES_MAX, ERASE_WAIT_MAX};
use crate::node::{Node, internal};

/// Which copies are known to be gone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Gone {
    /// The journal's write-ahead log.
    pub journal: bool,
    /// The read models, with theirs.
    pub views: bool,
    /// The folds from before the erasure.
    pub snapshots: bool,
}

impl Node {
    /// Ends the traces of a principal whose erasure is durable as entry `seq`.
    pub async fn end_traces(&self, principal: PrincipalId, seq: u64) -> Result<Gone, Rejection> {
        self.vault.forget(principal);
        self.credentials.forget();
        let views = self.views_forget(seq).await.map_err(internal)?;
        let journal = self.journal_forget().await.map_err(internal)?;
        let snapshots = self.snapshots_forget(seq).await.map_err(internal)?;
        Ok(Gone { journal, views, snapshots })
    }

    /// Ends the traces of what lay in the vault and nowhere else: read models and folds never had it.
    pub async fn end_vault_traces(&self) -> Result<Gone, Rejection> {
        let journal = self.journal_forget().await.map_err(internal)?;
        Ok(Gone { journal, views: true, snapshots: true })
    }

    /// The write-ahead log is emptied behind the entry.
    async fn journal_forget(&self) -> Result<bool, Error> {
        let stats = Arc::clone(&self.journal_stats);
        let patience = std::time::Duration::from_millis(ERASE_WAIT_MAX.0);
        blocking(move || stats.erasing.wait(patience)).await
    }

    /// The read models drop the texts when they come to the entry.
    async fn views_forget(&self, seq: u64) -> Result<bool, Error> {
        if !self.views_follow.load(Ordering::Relaxed) {
            return Ok(false);
        }
        self.views_wanted.notify_one();
        if self.views.caught_up(seq, self.env.clock.sleep(ERASE_WAIT_MAX)).await < seq {
            return Ok(false);
        }
        for _ in 0..ERASE_TRIES_MAX {
            if self.views.empty_log().await? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// A fold under way may still be of before; it is removed when it is done, or at the next start.
    async fn snapshots_forget(&self, seq: u64) -> Result<bool, Error> {
        let dir = snapshot::dir(&self.config.data_dir);
        blocking(move || snapshot::remove_before(&dir, seq)).await??;
        Ok(true)
    }

    /// Names of the documents that an erasure would destroy.
    pub async fn documents_of(
        &self,
        principal: PrincipalId,
        max: usize,
    ) -> Result<Vec<String>, Rejection> {
        let vault = Arc::clone(&self.vault);
        let listed = blocking(move || vault.documents_of(principal, max)).await;
        match listed {
            Ok(listed) => listed.map_err(internal),
            Err(error) => {
                internal(error);
                Err(Code::Internal.into())
            }
        }
    }
}
