//! ```text
//! offer PAYER AGENT TERMS [skill NAME]                          as O
//! counter WHO PARENT TERMS       accept WHO PARENT [TERMS]      reject WHO PARENT
//! delegate WHO PARENT [TERMS] [budget AMOUNT]
//! execute WHO PARENT [MILESTONE]         settle WHO PARENT [MILESTONE]
//! attest WHO PARENT [accept|refuse] [score N] [rating N] [of STEP]
//! revoke WHO PARENT [of STEP]
//! expire HOLD|TASK
//! ```
//!
//! TERMS are `AMOUNT [CODE] escrow NAME:PERCENT…` or `AMOUNT [CODE] outcome`, with `deadline SPAN`
//! and `sla TEXT`. Left out, `delegate` repeats what was agreed. A step goes to the other party
//! unless `to NAME` says otherwise; the parent `none` leaves it out.

use hansa_crypto::hash::label;
use hansa_kernel::Command;
use hansa_kernel::due::Due;
use hansa_kernel::task::{Act, MilestoneTerms, Rail, Step, Terms, Verdict};
use hansa_types::{AnyId, EnvelopeId, PrincipalId};

use super::super::words::span;
use super::super::{Named, Town, Words};
use super::{Asked, amount, parse_amount};

pub(super) fn parse(town: &mut Town, verb: &str, words: &mut Words<'_>) -> Result<Asked, String> {
    let who = words.next()?;
    if verb == "expire" {
        let due = match town.named(who)? {
            Named::Id(AnyId::Transfer(id)) => Due::Hold(id),
            _ => Due::Task(town.task(who)?),
        };
        return Asked::by("timer", Command::Expire(due));
    }
    let to = words.after("to").map(|name| town.principal(name));
    if verb == "offer" {
        let to = to.unwrap_or(town.principal(words.next()?));
        let parent = words.after("parent").map(|name| town.step(name)).transpose()?;
        let skill = label(words.after("skill").unwrap_or("writing"));
        let act = Act::Offer { terms: terms(town, words)?, skill };
        return Asked::by(who, Command::TaskStep(Step { parent, to, act }));
    }
    let parent = match words.next()? {
        "none" => None,
        name => Some(town.step(name)?),
    };
    let act = act(town, verb, parent, words)?;
    let to = to.unwrap_or_else(|| other_party(town, who, parent));
    Asked::by(who, Command::TaskStep(Step { parent, to, act }))
}

/// The agent, for the payer and for strangers; the payer, for the agent.
fn other_party(town: &Town, who: &str, parent: Option<EnvelopeId>) -> PrincipalId {
    let step = parent.and_then(|parent| town.state.tasks.step(parent));
    let Some(task) = step.and_then(|step| town.state.tasks.get(step.task)) else {
        return town.principal("bob");
    };
    let agent = town.state.principals.get(task.agent).id;
    match agent == town.principal(who) {
        true => town.state.principals.get(task.payer).id,
        false => agent,
    }
}

fn act(
    town: &Town,
    verb: &str,
    parent: Option<EnvelopeId>,
    words: &mut Words<'_>,
) -> Result<Act, String> {
    let of = words.after("of").map(|name| town.step(name)).transpose()?;
    let of = of.or(parent).unwrap_or(EnvelopeId::new(0));
    Ok(match verb {
        "counter" => Act::Counter { terms: terms(town, words)? },
        "accept" => {
            let given = !words.is_empty();
            Act::Accept { terms: given.then(|| terms(town, words)).transpose()? }
        }
        "reject" => Act::Reject,
        "delegate" => {
            let avt = town.currency("AVT")?;
            let budget = words.after("budget").map(|text| parse_amount(&avt, text)).transpose()?;
            let terms = match words.is_empty() {
                true => agreed(town, parent)?,
                false => terms(town, words)?,
            };
            Act::Delegate { terms, budget_max: budget }
        }
        "execute" => Act::Execute {
            milestone: words.next().ok().map(label),
            output: Town::digest_of("output"),
        },
        "settle" => {
            let result = Town::digest_of("result");
            Act::Settle { milestone: words.next().ok().map(label), result }
        }
        "attest" => attest(of, words)?,
        "revoke" => Act::Revoke { of },
        other => return Err(format!("{other} is no command")),
    })
}

fn attest(of: EnvelopeId, words: &mut Words<'_>) -> Result<Act, String> {
    let mut number = |word| words.after(word).map(str::parse::<u16>).transpose();
    let score = number("score").map_err(|error| error.to_string())?;
    let rating = number("rating").map_err(|error| error.to_string())?;
    let rating = rating.map(u8::try_from).transpose().map_err(|error| error.to_string())?;
    let verdict = match (words.flag("accept"), words.flag("refuse")) {
        (true, _) => Some(Verdict::Accept),
        (_, true) => Some(Verdict::Refuse),
        _ => None,
    };
    Ok(Act::Attest { of, verdict, score, rating })
}

fn agreed(town: &Town, parent: Option<EnvelopeId>) -> Result<Terms, String> {
    let step = parent.and_then(|parent| town.state.tasks.step(parent));
    let task = step.and_then(|step| town.state.tasks.get(step.task));
    task.map(|task| task.terms.clone()).ok_or_else(|| "no terms to repeat".to_owned())
}

fn terms(town: &Town, words: &mut Words<'_>) -> Result<Terms, String> {
    let deadline = words.after("deadline").map(span).transpose()?;
    let sla = words.after("sla").map(Town::digest_of);
    let (amount, currency) = amount(town, words)?;
    let rail = match words.next()? {
        "escrow" => Rail::Escrow,
        "outcome" => Rail::Outcome,
        other => return Err(format!("{other} is no rail")),
    };
    let milestone = |word: &str| {
        let (name, pct) = word.split_once(':').ok_or(format!("{word} is no milestone"))?;
        let pct = pct.parse().map_err(|_| format!("{pct} is no percentage"))?;
        Ok::<_, String>(MilestoneTerms { pct, on: label(name) })
    };
    Ok(Terms {
        currency: currency.code,
        amount,
        rail,
        milestones: words.rest().into_iter().map(milestone).collect::<Result<_, _>>()?,
        deadline: deadline.map(|span| town.now.after(span)),
        sla,
    })
}
