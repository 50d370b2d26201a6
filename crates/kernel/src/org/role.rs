//! Roles and the authority that comes with them.

use hansa_types::{GrantId, PrincipalId, Vis};
use serde::{Deserialize, Serialize};

use crate::State;
use crate::decide::{Context, Draft};
use crate::event::Event;
use crate::grant::{self, Action};
use crate::limits::GRANT_LIFE_MAX;
use crate::principal::Handle;

/// What somebody is in an organization, the least first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum OrgRole {
    /// Looks into what is shared with them, and does nothing.
    Guest,
    /// Sees what the organization owns, adds agents and works with them.
    Member,
    /// Manages members, invitations, teams, agents with their credentials, and money.
    Admin,
    /// Everything, admins and owners included.
    Owner,
}

/// What a member does with the agents that belong to the organization.
const OF_MEMBER: &[&str] = &[
    "agent_onboard",
    "agent_card_set",
    "task_*",
    "liability_bind",
    "context_attest",
    "evidence_add",
    "decision_record",
    "commerce_session_create",
    "approval_request_create",
    "approval_bind",
];

/// What an admin does beside that.
const OF_ADMIN: &[&str] = &[
    "agent_*",
    "api_key_*",
    "client_*",
    "tokens_revoke",
    "custody_key_set",
    "funding_request",
    "transfer_*",
    "grant_*",
    "invite_*",
    "team_*",
    "org_member_*",
];

impl OrgRole {
    /// Every role, the least first.
    pub const ALL: [OrgRole; 4] = [OrgRole::Guest, OrgRole::Member, OrgRole::Admin, OrgRole::Owner];

    /// The word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            OrgRole::Guest => "guest",
            OrgRole::Member => "member",
            OrgRole::Admin => "admin",
            OrgRole::Owner => "owner",
        }
    }

    /// Whether somebody of this role may make somebody of another one what is said, or end it: an
    /// owner everybody, others whoever stands below them, to what is below them.
    pub fn outranks(self, other: OrgRole) -> bool {
        self == OrgRole::Owner || self > other
    }

    /// The operations that the role allows on the organization's behalf.
    pub fn actions(self) -> Vec<Action> {
        let words: Vec<&str> = match self {
            OrgRole::Guest => Vec::new(),
            OrgRole::Member => OF_MEMBER.to_vec(),
            OrgRole::Admin => {
                let more = OF_MEMBER.iter().filter(|word| !word.starts_with("agent_"));
                OF_ADMIN.iter().chain(more).copied().collect()
            }
            OrgRole::Owner => return vec![Action::everything()],
        };
        words.into_iter().filter_map(|word| word.parse().ok()).collect()
    }
}

/// The grant of a role, with its id; guests get none.
pub(super) fn role_grant(
    org: PrincipalId,
    member: PrincipalId,
    role: OrgRole,
    ctx: &mut Context<'_>,
) -> Option<(GrantId, Draft)> {
    let actions = role.actions();
    if actions.is_empty() {
        return None;
    }
    let terms = grant::Terms {
        actions,
        limits: grant::Limits::default(),
        scope: None,
        expires: ctx.now.after(GRANT_LIFE_MAX),
        depth_max: None,
    };
    let id = GrantId::new(ctx.now.0, ctx.entropy());
    let created = Event::GrantCreated(grant::Created::new(org, terms, None));
    Some((id, Draft::new(id, Vis::Parties, created).about(member)))
}

/// The end of the grant that came with somebody's role, where it has not ended by itself.
pub(super) fn end_role_grant(state: &State, org: Handle, member: Handle) -> Option<Draft> {
    let id = state.orgs.get(org)?.members.get(&member)?.grant?;
    state.grants.get(&id).filter(|grant| grant.ended.is_none())?;
    let holder = state.principals.get(member).id;
    let revoked = Event::GrantRevoked(grant::Revoked {});
    Some(Draft::new(id, Vis::Parties, revoked).about(holder))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pattern_of_a_role_is_one_and_each_role_reaches_further_than_those_below() {
        assert_eq!(OrgRole::Member.actions().len(), OF_MEMBER.len());
        assert!(OrgRole::Admin.actions().len() <= crate::limits::ACTIONS_MAX);
        for pair in OrgRole::ALL.windows(2) {
            let (less, more) = (pair[0].actions(), pair[1].actions());
            let reaches = |wanted: &Action| more.iter().any(|action| action.includes(wanted));
            assert!(less.iter().all(reaches), "{pair:?}");
            assert!(pair[1].outranks(pair[0]) && !pair[0].outranks(pair[1]), "{pair:?}");
        }
    }
}
