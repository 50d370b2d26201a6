//! One entry of a log as JSON: its members, its hash and its proof (`eddsa-jcs-2022`).

use hansa_types::{Signature, Time};
use serde_json::{Map, Value, json};

use super::{Fault, Multihash};
use crate::hash::sha256;
use crate::json::canonical;
use crate::keys::{PublicKey, SigningKey};

/// Shortest time with a clock and an offset; a bare date would mean the end of its day.
const TIME_CHARS_MIN: usize = 20;

/// An entry apart from its proof, which covers all of it.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    /// versionId, versionTime, parameters and state.
    pub(super) members: Map<String, Value>,
}

impl Entry {
    pub(super) fn new(version_id: &str, time: &str, parameters: Value, state: Value) -> Self {
        let mut members = Map::new();
        members.insert("versionId".to_owned(), version_id.into());
        members.insert("versionTime".to_owned(), time.into());
        members.insert("parameters".to_owned(), parameters);
        members.insert("state".to_owned(), state);
        Self { members }
    }

    /// Splits what was read into the entry and its proof.
    pub(super) fn read(value: Value) -> Result<(Self, Map<String, Value>), Fault> {
        let Value::Object(mut members) = value else { return Err(Fault::Shape("entry")) };
        let proof = match members.remove("proof") {
            Some(Value::Array(mut proofs)) if proofs.len() == 1 => proofs.remove(0),
            _ => return Err(Fault::Shape("proof")),
        };
        let Value::Object(proof) = proof else { return Err(Fault::Shape("proof")) };
        let known = ["parameters", "state", "versionId", "versionTime"];
        match members.len() == known.len() && known.iter().all(|name| members.contains_key(*name)) {
            true => Ok((Self { members }, proof)),
            false => Err(Fault::Shape("entry")),
        }
    }

    pub(super) fn text(&self, name: &'static str) -> Result<&str, Fault> {
        self.members.get(name).and_then(Value::as_str).ok_or(Fault::Shape(name))
    }

    pub(super) fn object(&self, name: &'static str) -> Result<&Map<String, Value>, Fault> {
        self.members.get(name).and_then(Value::as_object).ok_or(Fault::Shape(name))
    }

    pub(super) fn time(&self) -> Result<Time, Fault> {
        let text = self.text("versionTime")?;
        let time = Time::parse(text).filter(|_| text.len() >= TIME_CHARS_MIN);
        time.ok_or(Fault::Shape("versionTime"))
    }

    /// The hash with another version id in place: that of the entry before, or the SCID.
    pub(super) fn hash(&self, version_id: &str) -> Result<Multihash, Fault> {
        let mut members = self.members.clone();
        members.insert("versionId".to_owned(), version_id.into());
        Ok(Multihash::of(&jcs(&Value::Object(members))?))
    }

    /// Signs the entry and writes its line, without a newline.
    pub(super) fn sign(self, key: &SigningKey) -> Result<String, Fault> {
        let mut proof = Map::new();
        let method = key.public().key_id();
        for (name, value) in [
            ("type", "DataIntegrityProof"),
            ("cryptosuite", "eddsa-jcs-2022"),
            ("created", self.text("versionTime")?),
            ("proofPurpose", "assertionMethod"),
            ("verificationMethod", method.as_str()),
        ] {
            proof.insert(name.to_owned(), value.into());
        }
        let signature = key.sign(&signed_bytes(&proof, &self.members)?);
        let value = format!("z{}", bs58::encode(signature.0).into_string());
        proof.insert("proofValue".to_owned(), value.into());
        let mut members = self.members;
        members.insert("proof".to_owned(), json!([proof]));
        let line = jcs(&Value::Object(members))?;
        String::from_utf8(line).map_err(|_| Fault::Shape("entry"))
    }

    /// Checks the proof and gives the key that made it.
    pub(super) fn signer(&self, mut proof: Map<String, Value>) -> Result<PublicKey, Fault> {
        let value = proof.remove("proofValue");
        let signature = value.as_ref().and_then(Value::as_str).and_then(read_signature);
        let signature = signature.ok_or(Fault::Proof)?;
        let is = |name: &str, wanted: &str| proof.get(name).and_then(Value::as_str) == Some(wanted);
        let suite = is("type", "DataIntegrityProof")
            && is("cryptosuite", "eddsa-jcs-2022")
            && is("proofPurpose", "assertionMethod");
        let method = proof.get("verificationMethod").and_then(Value::as_str);
        let key = method.and_then(read_key_id).filter(|_| suite).ok_or(Fault::Proof)?;
        let bytes = signed_bytes(&proof, &self.members)?;
        key.verify(&bytes, &signature).map_err(|_| Fault::Proof)?;
        Ok(key)
    }
}

/// `did:key:z6Mk…#z6Mk…`, both halves the same.
fn read_key_id(text: &str) -> Option<PublicKey> {
    let (key, fragment) = text.strip_prefix("did:key:")?.split_once('#')?;
    PublicKey::from_multibase(key).ok().filter(|_| key == fragment)
}

fn read_signature(text: &str) -> Option<Signature> {
    let encoded = text.strip_prefix('z').filter(|text| text.len() <= 88)?;
    let mut bytes = [0; 64];
    let decoded = bs58::decode(encoded).onto(&mut bytes[..]).ok()?;
    (decoded == bytes.len()).then_some(Signature(bytes))
}

/// What `eddsa-jcs-2022` signs: the hashes of proof options and document (VC Data Integrity EdDSA
/// section 3.3.4).
fn signed_bytes(
    proof: &Map<String, Value>,
    members: &Map<String, Value>,
) -> Result<[u8; 64], Fault> {
    let mut bytes = [0; 64];
    bytes[..32].copy_from_slice(&sha256(&jcs(&Value::Object(proof.clone()))?).0);
    bytes[32..].copy_from_slice(&sha256(&jcs(&Value::Object(members.clone()))?).0);
    Ok(bytes)
}

pub(super) fn jcs(value: &Value) -> Result<Vec<u8>, Fault> {
    canonical(value).map_err(|rejection| Fault::Json(rejection.to_string()))
}
