//! SHA-256 (FIPS 180-4) of whole byte strings.
//!
//! The domain-separated hashes of the tree live in [`crate::merkle`], those of the chain in
//! [`crate::chain`]. No other hash function is offered.

use hansa_types::{Digest, Label, Salt};
use sha2::{Digest as _, Sha256};

/// SHA-256 of the bytes.
pub fn sha256(bytes: &[u8]) -> Digest {
    Digest(Sha256::digest(bytes).into())
}

/// SHA-256 of `salt ‖ bytes`: the digest an entry holds of a document in the vault. Without the
/// salt nobody can tell whether a guessed document is the one that was erased.
pub fn salted(salt: &Salt, bytes: &[u8]) -> Digest {
    concatenated(&[&salt.0, bytes])
}

/// The first 16 bytes of SHA-256 of the text in UTF-8.
pub fn label(text: &str) -> Label {
    let digest = sha256(text.as_bytes()).0;
    let mut label = [0; 16];
    label.copy_from_slice(&digest[..16]);
    Label(label)
}

/// SHA-256 of the parts one after the other, without copying them together.
pub(crate) fn concatenated(parts: &[&[u8]]) -> Digest {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update(part);
    }
    Digest(hasher.finalize().into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digests_are_those_of_fips_180() {
        let empty = "47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU";
        let abc = "ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0";
        assert_eq!(sha256(b"").to_string(), empty);
        assert_eq!(sha256(b"abc").to_string(), abc);
    }

    #[test]
    fn the_salt_comes_before_the_bytes() {
        let salt = Salt([7; 16]);
        let mut joined = vec![7; 16];
        joined.extend_from_slice(b"document");
        assert_eq!(salted(&salt, b"document"), sha256(&joined));
        assert_ne!(salted(&salt, b"document"), salted(&Salt([8; 16]), b"document"));
    }

    #[test]
    fn a_label_is_the_head_of_the_digest() {
        assert_eq!(label("abc").0, sha256(b"abc").0[..16]);
        assert_eq!(label("größe").0, sha256("größe".as_bytes()).0[..16]);
    }
}
