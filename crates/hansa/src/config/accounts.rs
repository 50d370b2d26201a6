//! Settings of people's accounts: how mail is sent, and what owners have to show.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use hansa_node::Config;
use hansa_node::account::{LogMailer, Sender, SmtpLogin, SmtpSettings};
use hansa_node::egress::{EgressPolicy, Purpose};

use super::settings::Reader;
use super::values::Refusal;
use crate::failure::Failure;
use crate::files;

/// The port of mail submission under TLS (RFC 8314).
const PORT_SMTPS: u16 = 465;

/// How mail is sent.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) enum MailBy {
    /// Not at all: nobody registers.
    #[default]
    Off,
    /// It is printed in the log.
    Log,
    /// By a server.
    Smtp(Server),
}

/// The server that takes the node's mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Server {
    at: SmtpUrl,
    password_file: Option<PathBuf>,
    from: Sender,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct SmtpUrl {
    tls: bool,
    user: Option<String>,
    host: String,
    port: u16,
}

/// What an operator chose about accounts.
#[derive(Debug, Clone, Default)]
pub(crate) struct Accounts {
    /// How mail is sent.
    mail: MailBy,
    /// Whether people act for the node by sessions with a second factor alone.
    admin_second_factor: bool,
}

/// Reads them.
pub(super) fn read(reader: &mut Reader<'_>) -> Accounts {
    let mail = mail(reader);
    let second_factor = second_factor(&reader.text("accounts.admin_2fa"));
    Accounts { mail, admin_second_factor: reader.take("accounts.admin_2fa", false, second_factor) }
}

impl Accounts {
    /// Lets the node go to its mail server, and nowhere else for mail.
    pub(super) fn allow(&self, policy: EgressPolicy) -> EgressPolicy {
        let MailBy::Smtp(Server { at: SmtpUrl { host, port, .. }, .. }) = &self.mail else {
            return policy;
        };
        match format!("{host}:{port}").parse() {
            Ok(host) => policy.allow(Purpose::Mail, host),
            Err(_) => policy,
        }
    }

    /// Tells the node.
    pub(super) fn configure(&self, config: &mut Config) -> Result<(), Failure> {
        config.admin_second_factor = self.admin_second_factor;
        match &self.mail {
            MailBy::Off => {}
            MailBy::Log => config.mailer = Some(Arc::new(LogMailer)),
            MailBy::Smtp(server) => config.smtp = Some(server.settings()?),
        }
        Ok(())
    }
}

impl Server {
    fn settings(&self) -> Result<SmtpSettings, Failure> {
        let SmtpUrl { tls, user, host, port } = self.at.clone();
        let password = self.password_file.as_deref().map(|path: &Path| files::read_secret(path));
        let login = match (user, password.transpose()?) {
            (Some(user), Some(password)) => Some(SmtpLogin { user, password }),
            (None, None) => None,
            (Some(_), None) => {
                return Err(Failure::usage("accounts.smtp_url names a user without a password")
                    .next_step("name its file in accounts.smtp_password_file"));
            }
            (None, Some(_)) => {
                return Err(Failure::usage("there is a password for mail and no user")
                    .next_step("make accounts.smtp_url smtps://USER@HOST"));
            }
        };
        Ok(SmtpSettings { host, port, tls, login, from: self.from.clone() })
    }
}

fn mail(reader: &mut Reader<'_>) -> MailBy {
    let by = reader.text("accounts.mail");
    if by != "smtp" {
        let by = match by.as_str() {
            "off" => Ok(MailBy::Off),
            "log" => Ok(MailBy::Log),
            _ => Err("off, log or smtp".to_owned()),
        };
        return reader.take("accounts.mail", MailBy::Off, by);
    }
    let at = smtp_url(&reader.text("accounts.smtp_url")).map(Some);
    let at = reader.take("accounts.smtp_url", None, at);
    let from = reader.text("accounts.mail_from").parse().map(Some).map_err(str::to_owned);
    let from: Option<Sender> = reader.take("accounts.mail_from", None, from);
    let file = Some(reader.text("accounts.smtp_password_file")).filter(|path| !path.is_empty());
    match (at, from) {
        (Some(at), Some(from)) => {
            MailBy::Smtp(Server { at, password_file: file.map(PathBuf::from), from })
        }
        // Both were complained about.
        _ => MailBy::Off,
    }
}

/// Reads `smtps://USER@HOST:PORT`. The user may be an address: the last @ stands before the host.
fn smtp_url(text: &str) -> Result<SmtpUrl, Refusal> {
    let refuse = || "an address such as smtps://USER@mail.example, or with :PORT".to_owned();
    let (tls, rest) = match (text.strip_prefix("smtps://"), text.strip_prefix("smtp://")) {
        (Some(rest), _) => (true, rest),
        (_, Some(rest)) => (false, rest),
        _ => return Err(refuse()),
    };
    let (user, authority) = match rest.rsplit_once('@') {
        Some((user, authority)) if !user.is_empty() => (Some(user.to_owned()), authority),
        Some(_) => return Err(refuse()),
        None => (None, rest),
    };
    let (host, port) = match (authority.rsplit_once(':'), tls) {
        (Some((host, port)), _) => (host, port.parse().map_err(|_| refuse())?),
        (None, true) => (authority, PORT_SMTPS),
        // In clear there is no port that everybody means.
        (None, false) => return Err(refuse()),
    };
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"-.".contains(&b);
    match !host.is_empty() && port != 0 && host.bytes().all(plain) {
        true => Ok(SmtpUrl { tls, user, host: host.to_owned(), port }),
        false => Err(refuse()),
    }
}

fn second_factor(text: &str) -> Result<bool, Refusal> {
    match text {
        "off" => Ok(false),
        "enforce" => Ok(true),
        _ => Err("off or enforce".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mail_server_is_named_by_a_url() {
        let url = |tls, user: Option<&str>, host: &str, port| {
            Ok(SmtpUrl { tls, user: user.map(str::to_owned), host: host.to_owned(), port })
        };
        for (text, expected) in [
            ("smtps://mail.example", url(true, None, "mail.example", 465)),
            ("smtps://me@mail.example:4650", url(true, Some("me"), "mail.example", 4650)),
            (
                "smtps://me@b.example@mail.example",
                url(true, Some("me@b.example"), "mail.example", 465),
            ),
            ("smtp://localhost:2525", url(false, None, "localhost", 2525)),
        ] {
            assert_eq!(smtp_url(text), expected, "{text}");
        }
        for text in [
            "",
            "mail.example",
            "smtp://mail.example",
            "smtps://",
            "smtps://@mail.example",
            "smtps://mail.example:0",
            "smtps://mail.example:x",
            "https://mail.example",
            "smtps://mail.example/x",
            "smtps://mail example",
        ] {
            assert!(smtp_url(text).is_err(), "{text}");
        }
    }
}
