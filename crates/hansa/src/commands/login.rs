//! `hansa login`: a session that later commands use.

use std::path::PathBuf;

use hansa_crypto::Secret;
use hansa_wire::api::auth::SessionOpen;
use hansa_wire::scalar::{Email, Integer, WireSecret};
use serde_json::json;

use super::{App, DONE, Outcome};
use crate::duration::Span;
use crate::failure::Failure;
use crate::files;
use crate::profiles::{Profile, Profiles, name};
use crate::remote::Remote;

/// Who logs in.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The account's e-mail address
    #[arg(long, value_name = "EMAIL", value_parser = email)]
    email: Email,

    /// Read the password from this file; without it from standard input
    #[arg(long, value_name = "FILE")]
    password_file: Option<PathBuf>,

    /// The present code of the second factor, where the account has one
    #[arg(long, value_name = "CODE")]
    totp: Option<String>,

    /// When the session ends, e.g. 8h; a day unless said, 30 days at most
    #[arg(long, value_name = "SPAN")]
    expires: Option<Span>,
}

const SHOWN: &[&str] = &["profile", "node", "principal", "session", "expires_at"];

impl Args {
    /// Carries it out.
    pub(crate) async fn run(self, app: &App<'_>) -> Outcome {
        let remote = Remote::anonymous(&app.global)?;
        // Before anything is asked for: what cannot be kept should not be opened.
        let (mut profiles, name) = (Profiles::open()?, name(&app.global)?);
        let password =
            files::given_secret(self.password_file.as_deref(), "password", "--password-file")?;
        let opened = remote
            .call(&SessionOpen {
                email: Some(self.email),
                password: Some(WireSecret(password)),
                passkey: None,
                totp: self.totp.map(|code| WireSecret(Secret::new(code))),
                cookie: false,
                expires_in_s: self.expires.map(|span| Integer(span.seconds)),
            })
            .await?;
        let access_token = opened
            .access_token
            .ok_or_else(|| Failure::new("the node did not show the session's secret"))?;
        let told = json!({
            "profile": name,
            "node": remote.url(),
            "principal": opened.principal,
            "session": opened.id,
            "expires_at": opened.expires_at,
        });
        let profile = Profile {
            node: remote.url().to_owned(),
            principal: opened.principal,
            session: opened.id,
            access_token,
            expires_at: opened.expires_at,
        };
        profiles.keep(&app.global, profile)?;
        app.ui.answer(&told, SHOWN)?;
        DONE
    }
}

/// Reads an e-mail address.
pub(crate) fn email(text: &str) -> Result<Email, String> {
    Email::new(text).ok_or_else(|| "not an e-mail address".to_owned())
}
