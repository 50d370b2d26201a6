//! Tokens: given out, looked into and revoked.

use hansa_kernel::client::RevokeTokens;
use hansa_kernel::{Auth, Caller, Command, Request};
use hansa_node::tokens::{KnownClient, read_scope};
use hansa_node::writer::Job;
use hansa_types::Code;
use hansa_wire::agp::Scope;
use serde_json::json;

use super::error::OAuthError;
use super::form::Form;
use super::{Answered, Asked, Outcome};
use crate::limits::TOKEN_BYTES_MAX;

/// Reads the form and who sent it.
async fn authenticate(asked: &Asked) -> Result<(Form, KnownClient), OAuthError> {
    let form = Form::read(&asked.parts.headers, &asked.body)?;
    let credentials = form.credentials(&asked.parts.headers)?;
    let secret = credentials.secret.expose();
    let client = asked.api.node.authenticate_client(&credentials.id, secret).await?;
    Ok((form, client))
}

/// Gives a client a token (RFC 6749 section 4.4). A user name and password name a client too, and
/// then need not say which grant they are.
pub(super) async fn token(asked: Asked) -> Outcome {
    let form = Form::read(&asked.parts.headers, &asked.body)?;
    match (form.get("grant_type"), form.get("username")) {
        (Some("client_credentials"), _) | (Some("password") | None, Some(_)) => {}
        (None, None) => return Err(OAuthError::invalid_request("grant_type is required")),
        _ => return Err(OAuthError::unsupported_grant_type()),
    }
    if let Some(answered) = agp_token(&asked, &form).await? {
        return Ok(answered);
    }
    let (form, client) = authenticate(&asked).await?;
    let wanted = match form.get("scope") {
        None => client.actions.clone(),
        Some(scope) => read_scope(scope).map_err(|rejection| {
            OAuthError::invalid_scope(format!("scope: {}", rejection.detail))
        })?,
    };
    let issued = asked.api.node.issue_token(&client, &wanted, &asked.issuer);
    let issued = issued.map_err(|rejection| match rejection.code {
        Code::Forbidden => OAuthError::invalid_scope(rejection.detail),
        _ => rejection.into(),
    })?;
    Ok(Answered::Private(json!({
        "access_token": issued.token.expose(),
        "token_type": "bearer",
        "expires_in": issued.expires_in_s,
        "scope": issued.scope,
    })))
}

/// A token of AGP, where the operator's own client asks or one of AGP's scopes is asked for. `None`
/// where the request is for a token of the node's own.
async fn agp_token(asked: &Asked, form: &Form) -> Result<Option<Answered>, OAuthError> {
    let api = &asked.api;
    let credentials = form.credentials(&asked.parts.headers)?;
    let secret = credentials.secret.expose();
    let named = api.named_client(&credentials.id, secret).map(|named| named.client);
    let scopes = form.get("scope").map(Scope::read_all);
    if api.settings.agp.auth_secret.is_none() || (named.is_none() && !matches!(scopes, Some(Ok(_))))
    {
        return Ok(None);
    }
    let client = match named {
        Some(client) => api.node.known_client(client).await?,
        None => api.node.authenticate_client(&credentials.id, secret).await?,
    };
    let scopes = scopes.unwrap_or_else(|| Ok(Scope::ALL.to_vec()));
    let scopes = scopes.map_err(|error| OAuthError::invalid_scope(format!("scope: {error}")))?;
    let (token, expires_in) = api.issue_agp_token(&client, &scopes, &asked.issuer)?;
    Ok(Some(Answered::Private(json!({
        "access_token": token,
        "token_type": "bearer",
        "expires_in": expires_in,
        "scope": Scope::write_all(&scopes),
    }))))
}

/// The token that a request is about.
fn subject(form: &Form) -> Result<&str, OAuthError> {
    let token = form.get("token");
    let token = token.ok_or_else(|| OAuthError::invalid_request("token is required"))?;
    match token.len() <= TOKEN_BYTES_MAX {
        true => Ok(token),
        false => Err(OAuthError::invalid_request("the token is too long")),
    }
}

/// Says whether a token counts, and what it says (RFC 7662).
pub(super) async fn introspect(asked: Asked) -> Outcome {
    let (form, _) = authenticate(&asked).await?;
    let inactive = Answered::Private(json!({ "active": false }));
    match asked.api.node.inspect_token(subject(&form)?).await {
        Ok((claims, _)) => Ok(Answered::Private(json!({
            "active": true,
            "token_type": "bearer",
            "scope": claims.scope,
            "client_id": claims.client_id,
            "sub": claims.sub,
            "aud": claims.aud,
            "iss": claims.iss,
            "iat": claims.iat,
            "exp": claims.exp,
            "jti": claims.jti,
        }))),
        Err(rejection) if rejection.code.status() >= 500 => Err(rejection.into()),
        Err(_) => Ok(inactive),
    }
}

/// Revokes a token (RFC 7009), and with it every other of the same principal. One that does not
/// count anyway is answered like one that was revoked.
pub(super) async fn revoke(asked: Asked) -> Outcome {
    let (form, client) = authenticate(&asked).await?;
    let node = &asked.api.node;
    match node.inspect_token(subject(&form)?).await {
        Ok((_, known)) if known.id != client.id => {
            return Err(OAuthError::unauthorized_client("the token was given to another client"));
        }
        Ok(_) => {}
        Err(rejection) if rejection.code.status() >= 500 => return Err(rejection.into()),
        Err(_) => return Ok(Answered::Done),
    }
    let principal = client.principal;
    let caller = Caller { principal: Some(principal), auth: Auth::Client(client.id) };
    let command = Command::TokensRevoke(RevokeTokens { principal });
    let request = Request::new(caller, command, None);
    node.submit(Job { request, vault: Vec::new() }).await?;
    Ok(Answered::Done)
}
