//! Texts of a bounded length and a shape, each a type of its own.

use std::borrow::Cow;
use std::fmt;

use hansa_types::Code;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::Deserializer;
use serde::{Deserialize, Serialize};

use crate::limits::{
    ACTION_BYTES_MAX, CURSOR_BYTES_MAX, EMAIL_BYTES_MAX, LABEL_BYTES_MAX, MEDIA_TYPE_BYTES_MAX,
    NAME_BYTES_MAX, NOTE_BYTES_MAX, QUERY_BYTES_MAX, RESOURCE_BYTES_MAX,
};
use crate::request::marked;

macro_rules! bounded_texts {
    ($($(#[$doc:meta])* $name:ident, $bytes_max:expr, $code:expr, $pattern:literal, $about:literal, $check:expr;)*) => {
        $(
            #[doc = $about]
            $(#[$doc])*
            #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
            pub struct $name(String);

            impl $name {
                /// The text.
                pub fn as_str(&self) -> &str {
                    &self.0
                }

                /// Takes the text if it has the shape of this type.
                pub fn new(text: impl Into<String>) -> Option<Self> {
                    let text = text.into();
                    let check: fn(&str) -> bool = $check;
                    let fits = !text.is_empty() && text.len() <= $bytes_max && check(&text);
                    fits.then_some(Self(text))
                }
            }

            impl fmt::Display for $name {
                fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                    f.write_str(&self.0)
                }
            }

            impl<'de> Deserialize<'de> for $name {
                fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
                    Self::new(String::deserialize(d)?).ok_or_else(|| marked($code, $about))
                }
            }

            impl JsonSchema for $name {
                fn inline_schema() -> bool {
                    true
                }
                fn schema_name() -> Cow<'static, str> {
                    stringify!($name).into()
                }
                fn json_schema(_: &mut SchemaGenerator) -> Schema {
                    json_schema!({
                        "type": "string",
                        "minLength": 1,
                        "maxLength": $bytes_max,
                        "pattern": $pattern,
                    })
                }
            }
        )*
    };
}

fn printable(text: &str) -> bool {
    !text.chars().any(char::is_control) && text.trim() == text
}

bounded_texts! {
    Cursor, CURSOR_BYTES_MAX, Code::InvalidCursor, "^[A-Za-z0-9._~-]+$",
        "Where a list goes on: an opaque text that the list itself gave out.",
        |text| text.bytes().all(|b| b.is_ascii_alphanumeric() || b"._~-".contains(&b));
    ActionPattern, ACTION_BYTES_MAX, Code::InvalidField, "^([a-z_]+\\*?|\\*)$",
        "An operation id, or the beginning of one followed by *.",
        |text| text.strip_suffix('*').unwrap_or(text).bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
    ResourcePattern, RESOURCE_BYTES_MAX, Code::InvalidField, "^([A-Za-z0-9_.:/-]+\\*?|\\*)$",
        "A resource's name of letters, digits and _ - . : /, or the beginning of names followed by *.",
        |text| text.strip_suffix('*').unwrap_or(text).bytes().all(|b| b.is_ascii_alphanumeric() || b"_-.:/".contains(&b));
    ToolText, ACTION_BYTES_MAX, Code::InvalidField, "^[a-z_]+$",
        "The name of a tool or the id of an operation.",
        |text| text.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
    Name, NAME_BYTES_MAX, Code::InvalidField, "^\\S(.*\\S)?$",
        "A name of 1 to 128 bytes without control characters or outer white space.",
        printable;
    KeyLabel, LABEL_BYTES_MAX, Code::InvalidField, "^\\S(.*\\S)?$",
        "A label of 1 to 128 bytes without control characters or outer white space.",
        printable;
    MediaType, MEDIA_TYPE_BYTES_MAX, Code::InvalidField, "^[^/\\s]+/[!-~]([ -~]*[!-~])?$",
        "A media type of up to 128 bytes of ASCII, e.g. text/plain.",
        |text| text.split_once('/').is_some_and(|(kind, of)| !kind.is_empty() && !of.is_empty())
            && text.bytes().all(|b| b == b' ' || b.is_ascii_graphic())
            && text.trim() == text;
    Email, EMAIL_BYTES_MAX, Code::InvalidField, "^[^@\\s]+@[^@\\s]+$",
        "An e-mail address of up to 254 bytes of ASCII.",
        |text| text.bytes().all(|b| b.is_ascii_graphic() && !b"<>\"(),:;\\[]".contains(&b))
            && text.split('@').count() == 2
            && text.split('@').all(|part| !part.is_empty());
    Note, NOTE_BYTES_MAX, Code::InvalidField, "^\\S(.*\\S)?$",
        "A note of 1 to 2,048 bytes without control characters or outer white space.",
        printable;
    SearchText, QUERY_BYTES_MAX, Code::InvalidField, "^\\S(.*\\S)?$",
        "A text of 1 to 512 bytes without control characters or outer white space.",
        printable;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scalar::tests::code_of;
    use serde_json::json;

    #[test]
    fn texts_are_bounded_and_shaped() {
        assert!(
            Name::new("Tax agent").is_some() && Name::new("n".repeat(NAME_BYTES_MAX)).is_some()
        );
        for bad in ["", " x", "a\nb", &"n".repeat(NAME_BYTES_MAX + 1)] {
            assert_eq!(code_of::<Name>(json!(bad)), Code::InvalidField, "{bad:?}");
        }
        for good in ["*", "transfer_*", "transfer_create"] {
            assert!(ActionPattern::new(good).is_some(), "{good}");
        }
        for bad in ["", "Transfer", "a*b", "**", "a.b"] {
            assert!(ActionPattern::new(bad).is_none(), "{bad}");
        }
        for good in ["*", "mcp:pay/*", "trf_01KAJ5Z0Q8Z0E6X3T9V4M2C7RD"] {
            assert!(ResourcePattern::new(good).is_some(), "{good}");
        }
        for bad in ["", "a b", "a*b", "**", "a@b.example"] {
            assert!(ResourcePattern::new(bad).is_none(), "{bad}");
        }
        for good in ["text/plain", "application/json; charset=utf-8"] {
            assert!(MediaType::new(good).is_some(), "{good}");
        }
        for bad in ["", "text", "/plain", "text/", "text/plain ", "text/pl\u{e4}in", "a/b\n"] {
            assert!(MediaType::new(bad).is_none(), "{bad:?}");
        }
        assert_eq!(code_of::<Cursor>(json!("a b")), Code::InvalidCursor);
    }
}
