//! Killed at every named point, a store comes back with every acknowledged entry, in order and once.
//!
//! The test starts itself as a child process, which appends until it kills itself.

#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "the test starts processes"
)]

use std::collections::BTreeSet;
use std::io::Write as _;
use std::ops::ControlFlow;
use std::os::unix::process::ExitStatusExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::mpsc::channel;
use std::time::Duration;

use hansa_crypto::SigningKey;
use hansa_store::conformance::Scribe;
use hansa_store::snapshot::{self, SnapshotContent};
use hansa_store::verify::{VerifyFrom, verify};
use hansa_store::{Batch, Options, Sealing, Store, VaultChange, crash};
use hansa_types::{PrincipalId, Salt};

const CHILD_DIR: &str = "HANSA_TEST_CHILD_DIR";
const CHILD_SEED: &str = "HANSA_TEST_CHILD_SEED";
const BATCHES_MAX: u64 = 400;
/// Journals that are tormented, and how often each is killed and opened again.
const JOURNALS: u64 = 90;
/// See [`JOURNALS`].
const KILLS: u64 = 5;

fn line(seq: u64) -> String {
    format!(
        "{{\"seq\":{seq},\"pad\":\"{}\"}}",
        "x".repeat(usize::try_from(seq * 31 % 500).unwrap())
    )
}

fn node_key() -> SigningKey {
    SigningKey::from_seed([7; 32])
}

/// SplitMix64: enough to vary a run by its seed.
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (z ^ (z >> 31)) % bound
    }
}

#[test]
fn the_child_appends_until_it_is_killed() {
    let Some(dir) = std::env::var_os(CHILD_DIR) else { return };
    let seed = std::env::var(CHILD_SEED).unwrap().parse().unwrap();
    let mut dice = Dice(seed);
    // A small log, so that it is copied back every few batches.
    let sealing = Sealing { behind_entries: 30, range_bytes: 4_000, pace: Duration::ZERO };
    let options = Options { wal_bytes_max: 100_000, sealing: Some(sealing), ..Options::default() };
    let mut store = Store::open(Path::new(&dir), options).unwrap();
    let verified = verify(&*store.reader(), VerifyFrom::beginning(), &mut |_| {}).unwrap();
    let mut scribe = Scribe::from(verified);
    let mut journal = store.journal().unwrap();
    for _ in 0..BATCHES_MAX {
        let first = scribe.seq() + 1;
        let mut batch = journal.recycle().unwrap_or_default();
        scribe.fill(&mut batch, (first..=first + dice.below(20)).map(line));
        batch.vault.push(VaultChange::Put {
            id: format!("v{first}"),
            subject: PrincipalId(u128::from(first)),
            salt: Salt([1; 16]),
            sealed: vec![1; 100],
        });
        let last_seq = batch.last_seq;
        journal.submit(
            batch,
            Box::new(move |outcome| {
                outcome.unwrap();
                let text = format!("\nack {last_seq}\n");
                std::io::stdout().lock().write_all(text.as_bytes()).unwrap();
            }),
        );
        if dice.below(3) == 0 {
            journal.checkpoint(last_seq, format!("host/journal\n{last_seq}\nroot\n"));
        }
        if dice.below(4) == 0 {
            let (sender, receiver) = channel();
            journal.submit(Batch::default(), Box::new(move |_| sender.send(()).unwrap()));
            receiver.recv().unwrap();
            let point = scribe.point();
            let state = vec![b's'; 1_000];
            let (seq, chain, range) = (point.seq, point.chain, point.range);
            let content = SnapshotContent { seq, chain, range, state, format: 1 };
            snapshot::write(&store.snapshots_dir(), &content, &node_key()).unwrap();
        }
    }
    journal.close().unwrap();
}

/// Runs the child to its death; answers the last seq it acknowledged.
fn kill_one(dir: &Path, point: &str, passing: u64, seed: u64) -> u64 {
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "crash::the_child_appends_until_it_is_killed", "--nocapture"])
        .env(CHILD_DIR, dir)
        .env(CHILD_SEED, seed.to_string())
        .env(crash::VARIABLE, format!("{point}:{passing}"))
        .output()
        .unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.signal(), Some(9), "{point}:{passing} seed {seed}: {stderr}");
    let stdout = String::from_utf8(output.stdout).unwrap();
    let acks = stdout.lines().filter_map(|line| line.strip_prefix("ack "));
    acks.map(|seq| seq.parse().unwrap()).max().unwrap_or(0)
}

/// Opens what the child left and checks it; answers the last seq found.
fn check(dir: &Path, acknowledged: u64) -> u64 {
    let store = Store::open(dir, Options::default()).unwrap();
    let reader = store.reader();
    let verified = verify(&*reader, VerifyFrom::beginning(), &mut |_| {}).unwrap();
    assert_eq!(verified.head, reader.head().unwrap());
    assert!(verified.head.last_seq >= acknowledged, "an acknowledged entry is lost");
    let mut next = 1;
    let scan = reader.scan(1, &mut |row| {
        let kept = reader.vault(&format!("v{}", row.first_seq))?;
        assert!(kept.is_some(), "a batch came without its vault record");
        for (seq, entry, _) in row.entries() {
            assert_eq!((seq, entry), (next, line(next).as_bytes()));
            next += 1;
        }
        Ok(ControlFlow::Continue(()))
    });
    scan.unwrap();
    assert_eq!(next, verified.head.last_seq + 1);
    assert!(
        reader.vault(&format!("v{next}")).unwrap().is_none(),
        "a vault record without its batch"
    );
    if let Some(latest) = snapshot::latest(&store.snapshots_dir(), &node_key().public()).unwrap() {
        assert!(latest.refused.is_empty(), "a snapshot was left half written");
        let from = VerifyFrom { seq: latest.seq, chain: latest.chain, range: latest.range };
        assert_eq!(verify(&*reader, from, &mut |_| {}).unwrap().head, verified.head);
    }
    verified.head.last_seq
}

/// Snapshots that were begun and have no name yet.
fn unfinished(dir: &Path) -> BTreeSet<PathBuf> {
    let Ok(snapshots) = std::fs::read_dir(dir.join("snapshots")) else { return BTreeSet::new() };
    let paths = snapshots.map(|file| file.unwrap().path());
    let is_unfinished = |path: &PathBuf| {
        path.extension().is_some_and(|extension| extension == "tmp")
            && !path.with_extension("snap").exists()
    };
    paths.filter(is_unfinished).collect()
}

fn torment(journal: u64) {
    let dir = tempfile::tempdir().unwrap();
    let mut dice = Dice(journal);
    let mut last_seq = 0;
    for kill in 0..KILLS {
        let run = journal * KILLS + kill;
        let point = crash::POINTS[usize::try_from(run).unwrap() % crash::POINTS.len()];
        let passing = 1 + dice.below(if point.contains("append") { 12 } else { 4 });
        let unfinished_before = unfinished(dir.path());
        let acknowledged = kill_one(dir.path(), point, passing, run);
        let found = check(dir.path(), acknowledged.max(last_seq));
        if point == "snapshot_before_rename" {
            // One of an earlier kill, while something was sealed, may lie there still.
            let left = unfinished(dir.path());
            let new = left.difference(&unfinished_before).count();
            assert_eq!(new, 1, "an unfinished snapshot took the name of a whole one");
        }
        if point == "after_commit" {
            assert!(
                found > acknowledged,
                "what was committed is durable before it is acknowledged"
            );
        }
        last_seq = found;
    }
}

#[test]
fn a_killed_store_keeps_every_acknowledged_entry_once_and_in_order() {
    if std::env::var_os(CHILD_DIR).is_some() {
        return;
    }
    const { assert!(JOURNALS * KILLS >= 200) };
    std::thread::scope(|scope| {
        for half in 0..2 {
            scope.spawn(move || (half..JOURNALS).step_by(2).for_each(torment));
        }
    });
}
