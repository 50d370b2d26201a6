//! The node's own key: made at the founding, kept in one file, never shown.

use std::path::Path;

use hansa_crypto::keys::SigningKey;
use hansa_crypto::seal::{SealKey, derive};

use crate::env::{Env, read_secret, write_secret};
use crate::error::Error;

/// Name of the key file in the keys' directory.
pub const NODE_KEY_FILE: &str = "node.pem";

/// What the node signs and seals with.
pub struct NodeKeys {
    signing: SigningKey,
    vault: SealKey,
    acme: SealKey,
}

impl NodeKeys {
    /// Derives everything from the signing key.
    pub fn new(signing: SigningKey) -> Self {
        let vault = derive(&signing, "vault");
        let acme = derive(&signing, "acme");
        Self { signing, vault, acme }
    }

    /// Signs checkpoints, snapshots and nothing in anybody else's name.
    pub fn signing(&self) -> &SigningKey {
        &self.signing
    }

    /// Wraps the key of each subject in the vault.
    pub fn vault(&self) -> &SealKey {
        &self.vault
    }

    /// Seals the account at a certificate authority, and the certificate's key.
    pub(crate) fn acme(&self) -> &SealKey {
        &self.acme
    }

    /// Reads the key file.
    pub fn load(dir: &Path) -> Result<Option<Self>, Error> {
        let path = dir.join(NODE_KEY_FILE);
        let text = match read_secret(&path) {
            Ok(Some(text)) => text,
            Ok(None) => return Ok(None),
            Err(source) => return Err(Error::File { action: "reading", path, source }),
        };
        match SigningKey::from_pkcs8_pem(&text) {
            Ok(key) => Ok(Some(Self::new(key))),
            Err(_) => Err(Error::Key { path, why: "holds no Ed25519 key in PKCS#8 PEM" }),
        }
    }

    /// Makes a key and its file, readable by its owner alone and durable before it is used.
    pub fn create(dir: &Path, env: &Env) -> Result<Self, Error> {
        let key = SigningKey::from_seed(env.random());
        let path = dir.join(NODE_KEY_FILE);
        write_secret(&path, &key.to_pkcs8_pem()).map_err(|source| Error::File {
            action: "writing",
            path,
            source,
        })?;
        Ok(Self::new(key))
    }
}
