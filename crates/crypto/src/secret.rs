//! Secret text: passwords, bearer tokens, PEM keys.
//!
//! A [`Secret`] is wiped when dropped and shows nothing when formatted. It has no `Display`, no
//! `Serialize` and no `PartialEq` on purpose: it leaves only through [`Secret::expose`], and is
//! compared by the digest that is stored of it, with [`crate::compare::equal`].

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hansa_types::Digest;
use zeroize::{Zeroize as _, Zeroizing};

use crate::hash::sha256;

/// Characters that 32 bytes take in base64url.
const TOKEN_CHARS: usize = 43;

/// A text that must not be shown.
#[derive(Clone)]
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// Takes a text into custody.
    pub fn new(text: String) -> Self {
        Self(Zeroizing::new(text))
    }

    /// The text itself. Every caller of this is a place where the secret can leak.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl From<Zeroizing<String>> for Secret {
    fn from(text: Zeroizing<String>) -> Self {
        Self(text)
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

impl<'de> serde::Deserialize<'de> for Secret {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        String::deserialize(d).map(Self::new)
    }
}

/// An opaque token: the prefix and 256 random bits as unpadded base64url (RFC 4648 section 5).
pub fn token(prefix: &str, entropy: [u8; 32]) -> Secret {
    let entropy = Zeroizing::new(entropy);
    // Sized at once: a growing string would leave copies of the secret behind.
    let mut text = String::with_capacity(prefix.len() + TOKEN_CHARS);
    text.push_str(prefix);
    let mut encoded = URL_SAFE_NO_PAD.encode(*entropy);
    text.push_str(&encoded);
    encoded.zeroize();
    Secret::new(text)
}

/// The digest under which a token is stored and looked up: SHA-256 of its whole text. Tokens hold
/// enough entropy that neither salt nor a slow hash adds anything.
pub fn token_digest(token: &str) -> Digest {
    sha256(token.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_shows_nothing_when_formatted() {
        let secret = Secret::new("hunter2".to_owned());
        assert_eq!(format!("{secret:?} {secret:#?}"), "Secret(…) Secret(…)");
        assert_eq!(secret.expose(), "hunter2");
    }

    #[test]
    fn a_token_carries_its_prefix_and_all_the_entropy() {
        let token = token("hk_", [0xFB; 32]);
        let body = token.expose().strip_prefix("hk_").unwrap();
        assert_eq!(body.len(), TOKEN_CHARS);
        assert_eq!(URL_SAFE_NO_PAD.decode(body).unwrap(), [0xFB; 32]);
    }

    #[test]
    fn the_digest_covers_the_prefix_too() {
        assert_eq!(token_digest("hk_x"), sha256(b"hk_x"));
        assert_ne!(token_digest("hk_x"), token_digest("x"));
    }
}
