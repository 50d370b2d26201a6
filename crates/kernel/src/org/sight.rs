//! What members of an organization may look into.

use std::collections::BTreeSet;

use hansa_types::PrincipalId;

use super::{Org, OrgRole, ShareWith};
use crate::State;
use crate::principal::Handle;

/// Everything that somebody may look into for being in organizations.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Circle {
    /// Organizations whose own affairs they see, with the agents that belong to those.
    pub whole: BTreeSet<PrincipalId>,
    /// Single agents that were shared with them.
    pub shared: BTreeSet<PrincipalId>,
}

impl Circle {
    /// Whether somebody is in it.
    pub fn contains(&self, principal: PrincipalId) -> bool {
        self.whole.contains(&principal) || self.shared.contains(&principal)
    }
}

impl Org {
    /// Whether an agent is shared with somebody, in person or by a team.
    fn shares_with(&self, agent: Handle, (id, member): (PrincipalId, Handle)) -> bool {
        let in_team =
            |team| self.teams.get(team).is_some_and(|team| team.members.contains(&member));
        self.shares.contains(&(agent, ShareWith::Member(id)))
            || self.shares.iter().any(|(shared, with)| match with {
                ShareWith::Team(team) => *shared == agent && in_team(team),
                ShareWith::Member(_) => false,
            })
    }
}

impl State {
    /// Whether somebody may look into what a principal does because both are of one organization:
    /// from member upwards into the organization and all of its agents, guests into agents that were
    /// shared with them.
    pub fn sees_for_org(&self, looker: Handle, other: Handle) -> bool {
        let org = match self.is_organization(other) {
            true => Some(other),
            false => self.org_of(other),
        };
        let Some(org) = org else { return false };
        match self.orgs.role(org, looker) {
            Some(OrgRole::Guest) => {
                let looker = (self.principals.get(looker).id, looker);
                let found = self.orgs.get(org);
                other != org && found.is_some_and(|org| org.shares_with(other, looker))
            }
            Some(_) => true,
            None => false,
        }
    }

    /// Whether somebody may look after the credentials of an organization's agent.
    pub fn keeps_for_org(&self, looker: Handle, agent: Handle) -> bool {
        let role = self.org_of(agent).and_then(|org| self.orgs.role(org, looker));
        role.is_some_and(|role| role >= OrgRole::Admin)
    }

    /// Everything that somebody may look into for being in organizations.
    pub fn circle_of(&self, looker: PrincipalId) -> Circle {
        let mut circle = Circle::default();
        let Some(handle) = self.principals.find(looker) else { return circle };
        let id = |handle: &Handle| self.principals.get(*handle).id;
        for org in self.orgs.of(handle) {
            let Some(found) = self.orgs.get(org) else { continue };
            if self.orgs.role(org, handle) >= Some(OrgRole::Member) {
                circle.whole.insert(id(&org));
                circle.whole.extend(found.agents.iter().map(id));
                continue;
            }
            let agents = found.shares.iter().map(|(agent, _)| *agent);
            let shared = agents.filter(|agent| found.shares_with(*agent, (looker, handle)));
            circle.shared.extend(shared.map(|agent| id(&agent)));
        }
        circle
    }
}
