//! What only the journal on SQLite can show: its log, its files, other processes' readers.

#![allow(clippy::disallowed_types, reason = "one test copies files with another process")]

use std::ops::ControlFlow;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Command;
use std::sync::atomic::Ordering;
use std::sync::mpsc::channel;
use std::sync::{Arc, Barrier};
use std::time::Duration;

use hansa_store::conformance::Scribe;
use hansa_store::verify::{VerifyFrom, verify};
use hansa_store::{
    Batch, Error, Hasher, JOURNAL_FILE, Journal, Notary, Options, Reader, Store, VaultChange,
    limits,
};
use hansa_types::{Digest, PrincipalId, Salt};
use rusqlite::Connection;

fn wal_bytes(dir: &Path) -> u64 {
    std::fs::metadata(dir.join(format!("{JOURNAL_FILE}-wal"))).map_or(0, |meta| meta.len())
}

/// Submits a batch and waits for it; answers how it went.
fn append(journal: &mut dyn Journal, batch: Batch) -> Result<(), Error> {
    let (sender, receiver) = channel();
    journal.submit(batch, Box::new(move |outcome| sender.send(outcome).unwrap()));
    receiver.recv().unwrap()
}

/// Waits until `reached` without counting on any time: each turn is a round trip to the
/// committing thread.
fn until(journal: &mut dyn Journal, reached: impl Fn() -> bool) {
    while !reached() {
        append(journal, Batch::default()).unwrap();
    }
}

#[test]
fn a_log_past_its_limit_is_copied_back_and_begun_anew() {
    let dir = tempfile::tempdir().unwrap();
    let options = Options { wal_bytes_max: 1 << 20, ..Options::default() };
    let mut store = Store::open(dir.path(), options).unwrap();
    let (mut journal, mut scribe) = (store.journal().unwrap(), Scribe::new());
    let stats = journal.stats();
    let mut largest = 0;
    for _ in 0..40 {
        append(&mut *journal, scribe.batch(["x".repeat(100_000)])).unwrap();
        largest = largest.max(wal_bytes(dir.path()));
    }
    assert_eq!(wal_bytes(dir.path()), largest, "the file keeps its blocks");
    assert!((1 << 20..2 << 20).contains(&largest), "the log grew to {largest}");
    assert!(stats.checkpoints.load(Ordering::Relaxed) >= 3);
    journal.close().unwrap();
    assert_eq!(wal_bytes(dir.path()), 0, "closing empties the log");
}

#[test]
fn a_quiet_log_is_copied_back_after_a_while() {
    let dir = tempfile::tempdir().unwrap();
    let options = Options { wal_idle: Duration::from_millis(1), ..Options::default() };
    let mut store = Store::open(dir.path(), options).unwrap();
    let mut journal = store.journal().unwrap();
    let (stats, mut scribe) = (journal.stats(), Scribe::new());
    let copied = || stats.checkpoints.load(Ordering::Relaxed);
    append(&mut *journal, scribe.batch(["{}"])).unwrap();
    // The first is the one that empties the log after a start.
    until(&mut *journal, || copied() > 0);
    append(&mut *journal, scribe.batch(["{}"])).unwrap();
    let before = copied();
    until(&mut *journal, || copied() > before);
    assert!(wal_bytes(dir.path()) > 0, "a quiet log keeps its file for the next commits");
    journal.close().unwrap();
}

#[test]
fn a_reader_in_the_way_delays_truncation_and_nothing_else() {
    let dir = tempfile::tempdir().unwrap();
    let options = Options { wal_bytes_max: 1, ..Options::default() };
    let mut store = Store::open(dir.path(), options).unwrap();
    let (mut journal, mut scribe) = (store.journal().unwrap(), Scribe::new());
    append(&mut *journal, scribe.batch(["{}"])).unwrap();

    let other = Connection::open(dir.path().join(JOURNAL_FILE)).unwrap();
    other.execute_batch("BEGIN").unwrap();
    let count = "SELECT count(*) FROM journal";
    assert_eq!(other.query_row(count, [], |row| row.get::<_, i64>(0)).unwrap(), 1);
    for _ in 0..10 {
        append(&mut *journal, scribe.batch(["{}"])).unwrap();
    }
    assert_eq!(other.query_row(count, [], |row| row.get::<_, i64>(0)).unwrap(), 1);
    assert!(wal_bytes(dir.path()) > 0);
    other.execute_batch("COMMIT").unwrap();
    drop(other);
    journal.close().unwrap();
    assert_eq!(wal_bytes(dir.path()), 0);
    assert_eq!(store.reader().head().unwrap().last_seq, 11);
}

#[test]
fn an_erasure_leaves_no_byte_of_the_record_in_any_file() {
    let dir = tempfile::tempdir().unwrap();
    let mut store = Store::open(dir.path(), Options::default()).unwrap();
    let (mut journal, mut scribe) = (store.journal().unwrap(), Scribe::new());
    let subject = PrincipalId(7);
    let (secret, wrapped) =
        (b"a sealed secret to be forgotten".to_vec(), b"a wrapped key".to_vec());
    let mut batch = scribe.batch(["{}"]);
    for number in 0..50 {
        let (id, salt, sealed) =
            (format!("doc{number}"), Salt([9; 16]), secret.repeat(1 + number * 20));
        batch.vault.push(VaultChange::Put { id, subject, salt, sealed });
    }
    batch.vault.push(VaultChange::PutKey { subject, wrapped: wrapped.clone() });
    append(&mut *journal, batch).unwrap();
    let mut erasure = scribe.batch(["{}"]);
    erasure.vault.push(VaultChange::EraseSubject { subject });
    append(&mut *journal, erasure).unwrap();
    // The log is emptied right after the erasure, before the next work.
    append(&mut *journal, Batch::default()).unwrap();
    assert_eq!(wal_bytes(dir.path()), 0);
    journal.close().unwrap();
    drop(store);
    let bytes = std::fs::read(dir.path().join(JOURNAL_FILE)).unwrap();
    for needle in [&secret[..], &wrapped[..], &[9; 16]] {
        assert!(!bytes.windows(needle.len()).any(|window| window == needle));
    }
}

#[test]
fn an_error_in_the_middle_of_a_batch_leaves_nothing_of_it() {
    let dir = tempfile::tempdir().unwrap();
    let mut store = Store::open(dir.path(), Options::default()).unwrap();
    let (mut journal, mut scribe) = (store.journal().unwrap(), Scribe::new());
    append(&mut *journal, scribe.batch(["{}"])).unwrap();
    let before = store.reader().head().unwrap();
    let other = Connection::open(dir.path().join(JOURNAL_FILE)).unwrap();
    other.execute_batch("DROP TABLE vault_key").unwrap();
    let mut batch = scribe.batch(["{}"]);
    let (subject, salt) = (PrincipalId(1), Salt([1; 16]));
    batch.vault.push(VaultChange::Put { id: "a".to_owned(), subject, salt, sealed: vec![1] });
    batch.vault.push(VaultChange::PutKey { subject, wrapped: vec![1] });
    assert!(matches!(append(&mut *journal, batch), Err(Error::Database { .. })));
    assert_eq!(store.reader().head().unwrap(), before);
    assert_eq!(store.reader().vault("a").unwrap(), None);
    assert!(matches!(journal.close(), Err(Error::Failed(_))));
}

#[test]
fn the_last_hundred_checkpoints_are_kept() {
    let dir = tempfile::tempdir().unwrap();
    let mut store = Store::open(dir.path(), Options::default()).unwrap();
    let mut journal = store.journal().unwrap();
    for size in 1..=limits::CHECKPOINTS_KEPT + 7 {
        journal.checkpoint(size, format!("host/journal\n{size}\nroot\n"));
    }
    journal.close().unwrap();
    let other = Connection::open(dir.path().join(JOURNAL_FILE)).unwrap();
    let sql = "SELECT count(*), min(tree_size) FROM checkpoint";
    let kept = other.query_row(sql, [], |row| Ok((row.get(0)?, row.get(1)?)));
    assert_eq!(kept.unwrap(), (i64::try_from(limits::CHECKPOINTS_KEPT).unwrap(), 8_i64));
}

#[test]
fn many_readers_see_whole_batches_while_the_journal_grows() {
    let dir = tempfile::tempdir().unwrap();
    let options = Options { wal_bytes_max: 200_000, ..Options::default() };
    let mut store = Store::open(dir.path(), options).unwrap();
    let (mut journal, mut scribe) = (store.journal().unwrap(), Scribe::new());
    let begin = Arc::new(Barrier::new(7));
    std::thread::scope(|scope| {
        for number in 0..6 {
            let pooled = store.reader();
            let own = Store::open_read_only(dir.path()).unwrap();
            let reader: Arc<dyn Reader> = if number % 2 == 0 { pooled } else { own };
            let begin = Arc::clone(&begin);
            scope.spawn(move || {
                begin.wait();
                let mut seen = 0;
                while seen < 600 {
                    let head = reader.head().unwrap();
                    let verified = verify(&*reader, VerifyFrom::beginning(), &mut |_| {}).unwrap();
                    assert!(verified.head.last_seq >= head.last_seq && head.last_seq >= seen);
                    assert_eq!(verified.head.last_seq % 3, 0, "half a batch was seen");
                    seen = verified.head.last_seq;
                }
            });
        }
        begin.wait();
        for _ in 0..200 {
            append(&mut *journal, scribe.batch(["{}", "[]", "0"])).unwrap();
        }
    });
    journal.close().unwrap();
}

#[test]
fn a_callback_that_panics_fails_what_is_behind_it_instead_of_hanging() {
    let dir = tempfile::tempdir().unwrap();
    let mut store = Store::open(dir.path(), Options::default()).unwrap();
    let (mut journal, mut scribe) = (store.journal().unwrap(), Scribe::new());
    journal.submit(scribe.batch(["{}"]), Box::new(|_| panic!("as the test wants")));
    for _ in 0..5 {
        assert!(matches!(append(&mut *journal, scribe.batch(["{}"])), Err(Error::Failed(_))));
    }
    journal.checkpoint(1, String::new());
    assert!(matches!(journal.close(), Err(Error::Failed(_))));
    assert_eq!(store.reader().head().unwrap().last_seq, 1);
}

/// A hasher with a fault, and a notary who never signs.
struct Faulty;

impl Hasher for Faulty {
    fn complete(&mut self, _batch: &mut Batch) {
        panic!("as the test wants");
    }
}

impl Notary for Faulty {
    fn witness(&mut self, _size: u64, _root: Digest) {}

    fn checkpoint(&mut self, _quiet: bool) -> Option<(u64, String)> {
        None
    }
}

#[test]
fn a_hasher_that_panics_fails_everything_instead_of_hanging() {
    let large = usize::try_from(limits::HASHED_AT_ONCE_MAX).unwrap() + 1;
    for entries in [1, large] {
        let dir = tempfile::tempdir().unwrap();
        let mut store = Store::open(dir.path(), Options::default()).unwrap();
        let (mut journal, mut scribe) = (store.journal().unwrap(), Scribe::new());
        append(&mut *journal, scribe.batch(["{}"])).unwrap();
        journal.appoint(Box::new(Faulty), Box::new(Faulty));
        let (sender, receiver) = channel();
        let fatal = scribe.batch(vec!["{}"; entries]);
        journal.submit(fatal, Box::new(move |outcome| sender.send(outcome).unwrap()));
        // Whoever submitted the batch that was in hand is told nothing.
        assert!(receiver.recv().is_err());
        for _ in 0..5 {
            assert!(matches!(append(&mut *journal, scribe.batch(["{}"])), Err(Error::Failed(_))));
        }
        assert!(matches!(journal.close(), Err(Error::Failed(_))));
        assert_eq!(store.reader().head().unwrap().last_seq, 1);
    }
}

#[test]
fn the_database_is_for_its_owner_alone() {
    let dir = tempfile::tempdir().unwrap();
    let mut store = Store::open(dir.path(), Options::default()).unwrap();
    let mut journal = store.journal().unwrap();
    append(&mut *journal, Scribe::new().batch(["{}"])).unwrap();
    for file in std::fs::read_dir(dir.path()).unwrap() {
        let meta = file.unwrap().metadata().unwrap();
        assert_eq!(meta.permissions().mode() & 0o077, 0);
    }
    journal.close().unwrap();
}

#[test]
fn a_scan_crosses_its_pages_without_losing_or_repeating_a_row() {
    let dir = tempfile::tempdir().unwrap();
    let mut store = Store::open(dir.path(), Options::default()).unwrap();
    let (mut journal, mut scribe) = (store.journal().unwrap(), Scribe::new());
    // Enough rows for several pages by number, then enough bytes for several by size.
    let rows = limits::SCAN_PAGE_ROWS * 2 + 3;
    for _ in 0..rows {
        journal.submit(scribe.batch(["{}"]), Box::new(|outcome| outcome.unwrap()));
    }
    for _ in 0..5 {
        let large = scribe.batch(["x".repeat(limits::SCAN_PAGE_BYTES), "{}".to_owned()]);
        journal.submit(large, Box::new(|outcome| outcome.unwrap()));
    }
    journal.close().unwrap();
    let total = scribe.seq();
    let page = limits::SCAN_PAGE_ROWS as u64;
    for from in [1, 2, page - 1, page, page + 1, page * 2, total - 9, total - 1, total] {
        let mut next = None;
        let visit = &mut |row: hansa_store::Row| {
            assert_eq!(row.first_seq, next.unwrap_or(row.first_seq));
            next = Some(row.last_seq + 1);
            Ok(ControlFlow::Continue(()))
        };
        store.reader().scan(from, visit).unwrap();
        assert_eq!(next, Some(total + 1), "from {from}");
    }
}

#[test]
fn what_a_killed_node_left_can_be_read_without_opening_it_for_writing() {
    let (dir, copy) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let mut store = Store::open(dir.path(), Options::default()).unwrap();
    let (mut journal, mut scribe) = (store.journal().unwrap(), Scribe::new());
    for _ in 0..20 {
        append(&mut *journal, scribe.batch(["{}", "[]"])).unwrap();
    }
    // As after a kill: a database with a full log and no process. Copied by another process, since
    // this one must not open the files behind SQLite's back.
    assert!(wal_bytes(dir.path()) > 0);
    for name in [JOURNAL_FILE.to_owned(), format!("{JOURNAL_FILE}-wal")] {
        let (from, to) = (dir.path().join(&name), copy.path().join(&name));
        assert!(Command::new("cp").arg(from).arg(to).status().unwrap().success());
    }
    let reader = Store::open_read_only(copy.path()).unwrap();
    let verified = verify(&*reader, VerifyFrom::beginning(), &mut |_| {}).unwrap();
    assert_eq!(verified.head, store.reader().head().unwrap());
    assert_eq!(verified.entries, 40);
    journal.close().unwrap();
}
