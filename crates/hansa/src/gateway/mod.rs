//! A sidecar before a service: a request goes through only with an action of the gate.
//!
//! What a request calls is read from its route, its path, its query and its body, and nothing else;
//! the node is shown exactly that. The action must still hold, must have been submitted with this
//! very call, and is claimed before a byte is sent, so it opens the service once. How the service
//! answered is posted as the receipt. Whatever the node does not answer stays shut.
//!
//! Invariant: between a claim and its receipt nobody who hangs up ends the work.
//!
//! Deliberately absent: streams, upgrades and compression, headers of the caller's except a few, and
//! a cache. What was not shown to the node does not reach the service.

mod answer;
mod call;
mod guard;
mod route;
mod upstream;

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{Request, State};
use axum::response::Response;
use hansa_types::Code;
use hansa_wire::Problem;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;

use crate::failure::Failure;
use crate::remote::Remote;
use call::Arrived;
use route::{Found, Routes};
pub(crate) use route::{OpenRoute, ToolRoute};
pub(crate) use upstream::Upstream;

/// Requests that are carried out at once; more of them wait.
const REQUESTS_MAX: u32 = 256;
/// Longest wait for what is under way when the gateway stops.
const DRAIN_MAX: Duration = Duration::from_secs(90);

/// A gateway before one service.
pub(crate) struct Gateway {
    node: Remote,
    routes: Routes,
    upstream: Upstream,
    room: Arc<Semaphore>,
}

impl Gateway {
    /// A gateway that asks a node as the executor whose credential the flags name.
    pub(crate) fn new(
        node: Remote,
        (tools, open): (Vec<ToolRoute>, Vec<OpenRoute>),
        upstream: Upstream,
    ) -> Self {
        let room = Arc::new(Semaphore::new(REQUESTS_MAX as usize));
        Self { node, routes: Routes::new(tools, open), upstream, room }
    }

    /// Answers requests until `shutdown` is done, then finishes what is under way.
    pub(crate) async fn serve(
        self,
        listener: TcpListener,
        shutdown: impl Future<Output = ()> + Send + 'static,
    ) -> Result<(), Failure> {
        let room = Arc::clone(&self.room);
        let router = Router::new().fallback(handle).with_state(Arc::new(self));
        let served = axum::serve(listener, router).with_graceful_shutdown(shutdown);
        served.await.map_err(|error| Failure::because("the gateway cannot serve", &error))?;
        if tokio::time::timeout(DRAIN_MAX, room.acquire_many(REQUESTS_MAX)).await.is_err() {
            tracing::warn!("some calls were left without a receipt, for they took too long");
        }
        Ok(())
    }

    async fn pass(self: Arc<Self>, request: Request) -> Result<Response, Problem> {
        let found = self.routes.find(request.method(), request.uri().path());
        let found = found.ok_or_else(|| {
            let detail = format!("the gateway has no route for {} here", request.method());
            Problem::new(Code::NotFound, detail)
        })?;
        let arrived = Arrived::read(request).await?;
        let place = Arc::clone(&self.room).acquire_owned().await;
        let place = place.map_err(|_| Problem::from(Code::Draining))?;
        let work = async move {
            let _place = place;
            match found {
                Found::Open => self.forward_open(arrived).await,
                Found::Tool { tool, named } => self.guard(arrived, tool, named).await,
            }
        };
        // A task of its own: a caller who hangs up does not end it.
        tokio::spawn(work).await.unwrap_or_else(|_| Err(Code::Internal.into()))
    }

    /// What the operator lets through as it is.
    async fn forward_open(&self, arrived: Arrived) -> Result<Response, Problem> {
        match self.upstream.send(&arrived, None).await {
            Ok(answered) => Ok(answer::from_upstream(answered, None)),
            Err(error) => Err(answer::no_answer(&error)),
        }
    }
}

async fn handle(State(gateway): State<Arc<Gateway>>, request: Request) -> Response {
    gateway.pass(request).await.unwrap_or_else(|problem| answer::from_problem(&problem))
}
