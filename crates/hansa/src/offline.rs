//! A data directory read beside the node that may write to it, or instead of it.

use std::io::{BufRead, Read};
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

use hansa_crypto::PublicKey;
use hansa_kernel::{Event, codec};
use hansa_node::export::Export;
use hansa_node::keys::{NodeKeys, Place};
use hansa_node::sight::Sight;
use hansa_node::snapshot::{fold, hash_seed};
use hansa_node::vault::Vault;
use hansa_node::{Env, checkpoint};
use hansa_store::{Reader, Store};
use hansa_types::IncarnationId;

use crate::failure::Failure;

/// Pieces of an export that wait for their reader.
const PIECES_MAX: usize = 16;

/// A data directory, opened for reading.
pub(crate) struct Directory {
    /// Its journal.
    pub(crate) reader: Arc<dyn Reader>,
    /// The node's keys.
    pub(crate) keys: Arc<NodeKeys>,
    /// Which run of the journal it is.
    pub(crate) incarnation: IncarnationId,
    /// The key the journal began under.
    founded_by: PublicKey,
    snapshots: PathBuf,
}

impl Directory {
    /// Opens the journal and the node's key; neither the lock nor anything else is touched.
    pub(crate) fn open<'a>(at: impl Into<Place<'a>>) -> Result<Self, Failure> {
        let place = at.into();
        let dir = place.data_dir;
        let missing = || {
            Failure::usage(format!("{} is no data directory of a node", dir.display()))
                .next_step("name the directory that store.data_dir names")
        };
        if !dir.join(hansa_store::JOURNAL_FILE).is_file() {
            return Err(missing());
        }
        let reader = Store::open_read_only(dir)?;
        let keys = place.load()?.ok_or_else(|| {
            Failure::new(format!("{} holds a journal and no node key", dir.display()))
                .next_step(format!("put {} back from a backup", place.file().display()))
        })?;
        let first = reader.entry(1)?.ok_or_else(missing)?;
        let restored = hansa_node::start::restored(&*reader)?;
        let first = codec::decode(&first)
            .map_err(|error| Failure::because("the first entry does not read", &error))?;
        match first.event {
            Event::NodeFounded(founded) => Ok(Self {
                reader,
                keys: Arc::new(keys),
                incarnation: restored.unwrap_or(founded.incarnation),
                founded_by: founded.key,
                snapshots: dir.join("snapshots"),
            }),
            _ => Err(Failure::new("the journal does not begin with the founding of a node")),
        }
    }

    /// The key that the journal names: the one it began under, or that of the last rotation, for
    /// which the journal is folded.
    pub(crate) fn named_key(&self) -> Result<PublicKey, Failure> {
        if self.founded_by == self.keys.signing().public() {
            return Ok(self.founded_by);
        }
        let seed = hash_seed(&*self.reader)?.unwrap_or_default();
        let folded = fold(&*self.reader, &self.snapshots, &self.keys, seed, false)?;
        Ok(folded.state.node.map_or(self.founded_by, |node| node.key))
    }

    /// Documents beside the journal.
    pub(crate) fn vault(&self) -> Vault {
        Vault::new(Arc::clone(&self.keys), Arc::clone(&self.reader), Env::real())
    }

    /// The host that the journal's own checkpoints name; without one, any will do.
    fn host(&self) -> Result<String, Failure> {
        let note = self.reader.checkpoint_latest()?;
        let suffix = checkpoint::origin("", self.incarnation);
        let origin = note.as_deref().and_then(|note| note.lines().next());
        let host = origin.and_then(|origin| origin.strip_suffix(&suffix));
        Ok(host.unwrap_or("localhost").to_owned())
    }

    /// The whole journal with the texts of its envelopes, as a node would export it to its owner.
    /// Written by a thread, so that it never lies in memory whole.
    pub(crate) fn export(self) -> Result<impl BufRead, Failure> {
        let host = self.host()?;
        let (pieces, received) = sync_channel(PIECES_MAX);
        std::thread::spawn(move || self.write(&host, &pieces));
        Ok(std::io::BufReader::with_capacity(1 << 16, Pieces::new(received)))
    }

    fn write(&self, host: &str, pieces: &SyncSender<std::io::Result<Vec<u8>>>) {
        let vault = self.vault();
        let export = Export {
            reader: &*self.reader,
            key: self.keys.signing(),
            host,
            incarnation: self.incarnation,
            sight: Sight::EVERYTHING,
            texts: Some(&vault),
            from: 1,
        };
        let mut out = |line: Vec<u8>| match pieces.send(Ok(line)) {
            Ok(()) => ControlFlow::Continue(()),
            Err(_) => ControlFlow::Break(()),
        };
        if let Err(error) = export.write(&mut out) {
            let text = crate::failure::chain(&error);
            // A reader that is gone needs no reason.
            let _ = pieces.send(Err(std::io::Error::other(text)));
        }
    }
}

/// Bytes that another thread or task hands over, as a reader.
pub(crate) struct Pieces {
    received: Receiver<std::io::Result<Vec<u8>>>,
    current: std::io::Cursor<Vec<u8>>,
}

impl Pieces {
    /// Reads what comes until the sender is gone.
    pub(crate) fn new(received: Receiver<std::io::Result<Vec<u8>>>) -> Self {
        Self { received, current: std::io::Cursor::default() }
    }
}

impl Read for Pieces {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        loop {
            let read = self.current.read(into)?;
            if read > 0 || into.is_empty() {
                return Ok(read);
            }
            match self.received.recv() {
                Ok(piece) => self.current = std::io::Cursor::new(piece?),
                Err(_) => return Ok(0),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_read_as_one_text_and_errors_come_through() {
        let (pieces, received) = sync_channel(8);
        for piece in ["ab", "", "c"] {
            pieces.send(Ok(piece.as_bytes().to_vec())).unwrap();
        }
        drop(pieces);
        let mut text = String::new();
        Pieces::new(received).read_to_string(&mut text).unwrap();
        assert_eq!(text, "abc");
        let (pieces, received) = sync_channel(8);
        pieces.send(Err(std::io::Error::other("lost"))).unwrap();
        assert!(Pieces::new(received).read_to_string(&mut text).is_err());
    }

    #[test]
    fn a_folder_of_something_else_is_refused() {
        assert!(Directory::open(tempfile::tempdir().unwrap().path()).is_err());
    }
}
