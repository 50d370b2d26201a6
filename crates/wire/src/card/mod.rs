//! Agent cards of A2A v1.0.1 (section 4.4, AgentCard): their shape, and what the directory reads.
//!
//! Members that this module does not know are kept, so that a card leaves as it came. The price is
//! read from The Protocol's payment extension, under `capabilities.extensions` or top-level
//! `extensions`, where its own cards carry it.
//!
//! Deliberately absent: the cryptography of signatures, and fetching anything a card names.

pub mod incoming;
pub mod render;
mod validate;

pub use validate::validate;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::api::discover::Price;

/// The extension whose parameters hold an agent's price: `{base_rate, currency}`.
pub const PAYMENT_EXTENSION: &str = "https://theprotocol.cloud/extensions/v1/auth/a2a-payment";

/// An agent card.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Card {
    /// What people call the agent.
    pub name: String,
    /// What it does.
    pub description: String,
    /// Its own version.
    pub version: String,
    /// Where it answers, preferred first.
    pub supported_interfaces: Vec<Interface>,
    /// Who offers it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub provider: Option<Provider>,
    /// A page about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub documentation_url: Option<String>,
    /// A picture of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub icon_url: Option<String>,
    /// What of the protocol it can do.
    pub capabilities: Capabilities,
    /// Media types it reads.
    pub default_input_modes: Vec<String>,
    /// Media types it writes.
    pub default_output_modes: Vec<String>,
    /// What it can be asked for.
    pub skills: Vec<Skill>,
    /// Extensions, where The Protocol's cards carry them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub extensions: Vec<Extension>,
    /// Everything else.
    #[serde(flatten)]
    pub other: Map<String, Value>,
}

/// Where an agent answers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Interface {
    /// The address.
    pub url: String,
    /// How it speaks: `JSONRPC`, `GRPC`, `HTTP+JSON` or a URI.
    pub protocol_binding: String,
    /// The version of A2A, e.g. `1.0`.
    pub protocol_version: String,
    /// Everything else, the tenant among it.
    #[serde(flatten)]
    pub other: Map<String, Value>,
}

/// Who offers an agent.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Provider {
    /// Their page.
    pub url: String,
    /// Their name.
    pub organization: String,
    /// Everything else.
    #[serde(flatten)]
    pub other: Map<String, Value>,
}

/// What of the protocol an agent can do.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Capabilities {
    /// Streaming answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub streaming: Option<bool>,
    /// Notifications to a URL of the client's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub push_notifications: Option<bool>,
    /// A longer card for those who signed in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub extended_agent_card: Option<bool>,
    /// Extensions of the protocol.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub extensions: Vec<Extension>,
    /// Everything else.
    #[serde(flatten)]
    pub other: Map<String, Value>,
}

/// An extension of the protocol.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Extension {
    /// What it is.
    pub uri: String,
    /// What the agent does with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Whether the client must honour it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub required: Option<bool>,
    /// Its settings.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub params: Option<Map<String, Value>>,
    /// Everything else.
    #[serde(flatten)]
    pub other: Map<String, Value>,
}

/// What an agent can be asked for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Skill {
    /// Its id, distinct within the card.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// What it does.
    pub description: String,
    /// Words to find it by.
    pub tags: Vec<String>,
    /// Requests it understands.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub examples: Vec<String>,
    /// Everything else.
    #[serde(flatten)]
    pub other: Map<String, Value>,
}

/// What the directory keeps of a card.
#[derive(Debug, Clone, PartialEq)]
pub struct CardFacts {
    /// What people call the agent.
    pub name: String,
    /// What it does.
    pub description: String,
    /// What it can be asked for.
    pub skills: Vec<Skill>,
    /// The tags of all skills, sorted, each once.
    pub tags: Vec<String>,
    /// What it asks for; zero means nothing.
    pub price: Option<Price>,
}

impl Card {
    /// A card of an agent that is reached through its node, with one skill per name.
    pub fn draft(name: &str, skills: &[&str], price: Option<&Price>) -> Self {
        let skill = |id: &&str| Skill {
            id: (*id).to_owned(),
            name: id.replace(['-', '_'], " "),
            description: format!("{name} can be asked for {}.", id.replace(['-', '_'], " ")),
            tags: id.split(['-', '_']).filter(|tag| !tag.is_empty()).map(str::to_owned).collect(),
            examples: Vec::new(),
            other: Map::new(),
        };
        let skills: Vec<Skill> = skills.iter().map(skill).collect();
        let extensions = price.map(payment_extension).into_iter().collect();
        Self {
            name: name.to_owned(),
            description: format!("{name}, an agent of this node."),
            version: "1.0.0".to_owned(),
            supported_interfaces: Vec::new(),
            provider: None,
            documentation_url: None,
            icon_url: None,
            capabilities: Capabilities { extensions, ..Capabilities::default() },
            default_input_modes: vec!["application/json".to_owned()],
            default_output_modes: vec!["application/json".to_owned()],
            skills,
            extensions: Vec::new(),
            other: Map::new(),
        }
    }

    /// The card as a JSON object.
    pub fn to_object(&self) -> Map<String, Value> {
        match serde_json::to_value(self) {
            Ok(Value::Object(members)) => members,
            _ => Map::new(),
        }
    }
}

fn payment_extension(price: &Price) -> Extension {
    let mut params = Map::new();
    params.insert("base_rate".to_owned(), price.amount.as_str().into());
    params.insert("currency".to_owned(), price.currency.as_str().into());
    Extension {
        uri: PAYMENT_EXTENSION.to_owned(),
        description: None,
        required: Some(false),
        params: Some(params),
        other: Map::new(),
    }
}

#[cfg(test)]
mod tests;
