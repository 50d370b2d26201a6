//! The second factor: a secret that makes one-time codes (RFC 6238), which lies in the vault.

use hansa_types::{Code, Digest, PrincipalId, Rejection, Vis};
use serde::{Deserialize, Serialize};

use super::change::check_shown;
use crate::State;
use crate::admit::{Permit, Sphere};
use crate::command::Rules;
use crate::decide::{Context, Draft};
use crate::entry::Entry;
use crate::event::Event;

/// Ask for a second factor at every login from now on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EnableTotp {
    /// Whose.
    pub principal: PrincipalId,
    /// Salted digest of the secret, which the same batch puts in the vault.
    pub totp: Digest,
}

/// Ask for no second factor any more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DisableTotp {
    /// Whose.
    pub principal: PrincipalId,
    /// The password that was shown: the salted digest of its hash.
    pub shown: Digest,
}

/// Data of `totp.enabled`. The entry's subject is the principal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TotpEnabled {
    /// Salted digest of the secret.
    pub totp: Digest,
}

/// Data of `totp.disabled`. The entry's subject is the principal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TotpDisabled {}

impl Rules for EnableTotp {
    fn sphere(&self, _: &State) -> Result<Sphere, Rejection> {
        Ok(Sphere::Person(self.principal))
    }

    fn decide(
        &self,
        permit: &Permit<'_>,
        ctx: &mut Context<'_>,
        out: &mut Vec<Draft>,
    ) -> Result<(), Rejection> {
        if permit.state().account(self.principal)?.totp.is_some() {
            return Err(Code::TotpState.into());
        }
        let event = Event::TotpEnabled(TotpEnabled { totp: self.totp });
        out.push(Draft::new(ctx.entry_id(), Vis::Parties, event).about(self.principal));
        Ok(())
    }
}

impl Rules for DisableTotp {
    fn sphere(&self, _: &State) -> Result<Sphere, Rejection> {
        Ok(Sphere::Person(self.principal))
    }

    fn decide(
        &self,
        permit: &Permit<'_>,
        ctx: &mut Context<'_>,
        out: &mut Vec<Draft>,
    ) -> Result<(), Rejection> {
        let account = permit.state().account(self.principal)?;
        check_shown(account, self.shown)?;
        if account.totp.is_none() {
            return Err(Code::TotpState.into());
        }
        let event = Event::TotpDisabled(TotpDisabled {});
        out.push(Draft::new(ctx.entry_id(), Vis::Parties, event).about(self.principal));
        Ok(())
    }
}

pub(crate) fn apply_enabled(state: &mut State, entry: &Entry, enabled: &TotpEnabled) {
    state.account_mut(entry).1.totp = Some(enabled.totp);
}

pub(crate) fn apply_disabled(state: &mut State, entry: &Entry, _: &TotpDisabled) {
    state.account_mut(entry).1.totp = None;
}
