//! What the node shows of itself in TLS: its certificate, exchanged while connections come in.
//!
//! Invariants: a certificate is shown only with the key that belongs to it; one that cannot be read
//! leaves the one before it in its place. Before the first one there is nothing to show, and
//! handshakes fail.

use std::collections::HashMap;
use std::fmt;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use hansa_crypto::hash::sha256;
use hansa_types::Digest;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::{ClientHello, ResolvesServerCert, ServerConfig};
use rustls::sign::CertifiedKey;

use super::{Told, VERSIONS, provider};
use crate::env::{Clock, read_secret};
use crate::error::Error;

/// The protocol by which an authority checks that a name leads here (RFC 8737).
pub const ACME_PROTOCOL: &[u8] = b"acme-tls/1";

/// Protocols spoken on a secured connection, the preferred one first.
const PROTOCOLS: [&[u8]; 2] = [b"h2", b"http/1.1"];

/// The certificate that is shown now.
#[derive(Default)]
pub struct ServerIdentity {
    current: RwLock<Option<Arc<CertifiedKey>>>,
    /// Answers to an authority, by name; there only while it asks.
    challenges: Mutex<HashMap<String, Arc<CertifiedKey>>>,
}

impl fmt::Debug for ServerIdentity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ServerIdentity").field("shown", &self.is_shown()).finish_non_exhaustive()
    }
}

impl ServerIdentity {
    /// Shows a certificate with its chain and key from now on, both in PEM.
    pub fn show(&self, chain: &str, key: &str) -> Result<(), Error> {
        let certified = certified(chain, key)?;
        *self.current.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(certified));
        Ok(())
    }

    /// Whether there is a certificate to show.
    pub fn is_shown(&self) -> bool {
        self.current.read().unwrap_or_else(PoisonError::into_inner).is_some()
    }

    /// The first certificate of the chain that is shown, in DER.
    pub fn leaf(&self) -> Option<Vec<u8>> {
        let current = self.current.read().unwrap_or_else(PoisonError::into_inner);
        current.as_ref().and_then(|shown| shown.cert.first()).map(|leaf| leaf.to_vec())
    }

    /// Answers an authority that asks for a name, or no longer.
    pub fn challenge(&self, name: &str, answer: Option<CertifiedKey>) {
        let mut challenges = self.challenges.lock().unwrap_or_else(PoisonError::into_inner);
        match answer {
            Some(answer) => challenges.insert(name.to_owned(), Arc::new(answer)),
            None => challenges.remove(name),
        };
    }

    /// How connections that come in are secured: TLS 1.2 or 1.3, HTTP/2 or HTTP/1.1.
    pub fn server_config(
        self: &Arc<Self>,
        clock: Arc<dyn Clock>,
    ) -> Result<Arc<ServerConfig>, Error> {
        let mut config = ServerConfig::builder_with_details(provider(), Arc::new(Told(clock)))
            .with_protocol_versions(VERSIONS)
            .map_err(|error| Error::Tls(error.to_string()))?
            .with_no_client_auth()
            .with_cert_resolver(Arc::clone(self) as Arc<dyn ResolvesServerCert>);
        config.alpn_protocols = PROTOCOLS.iter().map(|protocol| protocol.to_vec()).collect();
        config.alpn_protocols.push(ACME_PROTOCOL.to_vec());
        Ok(Arc::new(config))
    }
}

impl ResolvesServerCert for ServerIdentity {
    fn resolve(&self, hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        let mut protocols = hello.alpn().into_iter().flatten();
        if protocols.any(|protocol| protocol == ACME_PROTOCOL) {
            let challenges = self.challenges.lock().unwrap_or_else(PoisonError::into_inner);
            return challenges.get(hello.server_name()?).cloned();
        }
        self.current.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// A chain and its key, which must belong together.
fn certified(chain: &str, key: &str) -> Result<CertifiedKey, Error> {
    let wrong = |what: &str| Error::Tls(what.to_owned());
    let chain: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(chain.as_bytes()).collect();
    let chain = chain.map_err(|error| Error::Tls(format!("the certificate: {error}")))?;
    if chain.is_empty() {
        return Err(wrong("the certificate's file holds no certificate"));
    }
    let key = PrivateKeyDer::from_pem_slice(key.as_bytes())
        .map_err(|_| wrong("the key's file holds no private key in PEM"))?;
    CertifiedKey::from_der(chain, key, &provider())
        .map_err(|error| Error::Tls(format!("the certificate and its key: {error}")))
}

/// Two files of an operator's, looked at again whenever they may have changed.
#[derive(Debug)]
pub struct CertificateFiles {
    certificate: PathBuf,
    key: PathBuf,
    seen: Mutex<Option<Digest>>,
}

impl CertificateFiles {
    /// A certificate with its chain, and its key, both in PEM.
    pub fn new(certificate: PathBuf, key: PathBuf) -> Self {
        Self { certificate, key, seen: Mutex::new(None) }
    }

    /// Shows what the files hold, if it is not shown already; says whether it is new.
    pub fn look(&self, identity: &ServerIdentity) -> Result<bool, Error> {
        let (chain, key) = (read(&self.certificate)?, read(&self.key)?);
        let digest = sha256(format!("{}\n{}", chain.as_str(), key.as_str()).as_bytes());
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if *seen == Some(digest) {
            return Ok(false);
        }
        identity.show(&chain, &key)?;
        *seen = Some(digest);
        Ok(true)
    }
}

fn read(path: &std::path::Path) -> Result<zeroize::Zeroizing<String>, Error> {
    let failed = |source| Error::File { action: "reading", path: path.to_owned(), source };
    match read_secret(path).map_err(failed)? {
        Some(text) => Ok(text),
        None => Err(failed(std::io::ErrorKind::NotFound.into())),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::disallowed_methods)]

    use super::*;

    fn made() -> (String, String) {
        let made = rcgen::generate_simple_self_signed(["node.example".to_owned()]).unwrap();
        (made.cert.pem(), made.signing_key.serialize_pem())
    }

    #[test]
    fn a_certificate_is_shown_with_its_own_key_only() {
        let identity = ServerIdentity::default();
        let ((chain, key), (_, other)) = (made(), made());
        for (chain, key) in [(&chain, &other), (&key, &key), (&chain, &chain), (&other, &chain)] {
            assert!(identity.show(chain, key).is_err());
        }
        assert!(!identity.is_shown());
        identity.show(&chain, &key).unwrap();
        let leaf = identity.leaf();
        assert!(leaf.is_some() && identity.show("", &key).is_err());
        assert_eq!(identity.leaf(), leaf, "what cannot be read changes nothing");
    }

    #[test]
    fn files_are_shown_again_when_they_change() {
        let dir = tempfile::tempdir().unwrap();
        let paths = [dir.path().join("cert.pem"), dir.path().join("key.pem")];
        let [certificate, key_file] = paths.clone();
        let files = CertificateFiles::new(certificate, key_file);
        let identity = ServerIdentity::default();
        assert!(files.look(&identity).is_err());
        let write = |(chain, key): (String, String)| {
            std::fs::write(&paths[0], chain).unwrap();
            std::fs::write(&paths[1], key).unwrap();
        };
        write(made());
        assert!(files.look(&identity).unwrap());
        assert!(!files.look(&identity).unwrap());
        let before = identity.leaf();
        std::fs::write(&paths[1], made().1).unwrap();
        assert!(files.look(&identity).is_err());
        assert_eq!(identity.leaf(), before);
        write(made());
        assert!(files.look(&identity).unwrap());
        assert_ne!(identity.leaf(), before);
    }
}
