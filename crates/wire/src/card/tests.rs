//! What is read of a card, and each way in which it is refused.

use super::*;
use hansa_types::Code;
use serde_json::json;

fn card() -> Value {
    json!({
        "name": "Tax agent",
        "description": "Files quarterly tax returns.",
        "version": "1.2.0",
        "supportedInterfaces": [
            { "url": "https://agents.example/tax", "protocolBinding": "JSONRPC", "protocolVersion": "1.0" },
            { "url": "agents.example:443", "protocolBinding": "GRPC", "protocolVersion": "1.0", "tenant": "t" },
        ],
        "provider": { "url": "https://example.org", "organization": "Example" },
        "capabilities": {
            "streaming": false,
            "extensions": [{
                "uri": PAYMENT_EXTENSION,
                "required": false,
                "params": { "currency": "AVT", "base_rate": "5.0", "pricing_model": "flat" },
            }],
        },
        "defaultInputModes": ["text/plain"],
        "defaultOutputModes": ["application/json"],
        "skills": [
            { "id": "file", "name": "File", "description": "Files.", "tags": ["tax", "filing"] },
            { "id": "draft", "name": "Draft", "description": "Drafts.", "tags": ["tax"], "examples": ["Draft Q1"] },
        ],
        "securitySchemes": { "bearer": {} },
    })
}

fn with(pointer: &str, value: Value) -> Value {
    let mut card = card();
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    match card.pointer_mut(parent).unwrap() {
        Value::Array(items) => items[name.parse::<usize>().unwrap()] = value,
        parent => parent[name] = value,
    }
    card
}

fn errors(card: &Value) -> Vec<String> {
    let problem = validate(card).unwrap_err();
    assert_eq!(problem.code, Code::CardInvalid.as_str());
    problem.errors.iter().map(|error| error.field.clone()).collect()
}

#[test]
fn the_directory_reads_names_skills_tags_and_price() {
    let facts = validate(&card()).unwrap();
    assert_eq!(facts.name, "Tax agent");
    assert_eq!(facts.tags, ["filing", "tax"]);
    assert_eq!(facts.skills.len(), 2);
    let price = facts.price.unwrap();
    assert_eq!((price.amount.as_str(), price.currency.as_str()), ("5", "AVT"));
}

#[test]
fn members_that_are_not_known_are_kept() {
    let read: Card = crate::request::parse(card()).unwrap();
    assert_eq!(Value::Object(read.to_object()), card());
}

#[test]
fn the_price_may_stand_where_the_protocols_own_cards_carry_it() {
    let mut moved = card();
    let extensions = moved["capabilities"].as_object_mut().unwrap().remove("extensions").unwrap();
    moved["extensions"] = extensions;
    assert_eq!(validate(&moved).unwrap().price.unwrap().amount.as_str(), "5");
    moved.as_object_mut().unwrap().remove("extensions");
    assert_eq!(validate(&moved).unwrap().price, None);
    let free = with("/capabilities/extensions/0/params/base_rate", json!("0"));
    assert!(validate(&free).unwrap().price.unwrap().amount.is_zero());
}

#[test]
fn a_price_that_is_no_amount_is_refused() {
    let params = "capabilities.extensions[0].params";
    let refused = [
        ("base_rate", json!(5.0), Code::AmountNotAString),
        ("base_rate", json!("-5"), Code::AmountNegative),
        ("base_rate", json!("five"), Code::AmountMalformed),
        ("currency", json!("avt"), Code::InvalidField),
        ("currency", json!(null), Code::InvalidField),
    ];
    for (member, value, code) in refused {
        let pointer = format!("/capabilities/extensions/0/params/{member}");
        let problem = validate(&with(&pointer, value.clone())).unwrap_err();
        assert_eq!(problem.errors[0].field, format!("{params}.{member}"), "{value}");
        assert_eq!(problem.errors[0].code, code.as_str(), "{value}");
    }
}

#[test]
fn each_member_that_a2a_requires_is_required() {
    let required = [
        "name",
        "description",
        "version",
        "supportedInterfaces",
        "capabilities",
        "defaultInputModes",
        "defaultOutputModes",
        "skills",
    ];
    for name in required {
        let mut card = card();
        card.as_object_mut().unwrap().remove(name);
        assert_eq!(errors(&card), [name]);
    }
    for name in ["id", "name", "description", "tags"] {
        let mut card = card();
        card["skills"][1].as_object_mut().unwrap().remove(name);
        assert_eq!(errors(&card), [format!("skills[1].{name}")]);
    }
    for name in ["url", "protocolBinding", "protocolVersion"] {
        let mut card = card();
        card["supportedInterfaces"][0].as_object_mut().unwrap().remove(name);
        assert_eq!(errors(&card), [format!("supportedInterfaces[0].{name}")]);
    }
}

#[test]
fn members_of_the_wrong_shape_are_refused_by_name() {
    let refused = [
        ("/name", json!(""), "name"),
        ("/name", json!("n".repeat(129)), "name"),
        ("/name", json!("a\u{7}"), "name"),
        ("/name", json!(7), "name"),
        ("/description", json!("d".repeat(4_097)), "description"),
        ("/version", json!(" 1"), "version"),
        ("/skills", json!({}), "skills"),
        ("/skills/1/id", json!("file"), "skills[1].id"),
        ("/skills/0/tags", json!(vec!["t"; 33]), "skills[0].tags"),
        ("/skills/0/tags", json!([""]), "skills[0].tags"),
        ("/skills/0/examples", json!(vec!["e"; 17]), "skills[0].examples"),
        ("/supportedInterfaces/0/url", json!("javascript:alert(1)"), "supportedInterfaces[0].url"),
        ("/supportedInterfaces/0/url", json!("https:///x"), "supportedInterfaces[0].url"),
        ("/provider/url", json!("ftp://example.org"), "provider.url"),
        ("/iconUrl", json!("data:text/html,x"), "iconUrl"),
        ("/documentationUrl", json!("https://a b"), "documentationUrl"),
        ("/defaultInputModes", json!(vec!["text/plain"; 33]), "defaultInputModes"),
        (
            "/capabilities/extensions",
            json!(vec![json!({ "uri": "x:y" }); 33]),
            "capabilities.extensions",
        ),
        ("/extensions", json!([{ "uri": "" }]), "extensions[0].uri"),
    ];
    for (pointer, value, field) in refused {
        assert_eq!(errors(&with(pointer, value)), [field], "{pointer}");
    }
}

#[test]
fn a_card_has_at_most_64_skills_and_64_kib() {
    let skills = |n: usize| -> Value {
        let skill =
            |i| json!({ "id": format!("s{i}"), "name": "s", "description": "", "tags": [] });
        (0..n).map(skill).collect()
    };
    assert!(validate(&with("/skills", skills(64))).is_ok());
    assert_eq!(errors(&with("/skills", skills(65))), ["skills"]);
    let big = with("/note", json!("x".repeat(64 * 1024)));
    assert_eq!(errors(&big), [""]);
}

#[test]
fn what_is_no_object_is_refused() {
    for value in [json!(null), json!([]), json!("card")] {
        assert_eq!(errors(&value), [""]);
    }
}

#[test]
fn all_members_past_their_bounds_are_reported() {
    let mut card = with("/name", json!(""));
    card["version"] = json!("");
    assert_eq!(errors(&card), ["name", "version"]);
}

#[test]
fn a_drafted_card_is_valid() {
    let price = Price { amount: "2.5".parse().unwrap(), currency: "AVT".parse().unwrap() };
    let card = Card::draft("Scribe", &["tax-filing", "proof_reading"], Some(&price));
    let facts = validate(&Value::Object(card.to_object())).unwrap();
    assert_eq!(facts.price, Some(price));
    assert_eq!(facts.tags, ["filing", "proof", "reading", "tax"]);
}

#[test]
fn fuzz_card_validate() {
    let text = serde_json::to_vec(&card()).unwrap();
    bolero::check!().with_type::<(Vec<u8>, u16, u8)>().for_each(|(bytes, at, byte)| {
        let mut changed = text.clone();
        let at = usize::from(*at) % changed.len();
        changed[at] = *byte;
        for bytes in [bytes, &changed] {
            if let Ok(value) = hansa_crypto::json::parse_strict(bytes) {
                match validate(&value) {
                    Ok(facts) => assert!(!facts.name.is_empty()),
                    Err(problem) => assert!(!problem.errors.is_empty()),
                }
            }
        }
    });
}
