//! ```text
//! register NAME MAIL PASSWORD [exists] [keys:A,B]    the person signs with the key of its name
//! login NAME PASSWORD|- [code:SECRET] [passkey:PK/COUNT] [for SPAN] [secret:S]    logout SESSION
//! passkey NAME add SHOWN    passkey NAME drop PK SHOWN
//! password NAME SHOWN NEW      recover NAME KEY NEW      recovery NAME SHOWN [KEYS…]
//! totp NAME on SECRET          totp NAME off SHOWN
//! ```

use hansa_kernel::{Command, account};
use hansa_types::{AnyId, Digest, Duration, PasskeyId, PrincipalId, SessionId};

use super::super::words::span;
use super::super::{Named, Town, Words};
use super::Asked;

pub(super) fn parse(town: &mut Town, verb: &str, words: &mut Words<'_>) -> Result<Asked, String> {
    let name = words.next()?;
    let principal = town.principal(name);
    match verb {
        "register" => register(town, name, words),
        "login" => login(town, name, words),
        "logout" => logout(town, name),
        "password" => {
            let (shown, password) = (digest(words)?, digest(words)?);
            let change = account::ChangePassword { principal, shown, password };
            Asked::by(name, Command::PasswordChange(change))
        }
        "recover" => {
            let (key, password) = (digest(words)?, digest(words)?);
            let recover = account::Recover { principal, key, password };
            Asked::by(&format!("recovery_key:{name}"), Command::AccountRecover(recover))
        }
        "recovery" => {
            let shown = digest(words)?;
            let keys = words.rest().into_iter().map(Town::digest_of).collect();
            let set = account::SetRecoveryKeys { principal, shown, keys };
            Asked::by(name, Command::RecoveryKeysSet(set))
        }
        "passkey" => passkey(town, name, words),
        _ => match words.next()? {
            "on" => {
                let enable = account::EnableTotp { principal, totp: digest(words)? };
                Asked::by(name, Command::TotpEnable(enable))
            }
            _ => {
                let disable = account::DisableTotp { principal, shown: digest(words)? };
                Asked::by(name, Command::TotpDisable(disable))
            }
        },
    }
}

fn digest(words: &mut Words<'_>) -> Result<Digest, String> {
    words.next().map(Town::digest_of)
}

fn register(town: &mut Town, name: &str, words: &mut Words<'_>) -> Result<Asked, String> {
    let exists = words.flag("exists");
    let keys = words.keyed("keys:").unwrap_or("r1,r2");
    let (email, password) = (digest(words)?, digest(words)?);
    let number = town.entropy();
    let principal = match exists {
        true => town.principal(name),
        false => PrincipalId::new(town.now.0, number),
    };
    let person = account::Person { key: Town::public_key(name), card: Town::digest_of("a name") };
    let register = account::Register {
        principal,
        person: (!exists).then_some(person),
        email,
        password,
        recovery_keys: keys.split(',').map(Town::digest_of).collect(),
    };
    let asker = if exists { format!("mail:{name}") } else { "mail".to_owned() };
    Asked::by(&asker, Command::AccountRegister(register))
}

fn login(town: &mut Town, name: &str, words: &mut Words<'_>) -> Result<Asked, String> {
    let number = town.entropy();
    let secret = words.keyed("secret:").map_or(number.to_string(), str::to_owned);
    let life = words.after("for").map(span).transpose()?.unwrap_or(Duration::days(1));
    let open = account::OpenSession {
        id: SessionId::new(town.now.0, number),
        principal: town.principal(name),
        totp: words.keyed("code:").map(Town::digest_of),
        passkey: words.keyed("passkey:").map(|text| shown_passkey(town, text)).transpose()?,
        shown: Some(words.next()?).filter(|word| *word != "-").map(Town::digest_of),
        secret: Town::digest_of(&secret),
        expires: town.now.after(life),
    };
    let proof = if open.shown.is_some() { "password" } else { "passkey" };
    Asked::by(&format!("{proof}:{name}"), Command::SessionOpen(open))
}

fn passkey(town: &mut Town, name: &str, words: &mut Words<'_>) -> Result<Asked, String> {
    let principal = town.principal(name);
    if words.next()? == "drop" {
        let (id, shown) = (named_passkey(town, words.next()?)?, digest(words)?);
        let remove = account::RemovePasskey { id, principal, shown };
        return Asked::by(name, Command::PasskeyRemove(remove));
    }
    let add = account::AddPasskey {
        id: PasskeyId::new(town.now.0, town.entropy()),
        principal,
        shown: digest(words)?,
        passkey: Town::digest_of("the public part"),
    };
    Asked::by(name, Command::PasskeyAdd(add))
}

fn named_passkey(town: &Town, name: &str) -> Result<PasskeyId, String> {
    match town.named(name)? {
        Named::Id(AnyId::Passkey(id)) => Ok(id),
        other => Err(format!("{name} is {other:?} and no passkey")),
    }
}

/// A passkey that was shown: `PK/COUNT`.
pub(super) fn shown_passkey(town: &Town, text: &str) -> Result<account::ShownPasskey, String> {
    let (name, count) = text.split_once('/').unwrap_or((text, "0"));
    let counter = count.parse().map_err(|_| format!("{count} is no count"))?;
    let passkey = Town::digest_of("the public part");
    Ok(account::ShownPasskey { id: named_passkey(town, name)?, passkey, counter })
}

fn logout(town: &Town, name: &str) -> Result<Asked, String> {
    match town.named(name)? {
        Named::Session { id, .. } => {
            Asked::by(name, Command::SessionClose(account::CloseSession { id }))
        }
        Named::Id(AnyId::Session(id)) => {
            Asked::by("alice", Command::SessionClose(account::CloseSession { id }))
        }
        other => Err(format!("{name} is {other:?} and no session")),
    }
}
