//! `hansa org`: organizations, who is in them, and their teams.

use clap::Subcommand;
use hansa_types::TeamId;
use hansa_wire::api::orgs::{
    OrgAgentList, OrgCreate, OrgGet, OrgLeave, OrgList, OrgMemberList, OrgMemberRemove,
    OrgMemberRoleSet, OrgOwnerTransfer, OrgRole,
};
use hansa_wire::api::teams::{TeamCreate, TeamDelete, TeamList, TeamMemberAdd, TeamMemberRemove};
use hansa_wire::scalar::{Name, PrincipalRef};

use super::agent::name;
use super::paging::Paging;
use super::{App, DONE, Outcome};
use crate::remote::Idempotency;

/// What can be done with organizations.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Make an organization that you own
    Create {
        /// What people call it
        #[arg(value_parser = name)]
        name: Name,
        #[command(flatten)]
        idempotency: Idempotency,
    },
    /// List the organizations that you are in
    List(Paging),
    /// Show an organization that you are in
    Show {
        /// Its id or DID
        org: PrincipalRef,
    },
    /// List who is in an organization, and as what
    Members {
        /// Its id or DID
        org: PrincipalRef,
        #[command(flatten)]
        paging: Paging,
    },
    /// List the agents that belong to an organization
    Agents {
        /// Its id or DID
        org: PrincipalRef,
        #[command(flatten)]
        paging: Paging,
    },
    /// Make a member something else
    Role {
        /// The organization's id or DID
        org: PrincipalRef,
        /// The member's id or DID
        member: PrincipalRef,
        /// What: owner, admin, member or guest
        #[arg(value_parser = role)]
        role: OrgRole,
    },
    /// End somebody's membership
    Remove {
        /// The organization's id or DID
        org: PrincipalRef,
        /// The member's id or DID
        member: PrincipalRef,
    },
    /// End your own membership
    Leave {
        /// The organization's id or DID
        org: PrincipalRef,
    },
    /// Make another member the owner in your place; you become an admin
    Transfer {
        /// The organization's id or DID
        org: PrincipalRef,
        /// The member's id or DID
        to: PrincipalRef,
    },
    /// Teams: named subsets of the members
    #[command(subcommand)]
    Team(Team),
}

/// What can be done with teams.
#[derive(Debug, Subcommand)]
pub(crate) enum Team {
    /// Make a team
    Create {
        /// The organization's id or DID
        org: PrincipalRef,
        /// What people call it
        #[arg(value_parser = name)]
        name: Name,
        #[command(flatten)]
        idempotency: Idempotency,
    },
    /// List the teams of an organization
    List {
        /// The organization's id or DID
        org: PrincipalRef,
        #[command(flatten)]
        paging: Paging,
    },
    /// Dissolve a team; its members stay in the organization
    Delete {
        /// Its id
        team: TeamId,
    },
    /// Put a member of the organization into a team
    Add {
        /// Its id
        team: TeamId,
        /// The member's id or DID
        member: PrincipalRef,
    },
    /// Take a member out of a team
    Remove {
        /// Its id
        team: TeamId,
        /// The member's id or DID
        member: PrincipalRef,
    },
}

/// What is shown of an organization.
pub(super) const SHOWN: &[&str] =
    &["id", "did", "name", "status", "role", "members", "agents", "created_at"];
const LISTED: &[&str] = &["id", "name", "status", "role", "members", "agents"];
const MEMBERS: &[&str] = &["id", "name", "role", "since"];
const AGENTS: &[&str] = &["id", "name", "status", "did"];
const ENDED: &[&str] = &["org", "member", "seq"];
const TEAMS: &[&str] = &["id", "name", "members"];
const TEAM: &[&str] = &["id", "org", "name", "members", "created_at"];

/// Reads a role by its word in the API.
pub(super) fn role(word: &str) -> Result<OrgRole, String> {
    serde_json::from_value(serde_json::Value::from(word))
        .map_err(|_| "expected owner, admin, member or guest".to_owned())
}

impl Command {
    /// Carries it out.
    pub(crate) async fn run(self, app: &App<'_>) -> Outcome {
        let remote = app.remote()?;
        match self {
            Command::Create { name, idempotency } => {
                let made = remote.call_once(&OrgCreate { name }, &idempotency).await?;
                app.ui.answer(&made, SHOWN)?;
                app.ui.say("next step: hansa invite create …");
            }
            Command::List(Paging { cursor, limit }) => {
                app.ui.answer(&remote.call(&OrgList { cursor, limit }).await?, LISTED)?;
            }
            Command::Show { org } => {
                app.ui.answer(&remote.call(&OrgGet { org }).await?, SHOWN)?;
            }
            Command::Members { org, paging: Paging { cursor, limit } } => {
                let request = OrgMemberList { org, cursor, limit };
                app.ui.answer(&remote.call(&request).await?, MEMBERS)?;
            }
            Command::Agents { org, paging: Paging { cursor, limit } } => {
                let request = OrgAgentList { org, cursor, limit };
                app.ui.answer(&remote.call(&request).await?, AGENTS)?;
            }
            Command::Role { org, member, role } => {
                let request = OrgMemberRoleSet { org, member, role };
                app.ui.answer(&remote.call(&request).await?, MEMBERS)?;
            }
            Command::Remove { org, member } => {
                let request = OrgMemberRemove { org, member };
                app.ui.answer(&remote.call(&request).await?, ENDED)?;
            }
            Command::Leave { org } => {
                app.ui.answer(&remote.call(&OrgLeave { org }).await?, ENDED)?;
            }
            Command::Transfer { org, to } => {
                app.ui.answer(&remote.call(&OrgOwnerTransfer { org, to }).await?, SHOWN)?;
            }
            Command::Team(team) => return team.run(app).await,
        }
        DONE
    }
}

impl Team {
    async fn run(self, app: &App<'_>) -> Outcome {
        let remote = app.remote()?;
        match self {
            Team::Create { org, name, idempotency } => {
                let request = TeamCreate { org, name };
                app.ui.answer(&remote.call_once(&request, &idempotency).await?, TEAM)?;
            }
            Team::List { org, paging: Paging { cursor, limit } } => {
                let request = TeamList { org, cursor, limit };
                app.ui.answer(&remote.call(&request).await?, TEAMS)?;
            }
            Team::Delete { team } => {
                app.ui.answer(&remote.call(&TeamDelete { team }).await?, &["id", "seq"])?;
            }
            Team::Add { team, member } => {
                app.ui.answer(&remote.call(&TeamMemberAdd { team, member }).await?, TEAM)?;
            }
            Team::Remove { team, member } => {
                app.ui.answer(&remote.call(&TeamMemberRemove { team, member }).await?, TEAM)?;
            }
        }
        DONE
    }
}
