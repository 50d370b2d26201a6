//! Sending an envelope of the caller's own making.

use std::path::PathBuf;

use hansa_wire::amp::{Envelope, sign_value};
use hansa_wire::api::amp::EnvelopeAccepted;
use serde_json::{Map, Value};

use crate::failure::Failure;
use crate::files;
use crate::remote::Remote;
use crate::sign::{Signer, new_envelope_id, next_nonce, unix_seconds};

/// Which envelope.
#[derive(Debug, clap::Args)]
pub(crate) struct Send {
    /// The envelope as JSON; - reads standard input. With --key-file it is signed, and what every
    /// envelope has (v, id, from, nonce, ts) is filled in where it is missing; without, it must be
    /// signed already
    file: PathBuf,
}

impl Send {
    pub(super) async fn run(self, remote: &Remote) -> Result<EnvelopeAccepted, Failure> {
        let members = files::read_object(&self.file)?;
        let envelope = match remote.signer() {
            Some(signer) => signed(members, signer)?,
            None => Value::Object(members),
        };
        // Told here and not by the node, with the place in the file.
        Envelope::open(envelope.clone())?;
        remote.submit_value(envelope).await
    }
}

fn signed(mut members: Map<String, Value>, signer: &Signer) -> Result<Value, Failure> {
    let mut fill = |name: &str, value: Value| {
        members.entry(name).or_insert(value);
    };
    fill("v", 1.into());
    fill("id", new_envelope_id().to_string().into());
    fill("from", signer.did().as_str().into());
    fill("nonce", next_nonce().into());
    fill("ts", unix_seconds().into());
    Ok(sign_value(Value::Object(members), signer.key())?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use hansa_crypto::SigningKey;
    use serde_json::json;

    #[test]
    fn what_is_missing_is_filled_in_and_what_is_there_stays() {
        let key = SigningKey::from_seed([7; 32]);
        let signer = Signer::new(key.clone());
        let text = json!({ "kind": "intent", "to": "skill:tax-filing", "nonce": 5,
            "intent": { "action": "file" } });
        let Value::Object(members) = text else { unreachable!() };
        let opened = Envelope::open(signed(members, &signer).unwrap()).unwrap();
        assert_eq!(opened.envelope.nonce, 5);
        assert_eq!(opened.envelope.from, *signer.did());
        opened.verify(&key.public()).unwrap();
    }
}
