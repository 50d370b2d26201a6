//! Funding requests: an agent asks the node for money, and the owner decides.

use hansa_types::{CurrencyCode, FundingId, PrincipalId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Page, operations};
use crate::amount::WireAmount;
use crate::scalar::{Cursor, Limit, PrincipalRef, WireTime};
use crate::schema;

operations! {
    FundingRequest = "funding_request" => Funding;
    FundingList = "funding_list" => Page<Funding>;
    FundingApprove = "funding_approve" => Funding;
    FundingReject = "funding_reject" => Funding;
}

/// Asks the node for money.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FundingRequest {
    /// Who shall receive it; the caller unless named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agent: Option<PrincipalRef>,
    /// How much.
    pub amount: WireAmount,
    /// In which of the node's own currencies; its first unless named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<schema::CurrencyCode>")]
    pub currency: Option<CurrencyCode>,
}

/// Where a request stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum FundingState {
    /// Nobody has decided it.
    Requested,
    /// The money was minted.
    Approved,
    /// It was declined.
    Rejected,
}

/// A funding request.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Funding {
    /// Its id.
    #[schemars(with = "schema::FundingId")]
    pub id: FundingId,
    /// Who shall receive.
    #[schemars(with = "schema::PrincipalId")]
    pub agent: PrincipalId,
    /// How much.
    pub amount: WireAmount,
    /// In which currency.
    #[schemars(with = "schema::CurrencyCode")]
    pub currency: CurrencyCode,
    /// Where it stands.
    pub state: FundingState,
    /// When it was asked for.
    pub requested_at: WireTime,
    /// When it was decided.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decided_at: Option<WireTime>,
}

/// Lists funding requests: the caller's, those of agents it controls, and for the owner everyone's.
/// Decided ones are listed for 30 days.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FundingList {
    /// Where to go on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cursor: Option<Cursor>,
    /// How many at most.
    #[serde(default)]
    pub limit: Limit,
}

/// Mints what was asked for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FundingApprove {
    /// Which request.
    #[schemars(with = "schema::FundingId")]
    pub funding: FundingId,
}

/// Declines a request.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FundingReject {
    /// Which request.
    #[schemars(with = "schema::FundingId")]
    pub funding: FundingId,
}
