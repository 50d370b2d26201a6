//! Fixed-size byte strings: digests, labels, salts and signatures.
//!
//! Written as base64url without padding, in exactly one spelling (RFC 4648 section 5).

use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::text;

/// The text is not base64url of exactly the wanted number of bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("expected {0} bytes as unpadded base64url")]
pub struct BytesError(pub usize);

macro_rules! byte_strings {
    ($($(#[$doc:meta])* $name:ident = $len:literal;)*) => {
        $(
            $(#[$doc])*
            #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
            pub struct $name(pub [u8; $len]);

            impl $name {
                /// Length of the written form in bytes.
                pub const TEXT_LEN: usize = ($len * 4usize).div_ceil(3);

                /// Appends the written form.
                pub fn append_to(&self, out: &mut Vec<u8>) {
                    out.extend_from_slice(&self.written());
                }

                fn written(&self) -> [u8; Self::TEXT_LEN] {
                    let mut text = [0u8; Self::TEXT_LEN];
                    let written = URL_SAFE_NO_PAD.encode_slice(self.0, &mut text);
                    debug_assert_eq!(written, Ok(Self::TEXT_LEN), "the text is as long as that");
                    text
                }
            }

            impl fmt::Display for $name {
                fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                    f.write_str(&URL_SAFE_NO_PAD.encode(self.0))
                }
            }

            impl fmt::Debug for $name {
                fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                    write!(f, concat!(stringify!($name), "({})"), self)
                }
            }

            impl FromStr for $name {
                type Err = BytesError;
                fn from_str(text: &str) -> Result<Self, BytesError> {
                    let mut bytes = [0u8; $len];
                    match URL_SAFE_NO_PAD.decode_slice(text, &mut bytes) {
                        Ok($len) => Ok(Self(bytes)),
                        _ => Err(BytesError($len)),
                    }
                }
            }

            impl serde::Serialize for $name {
                fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
                    if !s.is_human_readable() {
                        return s.serialize_bytes(&self.0);
                    }
                    s.serialize_str(std::str::from_utf8(&self.written()).unwrap_or_default())
                }
            }

            impl<'de> serde::Deserialize<'de> for $name {
                fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
                    use serde::de::Error as _;
                    if d.is_human_readable() {
                        text::read(d, str::parse)
                    } else {
                        let bytes = <Vec<u8>>::deserialize(d)?;
                        bytes.try_into().map(Self).map_err(|_| D::Error::custom(BytesError($len)))
                    }
                }
            }
        )*
    };
}

byte_strings! {
    /// A SHA-256 digest.
    Digest = 32;
    /// The first 16 bytes of a text's SHA-256: stands for a name (a skill, a milestone) where the
    /// journal must hold no free text.
    Label = 16;
    /// Random bytes hashed before a document, so that its digest tells nothing once they are gone.
    Salt = 16;
    /// What a request repeats when it is sent again: 16 bytes of the digest of its sender and
    /// Idempotency-Key, and 8 of the digest of its body.
    Correlation = 24;
    /// An Ed25519 signature (RFC 8032).
    Signature = 64;
}

impl Digest {
    /// 32 zero bytes: the chain before its first entry.
    pub const ZERO: Digest = Digest([0; 32]);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digests_have_one_spelling() {
        let digest = Digest([0xA5; 32]);
        assert_eq!(digest.to_string().len(), Digest::TEXT_LEN);
        assert_eq!(digest.to_string().parse(), Ok(digest));
        assert_eq!(format!("{digest}=").parse::<Digest>(), Err(BytesError(32)));
        assert_eq!("AAAA".parse::<Digest>(), Err(BytesError(32)));
        let json = serde_json::to_string(&digest).unwrap();
        assert_eq!(json, format!("\"{digest}\""));
        assert_eq!(serde_json::from_str::<Digest>(&json).unwrap(), digest);
    }
}
