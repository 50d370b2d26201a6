//! Backups: the journal in sealed pieces that never change, and beside it the vault as it was.
//!
//! ```text
//! DIR/<incarnation>-<first>-<last>.journal   rows, shared by all backups behind them
//!     <id>.vault                             documents and wrapped keys
//!     <id>.key                               the node's key
//!     <id>.manifest                          what belongs together, signed by the node
//! ```
//!
//! Everything but the manifest is sealed under a key of the file, derived from the recovery key. A
//! backup is made beside a running node by short reads: the end of the journal is fixed first, then
//! the rows up to it are copied, then the vault, which so holds every document that they name. The
//! manifest comes last and makes it count. Pieces of the journal hold nothing that can be erased;
//! the vault is copied whole each time, so that a document is forgotten with the last backup of
//! before its erasure.

mod manifest;
mod replay;
mod schedule;

use std::collections::HashSet;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use hansa_crypto::keys::{PublicKey, SigningKey};
use hansa_crypto::seal::{SealKey, derive};
use hansa_kernel::{State, state};
use hansa_store::backup::{self as files, FrameReader, FrameWriter};
pub use hansa_store::pace::Pace;
use hansa_store::{Options, Reader, Row, Store, VaultChange, VaultRow};
use hansa_types::{IncarnationId, PrincipalId, Salt, Time};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

pub use manifest::{FORMAT, Manifest, Segment, find, list};
pub use schedule::Schedule;

use self::replay::{Replay, SavedRow};
use crate::env::Env;
use crate::error::Error;
use crate::keys::Place;
use crate::limits::{BACKUP_FRAME_BYTES, BACKUP_PAGE_RECORDS};
use crate::snapshot::{Folded, fold, hash_seed};
use crate::vault::memory_of;

/// Meta key of the run of the journal that a restored data directory begins.
pub const INCARNATION: &str = "incarnation";

/// Something of the vault.
#[derive(Serialize, Deserialize)]
enum Saved {
    Record {
        id: String,
        subject: u128,
        salt: [u8; 16],
        #[serde(with = "serde_bytes")]
        sealed: Vec<u8>,
    },
    Key {
        subject: u128,
        #[serde(with = "serde_bytes")]
        wrapped: Vec<u8>,
    },
}

/// What a verification or restoration found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Checked {
    /// Which backup.
    pub id: String,
    /// Entries replayed.
    pub entries: u64,
    /// Documents read.
    pub documents: u64,
    /// Documents left out because their subject was not there yet or no longer.
    pub left_out: u64,
}

/// Where a backup goes, and how.
struct Target<'a> {
    dir: &'a Path,
    recovery: &'a SealKey,
    env: &'a Env,
    pace: Pace,
}

impl Target<'_> {
    /// Begins one of its files.
    fn begin(&self, name: &str) -> Result<FrameWriter, hansa_store::Error> {
        let path = self.dir.join(name);
        let key = file_key(self.recovery, &path);
        FrameWriter::create(&path, key, self.pace)
    }
}

/// Makes a backup of a data directory, whether or not a node runs there.
pub fn create<'a>(
    of: impl Into<Place<'a>>,
    to: &Path,
    recovery: &SealKey,
    env: &Env,
    pace: Pace,
    progress: &mut dyn FnMut(u64, u64),
) -> Result<Manifest, Error> {
    let (place, target) = (of.into(), Target { dir: to, recovery, env, pace });
    let reader = Store::open_to_read(place.data_dir, pace)?;
    let keys = place.need()?;
    let seed = hash_seed(&*reader)?.unwrap_or_default();
    let Folded { state, verified, .. } =
        fold(&*reader, &hansa_store::snapshot::dir(place.data_dir), &keys, seed, false)?;
    let node = state.node.as_ref().ok_or_else(|| failed("the journal is empty"))?;
    if node.key != keys.signing().public() {
        let why = "not the key of this journal; starting the node puts a rotated one in its place";
        return Err(Error::Key { path: place.file(), why });
    }
    files::create_dir(to)?;
    let (last_seq, made_at) = (verified.head.last_seq, env.clock.wall());
    let former = &state.principals.get(node.handle).former_keys;
    let mut own: Vec<PublicKey> = former.iter().map(|former| former.key).collect();
    own.push(node.key);
    let mut segments = known_segments(to, node.incarnation, &own, last_seq)?;
    let copied = segments.last().map_or(0, |segment| segment.last);
    if copied < last_seq {
        let segment = Segment {
            file: format!("{}-{:020}-{last_seq:020}.journal", node.incarnation, copied + 1),
            first: copied + 1,
            last: last_seq,
        };
        copy_rows(&*reader, &target, &segment, progress)?;
        segments.push(segment);
    }
    let id = format!("{last_seq:020}-{:016}", made_at.0);
    let documents = copy_vault(&*reader, &target, &format!("{id}.vault"))?;
    let mut key_file = target.begin(&format!("{id}.key"))?;
    key_file.push(env.random(), &*keys.signing().seed())?;
    key_file.finish(env.random())?;
    let manifest = Manifest {
        format: FORMAT,
        id,
        made_at,
        node_key: keys.signing().public(),
        incarnation: node.incarnation,
        last_seq,
        chain: verified.head.chain,
        root: verified.head.root,
        state_format: state::SNAPSHOT_FORMAT,
        state_digest: state.digest(),
        erased_seq: state.erased_seq,
        segments,
        documents,
    };
    manifest::write(to, &manifest, keys.signing())?;
    Ok(manifest)
}

/// Reads a whole backup, replays it and compares what comes out with its manifest.
pub fn verify(
    dir: &Path,
    manifest: &Manifest,
    recovery: &SealKey,
    progress: &mut dyn FnMut(u64, u64),
) -> Result<Checked, Error> {
    node_key(dir, manifest, recovery)?;
    let mut replay = Replay::new(manifest);
    replay.run(dir, recovery, progress, &mut |mut batch| {
        batch.clear();
        batch
    })?;
    let mut documents = 0;
    read_vault(dir, manifest, recovery, &mut |saved| {
        documents += u64::from(matches!(saved, Saved::Record { .. }));
        Ok(())
    })?;
    if documents != manifest.documents {
        return Err(failed("the vault has another number of documents than the manifest says"));
    }
    Ok(Checked { id: manifest.id.clone(), entries: replay.state.seq, documents, left_out: 0 })
}

/// Makes a new data directory of a backup. The node that starts there begins another run of the
/// journal. A target that holds anything is refused. The key is kept as the target's place says.
pub fn restore<'a>(
    dir: &Path,
    manifest: &Manifest,
    recovery: &SealKey,
    to: impl Into<Place<'a>>,
    env: &Env,
    progress: &mut dyn FnMut(u64, u64),
) -> Result<Checked, Error> {
    let place = to.into();
    let target = place.data_dir;
    if !files::is_empty(target)? {
        return Err(failed("the target holds something; name a new directory"));
    }
    let seed = node_key(dir, manifest, recovery)?;
    let options = Options { sync_commits: false, ..Options::default() };
    let mut store = Store::open(target, options)?;
    let incarnation = IncarnationId::new(env.clock.wall().0, env.random_u128());
    store.put_meta_once(INCARNATION, incarnation.to_string().as_bytes())?;
    let mut journal = store.journal()?;
    let mut replay = Replay::new(manifest);
    replay.run(dir, recovery, progress, &mut |batch| {
        journal.submit(batch, Box::new(|_| ()));
        journal.recycle().unwrap_or_default()
    })?;
    let mut checked =
        Checked { id: manifest.id.clone(), entries: replay.state.seq, documents: 0, left_out: 0 };
    let keyed = subjects_with_keys(dir, manifest, recovery)?;
    let (mut waiting, mut bytes) = (Vec::new(), 0);
    read_vault(dir, manifest, recovery, &mut |saved| {
        let change = change(saved);
        let sealed = match &change {
            VaultChange::Put { sealed, .. } => Some(sealed.len()),
            _ => None,
        };
        if !is_known(&replay.state, &keyed, &change) {
            checked.left_out += u64::from(sealed.is_some());
            return Ok(());
        }
        checked.documents += u64::from(sealed.is_some());
        bytes += sealed.unwrap_or_default();
        waiting.push(change);
        if waiting.len() >= BACKUP_PAGE_RECORDS || bytes >= BACKUP_FRAME_BYTES {
            bytes = 0;
            journal.submit(replay.changes(std::mem::take(&mut waiting)), Box::new(|_| ()));
        }
        Ok(())
    })?;
    journal.submit(replay.changes(waiting), Box::new(|_| ()));
    // Fails if anything that was handed over did not become durable.
    journal.close()?;
    place.keep(&SigningKey::from_seed(*seed), env)?;
    Ok(checked)
}

/// Whose wrapped keys a backup has.
fn subjects_with_keys(
    dir: &Path,
    manifest: &Manifest,
    recovery: &SealKey,
) -> Result<HashSet<PrincipalId>, Error> {
    let mut keyed = HashSet::new();
    read_vault(dir, manifest, recovery, &mut |saved| {
        if let Saved::Key { subject, .. } = saved {
            keyed.insert(PrincipalId(subject));
        }
        Ok(())
    })?;
    Ok(keyed)
}

/// Whether something of the vault belongs to a journal and can be opened. What does not is of after the
/// journal's end, for the vault is copied behind it: whoever it is about, or the memory it is of, is
/// unknown there, or its key was made or destroyed while the vault was copied.
fn is_known(state: &State, keyed: &HashSet<PrincipalId>, change: &VaultChange) -> bool {
    let subject = change.subject();
    if state.principals.find(subject).is_none() || state.is_erased(subject) {
        return false;
    }
    let VaultChange::Put { id, .. } = change else { return true };
    let is_written = |memory| state.memories.get(memory).is_some();
    keyed.contains(&subject) && memory_of(id).is_none_or(is_written)
}

/// Removes backups older than `days`, and those of before the last erasure that the newest knows of;
/// the newest stays. Returns the names of what went.
pub fn prune(dir: &Path, days: u32, now: Time) -> Result<Vec<String>, Error> {
    let all = list(dir)?;
    let Some(newest) = all.last() else { return Ok(Vec::new()) };
    let life = hansa_types::Duration::days(u64::from(days));
    let goes = |found: &&Manifest| {
        let too_old = found.made_at.after(life) <= now;
        let same_node =
            found.node_key == newest.node_key || found.incarnation == newest.incarnation;
        let remembers = found.last_seq < newest.erased_seq && same_node;
        found.id != newest.id && (too_old || remembers)
    };
    let (gone, kept): (Vec<&Manifest>, Vec<&Manifest>) = all.iter().partition(goes);
    for manifest in &gone {
        // The manifest first: what has none does not count as a backup.
        for extension in ["manifest", "vault", "key"] {
            files::remove(&dir.join(format!("{}.{extension}", manifest.id)))?;
        }
    }
    let needed = |file: &str| {
        kept.iter().any(|manifest| manifest.segments.iter().any(|segment| segment.file == file))
    };
    for path in files::list(dir, "journal")? {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if !needed(&name) {
            files::remove(&path)?;
        }
    }
    Ok(gone.into_iter().map(|manifest| manifest.id.clone()).collect())
}

/// The pieces that earlier backups of this run have copied already.
fn known_segments(
    dir: &Path,
    incarnation: IncarnationId,
    own: &[PublicKey],
    last_seq: u64,
) -> Result<Vec<Segment>, Error> {
    let is_own =
        |found: &Manifest| found.incarnation == incarnation && own.contains(&found.node_key);
    let latest = list(dir)?.into_iter().rfind(is_own);
    match latest {
        Some(latest) if latest.last_seq > last_seq => {
            Err(failed("a backup there is ahead of this journal, which was cut back or is a copy"))
        }
        Some(latest) => Ok(latest.segments),
        None => Ok(Vec::new()),
    }
}

fn copy_rows(
    reader: &dyn Reader,
    target: &Target<'_>,
    segment: &Segment,
    progress: &mut dyn FnMut(u64, u64),
) -> Result<(), Error> {
    let (mut writer, path) = (target.begin(&segment.file)?, target.dir.join(&segment.file));
    let mut rows: Vec<SavedRow> = Vec::new();
    let mut bytes = 0;
    let mut flush = |rows: &mut Vec<SavedRow>| -> Result<(), hansa_store::Error> {
        let frame = encoded(rows, &path)?;
        rows.clear();
        writer.push(target.env.random(), &frame)
    };
    reader.scan(segment.first, &mut |row: Row| {
        if row.first_seq > segment.last {
            return Ok(ControlFlow::Break(()));
        }
        // Rows that were sealed into one since the last backup may reach over the piece's ends.
        let (first_seq, last_seq) =
            (row.first_seq.max(segment.first), row.last_seq.min(segment.last));
        let entries = row.lines(first_seq, last_seq).to_vec();
        bytes += entries.len();
        progress(last_seq, segment.last);
        rows.push(SavedRow { first_seq, last_seq, entries });
        if bytes >= BACKUP_FRAME_BYTES {
            bytes = 0;
            flush(&mut rows)?;
        }
        Ok(ControlFlow::Continue(()))
    })?;
    if !rows.is_empty() {
        flush(&mut rows)?;
    }
    Ok(writer.finish(target.env.random())?)
}

fn copy_vault(reader: &dyn Reader, target: &Target<'_>, name: &str) -> Result<u64, Error> {
    let (mut writer, path) = (target.begin(name)?, target.dir.join(name));
    let (mut after, mut documents) = (String::new(), 0);
    let mut records = || -> Result<bool, Error> {
        let page = reader.vault_page(&after, BACKUP_PAGE_RECORDS)?;
        let Some((last, _)) = page.last() else { return Ok(false) };
        after.clone_from(last);
        documents += page.len() as u64;
        let record = |(id, row): (String, VaultRow)| Saved::Record {
            id,
            subject: row.subject.0,
            salt: row.salt.0,
            sealed: row.sealed,
        };
        let saved: Vec<Saved> = page.into_iter().map(record).collect();
        writer.push(target.env.random(), &encoded(&saved, &path)?)?;
        Ok(true)
    };
    while target.pace.piece(&mut records)? {}
    let mut after = None;
    let mut keys = || -> Result<bool, Error> {
        let page = reader.vault_keys_page(after, BACKUP_PAGE_RECORDS)?;
        let Some((last, _)) = page.last() else { return Ok(false) };
        after = Some(*last);
        let key =
            |(subject, wrapped): (PrincipalId, Vec<u8>)| Saved::Key { subject: subject.0, wrapped };
        let saved: Vec<Saved> = page.into_iter().map(key).collect();
        writer.push(target.env.random(), &encoded(&saved, &path)?)?;
        Ok(true)
    };
    while target.pace.piece(&mut keys)? {}
    writer.finish(target.env.random())?;
    Ok(documents)
}

fn read_vault(
    dir: &Path,
    manifest: &Manifest,
    recovery: &SealKey,
    take: &mut dyn FnMut(Saved) -> Result<(), Error>,
) -> Result<(), Error> {
    let path = dir.join(format!("{}.vault", manifest.id));
    let mut reader = FrameReader::open(&path, file_key(recovery, &path))?;
    while let Some(frame) = reader.next_frame()? {
        decoded::<Saved>(&frame, &path)?.into_iter().try_for_each(&mut *take)?;
    }
    Ok(())
}

fn change(saved: Saved) -> VaultChange {
    match saved {
        Saved::Record { id, subject, salt, sealed } => {
            VaultChange::Put { id, subject: PrincipalId(subject), salt: Salt(salt), sealed }
        }
        Saved::Key { subject, wrapped } => {
            VaultChange::PutKey { subject: PrincipalId(subject), wrapped }
        }
    }
}

/// The seed of the node's key, which must be the one that signed the manifest.
fn node_key(
    dir: &Path,
    manifest: &Manifest,
    recovery: &SealKey,
) -> Result<Zeroizing<[u8; 32]>, Error> {
    let path = dir.join(format!("{}.key", manifest.id));
    let mut reader = FrameReader::open(&path, file_key(recovery, &path))?;
    let frame = reader.next_frame()?.ok_or_else(|| failed("the file of the key is empty"))?;
    let seed: Result<[u8; 32], _> = frame.as_slice().try_into();
    let seed = Zeroizing::new(seed.map_err(|_| failed("the file of the key holds none"))?);
    match SigningKey::from_seed(*seed).public() == manifest.node_key {
        true => Ok(seed),
        false => Err(failed("the key is not the one that signed the manifest")),
    }
}

/// The key of a file: that of its name, so that no two files share one.
fn file_key(recovery: &SealKey, path: &Path) -> SealKey {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    derive(recovery, &format!("backup/{name}"))
}

fn encoded<T: Serialize>(items: &[T], path: &Path) -> Result<Vec<u8>, hansa_store::Error> {
    let what = "it cannot be written";
    postcard::to_stdvec(items)
        .map_err(|_| hansa_store::Error::Backup { path: path.to_owned(), what })
}

fn decoded<T: for<'de> Deserialize<'de>>(frame: &[u8], path: &Path) -> Result<Vec<T>, Error> {
    let why = "a frame does not read";
    postcard::from_bytes(frame).map_err(|_| Error::Backup { path: path.to_owned(), why })
}

fn failed(why: &'static str) -> Error {
    Error::Backup { path: PathBuf::from("backup"), why }
}
