//! Documents beside the journal: sealed under a key of their subject, which the node's key wraps.
//!
//! An entry keeps SHA-256 of a random salt and the document. With the subject's key, salts and rows
//! gone, nothing can be read and nothing can be guessed from the digest, and the chain still holds.
//!
//! The parts of a memory have a key of their own, which lies beside them under that of their subject.
//! So one memory can be destroyed alone, and all of them go with their subject.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use hansa_crypto::hash::salted;
use hansa_crypto::seal::{SealKey, open, seal, unwrap_key, wrap_key};
use hansa_kernel::{Entry, Event};
use hansa_store::{Reader, VaultChange, VaultRow};
use hansa_types::{AnyId, Digest, EnvelopeId, MemoryId, PolicySetId, PrincipalId, Salt};
use zeroize::Zeroizing;

use crate::env::Env;
use crate::error::Error;
use crate::keys::NodeKeys;

/// Seals and opens documents.
pub struct Vault {
    keys: Arc<NodeKeys>,
    reader: Arc<dyn Reader>,
    env: Env,
    /// Subjects' keys that were used; one that is not durable yet is used again from here.
    open_keys: Mutex<HashMap<PrincipalId, Arc<SealKey>>>,
}

/// A document made ready: what the entry keeps and what the vault keeps.
pub struct Sealed {
    /// Salted digest, for the entry.
    pub digest: Digest,
    /// For the batch that makes the entry durable.
    pub changes: Vec<VaultChange>,
}

impl Sealed {
    /// Two documents of one batch; the digest is the first one's.
    pub fn and(mut self, other: Sealed) -> Self {
        self.changes.extend(other.changes);
        self
    }
}

/// Name of an agent's card in the vault.
pub fn card_id(agent: PrincipalId) -> String {
    format!("card/{agent}")
}

/// Name of the secret in the vault from which an agent's custodial keys are derived.
pub fn custody_id(agent: PrincipalId) -> String {
    format!("custody/{agent}")
}

/// Name of a principal's DID log in the vault.
pub fn did_log_id(principal: PrincipalId) -> String {
    format!("did/{principal}")
}

/// Name of what the node's own secrets are derived from, once a key of its was replaced.
pub(crate) fn roots_id() -> String {
    "node/roots".to_owned()
}

/// Name of an envelope's text in the vault.
pub fn envelope_id(envelope: EnvelopeId) -> String {
    format!("envelope/{envelope}")
}

/// Name of a policy set's document in the vault. Its subject is the node.
pub fn policy_id(set: PolicySetId) -> String {
    format!("policy/{set}")
}

/// First part of the ids of what has a key of its own.
const APART: &str = "memory/";
/// Last part of the id of such a key. It sorts before all parts, so that whoever reads the vault in
/// order while something is erased never has a part without its key.
const OWN_KEY: &str = "_key";

/// What the ids of an agent's memories begin with in the vault, or those of one memory's parts.
pub fn memory_path(agent: PrincipalId, memory: Option<MemoryId>) -> String {
    match memory {
        Some(memory) => format!("{APART}{agent}/{memory}/"),
        None => format!("{APART}{agent}/"),
    }
}

/// Which memory a record is a part of.
pub(crate) fn memory_of(id: &str) -> Option<MemoryId> {
    let (_, parts) = id.strip_prefix(APART)?.split_once('/')?;
    parts.split_once('/')?.0.parse().ok()
}

/// The id of the key that a record is sealed under, where that is not its subject's.
fn own_key_id(id: &str) -> Option<String> {
    let (path, part) = id.rsplit_once('/').filter(|_| id.starts_with(APART))?;
    (part != OWN_KEY).then(|| format!("{path}/{OWN_KEY}"))
}

/// A key as it lies beside what it seals.
fn own_key(bytes: &[u8]) -> Result<SealKey, String> {
    let key = <[u8; 32]>::try_from(bytes).map(SealKey::from_bytes);
    key.map_err(|_| "its key has another length".to_owned())
}

/// What an entry destroys, in its own batch: keys, salts and documents.
pub fn erased_by(entry: &Entry) -> Option<VaultChange> {
    let Some(AnyId::Principal(subject)) = entry.subject else { return None };
    let under = |memory| VaultChange::EraseUnder { subject, prefix: memory_path(subject, memory) };
    match &entry.event {
        Event::PrincipalErased(_) => Some(VaultChange::EraseSubject { subject }),
        Event::MemoryErased(erased) => Some(under(Some(erased.memory))),
        Event::MemoriesErased(_) => Some(under(None)),
        _ => None,
    }
}

impl Vault {
    /// A vault of the documents behind `reader`.
    pub fn new(keys: Arc<NodeKeys>, reader: Arc<dyn Reader>, env: Env) -> Self {
        Self { keys, reader, env, open_keys: Mutex::default() }
    }

    /// Seals a document for its subject.
    pub fn seal(&self, subject: PrincipalId, id: String, bytes: &[u8]) -> Result<Sealed, Error> {
        let (key, wrapped) = self.key_for(subject)?;
        let mut changes = Vec::with_capacity(2);
        // The key goes along until it is known to be durable; writing it twice writes the same.
        changes.extend(wrapped.map(|wrapped| VaultChange::PutKey { subject, wrapped }));
        let (digest, put) = self.put(&key, subject, id, bytes);
        changes.push(put);
        Ok(Sealed { digest, changes })
    }

    /// Seals the parts of something under a key of their own, which lies beside them on their path,
    /// sealed for the subject. Answers their digests in order.
    pub fn seal_apart<const PARTS: usize>(
        &self,
        subject: PrincipalId,
        path: &str,
        parts: [(&str, &[u8]); PARTS],
    ) -> Result<([Digest; PARTS], Vec<VaultChange>), Error> {
        let key = SealKey::from_bytes(self.env.random());
        let Sealed { mut changes, .. } =
            self.seal(subject, format!("{path}{OWN_KEY}"), key.expose())?;
        let digests = parts.map(|(part, bytes)| {
            let (digest, put) = self.put(&key, subject, format!("{path}{part}"), bytes);
            changes.push(put);
            digest
        });
        Ok((digests, changes))
    }

    /// A document sealed under a key, with the salted digest that its entry keeps.
    fn put(
        &self,
        key: &SealKey,
        subject: PrincipalId,
        id: String,
        bytes: &[u8],
    ) -> (Digest, VaultChange) {
        let salt = Salt(self.env.random());
        let sealed = seal(key, self.env.random(), &associated(subject, &id), bytes);
        (salted(&salt, bytes), VaultChange::Put { id, subject, salt, sealed })
    }

    /// Opens a document, or nothing where there is none.
    pub fn open(&self, id: &str) -> Result<Option<Opened>, Error> {
        let Some(row) = self.reader.vault(id)? else { return Ok(None) };
        let fail = |why: String| Error::Vault { id: id.to_owned(), why };
        let key = match own_key_id(id) {
            Some(own) => match self.open(&own)? {
                Some(opened) => Some(Arc::new(own_key(&opened.bytes).map_err(fail)?)),
                None => None,
            },
            None => self.known_key(row.subject)?,
        };
        let Some(key) = key else {
            // Erased since the record was read, or damaged.
            return match self.reader.vault(id)? {
                None => Ok(None),
                Some(_) => Err(fail("its key is gone".to_owned())),
            };
        };
        let bytes = open(&key, &associated(row.subject, id), &row.sealed)
            .map_err(|error| fail(error.to_string()))?;
        Ok(Some(Opened { salt: row.salt, bytes }))
    }

    /// Opens the records behind the one that `after` names, at most `max` of them, and answers how far
    /// that went and how many bytes they have; nothing behind the last. Keys are unwrapped anew, so that
    /// what is in memory hides no damage. A record that is erased meanwhile is no damage.
    pub fn check(
        &self,
        reader: &dyn Reader,
        after: &str,
        max: usize,
    ) -> Result<Option<(String, u64)>, Error> {
        let (mut last, mut bytes) = (None, 0);
        for (id, row) in reader.vault_page(after, max)? {
            bytes += row.sealed.len() as u64;
            if let Err(why) = self.opens(reader, &id, &row)? {
                let is_there = reader.vault(&id)?.is_some_and(|now| now.sealed == row.sealed);
                if is_there {
                    return Err(Error::Vault { id, why });
                }
            }
            last = Some(id);
        }
        Ok(last.map(|last| (last, bytes)))
    }

    /// Opens a record by keys as they lie there, or says why it does not open.
    fn opens(
        &self,
        reader: &dyn Reader,
        id: &str,
        row: &VaultRow,
    ) -> Result<Result<Zeroizing<Vec<u8>>, String>, Error> {
        let gone = || Ok(Err("its key is gone".to_owned()));
        let key = match own_key_id(id) {
            Some(own) => {
                let Some(row) = reader.vault(&own)? else { return gone() };
                self.opens(reader, &own, &row)?.and_then(|bytes| own_key(&bytes))
            }
            None => {
                let Some(wrapped) = reader.vault_key(row.subject)? else { return gone() };
                let aad = key_associated(row.subject);
                unwrap_key(self.keys.vault(), &aad, &wrapped).map_err(|error| error.to_string())
            }
        };
        let opened = |key| {
            open(&key, &associated(row.subject, id), &row.sealed).map_err(|error| error.to_string())
        };
        Ok(key.and_then(opened))
    }

    /// Forgets a subject's key, after it was destroyed.
    pub fn forget(&self, subject: PrincipalId) {
        self.open_keys.lock().unwrap_or_else(PoisonError::into_inner).remove(&subject);
    }

    /// Names of the documents about a subject, at most `max`.
    pub fn documents_of(&self, subject: PrincipalId, max: usize) -> Result<Vec<String>, Error> {
        Ok(self.reader.vault_ids(subject, max)?)
    }

    /// A subject's key as it is wrapped now, wrapped under another key of the node.
    pub(crate) fn wrap_anew(
        &self,
        under: &NodeKeys,
        subject: PrincipalId,
        wrapped: &[u8],
    ) -> Result<VaultChange, Error> {
        let key = self.unwrap(subject, wrapped)?;
        let aad = key_associated(subject);
        let wrapped = wrap_key(under.vault(), self.env.random(), &aad, &key);
        Ok(VaultChange::PutKey { subject, wrapped })
    }

    fn key_for(&self, subject: PrincipalId) -> Result<(Arc<SealKey>, Option<Vec<u8>>), Error> {
        if let Some(wrapped) = self.reader.vault_key(subject)? {
            return Ok((self.unwrap(subject, &wrapped)?, None));
        }
        let mut open_keys = self.open_keys.lock().unwrap_or_else(PoisonError::into_inner);
        let key = open_keys
            .entry(subject)
            .or_insert_with(|| Arc::new(SealKey::from_bytes(self.env.random())));
        let aad = key_associated(subject);
        let wrapped = wrap_key(self.keys.vault(), self.env.random(), &aad, key);
        Ok((Arc::clone(key), Some(wrapped)))
    }

    fn known_key(&self, subject: PrincipalId) -> Result<Option<Arc<SealKey>>, Error> {
        match self.reader.vault_key(subject)? {
            Some(wrapped) => self.unwrap(subject, &wrapped).map(Some),
            None => Ok(None),
        }
    }

    fn unwrap(&self, subject: PrincipalId, wrapped: &[u8]) -> Result<Arc<SealKey>, Error> {
        let mut open_keys = self.open_keys.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(key) = open_keys.get(&subject) {
            return Ok(Arc::clone(key));
        }
        let key = unwrap_key(self.keys.vault(), &key_associated(subject), wrapped);
        let key = key.map_err(|error| Error::Vault {
            id: format!("key of {subject}"),
            why: error.to_string(),
        })?;
        let key = Arc::new(key);
        open_keys.insert(subject, Arc::clone(&key));
        Ok(key)
    }
}

/// An opened document.
pub struct Opened {
    /// The salt of its digest.
    pub salt: Salt,
    /// Its bytes.
    pub bytes: Zeroizing<Vec<u8>>,
}

fn associated(subject: PrincipalId, id: &str) -> Vec<u8> {
    format!("{subject}/{id}").into_bytes()
}

fn key_associated(subject: PrincipalId) -> Vec<u8> {
    format!("key/{subject}").into_bytes()
}
