//! Transport security: one provider, TLS 1.2 and 1.3, post-quantum key exchange first.
//!
//! aws-lc-rs is the one provider, named in every configuration, so that another one that a
//! dependency brings along is never chosen. Certificates are judged by the clock of the `Env`.
//!
//! Deliberately absent: certificates of clients, and any way to skip verification.

mod acme;
mod identity;

use std::fmt;
use std::sync::Arc;

use rustls::client::ClientConfig;
use rustls::crypto::{CryptoProvider, aws_lc_rs};
use rustls::pki_types::UnixTime;
use rustls::time_provider::TimeProvider;
use rustls::{RootCertStore, SupportedProtocolVersion, version};

use crate::env::Clock;
pub use acme::{Acme, AcmeError, AcmeSettings};
pub use identity::{ACME_PROTOCOL, CertificateFiles, ServerIdentity};

/// Versions spoken, in and out.
pub const VERSIONS: &[&SupportedProtocolVersion] = &[&version::TLS13, &version::TLS12];

/// The one provider. Its first key exchange is X25519MLKEM768.
pub fn provider() -> Arc<CryptoProvider> {
    Arc::new(aws_lc_rs::default_provider())
}

/// How a connection going out is secured. The server's certificate must lead to one of the roots.
pub fn client_config(
    roots: RootCertStore,
    clock: Arc<dyn Clock>,
) -> Result<Arc<ClientConfig>, rustls::Error> {
    let mut config = ClientConfig::builder_with_details(provider(), Arc::new(Told(clock)))
        .with_protocol_versions(VERSIONS)?
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(Arc::new(config))
}

/// The time that the clock of an `Env` tells.
pub(crate) struct Told(pub(crate) Arc<dyn Clock>);

impl fmt::Debug for Told {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Told")
    }
}

impl TimeProvider for Told {
    fn current_time(&self) -> Option<UnixTime> {
        let since = std::time::Duration::from_millis(self.0.wall().0);
        Some(UnixTime::since_unix_epoch(since))
    }
}
