//! Reading a whole log: every entry must follow from the one before it.

use hansa_types::{Did, Time};
use serde_json::{Map, Value};

use super::entry::{Entry, jcs};
use super::parameters::Active;
use super::{Address, Fault, LogError, Multihash, PLACEHOLDER};
use crate::json::parse_strict;
use crate::keys::PublicKey;
use crate::limits::{
    DID_LOG_BYTES_MAX, DID_LOG_ENTRIES_MAX, DID_LOG_ENTRY_BYTES_MAX, DID_LOG_SKEW_MAX,
};

/// A log that proved itself: what holds after its last entry.
#[derive(Debug, Clone, PartialEq)]
pub struct Log {
    pub(super) active: Active,
    pub(super) version_id: String,
    version: u32,
    created: Time,
    pub(super) updated: Time,
    pub(super) did: Did,
    address: Address,
    pub(super) document: Value,
    former: Vec<Did>,
}

impl Log {
    /// The hash of the first entry: who this is, wherever the log lives.
    pub fn scid(&self) -> Multihash {
        self.active.scid
    }

    /// The DID as it is now.
    pub fn did(&self) -> &Did {
        &self.did
    }

    /// The DIDs it had before it moved, oldest first.
    pub fn former(&self) -> &[Did] {
        &self.former
    }

    /// Where the log lives now.
    pub fn address(&self) -> &Address {
        &self.address
    }

    /// The number of the last entry.
    pub fn version(&self) -> u32 {
        self.version
    }

    /// Number and hash of the last entry.
    pub fn version_id(&self) -> &str {
        &self.version_id
    }

    /// The hash of the last entry.
    pub fn version_hash(&self) -> Multihash {
        match split_version(&self.version_id) {
            Some((_, hash)) => hash,
            None => unreachable!("a verified log's versions have hashes"),
        }
    }

    /// When the first entry was made.
    pub fn created(&self) -> Time {
        self.created
    }

    /// When the last entry was made.
    pub fn updated(&self) -> Time {
        self.updated
    }

    /// The document of the last entry.
    pub fn document(&self) -> &Value {
        &self.document
    }

    /// The keys that the last entry named for updates.
    pub fn update_keys(&self) -> &[PublicKey] {
        &self.active.update_keys
    }

    /// Hashes of the keys of which the next entry must name some, and be signed by one.
    pub fn next_key_hashes(&self) -> &[Multihash] {
        &self.active.next_key_hashes
    }

    /// Whether the DID may move to another host.
    pub fn portable(&self) -> bool {
        self.active.portable
    }

    /// Whether the DID has ended.
    pub fn deactivated(&self) -> bool {
        self.active.deactivated
    }

    /// Whether a key may sign the next entry.
    pub fn may_be_followed_by(&self, key: &PublicKey) -> bool {
        let committed = self.next_key_hashes();
        match committed.is_empty() {
            true => self.update_keys().contains(key),
            false => committed.contains(&Multihash::of_key(key)),
        }
    }
}

/// Verifies a log: one entry on each line, the last newline optional.
pub fn verify(text: &str, now: Time) -> Result<Log, LogError> {
    let lines: Vec<&str> = text.strip_suffix('\n').unwrap_or(text).split('\n').collect();
    if text.len() > DID_LOG_BYTES_MAX || lines.len() > DID_LOG_ENTRIES_MAX {
        return Err(Fault::Size.at(0));
    }
    let mut log = None;
    for (index, line) in lines.iter().enumerate() {
        log = Some(follow(log, line, now).map_err(|fault| fault.at(index + 1))?);
    }
    log.ok_or(Fault::Size.at(0))
}

/// Reads one line on top of what was verified before it.
fn follow(before: Option<Log>, line: &str, now: Time) -> Result<Log, Fault> {
    if line.len() > DID_LOG_ENTRY_BYTES_MAX {
        return Err(Fault::Size);
    }
    let value = parse_strict(line.as_bytes()).map_err(|error| Fault::Json(error.to_string()))?;
    let (entry, proof) = Entry::read(value)?;
    let parameters = entry.object("parameters")?;
    let (active, signers) = Active::after(before.as_ref().map(|log| &log.active), parameters)?;
    let updated = check_time(&entry, before.as_ref(), now)?;
    let version = check_chain(&entry, before.as_ref(), &active)?;
    match signers.contains(&entry.signer(proof)?) {
        true => {}
        false => return Err(Fault::Signer),
    }
    let document = entry.object("state")?;
    let (did, address) = read_id(document, &active)?;
    let mut former = Vec::new();
    if let Some(before) = &before {
        former.clone_from(&before.former);
        if before.did != did {
            check_move(document, before)?;
            former.push(before.did.clone());
        }
    }
    Ok(Log {
        active,
        version_id: entry.text("versionId")?.to_owned(),
        version,
        created: before.as_ref().map_or(updated, |log| log.created),
        updated,
        did,
        address,
        document: Value::Object(document.clone()),
        former,
    })
}

/// The hash of one version of a verified log.
pub fn hash_at(text: &str, version: u32) -> Option<Multihash> {
    let index = usize::try_from(version.checked_sub(1)?).ok()?;
    let entry = parse_strict(text.split('\n').nth(index)?.as_bytes()).ok()?;
    let (number, hash) = split_version(entry.get("versionId")?.as_str()?)?;
    (number == version).then_some(hash)
}

/// Number and hash of a version id.
fn split_version(id: &str) -> Option<(u32, Multihash)> {
    let (number, hash) = id.split_once('-')?;
    Some((number.parse().ok()?, hash.parse().ok()?))
}

fn check_time(entry: &Entry, before: Option<&Log>, now: Time) -> Result<Time, Fault> {
    let time = entry.time()?;
    let later = before.is_none_or(|log| time > log.updated);
    match later && time <= now.after(DID_LOG_SKEW_MAX) {
        true => Ok(time),
        false => Err(Fault::VersionTime),
    }
}

/// The entry's number and hash, and of the first one the SCID.
fn check_chain(entry: &Entry, before: Option<&Log>, active: &Active) -> Result<u32, Fault> {
    let (number, hash) = entry.text("versionId")?.split_once('-').ok_or(Fault::Chain)?;
    let version = before.map_or(1, |log| log.version + 1);
    let scid = active.scid.to_string();
    let predecessor = before.map_or(scid.as_str(), |log| log.version_id.as_str());
    let hash = hash.parse::<Multihash>().map_err(|_| Fault::Chain)?;
    if number != version.to_string() || hash != entry.hash(predecessor)? {
        return Err(Fault::Chain);
    }
    if before.is_none() && active.scid != scid_of(entry, &scid)? {
        return Err(Fault::Scid);
    }
    Ok(version)
}

/// The hash of the first entry with the placeholder wherever the SCID stands.
fn scid_of(entry: &Entry, scid: &str) -> Result<Multihash, Fault> {
    let mut members = entry.members.clone();
    members.insert("versionId".to_owned(), PLACEHOLDER.into());
    let bytes = jcs(&Value::Object(members))?;
    let text = String::from_utf8(bytes).map_err(|_| Fault::Scid)?;
    Ok(Multihash::of(text.replace(scid, PLACEHOLDER).as_bytes()))
}

/// The document's DID, which must be one of this SCID in its one spelling.
fn read_id(document: &Map<String, Value>, active: &Active) -> Result<(Did, Address), Fault> {
    let text = document.get("id").and_then(Value::as_str).ok_or(Fault::Id)?;
    let did: Did = text.parse().map_err(|_| Fault::Id)?;
    let (scid, address) = Address::of_webvh(&did).map_err(|_| Fault::Id)?;
    if scid != active.scid {
        return Err(Fault::Scid);
    }
    match address.did(&scid) == did {
        true => Ok((did, address)),
        false => Err(Fault::Id),
    }
}

fn check_move(document: &Map<String, Value>, before: &Log) -> Result<(), Fault> {
    let known = document.get("alsoKnownAs").and_then(Value::as_array);
    let named = |names: &Vec<Value>| names.iter().any(|n| n.as_str() == Some(before.did.as_str()));
    match before.portable() && known.is_some_and(named) {
        true => Ok(()),
        false => Err(Fault::Portable),
    }
}
