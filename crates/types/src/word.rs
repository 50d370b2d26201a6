//! Short words of a closed shape, for what is named by a registry or by a program and never by a
//! person: jurisdictions, regulatory frameworks, names of rules.
//!
//! Their shapes are narrow on purpose, because the journal holds them: no spaces, no sentences.

use std::fmt;
use std::str::FromStr;

/// The text is not a word of the wanted shape.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("expected {0}")]
pub struct WordError(pub &'static str);

macro_rules! words {
    ($($(#[$doc:meta])* $name:ident, $shape:literal, $is:expr;)*) => {
        $(
            $(#[$doc])*
            #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
            pub struct $name(Box<str>);

            impl $name {
                /// The word.
                pub fn as_str(&self) -> &str {
                    &self.0
                }
            }

            impl fmt::Display for $name {
                fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                    f.write_str(&self.0)
                }
            }

            impl fmt::Debug for $name {
                fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                    f.write_str(&self.0)
                }
            }

            impl FromStr for $name {
                type Err = WordError;
                fn from_str(text: &str) -> Result<Self, WordError> {
                    let is: fn(&[u8]) -> bool = $is;
                    match is(text.as_bytes()) {
                        true => Ok(Self(text.into())),
                        false => Err(WordError($shape)),
                    }
                }
            }

            impl serde::Serialize for $name {
                fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
                    s.serialize_str(&self.0)
                }
            }

            impl<'de> serde::Deserialize<'de> for $name {
                fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
                    use serde::de::Error as _;
                    let text = String::deserialize(d)?;
                    text.parse().map_err(D::Error::custom)
                }
            }
        )*
    };
}

words! {
    /// Where a law holds: a country of ISO 3166-1 or a union such as `EU`, perhaps with a part of it
    /// (ISO 3166-2), e.g. `US-NY`.
    Jurisdiction, "a code such as EU, DE or US-NY", is_jurisdiction;
    /// A body of rules that somebody is bound by, e.g. `eu-ai-act`.
    Framework, "a lower-case name such as eu-ai-act, at most 32 characters", is_framework;
    /// The name of a rule of a policy, e.g. `payment_above_threshold`.
    RuleName, "a lower-case name such as payment_above_threshold, at most 48 characters", is_rule;
}

fn is_jurisdiction(text: &[u8]) -> bool {
    let is_part = |b: &u8| b.is_ascii_uppercase() || b.is_ascii_digit();
    match text {
        [a, b] => a.is_ascii_uppercase() && b.is_ascii_uppercase(),
        [a, b, b'-', part @ ..] => {
            a.is_ascii_uppercase()
                && b.is_ascii_uppercase()
                && (1..=3).contains(&part.len())
                && part.iter().all(is_part)
        }
        _ => false,
    }
}

fn is_framework(text: &[u8]) -> bool {
    is_name(text, b'-', 32)
}

fn is_rule(text: &[u8]) -> bool {
    is_name(text, b'_', 48)
}

fn is_name(text: &[u8], joint: u8, len_max: usize) -> bool {
    let fits = |b: &u8| b.is_ascii_lowercase() || b.is_ascii_digit() || *b == joint;
    text.len() <= len_max
        && text.first().is_some_and(u8::is_ascii_lowercase)
        && text.iter().all(fits)
}

impl Jurisdiction {
    /// Whether another place is this one or a part of it.
    pub fn includes(&self, other: &Jurisdiction) -> bool {
        let rest = other.as_str().strip_prefix(self.as_str());
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
    }

    /// Whether what holds in one may hold in the other: the same place, or a part of it.
    pub fn overlaps(&self, other: &Jurisdiction) -> bool {
        self.includes(other) || other.includes(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(text: &str) -> Jurisdiction {
        text.parse().unwrap()
    }

    #[test]
    fn jurisdictions_have_the_shape_of_their_codes() {
        for good in ["EU", "DE", "US-NY", "GB-ENG", "FR-75"] {
            assert_eq!(place(good).as_str(), good);
        }
        for bad in ["", "E", "eu", "EUR", "US-", "US-NYCX", "US NY", "US-ny", "Germany"] {
            assert!(bad.parse::<Jurisdiction>().is_err(), "{bad}");
        }
    }

    #[test]
    fn a_part_overlaps_its_whole_and_nothing_else() {
        assert!(place("US").overlaps(&place("US-NY")) && place("US-NY").overlaps(&place("US")));
        assert!(!place("US-NY").overlaps(&place("US-CA")) && !place("EU").overlaps(&place("DE")));
        assert!(place("US").includes(&place("US-NY")) && place("US").includes(&place("US")));
        assert!(!place("US-NY").includes(&place("US")) && !place("EU").includes(&place("DE")));
    }

    #[test]
    fn names_are_lower_case_and_short() {
        assert!("eu-ai-act".parse::<Framework>().is_ok());
        assert!("payment_above_threshold".parse::<RuleName>().is_ok());
        for bad in ["", "EU", "a b", "-a", "9a", &"a".repeat(33)] {
            assert!(bad.parse::<Framework>().is_err(), "{bad}");
        }
        for bad in ["", "a-b", "Pay", "_a", &"a".repeat(49)] {
            assert!(bad.parse::<RuleName>().is_err(), "{bad}");
        }
    }
}
