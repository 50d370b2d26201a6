//! Organizations: making and reading them, and who is in them.
//!
//! Whoever is not in an organization is answered as if there were none. What a member may do there
//! the kernel decides.

use std::collections::HashMap;

use hansa_crypto::SigningKey;
use hansa_kernel::org::{
    Create, Leave, OrgCommand, OrgRole as Role, Remove, SetRole, TransferOwnership,
};
use hansa_kernel::principal::Status;
use hansa_kernel::{Command, State};
use hansa_types::{AnyId, Code, Did, PrincipalId, Time};
use hansa_wire::Problem;
use hansa_wire::api::Page;
use hansa_wire::api::agents::PrincipalStatus;
use hansa_wire::api::orgs::{
    MembershipEnded, Org, OrgCreate, OrgGet, OrgLeave, OrgList, OrgMember, OrgMemberList,
    OrgMemberRemove, OrgMemberRoleSet, OrgOwnerTransfer, OrgRole,
};
use hansa_wire::scalar::{Name, PrincipalRef};

use super::cards::seal_draft;
use crate::answer::Answer;
use crate::context::{Context, Step};
use crate::resolve::{counted, views_failed};

/// An organization that the caller sees, and what they are in it; nothing for whoever sees
/// everything of the node.
#[derive(Debug, Clone, Copy)]
pub(super) struct SeenOrg {
    pub(super) id: PrincipalId,
    pub(super) role: Option<Role>,
}

impl SeenOrg {
    /// Whether they see all of it.
    pub(super) fn whole(self) -> bool {
        self.role != Some(Role::Guest)
    }

    /// Whether they look after it.
    pub(super) fn keeps(self) -> bool {
        self.role.is_none_or(|role| role >= Role::Admin)
    }
}

/// The organization that a request names, if the caller is in it.
pub(super) async fn seen_org(context: &Context, named: &PrincipalRef) -> Result<SeenOrg, Problem> {
    let id = context.find(named, Code::OrgUnknown).await?;
    let (caller, all) = (context.principal()?, context.sees_all().await?);
    let look = move |state: &State| {
        let (handle, _) = state.org(id).ok()?;
        let role = state.orgs.role(handle, state.principals.find(caller)?);
        (all || role.is_some()).then_some(SeenOrg { id, role })
    };
    let seen = context.api.node.read(Some(caller), look).await?;
    Ok(seen.ok_or(Code::OrgUnknown)?)
}

/// What the state knows of an organization.
struct Facts {
    id: PrincipalId,
    did: Did,
    status: PrincipalStatus,
    role: Option<Role>,
    members: Option<usize>,
    agents: usize,
    created: Time,
}

fn facts(state: &State, id: PrincipalId, looker: PrincipalId) -> Option<Facts> {
    let (handle, org) = state.org(id).ok()?;
    let looker = state.principals.find(looker)?;
    let (role, principal) = (state.orgs.role(handle, looker), state.principals.get(handle));
    let whole = role != Some(Role::Guest);
    let seen = org.agents.iter().filter(|agent| whole || state.sees_for_org(looker, **agent));
    Some(Facts {
        id,
        did: state.did_at(handle),
        status: status(state.principals.status(handle)),
        role,
        members: whole.then_some(org.members.len()),
        agents: seen.count(),
        created: principal.created,
    })
}

/// Whether a principal may act.
pub(super) fn status(status: Status) -> PrincipalStatus {
    match (status.erased, status.active) {
        (true, _) => PrincipalStatus::Erased,
        (false, true) if status.frozen => PrincipalStatus::Frozen,
        (false, true) => PrincipalStatus::Active,
        (false, false) => PrincipalStatus::Suspended,
    }
}

/// A role in the words of the wire.
pub(super) fn tell_role(role: Role) -> OrgRole {
    match role {
        Role::Owner => OrgRole::Owner,
        Role::Admin => OrgRole::Admin,
        Role::Member => OrgRole::Member,
        Role::Guest => OrgRole::Guest,
    }
}

/// A role in the words of the kernel.
pub(super) fn kernel_role(role: OrgRole) -> Role {
    match role {
        OrgRole::Owner => Role::Owner,
        OrgRole::Admin => Role::Admin,
        OrgRole::Member => Role::Member,
        OrgRole::Guest => Role::Guest,
    }
}

/// The names on principals' cards.
pub(super) async fn names(
    context: &Context,
    ids: Vec<PrincipalId>,
) -> Result<HashMap<PrincipalId, Name>, Problem> {
    let node = &context.api.node;
    node.views_caught_up().await;
    let mut names = HashMap::new();
    for id in ids {
        let row = node.views.agent(id).await.map_err(views_failed)?;
        let name = row.and_then(|row| row.name).and_then(Name::new);
        names.extend(name.map(|name| (id, name)));
    }
    Ok(names)
}

fn tell(facts: Facts, name: Option<Name>) -> Org {
    Org {
        id: facts.id,
        did: facts.did,
        name,
        status: facts.status,
        role: facts.role.map(tell_role),
        members: facts.members.map(|members| members as u64),
        agents: facts.agents as u64,
        created_at: facts.created.into(),
    }
}

/// An organization as the caller sees it.
pub(super) async fn read_org(context: &Context, id: PrincipalId) -> Result<Org, Problem> {
    let caller = context.principal()?;
    let look = move |state: &State| facts(state, id, caller);
    let facts = context.api.node.read(Some(caller), look).await?.ok_or(Code::OrgUnknown)?;
    let name = names(context, vec![id]).await?.remove(&id);
    Ok(tell(facts, name))
}

/// Makes an organization. Nobody has the private part of its key, for it never signs.
pub(crate) async fn org_create(context: &Context, request: OrgCreate) -> Result<Answer, Problem> {
    let node = &context.api.node;
    let id = PrincipalId::new(node.now().0, node.env.random_u128());
    let key = SigningKey::from_seed(node.env.random()).public();
    let sealed = seal_draft(context, id, request.name.as_str()).await?;
    let create = Command::Org(OrgCommand::Create(Create { id, key, card: sealed.digest }));
    let done = context.submit(Step::new(create).with(Some(sealed))).await?;
    let AnyId::Principal(id) = done.entry.id else { return Err(Code::Internal.into()) };
    Answer::done(&done, &read_org(context, id).await?)
}

/// Lists the organizations that the caller is in.
pub(crate) async fn org_list(context: &Context, request: OrgList) -> Result<Answer, Problem> {
    let caller = context.principal()?;
    let look = move |state: &State| {
        let member = state.principals.find(caller);
        let orgs = member.into_iter().flat_map(|member| state.orgs.of(member));
        let ids = orgs.map(|org| state.principals.get(org).id);
        let all: Vec<Facts> = ids.filter_map(|id| facts(state, id, caller)).collect();
        (all, state.seq)
    };
    let (all, as_of_seq) = context.api.node.read(Some(caller), look).await?;
    let (page, next_cursor) = counted(all, request.cursor.as_ref(), request.limit)?;
    let mut names = names(context, page.iter().map(|facts| facts.id).collect()).await?;
    let data = page.into_iter().map(|facts| {
        let name = names.remove(&facts.id);
        tell(facts, name)
    });
    Answer::json(&Page { data: data.collect(), next_cursor, as_of_seq })
}

/// Reads an organization.
pub(crate) async fn org_get(context: &Context, request: OrgGet) -> Result<Answer, Problem> {
    let seen = seen_org(context, &request.org).await?;
    Answer::json(&read_org(context, seen.id).await?)
}

/// What the state knows of a member.
struct Fellow {
    id: PrincipalId,
    did: Did,
    role: Role,
    since: Time,
}

fn fellows(state: &State, org: PrincipalId) -> Vec<Fellow> {
    let Ok((_, org)) = state.org(org) else { return Vec::new() };
    let members = org.members.iter().map(|(&handle, member)| Fellow {
        id: state.principals.get(handle).id,
        did: state.did_at(handle),
        role: member.role,
        since: member.since,
    });
    members.collect()
}

fn tell_member(fellow: Fellow, name: Option<Name>) -> OrgMember {
    let Fellow { id, did, role, since } = fellow;
    OrgMember { id, did, name, role: tell_role(role), since: since.into() }
}

/// Lists members.
pub(crate) async fn org_member_list(
    context: &Context,
    request: OrgMemberList,
) -> Result<Answer, Problem> {
    let (caller, seen) = (context.principal()?, seen_org(context, &request.org).await?);
    let look = move |state: &State| (fellows(state, seen.id), state.seq);
    let (mut all, as_of_seq) = context.api.node.read(Some(caller), look).await?;
    all.retain(|fellow| seen.whole() || fellow.id == caller);
    let (page, next_cursor) = counted(all, request.cursor.as_ref(), request.limit)?;
    let mut names = names(context, page.iter().map(|fellow| fellow.id).collect()).await?;
    let data = page.into_iter().map(|fellow| {
        let name = names.remove(&fellow.id);
        tell_member(fellow, name)
    });
    Answer::json(&Page { data: data.collect(), next_cursor, as_of_seq })
}

/// Makes a member something else.
pub(crate) async fn org_member_role_set(
    context: &Context,
    request: OrgMemberRoleSet,
) -> Result<Answer, Problem> {
    let org = seen_org(context, &request.org).await?.id;
    let member = context.find(&request.member, Code::MemberUnknown).await?;
    let role = kernel_role(request.role);
    let set = Command::Org(OrgCommand::SetRole(SetRole { org, member, role }));
    let done = context.submit(Step::new(set)).await?;
    let look = move |state: &State| fellows(state, org).into_iter().find(|of| of.id == member);
    let fellow = context.api.node.read(context.principal().ok(), look).await?;
    // Told from what was done: somebody may have changed it again meanwhile.
    let fellow = Fellow { role, ..fellow.ok_or(Code::MemberUnknown)? };
    let name = names(context, vec![member]).await?.remove(&member);
    Answer::done(&done, &tell_member(fellow, name))
}

/// Ends somebody else's membership.
pub(crate) async fn org_member_remove(
    context: &Context,
    request: OrgMemberRemove,
) -> Result<Answer, Problem> {
    let org = seen_org(context, &request.org).await?.id;
    let member = context.find(&request.member, Code::MemberUnknown).await?;
    end(context, OrgCommand::Remove(Remove { org, member }), org, member).await
}

/// Ends the caller's own membership.
pub(crate) async fn org_leave(context: &Context, request: OrgLeave) -> Result<Answer, Problem> {
    let org = context.find(&request.org, Code::OrgUnknown).await?;
    let member = context.principal()?;
    let left = end(context, OrgCommand::Leave(Leave { org, member }), org, member).await;
    // Whoever is not in it does not learn that it is there.
    left.map_err(|problem| match problem.known_code() {
        Some(Code::MemberUnknown) => Code::OrgUnknown.into(),
        _ => problem,
    })
}

async fn end(
    context: &Context,
    command: OrgCommand,
    org: PrincipalId,
    member: PrincipalId,
) -> Result<Answer, Problem> {
    let done = context.submit(Step::new(Command::Org(command))).await?;
    Answer::done(&done, &MembershipEnded { org, member, seq: done.entry.seq })
}

/// Hands an organization on.
pub(crate) async fn org_owner_transfer(
    context: &Context,
    request: OrgOwnerTransfer,
) -> Result<Answer, Problem> {
    let org = seen_org(context, &request.org).await?.id;
    let to = context.find(&request.to, Code::MemberUnknown).await?;
    let transfer = OrgCommand::TransferOwnership(TransferOwnership { org, to });
    let done = context.submit(Step::new(Command::Org(transfer))).await?;
    Answer::done(&done, &read_org(context, org).await?)
}
