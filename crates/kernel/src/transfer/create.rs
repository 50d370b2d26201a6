//! Moving money at once, or setting it aside for later.

use hansa_types::{
    Amount, AnyId, Code, CurrencyCode, Duration, GrantId, PrincipalId, Rejection, Time, TransferId,
    Vis,
};
use serde::{Deserialize, Serialize};

use super::ledger::{AccountKey, Role};
use super::pending::Pending;
use crate::State;
use crate::admit::{Permit, Sphere};
use crate::command::Rules;
use crate::decide::{Context, Draft};
use crate::entry::Entry;
use crate::event::Event;
use crate::grant::charge;
use crate::limits::{HOLD_LIFE_DEFAULT, HOLD_LIFE_MAX, HOLD_LIFE_MIN, HOLDS_MAX};

/// Move money, or set it aside.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hold {
    /// How long until it goes back by itself, measured from the moment it is decided; seven days
    /// if unsaid.
    pub life: Option<Duration>,
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
    /// The grant under which somebody else than the payer did it, and which is charged for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grant: Option<GrantId>,
}

pub(crate) fn nothing(amount: &Amount) -> bool {
    *amount == Amount::ZERO
}

/// Somebody pays somebody.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Payment {
    pub from: PrincipalId,
    pub to: PrincipalId,
    pub currency: CurrencyCode,
    pub amount: Amount,
}

impl Payment {
    /// Checks both sides and returns the fee. The node itself pays none.
    pub(crate) fn check(&self, state: &State) -> Result<Amount, Rejection> {
        let currency = state.ledger.currency(self.currency)?;
        let payer = state.principal(self.from)?;
        let payee = state.principals.find(self.to).ok_or(Code::PayeeUnknown)?;
        if payer == payee {
            return Err(Code::SameAccount.into());
        }
        if self.amount == Amount::ZERO {
            return Err(Code::AmountZero.into());
        }
        if !state.principals.status(payee).active {
            return Err(Rejection::new(Code::PrincipalSuspended, "the payee is suspended"));
        }
        let fee = match payer == state.treasury()? {
            true => Amount::ZERO,
            false => {
                let rule = state.ledger.currency_state(currency).fee;
                rule.on(self.amount).ok_or(Code::AmountOverflow)?
            }
        };
        let total = self.amount.plus(fee).ok_or(Code::AmountOverflow)?;
        let account = |owner| AccountKey { owner, currency, role: Role::Main };
        state.ledger.check_debit(account(payer), total)?;
        state.ledger.check_room(account(payee))?;
        Ok(fee)
    }
}

impl Rules for Create {
    fn sphere(&self, _: &State) -> Result<Sphere, Rejection> {
        Ok(Sphere::Own(self.from))
    }

    fn decide(
        &self,
        permit: &Permit<'_>,
        ctx: &mut Context<'_>,
        out: &mut Vec<Draft>,
    ) -> Result<(), Rejection> {
        let state = permit.state();
        let Create { from, to, currency, amount, hold: _ } = *self;
        let fee = Payment { from, to, currency, amount }.check(state)?;
        let from = (permit.caller().principal != Some(from)).then_some(from);
        let event = match self.hold {
            None => Event::TransferPosted(Posted {
                from,
                amount,
                currency,
                fee,
                of: None,
                grant: permit.grant(),
            }),
            Some(hold) => {
                check_room(state)?;
                Event::TransferPending(Pending {
                    from,
                    amount,
                    currency,
                    fee,
                    expires: hold.expiry(ctx.now)?,
                    task: None,
                    grant: permit.grant(),
                })
            }
        };
        let id = TransferId::new(ctx.now.0, ctx.entropy());
        out.push(Draft::new(id, Vis::Parties, event).about(to));
        Ok(())
    }
}

/// Refuses one pending transfer too many.
pub(crate) fn check_room(state: &State) -> Result<(), Rejection> {
    match state.held.len() < HOLDS_MAX {
        true => Ok(()),
        false => Err(Rejection::new(Code::StateFull, "too many pending transfers")),
    }
}

impl Hold {
    fn expiry(&self, now: Time) -> Result<Time, Rejection> {
        let life = self.life.unwrap_or(HOLD_LIFE_DEFAULT);
        match (HOLD_LIFE_MIN..=HOLD_LIFE_MAX).contains(&life) {
            true => Ok(now.after(life)),
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
    charge(state, posted.grant, posted.amount);
}
