//! Giving authority, and narrowing it on.

use hansa_crypto::keys::PublicKey;
use hansa_types::{Amount, AnyId, Code, GrantId, PrincipalId, Rejection, Time, Vis};
use serde::{Deserialize, Serialize};

use super::terms::{LimitsLine, Scope, no_limits, scope_line};
use super::usage::check_chain;
use super::{Action, Grant, Limits, Terms, refuse_widening};
use crate::State;
use crate::admit::{Permit, Sphere};
use crate::command::Rules;
use crate::decide::{Context, Draft};
use crate::due::Leaving;
use crate::entry::Entry;
use crate::event::Event;
use crate::limits::{
    GRANT_DEPTH_MAX, GRANTS_HELD_FOR_ONE_MAX, GRANTS_MAX, GRANTS_PER_ISSUER_AND_HOLDER_MAX,
    GRANTS_PER_ISSUER_MAX,
};
use crate::principal::Handle;

/// Give authority.
#[derive(Debug, Clone, PartialEq)]
pub struct Create {
    /// Who gives it: the caller.
    pub issuer: PrincipalId,
    /// Who receives it.
    pub holder: PrincipalId,
    /// What it allows.
    pub terms: Terms,
    /// The grant it narrows, held by the issuer; without one the issuer gives authority over what
    /// is their own. Whoever asks under a grant of the issuer narrows that one.
    pub parent: Option<GrantId>,
}

/// Data of `grant.created`. The entry's id is the grant, its subject the holder.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Created {
    /// Who gives it.
    pub issuer: PrincipalId,
    /// What it allows.
    pub actions: Vec<Action>,
    /// How much of it.
    #[serde(default, with = "LimitsLine", skip_serializing_if = "no_limits")]
    pub limits: Limits,
    /// About what, with whom, where and by which key.
    #[serde(default, with = "scope_line", skip_serializing_if = "Option::is_none")]
    pub scope: Option<Box<Scope>>,
    /// When it ends.
    pub expires: Time,
    /// How many links may stand below it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub depth_max: Option<u8>,
    /// The grant it narrows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<GrantId>,
}

impl Created {
    /// The entry's data for terms.
    pub fn new(issuer: PrincipalId, terms: Terms, parent: Option<GrantId>) -> Self {
        let Terms { actions, limits, scope, expires, depth_max } = terms;
        Self { issuer, actions, limits, scope, expires, depth_max, parent }
    }

    /// What the grant allows.
    pub fn terms(&self) -> Terms {
        Terms {
            actions: self.actions.clone(),
            limits: self.limits,
            scope: self.scope.clone(),
            expires: self.expires,
            depth_max: self.depth_max,
        }
    }
}

impl Rules for Create {
    fn sphere(&self, _: &State) -> Result<Sphere, Rejection> {
        Ok(Sphere::Own(self.issuer))
    }

    fn decide(
        &self,
        permit: &Permit<'_>,
        ctx: &mut Context<'_>,
        out: &mut Vec<Draft>,
    ) -> Result<(), Rejection> {
        let state = permit.state();
        let (issuer, holder) = (state.principal(self.issuer)?, state.principal(self.holder)?);
        self.terms.check_shape(ctx.now)?;
        self.check_key(state, holder, ctx.now)?;
        refuse_widening(permit, &self.terms.actions)?;
        let parent = self.parent(permit, issuer)?;
        let above = parent.and_then(|id| state.grants.get(&id));
        check_room(state, issuer, holder, above.map_or(issuer, |above| above.root))?;
        let mut terms = self.terms.clone();
        if let (Some(above), Some(parent)) = (above, parent) {
            check_chain(state, parent, ctx.now)?;
            if above.depth >= GRANT_DEPTH_MAX {
                return Err(Code::GrantTooDeep.into());
            }
            terms.deepen(&above.terms);
            terms.check_narrower(&above.terms)?;
        }
        let created = Created::new(self.issuer, terms, parent);
        let id = GrantId::new(ctx.now.0, ctx.entropy());
        out.push(Draft::new(id, Vis::Parties, Event::GrantCreated(created)).about(self.holder));
        Ok(())
    }
}

impl Create {
    /// The grant that the new one narrows: one that the issuer holds and proves to hold by the key
    /// it asks for, or the one under which somebody asks in the issuer's name. A grant has one
    /// parent, for it is charged to one chain and dies with one.
    fn parent(&self, permit: &Permit<'_>, issuer: Handle) -> Result<Option<GrantId>, Rejection> {
        let Some(parent) = self.parent else { return Ok(permit.grant()) };
        let held = permit.state().grants.get(&parent).filter(|grant| grant.holder == issuer);
        let held = held.ok_or(Code::NotFound)?;
        if permit.grant().is_some() {
            let detail = "parent: leave it out to narrow the grant you ask under, or ask in person";
            return Err(Rejection::new(Code::GrantNotNarrower, detail));
        }
        let proven: Option<&PublicKey> = permit.caller().auth.key();
        match held.terms.scope.as_ref().and_then(|scope| scope.key.as_ref()) {
            Some(key) if Some(key) != proven => Err(Code::GrantKeyRequired.into()),
            _ => Ok(Some(parent)),
        }
    }

    /// A grant for a key that its holder does not have would be one for nobody.
    fn check_key(&self, state: &State, holder: Handle, now: Time) -> Result<(), Rejection> {
        let key = self.terms.scope.as_ref().and_then(|scope| scope.key.as_ref());
        match key.is_none_or(|key| state.principals.get(holder).accepts(key, now)) {
            true => Ok(()),
            false => Err(Rejection::new(Code::InvalidField, "holder_key: not the holder's key")),
        }
    }
}

/// Refuses one grant too many. All but the last limit are about the issuer alone, or about the
/// trust that one principal gave away, so nobody takes up another's room.
fn check_room(
    state: &State,
    issuer: Handle,
    holder: Handle,
    root: Handle,
) -> Result<(), Rejection> {
    let grants = &state.grants;
    let refuse = |detail: &'static str| Err(Rejection::new(Code::StateFull, detail));
    if grants.given_len(issuer, holder) >= GRANTS_PER_ISSUER_AND_HOLDER_MAX {
        return refuse("one principal gives another at most 100 grants; revoke some first");
    }
    if grants.issued_len(issuer) >= GRANTS_PER_ISSUER_MAX && Ok(issuer) != state.treasury() {
        return refuse("one principal gives at most 10,000 grants; revoke some first");
    }
    // Whoever it is about can always give it, whatever those it trusts have given.
    if issuer != root && grants.held_len(holder, root) >= GRANTS_HELD_FOR_ONE_MAX {
        return refuse("one principal holds at most 1,000 grants to act for another");
    }
    match grants.len() < GRANTS_MAX {
        true => Ok(()),
        false => refuse("too many grants"),
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
        terms: created.terms(),
        spent: Amount::ZERO,
        uses: 0,
        parent: created.parent,
        depth,
        ended: None,
        above: None,
    };
    state.grants.insert(id, grant);
    state.leaving.insert((created.expires, Leaving::Grant(id)));
}
