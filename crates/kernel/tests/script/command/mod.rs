//! The commands of scripts, by topic. Each topic's file shows its grammar.

mod account;
mod authority;
mod clearance;
mod did;
mod gate;
mod memory;
mod money;
mod org;
mod people;
mod policy;
mod tokens;
mod work;

use hansa_kernel::action::{Act, Submit};
use hansa_kernel::grant::Action;
use hansa_kernel::org::OrgCommand;
use hansa_kernel::{Auth, Caller, Command, Request};
use hansa_types::{Amount, Currency};

use super::request::request;
use super::words::span;
use super::{Named, Outcome, Town, Words};

/// A command, and who sends it unless the line says otherwise.
struct Asked {
    asker: String,
    command: Command,
}

impl Asked {
    fn by(asker: &str, command: Command) -> Result<Self, String> {
        Ok(Self { asker: asker.to_owned(), command })
    }
}

/// Runs one command. Beside those of the topics: `at +SPAN` lets time pass, `tick` carries out what
/// is due, `snapshot` goes on from a snapshot, `filler N` makes N entries that mean nothing,
/// `enforce_2fa` asks people who act for the node for a second factor.
pub(crate) fn run(town: &mut Town, words: &mut Words<'_>) -> Result<Outcome, String> {
    let verb = words.next()?;
    match verb {
        "at" => town.now = town.now.after(span(words.next()?.trim_start_matches('+'))?),
        "snapshot" => town.reload(),
        "enforce_2fa" => town.state.second_factor_enforced = true,
        "filler" => {
            let count: u32 = words.next()?.parse().map_err(|_| "how many?".to_owned())?;
            for _ in 0..count {
                super::run_line(town, "clock 0 @machine")?;
            }
        }
        "tick" => return tick(town, words),
        _ => return submit(town, verb, words),
    }
    words.finish()?;
    Ok(Outcome::Done { entries: Vec::new() })
}

/// Reads the command of a verb.
fn parse(town: &mut Town, verb: &str, words: &mut Words<'_>) -> Result<Asked, String> {
    let parse = match verb {
        "found" | "clock" | "owner" | "agent" | "suspend" | "freeze" | "reinstate" | "card"
        | "appeal" | "custody" | "person" | "erase" | "rotate" | "nodekey" | "restored"
        | "format" => people::parse,
        "register" | "login" | "logout" | "password" | "recover" | "recovery" | "totp"
        | "passkey" => account::parse,
        "policy" | "activate" | "deprecate" | "unpolicy" | "mode" | "evaluate" | "later"
        | "answer" | "unanswered" => policy::parse,
        "key" | "unkey" | "grant" | "ungrant" | "relinquish" => authority::parse,
        verb if tokens::VERBS.contains(&verb) => tokens::parse,
        verb if org::VERBS.contains(&verb) => org::parse,
        verb if clearance::VERBS.contains(&verb) => clearance::parse,
        "currency" | "mint" | "burn" | "transfer" | "hold" | "post" | "void" => money::parse,
        verb if memory::VERBS.contains(&verb) => memory::parse,
        verb if gate::VERBS.contains(&verb) => gate::parse,
        _ => work::parse,
    };
    parse(town, verb, words)
}

fn submit(town: &mut Town, verb: &str, words: &mut Words<'_>) -> Result<Outcome, String> {
    let Asked { asker, command } = match verb {
        "did" => did::parse(town, words)?,
        verb => parse(town, verb, words)?,
    };
    words.finish()?;
    let mut request = request(town, words, &asker, command)?;
    let caller = request.caller.clone();
    if let Command::ActionSubmit(Submit { act: Act::Native(inner), .. }) = &mut request.command {
        inner.caller = caller;
    }
    let outcome = policy::submit(town, words, &request)?;
    if let Outcome::Done { .. } = outcome {
        let name = words.text().split_whitespace().nth(1).unwrap_or_default();
        match request.command {
            Command::NodeFound(found) => town.bind("node", Named::Principal(found.id)),
            Command::OwnerCreate(create) => town.bind(name, Named::Principal(create.id)),
            Command::PrincipalCreate(create) => town.bind(name, Named::Principal(create.id)),
            Command::AgentOnboard(onboard) => {
                let (id, owner) = (onboard.client, onboard.agent.id);
                town.bind(name, Named::Principal(owner));
                town.bind(&format!("client/{name}"), Named::Token { id, owner });
            }
            Command::Org(OrgCommand::Create(create)) => {
                town.bind(name, Named::Principal(create.id));
            }
            Command::AccountRegister(done) => town.bind(name, Named::Principal(done.principal)),
            _ => {}
        }
    }
    Ok(outcome)
}

fn tick(town: &mut Town, words: &Words<'_>) -> Result<Outcome, String> {
    words.finish()?;
    let mut all = Vec::new();
    while let Some(due) = town.state.next_due(town.now) {
        let caller = Caller { principal: None, auth: Auth::Timer };
        let command = Command::Expire(due);
        match town.submit(&Request::new(caller, command, None)) {
            Outcome::Done { entries } => all.extend(entries),
            other => return Err(format!("what is due is not carried out: {}", other.tell(town))),
        }
    }
    Ok(Outcome::Done { entries: all })
}

/// An amount and its currency, AVT if unsaid: `10`, `0.5 USD`, `minor:3 AVT`.
fn amount(town: &Town, words: &mut Words<'_>) -> Result<(Amount, Currency), String> {
    let number = words.next()?;
    let currency = town.currency(words.code().unwrap_or("AVT"))?;
    Ok((parse_amount(&currency, number)?, currency))
}

fn parse_amount(currency: &Currency, text: &str) -> Result<Amount, String> {
    match text.strip_prefix("minor:") {
        Some("max") => Ok(Amount(u128::MAX)),
        Some(minor) => minor.parse().map(Amount).map_err(|_| format!("{text} is no amount")),
        None => currency.parse_or_zero(text).map_err(|error| format!("{text}: {error}")),
    }
}

fn actions(words: &[&str]) -> Result<Vec<Action>, String> {
    words.iter().map(|word| word.parse().map_err(|refusal| format!("{word}: {refusal}"))).collect()
}
