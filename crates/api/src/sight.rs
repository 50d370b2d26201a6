//! What a caller may look at. What they may not see is answered as if it were not there.

use std::sync::Arc;

use hansa_kernel::State;
use hansa_node::sight::Sight;
use hansa_types::{PrincipalId, Rejection};
use hansa_views::Viewer;

use crate::context::Context;

/// Who sees all rows: for what is above or beside something that the caller may see.
pub(crate) const EVERYONE: Viewer = Viewer { principal: None, all: true };

/// The pattern of actions that only the node's owner, and who acts for them in all, may do.
pub(crate) const EVERYTHING: &str = "*";

impl Context {
    /// Whether the caller sees everything, as the node's owner.
    pub(crate) async fn sees_all(&self) -> Result<bool, Rejection> {
        match &self.caller {
            Some(identity) => self.api.node.may_for_node(identity.principal, EVERYTHING).await,
            None => Ok(false),
        }
    }

    /// What the caller sees of entries.
    pub(crate) async fn sight(&self) -> Result<Sight, Rejection> {
        let principal = self.caller.as_ref().map(|identity| identity.principal);
        let all = self.sees_all().await?;
        let money = all || (principal.is_some() && self.api.node.config.ledger_public);
        Ok(Sight { principal, all, money, circle: None })
    }

    /// The same, with everybody whose affairs the caller sees for being in organizations.
    pub(crate) async fn whole_sight(&self) -> Result<Sight, Rejection> {
        let sight = self.sight().await?;
        let Some(looker) = sight.principal.filter(|_| !sight.all) else { return Ok(sight) };
        let look = move |state: &State| state.circle_of(looker);
        let circle = self.api.node.read(Some(looker), look).await?;
        Ok(Sight { circle: Some(Arc::new(circle)), ..sight })
    }

    /// What the caller sees of rows about money.
    pub(crate) async fn money_viewer(&self) -> Result<Viewer, Rejection> {
        let sight = self.sight().await?;
        Ok(Viewer { principal: sight.principal, all: sight.money })
    }

    /// What the caller sees of other rows.
    pub(crate) async fn viewer(&self) -> Result<Viewer, Rejection> {
        let sight = self.sight().await?;
        Ok(Viewer { principal: sight.principal, all: sight.all })
    }

    /// Whether the caller sees what a principal holds: its own, that of principals it controls, as
    /// the owner everybody's, and where the ledger is public so does everyone.
    pub(crate) async fn sees_money_of(&self, other: PrincipalId) -> Result<bool, Rejection> {
        let sight = self.sight().await?;
        if sight.money || sight.principal == Some(other) {
            return Ok(true);
        }
        let Some(looker) = sight.principal else { return Ok(false) };
        let look =
            move |state: &State| controls(state, looker, other) || looks_into(state, looker, other);
        self.api.node.read(Some(looker), look).await
    }

    /// Through whose eyes the caller sees what concerns these principals: their own, unless they may
    /// look into what one of those does for being in an organization.
    pub(crate) async fn viewer_among(
        &self,
        viewer: Viewer,
        parties: impl IntoIterator<Item = Option<PrincipalId>>,
    ) -> Result<Viewer, Rejection> {
        let parties: Vec<PrincipalId> = parties.into_iter().flatten().collect();
        let Some(looker) = viewer.principal.filter(|_| !viewer.all && !parties.is_empty()) else {
            return Ok(viewer);
        };
        let look = move |state: &State| {
            parties.into_iter().find(|party| looks_into(state, looker, *party))
        };
        let party = self.api.node.read(Some(looker), look).await?;
        Ok(Viewer { principal: party.or(viewer.principal), ..viewer })
    }

    /// Whether the caller knows of a principal's affairs for having a hand in them: it sees the
    /// money, or holds a grant to act for the principal.
    pub(crate) async fn knows_affairs_of(&self, other: PrincipalId) -> Result<bool, Rejection> {
        Ok(self.sees_money_of(other).await? || self.acts_for(other).await?)
    }

    /// Whether the caller controls a principal.
    pub(crate) async fn manages(&self, other: PrincipalId) -> Result<bool, Rejection> {
        let Ok(looker) = self.principal() else { return Ok(false) };
        self.api.node.read(Some(looker), move |state| controls(state, looker, other)).await
    }

    /// Whether the caller holds a grant to act for a principal in something.
    pub(crate) async fn acts_for(&self, other: PrincipalId) -> Result<bool, Rejection> {
        let Ok(looker) = self.principal() else { return Ok(false) };
        self.api.node.read(Some(looker), move |state| holds_grant_of(state, looker, other)).await
    }
}

/// Whether one principal holds a grant of another that was not taken back.
pub(crate) fn holds_grant_of(state: &State, holder: PrincipalId, root: PrincipalId) -> bool {
    let found = (state.principals.find(holder), state.principals.find(root));
    let (Some(holder), Some(root)) = found else { return false };
    state.grants.held(holder, root).any(|(_, grant)| grant.terms.expires > state.now)
}

/// Whether one principal manages another: as its controller, or for the organization that is it.
pub(crate) fn controls(state: &State, controller: PrincipalId, other: PrincipalId) -> bool {
    let found = (state.principals.find(controller), state.principals.find(other));
    let (Some(controller), Some(other)) = found else { return false };
    state.principals.get(other).controller == Some(controller)
        || state.keeps_for_org(controller, other)
}

/// Whether one principal may look into what another does for being in an organization.
pub(crate) fn looks_into(state: &State, looker: PrincipalId, other: PrincipalId) -> bool {
    let found = (state.principals.find(looker), state.principals.find(other));
    let (Some(looker), Some(other)) = found else { return false };
    state.sees_for_org(looker, other)
}
