//! What a store is made to do while the recorder watches: one seed, one list of batches.
//!
//! Batches small and large, documents and erasures, signed checkpoints, a log that is copied back and
//! emptied often, and now and then the store is closed and opened again. The same list, made again
//! without a disk, is what an image is compared with.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::time::Duration;

use hansa_crypto::SigningKey;
use hansa_crypto::checkpoint::Checkpoint;
use hansa_crypto::merkle::CompactRange;
use hansa_store::conformance::Scribe;
use hansa_store::verify::{VerifyFrom, verify};
use hansa_store::{Batch, Options, Sealing, Store, VaultChange};
use hansa_types::{Digest, PrincipalId, Salt};

use super::recording::acknowledge;
use crate::sim::Rng;

/// Batches of a workload.
const BATCHES: u64 = 60;
/// The origin of its checkpoints.
const ORIGIN: &str = "images/journal/1";
/// Subjects of its documents.
const SUBJECTS: u64 = 5;

/// One thing after the other.
enum Step {
    Append(Batch),
    /// A checkpoint of everything so far.
    Sign {
        size: u64,
        root: Digest,
    },
    Reopen,
}

/// What must be found at an entry where a batch ended.
#[derive(Debug, Clone)]
pub(super) struct Expected {
    pub(super) chain: Digest,
    /// The records of the vault, by name, with their bytes.
    pub(super) vault: BTreeMap<String, Vec<u8>>,
}

/// What may be found, by the last entry.
pub(super) type Plan = BTreeMap<u64, Expected>;

/// How the store is opened, while recorded and as an image alike: a log that fills up soon, and with
/// every second seed old rows that are sealed at once.
pub(super) fn options(seed: u64) -> Options {
    let sealing = Sealing { behind_entries: 20, range_bytes: 8_000, pace: Duration::ZERO };
    Options {
        wal_bytes_max: 150_000,
        wal_idle: Duration::from_millis(1),
        sealing: Some(sealing).filter(|_| seed.is_multiple_of(2)),
        ..Options::default()
    }
}

fn steps(seed: u64) -> Vec<Step> {
    let mut rng = Rng::new(seed);
    let (mut scribe, mut steps) = (Scribe::new(), Vec::new());
    for number in 1..=BATCHES {
        let first = scribe.seq() + 1;
        let entries = if rng.percent(10) { 40 + rng.below(60) } else { 1 + rng.below(8) };
        let padding = usize::try_from(rng.below(500)).unwrap_or_default();
        let line = |seq| format!("{{\"seq\":{seq},\"pad\":\"{}\"}}", "x".repeat(padding));
        let mut batch = scribe.batch((first..first + entries).map(line));
        for document in 0..rng.below(4) {
            let subject = PrincipalId(u128::from(rng.below(SUBJECTS)));
            let bytes = usize::try_from(50 + rng.below(3_000)).unwrap_or_default();
            batch.vault.push(VaultChange::Put {
                id: format!("{number}/{document}"),
                subject,
                salt: Salt([1; 16]),
                sealed: vec![u8::try_from(number).unwrap_or(0); bytes],
            });
        }
        if rng.percent(8) {
            let subject = PrincipalId(u128::from(rng.below(SUBJECTS)));
            let prefix = format!("{}/", 1 + rng.below(number));
            batch.vault.push(VaultChange::EraseUnder { subject, prefix });
        }
        if rng.percent(8) {
            let subject = PrincipalId(u128::from(rng.below(SUBJECTS)));
            batch.vault.push(VaultChange::EraseSubject { subject });
        }
        let (size, root) = (batch.last_seq, batch.root);
        steps.push(Step::Append(batch));
        if rng.percent(20) {
            steps.push(Step::Sign { size, root });
        }
        if rng.percent(6) {
            steps.push(Step::Reopen);
        }
    }
    steps
}

/// What an image of a seed may hold.
pub(super) fn plan(seed: u64) -> Plan {
    let mut now = Expected { chain: Digest::ZERO, vault: BTreeMap::new() };
    let mut subjects: BTreeMap<PrincipalId, BTreeSet<String>> = BTreeMap::new();
    let mut plan = Plan::from([(0, now.clone())]);
    for step in steps(seed) {
        let Step::Append(batch) = step else { continue };
        for change in batch.vault {
            match change {
                VaultChange::Put { id, subject, sealed, .. } => {
                    subjects.entry(subject).or_default().insert(id.clone());
                    now.vault.insert(id, sealed);
                }
                VaultChange::EraseSubject { subject } => {
                    for id in subjects.remove(&subject).unwrap_or_default() {
                        now.vault.remove(&id);
                    }
                }
                VaultChange::EraseUnder { prefix, .. } => {
                    now.vault.retain(|id, _| !id.starts_with(&prefix));
                }
                VaultChange::PutKey { .. } => {}
            }
        }
        now.chain = batch.chain;
        plan.insert(batch.last_seq, now.clone());
    }
    plan
}

/// Carries a seed's workload out in a folder.
pub(super) fn run(dir: &Path, seed: u64) -> Result<(), String> {
    let failed = |error: hansa_store::Error| error.to_string();
    let key = SigningKey::from_seed([7; 32]);
    let data = dir.join("data");
    let mut store = Store::open(&data, options(seed)).map_err(failed)?;
    let mut journal = store.journal().map_err(failed)?;
    for step in steps(seed) {
        match step {
            Step::Append(batch) => {
                let last_seq = batch.last_seq;
                let done = move |outcome: Result<(), _>| {
                    if outcome.is_ok() {
                        acknowledge(last_seq);
                    }
                };
                journal.submit(batch, Box::new(done));
            }
            Step::Sign { size, root } => {
                let checkpoint = Checkpoint { origin: ORIGIN.to_owned(), size, root };
                journal.checkpoint(size, checkpoint.sign(ORIGIN, &key));
            }
            Step::Reopen => {
                journal.close().map_err(failed)?;
                drop(store);
                store = Store::open(&data, options(seed)).map_err(failed)?;
                journal = store.journal().map_err(failed)?;
            }
        }
    }
    journal.close().map_err(failed)
}

/// A batch that goes on from where an image ends, to see that it can.
pub(super) fn next_batch(seq: u64, chain: Digest, range: CompactRange) -> Batch {
    let head = hansa_store::Head { last_seq: seq, chain, root: range.root() };
    let verified = hansa_store::verify::Verified { head, range, entries: seq };
    Scribe::from(verified).batch(["{\"goes\":\"on\"}"])
}

/// Verifies a store from its first entry.
pub(super) fn verified(store: &Store) -> Result<hansa_store::verify::Verified, String> {
    verify(&*store.reader(), VerifyFrom::beginning(), &mut |_| ()).map_err(|damage| {
        let cause = std::error::Error::source(&damage).map(|cause| format!(": {cause}"));
        format!("{damage}{}", cause.unwrap_or_default())
    })
}
