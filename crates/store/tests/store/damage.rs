//! One changed byte anywhere in what the journal stores is found, and the right entry is named.

use std::ops::{ControlFlow, RangeInclusive};
use std::path::Path;

use hansa_store::conformance::Scribe;
use hansa_store::verify::{Damage, Mismatch, VerifyFrom, verify};
use hansa_store::{JOURNAL_FILE, Options, Row, Store};
use tempfile::TempDir;

/// Writes `rows` of so many entries each and closes, so that everything is in the one file.
fn journal(rows: &[u64], line: impl Fn(u64) -> String) -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    let mut store = Store::open(dir.path(), Options::default()).unwrap();
    let (mut journal, mut scribe) = (store.journal().unwrap(), Scribe::new());
    for count in rows {
        let first = scribe.seq() + 1;
        let batch = scribe.batch((first..first + count).map(&line));
        journal.submit(batch, Box::new(|outcome| outcome.unwrap()));
    }
    journal.close().unwrap();
    dir
}

/// Verifies a copy of the database file.
fn verify_bytes(dir: &Path, bytes: &[u8]) -> Result<(), Damage> {
    let path = dir.join(JOURNAL_FILE);
    std::fs::write(&path, bytes).unwrap();
    let reader = Store::open_read_only(dir).unwrap();
    verify(&*reader, VerifyFrom::beginning(), &mut |_| {}).map(|_| ())
}

fn rows(dir: &Path) -> Vec<Row> {
    let mut rows = Vec::new();
    let visit = &mut |row| {
        rows.push(row);
        Ok(ControlFlow::Continue(()))
    };
    Store::open_read_only(dir).unwrap().scan(1, visit).unwrap();
    rows
}

/// Where `needle` lies in `hay`; it must be there once.
fn find(hay: &[u8], needle: &[u8]) -> Option<usize> {
    let first = needle[0];
    let mut places = (0..=hay.len() - needle.len())
        .filter(|&at| hay[at] == first && &hay[at..at + needle.len()] == needle);
    let place = places.next()?;
    assert_eq!(places.next(), None, "the content is not unique");
    Some(place)
}

/// Where the key of a small row lies, its first_seq, which takes up `key_bytes`. The cell is the
/// payload's length, the key, and the payload: a header that begins with its own length, then
/// last_seq in as many bytes as the key, prev_chain, chain and root.
fn key_of(bytes: &[u8], row: &Row, key_bytes: usize) -> usize {
    let last_seq = find(bytes, &row.root.0).unwrap() - 64 - key_bytes;
    let header = (last_seq - 20..last_seq).find(|&at| at + usize::from(bytes[at]) == last_seq);
    header.unwrap() - key_bytes
}

/// Flips a byte in each of three ways, one at a time, and demands damage to one of `entries`.
fn flip(dir: &Path, bytes: &mut [u8], at: usize, entries: &RangeInclusive<u64>) -> Damage {
    let mut last = None;
    for mask in [0x01, 0x80, 0xFF] {
        bytes[at] ^= mask;
        let damage = verify_bytes(dir, bytes).expect_err("a flipped byte went unnoticed");
        bytes[at] ^= mask;
        let found = damage.seq..=damage.last_seq;
        assert!(entries.contains(found.start()), "byte {at}: {damage}, not one of {entries:?}");
        last = Some(damage);
    }
    last.unwrap()
}

#[test]
fn every_byte_of_a_row_is_guarded() {
    let dir = journal(&[2, 3], |seq| format!("{{\"seq\":{seq},\"kind\":\"transfer.posted\"}}"));
    let row = rows(dir.path()).remove(1);
    let copy = tempfile::tempdir().unwrap();
    let mut bytes = std::fs::read(dir.path().join(JOURNAL_FILE)).unwrap();
    verify_bytes(copy.path(), &bytes).unwrap();

    // The row is small, so its fields lie one after the other, except for the unguarded epoch,
    // which is part of the record's header: last_seq, prev_chain, chain, root, leaves, entries.
    let chain = find(&bytes, &row.chain.0).unwrap();
    let (last_seq, prev_chain, root) = (chain - 33, chain - 32, chain + 32);
    let leaves = root + 32;
    let entries = leaves + row.leaves.len();
    assert_eq!(bytes[last_seq], 5);
    assert_eq!(bytes[prev_chain..chain], row.prev_chain.0);
    assert_eq!(bytes[root..leaves], row.root.0);
    assert_eq!(bytes[leaves..entries], row.leaves);
    assert_eq!(bytes[entries..entries + row.entries.len()], row.entries);

    let mut flip = |at, seqs| flip(copy.path(), &mut bytes, at, &seqs).what;
    flip(last_seq, 3..=6);
    for at in prev_chain..chain {
        assert!(matches!(flip(at, 3..=3), Mismatch::PrevChain));
    }
    for at in chain..root {
        assert!(matches!(flip(at, 3..=5), Mismatch::Chain));
    }
    for at in root..leaves {
        assert!(matches!(flip(at, 3..=5), Mismatch::Root));
    }
    for (offset, at) in (leaves..entries).enumerate() {
        let seq = 3 + offset as u64 / 32;
        assert!(matches!(flip(at, seq..=seq), Mismatch::EntryBytes));
    }
    let mut seq = 3;
    for (at, &byte) in (entries..).zip(&row.entries) {
        assert!(matches!(flip(at, seq..=seq), Mismatch::EntryBytes));
        seq += u64::from(byte == b'\n');
    }
}

#[test]
fn the_first_seq_of_a_row_is_guarded() {
    for (target, seqs) in [(0, 1..=1), (1, 3..=3), (2, 6..=6)] {
        let dir = journal(&[2, 3, 4], |seq| format!("{{\"seq\":{seq}}}"));
        let row = rows(dir.path()).remove(target);
        let copy = tempfile::tempdir().unwrap();
        let mut bytes = std::fs::read(dir.path().join(JOURNAL_FILE)).unwrap();
        let key = key_of(&bytes, &row, 1);
        assert_eq!(u64::from(bytes[key]), row.first_seq);
        for mask in 1..0x80 {
            bytes[key] ^= mask;
            let damage = verify_bytes(copy.path(), &bytes).expect_err("another seq went unnoticed");
            bytes[key] ^= mask;
            assert!(seqs.contains(&damage.seq), "{damage}");
        }
    }
}

#[test]
fn a_last_row_that_cannot_be_found_under_its_seq_is_missed() {
    // The scan asks anew for its second page, which is the last row alone.
    let rows_per_page = hansa_store::limits::SCAN_PAGE_ROWS;
    assert_eq!(rows_per_page, 256);
    let dir = journal(&vec![1; rows_per_page + 1], |seq| format!("{{\"seq\":{seq}}}"));
    let row = rows(dir.path()).remove(rows_per_page);
    let copy = tempfile::tempdir().unwrap();
    let mut bytes = std::fs::read(dir.path().join(JOURNAL_FILE)).unwrap();
    let key = key_of(&bytes, &row, 2);
    assert_eq!(bytes[key..key + 2], [0x82, 0x01], "257 as SQLite writes it");
    bytes[key] = 0x81;
    let damage = verify_bytes(copy.path(), &bytes).unwrap_err();
    // Under 129 it would have to be a range that begins there, and its entries do not lead on.
    assert!(matches!((damage.seq, &damage.what), (257, Mismatch::PrevChain)), "{damage}");
}

#[test]
fn flips_in_a_large_journal_name_their_entry() {
    let line = |seq: u64| {
        let digest = hansa_crypto::hash::sha256(&seq.to_be_bytes());
        format!("{{\"seq\":{seq},\"digest\":\"{digest}\",\"pad\":\"{}\"}}", "y".repeat(200))
    };
    let counts = [1, 700, 3, 1, 1_024, 64, 64, 1, 900, 17];
    let dir = journal(&counts, line);
    let total: u64 = counts.iter().sum();
    let copy = tempfile::tempdir().unwrap();
    let path = copy.path().join(JOURNAL_FILE);
    let mut bytes = std::fs::read(dir.path().join(JOURNAL_FILE)).unwrap();
    verify_bytes(copy.path(), &bytes).unwrap();
    let reader = Store::open_read_only(dir.path()).unwrap();

    let (mut state, mut done) = (42_u64, 0);
    while done < 200 {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let (dice, seq) = (state >> 33, (state >> 33) % total + 1);
        // The start of an entry holds its digest and so is unique, and so is a leaf. Either may be
        // split between two pages; then another one is taken.
        let leaf = reader.leaves(seq, 1).unwrap();
        let entry = reader.entry(seq).unwrap().unwrap();
        let needle = if dice % 4 == 0 { &leaf[..] } else { &entry[..70] };
        let Some(place) = find(&bytes, needle) else { continue };
        let at = place + usize::try_from(dice % 32).unwrap();
        bytes[at] ^= 1 << (dice % 8);
        std::fs::write(&path, &bytes).unwrap();
        let damaged = Store::open_read_only(copy.path()).unwrap();
        let damage = verify(&*damaged, VerifyFrom::beginning(), &mut |_| {}).unwrap_err();
        bytes[at] ^= 1 << (dice % 8);
        assert_eq!((damage.seq, damage.last_seq), (seq, seq), "{damage}");
        let text = format!("entry {seq} is damaged: its bytes do not hash to the stored leaf");
        assert_eq!(damage.to_string(), text);
        done += 1;
    }
}

#[test]
fn a_journal_cut_short_is_missed_by_a_trusted_point_or_its_checkpoint() {
    let dir = tempfile::tempdir().unwrap();
    let mut store = Store::open(dir.path(), Options::default()).unwrap();
    let (mut journal, mut scribe) = (store.journal().unwrap(), Scribe::new());
    journal.submit(scribe.batch(["{}", "{}"]), Box::new(|outcome| outcome.unwrap()));
    journal.checkpoint(2, "host/journal\n2\nroot\n".to_owned());
    let short = scribe.clone();
    let reader = store.reader();

    let mut later = short.clone();
    later.batch(["{}", "{}", "{}"]);
    journal.checkpoint(5, "host/journal\n5\nroot\n".to_owned());
    journal.close().unwrap();
    let missing = verify(&*reader, VerifyFrom::beginning(), &mut |_| {}).unwrap_err();
    assert_eq!((missing.seq, missing.last_seq), (3, 5));
    assert!(matches!(missing.what, Mismatch::Missing));
    let missing = verify(&*reader, later.point(), &mut |_| {}).unwrap_err();
    assert_eq!((missing.seq, missing.last_seq), (3, 5));
    assert_eq!(missing.to_string(), "entries 3 to 5 are damaged: the journal ends before them");
}

#[test]
fn a_trusted_point_that_the_journal_contradicts_is_damage() {
    let dir = journal(&[2, 2], |seq| format!("{{\"seq\":{seq}}}"));
    let reader = Store::open_read_only(dir.path()).unwrap();
    let mut other = Scribe::new();
    other.batch(["{\"seq\":1}", "{\"seq\":\"other\"}"]);
    let damage = verify(&*reader, other.point(), &mut |_| {}).unwrap_err();
    assert!(matches!((damage.seq, &damage.what), (3, Mismatch::PrevChain)), "{damage}");
    other.batch(["{\"seq\":3}", "{\"seq\":4}"]);
    let damage = verify(&*reader, other.point(), &mut |_| {}).unwrap_err();
    assert!(matches!((damage.seq, &damage.what), (4, Mismatch::Chain)), "{damage}");
    let point = VerifyFrom { seq: 3, ..other.point() };
    let damage = verify(&*reader, point, &mut |_| {}).unwrap_err();
    assert!(matches!(damage.what, Mismatch::Point), "{damage}");
}

#[test]
fn a_row_that_cannot_be_read_is_damage_to_its_first_entry() {
    let dir =
        journal(&[2, 200], |seq| format!("{{\"seq\":{seq},\"pad\":\"{}\"}}", "z".repeat(400)));
    let copy = tempfile::tempdir().unwrap();
    let mut bytes = std::fs::read(dir.path().join(JOURNAL_FILE)).unwrap();
    let row = rows(dir.path()).remove(1);
    // The link from one page of the blob to the next stands in front of the page's content.
    let page = usize::try_from(hansa_store::limits::PAGE_BYTES).unwrap();
    let entry = "{\"seq\":100,\"pad\"";
    let place = find(&bytes, entry.as_bytes()).unwrap();
    assert!(row.first_seq == 3 && place % page > 4);
    bytes[place - place % page] ^= 0x70;
    let damage = verify_bytes(copy.path(), &bytes).unwrap_err();
    assert_eq!(damage.seq, 3, "{damage}");
    assert!(matches!(damage.what, Mismatch::Unreadable(_)), "{damage}");
    assert_eq!(damage.to_string(), "entry 3 is damaged: the row cannot be read");
}
