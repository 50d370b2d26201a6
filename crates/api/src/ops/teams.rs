//! Teams: making, listing and dissolving them, and who is in them.

use std::sync::Arc;

use hansa_kernel::org::{AddToTeam, CreateTeam, DeleteTeam, OrgCommand, RemoveFromTeam};
use hansa_kernel::{Command, State};
use hansa_node::internal;
use hansa_node::vault::Sealed;
use hansa_types::{AnyId, Code, PrincipalId, TeamId, Time};
use hansa_wire::Problem;
use hansa_wire::api::Page;
use hansa_wire::api::teams::{
    Team, TeamCreate, TeamDelete, TeamDeleted, TeamList, TeamMemberAdd, TeamMemberRemove,
};
use hansa_wire::scalar::Name;

use super::orgs::{SeenOrg, seen_org};
use crate::answer::Answer;
use crate::context::{Context, Step};
use crate::resolve::counted;
use crate::serve::blocking;

/// Where a team's name lies in the vault.
fn name_id(team: TeamId) -> String {
    format!("team/{team}")
}

/// What the state knows of a team, as the caller sees it.
struct Facts {
    id: TeamId,
    org: PrincipalId,
    members: Vec<PrincipalId>,
    created: Time,
}

/// A team of an organization that the caller sees; a guest sees the teams they are in, and nobody
/// else there.
fn facts(state: &State, id: TeamId, caller: PrincipalId, all: bool) -> Option<Facts> {
    let (handle, _, team) = state.team(id).ok()?;
    let role = state.orgs.role(handle, state.principals.find(caller)?);
    let seen = SeenOrg { id: state.principals.get(handle).id, role };
    let members = team.members.iter().map(|member| state.principals.get(*member).id);
    let members: Vec<PrincipalId> =
        members.filter(|member| seen.whole() || *member == caller).collect();
    let shown = (all || role.is_some()) && (seen.whole() || !members.is_empty());
    shown.then_some(Facts { id, org: seen.id, members, created: team.created })
}

async fn seen_team(context: &Context, id: TeamId) -> Result<Facts, Problem> {
    let (caller, all) = (context.principal()?, context.sees_all().await?);
    let look = move |state: &State| facts(state, id, caller, all);
    let facts = context.api.node.read(Some(caller), look).await?;
    Ok(facts.ok_or(Code::TeamUnknown)?)
}

async fn tell(context: &Context, all: Vec<Facts>) -> Result<Vec<Team>, Problem> {
    let vault = Arc::clone(&context.api.node.vault);
    let told = blocking(move || {
        let told = all.into_iter().map(|facts| {
            let Facts { id, org, members, created } = facts;
            let name = vault.open(&name_id(id))?.map(|opened| opened.bytes.to_vec());
            let name = name.and_then(|bytes| String::from_utf8(bytes).ok()).and_then(Name::new);
            Ok::<_, hansa_node::Error>(Team { id, org, name, members, created_at: created.into() })
        });
        told.collect::<Result<Vec<Team>, _>>()
    });
    Ok(told.await?.map_err(internal)?)
}

/// Makes a team.
pub(crate) async fn team_create(context: &Context, request: TeamCreate) -> Result<Answer, Problem> {
    let node = &context.api.node;
    let org = seen_org(context, &request.org).await?.id;
    let id = TeamId::new(node.now().0, node.env.random_u128());
    let (vault, name) = (Arc::clone(&node.vault), request.name);
    let seal = move || vault.seal(org, name_id(id), name.as_str().as_bytes());
    let sealed: Sealed = blocking(seal).await?.map_err(internal)?;
    let create = OrgCommand::CreateTeam(CreateTeam { id, org, name: sealed.digest });
    change(context, create, Some(sealed)).await
}

/// Carries out a change of a team and tells how it stands then.
async fn change(
    context: &Context,
    command: OrgCommand,
    sealed: Option<Sealed>,
) -> Result<Answer, Problem> {
    let done = context.submit(Step::new(Command::Org(command)).with(sealed)).await?;
    let AnyId::Team(id) = done.entry.id else { return Err(Code::Internal.into()) };
    let told = tell(context, vec![seen_team(context, id).await?]).await?;
    Answer::done(&done, &told.into_iter().next().ok_or(Code::Internal)?)
}

/// Lists teams.
pub(crate) async fn team_list(context: &Context, request: TeamList) -> Result<Answer, Problem> {
    let (caller, all) = (context.principal()?, context.sees_all().await?);
    let seen = seen_org(context, &request.org).await?;
    let look = move |state: &State| {
        let teams = state.org(seen.id).map(|(_, org)| org.teams.keys());
        let teams = teams.into_iter().flatten();
        let found: Vec<Facts> = teams.filter_map(|id| facts(state, *id, caller, all)).collect();
        (found, state.seq)
    };
    let (found, as_of_seq) = context.api.node.read(Some(caller), look).await?;
    let (page, next_cursor) = counted(found, request.cursor.as_ref(), request.limit)?;
    Answer::json(&Page { data: tell(context, page).await?, next_cursor, as_of_seq })
}

/// Dissolves a team.
pub(crate) async fn team_delete(context: &Context, request: TeamDelete) -> Result<Answer, Problem> {
    let id = request.team;
    let delete = Command::Org(OrgCommand::DeleteTeam(DeleteTeam { id }));
    let done = hide(context.submit(Step::new(delete)).await, context, id).await?;
    Answer::done(&done, &TeamDeleted { id, seq: done.entry.seq })
}

/// Who may not do this learns that there is a team only if they see it.
async fn hide<T>(
    outcome: Result<T, Problem>,
    context: &Context,
    team: TeamId,
) -> Result<T, Problem> {
    match outcome {
        Err(problem) if problem.known_code() == Some(Code::Forbidden) => {
            seen_team(context, team).await?;
            Err(problem)
        }
        outcome => outcome,
    }
}

/// Puts a member of the organization into a team.
pub(crate) async fn team_member_add(
    context: &Context,
    request: TeamMemberAdd,
) -> Result<Answer, Problem> {
    seen_team(context, request.team).await?;
    let member = context.find(&request.member, Code::MemberUnknown).await?;
    change(context, OrgCommand::AddToTeam(AddToTeam { team: request.team, member }), None).await
}

/// Takes a member out of a team.
pub(crate) async fn team_member_remove(
    context: &Context,
    request: TeamMemberRemove,
) -> Result<Answer, Problem> {
    seen_team(context, request.team).await?;
    let member = context.find(&request.member, Code::MemberUnknown).await?;
    let remove = RemoveFromTeam { team: request.team, member };
    change(context, OrgCommand::RemoveFromTeam(remove), None).await
}
