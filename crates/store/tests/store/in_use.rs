//! A database that was copied while it was in use, with and without its log.

#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "a copy is made by another process, as an operator would"
)]

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use hansa_store::conformance::Scribe;
use hansa_store::{Error, Journal, Options, Store, VaultChange};
use hansa_types::PrincipalId;
use tempfile::TempDir;

const LOG: &str = "journal.db-wal";

/// A store in use, with `entries` acknowledged.
struct InUse {
    dir: TempDir,
    store: Store,
    journal: Box<dyn Journal>,
    scribe: Scribe,
}

impl InUse {
    fn new(entries: u64) -> Self {
        let dir = tempfile::tempdir().unwrap();
        // However slow the test is, the log is not copied back by itself.
        let options = Options { wal_idle: Duration::from_secs(3_600), ..Options::default() };
        let mut store = Store::open(dir.path(), options).unwrap();
        let journal = store.journal().unwrap();
        let mut new = Self { dir, store, journal, scribe: Scribe::new() };
        // The log is emptied after the first commit; what comes later stays in it.
        new.append(1, Vec::new());
        assert!(new.journal.stats().erasing.wait(Duration::from_secs(60)));
        new.append(entries - 1, Vec::new());
        new
    }

    /// Appends entries and waits until they are durable.
    fn append(&mut self, entries: u64, vault: Vec<VaultChange>) {
        let first = self.scribe.seq() + 1;
        let mut batch =
            self.scribe.batch((first..first + entries).map(|s| format!("{{\"seq\":{s}}}")));
        batch.vault = vault;
        let (told, durable) = std::sync::mpsc::channel();
        self.journal.submit(batch, Box::new(move |outcome| told.send(outcome.is_ok()).unwrap()));
        assert!(durable.recv().unwrap());
    }

    /// Copies files of it into a new directory, as they are now.
    fn copy(&self, names: &[&str]) -> TempDir {
        let to = tempfile::tempdir().unwrap();
        let from = names.iter().map(|name| self.dir.path().join(name));
        assert!(Command::new("cp").args(from).arg(to.path()).status().unwrap().success());
        to
    }
}

fn open(dir: &Path) -> Result<Store, Error> {
    Store::open(dir, Options::default())
}

fn head(dir: &Path) -> Result<u64, Error> {
    Ok(Store::open_read_only(dir)?.head()?.last_seq)
}

fn is_refused(dir: &Path) -> bool {
    let reading = Store::open_read_only(dir).map(|_| ());
    let writing = open(dir).map(|_| ());
    let names_both = |refused: &Result<(), Error>| {
        let Err(Error::LogMissing { path, log }) = refused else { return false };
        *path == dir.join("journal.db") && *log == dir.join(LOG)
    };
    assert_eq!(names_both(&reading), names_both(&writing), "{reading:?} {writing:?}");
    names_both(&reading)
}

#[test]
fn a_copy_of_a_database_in_use_is_refused_without_its_log_for_as_long_as_it_lacks_one() {
    let used = InUse::new(3);
    let alone = used.copy(&["journal.db"]);
    assert!(is_refused(alone.path()));
    assert!(is_refused(alone.path()), "a look changes nothing");
    assert!(!alone.path().join(LOG).exists());
    // The log comes along after all.
    std::fs::copy(used.copy(&[LOG]).path().join(LOG), alone.path().join(LOG)).unwrap();
    assert_eq!(head(alone.path()).unwrap(), 3);
    open(alone.path()).unwrap().journal().unwrap().close().unwrap();
    // What the log held lies in the database now, and nothing is missing.
    let _ = std::fs::remove_file(alone.path().join(LOG));
    assert_eq!((is_refused(alone.path()), head(alone.path()).unwrap()), (false, 3));
}

#[test]
fn whoever_accepts_the_loss_says_so_by_an_empty_log() {
    let used = InUse::new(3);
    let alone = used.copy(&["journal.db"]);
    std::fs::write(alone.path().join(LOG), "").unwrap();
    let mut store = open(alone.path()).unwrap();
    assert_eq!(store.reader().head().unwrap().last_seq, 1, "the others lay in the log");
    store.journal().unwrap().close().unwrap();
    drop(store);
    assert!(!is_refused(alone.path()));
}

#[test]
fn a_journal_that_was_closed_or_dropped_needs_no_log() {
    let used = InUse::new(3);
    let InUse { dir, store, journal, .. } = used;
    journal.close().unwrap();
    drop(store);
    let copy = tempfile::tempdir().unwrap();
    let whole = |entries: u64| {
        std::fs::copy(dir.path().join("journal.db"), copy.path().join("journal.db")).unwrap();
        let _ = std::fs::remove_file(copy.path().join(LOG));
        assert_eq!((is_refused(copy.path()), head(copy.path()).unwrap()), (false, entries));
    };
    whole(3);
    // Opened without being written to.
    drop(open(dir.path()).unwrap());
    whole(3);
    // Dropped instead of closed.
    let mut store = open(dir.path()).unwrap();
    drop(store.journal().unwrap());
    drop(store);
    whole(3);
}

#[test]
fn an_emptied_log_is_no_loss() {
    let mut used = InUse::new(3);
    // An erasure empties the log.
    used.append(1, vec![VaultChange::EraseSubject { subject: PrincipalId(1) }]);
    assert!(used.journal.stats().erasing.wait(Duration::from_secs(60)));
    let killed = used.copy(&["journal.db", LOG]);
    assert_eq!(std::fs::metadata(killed.path().join(LOG)).unwrap().len(), 0);
    assert_eq!((is_refused(killed.path()), head(killed.path()).unwrap()), (false, 4));
    // Without the name of its log it may have lost what came after.
    assert!(is_refused(used.copy(&["journal.db"]).path()));
    drop(used.store);
}
