//! A browser with its authenticator, in software: makes passkeys and shows them (WebAuthn level 2).
//!
//! What it keeps may be changed between two calls, to play one that errs, was copied, or is asked by
//! a page of another origin.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop loudly")]

use hansa_crypto::hash::sha256;
use rcgen::{KeyPair, PKCS_ECDSA_P256_SHA256, SigningKey as _};
use serde_json::{Value, json};

/// Its user is there (section 6.1, as the others).
pub const PRESENT: u8 = 0x01;
/// Its user has shown a PIN or a finger.
pub const VERIFIED: u8 = 0x04;
/// A credential is attached.
const ATTESTED: u8 = 0x40;

/// Bytes as the members of a credential have them.
pub fn base64url(bytes: &[u8]) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(bytes)
}

/// A key with a count of signatures.
pub struct Authenticator {
    key: KeyPair,
    user: Value,
    /// The credential's id.
    pub id: [u8; 16],
    /// Where the page is from that asks it.
    pub origin: String,
    /// What it says of its user.
    pub flags: u8,
    /// How often it says that it has signed.
    pub counter: u32,
}

impl Authenticator {
    /// One whose credential has an id of such bytes, asked by pages of an origin.
    pub fn new(id: u8, origin: impl Into<String>) -> Self {
        Self {
            key: KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).unwrap(),
            user: Value::Null,
            id: [id; 16],
            origin: origin.into(),
            flags: PRESENT | VERIFIED,
            counter: 0,
        }
    }

    /// Its signature of any bytes.
    pub fn sign(&self, bytes: &[u8]) -> String {
        base64url(&self.key.sign(bytes).unwrap())
    }

    fn client_data(&self, kind: &str, options: &Value) -> Vec<u8> {
        let challenge = &options["challenge"];
        json!({ "type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": false })
            .to_string()
            .into_bytes()
    }

    fn data(&self, rp_id: &Value, flags: u8) -> Vec<u8> {
        let mut data = sha256(rp_id.as_str().unwrap().as_bytes()).0.to_vec();
        data.push(flags);
        data.extend(self.counter.to_be_bytes());
        data
    }

    /// The credential's public key in COSE (RFC 9053 section 7.1.1): ES256 on P-256.
    fn cose_key(&self) -> Vec<u8> {
        let point = self.key.public_key_raw();
        let mut cose = vec![0xA5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21, 0x58, 0x20];
        cose.extend(&point[1..33]);
        cose.extend([0x22, 0x58, 0x20]);
        cose.extend(&point[33..65]);
        cose
    }

    /// `navigator.credentials.create`.
    pub fn create(&mut self, options: &Value) -> Value {
        self.user = options["user"]["id"].clone();
        let mut data = self.data(&options["rp"]["id"], self.flags | ATTESTED);
        data.extend([0; 16]);
        data.extend([0, 16]);
        data.extend(self.id);
        data.extend(self.cose_key());
        let mut attestation = b"\xA3\x63fmt\x64none\x67attStmt\xA0\x68authData\x58".to_vec();
        attestation.push(u8::try_from(data.len()).unwrap());
        attestation.extend(data);
        json!({
            "id": base64url(&self.id),
            "rawId": base64url(&self.id),
            "type": "public-key",
            "response": {
                "clientDataJSON": base64url(&self.client_data("webauthn.create", options)),
                "attestationObject": base64url(&attestation),
            },
        })
    }

    /// `navigator.credentials.get`.
    pub fn get(&self, options: &Value) -> Value {
        let client_data = self.client_data("webauthn.get", options);
        let data = self.data(&options["rpId"], self.flags);
        let signed = [data.as_slice(), &sha256(&client_data).0].concat();
        json!({
            "id": base64url(&self.id),
            "rawId": base64url(&self.id),
            "type": "public-key",
            "response": {
                "clientDataJSON": base64url(&client_data),
                "authenticatorData": base64url(&data),
                "signature": self.sign(&signed),
                "userHandle": self.user,
            },
        })
    }
}
