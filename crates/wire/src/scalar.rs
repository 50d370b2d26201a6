//! Small values that requests and answers are made of, each with one reading and one spelling.
//!
//! Query parameters are always text, so what can stand in a query also reads from its digits as a
//! string. Members that hold text are bounded, by type.
//!
//! Deliberately absent: amounts (see [`crate::amount`]) and anything that needs a clock or a key
//! registry to be checked.

mod text;

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use hansa_crypto::{PublicKey, Secret};
use hansa_types::limits::JSON_INTEGER_MAX;
use hansa_types::{Code, Did, PrincipalId, Time};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{self, Deserializer, Visitor};
use serde::{Deserialize, Serialize, Serializer};
use serde_json::{Map, Value};

use crate::limits::{ANNOTATIONS_BYTES_MAX, PAGE_ITEMS_DEFAULT, PAGE_ITEMS_MAX};
use crate::request::marked;

pub use text::{
    ActionPattern, Cursor, Email, KeyLabel, MediaType, Name, Note, ResourcePattern, SearchText,
    ToolText,
};

/// Reads a JSON integer, or its digits as text.
struct IntegerVisitor;

impl Visitor<'_> for IntegerVisitor {
    type Value = u64;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an integer from 0 to 2^53 - 1")
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<u64, E> {
        match value <= JSON_INTEGER_MAX {
            true => Ok(value),
            false => Err(E::invalid_value(de::Unexpected::Unsigned(value), &self)),
        }
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<u64, E> {
        let canonical = !text.is_empty()
            && text.bytes().all(|b| b.is_ascii_digit())
            && (text == "0" || !text.starts_with('0'));
        let value = canonical.then(|| text.parse().ok()).flatten();
        value
            .filter(|&value| value <= JSON_INTEGER_MAX)
            .ok_or_else(|| E::invalid_value(de::Unexpected::Str(text), &self))
    }
}

/// An integer that may stand in a query: JSON number or its digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Integer(pub u64);

impl<'de> Deserialize<'de> for Integer {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        d.deserialize_any(IntegerVisitor).map(Self)
    }
}

impl JsonSchema for Integer {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        "Integer".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "integer", "minimum": 0, "maximum": JSON_INTEGER_MAX })
    }
}

/// How many items a page holds at most: 1 to 200, 50 unless named.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Limit(u16);

impl Limit {
    /// A number of items, if it is one a page may have.
    pub const fn new(items: u16) -> Option<Self> {
        match items {
            1..=PAGE_ITEMS_MAX => Some(Self(items)),
            _ => None,
        }
    }

    /// The number of items.
    pub const fn items(self) -> u16 {
        self.0
    }
}

impl Default for Limit {
    fn default() -> Self {
        Self(PAGE_ITEMS_DEFAULT)
    }
}

impl<'de> Deserialize<'de> for Limit {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let items = d.deserialize_any(IntegerVisitor)?;
        let limit = u16::try_from(items).ok().and_then(Self::new);
        limit.ok_or_else(|| marked(Code::InvalidField, "a page holds 1 to 200 items"))
    }
}

impl JsonSchema for Limit {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        "Limit".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "integer", "minimum": 1, "maximum": PAGE_ITEMS_MAX })
    }
}

/// Yes or no: a JSON boolean, or its word as text in a query.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Flag(pub bool);

impl<'de> Deserialize<'de> for Flag {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        struct FlagVisitor;
        impl Visitor<'_> for FlagVisitor {
            type Value = bool;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("true or false")
            }
            fn visit_bool<E: de::Error>(self, value: bool) -> Result<bool, E> {
                Ok(value)
            }
            fn visit_str<E: de::Error>(self, text: &str) -> Result<bool, E> {
                text.parse().map_err(|_| E::invalid_value(de::Unexpected::Str(text), &self))
            }
        }
        d.deserialize_any(FlagVisitor).map(Self)
    }
}

impl JsonSchema for Flag {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        "Flag".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "boolean" })
    }
}

/// What else the author of something says of it: kept sealed with it, and decides nothing.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct Annotations(Map<String, Value>);

impl Annotations {
    /// Takes members if they are not too many.
    pub fn new(members: Map<String, Value>) -> Option<Self> {
        let bytes = serde_json::to_vec(&members).map_or(usize::MAX, |bytes| bytes.len());
        (bytes <= ANNOTATIONS_BYTES_MAX).then_some(Self(members))
    }

    /// A member.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.0.get(name)
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl<'de> Deserialize<'de> for Annotations {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let members = Map::deserialize(d)?;
        let wrong = || marked(Code::InvalidField, "annotations: at most 16 KiB of JSON");
        Self::new(members).ok_or_else(wrong)
    }
}

impl JsonSchema for Annotations {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        "Annotations".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "object",
            "description": "What else its author says: kept sealed with it, and decides nothing.",
        })
    }
}

/// A moment: RFC 3339 in UTC with milliseconds when written; any RFC 3339 when read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct WireTime(pub Time);

impl From<Time> for WireTime {
    fn from(time: Time) -> Self {
        Self(time)
    }
}

impl Serialize for WireTime {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for WireTime {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let text = String::deserialize(d)?;
        let time = Time::parse(&text).filter(|_| text.len() > 10);
        time.map(Self).ok_or_else(|| de::Error::custom("not an RFC 3339 time"))
    }
}

impl JsonSchema for WireTime {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        "Time".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "format": "date-time",
            "examples": ["2026-04-30T12:00:00.000Z"],
        })
    }
}

/// A principal named by a caller: by id or by DID.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum PrincipalRef {
    /// By its id on this node.
    Id(PrincipalId),
    /// By its DID.
    Did(Did),
}

impl FromStr for PrincipalRef {
    type Err = hansa_types::IdError;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.parse::<Did>() {
            Ok(did) => Ok(Self::Did(did)),
            Err(_) => text.parse().map(Self::Id),
        }
    }
}

impl fmt::Display for PrincipalRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Id(id) => fmt::Display::fmt(id, f),
            Self::Did(did) => fmt::Display::fmt(did, f),
        }
    }
}

impl From<PrincipalId> for PrincipalRef {
    fn from(id: PrincipalId) -> Self {
        Self::Id(id)
    }
}

impl From<Did> for PrincipalRef {
    fn from(did: Did) -> Self {
        Self::Did(did)
    }
}

impl Serialize for PrincipalRef {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for PrincipalRef {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let text = String::deserialize(d)?;
        text.parse().map_err(|_| de::Error::custom("not an agt_ id or a DID"))
    }
}

impl JsonSchema for PrincipalRef {
    fn schema_name() -> Cow<'static, str> {
        "PrincipalRef".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "pattern": "^(agt_[0-7][0-9A-HJKMNP-TV-Z]{25}|did:[a-z0-9]+:[A-Za-z0-9._:%/@#-]+)$",
            "description": "A principal: its agt_ id, or its DID.",
            "examples": ["agt_01KAJ5Z0Q8Z0E6X3T9V4M2C7RD"],
        })
    }
}

/// An Ed25519 public key: written as multibase, read from multibase (`z6Mk…`) or `did:key`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WireKey(pub PublicKey);

impl Serialize for WireKey {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.serialize_str(&self.0.to_multibase())
    }
}

impl<'de> Deserialize<'de> for WireKey {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let text = String::deserialize(d)?;
        let key = match text.parse::<Did>() {
            Ok(did) => PublicKey::from_did_key(&did),
            Err(_) => PublicKey::from_multibase(&text),
        };
        key.map(Self).map_err(|error| marked(Code::PublicKeyInvalid, &error.to_string()))
    }
}

impl JsonSchema for WireKey {
    fn schema_name() -> Cow<'static, str> {
        "PublicKey".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "pattern": "^(did:key:)?z6Mk[1-9A-HJ-NP-Za-km-z]+$",
            "description": "An Ed25519 public key as multibase or did:key.",
            "examples": ["z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK"],
        })
    }
}

/// A secret in a request, or in the one answer that shows it. Formats as nothing.
#[derive(Debug, Clone)]
pub struct WireSecret(pub Secret);

impl From<Secret> for WireSecret {
    fn from(secret: Secret) -> Self {
        Self(secret)
    }
}

impl Serialize for WireSecret {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.serialize_str(self.0.expose())
    }
}

impl<'de> Deserialize<'de> for WireSecret {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        Secret::deserialize(d).map(Self)
    }
}

impl JsonSchema for WireSecret {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        "Secret".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "format": "password" })
    }
}

/// A decimal in hundredths: reputations (0 to 5) and scores. Written as a string with two
/// decimals, read from such a string or from an integer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Hundredths(pub u32);

impl Hundredths {
    /// Highest value that is read: 1,000.00.
    pub const MAX: u32 = 100_000;
}

impl FromStr for Hundredths {
    type Err = hansa_types::AmountError;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        use hansa_types::AmountError as Error;
        let (whole, fraction) = crate::amount::split_decimal(text)?;
        if fraction.len() > 2 {
            return Err(Error::Decimals(2));
        }
        let digits = format!("{whole}{fraction:0<2}");
        let value = digits.parse().ok().filter(|&v| v <= Self::MAX);
        value.map(Self).ok_or(Error::Overflow)
    }
}

impl fmt::Display for Hundredths {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{:02}", self.0 / 100, self.0 % 100)
    }
}

impl Serialize for Hundredths {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Hundredths {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        struct HundredthsVisitor;
        impl Visitor<'_> for HundredthsVisitor {
            type Value = Hundredths;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a decimal string with at most two decimals, up to 1000")
            }
            fn visit_u64<E: de::Error>(self, value: u64) -> Result<Hundredths, E> {
                self.visit_str(&value.to_string())
            }
            fn visit_str<E: de::Error>(self, text: &str) -> Result<Hundredths, E> {
                text.parse().map_err(|_| E::invalid_value(de::Unexpected::Str(text), &self))
            }
        }
        d.deserialize_any(HundredthsVisitor)
    }
}

impl JsonSchema for Hundredths {
    fn schema_name() -> Cow<'static, str> {
        "Hundredths".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "pattern": "^[0-9]{1,4}(\\.[0-9]{1,2})?$",
            "description": "A decimal with at most two decimals, as a string.",
            "examples": ["4.50"],
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    pub(super) fn code_of<T: serde::de::DeserializeOwned + fmt::Debug>(value: Value) -> Code {
        crate::request::parse::<T>(value).unwrap_err().rejection.code
    }

    #[test]
    fn annotations_have_a_size() {
        let of = |len: usize| json!({ "a": "x".repeat(len) });
        let room = ANNOTATIONS_BYTES_MAX - r#"{"a":""}"#.len();
        assert!(crate::request::parse::<Annotations>(of(room)).is_ok());
        assert_eq!(code_of::<Annotations>(of(room + 1)), Code::InvalidField);
        assert_eq!(code_of::<Annotations>(json!("text")), Code::InvalidField);
    }

    #[test]
    fn integers_read_from_numbers_and_from_their_digits() {
        for good in [json!(7), json!("7")] {
            assert_eq!(serde_json::from_value::<Integer>(good).unwrap(), Integer(7));
        }
        let max = Integer(JSON_INTEGER_MAX);
        assert_eq!(serde_json::from_value::<Integer>(json!(JSON_INTEGER_MAX)).unwrap(), max);
        for bad in [
            json!(JSON_INTEGER_MAX + 1),
            json!(-1),
            json!(1.0),
            json!("07"),
            json!("+7"),
            json!(""),
        ] {
            assert_eq!(code_of::<Integer>(bad.clone()), Code::InvalidField, "{bad}");
        }
    }

    #[test]
    fn a_page_holds_1_to_200_items() {
        for good in [json!(1), json!("200")] {
            assert!(serde_json::from_value::<Limit>(good).is_ok());
        }
        for bad in [json!(0), json!(201), json!("65537"), json!(true)] {
            assert_eq!(code_of::<Limit>(bad.clone()), Code::InvalidField, "{bad}");
        }
        assert_eq!(Limit::default().items(), 50);
    }

    #[test]
    fn flags_are_words_or_booleans() {
        assert_eq!(serde_json::from_value::<Flag>(json!("true")).unwrap(), Flag(true));
        assert_eq!(serde_json::from_value::<Flag>(json!(false)).unwrap(), Flag(false));
        assert_eq!(code_of::<Flag>(json!("yes")), Code::InvalidField);
        assert_eq!(code_of::<Flag>(json!(1)), Code::InvalidField);
    }

    #[test]
    fn times_are_rfc_3339_and_never_bare_dates() {
        let time: WireTime = serde_json::from_value(json!("2026-04-30T12:00:00Z")).unwrap();
        assert_eq!(serde_json::to_value(time).unwrap(), json!("2026-04-30T12:00:00.000Z"));
        for bad in [json!("2026-04-30"), json!("soon"), json!(5)] {
            assert_eq!(code_of::<WireTime>(bad.clone()), Code::InvalidField, "{bad}");
        }
    }

    #[test]
    fn a_principal_is_named_by_id_or_by_did() {
        let id = PrincipalId(7);
        let by_id: PrincipalRef = id.to_string().parse().unwrap();
        assert_eq!(by_id, PrincipalRef::Id(id));
        let by_did: PrincipalRef = "did:w7:alice".parse().unwrap();
        assert_eq!(by_did.to_string(), "did:w7:alice");
        for bad in ["", "alice", "trf_01KAJ5Z0Q8Z0E6X3T9V4M2C7RD"] {
            assert_eq!(code_of::<PrincipalRef>(json!(bad)), Code::InvalidField, "{bad}");
        }
    }

    #[test]
    fn keys_read_from_multibase_and_did_key_and_nothing_else() {
        let key = hansa_crypto::SigningKey::from_seed([7; 32]).public();
        for text in [key.to_multibase(), key.did_key().to_string()] {
            assert_eq!(serde_json::from_value::<WireKey>(json!(text)).unwrap(), WireKey(key));
        }
        for bad in ["", "z6Mk", "did:w7:alice", "zzzz"] {
            assert_eq!(code_of::<WireKey>(json!(bad)), Code::PublicKeyInvalid, "{bad}");
        }
    }

    #[test]
    fn hundredths_have_two_decimals_when_written() {
        for (value, text) in [(json!("4.5"), "4.50"), (json!(5), "5.00"), (json!("0.01"), "0.01")] {
            let read: Hundredths = serde_json::from_value(value).unwrap();
            assert_eq!(read.to_string(), text);
        }
        for bad in [json!("4.555"), json!("-1"), json!(4.5), json!("1000.01"), json!("x")] {
            assert_eq!(code_of::<Hundredths>(bad.clone()), Code::InvalidField, "{bad}");
        }
    }

    #[test]
    fn a_secret_formats_as_nothing() {
        let secret: WireSecret = serde_json::from_value(json!("hunter2")).unwrap();
        assert!(!format!("{secret:?}").contains("hunter2"));
        assert_eq!(serde_json::to_value(&secret).unwrap(), json!("hunter2"));
    }
}
