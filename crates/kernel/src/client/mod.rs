//! OAuth clients: an id and a secret by which a principal gets short-lived tokens, within patterns
//! of actions.
//!
//! The state keeps the secret's digest only. A token is never in the state: it carries the epoch
//! of its principal and the id of its client, and what it may do is part of what the client may.
//! Raising the epoch or revoking the client ends every token that was given out, at once, because
//! admission looks at both.
//!
//! Deliberately absent: the tokens' text and signatures, which the node checks before a command
//! gets here.

mod manage;
mod token;

use hansa_types::{ClientId, Digest};
use serde::{Deserialize, Serialize};

pub use manage::{Create, Created, Revoke, RevokeTokens, Revoked, TokensRevoked};
pub(crate) use manage::{apply_created, apply_revoked, apply_tokens_revoked, client_draft};
pub use token::{Claims, Jwt, Signer};

use crate::grant::Action;
use crate::principal::Handle;
use crate::state::Map;

/// What the state keeps of a client.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Client {
    /// For whom it stands.
    pub principal: Handle,
    /// SHA-256 of its secret.
    pub secret: Digest,
    /// What its tokens may do at most.
    pub actions: Vec<Action>,
}

/// All clients by id.
pub type Clients = Map<ClientId, Client>;
