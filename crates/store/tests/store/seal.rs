//! Sealed ranges: fewer bytes, and nothing else about the journal is different.

use std::ops::ControlFlow;
use std::path::Path;
use std::sync::atomic::Ordering;
use std::sync::mpsc::channel;
use std::time::Duration;

use hansa_crypto::merkle::leaf_hash;
use hansa_store::conformance::Scribe;
use hansa_store::scrub::{Scrub, Signed};
use hansa_store::tiles::ProofIndex;
use hansa_store::verify::{Mismatch, VerifyFrom, verify};
use hansa_store::{Batch, Error, JOURNAL_FILE, Journal, Options, Reader, Sealing, Store};
use hansa_types::Digest;
use rusqlite::Connection;
use tempfile::TempDir;

/// About as long, and about as random, as a transfer.
fn line(seq: u64) -> String {
    let digest = leaf_hash(&seq.to_be_bytes());
    let id: String = digest.0[..12].iter().map(|byte| format!("{byte:02X}")).collect();
    format!(
        "{{\"seq\":{seq},\"ts_ms\":18000000{seq:05},\"id\":\"trf_{id}\",\"kind\":\"transfer.posted\",\
         \"actor\":\"agt_01MCC5RM00000000000000{:04}\",\"auth\":{{\"method\":\"api_key\"}},\
         \"data\":{{\"amount\":\"{}\",\"currency\":\"AVT\",\"fee\":\"50000\"}}}}",
        seq % 97,
        seq * 7_919,
    )
}

fn at_once(behind_entries: u64) -> Option<Sealing> {
    Some(Sealing { behind_entries, range_bytes: 10_000, pace: Duration::ZERO })
}

fn open(dir: &Path, sealing: Option<Sealing>) -> Store {
    Store::open(dir, Options { sealing, ..Options::default() }).unwrap()
}

/// A round trip to the committing thread, which tends to its store before it takes the next work.
fn turn(journal: &mut dyn Journal) {
    let (sender, receiver) = channel();
    journal.submit(Batch::default(), Box::new(move |outcome| sender.send(outcome).unwrap()));
    receiver.recv().unwrap().unwrap();
}

/// A journal of rows of one to five entries, none of them sealed.
fn written(entries: u64) -> (TempDir, Scribe) {
    let dir = tempfile::tempdir().unwrap();
    let mut store = open(dir.path(), None);
    let (mut journal, mut scribe) = (store.journal().unwrap(), Scribe::new());
    while scribe.seq() < entries {
        let first = scribe.seq() + 1;
        let last = entries.min(first + first % 5);
        journal
            .submit(scribe.batch((first..=last).map(line)), Box::new(|outcome| outcome.unwrap()));
    }
    journal.close().unwrap();
    (dir, scribe)
}

/// Has everything sealed that may be.
fn seal(dir: &Path, sealing: Option<Sealing>) -> (u64, u64, u64) {
    let mut store = open(dir, sealing);
    let mut journal = store.journal().unwrap();
    let stats = journal.stats();
    loop {
        let before = stats.sealed_seq.load(Ordering::Relaxed);
        turn(&mut *journal);
        turn(&mut *journal);
        if stats.sealed_seq.load(Ordering::Relaxed) == before {
            break;
        }
    }
    journal.close().unwrap();
    let told = |counter: &std::sync::atomic::AtomicU64| counter.load(Ordering::Relaxed);
    (told(&stats.sealed_seq), told(&stats.sealed_bytes), told(&stats.sealed_kept_bytes))
}

fn asked<T: rusqlite::types::FromSql>(dir: &Path, sql: &str) -> T {
    let connection = Connection::open(dir.join(JOURNAL_FILE)).unwrap();
    connection.query_row(sql, [], |row| row.get(0)).unwrap()
}

fn proofs(dir: &Path) -> Vec<Vec<Digest>> {
    let index = ProofIndex::new(Store::open_read_only(dir).unwrap());
    let inclusion = (1..=3_000).step_by(211).map(|seq| index.inclusion(seq, 3_000).unwrap());
    let consistency = (1..3_000).step_by(499).map(|old| index.consistency(old, 3_000).unwrap());
    inclusion.chain(consistency).collect()
}

fn seen(reader: &dyn Reader, from: u64) -> Vec<u64> {
    let mut seqs = Vec::new();
    let visit = &mut |row: hansa_store::Row| {
        for (seq, entry, leaf) in row.entries() {
            assert_eq!((entry, leaf), (line(seq).as_bytes(), leaf_hash(line(seq).as_bytes())));
            seqs.push(seq);
        }
        Ok(ControlFlow::Continue(()))
    };
    reader.scan(from, visit).unwrap();
    seqs
}

#[test]
fn what_is_old_takes_up_less_and_reads_as_before() {
    let (dir, _) = written(3_000);
    let before = Store::open_read_only(dir.path()).unwrap().head().unwrap();
    let proofs = proofs(dir.path());
    let (sealed, bytes, kept) = seal(dir.path(), at_once(500));
    assert!((2_400..=2_500).contains(&sealed), "sealed to {sealed}");
    assert!(kept * 2 < bytes, "{bytes} bytes became {kept}");
    let rows: i64 = asked(dir.path(), "SELECT count(*) FROM journal WHERE last_seq > 2500");
    assert!(rows > 100, "the end stays as it was committed");
    let store = open(dir.path(), None);
    let reader = store.reader();
    assert_eq!(reader.head().unwrap(), before);
    assert_eq!(seen(&*reader, 1), (1..=3_000).collect::<Vec<_>>());
    for seq in (1..=3_000).step_by(37) {
        assert_eq!(reader.entry(seq).unwrap().unwrap(), line(seq).as_bytes());
        let leaves: Vec<u8> =
            (seq..3_000.min(seq + 90)).flat_map(|seq| leaf_hash(line(seq).as_bytes()).0).collect();
        let count = leaves.len() as u64 / 32;
        assert_eq!(reader.leaves(seq, count).unwrap(), leaves);
        assert!(seen(&*reader, seq).ends_with(&(seq..=3_000).collect::<Vec<_>>()));
    }
    let verified = verify(&*reader, VerifyFrom::beginning(), &mut |_| {}).unwrap();
    assert_eq!((verified.head, verified.entries), (before, 3_000));
    assert_eq!(self::proofs(dir.path()), proofs);
}

#[test]
fn verification_begins_within_a_sealed_range_as_anywhere() {
    let (dir, _) = written(400);
    seal(dir.path(), at_once(0));
    let reader = Store::open_read_only(dir.path()).unwrap();
    let (head, mut shadow) = (reader.head().unwrap(), Scribe::new());
    for from in 0..=400 {
        let verified = verify(&*reader, shadow.point(), &mut |_| {}).unwrap();
        assert_eq!((verified.head, verified.entries), (head, 400 - from));
        shadow.batch([line(from + 1)]);
    }
}

#[test]
fn a_file_is_read_by_earlier_releases_until_a_range_is_sealed() {
    let format = "SELECT CAST(value AS TEXT) FROM meta WHERE key = 'format'";
    let (dir, _) = written(300);
    assert_eq!(asked::<String>(dir.path(), format), "1");
    assert_eq!(seal(dir.path(), at_once(300)).0, 0);
    assert_eq!(asked::<String>(dir.path(), format), "1");
    assert!(seal(dir.path(), at_once(10)).0 > 0);
    assert_eq!(asked::<String>(dir.path(), format), "2");
}

#[test]
fn sealing_goes_on_after_a_restart_and_rows_go_on_behind_it() {
    let (dir, mut scribe) = written(1_000);
    let (first, ..) = seal(dir.path(), at_once(600));
    let mut store = open(dir.path(), None);
    let mut journal = store.journal().unwrap();
    journal.submit(scribe.batch([line(1_001)]), Box::new(|outcome| outcome.unwrap()));
    journal.close().unwrap();
    drop(store);
    let (second, ..) = seal(dir.path(), at_once(0));
    assert!(0 < first && first < 600 && second > 900, "{first}, {second}");
    let reader = Store::open_read_only(dir.path()).unwrap();
    assert_eq!(seen(&*reader, 1), (1..=1_001).collect::<Vec<_>>());
}

#[test]
fn what_is_sealed_meanwhile_is_visited_once() {
    let (dir, _) = written(3_000);
    let mut store = open(dir.path(), at_once(0));
    let (mut journal, reader) = (store.journal().unwrap(), store.reader());
    let (mut next, mut rows) = (1, 0);
    let visit = &mut |row: hansa_store::Row| {
        rows += 1;
        if rows % 50 == 0 {
            (0..8).for_each(|_| turn(&mut *journal));
        }
        for (seq, entry, _) in row.entries() {
            assert_eq!((seq, entry), (next, line(next).as_bytes()));
            next += 1;
        }
        Ok(ControlFlow::Continue(()))
    };
    reader.scan(1, visit).unwrap();
    assert_eq!(next, 3_001);
    assert!(journal.stats().sealed_seq.load(Ordering::Relaxed) > 1_000);
    journal.close().unwrap();
}

#[test]
fn a_pass_of_the_scrubber_goes_on_over_ranges_sealed_meanwhile() {
    let (dir, scribe) = written(3_000);
    let mut shadow = Scribe::new();
    shadow.batch((1..=1_234).map(line));
    let right = Signed { size: 1_234, root: shadow.point().range.root() };
    let wrong = Signed { size: 1_234, root: scribe.point().range.root() };
    let mut store = open(dir.path(), at_once(0));
    let (mut journal, reader) = (store.journal().unwrap(), store.reader());
    let mut pass = Scrub::begin(&*reader, Some(right)).unwrap();
    let mut entries = 0;
    loop {
        let piece = pass.read_on(&*reader, 3_000).unwrap();
        entries += piece.entries;
        turn(&mut *journal);
        if piece.is_last {
            break;
        }
    }
    assert_eq!(entries, 3_000);
    // A signed size within a range is compared all the same.
    let mut pass = Scrub::begin(&*reader, Some(wrong)).unwrap();
    let damage = pass.read_on(&*reader, u64::MAX).unwrap_err();
    assert!(matches!(damage.what, Mismatch::Signed), "{damage}");
    journal.close().unwrap();
}

#[test]
fn a_changed_byte_of_a_range_is_found_and_the_range_named() {
    let (dir, _) = written(600);
    seal(dir.path(), at_once(100));
    let sql = "SELECT first_seq FROM journal WHERE last_seq >= 150 ORDER BY first_seq LIMIT 1";
    let first: i64 = asked(dir.path(), sql);
    let length: i64 = asked(
        dir.path(),
        &format!("SELECT length(entries) FROM journal WHERE first_seq = {first}"),
    );
    for at in [4, 5, length / 2, length - 1] {
        let connection = Connection::open(dir.path().join(JOURNAL_FILE)).unwrap();
        let flip = || {
            let blob = connection.blob_open("main", "journal", "entries", first, false);
            let (mut blob, mut byte) = (blob.unwrap(), [0]);
            let at = usize::try_from(at).unwrap();
            blob.read_at_exact(&mut byte, at).unwrap();
            blob.write_all_at(&[byte[0] ^ 0x11], at).unwrap();
            blob.close().unwrap();
        };
        flip();
        let reader = Store::open_read_only(dir.path()).unwrap();
        let damage = verify(&*reader, VerifyFrom::beginning(), &mut |_| {}).unwrap_err();
        assert_eq!(damage.seq, u64::try_from(first).unwrap(), "byte {at}: {damage}");
        assert!(matches!(damage.what, Mismatch::Unreadable(Error::Malformed { .. })));
        assert!(reader.entry(damage.seq).is_err());
        drop(reader);
        flip();
    }
}

#[test]
fn damage_is_not_sealed_in() {
    let (dir, _) = written(600);
    let connection = Connection::open(dir.path().join(JOURNAL_FILE)).unwrap();
    let sql = "UPDATE journal SET entries = CAST(replace(CAST(entries AS TEXT), 'AVT', 'AVX') AS BLOB) \
               WHERE first_seq <= 50 AND last_seq >= 50";
    assert_eq!(connection.execute(sql, []).unwrap(), 1);
    drop(connection);
    let mut store = open(dir.path(), at_once(0));
    let mut journal = store.journal().unwrap();
    let outcome = loop {
        let (sender, receiver) = channel();
        journal.submit(Batch::default(), Box::new(move |outcome| sender.send(outcome).unwrap()));
        if let Err(error) = receiver.recv().unwrap() {
            break error;
        }
    };
    assert!(matches!(&outcome, Error::Failed(why) if why.contains("do not hash")), "{outcome}");
    assert!(journal.close().is_err());
    assert!(verify(&*store.reader(), VerifyFrom::beginning(), &mut |_| {}).is_err());
}

#[test]
fn lines_that_look_like_a_range_are_refused() {
    let dir = tempfile::tempdir().unwrap();
    let mut store = open(dir.path(), None);
    let (mut journal, mut scribe) = (store.journal().unwrap(), Scribe::new());
    let (sender, receiver) = channel();
    let batch = scribe.batch([[0x28, 0xB5, 0x2F, 0xFD, 1, 2, 3]]);
    journal.submit(batch, Box::new(move |outcome| sender.send(outcome).unwrap()));
    assert!(matches!(receiver.recv().unwrap(), Err(Error::Inconsistent { .. })));
}
