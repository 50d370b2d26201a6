//! Copying the log back into the database while commits go on.
//!
//! A connection of its own copies what is there when it is asked, on a thread of its own, so that no
//! commit waits for a page of the database to be written. It never waits for anybody either: what
//! readers still need stays in the log. It has what nobody else wants of the processors; when that is
//! too little, the log fills, and the committing thread copies the rest itself. Only that one empties
//! the log.

use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::JoinHandle;

use rusqlite::Connection;

use super::commit::{Mode, checkpoint};
use crate::Error;
use crate::journal::JournalStats;
use crate::pace::give_way;

/// The thread beside the committing one.
pub(super) struct Copier {
    asks: Option<SyncSender<()>>,
    failures: Receiver<Error>,
    thread: Option<JoinHandle<()>>,
}

impl Copier {
    /// Starts it on the database at `path`.
    pub(super) fn start(path: &Path, stats: Arc<JournalStats>) -> Result<Self, Error> {
        let connection = super::open_copier(path)?;
        let (asks, asked) = sync_channel(1);
        let (failed, failures) = sync_channel(1);
        let run = move || {
            give_way();
            for () in asked {
                if let Err(error) = copy(&connection, &stats) {
                    // Nobody listens when the journal is going down anyway.
                    let _ = failed.send(error);
                    return;
                }
            }
        };
        let builder = std::thread::Builder::new().name("hansa-copy".to_owned());
        let thread = builder.spawn(run).map_err(Error::io("start a thread for", path))?;
        Ok(Self { asks: Some(asks), failures, thread: Some(thread) })
    }

    /// Asks for a copy. One that is still under way serves as well.
    pub(super) fn ask(&self) {
        if let Some(asks) = &self.asks {
            let _ = asks.try_send(());
        }
    }

    /// Fails when a copy has failed: what of it the disk holds is unknown then.
    pub(super) fn check(&self) -> Result<(), Error> {
        self.failures.try_recv().map_or(Ok(()), Err)
    }

    /// Lets the copy under way end, and the thread.
    pub(super) fn stop(&mut self) -> Result<(), Error> {
        self.asks = None;
        if let Some(thread) = self.thread.take() {
            // A panic in it is told by the log; nothing is lost, for the log was not emptied.
            let _ = thread.join();
        }
        self.check()
    }
}

impl Drop for Copier {
    fn drop(&mut self) {
        if let Err(error) = self.stop() {
            tracing::error!(%error, "the log could not be copied back");
        }
    }
}

fn copy(connection: &Connection, stats: &JournalStats) -> Result<(), Error> {
    checkpoint(connection, Mode::Passive, stats).map(|_| ())
}
