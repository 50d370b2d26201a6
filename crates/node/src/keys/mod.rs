//! The node's own key: made at the founding, kept in one file, never shown.
//!
//! The file is `node.pem`, which its mode alone protects, or `node.sealed`, which is worth nothing
//! without a secret that lies elsewhere ([`sealed`]). While a key is replaced ([`rotate`]) the next
//! one lies beside it, and whichever the journal names counts.
//!
//! Invariants: a key is durable before it is used; where a secret is given, no key is taken that lies
//! open. Deliberately absent: where the secret comes from, which is the binary's work.

pub mod rotate;
pub mod sealed;

use std::path::{Path, PathBuf};

use hansa_crypto::Secret;
use hansa_crypto::keys::{PublicKey, SigningKey};
use hansa_crypto::seal::{SealKey, derive};
use hansa_kernel::principal::FormerKey;
use hansa_types::{Digest, Time};

use crate::env::{Env, read_secret, remove_secret, rename_secret, write_secret};
use crate::error::Error;
use crate::limits::KEY_SECRET_BYTES_MIN;

/// Name of the key file in the keys' directory.
pub const NODE_KEY_FILE: &str = "node.pem";
/// Name of the key file where a secret is needed to open it.
pub const SEALED_KEY_FILE: &str = "node.sealed";
/// Names of the files of the key that is about to be the node's.
const NEXT_FILES: (&str, &str) = ("next.pem", "next.sealed");

/// What the node signs and seals with.
pub struct NodeKeys {
    signing: SigningKey,
    vault: SealKey,
    roots: Roots,
    /// The keys before it, the latest last.
    former: Vec<FormerKey>,
}

/// What other secrets of the node's own are derived from. They outlive a key: with the first one that
/// is replaced they go to the vault.
#[derive(Clone)]
pub struct Roots {
    acme: SealKey,
    agents: SealKey,
}

/// Where a node's key lies, and what opens it.
#[derive(Debug, Clone, Copy)]
pub struct Place<'a> {
    /// The data directory.
    pub data_dir: &'a Path,
    /// The secret that the key is sealed under, if it is.
    pub secret: Option<&'a Secret>,
}

/// The key that counts, or the one that is about to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Which {
    Present,
    Next,
}

impl NodeKeys {
    /// Derives everything from the signing key.
    pub fn new(signing: SigningKey) -> Self {
        let vault = derive(&signing, "vault");
        let roots =
            Roots { acme: derive(&signing, "acme"), agents: derive(&signing, "machine agents") };
        Self { signing, vault, roots, former: Vec::new() }
    }

    /// The same key with those that the node had before.
    #[must_use]
    pub(crate) fn with_former(self, former: Vec<FormerKey>) -> Self {
        Self { former, ..self }
    }

    /// The same key with roots that an earlier one left.
    #[must_use]
    pub(crate) fn with_roots(self, roots: Roots) -> Self {
        Self { roots, ..self }
    }

    /// Signs checkpoints, snapshots and nothing in anybody else's name.
    pub fn signing(&self) -> &SigningKey {
        &self.signing
    }

    /// The key, and those before it that are accepted at a moment.
    pub(crate) fn accepted(&self, now: Time) -> Vec<PublicKey> {
        let former = self.former.iter().rev().filter(|former| now < former.until);
        let former = former.map(|former| former.key);
        std::iter::once(self.signing.public()).chain(former).collect()
    }

    /// The key and every one before it, whether or not they count still.
    pub(crate) fn every_one(&self) -> Vec<PublicKey> {
        let former = self.former.iter().rev().map(|former| former.key);
        std::iter::once(self.signing.public()).chain(former).collect()
    }

    /// Wraps the key of each subject in the vault.
    pub fn vault(&self) -> &SealKey {
        &self.vault
    }

    /// Seals the account at a certificate authority, and the certificate's key.
    pub(crate) fn acme(&self) -> &SealKey {
        &self.roots.acme
    }

    /// What the client of the machine's own agent of a name is known by. Nobody learns the secret
    /// that it stands for.
    pub(crate) fn agent_client(&self, name: &str) -> Digest {
        let secret = derive(&self.roots.agents, name);
        hansa_crypto::hash::sha256(secret.expose())
    }
}

impl Roots {
    /// As they lie in the vault.
    fn to_bytes(&self) -> zeroize::Zeroizing<Vec<u8>> {
        zeroize::Zeroizing::new([*self.acme.expose(), *self.agents.expose()].concat())
    }

    /// Reads them.
    pub(crate) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (acme, agents) = bytes.split_first_chunk::<32>()?;
        let agents: [u8; 32] = agents.try_into().ok()?;
        Some(Self { acme: SealKey::from_bytes(*acme), agents: SealKey::from_bytes(agents) })
    }
}

impl<'a> From<&'a Path> for Place<'a> {
    fn from(data_dir: &'a Path) -> Self {
        Self { data_dir, secret: None }
    }
}

impl<'a> From<&'a PathBuf> for Place<'a> {
    fn from(data_dir: &'a PathBuf) -> Self {
        Self { data_dir, secret: None }
    }
}

impl Place<'_> {
    /// The directory of the keys.
    pub fn dir(&self) -> PathBuf {
        self.data_dir.join("keys")
    }

    /// The file in which the key lies, or would.
    pub fn file(&self) -> PathBuf {
        self.path(Which::Present, self.secret.is_some())
    }

    /// Reads the node's key.
    pub fn load(&self) -> Result<Option<NodeKeys>, Error> {
        Ok(self.read(Which::Present)?.map(NodeKeys::new))
    }

    /// Reads the node's key, which must be there.
    pub fn need(&self) -> Result<NodeKeys, Error> {
        self.load()?.ok_or_else(|| Error::Key { path: self.dir(), why: "there is no node key" })
    }

    /// Makes a key and its file, readable by its owner alone and durable before it is used.
    pub fn create(&self, env: &Env) -> Result<NodeKeys, Error> {
        let key = SigningKey::from_seed(env.random());
        self.write(Which::Present, &key, env)?;
        Ok(NodeKeys::new(key))
    }

    /// Keeps a key that was made elsewhere.
    pub(crate) fn keep(&self, key: &SigningKey, env: &Env) -> Result<(), Error> {
        self.write(Which::Present, key, env)
    }

    /// Puts the next key in its place once the journal names it, and forgets one that the journal
    /// never named. `named` is the key of the journal.
    pub(crate) fn settle(&self, named: &PublicKey) -> Result<Option<NodeKeys>, Error> {
        let Some(next) = self.read(Which::Next)? else { return self.load() };
        match next.public() == *named {
            true => self.promote()?,
            false => self.remove(Which::Next)?,
        }
        self.load()
    }

    /// Seals the key under another secret, or under none. Whatever it was in before is removed last.
    pub fn seal_anew(&self, secret: Option<&Secret>, env: &Env) -> Result<(), Error> {
        if let Some(secret) = secret
            && secret.expose().len() < KEY_SECRET_BYTES_MIN
        {
            return Err(Error::Config(
                "the secret of the node's key: 12 bytes at least".to_owned(),
            ));
        }
        if let Some(path) = self.pending()? {
            let why = "a rotation is not at its end: start the node, and stop it";
            return Err(Error::Key { path, why });
        }
        let keys = self.need()?;
        let other = Place { secret, ..*self };
        match (self.secret, secret) {
            (None, None) => return Ok(()),
            (Some(_), Some(_)) => {
                other.write_over(Which::Present, &keys.signing, env)?;
            }
            _ => {
                other.remove(Which::Present)?;
                other.write(Which::Present, &keys.signing, env)?;
                self.remove(Which::Present)?;
            }
        }
        Ok(())
    }

    /// The file of a next key, if one lies there.
    fn pending(&self) -> Result<Option<PathBuf>, Error> {
        let next = self.read(Which::Next)?;
        Ok(next.map(|_| self.path(Which::Next, self.secret.is_some())))
    }

    fn path(&self, which: Which, sealed: bool) -> PathBuf {
        self.dir().join(match (which, sealed) {
            (Which::Present, false) => NODE_KEY_FILE,
            (Which::Present, true) => SEALED_KEY_FILE,
            (Which::Next, false) => NEXT_FILES.0,
            (Which::Next, true) => NEXT_FILES.1,
        })
    }

    fn read(&self, which: Which) -> Result<Option<SigningKey>, Error> {
        let path = self.path(which, self.secret.is_some());
        let reading = |path: &Path| {
            read_secret(path).map_err(|source| Error::File {
                action: "reading",
                path: path.to_owned(),
                source,
            })
        };
        let Some(text) = reading(&path)? else {
            let other = self.path(which, self.secret.is_none());
            let why = match self.secret {
                Some(_) => "the key lies open, and a secret was given: hansa admin node-key seal",
                None => "the key is sealed: set keys.secret_file or keys.credential",
            };
            return match reading(&other)? {
                Some(_) => Err(Error::Key { path: other, why }),
                None => Ok(None),
            };
        };
        let read = match self.secret {
            Some(secret) => sealed::open(&text, secret),
            None => {
                SigningKey::from_pkcs8_pem(&text).map_err(|_| "holds no Ed25519 key in PKCS#8 PEM")
            }
        };
        read.map(Some).map_err(|why| Error::Key { path, why })
    }

    fn text(&self, key: &SigningKey, env: &Env) -> Result<zeroize::Zeroizing<String>, Error> {
        match self.secret {
            None => Ok(key.to_pkcs8_pem()),
            Some(secret) => sealed::seal(key, secret, env),
        }
    }

    fn write(&self, which: Which, key: &SigningKey, env: &Env) -> Result<(), Error> {
        let path = self.path(which, self.secret.is_some());
        let text = self.text(key, env)?;
        write_secret(&path, &text).map_err(|source| Error::File { action: "writing", path, source })
    }

    fn write_over(&self, which: Which, key: &SigningKey, env: &Env) -> Result<(), Error> {
        let path = self.path(which, self.secret.is_some());
        let text = self.text(key, env)?;
        crate::env::replace_sealed(&path, text.as_bytes()).map_err(|source| Error::File {
            action: "writing",
            path,
            source,
        })
    }

    fn remove(&self, which: Which) -> Result<(), Error> {
        let path = self.path(which, self.secret.is_some());
        remove_secret(&path).map_err(|source| Error::File { action: "removing", path, source })
    }

    fn promote(&self) -> Result<(), Error> {
        let sealed = self.secret.is_some();
        let (from, to) = (self.path(Which::Next, sealed), self.path(Which::Present, sealed));
        rename_secret(&from, &to).map_err(|source| Error::File {
            action: "putting in its place",
            path: from,
            source,
        })
    }
}
