//! Writing entries: the first, and every one that follows.
//!
//! What is written here is verified before it is handed out, so a mistake is an error at once and
//! never a log that others refuse.

use hansa_types::{Duration, Time};
use serde_json::{Value, json};

use super::entry::{Entry, jcs};
use super::{Fault, Log, LogError, METHOD, Multihash, PLACEHOLDER, verify};
use crate::hash::sha256;
use crate::keys::SigningKey;

/// Versions are dated in whole seconds.
const TICK: Duration = Duration::seconds(1);

/// What the first entry of a log says.
pub struct First<'a> {
    /// Signs the entry and is its only update key.
    pub signer: &'a SigningKey,
    /// Hashes of the keys that may sign the second entry.
    pub next: &'a [Multihash],
    /// The document, written for a DID whose SCID is not known yet.
    pub document: &'a dyn Fn(&str) -> Value,
    /// When it is made.
    pub now: Time,
}

/// What an entry that follows says.
pub struct Change<'a> {
    /// Signs the entry and is its only update key; the entry before committed to it.
    pub signer: &'a SigningKey,
    /// Hashes of the keys that may sign the entry after it.
    pub next: &'a [Multihash],
    /// The document from now on.
    pub document: Value,
    /// When it is made.
    pub now: Time,
}

/// The first line of a portable log. `document` receives the SCID's stand-in and uses it wherever
/// the SCID shall be.
pub fn create(first: &First<'_>) -> Result<String, LogError> {
    let line = write_first(first).map_err(|fault| fault.at(1))?;
    verify(&line, first.now).map(|_| line)
}

fn write_first(first: &First<'_>) -> Result<String, Fault> {
    let parameters = json!({
        "method": METHOD,
        "scid": PLACEHOLDER,
        "portable": true,
        "updateKeys": [first.signer.public().to_multibase()],
        "nextKeyHashes": texts(first.next),
    });
    let time = whole_seconds(first.now);
    let draft = Entry::new(PLACEHOLDER, &time, parameters, (first.document)(PLACEHOLDER));
    let draft = jcs(&Value::Object(draft.members))?;
    let scid = Multihash(sha256(&draft)).to_string();
    let text = String::from_utf8(draft).map_err(|_| Fault::Shape("entry"))?;
    let settled = text.replace(PLACEHOLDER, &scid);
    let settled = serde_json::from_str(&settled).map_err(|_| Fault::Shape("entry"))?;
    finish(Entry { members: settled }, 1, &scid, first.signer)
}

/// The line that follows a log.
pub fn append(log: &Log, text: &str, change: Change<'_>) -> Result<String, LogError> {
    let version = log.version() + 1;
    let parameters = json!({
        "updateKeys": [change.signer.public().to_multibase()],
        "nextKeyHashes": texts(change.next),
    });
    let time = whole_seconds(change.now.max(log.updated.after(TICK)));
    let entry = Entry::new("", &time, parameters, change.document);
    let line = finish(entry, version, &log.version_id, change.signer);
    let line = line.map_err(|fault| fault.at(log.version() as usize + 1))?;
    verified(text, line, change.now)
}

/// The lines that end a DID: where keys were committed to, one that commits to none comes first.
pub fn deactivate(
    log: &Log,
    text: &str,
    signer: &SigningKey,
    now: Time,
) -> Result<String, LogError> {
    let document = log.document.clone();
    let stop = Change { signer, next: &[], document: document.clone(), now };
    let mut lines = append(log, text, stop)?;
    let text = joined(text, &lines);
    let log = verify(&text, now)?;
    let parameters = json!({ "updateKeys": [], "deactivated": true });
    let time = whole_seconds(now.max(log.updated.after(TICK)));
    let entry = Entry::new("", &time, parameters, document);
    let last = finish(entry, log.version() + 1, &log.version_id, signer);
    let last = last.map_err(|fault| fault.at(log.version() as usize + 1))?;
    lines.push('\n');
    lines.push_str(&verified(&text, last, now)?);
    Ok(lines)
}

/// Gives the entry its version id and signs it.
fn finish(
    mut entry: Entry,
    version: u32,
    predecessor: &str,
    signer: &SigningKey,
) -> Result<String, Fault> {
    let id = format!("{version}-{}", entry.hash(predecessor)?);
    entry.members.insert("versionId".to_owned(), id.into());
    entry.sign(signer)
}

fn verified(text: &str, line: String, now: Time) -> Result<String, LogError> {
    verify(&joined(text, &line), now).map(|_| line)
}

fn joined(text: &str, line: &str) -> String {
    format!("{}\n{line}", text.strip_suffix('\n').unwrap_or(text))
}

fn texts(hashes: &[Multihash]) -> Vec<String> {
    hashes.iter().map(Multihash::to_string).collect()
}

/// RFC 3339 in UTC without a fraction, as other readers of the method write it back.
fn whole_seconds(time: Time) -> String {
    let text = time.to_string();
    format!("{}Z", text.split(['.', 'Z']).next().unwrap_or_default())
}
