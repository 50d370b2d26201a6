//! By olga unless said otherwise.
//!
//! ```text
//! org NAME [id:OTHER] [key:OTHER]
//! orgrole ORG NAME ROLE       dismiss ORG NAME       quit ORG NAME       handover ORG NAME
//! invite ORG ROLE [id:I] [secret:TEXT] [mail:ADDRESS] [for SPAN]     as I
//! uninvite I                  join NAME SECRET
//! team ORG [id:T]     as T    unteam T      teamed T NAME      unteamed T NAME
//! share AGENT NAME|T          unshare AGENT NAME|T
//! hand AGENT NAME [keep] [max:N]
//! ```

use hansa_kernel::Command;
use hansa_kernel::limits::{AGENTS_PER_DEVELOPER_MAX, INVITE_LIFE_DEFAULT};
use hansa_kernel::org::{
    Accept, AddToTeam, Create, CreateTeam, DeleteTeam, Invite, Leave, OrgCommand, OrgRole, Remove,
    RemoveFromTeam, Revoke, SetRole, Share, ShareWith, TransferAgent, TransferOwnership, Unshare,
};
use hansa_types::{AnyId, InviteId, PrincipalId, TeamId};

use super::super::words::span;
use super::super::{Named, Town, Words};
use super::Asked;

pub(super) const VERBS: &[&str] = &[
    "org", "orgrole", "dismiss", "quit", "handover", "invite", "uninvite", "join", "team",
    "unteam", "teamed", "unteamed", "share", "unshare", "hand",
];

pub(super) fn parse(town: &mut Town, verb: &str, words: &mut Words<'_>) -> Result<Asked, String> {
    let name = words.next()?;
    let principal = town.principal(name);
    let command = match verb {
        "org" => {
            let id = PrincipalId::new(town.now.0, town.entropy());
            OrgCommand::Create(Create {
                id: words.keyed("id:").map_or(id, |other| town.principal(other)),
                key: Town::public_key(words.keyed("key:").unwrap_or(name)),
                card: Town::digest_of(name),
            })
        }
        "orgrole" => {
            let (member, role) = (town.principal(words.next()?), role(words.next()?)?);
            OrgCommand::SetRole(SetRole { org: principal, member, role })
        }
        "dismiss" => {
            let member = town.principal(words.next()?);
            OrgCommand::Remove(Remove { org: principal, member })
        }
        "quit" => {
            let member = words.next()?;
            let leave = Leave { org: principal, member: town.principal(member) };
            return Asked::by(member, Command::Org(OrgCommand::Leave(leave)));
        }
        "handover" => {
            let to = town.principal(words.next()?);
            OrgCommand::TransferOwnership(TransferOwnership { org: principal, to })
        }
        "invite" => invite(town, principal, words)?,
        "uninvite" => OrgCommand::RevokeInvite(Revoke { id: invite_id(town, name)? }),
        "join" => {
            let secret = Town::digest_of(words.next()?);
            let accept = Accept { secret, member: principal };
            return Asked::by(name, Command::Org(OrgCommand::Accept(accept)));
        }
        "hand" => {
            let max = words.keyed("max:").map(|max| max.parse().map_err(|_| "how many?"));
            OrgCommand::TransferAgent(TransferAgent {
                agent: principal,
                to: town.principal(words.next()?),
                keep_credentials: words.flag("keep"),
                agents_max: max.transpose()?.unwrap_or(AGENTS_PER_DEVELOPER_MAX),
            })
        }
        "share" => OrgCommand::Share(Share { agent: principal, with: with(town, words.next()?) }),
        "unshare" => {
            OrgCommand::Unshare(Unshare { agent: principal, with: with(town, words.next()?) })
        }
        _ => team(town, verb, name, words)?,
    };
    Asked::by("olga", Command::Org(command))
}

fn role(word: &str) -> Result<OrgRole, String> {
    let found = OrgRole::ALL.into_iter().find(|role| role.as_str() == word);
    found.ok_or_else(|| format!("{word} is no role in an organization"))
}

fn invite(town: &mut Town, org: PrincipalId, words: &mut Words<'_>) -> Result<OrgCommand, String> {
    let role = role(words.next()?)?;
    let number = town.entropy();
    let id = words.keyed("id:").map(|name| invite_id(town, name)).transpose()?;
    let secret = words.keyed("secret:").map_or(number.to_string(), str::to_owned);
    let life = words.after("for").map(span).transpose()?;
    Ok(OrgCommand::Invite(Invite {
        id: id.unwrap_or(InviteId::new(town.now.0, number)),
        org,
        role,
        secret: Town::digest_of(&secret),
        email: words.keyed("mail:").map(Town::digest_of),
        life: life.unwrap_or(INVITE_LIFE_DEFAULT),
    }))
}

fn team(
    town: &mut Town,
    verb: &str,
    name: &str,
    words: &mut Words<'_>,
) -> Result<OrgCommand, String> {
    if verb == "team" {
        let number = town.entropy();
        let id = words.keyed("id:").map(|name| team_id(town, name)).transpose()?;
        return Ok(OrgCommand::CreateTeam(CreateTeam {
            id: id.unwrap_or(TeamId::new(town.now.0, number)),
            org: town.principal(name),
            name: Town::digest_of("a team"),
        }));
    }
    let team = team_id(town, name)?;
    if verb == "unteam" {
        return Ok(OrgCommand::DeleteTeam(DeleteTeam { id: team }));
    }
    let member = town.principal(words.next()?);
    Ok(match verb {
        "teamed" => OrgCommand::AddToTeam(AddToTeam { team, member }),
        _ => OrgCommand::RemoveFromTeam(RemoveFromTeam { team, member }),
    })
}

fn with(town: &Town, name: &str) -> ShareWith {
    match team_id(town, name) {
        Ok(team) => ShareWith::Team(team),
        Err(_) => ShareWith::Member(town.principal(name)),
    }
}

fn invite_id(town: &Town, name: &str) -> Result<InviteId, String> {
    match town.named(name)? {
        Named::Id(AnyId::Invite(id)) => Ok(id),
        other => Err(format!("{name} is {other:?} and no invitation")),
    }
}

fn team_id(town: &Town, name: &str) -> Result<TeamId, String> {
    match town.named(name)? {
        Named::Id(AnyId::Team(id)) => Ok(id),
        other => Err(format!("{name} is {other:?} and no team")),
    }
}
