//! What is asked of organizations, and by what authority.

use hansa_types::{Code, Rejection};

use super::{
    Accept, AddToTeam, Create, CreateTeam, DeleteTeam, Invite, Leave, Remove, RemoveFromTeam,
    Revoke, SetRole, Share, TransferAgent, TransferOwnership, Unshare,
};
use crate::State;
use crate::admit::{Permit, Sphere};
use crate::command::Rules;
use crate::decide::{Context, Draft};

/// Everything that is asked of organizations.
#[derive(Debug, Clone, PartialEq)]
pub enum OrgCommand {
    /// Make one.
    Create(Create),
    /// Give a member another role.
    SetRole(SetRole),
    /// End somebody else's membership.
    Remove(Remove),
    /// End one's own.
    Leave(Leave),
    /// Hand the organization on.
    TransferOwnership(TransferOwnership),
    /// Invite somebody.
    Invite(Invite),
    /// Take an invitation back.
    RevokeInvite(Revoke),
    /// Join by one.
    Accept(Accept),
    /// Make a team.
    CreateTeam(CreateTeam),
    /// Dissolve one.
    DeleteTeam(DeleteTeam),
    /// Put a member into a team.
    AddToTeam(AddToTeam),
    /// Take one out.
    RemoveFromTeam(RemoveFromTeam),
    /// Share an agent.
    Share(Share),
    /// Take that back.
    Unshare(Unshare),
    /// Hand an agent on.
    TransferAgent(TransferAgent),
}

impl OrgCommand {
    /// The id of the operation.
    pub fn action(&self) -> &'static str {
        match self {
            OrgCommand::Create(_) => "org_create",
            OrgCommand::SetRole(_) => "org_member_role_set",
            OrgCommand::Remove(_) => "org_member_remove",
            OrgCommand::Leave(_) => "org_leave",
            OrgCommand::TransferOwnership(_) => "org_owner_transfer",
            OrgCommand::Invite(_) => "invite_create",
            OrgCommand::RevokeInvite(_) => "invite_revoke",
            OrgCommand::Accept(_) => "invite_accept",
            OrgCommand::CreateTeam(_) => "team_create",
            OrgCommand::DeleteTeam(_) => "team_delete",
            OrgCommand::AddToTeam(_) => "team_member_add",
            OrgCommand::RemoveFromTeam(_) => "team_member_remove",
            OrgCommand::Share(_) => "agent_share",
            OrgCommand::Unshare(_) => "agent_unshare",
            OrgCommand::TransferAgent(_) => "agent_transfer",
        }
    }

    /// Whether the outcome depends on what time it is.
    pub(crate) fn depends_on_time(&self) -> bool {
        matches!(
            self,
            OrgCommand::Create(_)
                | OrgCommand::SetRole(_)
                | OrgCommand::TransferOwnership(_)
                | OrgCommand::Invite(_)
                | OrgCommand::Accept(_)
        )
    }
}

impl Rules for OrgCommand {
    fn sphere(&self, state: &State) -> Result<Sphere, Rejection> {
        let own = |handle| Sphere::Own(state.principals.get(handle).id);
        Ok(match self {
            OrgCommand::Create(_) => Sphere::Developer,
            OrgCommand::Leave(leave) => Sphere::Person(leave.member),
            OrgCommand::Accept(accept) => Sphere::Person(accept.member),
            OrgCommand::SetRole(set) => own(state.org(set.org)?.0),
            OrgCommand::Remove(remove) => own(state.org(remove.org)?.0),
            OrgCommand::TransferOwnership(transfer) => own(state.org(transfer.org)?.0),
            OrgCommand::Invite(invite) => own(state.org(invite.org)?.0),
            OrgCommand::CreateTeam(create) => own(state.org(create.org)?.0),
            OrgCommand::RevokeInvite(revoke) => {
                let invite = state.orgs.invite(revoke.id);
                own(invite.ok_or(Code::NotFound)?.org)
            }
            OrgCommand::DeleteTeam(delete) => own(state.team(delete.id)?.0),
            OrgCommand::AddToTeam(add) => own(state.team(add.team)?.0),
            OrgCommand::RemoveFromTeam(remove) => own(state.team(remove.team)?.0),
            OrgCommand::Share(share) => own(state.owning_org(share.agent)?.1),
            OrgCommand::Unshare(unshare) => own(state.owning_org(unshare.agent)?.1),
            OrgCommand::TransferAgent(transfer) => own(state.controller_of(transfer.agent)?),
        })
    }

    fn decide(
        &self,
        permit: &Permit<'_>,
        ctx: &mut Context<'_>,
        out: &mut Vec<Draft>,
    ) -> Result<(), Rejection> {
        match self {
            OrgCommand::Create(create) => create.decide(permit, ctx, out),
            OrgCommand::SetRole(set) => set.decide(permit, ctx, out),
            OrgCommand::Remove(remove) => remove.decide(permit, ctx, out),
            OrgCommand::Leave(leave) => leave.decide(permit, ctx, out),
            OrgCommand::TransferOwnership(transfer) => transfer.decide(permit, ctx, out),
            OrgCommand::Invite(invite) => invite.decide(permit, ctx, out),
            OrgCommand::RevokeInvite(revoke) => revoke.decide(permit, out),
            OrgCommand::Accept(accept) => accept.decide(permit, ctx, out),
            OrgCommand::CreateTeam(create) => create.decide(permit, out),
            OrgCommand::DeleteTeam(delete) => delete.decide(permit, out),
            OrgCommand::AddToTeam(add) => add.decide(permit, out),
            OrgCommand::RemoveFromTeam(remove) => remove.decide(permit, out),
            OrgCommand::Share(share) => share.decide(permit, ctx, out),
            OrgCommand::Unshare(unshare) => unshare.decide(permit, ctx, out),
            OrgCommand::TransferAgent(transfer) => transfer.decide(permit, ctx, out),
        }
    }
}
