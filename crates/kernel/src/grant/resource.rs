//! What a grant is for: names of things and patterns of such names.
//!
//! A name is an id of this node (`trf_…`), or what an executor calls its tools and data, such as
//! `mcp:payments/transfer` or `data:vendors/eu`. Letters, digits and `_ - . : /` are all it may
//! hold: what names a person or a secret stands in no journal.

use std::str::FromStr;

use hansa_types::{AnyId, Code, Rejection};
use serde::{Deserialize, Serialize};

use crate::limits::RESOURCE_BYTES_MAX;

/// A pattern: the name of a resource, or the beginning of names followed by `*`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Resource(Box<str>);

/// The one thing an act is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target<'a> {
    /// Something of this node.
    Id(AnyId),
    /// Something that an executor knows by a name.
    Name(&'a str),
}

impl Resource {
    /// The pattern as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether a thing falls under the pattern.
    pub fn covers(&self, target: Target<'_>) -> bool {
        match target {
            Target::Name(name) => self.covers_name(name),
            Target::Id(id) => self.covers_name(&id.to_string()),
        }
    }

    fn covers_name(&self, name: &str) -> bool {
        match self.0.strip_suffix('*') {
            Some(prefix) => name.starts_with(prefix),
            None => *self.0 == *name,
        }
    }

    /// Whether everything under `other` falls under this pattern too.
    pub fn includes(&self, other: &Resource) -> bool {
        match (self.0.strip_suffix('*'), other.0.strip_suffix('*')) {
            (Some(prefix), Some(narrower)) => narrower.starts_with(prefix),
            (None, Some(_)) => false,
            (_, None) => self.covers_name(&other.0),
        }
    }
}

impl FromStr for Resource {
    type Err = Rejection;
    fn from_str(text: &str) -> Result<Self, Rejection> {
        let body = text.strip_suffix('*').unwrap_or(text);
        let is_named = |b: u8| b.is_ascii_alphanumeric() || b"_-.:/".contains(&b);
        let shaped =
            !text.is_empty() && text.len() <= RESOURCE_BYTES_MAX && body.bytes().all(is_named);
        match shaped {
            true => Ok(Self(text.into())),
            false => Err(Rejection::new(
                Code::InvalidField,
                "resources: a name of letters, digits and _ - . : /, or the beginning of one followed by *",
            )),
        }
    }
}

impl Serialize for Resource {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for Resource {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        use serde::de::Error as _;
        String::deserialize(d)?.parse().map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use hansa_types::TransferId;

    use super::*;

    fn resource(text: &str) -> Resource {
        text.parse().unwrap()
    }

    #[test]
    fn patterns_cover_what_they_say() {
        assert!(resource("mcp:pay/*").covers(Target::Name("mcp:pay/transfer")));
        assert!(resource("mcp:pay").covers(Target::Name("mcp:pay")));
        assert!(!resource("mcp:pay").covers(Target::Name("mcp:pay/transfer")));
        assert!(!resource("mcp:pay/*").covers(Target::Name("mcp:mail/send")));
        let id = TransferId(7);
        assert!(resource(&id.to_string()).covers(Target::Id(id.into())));
        assert!(resource("trf_*").covers(Target::Id(id.into())));
        assert!(!resource("tsk_*").covers(Target::Id(id.into())));
    }

    #[test]
    fn inclusion_is_never_wider() {
        assert!(resource("*").includes(&resource("mcp:*")));
        assert!(resource("mcp:*").includes(&resource("mcp:pay/*")));
        assert!(!resource("mcp:pay").includes(&resource("mcp:pay*")));
        assert!(!resource("mcp:pay/*").includes(&resource("mcp:*")));
    }

    #[test]
    fn other_text_is_refused() {
        assert!("a".repeat(128).parse::<Resource>().is_ok());
        for bad in ["", "a b", "a*b", "**", "a@b.example", "ä", "a\"", &"a".repeat(129)] {
            assert!(bad.parse::<Resource>().is_err(), "{bad}");
        }
    }
}
