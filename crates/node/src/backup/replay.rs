//! Replaying the pieces of a backup, on two threads: one reads, opens and decodes them, the other
//! applies the entries and hashes them over. A restoration's third one writes what comes out.
//!
//! Rows come out joined, as they would be after sealing, so that a journal of single commits is
//! restored by few large ones. Deliberately absent: documents, of which the replay knows digests alone.

use std::path::{Path, PathBuf};
use std::sync::mpsc::{SyncSender, sync_channel};

use hansa_crypto::seal::SealKey;
use hansa_kernel::{Entry, State, codec, state};
use hansa_store::backup::FrameReader;
use hansa_store::limits::SEAL_RANGE_BYTES;
use hansa_store::{Batch, VaultChange};
use serde::{Deserialize, Serialize};

use super::{Manifest, decoded, failed, file_key};
use crate::env::thread;
use crate::error::Error;
use crate::limits::BACKUP_FRAMES_AHEAD;
use crate::writer::Hashes;

/// A committed batch, as a piece of the journal holds it.
#[derive(Serialize, Deserialize)]
pub(super) struct SavedRow {
    pub(super) first_seq: u64,
    pub(super) last_seq: u64,
    #[serde(with = "serde_bytes")]
    pub(super) entries: Vec<u8>,
}

/// The same, decoded.
struct ReadRow {
    saved: SavedRow,
    entries: Vec<Entry>,
}

/// Rows of a frame, or why there are no more.
type Read = Result<Vec<ReadRow>, Error>;

/// Replays the pieces of a backup.
pub(super) struct Replay<'a> {
    manifest: &'a Manifest,
    pub(super) state: State,
    hashes: Hashes,
    /// Entries that were applied and not handed over.
    joined: Batch,
}

impl<'a> Replay<'a> {
    pub(super) fn new(manifest: &'a Manifest) -> Self {
        let (state, hashes) = (State::new([0; 4]), Hashes::empty());
        Self { manifest, state, hashes, joined: Batch::default() }
    }

    /// Reads all rows, hands them over in batches, for each of which it is given an empty one, and
    /// compares the end with the manifest.
    pub(super) fn run(
        &mut self,
        dir: &Path,
        recovery: &SealKey,
        progress: &mut dyn FnMut(u64, u64),
        take: &mut dyn FnMut(Batch) -> Batch,
    ) -> Result<(), Error> {
        let (sender, received) = sync_channel(BACKUP_FRAMES_AHEAD);
        let paths = self.manifest.segments.iter().map(|segment| dir.join(&segment.file)).collect();
        let recovery = recovery.clone();
        let reading =
            thread("hansa-read-backup", move || read_all(paths, &recovery, &sender)).map_err(
                |source| Error::File { action: "starting a thread for", path: dir.into(), source },
            )?;
        for rows in received {
            for row in rows? {
                self.row(&row, take)?;
                progress(self.state.seq, self.manifest.last_seq);
            }
        }
        reading.join().map_err(|_| Error::Task("reading a backup".to_owned()))?;
        self.hand_over(take);
        self.compare()
    }

    fn row(&mut self, row: &ReadRow, take: &mut dyn FnMut(Batch) -> Batch) -> Result<(), Error> {
        let ReadRow { saved, entries } = row;
        if (self.joined.entries.len() + saved.entries.len()) as u64 > SEAL_RANGE_BYTES {
            self.hand_over(take);
        }
        for entry in entries {
            if entry.seq != self.state.seq + 1 {
                return Err(failed("the entries do not follow each other"));
            }
            self.state.apply(entry);
        }
        if saved.last_seq != self.state.seq {
            return Err(failed("a row has another number of entries than it says"));
        }
        self.joined.entries.extend_from_slice(&saved.entries);
        self.joined.last_seq = saved.last_seq;
        Ok(())
    }

    /// Hashes what was joined and hands it over.
    fn hand_over(&mut self, take: &mut dyn FnMut(Batch) -> Batch) {
        if self.joined.entries.is_empty() {
            return;
        }
        let mut batch = std::mem::take(&mut self.joined);
        self.hashes.complete(&mut batch);
        let last_seq = batch.last_seq;
        self.joined = take(batch);
        (self.joined.first_seq, self.joined.last_seq) = (last_seq + 1, last_seq);
    }

    fn compare(&self) -> Result<(), Error> {
        let Manifest { last_seq, chain, root, state_digest, state_format, .. } = self.manifest;
        let end = (self.state.seq, self.hashes.chain, self.hashes.tree.root());
        if end != (*last_seq, *chain, *root) {
            return Err(failed("the entries do not lead to the chain and root of the manifest"));
        }
        // Another release folds to another shape; then the chain alone speaks.
        let same_shape = *state_format == state::SNAPSHOT_FORMAT;
        match same_shape && self.state.digest() != *state_digest {
            true => Err(failed("the replayed state is not that of the manifest")),
            false => Ok(()),
        }
    }

    /// A batch of changes to the vault alone, behind all entries.
    pub(super) fn changes(&self, vault: Vec<VaultChange>) -> Batch {
        let (chain, seq) = (self.hashes.chain, self.state.seq);
        Batch {
            first_seq: seq + 1,
            last_seq: seq,
            prev_chain: chain,
            chain,
            root: self.hashes.tree.root(),
            vault,
            ..Batch::default()
        }
    }
}

/// Reads pieces of the journal until the last, or until nobody listens.
fn read_all(paths: Vec<PathBuf>, recovery: &SealKey, rows: &SyncSender<Read>) {
    for path in paths {
        if let Err(error) = read(&path, recovery, rows) {
            // Whoever does not listen any more has an error of his own.
            let _ = rows.send(Err(error));
            return;
        }
    }
}

fn read(path: &Path, recovery: &SealKey, rows: &SyncSender<Read>) -> Result<(), Error> {
    let mut reader = FrameReader::open(path, file_key(recovery, path))?;
    while let Some(frame) = reader.next_frame()? {
        let saved = decoded::<SavedRow>(&frame, path)?;
        let read = saved.into_iter().map(read_row).collect::<Result<Vec<_>, _>>()?;
        if rows.send(Ok(read)).is_err() {
            break;
        }
    }
    Ok(())
}

fn read_row(saved: SavedRow) -> Result<ReadRow, Error> {
    if saved.entries.last() != Some(&b'\n') {
        return Err(failed("a row is cut short"));
    }
    let mut entries = Vec::with_capacity(memchr::memchr_iter(b'\n', &saved.entries).count());
    let mut start = 0;
    for end in memchr::memchr_iter(b'\n', &saved.entries) {
        let seq = saved.first_seq + entries.len() as u64;
        let entry = codec::decode(&saved.entries[start..end]);
        entries.push(entry.map_err(|source| Error::Entry { seq, source })?);
        start = end + 1;
    }
    Ok(ReadRow { saved, entries })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_saved_as_the_first_release_saved_them() {
        let row = SavedRow { first_seq: 1, last_seq: 300, entries: vec![7; 200] };
        let saved = postcard::to_stdvec(&row).unwrap();
        let plain = (1u64, 300u64, vec![7u8; 200]);
        assert_eq!(saved, postcard::to_stdvec(&plain).unwrap());
        let read: SavedRow = postcard::from_bytes(&saved).unwrap();
        assert_eq!((read.first_seq, read.last_seq, read.entries), plain);
        assert!(postcard::from_bytes::<SavedRow>(&saved[..saved.len() - 1]).is_err());
    }

    #[test]
    fn a_row_that_is_cut_short_or_holds_no_entries_is_refused() {
        for entries in ["", "{}", "{}\n", "\n", "{\"seq\":1}\n"] {
            let saved = SavedRow { first_seq: 1, last_seq: 1, entries: entries.into() };
            assert!(read_row(saved).is_err(), "{entries}");
        }
    }
}
