//! Sessions: opaque secrets that stand for a principal for a while, opened by its password or one of
//! its passkeys.
//!
//! A principal has a bounded number of them: the oldest is closed when one more is opened.

use hansa_types::{AnyId, Code, Digest, PrincipalId, Rejection, SessionId, Time, Vis};
use serde::{Deserialize, Serialize};

use super::change::check_shown;
use super::{Account, Session, ShownPasskey};
use crate::State;
use crate::admit::{Permit, Sphere};
use crate::command::Rules;
use crate::decide::{Context, Draft};
use crate::due::Leaving;
use crate::entry::Entry;
use crate::event::Event;
use crate::limits::{SESSION_LIFE_MAX, SESSIONS_PER_PRINCIPAL_MAX};

/// Open a session for somebody who showed the password, and a second factor where there is one, or a
/// passkey alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenSession {
    /// The id it shall have.
    pub id: SessionId,
    /// For whom.
    pub principal: PrincipalId,
    /// The password that was shown, if one was: the salted digest of its hash.
    pub shown: Option<Digest>,
    /// The code that was shown: the salted digest of its secret.
    pub totp: Option<Digest>,
    /// The passkey that was shown.
    pub passkey: Option<ShownPasskey>,
    /// SHA-256 of the session's secret.
    pub secret: Digest,
    /// When it ends.
    pub expires: Time,
}

/// Close a session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CloseSession {
    /// Which.
    pub id: SessionId,
}

/// Data of `session.opened`. The entry's id is the session, its subject the principal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SessionOpened {
    /// SHA-256 of the secret.
    pub secret: Digest,
    /// When it ends.
    pub expires: Time,
    /// Whether a second factor was shown.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub second_factor: bool,
}

/// Data of `session.closed`. The entry's id is the session, its subject the principal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SessionClosed {}

impl Account {
    /// Whether a password alone opens no session.
    pub fn has_second_factor(&self) -> bool {
        self.totp.is_some() || !self.passkeys.is_empty()
    }
}

impl Session {
    /// Whether the session still stands for its principal.
    pub fn check(&self, now: Time) -> Result<(), Rejection> {
        match self.expires > now {
            true => Ok(()),
            false => Err(Rejection::new(Code::CredentialInvalid, "the session has expired")),
        }
    }
}

impl OpenSession {
    /// Refuses what does not open a session of this account.
    fn check(&self, account: &Account) -> Result<(), Rejection> {
        if let Some(shown) = self.shown {
            check_shown(account, shown)?;
        }
        if self.totp.is_some() && self.totp != account.totp {
            return Err(Code::TotpRequired.into());
        }
        match (&self.passkey, self.shown) {
            (Some(passkey), _) => account.check_passkey(passkey),
            (None, None) => Err(Code::LoginInvalid.into()),
            (None, Some(_)) if self.totp.is_none() && account.has_second_factor() => {
                Err(Code::TotpRequired.into())
            }
            (None, Some(_)) => Ok(()),
        }
    }
}

impl Rules for OpenSession {
    fn sphere(&self, _: &State) -> Result<Sphere, Rejection> {
        Ok(Sphere::Person(self.principal))
    }

    fn decide(
        &self,
        permit: &Permit<'_>,
        ctx: &mut Context<'_>,
        out: &mut Vec<Draft>,
    ) -> Result<(), Rejection> {
        let state = permit.state();
        let account = state.account(self.principal)?;
        self.check(account)?;
        if self.expires <= ctx.now || self.expires > ctx.now.after(SESSION_LIFE_MAX) {
            return Err(Rejection::new(Code::InvalidField, "expires_in_s: at most 30 days"));
        }
        let taken = state.accounts.session(self.id).is_some()
            || state.accounts.session_by_secret(&self.secret).is_some()
            || state.api_key_by_secret(&self.secret).is_some();
        if taken {
            return Err(Rejection::new(Code::InvalidField, "id: there is such a session already"));
        }
        let opened = SessionOpened {
            secret: self.secret,
            expires: self.expires,
            second_factor: self.totp.is_some() || self.passkey.is_some(),
        };
        let event = Event::SessionOpened(opened);
        out.push(Draft::new(self.id, Vis::Parties, event).about(self.principal));
        out.extend(self.passkey.as_ref().and_then(|passkey| passkey.used(self.principal)));
        if account.sessions.len() >= SESSIONS_PER_PRINCIPAL_MAX {
            let oldest = *account.sessions.first().ok_or(Code::Internal)?;
            out.push(closed(oldest, self.principal));
        }
        Ok(())
    }
}

fn closed(id: SessionId, principal: PrincipalId) -> Draft {
    Draft::new(id, Vis::Parties, Event::SessionClosed(SessionClosed {})).about(principal)
}

impl Rules for CloseSession {
    fn sphere(&self, state: &State) -> Result<Sphere, Rejection> {
        let session = state.accounts.session(self.id).ok_or(Code::NotFound)?;
        Ok(Sphere::Managed(state.principals.get(session.principal).id))
    }

    fn decide(
        &self,
        permit: &Permit<'_>,
        _: &mut Context<'_>,
        out: &mut Vec<Draft>,
    ) -> Result<(), Rejection> {
        let state = permit.state();
        let session = state.accounts.session(self.id).ok_or(Code::NotFound)?;
        out.push(closed(self.id, state.principals.get(session.principal).id));
        Ok(())
    }
}

pub(crate) fn apply_opened(state: &mut State, entry: &Entry, opened: &SessionOpened) {
    let AnyId::Session(id) = entry.id else { panic!("session.opened names the session") };
    let (principal, account) = state.account_mut(entry);
    account.sessions.push(id);
    let session = Session {
        principal,
        secret: opened.secret,
        opened: entry.ts,
        expires: opened.expires,
        second_factor: opened.second_factor,
    };
    state.accounts.by_secret.insert(opened.secret, id);
    state.accounts.sessions.insert(id, session);
    state.leaving.insert((opened.expires, Leaving::Session(id)));
}

pub(crate) fn apply_closed(state: &mut State, entry: &Entry, _: &SessionClosed) {
    let AnyId::Session(id) = entry.id else { panic!("session.closed names the session") };
    forget(state, id);
}

/// Takes a session out of the state.
pub(crate) fn forget(state: &mut State, id: SessionId) {
    let Some(session) = state.accounts.sessions.remove(&id) else { return };
    state.accounts.by_secret.remove(&session.secret);
    state.leaving.remove(&(session.expires, Leaving::Session(id)));
    if let Some(account) = state.accounts.by_principal.get_mut(&session.principal) {
        account.sessions.retain(|&other| other != id);
    }
}
