//! Giving authority, narrowing it on, and taking it back.

use hansa_types::{Amount, AnyId, Code, GrantId, PrincipalId, Rejection, Time, Vis};
use serde::{Deserialize, Serialize};

use super::{Action, Grant, Limits, LimitsLine, refuse_widening};
use crate::State;
use crate::admit::Permit;
use crate::decide::{Context, Draft};
use crate::due::Leaving;
use crate::entry::Entry;
use crate::event::Event;
use crate::limits::{
    ACTIONS_MAX, GRANT_DEPTH_MAX, GRANT_LIFE_MAX, GRANT_REVOKED_REMEMBERED, GRANTS_PER_HOLDER_MAX,
};

/// Give authority.
#[derive(Debug, Clone, PartialEq)]
pub struct Create {
    /// Who gives it: the caller.
    pub issuer: PrincipalId,
    /// Who receives it.
    pub holder: PrincipalId,
    /// What it allows.
    pub actions: Vec<Action>,
    /// How much it may move.
    pub limits: Limits,
    /// When it ends.
    pub expires: Time,
    /// The grant it narrows, held by the issuer; without one the issuer gives authority over what
    /// is their own. Whoever asks under a grant of the issuer narrows that one.
    pub parent: Option<GrantId>,
}

/// Take authority back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Revoke {
    /// Which grant.
    pub id: GrantId,
}

/// Data of `grant.created`. The entry's id is the grant, its subject the holder.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Created {
    /// Who gives it.
    pub issuer: PrincipalId,
    /// What it allows.
    pub actions: Vec<Action>,
    /// How much it may move.
    #[serde(default, with = "LimitsLine", skip_serializing_if = "no_limits")]
    pub limits: Limits,
    /// When it ends.
    pub expires: Time,
    /// The grant it narrows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<GrantId>,
}

/// Data of `grant.revoked`. The entry's id is the grant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Revoked {}

fn no_limits(limits: &Limits) -> bool {
    *limits == Limits::default()
}

impl Create {
    pub(crate) fn decide(
        &self,
        permit: &Permit<'_>,
        ctx: &mut Context<'_>,
        out: &mut Vec<Draft>,
    ) -> Result<(), Rejection> {
        let state = permit.state();
        let holder = state.principal(self.holder)?;
        if state.principals.get(holder).grants.len() >= GRANTS_PER_HOLDER_MAX {
            return Err(Rejection::new(Code::StateFull, "a principal holds at most 1,000 grants"));
        }
        self.check_shape(ctx.now)?;
        refuse_widening(permit, &self.actions)?;
        if let Some(parent) = self.parent {
            let issuer = state.principal(self.issuer)?;
            let parent = state.grants.get(&parent).filter(|grant| grant.holder == issuer);
            self.check_narrower(parent.ok_or(Code::NotFound)?, ctx.now)?;
        }
        if let Some(used) = permit.grant().and_then(|used| state.grants.get(&used)) {
            self.check_narrower(used, ctx.now)?;
        }
        let created = Created {
            issuer: self.issuer,
            actions: self.actions.clone(),
            limits: self.limits,
            expires: self.expires,
            parent: self.parent.or(permit.grant()),
        };
        let id = GrantId::new(ctx.now.0, ctx.entropy());
        out.push(Draft::new(id, Vis::Parties, Event::GrantCreated(created)).about(self.holder));
        Ok(())
    }

    fn check_shape(&self, now: Time) -> Result<(), Rejection> {
        let refuse = |detail: &'static str| Err(Rejection::new(Code::InvalidField, detail));
        if self.actions.is_empty() || self.actions.len() > ACTIONS_MAX {
            return refuse("actions: 1 to 32 patterns");
        }
        if self.expires <= now || self.expires > now.after(GRANT_LIFE_MAX) {
            return refuse("expires_in_s: a moment in the future within 3,660 days");
        }
        let bounded = self.limits.per_use.is_some() || self.limits.total.is_some();
        if bounded && self.limits.currency.is_none() {
            return refuse("currency: required beside per_use or total");
        }
        Ok(())
    }

    fn check_narrower(&self, grant: &Grant, now: Time) -> Result<(), Rejection> {
        if grant.revoked {
            return Err(Code::GrantRevoked.into());
        }
        if grant.expires <= now {
            return Err(Code::GrantExpired.into());
        }
        if grant.depth + 1 > GRANT_DEPTH_MAX {
            return Err(Code::GrantTooDeep.into());
        }
        let refuse = |detail: &'static str| Err(Rejection::new(Code::GrantNotNarrower, detail));
        if !self.actions.iter().all(|wanted| grant.actions.iter().any(|a| a.includes(wanted))) {
            return refuse("actions: wider than the parent's");
        }
        if self.expires > grant.expires {
            return refuse("expires_in_s: later than the parent's");
        }
        let (mine, theirs) = (&self.limits, &grant.limits);
        if theirs.currency.is_some() && mine.currency != theirs.currency {
            return refuse("currency: not the parent's");
        }
        let narrower = |mine: Option<Amount>, theirs: Option<Amount>| match (mine, theirs) {
            (_, None) => true,
            (Some(mine), Some(theirs)) => mine <= theirs,
            (None, Some(_)) => false,
        };
        if !narrower(mine.per_use, theirs.per_use) || !narrower(mine.total, theirs.total) {
            return refuse("per_use, total: above the parent's");
        }
        Ok(())
    }
}

impl Revoke {
    pub(crate) fn decide(
        &self,
        permit: &Permit<'_>,
        out: &mut Vec<Draft>,
    ) -> Result<(), Rejection> {
        let state = permit.state();
        let grant = state.grants.get(&self.id).ok_or(Code::NotFound)?;
        if grant.revoked {
            return Err(Code::GrantRevoked.into());
        }
        let holder = state.principals.get(grant.holder).id;
        out.push(Draft::new(self.id, Vis::Parties, Event::GrantRevoked(Revoked {})).about(holder));
        Ok(())
    }
}

pub(crate) fn apply_created(state: &mut State, entry: &Entry, created: &Created) {
    let (AnyId::Grant(id), Some(AnyId::Principal(holder))) = (entry.id, entry.subject) else {
        panic!("grant.created names the grant and its holder");
    };
    let issuer = state.handle(created.issuer);
    let holder = state.handle(holder);
    let parent = created.parent.and_then(|parent| state.grants.get(&parent));
    let (root, depth) = parent.map_or((issuer, 0), |parent| (parent.root, parent.depth + 1));
    let grant = Grant {
        root,
        issuer,
        holder,
        actions: created.actions.clone(),
        limits: created.limits,
        spent: Amount::ZERO,
        expires: created.expires,
        parent: created.parent,
        depth,
        revoked: false,
    };
    state.grants.insert(id, grant);
    state.principals.get_mut(holder).grants.push(id);
    state.leaving.insert((created.expires, Leaving::Grant(id)));
}

pub(crate) fn apply_revoked(state: &mut State, entry: &Entry) {
    let AnyId::Grant(id) = entry.id else { panic!("grant.revoked names the grant") };
    if let Some(grant) = state.grants.get_mut(&id) {
        grant.revoked = true;
        let leaves = grant.expires.min(entry.ts.after(GRANT_REVOKED_REMEMBERED));
        state.leaving.remove(&(grant.expires, Leaving::Grant(id)));
        state.leaving.insert((leaves, Leaving::Grant(id)));
    }
}
