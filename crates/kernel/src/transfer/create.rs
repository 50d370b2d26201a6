//! Moving money at once, or setting it aside for later.

use hansa_types::{
    Amount, AnyId, Code, CurrencyCode, GrantId, PrincipalId, Rejection, Time, TransferId, Vis,
};
use serde::{Deserialize, Serialize};

use super::ledger::{AccountKey, CurrencyIndex, Role};
use super::pending::Pending;
use crate::State;
use crate::admit::Permit;
use crate::decide::{Context, Draft};
use crate::entry::Entry;
use crate::event::Event;
use crate::limits::{HOLD_LIFE_DEFAULT, HOLD_LIFE_MAX, HOLD_LIFE_MIN, HOLDS_MAX};
use crate::principal::Handle;

/// Move money, or set it aside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Create {
    /// Who pays.
    pub from: PrincipalId,
    /// Who is paid.
    pub to: PrincipalId,
    /// In which currency.
    pub currency: CurrencyCode,
    /// How much arrives.
    pub amount: Amount,
    /// Set it aside instead of moving it at once.
    pub hold: Option<Hold>,
}

/// How long money stays set aside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hold {
    /// When it goes back by itself; seven days from now if unsaid.
    pub expires: Option<Time>,
}

/// Data of `transfer.posted`. The entry's id is the transfer, its subject the payee.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Posted {
    /// Who paid, when it is not the actor.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<PrincipalId>,
    /// What arrived.
    pub amount: Amount,
    /// In which currency.
    pub currency: CurrencyCode,
    /// What the payer paid on top, to the treasury.
    #[serde(default, skip_serializing_if = "nothing")]
    pub fee: Amount,
    /// The pending transfer that it came out of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub of: Option<TransferId>,
    /// The grant under which somebody else than the payer did it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grant: Option<GrantId>,
}

pub(super) fn nothing(amount: &Amount) -> bool {
    *amount == Amount::ZERO
}

/// A transfer that the books allow, with its fee.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Quote {
    pub payer: Handle,
    pub currency: CurrencyIndex,
    pub amount: Amount,
    pub fee: Amount,
}

impl Quote {
    /// Checks both sides and computes the fee. The node itself pays none.
    pub(crate) fn new(
        state: &State,
        from: PrincipalId,
        to: PrincipalId,
        code: CurrencyCode,
        amount: Amount,
    ) -> Result<Quote, Rejection> {
        let currency = state.ledger.currency(code)?;
        let payer = state.principal(from)?;
        let payee = state.principals.find(to).ok_or(Code::PayeeUnknown)?;
        if payer == payee {
            return Err(Code::SameAccount.into());
        }
        if amount == Amount::ZERO {
            return Err(Code::AmountZero.into());
        }
        if !state.principals.get(payee).active {
            return Err(Rejection::new(Code::PrincipalSuspended, "the payee is suspended"));
        }
        let treasury = state.treasury()?;
        let fee = match payer == treasury {
            true => Amount::ZERO,
            false => {
                let rule = state.ledger.currency_state(currency).fee;
                rule.on(amount).ok_or(Code::AmountOverflow)?
            }
        };
        let quote = Quote { payer, currency, amount, fee };
        let total = quote.total()?;
        let account = |owner| AccountKey { owner, currency, role: Role::Main };
        state.ledger.check_debit(account(payer), total)?;
        state.ledger.check_credit(account(payee), amount)?;
        state.ledger.check_credit(account(treasury), total)?;
        Ok(quote)
    }

    pub(crate) fn total(&self) -> Result<Amount, Rejection> {
        self.amount.plus(self.fee).ok_or_else(|| Code::AmountOverflow.into())
    }
}

impl Create {
    pub(crate) fn decide(
        &self,
        permit: &Permit<'_>,
        ctx: &mut Context<'_>,
        out: &mut Vec<Draft>,
    ) -> Result<(), Rejection> {
        let state = permit.state();
        let quote = Quote::new(state, self.from, self.to, self.currency, self.amount)?;
        let from = (permit.caller().principal != Some(self.from)).then_some(self.from);
        let event = match self.hold {
            None => Event::TransferPosted(Posted {
                from,
                amount: self.amount,
                currency: self.currency,
                fee: quote.fee,
                of: None,
                grant: permit.grant(),
            }),
            Some(hold) => {
                if state.held.len() >= HOLDS_MAX {
                    return Err(Rejection::new(Code::StateFull, "too many pending transfers"));
                }
                let escrow = state.escrow(quote.currency)?;
                state.ledger.check_credit(escrow, quote.total()?)?;
                Event::TransferPending(Pending {
                    from,
                    amount: self.amount,
                    currency: self.currency,
                    fee: quote.fee,
                    expires: hold.expiry(ctx.now)?,
                    task: None,
                    grant: permit.grant(),
                })
            }
        };
        let id = TransferId::new(ctx.now.0, ctx.entropy());
        out.push(Draft::new(id, Vis::Parties, event).about(self.to));
        Ok(())
    }
}

impl Hold {
    fn expiry(&self, now: Time) -> Result<Time, Rejection> {
        let Some(expires) = self.expires else { return Ok(now.after(HOLD_LIFE_DEFAULT)) };
        let allowed = now.after(HOLD_LIFE_MIN)..=now.after(HOLD_LIFE_MAX);
        match allowed.contains(&expires) {
            true => Ok(expires),
            false => Err(Code::HoldExpiryInvalid.into()),
        }
    }
}

pub(crate) fn apply_posted(state: &mut State, entry: &Entry, posted: &Posted) {
    let Some(AnyId::Principal(payee)) = entry.subject else {
        panic!("transfer.posted names the payee");
    };
    let currency = state.currency_index(posted.currency);
    let account = |owner| AccountKey { owner, currency, role: Role::Main };
    let treasury = account(state.node_handle());
    let payee = account(state.handle(payee));
    let source = match posted.of {
        Some(held) => {
            super::pending::take(state, held, posted.amount, posted.fee);
            state.escrow_of(currency)
        }
        None => {
            let payer = posted.from.or(entry.actor);
            account(payer.map(|id| state.handle(id)).unwrap_or_else(|| panic!("somebody pays")))
        }
    };
    state.ledger.move_money(source, payee, posted.amount);
    state.ledger.move_money(source, treasury, posted.fee);
    if let (Some(grant), None) = (posted.grant, posted.of) {
        crate::grant::charge(state, grant, posted.amount);
    }
}
