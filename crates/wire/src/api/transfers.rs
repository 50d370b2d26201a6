//! Transfers: balanced movements of money, at once or held first.

use hansa_types::{Code, CurrencyCode, TransferId};
use schemars::JsonSchema;
use serde::de::Deserializer;
use serde::{Deserialize, Serialize};

use super::{Page, is_default, operations};
use crate::amount::WireAmount;
use crate::limits::BATCH_ITEMS_MAX;
use crate::problem::Problem;
use crate::request::marked;
use crate::scalar::{Cursor, Limit, PrincipalRef, WireTime};
use crate::schema;

operations! {
    TransferQuote = "transfer_quote" => Quote;
    TransferCreate = "transfer_create" => Transfer;
    TransferBatch = "transfer_batch" => BatchResults;
    TransferGet = "transfer_get" => Transfer;
    TransferList = "transfer_list" => Page<Transfer>;
    TransferPost = "transfer_post" => Transfer;
    TransferVoid = "transfer_void" => Transfer;
}

/// Sets money aside instead of moving it at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Hold {
    /// Seconds until it is voided by itself; 7 days unless named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 7_776_000))]
    pub expires_in_s: Option<u64>,
}

/// Says what a transfer would cost.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TransferQuote {
    /// Who pays; the caller unless named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<PrincipalRef>,
    /// Who receives.
    pub to: PrincipalRef,
    /// How much the payee receives.
    pub amount: WireAmount,
    /// Of what; the node's own currency unless named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<schema::CurrencyCode>")]
    pub currency: Option<CurrencyCode>,
}

/// What a transfer would cost now.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Quote {
    /// How much the payee would receive.
    pub amount: WireAmount,
    /// Of what.
    #[schemars(with = "schema::CurrencyCode")]
    pub currency: CurrencyCode,
    /// The fee on top, paid by the payer.
    pub fee: WireAmount,
    /// What the payer's account would lose.
    pub total: WireAmount,
    /// Whether the payer holds the total now.
    pub sufficient: bool,
    /// The highest entry of the journal that this reflects.
    pub as_of_seq: u64,
}

/// Moves money, or sets it aside.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TransferCreate {
    /// Who pays; the caller unless named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<PrincipalRef>,
    /// Who receives.
    pub to: PrincipalRef,
    /// How much the payee receives.
    pub amount: WireAmount,
    /// Of what; the node's own currency unless named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<schema::CurrencyCode>")]
    pub currency: Option<CurrencyCode>,
    /// Set it aside instead, until it is posted or voided.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hold: Option<Hold>,
    /// Answer as if it were done, and do nothing.
    #[serde(default, skip_serializing_if = "is_default")]
    pub dry_run: bool,
}

/// One transfer of a batch.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TransferItem {
    /// Who pays; the caller unless named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<PrincipalRef>,
    /// Who receives.
    pub to: PrincipalRef,
    /// How much the payee receives.
    pub amount: WireAmount,
    /// Of what; the node's own currency unless named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<schema::CurrencyCode>")]
    pub currency: Option<CurrencyCode>,
    /// Set it aside instead, until it is posted or voided.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hold: Option<Hold>,
}

impl From<TransferItem> for TransferCreate {
    fn from(item: TransferItem) -> Self {
        let TransferItem { from, to, amount, currency, hold } = item;
        Self { from, to, amount, currency, hold, dry_run: false }
    }
}

/// Makes many transfers, each by itself: one that is refused does not stop the others.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TransferBatch {
    /// The transfers, carried out in this order.
    #[serde(deserialize_with = "bounded_items")]
    #[schemars(length(min = 1, max = 1_000))]
    pub items: Vec<TransferItem>,
}

fn bounded_items<'de, D: Deserializer<'de>>(d: D) -> Result<Vec<TransferItem>, D::Error> {
    let items = <Vec<TransferItem>>::deserialize(d)?;
    match items.len() {
        0 => Err(marked(Code::BatchEmpty, "a batch holds at least one item")),
        1..=BATCH_ITEMS_MAX => Ok(items),
        _ => Err(marked(Code::BatchTooLarge, "a batch holds at most 1,000 items")),
    }
}

/// What became of each transfer of a batch, in the same order.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct BatchResults {
    /// One result per item.
    pub results: Vec<BatchResult>,
}

/// What became of one transfer of a batch.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct BatchResult {
    /// Whether it was accepted.
    pub ok: bool,
    /// The transfer, if it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub transfer: Option<Transfer>,
    /// Why it was refused, if it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub problem: Option<Problem>,
}

impl BatchResult {
    /// The result of an item.
    pub fn of(outcome: Result<Transfer, Problem>) -> Self {
        let ok = outcome.is_ok();
        let (transfer, problem) = match outcome {
            Ok(transfer) => (Some(transfer), None),
            Err(problem) => (None, Some(problem)),
        };
        Self { ok, transfer, problem }
    }
}

/// Where a transfer stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum TransferState {
    /// The money has moved.
    Posted,
    /// The money is set aside.
    Pending,
    /// The money went back.
    Voided,
    /// The money went back because nobody posted or voided in time.
    Expired,
}

/// A movement of money.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Transfer {
    /// Its id; absent only in the answer to a dry run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<schema::TransferId>")]
    pub id: Option<TransferId>,
    /// The entry that recorded it; absent only in the answer to a dry run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seq: Option<u64>,
    /// Where it stands.
    pub state: TransferState,
    /// Who pays: a principal's id, or the name of one of the node's own accounts.
    pub from: String,
    /// Who receives: a principal's id, or the name of one of the node's own accounts.
    pub to: String,
    /// How much the payee receives.
    pub amount: WireAmount,
    /// Of what.
    #[schemars(with = "schema::CurrencyCode")]
    pub currency: CurrencyCode,
    /// The fee on top, paid by the payer.
    pub fee: WireAmount,
    /// What the payer's account loses.
    pub total: WireAmount,
    /// Of a hold: how much of the amount was posted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub posted: Option<WireAmount>,
    /// Of a hold: how much of the amount is set aside still.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remaining: Option<WireAmount>,
    /// Of a hold: how much of the amount went back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub voided: Option<WireAmount>,
    /// The pending transfer that this one posts or voids.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<schema::TransferId>")]
    pub of: Option<TransferId>,
    /// When it is voided by itself, while it is pending.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<WireTime>,
    /// When it was made.
    pub created_at: WireTime,
}

/// Reads one transfer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TransferGet {
    /// Which transfer.
    #[schemars(with = "schema::TransferId")]
    pub transfer: TransferId,
}

/// Lists transfers, the latest first.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TransferList {
    /// Only those that this principal pays or receives.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<PrincipalRef>,
    /// Only those of this currency.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<schema::CurrencyCode>")]
    pub currency: Option<CurrencyCode>,
    /// Where to go on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cursor: Option<Cursor>,
    /// How many at most.
    #[serde(default)]
    pub limit: Limit,
}

/// Posts a pending transfer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TransferPost {
    /// Which transfer.
    #[schemars(with = "schema::TransferId")]
    pub transfer: TransferId,
    /// How much of it, the rest staying pending; everything that is left unless named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount: Option<WireAmount>,
}

/// Voids a pending transfer: the money goes back.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TransferVoid {
    /// Which transfer.
    #[schemars(with = "schema::TransferId")]
    pub transfer: TransferId,
}
