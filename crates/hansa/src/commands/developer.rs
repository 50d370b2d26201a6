//! `hansa developer`: the account of a person, from the first mail to its recovery.

use std::path::{Path, PathBuf};

use clap::Subcommand;
use hansa_crypto::Secret;
use hansa_types::PasskeyId;
use hansa_wire::api::auth::{
    AccountRecover, AccountRegister, AccountVerify, PasswordChange, RecoveryKeysSet, TotpBegin,
    TotpDisable, TotpEnable,
};
use hansa_wire::api::passkeys::{PasskeyList, PasskeyRemove};
use hansa_wire::scalar::{Email, Name, WireKey, WireSecret};

use super::agent::{OwnKey, name, public_key};
use super::login::email;
use super::{App, DONE, Outcome};
use crate::failure::Failure;
use crate::files;
use crate::remote::Remote;

/// What can be done with an account.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Ask for an account: a token is mailed to the address
    Register(Register),
    /// Make the account, with the token that was mailed
    Verify(Verify),
    /// Replace the password; every session ends
    Password(Password),
    /// Set a new password with a recovery key; every session and every second factor ends
    Recover(Recover),
    /// Make new recovery keys, shown once; those before are void
    RecoveryKeys(RecoveryKeys),
    /// The second factor: one-time codes of an authenticator
    #[command(subcommand)]
    Totp(Totp),
    /// Passkeys: keys of authenticators, made and shown in a browser
    #[command(subcommand)]
    Passkey(Passkey),
}

/// Asking for an account.
#[derive(Debug, clap::Args)]
pub(crate) struct Register {
    /// What people call you
    #[arg(value_parser = name)]
    name: Name,

    /// Where the token is mailed
    #[arg(long, value_name = "EMAIL", value_parser = email)]
    email: Email,

    /// Read the password, 12 to 256 bytes, from this file; without it from standard input
    #[arg(long, value_name = "FILE")]
    password_file: Option<PathBuf>,

    /// Your public key (z6Mk… or did:key:…); without one the node makes a key pair
    #[arg(long, value_name = "KEY", conflicts_with = "key_out", value_parser = public_key)]
    public_key: Option<WireKey>,

    /// Make your key here and write the private key to this new file; the node never sees it
    #[arg(long, value_name = "PEM")]
    key_out: Option<PathBuf>,
}

/// Answering the mail.
#[derive(Debug, clap::Args)]
pub(crate) struct Verify {
    /// Read the token from this file; without it from standard input
    #[arg(long, value_name = "FILE")]
    token_file: Option<PathBuf>,
}

/// Replacing a password.
#[derive(Debug, clap::Args)]
pub(crate) struct Password {
    /// Read the present password from this file; without it from standard input
    #[arg(long, value_name = "FILE")]
    password_file: Option<PathBuf>,

    /// Read the new password, 12 to 256 bytes, from this file
    #[arg(long, value_name = "FILE")]
    new_password_file: PathBuf,
}

/// Recovering an account.
#[derive(Debug, clap::Args)]
pub(crate) struct Recover {
    /// The account's e-mail address
    #[arg(long, value_name = "EMAIL", value_parser = email)]
    email: Email,

    /// Read one of the recovery keys from this file; without it from standard input
    #[arg(long, value_name = "FILE")]
    recovery_key_file: Option<PathBuf>,

    /// Read the new password, 12 to 256 bytes, from this file
    #[arg(long, value_name = "FILE")]
    new_password_file: PathBuf,
}

/// Making recovery keys.
#[derive(Debug, clap::Args)]
pub(crate) struct RecoveryKeys {
    /// Read the password from this file; without it from standard input
    #[arg(long, value_name = "FILE")]
    password_file: Option<PathBuf>,
}

/// What can be done with the second factor.
#[derive(Debug, Subcommand)]
pub(crate) enum Totp {
    /// Make a secret for an authenticator; it counts once a code of it was shown
    Begin,
    /// Ask for a code at every login from now on
    Enable {
        /// The authenticator's present code
        code: String,
    },
    /// Ask for no code any more
    Disable {
        /// Read the password from this file; without it from standard input
        #[arg(long, value_name = "FILE")]
        password_file: Option<PathBuf>,
    },
}

/// What can be done with passkeys.
#[derive(Debug, Subcommand)]
pub(crate) enum Passkey {
    /// List them
    List,
    /// Count one no longer
    Remove {
        /// Its id
        passkey: PasskeyId,
        /// Read the password from this file; without it from standard input
        #[arg(long, value_name = "FILE")]
        password_file: Option<PathBuf>,
    },
}

const REGISTERED: &[&str] = &["message", "expires_in_s", "recovery_keys"];
const VERIFIED: &[&str] = &["id", "did", "private_key_pem", "seq"];
const CHANGED: &[&str] = &["principal", "seq"];
const BEGUN: &[&str] = &["secret", "uri", "expires_in_s"];

impl Command {
    /// Carries it out.
    pub(crate) async fn run(self, app: &App<'_>) -> Outcome {
        match self {
            Command::Register(register) => register.run(app).await,
            Command::Verify(verify) => verify.run(app).await,
            Command::Password(Password { password_file, new_password_file }) => {
                let new_password = new_password(&new_password_file)?;
                let request =
                    PasswordChange { password: password(password_file.as_deref())?, new_password };
                app.ui.answer(&app.remote()?.call(&request).await?, CHANGED)?;
                app.ui.say("every session has ended; next step: hansa login");
                DONE
            }
            Command::Recover(recover) => recover.run(app).await,
            Command::RecoveryKeys(RecoveryKeys { password_file }) => {
                let request = RecoveryKeysSet { password: password(password_file.as_deref())? };
                app.ui.answer(&app.remote()?.call(&request).await?, &["recovery_keys", "seq"])?;
                app.ui.say("the keys will not be shown again: keep what you see above");
                DONE
            }
            Command::Totp(totp) => totp.run(app).await,
            Command::Passkey(passkey) => passkey.run(app).await,
        }
    }
}

impl Register {
    async fn run(self, app: &App<'_>) -> Outcome {
        let remote = app.remote()?;
        let password = password(self.password_file.as_deref())?;
        let own = self.key_out.as_deref().map(OwnKey::write).transpose()?;
        let public_key = own.as_ref().map(OwnKey::public).or(self.public_key);
        let request = AccountRegister { name: self.name, email: self.email, password, public_key };
        let begun = OwnKey::settle(own, remote.call(&request).await)?;
        app.ui.answer(&begun, REGISTERED)?;
        app.ui.say("the recovery keys will not be shown again: keep what you see above");
        app.ui.say("next step: hansa developer verify, with the token that was mailed");
        DONE
    }
}

impl Verify {
    async fn run(self, app: &App<'_>) -> Outcome {
        let token = files::given_secret(self.token_file.as_deref(), "token", "--token-file")?;
        let remote = Remote::anonymous(&app.global)?;
        let created = remote.call(&AccountVerify { token: WireSecret(token) }).await?;
        app.ui.answer(&created, VERIFIED)?;
        if created.private_key_pem.is_some() {
            app.ui.say("the private key will not be shown again: keep what you see above");
        }
        app.ui.say("next step: hansa login");
        DONE
    }
}

impl Recover {
    async fn run(self, app: &App<'_>) -> Outcome {
        let new_password = new_password(&self.new_password_file)?;
        let key = self.recovery_key_file.as_deref();
        let key = files::given_secret(key, "recovery key", "--recovery-key-file")?;
        let recovery_key = WireSecret(key);
        let request =
            AccountRecover { email: self.email, recovery_key, new_password: Some(new_password) };
        app.ui.answer(&Remote::anonymous(&app.global)?.call(&request).await?, CHANGED)?;
        app.ui.say("every session and the second factor have ended; next step: hansa login");
        DONE
    }
}

impl Totp {
    async fn run(self, app: &App<'_>) -> Outcome {
        let remote = app.remote()?;
        match self {
            Totp::Begin => {
                app.ui.answer(&remote.call(&TotpBegin {}).await?, BEGUN)?;
                app.ui.say("next step: hansa developer totp enable CODE");
            }
            Totp::Enable { code } => {
                let request = TotpEnable { totp: WireSecret(Secret::new(code)) };
                app.ui.answer(&remote.call(&request).await?, CHANGED)?;
                app.ui.say("next step: log in again, so that the session has a second factor");
            }
            Totp::Disable { password_file } => {
                let request = TotpDisable { password: password(password_file.as_deref())? };
                app.ui.answer(&remote.call(&request).await?, CHANGED)?;
            }
        }
        DONE
    }
}

impl Passkey {
    async fn run(self, app: &App<'_>) -> Outcome {
        let remote = app.remote()?;
        match self {
            Passkey::List => {
                let listed = remote.call(&PasskeyList {}).await?;
                app.ui.answer(&listed, &["id", "name", "added_at"])?;
            }
            Passkey::Remove { passkey, password_file } => {
                let password = password(password_file.as_deref())?;
                let request = PasskeyRemove { passkey, password };
                app.ui.answer(&remote.call(&request).await?, CHANGED)?;
            }
        }
        DONE
    }
}

fn password(path: Option<&Path>) -> Result<WireSecret, Failure> {
    files::given_secret(path, "password", "--password-file").map(WireSecret)
}

fn new_password(path: &Path) -> Result<WireSecret, Failure> {
    files::read_secret(path).map(WireSecret)
}
