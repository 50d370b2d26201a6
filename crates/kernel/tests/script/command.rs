//! The commands of scripts.

use hansa_kernel::grant::{self, Action};
use hansa_kernel::node::{AcceptClock, Found, Mode};
use hansa_kernel::task::{Act, MilestoneTerms, Rail, Step, Terms, Verdict};
use hansa_kernel::transfer::{self, FeeRule};
use hansa_kernel::due::Due;
use hansa_kernel::{Command, Entry, principal};
use hansa_types::{
    Amount, AnyId, ApiKeyId, Currency, Digest, GrantId, IncarnationId, Label, PrincipalId, Time,
};

use super::request::request;
use super::words::span;
use super::{Named, Outcome, Town, Words};

type Parsed<'a> = Result<(&'a str, Command), String>;

/// Runs one command.
pub(crate) fn run(town: &mut Town, words: &mut Words<'_>) -> Result<Outcome, String> {
    let verb = words.next()?;
    match verb {
        "at" => {
            let later = words.next()?;
            town.now = town.now.after(span(later.trim_start_matches('+'))?);
            return words.finish().map(|()| Outcome::Done { entries: Vec::new() });
        }
        "snapshot" => {
            town.reload();
            return words.finish().map(|()| Outcome::Done { entries: Vec::new() });
        }
        "tick" => return words.finish().map(|()| tick(town)),
        "filler" => {
            let count: u32 = words.next()?.parse().map_err(|_| "how many?".to_owned())?;
            for _ in 0..count {
                super::run_line(town, "clock 0 @machine")?;
            }
            return words.finish().map(|()| Outcome::Done { entries: Vec::new() });
        }
        _ => {}
    }
    let (asker, command) = match verb {
        "found" | "clock" | "owner" | "agent" | "suspend" | "reinstate" | "card" | "key"
        | "unkey" | "expire" => people(town, verb, words)?,
        "currency" | "mint" | "burn" | "transfer" | "hold" | "post" | "void" => {
            money(town, verb, words)?
        }
        "grant" | "ungrant" => authority(town, verb, words)?,
        _ => work(town, verb, words)?,
    };
    words.finish()?;
    let named = match &command {
        Command::PrincipalCreate(principal::Create { id, .. })
        | Command::OwnerCreate(principal::CreateOwner { id, .. })
        | Command::NodeFound(Found { id, .. }) => Some(*id),
        _ => None,
    };
    let name = words.text().split_whitespace().nth(1).unwrap_or_default();
    let request = request(town, words, &asker, command)?;
    let outcome = town.submit(&request);
    if let (Some(id), Outcome::Done { .. }) = (named, &outcome) {
        let name = if verb == "found" { "node" } else { name };
        town.bind(name, Named::Principal(id));
    }
    Ok(outcome)
}

/// Carries out all that is due.
fn tick(town: &mut Town) -> Outcome {
    let mut all: Vec<Entry> = Vec::new();
    while let Some(due) = town.state.next_due(town.now) {
        let request = hansa_kernel::Request {
            caller: hansa_kernel::Caller { principal: None, auth: hansa_kernel::Auth::Timer },
            command: Command::Expire(due),
            corr: None,
            looked_up: None,
        };
        match town.submit(&request) {
            Outcome::Done { entries } => all.extend(entries),
            other => panic!("what is due is carried out: {other:?}"),
        }
    }
    Outcome::Done { entries: all }
}

fn amount(town: &Town, words: &mut Words<'_>) -> Result<(Amount, Currency), String> {
    let number = words.next()?;
    let code = words.after_number().unwrap_or("AVT");
    let currency = town.currency(code)?;
    Ok((parse_amount(&currency, number)?, currency))
}

fn parse_amount(currency: &Currency, text: &str) -> Result<Amount, String> {
    if let Some(minor) = text.strip_prefix("minor:") {
        return minor.parse().map(Amount).map_err(|_| format!("{text} is no amount"));
    }
    match text {
        "everything" => Ok(Amount(u128::MAX)),
        _ => currency.parse_or_zero(text).map_err(|error| format!("{text}: {error}")),
    }
}

fn actions(words: &[&str]) -> Result<Vec<Action>, String> {
    words.iter().map(|word| word.parse::<Action>().map_err(|r| r.to_string())).collect()
}

fn people<'a>(town: &mut Town, verb: &str, words: &mut Words<'a>) -> Result<(String, Command), String> {
    let now = town.now.0;
    let id = PrincipalId::new(now, town.entropy());
    let mut name = words.next()?;
    let mut asker = "olga";
    let command = match verb {
        "found" => {
            let mode = match name {
                "sovereign" => Mode::Sovereign,
                "satellite" => Mode::Satellite,
                other => return Err(format!("{other} is no mode")),
            };
            asker = "machine";
            let (currency, fee) = currency(words)?;
            let genesis = words.keyed("genesis:").unwrap_or("0");
            let genesis_grant = parse_amount(&currency, genesis)?;
            let incarnation = IncarnationId::new(now, 1);
            let key = Town::public_key("node");
            Command::NodeFound(Found { id, key, incarnation, mode, currency, fee, genesis_grant })
        }
        "clock" => {
            let jump_ms = name.parse().map_err(|_| format!("{name} is no jump"))?;
            Command::ClockAccept(AcceptClock { jump_ms })
        }
        "owner" => {
            asker = "setup";
            Command::OwnerCreate(principal::CreateOwner { id, key: Town::public_key(name) })
        }
        "agent" => {
            let key = Town::public_key(words.keyed("key:").unwrap_or(name));
            let card = words.keyed("card:").map(Town::digest_of);
            let genesis_grant = !words.flag("poor");
            let kind = principal::Kind::Agent;
            Command::PrincipalCreate(principal::Create { id, kind, key, card, genesis_grant })
        }
        "suspend" => Command::PrincipalSuspend(principal::Suspend { principal: town.principal(name) }),
        "reinstate" => {
            Command::PrincipalReinstate(principal::Reinstate { principal: town.principal(name) })
        }
        "card" => {
            asker = name;
            let card = Town::digest_of("a card");
            Command::CardSet(principal::SetCard { principal: town.principal(name), card })
        }
        "key" => {
            asker = name;
            let expires = words.after("for").map(span).transpose()?;
            let number = town.entropy();
            let secret = words.keyed("secret:").map_or(number.to_string(), str::to_owned);
            let id = match words.keyed("id:") {
                Some(name) => match town.named(name)? {
                    Named::Key { id, .. } => id,
                    _ => return Err(format!("{name} is no key")),
                },
                None => ApiKeyId::new(now, number),
            };
            Command::ApiKeyCreate(principal::CreateApiKey {
                id,
                principal: town.principal(name),
                secret: Town::digest_of(&secret),
                actions: actions(&words.rest())?,
                expires: expires.map(|span| town.now.after(span)),
            })
        }
        "unkey" => {
            let Named::Key { id, owner } = town.named(name)? else {
                return Err(format!("{name} is no key"));
            };
            let owner = town.name_of(owner.into());
            return Ok((owner, Command::ApiKeyRevoke(principal::RevokeApiKey { id })));
        }
        "expire" => {
            asker = "timer";
            Command::Expire(match town.named(name)? {
                Named::Id(AnyId::Transfer(id)) => Due::Hold(id),
                _ => Due::Task(town.task(name)?),
            })
        }
        _ => return Err(format!("{verb} is no command")),
    };
    if name.is_empty() {
        name = asker;
    }
    let _ = name;
    Ok((asker.to_owned(), command))
}
