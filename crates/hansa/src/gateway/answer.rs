//! What the caller gets: the service's answer, or a problem.

use axum::body::Body;
use axum::http::header::{
    CONNECTION, CONTENT_LENGTH, CONTENT_TYPE, TE, TRAILER, TRANSFER_ENCODING, UPGRADE,
};
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::Response;
use hansa_kernel::action::receipt_of;
use hansa_node::egress::{EgressError, EgressResponse};
use hansa_types::{ActionId, Code};
use hansa_wire::Problem;
use hansa_wire::problem::MEDIA_TYPE;

use super::call::ACTION_HEADER;

const RECEIPT_HEADER: HeaderName = HeaderName::from_static("x-agp-receipt-id");

/// Headers that speak of one connection, not of the answer (RFC 9110 section 7.6.1).
const HOP_BY_HOP: [HeaderName; 6] =
    [CONNECTION, CONTENT_LENGTH, TE, TRAILER, TRANSFER_ENCODING, UPGRADE];

/// The service's answer, with the action it belongs to.
pub(super) fn from_upstream(answered: EgressResponse, action: Option<ActionId>) -> Response {
    let mut response = Response::new(Body::from(answered.body));
    *response.status_mut() =
        StatusCode::from_u16(answered.status).unwrap_or(StatusCode::BAD_GATEWAY);
    *response.headers_mut() = answered.headers;
    for name in HOP_BY_HOP {
        response.headers_mut().remove(name);
    }
    response.headers_mut().remove("keep-alive");
    if let Some(action) = action {
        let id = |text: String| HeaderValue::try_from(text).ok();
        let headers = response.headers_mut();
        id(action.to_string()).map(|id| headers.insert(ACTION_HEADER, id));
        id(receipt_of(action).to_string()).map(|id| headers.insert(RECEIPT_HEADER, id));
    }
    response
}

/// Why the service gave no answer.
pub(super) fn no_answer(error: &EgressError) -> Problem {
    tracing::warn!(%error, "the service gave no answer");
    let code = match error.is_unsent() {
        true => Code::ServiceUnreachable,
        false => Code::OutcomeUnknown,
    };
    Problem::new(code, error.to_string())
}

/// A refusal.
pub(super) fn from_problem(problem: &Problem) -> Response {
    let body = serde_json::to_vec(problem).unwrap_or_default();
    let mut response = Response::new(Body::from(body));
    *response.status_mut() =
        StatusCode::from_u16(problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(MEDIA_TYPE));
    response
}
