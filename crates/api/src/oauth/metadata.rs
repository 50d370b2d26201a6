//! What this server offers (RFC 8414), and the keys its tokens verify under (RFC 7517).

use hansa_crypto::jwk;
use serde_json::json;

use super::{Answered, Asked, INTROSPECT_PATH, JWKS_PATH, Outcome, REVOKE_PATH, TOKEN_PATH};

/// The metadata.
pub(super) async fn metadata(asked: Asked) -> Outcome {
    let issuer = &asked.issuer;
    let at = |path: &str| format!("{issuer}{path}");
    let methods = ["client_secret_basic", "client_secret_post"];
    Ok(Answered::Public(json!({
        "issuer": issuer,
        "token_endpoint": at(TOKEN_PATH),
        "token_endpoint_auth_methods_supported": methods,
        "revocation_endpoint": at(REVOKE_PATH),
        "revocation_endpoint_auth_methods_supported": methods,
        "introspection_endpoint": at(INTROSPECT_PATH),
        "introspection_endpoint_auth_methods_supported": methods,
        "jwks_uri": at(JWKS_PATH),
        "grant_types_supported": ["client_credentials"],
        "response_types_supported": [],
        "service_documentation": at("/docs"),
    })))
}

/// The node's keys.
pub(super) async fn jwks(asked: Asked) -> Outcome {
    let keys = asked.api.node.own_keys();
    Ok(Answered::Public(jwk::jwks(&keys)))
}
