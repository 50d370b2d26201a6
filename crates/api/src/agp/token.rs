//! AGP's own tokens: an hour, signed under the operator's secret, good on `/agp` alone.
//!
//! A token stands for one of the node's OAuth clients, whose principal, epoch and actions are looked
//! up anew with every request and checked again by the writer: revoking the client, or all tokens of
//! its principal, ends these tokens too.

use std::sync::Arc;

use hansa_crypto::compare::equal;
use hansa_crypto::hash::{label, sha256};
use hansa_crypto::hs256;
use hansa_kernel::Auth;
use hansa_kernel::client::{Claims, Jwt, Signer};
use hansa_node::Identity;
use hansa_node::tokens::KnownClient;
use hansa_types::{ClientId, Code, Label, Rejection, Time};
use hansa_wire::agp::{AgpError, Scope};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::settings::NamedClient;
use crate::api::Api;
use crate::limits::AGP_TOKEN_LIFE;

/// For whom the tokens are: this dialect of this node.
const AUDIENCE: &str = "agp";

/// The agent that everybody is in the open sandbox.
const OPEN: &str = "agp:open";

/// What a token says.
#[derive(Debug, Serialize, Deserialize)]
struct TokenClaims {
    iss: String,
    sub: String,
    aud: String,
    exp: u64,
    iat: u64,
    jti: String,
    client_id: ClientId,
    scope: String,
    epoch: u64,
}

/// Somebody who may ask, and what for.
pub(super) struct Caller {
    /// Who it is.
    pub(super) identity: Identity,
    /// What its token is for; `None` for credentials of the node, which say it by operations.
    pub(super) scopes: Option<Vec<Scope>>,
    /// The name that the operator gave to its client.
    pub(super) named: Option<String>,
    /// Whether nobody is authenticated: the open sandbox.
    pub(super) open: bool,
}

impl Api {
    /// The operator's own client, if these are its name and secret.
    pub(crate) fn named_client(&self, id: &str, secret: &str) -> Option<&NamedClient> {
        let named = self.settings.agp.client.as_ref().filter(|named| named.id == id)?;
        // By their digests, so that not even the length of the secret shows.
        let [ours, theirs] = [named.secret.expose(), secret].map(|text| sha256(text.as_bytes()).0);
        equal(&ours, &theirs).then_some(named)
    }

    /// Gives a client a token of AGP.
    pub(crate) fn issue_agp_token(
        &self,
        client: &KnownClient,
        scopes: &[Scope],
        issuer: &str,
    ) -> Result<(String, u64), Rejection> {
        let secret = self.settings.agp.auth_secret.as_ref().ok_or(Code::Forbidden)?;
        let (now, life) = (self.node.now().0 / 1_000, AGP_TOKEN_LIFE.0 / 1_000);
        let claims = TokenClaims {
            iss: issuer.to_owned(),
            sub: client.principal.to_string(),
            aud: AUDIENCE.to_owned(),
            exp: now + life,
            iat: now,
            jti: Label(self.node.env.random()).to_string(),
            client_id: client.id,
            scope: Scope::write_all(scopes),
            epoch: client.epoch,
        };
        let claims = serde_json::to_vec(&claims).map_err(|_| Code::Internal)?;
        Ok((hs256::sign(&claims, secret.expose().as_bytes()), life))
    }
}

/// Who a bearer token stands for.
pub(super) async fn bearer(api: &Api, token: &str) -> Result<Caller, AgpError> {
    match &api.settings.agp.auth_secret {
        Some(secret) if hs256::is_named(token) => own(api, token, secret.expose().as_bytes()).await,
        _ => {
            let identity = api.node.authenticate(token).await?;
            Ok(Caller { identity, scopes: None, named: None, open: false })
        }
    }
}

async fn own(api: &Api, token: &str, secret: &[u8]) -> Result<Caller, AgpError> {
    let claims = hs256::verify(token, secret)
        .map_err(|error| Rejection::new(Code::CredentialInvalid, error.to_string()))?;
    let claims: TokenClaims = serde_json::from_value(Value::Object(claims))
        .map_err(|_| Rejection::new(Code::CredentialInvalid, "not the claims of a token"))?;
    let expires = Time(claims.exp.saturating_mul(1_000));
    if claims.aud != AUDIENCE {
        return Err(refuse("the token is for something else"));
    }
    if expires <= api.node.now() {
        return Err(refuse("the token has expired"));
    }
    let scopes = Scope::read_all(&claims.scope).map_err(|_| refuse("the token has no scope"))?;
    let client = api.node.known_client(claims.client_id).await?;
    if client.epoch != claims.epoch {
        return Err(refuse("the token was revoked"));
    }
    let named = api.settings.agp.client.as_ref();
    let named = named.filter(|named| named.client == client.id).map(|named| named.id.clone());
    let identity = identity(&client, &claims.jti, expires);
    Ok(Caller { identity, scopes: Some(scopes), named, open: false })
}

/// Who asks without a credential: nobody, unless the sandbox is open.
pub(super) async fn nobody(api: &Api) -> Result<Caller, AgpError> {
    if !api.settings.agp.open {
        return Err(Code::Unauthenticated.into());
    }
    let open = api.agp_open.get_or_try_init(|| api.node.sandbox_client(OPEN)).await?;
    let client = api.node.known_client(*open).await?;
    let expires = api.node.now().after(AGP_TOKEN_LIFE);
    let identity = identity(&client, "open", expires);
    Ok(Caller { identity, scopes: None, named: None, open: true })
}

fn identity(client: &KnownClient, jti: &str, expires: Time) -> Identity {
    let actions = client.actions.clone();
    let claims = Claims { expires, epoch: Some(client.epoch), actions: Some(actions.clone()) };
    let auth = Auth::Jwt(Jwt {
        signer: Signer::Client(client.id),
        jti: label(jti),
        claims: Some(Arc::new(claims)),
    });
    Identity { principal: client.principal, auth, actions: Some(actions.into()) }
}

fn refuse(detail: &'static str) -> AgpError {
    Rejection::new(Code::CredentialInvalid, detail).into()
}
