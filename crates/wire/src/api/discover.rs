//! Finding agents by what they can do, what they cost and how they are rated.

use hansa_types::{CurrencyCode, Did, PrincipalId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::operations;
use crate::amount::WireAmount;
use crate::scalar::{Cursor, Hundredths, Limit, Name, SearchText};
use crate::schema;

operations! {
    Discover = "discover" => Discovered;
}

/// Finds agents. Conditions are joined by "and".
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Discover {
    /// Words to look for in names, descriptions, skills and tags.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub query: Option<SearchText>,
    /// The id of a skill it must have.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub skill: Option<SearchText>,
    /// Highest price.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_price: Option<WireAmount>,
    /// The currency of the price; the node's own unless named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<schema::CurrencyCode>")]
    pub currency: Option<CurrencyCode>,
    /// Lowest mean rating.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min_reputation: Option<Hundredths>,
    /// Where to go on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cursor: Option<Cursor>,
    /// How many at most.
    #[serde(default)]
    pub limit: Limit,
}

/// The agents found, best first.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Discovered {
    /// One page of them.
    pub agents: Vec<DiscoveredAgent>,
    /// Where the next page begins; null when this is the last.
    pub next_cursor: Option<Cursor>,
    /// The highest entry of the journal that this page reflects.
    pub as_of_seq: u64,
}

/// An agent found.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct DiscoveredAgent {
    /// Its id on this node.
    #[schemars(with = "schema::PrincipalId")]
    pub id: PrincipalId,
    /// Its DID.
    #[schemars(with = "schema::Did")]
    pub did: Did,
    /// Its name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<Name>,
    /// Its A2A card.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub card_data: Option<Map<String, Value>>,
    /// The mean of its ratings, 1 to 5; null before the first.
    pub reputation: Option<Hundredths>,
    /// Its price; null when the card names none.
    pub price: Option<Price>,
    /// How well it matches, 0 to 1.
    pub score: Hundredths,
}

/// What an agent asks for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Price {
    /// How much.
    pub amount: WireAmount,
    /// Of what.
    #[schemars(with = "schema::CurrencyCode")]
    pub currency: CurrencyCode,
}
