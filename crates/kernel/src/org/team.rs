//! Teams: named subsets of an organization's members, with whom agents are shared at once.

use hansa_types::{AnyId, Code, Digest, PrincipalId, Rejection, TeamId, Vis};
use serde::{Deserialize, Serialize};

use super::member::member_of;
use super::{Org, ShareWith, Team};
use crate::State;
use crate::admit::Permit;
use crate::decide::Draft;
use crate::entry::Entry;
use crate::event::Event;
use crate::limits::TEAMS_PER_ORG_MAX;
use crate::principal::Handle;

/// Make a team.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CreateTeam {
    /// The id it shall have.
    pub id: TeamId,
    /// Where.
    pub org: PrincipalId,
    /// Salted digest of its name, which the same batch puts in the vault.
    pub name: Digest,
}

/// Dissolve a team. Its members stay in the organization.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeleteTeam {
    /// Which.
    pub id: TeamId,
}

/// Put a member of the organization into a team.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AddToTeam {
    /// Which.
    pub team: TeamId,
    /// Whom.
    pub member: PrincipalId,
}

/// Take a member out of a team.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RemoveFromTeam {
    /// Which.
    pub team: TeamId,
    /// Whom.
    pub member: PrincipalId,
}

/// Data of `team.created`. The entry's id is the team, its subject the organization.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TeamCreated {
    /// Salted digest of its name.
    pub name: Digest,
}

/// Data of `team.deleted`. The entry's id is the team, its subject the organization.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TeamDeleted {}

/// Data of `team.joined`. The entry's id is the team, its subject the organization.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TeamJoined {
    /// Who.
    pub member: PrincipalId,
}

/// Data of `team.left`. The entry's id is the team, its subject the organization.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TeamLeft {
    /// Who.
    pub member: PrincipalId,
}

impl State {
    /// A team with its organization, or the refusal that there is none.
    pub fn team(&self, id: TeamId) -> Result<(Handle, &Org, &Team), Rejection> {
        let handle = self.orgs.of_team(id).ok_or(Code::TeamUnknown)?;
        let org = self.orgs.get(handle).ok_or(Code::TeamUnknown)?;
        Ok((handle, org, org.teams.get(&id).ok_or(Code::TeamUnknown)?))
    }
}

fn draft(state: &State, team: TeamId, org: Handle, event: Event) -> Draft {
    Draft::new(team, Vis::Org, event).about(state.principals.get(org).id)
}

impl CreateTeam {
    pub(super) fn decide(
        &self,
        permit: &Permit<'_>,
        out: &mut Vec<Draft>,
    ) -> Result<(), Rejection> {
        let state = permit.state();
        let (handle, org) = state.org(self.org)?;
        if org.teams.len() >= TEAMS_PER_ORG_MAX {
            let detail = "an organization has at most 100 teams; delete one first";
            return Err(Rejection::new(Code::StateFull, detail));
        }
        if state.orgs.of_team(self.id).is_some() {
            return Err(Rejection::new(Code::InvalidField, "id: there is such a team already"));
        }
        let event = Event::TeamCreated(TeamCreated { name: self.name });
        out.push(draft(state, self.id, handle, event));
        Ok(())
    }
}

impl DeleteTeam {
    pub(super) fn decide(
        &self,
        permit: &Permit<'_>,
        out: &mut Vec<Draft>,
    ) -> Result<(), Rejection> {
        let state = permit.state();
        let (handle, ..) = state.team(self.id)?;
        out.push(draft(state, self.id, handle, Event::TeamDeleted(TeamDeleted {})));
        Ok(())
    }
}

impl AddToTeam {
    pub(super) fn decide(
        &self,
        permit: &Permit<'_>,
        out: &mut Vec<Draft>,
    ) -> Result<(), Rejection> {
        let state = permit.state();
        let (handle, org, team) = state.team(self.team)?;
        let (member, _) = member_of(state, org, self.member)?;
        if team.members.contains(&member) {
            return Err(Rejection::new(Code::MemberExists, "They are in this team already."));
        }
        let event = Event::TeamJoined(TeamJoined { member: self.member });
        out.push(draft(state, self.team, handle, event));
        Ok(())
    }
}

impl RemoveFromTeam {
    pub(super) fn decide(
        &self,
        permit: &Permit<'_>,
        out: &mut Vec<Draft>,
    ) -> Result<(), Rejection> {
        let state = permit.state();
        let (handle, org, team) = state.team(self.team)?;
        let (member, _) = member_of(state, org, self.member)?;
        if !team.members.contains(&member) {
            return Err(Code::MemberUnknown.into());
        }
        let event = Event::TeamLeft(TeamLeft { member: self.member });
        out.push(draft(state, self.team, handle, event));
        Ok(())
    }
}

fn id(entry: &Entry) -> TeamId {
    match entry.id {
        AnyId::Team(id) => id,
        _ => panic!("{} carries the team as its id", entry.event.kind()),
    }
}

pub(crate) fn apply_team_created(state: &mut State, entry: &Entry, created: &TeamCreated) {
    let id = id(entry);
    let (handle, org) = state.org_of_entry(entry);
    let team = Team { name: created.name, members: Default::default(), created: entry.ts };
    org.teams.insert(id, team);
    state.orgs.of_team.insert(id, handle);
}

pub(crate) fn apply_team_deleted(state: &mut State, entry: &Entry, _: &TeamDeleted) {
    let id = id(entry);
    let (_, org) = state.org_of_entry(entry);
    org.teams.remove(&id);
    org.shares.retain(|(_, with)| *with != ShareWith::Team(id));
    state.orgs.of_team.remove(&id);
}

pub(crate) fn apply_team_joined(state: &mut State, entry: &Entry, joined: &TeamJoined) {
    let (id, member) = (id(entry), state.handle(joined.member));
    if let Some(team) = state.org_of_entry(entry).1.teams.get_mut(&id) {
        team.members.insert(member);
    }
}

pub(crate) fn apply_team_left(state: &mut State, entry: &Entry, left: &TeamLeft) {
    let (id, member) = (id(entry), state.handle(left.member));
    if let Some(team) = state.org_of_entry(entry).1.teams.get_mut(&id) {
        team.members.remove(&member);
    }
}
