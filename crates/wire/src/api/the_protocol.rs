//! Paths of The Protocol that its published clients call and that have no native twin of the same
//! shape.

use hansa_types::{CurrencyCode, Did, TransferId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::operations;
use crate::amount::WireAmount;
use crate::scalar::{PrincipalRef, SearchText};
use crate::schema;

operations! {
    AgentMe = "agent_me" => Me;
    TegSend = "teg_send" => TegSent;
}

/// Says whom the credential stands for.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AgentMe {}

/// Whom a credential stands for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Me {
    /// Its DID.
    #[schemars(with = "schema::Did")]
    pub did: Did,
    /// What it is known by where tokens are given out.
    pub client_id: String,
    /// `active` or `suspended`.
    pub status: String,
}

/// Sends money from the caller, by whichever way reaches the payee.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TegSend {
    /// Who receives.
    pub receiver_did: PrincipalRef,
    /// How much, of the node's own currency.
    pub amount: WireAmount,
    /// Answer as if it were done, and do nothing.
    #[serde(default, skip_serializing_if = "super::is_default")]
    pub dry_run: bool,
    /// A word to the payee. It is not kept: the journal holds no texts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<SearchText>,
    /// Which way to take to another node; payees of this node need none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub backend: Option<Backend>,
}

/// Ways to another node.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum Backend {
    /// Both at once.
    #[serde(rename = "2pc")]
    TwoPhase,
    /// One after the other.
    #[serde(rename = "async")]
    Async,
}

/// What became of the money.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct TegSent {
    /// Whether it was accepted.
    pub ok: bool,
    /// The way it took: `local`.
    pub method: String,
    /// `completed`, or `dry_run` when nothing moved.
    pub status: String,
    /// The transfer; null when nothing moved.
    #[schemars(with = "Option<schema::TransferId>")]
    pub transfer_id: Option<TransferId>,
    /// What the payer paid in.
    #[schemars(with = "schema::CurrencyCode")]
    pub currency_sent: CurrencyCode,
    /// What the payee received.
    #[schemars(with = "schema::CurrencyCode")]
    pub currency_received: CurrencyCode,
    /// The node of the payee.
    pub receiver_registry: String,
    /// In words.
    pub detail: String,
}
