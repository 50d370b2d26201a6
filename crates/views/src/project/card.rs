//! What a card says that somebody might search for.
//!
//! A card is an A2A agent card (A2A v1.0.1): name, description and skills with their ids, names,
//! descriptions and tags. Its price is that of the payment extension. Reading is total: what is
//! missing, of another type or too long is left out, and the rest counts.

use std::collections::BTreeSet;

use hansa_types::{Amount, Currency, CurrencyCode};
use serde_json::Value;

use super::Known;
use crate::limits::{FIELD_BYTES_MAX, NAME_BYTES_MAX, SKILLS_INDEXED_MAX, TAGS_INDEXED_MAX};
use crate::text::head;

/// The extension by which a card names its price.
const PAYMENT_URI: &str = "https://theprotocol.cloud/extensions/v1/auth/a2a-payment";
/// Where a card may list its extensions.
const EXTENSION_LISTS: [&str; 2] = ["/capabilities/extensions", "/extensions"];

/// What is found by searching.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Facts {
    /// Ids of its skills.
    pub(super) skills: BTreeSet<String>,
    /// Tags of its skills, in lower case.
    pub(super) tags: BTreeSet<String>,
    /// The text of the search index.
    pub(super) index: Index,
}

/// A row of the search index.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Index {
    pub(super) name: String,
    pub(super) skills: String,
    pub(super) tags: String,
    pub(super) description: String,
}

/// A price as a card writes it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Price {
    pub(super) currency: CurrencyCode,
    /// Major units.
    pub(super) text: String,
    /// Minor units, once the currency is known and if the text is an amount of it.
    pub(super) minor: Option<Amount>,
}

/// The name on a card.
pub(super) fn name(card: &Value) -> Option<String> {
    let name = card.get("name")?.as_str()?;
    Some(head(name, FIELD_BYTES_MAX).to_owned())
}

impl Facts {
    pub(super) fn of(card: &Value) -> Self {
        let mut facts = Facts::default();
        append(&mut facts.index.name, card.get("name"));
        append(&mut facts.index.description, card.get("description"));
        let skills = card.get("skills").and_then(Value::as_array);
        for skill in skills.into_iter().flatten().take(SKILLS_INDEXED_MAX) {
            facts.add_skill(skill);
        }
        facts
    }

    fn add_skill(&mut self, skill: &Value) {
        for member in ["id", "name", "description"] {
            append(&mut self.index.skills, skill.get(member));
        }
        if let Some(id) = skill.get("id").and_then(Value::as_str).filter(|id| is_name(id)) {
            self.skills.insert(id.to_owned());
        }
        for tag in skill.get("tags").and_then(Value::as_array).into_iter().flatten() {
            append(&mut self.index.tags, Some(tag));
            let tag = tag.as_str().filter(|tag| is_name(tag)).map(str::to_lowercase);
            self.tags.extend(tag.filter(|_| self.tags.len() < TAGS_INDEXED_MAX));
        }
    }
}

fn is_name(text: &str) -> bool {
    !text.is_empty() && text.len() <= NAME_BYTES_MAX
}

/// Adds a text to a field of the index, as far as there is room.
fn append(field: &mut String, text: Option<&Value>) {
    let Some(text) = text.and_then(Value::as_str) else { return };
    if !field.is_empty() {
        field.push('\n');
    }
    let room = FIELD_BYTES_MAX.saturating_sub(field.len());
    field.push_str(head(text, room));
}

impl Price {
    pub(super) fn of(card: &Value, known: &Known) -> Option<Self> {
        let lists = EXTENSION_LISTS.iter().filter_map(|path| card.pointer(path)?.as_array());
        let mut extensions = lists.flatten();
        let uri = Some(&Value::from(PAYMENT_URI));
        let params = extensions.find(|extension| extension.get("uri") == uri)?.get("params")?;
        let currency = params.get("currency")?.as_str()?.parse().ok()?;
        let text = match params.get("base_rate")? {
            Value::String(text) => text.clone(),
            Value::Number(number) => number.to_string(),
            _ => return None,
        };
        let text = Some(text).filter(|text| is_name(text))?;
        let minor = known.scales.get(&currency).and_then(|scale| minor(currency, *scale, &text));
        Some(Self { currency, text, minor })
    }
}

/// The minor units of a price. Zeros behind the point say nothing, however many.
pub(super) fn minor(code: CurrencyCode, scale: u8, text: &str) -> Option<Amount> {
    let text = match text.split_once('.') {
        Some((_, fraction)) if !fraction.is_empty() => {
            text.trim_end_matches('0').trim_end_matches('.')
        }
        _ => text,
    };
    Currency { code, scale }.parse_or_zero(text).ok()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn known() -> Known {
        let scales = [("AVT".parse().unwrap(), 6), ("JPY".parse().unwrap(), 0)];
        Known { scales: scales.into(), node: None }
    }

    fn priced(params: Value) -> Value {
        json!({ "capabilities": { "extensions": [{ "uri": PAYMENT_URI, "params": params }] } })
    }

    #[test]
    fn a_price_is_read_in_minor_units() {
        let price = |params| Price::of(&priced(params), &known());
        let found = price(json!({ "base_rate": "2.50", "currency": "AVT" })).unwrap();
        assert_eq!((found.text.as_str(), found.minor), ("2.50", Some(Amount(2_500_000))));
        let found = price(json!({ "base_rate": 5.0, "currency": "JPY" })).unwrap();
        assert_eq!((found.text.as_str(), found.minor), ("5.0", Some(Amount(5))));
        let zero = price(json!({ "base_rate": "0", "currency": "AVT" })).unwrap();
        assert_eq!(zero.minor, Some(Amount::ZERO));
    }

    #[test]
    fn the_extension_may_stand_at_the_top() {
        let params = json!({ "base_rate": "1", "currency": "AVT" });
        let card = json!({ "extensions": [{ "uri": PAYMENT_URI, "params": params }] });
        assert_eq!(Price::of(&card, &known()).unwrap().minor, Some(Amount(1_000_000)));
    }

    #[test]
    fn a_price_that_is_no_amount_has_no_minor_units() {
        for text in ["0.0000001", "-1", "1e3", "", "ten", "."] {
            let found =
                Price::of(&priced(json!({ "base_rate": text, "currency": "AVT" })), &known());
            assert_eq!(found.and_then(|price| price.minor), None, "{text:?}");
        }
        let foreign = Price::of(&priced(json!({ "base_rate": "1", "currency": "USD" })), &known());
        assert_eq!(foreign.unwrap().minor, None);
    }

    #[test]
    fn odd_cards_have_the_facts_that_are_sound() {
        for odd in [json!(null), json!([]), json!("card"), json!({ "skills": 7, "name": {} })] {
            assert_eq!(Facts::of(&odd), Facts::default(), "{odd}");
            assert_eq!((name(&odd), Price::of(&odd, &known())), (None, None), "{odd}");
        }
        let mixed =
            json!({ "name": "A", "skills": [7, { "id": "x", "tags": "none" }, { "id": "" }] });
        let facts = Facts::of(&mixed);
        assert_eq!(facts.skills.into_iter().collect::<Vec<_>>(), ["x"]);
    }

    #[test]
    fn what_a_card_may_index_is_bounded() {
        let tags: Vec<String> = (0..TAGS_INDEXED_MAX + 1).map(|n| format!("tag{n}")).collect();
        let skill = json!({ "id": "i".repeat(NAME_BYTES_MAX + 1), "tags": tags });
        let skills = vec![json!({ "id": "ok" }); SKILLS_INDEXED_MAX];
        let card = json!({ "description": "é".repeat(FIELD_BYTES_MAX), "skills": [skill] });
        let facts = Facts::of(&card);
        assert_eq!((facts.tags.len(), facts.skills.len()), (TAGS_INDEXED_MAX, 0));
        assert_eq!(facts.index.description.len(), FIELD_BYTES_MAX);
        let mut listed = skills;
        listed.push(json!({ "id": "beyond" }));
        assert_eq!(Facts::of(&json!({ "skills": listed })).skills.len(), 1);
    }
}
