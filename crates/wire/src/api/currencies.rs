//! Currencies, and the making and destroying of money.

use hansa_types::CurrencyCode;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::transfers::Transfer;
use super::{Page, is_default, operations};
use crate::amount::WireAmount;
use crate::scalar::{Cursor, Limit, PrincipalRef};
use crate::schema;

operations! {
    CurrencyList = "currency_list" => Page<CurrencyInfo>;
    CurrencyCreate = "currency_create" => CurrencyInfo;
    MintCreate = "mint_create" => Transfer;
    BurnCreate = "burn_create" => Transfer;
}

/// A currency of this node.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CurrencyInfo {
    /// Its code.
    #[schemars(with = "schema::CurrencyCode")]
    pub code: CurrencyCode,
    /// Decimals of one major unit.
    #[schemars(range(max = 18))]
    pub scale: u8,
    /// Whether this node issues it.
    pub own: bool,
    /// Whether it is meant where a request names none.
    #[serde(default, skip_serializing_if = "is_default")]
    pub default: bool,
    /// The entry that made it.
    pub seq: u64,
}

/// Lists the currencies that this node holds.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CurrencyList {
    /// Where to go on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cursor: Option<Cursor>,
    /// How many at most.
    #[serde(default)]
    pub limit: Limit,
}

/// Makes a currency that this node issues.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CurrencyCreate {
    /// Its code.
    #[schemars(with = "schema::CurrencyCode")]
    pub code: CurrencyCode,
    /// Decimals of one major unit.
    #[schemars(range(max = 18))]
    pub scale: u8,
}

/// Makes money.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MintCreate {
    /// Who receives it.
    pub to: PrincipalRef,
    /// How much.
    pub amount: WireAmount,
    /// Of what; the node's own currency unless named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<schema::CurrencyCode>")]
    pub currency: Option<CurrencyCode>,
    /// Answer as if it were done, and do nothing.
    #[serde(default, skip_serializing_if = "is_default")]
    pub dry_run: bool,
}

/// Destroys money.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BurnCreate {
    /// How much.
    pub amount: WireAmount,
    /// Of what; the node's own currency unless named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<schema::CurrencyCode>")]
    pub currency: Option<CurrencyCode>,
    /// Whose money; the caller's unless named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<PrincipalRef>,
    /// Answer as if it were done, and do nothing.
    #[serde(default, skip_serializing_if = "is_default")]
    pub dry_run: bool,
}
