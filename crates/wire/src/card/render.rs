//! One stored profile as two documents: A2A's agent card and The Protocol's.
//!
//! Both are total functions of the profile and of where the node is reached, so that a document's
//! bytes change only when one of these does. An A2A card holds what its version 1.0.1 defines and
//! nothing else, after the presence rules of protocol buffers (A2A section 8.4.1): a reader that
//! parses and writes it again gets the bytes that were signed.
//!
//! Deliberately absent: signatures, and anything that changes with time.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

/// The member in which a stored profile keeps its agent's own signatures.
pub const SIGNATURES: &str = "signatures";
/// Members that a registry adds for itself and does not hand on.
const REGISTRY_OWNED: [&str; 4] =
    ["federation_metadata", "flare", "last_pulled_at", "last_pulled_etag"];
/// How an agent without an address of its own is spoken to: by AMP envelopes to its node.
const AMP_BINDING: &str = "urn:hansa:binding:amp";

/// Where and by whom a profile is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The agent's id on the node.
    pub agent: String,
    /// Where the node is reached, without a slash at its end.
    pub base_url: String,
    /// The node's host name.
    pub host: String,
}

/// When a member stands in an A2A document.
#[derive(Clone, Copy)]
enum Presence {
    /// Always: the protocol requires it.
    Required,
    /// Where it has a value, `false` among them.
    Optional,
    /// Where its value is not the default of its type.
    Filled,
}
use Presence::{Filled, Optional, Required};

const CARD: &[(&str, Presence)] = &[
    ("name", Required),
    ("description", Required),
    ("provider", Filled),
    ("version", Required),
    ("documentationUrl", Optional),
    ("securitySchemes", Filled),
    ("securityRequirements", Filled),
    ("defaultInputModes", Required),
    ("defaultOutputModes", Required),
    ("iconUrl", Optional),
];
const INTERFACE: &[(&str, Presence)] = &[
    ("url", Required),
    ("protocolBinding", Required),
    ("tenant", Filled),
    ("protocolVersion", Required),
];
const CAPABILITIES: &[(&str, Presence)] =
    &[("streaming", Optional), ("pushNotifications", Optional), ("extendedAgentCard", Optional)];
const EXTENSION: &[(&str, Presence)] =
    &[("uri", Filled), ("description", Filled), ("required", Filled), ("params", Filled)];
const SKILL: &[(&str, Presence)] = &[
    ("id", Required),
    ("name", Required),
    ("description", Required),
    ("tags", Required),
    ("examples", Filled),
    ("inputModes", Filled),
    ("outputModes", Filled),
    ("securityRequirements", Filled),
];

fn pick(source: &Map<String, Value>, members: &[(&str, Presence)]) -> Map<String, Value> {
    let stands = |value: &Value, presence: Presence| match presence {
        Required => true,
        Optional => !value.is_null(),
        Filled => match value {
            Value::Null | Value::Bool(false) => false,
            Value::String(text) => !text.is_empty(),
            Value::Array(items) => !items.is_empty(),
            Value::Object(members) => !members.is_empty(),
            _ => true,
        },
    };
    let picked = members.iter().filter_map(|&(name, presence)| {
        let value = source.get(name).filter(|value| stands(value, presence))?;
        Some((name.to_owned(), value.clone()))
    });
    picked.collect()
}

fn pick_each(source: Option<&Value>, members: &[(&str, Presence)]) -> Vec<Value> {
    let items = source.and_then(Value::as_array).into_iter().flatten();
    items.filter_map(Value::as_object).map(|item| pick(item, members).into()).collect()
}

/// The A2A v1.0.1 document, without signatures.
pub fn a2a(profile: &Map<String, Value>, place: &Place) -> Map<String, Value> {
    let mut card = pick(profile, CARD);
    let interfaces = pick_each(Some(&interfaces(profile, place)), INTERFACE);
    card.insert("supportedInterfaces".to_owned(), interfaces.into());
    let stored = profile.get("capabilities").and_then(Value::as_object);
    let mut capabilities = stored.map(|stored| pick(stored, CAPABILITIES)).unwrap_or_default();
    let extensions = pick_each(Some(&extensions(profile)), EXTENSION);
    if !extensions.is_empty() {
        capabilities.insert("extensions".to_owned(), extensions.into());
    }
    card.insert("capabilities".to_owned(), capabilities.into());
    card.insert("skills".to_owned(), pick_each(profile.get("skills"), SKILL).into());
    card
}

/// The Protocol's document, without signatures. Members beyond both protocols are handed on.
pub fn the_protocol(profile: &Map<String, Value>, place: &Place) -> Map<String, Value> {
    let mut card = profile.clone();
    for name in REGISTRY_OWNED.iter().chain([&SIGNATURES]) {
        card.remove(*name);
    }
    card.retain(|_, value| !value.is_null());
    let version = card.get("version").cloned().unwrap_or_else(|| "1.0.0".into());
    let mut offer = |name: &str, value: Value| {
        card.entry(name.to_owned()).or_insert(value);
    };
    offer("protocolVersion", "1.0".into());
    offer("humanReadableId", format!("{}/{}", place.host, place.agent).into());
    offer("agentVersion", version);
    offer("tags", tags(profile).into());
    if !profile.contains_key("authSchemes") {
        offer("securitySchemes", json!({}));
        offer("security", json!([]));
    }
    card.insert("supportedInterfaces".to_owned(), interfaces(profile, place));
    card.insert("provider".to_owned(), provider(profile, place));
    let stored = profile.get("capabilities").and_then(Value::as_object);
    let mut capabilities = stored.cloned().unwrap_or_default();
    capabilities.remove("extensions");
    capabilities.retain(|_, value| !value.is_null());
    capabilities.entry("streaming").or_insert(Value::Bool(false));
    card.insert("capabilities".to_owned(), capabilities.into());
    card.insert("extensions".to_owned(), extensions(profile));
    card
}

/// Where the agent answers: at the addresses it names, else through its node.
fn interfaces(profile: &Map<String, Value>, place: &Place) -> Value {
    match profile.get("supportedInterfaces") {
        Some(Value::Array(named)) if !named.is_empty() => named.clone().into(),
        _ => json!([{
            "url": format!("{}/amp/envelopes", place.base_url),
            "protocolBinding": AMP_BINDING,
            "protocolVersion": "1.0",
        }]),
    }
}

/// The extensions of both places that may list them, each URI once; A2A's place goes first.
fn extensions(profile: &Map<String, Value>) -> Value {
    let within =
        profile.get("capabilities").and_then(|capabilities| capabilities.get("extensions"));
    let lists = [within, profile.get("extensions")];
    let listed = lists.into_iter().flatten().filter_map(Value::as_array).flatten();
    let mut seen = BTreeSet::new();
    listed
        .filter(|extension| {
            let uri = extension.get("uri").and_then(Value::as_str);
            uri.is_some_and(|uri| seen.insert(uri))
        })
        .cloned()
        .collect()
}

fn provider(profile: &Map<String, Value>, place: &Place) -> Value {
    let stored = profile.get("provider").and_then(Value::as_object);
    let mut provider = stored.cloned().unwrap_or_default();
    provider.retain(|_, value| !value.is_null());
    let name = provider.get("organization").cloned().unwrap_or_else(|| place.host.clone().into());
    provider.entry("name").or_insert(name);
    provider.into()
}

fn tags(profile: &Map<String, Value>) -> Vec<Value> {
    let skills = profile.get("skills").and_then(Value::as_array).into_iter().flatten();
    let tags = skills.filter_map(|skill| skill.get("tags")?.as_array()).flatten();
    let tags: BTreeSet<&str> = tags.filter_map(Value::as_str).collect();
    tags.into_iter().map(Value::from).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::card::{Card, PAYMENT_EXTENSION};

    fn place() -> Place {
        Place {
            agent: "agt_1".to_owned(),
            base_url: "https://node.example".to_owned(),
            host: "node.example".to_owned(),
        }
    }

    fn profile(value: Value) -> Map<String, Value> {
        value.as_object().cloned().unwrap_or_default()
    }

    fn full() -> Map<String, Value> {
        profile(json!({
            "name": "A", "description": "", "version": "2", "iconUrl": null, "other": 1,
            "provider": { "url": "https://a.example", "organization": "A Ltd" },
            "supportedInterfaces": [{ "url": "https://a.example", "protocolBinding": "JSONRPC", "protocolVersion": "1.0", "tenant": "" }],
            "capabilities": { "streaming": false, "pushNotifications": null, "extensions": [] },
            "extensions": [{ "uri": PAYMENT_EXTENSION, "required": false, "params": { "base_rate": "5", "required": false } }],
            "defaultInputModes": [], "defaultOutputModes": [], "securityRequirements": [],
            "skills": [{ "id": "x", "name": "x", "description": "", "tags": [], "examples": [], "kind": 1 }],
            "signatures": [{ "protected": "a", "signature": "b" }],
        }))
    }

    #[test]
    fn an_a2a_card_keeps_what_is_required_and_what_says_something() {
        let expected = json!({
            "name": "A", "description": "", "version": "2",
            "provider": { "url": "https://a.example", "organization": "A Ltd" },
            "supportedInterfaces": [{ "url": "https://a.example", "protocolBinding": "JSONRPC", "protocolVersion": "1.0" }],
            "capabilities": { "streaming": false, "extensions": [{ "uri": PAYMENT_EXTENSION, "params": { "base_rate": "5", "required": false } }] },
            "defaultInputModes": [], "defaultOutputModes": [],
            "skills": [{ "id": "x", "name": "x", "description": "", "tags": [] }],
        });
        let card = a2a(&full(), &place());
        assert_eq!(Value::Object(card.clone()), expected);
        assert_eq!(a2a(&card, &place()), card, "what was rendered renders the same");
    }

    #[test]
    fn the_protocols_card_has_every_required_member() {
        let card = the_protocol(&full(), &place());
        assert_eq!(card["humanReadableId"], "node.example/agt_1");
        assert_eq!(card["agentVersion"], "2");
        assert_eq!(card["protocolVersion"], "1.0");
        assert_eq!(card["provider"]["name"], "A Ltd");
        assert_eq!(card["capabilities"], json!({ "streaming": false }));
        assert_eq!(card["extensions"][0]["params"]["base_rate"], "5");
        assert_eq!(
            (card["security"].clone(), card["securitySchemes"].clone()),
            (json!([]), json!({}))
        );
        assert_eq!(card["other"], 1, "what nobody knows is handed on");
        assert!(!card.contains_key("signatures") && !card.contains_key("iconUrl"));
        assert_eq!(the_protocol(&card, &place()), card, "what was rendered renders the same");
    }

    #[test]
    fn an_agent_without_an_address_is_reached_through_its_node() {
        let card = Card::draft("A", &["tax-filing"], None).to_object();
        for rendered in [a2a(&card, &place()), the_protocol(&card, &place())] {
            let url = &rendered["supportedInterfaces"][0]["url"];
            assert_eq!(url, "https://node.example/amp/envelopes");
        }
        let card = the_protocol(&card, &place());
        assert_eq!(card["provider"], json!({ "name": "node.example" }));
        assert_eq!(card["tags"], json!(["filing", "tax"]));
    }

    #[test]
    fn what_a_registry_keeps_for_itself_stays_there() {
        let mut card = full();
        for name in REGISTRY_OWNED {
            card.insert(name.to_owned(), json!({}));
        }
        let card = the_protocol(&card, &place());
        assert!(REGISTRY_OWNED.iter().all(|name| !card.contains_key(*name)));
    }
}
