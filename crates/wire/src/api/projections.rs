//! Projections of the whole journal that everyone may check.

use hansa_types::CurrencyCode;
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
