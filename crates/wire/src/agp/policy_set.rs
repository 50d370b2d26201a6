//! Policy sets: what a client registers is a record of rules that are kept elsewhere.
//!
//! A client sends the digest of its rules, never the rules, so what it registers decides nothing on
//! this node. What the protocol says of a set beside what the node does is kept with it, in one
//! member of its data.

use hansa_types::{Code, PolicySetId, Time};
use serde_json::{Map, Value, json};

use super::body::Body;
use super::words::{self, jurisdictions};
use crate::request::Invalid;

/// The member of a set's data that holds what the protocol says of it.
const KEPT: &str = "agp";

/// Frameworks as the client spells them.
const FRAMEWORKS: &str = "regulatory_frameworks";

/// Members that are kept as they came, with what holds where they are missing.
const KEPT_MEMBERS: [(&str, Option<&str>); 7] = [
    ("publisher", Some("unknown")),
    ("ruleset_hash", Some("unknown")),
    ("ruleset_engine", Some("custom")),
    ("attestation_level", Some("self_attested")),
    ("effective_from", None),
    ("certifying_body", None),
    ("supersedes", None),
];

/// Closed vocabularies among them.
const WORDS: [(&str, &[&str]); 2] = [
    ("ruleset_engine", &["opa", "cedar", "casbin", "custom"]),
    ("attestation_level", &["self_attested", "third_party_attested", "verified"]),
];

/// The native request for a record.
pub fn create(body: &Map<String, Value>) -> Result<Value, Invalid> {
    let body = Body(body);
    let mut kept = Map::new();
    for (name, _) in KEPT_MEMBERS {
        if let Some(text) = body.text(&[name])? {
            let known = WORDS.iter().find(|(word, _)| *word == name);
            if known.is_some_and(|(_, words)| !words.contains(&text)) {
                return Err(Invalid::new(Code::InvalidField, name, "not a word of the vocabulary"));
            }
            kept.insert(name.to_owned(), text.into());
        }
    }
    let frameworks: Vec<String> = body.list(&["regulatory_frameworks"])?;
    kept.insert(FRAMEWORKS.to_owned(), json!(frameworks));
    Ok(json!({
        "name": body.need(&["name"])?,
        "version": body.need(&["version"])?,
        "engine": "record",
        // What it is about is written in rules that the node does not have.
        "actions": ["*"],
        "jurisdictions": jurisdictions(body)?,
        "frameworks": words::frameworks(body)?,
        "data": { KEPT: kept },
    }))
}

/// The native operation that moves a set to a status.
pub fn step(status: &str) -> Option<&'static str> {
    match status {
        "active" => Some("policy_set_activate"),
        "deprecated" => Some("policy_set_deprecate"),
        "revoked" => Some("policy_set_revoke"),
        _ => None,
    }
}

/// A native set in the protocol's words. What the node evaluates itself is published by the node.
pub fn policy_set(set: &Value) -> Value {
    let kept = &set["data"][KEPT];
    let made = made(set);
    let status = match set["status"].as_str() {
        Some("draft") | None => "deprecated",
        Some(status) => status,
    };
    let mut told = json!({
        "type": "PolicySet",
        "policy_set_id": set["id"],
        "name": set["name"],
        "version": set["version"],
        "regulatory_frameworks": list(kept.get(FRAMEWORKS).unwrap_or(&set["frameworks"])),
        "jurisdictions": list(&set["jurisdictions"]),
        "status": status,
        "created_at": made,
    });
    for (name, otherwise) in KEPT_MEMBERS {
        told[name] = match (kept.get(name), otherwise) {
            (Some(value), _) => value.clone(),
            (None, Some(otherwise)) => otherwise.into(),
            (None, None) => Value::Null,
        };
    }
    if !set["pending"].is_null() {
        told["pending"] = set["pending"].clone();
    }
    if kept.is_null() {
        told["publisher"] = "node".into();
        told["ruleset_hash"] = set["rules_digest"].clone();
        told["ruleset_engine"] = "opa".into();
    }
    if told["effective_from"].is_null() {
        told["effective_from"] = made.into();
    }
    told
}

/// When a set was made: an id says it.
fn made(set: &Value) -> String {
    let id = set["id"].as_str().and_then(|id| id.parse::<PolicySetId>().ok());
    let ms = id.map_or(0, |id| u64::try_from(id.0 >> 80).unwrap_or_default());
    Time(ms).to_string()
}

fn list(value: &Value) -> Value {
    if value.is_array() { value.clone() } else { json!([]) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn create_of(body: Value) -> Result<Value, Invalid> {
        create(body.as_object().unwrap())
    }

    #[test]
    fn what_is_registered_is_a_record_and_comes_back() {
        let body = json!({
            "name": "EU rules", "version": "1.0.0", "publisher": "acme", "jurisdictions": ["EU"],
            "regulatory_frameworks": ["EU_AI_ACT_2024"], "ruleset_hash": "sha256:1",
            "ruleset_engine": "opa",
        });
        let request = create_of(body).unwrap();
        assert_eq!(request["engine"], "record");
        let mut set = request.clone();
        let id = PolicySetId::new(1_768_467_600_000, 7).to_string();
        set["id"] = id.clone().into();
        set["status"] = "active".into();
        let told = policy_set(&set);
        for (name, expected) in [
            ("policy_set_id", id.as_str()),
            ("status", "active"),
            ("publisher", "acme"),
            ("ruleset_hash", "sha256:1"),
            ("ruleset_engine", "opa"),
            ("attestation_level", "self_attested"),
            ("created_at", "2026-01-15T09:00:00.000Z"),
            ("effective_from", "2026-01-15T09:00:00.000Z"),
        ] {
            assert_eq!(told[name], expected, "{name}");
        }
        assert_eq!(told["jurisdictions"], json!(["EU"]));
    }

    #[test]
    fn a_set_of_the_nodes_own_is_the_nodes() {
        let own = json!({ "id": "pol_1", "name": "finance", "version": "2", "status": "draft",
            "rules_digest": "d" });
        let told = policy_set(&own);
        assert_eq!((&told["publisher"], &told["ruleset_hash"]), (&json!("node"), &json!("d")));
        assert_eq!(told["status"], "deprecated", "a draft is not in force");
    }

    #[test]
    fn words_of_no_vocabulary_are_refused() {
        for bad in [
            json!({ "version": "1" }),
            json!({ "name": "a", "version": "1", "ruleset_engine": "prolog" }),
            json!({ "name": "a", "version": "1", "attestation_level": "unverified" }),
            json!({ "name": "a", "version": 1 }),
            json!({ "name": "a", "version": "1", "jurisdictions": "EU" }),
        ] {
            assert!(create_of(bad.clone()).is_err(), "{bad}");
        }
        assert_eq!(step("draft"), None);
    }
}
