//! The OAuth endpoints: tokens for a client's id and secret.
//!
//! They are no operations of the table: their fields and refusals are OAuth's own.

use hansa_crypto::Secret;
use hansa_types::ClientId;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{CallOptions, Client, ClientError};
use crate::scalar::WireSecret;

/// What an OAuth client proves itself with.
#[derive(Debug, Clone)]
pub struct ClientSecret {
    /// Its id.
    pub id: ClientId,
    /// Its secret.
    pub secret: Secret,
}

/// A token that was given out (RFC 6749 section 5.1).
#[derive(Debug, Clone, Deserialize)]
pub struct Token {
    /// The token to send as `Authorization: Bearer`.
    pub access_token: WireSecret,
    /// Seconds for which it counts.
    pub expires_in: u64,
    /// What it may be used for.
    pub scope: String,
}

#[derive(Deserialize)]
struct Refusal {
    error: String,
    #[serde(default)]
    error_description: String,
}

impl Client {
    /// Gets a token for everything the client may do, or for less.
    pub async fn token(
        &self,
        client: &ClientSecret,
        scope: Option<&str>,
    ) -> Result<Token, ClientError> {
        let mut form = form(client);
        form["grant_type"] = "client_credentials".into();
        if let Some(scope) = scope {
            form["scope"] = scope.into();
        }
        let answer = self.oauth("/oauth/token", form).await?;
        serde_json::from_value(answer)
            .map_err(|error| ClientError::Unexpected { status: 200, detail: error.to_string() })
    }

    /// Says whether a token counts, and what it says (RFC 7662).
    pub async fn introspect(
        &self,
        client: &ClientSecret,
        token: &Secret,
    ) -> Result<Value, ClientError> {
        self.oauth("/oauth/introspect", about(client, token)).await
    }

    /// Revokes a token of the client, and with it every other of its principal (RFC 7009).
    pub async fn revoke_token(
        &self,
        client: &ClientSecret,
        token: &Secret,
    ) -> Result<(), ClientError> {
        self.oauth("/oauth/revoke", about(client, token)).await.map(|_| ())
    }

    async fn oauth(&self, path: &str, form: Value) -> Result<Value, ClientError> {
        let (status, body) = self.post(path, &form, CallOptions::DEADLINE).await?;
        if (200..300).contains(&status) && body.is_empty() {
            return Ok(Value::Null);
        }
        let unexpected = |detail: String| ClientError::Unexpected { status, detail };
        if (200..300).contains(&status) {
            return serde_json::from_slice(&body).map_err(|error| unexpected(error.to_string()));
        }
        let refusal: Refusal = serde_json::from_slice(&body)
            .map_err(|_| unexpected("the refusal is none of OAuth's".to_owned()))?;
        let Refusal { error, error_description: description } = refusal;
        Err(ClientError::OAuth { status, error, description })
    }
}

fn form(client: &ClientSecret) -> Value {
    json!({ "client_id": client.id.to_string(), "client_secret": client.secret.expose() })
}

fn about(client: &ClientSecret, token: &Secret) -> Value {
    let mut form = form(client);
    form["token"] = token.expose().into();
    form
}
