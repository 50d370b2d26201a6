//! Handing an agent on: from who controls it to an organization, and back to a member.
//!
//! Its API keys, OAuth clients and tokens end with it unless they are kept, for they are in the hands
//! of who had it. Its own key stays: whoever receives the agent rotates it (`agent_key_rotate`).

use hansa_types::{AnyId, Code, PrincipalId, Rejection, Vis};
use serde::{Deserialize, Serialize};

use super::OrgRole;
use crate::State;
use crate::admit::Permit;
use crate::client;
use crate::decide::{Context, Draft};
use crate::entry::Entry;
use crate::event::Event;
use crate::principal::{ApiKeyRevoked, Handle, Kind};

/// Hand an agent on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TransferAgent {
    /// Which.
    pub agent: PrincipalId,
    /// To whom.
    pub to: PrincipalId,
    /// Whether the credentials it has go on working.
    pub keep_credentials: bool,
    /// Most agents that whoever receives it may have.
    pub agents_max: u32,
}

/// Data of `agent.transferred`. The entry's subject is the agent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AgentTransferred {
    /// Who controls it from now on.
    pub controller: PrincipalId,
}

impl State {
    /// Who controls an agent, or the refusal that nobody does.
    pub(crate) fn controller_of(&self, agent: PrincipalId) -> Result<Handle, Rejection> {
        let controller = self.principals.get(self.principal(agent)?).controller;
        controller.ok_or_else(|| Code::Forbidden.into())
    }

    /// Refuses one agent more than a principal may have.
    pub(crate) fn check_agents(&self, owner: Handle, agents_max: u32) -> Result<(), Rejection> {
        let owned = match self.orgs.get(owner) {
            Some(org) => u32::try_from(org.agents.len()).unwrap_or(u32::MAX),
            None => self.principals.get(owner).controlled,
        };
        match owned < agents_max {
            true => Ok(()),
            false => {
                let whose = match self.is_organization(owner) {
                    true => "an organization",
                    false => "a developer",
                };
                let detail = format!("{whose} has at most {agents_max} agents here");
                Err(Rejection::new(Code::QuotaExceeded, detail))
            }
        }
    }
}

impl TransferAgent {
    pub(super) fn decide(
        &self,
        permit: &Permit<'_>,
        ctx: &mut Context<'_>,
        out: &mut Vec<Draft>,
    ) -> Result<(), Rejection> {
        let state = permit.state();
        let agent = state.principal(self.agent)?;
        let (from, to) = (state.controller_of(self.agent)?, state.principal(self.to)?);
        state.refuse_erased(agent)?;
        state.refuse_erased(to)?;
        let refuse = |detail: &'static str| Err(Rejection::new(Code::InvalidField, detail));
        if state.principals.status(agent).kind != Kind::Agent {
            return refuse("agent: only agents are handed on");
        }
        if from == to {
            return refuse("to: the agent is theirs already");
        }
        match state.principals.status(to).kind {
            Kind::Organization => self.check_org(permit, agent, to)?,
            Kind::Person => self.check_person(state, (agent, from), to)?,
            Kind::Agent | Kind::Node => return refuse("to: an organization, or a person in it"),
        }
        state.check_agents(to, self.agents_max)?;
        out.push(transferred_draft(ctx, self.agent, self.to));
        if !self.keep_credentials {
            end_credentials(state, agent, ctx, out);
        }
        Ok(())
    }

    /// Whoever hands an agent to an organization works there.
    fn check_org(&self, permit: &Permit<'_>, agent: Handle, to: Handle) -> Result<(), Rejection> {
        let state = permit.state();
        let caller = permit.caller().principal.ok_or(Code::Forbidden)?;
        let role = state.orgs.role(to, state.principal(caller)?);
        if role.is_none_or(|role| role < OrgRole::Member) || !state.principals.status(to).active {
            // As if there were none: nobody learns who is in it.
            return Err(Code::OrgUnknown.into());
        }
        match state.orgs.role(to, agent) {
            None => Ok(()),
            Some(_) => Err(Rejection::new(
                Code::InvalidField,
                "agent: it is a member of the organization; let it leave first",
            )),
        }
    }

    /// An organization hands its agents to its members alone.
    fn check_person(
        &self,
        state: &State,
        (agent, from): (Handle, Handle),
        to: Handle,
    ) -> Result<(), Rejection> {
        let role = state.orgs.role(from, to);
        if role.is_none_or(|role| role < OrgRole::Member) {
            return Err(Rejection::new(
                Code::InvalidField,
                "to: agents go from a person to an organization, and from there to its members",
            ));
        }
        match state.is_under(to, agent) {
            true => Err(Rejection::new(Code::InvalidField, "to: they are under the agent")),
            false => Ok(()),
        }
    }
}

/// The entry by which an agent comes to belong to somebody.
pub(crate) fn transferred_draft(
    ctx: &mut Context<'_>,
    agent: PrincipalId,
    controller: PrincipalId,
) -> Draft {
    let event = Event::AgentTransferred(AgentTransferred { controller });
    Draft::new(ctx.entry_id(), Vis::Parties, event).about(agent)
}

fn end_credentials(state: &State, agent: Handle, ctx: &mut Context<'_>, out: &mut Vec<Draft>) {
    let agent = state.principals.get(agent);
    for &key in &agent.api_keys {
        let event = Event::ApiKeyRevoked(ApiKeyRevoked {});
        out.push(Draft::new(key, Vis::Parties, event).about(agent.id));
    }
    for &id in &agent.clients {
        let event = Event::ClientRevoked(client::Revoked {});
        out.push(Draft::new(id, Vis::Parties, event).about(agent.id));
    }
    let event = Event::TokensRevoked(client::TokensRevoked {});
    out.push(Draft::new(ctx.entry_id(), Vis::Parties, event).about(agent.id));
}

pub(crate) fn apply_agent_transferred(state: &mut State, entry: &Entry, done: &AgentTransferred) {
    let Some(AnyId::Principal(id)) = entry.subject else {
        panic!("agent.transferred is about an agent");
    };
    let (agent, to) = (state.handle(id), state.handle(done.controller));
    let from = state.principals.get_mut(agent).controller.replace(to);
    if let Some(from) = from {
        let controller = state.principals.get_mut(from);
        controller.controlled = controller.controlled.saturating_sub(1);
        if let Some(org) = state.orgs.get_mut(from) {
            org.agents.remove(&agent);
            org.shares.retain(|(shared, _)| *shared != agent);
        }
    }
    let controller = state.principals.get_mut(to);
    controller.controlled = controller.controlled.saturating_add(1);
    if let Some(org) = state.orgs.get_mut(to) {
        org.agents.insert(agent);
    }
}
