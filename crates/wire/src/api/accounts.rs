//! Accounts: what a principal holds in each currency.

use hansa_types::CurrencyCode;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Page, operations};
use crate::amount::WireAmount;
use crate::scalar::{Cursor, Limit, PrincipalRef};
use crate::schema;

operations! {
    BalanceList = "balance_list" => Page<Balance>;
}

/// Lists a principal's balances, one per currency it ever held.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BalanceList {
    /// Whose balances.
    pub principal: PrincipalRef,
    /// Where to go on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cursor: Option<Cursor>,
    /// How many at most.
    #[serde(default)]
    pub limit: Limit,
}

/// What an account holds in one currency. `balance = available + held`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Balance {
    /// The currency.
    #[schemars(with = "schema::CurrencyCode")]
    pub currency: CurrencyCode,
    /// Everything that is booked to the account.
    pub balance: WireAmount,
    /// The part of it that can be moved now.
    pub available: WireAmount,
    /// The part of it that pending transfers hold, fees included.
    pub held: WireAmount,
}
