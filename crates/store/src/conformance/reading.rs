//! What a reader owes.

use std::ops::ControlFlow;

use hansa_crypto::merkle::{empty_root, leaf_hash};
use hansa_types::{Digest, PrincipalId};

use super::{Backend, Scribe, append, line, lines};
use crate::verify::{VerifyFrom, verify};
use crate::{Error, Head};

/// Entries of the rows that the cases write: some of one entry, some of many.
const ROWS: [u64; 9] = [1, 3, 1, 1, 40, 2, 300, 1, 5];

fn filled(backend: &mut Backend) -> Scribe {
    let mut scribe = Scribe::new();
    for count in ROWS {
        let lines = lines(scribe.seq() + 1, count);
        append(backend, &mut scribe, &lines);
    }
    scribe
}

pub(super) fn an_empty_journal_has_a_head_and_nothing_else(backend: Backend) {
    let reader = backend.reader;
    let head = Head { last_seq: 0, chain: Digest::ZERO, root: empty_root() };
    assert_eq!(reader.head().unwrap(), head);
    reader.scan(1, &mut |row| panic!("an empty journal has the row {row:?}")).unwrap();
    assert_eq!(reader.entry(1).unwrap(), None);
    assert!(reader.leaves(1, 10).unwrap().is_empty());
    assert_eq!(reader.vault("nothing").unwrap(), None);
    assert_eq!(reader.vault_key(PrincipalId(1)).unwrap(), None);
    assert_eq!(reader.checkpoint_latest().unwrap(), None);
    assert_eq!(reader.meta("nothing").unwrap(), None);
    assert_eq!(verify(&*reader, VerifyFrom::beginning(), &mut |_| {}).unwrap().head, head);
}

pub(super) fn a_scan_begins_with_the_row_that_contains_its_start(mut backend: Backend) {
    let total = filled(&mut backend).seq();
    for from in 0..=total + 2 {
        let mut seen = Vec::new();
        let scan = backend.reader.scan(from, &mut |row| {
            assert_eq!(row.entries().count() as u64, row.last_seq - row.first_seq + 1);
            if seen.is_empty() {
                assert!(row.last_seq >= from && row.first_seq <= from.max(1));
            }
            for (seq, entry, leaf) in row.entries() {
                assert_eq!(entry, line(seq).as_bytes());
                assert_eq!(leaf, leaf_hash(entry));
                seen.push(seq);
            }
            Ok(ControlFlow::Continue(()))
        });
        scan.unwrap();
        let first = seen.first().copied().unwrap_or(total + 1);
        assert_eq!(seen, (first..=total).collect::<Vec<_>>(), "from {from}");
        assert_eq!(seen.is_empty(), from > total);
    }
}

pub(super) fn a_visitor_ends_a_scan_by_breaking_or_failing(mut backend: Backend) {
    filled(&mut backend);
    let mut rows = 0;
    let broken = backend.reader.scan(1, &mut |_| {
        rows += 1;
        Ok(if rows == 3 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) })
    });
    assert!(broken.is_ok() && rows == 3);
    let failed = backend.reader.scan(1, &mut |row| Err(Error::NoSuchEntry { seq: row.first_seq }));
    assert!(matches!(failed, Err(Error::NoSuchEntry { seq: 1 })));
}

pub(super) fn entries_and_leaves_are_found_wherever_they_lie(mut backend: Backend) {
    let total = filled(&mut backend).seq();
    let reader = &backend.reader;
    for seq in 1..=total {
        assert_eq!(reader.entry(seq).unwrap().unwrap(), line(seq).as_bytes());
    }
    for seq in [0, total + 1, total * 1_000] {
        assert_eq!(reader.entry(seq).unwrap(), None);
    }
    let all: Vec<u8> = (1..=total).flat_map(|seq| leaf_hash(line(seq).as_bytes()).0).collect();
    for (from, count) in [(1, total), (1, 1), (2, 7), (45, 300), (total, 1), (total, 9), (6, 0)] {
        let begin = usize::try_from(from - 1).unwrap() * 32;
        let end = all.len().min(begin + usize::try_from(count).unwrap() * 32);
        assert_eq!(reader.leaves(from, count).unwrap(), all[begin..end], "{count} from {from}");
    }
    assert!(reader.leaves(total + 1, 5).unwrap().is_empty());
}

pub(super) fn verification_passes_from_any_point(mut backend: Backend) {
    let total = filled(&mut backend).seq();
    let head = backend.reader.head().unwrap();
    let mut shadow = Scribe::new();
    for from in 0..=total {
        let mut last = from;
        let verified = verify(&*backend.reader, shadow.point(), &mut |seq| last = seq).unwrap();
        assert_eq!((verified.head, verified.entries, last), (head, total - from, total));
        shadow.batch([line(from + 1)]);
    }
}
