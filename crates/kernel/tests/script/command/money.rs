//! ```text
//! currency CODE [scale:N] [fee:PPM/MINIMUM] [foreign]
//! mint TO AMOUNT [CODE]        burn FROM AMOUNT [CODE]
//! transfer FROM TO AMOUNT [CODE]
//! hold FROM TO AMOUNT [CODE] [for SPAN]     as H
//! post H [AMOUNT]              void H
//! ```

use hansa_kernel::{Command, transfer};

use super::super::words::span;
use super::super::{Town, Words};
use super::people::{fee_rule, new_currency};
use super::{Asked, amount, parse_amount};

pub(super) fn parse(town: &mut Town, verb: &str, words: &mut Words<'_>) -> Result<Asked, String> {
    match verb {
        "currency" => {
            let currency = new_currency(words)?;
            let (fee, own) = (fee_rule(&currency, words)?, !words.flag("foreign"));
            let create = transfer::CreateCurrency { currency, own, fee };
            Asked::by("olga", Command::CurrencyCreate(create))
        }
        "mint" => {
            let to = town.principal(words.next()?);
            let (amount, currency) = amount(town, words)?;
            let mint = transfer::Mint { to, currency: currency.code, amount };
            Asked::by("olga", Command::MintCreate(mint))
        }
        "burn" => {
            let from = town.principal(words.next()?);
            let (amount, currency) = amount(town, words)?;
            let burn = transfer::Burn { from, currency: currency.code, amount };
            Asked::by("olga", Command::BurnCreate(burn))
        }
        "transfer" | "hold" => pay(town, verb, words),
        "post" => post(town, words),
        _ => {
            let id = town.transfer(words.next()?)?;
            let payee = town.state.held.get(&id).map(|held| held.payee);
            let asker = payee.map(|payee| town.state.principals.get(payee).id.into());
            let asker = asker.map_or("bob".to_owned(), |id| town.name_of(id));
            Asked::by(&asker, Command::TransferVoid(transfer::Void { id }))
        }
    }
}

fn pay(town: &Town, verb: &str, words: &mut Words<'_>) -> Result<Asked, String> {
    let (from, to) = (words.next()?, words.next()?);
    let (amount, currency) = amount(town, words)?;
    let life = words.after("for").map(span).transpose()?;
    let hold = transfer::Hold { life };
    let create = transfer::Create {
        from: town.principal(from),
        to: town.principal(to),
        currency: currency.code,
        amount,
        hold: (verb == "hold").then_some(hold),
    };
    Asked::by(from, Command::TransferCreate(create))
}

fn post(town: &Town, words: &mut Words<'_>) -> Result<Asked, String> {
    let id = town.transfer(words.next()?)?;
    let held = town.state.held.get(&id);
    let currency = match held {
        Some(held) => town.state.ledger.currency_state(held.currency).currency,
        None => town.currency("AVT")?,
    };
    let payer = held.map(|held| town.state.principals.get(held.payer).id.into());
    let asker = payer.map_or("alice".to_owned(), |id| town.name_of(id));
    let amount = words.next().ok().map(|text| parse_amount(&currency, text)).transpose()?;
    Asked::by(&asker, Command::TransferPost(transfer::Post { id, amount }))
}
