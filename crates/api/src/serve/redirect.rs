//! The listener in clear that only sends readers to the public URL.
//!
//! Where to is the operator's word alone, never the request's, so nobody is sent elsewhere. What
//! would change something is refused instead: its credential has travelled in clear already, and a
//! client that follows would never learn it.

#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "serving needs sockets, timers and tasks"
)]

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::header::{CONNECTION, HeaderValue, LOCATION};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use crate::limits::{HEAD_BYTES_MAX, REDIRECTED_MAX};

/// Sends readers on, for as long as it is waited for.
pub(super) async fn redirect(listener: TcpListener, public_url: String, head_read_max: Duration) {
    let room = Arc::new(Semaphore::new(REDIRECTED_MAX));
    let public_url: Arc<str> = public_url.into();
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new())
        .header_read_timeout(head_read_max)
        .max_buf_size(HEAD_BYTES_MAX)
        .keep_alive(false);
    // Dropped with this, they all end.
    let mut connections = JoinSet::new();
    loop {
        let permit = Arc::clone(&room).acquire_owned().await;
        let Ok((stream, _)) = listener.accept().await else {
            tokio::time::sleep(Duration::from_millis(50)).await;
            continue;
        };
        let public_url = Arc::clone(&public_url);
        let service = service_fn(move |request: Request<Incoming>| {
            let answer = answer(&public_url, &request);
            async move { Ok::<_, Infallible>(answer) }
        });
        let connection = http.serve_connection(TokioIo::new(stream), service);
        connections.spawn(async move {
            let _held = permit;
            // Who hangs up early misses nothing.
            let _ = connection.await;
        });
        while connections.try_join_next().is_some() {}
    }
}

fn answer<B>(public_url: &str, request: &Request<B>) -> Response<Full<Bytes>> {
    let path = request.uri().path_and_query().map_or("/", |path| path.as_str());
    let location = HeaderValue::try_from(format!("{public_url}{path}"));
    let mut response = Response::new(Full::default());
    match (request.method(), location) {
        (&Method::GET | &Method::HEAD, Ok(location)) if path.starts_with('/') => {
            *response.status_mut() = StatusCode::PERMANENT_REDIRECT;
            response.headers_mut().insert(LOCATION, location);
        }
        _ => {
            *response.status_mut() = StatusCode::FORBIDDEN;
            *response.body_mut() = Full::from(format!("this is in clear; use {public_url}\n"));
        }
    }
    response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answered(method: Method, uri: &str) -> (u16, Option<String>) {
        let request = Request::builder().method(method).uri(uri).body(()).unwrap();
        let response = answer("https://town.example", &request);
        let location = response.headers().get(LOCATION);
        let location = location.map(|location| location.to_str().unwrap().to_owned());
        (response.status().as_u16(), location)
    }

    #[test]
    fn readers_are_sent_to_the_public_url_only() {
        let to = |path: &str| (308, Some(format!("https://town.example{path}")));
        assert_eq!(answered(Method::GET, "/docs?x=1"), to("/docs?x=1"));
        assert_eq!(answered(Method::GET, "//evil.example/"), to("//evil.example/"));
        assert_eq!(answered(Method::HEAD, "http://evil.example/a"), to("/a"));
        for (method, uri) in [(Method::POST, "/api/v1/setup"), (Method::OPTIONS, "*")] {
            assert_eq!(answered(method, uri), (403, None));
        }
    }
}
