//! What a verified token says, and whether it still counts.

use std::sync::Arc;

use hansa_crypto::keys::PublicKey;
use hansa_types::{ClientId, Code, Label, Rejection, Time};

use crate::State;
use crate::grant::Action;
use crate::principal::Handle;

/// Who stands behind a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signer {
    /// The node, for one of its clients.
    Client(ClientId),
    /// The principal itself, with its own key.
    Key(PublicKey),
}

/// A verified token. An entry keeps who signed it and which it was, never what it allowed.
#[derive(Debug, Clone, PartialEq)]
pub struct Jwt {
    /// Who stands behind it.
    pub signer: Signer,
    /// Digest of the token's own id.
    pub jti: Label,
    /// What it says; absent in entries.
    pub claims: Option<Arc<Claims>>,
}

/// What a token says of its use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claims {
    /// When it ends.
    pub expires: Time,
    /// The principal's epoch when the node gave it out; a principal's own tokens have none.
    pub epoch: Option<u64>,
    /// What it may be used for; nothing to stand for everything its principal may do.
    pub actions: Option<Vec<Action>>,
}

impl Jwt {
    /// As an entry keeps it.
    pub fn recorded(&self) -> Self {
        Self { claims: None, ..self.clone() }
    }

    /// Whether it may be used by its principal, for an action at a moment.
    pub(crate) fn check(
        &self,
        state: &State,
        handle: Handle,
        action: &str,
        now: Time,
    ) -> Result<(), Rejection> {
        let refuse = |detail: &'static str| Err(Rejection::new(Code::CredentialInvalid, detail));
        let claims = self.claims.as_ref().ok_or(Code::CredentialInvalid)?;
        let principal = state.principals.get(handle);
        if claims.expires <= now {
            return refuse("the token has expired");
        }
        match self.signer {
            Signer::Client(id) => {
                let client = state.clients.get(&id).filter(|client| client.principal == handle);
                let client = client.ok_or(Code::CredentialInvalid)?;
                if claims.epoch != Some(principal.epoch) {
                    return refuse("the token was revoked");
                }
                covered(&client.actions, action)?;
            }
            Signer::Key(key) if principal.accepts(&key, now) => {}
            Signer::Key(_) => return Err(Code::CredentialInvalid.into()),
        }
        claims.actions.as_ref().map_or(Ok(()), |actions| covered(actions, action))
    }
}

fn covered(actions: &[Action], action: &str) -> Result<(), Rejection> {
    match actions.iter().any(|pattern| pattern.covers(action)) {
        true => Ok(()),
        false => Err(Rejection::new(Code::Forbidden, format!("the token does not cover {action}"))),
    }
}
