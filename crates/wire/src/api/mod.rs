//! The shapes of the native API: one file per resource, one request type per operation.
//!
//! A request type holds every parameter of its operation, whether it travels in the path, the query
//! or the body; unknown members are refused. An answer's optional members are left out when empty.
//!
//! Invariants: amounts are decimal strings of major units, times RFC 3339 in UTC, ids typed;
//! secrets are [`crate::scalar::WireSecret`], which formats as nothing.
//!
//! Deliberately absent: behaviour. These types never travel further inward than the edge.

pub mod accounts;
pub mod actions;
pub mod agents;
pub mod amp;
pub mod api_keys;
pub mod approvals;
pub mod auth;
pub mod callbacks;
pub mod cards;
pub mod clearance;
pub mod clients;
pub mod currencies;
pub mod dids;
pub mod discover;
pub mod fundings;
pub mod grants;
pub mod invites;
pub mod journal;
pub mod memories;
pub mod node;
pub mod onboarding;
pub mod orgs;
pub mod passkeys;
pub mod policies;
pub mod principals;
pub mod projections;
pub mod setup;
pub mod skills;
pub mod standing;
pub mod tasks;
pub mod teams;
pub mod the_protocol;
pub mod transfers;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::scalar::Cursor;

/// One page of a list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "PageOf{T}")]
pub struct Page<T> {
    /// The items, in the list's order.
    pub data: Vec<T>,
    /// Where the next page begins; null when this is the last.
    pub next_cursor: Option<Cursor>,
    /// The highest entry of the journal that this page reflects.
    pub as_of_seq: u64,
}

/// Binds request types to their operations and answers.
macro_rules! operations {
    ($($request:ident = $id:literal => $response:ty;)*) => {
        $(impl crate::operation::Request for $request {
            const OPERATION: &'static str = $id;
            type Response = $response;
        })*
    };
}
pub(crate) use operations;

const fn yes() -> bool {
    true
}

/// For members that are left out when they hold their default.
fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}
