//! Accounts of people.
//!
//! Whether an address is known shows neither in an answer nor in the work behind it: a password is
//! hashed either way, and mail is handed over without waiting. Tries count by account and by remote
//! address before they are judged.

mod change;
mod passkeys;
mod register;
mod session;
mod totp;
mod whoami;

use std::sync::Arc;

use hansa_crypto::Secret;
use hansa_crypto::secret::{token, token_digest};
use hansa_kernel::{Auth, Caller, Command, Request, State};
use hansa_node::account::Turn;
use hansa_node::vault::Sealed;
use hansa_node::writer::Job;
use hansa_node::{Done, internal};
use hansa_types::{Code, Digest, PasskeyId, PrincipalId};
use hansa_wire::Problem;
use hansa_wire::limits::{PASSWORD_BYTES_MAX, PASSWORD_BYTES_MIN};
use hansa_wire::scalar::{Email, WireSecret};
use zeroize::Zeroizing;

pub(crate) use change::{account_recover, new_password_set, password_change, recovery_keys_set};
pub(crate) use passkeys::{passkey_add, passkey_ask, passkey_begin, passkey_list, passkey_remove};
pub(crate) use register::{account_register, account_verify};
pub(crate) use session::{session_close, session_list, session_open, show_second_factor};
pub(crate) use totp::{totp_begin, totp_disable, totp_enable};
pub(crate) use whoami::whoami;

use crate::context::{Context, Step};
use crate::serve::blocking;

/// Recovery keys that an account gets at once.
const RECOVERY_KEYS: usize = 8;
/// What recovery keys begin with.
const RECOVERY_PREFIX: &str = "hansa_rk_";

/// Names of an account's documents in the vault.
fn password_id(principal: PrincipalId) -> String {
    format!("password/{principal}")
}

fn totp_id(principal: PrincipalId) -> String {
    format!("totp/{principal}")
}

fn passkey_id(principal: PrincipalId, passkey: PasskeyId) -> String {
    format!("passkey/{principal}/{passkey}")
}

fn email_id(principal: PrincipalId) -> String {
    format!("email/{principal}")
}

/// What is known of an account before anything was proven.
#[derive(Clone)]
struct Known {
    principal: PrincipalId,
    password: Digest,
    totp: Option<Digest>,
}

/// A new password within its bounds.
fn new_password(password: WireSecret) -> Result<Secret, Problem> {
    let bytes = password.0.expose().len();
    match (PASSWORD_BYTES_MIN..=PASSWORD_BYTES_MAX).contains(&bytes) {
        true => Ok(password.0),
        false => Err(Problem::new(Code::InvalidField, "password: 12 to 256 bytes")),
    }
}

/// Fresh recovery keys with their digests.
fn recovery_keys(context: &Context) -> (Vec<WireSecret>, Vec<Digest>) {
    let fresh = (0..RECOVERY_KEYS).map(|_| token(RECOVERY_PREFIX, context.api.node.env.random()));
    let keys: Vec<Secret> = fresh.collect();
    let digests = keys.iter().map(|key| token_digest(key.expose())).collect();
    (keys.into_iter().map(Into::into).collect(), digests)
}

impl Context {
    /// Counts a try from the caller's address.
    pub(crate) fn count_address(&self) -> Result<(), Problem> {
        let node = &self.api.node;
        match self.client.address {
            Some(remote) => Ok(node.accounts.by_address.count(remote.into(), node.now())?),
            None => Ok(()),
        }
    }

    /// The account of an address, if there is one.
    async fn account_of(&self, email: Digest) -> Result<Option<Known>, Problem> {
        let look = move |state: &State| {
            let handle = state.accounts.find(&email)?;
            let account = state.accounts.get(handle)?;
            let principal = state.principals.get(handle).id;
            Some(Known { principal, password: account.password, totp: account.totp })
        };
        Ok(self.api.node.read(None, look).await?)
    }

    /// The caller's own account.
    async fn own_account(&self) -> Result<Known, Problem> {
        let principal = self.principal()?;
        let look = move |state: &State| {
            let account = state.account(principal)?;
            Ok(Known { principal, password: account.password, totp: account.totp })
        };
        let known: Result<Known, hansa_types::Rejection> =
            self.api.node.read(Some(principal), look).await?;
        Ok(known?)
    }

    /// Whether a password is that of the account. An account that is not there takes as long.
    async fn shows_password(
        &self,
        turn: Turn,
        known: Option<&Known>,
        password: &Secret,
    ) -> Result<bool, Problem> {
        let node = &self.api.node;
        let hashed = match known {
            Some(known) => self.open(password_id(known.principal)).await?,
            None => None,
        };
        let hashed = hashed.and_then(|bytes| String::from_utf8(bytes.to_vec()).ok());
        Ok(node.accounts.passwords.verify(turn, password, hashed.map(Zeroizing::new)).await?)
    }

    /// The account of somebody who shows its address and password, each try counted that is one.
    async fn login(&self, email: &Email, password: &Secret) -> Result<Known, Problem> {
        let (node, email) = (&self.api.node, self.email_digest(email));
        let turn = node.accounts.passwords.turn()?;
        node.accounts.by_account.count(email, node.now())?;
        let known = self.account_of(email).await?;
        let shown = self.shows_password(turn, known.as_ref(), password).await?;
        known.filter(|_| shown).ok_or_else(|| Code::LoginInvalid.into())
    }

    /// Refuses a caller who does not know the password of its own account.
    async fn require_password(&self, password: &Secret) -> Result<Known, Problem> {
        let turn = self.api.node.accounts.passwords.turn()?;
        let known = self.own_account().await?;
        let (node, key) = (&self.api.node, known.password);
        node.accounts.by_account.count(key, node.now())?;
        match self.shows_password(turn, Some(&known), password).await? {
            true => {
                node.accounts.by_account.forget(&key);
                Ok(known)
            }
            false => Err(Code::LoginInvalid.into()),
        }
    }

    async fn seal_for(
        &self,
        principal: PrincipalId,
        id: String,
        bytes: Zeroizing<Vec<u8>>,
    ) -> Result<Sealed, Problem> {
        let vault = Arc::clone(&self.api.node.vault);
        let seal = move || vault.seal(principal, id, &bytes);
        Ok(blocking(seal).await?.map_err(internal)?)
    }

    async fn open(&self, id: String) -> Result<Option<Zeroizing<Vec<u8>>>, Problem> {
        let vault = Arc::clone(&self.api.node.vault);
        let opened = blocking(move || vault.open(&id)).await?.map_err(internal)?;
        Ok(opened.map(|opened| opened.bytes))
    }

    /// Has a command carried out by somebody who proved this and nothing else.
    async fn submit_by(
        &self,
        principal: Option<PrincipalId>,
        auth: Auth,
        step: Step,
    ) -> Result<Done, Problem> {
        let caller = Caller { principal, auth };
        let request = Request::new(caller, step.command, None);
        let vault = step.sealed.map(|sealed| sealed.changes).unwrap_or_default();
        Ok(self.api.node.submit(Job { request, vault }).await?)
    }

    fn email_digest(&self, email: &Email) -> Digest {
        self.api.node.accounts.email_digest(email.as_str())
    }
}

/// A command of the caller's own with a document.
fn with(command: Command, sealed: Sealed) -> Step {
    Step::new(command).with(Some(sealed))
}
