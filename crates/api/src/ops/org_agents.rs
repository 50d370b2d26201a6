//! Agents of organizations: which there are, handing them on, and sharing them.

use hansa_kernel::org::{OrgCommand, Share, ShareWith, TransferAgent, Unshare};
use hansa_kernel::{Command, State};
use hansa_types::{Code, Did, PrincipalId, TeamId};
use hansa_wire::Problem;
use hansa_wire::api::Page;
use hansa_wire::api::agents::PrincipalStatus;
use hansa_wire::api::orgs::{
    AgentShare, AgentTransfer, AgentTransferred, AgentUnshare, OrgAgent, OrgAgentList, SharedWith,
    Sharing,
};
use hansa_wire::scalar::PrincipalRef;

use super::orgs::{names, seen_org, status};
use crate::answer::Answer;
use crate::context::{Context, Step};
use crate::resolve::counted;

/// What the state knows of an agent.
struct Facts {
    id: PrincipalId,
    did: Did,
    status: PrincipalStatus,
    shared_with: Vec<SharedWith>,
}

/// Lists the agents that belong to an organization, as far as the caller sees them.
pub(crate) async fn org_agent_list(
    context: &Context,
    request: OrgAgentList,
) -> Result<Answer, Problem> {
    let (caller, seen) = (context.principal()?, seen_org(context, &request.org).await?);
    let look = move |state: &State| {
        let found = state.org(seen.id).ok().zip(state.principals.find(caller));
        let Some(((_, org), looker)) = found else { return (Vec::new(), state.seq) };
        let sees = |agent| seen.whole() || state.sees_for_org(looker, agent);
        let agents = org.agents.iter().copied().filter(|agent| sees(*agent)).map(|agent| {
            let shares = org.shares.iter().filter(|(shared, _)| seen.whole() && *shared == agent);
            Facts {
                id: state.principals.get(agent).id,
                did: state.did_at(agent),
                status: status(state.principals.status(agent)),
                shared_with: shares.map(|(_, with)| tell_with(*with)).collect(),
            }
        });
        (agents.collect(), state.seq)
    };
    let (all, as_of_seq) = context.api.node.read(Some(caller), look).await?;
    let (page, next_cursor) = counted(all, request.cursor.as_ref(), request.limit)?;
    let mut names = names(context, page.iter().map(|facts| facts.id).collect()).await?;
    let data = page.into_iter().map(|facts| {
        let Facts { id, did, status, shared_with } = facts;
        OrgAgent { id, did, name: names.remove(&id), status, shared_with }
    });
    Answer::json(&Page { data: data.collect(), next_cursor, as_of_seq })
}

fn tell_with(with: ShareWith) -> SharedWith {
    match with {
        ShareWith::Member(member) => SharedWith { member: Some(member), team: None },
        ShareWith::Team(team) => SharedWith { member: None, team: Some(team) },
    }
}

/// Hands an agent on.
pub(crate) async fn agent_transfer(
    context: &Context,
    request: AgentTransfer,
) -> Result<Answer, Problem> {
    let agent = context.find(&request.agent, Code::PrincipalUnknown).await?;
    let to = context.find(&request.to, Code::PrincipalUnknown).await?;
    let transfer = TransferAgent {
        agent,
        to,
        keep_credentials: request.keep_credentials,
        agents_max: context.api.node.config.agents_per_developer_max,
    };
    let transfer = Command::Org(OrgCommand::TransferAgent(transfer));
    let done = context.submit(Step::new(transfer)).await?;
    let told = AgentTransferred { id: agent, controller: to, seq: done.entry.seq };
    Answer::done(&done, &told)
}

/// Shares an agent with a member or a team.
pub(crate) async fn agent_share(context: &Context, request: AgentShare) -> Result<Answer, Problem> {
    let with = with(context, request.member.as_ref(), request.team).await?;
    let agent = of_own_org(context, &request.agent).await?;
    share(context, OrgCommand::Share(Share { agent, with }), agent, with).await
}

/// Takes that back.
pub(crate) async fn agent_unshare(
    context: &Context,
    request: AgentUnshare,
) -> Result<Answer, Problem> {
    let with = with(context, request.member.as_ref(), request.team).await?;
    let agent = of_own_org(context, &request.agent).await?;
    share(context, OrgCommand::Unshare(Unshare { agent, with }), agent, with).await
}

async fn share(
    context: &Context,
    command: OrgCommand,
    agent: PrincipalId,
    with: ShareWith,
) -> Result<Answer, Problem> {
    let done = context.submit(Step::new(Command::Org(command))).await?;
    Answer::done(&done, &Sharing { id: agent, with: tell_with(with), seq: done.entry.seq })
}

/// With whom a request says: one of the two.
async fn with(
    context: &Context,
    member: Option<&PrincipalRef>,
    team: Option<TeamId>,
) -> Result<ShareWith, Problem> {
    match (member, team) {
        (Some(member), None) => {
            Ok(ShareWith::Member(context.find(member, Code::MemberUnknown).await?))
        }
        (None, Some(team)) => Ok(ShareWith::Team(team)),
        _ => Err(Problem::new(Code::InvalidField, "member, team: name one of them")),
    }
}

/// An agent of an organization that the caller is in. Of any other nobody learns whose it is.
async fn of_own_org(context: &Context, named: &PrincipalRef) -> Result<PrincipalId, Problem> {
    let id = context.find(named, Code::PrincipalUnknown).await?;
    let caller = context.principal()?;
    let look = move |state: &State| {
        let agent = state.principal(id)?;
        let role = state.org_of(agent).zip(state.principals.find(caller));
        let role = role.and_then(|(org, caller)| state.orgs.role(org, caller));
        role.map(|_| id).ok_or_else(|| Code::Forbidden.into())
    };
    let found: Result<PrincipalId, hansa_types::Rejection> =
        context.api.node.read(Some(caller), look).await?;
    Ok(found?)
}
