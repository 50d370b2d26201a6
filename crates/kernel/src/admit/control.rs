//! Managing a principal for being who it belongs to.
//!
//! Its controller needs no grant. Where that is an organization, whoever the organization lets do
//! this manages the principal in its place: a member by the grant of their role, as the controller
//! would, and anybody else within the terms of the grant that they were given.

use hansa_types::{Code, Rejection, Time};

use crate::State;
use crate::command::Request;
use crate::grant::{self, Found, Use};
use crate::org::OrgRole;
use crate::principal::Handle;

impl State {
    /// The grant by which somebody manages a principal for who it belongs to, if one has to be
    /// named; nothing for whoever does not manage it so.
    pub(super) fn by_control(
        &self,
        caller: Handle,
        managed: Handle,
        request: &Request,
        now: Time,
    ) -> Result<Option<Option<Found>>, Rejection> {
        let controller = self.principals.get(managed).controller;
        if controller == Some(caller) {
            return Ok(Some(None));
        }
        // What is an organization's own affair is of whoever acts for it.
        let org = controller.or(Some(managed)).filter(|above| self.is_organization(*above));
        let Some(org) = org else { return Ok(None) };
        let (resource, counterparty) = grant::about(self, &request.command);
        let wanted = Use {
            resource,
            counterparty,
            key: request.caller.auth.key(),
            ..Use::new(org, request.command.action(), now)
        };
        let Ok(found) = grant::find(self, caller, &wanted) else { return Ok(None) };
        if !self.orgs.is_role(org, caller, found.id) {
            return Ok(Some(Some(found)));
        }
        // Work with its agents is not yet a say in the organization itself.
        match org == managed && self.orgs.role(org, caller) < Some(OrgRole::Admin) {
            true => Err(Code::Forbidden.into()),
            false => Ok(Some(None)),
        }
    }
}
