//! One request and one answer over one connection, which is not used again.
//!
//! The answer is read while it fits: a head within its limits, no redirect, no encoding, a body up
//! to what its reader takes. Nothing is kept of an answer that does not.

use std::pin::pin;

use bytes::{Bytes, BytesMut};
use http_body_util::{BodyExt as _, Full};
use hyper::StatusCode;
use hyper::body::{Body as _, Incoming};
use hyper::client::conn::http1;
use hyper::header::{
    ACCEPT_ENCODING, CONNECTION, CONTENT_ENCODING, HOST, HeaderValue, TRANSFER_ENCODING, USER_AGENT,
};
use hyper_util::rt::TokioIo;

use super::target::Target;
use super::{EgressError, EgressRequest, EgressResponse};
use crate::env::BoxStream;
use crate::limits::{EGRESS_HEAD_BYTES_MAX, EGRESS_HEADERS_MAX};

/// How the node names itself to others.
const AGENT: &str = concat!("hansa/", env!("CARGO_PKG_VERSION"));

/// Sends the request and reads the answer.
pub(super) async fn exchange(
    stream: BoxStream,
    target: &Target,
    request: EgressRequest,
) -> Result<EgressResponse, EgressError> {
    let body_bytes_max = request.limits.body_bytes_max;
    let message = message(target, request)?;
    let (mut sender, connection) = http1::Builder::new()
        .max_headers(EGRESS_HEADERS_MAX)
        .max_buf_size(EGRESS_HEAD_BYTES_MAX)
        .handshake(TokioIo::new(stream))
        .await
        .map_err(EgressError::Http)?;
    let answered = async {
        let answer = sender.send_request(message).await.map_err(EgressError::Http)?;
        read(answer, body_bytes_max).await
    };
    let driven = async {
        // Its failure reaches the reader too, who says it better.
        let _ = connection.await;
        std::future::pending::<()>().await;
    };
    let (mut answered, mut driven) = (pin!(answered), pin!(driven));
    tokio::select! {
        answer = &mut answered => answer,
        () = &mut driven => Err(EgressError::Deadline),
    }
}

fn message(
    target: &Target,
    request: EgressRequest,
) -> Result<hyper::Request<Full<Bytes>>, EgressError> {
    let body = Full::new(request.body);
    let mut message = hyper::Request::new(body);
    *message.method_mut() = request.method;
    *message.uri_mut() = target.path.parse().map_err(|_| EgressError::Request)?;
    let headers = message.headers_mut();
    *headers = request.headers;
    // What frames the message and names its receiver is decided here alone.
    headers.remove(TRANSFER_ENCODING);
    let host = HeaderValue::try_from(target.authority()).map_err(|_| EgressError::Request)?;
    headers.insert(HOST, host);
    headers.insert(CONNECTION, HeaderValue::from_static("close"));
    headers.insert(ACCEPT_ENCODING, HeaderValue::from_static("identity"));
    headers.insert(USER_AGENT, HeaderValue::from_static(AGENT));
    Ok(message)
}

async fn read(
    answer: hyper::Response<Incoming>,
    body_bytes_max: usize,
) -> Result<EgressResponse, EgressError> {
    let (head, mut body) = answer.into_parts();
    if head.status.is_redirection() && head.status != StatusCode::NOT_MODIFIED {
        return Err(EgressError::Redirected(head.status.as_u16()));
    }
    if head.headers.get_all(CONTENT_ENCODING).iter().any(|encoding| encoding != "identity") {
        return Err(EgressError::Encoded);
    }
    let announced = usize::try_from(body.size_hint().lower()).unwrap_or(usize::MAX);
    if announced > body_bytes_max {
        return Err(EgressError::TooLarge);
    }
    let mut gathered = BytesMut::new();
    while let Some(frame) = body.frame().await {
        let Ok(data) = frame.map_err(EgressError::Http)?.into_data() else { continue };
        if gathered.len() + data.len() > body_bytes_max {
            return Err(EgressError::TooLarge);
        }
        gathered.extend_from_slice(&data);
    }
    Ok(EgressResponse {
        status: head.status.as_u16(),
        headers: head.headers,
        body: gathered.freeze(),
    })
}
