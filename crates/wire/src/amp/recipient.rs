//! Whom an envelope is addressed to: a DID, or whoever has a skill.
//!
//! Deliberately absent: resolving either, and aliases, which are DIDs of other methods.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use hansa_types::{Code, Did, Rejection};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::limits::SKILL_NAME_BYTES_MAX;

const SKILL: &str = "skill:";

/// Whom an envelope is addressed to.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Recipient {
    /// One principal, or the node.
    Did(Did),
    /// Whoever the node finds for the skill, written `skill:<name>`.
    Skill(String),
}

impl Recipient {
    /// The DID, if it is addressed to one.
    pub fn did(&self) -> Option<&Did> {
        match self {
            Self::Did(did) => Some(did),
            Self::Skill(_) => None,
        }
    }

    /// The skill it is addressed to, written either way: `skill:<name>`, or `did:w7:skill/<name>`
    /// as the protocol's own examples do.
    pub fn skill(&self) -> Option<&str> {
        match self {
            Self::Skill(name) => Some(name),
            Self::Did(did) if did.method() == "w7" => {
                did.method_id().strip_prefix("skill/").filter(|name| is_skill_name(name))
            }
            Self::Did(_) => None,
        }
    }
}

fn is_skill_name(name: &str) -> bool {
    (1..=SKILL_NAME_BYTES_MAX).contains(&name.len())
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_./".contains(&b))
}

impl FromStr for Recipient {
    type Err = Rejection;
    fn from_str(text: &str) -> Result<Self, Rejection> {
        match text.strip_prefix(SKILL) {
            Some(name) if is_skill_name(name) => Ok(Self::Skill(name.to_owned())),
            Some(_) => Err(Rejection::new(
                Code::InvalidField,
                "a skill's name is 1 to 64 of A-Z a-z 0-9 - _ . /",
            )),
            None => text
                .parse()
                .map(Self::Did)
                .map_err(|_| Rejection::new(Code::InvalidField, "expected a DID or skill:<name>")),
        }
    }
}

impl From<Did> for Recipient {
    fn from(did: Did) -> Self {
        Self::Did(did)
    }
}

impl fmt::Display for Recipient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Did(did) => fmt::Display::fmt(did, f),
            Self::Skill(name) => write!(f, "{SKILL}{name}"),
        }
    }
}

impl Serialize for Recipient {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Recipient {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let text = String::deserialize(d)?;
        text.parse().map_err(|rejection: Rejection| de::Error::custom(rejection.detail))
    }
}

impl JsonSchema for Recipient {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        "Recipient".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "pattern": "^(did:[a-z0-9]+:[A-Za-z0-9._:%/@#-]+|skill:[A-Za-z0-9._/-]{1,64})$",
            "examples": ["did:w7:alice", "skill:tax-filing"],
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_recipient_is_a_did_or_a_skill() {
        for text in ["did:w7:alice", "skill:tax-filing", "skill:tax/filing.v2"] {
            assert_eq!(text.parse::<Recipient>().unwrap().to_string(), text);
        }
        for bad in
            ["", "alice", "skill:", "skill:a b", "skill:é", &format!("skill:{}", "s".repeat(65))]
        {
            assert_eq!(bad.parse::<Recipient>().unwrap_err().code, Code::InvalidField, "{bad}");
        }
    }

    #[test]
    fn both_spellings_of_a_skill_name_it() {
        for text in ["skill:tax-filing", "did:w7:skill/tax-filing"] {
            assert_eq!(text.parse::<Recipient>().unwrap().skill(), Some("tax-filing"), "{text}");
        }
        for text in ["did:w7:alice", "did:key:skill/x", "did:w7:skill/"] {
            assert_eq!(text.parse::<Recipient>().unwrap().skill(), None, "{text}");
        }
    }
}
