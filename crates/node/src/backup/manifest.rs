//! Manifests: what belongs to a backup, under the node's signature.
//!
//! A manifest is the only file of a backup that is not sealed, so that backups can be listed and
//! removed without the recovery key. It holds numbers, digests and names of files.

use std::path::{Path, PathBuf};

use hansa_crypto::json::{canonical, parse_strict};
use hansa_crypto::keys::{PublicKey, SigningKey};
use hansa_store::backup as files;
use hansa_types::{Digest, IncarnationId, Signature, Time};
use serde::{Deserialize, Serialize};

use super::failed;
use crate::error::Error;

/// The format of a manifest.
pub const FORMAT: u32 = 1;
/// A piece of the journal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Segment {
    /// Its file.
    pub file: String,
    /// Its first entry.
    pub first: u64,
    /// Its last entry.
    pub last: u64,
}

/// What belongs to a backup.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// Always [`FORMAT`].
    pub format: u32,
    /// Its name.
    pub id: String,
    /// When it was made.
    pub made_at: Time,
    /// The node's key.
    pub node_key: PublicKey,
    /// Which run of the journal it is of.
    pub incarnation: IncarnationId,
    /// The last entry.
    pub last_seq: u64,
    /// The chain after it.
    pub chain: Digest,
    /// Root of the tree over all entries.
    pub root: Digest,
    /// Shape of the state whose digest follows.
    pub state_format: u32,
    /// Digest of the state at the last entry.
    pub state_digest: Digest,
    /// The last erasure; 0 before the first.
    pub erased_seq: u64,
    /// The pieces of the journal.
    pub segments: Vec<Segment>,
    /// How many documents there are.
    pub documents: u64,
}

/// Every backup of a folder whose manifest is whole, oldest first.
pub fn list(dir: &Path) -> Result<Vec<Manifest>, Error> {
    let mut manifests = Vec::new();
    for path in files::list(dir, "manifest")? {
        manifests.push(read(&path)?);
    }
    manifests.sort_by_key(|manifest| (manifest.made_at, manifest.last_seq));
    Ok(manifests)
}

/// A backup by its name; the newest without one.
pub fn find(dir: &Path, id: Option<&str>) -> Result<Manifest, Error> {
    let found = list(dir)?.into_iter().rfind(|found| id.is_none_or(|id| found.id == id));
    found.ok_or_else(|| failed("there is no such backup"))
}

pub(super) fn write(dir: &Path, manifest: &Manifest, key: &SigningKey) -> Result<(), Error> {
    let unwritable = |_| failed("the manifest cannot be written");
    let mut value = serde_json::to_value(manifest).map_err(unwritable)?;
    let unsigned = canonical(&value).map_err(|_| failed("the manifest cannot be written"))?;
    value["signature"] = key.sign(&unsigned).to_string().into();
    let bytes = serde_json::to_vec_pretty(&value).map_err(unwritable)?;
    Ok(files::write_small(&dir.join(format!("{}.manifest", manifest.id)), &bytes)?)
}

fn read(path: &Path) -> Result<Manifest, Error> {
    let refused =
        || Error::Backup { path: PathBuf::from(path), why: "the manifest does not verify" };
    let mut value = parse_strict(&files::read_small(path)?).map_err(|_| refused())?;
    let signature = value.as_object_mut().and_then(|members| members.remove("signature"));
    let signature: Option<Signature> = signature.and_then(|text| text.as_str()?.parse().ok());
    let unsigned = canonical(&value).map_err(|_| refused())?;
    let manifest: Manifest = serde_json::from_value(value).map_err(|_| refused())?;
    let signature = signature.ok_or_else(refused)?;
    manifest.node_key.verify(&unsigned, &signature).map_err(|_| refused())?;
    let named = path.file_stem().is_some_and(|name| name == manifest.id.as_str());
    let plain = |segment: &Segment| !segment.file.contains(['/', '\\']);
    match manifest.format == FORMAT && named && manifest.segments.iter().all(plain) {
        true => Ok(manifest),
        false => Err(refused()),
    }
}
