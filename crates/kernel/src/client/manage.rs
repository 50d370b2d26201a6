//! Making and revoking clients, and revoking every token of a principal.

use hansa_types::{AnyId, ClientId, Code, Digest, PrincipalId, Rejection, Vis};
use serde::{Deserialize, Serialize};

use super::Client;
use crate::State;
use crate::admit::{Permit, Sphere};
use crate::command::Rules;
use crate::decide::{Context, Draft};
use crate::entry::Entry;
use crate::event::Event;
use crate::grant::{Action, refuse_widening};
use crate::limits::{ACTIONS_MAX, CLIENTS_PER_PRINCIPAL_MAX};
use crate::org::refuse_organization;

/// Make a client of a principal.
#[derive(Debug, Clone, PartialEq)]
pub struct Create {
    /// The id it shall have.
    pub id: ClientId,
    /// For whom.
    pub principal: PrincipalId,
    /// SHA-256 of the secret.
    pub secret: Digest,
    /// What its tokens may do at most.
    pub actions: Vec<Action>,
}

/// Revoke a client, with the tokens it was given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Revoke {
    /// Which.
    pub id: ClientId,
}

/// Revoke every token that a principal's clients were given so far.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RevokeTokens {
    /// Whose.
    pub principal: PrincipalId,
}

/// Data of `client.created`. The entry's id is the client, its subject the principal.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Created {
    /// SHA-256 of the secret, which has at least 192 random bits.
    pub secret: Digest,
    /// What its tokens may do at most.
    pub actions: Vec<Action>,
}

/// Data of `client.revoked`. The entry's id is the client, its subject the principal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Revoked {}

/// Data of `tokens.revoked`. The entry's subject is the principal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TokensRevoked {}

impl Rules for Create {
    fn sphere(&self, _: &State) -> Result<Sphere, Rejection> {
        Ok(Sphere::Managed(self.principal))
    }

    fn decide(
        &self,
        permit: &Permit<'_>,
        _: &mut Context<'_>,
        out: &mut Vec<Draft>,
    ) -> Result<(), Rejection> {
        let state = permit.state();
        let handle = state.principal(self.principal)?;
        refuse_organization(state, handle)?;
        if state.principals.get(handle).clients.len() >= CLIENTS_PER_PRINCIPAL_MAX {
            return Err(Rejection::new(Code::StateFull, "a principal has at most 20 clients"));
        }
        refuse_widening(permit, &self.actions)?;
        refuse_under_grant(permit)?;
        out.push(client_draft(state, self)?);
        Ok(())
    }
}

/// A client lasts until it is revoked and its tokens know no limit of money; a grant ends, and may
/// be limited. So nobody makes a client under one.
fn refuse_under_grant(permit: &Permit<'_>) -> Result<(), Rejection> {
    match permit.grant() {
        None => Ok(()),
        Some(_) => {
            Err(Rejection::new(Code::GrantNotNarrower, "a grant ends and a client does not"))
        }
    }
}

/// The event of a new client, whose principal may be about to exist.
pub(crate) fn client_draft(state: &State, create: &Create) -> Result<Draft, Rejection> {
    if create.actions.is_empty() || create.actions.len() > ACTIONS_MAX {
        return Err(Rejection::new(Code::InvalidField, "actions: 1 to 32 patterns"));
    }
    if state.clients.contains_key(&create.id) {
        return Err(Rejection::new(Code::InvalidField, "id: there is such a client already"));
    }
    let created = Created { secret: create.secret, actions: create.actions.clone() };
    let draft = Draft::new(create.id, Vis::Parties, Event::ClientCreated(created));
    Ok(draft.about(create.principal))
}

impl Rules for Revoke {
    fn sphere(&self, state: &State) -> Result<Sphere, Rejection> {
        let client = state.clients.get(&self.id).ok_or(Code::NotFound)?;
        Ok(Sphere::Managed(state.principals.get(client.principal).id))
    }

    fn decide(
        &self,
        permit: &Permit<'_>,
        _: &mut Context<'_>,
        out: &mut Vec<Draft>,
    ) -> Result<(), Rejection> {
        let state = permit.state();
        let client = state.clients.get(&self.id).ok_or(Code::NotFound)?;
        let principal = state.principals.get(client.principal).id;
        let event = Event::ClientRevoked(Revoked {});
        out.push(Draft::new(self.id, Vis::Parties, event).about(principal));
        Ok(())
    }
}

impl Rules for RevokeTokens {
    fn sphere(&self, _: &State) -> Result<Sphere, Rejection> {
        Ok(Sphere::Managed(self.principal))
    }

    fn decide(
        &self,
        permit: &Permit<'_>,
        ctx: &mut Context<'_>,
        out: &mut Vec<Draft>,
    ) -> Result<(), Rejection> {
        permit.state().principal(self.principal)?;
        let event = Event::TokensRevoked(TokensRevoked {});
        out.push(Draft::new(ctx.entry_id(), Vis::Parties, event).about(self.principal));
        Ok(())
    }
}

pub(crate) fn apply_created(state: &mut State, entry: &Entry, created: &Created) {
    let (AnyId::Client(id), Some(AnyId::Principal(principal))) = (entry.id, entry.subject) else {
        panic!("client.created names the client and its principal");
    };
    let principal = state.handle(principal);
    let client = Client { principal, secret: created.secret, actions: created.actions.clone() };
    state.clients.insert(id, client);
    state.principals.get_mut(principal).clients.push(id);
}

pub(crate) fn apply_revoked(state: &mut State, entry: &Entry, _: &Revoked) {
    let AnyId::Client(id) = entry.id else { panic!("client.revoked names the client") };
    if let Some(client) = state.clients.remove(&id) {
        state.principals.get_mut(client.principal).clients.retain(|&other| other != id);
    }
}

pub(crate) fn apply_tokens_revoked(state: &mut State, entry: &Entry, _: &TokensRevoked) {
    let Some(AnyId::Principal(id)) = entry.subject else {
        panic!("tokens.revoked names whose tokens");
    };
    let handle = state.handle(id);
    state.principals.get_mut(handle).epoch += 1;
}
