//! The way out of the process: from names to addresses, and from an address to a connection.
//!
//! Two steps, so that whoever connects has seen the address and connects to that one. Deliberately
//! absent: any judgement about where one may go, which is the egress's.

use std::future::Future;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::path::Path;
use std::pin::Pin;

use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use tokio::io::{AsyncRead, AsyncWrite};

/// Something that is waited for.
pub type Wait<T> = Pin<Box<dyn Future<Output = T> + Send>>;

/// Bytes in both directions.
pub trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> Stream for T {}

/// A connection, to whatever it leads.
pub type BoxStream = Box<dyn Stream>;

/// Names and connections.
pub trait Network: Send + Sync {
    /// The addresses that a host name has just now.
    fn resolve(&self, host: &str) -> Wait<io::Result<Vec<IpAddr>>>;
    /// A connection to exactly this address.
    fn connect(&self, address: SocketAddr) -> Wait<io::Result<BoxStream>>;
}

/// The system's resolver and sockets.
pub(super) struct SystemNetwork;

#[allow(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "the one place that opens connections"
)]
impl Network for SystemNetwork {
    fn resolve(&self, host: &str) -> Wait<io::Result<Vec<IpAddr>>> {
        let host = host.to_owned();
        Box::pin(async move {
            let found = tokio::net::lookup_host((host, 0)).await?;
            Ok(found.map(|address| address.ip()).collect())
        })
    }

    fn connect(&self, address: SocketAddr) -> Wait<io::Result<BoxStream>> {
        Box::pin(async move {
            let stream = tokio::net::TcpStream::connect(address).await?;
            // Without it small requests only wait longer.
            let _ = stream.set_nodelay(true);
            let stream: BoxStream = Box::new(stream);
            Ok(stream)
        })
    }
}

/// The certificate authorities that the system trusts, and those of a file beside them. A file that
/// cannot be read is an error; a system without authorities trusts none.
pub fn tls_roots(further: Option<&Path>) -> io::Result<RootCertStore> {
    let mut roots = RootCertStore::empty();
    let (added, ignored) =
        roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    tracing::debug!(added, ignored, "certificate authorities of the system");
    let Some(path) = further else { return Ok(roots) };
    let wrong = |why: String| io::Error::new(io::ErrorKind::InvalidData, why);
    let certificates = CertificateDer::pem_file_iter(path).map_err(|e| wrong(e.to_string()))?;
    let mut count = 0_usize;
    for certificate in certificates {
        let certificate = certificate.map_err(|error| wrong(error.to_string()))?;
        roots.add(certificate).map_err(|error| wrong(error.to_string()))?;
        count += 1;
    }
    match count {
        0 => Err(wrong("holds no certificate".to_owned())),
        _ => Ok(roots),
    }
}
