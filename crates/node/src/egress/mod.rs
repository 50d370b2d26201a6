//! The only way out: every request of the node to another machine.
//!
//! A request says what it is for. Its host must be allowed for that purpose; its name is resolved
//! once, every address found must be one of the open internet, and the connection goes to one of
//! exactly these, with the name in TLS and in the `Host` header. So a name that changes its address
//! between the look and the connection (DNS rebinding) gains nothing. Only https, unless an
//! operator named the very host and port as private. No redirect is followed, nothing is sent
//! twice, and size, time and number of requests have limits.
//!
//! Deliberately absent: cookies, proxies, caches, decompression, kept connections and HTTP/2. What
//! fetches seldom needs none of them, and each widens what an answer can do.

mod address;
mod error;
mod exchange;
mod policy;
mod target;

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::path::Path;
use std::sync::Arc;

use bytes::Bytes;
use hansa_types::Duration;
use hyper::{HeaderMap, Method};
use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use tokio::sync::{OnceCell, Semaphore};
use tokio_rustls::TlsConnector;

pub use error::EgressError;
pub use policy::{EgressPolicy, HostPattern, PrivateHost, Purpose};
use target::Target;

use crate::env::{BoxStream, Env, blocking, tls_roots};
use crate::limits::{
    EGRESS_ADDRESSES_MAX, EGRESS_BODY_BYTES_MAX, EGRESS_CONNECT_MAX, EGRESS_REQUESTS_MAX,
    EGRESS_TIME_MAX,
};
use crate::metrics::{EgressLabels, Metrics};
use crate::tls;

/// The host and port of a URL that could be fetched.
pub fn host_and_port(url: &str) -> Option<(String, u16)> {
    Target::parse(url).ok().map(|target| (target.host, target.port))
}

/// How much one request may cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EgressLimits {
    /// Largest body of the answer in bytes.
    pub body_bytes_max: usize,
    /// Longest time from the name to the last byte.
    pub time_max: Duration,
}

impl Default for EgressLimits {
    fn default() -> Self {
        Self { body_bytes_max: EGRESS_BODY_BYTES_MAX, time_max: EGRESS_TIME_MAX }
    }
}

/// A request to elsewhere.
#[derive(Debug, Clone)]
pub struct EgressRequest {
    /// What it is for.
    pub purpose: Purpose,
    /// Its method.
    pub method: Method,
    /// Where it goes.
    pub url: String,
    /// Further headers. Host and framing are set by the egress.
    pub headers: HeaderMap,
    /// Its body.
    pub body: Bytes,
    /// How much it may cost.
    pub limits: EgressLimits,
}

/// An answer from elsewhere: as untrusted as whoever gave it.
#[derive(Debug, Clone)]
pub struct EgressResponse {
    /// Its status; never a redirect.
    pub status: u16,
    /// Its headers.
    pub headers: HeaderMap,
    /// Its whole body.
    pub body: Bytes,
}

impl EgressResponse {
    /// A header that stands there once and is text.
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut values = self.headers.get_all(name).iter();
        let value = values.next()?.to_str().ok()?;
        values.next().is_none().then_some(value)
    }
}

/// The way out of one node.
pub struct Egress {
    policy: EgressPolicy,
    env: Env,
    metrics: Arc<Metrics>,
    room: Semaphore,
    tls: OnceCell<Arc<ClientConfig>>,
}

impl Egress {
    /// A way out by a policy.
    pub fn new(policy: EgressPolicy, env: Env, metrics: Arc<Metrics>) -> Self {
        let room = Semaphore::new(EGRESS_REQUESTS_MAX);
        Self { policy, env, metrics, room, tls: OnceCell::new() }
    }

    /// Whether a request there would be made at all, by its URL alone: what its name leads to is looked at
    /// when it is made.
    pub fn check(&self, purpose: Purpose, url: &str) -> Result<(), EgressError> {
        let target = Target::parse(url)?;
        self.may_go(purpose, &target.host, target.port)?;
        self.is_secure(&target)
    }

    fn may_go(&self, purpose: Purpose, host: &str, port: u16) -> Result<(), EgressError> {
        match self.policy.allows(purpose, host, port) {
            true => Ok(()),
            false => Err(EgressError::HostNotAllowed { purpose, host: format!("{host}:{port}") }),
        }
    }

    fn is_secure(&self, target: &Target) -> Result<(), EgressError> {
        match target.tls || self.policy.is_private(&target.host, target.port) {
            true => Ok(()),
            false => Err(EgressError::NotSecure),
        }
    }

    /// Fetches a URL.
    pub async fn get(
        &self,
        purpose: Purpose,
        url: &str,
        limits: EgressLimits,
    ) -> Result<EgressResponse, EgressError> {
        let (headers, body) = (HeaderMap::new(), Bytes::new());
        let (method, url) = (Method::GET, url.to_owned());
        self.send(EgressRequest { purpose, method, url, headers, body, limits }).await
    }

    /// Sends a request, once.
    pub async fn send(&self, request: EgressRequest) -> Result<EgressResponse, EgressError> {
        let purpose = request.purpose;
        let work = self.within(request.limits.time_max, self.carry_out(request));
        let outcome = Box::pin(work).await;
        self.observe(purpose, outcome.as_ref().err());
        outcome
    }

    /// Connects to a host, for what is not HTTP. The caller secures the connection under the same
    /// name.
    pub async fn connect(
        &self,
        purpose: Purpose,
        host: &str,
        port: u16,
        time_max: Duration,
    ) -> Result<BoxStream, EgressError> {
        let work = async {
            let host = target::host_name(host).ok_or(EgressError::Url("no host"))?;
            self.open(purpose, &host, port).await
        };
        let outcome = Box::pin(self.within(time_max, work)).await;
        self.observe(purpose, outcome.as_ref().err());
        outcome
    }

    /// Connects to a mail server: under TLS, or in clear where an operator named it as private.
    pub async fn connect_mail(
        &self,
        host: &str,
        port: u16,
        tls: bool,
        time_max: Duration,
    ) -> Result<BoxStream, EgressError> {
        let work = async {
            let host = target::host_name(host).ok_or(EgressError::Url("no host"))?;
            if !tls && !self.policy.is_private(&host, port) {
                return Err(EgressError::NotSecure);
            }
            let stream = self.open(Purpose::Mail, &host, port).await?;
            match tls {
                true => self.secure(stream, &host).await,
                false => Ok(stream),
            }
        };
        let outcome = Box::pin(self.within(time_max, work)).await;
        self.observe(Purpose::Mail, outcome.as_ref().err());
        outcome
    }

    async fn within<T>(
        &self,
        time_max: Duration,
        work: impl Future<Output = Result<T, EgressError>>,
    ) -> Result<T, EgressError> {
        let admitted = async {
            let _place = self.room.acquire().await.map_err(|_| EgressError::Deadline)?;
            work.await
        };
        tokio::select! {
            biased;
            done = admitted => done,
            () = self.env.clock.sleep(time_max) => Err(EgressError::Deadline),
        }
    }

    async fn carry_out(&self, request: EgressRequest) -> Result<EgressResponse, EgressError> {
        let target = Target::parse(&request.url)?;
        self.is_secure(&target)?;
        let stream = self.open(request.purpose, &target.host, target.port).await?;
        let stream = match target.tls {
            true => self.secure(stream, &target.host).await?,
            false => stream,
        };
        exchange::exchange(stream, &target, request).await
    }

    /// Checks the host, resolves it once, checks every address, and connects to one of them.
    async fn open(
        &self,
        purpose: Purpose,
        host: &str,
        port: u16,
    ) -> Result<BoxStream, EgressError> {
        self.may_go(purpose, host, port)?;
        let found = self.addresses(host).await?;
        // One address inside is enough to refuse the name: nobody honest publishes such a mixture.
        if !self.policy.is_private(host, port) && !found.iter().copied().all(address::is_open) {
            return Err(EgressError::AddressNotOpen);
        }
        let mut failed = io::Error::from(io::ErrorKind::AddrNotAvailable);
        for address in found.into_iter().take(EGRESS_ADDRESSES_MAX) {
            match self.connect_to(SocketAddr::new(address, port)).await {
                Ok(stream) => return Ok(stream),
                Err(error) => failed = error,
            }
        }
        Err(EgressError::Connect(failed))
    }

    async fn addresses(&self, host: &str) -> Result<Vec<IpAddr>, EgressError> {
        if let Ok(address) = host.parse::<IpAddr>() {
            return Ok(vec![address.to_canonical()]);
        }
        let found = self.env.network.resolve(host).await.map_err(EgressError::Resolve)?;
        match found.is_empty() {
            true => Err(EgressError::Resolve(io::ErrorKind::NotFound.into())),
            false => Ok(found.iter().map(IpAddr::to_canonical).collect()),
        }
    }

    async fn connect_to(&self, address: SocketAddr) -> io::Result<BoxStream> {
        tokio::select! {
            biased;
            connected = self.env.network.connect(address) => connected,
            () = self.env.clock.sleep(EGRESS_CONNECT_MAX) => Err(io::ErrorKind::TimedOut.into()),
        }
    }

    async fn secure(&self, stream: BoxStream, host: &str) -> Result<BoxStream, EgressError> {
        let config = self.tls.get_or_try_init(|| self.tls_config()).await?;
        let name = ServerName::try_from(host.to_owned())
            .map_err(|error| EgressError::Tls(io::Error::other(error)))?;
        let connector = TlsConnector::from(Arc::clone(config));
        let stream = connector.connect(name, stream).await.map_err(EgressError::Tls)?;
        Ok(Box::new(stream))
    }

    async fn tls_config(&self) -> Result<Arc<ClientConfig>, EgressError> {
        let ca_file = self.policy.ca_file().map(Path::to_owned);
        let roots = blocking(move || tls_roots(ca_file.as_deref())).await;
        let roots = roots.map_err(|error| EgressError::Roots(io::Error::other(error)))?;
        let roots = roots.map_err(EgressError::Roots)?;
        let config = tls::client_config(roots, Arc::clone(&self.env.clock));
        config.map_err(|error| EgressError::Tls(io::Error::other(error)))
    }

    fn observe(&self, purpose: Purpose, failed: Option<&EgressError>) {
        let outcome = failed.map_or("answered", EgressError::as_str);
        let labels = EgressLabels { purpose: purpose.as_str(), outcome };
        self.metrics.egress.get_or_create(&labels).inc();
        if let Some(error) = failed {
            let error: &dyn std::error::Error = error;
            tracing::info!(%purpose, outcome, error, "a request to elsewhere has no answer");
        }
    }
}
