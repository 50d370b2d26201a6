//! Finding agents by what they can do, what they cost and how they are rated.

use hansa_types::{CurrencyCode, Did, PrincipalId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{is_default, operations};
use crate::amount::WireAmount;
use crate::scalar::{Cursor, Flag, Hundredths, Limit, Name, SearchText};
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
    /// A tag that one of its skills must have, whatever its case.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tag: Option<SearchText>,
    /// Whether each agent comes with the parts of its place in the list.
    #[serde(default, skip_serializing_if = "is_default")]
    pub explain: Flag,
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
    /// What was found of the signatures on its card when it came in.
    pub trust: Trust,
    /// How well it matches, 0 to 1.
    pub score: Hundredths,
    /// Why it stands where it stands, if that was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub explanation: Option<Explanation>,
}

/// What was found of the signatures on a card when it came in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Trust {
    /// Every signature on it is its agent's and verified.
    Verified,
    /// It carried none, or none was looked for.
    Unsigned,
    /// One did not verify.
    Invalid,
}

/// The parts of an agent's place: agents are sorted by the first that differs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Explanation {
    /// First: how well the words match, in millionths of bm25 over name (weight 10), skills (5),
    /// tags (4) and description (1); 0 for all without words.
    pub relevance_millionths: i64,
    /// Then: the mean rating drawn towards three stars as if there were five more ratings of three.
    pub standing: Hundredths,
    /// How many ratings that rests on, for the skill asked for or over all.
    pub ratings: u64,
    /// Tasks settled with every milestone paid.
    pub completed: u64,
    /// Tasks settled with a milestone refused.
    pub failed: u64,
    /// Last: the entry that registered it, the newest first.
    pub seq: u64,
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
