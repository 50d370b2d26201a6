//! Handing an organization on.

use hansa_types::{Code, GrantId, PrincipalId, Rejection, Vis};
use serde::{Deserialize, Serialize};

use super::OrgRole;
use super::member::{member_of, rank, set_role};
use super::role::{end_role_grant, role_grant};
use crate::State;
use crate::admit::Permit;
use crate::decide::{Context, Draft};
use crate::entry::Entry;
use crate::event::Event;

/// Make another member the owner in the caller's place, who becomes an admin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TransferOwnership {
    /// Of what.
    pub org: PrincipalId,
    /// To whom.
    pub to: PrincipalId,
}

/// Data of `org.owner_transferred`. The entry's subject is the organization.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OwnerTransferred {
    /// Who was an owner and is an admin now.
    pub from: PrincipalId,
    /// The grant that comes with that.
    pub from_grant: GrantId,
    /// Who is an owner now.
    pub member: PrincipalId,
    /// The grant that comes with that.
    pub grant: GrantId,
}

impl TransferOwnership {
    pub(super) fn decide(
        &self,
        permit: &Permit<'_>,
        ctx: &mut Context<'_>,
        out: &mut Vec<Draft>,
    ) -> Result<(), Rejection> {
        let state = permit.state();
        let (handle, org) = state.org(self.org)?;
        let from = permit.caller().principal.ok_or(Code::Forbidden)?;
        if rank(permit, handle)? != OrgRole::Owner {
            return Err(Code::RoleTooLow.into());
        }
        let (to, role) = member_of(state, org, self.to)?;
        let refuse = |detail: &'static str| Err(Rejection::new(Code::InvalidField, detail));
        if role == OrgRole::Owner {
            return refuse("to: they own the organization already");
        }
        if !state.principals.status(to).active {
            return Err(Code::PrincipalSuspended.into());
        }
        let (Some((grant, owner)), Some((from_grant, admin))) = (
            role_grant(self.org, self.to, OrgRole::Owner, ctx),
            role_grant(self.org, from, OrgRole::Admin, ctx),
        ) else {
            return Err(Code::Internal.into());
        };
        let done = OwnerTransferred { from, from_grant, member: self.to, grant };
        let event = Event::OrgOwnerTransferred(done);
        out.push(Draft::new(ctx.entry_id(), Vis::Org, event).about(self.org));
        out.extend(end_role_grant(state, handle, to));
        out.extend(end_role_grant(state, handle, state.principal(from)?));
        out.extend([owner, admin]);
        Ok(())
    }
}

pub(crate) fn apply_owner_transferred(state: &mut State, entry: &Entry, done: &OwnerTransferred) {
    set_role(state, entry, (done.member, OrgRole::Owner, Some(done.grant)));
    set_role(state, entry, (done.from, OrgRole::Admin, Some(done.from_grant)));
}
