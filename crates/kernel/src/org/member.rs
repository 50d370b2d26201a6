//! Members: joining, another role, leaving.

use hansa_types::{Code, GrantId, InviteId, PrincipalId, Rejection, Vis};
use serde::{Deserialize, Serialize};

use super::role::{end_role_grant, role_grant};
use super::{Member, Org, OrgRole};
use crate::State;
use crate::admit::Permit;
use crate::decide::{Context, Draft};
use crate::entry::Entry;
use crate::event::Event;
use crate::limits::{GRANTS_MAX, MEMBERSHIPS_PER_PRINCIPAL_MAX};
use crate::principal::{Handle, Kind};

/// Give a member another role.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SetRole {
    /// Where.
    pub org: PrincipalId,
    /// Whom.
    pub member: PrincipalId,
    /// Which.
    pub role: OrgRole,
}

/// End somebody else's membership.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remove {
    /// Where.
    pub org: PrincipalId,
    /// Whose.
    pub member: PrincipalId,
}

/// End one's own membership.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leave {
    /// Where.
    pub org: PrincipalId,
    /// Whose: the caller's.
    pub member: PrincipalId,
}

/// Data of `member.joined`. The entry's subject is the organization.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Joined {
    /// Who.
    pub member: PrincipalId,
    /// As what.
    pub role: OrgRole,
    /// The grant that comes with the role.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grant: Option<GrantId>,
    /// The invitation that was used up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub invite: Option<InviteId>,
}

/// Data of `member.role_changed`. The entry's subject is the organization.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RoleChanged {
    /// Whose.
    pub member: PrincipalId,
    /// To what.
    pub role: OrgRole,
    /// The grant that comes with the role.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grant: Option<GrantId>,
}

/// Data of `member.left`. The entry's subject is the organization; its actor says whether the member
/// left or was removed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Left {
    /// Who.
    pub member: PrincipalId,
}

/// What the caller is in an organization, or the refusal of who is nothing there. Whoever acts under
/// a grant without being a member has no rank.
pub(super) fn rank(permit: &Permit<'_>, org: Handle) -> Result<OrgRole, Rejection> {
    let state = permit.state();
    let caller = permit.caller().principal.ok_or(Code::Forbidden)?;
    let role = state.orgs.role(org, state.principal(caller)?);
    role.ok_or_else(|| Code::Forbidden.into())
}

/// A member of an organization, or the refusal that there is no such member.
pub(super) fn member_of(
    state: &State,
    org: &Org,
    member: PrincipalId,
) -> Result<(Handle, OrgRole), Rejection> {
    let handle = state.principals.find(member).ok_or(Code::MemberUnknown)?;
    let found = org.members.get(&handle).ok_or(Code::MemberUnknown)?;
    Ok((handle, found.role))
}

/// Refuses whoever cannot be a member of one more organization.
pub(super) fn check_joining(state: &State, member: Handle) -> Result<(), Rejection> {
    state.refuse_erased(member)?;
    if !matches!(state.principals.status(member).kind, Kind::Person | Kind::Agent) {
        let detail = "member: people and agents are members of organizations";
        return Err(Rejection::new(Code::InvalidField, detail));
    }
    if state.orgs.of(member).count() >= MEMBERSHIPS_PER_PRINCIPAL_MAX {
        let detail = "one principal is a member of at most 100 organizations";
        return Err(Rejection::new(Code::StateFull, detail));
    }
    match state.grants.len() < GRANTS_MAX {
        true => Ok(()),
        false => Err(Code::StateFull.into()),
    }
}

/// The entries of somebody who joins.
pub(super) fn joined(
    org: PrincipalId,
    member: PrincipalId,
    role: OrgRole,
    invite: Option<InviteId>,
    ctx: &mut Context<'_>,
    out: &mut Vec<Draft>,
) {
    let (grant, draft) = role_grant(org, member, role, ctx).unzip();
    let event = Event::MemberJoined(Joined { member, role, grant, invite });
    out.push(Draft::new(ctx.entry_id(), Vis::Org, event).about(org));
    out.extend(draft);
}

/// The entries of somebody whose role changes. The grant of the former one ends.
pub(super) fn changed(
    state: &State,
    org: PrincipalId,
    (handle, role): (Handle, OrgRole),
    ctx: &mut Context<'_>,
    out: &mut Vec<Draft>,
) -> Result<(), Rejection> {
    let member = state.principals.get(handle).id;
    let (grant, draft) = role_grant(org, member, role, ctx).unzip();
    let event = Event::MemberRoleChanged(RoleChanged { member, role, grant });
    out.push(Draft::new(ctx.entry_id(), Vis::Org, event).about(org));
    out.extend(end_role_grant(state, state.principal(org)?, handle));
    out.extend(draft);
    Ok(())
}

/// The entries of somebody whose membership ends.
pub(crate) fn left(
    state: &State,
    org: Handle,
    member: Handle,
    ctx: &mut Context<'_>,
    out: &mut Vec<Draft>,
) {
    let event = Event::MemberLeft(Left { member: state.principals.get(member).id });
    let subject = state.principals.get(org).id;
    out.push(Draft::new(ctx.entry_id(), Vis::Org, event).about(subject));
    out.extend(end_role_grant(state, org, member));
}

impl SetRole {
    pub(super) fn decide(
        &self,
        permit: &Permit<'_>,
        ctx: &mut Context<'_>,
        out: &mut Vec<Draft>,
    ) -> Result<(), Rejection> {
        let state = permit.state();
        let (handle, org) = state.org(self.org)?;
        let (member, role) = member_of(state, org, self.member)?;
        let caller = rank(permit, handle)?;
        if !caller.outranks(role) || !caller.outranks(self.role) {
            return Err(Code::RoleTooLow.into());
        }
        if role == self.role {
            let detail = format!("role: the member is {} already", role.as_str());
            return Err(Rejection::new(Code::InvalidField, detail));
        }
        if state.is_last_org_owner(handle, member) {
            return Err(Code::LastOwner.into());
        }
        changed(state, self.org, (member, self.role), ctx, out)
    }
}

impl Remove {
    pub(super) fn decide(
        &self,
        permit: &Permit<'_>,
        ctx: &mut Context<'_>,
        out: &mut Vec<Draft>,
    ) -> Result<(), Rejection> {
        let state = permit.state();
        let (handle, org) = state.org(self.org)?;
        let (member, role) = member_of(state, org, self.member)?;
        if !rank(permit, handle)?.outranks(role) {
            return Err(Code::RoleTooLow.into());
        }
        end(state, handle, member, ctx, out)
    }
}

impl Leave {
    pub(super) fn decide(
        &self,
        permit: &Permit<'_>,
        ctx: &mut Context<'_>,
        out: &mut Vec<Draft>,
    ) -> Result<(), Rejection> {
        let state = permit.state();
        let (handle, org) = state.org(self.org)?;
        let (member, _) = member_of(state, org, self.member)?;
        end(state, handle, member, ctx, out)
    }
}

fn end(
    state: &State,
    org: Handle,
    member: Handle,
    ctx: &mut Context<'_>,
    out: &mut Vec<Draft>,
) -> Result<(), Rejection> {
    if state.is_last_org_owner(org, member) {
        return Err(Code::LastOwner.into());
    }
    left(state, org, member, ctx, out);
    Ok(())
}

pub(crate) fn apply_joined(state: &mut State, entry: &Entry, joined: &Joined) {
    let member = state.handle(joined.member);
    let (handle, org) = state.org_of_entry(entry);
    let (role, grant) = (joined.role, joined.grant);
    org.members.insert(member, Member { role, grant, since: entry.ts });
    state.orgs.of_member.entry(member).or_default().insert(handle);
    if let Some(invite) = joined.invite {
        super::forget_invite(state, invite);
    }
}

pub(crate) fn apply_role_changed(state: &mut State, entry: &Entry, changed: &RoleChanged) {
    set_role(state, entry, (changed.member, changed.role, changed.grant));
}

pub(super) fn set_role(
    state: &mut State,
    entry: &Entry,
    (member, role, grant): (PrincipalId, OrgRole, Option<GrantId>),
) {
    let member = state.handle(member);
    let (_, org) = state.org_of_entry(entry);
    if let Some(found) = org.members.get_mut(&member) {
        (found.role, found.grant) = (role, grant);
    }
}

pub(crate) fn apply_left(state: &mut State, entry: &Entry, left: &Left) {
    let member = state.handle(left.member);
    let (handle, org) = state.org_of_entry(entry);
    org.members.remove(&member);
    for team in org.teams.values_mut() {
        team.members.remove(&member);
    }
    org.shares.retain(|(_, with)| *with != super::ShareWith::Member(left.member));
    if let Some(orgs) = state.orgs.of_member.get_mut(&member) {
        orgs.remove(&handle);
        if orgs.is_empty() {
            state.orgs.of_member.remove(&member);
        }
    }
}
