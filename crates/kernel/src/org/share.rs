//! Sharing an agent of an organization: what guests see, and nothing that they may do.

use hansa_types::{Code, PrincipalId, Rejection, TeamId, Vis};
use serde::{Deserialize, Serialize};

use super::member::member_of;
use crate::State;
use crate::admit::Permit;
use crate::decide::{Context, Draft};
use crate::entry::Entry;
use crate::event::Event;
use crate::limits::SHARES_PER_ORG_MAX;
use crate::principal::Handle;

/// With whom.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ShareWith {
    /// A member of the organization.
    Member(PrincipalId),
    /// Whoever is in a team of it.
    Team(TeamId),
}

/// Let somebody look into what an agent of the organization does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Share {
    /// Which agent.
    pub agent: PrincipalId,
    /// Whom.
    pub with: ShareWith,
}

/// Take that back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unshare {
    /// Which agent.
    pub agent: PrincipalId,
    /// From whom.
    pub with: ShareWith,
}

/// Data of `agent.shared`. The entry's subject is the organization.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Shared {
    /// Which agent.
    pub agent: PrincipalId,
    /// With whom.
    pub with: ShareWith,
}

/// Data of `agent.unshared`. The entry's subject is the organization.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Unshared {
    /// Which agent.
    pub agent: PrincipalId,
    /// With whom no longer.
    pub with: ShareWith,
}

impl State {
    /// The organization that an agent belongs to, or the refusal that it belongs to none.
    pub(crate) fn owning_org(&self, agent: PrincipalId) -> Result<(Handle, Handle), Rejection> {
        let agent = self.principal(agent)?;
        let org = self.org_of(agent).ok_or_else(|| {
            Rejection::new(Code::InvalidField, "agent: it belongs to no organization")
        })?;
        Ok((agent, org))
    }
}

impl Share {
    pub(super) fn decide(
        &self,
        permit: &Permit<'_>,
        ctx: &mut Context<'_>,
        out: &mut Vec<Draft>,
    ) -> Result<(), Rejection> {
        let state = permit.state();
        let (agent, handle) = state.owning_org(self.agent)?;
        state.refuse_erased(agent)?;
        let org = state.orgs.get(handle).ok_or(Code::OrgUnknown)?;
        match self.with {
            ShareWith::Member(member) => _ = member_of(state, org, member)?,
            ShareWith::Team(team) => _ = org.teams.get(&team).ok_or(Code::TeamUnknown)?,
        }
        if org.shares.contains(&(agent, self.with)) {
            return Err(Rejection::new(Code::InvalidField, "with: it is shared with them already"));
        }
        if org.shares.len() >= SHARES_PER_ORG_MAX {
            let detail = "an organization shares at most 10,000 times; take some back first";
            return Err(Rejection::new(Code::StateFull, detail));
        }
        let event = Event::AgentShared(Shared { agent: self.agent, with: self.with });
        let org = state.principals.get(handle).id;
        out.push(Draft::new(ctx.entry_id(), Vis::Org, event).about(org));
        Ok(())
    }
}

impl Unshare {
    pub(super) fn decide(
        &self,
        permit: &Permit<'_>,
        ctx: &mut Context<'_>,
        out: &mut Vec<Draft>,
    ) -> Result<(), Rejection> {
        let state = permit.state();
        let (agent, handle) = state.owning_org(self.agent)?;
        let org = state.orgs.get(handle).ok_or(Code::OrgUnknown)?;
        if !org.shares.contains(&(agent, self.with)) {
            return Err(Rejection::new(Code::NotFound, "It is not shared with them."));
        }
        let event = Event::AgentUnshared(Unshared { agent: self.agent, with: self.with });
        let org = state.principals.get(handle).id;
        out.push(Draft::new(ctx.entry_id(), Vis::Org, event).about(org));
        Ok(())
    }
}

pub(crate) fn apply_shared(state: &mut State, entry: &Entry, shared: &Shared) {
    let agent = state.handle(shared.agent);
    state.org_of_entry(entry).1.shares.insert((agent, shared.with));
}

pub(crate) fn apply_unshared(state: &mut State, entry: &Entry, unshared: &Unshared) {
    let agent = state.handle(unshared.agent);
    state.org_of_entry(entry).1.shares.remove(&(agent, unshared.with));
}
