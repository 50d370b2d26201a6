//! A card of The Protocol as a profile: what A2A requires is told from what it says.
//!
//! Members are added where they are missing and never replaced, so a card that is A2A's already stays
//! as it is. Whether the outcome is a card is for [`super::validate`] to say.

use serde_json::{Map, Value, json};

/// The version of A2A that an address without one is taken to speak.
const VERSION_SPOKEN: &str = "1.0";

/// The profile that a card of The Protocol describes.
pub fn profile(mut card: Map<String, Value>) -> Map<String, Value> {
    let text = |card: &Map<String, Value>, name: &str| {
        card.get(name).and_then(Value::as_str).map(str::to_owned)
    };
    let version = text(&card, "agentVersion").unwrap_or_else(|| "1.0.0".to_owned());
    let url = text(&card, "url");
    let interfaces = url.as_ref().map(|url| {
        json!([{ "url": url, "protocolBinding": "JSONRPC", "protocolVersion": VERSION_SPOKEN }])
    });
    let mut offer = |name: &str, value: Value| {
        card.entry(name.to_owned()).or_insert(value);
    };
    offer("version", version.into());
    offer("supportedInterfaces", interfaces.unwrap_or_else(|| json!([])));
    offer("capabilities", json!({}));
    offer("defaultInputModes", json!(["application/json"]));
    offer("defaultOutputModes", json!(["application/json"]));
    offer("skills", json!([]));
    for skill in members(card.get_mut("skills")) {
        skill.entry("description").or_insert_with(|| "".into());
        skill.entry("tags").or_insert_with(|| json!([]));
    }
    provider(&mut card, url);
    card
}

fn members(list: Option<&mut Value>) -> impl Iterator<Item = &mut Map<String, Value>> {
    list.and_then(Value::as_array_mut).into_iter().flatten().filter_map(Value::as_object_mut)
}

/// A2A's provider has a page. One without a page of its own is found where the agent is, and one that
/// is found nowhere is left out.
fn provider(card: &mut Map<String, Value>, url: Option<String>) {
    let first = card.get("supportedInterfaces").and_then(|all| all.get(0)?.get("url")).cloned();
    let page = url.map(Value::from).or(first);
    let Some(provider) = card.get_mut("provider").and_then(Value::as_object_mut) else { return };
    if let Some(name) = provider.get("name").cloned() {
        provider.entry("organization").or_insert(name);
    }
    match (provider.contains_key("url"), page) {
        (true, _) => {}
        (false, Some(page)) => {
            provider.insert("url".to_owned(), page);
        }
        (false, None) => {
            card.remove("provider");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::card::validate;

    fn object(value: Value) -> Map<String, Value> {
        value.as_object().cloned().unwrap_or_default()
    }

    #[test]
    fn a_card_of_the_protocol_is_one_of_a2a() {
        let card = object(json!({
            "protocolVersion": "1.0", "humanReadableId": "acme/filer", "agentVersion": "2.1",
            "name": "Filer", "description": "files", "url": "https://filer.example/a2a",
            "provider": { "name": "Acme" }, "capabilities": { "streaming": true },
            "authSchemes": [{ "scheme": "bearer" }], "skills": [{ "id": "tax", "name": "Tax" }],
        }));
        let card = profile(card);
        assert!(validate(&Value::Object(card.clone())).is_ok());
        assert_eq!(
            (&card["version"], &card["humanReadableId"]),
            (&json!("2.1"), &json!("acme/filer"))
        );
        assert_eq!(card["supportedInterfaces"][0]["url"], "https://filer.example/a2a");
        assert_eq!(card["provider"]["organization"], "Acme");
        assert_eq!(profile(card.clone()), card, "a card that is one stays as it is");
    }

    #[test]
    fn a_provider_without_any_page_is_left_out() {
        let card =
            profile(object(json!({ "name": "A", "description": "", "provider": { "name": "B" } })));
        assert!(validate(&Value::Object(card.clone())).is_ok());
        assert_eq!(card.get("provider"), None);
        assert!(validate(&Value::Object(profile(Map::new()))).is_err());
    }
}
