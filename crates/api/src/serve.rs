//! Connections: accepting them, securing them, timing them, and letting them finish when the node
//! stops.
//!
//! The one place of the edge that touches the network, real timers and threads; everything above it
//! asks the node's `Env`.
//!
//! A stop has two phases. First `/readyz` says so while requests are still taken, until no
//! connection remains or the notice is over; then the socket closes and what is under way finishes.

#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "serving needs sockets, timers and tasks; all of the edge's are here"
)]

mod redirect;

use std::future::Future;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hansa_node::Node;
use hansa_node::tls::ACME_PROTOCOL;
use hansa_types::{Code, Rejection};
use hyper::server::conn::{http1, http2};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use hyper_util::service::TowerToHyperService;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio::task::AbortHandle;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tower::ServiceExt as _;

use crate::edge::Arrival;
use crate::limits::{CONNECTIONS_MAX, HEAD_BYTES_MAX, PING_EVERY, PING_MAX, STREAMS_MAX};
use crate::router::router;
use crate::settings::ApiSettings;

/// Where requests come in.
pub struct Sockets {
    /// The API's own.
    pub listener: TcpListener,
    /// How it is secured; in clear without.
    pub tls: Option<Arc<ServerConfig>>,
    /// One in clear that only sends readers to the public URL.
    pub redirect: Option<TcpListener>,
}

impl From<TcpListener> for Sockets {
    fn from(listener: TcpListener) -> Self {
        Self { listener, tls: None, redirect: None }
    }
}

/// Answers requests until `shutdown` is done, then lets those under way finish for a while.
pub async fn serve(
    node: Arc<Node>,
    sockets: impl Into<Sockets>,
    settings: ApiSettings,
    shutdown: impl Future<Output = ()>,
) -> std::io::Result<()> {
    let Sockets { listener, tls, redirect } = sockets.into();
    let real = |span: hansa_types::Duration| Duration::from_millis(span.0);
    let (drain_max, notice_max) = (real(settings.drain_max), real(settings.drain_notice_max));
    let head_read_max = real(settings.head_read_max);
    let aside = redirect.zip(settings.public_url.clone()).map(|(listener, public_url)| {
        let task = tokio::spawn(redirect::redirect(listener, public_url, head_read_max));
        Aside(task.abort_handle())
    });
    let mut server = Server {
        http1: http1_builder(head_read_max),
        http2: http2_builder(),
        tls: tls.map(TlsAcceptor::from),
        head_read_max,
        router: router(Arc::clone(&node), settings),
        graceful: GracefulShutdown::new(),
        open: watch::Sender::new(0),
        room: Arc::new(Semaphore::new(CONNECTIONS_MAX)),
    };
    // An earlier service of the same node, as for seeding it, may have ended.
    node.begin_serving();
    server.accept_until(&listener, shutdown).await;
    node.begin_draining();
    server.notice(&listener, notice_max.min(drain_max)).await;
    drop((listener, aside));
    if tokio::time::timeout(drain_max, server.finish()).await.is_err() {
        tracing::warn!("some answers were cut off, for they took too long");
    }
    Ok(())
}

/// A task that ends with what it belongs to.
struct Aside(AbortHandle);

impl Drop for Aside {
    fn drop(&mut self) {
        self.0.abort();
    }
}

fn http1_builder(head_read_max: Duration) -> http1::Builder {
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new())
        .header_read_timeout(head_read_max)
        .max_buf_size(HEAD_BYTES_MAX)
        .keep_alive(true);
    http
}

fn http2_builder() -> http2::Builder<TokioExecutor> {
    let mut http = http2::Builder::new(TokioExecutor::new());
    http.timer(TokioTimer::new())
        .max_concurrent_streams(STREAMS_MAX)
        .max_header_list_size(u32::try_from(HEAD_BYTES_MAX).unwrap_or(u32::MAX))
        .keep_alive_interval(Duration::from_millis(PING_EVERY.0))
        .keep_alive_timeout(Duration::from_millis(PING_MAX.0));
    http
}

struct Server {
    http1: http1::Builder,
    http2: http2::Builder<TokioExecutor>,
    tls: Option<TlsAcceptor>,
    head_read_max: Duration,
    router: Router,
    graceful: GracefulShutdown,
    /// How many connections are open.
    open: watch::Sender<usize>,
    room: Arc<Semaphore>,
}

/// One connection on its way through.
struct Connection {
    http1: http1::Builder,
    http2: http2::Builder<TokioExecutor>,
    router: Router,
    arrival: Arrival,
    watcher: Watcher,
}

/// Counts a connection as open for as long as it lives.
struct Counted(watch::Sender<usize>);

impl Counted {
    fn new(open: &watch::Sender<usize>) -> Self {
        open.send_modify(|open| *open += 1);
        Self(open.clone())
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.send_modify(|open| *open -= 1);
    }
}

impl Server {
    /// Takes connections until something else is done.
    async fn accept_until(&self, listener: &TcpListener, done: impl Future<Output = ()>) {
        let mut done = pin!(done);
        loop {
            let accepted = async {
                let permit = Arc::clone(&self.room).acquire_owned().await;
                (permit, listener.accept().await)
            };
            let (permit, accepted) = tokio::select! {
                biased;
                () = &mut done => return,
                accepted = accepted => accepted,
            };
            match accepted {
                Ok((stream, peer)) => self.take(stream, peer, permit),
                Err(error) => {
                    tracing::warn!(%error, "a connection could not be accepted");
                    // Too many open files pass with time, so waiting beats spinning.
                    tokio::time::sleep(Duration::from_millis(50)).await;
                }
            }
        }
    }

    /// Goes on answering until no connection remains or the notice is over. Idle connections end
    /// at once, others after the answer that is under way.
    async fn notice(&mut self, listener: &TcpListener, notice_max: Duration) {
        let before = std::mem::take(&mut self.graceful);
        self.http1.keep_alive(false);
        let mut open = self.open.subscribe();
        let none_left = async {
            before.shutdown().await;
            // The sender is the server's own.
            let _ = open.wait_for(|open| *open == 0).await;
        };
        let over = async {
            let _ = tokio::time::timeout(notice_max, none_left).await;
        };
        self.accept_until(listener, over).await;
    }

    /// Waits for what is under way.
    async fn finish(self) {
        let mut open = self.open.subscribe();
        self.graceful.shutdown().await;
        // The sender is the server's own.
        let _ = open.wait_for(|open| *open == 0).await;
    }

    /// Serves one connection beside the others. `held` goes with it.
    fn take(&self, stream: TcpStream, peer: SocketAddr, held: impl Send + 'static) {
        // Without it small answers only wait longer.
        let _ = stream.set_nodelay(true);
        let local = stream.local_addr().ok().map(|address| address.ip().to_canonical());
        let peer = peer.ip().to_canonical();
        let connection = Connection {
            http1: self.http1.clone(),
            http2: self.http2.clone(),
            router: self.router.clone(),
            arrival: Arrival { local, peer, secure: self.tls.is_some() },
            watcher: self.graceful.watcher(),
        };
        let counted = Counted::new(&self.open);
        let (tls, handshake_max) = (self.tls.clone(), self.head_read_max);
        tokio::spawn(async move {
            match tls {
                None => connection.serve(stream, false).await,
                Some(tls) => connection.secure(&tls, stream, handshake_max).await,
            }
            drop((counted, held));
        });
    }
}

impl Connection {
    /// Secures a connection and serves what it was agreed to speak.
    async fn secure(self, tls: &TlsAcceptor, stream: TcpStream, handshake_max: Duration) {
        let secured = match tokio::time::timeout(handshake_max, tls.accept(stream)).await {
            Ok(Ok(secured)) => secured,
            Ok(Err(error)) => return tracing::debug!(%error, "a connection was not secured"),
            Err(_) => return tracing::debug!("a connection was not secured in time"),
        };
        let protocol = secured.get_ref().1.alpn_protocol();
        // An authority has seen in the handshake what it wanted.
        if protocol == Some(ACME_PROTOCOL) {
            return;
        }
        let is_http2 = protocol == Some(b"h2");
        self.serve(secured, is_http2).await;
    }

    async fn serve(
        self,
        stream: impl AsyncRead + AsyncWrite + Send + Unpin + 'static,
        is_http2: bool,
    ) {
        let arrival = self.arrival;
        let service = self.router.map_request(move |mut request: hyper::Request<_>| {
            request.extensions_mut().insert(arrival);
            request
        });
        let (stream, service) = (TokioIo::new(stream), TowerToHyperService::new(service));
        let ended = match is_http2 {
            true => self.watcher.watch(self.http2.serve_connection(stream, service)).await,
            false => self.watcher.watch(self.http1.serve_connection(stream, service)).await,
        };
        if let Err(error) = ended {
            tracing::debug!(%error, "a connection ended early");
        }
    }
}

/// Runs what waits for the disk beside the request threads.
pub(crate) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Rejection> {
    tokio::task::spawn_blocking(work).await.map_err(|error| {
        tracing::error!(%error, "work beside the request threads ended early");
        Code::Internal.into()
    })
}

/// Begins work that waits for the disk and for a reader, and does not wait for it.
pub(crate) fn beside(work: impl FnOnce() + Send + 'static) {
    tokio::task::spawn_blocking(work);
}
