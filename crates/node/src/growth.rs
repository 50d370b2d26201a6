//! How much lies on the disk, and how much more may.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use hansa_store::{JOURNAL_FILE, disk};
use hansa_types::Duration;

use crate::env::blocking;
use crate::limits::VAULT_COUNT_EVERY;
use crate::metrics::Growth;
use crate::node::Node;

impl Node {
    /// Free space where the journal lies, as last looked at.
    pub fn free_bytes(&self) -> u64 {
        self.status.free_bytes.load(Ordering::Relaxed)
    }

    /// Looks at the files and at what is free.
    pub(crate) fn look_at_disk(&self) {
        let dir = &self.config.data_dir;
        match disk::free_bytes(dir) {
            Ok(free) => self.status.free_bytes.store(free, Ordering::Relaxed),
            Err(error) => tracing::warn!(%error, "the free space cannot be read"),
        }
        let upkeep = &self.metrics.upkeep;
        upkeep.grown(Growth {
            journal: disk::database_bytes(&dir.join(JOURNAL_FILE)),
            vault: upkeep.growth().vault,
            views: disk::database_bytes(&dir.join("views.db")),
            snapshots: disk::folder_bytes(&hansa_store::snapshot::dir(dir)),
            free: self.free_bytes(),
        });
    }

    /// Counts the vault's bytes, which takes reading a part of it: once in a while. `counted` is
    /// when that was last done.
    pub(crate) async fn count_vault(&self, counted: &mut Option<Duration>) {
        let now = self.env.clock.monotonic();
        if counted.is_some_and(|at| now.0 < at.0.saturating_add(VAULT_COUNT_EVERY.0)) {
            return;
        }
        *counted = Some(now);
        let reader = Arc::clone(&self.reader);
        match blocking(move || reader.vault_bytes()).await {
            Ok(Ok(vault)) => {
                let upkeep = &self.metrics.upkeep;
                upkeep.grown(Growth { vault, ..upkeep.growth() });
            }
            Ok(Err(error)) => tracing::warn!(%error, "the vault cannot be measured"),
            Err(error) => tracing::warn!(%error, "the vault cannot be measured"),
        }
    }
}
