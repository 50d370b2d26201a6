//! What a principal holds.

use hansa_kernel::State;
use hansa_kernel::transfer::{AccountKey, CurrencyIndex, Role};
use hansa_types::{Amount, Code, Currency, PrincipalId, Rejection};
use hansa_wire::api::Page;
use hansa_wire::api::accounts::{Balance, BalanceList};
use hansa_wire::{Problem, WireAmount};

use crate::answer::Answer;
use crate::context::Context;
use crate::resolve::counted;

/// Lists a principal's balances, one per currency it ever held.
pub(crate) async fn balance_list(
    context: &Context,
    request: BalanceList,
) -> Result<Answer, Problem> {
    let principal = context.find(&request.principal, Code::PrincipalUnknown).await?;
    if !context.sees_money_of(principal).await? {
        return Err(Code::PrincipalUnknown.into());
    }
    let look = move |state: &State| Ok::<_, Rejection>((balances(state, principal)?, state.seq));
    let (all, as_of_seq) = context.api.node.read(context.principal().ok(), look).await??;
    let (data, next_cursor) = counted(all, request.cursor.as_ref(), request.limit)?;
    Answer::json(&Page { data, next_cursor, as_of_seq })
}

/// What a principal holds in each currency, in the order of the currencies.
pub(super) fn balances(state: &State, principal: PrincipalId) -> Result<Vec<Balance>, Rejection> {
    let owner = state.principal(principal)?;
    let currencies = (0u16..).zip(state.ledger.currencies());
    let balances = currencies.filter_map(|(index, kept)| {
        let currency = CurrencyIndex(index);
        let account = state.ledger.account(AccountKey { owner, currency, role: Role::Main })?;
        Some(tell(&kept.currency, account.balance(), state.held.sum(owner, currency)))
    });
    Ok(balances.collect())
}

fn tell(currency: &Currency, available: Amount, held: Amount) -> Balance {
    Balance {
        currency: currency.code,
        balance: WireAmount::of(currency, available.plus(held).unwrap_or(available)),
        available: WireAmount::of(currency, available),
        held: WireAmount::of(currency, held),
    }
}
