//! Settings of people's accounts: how mail is sent, and what owners have to show.

use super::settings::Reader;
use super::values::Refusal;

/// How mail is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum MailBy {
    /// Not at all: nobody registers.
    #[default]
    Off,
    /// It is printed in the log.
    Log,
}

/// What an operator chose about accounts.
#[derive(Debug, Clone, Default)]
pub(crate) struct Accounts {
    /// How mail is sent.
    pub(crate) mail: MailBy,
    /// Whether people act for the node by sessions with a second factor alone.
    pub(crate) admin_second_factor: bool,
}

/// Reads them.
pub(super) fn read(reader: &mut Reader<'_>) -> Accounts {
    let mail = mail(&reader.text("accounts.mail"));
    let second_factor = second_factor(&reader.text("accounts.admin_2fa"));
    Accounts {
        mail: reader.take("accounts.mail", MailBy::Off, mail),
        admin_second_factor: reader.take("accounts.admin_2fa", false, second_factor),
    }
}

fn mail(text: &str) -> Result<MailBy, Refusal> {
    match text {
        "off" => Ok(MailBy::Off),
        "log" => Ok(MailBy::Log),
        _ => Err("off or log".to_owned()),
    }
}

fn second_factor(text: &str) -> Result<bool, Refusal> {
    match text {
        "off" => Ok(false),
        "enforce" => Ok(true),
        _ => Err("off or enforce".to_owned()),
    }
}
