//! The protocol's own words for what the node has words for: states, frameworks, digests.
//!
//! Vocabularies that the protocol leaves open are mapped to the nearest word of the node, and what
//! the client wrote is kept beside; closed ones are refused.

use hansa_types::governance::{Clearance, WordError};
use hansa_types::{Code, Digest, Framework, Jurisdiction};
use serde_json::{Map, Value};

use super::body::Body;
use crate::request::Invalid;
use crate::scalar::{Annotations, Note};

/// The clearance that a state of the protocol asks for. A quarantine is no such: it is a hold, which
/// only an escalation brings about.
pub fn clearance(status: &str) -> Option<Clearance> {
    Clearance::ALL.iter().copied().find(|clearance| {
        let word = clearance.as_str();
        word.len() == status.len()
            && word.bytes().zip(status.bytes()).all(|(a, b)| a.to_ascii_uppercase() == b)
    })
}

/// A framework as the node spells it: `EU_AI_ACT_2024` is `eu-ai-act-2024`.
pub fn frameworks(body: Body<'_>) -> Result<Vec<Framework>, Invalid> {
    let wanted: Vec<String> = body.list(&["regulatory_frameworks"])?;
    let read = |text: &String| {
        let word = text.to_ascii_lowercase().replace(['_', ' '], "-");
        let wrong = |_| Invalid::new(Code::InvalidField, "regulatory_frameworks", "not a name");
        word.parse().map_err(wrong)
    };
    wanted.iter().map(read).collect()
}

/// Where it happens.
pub fn jurisdictions(body: Body<'_>) -> Result<Vec<Jurisdiction>, Invalid> {
    let wanted: Vec<String> = body.list(&["jurisdictions"])?;
    wanted.iter().map(|text| jurisdiction("jurisdictions", text)).collect()
}

/// One place.
pub fn jurisdiction(field: &str, text: &str) -> Result<Jurisdiction, Invalid> {
    let wrong =
        |error: hansa_types::WordError| Invalid::new(Code::InvalidField, field, error.to_string());
    text.parse().map_err(wrong)
}

/// A digest, if it is SHA-256 in one of its spellings: `sha256:` and 64 hexadecimal digits.
pub fn digest(text: &str) -> Option<Digest> {
    let hex = text.strip_prefix("sha256:").unwrap_or(text);
    let mut bytes = [0; 32];
    if hex.len() != 64 || !hex.is_ascii() {
        return text.parse().ok();
    }
    for (byte, at) in bytes.iter_mut().zip((0..64).step_by(2)) {
        *byte = u8::from_str_radix(hex.get(at..at + 2)?, 16).ok()?;
    }
    Some(Digest(bytes))
}

/// A digest in the protocol's spelling.
pub fn hash(digest: &Digest) -> String {
    use std::fmt::Write as _;
    let mut text = String::from("sha256:");
    for byte in digest.0 {
        let _ = write!(text, "{byte:02x}");
    }
    text
}

/// A word of a closed vocabulary.
pub fn word<T: std::str::FromStr<Err = WordError>>(
    body: Body<'_>,
    names: &[&'static str],
) -> Result<Option<T>, Invalid> {
    let Some(text) = body.text(names)? else { return Ok(None) };
    let name = body.any(names).map(|(name, _)| name).unwrap_or_default();
    let wrong = |error: WordError| Invalid::new(Code::InvalidField, name, error.to_string());
    text.parse().map(Some).map_err(wrong)
}

/// A text of a person. Line breaks become spaces: the node keeps one line.
pub fn note(field: &'static str, text: &str) -> Result<Note, Invalid> {
    let wrong = || {
        let detail = "a text of 1 to 2,048 bytes without control characters";
        Invalid::new(Code::InvalidField, field, detail)
    };
    let line = text.split(['\n', '\r', '\t']).collect::<Vec<_>>().join(" ");
    Note::new(line.trim()).ok_or_else(wrong)
}

/// A text of a person, if there is one.
pub fn note_of(body: Body<'_>, names: &[&'static str]) -> Result<Option<Note>, Invalid> {
    let Some(text) = body.text(names)? else { return Ok(None) };
    let name = body.any(names).map(|(name, _)| name).unwrap_or_default();
    note(name, text).map(Some)
}

/// Members that are kept as they came.
pub fn kept(body: Body<'_>, names: &[&str]) -> Result<Annotations, Invalid> {
    let mut members = Map::new();
    for name in names {
        if let Some(value) = body.0.get(*name).filter(|value| !value.is_null()) {
            members.insert((*name).to_owned(), value.clone());
        }
    }
    let wrong = || {
        let detail = "what the node keeps as it came is at most 16 KiB of JSON";
        Invalid::new(Code::InvalidField, "", detail)
    };
    Annotations::new(members).ok_or_else(wrong)
}

/// Adds members that were kept to an object, where it has none of that name.
pub fn with_kept(told: &mut Value, kept: Option<&Map<String, Value>>) {
    for (name, value) in kept.into_iter().flatten() {
        if told.get(name).is_none_or(Value::is_null) {
            told[name.as_str()] = value.clone();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn every_state_but_a_quarantine_is_asked_for_by_its_own_word() {
        for (status, expected) in [
            ("CREATED", Some(Clearance::Created)),
            ("BOUND", Some(Clearance::Bound)),
            ("DELEGATED", Some(Clearance::Delegated)),
            ("SKILL_BOUND", Some(Clearance::SkillBound)),
            ("COMMERCE_INIT", Some(Clearance::CommerceInit)),
            ("ANALYZING", Some(Clearance::Analyzing)),
            ("DECIDED", Some(Clearance::Decided)),
            ("POLICY_CHECKED", Some(Clearance::PolicyChecked)),
            ("APPROVAL_PENDING", Some(Clearance::ApprovalPending)),
            ("EXECUTING", Some(Clearance::Executing)),
            ("COMPLETED", Some(Clearance::Completed)),
            ("FAILED", Some(Clearance::Failed)),
            ("DENIED", Some(Clearance::Denied)),
            ("REVOKED", Some(Clearance::Revoked)),
            ("QUARANTINED", None),
            ("created", None),
            ("", None),
        ] {
            assert_eq!(clearance(status), expected, "{status}");
        }
    }

    #[test]
    fn frameworks_and_places_are_read_as_the_protocol_writes_them() {
        let read = |value: Value| {
            let body = value.as_object().unwrap().clone();
            let told = frameworks(Body(&body))
                .map(|all| all.iter().map(|f| f.to_string()).collect::<Vec<_>>());
            told.map_err(|invalid| invalid.field)
        };
        let named = |name: &str| json!({ "regulatory_frameworks": [name] });
        assert_eq!(read(named("EU_AI_ACT_2024")), Ok(vec!["eu-ai-act-2024".to_owned()]));
        assert_eq!(read(named("sox")), Ok(vec!["sox".to_owned()]));
        assert_eq!(read(json!({})), Ok(Vec::new()));
        assert_eq!(read(named("§ 5")), Err("regulatory_frameworks".to_owned()));
        assert!(jurisdiction("j", "US-NY").is_ok() && jurisdiction("j", "Texas").is_err());
    }

    #[test]
    fn digests_are_read_in_their_spellings() {
        let zero = Digest([0; 32]);
        let hex = "0".repeat(64);
        assert_eq!(digest(&hex), Some(zero));
        assert_eq!(digest(&format!("sha256:{hex}")), Some(zero));
        assert_eq!(digest(&hash(&Digest([7; 32]))), Some(Digest([7; 32])));
        for bad in ["sha256:sdktest", "", "zz", &"é".repeat(32), &format!("{}zz", "0".repeat(62))]
        {
            assert_eq!(digest(bad), None, "{bad}");
        }
    }

    #[test]
    fn texts_become_one_line_and_what_is_too_much_is_refused() {
        assert_eq!(note("n", " a\nb ").unwrap().as_str(), "a b");
        assert!(note("n", " ").is_err() && note("n", &"x".repeat(2_049)).is_err());
        let much = json!({ "items": "x".repeat(20_000) });
        assert!(kept(Body(much.as_object().unwrap()), &["items"]).is_err());
        let mut told = json!({ "a": null, "b": 1 });
        with_kept(&mut told, json!({ "a": 2, "b": 3, "c": 4 }).as_object());
        assert_eq!(told, json!({ "a": 2, "b": 1, "c": 4 }));
    }
}
