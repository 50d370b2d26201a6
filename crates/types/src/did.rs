//! Decentralized identifiers as text (W3C DID Core section 3.1), not yet resolved.

use std::fmt;
use std::str::FromStr;

use crate::limits::DID_BYTES_MAX;

/// A DID: `did:<method>:<method-specific-id>`, at most [`DID_BYTES_MAX`] bytes of ASCII.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
pub struct Did(String);

/// The text is not a DID.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a DID: expected did:<method>:<id> in ASCII")]
pub struct DidError;

impl Did {
    /// The DID as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The method, e.g. `key`.
    pub fn method(&self) -> &str {
        self.0.split(':').nth(1).unwrap_or_default()
    }

    /// The part behind the method.
    pub fn method_id(&self) -> &str {
        self.0.splitn(3, ':').nth(2).unwrap_or_default()
    }
}

impl fmt::Display for Did {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for Did {
    type Err = DidError;
    fn from_str(text: &str) -> Result<Self, DidError> {
        let mut parts = text.splitn(3, ':');
        let (scheme, method, id) = (parts.next(), parts.next(), parts.next());
        let method_ok = method.is_some_and(|m| {
            !m.is_empty() && m.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
        });
        let id_ok = id.is_some_and(|i| {
            !i.is_empty()
                && !i.ends_with(':')
                && i.bytes().all(|b| b.is_ascii_alphanumeric() || b".-_:%/@#".contains(&b))
        });
        if text.len() > DID_BYTES_MAX || scheme != Some("did") || !method_ok || !id_ok {
            return Err(DidError);
        }
        Ok(Self(text.to_owned()))
    }
}

impl<'de> serde::Deserialize<'de> for Did {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        use serde::de::Error as _;
        let text = String::deserialize(d)?;
        text.parse().map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_dids_parse() {
        let did: Did = "did:w7:skill/tax-filing".parse().unwrap();
        assert_eq!((did.method(), did.method_id()), ("w7", "skill/tax-filing"));
        for bad in [
            "",
            "did:",
            "did:key",
            "did:key:",
            "DID:key:z6",
            "did:Key:z6",
            "did:key:z6\n",
            "did:key:é",
        ] {
            assert_eq!(bad.parse::<Did>(), Err(DidError), "{bad:?}");
        }
        assert!(format!("did:key:{}", "z".repeat(DID_BYTES_MAX)).parse::<Did>().is_err());
    }
}
