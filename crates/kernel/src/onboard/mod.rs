//! Onboarding: an agent with its key, its money and its OAuth client in one command.
//!
//! A person may onboard agents up to a number; who holds the node's grant may without one. The
//! right can be handed on for a moment as a bootstrap token: single use, five minutes, a few a
//! minute. A token that was used is remembered until its time is over, so that the rate counts it.

use hansa_types::{AnyId, BootstrapId, ClientId, Code, Digest, PrincipalId, Rejection, Time, Vis};
use serde::{Deserialize, Serialize};

use crate::State;
use crate::admit::{Permit, Sphere};
use crate::client::{self, client_draft};
use crate::command::Rules;
use crate::decide::{Context, Draft};
use crate::due::Leaving;
use crate::entry::{Auth, Entry};
use crate::event::Event;
use crate::grant::Action;
use crate::limits::{BOOTSTRAP_LIFE, BOOTSTRAP_WINDOW, BOOTSTRAPS_PER_WINDOW_MAX};
use crate::org::transferred_draft;
use crate::principal::{self, Handle};
use crate::state::Map;

/// Onboard an agent under the caller's control.
#[derive(Debug, Clone, PartialEq)]
pub struct Onboard {
    /// The agent.
    pub agent: principal::Create,
    /// The id of its client.
    pub client: ClientId,
    /// SHA-256 of the client's secret.
    pub secret: Digest,
    /// What the client's tokens may do at most.
    pub actions: Vec<Action>,
    /// Most principals that a person without the node's grant may control, or an organization.
    pub agents_max: u32,
    /// The organization that it shall belong to, in the caller's place.
    pub org: Option<PrincipalId>,
}

/// Make a bootstrap token of the caller.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CreateBootstrap {
    /// The id it shall have.
    pub id: BootstrapId,
    /// For whom it stands: the caller.
    pub principal: PrincipalId,
    /// SHA-256 of the token.
    pub secret: Digest,
}

/// Data of `bootstrap.created`. The entry's id is the token's, its subject for whom it stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BootstrapCreated {
    /// SHA-256 of the token, which has at least 192 random bits.
    pub secret: Digest,
    /// When it stops working.
    pub expires: Time,
}

/// What the state keeps of a bootstrap token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bootstrap {
    /// For whom it stands.
    pub principal: Handle,
    /// SHA-256 of the token.
    pub secret: Digest,
    /// When it was made.
    pub created: Time,
    /// When it stops working.
    pub expires: Time,
    /// Whether an agent was onboarded by it.
    pub used: bool,
}

/// All bootstrap tokens by id, used ones until they would have expired.
pub type Bootstraps = Map<BootstrapId, Bootstrap>;

impl Bootstrap {
    /// Whether it may be used by whom it stands for at a moment.
    pub(crate) fn check(&self, handle: Handle, now: Time) -> Result<(), Rejection> {
        let refuse = |detail: &'static str| Err(Rejection::new(Code::CredentialInvalid, detail));
        if self.principal != handle {
            return Err(Code::CredentialInvalid.into());
        }
        if self.used {
            return refuse("the bootstrap token was used");
        }
        match self.expires > now {
            true => Ok(()),
            false => refuse("the bootstrap token has expired"),
        }
    }
}

impl Rules for Onboard {
    fn sphere(&self, state: &State) -> Result<Sphere, Rejection> {
        match self.org {
            Some(org) => Ok(Sphere::Own(state.principals.get(state.org(org)?.0).id)),
            None => Ok(Sphere::Developer),
        }
    }

    fn decide(
        &self,
        permit: &Permit<'_>,
        ctx: &mut Context<'_>,
        out: &mut Vec<Draft>,
    ) -> Result<(), Rejection> {
        let state = permit.state();
        let owner = self.org.or(permit.caller().principal.filter(|_| permit.grant().is_none()));
        if let Some(owner) = owner {
            state.check_agents(state.principal(owner)?, self.agents_max)?;
        }
        self.agent.decide(permit, ctx, out)?;
        let client = client::Create {
            id: self.client,
            principal: self.agent.id,
            secret: self.secret,
            actions: self.actions.clone(),
        };
        out.push(client_draft(state, &client)?);
        out.extend(self.org.map(|org| transferred_draft(ctx, self.agent.id, org)));
        Ok(())
    }
}

impl Rules for CreateBootstrap {
    fn sphere(&self, _: &State) -> Result<Sphere, Rejection> {
        Ok(Sphere::Developer)
    }

    fn decide(
        &self,
        permit: &Permit<'_>,
        ctx: &mut Context<'_>,
        out: &mut Vec<Draft>,
    ) -> Result<(), Rejection> {
        let state = permit.state();
        if permit.caller().principal != Some(self.principal) {
            return Err(Code::Forbidden.into());
        }
        let handle = state.principal(self.principal)?;
        let made = state.principals.get(handle).bootstraps.iter();
        let recent = made
            .filter_map(|id| state.bootstraps.get(id))
            .filter(|token| token.created.after(BOOTSTRAP_WINDOW) > ctx.now);
        if recent.count() >= BOOTSTRAPS_PER_WINDOW_MAX {
            let detail = "at most 5 bootstrap tokens a minute";
            return Err(Rejection::new(Code::RateLimited, detail));
        }
        if state.bootstraps.contains_key(&self.id)
            || state.bootstrap_by_secret(&self.secret).is_some()
        {
            return Err(Rejection::new(Code::InvalidField, "id: there is such a token already"));
        }
        let created =
            BootstrapCreated { secret: self.secret, expires: ctx.now.after(BOOTSTRAP_LIFE) };
        let event = Event::BootstrapCreated(created);
        out.push(Draft::new(self.id, Vis::Parties, event).about(self.principal));
        Ok(())
    }
}

pub(crate) fn apply_created(state: &mut State, entry: &Entry, created: &BootstrapCreated) {
    let (AnyId::Bootstrap(id), Some(AnyId::Principal(principal))) = (entry.id, entry.subject)
    else {
        panic!("bootstrap.created names the token and for whom it stands");
    };
    let principal = state.handle(principal);
    let (secret, expires) = (created.secret, created.expires);
    let token = Bootstrap { principal, secret, created: entry.ts, expires, used: false };
    state.bootstrap_by_secret.insert(secret, id);
    state.bootstraps.insert(id, token);
    state.principals.get_mut(principal).bootstraps.push(id);
    state.leaving.insert((expires, Leaving::Bootstrap(id)));
}

/// The first entry of what was done by a bootstrap token uses it up.
pub(crate) fn note_use(state: &mut State, entry: &Entry) {
    let Auth::Bootstrap(id) = entry.auth else { return };
    if let Some(token) = state.bootstraps.get_mut(&id) {
        token.used = true;
    }
}

/// Takes a token out of the state.
pub(crate) fn forget(state: &mut State, id: BootstrapId) {
    if let Some(token) = state.bootstraps.remove(&id) {
        state.bootstrap_by_secret.remove(&token.secret);
        state.principals.get_mut(token.principal).bootstraps.retain(|&other| other != id);
    }
}
