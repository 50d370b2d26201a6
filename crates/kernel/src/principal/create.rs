//! Making principals: agents by whoever may, the owner once by the setup token or on the machine.

use hansa_crypto::keys::PublicKey;
use hansa_types::{Amount, AnyId, Code, Digest, GrantId, PrincipalId, Rejection, Vis};
use serde::{Deserialize, Serialize};

use super::{Kind, Principal};
use crate::State;
use crate::admit::{Permit, Sphere};
use crate::command::Rules;
use crate::decide::{Context, Draft};
use crate::entry::{Auth, Entry};
use crate::event::Event;
use crate::grant::{self, Action};
use crate::limits::{GRANT_LIFE_MAX, PRINCIPALS_MAX};
use crate::transfer::{Minted, mint_into};

/// Make a principal under the caller's control.
#[derive(Debug, Clone, PartialEq)]
pub struct Create {
    /// The id it shall have.
    pub id: PrincipalId,
    /// What it is.
    pub kind: Kind,
    /// The key it signs with.
    pub key: PublicKey,
    /// Salted digest of its card, whose text the same batch puts in the vault.
    pub card: Option<Digest>,
    /// Whether it receives the node's genesis grant.
    pub genesis_grant: bool,
}

/// Make the node's owner.
#[derive(Debug, Clone, PartialEq)]
pub struct CreateOwner {
    /// The id the owner shall have.
    pub id: PrincipalId,
    /// The key the owner signs with.
    pub key: PublicKey,
}

/// Data of `principal.created`. The entry's id is the principal; its actor controls it, unless it is
/// an organization.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Created {
    /// What it is.
    pub kind: Kind,
    /// The key it signs with.
    pub key: PublicKey,
    /// Salted digest of its card.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub card: Option<Digest>,
    /// Whether it owns the node.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub owner: bool,
}

impl Rules for Create {
    fn sphere(&self, _: &State) -> Result<Sphere, Rejection> {
        Ok(Sphere::Node)
    }

    fn decide(
        &self,
        permit: &Permit<'_>,
        ctx: &mut Context<'_>,
        out: &mut Vec<Draft>,
    ) -> Result<(), Rejection> {
        let state = permit.state();
        if self.kind == Kind::Organization {
            let detail = "kind: an organization is made by its owner, with org_create";
            return Err(Rejection::new(Code::InvalidField, detail));
        }
        refuse_taken(state, self.id, &self.key)?;
        let created = Created { kind: self.kind, key: self.key, card: self.card, owner: false };
        out.push(Draft::new(self.id, Vis::Public, Event::PrincipalCreated(created)));
        let node = state.node()?;
        let amount = node.genesis_grant;
        match state.ledger.own_currency() {
            Some(own) if self.genesis_grant && amount > Amount::ZERO => {
                let currency = state.ledger.currency_state(own).currency.code;
                let minted = Minted { amount, currency, grant: None };
                mint_into(state, ctx, self.id, minted, out)
            }
            _ => Ok(()),
        }
    }
}

impl Rules for CreateOwner {
    fn sphere(&self, _: &State) -> Result<Sphere, Rejection> {
        Ok(Sphere::Machine)
    }

    /// The setup token makes the first owner only; the machine's operator may make more.
    fn decide(
        &self,
        permit: &Permit<'_>,
        ctx: &mut Context<'_>,
        out: &mut Vec<Draft>,
    ) -> Result<(), Rejection> {
        let state = permit.state();
        if state.node()?.owned && permit.caller().auth != Auth::Machine {
            return Err(Code::AlreadySetUp.into());
        }
        refuse_taken(state, self.id, &self.key)?;
        let created = Created { kind: Kind::Person, key: self.key, card: None, owner: true };
        out.push(Draft::new(self.id, Vis::Public, Event::PrincipalCreated(created)));
        let terms = grant::Terms {
            actions: vec![Action::everything()],
            limits: grant::Limits::default(),
            scope: None,
            expires: ctx.now.after(GRANT_LIFE_MAX),
            depth_max: None,
        };
        let everything = grant::Created::new(state.node()?.id, terms, None);
        let id = GrantId::new(ctx.now.0, ctx.entropy());
        out.push(Draft::new(id, Vis::Parties, Event::GrantCreated(everything)).about(self.id));
        Ok(())
    }
}

pub(crate) fn refuse_taken(
    state: &State,
    id: PrincipalId,
    key: &PublicKey,
) -> Result<(), Rejection> {
    if state.principals.find(id).is_some() || state.principals.find_by_key(key).is_some() {
        return Err(Code::PrincipalExists.into());
    }
    if state.principals.len() >= PRINCIPALS_MAX {
        return Err(Code::StateFull.into());
    }
    Ok(())
}

pub(crate) fn apply_created(state: &mut State, entry: &Entry, created: &Created) {
    let AnyId::Principal(id) = entry.id else {
        panic!("principal.created carries the principal as its id");
    };
    // Nobody has an organization for having made it: that is for its roles to say.
    let is_org = created.kind == Kind::Organization;
    let controller = entry.actor.filter(|_| !is_org).and_then(|actor| state.principals.find(actor));
    let mut principal = Principal::new(id, created.key, controller, entry.ts);
    principal.card = created.card;
    let handle = state.principals.insert(created.kind, principal);
    if is_org {
        state.orgs.insert(handle);
    }
    if let Some(controller) = controller {
        let controller = state.principals.get_mut(controller);
        controller.controlled = controller.controlled.saturating_add(1);
    }
    if let (true, Some(node)) = (created.owner, state.node.as_mut()) {
        node.owned = true;
    }
}
