//! OAuth 2.1 as its clients expect it: forms in, JSON out, errors in its own shape.
//!
//! Not operations of the native API: the paths, fields and errors are those of RFC 6749 (token),
//! RFC 7009 (revocation), RFC 7662 (introspection), RFC 8414 (metadata) and RFC 7517 (keys). Only
//! the client credentials grant is offered. A request passes the same checks of host and origin as
//! every other, and its secret is never in a URL.
//!
//! Deliberately absent: redirects, codes and refresh tokens; nobody's browser is involved.

mod error;
mod form;
mod metadata;
mod token;

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::http::Request;
use axum::http::request::Parts;
use axum::response::Response;
use axum::routing::{get, post};
use bytes::Bytes;

use self::error::OAuthError;
use crate::api::Api;
use crate::edge;

/// The token endpoint.
pub(crate) const TOKEN_PATH: &str = "/oauth/token";
/// The same where clients of The Protocol look for it.
const TOKEN_ALIAS: &str = "/api/v1/auth/agent/token";
/// The revocation endpoint.
pub(crate) const REVOKE_PATH: &str = "/oauth/revoke";
/// The introspection endpoint.
pub(crate) const INTROSPECT_PATH: &str = "/oauth/introspect";
/// The node's keys.
pub(crate) const JWKS_PATH: &str = "/.well-known/jwks.json";
/// What this server offers.
const METADATA_PATH: &str = "/.well-known/oauth-authorization-server";

/// A request that passed the checks of every edge, with its body read.
pub(crate) struct Asked {
    pub(crate) api: Arc<Api>,
    pub(crate) parts: Parts,
    pub(crate) body: Bytes,
    /// Where the node is reached: its public URL, or the host it was asked at.
    pub(crate) issuer: String,
}

/// An answer, or a refusal in OAuth's shape.
type Outcome = Result<Answered, OAuthError>;

/// What is answered.
pub(crate) enum Answered {
    /// JSON that nobody may keep.
    Private(serde_json::Value),
    /// JSON that everybody may keep for a while.
    Public(serde_json::Value),
    /// Nothing but that it was done.
    Done,
}

macro_rules! handler {
    ($name:literal, $handle:path) => {
        |State(api): State<Arc<Api>>, request: Request<Body>| async move {
            answer(api, $name, request, async |asked| $handle(asked).await).await
        }
    };
}

/// Adds the routes.
pub(crate) fn routes(router: Router<Arc<Api>>) -> Router<Arc<Api>> {
    router
        .route(TOKEN_PATH, post(handler!("oauth_token", token::token)))
        .route(TOKEN_ALIAS, post(handler!("oauth_token", token::token)))
        .route(REVOKE_PATH, post(handler!("oauth_revoke", token::revoke)))
        .route(INTROSPECT_PATH, post(handler!("oauth_introspect", token::introspect)))
        .route(JWKS_PATH, get(handler!("jwks", metadata::jwks)))
        .route(METADATA_PATH, get(handler!("oauth_metadata", metadata::metadata)))
}

async fn answer(
    api: Arc<Api>,
    name: &'static str,
    request: Request<Body>,
    handle: impl AsyncFnOnce(Asked) -> Outcome,
) -> Response {
    let id = edge::request_id(&api);
    let outcome = match edge::receive(&api, request).await {
        Ok((parts, body, issuer)) => {
            let asked = Asked { api: Arc::clone(&api), parts, body, issuer };
            handle(asked).await
        }
        Err(rejection) => Err(rejection.into()),
    };
    let response = error::render(outcome, id);
    edge::tell(&api, name, id, &response);
    response
}
