//! What replaces a password: the one before, or a recovery key.
//!
//! Either way everything that was opened with the old one ends: every session, and by the
//! principal's epoch every token that was issued for it.

use hansa_types::{Code, Digest, PrincipalId, Rejection, Vis};
use serde::{Deserialize, Serialize};

use super::passkey::removed;
use super::session::forget;
use super::totp::TotpDisabled;
use crate::State;
use crate::admit::{Permit, Sphere};
use crate::command::Rules;
use crate::decide::{Context, Draft};
use crate::entry::Entry;
use crate::event::Event;
use crate::limits::RECOVERY_KEYS_MAX;

/// Replace a password by somebody who showed it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangePassword {
    /// Whose.
    pub principal: PrincipalId,
    /// The one that was shown: the salted digest of its hash.
    pub shown: Digest,
    /// Salted digest of the new one's hash, which the same batch puts in the vault.
    pub password: Digest,
}

/// Replace a password by somebody who showed a recovery key. Every second factor goes with it, for
/// what is lost may be both.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recover {
    /// Whose.
    pub principal: PrincipalId,
    /// SHA-256 of the recovery key.
    pub key: Digest,
    /// Salted digest of the new password's hash, which the same batch puts in the vault.
    pub password: Digest,
}

/// Replace all recovery keys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SetRecoveryKeys {
    /// Whose.
    pub principal: PrincipalId,
    /// The password that was shown: the salted digest of its hash.
    pub shown: Digest,
    /// SHA-256 of each.
    pub keys: Vec<Digest>,
}

/// Data of `password.changed`. The entry's subject is the principal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PasswordChanged {
    /// Salted digest of the new password's hash.
    pub password: Digest,
}

/// Data of `recovery_key.used`. The entry's subject is the principal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecoveryKeyUsed {
    /// SHA-256 of the key.
    pub secret: Digest,
}

/// Data of `recovery_keys.set`. The entry's subject is the principal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecoveryKeysSet {
    /// SHA-256 of each; those before are void.
    pub recovery_keys: Vec<Digest>,
}

/// Refuses too few and too many recovery keys, and one key twice.
pub(super) fn check_recovery_keys(keys: &[Digest]) -> Result<(), Rejection> {
    let distinct = keys.iter().enumerate().all(|(at, key)| !keys[..at].contains(key));
    match (1..=RECOVERY_KEYS_MAX).contains(&keys.len()) && distinct {
        true => Ok(()),
        false => Err(Rejection::new(Code::InvalidField, "recovery_keys: 1 to 16 different ones")),
    }
}

/// Refuses a password that was shown but is not the account's any more.
pub(super) fn check_shown(account: &super::Account, shown: Digest) -> Result<(), Rejection> {
    match account.password == shown {
        true => Ok(()),
        false => Err(Code::LoginInvalid.into()),
    }
}

fn changed(principal: PrincipalId, password: Digest, ctx: &mut Context<'_>) -> Draft {
    let event = Event::PasswordChanged(PasswordChanged { password });
    Draft::new(ctx.entry_id(), Vis::Parties, event).about(principal)
}

impl Rules for ChangePassword {
    fn sphere(&self, _: &State) -> Result<Sphere, Rejection> {
        Ok(Sphere::Person(self.principal))
    }

    fn decide(
        &self,
        permit: &Permit<'_>,
        ctx: &mut Context<'_>,
        out: &mut Vec<Draft>,
    ) -> Result<(), Rejection> {
        check_shown(permit.state().account(self.principal)?, self.shown)?;
        out.push(changed(self.principal, self.password, ctx));
        Ok(())
    }
}

impl Rules for Recover {
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
        if !account.recovery_keys.contains(&self.key) {
            return Err(Code::LoginInvalid.into());
        }
        let used = Event::RecoveryKeyUsed(RecoveryKeyUsed { secret: self.key });
        out.push(Draft::new(ctx.entry_id(), Vis::Parties, used).about(self.principal));
        out.push(changed(self.principal, self.password, ctx));
        if account.totp.is_some() {
            let event = Event::TotpDisabled(TotpDisabled {});
            out.push(Draft::new(ctx.entry_id(), Vis::Parties, event).about(self.principal));
        }
        out.extend(account.passkeys.iter().map(|passkey| removed(passkey.id, self.principal)));
        Ok(())
    }
}

impl Rules for SetRecoveryKeys {
    fn sphere(&self, _: &State) -> Result<Sphere, Rejection> {
        Ok(Sphere::Person(self.principal))
    }

    fn decide(
        &self,
        permit: &Permit<'_>,
        ctx: &mut Context<'_>,
        out: &mut Vec<Draft>,
    ) -> Result<(), Rejection> {
        check_shown(permit.state().account(self.principal)?, self.shown)?;
        check_recovery_keys(&self.keys)?;
        let event = Event::RecoveryKeysSet(RecoveryKeysSet { recovery_keys: self.keys.clone() });
        out.push(Draft::new(ctx.entry_id(), Vis::Parties, event).about(self.principal));
        Ok(())
    }
}

pub(crate) fn apply_password_changed(state: &mut State, entry: &Entry, changed: &PasswordChanged) {
    let (handle, account) = state.account_mut(entry);
    account.password = changed.password;
    for session in std::mem::take(&mut account.sessions) {
        forget(state, session);
    }
    state.principals.get_mut(handle).epoch += 1;
}

pub(crate) fn apply_recovery_key_used(state: &mut State, entry: &Entry, used: &RecoveryKeyUsed) {
    let (_, account) = state.account_mut(entry);
    account.recovery_keys.retain(|key| *key != used.secret);
}

pub(crate) fn apply_recovery_keys_set(state: &mut State, entry: &Entry, set: &RecoveryKeysSet) {
    let (_, account) = state.account_mut(entry);
    account.recovery_keys.clone_from(&set.recovery_keys);
}
