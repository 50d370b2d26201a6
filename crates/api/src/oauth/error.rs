//! Answers and refusals as OAuth clients read them (RFC 6749 section 5).

use axum::body::Body;
use axum::http::header::{
    ACCESS_CONTROL_ALLOW_ORIGIN, CACHE_CONTROL, CONTENT_TYPE, HeaderValue, PRAGMA,
    WWW_AUTHENTICATE, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use hansa_types::{Code, Rejection, RequestId};
use serde_json::json;

use super::{Answered, Outcome};

/// Why a request was refused (RFC 6749 section 5.2).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct OAuthError {
    pub(crate) error: &'static str,
    pub(crate) status: u16,
    pub(crate) description: String,
}

impl OAuthError {
    fn new(error: &'static str, status: u16, description: impl Into<String>) -> Self {
        Self { error, status, description: description.into() }
    }

    pub(crate) fn invalid_request(description: impl Into<String>) -> Self {
        Self::new("invalid_request", 400, description)
    }

    /// The client is unknown, or its secret is wrong: which of the two is nobody's business.
    pub(crate) fn invalid_client(description: impl Into<String>) -> Self {
        Self::new("invalid_client", 401, description)
    }

    pub(crate) fn unauthorized_client(description: impl Into<String>) -> Self {
        Self::new("unauthorized_client", 400, description)
    }

    pub(crate) fn unsupported_grant_type() -> Self {
        Self::new("unsupported_grant_type", 400, "only client_credentials is offered")
    }

    pub(crate) fn invalid_scope(description: impl Into<String>) -> Self {
        Self::new("invalid_scope", 400, description)
    }
}

impl From<Rejection> for OAuthError {
    fn from(rejection: Rejection) -> Self {
        let status = rejection.code.status();
        let error = match rejection.code {
            Code::CredentialInvalid | Code::PrincipalSuspended | Code::Unauthenticated => {
                return Self::invalid_client(rejection.detail);
            }
            _ if status >= 500 => "server_error",
            _ => "invalid_request",
        };
        Self::new(error, status, rejection.detail)
    }
}

/// The response of an outcome.
pub(super) fn render(outcome: Outcome, id: RequestId) -> Response {
    let mut headers = HeaderMap::new();
    let (status, body) = match outcome {
        Ok(Answered::Private(value)) => (200, Some(value)),
        Ok(Answered::Public(value)) => {
            let hour = HeaderValue::from_static("public, max-age=3600");
            headers.insert(CACHE_CONTROL, hour);
            headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
            (200, Some(value))
        }
        Ok(Answered::Done) => (200, None),
        Err(refused) => {
            if refused.status == 401 {
                let basic = HeaderValue::from_static("Basic realm=\"hansa\"");
                headers.insert(WWW_AUTHENTICATE, basic);
            }
            let OAuthError { error, status, description } = refused;
            (status, Some(json!({ "error": error, "error_description": description })))
        }
    };
    headers.entry(CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    headers.insert(PRAGMA, HeaderValue::from_static("no-cache"));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    if let Ok(id) = HeaderValue::try_from(id.to_string()) {
        headers.insert("x-request-id", id);
    }
    let body = match body {
        Some(value) => {
            headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
            Body::from(value.to_string())
        }
        None => Body::empty(),
    };
    let mut response = Response::new(body);
    *response.status_mut() =
        StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    *response.headers_mut() = headers;
    response
}
