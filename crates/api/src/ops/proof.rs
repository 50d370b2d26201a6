//! Whether somebody holds the private key to a public key that they bring.

use hansa_crypto::PublicKey;
use hansa_crypto::jws::Unverified;
use hansa_types::{Code, Rejection, Time};
use hansa_wire::proof::{KEY_PROOF, KeyProof};
use serde_json::Value;

use crate::context::Context;
use crate::limits::KEY_PROOF_WINDOW;

impl Context {
    /// Refuses a key that the caller does not show to hold, for this node and this credential, now.
    pub(crate) fn check_proof(
        &self,
        key: &PublicKey,
        proof: Option<&str>,
    ) -> Result<(), Rejection> {
        let refuse = |detail: &'static str| Err(Rejection::new(Code::ProofInvalid, detail));
        let Some(proof) = proof else {
            return refuse("proof: required beside public_key");
        };
        let invalid = |error: hansa_crypto::JwsError| {
            Rejection::new(Code::ProofInvalid, format!("proof: {error}"))
        };
        let read = Unverified::read(proof).map_err(invalid)?;
        let claims = read.verify_claims(&key.prepare(), KEY_PROOF).map_err(invalid)?;
        let Ok(claims) = serde_json::from_value::<KeyProof>(Value::Object(claims)) else {
            return refuse("proof: its claims are aud, iat and ath");
        };
        if !self.api.node.is_own_did(&claims.aud) {
            return refuse("proof: made for another node");
        }
        let (made, now) = (Time(claims.iat.saturating_mul(1_000)), self.api.node.now());
        if made > now.after(KEY_PROOF_WINDOW) || now > made.after(KEY_PROOF_WINDOW) {
            return refuse("proof: more than 300 seconds from the node's clock");
        }
        match claims.ath == self.credential {
            true => Ok(()),
            false => refuse("proof: made for another credential"),
        }
    }
}
