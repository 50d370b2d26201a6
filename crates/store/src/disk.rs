//! Questions and small promises about the disk under a data directory.
//!
//! A write is durable only when both the file and the folder that names it are synced; every
//! durable small file of the store goes through here.

use std::fs::{DirBuilder, File, OpenOptions, Permissions};
use std::io::Write as _;
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use crate::pace::{Pace, PacedFile};
use crate::{Error, limits};

/// Bytes that an unprivileged process may still write under `dir`.
pub fn free_bytes(dir: &Path) -> Result<u64, Error> {
    let stat = rustix::fs::statvfs(dir)
        .map_err(|errno| Error::io("ask for the free space of", dir)(errno.into()))?;
    Ok(stat.f_bavail.saturating_mul(stat.f_frsize))
}

/// Bytes of a database with its write-ahead log; nothing where there is none. By their names alone:
/// opening the files of a database in use would take its locks away.
pub fn database_bytes(path: &Path) -> u64 {
    let mut log = path.as_os_str().to_owned();
    log.push("-wal");
    let bytes = |path: &Path| std::fs::metadata(path).map_or(0, |found| found.len());
    bytes(path) + bytes(&PathBuf::from(log))
}

/// Bytes of the files in a folder, without what lies deeper.
pub fn folder_bytes(dir: &Path) -> u64 {
    let files = std::fs::read_dir(dir).into_iter().flatten().flatten();
    files
        .filter_map(|file| file.metadata().ok())
        .filter(|found| found.is_file())
        .map(|found| found.len())
        .sum()
}

/// Creates a folder for the owner alone, with its parents; one that exists stays as it is.
pub(crate) fn create_dir(dir: &Path) -> Result<(), Error> {
    if dir.is_dir() {
        return Ok(());
    }
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(dir)
        .map_err(Error::io("create the folder", dir))?;
    dir.parent().filter(|parent| !parent.as_os_str().is_empty()).map_or(Ok(()), sync_dir)
}

/// Creates an empty file for the owner alone; one that exists is not touched, not even opened.
pub(crate) fn create_file(path: &Path) -> Result<(), Error> {
    match OpenOptions::new().write(true).create_new(true).mode(0o600).open(path) {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(Error::io("create", path)(error)),
    }
}

/// Sees to it that a database is its owner's alone, with what SQLite keeps beside it: one that is
/// not there is made, empty, for its further files take their modes from it. Nothing is opened that
/// exists, so a database in use is not disturbed.
pub fn keep_private(path: &Path) -> Result<(), Error> {
    create_file(path)?;
    for suffix in ["", "-wal", "-shm"] {
        let mut name = path.as_os_str().to_owned();
        name.push(suffix);
        let name = PathBuf::from(name);
        match std::fs::set_permissions(&name, Permissions::from_mode(0o600)) {
            Ok(()) => {}
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => return Err(Error::io("close to others", &name)(error)),
        }
    }
    Ok(())
}

/// Makes the names in a folder durable.
pub(crate) fn sync_dir(dir: &Path) -> Result<(), Error> {
    File::open(dir).and_then(|dir| dir.sync_all()).map_err(Error::io("sync the folder", dir))
}

/// Writes a file for the owner alone and syncs it; the folder is the caller's to sync.
pub(crate) fn write_synced(path: &Path, parts: &[&[u8]], pace: Pace) -> Result<(), Error> {
    let mut file = PacedFile::create(path, pace)?;
    for piece in parts.iter().flat_map(|part| part.chunks(limits::GENTLE_BYTES)) {
        pace.piece(|| file.write_all(piece)).map_err(Error::io("write", path))?;
    }
    file.sync_all().map_err(Error::io("sync", path))
}

/// Creates a file for the owner alone, or empties it.
pub(crate) fn create(path: &Path) -> Result<File, Error> {
    OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(path)
        .map_err(Error::io("create", path))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_database_weighs_as_much_as_its_file_and_its_log() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("x.db");
        assert_eq!((database_bytes(&path), folder_bytes(&path)), (0, 0));
        std::fs::write(&path, [0; 10]).unwrap();
        std::fs::write(dir.path().join("x.db-wal"), [0; 5]).unwrap();
        assert_eq!((database_bytes(&path), folder_bytes(dir.path())), (15, 15));
    }

    #[test]
    fn free_space_is_known_for_a_folder_and_an_error_for_none() {
        let dir = tempfile::tempdir().unwrap();
        assert!(free_bytes(dir.path()).unwrap() > 0);
        assert!(free_bytes(&dir.path().join("nowhere")).is_err());
    }
}
