//! What accounts need beside the journal: password hashing that starves nobody, mail, one-time
//! codes, and the counting of tries.
//!
//! Everything here is a signal: it lives in this process and is forgotten when it ends. Whoever was
//! told to wait may then try again, and whoever was mailed a token registers again.

mod mail;
mod passkeys;
mod passwords;
mod pending;
mod smtp;
mod totp;
mod tries;

use std::sync::Arc;

use hansa_crypto::hash::sha256;
use hansa_crypto::keys::PublicKey;
use hansa_types::{Digest, PrincipalId};
use zeroize::Zeroizing;

pub use mail::{LogMailer, Mail, Mailer};
pub use passkeys::{Answered, Asked, KeptPasskey, KnownPasskey, Passkeys, VerifiedPasskey};
pub use passwords::{Passwords, Turn};
pub use pending::Pending;
pub use smtp::{Postman, Sender, SmtpLogin, SmtpMailer, SmtpSettings};
pub use totp::{Totp, uri};
pub use tries::{Address, Tries};

use crate::limits::{
    ACCOUNT_TRIES_MAX, ADDRESS_TRIES_MAX, LOCK_ACCOUNT_MAX, LOCK_ADDRESS_MAX, RECOVERY_LIFE,
    REGISTRATION_LIFE, TOTP_SETUP_LIFE, TOTP_USED_KEPT,
};

/// Somebody who asked for an account and has not answered the mail yet.
#[derive(Clone)]
pub struct Registration {
    /// Their address as they wrote it.
    pub email: String,
    /// What they are called.
    pub name: String,
    /// The hash of their password.
    pub password: Zeroizing<String>,
    /// SHA-256 of each recovery key that they were shown.
    pub recovery_keys: Vec<Digest>,
    /// The key they brought.
    pub public_key: Option<PublicKey>,
    /// The principal that asked, when it is to have the account.
    pub principal: Option<PrincipalId>,
}

/// A recovery whose key was shown, and whose new password is to come.
#[derive(Clone)]
pub struct Recovery {
    /// The account's address, as the journal keeps it.
    pub email: Digest,
    /// Whose account it is.
    pub principal: PrincipalId,
    /// SHA-256 of the recovery key, which is used up at the end.
    pub key: Digest,
}

/// What accounts need beside the journal.
pub struct Accounts {
    /// Hashes passwords.
    pub passwords: Passwords,
    /// Sends mail; without it nobody registers.
    pub mailer: Option<Arc<dyn Mailer>>,
    /// Wrong tries by account.
    pub by_account: Tries<Digest>,
    /// Tries by remote address.
    pub by_address: Tries<Address>,
    /// Registrations by the token that was mailed.
    pub registrations: Pending<Digest, Registration>,
    /// Recoveries that were begun, by the token for the new password.
    pub recoveries: Pending<Digest, Recovery>,
    /// Passkeys that are made and asked for.
    pub passkeys: Passkeys,
    /// Second factors that were begun.
    pub totp_begun: Pending<PrincipalId, Zeroizing<Vec<u8>>>,
    /// The last one-time code of each principal, so that none counts twice.
    pub totp_used: Pending<(PrincipalId, u64), ()>,
    secret: Digest,
}

impl Accounts {
    /// Nothing counted and nobody waiting. The secret is the node's own, the same for ever.
    pub fn new(secret: Digest, mailer: Option<Arc<dyn Mailer>>, passkeys: Passkeys) -> Self {
        Self {
            passwords: Passwords::default(),
            passkeys,
            mailer,
            by_account: Tries::new(ACCOUNT_TRIES_MAX, LOCK_ACCOUNT_MAX),
            by_address: Tries::new(ADDRESS_TRIES_MAX, LOCK_ADDRESS_MAX),
            registrations: Pending::new(REGISTRATION_LIFE),
            recoveries: Pending::new(RECOVERY_LIFE),
            totp_begun: Pending::new(TOTP_SETUP_LIFE),
            totp_used: Pending::new(TOTP_USED_KEPT),
            secret,
        }
    }

    /// What the journal keeps of an e-mail address: nobody without the node's secret can tell
    /// whether a guess is right. Case does not tell two addresses apart.
    pub fn email_digest(&self, email: &str) -> Digest {
        let mut text = Zeroizing::new(self.secret.0.to_vec());
        text.extend(email.to_lowercase().into_bytes());
        sha256(&text)
    }
}
