//! Snapshots are kept two deep, and one that was touched is never used.

use std::path::Path;

use hansa_crypto::SigningKey;
use hansa_store::conformance::Scribe;
use hansa_store::snapshot::{SnapshotContent, latest, read, write};
use hansa_store::{Error, limits};

fn key(seed: u8) -> SigningKey {
    SigningKey::from_seed([seed; 32])
}

/// The fold of a journal of `seq` entries.
fn content(seq: u64) -> SnapshotContent {
    let mut scribe = Scribe::new();
    scribe.batch((1..=seq).map(|seq| format!("{{\"seq\":{seq}}}")));
    let point = scribe.point();
    let state = format!("state at {seq}\n\n\0").into_bytes();
    SnapshotContent { seq, chain: point.chain, range: point.range, state, format: 3 }
}

fn names(dir: &Path) -> Vec<String> {
    let mut names: Vec<_> = std::fs::read_dir(dir)
        .unwrap()
        .map(|file| file.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[test]
fn a_snapshot_reads_back_as_written() {
    let dir = tempfile::tempdir().unwrap();
    let folder = dir.path().join("snapshots");
    assert_eq!(latest(&folder, &key(1).public()).unwrap(), None);
    for seq in [0, 1, 1_000] {
        let content = content(seq);
        let path = write(&folder, &content, &key(1)).unwrap();
        assert_eq!(path, folder.join(format!("{seq:020}.snap")));
        let snapshot = latest(&folder, &key(1).public()).unwrap().unwrap();
        assert_eq!((snapshot.path, snapshot.refused), (path, Vec::new()));
        assert_eq!(snapshot.root, content.range.root());
        let (seq, chain, range) = (snapshot.seq, snapshot.chain, snapshot.range);
        let (state, format) = (snapshot.state, snapshot.format);
        assert_eq!(SnapshotContent { seq, chain, range, state, format }, content);
    }
}

#[test]
fn the_newest_two_are_kept_and_nothing_unfinished() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join(format!("{:020}.tmp", 7)), "cut short").unwrap();
    std::fs::write(dir.path().join("notes.txt"), "somebody else's").unwrap();
    for seq in [3, 10, 200, 30] {
        write(dir.path(), &content(seq), &key(1)).unwrap();
    }
    assert_eq!(limits::SNAPSHOTS_KEPT, 2);
    let kept = [format!("{:020}.snap", 30), format!("{:020}.snap", 200), "notes.txt".to_owned()];
    assert_eq!(names(dir.path()), kept);
}

#[test]
fn every_changed_byte_is_refused_and_the_older_snapshot_is_used() {
    let dir = tempfile::tempdir().unwrap();
    write(dir.path(), &content(5), &key(1)).unwrap();
    let path = write(dir.path(), &content(6), &key(1)).unwrap();
    let whole = std::fs::read(&path).unwrap();
    for at in 0..whole.len() {
        let mut touched = whole.clone();
        touched[at] ^= 0x01;
        std::fs::write(&path, touched).unwrap();
        let snapshot = latest(dir.path(), &key(1).public()).unwrap().unwrap();
        assert_eq!(snapshot.seq, 5, "byte {at} was changed");
        assert_eq!(snapshot.refused.len(), 1);
        assert_eq!(snapshot.refused[0].path, path);
    }
    for cut in [0, 1, whole.len() / 2, whole.len() - 1] {
        std::fs::write(&path, &whole[..cut]).unwrap();
        assert_eq!(latest(dir.path(), &key(1).public()).unwrap().unwrap().seq, 5);
    }
    std::fs::write(&path, [&whole[..], b"x"].concat()).unwrap();
    let Err(Error::Snapshot { what, .. }) = read(&path, &key(1).public()) else { panic!() };
    assert_eq!(what, "its state has another length than its header says");
    std::fs::write(&path, &whole).unwrap();
    assert_eq!(latest(dir.path(), &key(1).public()).unwrap().unwrap().seq, 6);
}

#[test]
fn a_snapshot_of_another_key_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    write(dir.path(), &content(5), &key(2)).unwrap();
    assert_eq!(latest(dir.path(), &key(1).public()).unwrap(), None);
    assert_eq!(latest(dir.path(), &key(2).public()).unwrap().unwrap().seq, 5);
}

#[test]
fn a_header_longer_than_its_limit_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join(format!("{:020}.snap", 1));
    let long = usize::try_from(limits::SNAPSHOT_HEADER_BYTES_MAX).unwrap();
    for bytes in [long, long + 1] {
        std::fs::write(&path, " ".repeat(bytes) + "\n").unwrap();
        let refused = read(&path, &key(1).public());
        assert!(matches!(refused, Err(Error::Snapshot { .. })));
    }
}

#[test]
fn content_that_contradicts_itself_is_not_written() {
    let dir = tempfile::tempdir().unwrap();
    let contradiction = SnapshotContent { seq: 6, ..content(5) };
    assert!(matches!(write(dir.path(), &contradiction, &key(1)), Err(Error::Snapshot { .. })));
    assert_eq!(names(dir.path()), Vec::<String>::new());
}
