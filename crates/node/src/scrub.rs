//! The scrubber: reads the journal again from its first entry, slowly and for ever.
//!
//! What a start verifies is what follows the last snapshot; what lies before it would rot unseen. So
//! every entry is read again within `scrub_days_max`, from a connection of its own, and compared with
//! its leaf, its chain, the tree, and the root of the last signed checkpoint. Then every document of the
//! vault is opened, which its seal allows only as it was written. After each piece the
//! scrubber rests 54 times as long as the piece took, which bounds it to a fiftieth of one core.
//!
//! The first mismatch ends it, and with it the node: whoever goes on answering from a journal that
//! is known to be damaged makes it worse. Deliberately absent: repair, which is a restoration.

use std::path::PathBuf;
use std::sync::Arc;

use hansa_crypto::checkpoint::{CheckpointError, parse_and_verify};
use hansa_crypto::keys::PublicKey;
use hansa_store::scrub::{Piece, Scrub, Signed};
use hansa_store::{Reader, Store};
use hansa_types::Duration;

use crate::env::{Env, blocking};
use crate::error::Error;
use crate::limits::{
    SCRUB_DOCUMENTS, SCRUB_FIRST_WAIT, SCRUB_PIECE_BYTES, SCRUB_REST_MIN, SCRUB_REST_TIMES,
};
use crate::metrics::Metrics;
use crate::vault::Vault;

/// What the scrubber reads and how soon it must have read it.
#[derive(Clone)]
pub struct Scrubber {
    /// The data directory.
    pub data_dir: PathBuf,
    /// The node's key and those before it, under which checkpoints are believed.
    pub keys: Vec<PublicKey>,
    /// What opens documents.
    pub vault: Arc<Vault>,
    /// Days within which everything is read again.
    pub days_max: u32,
    /// The world.
    pub env: Env,
    /// Where its work is told.
    pub metrics: Arc<Metrics>,
}

impl Scrubber {
    /// Reads for ever. Returns at the first damage. What keeps it from reading at all, such as too many
    /// open files, is told and tried again.
    pub async fn run(self) -> Error {
        self.env.clock.sleep(SCRUB_FIRST_WAIT).await;
        let life = Duration::days(u64::from(self.days_max));
        let mut last: Option<Duration> = None;
        loop {
            let begun = self.env.clock.monotonic();
            match self.pass(last).await {
                Ok(()) => {}
                Err(error @ (Error::Damaged(_) | Error::Checkpoint(_) | Error::Vault { .. })) => {
                    return error;
                }
                Err(error) => {
                    tracing::warn!(%error, "the journal cannot be read again; it is tried later");
                    self.rest(last, SCRUB_FIRST_WAIT).await;
                    continue;
                }
            }
            last = Some(begun);
            self.metrics.upkeep.scrub_passed();
            self.tell_age(last);
            let took = Duration(self.env.clock.monotonic().0.saturating_sub(begun.0));
            if took > life {
                let days_max = self.days_max;
                tracing::warn!(days_max, "reading the journal again takes longer than it may");
            }
            self.rest(last, Duration((life.0 / 2).saturating_sub(took.0))).await;
        }
    }

    /// Waits, telling how old the last pass is.
    async fn rest(&self, last: Option<Duration>, span: Duration) {
        let until = self.env.clock.monotonic().0.saturating_add(span.0);
        loop {
            let left = until.saturating_sub(self.env.clock.monotonic().0);
            if left == 0 {
                return;
            }
            self.env.clock.sleep(Duration(left.min(Duration::minutes(1).0))).await;
            self.tell_age(last);
        }
    }

    fn tell_age(&self, last: Option<Duration>) {
        let now = self.env.clock.monotonic();
        if let Some(begun) = last {
            self.metrics.upkeep.scrub_is_old(Duration(now.0.saturating_sub(begun.0)));
        }
    }

    /// Reads everything that is durable now.
    pub async fn pass(&self, last: Option<Duration>) -> Result<(), Error> {
        let this = self.clone();
        let mut scrub = blocking(move || this.begin()).await??;
        loop {
            let this = self.clone();
            let began = self.env.clock.stopwatch_ns();
            let (next, piece) = blocking(move || this.read_on(scrub)).await??;
            let ns = self.env.clock.stopwatch_ns().saturating_sub(began);
            self.metrics.upkeep.scrubbed(piece.entries, piece.bytes, ns);
            if piece.is_last {
                break;
            }
            scrub = next;
            self.rest_after(ns, last).await;
        }
        self.pass_documents(last).await
    }

    /// Opens every document of the vault.
    async fn pass_documents(&self, last: Option<Duration>) -> Result<(), Error> {
        let mut after = String::new();
        loop {
            let (this, from) = (self.clone(), after);
            let began = self.env.clock.stopwatch_ns();
            let piece = blocking(move || this.read_documents(&from)).await??;
            let ns = self.env.clock.stopwatch_ns().saturating_sub(began);
            let Some((last_id, bytes)) = piece else { return Ok(()) };
            self.metrics.upkeep.scrubbed(0, bytes, ns);
            after = last_id;
            self.rest_after(ns, last).await;
        }
    }

    async fn rest_after(&self, ns: u64, last: Option<Duration>) {
        let rest_ms = ns.saturating_mul(SCRUB_REST_TIMES) / 1_000_000;
        self.env.clock.sleep(Duration(rest_ms.max(SCRUB_REST_MIN.0))).await;
        self.tell_age(last);
    }

    fn read_documents(&self, after: &str) -> Result<Option<(String, u64)>, Error> {
        let reader = Store::open_read_only(&self.data_dir)?;
        self.vault.check(&*reader, after, SCRUB_DOCUMENTS)
    }

    fn begin(&self) -> Result<Scrub, Error> {
        let reader = Store::open_read_only(&self.data_dir)?;
        let signed = self.signed(&*reader)?;
        Ok(Scrub::begin(&*reader, signed)?)
    }

    /// The tree that the node has signed last.
    fn signed(&self, reader: &dyn Reader) -> Result<Option<Signed>, Error> {
        let Some(note) = reader.checkpoint_latest()? else { return Ok(None) };
        let origin = note.lines().next().unwrap_or_default();
        let mut read = Err(CheckpointError::Unsigned);
        for key in &self.keys {
            read = parse_and_verify(&note, origin, key);
            if read != Err(CheckpointError::Unsigned) {
                break;
            }
        }
        let checkpoint = read?;
        Ok(Some(Signed { size: checkpoint.size, root: checkpoint.root }))
    }

    /// A new connection for every piece: what an old one keeps in memory proves nothing about the disk.
    fn read_on(&self, mut scrub: Scrub) -> Result<(Scrub, Piece), Error> {
        let reader = Store::open_read_only(&self.data_dir)?;
        let piece = scrub.read_on(&*reader, SCRUB_PIECE_BYTES)?;
        Ok((scrub, piece))
    }
}
