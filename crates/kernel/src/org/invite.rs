//! Invitations: single use, expiring, for whoever holds the token or for one e-mail address alone.
//!
//! The state keeps the token's digest. An invitation falls with the standing of who made it: if they
//! left meanwhile, or were set below what they offered, nobody joins by it.

use hansa_types::{AnyId, Code, Digest, Duration, InviteId, PrincipalId, Rejection, Time, Vis};
use serde::{Deserialize, Serialize};

use super::member::{check_joining, joined, rank};
use super::{OrgRole, Pending};
use crate::State;
use crate::admit::Permit;
use crate::decide::{Context, Draft};
use crate::due::Leaving;
use crate::entry::Entry;
use crate::event::Event;
use crate::limits::{INVITE_LIFE_MAX, INVITE_LIFE_MIN, INVITES_PER_ORG_MAX, MEMBERS_PER_ORG_MAX};

/// Invite somebody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invite {
    /// The id the invitation shall have.
    pub id: InviteId,
    /// Where to.
    pub org: PrincipalId,
    /// As what.
    pub role: OrgRole,
    /// SHA-256 of the token.
    pub secret: Digest,
    /// Digest under the node's secret of the only e-mail address whose account may accept it.
    pub email: Option<Digest>,
    /// How long it is good.
    pub life: Duration,
}

/// Take an invitation back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Revoke {
    /// Which.
    pub id: InviteId,
}

/// Join by an invitation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Accept {
    /// SHA-256 of the token.
    pub secret: Digest,
    /// Who joins: the caller.
    pub member: PrincipalId,
}

/// Data of `member.invited`. The entry's id is the invitation, its subject the organization.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Invited {
    /// As what.
    pub role: OrgRole,
    /// SHA-256 of the token, which has at least 192 random bits.
    pub secret: Digest,
    /// Digest under the node's secret of the only e-mail address whose account may accept it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<Digest>,
    /// When it is void.
    pub expires: Time,
}

/// Data of `invite.revoked`. The entry's id is the invitation, its subject the organization.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Revoked {}

impl Invite {
    pub(super) fn decide(
        &self,
        permit: &Permit<'_>,
        ctx: &mut Context<'_>,
        out: &mut Vec<Draft>,
    ) -> Result<(), Rejection> {
        let state = permit.state();
        let (handle, org) = state.org(self.org)?;
        let refuse = |detail: &'static str| Err(Rejection::new(Code::InvalidField, detail));
        if self.role == OrgRole::Owner {
            return refuse(
                "role: invite them as something less, and make them owner when they came",
            );
        }
        if !rank(permit, handle)?.outranks(self.role) {
            return Err(Code::RoleTooLow.into());
        }
        if self.life < INVITE_LIFE_MIN || self.life > INVITE_LIFE_MAX {
            return refuse("expires_in_s: between a minute and 30 days");
        }
        let pending = org.invites.iter().filter_map(|id| state.orgs.invite(*id));
        if pending.filter(|invite| invite.expires > ctx.now).count() >= INVITES_PER_ORG_MAX {
            let detail = "at most 100 invitations of an organization are pending; revoke some";
            return Err(Rejection::new(Code::StateFull, detail));
        }
        if state.orgs.invite(self.id).is_some()
            || state.orgs.invite_by_secret(&self.secret).is_some()
        {
            return refuse("id: there is such an invitation already");
        }
        let expires = ctx.now.after(self.life);
        let (role, secret, email) = (self.role, self.secret, self.email);
        let event = Event::MemberInvited(Invited { role, secret, email, expires });
        out.push(Draft::new(self.id, Vis::Org, event).about(self.org));
        Ok(())
    }
}

impl Revoke {
    pub(super) fn decide(
        &self,
        permit: &Permit<'_>,
        out: &mut Vec<Draft>,
    ) -> Result<(), Rejection> {
        let state = permit.state();
        let invite = state.orgs.invite(self.id).ok_or(Code::NotFound)?;
        if !rank(permit, invite.org)?.outranks(invite.role) {
            return Err(Code::RoleTooLow.into());
        }
        let org = state.principals.get(invite.org).id;
        let event = Event::InviteRevoked(Revoked {});
        out.push(Draft::new(self.id, Vis::Org, event).about(org));
        Ok(())
    }
}

impl Accept {
    pub(super) fn decide(
        &self,
        permit: &Permit<'_>,
        ctx: &mut Context<'_>,
        out: &mut Vec<Draft>,
    ) -> Result<(), Rejection> {
        let state = permit.state();
        let member = state.principal(self.member)?;
        let id = state.orgs.invite_by_secret(&self.secret).ok_or(Code::InviteInvalid)?;
        let invite = state.orgs.invite(id).filter(|invite| state.stands(invite, ctx.now));
        let invite = invite.ok_or(Code::InviteInvalid)?;
        if let Some(email) = invite.email
            && state.accounts.get(member).is_none_or(|account| account.email != email)
        {
            let detail = "The invitation is for the account of another e-mail address.";
            return Err(Rejection::new(Code::InviteInvalid, detail));
        }
        let org = state.orgs.get(invite.org).ok_or(Code::InviteInvalid)?;
        if org.members.contains_key(&member) {
            return Err(Code::MemberExists.into());
        }
        if state.principals.get(member).controller == Some(invite.org) {
            let detail = "member: an agent that belongs to the organization is no member of it";
            return Err(Rejection::new(Code::InvalidField, detail));
        }
        if org.members.len() >= MEMBERS_PER_ORG_MAX {
            let detail = "an organization has at most 1,000 members";
            return Err(Rejection::new(Code::StateFull, detail));
        }
        check_joining(state, member)?;
        let org = state.principals.get(invite.org).id;
        joined(org, self.member, invite.role, Some(id), ctx, out);
        Ok(())
    }
}

impl State {
    /// Whether an invitation is good at a moment, for whomever it is meant.
    pub fn stands(&self, invite: &Pending, now: Time) -> bool {
        let inviter = self.orgs.role(invite.org, invite.by);
        invite.expires > now
            && self.principals.status(invite.org).active
            && self.principals.status(invite.by).active
            && inviter.is_some_and(|inviter| inviter.outranks(invite.role))
    }
}

pub(crate) fn apply_invited(state: &mut State, entry: &Entry, invited: &Invited) {
    let (AnyId::Invite(id), Some(by)) = (entry.id, entry.actor) else {
        panic!("member.invited names the invitation and who invites");
    };
    let by = state.handle(by);
    let (handle, org) = state.org_of_entry(entry);
    org.invites.insert(id);
    let invite = Pending {
        org: handle,
        by,
        role: invited.role,
        secret: invited.secret,
        email: invited.email,
        created: entry.ts,
        expires: invited.expires,
    };
    state.orgs.by_secret.insert(invited.secret, id);
    state.orgs.invites.insert(id, invite);
    state.leaving.insert((invited.expires, Leaving::Invite(id)));
}

pub(crate) fn apply_revoked(state: &mut State, entry: &Entry, _: &Revoked) {
    let AnyId::Invite(id) = entry.id else { panic!("invite.revoked names the invitation") };
    forget(state, id);
}

/// Takes an invitation out of the state.
pub(crate) fn forget(state: &mut State, id: InviteId) {
    let Some(invite) = state.orgs.invites.remove(&id) else { return };
    state.leaving.remove(&(invite.expires, Leaving::Invite(id)));
    state.orgs.by_secret.remove(&invite.secret);
    if let Some(org) = state.orgs.get_mut(invite.org) {
        org.invites.remove(&id);
    }
}
