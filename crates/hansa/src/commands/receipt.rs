//! `hansa receipt`: reading receipts, and verifying them without any node.

use std::path::PathBuf;

use clap::Subcommand;
use hansa_crypto::jwk;
use hansa_crypto::jws::Unverified;
use hansa_node::effect::RECEIPT_TYPE;
use hansa_types::ReceiptId;
use hansa_wire::api::actions::ReceiptGet;
use hansa_wire::scalar::WireKey;
use serde_json::{Value, json};

use super::agent::public_key;
use super::{App, DONE, Outcome};
use crate::failure::Failure;
use crate::files;

/// What can be done with receipts.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Show a receipt; with --raw its JWS alone
    Show {
        /// Its id
        receipt: ReceiptId,
        /// Print the JWS and nothing else
        #[arg(long)]
        raw: bool,
    },
    /// Verify a receipt offline
    Verify {
        /// The file with the JWS, or - for standard input
        file: PathBuf,
        /// The node's public key as you know it from elsewhere (z6Mk… or did:key:…)
        #[arg(long, value_name = "KEY", value_parser = public_key, required_unless_present = "jwks")]
        node_key: Option<WireKey>,
        /// A file with the keys that the node publishes at /.well-known/jwks.json
        #[arg(long, value_name = "FILE", conflicts_with = "node_key")]
        jwks: Option<PathBuf>,
    },
}

const VERIFIED: &[&str] =
    &["ok", "jti", "action", "task", "tool", "executor", "state", "outcome", "sub", "grant", "iss"];

impl Command {
    /// Carries it out. Exit 1 where a receipt does not verify.
    pub(crate) async fn run(self, app: &App<'_>) -> Outcome {
        match self {
            Command::Show { receipt, raw } => {
                let told = app.remote()?.call(&ReceiptGet { receipt }).await?;
                match raw {
                    true => app.ui.line(&told.jws)?,
                    false => app.ui.answer(&told, &["id", "claims", "jws"])?,
                }
            }
            Command::Verify { file, node_key, jwks } => {
                let jws = files::read_text(&file)?;
                let key = match jwks {
                    Some(path) => key_of(&files::read_text(&path)?, jws.trim())?,
                    None => node_key.ok_or_else(|| Failure::usage("no key to verify with"))?.0,
                };
                let claims = verify(jws.trim(), &key)?;
                app.ui.answer(&claims, VERIFIED)?;
            }
        }
        DONE
    }
}

/// The key that a receipt names, out of the keys that a node published.
fn key_of(jwks: &str, jws: &str) -> Result<hansa_crypto::PublicKey, Failure> {
    let broken = |what: &str| Failure::new(format!("the keys do not read: {what}"));
    let jwks: Value = serde_json::from_str(jwks).map_err(|error| broken(&error.to_string()))?;
    let read = Unverified::read(jws).map_err(|error| not_valid(&error))?;
    let kid = read.header().kid.clone().unwrap_or_default();
    let mut keys = jwks["keys"].as_array().into_iter().flatten();
    let key = keys.find(|key| key["kid"] == Value::String(kid.clone()));
    let key = key.ok_or_else(|| {
        Failure::new("the receipt is signed by none of these keys")
            .next_step("get the keys of the node that issued it, at /.well-known/jwks.json")
    })?;
    jwk::read(key).map_err(|error| broken(&error.to_string()))
}

fn verify(jws: &str, key: &hansa_crypto::PublicKey) -> Result<Value, Failure> {
    let read = Unverified::read(jws).map_err(|error| not_valid(&error))?;
    let claims = read.verify_claims(&key.prepare(), RECEIPT_TYPE);
    let mut claims = Value::Object(claims.map_err(|error| not_valid(&error))?);
    claims["ok"] = json!(true);
    Ok(claims)
}

fn not_valid(error: &dyn std::error::Error) -> Failure {
    Failure::because("the receipt does not verify", error)
        .next_step("trust nothing that it says, and ask the node for it anew")
}

#[cfg(test)]
mod tests {
    use super::*;
    use hansa_crypto::SigningKey;
    use hansa_crypto::jws::{Header, sign};

    fn receipt(key: &SigningKey, typ: &str) -> String {
        let header = Header::new(typ, jwk::thumbprint(&key.public()));
        sign(&header, br#"{"action":"act_x","state":"done"}"#, key)
    }

    #[test]
    fn a_receipt_verifies_under_its_node_alone() {
        let (key, other) = (SigningKey::from_seed([1; 32]), SigningKey::from_seed([2; 32]));
        let jws = receipt(&key, RECEIPT_TYPE);
        assert_eq!(verify(&jws, &key.public()).unwrap()["state"], "done");
        assert!(verify(&jws, &other.public()).is_err());
        assert!(verify(&receipt(&key, "at+jwt"), &key.public()).is_err());
        let mut forged = jws.clone();
        forged.replace_range(60..61, if &jws[60..61] == "A" { "B" } else { "A" });
        assert!(verify(&forged, &key.public()).is_err());
        let jwks = jwk::jwks([&other.public(), &key.public()]).to_string();
        assert_eq!(key_of(&jwks, &jws).unwrap(), key.public());
        assert!(key_of(&jwk::jwks([&other.public()]).to_string(), &jws).is_err());
    }
}
