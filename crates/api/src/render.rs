//! Answers and refusals as HTTP responses, with the headers that go with them.

use axum::body::Body;
use axum::http::header::{
    ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_EXPOSE_HEADERS, CACHE_CONTROL, CONNECTION,
    CONTENT_TYPE, ETAG, HeaderName, HeaderValue, RETRY_AFTER, SET_COOKIE,
    STRICT_TRANSPORT_SECURITY, WWW_AUTHENTICATE, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use hansa_types::{Code, RequestId};
use hansa_wire::problem::MEDIA_TYPE;
use hansa_wire::{Access, Effect, Media, Operation, Problem};

use crate::answer::{Answer, Content};
use crate::limits::{HSTS_S, RETRY_AFTER_S, RETRY_AFTER_TRIES_S};
use crate::settings::ApiSettings;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");
const POLICY: HeaderName = HeaderName::from_static("content-security-policy");

/// How long a published document may be kept, and shown while it is fetched anew.
const PUBLISHED: &str = "public, max-age=300, stale-while-revalidate=600";

/// The page brings everything along, so nothing may be fetched, run or framed.
const PAGE_POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// Whether web pages of any origin may read an operation's answers.
pub(crate) fn is_open_to_pages(operation: &Operation) -> bool {
    let public = operation.access == Access::Public && operation.effect == Effect::Read;
    let read_by_pages = [
        "agent_card_get",
        "agent_card_well_known",
        "agent_card_export",
        "agent_public_key",
        "did_log_get",
        "did_web_get",
        "registry_card_get",
        "registry_jwks",
        "discover",
    ];
    public && read_by_pages.contains(&operation.id)
}

/// The response of an operation that was carried out.
pub(crate) fn answer(operation: &Operation, id: RequestId, answer: Answer) -> Response {
    let media = answer.media.unwrap_or(operation.media);
    let mut headers = HeaderMap::new();
    if !matches!(answer.content, Content::NotModified) {
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(media.as_str()));
    }
    if answer.cacheable {
        headers.insert(CACHE_CONTROL, HeaderValue::from_static(PUBLISHED));
    }
    if answer.secret {
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    let cookie = answer.cookie.map(|cookie| HeaderValue::try_from(cookie.expose()));
    if let Some(Ok(mut cookie)) = cookie {
        cookie.set_sensitive(true);
        headers.insert(SET_COOKIE, cookie);
    }
    if answer.repeated {
        headers.insert(REPLAYED, HeaderValue::from_static("true"));
    }
    if let Some(etag) = answer.etag.and_then(|etag| HeaderValue::try_from(etag).ok()) {
        headers.insert(ETAG, etag);
    }
    if media == Media::Html {
        headers.insert(POLICY, HeaderValue::from_static(PAGE_POLICY));
    }
    if is_open_to_pages(operation) {
        headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
        headers.insert(ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static("etag"));
    }
    let status = answer.status.unwrap_or(operation.status);
    let body = match answer.content {
        Content::Whole(bytes) => Body::from(bytes),
        Content::Stream(body) => body,
        Content::NotModified => Body::empty(),
    };
    response(status, headers, id, body)
}

/// Tells browsers to keep to https, where the node is public and was reached by it.
pub(crate) fn keep_to_https(settings: &ApiSettings, secure: bool, headers: &mut HeaderMap) {
    if secure
        && settings.is_public_secure()
        && let Ok(policy) = HeaderValue::try_from(format!("max-age={HSTS_S}"))
    {
        headers.insert(STRICT_TRANSPORT_SECURITY, policy);
    }
}

/// The response of a request that was refused.
pub(crate) fn problem(id: RequestId, problem: Problem) -> Response {
    let problem = problem.with_request_id(id);
    let mut headers = HeaderMap::new();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(MEDIA_TYPE));
    match problem.status {
        401 => {
            headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        // What is left of the body is not worth waiting for.
        408 | 413 => {
            headers.insert(CONNECTION, HeaderValue::from_static("close"));
        }
        429 => {
            headers.insert(RETRY_AFTER, HeaderValue::from(RETRY_AFTER_TRIES_S));
        }
        503 if problem.code == Code::LoginsBusy.as_str() => {
            headers.insert(RETRY_AFTER, HeaderValue::from(RETRY_AFTER_TRIES_S));
        }
        503 => {
            headers.insert(RETRY_AFTER, HeaderValue::from(RETRY_AFTER_S));
        }
        _ => {}
    }
    let body = serde_json::to_vec(&problem).unwrap_or_else(|_| {
        let code = Code::Internal;
        format!("{{\"code\":\"{code}\",\"status\":{}}}", code.status()).into_bytes()
    });
    response(problem.status, headers, id, Body::from(body))
}

/// A response with what every one has.
pub(crate) fn response(status: u16, headers: HeaderMap, id: RequestId, body: Body) -> Response {
    let mut response = Response::new(body);
    *response.status_mut() =
        StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    *response.headers_mut() = headers;
    let all = response.headers_mut();
    all.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    if let Ok(id) = HeaderValue::try_from(id.to_string()) {
        all.insert(REQUEST_ID, id);
    }
    response
}
