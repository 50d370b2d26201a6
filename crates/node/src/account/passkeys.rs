//! Passkeys (WebAuthn level 3): challenges, and what authenticators answer to them.
//!
//! A passkey belongs to one web origin: that of the node's public URL, or without one pages of this
//! machine (`http://localhost` at any port). Every answer must come from a user whom the authenticator
//! has verified, and each challenge is answered once, within minutes. An answer names its challenge, so
//! nothing else has to be sent along.
//!
//! Deliberately absent: attestation. Which make an authenticator is proves nothing about its owner.

use std::sync::Arc;

use hansa_crypto::hash::sha256;
use hansa_types::{Code, Digest, PasskeyId, PrincipalId, Rejection, Time};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use webauthn_rs::prelude::{
    AuthenticationResult, DiscoverableAuthentication, DiscoverableKey, PasskeyAuthentication,
    PasskeyRegistration, PublicKeyCredential, RegisterPublicKeyCredential, Url, Uuid, Webauthn,
    WebauthnBuilder, WebauthnError,
};

use super::Pending;
use crate::limits::PASSKEY_CHALLENGE_LIFE;

/// A passkey's public part, as the vault keeps it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct KeptPasskey {
    /// What its owner calls it.
    pub name: String,
    /// What its signatures are verified with.
    pub passkey: webauthn_rs::prelude::Passkey,
}

/// A passkey of an account.
#[derive(Debug, Clone)]
pub struct KnownPasskey {
    /// Its id.
    pub id: PasskeyId,
    /// Salted digest of its public part.
    pub digest: Digest,
    /// Its public part.
    pub kept: KeptPasskey,
}

/// An answer whose signature was verified.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct VerifiedPasskey {
    /// By which passkey.
    pub id: PasskeyId,
    /// Salted digest of its public part.
    pub digest: Digest,
    /// Signatures it tells of.
    pub counter: u32,
}

/// Who was asked by a challenge.
#[derive(Clone)]
pub enum Asked {
    /// Somebody known, with the passkeys that may answer.
    Known(PrincipalId, Arc<[KnownPasskey]>, Box<PasskeyAuthentication>),
    /// Whoever answers.
    Anybody(Box<DiscoverableAuthentication>),
}

/// A passkey that is being made.
#[derive(Clone)]
struct Begun {
    principal: PrincipalId,
    /// The password that was shown for it.
    shown: Digest,
    known: Arc<[KnownPasskey]>,
    state: Box<PasskeyRegistration>,
}

/// Challenges and their answers.
pub struct Passkeys {
    webauthn: Option<Webauthn>,
    begun: Pending<Digest, Begun>,
    // Apart, so that strangers cannot take the place of those who are known.
    asked: Pending<Digest, Asked>,
    strangers: Pending<Digest, Asked>,
}

/// An authenticator's answer that was read and not verified.
pub struct Answered {
    challenge: Digest,
    credential: PublicKeyCredential,
}

impl Answered {
    /// Reads an authenticator's answer.
    pub fn read(answer: Map<String, Value>) -> Result<Self, Rejection> {
        let credential: PublicKeyCredential = read(answer)?;
        let challenge = challenge_of(&credential.response.client_data_json)?;
        Ok(Self { challenge, credential })
    }
}

/// The part of what a browser signs for that is looked at before it is verified.
#[derive(Deserialize)]
struct ClientData {
    challenge: String,
}

impl Passkeys {
    /// No challenge waits. Passkeys belong to the origin of the public URL.
    pub fn new(public_url: Option<&str>) -> Self {
        Self {
            webauthn: relying_party(public_url),
            begun: Pending::new(PASSKEY_CHALLENGE_LIFE),
            asked: Pending::new(PASSKEY_CHALLENGE_LIFE),
            strangers: Pending::new(PASSKEY_CHALLENGE_LIFE),
        }
    }

    fn webauthn(&self) -> Result<&Webauthn, Rejection> {
        self.webauthn.as_ref().ok_or_else(|| Code::PasskeyUnavailable.into())
    }

    /// What a browser makes a passkey by (`parseCreationOptionsFromJSON`), for somebody who showed
    /// this password.
    pub fn begin(
        &self,
        (principal, shown): (PrincipalId, Digest),
        name: &str,
        known: Vec<KnownPasskey>,
        now: Time,
    ) -> Result<Map<String, Value>, Rejection> {
        let exclude = known.iter().map(|known| known.kept.passkey.cred_id().clone()).collect();
        let user = Uuid::from_u128(principal.0);
        let begun = self.webauthn()?.start_passkey_registration(user, name, name, Some(exclude));
        let (challenge, state) = begun.map_err(refused)?;
        let key = sha256(challenge.public_key.challenge.as_ref());
        let mut options = told(&challenge.public_key)?;
        // One that names its owner by itself logs in without an address.
        if let Some(Value::Object(wanted)) = options.get_mut("authenticatorSelection") {
            wanted.insert("residentKey".to_owned(), "preferred".into());
        }
        let begun = Begun { principal, shown, known: known.into(), state: Box::new(state) };
        self.begun.put(key, begun, now)?;
        Ok(options)
    }

    /// The passkey that an authenticator made, and the password that was shown for it.
    pub fn finish(
        &self,
        principal: PrincipalId,
        answer: Map<String, Value>,
        now: Time,
    ) -> Result<(webauthn_rs::prelude::Passkey, Digest), Rejection> {
        let made: RegisterPublicKeyCredential = read(answer)?;
        let challenge = challenge_of(&made.response.client_data_json)?;
        let begun = self.begun.take(&challenge, now).filter(|begun| begun.principal == principal);
        let begun = begun.ok_or(Code::PasskeyInvalid)?;
        // Asked first, for the library refuses what was excluded with words about algorithms.
        let id = made.raw_id.as_slice();
        if begun.known.iter().any(|known| known.kept.passkey.cred_id().as_slice() == id) {
            let detail = "credential: the account has this passkey";
            return Err(Rejection::new(Code::InvalidField, detail));
        }
        let passkey = self.webauthn()?.finish_passkey_registration(&made, &begun.state);
        Ok((passkey.map_err(refused)?, begun.shown))
    }

    /// What a browser asks an authenticator by (`parseRequestOptionsFromJSON`), for somebody's passkeys.
    pub fn ask(
        &self,
        principal: PrincipalId,
        known: Vec<KnownPasskey>,
        now: Time,
    ) -> Result<Map<String, Value>, Rejection> {
        let all: Vec<_> = known.iter().map(|known| known.kept.passkey.clone()).collect();
        let begun = self.webauthn()?.start_passkey_authentication(&all).map_err(refused)?;
        let (challenge, state) = begun;
        let key = sha256(challenge.public_key.challenge.as_ref());
        let asked = Asked::Known(principal, known.into(), Box::new(state));
        self.asked.put(key, asked, now)?;
        told(&challenge.public_key)
    }

    /// The same for whoever answers: the authenticator shows which passkeys it has for this node.
    pub fn ask_anybody(&self, now: Time) -> Result<Map<String, Value>, Rejection> {
        let begun = self.webauthn()?.start_discoverable_authentication().map_err(refused)?;
        let (challenge, state) = begun;
        let key = sha256(challenge.public_key.challenge.as_ref());
        self.strangers.put(key, Asked::Anybody(Box::new(state)), now)?;
        told(&challenge.public_key)
    }

    /// Who was asked by the challenge of an answer. It is gone afterwards, whatever the answer is.
    pub fn take(&self, answered: &Answered, now: Time) -> Result<Asked, Rejection> {
        let known = self.asked.take(&answered.challenge, now);
        let asked = known.or_else(|| self.strangers.take(&answered.challenge, now));
        asked.ok_or_else(|| {
            Rejection::new(Code::PasskeyInvalid, "nobody is asked that, or no longer")
        })
    }

    /// Who says that they answer, where anybody might.
    pub fn claims_to_be(&self, answered: &Answered) -> Result<PrincipalId, Rejection> {
        let named = self.webauthn()?.identify_discoverable_authentication(&answered.credential);
        Ok(PrincipalId(named.map_err(refused)?.0.as_u128()))
    }

    /// The passkey that has signed the answer.
    pub fn verify(
        &self,
        answered: &Answered,
        asked: Asked,
        known: &[KnownPasskey],
    ) -> Result<VerifiedPasskey, Rejection> {
        let (webauthn, credential) = (self.webauthn()?, &answered.credential);
        let same = |known: &&KnownPasskey| {
            known.kept.passkey.cred_id().as_slice() == credential.get_credential_id()
        };
        let known = known.iter().find(same).ok_or(Code::PasskeyInvalid)?;
        let verified = match asked {
            Asked::Known(_, _, state) => webauthn.finish_passkey_authentication(credential, &state),
            Asked::Anybody(state) => {
                let key = DiscoverableKey::from(&known.kept.passkey);
                webauthn.finish_discoverable_authentication_v2(credential, *state, &key)
            }
        };
        let verified: AuthenticationResult = verified.map_err(refused)?;
        Ok(VerifiedPasskey { id: known.id, digest: known.digest, counter: verified.counter() })
    }
}

/// Whom passkeys are for. None where the public URL has an address in the place of a name.
fn relying_party(public_url: Option<&str>) -> Option<Webauthn> {
    let origin = Url::parse(public_url.unwrap_or("http://localhost")).ok()?;
    let host = origin.domain()?.to_owned();
    let builder = WebauthnBuilder::new(&host, &origin).ok()?;
    builder.allow_any_port(public_url.is_none()).build().ok()
}

/// The member that a browser's function takes.
fn told(options: &impl Serialize) -> Result<Map<String, Value>, Rejection> {
    match serde_json::to_value(options) {
        Ok(Value::Object(options)) => Ok(options),
        _ => Err(Code::Internal.into()),
    }
}

fn read<T: serde::de::DeserializeOwned>(answer: Map<String, Value>) -> Result<T, Rejection> {
    serde_json::from_value(Value::Object(answer)).map_err(|error| {
        Rejection::new(Code::InvalidField, format!("not an answer of an authenticator: {error}"))
    })
}

fn challenge_of(client_data: &[u8]) -> Result<Digest, Rejection> {
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    let data: Option<ClientData> = serde_json::from_slice(client_data).ok();
    let challenge = data.and_then(|data| URL_SAFE_NO_PAD.decode(data.challenge).ok());
    let challenge = challenge
        .ok_or_else(|| Rejection::new(Code::InvalidField, "clientDataJSON: names no challenge"))?;
    Ok(sha256(&challenge))
}

fn refused(error: WebauthnError) -> Rejection {
    Rejection::new(Code::PasskeyInvalid, error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passkeys_need_a_name_to_belong_to() {
        for url in [None, Some("https://town.example/node"), Some("http://localhost:7400")] {
            assert!(Passkeys::new(url).ask_anybody(Time(0)).is_ok(), "{url:?}");
        }
        for url in ["https://192.0.2.1", "https://[2001:db8::1]:7400", "not a URL"] {
            let refused = Passkeys::new(Some(url)).ask_anybody(Time(0)).unwrap_err();
            assert_eq!(refused.code, Code::PasskeyUnavailable, "{url}");
        }
    }

    #[test]
    fn what_is_no_answer_is_refused() {
        let refused = Answered::read(Map::new()).map(|_| ()).unwrap_err();
        assert_eq!(refused.code, Code::InvalidField);
        assert_eq!(challenge_of(b"{}").unwrap_err().code, Code::InvalidField);
        assert_eq!(challenge_of(br#"{"challenge":"!"}"#).unwrap_err().code, Code::InvalidField);
    }
}
