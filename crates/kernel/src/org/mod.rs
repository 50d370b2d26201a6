//! Organizations: principals without a key of their own, who act through their members.
//!
//! A member has a role. All but guests hold with it a grant of the organization, by which they act
//! on its behalf and manage the agents that belong to it: authority is looked for where all
//! authority is, and ends with the grant. What the role itself decides is rank: who may say what of
//! whom. Beside it stands sight, in `sight`: members look into what the organization owns, guests
//! into what is shared with them.
//!
//! Invariants: an organization that is not erased has an owner who may act, unless the node stopped
//! them; an invitation is good for one member; a member in a team is one of the organization.
//! Deliberately absent: names of organizations, teams and whom an invitation was mailed to. They lie
//! in the vault.

mod agent;
mod command;
mod create;
mod invite;
mod member;
mod owner;
mod role;
mod share;
mod sight;
mod team;

use std::collections::{BTreeMap, BTreeSet};

use hansa_types::{Code, Digest, GrantId, InviteId, PrincipalId, Rejection, TeamId, Time};
use serde::{Deserialize, Serialize};

pub use agent::{AgentTransferred, TransferAgent};
pub(crate) use agent::{apply_agent_transferred, transferred_draft};
pub use command::OrgCommand;
pub use create::Create;
pub(crate) use create::refuse_organization;
pub use invite::{Accept, Invite, Invited, Revoke, Revoked};
pub(crate) use invite::{apply_invited, apply_revoked, forget as forget_invite};
pub use member::{Joined, Leave, Left, Remove, RoleChanged, SetRole};
pub(crate) use member::{apply_joined, apply_left, apply_role_changed, left};
pub(crate) use owner::apply_owner_transferred;
pub use owner::{OwnerTransferred, TransferOwnership};
pub use role::OrgRole;
pub use share::{Share, ShareWith, Shared, Unshare, Unshared};
pub(crate) use share::{apply_shared, apply_unshared};
pub use sight::Circle;
pub use team::{
    AddToTeam, CreateTeam, DeleteTeam, RemoveFromTeam, TeamCreated, TeamDeleted, TeamJoined,
    TeamLeft,
};
pub(crate) use team::{apply_team_created, apply_team_deleted, apply_team_joined, apply_team_left};

use crate::State;
use crate::entry::Entry;
use crate::principal::{Handle, Kind};
use crate::state::Map;

/// What the state keeps of a membership.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Member {
    /// What they may say of others, and see.
    pub role: OrgRole,
    /// The grant that came with the role; guests have none.
    pub grant: Option<GrantId>,
    /// When they joined.
    pub since: Time,
}

/// What the state keeps of a team.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Team {
    /// Salted digest of its name in the vault.
    pub name: Digest,
    /// Members of the organization.
    pub members: BTreeSet<Handle>,
    /// When it was made.
    pub created: Time,
}

/// What the state keeps of an organization.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Org {
    /// Its members.
    pub members: BTreeMap<Handle, Member>,
    /// The agents that belong to it, but for those that were erased.
    pub agents: BTreeSet<Handle>,
    /// Its teams.
    pub teams: BTreeMap<TeamId, Team>,
    /// Its agents that somebody beside those who see everything may look into.
    pub shares: BTreeSet<(Handle, ShareWith)>,
    /// Its invitations, pending or expired not long ago.
    pub invites: BTreeSet<InviteId>,
}

/// What the state keeps of an invitation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pending {
    /// Where to.
    pub org: Handle,
    /// Who invites.
    pub by: Handle,
    /// As what.
    pub role: OrgRole,
    /// SHA-256 of the token, which has at least 192 random bits.
    pub secret: Digest,
    /// Digest under the node's secret of the only e-mail address whose account may accept it.
    pub email: Option<Digest>,
    /// When it was made.
    pub created: Time,
    /// When it is void.
    pub expires: Time,
}

/// All organizations and invitations.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Orgs {
    by_handle: Map<Handle, Org>,
    invites: Map<InviteId, Pending>,
    #[serde(skip)]
    by_secret: Map<Digest, InviteId>,
    #[serde(skip)]
    of_member: Map<Handle, BTreeSet<Handle>>,
    #[serde(skip)]
    of_team: Map<TeamId, Handle>,
}

impl Orgs {
    pub(crate) fn new(hasher: &ahash::RandomState) -> Self {
        Self {
            by_handle: Map::new(hasher),
            invites: Map::new(hasher),
            by_secret: Map::new(hasher),
            of_member: Map::new(hasher),
            of_team: Map::new(hasher),
        }
    }

    pub(crate) fn reindex(&mut self, hasher: &ahash::RandomState) {
        self.by_handle.rehash(hasher);
        self.invites.rehash(hasher);
        (self.by_secret, self.of_member) = (Map::new(hasher), Map::new(hasher));
        self.of_team = Map::new(hasher);
        for (&id, invite) in self.invites.iter() {
            self.by_secret.insert(invite.secret, id);
        }
        for (&handle, org) in self.by_handle.iter() {
            for &member in org.members.keys() {
                self.of_member.entry(member).or_default().insert(handle);
            }
            for &team in org.teams.keys() {
                self.of_team.insert(team, handle);
            }
        }
    }

    /// How many organizations there are.
    pub fn len(&self) -> usize {
        self.by_handle.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.by_handle.is_empty()
    }

    /// How many invitations there are, pending or expired and not gone yet.
    pub fn invites_len(&self) -> usize {
        self.invites.len()
    }

    /// An organization.
    pub fn get(&self, org: Handle) -> Option<&Org> {
        self.by_handle.get(&org)
    }

    /// An invitation.
    pub fn invite(&self, id: InviteId) -> Option<&Pending> {
        self.invites.get(&id)
    }

    /// The invitation with a token of this digest.
    pub fn invite_by_secret(&self, secret: &Digest) -> Option<InviteId> {
        self.by_secret.get(secret).copied()
    }

    /// The organizations that somebody is a member of, the oldest first.
    pub fn of(&self, member: Handle) -> impl Iterator<Item = Handle> {
        self.of_member.get(&member).into_iter().flatten().copied()
    }

    /// The organization that a team is of.
    pub fn of_team(&self, team: TeamId) -> Option<Handle> {
        self.of_team.get(&team).copied()
    }

    /// What somebody is in an organization.
    pub fn role(&self, org: Handle, member: Handle) -> Option<OrgRole> {
        Some(self.get(org)?.members.get(&member)?.role)
    }

    /// Whether a grant came with a role, as which it ends.
    pub(crate) fn is_role(&self, org: Handle, holder: Handle, grant: GrantId) -> bool {
        let member = self.get(org).and_then(|org| org.members.get(&holder));
        member.is_some_and(|member| member.grant == Some(grant))
    }

    fn get_mut(&mut self, org: Handle) -> Option<&mut Org> {
        self.by_handle.get_mut(&org)
    }

    pub(crate) fn insert(&mut self, org: Handle) {
        self.by_handle.insert(org, Org::default());
    }
}

impl State {
    /// An organization that was not erased, or the refusal that there is none.
    pub fn org(&self, id: PrincipalId) -> Result<(Handle, &Org), Rejection> {
        let handle = self.principals.find(id).ok_or(Code::OrgUnknown)?;
        let org = self.orgs.get(handle).ok_or(Code::OrgUnknown)?;
        Ok((handle, org))
    }

    /// Whether a principal is an organization.
    pub(crate) fn is_organization(&self, handle: Handle) -> bool {
        self.principals.status(handle).kind == Kind::Organization
    }

    /// The organization that an agent belongs to.
    pub fn org_of(&self, agent: Handle) -> Option<Handle> {
        self.principals.get(agent).controller.filter(|above| self.is_organization(*above))
    }

    /// Whether an organization would have no owner who may act without this one.
    pub(crate) fn is_last_org_owner(&self, org: Handle, member: Handle) -> bool {
        let Some(found) = self.orgs.get(org) else { return false };
        let owners = found.members.iter().filter(|(_, member)| member.role == OrgRole::Owner);
        let mut others = owners.filter(|&(&owner, _)| owner != member);
        self.orgs.role(org, member) == Some(OrgRole::Owner)
            && !others.any(|(&owner, _)| self.principals.status(owner).active)
    }

    /// The organization that an entry is about, as it stands before the entry.
    fn org_of_entry(&mut self, entry: &Entry) -> (Handle, &mut Org) {
        let handle = match entry.subject {
            Some(hansa_types::AnyId::Principal(id)) => self.handle(id),
            _ => panic!("{} is about an organization", entry.event.kind()),
        };
        let org = self.orgs.get_mut(handle);
        (handle, org.unwrap_or_else(|| panic!("entry {} names an organization", entry.seq)))
    }
}

/// Takes what an erased principal was to organizations out of the state. Its memberships end by
/// entries of their own.
pub(crate) fn erase(state: &mut State, principal: Handle) {
    if let Some(above) = state.org_of(principal)
        && let Some(org) = state.orgs.get_mut(above)
    {
        org.agents.remove(&principal);
        org.shares.retain(|(agent, _)| *agent != principal);
    }
    let Some(org) = state.orgs.by_handle.remove(&principal) else { return };
    for member in org.members.keys() {
        if let Some(orgs) = state.orgs.of_member.get_mut(member) {
            orgs.remove(&principal);
        }
    }
    for team in org.teams.keys() {
        state.orgs.of_team.remove(team);
    }
    for id in org.invites {
        if let Some(invite) = state.orgs.invites.remove(&id) {
            state.orgs.by_secret.remove(&invite.secret);
        }
    }
}
