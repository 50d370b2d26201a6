//! Reading a body: never more than is allowed, never longer than is patient.

use axum::body::Body;
use axum::http::HeaderMap;
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use bytes::Bytes;
use hansa_node::env::Sleep;
use hansa_types::{Code, Rejection};
use http_body_util::{BodyExt as _, LengthLimitError, Limited};

/// Reads the whole body.
pub(super) async fn read(
    headers: &HeaderMap,
    body: Body,
    bytes_max: usize,
    patience: Sleep,
) -> Result<Bytes, Rejection> {
    let announced = headers.get(CONTENT_LENGTH).and_then(|v| v.to_str().ok()?.parse::<u64>().ok());
    if announced.is_some_and(|bytes| bytes > bytes_max as u64) {
        return Err(too_large(bytes_max));
    }
    let collect = Limited::new(body, bytes_max).collect();
    tokio::select! {
        biased;
        collected = collect => match collected {
            Ok(collected) => Ok(collected.to_bytes()),
            Err(error) if error.is::<LengthLimitError>() => Err(too_large(bytes_max)),
            Err(_) => Err(Rejection::new(Code::MalformedJson, "the body ends before its length")),
        },
        () = patience => Err(Code::BodyTooSlow.into()),
    }
}

fn too_large(bytes_max: usize) -> Rejection {
    Rejection::new(Code::BodyTooLarge, format!("at most {bytes_max} bytes are read here"))
}

/// Refuses anything but JSON.
pub(super) fn check_media_type(headers: &HeaderMap) -> Result<(), Rejection> {
    let value = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let media_type = value.split(';').next().unwrap_or_default().trim();
    match media_type.eq_ignore_ascii_case("application/json") {
        true => Ok(()),
        false => Err(Code::UnsupportedMediaType.into()),
    }
}
