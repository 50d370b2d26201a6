//! Snapshots: folds of the journal, made by a child process beside the writer.
//!
//! The child reads the last snapshot and the durable tail, folds them, and writes the result under
//! the node's signature. The writer never waits for it. A snapshot only saves time at start: one
//! that is missing, foreign or damaged is passed over, and the journal is folded from further back.

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use hansa_kernel::limits::ENTRIES_READ_AHEAD;
use hansa_kernel::{State, codec, state};
use hansa_store::pace::Pace;
use hansa_store::snapshot::{self, SnapshotContent};
use hansa_store::verify::{Verified, VerifyFrom};
use hansa_store::{Reader, Store};
use tokio::sync::watch;

use crate::config::Config;
use crate::env::{Env, blocking, run_program};
use crate::error::Error;
use crate::keys::{NodeKeys, Place};
use crate::limits::{SNAPSHOT_BYTES_PER_ENTRY, SNAPSHOT_LOOK_PAUSE};

/// Meta key of the seed that the node's hashers use.
pub const HASH_SEED: &str = "hash_seed";

/// A folded journal.
pub struct Folded {
    /// The state at its head.
    pub state: State,
    /// What was verified on the way.
    pub verified: Verified,
    /// The seq of the snapshot it began with; 0 for none.
    pub snapshot_seq: u64,
}

/// Where a fold begins.
struct Start {
    state: State,
    from: VerifyFrom,
}

/// Reads the seed of the node's hashers.
pub fn hash_seed(reader: &dyn Reader) -> Result<Option<state::HashSeed>, Error> {
    let Some(bytes) = reader.meta(HASH_SEED)? else { return Ok(None) };
    let mut seed = [0u64; 4];
    for (word, chunk) in seed.iter_mut().zip(bytes.chunks_exact(8)) {
        *word = u64::from_be_bytes(chunk.try_into().unwrap_or_default());
    }
    Ok(Some(seed))
}

/// Folds the journal from the last good snapshot, or from its beginning when `full`, verifying
/// every entry it folds. With `full`, everything is verified though the snapshot is still used.
pub fn fold(
    reader: &dyn Reader,
    snapshots: &Path,
    keys: &NodeKeys,
    seed: state::HashSeed,
    full: bool,
) -> Result<Folded, Error> {
    let beginning = VerifyFrom::beginning;
    if full {
        hansa_store::verify::verify(reader, beginning(), &mut |_| ())?;
    }
    let start = start(snapshots, keys, seed)?;
    let Start { mut state, from } =
        start.unwrap_or_else(|| Start { state: State::new(seed), from: beginning() });
    let snapshot_seq = from.seq;
    let verified = hansa_store::verify::verify(reader, from, &mut |_| ())?;
    replay(reader, &mut state, verified.head.last_seq)?;
    Ok(Folded { state, verified, snapshot_seq })
}

fn start(snapshots: &Path, keys: &NodeKeys, seed: state::HashSeed) -> Result<Option<Start>, Error> {
    let Some(content) = snapshot::latest(snapshots, &keys.signing().public())? else {
        return Ok(None);
    };
    if content.format != state::SNAPSHOT_FORMAT {
        tracing::info!(format = content.format, "the snapshot is of another release; folding anew");
        return Ok(None);
    }
    match State::from_bytes(&content.state, seed) {
        Ok(state) => {
            let from = VerifyFrom { seq: content.seq, chain: content.chain, range: content.range };
            Ok(Some(Start { state, from }))
        }
        Err(error) => {
            tracing::warn!(%error, "the snapshot does not read; folding anew");
            Ok(None)
        }
    }
}

/// Applies every durable entry that follows the state, up to a seq. A journal that grows meanwhile
/// is folded no further than it was verified.
pub fn replay(reader: &dyn Reader, state: &mut State, until: u64) -> Result<(), Error> {
    let (mut entries, mut failed) = (Vec::with_capacity(ENTRIES_READ_AHEAD), None);
    reader.scan(state.seq + 1, &mut |row| {
        let wanted = state.seq + 1..=until;
        for (seq, line, _) in row.entries().filter(|(seq, ..)| wanted.contains(seq)) {
            match codec::decode(line) {
                Ok(entry) => entries.push(entry),
                Err(source) => {
                    failed = Some(Error::Entry { seq, source });
                    return Ok(ControlFlow::Break(()));
                }
            }
            if entries.len() == ENTRIES_READ_AHEAD {
                state.apply_all(&entries);
                entries.clear();
            }
        }
        state.apply_all(&entries);
        entries.clear();
        Ok(if row.last_seq < until { ControlFlow::Continue(()) } else { ControlFlow::Break(()) })
    })?;
    failed.map_or(Ok(()), Err)
}

/// What the child process does: fold and write. Returns the seq of the snapshot it made.
pub fn write<'a>(of: impl Into<Place<'a>>) -> Result<u64, Error> {
    let place = of.into();
    let reader = Store::open_to_read(place.data_dir, Pace::Gently)?;
    let keys = place.need()?;
    let seed = hash_seed(&*reader)?.unwrap_or_default();
    let snapshots = snapshot::dir(place.data_dir);
    let folded = fold(&*reader, &snapshots, &keys, seed, false)?;
    let Folded { state, verified, snapshot_seq } = folded;
    if state.seq == snapshot_seq {
        return Ok(snapshot_seq);
    }
    let content = SnapshotContent {
        format: state::SNAPSHOT_FORMAT,
        seq: state.seq,
        chain: verified.head.chain,
        range: verified.range,
        state: state.to_bytes(),
    };
    snapshot::write(&snapshots, &content, keys.signing())?;
    snapshot::remove_before(&snapshots, state.erased_seq)?;
    Ok(state.seq)
}

/// Starts the child and waits for it. Runs on a thread of its own.
pub fn run_child(program: &Path, of: Place<'_>) -> Result<(), Error> {
    let mut arguments = vec!["snapshot".as_ref(), "--data-dir".as_ref(), of.data_dir.as_os_str()];
    if of.secret.is_some() {
        arguments.push("--key-secret-stdin".as_ref());
    }
    run_program(program, &arguments, of.secret).map_err(Error::Snapshot)
}

/// Makes a snapshot whenever the journal has grown enough: by as many entries as the node was told,
/// and by more where the state is large, for a snapshot is the whole of it each time.
pub(crate) struct Follow {
    /// How far the journal is durable.
    pub(crate) durable: watch::Receiver<u64>,
    /// The program that makes one.
    pub(crate) program: PathBuf,
    /// What the node was told.
    pub(crate) config: Config,
    /// The world.
    pub(crate) env: Env,
}

impl Follow {
    /// Follows until the node is gone; `last` is where the last snapshot ended.
    pub(crate) async fn make_snapshots(mut self, mut last: u64) {
        let mut growth = self.growth().await;
        loop {
            let head = *self.durable.borrow_and_update();
            if head >= last.saturating_add(growth) {
                let (program, config) = (self.program.clone(), self.config.clone());
                let made = move || run_child(&program, config.key_place());
                let made = blocking(made).await;
                if let Err(error) = made.and_then(|made| made) {
                    tracing::warn!(%error, "no snapshot was made");
                }
                // After a failure too, so that a full disk is not met with a busy loop.
                (last, growth) = (head, self.growth().await);
            }
            // A busy journal is not looked at with each of its commits.
            self.env.clock.sleep(SNAPSHOT_LOOK_PAUSE).await;
            if self.durable.changed().await.is_err() {
                return;
            }
        }
    }

    /// By how many entries the journal grows until the next one.
    async fn growth(&self) -> u64 {
        let dir = snapshot::dir(&self.config.data_dir);
        let bytes = blocking(move || snapshot::newest_bytes(&dir).map_err(Error::from)).await;
        let bytes = bytes.and_then(|bytes| bytes).unwrap_or_else(|error| {
            tracing::warn!(%error, "the last snapshot cannot be measured");
            0
        });
        self.config.snapshot_entries.max(bytes / SNAPSHOT_BYTES_PER_ENTRY)
    }
}
