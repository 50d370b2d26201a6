//! The books of an audit, kept from zero.

use std::collections::{BTreeMap, HashMap};

use hansa_kernel::{Entry, Event};
use hansa_types::{AnyId, Currency, CurrencyCode, PrincipalId, TransferId};
use serde::Serialize;

/// One currency's totals, in major units.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CurrencyReport {
    /// Its code.
    pub currency: CurrencyCode,
    /// Everything ever issued.
    pub issued: String,
    /// Everything ever destroyed.
    pub burned: String,
    /// What accounts and escrow hold together.
    pub circulating: String,
    /// Issued less destroyed less circulating; `0` in true books.
    pub delta: String,
    /// Accounts that hold something.
    pub accounts: usize,
}

/// Money set aside.
struct SetAside {
    payer: PrincipalId,
    currency: CurrencyCode,
    amount: u128,
    fee: u128,
}

/// Everybody's money, as the shown entries move it.
#[derive(Default)]
pub struct Books {
    node: Option<PrincipalId>,
    scales: BTreeMap<CurrencyCode, u8>,
    issued: HashMap<CurrencyCode, u128>,
    burned: HashMap<CurrencyCode, u128>,
    balances: HashMap<(PrincipalId, CurrencyCode), u128>,
    set_aside: HashMap<TransferId, SetAside>,
}

type Refusal = String;

impl Books {
    /// Takes an entry in, or says why the books cannot.
    pub fn enter(&mut self, entry: &Entry) -> Result<(), Refusal> {
        let payee = || match entry.subject {
            Some(AnyId::Principal(payee)) => Ok(payee),
            _ => Err("it names no account".to_owned()),
        };
        match &entry.event {
            Event::NodeFounded(_) => {
                if let AnyId::Principal(id) = entry.id {
                    self.node = Some(id);
                }
                Ok(())
            }
            Event::CurrencyCreated(created) => {
                self.scales.insert(created.code, created.scale);
                Ok(())
            }
            Event::MoneyMinted(minted) => {
                add(self.issued.entry(minted.currency).or_default(), minted.amount.0)?;
                self.credit(payee()?, minted.currency, minted.amount.0)
            }
            Event::MoneyBurned(burned) => {
                add(self.burned.entry(burned.currency).or_default(), burned.amount.0)?;
                self.debit(payee()?, burned.currency, burned.amount.0)
            }
            Event::TransferPending(pending) => {
                let AnyId::Transfer(id) = entry.id else { return Err("it has no id".to_owned()) };
                let payer = pending.from.or(entry.actor).ok_or("nobody pays")?;
                let (amount, fee) = (pending.amount.0, pending.fee.0);
                let currency = pending.currency;
                self.debit(payer, currency, sum(amount, fee)?)?;
                let set_aside = SetAside { payer, currency, amount, fee };
                match self.set_aside.insert(id, set_aside) {
                    None => Ok(()),
                    Some(_) => Err("the transfer is pending already".to_owned()),
                }
            }
            Event::TransferPosted(posted) => {
                let (amount, fee) = (posted.amount.0, posted.fee.0);
                match posted.of {
                    Some(of) => {
                        self.take(of, posted.currency, amount, fee)?;
                    }
                    None => {
                        let payer = posted.from.or(entry.actor).ok_or("nobody pays")?;
                        self.debit(payer, posted.currency, sum(amount, fee)?)?;
                    }
                }
                self.credit(payee()?, posted.currency, amount)?;
                let node = self.node.ok_or("there is no treasury")?;
                self.credit(node, posted.currency, fee)
            }
            Event::TransferVoided(voided) => {
                let Some(AnyId::Transfer(of)) = entry.subject else {
                    return Err("it names no transfer".to_owned());
                };
                let (amount, fee) = (voided.amount.0, voided.fee.0);
                let payer = self.take(of, voided.currency, amount, fee)?;
                self.credit(payer, voided.currency, sum(amount, fee)?)
            }
            _ => Ok(()),
        }
    }

    fn credit(
        &mut self,
        who: PrincipalId,
        code: CurrencyCode,
        amount: u128,
    ) -> Result<(), Refusal> {
        if !self.scales.contains_key(&code) {
            return Err(format!("{code} was never created"));
        }
        add(self.balances.entry((who, code)).or_default(), amount)
    }

    fn debit(&mut self, who: PrincipalId, code: CurrencyCode, amount: u128) -> Result<(), Refusal> {
        let balance = self.balances.entry((who, code)).or_default();
        let left = balance.checked_sub(amount);
        *balance = left.ok_or_else(|| format!("{who} pays more {code} than it holds"))?;
        Ok(())
    }

    /// Takes a part out of what is set aside; returns who had set it aside.
    fn take(
        &mut self,
        of: TransferId,
        code: CurrencyCode,
        amount: u128,
        fee: u128,
    ) -> Result<PrincipalId, Refusal> {
        let held = self.set_aside.get_mut(&of).ok_or_else(|| format!("{of} is not pending"))?;
        if held.currency != code {
            return Err("it is in another currency than what was set aside".to_owned());
        }
        let more = || "more is taken than was set aside".to_owned();
        held.amount = held.amount.checked_sub(amount).ok_or_else(more)?;
        held.fee = held.fee.checked_sub(fee).ok_or_else(more)?;
        let payer = held.payer;
        if held.amount == 0 {
            if held.fee != 0 {
                return Err("a fee is left behind".to_owned());
            }
            self.set_aside.remove(&of);
        }
        Ok(payer)
    }

    /// The totals of every currency.
    pub fn report(&self) -> Vec<CurrencyReport> {
        self.scales.iter().map(|(&code, &scale)| self.currency(code, scale)).collect()
    }

    fn currency(&self, code: CurrencyCode, scale: u8) -> CurrencyReport {
        let currency = Currency { code, scale };
        let major = |minor: u128| currency.format(hansa_types::Amount(minor));
        let issued = self.issued.get(&code).copied().unwrap_or_default();
        let burned = self.burned.get(&code).copied().unwrap_or_default();
        let own = self.balances.iter().filter(|((_, other), _)| *other == code);
        let balances: Vec<u128> = own.map(|(_, &balance)| balance).filter(|&b| b > 0).collect();
        let held = self.set_aside.values().filter(|held| held.currency == code);
        let circulating =
            balances.iter().sum::<u128>() + held.map(|held| held.amount + held.fee).sum::<u128>();
        let net = issued.saturating_sub(burned);
        let delta = match net >= circulating {
            true => major(net - circulating),
            false => format!("-{}", major(circulating - net)),
        };
        CurrencyReport {
            currency: code,
            issued: major(issued),
            burned: major(burned),
            circulating: major(circulating),
            delta,
            accounts: balances.len(),
        }
    }
}

fn add(to: &mut u128, amount: u128) -> Result<(), Refusal> {
    *to = sum(*to, amount)?;
    Ok(())
}

fn sum(a: u128, b: u128) -> Result<u128, Refusal> {
    a.checked_add(b).ok_or_else(|| "the sum does not fit 128 bits".to_owned())
}
