//! Folds of the journal kept as files, so that a start need not replay everything.
//!
//! `snapshots/<20-digit seq>.snap` is one line of JSON and then the state. The node's key signs the
//! canonical header without its signature; the header holds the digest of the state. So whoever
//! can write to the folder can take a snapshot away, but not change what it says. What the state
//! means is the caller's business, and so is whether the journal agrees with it: begin
//! [`crate::verify`] at its seq, chain and range.

use std::fs::File;
use std::io::{BufRead as _, BufReader, Read as _};
use std::path::{Path, PathBuf};

use hansa_crypto::hash::sha256;
use hansa_crypto::json::canonical;
use hansa_crypto::merkle::CompactRange;
use hansa_crypto::{PublicKey, SigningKey};
use hansa_types::{Digest, Signature};
use serde::{Deserialize, Serialize};

use crate::pace::Pace;
use crate::{Error, crash, disk, limits};

/// What goes into a snapshot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SnapshotContent {
    /// Seq of the last entry folded.
    pub seq: u64,
    /// The chain after it.
    pub chain: Digest,
    /// The tree up to it.
    pub range: CompactRange,
    /// The folded state.
    pub state: Vec<u8>,
    /// Format of the state.
    pub format: u32,
}

/// A snapshot whose signature and digest were checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snapshot {
    /// Its file.
    pub path: PathBuf,
    /// Format of the state.
    pub format: u32,
    /// Seq of the last entry folded.
    pub seq: u64,
    /// The chain after it.
    pub chain: Digest,
    /// The tree up to it.
    pub range: CompactRange,
    /// Root of that tree.
    pub root: Digest,
    /// The folded state.
    pub state: Vec<u8>,
    /// Digest of the state.
    pub state_digest: Digest,
    /// Newer snapshots that were refused, with the reason.
    pub refused: Vec<Refused>,
}

/// A snapshot that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// Its file.
    pub path: PathBuf,
    /// Why.
    pub reason: String,
}

/// What the signature covers.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Header {
    format: u32,
    seq: u64,
    chain: Digest,
    root: Digest,
    range: CompactRange,
    state_digest: Digest,
    state_bytes: u64,
    key: PublicKey,
}

const SIGNATURE: &str = "signature";
const EXTENSION: &str = "snap";
/// Extension while a file is being written.
const UNFINISHED: &str = "tmp";

/// Where the snapshots of a data directory lie.
pub fn dir(data_dir: &Path) -> PathBuf {
    data_dir.join("snapshots")
}

/// Writes a snapshot into the folder `dir` ([`dir()`])
/// and removes all but the newest few. Durable when it returns; the answer is its path. Only one
/// process at a time may write into a folder.
pub fn write(dir: &Path, content: &SnapshotContent, key: &SigningKey) -> Result<PathBuf, Error> {
    disk::create_dir(dir)?;
    let path = dir.join(format!("{:020}.{EXTENSION}", content.seq));
    let line = header_line(content, key).map_err(|what| refuse(&path, what))?;
    let unfinished = path.with_extension(UNFINISHED);
    disk::write_synced(&unfinished, &[&line, b"\n", &content.state], Pace::Gently)?;
    crash::point("snapshot_before_rename");
    std::fs::rename(&unfinished, &path).map_err(Error::io("rename", &unfinished))?;
    disk::sync_dir(dir)?;
    crash::point("snapshot_after_rename");
    prune(dir)?;
    Ok(path)
}

/// The newest snapshot in the folder `dir` that `key` signed and that is whole.
///
/// One that fails is skipped with a warning, and named in the answer.
pub fn latest(dir: &Path, key: &PublicKey) -> Result<Option<Snapshot>, Error> {
    let mut refused = Vec::new();
    for path in list(dir, EXTENSION)?.into_iter().rev() {
        match read(&path, key) {
            Ok(snapshot) => return Ok(Some(Snapshot { refused, ..snapshot })),
            Err(error) => {
                tracing::warn!(%error, "a snapshot is skipped");
                refused.push(Refused { path, reason: error.to_string() });
            }
        }
    }
    Ok(None)
}

/// Reads one snapshot and checks its signature under `key` and its digest.
pub fn read(path: &Path, key: &PublicKey) -> Result<Snapshot, Error> {
    let refused = |what| refuse(path, what);
    let file = File::open(path).map_err(Error::io("open", path))?;
    let file_bytes = file.metadata().map_err(Error::io("measure", path))?.len();
    let mut file = BufReader::new(file);
    let mut line = Vec::new();
    (&mut file)
        .take(limits::SNAPSHOT_HEADER_BYTES_MAX + 1)
        .read_until(b'\n', &mut line)
        .map_err(Error::io("read", path))?;
    let header = read_header(&line, key).map_err(refused)?;
    if header.range.size() != header.seq || header.range.root() != header.root {
        return Err(refused("its tree contradicts its seq or root"));
    }
    if header.state_bytes.checked_add(line.len() as u64) != Some(file_bytes) {
        return Err(refused("its state has another length than its header says"));
    }
    let mut state = Vec::with_capacity(usize::try_from(header.state_bytes).unwrap_or(0));
    file.read_to_end(&mut state).map_err(Error::io("read", path))?;
    if sha256(&state) != header.state_digest {
        return Err(refused("its state does not hash to its digest"));
    }
    let Header { format, seq, chain, root, range, state_digest, .. } = header;
    let (path, refused) = (path.to_owned(), Vec::new());
    Ok(Snapshot { path, format, seq, chain, range, root, state, state_digest, refused })
}

/// Size of the newest snapshot's file, whatever it holds; 0 where there is none.
pub fn newest_bytes(dir: &Path) -> Result<u64, Error> {
    let Some(path) = list(dir, EXTENSION)?.pop() else { return Ok(0) };
    match std::fs::metadata(&path) {
        Ok(metadata) => Ok(metadata.len()),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(0),
        Err(error) => Err(Error::io("measure", &path)(error)),
    }
}

/// Removes every snapshot from before an entry, and what a crash left unfinished. Durable when it
/// returns.
pub fn remove_before(dir: &Path, seq: u64) -> Result<(), Error> {
    let is_older = |path: &PathBuf| {
        let name = path.file_stem().and_then(|name| name.to_str());
        name.and_then(|name| name.parse::<u64>().ok()).is_none_or(|of| of < seq)
    };
    let mut older: Vec<PathBuf> = list(dir, EXTENSION)?.into_iter().filter(is_older).collect();
    older.append(&mut list(dir, UNFINISHED)?.into_iter().filter(is_older).collect());
    if older.is_empty() {
        return Ok(());
    }
    for path in older {
        match std::fs::remove_file(&path) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(Error::io("remove", &path)(error));
            }
            _ => {}
        }
    }
    disk::sync_dir(dir)
}

fn header_line(content: &SnapshotContent, key: &SigningKey) -> Result<Vec<u8>, &'static str> {
    let header = Header {
        format: content.format,
        seq: content.seq,
        chain: content.chain,
        root: content.range.root(),
        range: content.range.clone(),
        state_digest: sha256(&content.state),
        state_bytes: content.state.len() as u64,
        key: key.public(),
    };
    if header.range.size() != header.seq {
        return Err("its tree contradicts its seq");
    }
    let unwritable = "its header cannot be written as canonical JSON";
    let mut value = serde_json::to_value(&header).map_err(|_| unwritable)?;
    let signature = key.sign(&canonical(&value).map_err(|_| unwritable)?);
    value[SIGNATURE] = signature.to_string().into();
    canonical(&value).map_err(|_| unwritable)
}

fn read_header(line: &[u8], key: &PublicKey) -> Result<Header, &'static str> {
    let malformed = "its first line is not the header of a snapshot";
    let line = line.strip_suffix(b"\n").ok_or(malformed)?;
    let mut value = hansa_crypto::json::parse_strict(line).map_err(|_| malformed)?;
    let signature = value.as_object_mut().and_then(|fields| fields.remove(SIGNATURE));
    let signature: Signature =
        signature.as_ref().and_then(|text| text.as_str()?.parse().ok()).ok_or(malformed)?;
    let signed = canonical(&value).map_err(|_| malformed)?;
    key.verify(&signed, &signature).map_err(|_| "it is not signed by the node's key")?;
    let header: Header = serde_json::from_value(value).map_err(|_| malformed)?;
    if header.key != *key {
        return Err("it names another key than the one that signed it");
    }
    Ok(header)
}

/// The files `<20 digits>.<extension>` in a folder, oldest first; none when it does not exist.
fn list(dir: &Path, extension: &str) -> Result<Vec<PathBuf>, Error> {
    let failed = || Error::io("list", dir);
    let listing = match std::fs::read_dir(dir) {
        Ok(listing) => listing,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(failed()(error)),
    };
    let mut paths = Vec::new();
    for file in listing {
        let path = file.map_err(failed())?.path();
        if is_named(&path, extension) {
            paths.push(path);
        }
    }
    paths.sort();
    Ok(paths)
}

fn is_named(path: &Path, extension: &str) -> bool {
    let name =
        path.file_name().and_then(|name| name.to_str()).and_then(|name| name.split_once('.'));
    name.is_some_and(|(seq, found)| {
        found == extension && seq.len() == 20 && seq.bytes().all(|b| b.is_ascii_digit())
    })
}

/// Removes all but the newest snapshots, and what a crash left unfinished.
fn prune(dir: &Path) -> Result<(), Error> {
    let mut paths = list(dir, EXTENSION)?;
    paths.truncate(paths.len().saturating_sub(limits::SNAPSHOTS_KEPT));
    paths.append(&mut list(dir, UNFINISHED)?);
    for path in paths {
        std::fs::remove_file(&path).map_err(Error::io("remove", &path))?;
    }
    Ok(())
}

fn refuse(path: &Path, what: &'static str) -> Error {
    Error::Snapshot { path: path.to_owned(), what }
}
