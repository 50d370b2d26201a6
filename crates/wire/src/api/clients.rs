//! OAuth clients: an id and a secret for which the node gives short-lived tokens.
//!
//! Deliberately absent: the token endpoint itself, whose fields are RFC 6749's and not ours.

use hansa_types::{ClientId, PrincipalId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Page, operations};
use crate::scalar::{ActionPattern, Cursor, Limit, PrincipalRef, WireSecret};
use crate::schema;

operations! {
    ClientCreate = "client_create" => ClientCreated;
    ClientList = "client_list" => Page<Client>;
    ClientRevoke = "client_revoke" => ClientRevoked;
    TokensRevoke = "tokens_revoke" => TokensRevoked;
}

/// Makes an OAuth client of the caller, or of an agent it controls.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ClientCreate {
    /// Whose client; the caller's unless named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agent: Option<PrincipalRef>,
    /// The operations its tokens may be used for at most.
    #[schemars(length(min = 1, max = 32))]
    pub actions: Vec<ActionPattern>,
}

/// A client that was just made, with its secret.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct ClientCreated {
    /// Its id.
    #[schemars(with = "schema::ClientId")]
    pub client_id: ClientId,
    /// The secret to get tokens with: shown once.
    pub client_secret: WireSecret,
    /// The operations its tokens may be used for at most.
    pub actions: Vec<ActionPattern>,
    /// The entry that recorded it.
    pub seq: u64,
}

/// A client without its secret.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Client {
    /// Its id.
    #[schemars(with = "schema::ClientId")]
    pub client_id: ClientId,
    /// The operations its tokens may be used for at most.
    pub actions: Vec<ActionPattern>,
}

/// Lists the caller's clients.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ClientList {
    /// Where to go on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cursor: Option<Cursor>,
    /// How many at most.
    #[serde(default)]
    pub limit: Limit,
}

/// Revokes a client and its tokens.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ClientRevoke {
    /// Which client.
    #[schemars(with = "schema::ClientId")]
    pub client: ClientId,
}

/// A client that was revoked.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ClientRevoked {
    /// Its id.
    #[schemars(with = "schema::ClientId")]
    pub client_id: ClientId,
    /// The entry that recorded it.
    pub seq: u64,
}

/// Revokes every access token that an agent's clients were given so far.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TokensRevoke {
    /// Whose tokens.
    pub agent: PrincipalRef,
}

/// Whose tokens were revoked.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct TokensRevoked {
    /// Its id.
    #[schemars(with = "schema::PrincipalId")]
    pub id: PrincipalId,
    /// The entry that recorded it.
    pub seq: u64,
}
