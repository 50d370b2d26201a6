//! A pass in pieces finds what a verification of the whole finds.

use hansa_store::Journal as _;
use hansa_store::conformance::Scribe;
use hansa_store::memory::MemoryDisk;
use hansa_store::scrub::{Scrub, Signed};
use hansa_store::verify::Mismatch;
use hansa_types::Digest;

fn line(seq: u64) -> String {
    format!("{{\"seq\":{seq}}}")
}

/// A disk with so many rows of three entries each, and the roots after each.
fn written(rows: u64) -> (MemoryDisk, Vec<Digest>) {
    let disk = MemoryDisk::new();
    let (mut journal, control) = disk.stepped();
    let mut scribe = Scribe::new();
    let mut roots = Vec::new();
    for _ in 0..rows {
        let first = scribe.seq() + 1;
        let batch = scribe.batch((first..first + 3).map(line));
        roots.push(batch.root);
        journal.submit(batch, Box::new(|outcome| outcome.unwrap()));
        control.step();
    }
    (disk, roots)
}

#[test]
fn a_pass_reads_every_entry_once_and_ends_where_the_journal_ended() {
    let (disk, roots) = written(7);
    let reader = disk.reader();
    let signed = Signed { size: 9, root: roots[2] };
    let mut scrub = Scrub::begin(&*reader, Some(signed)).unwrap();
    let mut entries = 0;
    for piece in 1..=7 {
        let read = scrub.read_on(&*reader, 1).unwrap();
        assert_eq!((read.entries, read.is_last), (3, piece == 7));
        entries += read.entries;
    }
    assert_eq!(entries, 21);
    let after = scrub.read_on(&*reader, 1).unwrap();
    assert_eq!((after.entries, after.bytes, after.is_last), (0, 0, true));
}

#[test]
fn one_piece_may_hold_everything_and_an_empty_journal_is_read_at_once() {
    let (disk, _) = written(7);
    let reader = disk.reader();
    let piece = Scrub::begin(&*reader, None).unwrap().read_on(&*reader, 1 << 20).unwrap();
    assert_eq!((piece.entries, piece.is_last), (21, true));
    let empty = MemoryDisk::new().reader();
    assert!(Scrub::begin(&*empty, None).unwrap().read_on(&*empty, 1).unwrap().is_last);
}

#[test]
fn a_root_that_was_signed_otherwise_is_damage() {
    let (disk, roots) = written(4);
    let reader = disk.reader();
    let signed = Signed { size: 6, root: roots[2] };
    let mut scrub = Scrub::begin(&*reader, Some(signed)).unwrap();
    let damage = scrub.read_on(&*reader, 1 << 20).unwrap_err();
    assert_eq!((damage.seq, damage.last_seq), (1, 6));
    assert!(matches!(damage.what, Mismatch::Signed), "{damage}");
}

#[test]
fn an_end_that_was_signed_and_is_missing_is_damage() {
    let (disk, roots) = written(2);
    let reader = disk.reader();
    let mut scrub = Scrub::begin(&*reader, Some(Signed { size: 9, root: roots[1] })).unwrap();
    assert!(!scrub.read_on(&*reader, 1 << 20).unwrap().is_last);
    let damage = scrub.read_on(&*reader, 1 << 20).unwrap_err();
    assert_eq!((damage.seq, damage.last_seq), (7, 9));
}
