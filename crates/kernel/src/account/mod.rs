//! Accounts: how people prove who they are by what they know, and the sessions they hold.
//!
//! An account belongs to one principal. The state knows digests alone: of the e-mail address under
//! a secret of the node, of the vault's documents that hold the password's hash and the secret of
//! the second factor, and of opaque secrets (recovery keys, sessions). Whoever checked a password
//! names the digest of the hash it was checked against, so a change in between is noticed.
//!
//! Deliberately absent: e-mail addresses, password hashing, one-time codes and the counting of
//! wrong tries. None of them is a function of the journal.

mod change;
mod passkey;
mod register;
mod session;
mod totp;

use hansa_types::{AnyId, Code, Digest, PrincipalId, Rejection, SessionId, Time};
use serde::{Deserialize, Serialize};

pub use change::{
    ChangePassword, PasswordChanged, Recover, RecoveryKeyUsed, RecoveryKeysSet, SetRecoveryKeys,
};
pub(crate) use change::{apply_password_changed, apply_recovery_key_used, apply_recovery_keys_set};
pub use passkey::{
    AddPasskey, Passkey, PasskeyAdded, PasskeyRemoved, PasskeyUsed, RemovePasskey, ShownPasskey,
};
pub(crate) use passkey::{apply_passkey_added, apply_passkey_removed, apply_passkey_used};
pub(crate) use register::apply_registered;
pub use register::{Person, Register, Registered};
pub use session::{CloseSession, OpenSession, SessionClosed, SessionOpened};
pub(crate) use session::{apply_closed, apply_opened, forget as forget_session};
pub use totp::{DisableTotp, EnableTotp, TotpDisabled, TotpEnabled};
pub(crate) use totp::{apply_disabled, apply_enabled};

use crate::State;
use crate::entry::Entry;
use crate::principal::Handle;
use crate::state::Map;

/// What the state keeps of an account.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Account {
    /// Digest of the e-mail address under the node's secret.
    pub email: Digest,
    /// Salted digest of the password's hash in the vault.
    pub password: Digest,
    /// Salted digest of the second factor's secret in the vault, where there is one.
    pub totp: Option<Digest>,
    /// Passkeys, the oldest first: a second factor too.
    pub passkeys: Vec<Passkey>,
    /// SHA-256 of each recovery key that was not used yet.
    pub recovery_keys: Vec<Digest>,
    /// Open sessions, the oldest first.
    pub sessions: Vec<SessionId>,
}

/// What the state keeps of a session.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Session {
    /// For whom it stands.
    pub principal: Handle,
    /// SHA-256 of the secret, which has at least 192 random bits.
    pub secret: Digest,
    /// When it was opened.
    pub opened: Time,
    /// When it ends.
    pub expires: Time,
    /// Whether a second factor was shown when it was opened.
    pub second_factor: bool,
}

/// All accounts and sessions.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Accounts {
    by_principal: Map<Handle, Account>,
    sessions: Map<SessionId, Session>,
    #[serde(skip)]
    by_email: Map<Digest, Handle>,
    #[serde(skip)]
    by_secret: Map<Digest, SessionId>,
}

impl Accounts {
    pub(crate) fn new(hasher: &ahash::RandomState) -> Self {
        Self {
            by_principal: Map::new(hasher),
            sessions: Map::new(hasher),
            by_email: Map::new(hasher),
            by_secret: Map::new(hasher),
        }
    }

    pub(crate) fn reindex(&mut self, hasher: &ahash::RandomState) {
        self.by_principal.rehash(hasher);
        self.sessions.rehash(hasher);
        (self.by_email, self.by_secret) = (Map::new(hasher), Map::new(hasher));
        for (&handle, account) in self.by_principal.iter() {
            self.by_email.insert(account.email, handle);
        }
        for (&id, session) in self.sessions.iter() {
            self.by_secret.insert(session.secret, id);
        }
    }

    /// How many accounts there are.
    pub fn len(&self) -> usize {
        self.by_principal.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.by_principal.is_empty()
    }

    /// How many sessions are open, or have expired and not left yet.
    pub fn sessions_len(&self) -> usize {
        self.sessions.len()
    }

    /// The account of a principal.
    pub fn get(&self, principal: Handle) -> Option<&Account> {
        self.by_principal.get(&principal)
    }

    /// Whose account has this e-mail address.
    pub fn find(&self, email: &Digest) -> Option<Handle> {
        self.by_email.get(email).copied()
    }

    /// A session.
    pub fn session(&self, id: SessionId) -> Option<&Session> {
        self.sessions.get(&id)
    }

    /// The session with a secret of this digest.
    pub fn session_by_secret(&self, secret: &Digest) -> Option<SessionId> {
        self.by_secret.get(secret).copied()
    }
}

/// Takes an account with its sessions out of the state. The address is free again.
pub(crate) fn erase(state: &mut State, principal: Handle) {
    let Some(account) = state.accounts.by_principal.get_mut(&principal) else { return };
    for session in std::mem::take(&mut account.sessions) {
        forget_session(state, session);
    }
    if let Some(account) = state.accounts.by_principal.remove(&principal) {
        state.accounts.by_email.remove(&account.email);
    }
}

impl State {
    /// A principal's account, or the refusal that it has none.
    pub fn account(&self, id: PrincipalId) -> Result<&Account, Rejection> {
        let handle = self.principal(id)?;
        self.accounts.get(handle).ok_or_else(|| Code::AccountUnknown.into())
    }

    fn account_mut(&mut self, entry: &Entry) -> (Handle, &mut Account) {
        let handle = match entry.subject {
            Some(AnyId::Principal(id)) => self.handle(id),
            _ => panic!("{} is about a principal", entry.event.kind()),
        };
        let account = self.accounts.by_principal.get_mut(&handle);
        (handle, account.unwrap_or_else(|| panic!("entry {} names an account", entry.seq)))
    }
}
