//! Callbacks: what became of the calls that somebody asked for to be told how something ended.

use hansa_types::PrincipalId;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Page, operations};
use crate::scalar::{Cursor, Limit, WireTime};
use crate::schema;

operations! {
    CallbackList = "callback_list" => Page<Callback>;
}

/// Lists callbacks of the caller's; the owner sees everybody's, without their addresses.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CallbackList {
    /// Only those of which this became.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delivery: Option<CallbackDelivery>,
    /// Where to go on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cursor: Option<Cursor>,
    /// How many at most.
    #[serde(default)]
    pub limit: Limit,
}

/// What became of a callback.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum CallbackDelivery {
    /// It is not over: what is waited for goes on, or it is being sent.
    Open,
    /// The receiver took it.
    Delivered,
    /// It was given up: the receiver did not take it as often as it was tried, or wants none.
    Dead,
}

/// A callback.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Callback {
    /// What is waited for: a request for approval, an action or an evaluation.
    pub subject: String,
    /// Who wants to be told.
    #[schemars(with = "schema::PrincipalId")]
    pub by: PrincipalId,
    /// Where; shown to them alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub callback_url: Option<String>,
    /// What became of it.
    pub delivery: CallbackDelivery,
    /// How it ended, what is waited for, while that is being told, e.g. `approved`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub told: Option<String>,
    /// How often it was sent. Tries of a call that is not over are counted by the running node.
    pub tries: u8,
    /// The last status that was answered; absent where nothing was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// When it is tried again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_try_at: Option<WireTime>,
    /// When it was asked for.
    pub asked_at: WireTime,
    /// When it was over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<WireTime>,
    /// The entry that asked for it.
    pub seq: u64,
}
