//! Commands that once made the node panic, so that they are refused after a restart.
//!
//! One small file per command, named by its digest and synced before the panic goes on. Recording
//! takes no lock and needs no state, so a panic hook may call it. Files are only ever added here;
//! forgiving a command is for an operator, who removes its file.

use std::collections::HashSet;
use std::path::Path;

use hansa_types::Digest;

use crate::pace::Pace;
use crate::{Error, disk, limits};

/// Keeps the digest of a command, with a note for people, in the folder `dir`
/// ([`Store::poison_dir`](crate::Store::poison_dir)). Durable when it returns.
pub fn record(dir: &Path, digest: &Digest, note: &str) -> Result<(), Error> {
    disk::create_dir(dir)?;
    let note = &note.as_bytes()[..note.len().min(limits::POISON_NOTE_BYTES_MAX)];
    disk::write_synced(&dir.join(digest.to_string()), &[note], Pace::AtOnce)?;
    disk::sync_dir(dir)
}

/// Every recorded digest in the folder `dir`; none when there is no such folder.
///
/// The name alone counts, so a record cut short by a crash still does.
pub fn load(dir: &Path) -> Result<HashSet<Digest>, Error> {
    let failed = || Error::io("list", dir);
    let listing = match std::fs::read_dir(dir) {
        Ok(listing) => listing,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(HashSet::new()),
        Err(error) => return Err(failed()(error)),
    };
    let mut digests = HashSet::new();
    for file in listing {
        let name = file.map_err(failed())?.file_name();
        if let Some(digest) = name.to_str().and_then(|name| name.parse().ok()) {
            digests.insert(digest);
        }
    }
    Ok(digests)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_recorded_is_loaded_and_other_files_are_not() {
        let dir = tempfile::tempdir().unwrap();
        let poison = dir.path().join("poison");
        assert_eq!(load(&poison).unwrap(), HashSet::new());
        let (first, second) = (Digest([1; 32]), Digest([0xFF; 32]));
        record(&poison, &first, "apply panicked").unwrap();
        record(&poison, &second, "").unwrap();
        record(&poison, &second, "again").unwrap();
        std::fs::write(poison.join("README"), "not a digest").unwrap();
        assert_eq!(load(&poison).unwrap(), HashSet::from([first, second]));
    }

    #[test]
    fn a_long_note_is_cut_and_the_record_still_made() {
        let dir = tempfile::tempdir().unwrap();
        let digest = Digest([7; 32]);
        for bytes in [limits::POISON_NOTE_BYTES_MAX, limits::POISON_NOTE_BYTES_MAX + 1] {
            record(dir.path(), &digest, &"é".repeat(bytes)).unwrap();
            let written = std::fs::read(dir.path().join(digest.to_string())).unwrap();
            assert_eq!(written.len(), limits::POISON_NOTE_BYTES_MAX);
        }
    }
}
