//! Erasing a principal: what is personal goes for good, its account and its history stay.
//!
//! The entry holds ids alone. The same batch destroys the subject's key, salts and documents in
//! the vault, so the digests that older entries keep of them can be tested by nobody. Balances do
//! not move: money that an erased principal holds stays where it is. The memories of its agents go
//! with it. Deliberately absent: an end to open work. Holds expire, deadlines pass, and claims are
//! settled as if the principal slept.

use hansa_types::{AnyId, Code, PrincipalId, Rejection, Vis};
use serde::{Deserialize, Serialize};

use super::Handle;
use super::api_key::forget;
use crate::State;
use crate::admit::{Permit, Sphere};
use crate::command::Rules;
use crate::decide::{Context, Draft};
use crate::due::Leaving;
use crate::entry::Entry;
use crate::event::Event;
use crate::{memory, org};

/// Erase what is personal about a principal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Erase {
    /// Whom.
    pub principal: PrincipalId,
}

/// Data of `principal.erased`. The entry's subject is the principal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Erased {}

impl Rules for Erase {
    fn sphere(&self, _: &State) -> Result<Sphere, Rejection> {
        Ok(Sphere::ManagedOrNode(self.principal))
    }

    fn decide(
        &self,
        permit: &Permit<'_>,
        ctx: &mut Context<'_>,
        out: &mut Vec<Draft>,
    ) -> Result<(), Rejection> {
        let state = permit.state();
        let handle = state.principal(self.principal)?;
        let refuse = |detail: &'static str| Err(Rejection::new(Code::InvalidField, detail));
        if handle == state.treasury()? {
            return refuse("principal: the node cannot be erased");
        }
        state.refuse_erased(handle)?;
        if state.is_last_owner(handle) {
            return refuse("principal: it is the only owner; make another one first");
        }
        if state.orgs.get(handle).is_some_and(|org| !org.agents.is_empty()) {
            return Err(Code::OrgNotEmpty.into());
        }
        let orgs: Vec<Handle> = state.orgs.of(handle).collect();
        if let Some(&org) = orgs.iter().find(|&&org| state.is_last_org_owner(org, handle)) {
            let detail =
                format!("{} would be left without an owner.", state.principals.get(org).id);
            return Err(Rejection::new(Code::LastOwner, detail));
        }
        let event = Event::PrincipalErased(Erased {});
        out.push(Draft::new(ctx.entry_id(), Vis::Public, event).about(self.principal));
        memory::erase_of_agents(state, handle, ctx, out);
        for org in orgs {
            org::left(state, org, handle, ctx, out);
        }
        Ok(())
    }
}

pub(crate) fn apply_erased(state: &mut State, entry: &Entry, _: &Erased) {
    let Some(AnyId::Principal(id)) = entry.subject else {
        panic!("principal.erased is about a principal");
    };
    let handle = state.handle(id);
    let keys = std::mem::take(&mut state.principals.get_mut(handle).api_keys);
    for key in keys {
        if let Some(expires) = state.api_keys.get(&key).and_then(|key| key.expires) {
            state.leaving.remove(&(expires, Leaving::ApiKey(key)));
        }
        forget(state, key);
    }
    for client in std::mem::take(&mut state.principals.get_mut(handle).clients) {
        state.clients.remove(&client);
    }
    for token in std::mem::take(&mut state.principals.get_mut(handle).bootstraps) {
        // Its time to leave comes all the same, and finds nothing.
        crate::onboard::forget(state, token);
    }
    crate::account::erase(state, handle);
    org::erase(state, handle);
    state.principals.get_mut(handle).card = None;
    let status = state.principals.status_mut(handle);
    (status.active, status.erased) = (false, true);
    state.custody.remove(&handle);
    state.stops.remove(&handle);
    state.dids.forget(handle);
    state.memories.forget(handle);
    state.erased_seq = entry.seq;
}

impl State {
    /// The principal of an id, unless it was erased.
    pub(crate) fn living(&self, id: PrincipalId) -> Result<Handle, Rejection> {
        let handle = self.principal(id)?;
        self.refuse_erased(handle)?;
        Ok(handle)
    }

    /// Refuses to change what was erased.
    pub(crate) fn refuse_erased(&self, handle: Handle) -> Result<(), Rejection> {
        match self.principals.status(handle).erased {
            true => Err(Code::PrincipalErased.into()),
            false => Ok(()),
        }
    }

    /// Whether a principal was erased, so that nothing about it may be kept any more.
    pub fn is_erased(&self, id: PrincipalId) -> bool {
        self.principals.find(id).is_some_and(|handle| self.principals.status(handle).erased)
    }
}
