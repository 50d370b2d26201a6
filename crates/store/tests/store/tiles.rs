//! Proofs from the index verify, whatever the tree's size and however its rows are cut.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use hansa_crypto::merkle::{
    CompactRange, Leaves as _, MemoryLeaves, leaf_hash, verify_consistency, verify_inclusion,
};
use hansa_store::conformance::Scribe;
use hansa_store::memory::MemoryDisk;
use hansa_store::tiles::ProofIndex;
use hansa_store::{Error, Head, Journal as _, Options, Reader, Row, Store, VaultRow, Visit};
use hansa_types::{Digest, PrincipalId};

fn line(seq: u64) -> String {
    format!("{{\"seq\":{seq}}}")
}

/// Roots of the trees of 0, 1, 2, … entries.
fn roots(size: u64) -> Vec<Digest> {
    let mut range = CompactRange::new();
    let mut roots = vec![range.root()];
    for seq in 1..=size {
        range.push(leaf_hash(line(seq).as_bytes()));
        roots.push(range.root());
    }
    roots
}

fn index_usize(seq: u64) -> usize {
    usize::try_from(seq).unwrap()
}

/// A journal in memory whose rows have these numbers of entries.
fn journal(rows: &[u64]) -> (MemoryDisk, Scribe) {
    let (disk, mut scribe) = (MemoryDisk::new(), Scribe::new());
    let (mut journal, control) = disk.stepped();
    for count in rows {
        let first = scribe.seq() + 1;
        let batch = scribe.batch((first..first + count).map(line));
        journal.submit(batch, Box::new(|outcome| outcome.unwrap()));
        assert!(control.step());
    }
    (disk, scribe)
}

#[test]
fn proofs_of_every_kind_verify_around_the_edges_of_tiles() {
    let rows = [1, 200, 55, 1, 255, 256, 3, 1_000, 1, 1, 300];
    let (disk, scribe) = journal(&rows);
    let (total, roots) = (scribe.seq(), roots(scribe.seq()));
    let index = ProofIndex::new(disk.reader());
    let sizes = [1, 2, 3, 255, 256, 257, 511, 512, 513, 768, 1_024, 1_025, 1_700, total];
    for tree_size in sizes {
        let root = roots[index_usize(tree_size)];
        for seq in sizes.into_iter().chain([5, 300, 900, 1_500]).filter(|&seq| seq <= tree_size) {
            let proof = index.inclusion(seq, tree_size).unwrap();
            let leaf = leaf_hash(line(seq).as_bytes());
            verify_inclusion(&leaf, seq - 1, tree_size, &proof, &root).unwrap();
        }
        for old_size in sizes.into_iter().filter(|&old| old <= tree_size) {
            let proof = index.consistency(old_size, tree_size).unwrap();
            let old_root = roots[index_usize(old_size)];
            verify_consistency(old_size, &old_root, tree_size, &root, &proof).unwrap();
        }
    }
}

#[test]
fn subtrees_equal_those_of_leaves_in_memory() {
    let (disk, scribe) = journal(&[700, 1, 1_400]);
    let leaves = (1..=scribe.seq()).map(|seq| leaf_hash(line(seq).as_bytes())).collect();
    let (memory, index) = (MemoryLeaves(leaves), ProofIndex::new(disk.reader()));
    for (start, size) in [(0, 1), (7, 1), (254, 2), (256, 128), (256, 256), (512, 512), (0, 2_048)]
    {
        assert_eq!(index.subtree(start, size).unwrap(), memory.subtree(start, size).unwrap());
    }
    assert!(matches!(index.subtree(2_048, 256), Err(Error::NoSuchEntry { .. })));
}

#[test]
fn an_index_follows_a_growing_journal_on_disk() {
    let dir = tempfile::tempdir().unwrap();
    let mut store = Store::open(dir.path(), Options::default()).unwrap();
    let (mut journal, mut scribe) = (store.journal().unwrap(), Scribe::new());
    let index = ProofIndex::new(store.reader());
    let roots = roots(2_000);
    for count in [1, 254, 1, 1, 300, 800, 643] {
        let first = scribe.seq() + 1;
        let batch = scribe.batch((first..first + count).map(line));
        let (sender, receiver) = std::sync::mpsc::channel();
        journal.submit(batch, Box::new(move |outcome| sender.send(outcome.is_ok()).unwrap()));
        assert!(receiver.recv().unwrap());
        let (tree_size, root) = (scribe.seq(), roots[index_usize(scribe.seq())]);
        for seq in [1, first, tree_size] {
            let proof = index.inclusion(seq, tree_size).unwrap();
            let leaf = leaf_hash(line(seq).as_bytes());
            verify_inclusion(&leaf, seq - 1, tree_size, &proof, &root).unwrap();
        }
    }
    journal.close().unwrap();
}

#[test]
fn questions_beyond_the_journal_are_refused() {
    let (disk, _) = journal(&[10]);
    let index = ProofIndex::new(disk.reader());
    assert!(matches!(index.inclusion(0, 10), Err(Error::NoSuchEntry { seq: 0 })));
    assert!(matches!(index.inclusion(1, 11), Err(Error::NoSuchEntry { seq: 11 })));
    assert!(matches!(index.inclusion(6, 5), Err(Error::Proof(_))));
    assert!(matches!(index.consistency(6, 5), Err(Error::Proof(_))));
    assert!(matches!(index.consistency(5, 11), Err(Error::NoSuchEntry { seq: 11 })));
    assert_eq!(index.consistency(0, 10).unwrap(), []);
}

/// Counts the reads of leaves.
struct Counting(Arc<dyn Reader>, AtomicU64);

impl Reader for Counting {
    fn head(&self) -> Result<Head, Error> {
        self.0.head()
    }
    fn scan(&self, from_seq: u64, visit: &mut dyn FnMut(Row) -> Visit) -> Result<(), Error> {
        self.0.scan(from_seq, visit)
    }
    fn entry(&self, seq: u64) -> Result<Option<Vec<u8>>, Error> {
        self.0.entry(seq)
    }
    fn leaves(&self, from_seq: u64, count: u64) -> Result<Vec<u8>, Error> {
        self.1.fetch_add(1, Ordering::Relaxed);
        self.0.leaves(from_seq, count)
    }
    fn vault(&self, id: &str) -> Result<Option<VaultRow>, Error> {
        self.0.vault(id)
    }
    fn vault_key(&self, subject: PrincipalId) -> Result<Option<Vec<u8>>, Error> {
        self.0.vault_key(subject)
    }
    fn vault_ids(&self, subject: PrincipalId, most: usize) -> Result<Vec<String>, Error> {
        self.0.vault_ids(subject, most)
    }
    fn vault_page(&self, after: &str, most: usize) -> Result<Vec<(String, VaultRow)>, Error> {
        self.0.vault_page(after, most)
    }
    fn vault_keys_page(
        &self,
        after: Option<PrincipalId>,
        most: usize,
    ) -> Result<Vec<(PrincipalId, Vec<u8>)>, Error> {
        self.0.vault_keys_page(after, most)
    }
    fn vault_bytes(&self) -> Result<u64, Error> {
        self.0.vault_bytes()
    }
    fn checkpoint_latest(&self) -> Result<Option<String>, Error> {
        self.0.checkpoint_latest()
    }
    fn meta(&self, key: &str) -> Result<Option<Vec<u8>>, Error> {
        self.0.meta(key)
    }
}

#[test]
fn a_proof_costs_at_most_two_reads_once_the_index_is_warm() {
    let (disk, scribe) = journal(&[1_000, 1, 1, 4_000, 77]);
    let total = scribe.seq();
    let reader = Arc::new(Counting(disk.reader(), AtomicU64::new(0)));
    let index = ProofIndex::new(Arc::clone(&reader) as Arc<dyn Reader>);
    index.inclusion(1, total).unwrap();
    for seq in (1..=total).step_by(97) {
        for ask in [&|| index.inclusion(seq, total) as Result<Vec<Digest>, Error>, &|| {
            index.consistency(seq, total)
        }] as [&dyn Fn() -> Result<Vec<Digest>, Error>; 2]
        {
            let before = reader.1.load(Ordering::Relaxed);
            ask().unwrap();
            assert!(reader.1.load(Ordering::Relaxed) - before <= 2);
        }
    }
    let mut rows = 0;
    let visit = &mut |_| {
        rows += 1;
        Ok(ControlFlow::Continue(()))
    };
    reader.scan(1, visit).unwrap();
    assert_eq!(rows, 5);
}
