//! Currencies and their supply: made by the owner, minted and burned by the issuing node alone.

use hansa_types::{
    Amount, AnyId, Code, Currency, CurrencyCode, GrantId, PrincipalId, Rejection, TransferId, Vis,
};
use serde::{Deserialize, Serialize};

use super::ledger::{AccountKey, CurrencyIndex, CurrencyState, FeeRule, FeeRuleLine, Role};
use crate::State;
use crate::admit::{Permit, Sphere};
use crate::command::Rules;
use crate::decide::{Context, Draft};
use crate::entry::Entry;
use crate::event::Event;
use crate::grant::charge;
use crate::limits::CURRENCIES_MAX;
use crate::node::Mode;

/// Make a currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CreateCurrency {
    /// Its code and scale.
    pub currency: Currency,
    /// Whether this node issues it.
    pub own: bool,
    /// The fee on transfers in it.
    pub fee: FeeRule,
}

/// Make money.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mint {
    /// Who receives it.
    pub to: PrincipalId,
    /// In which currency.
    pub currency: CurrencyCode,
    /// How much.
    pub amount: Amount,
}

/// Destroy money.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Burn {
    /// Out of whose account: the treasury's, or the burner's own.
    pub from: PrincipalId,
    /// In which currency.
    pub currency: CurrencyCode,
    /// How much.
    pub amount: Amount,
}

/// Data of `currency.created`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CurrencyCreated {
    /// Its code.
    pub code: CurrencyCode,
    /// Decimals of a major unit.
    pub scale: u8,
    /// Whether this node issues it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub own: bool,
    /// The fee on transfers in it.
    #[serde(default, with = "FeeRuleLine", skip_serializing_if = "FeeRule::is_free")]
    pub fee: FeeRule,
}

/// Data of `money.minted`. The entry's id is a transfer, its subject the receiver.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Minted {
    /// How much.
    pub amount: Amount,
    /// In which currency.
    pub currency: CurrencyCode,
    /// The grant under which it was done, and which is charged for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grant: Option<GrantId>,
}

/// Data of `money.burned`. The entry's id is a transfer, its subject whose money it was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Burned {
    /// How much.
    pub amount: Amount,
    /// In which currency.
    pub currency: CurrencyCode,
    /// The grant under which it was done, and which is charged for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grant: Option<GrantId>,
}

impl Rules for CreateCurrency {
    fn sphere(&self, _: &State) -> Result<Sphere, Rejection> {
        Ok(Sphere::Node)
    }

    fn decide(
        &self,
        permit: &Permit<'_>,
        ctx: &mut Context<'_>,
        out: &mut Vec<Draft>,
    ) -> Result<(), Rejection> {
        let state = permit.state();
        if state.ledger.currency(self.currency.code).is_ok() {
            return Err(Code::CurrencyExists.into());
        }
        if state.ledger.currencies().len() >= CURRENCIES_MAX {
            return Err(Rejection::new(Code::StateFull, "a node holds at most 1,000 currencies"));
        }
        if self.currency.scale > Currency::SCALE_MAX {
            return Err(Rejection::new(Code::InvalidField, "scale: 0 to 18"));
        }
        if self.own && state.node()?.mode == Mode::Satellite {
            return Err(Rejection::new(
                Code::CurrencyNotOwn,
                "a satellite node issues no currency",
            ));
        }
        let created = CurrencyCreated {
            code: self.currency.code,
            scale: self.currency.scale,
            own: self.own,
            fee: self.fee,
        };
        out.push(Draft::new(ctx.entry_id(), Vis::Public, Event::CurrencyCreated(created)));
        Ok(())
    }
}

impl Rules for Mint {
    fn sphere(&self, _: &State) -> Result<Sphere, Rejection> {
        Ok(Sphere::Node)
    }

    fn decide(
        &self,
        permit: &Permit<'_>,
        ctx: &mut Context<'_>,
        out: &mut Vec<Draft>,
    ) -> Result<(), Rejection> {
        let state = permit.state();
        own_currency(state, self.currency)?;
        state.principals.find(self.to).ok_or(Code::PayeeUnknown)?;
        let minted = Minted { amount: self.amount, currency: self.currency, grant: permit.grant() };
        mint_into(state, ctx, self.to, minted, out)
    }
}

impl Rules for Burn {
    fn sphere(&self, _: &State) -> Result<Sphere, Rejection> {
        Ok(Sphere::Node)
    }

    fn decide(
        &self,
        permit: &Permit<'_>,
        ctx: &mut Context<'_>,
        out: &mut Vec<Draft>,
    ) -> Result<(), Rejection> {
        let state = permit.state();
        let currency = own_currency(state, self.currency)?;
        if self.amount == Amount::ZERO {
            return Err(Code::AmountZero.into());
        }
        let own_money = [Some(state.node()?.id), permit.caller().principal];
        if !own_money.contains(&Some(self.from)) {
            return Err(Rejection::new(Code::Forbidden, "nobody burns another's money"));
        }
        let owner = state.principal(self.from)?;
        let account = AccountKey { owner, currency, role: Role::Main };
        state.ledger.check_debit(account, self.amount)?;
        let burned = Burned { amount: self.amount, currency: self.currency, grant: permit.grant() };
        let id = TransferId::new(ctx.now.0, ctx.entropy());
        out.push(Draft::new(id, Vis::Parties, Event::MoneyBurned(burned)).about(self.from));
        Ok(())
    }
}

/// A currency that this node issues.
pub(crate) fn own_currency(state: &State, code: CurrencyCode) -> Result<CurrencyIndex, Rejection> {
    let currency = state.ledger.currency(code)?;
    match state.ledger.currency_state(currency).own {
        true => Ok(currency),
        false => Err(Code::CurrencyNotOwn.into()),
    }
}

/// Mints to a principal that exists or is about to.
pub(crate) fn mint_into(
    state: &State,
    ctx: &mut Context<'_>,
    to: PrincipalId,
    minted: Minted,
    out: &mut Vec<Draft>,
) -> Result<(), Rejection> {
    let (amount, currency) = (minted.amount, state.ledger.currency(minted.currency)?);
    if amount == Amount::ZERO {
        return Err(Code::AmountZero.into());
    }
    // What was ever issued bounds every balance, so this one check keeps all later ones in range.
    let issued = state.ledger.account(state.issuer(currency)?).map_or(Amount::ZERO, |a| a.debits);
    issued.plus(amount).ok_or(Code::BalanceOverflow)?;
    if let Some(owner) = state.principals.find(to) {
        let account = AccountKey { owner, currency, role: Role::Main };
        state.ledger.check_room(account)?;
    }
    let id = TransferId::new(ctx.now.0, ctx.entropy());
    out.push(Draft::new(id, Vis::Parties, Event::MoneyMinted(minted)).about(to));
    Ok(())
}

pub(crate) fn apply_currency_created(state: &mut State, _: &Entry, created: &CurrencyCreated) {
    let currency = Currency { code: created.code, scale: created.scale };
    let kept = CurrencyState { currency, own: created.own, fee: created.fee };
    state.ledger.add_currency(kept);
}

pub(crate) fn apply_minted(state: &mut State, entry: &Entry, minted: &Minted) {
    let currency = state.currency_index(minted.currency);
    let (issuer, account) = (state.issuer_of(currency), subject(state, entry, currency));
    state.ledger.move_money(issuer, account, minted.amount);
    charge(state, minted.grant, minted.amount);
}

pub(crate) fn apply_burned(state: &mut State, entry: &Entry, burned: &Burned) {
    let currency = state.currency_index(burned.currency);
    let (issuer, account) = (state.issuer_of(currency), subject(state, entry, currency));
    state.ledger.move_money(account, issuer, burned.amount);
    charge(state, burned.grant, burned.amount);
}

fn subject(state: &State, entry: &Entry, currency: CurrencyIndex) -> AccountKey {
    match entry.subject {
        Some(AnyId::Principal(id)) => {
            AccountKey { owner: state.handle(id), currency, role: Role::Main }
        }
        _ => panic!("{} names whose money it is", entry.event.kind()),
    }
}
