//! Connections: accepting them, timing them, and letting them finish when the node stops.
//!
//! The one file of the edge that touches the network, real timers and threads; everything above it
//! asks the node's `Env`.

#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "serving needs sockets, timers and tasks; all of the edge's are here"
)]

use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hansa_node::Node;
use hansa_types::{Code, Rejection};
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tower::ServiceExt as _;

use crate::edge::LocalAddress;
use crate::limits::{CONNECTIONS_MAX, HEAD_BYTES_MAX};
use crate::router::router;
use crate::settings::ApiSettings;

/// Answers requests until `shutdown` is done, then lets those under way finish for a while.
pub async fn serve(
    node: Arc<Node>,
    listener: TcpListener,
    settings: ApiSettings,
    shutdown: impl Future<Output = ()>,
) -> std::io::Result<()> {
    let drain_max = Duration::from_millis(settings.drain_max.0);
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new())
        .header_read_timeout(Duration::from_millis(settings.head_read_max.0))
        .max_buf_size(HEAD_BYTES_MAX)
        .keep_alive(true);
    let server = Server { http, router: router(node, settings), graceful: GracefulShutdown::new() };
    let room = Arc::new(Semaphore::new(CONNECTIONS_MAX));
    let mut shutdown = pin!(shutdown);
    loop {
        let accepted = async {
            let permit = Arc::clone(&room).acquire_owned().await;
            (permit, listener.accept().await)
        };
        let (permit, accepted) = tokio::select! {
            biased;
            () = &mut shutdown => break,
            accepted = accepted => accepted,
        };
        match accepted {
            Ok((stream, _)) => server.take(stream, permit),
            Err(error) => {
                tracing::warn!(%error, "a connection could not be accepted");
                // Too many open files pass with time, so waiting beats spinning.
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        }
    }
    drop(listener);
    if tokio::time::timeout(drain_max, server.graceful.shutdown()).await.is_err() {
        tracing::warn!("some answers were cut off, for they took too long");
    }
    Ok(())
}

struct Server {
    http: http1::Builder,
    router: Router,
    graceful: GracefulShutdown,
}

impl Server {
    /// Serves one connection beside the others. `held` goes with it.
    fn take(&self, stream: TcpStream, held: impl Send + 'static) {
        // Without it small answers only wait longer.
        let _ = stream.set_nodelay(true);
        let local =
            stream.local_addr().ok().map(|address| LocalAddress(address.ip().to_canonical()));
        let service = self.router.clone().map_request(move |mut request: hyper::Request<_>| {
            if let Some(local) = local {
                request.extensions_mut().insert(local);
            }
            request
        });
        let connection =
            self.http.serve_connection(TokioIo::new(stream), TowerToHyperService::new(service));
        let connection = self.graceful.watch(connection);
        tokio::spawn(async move {
            if let Err(error) = connection.await {
                tracing::debug!(%error, "a connection ended early");
            }
            drop(held);
        });
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
