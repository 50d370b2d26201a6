//! The parameters of a request, from a form or a JSON object, and the client's credentials among
//! them or in the header.

use std::collections::BTreeMap;

use axum::http::HeaderMap;
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hansa_crypto::Secret;
use hansa_crypto::json::parse_strict;
use serde_json::Value;

use super::error::OAuthError;
use crate::edge;
use crate::limits::TOKEN_BYTES_MAX;

/// The parameters of a request; none comes twice (RFC 6749 section 3.2).
#[derive(Default)]
pub(super) struct Form(BTreeMap<String, Secret>);

/// What a client proves itself with.
pub(super) struct Credentials {
    pub(super) id: String,
    pub(super) secret: Secret,
}

impl Form {
    /// Reads the body by its media type.
    pub(super) fn read(headers: &HeaderMap, body: &[u8]) -> Result<Self, OAuthError> {
        let media = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
        let media = media.unwrap_or_default().split(';').next().unwrap_or_default().trim();
        match media.to_ascii_lowercase().as_str() {
            "application/x-www-form-urlencoded" => Self::from_form(body),
            "application/json" => Self::from_json(body),
            _ => Err(OAuthError::invalid_request("send application/x-www-form-urlencoded")),
        }
    }

    fn from_form(body: &[u8]) -> Result<Self, OAuthError> {
        let text = std::str::from_utf8(body)
            .map_err(|_| OAuthError::invalid_request("the form is not UTF-8"))?;
        let pairs = edge::form(text)
            .map_err(|_| OAuthError::invalid_request("the form is not percent-encoded UTF-8"))?;
        let mut form = Self::default();
        for (name, value) in pairs {
            form.add(name, value)?;
        }
        Ok(form)
    }

    fn from_json(body: &[u8]) -> Result<Self, OAuthError> {
        let Value::Object(members) = parse_strict(body)? else {
            return Err(OAuthError::invalid_request("the body must be a JSON object"));
        };
        let mut form = Self::default();
        for (name, value) in members {
            match value {
                Value::String(value) => form.add(name, value)?,
                Value::Null => {}
                _ => return Err(OAuthError::invalid_request("every member must be a text")),
            }
        }
        Ok(form)
    }

    fn add(&mut self, name: String, value: String) -> Result<(), OAuthError> {
        match self.0.insert(name, Secret::new(value)) {
            None => Ok(()),
            Some(_) => Err(OAuthError::invalid_request("a parameter comes twice")),
        }
    }

    /// A parameter; an empty one counts as absent (RFC 6749 section 3.2).
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(Secret::expose).filter(|value| !value.is_empty())
    }

    /// The client's credentials: in the header or in the body, never in both.
    pub(super) fn credentials(&self, headers: &HeaderMap) -> Result<Credentials, OAuthError> {
        let spelled = [("client_id", "client_secret"), ("username", "password")];
        let mut found = basic(headers)?;
        for (id, secret) in spelled {
            let Some(secret) = self.get(secret) else { continue };
            if found.is_some() {
                return Err(OAuthError::invalid_request("the client authenticates in two ways"));
            }
            let id = self.get(id).unwrap_or_default().to_owned();
            found = Some(Credentials { id, secret: Secret::new(secret.to_owned()) });
        }
        let found =
            found.ok_or_else(|| OAuthError::invalid_client("the client does not authenticate"))?;
        match self.get("client_id").is_none_or(|id| id == found.id) {
            true if found.secret.expose().len() <= TOKEN_BYTES_MAX => Ok(found),
            true => Err(OAuthError::invalid_client("unknown client, or wrong secret")),
            false => Err(OAuthError::invalid_request("client_id is not who authenticates")),
        }
    }
}

/// HTTP Basic; id and secret are form-encoded in it (RFC 6749 section 2.3.1).
fn basic(headers: &HeaderMap) -> Result<Option<Credentials>, OAuthError> {
    let refuse = || OAuthError::invalid_client("expected Authorization: Basic");
    let mut values = headers.get_all(AUTHORIZATION).iter();
    let Some(value) = values.next() else { return Ok(None) };
    let text = value.to_str().map_err(|_| refuse())?;
    let (scheme, encoded) = text.split_once(' ').ok_or_else(refuse)?;
    if values.next().is_some() || !scheme.eq_ignore_ascii_case("basic") {
        return Err(refuse());
    }
    let bytes = STANDARD.decode(encoded.trim()).map_err(|_| refuse())?;
    let pair = String::from_utf8(bytes).map_err(|_| refuse())?;
    let (id, secret) = pair.split_once(':').ok_or_else(refuse)?;
    let decoded = |text: &str| edge::form_text(text).map_err(|_| refuse());
    Ok(Some(Credentials { id: decoded(id)?, secret: Secret::new(decoded(secret)?) }))
}
