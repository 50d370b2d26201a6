//! What a journal owes.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::sync::mpsc::channel;

use hansa_types::{Digest, PrincipalId, Salt};

use super::{Backend, Outcomes, Scribe, append, lines};
use crate::verify::{VerifyFrom, verify};
use crate::{Batch, Error, Hasher, Notary, Unwritten, VaultChange, VaultRow, limits};

pub(super) fn callbacks_run_in_order(mut backend: Backend) {
    let (mut scribe, outcomes) = (Scribe::new(), Outcomes::new());
    for number in 0..200 {
        let batch = match number % 3 {
            0 => Batch::default(),
            count => scribe.batch(lines(scribe.seq() + 1, count)),
        };
        outcomes.submit(&mut *backend.journal, batch, number);
    }
    for number in 0..200 {
        let (reported, outcome) = outcomes.next();
        assert_eq!(reported, number);
        outcome.unwrap();
    }
    assert_eq!(backend.reader.head().unwrap().last_seq, scribe.seq());
    let stats = backend.journal.stats();
    assert_eq!(stats.entries.load(Ordering::Relaxed), scribe.seq());
    assert_eq!(stats.commits.load(Ordering::Relaxed), 133);
    backend.journal.close().unwrap();
}

pub(super) fn a_barrier_waits_for_what_came_before_it(backend: Backend) {
    let (mut scribe, (sender, receiver)) = (Scribe::new(), channel());
    let reporting = |last_seq: u64| -> crate::Done {
        let (sender, reader) = (sender.clone(), Arc::clone(&backend.reader));
        Box::new(move |outcome| {
            assert!(outcome.is_ok() && reader.head().unwrap().last_seq >= last_seq);
            sender.send((last_seq, std::thread::current().id())).unwrap();
        })
    };
    let mut journal = backend.journal;
    journal.submit(Batch::default(), reporting(0));
    let thread = receiver.recv().unwrap().1;
    assert_ne!(thread, std::thread::current().id(), "not on the committing thread");
    for last_seq in (2..=40).step_by(2) {
        journal.submit(scribe.batch(lines(last_seq - 1, 2)), reporting(last_seq));
        journal.submit(Batch::default(), reporting(last_seq));
    }
    drop(sender);
    journal.close().unwrap();
    let twice = |last_seq| [(last_seq, thread), (last_seq, thread)];
    let expected: Vec<_> = (2..=40).step_by(2).flat_map(twice).collect();
    assert_eq!(receiver.iter().collect::<Vec<_>>(), expected);
}

pub(super) fn a_reader_sees_a_batch_once_its_callback_runs(mut backend: Backend) {
    let (mut scribe, (sender, receiver)) = (Scribe::new(), channel());
    for count in [1, 10, 100, 1_000] {
        let batch = scribe.batch(lines(scribe.seq() + 1, count));
        let (sender, reader) = (sender.clone(), Arc::clone(&backend.reader));
        backend.journal.submit(
            batch,
            Box::new(move |outcome| {
                outcome.unwrap();
                sender.send(reader.head().unwrap()).unwrap();
            }),
        );
        let point = scribe.point();
        let head = receiver.recv().unwrap();
        assert_eq!(
            (head.last_seq, head.chain, head.root),
            (point.seq, point.chain, point.range.root())
        );
    }
}

fn put(id: &str, subject: u128, byte: u8) -> VaultChange {
    let subject = PrincipalId(subject);
    VaultChange::Put {
        id: id.to_owned(),
        subject,
        salt: Salt([byte; 16]),
        sealed: vec![byte; 9_000],
    }
}

fn kept(subject: u128, byte: u8) -> Option<VaultRow> {
    let subject = PrincipalId(subject);
    Some(VaultRow { subject, salt: Salt([byte; 16]), sealed: vec![byte; 9_000] })
}

fn key(subject: u128, byte: u8) -> VaultChange {
    VaultChange::PutKey { subject: PrincipalId(subject), wrapped: vec![byte; 60] }
}

pub(super) fn the_vault_changes_with_its_batch(mut backend: Backend) {
    let (mut scribe, outcomes) = (Scribe::new(), Outcomes::new());
    let mut batch = scribe.batch(["{}"]);
    batch.vault = vec![put("a", 1, 1), key(1, 1), put("b", 2, 2), put("a", 1, 3)];
    outcomes.submit(&mut *backend.journal, batch, 0);
    // Changes alone, without an entry, are a batch too.
    let mut alone = scribe.batch::<&str>([]);
    alone.vault = vec![put("c", 2, 4), key(1, 5)];
    assert!(!alone.is_empty());
    outcomes.submit(&mut *backend.journal, alone, 1);
    outcomes.submit(&mut *backend.journal, scribe.batch(["{}"]), 2);
    (0..3).for_each(|_| outcomes.next().1.unwrap());
    let reader = &backend.reader;
    assert_eq!(reader.vault("a").unwrap(), kept(1, 3));
    assert_eq!(reader.vault("b").unwrap(), kept(2, 2));
    assert_eq!(reader.vault("c").unwrap(), kept(2, 4));
    assert_eq!(reader.vault_key(PrincipalId(1)).unwrap(), Some(vec![5; 60]));
    assert_eq!(reader.vault_key(PrincipalId(2)).unwrap(), None);
    assert_eq!(reader.head().unwrap().last_seq, 2);
}

pub(super) fn erasing_a_subject_leaves_nothing_about_it(mut backend: Backend) {
    let (mut scribe, outcomes) = (Scribe::new(), Outcomes::new());
    let mut batch = scribe.batch(["{}"]);
    batch.vault = vec![put("a", 1, 1), put("b", 1, 2), put("c", 2, 3), key(1, 1), key(2, 2)];
    outcomes.submit(&mut *backend.journal, batch, 0);
    let mut batch = scribe.batch(["{}"]);
    let erase = VaultChange::EraseSubject { subject: PrincipalId(1) };
    batch.vault = vec![put("d", 1, 4), erase, put("e", 1, 5)];
    outcomes.submit(&mut *backend.journal, batch, 1);
    outcomes.barrier(&mut *backend.journal);
    for id in ["a", "b", "d"] {
        assert_eq!(backend.reader.vault(id).unwrap(), None, "{id}");
    }
    assert_eq!(backend.reader.vault("c").unwrap(), kept(2, 3));
    assert_eq!(backend.reader.vault("e").unwrap(), kept(1, 5));
    assert_eq!(backend.reader.vault_key(PrincipalId(1)).unwrap(), None);
    assert_eq!(backend.reader.vault_key(PrincipalId(2)).unwrap(), Some(vec![2; 60]));
}

pub(super) fn erasing_a_path_leaves_nothing_under_it(mut backend: Backend) {
    let (mut scribe, outcomes) = (Scribe::new(), Outcomes::new());
    let mut batch = scribe.batch(["{}"]);
    batch.vault = vec![put("m/a/1", 1, 1), put("m/a/2", 1, 2), put("m/ab/1", 1, 3), key(1, 1)];
    batch.vault.extend([put("m/a", 1, 4), put("m/a0", 1, 5), put("M/A/1", 1, 6)]);
    outcomes.submit(&mut *backend.journal, batch, 0);
    let under = |prefix: &str| VaultChange::EraseUnder {
        subject: PrincipalId(1),
        prefix: prefix.to_owned(),
    };
    let mut batch = scribe.batch(["{}"]);
    batch.vault = vec![put("m/a/3", 1, 4), under("m/a/"), put("m/a/4", 1, 7)];
    // What is no path names nothing.
    batch.vault.extend([under(""), under("m/ab")]);
    outcomes.submit(&mut *backend.journal, batch, 1);
    outcomes.barrier(&mut *backend.journal);
    let left = backend.reader.vault_ids(PrincipalId(1), 9).unwrap();
    assert_eq!(left, ["M/A/1", "m/a", "m/a/4", "m/a0", "m/ab/1"]);
    assert_eq!(backend.reader.vault("m/a/4").unwrap(), kept(1, 7));
    assert_eq!(backend.reader.vault_key(PrincipalId(1)).unwrap(), Some(vec![1; 60]));
}

pub(super) fn the_vault_is_listed_page_by_page(mut backend: Backend) {
    let (mut scribe, outcomes) = (Scribe::new(), Outcomes::new());
    let mut batch = scribe.batch(["{}"]);
    batch.vault = vec![put("c", 1, 1), put("a", 1, 2), put("b", 2, 3), key(2, 2), key(1, 1)];
    outcomes.submit(&mut *backend.journal, batch, 0);
    outcomes.next().1.unwrap();
    let reader = &backend.reader;
    assert_eq!(reader.vault_ids(PrincipalId(1), 9).unwrap(), ["a", "c"]);
    assert_eq!(reader.vault_ids(PrincipalId(1), 1).unwrap(), ["a"]);
    assert!(reader.vault_ids(PrincipalId(3), 9).unwrap().is_empty());
    let names = |after: &str, max| -> Vec<String> {
        reader.vault_page(after, max).unwrap().into_iter().map(|(id, _)| id).collect()
    };
    assert_eq!(
        (names("", 2), names("b", 2), names("c", 2)),
        (vec!["a".to_owned(), "b".to_owned()], vec!["c".to_owned()], vec![],)
    );
    assert_eq!(reader.vault_page("a", 1).unwrap(), [("b".to_owned(), kept(2, 3).unwrap())]);
    let first = reader.vault_keys_page(None, 1).unwrap();
    assert_eq!(first, [(PrincipalId(1), vec![1; 60])]);
    let rest = reader.vault_keys_page(Some(PrincipalId(1)), 9).unwrap();
    assert_eq!(rest, [(PrincipalId(2), vec![2; 60])]);
    let sealed = [(1, 1), (1, 2), (2, 3)].map(|(subject, byte)| kept(subject, byte).unwrap());
    let bytes: usize = sealed.iter().map(|row| row.sealed.len()).sum();
    assert_eq!(reader.vault_bytes().unwrap(), bytes as u64);
}

pub(super) fn a_page_of_the_vault_has_a_size(mut backend: Backend) {
    let (mut scribe, outcomes) = (Scribe::new(), Outcomes::new());
    let large = |id: &str, bytes: usize| VaultChange::Put {
        id: id.to_owned(),
        subject: PrincipalId(1),
        salt: Salt([1; 16]),
        sealed: vec![7; bytes],
    };
    let mut batch = scribe.batch(["{}"]);
    let half = limits::VAULT_PAGE_BYTES / 2;
    batch.vault = vec![large("a", half), large("b", half), large("c", 1), large("d", 2 * half)];
    outcomes.submit(&mut *backend.journal, batch, 0);
    outcomes.next().1.unwrap();
    let names = |after: &str| -> Vec<String> {
        let page = backend.reader.vault_page(after, 9).unwrap();
        page.into_iter().map(|(id, _)| id).collect()
    };
    assert_eq!(
        (names(""), names("a"), names("b"), names("c")),
        (
            vec!["a".to_owned(), "b".to_owned()],
            vec!["b".to_owned(), "c".to_owned(), "d".to_owned()],
            vec!["c".to_owned(), "d".to_owned()],
            vec!["d".to_owned()],
        )
    );
}

/// Ways in which a batch contradicts the journal or itself.
fn broken_batches(scribe: &Scribe) -> [Batch; 7] {
    let good = || Batch { vault: vec![put("x", 1, 1)], ..scribe.clone().batch(["{}", "[]"]) };
    let seq = scribe.seq();
    [
        Batch { first_seq: seq + 2, last_seq: seq + 3, ..good() },
        Batch { first_seq: seq, last_seq: seq + 1, ..good() },
        Batch { prev_chain: good().chain, ..good() },
        Batch { leaves: vec![0; 32], ..good() },
        Batch { entries: b"{}\n[]".to_vec(), ..good() },
        Batch { entries: Vec::new(), ..good() },
        Batch { unwritten: Some(Unwritten::new(|_| ())), ..good() },
    ]
}

pub(super) fn a_failed_batch_changes_nothing(mut backend: Backend) {
    let mut scribe = Scribe::new();
    append(&mut backend, &mut scribe, &lines(1, 3));
    let before = backend.reader.head().unwrap();
    for broken in broken_batches(&scribe) {
        let outcomes = Outcomes::new();
        outcomes.submit(&mut *backend.journal, broken, 0);
        assert!(outcomes.next().1.is_err());
        assert_eq!(backend.reader.head().unwrap(), before);
        assert_eq!(backend.reader.vault("x").unwrap(), None);
        assert!(backend.journal.close().is_err());
        drop(backend.reader);
        backend = (backend.reopen)();
    }
}

pub(super) fn a_failed_journal_never_accepts_again(mut backend: Backend) {
    let (mut scribe, outcomes) = (Scribe::new(), Outcomes::new());
    append(&mut backend, &mut scribe, &lines(1, 3));
    let [broken, ..] = broken_batches(&scribe);
    outcomes.submit(&mut *backend.journal, broken, 0);
    for number in 1..10 {
        // Good batches, and a barrier, whose replies may rest on what was lost.
        let batch = if number == 5 { Batch::default() } else { scribe.clone().batch(["{}"]) };
        outcomes.submit(&mut *backend.journal, batch, number);
    }
    backend.journal.checkpoint(3, "late".to_owned());
    assert!(matches!(outcomes.next(), (0, Err(Error::Discontinuous { expected: 4, found: 5 }))));
    for number in 1..10 {
        let (reported, outcome) = outcomes.next();
        assert_eq!(reported, number);
        assert!(matches!(outcome, Err(Error::Failed(_))));
    }
    assert!(matches!(backend.journal.close(), Err(Error::Failed(_))));
    assert_eq!(backend.reader.head().unwrap().last_seq, 3);
    assert_eq!(backend.reader.checkpoint_latest().unwrap(), None);
}

pub(super) fn checkpoints_keep_their_place(mut backend: Backend) {
    let (mut scribe, outcomes) = (Scribe::new(), Outcomes::new());
    for size in 1..=limits::CHECKPOINTS_KEPT + 20 {
        outcomes.submit(&mut *backend.journal, scribe.batch(["{}"]), size);
        backend.journal.checkpoint(size, format!("host/journal\n{size}\nroot\n"));
    }
    outcomes.barrier(&mut *backend.journal);
    let latest = format!("host/journal\n{}\nroot\n", scribe.seq());
    assert_eq!(backend.reader.checkpoint_latest().unwrap(), Some(latest));
}

impl Hasher for Scribe {
    fn complete(&mut self, batch: &mut Batch) {
        batch.write();
        batch.leaves.clear();
        let lines = std::mem::take(&mut batch.entries);
        let lines = lines.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
        self.fill(batch, lines);
    }
}

/// Signs when it is quiet or ten entries on.
#[derive(Default)]
struct Clerk {
    size: u64,
    signed: u64,
}

impl Notary for Clerk {
    fn witness(&mut self, size: u64, _root: Digest) {
        self.size = size;
    }

    fn checkpoint(&mut self, quiet: bool) -> Option<(u64, String)> {
        let size = self.size;
        let due = size > self.signed && (quiet || size >= self.signed + 10);
        due.then(|| {
            self.signed = size;
            (size, format!("host/journal\n{size}\nroot\n"))
        })
    }
}

/// The next batch of `count` lines as a writer hands it over: nothing of it is written yet.
fn bare(scribe: &mut Scribe, count: u64) -> Batch {
    let whole = scribe.batch(lines(scribe.seq() + 1, count));
    let Batch { first_seq, last_seq, entries, .. } = whole;
    let write = move |out: &mut Vec<u8>| out.extend_from_slice(&entries);
    let unwritten = Some(Unwritten::new(write));
    Batch { first_seq, last_seq, unwritten, ..Batch::default() }
}

pub(super) fn small_and_large_batches_are_completed_in_order(mut backend: Backend) {
    let (mut scribe, outcomes) = (Scribe::new(), Outcomes::new());
    backend.journal.appoint(Box::new(Scribe::new()), Box::new(Clerk::default()));
    let most = limits::HASHED_AT_ONCE_MAX;
    for (number, count) in (0..60).zip([1, 500, most, most + 1, 2].into_iter().cycle()) {
        outcomes.submit(&mut *backend.journal, bare(&mut scribe, count), number);
    }
    for number in 0..60 {
        let (reported, outcome) = outcomes.next();
        assert_eq!(reported, number);
        outcome.unwrap();
    }
    let verified = verify(&*backend.reader, VerifyFrom::beginning(), &mut |_| {}).unwrap();
    let point = scribe.point();
    assert_eq!((verified.head.last_seq, verified.head.chain), (scribe.seq(), point.chain));
}

pub(super) fn batches_are_completed_and_the_checkpoints_of_a_notary_kept(mut backend: Backend) {
    let (mut scribe, outcomes) = (Scribe::new(), Outcomes::new());
    backend.journal.appoint(Box::new(Scribe::new()), Box::new(Clerk::default()));
    for number in 1..=4 {
        outcomes.submit(&mut *backend.journal, bare(&mut scribe, 3), number);
        outcomes.next().1.unwrap();
    }
    outcomes.barrier(&mut *backend.journal);
    let note = |size: u64| Some(format!("host/journal\n{size}\nroot\n"));
    assert_eq!(backend.reader.checkpoint_latest().unwrap(), note(12));
    append(&mut backend, &mut scribe, &lines(13, 1));
    backend.journal.close().unwrap();
    drop(backend.reader);
    backend = (backend.reopen)();
    assert_eq!(backend.reader.checkpoint_latest().unwrap(), note(13), "the last word at the end");
    let verified = verify(&*backend.reader, VerifyFrom::beginning(), &mut |_| {}).unwrap();
    assert_eq!((verified.head.last_seq, verified.head.chain), (13, scribe.point().chain));
}

pub(super) fn recycled_batches_are_clear(mut backend: Backend) {
    let (mut scribe, outcomes) = (Scribe::new(), Outcomes::new());
    let mut batch = scribe.batch(lines(1, 50));
    batch.vault.push(put("a", 1, 1));
    outcomes.submit(&mut *backend.journal, batch, 0);
    outcomes.next().1.unwrap();
    let mut recycled = backend.journal.recycle().expect("a settled batch comes back");
    assert!(recycled.is_empty() && recycled.leaves.is_empty(), "{recycled:?}");
    assert_eq!((recycled.first_seq, recycled.last_seq), (1, 0));
    assert!(recycled.entries.capacity() > 0, "the buffers were not kept");
    scribe.fill(&mut recycled, lines(51, 2));
    outcomes.submit(&mut *backend.journal, recycled, 1);
    outcomes.next().1.unwrap();
    let huge = vec!["x".repeat(limits::SPARE_BYTES_MAX + 1)];
    while backend.journal.recycle().is_some() {}
    append(&mut backend, &mut scribe, &huge);
    assert!(backend.journal.recycle().is_none(), "a huge buffer is not kept");
}

pub(super) fn a_closed_journal_continues_where_it_ended(mut backend: Backend) {
    let mut scribe = Scribe::new();
    for round in 1..=5 {
        let lines = lines(scribe.seq() + 1, round * 3);
        append(&mut backend, &mut scribe, &lines);
        backend.journal.checkpoint(scribe.seq(), format!("h\n{}\nr\n", scribe.seq()));
        backend.journal.close().unwrap();
        drop(backend.reader);
        backend = (backend.reopen)();
        let point = scribe.point();
        let verified = verify(&*backend.reader, VerifyFrom::beginning(), &mut |_| {}).unwrap();
        assert_eq!((verified.head.last_seq, verified.head.chain), (point.seq, point.chain));
        assert_eq!(verified.head, backend.reader.head().unwrap());
        scribe = Scribe::from(verified);
    }
}
