//! Making an organization, owned by who makes it.

use hansa_crypto::keys::PublicKey;
use hansa_types::{Code, Digest, PrincipalId, Rejection, Vis};

use super::OrgRole;
use super::member::{check_joining, joined};
use crate::State;
use crate::admit::Permit;
use crate::decide::{Context, Draft};
use crate::event::Event;
use crate::limits::ORGS_OWNED_MAX;
use crate::principal::{Created, Handle, Kind, refuse_taken};

/// Make an organization.
#[derive(Debug, Clone, PartialEq)]
pub struct Create {
    /// The id it shall have.
    pub id: PrincipalId,
    /// The key by which it is known. Nobody has the private part, for it never signs.
    pub key: PublicKey,
    /// Salted digest of its card, whose text the same batch puts in the vault.
    pub card: Digest,
}

impl Create {
    pub(super) fn decide(
        &self,
        permit: &Permit<'_>,
        ctx: &mut Context<'_>,
        out: &mut Vec<Draft>,
    ) -> Result<(), Rejection> {
        let state = permit.state();
        let owner = permit.caller().principal.ok_or(Code::Forbidden)?;
        let handle = state.principal(owner)?;
        let owned = state
            .orgs
            .of(handle)
            .filter(|&org| state.orgs.role(org, handle) == Some(OrgRole::Owner));
        if owned.count() >= ORGS_OWNED_MAX {
            let detail = "one principal owns at most 20 organizations";
            return Err(Rejection::new(Code::StateFull, detail));
        }
        check_joining(state, handle)?;
        refuse_taken(state, self.id, &self.key)?;
        let kind = Kind::Organization;
        let created = Created { kind, key: self.key, card: Some(self.card), owner: false };
        out.push(Draft::new(self.id, Vis::Public, Event::PrincipalCreated(created)));
        joined(self.id, owner, OrgRole::Owner, None, ctx, out);
        Ok(())
    }
}

/// Refuses to give an organization a credential: it acts through its members alone.
pub(crate) fn refuse_organization(state: &State, handle: Handle) -> Result<(), Rejection> {
    match state.is_organization(handle) {
        true => Err(Rejection::new(
            Code::InvalidField,
            "agent: an organization has no credentials; its members act for it by their roles",
        )),
        false => Ok(()),
    }
}
