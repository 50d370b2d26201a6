//! Payloads of the verbs that work, claim, judge and end; each may carry members of its own beyond
//! those named here.
//!
//! Deliberately absent: negotiation and delegation, whose payloads are [`super::Terms`].

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use hansa_types::{AmountError, Code, Digest, EnvelopeId};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{self, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;

use super::{MilestoneName, text};
use crate::limits::RATING_MAX;
use crate::request::marked;
use crate::schema;

/// Says that a milestone's work was done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Execute {
    /// Which milestone; none on `amp-outcome`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub milestone: Option<MilestoneName>,
    /// Digest of what was made.
    #[serde(deserialize_with = "text::hash::deserialize")]
    #[schemars(with = "schema::Digest")]
    pub output_hash: Digest,
    /// The model that made it.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "text::short")]
    pub model: Option<String>,
    /// Digest of what it was made from.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "text::optional_hash::deserialize"
    )]
    #[schemars(with = "Option<schema::Digest>")]
    pub input_hash: Option<Digest>,
}

/// Claims a milestone's share.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Settle {
    /// Which milestone; that of the execution unless named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub milestone: Option<MilestoneName>,
    /// Digest of the result.
    #[serde(deserialize_with = "text::hash::deserialize")]
    #[schemars(with = "schema::Digest")]
    pub result_hash: Digest,
}

/// Whether a claim is accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// Its share is paid.
    Accept,
    /// Its share goes back.
    Reject,
}

/// Judges a claim, rates the other side, or both.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Attest {
    /// The claim.
    #[schemars(with = "schema::EnvelopeId")]
    pub of: EnvelopeId,
    /// Whether it is accepted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verdict: Option<Verdict>,
    /// How well it was done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub score: Option<Score>,
    /// 1 to 5.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "rating")]
    #[schemars(range(min = 1, max = 5))]
    pub rating: Option<u8>,
}

fn rating<'de, D: Deserializer<'de>>(d: D) -> Result<Option<u8>, D::Error> {
    let value = Value::deserialize(d)?;
    if value.is_null() {
        return Ok(None);
    }
    let rating = value.as_u64().filter(|rating| (1..=RATING_MAX).contains(rating));
    rating
        .and_then(|rating| u8::try_from(rating).ok())
        .map(Some)
        .ok_or_else(|| marked(Code::RatingInvalid, Code::RatingInvalid.title()))
}

/// Takes a delegation back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Revoke {
    /// The delegation.
    #[schemars(with = "schema::EnvelopeId")]
    pub of: EnvelopeId,
    /// Why, for people.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "text::short")]
    pub reason: Option<String>,
}

/// How well something was done: 0 to 1 in thousandths. Written as a decimal string, read from one
/// or from a JSON number of at most three decimals.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Score(u16);

impl Score {
    /// A score in thousandths.
    pub const fn thousandths(n: u16) -> Option<Self> {
        match n {
            0..=1_000 => Some(Self(n)),
            _ => None,
        }
    }

    /// The score in thousandths.
    pub const fn as_thousandths(self) -> u16 {
        self.0
    }
}

impl FromStr for Score {
    type Err = AmountError;
    fn from_str(text: &str) -> Result<Self, AmountError> {
        let (whole, fraction) = crate::amount::split_decimal(text)?;
        if fraction.len() > 3 {
            return Err(AmountError::Decimals(3));
        }
        let value = format!("{whole}{fraction:0<3}").parse().ok();
        value.and_then(Self::thousandths).ok_or(AmountError::Overflow)
    }
}

impl fmt::Display for Score {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{:03}", self.0 / 1_000, self.0 % 1_000)
    }
}

impl Serialize for Score {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Score {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        struct ScoreVisitor;
        impl Visitor<'_> for ScoreVisitor {
            type Value = Score;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a decimal from 0 to 1 with at most three decimals")
            }
            fn visit_str<E: de::Error>(self, text: &str) -> Result<Score, E> {
                text.parse().map_err(|_| E::invalid_value(de::Unexpected::Str(text), &self))
            }
            fn visit_u64<E: de::Error>(self, value: u64) -> Result<Score, E> {
                self.visit_str(&value.to_string())
            }
            fn visit_f64<E: de::Error>(self, value: f64) -> Result<Score, E> {
                self.visit_str(&value.to_string())
            }
        }
        d.deserialize_any(ScoreVisitor)
    }
}

impl JsonSchema for Score {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        "Score".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "pattern": "^(0(\\.[0-9]{1,3})?|1(\\.0{1,3})?)$" })
    }
}
