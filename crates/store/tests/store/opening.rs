//! Opening a data directory: who may, what is found there, and what is refused.

#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "the test starts processes"
)]

use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Command;

use hansa_store::{Batch, Error, JOURNAL_FILE, Options, Store};
use rusqlite::Connection;

const CHILD_DIR: &str = "HANSA_TEST_LOCKED_DIR";

fn open(dir: &Path) -> Result<Store, Error> {
    Store::open(dir, Options::default())
}

#[test]
fn the_child_only_says_how_opening_went() {
    let Some(dir) = std::env::var_os(CHILD_DIR) else { return };
    match open(Path::new(&dir)) {
        Ok(_) => println!("\nopened"),
        Err(error) => println!("\nrefused: {error}"),
    }
    println!(
        "\nread: {}",
        Store::open_read_only(Path::new(&dir)).unwrap().head().unwrap().last_seq
    );
}

fn ask_child(dir: &Path) -> String {
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "opening::the_child_only_says_how_opening_went", "--nocapture"])
        .env(CHILD_DIR, dir)
        .output()
        .unwrap();
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn a_second_process_is_refused_and_told_who_holds_the_lock() {
    let dir = tempfile::tempdir().unwrap();
    let mut store = open(dir.path()).unwrap();
    let said = ask_child(dir.path());
    let refusal = format!(
        "refused: the data directory {} is in use by process {}",
        dir.path().display(),
        std::process::id()
    );
    assert!(said.contains(&refusal), "{said}");
    assert!(said.contains("read: 0"), "reading needs no lock: {said}");
    // The journal holds the lock on its own.
    let journal = store.journal().unwrap();
    drop(store);
    assert!(ask_child(dir.path()).contains("refused"));
    assert!(matches!(open(dir.path()), Err(Error::Locked { pid: Some(_), .. })));
    journal.close().unwrap();
    assert!(ask_child(dir.path()).contains("opened"));
    open(dir.path()).unwrap();
}

#[test]
fn a_new_directory_is_for_its_owner_alone_and_has_its_folders() {
    let parent = tempfile::tempdir().unwrap();
    let dir = parent.path().join("a/b");
    let store = open(&dir).unwrap();
    let folders = [dir.clone(), store.keys_dir(), store.snapshots_dir(), store.poison_dir()];
    for folder in folders {
        assert_eq!(std::fs::metadata(&folder).unwrap().permissions().mode() & 0o777, 0o700);
    }
    assert_eq!((store.dir(), store.views_path()), (dir.as_path(), dir.join("views.db")));
    let mode = |name: &str| std::fs::metadata(dir.join(name)).unwrap().permissions().mode() & 0o777;
    for name in [JOURNAL_FILE, "journal.db-wal", "journal.db-shm"] {
        assert_eq!(mode(name), 0o600, "{name}");
    }
    std::fs::write(dir.join("views.db"), "").unwrap();
    std::fs::set_permissions(dir.join("views.db"), Permissions::from_mode(0o644)).unwrap();
    hansa_store::disk::keep_private(&store.views_path()).unwrap();
    assert_eq!(mode("views.db"), 0o600);
}

#[test]
fn the_journal_is_handed_out_once() {
    let dir = tempfile::tempdir().unwrap();
    let mut store = open(dir.path()).unwrap();
    let _journal = store.journal().unwrap();
    assert!(matches!(store.journal(), Err(Error::JournalTaken)));
}

#[test]
fn meta_values_are_set_once_before_and_beside_the_journal() {
    let dir = tempfile::tempdir().unwrap();
    let mut store = open(dir.path()).unwrap();
    store.put_meta_once("incarnation", b"first").unwrap();
    let mut journal = store.journal().unwrap();
    journal.submit(Batch::default(), Box::new(|outcome| outcome.unwrap()));
    store.put_meta_once("incarnation", b"first").unwrap();
    store.put_meta_once("hash_seed", b"\x00\xff").unwrap();
    let again = store.put_meta_once("incarnation", b"second");
    assert!(matches!(again, Err(Error::MetaSet { key }) if key == "incarnation"));
    journal.close().unwrap();
    drop(store);
    let reader = open(dir.path()).unwrap().reader();
    assert_eq!(reader.meta("incarnation").unwrap().unwrap(), b"first");
    assert_eq!(reader.meta("hash_seed").unwrap().unwrap(), b"\x00\xff");
    assert_eq!(reader.meta("format").unwrap().unwrap(), b"1");
}

#[test]
fn another_format_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    drop(open(dir.path()).unwrap());
    let connection = Connection::open(dir.path().join(JOURNAL_FILE)).unwrap();
    for value in ["3", "", "1 ", "one"] {
        let sql = "UPDATE meta SET value = CAST(?1 AS BLOB) WHERE key = 'format'";
        connection.execute(sql, [value]).unwrap();
        let refused = open(dir.path()).map(|_| ());
        assert!(matches!(refused, Err(Error::Format { found, known: 2 }) if found == value));
        assert!(matches!(Store::open_read_only(dir.path()), Err(Error::Format { .. })));
    }
    connection.execute("DELETE FROM meta", []).unwrap();
    assert!(matches!(open(dir.path()), Err(Error::Format { .. })));
}

#[test]
fn a_file_of_something_else_is_refused_and_left_alone() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join(JOURNAL_FILE);
    std::fs::write(&path, "a letter to a friend, long enough to be looked at. ".repeat(40))
        .unwrap();
    let before = std::fs::read(&path).unwrap();
    assert!(matches!(open(dir.path()), Err(Error::Foreign { .. })));
    assert!(matches!(Store::open_read_only(dir.path()), Err(Error::Foreign { .. })));
    assert_eq!(std::fs::read(&path).unwrap(), before);

    std::fs::remove_file(&path).unwrap();
    Connection::open(&path).unwrap().execute_batch("CREATE TABLE friends (name TEXT)").unwrap();
    let before = std::fs::read(&path).unwrap();
    assert!(matches!(open(dir.path()), Err(Error::Foreign { .. })));
    assert_eq!(std::fs::read(&path).unwrap(), before);
}

#[test]
fn a_creation_that_was_cut_short_is_made_good() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join(JOURNAL_FILE), "").unwrap();
    assert_eq!(open(dir.path()).unwrap().reader().head().unwrap().last_seq, 0);
}

#[test]
fn a_directory_without_a_journal_cannot_be_read() {
    let dir = tempfile::tempdir().unwrap();
    let Err(error) = Store::open_read_only(dir.path()) else { panic!("there is nothing to read") };
    assert!(matches!(error, Error::Database { .. }), "{error}");
    assert!(!dir.path().join(JOURNAL_FILE).exists(), "reading creates nothing");
}
