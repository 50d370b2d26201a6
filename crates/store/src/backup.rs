//! Files of a backup: runs of sealed frames, and the small files beside them.
//!
//! A frame is its length in four bytes and what [`seal`] made of it under the file's key, with the
//! file's name, the frame's number and whether it is the last as associated data. So frames can be
//! neither reordered, exchanged between files nor cut off at the end. A file gets its name when it
//! is whole and synced. Deliberately absent: what the frames mean, and where keys come from.

use std::fs::File;
use std::io::{BufReader, BufWriter, Read as _, Write as _};
use std::path::{Path, PathBuf};

use hansa_crypto::seal::{SealKey, open, seal};
use zeroize::Zeroizing;

use crate::pace::{Pace, PacedFile};
use crate::{Error, disk, limits};

/// Extension while a file is being written.
const UNFINISHED: &str = "tmp";

/// Writes a file of frames.
pub struct FrameWriter {
    path: PathBuf,
    key: SealKey,
    file: BufWriter<PacedFile>,
    frames: u64,
}

impl FrameWriter {
    /// Begins a file, which gets its name when it is finished.
    pub fn create(path: &Path, key: SealKey, pace: Pace) -> Result<Self, Error> {
        let file = PacedFile::create(&path.with_extension(UNFINISHED), pace)?;
        let file = BufWriter::new(file);
        Ok(Self { path: path.to_owned(), key, file, frames: 0 })
    }

    /// Adds a frame. The nonce must be random.
    pub fn push(&mut self, nonce: [u8; 12], frame: &[u8]) -> Result<(), Error> {
        self.write(nonce, frame, false)
    }

    /// Ends the file with an empty frame, and gives it its name. Durable when it returns.
    pub fn finish(mut self, nonce: [u8; 12]) -> Result<(), Error> {
        self.write(nonce, &[], true)?;
        let unfinished = self.path.with_extension(UNFINISHED);
        let synced = self.file.flush().and_then(|()| self.file.get_ref().sync_all());
        synced.map_err(Error::io("sync", &unfinished))?;
        std::fs::rename(&unfinished, &self.path).map_err(Error::io("rename", &unfinished))?;
        self.path.parent().map_or(Ok(()), disk::sync_dir)
    }

    fn write(&mut self, nonce: [u8; 12], frame: &[u8], last: bool) -> Result<(), Error> {
        let sealed = seal(&self.key, nonce, &associated(&self.path, self.frames, last), frame);
        let length =
            u32::try_from(sealed.len()).map_err(|_| refuse(&self.path, "a frame is too long"))?;
        let written = self.file.write_all(&length.to_be_bytes());
        let written = written.and_then(|()| self.file.write_all(&sealed));
        written.map_err(Error::io("write", &self.path))?;
        self.frames += 1;
        Ok(())
    }
}

/// Reads a file of frames.
pub struct FrameReader {
    path: PathBuf,
    key: SealKey,
    file: BufReader<File>,
    frames: u64,
    ended: bool,
}

impl FrameReader {
    /// Opens a file.
    pub fn open(path: &Path, key: SealKey) -> Result<Self, Error> {
        let file = BufReader::new(File::open(path).map_err(Error::io("open", path))?);
        Ok(Self { path: path.to_owned(), key, file, frames: 0, ended: false })
    }

    /// The next frame; nothing behind the last, which must be there.
    pub fn next_frame(&mut self) -> Result<Option<Zeroizing<Vec<u8>>>, Error> {
        if self.ended {
            return Ok(None);
        }
        let mut length = [0; 4];
        self.file.read_exact(&mut length).map_err(Error::io("read", &self.path))?;
        let length = u32::from_be_bytes(length) as usize;
        if length > limits::BACKUP_FRAME_BYTES_MAX {
            return Err(refuse(&self.path, "a frame is longer than any that is written"));
        }
        let mut sealed = vec![0; length];
        self.file.read_exact(&mut sealed).map_err(Error::io("read", &self.path))?;
        let opened = |last| open(&self.key, &associated(&self.path, self.frames, last), &sealed);
        let frame = match opened(false) {
            Ok(frame) => Some(frame),
            Err(_) if opened(true).is_ok() => None,
            Err(_) => {
                return Err(refuse(&self.path, "it was altered, or the recovery key is another"));
            }
        };
        self.frames += 1;
        if frame.is_none() {
            self.ended = true;
            let rest = self.file.read(&mut [0]).map_err(Error::io("read", &self.path))?;
            if rest != 0 {
                return Err(refuse(&self.path, "something follows its last frame"));
            }
        }
        Ok(frame)
    }
}

/// Writes a small file anew, durable when it returns.
pub fn write_small(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    let unfinished = path.with_extension(UNFINISHED);
    disk::write_synced(&unfinished, &[bytes], Pace::AtOnce)?;
    std::fs::rename(&unfinished, path).map_err(Error::io("rename", &unfinished))?;
    path.parent().map_or(Ok(()), disk::sync_dir)
}

/// Reads a small file.
pub fn read_small(path: &Path) -> Result<Vec<u8>, Error> {
    let mut bytes = Vec::new();
    let file = File::open(path).map_err(Error::io("open", path))?;
    let read = file.take(limits::BACKUP_SMALL_BYTES_MAX).read_to_end(&mut bytes);
    read.map_err(Error::io("read", path))?;
    Ok(bytes)
}

/// Makes the folder of a backup.
pub fn create_dir(dir: &Path) -> Result<(), Error> {
    disk::create_dir(dir)
}

/// The files of a folder with an extension, in the order of their names.
pub fn list(dir: &Path, extension: &str) -> Result<Vec<PathBuf>, Error> {
    let failed = || Error::io("list", dir);
    let mut paths = Vec::new();
    for file in std::fs::read_dir(dir).map_err(failed())? {
        let path = file.map_err(failed())?.path();
        if path.extension().is_some_and(|found| found == extension) {
            paths.push(path);
        }
    }
    paths.sort();
    Ok(paths)
}

/// Whether there is no such folder, or nothing in it.
pub fn is_empty(dir: &Path) -> Result<bool, Error> {
    match std::fs::read_dir(dir) {
        Ok(mut files) => Ok(files.next().is_none()),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(true),
        Err(error) => Err(Error::io("list", dir)(error)),
    }
}

/// Removes a file; one that is gone already is fine.
pub fn remove(path: &Path) -> Result<(), Error> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(Error::io("remove", path)(error))
        }
        _ => path.parent().map_or(Ok(()), disk::sync_dir),
    }
}

fn associated(path: &Path, frame: u64, last: bool) -> Vec<u8> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    format!("hansa/backup/1/{name}/{frame}/{}", if last { "last" } else { "more" }).into_bytes()
}

fn refuse(path: &Path, what: &'static str) -> Error {
    Error::Backup { path: path.to_owned(), what }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key() -> SealKey {
        SealKey::from_bytes([7; 32])
    }

    fn written(path: &Path) {
        let mut writer = FrameWriter::create(path, key(), Pace::Gently).unwrap();
        writer.push([1; 12], b"one").unwrap();
        writer.push([2; 12], b"two").unwrap();
        writer.finish([3; 12]).unwrap();
    }

    fn read(path: &Path, key: SealKey) -> Result<Vec<Vec<u8>>, Error> {
        let mut reader = FrameReader::open(path, key)?;
        let mut frames = Vec::new();
        while let Some(frame) = reader.next_frame()? {
            frames.push(frame.to_vec());
        }
        Ok(frames)
    }

    #[test]
    fn frames_come_back_as_they_were_written() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a.journal");
        written(&path);
        assert_eq!(read(&path, key()).unwrap(), [b"one".to_vec(), b"two".to_vec()]);
        assert_eq!(list(dir.path(), "journal").unwrap(), [path]);
    }

    #[test]
    fn whatever_is_done_to_a_file_of_frames_is_noticed() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a.journal");
        written(&path);
        let whole = std::fs::read(&path).unwrap();
        assert!(read(&path, SealKey::from_bytes([8; 32])).is_err(), "another key");
        for place in 0..whole.len() {
            let mut bytes = whole.clone();
            bytes[place] ^= 1;
            std::fs::write(&path, &bytes).unwrap();
            assert!(read(&path, key()).is_err(), "byte {place}");
        }
        for length in 0..whole.len() {
            std::fs::write(&path, &whole[..length]).unwrap();
            assert!(read(&path, key()).is_err(), "cut to {length}");
        }
        std::fs::write(&path, [whole.clone(), vec![0]].concat()).unwrap();
        assert!(read(&path, key()).is_err(), "longer");
        let other = dir.path().join("b.journal");
        std::fs::write(&other, &whole).unwrap();
        assert!(read(&other, key()).is_err(), "renamed");
    }
}
