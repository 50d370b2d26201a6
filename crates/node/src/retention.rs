//! Letting go of old rows of the read models, where `store.views_days_max` says how old.
//!
//! Age is told by the journal's own times, so a wrong clock lets nothing go. A little goes at a time, that
//! the projector is never held up for long. Deliberately absent: anything of the journal or the vault.

use std::sync::atomic::Ordering;
use std::sync::{Arc, Weak};

use hansa_kernel::codec;
use hansa_store::Reader;
use hansa_types::{Duration, Time};

use crate::env::blocking;
use crate::error::Error;
use crate::limits::{RETENTION_EVERY, RETENTION_PAUSE};
use crate::node::Node;

/// Lets old rows go for as long as the node runs, if any shall.
pub(crate) async fn forget_old_rows(node: Weak<Node>) {
    let mut pause = RETENTION_PAUSE;
    loop {
        let Some(strong) = node.upgrade() else { return };
        let (env, days) = (strong.env.clone(), strong.config.views_days_max);
        drop(strong);
        if days == 0 {
            return;
        }
        env.clock.sleep(pause).await;
        let Some(node) = node.upgrade() else { return };
        pause = match node.forget_rows(Duration::days(u64::from(days))).await {
            Ok(0) => RETENTION_EVERY,
            Ok(_) => RETENTION_PAUSE,
            Err(error) => {
                tracing::warn!(%error, "old rows of the read models could not be let go of");
                RETENTION_EVERY
            }
        };
    }
}

impl Node {
    /// Lets go of some rows that are older than `life`; how many.
    async fn forget_rows(&self, life: Duration) -> Result<u64, Error> {
        let (reader, head) = (Arc::clone(&self.reader), self.views.cursor().await?);
        let found = move || -> Result<(u64, Time), Error> {
            let before = time(&*reader, head)?.map_or(Time(0), |last| last.before(life));
            Ok((last_at(&*reader, head, before)?, before))
        };
        let (seq, before) = blocking(found).await??;
        if seq == 0 {
            return Ok(0);
        }
        let rows = self.views.forget(seq, before).await?;
        self.metrics.upkeep.views_forgotten.fetch_add(rows, Ordering::Relaxed);
        Ok(rows)
    }
}

/// The last entry up to `head` that is not younger than `before`, found by halving; 0 for none.
fn last_at(reader: &dyn Reader, head: u64, before: Time) -> Result<u64, Error> {
    let (mut old, mut young) = (0, head + 1);
    while young - old > 1 {
        let middle = old + (young - old) / 2;
        match time(reader, middle)? {
            Some(at) if at <= before => old = middle,
            _ => young = middle,
        }
    }
    Ok(old)
}

/// When an entry was made.
fn time(reader: &dyn Reader, seq: u64) -> Result<Option<Time>, Error> {
    let Some(line) = reader.entry(seq)? else { return Ok(None) };
    let entry = codec::decode(&line).map_err(|source| Error::Entry { seq, source })?;
    Ok(Some(entry.ts))
}
