//! The books: every account of every currency, in double entry.

use std::num::NonZeroU32;

use hansa_types::{Amount, Code, Currency, CurrencyCode, Rejection};
use serde::{Deserialize, Serialize};

use super::create::nothing;
use crate::limits::ACCOUNTS_MAX;
use crate::principal::Handle;
use crate::state::Map;

/// Position of a currency in the ledger's table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct CurrencyIndex(pub u16);

/// What an account is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Role {
    /// What its owner can spend.
    Main,
    /// What the node holds for pending transfers.
    Escrow,
    /// What the node has issued: the one account that may owe.
    Issuer,
}

/// Which account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct AccountKey {
    /// Whose; the node's for escrow and issuer.
    pub owner: Handle,
    /// In which currency.
    pub currency: CurrencyIndex,
    /// What for.
    pub role: Role,
}

/// The two sides of an account. Both only grow, until a sum over the account's life no longer fits:
/// then what they share is struck off, and the balance stays.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// Which account this is.
    pub key: AccountKey,
    /// Everything that left it.
    pub debits: Amount,
    /// Everything that came in.
    pub credits: Amount,
}

/// The fee on transfers of a currency: a rate with a minimum, paid by the payer on top.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct FeeRule {
    /// Parts per million of the amount.
    pub rate_ppm: u32,
    /// Least fee of a transfer.
    pub minimum: Amount,
}

/// [`FeeRule`] in a line, which omits zeros.
#[derive(Serialize, Deserialize)]
#[serde(remote = "FeeRule", deny_unknown_fields)]
pub(super) struct FeeRuleLine {
    #[serde(default, skip_serializing_if = "no_rate")]
    rate_ppm: u32,
    #[serde(default, skip_serializing_if = "nothing")]
    minimum: Amount,
}

fn no_rate(rate_ppm: &u32) -> bool {
    *rate_ppm == 0
}

/// What the state keeps of a currency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CurrencyState {
    /// Its code and scale.
    pub currency: Currency,
    /// Whether this node issues it.
    pub own: bool,
    /// The fee on transfers in it.
    pub fee: FeeRule,
}

/// A currency's books, recomputed from its accounts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Supply {
    /// Everything ever issued.
    pub issued: Amount,
    /// Everything ever destroyed.
    pub burned: Amount,
    /// What all accounts but the issuer's hold, escrow included.
    pub circulating: Amount,
    /// What lies in escrow.
    pub held: Amount,
}

/// All accounts of all currencies.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Ledger {
    currencies: Vec<CurrencyState>,
    accounts: Vec<Account>,
    /// Main accounts of the first currency, where most money moves, by their owners' handles.
    #[serde(skip)]
    firsts: Vec<Option<Position>>,
    /// All other accounts.
    #[serde(skip)]
    others: Map<AccountKey, Position>,
}

/// Where an account is, counted from 1: it takes no more room to say that there is none.
type Position = NonZeroU32;

impl FeeRule {
    /// Whether transfers are free.
    pub fn is_free(&self) -> bool {
        *self == Self::default()
    }

    /// The fee on an amount, rounded half to even and never below the minimum.
    pub fn on(&self, amount: Amount) -> Option<Amount> {
        Some(amount.ratio(u64::from(self.rate_ppm), 1_000_000)?.max(self.minimum))
    }
}

impl AccountKey {
    fn is_first(&self) -> bool {
        self.role == Role::Main && self.currency == CurrencyIndex(0)
    }
}

impl Account {
    /// What can be spent: credits less debits, nothing for the issuer's account.
    pub fn balance(&self) -> Amount {
        self.credits.minus(self.debits).unwrap_or(Amount::ZERO)
    }

    fn debit(&mut self, amount: Amount) {
        if self.debits.plus(amount).is_none() {
            self.strike_off();
        }
        self.debits = self.debits.plus(amount).unwrap_or_else(|| panic!("debits fit"));
        assert!(
            self.key.role == Role::Issuer || self.debits <= self.credits,
            "an account never falls below zero",
        );
    }

    fn credit(&mut self, amount: Amount) {
        if self.credits.plus(amount).is_none() {
            self.strike_off();
        }
        self.credits = self.credits.plus(amount).unwrap_or_else(|| panic!("credits fit"));
    }

    /// Minting keeps what is ever issued within bounds, and so the issuer's sums and everybody's
    /// balance; only what went in and out again can outgrow a sum.
    fn strike_off(&mut self) {
        assert!(self.key.role != Role::Issuer, "what is issued fits");
        let both = self.debits.min(self.credits);
        (self.debits, self.credits) = (Amount(self.debits.0 - both.0), self.balance());
    }
}

impl Supply {
    /// Issued less burned less circulating: 0 in true books.
    pub fn is_balanced(&self) -> bool {
        self.issued.minus(self.burned) == Some(self.circulating)
    }
}

impl Ledger {
    pub(crate) fn new(hasher: &ahash::RandomState) -> Self {
        let (currencies, accounts, firsts) = (Vec::new(), Vec::new(), Vec::new());
        Self { currencies, accounts, firsts, others: Map::new(hasher) }
    }

    pub(crate) fn reindex(&mut self, hasher: &ahash::RandomState) {
        (self.firsts, self.others) = (Vec::new(), Map::new(hasher));
        for account in std::mem::take(&mut self.accounts) {
            let position = self.open(account.key);
            self.accounts[position] = account;
        }
    }

    fn find(&self, key: AccountKey) -> Option<usize> {
        let position = match key.is_first() {
            true => self.firsts.get(key.owner.0 as usize).copied().flatten(),
            false => self.others.get(&key).copied(),
        };
        position.map(|position| position.get() as usize - 1)
    }

    /// All currencies in the order they were made.
    pub fn currencies(&self) -> &[CurrencyState] {
        &self.currencies
    }

    /// A currency by its code.
    pub fn currency(&self, code: CurrencyCode) -> Result<CurrencyIndex, Rejection> {
        let position = self.currencies.iter().position(|c| c.currency.code == code);
        let index = position.and_then(|p| u16::try_from(p).ok());
        index.map(CurrencyIndex).ok_or_else(|| {
            Rejection::new(Code::CurrencyUnknown, format!("no currency {code} on this node"))
        })
    }

    /// What the state keeps of a currency.
    pub fn currency_state(&self, index: CurrencyIndex) -> &CurrencyState {
        &self.currencies[usize::from(index.0)]
    }

    /// The first currency that this node issues.
    pub fn own_currency(&self) -> Option<CurrencyIndex> {
        let position = self.currencies.iter().position(|c| c.own)?;
        u16::try_from(position).ok().map(CurrencyIndex)
    }

    pub(crate) fn add_currency(&mut self, currency: CurrencyState) {
        self.currencies.push(currency);
    }

    /// How many accounts there are.
    pub fn accounts_len(&self) -> usize {
        self.accounts.len()
    }

    /// All accounts in the order they were first used.
    pub fn accounts(&self) -> &[Account] {
        &self.accounts
    }

    /// An account, if it was ever used.
    pub fn account(&self, key: AccountKey) -> Option<&Account> {
        self.find(key).map(|position| &self.accounts[position])
    }

    /// What the owner of a main account can spend.
    pub fn balance(&self, key: AccountKey) -> Amount {
        self.account(key).map_or(Amount::ZERO, Account::balance)
    }

    /// Refuses to open one account too many.
    pub(crate) fn check_room(&self, key: AccountKey) -> Result<(), Rejection> {
        match self.accounts.len() >= ACCOUNTS_MAX && self.account(key).is_none() {
            true => Err(Rejection::new(Code::StateFull, "the node holds no further accounts")),
            false => Ok(()),
        }
    }

    /// Refuses a debit of more than the account holds.
    pub(crate) fn check_debit(&self, key: AccountKey, amount: Amount) -> Result<(), Rejection> {
        let balance = self.balance(key);
        if balance >= amount {
            return Ok(());
        }
        let currency = self.currency_state(key.currency).currency;
        let detail = format!(
            "the account holds {} {code}, {} {code} are needed",
            currency.format(balance),
            currency.format(amount),
            code = currency.code,
        );
        Err(Rejection::new(Code::InsufficientFunds, detail))
    }

    /// Moves money from one account to another. What was decided fits, so anything else is a fault
    /// of this program and stops it before the entry is durable.
    pub(crate) fn move_money(&mut self, from: AccountKey, to: AccountKey, amount: Amount) {
        if amount == Amount::ZERO {
            return;
        }
        let payer = self.open(from);
        self.accounts[payer].debit(amount);
        let payee = self.open(to);
        self.accounts[payee].credit(amount);
    }

    /// Finds an account, or begins it.
    fn open(&mut self, key: AccountKey) -> usize {
        if let Some(position) = self.find(key) {
            return position;
        }
        self.accounts.push(Account { key, debits: Amount::ZERO, credits: Amount::ZERO });
        let position = u32::try_from(self.accounts.len()).ok().and_then(Position::new);
        let position = position.unwrap_or_else(|| panic!("fewer accounts than 2^32"));
        if key.is_first() {
            let owner = key.owner.0 as usize;
            self.firsts.resize(self.firsts.len().max(owner + 1), None);
            self.firsts[owner] = Some(position);
        } else {
            self.others.insert(key, position);
        }
        self.accounts.len() - 1
    }

    /// The books of a currency, from its accounts.
    pub fn supply(&self, index: CurrencyIndex) -> Supply {
        let mut supply = Supply::default();
        for account in self.accounts.iter().filter(|account| account.key.currency == index) {
            match account.key.role {
                Role::Issuer => (supply.issued, supply.burned) = (account.debits, account.credits),
                role => {
                    let balance = account.balance();
                    let sum = supply.circulating.plus(balance);
                    supply.circulating = sum.unwrap_or_else(|| panic!("what is issued fits"));
                    if role == Role::Escrow {
                        supply.held = balance;
                    }
                }
            }
        }
        supply
    }
}
