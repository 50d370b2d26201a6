//! Grants: scoped, limited, expiring authority to act on somebody's behalf, with a parent.
//!
//! A grant without a parent is given by the principal on whose behalf it is used. A delegated one
//! is no wider than its parent in any way. Validity is checked upward at use, so revoking a grant
//! kills everything below it at once; what is spent and each counted use is charged to the whole
//! chain. Roles and the scopes of tokens are patterns of the same actions.

mod about;
mod action;
mod create;
mod end;
mod resource;
mod slots;
mod table;
mod terms;
mod usage;

use hansa_types::{Amount, Code, GrantId, Rejection};
use serde::{Deserialize, Serialize};

pub(crate) use about::about;
pub use action::{Action, Actions};
pub(crate) use create::apply_created;
pub use create::{Create, Created};
pub use end::{Relinquish, Relinquished, Revoke, Revoked};
pub(crate) use end::{apply_relinquished, apply_revoked, leave};
pub use resource::{Resource, Target};
use slots::Slot;
pub use table::Grants;
pub use terms::{Limits, Scope, Terms};
pub(crate) use usage::{Found, charge, find, note_use};
pub use usage::{Use, Used, check, check_chain};

use crate::State;
use crate::admit::Permit;
use crate::entry::{Auth, Entry};
use crate::principal::Handle;

/// What the state keeps of a grant.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Grant {
    /// On whose behalf it is used: who gave the first grant of the chain.
    pub root: Handle,
    /// Who gave this one.
    pub issuer: Handle,
    /// Who may use it.
    pub holder: Handle,
    /// What it allows.
    pub terms: Terms,
    /// How much was moved with it, and with those below it.
    pub spent: Amount,
    /// How often it was used, and those below it, for money or where uses are counted.
    pub uses: u64,
    /// The grant it narrows.
    pub parent: Option<GrantId>,
    /// Links above it.
    pub depth: u8,
    /// How it ended, once it has and is remembered only to say so.
    pub ended: Option<Ended>,
    /// Where its parent lies.
    #[serde(skip)]
    above: Option<Slot>,
}

/// How a grant ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Ended {
    /// It was taken back or given up.
    Revoked,
    /// Its time was over.
    Expired,
}

impl Grant {
    /// Whether it allows whatever its root may do, without any bound but its time.
    pub fn is_everything(&self) -> bool {
        let Terms { actions, limits, scope, .. } = &self.terms;
        *actions == [Action::everything()] && *limits == Limits::default() && scope.is_none()
    }
}

impl State {
    /// Whether a principal owns the node: the node itself gave it everything.
    pub fn is_owner(&self, principal: Handle) -> bool {
        let Ok(node) = self.treasury() else { return false };
        self.grants
            .held(principal, node)
            .any(|(_, grant)| grant.issuer == node && grant.is_everything())
    }

    /// Whether nobody else who may act owns the node.
    pub(crate) fn is_last_owner(&self, principal: Handle) -> bool {
        let Ok(node) = self.treasury() else { return false };
        let owns = |handle: Handle| self.principals.status(handle).active && self.is_owner(handle);
        let mut others = self.grants.holders_for(node).filter(|&other| other != principal);
        owns(principal) && !others.any(owns)
    }
}

/// Refuses to hand on more than what was used to ask for it: an API key or
/// token, a grant, or both.
pub(crate) fn refuse_widening(permit: &Permit<'_>, actions: &[Action]) -> Result<(), Rejection> {
    let state = permit.state();
    let key = match &permit.caller().auth {
        Auth::ApiKey(id) => state.api_keys.get(id).map(|key| &*key.actions),
        Auth::Jwt(jwt) => jwt.claims.as_ref().and_then(|claims| claims.actions.as_deref()),
        _ => None,
    };
    let grant = permit.grant().and_then(|id| state.grants.get(&id));
    for used in key.into_iter().chain(grant.map(|grant| &*grant.terms.actions)) {
        if let Some(wider) = actions.iter().find(|wanted| !used.iter().any(|a| a.includes(wanted)))
        {
            let detail = format!("{} is wider than what was used to ask for it", wider.as_str());
            return Err(Rejection::new(Code::GrantNotNarrower, detail));
        }
    }
    Ok(())
}

pub(crate) fn apply_used(state: &mut State, entry: &Entry, _: &Used) {
    let hansa_types::AnyId::Grant(id) = entry.id else { panic!("grant.used names the grant") };
    charge(state, Some(id), Amount::ZERO);
}
