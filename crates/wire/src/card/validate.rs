//! Whether a JSON value is an agent card within bounds, and what the directory keeps of it.
//!
//! A card of the wrong shape is refused with the first wrong member; one past its bounds with all
//! of them. Links must be http or https, so that showing a card never runs anything.

use std::collections::BTreeSet;

use hansa_crypto::json::canonical;
use hansa_types::{Code, Rejection};
use serde_json::{Map, Value};

use super::{Card, CardFacts, Extension, PAYMENT_EXTENSION, Skill};
use crate::amount::WireAmount;
use crate::api::discover::Price;
use crate::limits::{
    CARD_BYTES_MAX, CARD_EXAMPLES_MAX, CARD_ITEMS_MAX, CARD_NAME_BYTES_MAX, CARD_SKILLS_MAX,
    CARD_TAGS_MAX, CARD_TEXT_BYTES_MAX,
};
use crate::problem::Problem;
use crate::request::{Invalid, echo, parse};

/// Members that are wrong are reported up to this number.
const FINDINGS_MAX: usize = 32;

/// Checks a card. The problem's code is `card_invalid`; its errors name the members.
pub fn validate(card: &Value) -> Result<CardFacts, Problem> {
    let bytes = canonical(card)
        .map_err(|rejection| problem(&[Invalid { field: String::new(), rejection }]))?;
    if bytes.len() > CARD_BYTES_MAX {
        return Err(problem(&[finding("", "a card holds at most 64 KiB")]));
    }
    let card: Card = parse(card.clone()).map_err(|invalid| problem(&[invalid]))?;
    let mut findings = Findings::default();
    findings.card(&card);
    let price = findings.price(&card);
    match findings.0.is_empty() {
        true => Ok(facts(card, price)),
        false => Err(problem(&findings.0)),
    }
}

fn problem(findings: &[Invalid]) -> Problem {
    let detail = findings.first().map(Invalid::to_string).unwrap_or_default();
    findings.iter().fold(Problem::new(Code::CardInvalid, detail), |problem, finding| {
        problem.with_field(finding.field.clone(), &finding.rejection)
    })
}

fn finding(field: &str, detail: &str) -> Invalid {
    Invalid::new(Code::CardInvalid, echo(field), detail)
}

fn facts(card: Card, price: Option<Price>) -> CardFacts {
    let tags: BTreeSet<&String> = card.skills.iter().flat_map(|skill| &skill.tags).collect();
    let tags = tags.into_iter().cloned().collect();
    CardFacts { name: card.name, description: card.description, skills: card.skills, tags, price }
}

#[derive(Default)]
struct Findings(Vec<Invalid>);

impl Findings {
    fn require(&mut self, holds: bool, field: &str, detail: &str) {
        if !holds && self.0.len() < FINDINGS_MAX {
            self.0.push(finding(field, detail));
        }
    }

    fn name(&mut self, field: &str, text: &str) {
        let fits = (1..=CARD_NAME_BYTES_MAX).contains(&text.len())
            && text.trim() == text
            && !text.chars().any(char::is_control);
        self.require(fits, field, "1 to 128 bytes without control characters or outer white space");
    }

    fn text(&mut self, field: &str, text: &str) {
        let readable = |c: char| !c.is_control() || matches!(c, '\n' | '\t');
        let fits = text.len() <= CARD_TEXT_BYTES_MAX && text.chars().all(readable);
        self.require(fits, field, "at most 4,096 bytes without control characters");
    }

    fn link(&mut self, field: &str, url: &str) {
        let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
        let fits = url.len() <= CARD_TEXT_BYTES_MAX
            && rest.is_some_and(|rest| !rest.is_empty() && !rest.starts_with('/'))
            && url.bytes().all(|b| b.is_ascii_graphic() && !b"\"<>\\^`{|}".contains(&b));
        self.require(fits, field, "an http or https URL");
    }

    fn count(&mut self, field: &str, items: usize, max: usize) {
        self.require(items <= max, field, &format!("holds at most {max}"));
    }

    fn card(&mut self, card: &Card) {
        self.name("name", &card.name);
        self.name("version", &card.version);
        self.text("description", &card.description);
        self.count("supportedInterfaces", card.supported_interfaces.len(), CARD_ITEMS_MAX);
        for (i, interface) in card.supported_interfaces.iter().enumerate().take(CARD_ITEMS_MAX) {
            let at = |member: &str| format!("supportedInterfaces[{i}].{member}");
            match interface.protocol_binding.as_str() {
                "GRPC" => self.name(&at("url"), &interface.url),
                _ => self.link(&at("url"), &interface.url),
            }
            self.name(&at("protocolBinding"), &interface.protocol_binding);
            self.name(&at("protocolVersion"), &interface.protocol_version);
        }
        if let Some(provider) = &card.provider {
            self.link("provider.url", &provider.url);
            self.name("provider.organization", &provider.organization);
        }
        for (field, url) in
            [("documentationUrl", &card.documentation_url), ("iconUrl", &card.icon_url)]
        {
            if let Some(url) = url {
                self.link(field, url);
            }
        }
        self.modes("defaultInputModes", &card.default_input_modes);
        self.modes("defaultOutputModes", &card.default_output_modes);
        self.extensions("capabilities.extensions", &card.capabilities.extensions);
        self.extensions("extensions", &card.extensions);
        self.skills(&card.skills);
    }

    fn modes(&mut self, field: &str, modes: &[String]) {
        self.count(field, modes.len(), CARD_ITEMS_MAX);
        for (i, mode) in modes.iter().enumerate().take(CARD_ITEMS_MAX) {
            self.name(&format!("{field}[{i}]"), mode);
        }
    }

    fn extensions(&mut self, field: &str, extensions: &[Extension]) {
        self.count(field, extensions.len(), CARD_ITEMS_MAX);
        for (i, extension) in extensions.iter().enumerate().take(CARD_ITEMS_MAX) {
            let fits = (1..=CARD_TEXT_BYTES_MAX).contains(&extension.uri.len());
            self.require(fits, &format!("{field}[{i}].uri"), "1 to 4,096 bytes");
        }
    }

    fn skills(&mut self, skills: &[Skill]) {
        self.count("skills", skills.len(), CARD_SKILLS_MAX);
        let mut ids = BTreeSet::new();
        for (i, skill) in skills.iter().enumerate().take(CARD_SKILLS_MAX) {
            let at = |member: &str| format!("skills[{i}].{member}");
            self.name(&at("id"), &skill.id);
            self.name(&at("name"), &skill.name);
            self.text(&at("description"), &skill.description);
            self.require(ids.insert(&skill.id), &at("id"), "another skill has this id");
            self.count(&at("tags"), skill.tags.len(), CARD_TAGS_MAX);
            for tag in skill.tags.iter().take(CARD_TAGS_MAX) {
                self.name(&at("tags"), tag);
            }
            self.count(&at("examples"), skill.examples.len(), CARD_EXAMPLES_MAX);
            for example in skill.examples.iter().take(CARD_EXAMPLES_MAX) {
                self.text(&at("examples"), example);
            }
        }
    }

    /// The first payment extension's price; the place that A2A defines goes before the other.
    fn price(&mut self, card: &Card) -> Option<Price> {
        let places = [
            ("capabilities.extensions", &card.capabilities.extensions),
            ("extensions", &card.extensions),
        ];
        for (place, extensions) in places {
            let found = extensions.iter().position(|e| e.uri == PAYMENT_EXTENSION);
            let Some(i) = found else { continue };
            let params = extensions[i].params.as_ref()?;
            params.get("base_rate")?;
            return match price(params) {
                Ok(price) => Some(price),
                Err(Invalid { field, rejection }) => {
                    let field = format!("{place}[{i}].params.{field}");
                    self.0.push(Invalid { field, rejection });
                    None
                }
            };
        }
        None
    }
}

fn price(params: &Map<String, Value>) -> Result<Price, Invalid> {
    let member = |name: &str| params.get(name).cloned().unwrap_or(Value::Null);
    let named = |field: &str, rejection: Rejection| Invalid { field: field.to_owned(), rejection };
    let amount: WireAmount =
        parse(member("base_rate")).map_err(|invalid| named("base_rate", invalid.rejection))?;
    let currency =
        parse(member("currency")).map_err(|invalid| named("currency", invalid.rejection))?;
    Ok(Price { amount, currency })
}
