//! TLS of the client: aws-lc-rs alone, with post-quantum key exchange, and no way around
//! certificates.

use std::sync::Arc;

use rustls::crypto::aws_lc_rs;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::{ClientConfig, RootCertStore};

use super::ClientError;

/// The configuration for an address. For a plain one the system's authorities are not read: a
/// machine without any reaches it too.
pub(super) fn config(
    is_https: bool,
    authorities: Option<&str>,
) -> Result<ClientConfig, ClientError> {
    let mut roots = RootCertStore::empty();
    if is_https {
        roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    }
    if let Some(text) = authorities {
        add(&mut roots, text)?;
    }
    let failed = |error: rustls::Error| ClientError::Authorities(error.to_string());
    let mut config = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(failed)?
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(config)
}

fn add(roots: &mut RootCertStore, text: &str) -> Result<(), ClientError> {
    let wrong = |why: String| ClientError::Authorities(why);
    let before = roots.len();
    for certificate in CertificateDer::pem_slice_iter(text.as_bytes()) {
        let certificate = certificate.map_err(|error| wrong(error.to_string()))?;
        roots.add(certificate).map_err(|error| wrong(error.to_string()))?;
    }
    match roots.len() == before {
        true => Err(wrong("no certificate in PEM".to_owned())),
        false => Ok(()),
    }
}
