//! What only a journal in memory can show: held, slow, failing and lost syncs.

use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;

use hansa_store::conformance::Scribe;
use hansa_store::memory::MemoryDisk;
use hansa_store::verify::{VerifyFrom, verify};
use hansa_store::{Batch, Error, Journal, limits};

type Report = (u64, Result<(), Error>);

fn submit(journal: &mut dyn Journal, scribe: &mut Scribe, sender: &Sender<Report>) {
    let (batch, sender) = (scribe.batch(["{}"]), sender.clone());
    let seq = batch.last_seq;
    journal.submit(batch, Box::new(move |outcome| sender.send((seq, outcome)).unwrap()));
}

fn next(receiver: &Receiver<Report>) -> u64 {
    let (seq, outcome) = receiver.recv().unwrap();
    outcome.unwrap();
    seq
}

#[test]
fn a_held_sync_is_neither_acknowledged_nor_seen_until_released() {
    let (disk, mut scribe, (sender, receiver)) = (MemoryDisk::new(), Scribe::new(), channel());
    let (mut journal, control) = disk.journal().unwrap();
    let reader = disk.reader();
    control.hold();
    submit(&mut journal, &mut scribe, &sender);
    submit(&mut journal, &mut scribe, &sender);
    assert_eq!((control.outstanding(), reader.head().unwrap().last_seq), (2, 0));
    assert!(receiver.try_recv().is_err());
    control.release_one();
    assert_eq!((next(&receiver), reader.head().unwrap().last_seq), (1, 1));
    assert!(receiver.try_recv().is_err());
    control.release();
    assert_eq!((next(&receiver), reader.head().unwrap().last_seq), (2, 2));
    Box::new(journal).close().unwrap();
}

#[test]
fn the_third_batch_waits_while_two_are_outstanding_and_barriers_do_not() {
    let (disk, mut scribe, (sender, receiver)) = (MemoryDisk::new(), Scribe::new(), channel());
    let (mut journal, control) = disk.journal().unwrap();
    assert_eq!(limits::BATCHES_OUTSTANDING_MAX, 2);
    control.hold();
    submit(&mut journal, &mut scribe, &sender);
    submit(&mut journal, &mut scribe, &sender);
    for _ in 0..50 {
        let sender = sender.clone();
        journal
            .submit(Batch::default(), Box::new(move |outcome| sender.send((0, outcome)).unwrap()));
    }
    std::thread::scope(|scope| {
        let (third, handed_over) = channel();
        let (journal, scribe, sender) = (&mut journal, &mut scribe, sender.clone());
        scope.spawn(move || {
            submit(journal, scribe, &sender);
            third.send(()).unwrap();
        });
        // Nothing can make it return before a place is free, however long one looks.
        assert!(handed_over.recv_timeout(Duration::from_millis(20)).is_err());
        control.release_one();
        handed_over.recv().unwrap();
        assert_eq!(next(&receiver), 1);
        control.release();
    });
    drop(sender);
    Box::new(journal).close().unwrap();
    let rest: Vec<u64> = receiver.iter().map(|(seq, _)| seq).collect();
    assert_eq!((rest[0], rest[51], rest.len()), (2, 3, 52));
}

#[test]
fn barriers_queue_only_up_to_their_limit() {
    let (disk, mut scribe, (sender, receiver)) = (MemoryDisk::new(), Scribe::new(), channel());
    let (mut journal, control) = disk.journal().unwrap();
    control.hold();
    submit(&mut journal, &mut scribe, &sender);
    // The batch may or may not have been taken from the queue already.
    let surely = limits::QUEUE_WORKS_MAX - 1;
    (0..surely).for_each(|_| journal.submit(Batch::default(), Box::new(|_| {})));
    std::thread::scope(|scope| {
        let (past, handed_over) = channel();
        let journal = &mut journal;
        scope.spawn(move || {
            (0..2).for_each(|_| journal.submit(Batch::default(), Box::new(|_| {})));
            past.send(()).unwrap();
        });
        assert!(handed_over.recv_timeout(Duration::from_millis(20)).is_err());
        control.release();
        handed_over.recv().unwrap();
    });
    assert_eq!(next(&receiver), 1);
    Box::new(journal).close().unwrap();
}

#[test]
fn a_failed_sync_fails_its_batch_and_everything_behind_it() {
    let (disk, mut scribe, (sender, receiver)) = (MemoryDisk::new(), Scribe::new(), channel());
    let (mut journal, control) = disk.journal().unwrap();
    submit(&mut journal, &mut scribe, &sender);
    assert_eq!(next(&receiver), 1);
    control.fail();
    submit(&mut journal, &mut scribe, &sender);
    assert!(matches!(receiver.recv().unwrap(), (2, Err(Error::Io { .. }))));
    submit(&mut journal, &mut scribe, &sender);
    let Err(Error::Failed(reason)) = receiver.recv().unwrap().1 else { panic!("accepted again") };
    assert_eq!(&*reason, "cannot sync memory: a failure was asked for");
    assert_eq!(disk.reader().head().unwrap().last_seq, 1);
    assert!(Box::new(journal).close().is_err());
}

#[test]
fn a_slow_sync_takes_at_least_its_time() {
    let (disk, mut scribe, (sender, receiver)) = (MemoryDisk::new(), Scribe::new(), channel());
    let (mut journal, control) = disk.journal().unwrap();
    control.slow(Duration::from_millis(15));
    submit(&mut journal, &mut scribe, &sender);
    assert_eq!(next(&receiver), 1);
    let stats = journal.stats();
    let ns = stats.commit_ns_last.load(std::sync::atomic::Ordering::Relaxed);
    assert!(ns >= 15_000_000);
}

#[test]
fn a_power_cut_loses_what_was_outstanding_and_tells_nobody() {
    for by_drop in [false, true] {
        let (disk, mut scribe, (sender, receiver)) = (MemoryDisk::new(), Scribe::new(), channel());
        let (mut journal, control) = disk.journal().unwrap();
        submit(&mut journal, &mut scribe, &sender);
        assert_eq!(next(&receiver), 1);
        control.hold();
        submit(&mut journal, &mut scribe, &sender);
        submit(&mut journal, &mut scribe, &sender);
        if by_drop {
            drop(journal);
        } else {
            control.cut_power();
            submit(&mut journal, &mut scribe, &sender);
            assert!(Box::new(journal).close().is_err());
        }
        drop(sender);
        assert_eq!(receiver.iter().count(), 0);

        let verified = verify(&*disk.reader(), VerifyFrom::beginning(), &mut |_| {}).unwrap();
        assert_eq!(verified.head.last_seq, 1);
        let (mut journal, (sender, receiver)) = (disk.journal().unwrap().0, channel());
        submit(&mut journal, &mut Scribe::from(verified), &sender);
        assert_eq!(next(&receiver), 2);
    }
}

#[test]
fn a_stepped_journal_does_nothing_by_itself() {
    let (disk, mut scribe, (sender, receiver)) = (MemoryDisk::new(), Scribe::new(), channel());
    let (mut journal, control) = disk.stepped();
    for _ in 0..5 {
        submit(&mut journal, &mut scribe, &sender);
    }
    journal.checkpoint(5, "host/journal\n5\nroot\n".to_owned());
    assert_eq!((control.outstanding(), disk.reader().head().unwrap().last_seq), (5, 0));
    for seq in 1..=3 {
        assert!(control.step());
        assert_eq!(next(&receiver), seq);
        assert_eq!(disk.reader().head().unwrap().last_seq, seq);
    }
    Box::new(journal).close().unwrap();
    assert_eq!(next(&receiver), 4);
    assert_eq!(next(&receiver), 5);
    assert!(disk.reader().checkpoint_latest().unwrap().is_some());
    assert!(!control.step());
}

#[test]
fn meta_values_of_a_memory_disk_are_set_once() {
    let disk = MemoryDisk::new();
    disk.put_meta_once("a", b"1").unwrap();
    disk.put_meta_once("a", b"1").unwrap();
    assert!(matches!(disk.put_meta_once("a", b"2"), Err(Error::MetaSet { .. })));
    assert_eq!(disk.reader().meta("a").unwrap(), Some(b"1".to_vec()));
}
