//! Proofs that somebody holds a private key: what a request with a brought public key carries.
//!
//! A proof is made for one node, one credential and one moment, so that nobody who sees it can use
//! it elsewhere.

use hansa_crypto::SigningKey;
use hansa_crypto::jwk::thumbprint;
use hansa_crypto::jws::{Header, sign};
use hansa_types::{Did, Digest};
use serde::{Deserialize, Serialize};
use serde_json::json;

/// The type of such a JWS.
pub const KEY_PROOF: &str = "key-proof+jwt";

/// What a proof says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyProof {
    /// The DID of the node it is for.
    pub aud: Did,
    /// When it was made, in seconds since 1970.
    pub iat: u64,
    /// SHA-256 of the credential that the request is sent with; absent in an envelope.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ath: Option<Digest>,
}

impl KeyProof {
    /// Signs it with the key that is to be proven.
    pub fn sign(&self, key: &SigningKey) -> String {
        let claims = match &self.ath {
            Some(ath) => json!({ "aud": self.aud, "iat": self.iat, "ath": ath }),
            None => json!({ "aud": self.aud, "iat": self.iat }),
        };
        let header = Header::new(KEY_PROOF, thumbprint(&key.public()));
        sign(&header, claims.to_string().as_bytes(), key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use hansa_crypto::jws::Unverified;

    #[test]
    fn a_proof_reads_as_what_was_signed() {
        let key = SigningKey::from_seed([3; 32]);
        for ath in [None, Some(hansa_crypto::secret::token_digest("secret"))] {
            let proof = KeyProof { aud: key.public().did_key(), iat: 7, ath };
            let text = proof.sign(&key);
            let read = Unverified::read(&text).unwrap();
            let claims = read.verify_claims(&key.public().prepare(), KEY_PROOF).unwrap();
            let claims = serde_json::Value::Object(claims);
            assert_eq!(serde_json::from_value::<KeyProof>(claims).unwrap(), proof);
        }
    }
}
