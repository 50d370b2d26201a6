//! One writer per data directory: an exclusive `flock` on the file `lock` in it.
//!
//! The system frees the lock when the process ends, however it ends, so it never has to be removed
//! by hand. The number in the file only names the holder for people. The file itself stays: taking
//! it away would let two processes lock two files of one name.

use std::fs::{File, OpenOptions};
use std::io::{Read as _, Seek as _, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use rustix::fs::{FlockOperation, flock};

use crate::Error;

/// Name of the lock file in a data directory.
pub const LOCK_FILE: &str = "lock";

/// The lock on a data directory, held until dropped.
#[derive(Debug)]
pub struct DirLock {
    file: File,
}

impl DirLock {
    /// Takes the lock of `dir` or says who has it.
    pub fn take(dir: &Path) -> Result<DirLock, Error> {
        let path = dir.join(LOCK_FILE);
        let failed = |action| Error::io(action, &path);
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .open(&path)
            .map_err(failed("open the lock"))?;
        match flock(&file, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => {}
            Err(rustix::io::Errno::WOULDBLOCK) => {
                let mut text = String::new();
                // Without a readable number the error just does not name the holder.
                let _ = file.read_to_string(&mut text);
                return Err(Error::Locked { dir: dir.to_owned(), pid: text.trim().parse().ok() });
            }
            Err(errno) => return Err(failed("take the lock")(errno.into())),
        }
        file.set_len(0).map_err(failed("write the lock"))?;
        file.rewind().map_err(failed("write the lock"))?;
        writeln!(file, "{}", std::process::id()).map_err(failed("write the lock"))?;
        Ok(DirLock { file })
    }
}

impl Drop for DirLock {
    fn drop(&mut self) {
        // Closing would be enough, were it not for children just forked, which hold a copy of the
        // descriptor until they have become another program.
        let _ = flock(&self.file, FlockOperation::Unlock);
    }
}
