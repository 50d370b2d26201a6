//! Both backends keep the same promises.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use hansa_store::conformance::{Backend, run};
use hansa_store::memory::MemoryDisk;
use hansa_store::{Options, Sealing, Store};
use tempfile::TempDir;

fn on_memory(disk: MemoryDisk) -> Backend {
    let (journal, _control) = disk.journal().unwrap();
    let reader = disk.reader();
    Backend { journal: Box::new(journal), reader, reopen: Box::new(|| on_memory(disk)) }
}

fn on_disk(dir: Arc<TempDir>, options: Options) -> Backend {
    let path: &Path = dir.path();
    let mut store = Store::open(path, options.clone()).unwrap();
    let (journal, reader) = (store.journal().unwrap(), store.reader());
    Backend { journal, reader, reopen: Box::new(move || on_disk(dir, options)) }
}

#[test]
fn the_memory_journal_conforms() {
    run(|| on_memory(MemoryDisk::new()));
}

#[test]
fn the_sqlite_journal_conforms() {
    run(|| on_disk(Arc::new(TempDir::new().unwrap()), Options::default()));
}

#[test]
fn the_sqlite_journal_conforms_while_its_log_is_begun_anew_at_every_turn() {
    let options = Options { wal_bytes_max: 1, ..Options::default() };
    run(|| on_disk(Arc::new(TempDir::new().unwrap()), options.clone()));
}

#[test]
fn the_sqlite_journal_conforms_while_its_rows_are_sealed_at_every_turn() {
    let sealing = Sealing { behind_entries: 0, range_bytes: 2_000, pace: Duration::ZERO };
    let options = Options { sealing: Some(sealing), ..Options::default() };
    run(|| on_disk(Arc::new(TempDir::new().unwrap()), options.clone()));
}
