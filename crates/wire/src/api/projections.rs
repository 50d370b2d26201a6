//! Projections of the whole journal that everyone may check.

use hansa_types::{Amount, Currency, CurrencyCode};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::operations;
use crate::amount::WireAmount;
use crate::schema;

operations! {
    SupplyAudit = "supply_audit" => Supply;
}

/// Adds all accounts up.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SupplyAudit {}

/// All money there is, per currency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Supply {
    /// One row per currency.
    pub currencies: Vec<CurrencySupply>,
    /// The highest entry of the journal that this reflects.
    pub seq: u64,
}

/// The money of one currency. `net_supply = issued − burned`, and `delta` is what the accounts hold
/// beyond it: always zero on a sound ledger.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CurrencySupply {
    /// The currency.
    #[schemars(with = "schema::CurrencyCode")]
    pub currency: CurrencyCode,
    /// What was ever minted.
    pub issued: WireAmount,
    /// What was ever burned.
    pub burned: WireAmount,
    /// What exists.
    pub net_supply: WireAmount,
    /// The part of it that can be moved now.
    pub circulating: WireAmount,
    /// The part of it that pending transfers hold.
    pub held: WireAmount,
    /// Sum of all accounts less the net supply, as a decimal string; may have a sign.
    pub delta: String,
}

/// What the books of one currency add up to, in its minor units.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sums {
    /// What was ever minted.
    pub issued: Amount,
    /// What was ever burned.
    pub burned: Amount,
    /// What all accounts hold, pending transfers included.
    pub total: Amount,
    /// The part of it that pending transfers hold.
    pub held: Amount,
}

impl CurrencySupply {
    /// Tells the books of a currency.
    pub fn of(currency: &Currency, sums: Sums) -> Self {
        let of = |amount: Amount| WireAmount::of(currency, amount);
        let net = sums.issued.minus(sums.burned).unwrap_or(Amount::ZERO);
        let delta = match (sums.total.minus(net), net.minus(sums.total)) {
            (Some(more), _) => currency.format(more),
            (None, less) => format!("-{}", currency.format(less.unwrap_or(Amount::ZERO))),
        };
        Self {
            currency: currency.code,
            issued: of(sums.issued),
            burned: of(sums.burned),
            net_supply: of(net),
            circulating: of(sums.total.minus(sums.held).unwrap_or(Amount::ZERO)),
            held: of(sums.held),
            delta,
        }
    }
}
