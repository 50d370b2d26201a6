//! `hansa card`: an agent's card as others read it, and the signatures on it.
//!
//! One profile is shown as two documents, and whoever checks a signature says which of them is
//! meant; here both are tried. Checking asks no node: the card and the keys are files.

use std::path::{Path, PathBuf};

use clap::{Subcommand, ValueEnum};
use hansa_crypto::card::{self, Form};
use hansa_crypto::jws::{Detached, Header, sign_detached};
use hansa_crypto::{PreparedKey, jwk};
use hansa_types::Time;
use hansa_wire::api::agents::{AgentCardSet, CardDocument};
use hansa_wire::api::cards::{
    AgentCardExport, AgentCardSign, AgentCardWellKnown, AgentPublicKey, CustodyKeySet,
};
use hansa_wire::scalar::PrincipalRef;
use serde::Serialize;
use serde_json::{Map, Value, json};

use super::{App, DONE, Outcome};
use crate::failure::Failure;
use crate::remote::{Idempotency, Remote};
use crate::{files, sign};

/// What can be done with cards.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Show an agent's card as one of the two documents that others read, signatures included
    Show {
        /// Its id or DID
        agent: PrincipalRef,
        /// Which document
        #[arg(long, value_enum, default_value_t = Document::A2a)]
        form: Document,
    },
    /// Replace an agent's profile, of which both documents are made
    Set {
        /// Its id or DID
        agent: PrincipalRef,
        /// The profile (A2A), as JSON in this file; - reads standard input
        file: PathBuf,
        #[command(flatten)]
        idempotency: Idempotency,
    },
    /// Sign a card as the agent, with --key-file; the signature stands beside the node's
    Sign {
        /// Its id or DID
        agent: PrincipalRef,
        /// Which document
        #[arg(long, value_enum, default_value_t = Document::A2a)]
        form: Document,
    },
    /// Show the keys that an agent's card is checked by
    Keys {
        /// Its id or DID
        agent: PrincipalRef,
    },
    /// Check the signatures on a card, without any node
    Verify {
        /// The card's file, or - for standard input
        file: PathBuf,
        /// A file with the keys, as hansa card keys shows them
        #[arg(long, value_name = "FILE")]
        keys: PathBuf,
    },
    /// Have the node sign with a new key; signatures by the last one stand for 7 days
    Rotate {
        /// Its id or DID
        agent: PrincipalRef,
        #[command(flatten)]
        idempotency: Idempotency,
    },
}

/// The documents that a profile is shown as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Document {
    /// A2A's agent card
    A2a,
    /// The Protocol's card
    TheProtocol,
}

impl Document {
    fn form(self) -> Form {
        match self {
            Document::A2a => Form::A2a,
            Document::TheProtocol => Form::TheProtocol,
        }
    }

    async fn fetch(self, remote: &Remote, agent: PrincipalRef) -> Result<CardDocument, Failure> {
        match self {
            Document::A2a => remote.call(&AgentCardWellKnown { agent }).await,
            Document::TheProtocol => remote.call(&AgentCardExport { agent }).await,
        }
    }
}

const SIGNED: &[&str] = &["agent", "form", "digest", "seq"];
const ROTATED: &[&str] = &["agent", "public_key", "generation", "seq"];
const CHECKED: &[&str] = &["verdict", "signatures:kid,form,verdict"];

impl Command {
    /// Carries it out. Exit 1 where a card does not verify.
    pub(crate) async fn run(self, app: &App<'_>) -> Outcome {
        match self {
            Command::Show { agent, form } => {
                print(app, &form.fetch(&app.remote()?, agent).await?)?;
            }
            Command::Set { agent, file, idempotency } => {
                let request = AgentCardSet { agent, card: files::read_object(&file)? };
                app.ui.answer(&app.remote()?.call_once(&request, &idempotency).await?, &[])?;
            }
            Command::Sign { agent, form } => return sign_as_agent(app, agent, form).await,
            Command::Keys { agent } => {
                print(app, &app.remote()?.call(&AgentPublicKey { agent }).await?)?;
            }
            Command::Verify { file, keys } => return verify(app, &file, &keys),
            Command::Rotate { agent, idempotency } => {
                let request = CustodyKeySet { agent };
                app.ui.answer(&app.remote()?.call_once(&request, &idempotency).await?, ROTATED)?;
            }
        }
        DONE
    }
}

fn print(app: &App<'_>, document: &impl Serialize) -> Result<(), Failure> {
    let text = serde_json::to_string_pretty(document);
    app.ui.line(&text.map_err(|error| Failure::because("cannot write it", &error))?)
}

async fn sign_as_agent(app: &App<'_>, agent: PrincipalRef, form: Document) -> Outcome {
    let remote = app.remote()?;
    let signer = remote.required_signer()?;
    let CardDocument(document) = form.fetch(&remote, agent.clone()).await?;
    let payload = form.form().payload(&document)?;
    let header = Header::kid(format!("{}#1", signer.did()));
    let Detached { protected, signature } = sign_detached(&header, &payload, signer.key());
    let request = AgentCardSign { agent, protected, signature: signature.to_string() };
    app.ui.answer(&remote.call(&request).await?, SIGNED)?;
    DONE
}

/// What was found of a signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Found {
    /// It was made by one of the keys, over this document.
    Verified(Form),
    /// It names one of the keys, and was not made by it.
    Invalid,
    /// It names a key that is none of them.
    Unknown,
}

impl Found {
    fn word(self) -> &'static str {
        match self {
            Found::Verified(_) => "verified",
            Found::Invalid => "invalid",
            Found::Unknown => "unknown",
        }
    }
}

fn verify(app: &App<'_>, file: &Path, keys: &Path) -> Outcome {
    let card = files::read_object(file)?;
    let keys = read_keys(&files::read_json(keys)?, Time(sign::unix_seconds() * 1_000))?;
    let signed = card::read(&card)?;
    let found: Vec<(String, Found)> =
        signed.iter().map(|signed| look(&card, signed, &keys)).collect();
    let verdict = verdict(&found);
    let told = found.iter().map(|(kid, found)| {
        let form = match found {
            Found::Verified(Form::A2a) => Some("a2a"),
            Found::Verified(Form::TheProtocol) => Some("the_protocol"),
            Found::Invalid | Found::Unknown => None,
        };
        json!({ "kid": kid, "form": form, "verdict": found.word() })
    });
    let told: Vec<Value> = told.collect();
    app.ui.answer(&json!({ "verdict": verdict, "signatures": told }), CHECKED)?;
    match verdict {
        "verified" => DONE,
        verdict => Err(Failure::new(format!("the card is {verdict}"))
            .next_step("ask its agent's node for the card and the keys again")),
    }
}

/// One verdict of all signatures: a wrong one spoils the card, and one that nobody knows says
/// nothing.
fn verdict(found: &[(String, Found)]) -> &'static str {
    let any = |wanted: fn(&Found) -> bool| found.iter().any(|(_, found)| wanted(found));
    match (any(|f| *f == Found::Invalid), any(|f| matches!(f, Found::Verified(_)))) {
        (true, _) => "invalid",
        (false, true) => "verified",
        (false, false) => "unsigned",
    }
}

fn look(
    card: &Map<String, Value>,
    signed: &Detached,
    keys: &[(String, PreparedKey)],
) -> (String, Found) {
    let header = Header::decode(&signed.protected).ok();
    let kid = header.and_then(|header| header.kid).unwrap_or_default();
    let by = |form: Form, key: &PreparedKey| card::verify(card, form, signed, key).is_ok();
    let forms = [Form::A2a, Form::TheProtocol];
    let made = forms.into_iter().find(|form| keys.iter().any(|(_, key)| by(*form, key)));
    let found = match made {
        Some(form) => Found::Verified(form),
        None if keys.iter().any(|(named, _)| *named == kid) => Found::Invalid,
        None => Found::Unknown,
    };
    (kid, found)
}

/// The keys of a set that still count, with their names.
fn read_keys(set: &Value, now: Time) -> Result<Vec<(String, PreparedKey)>, Failure> {
    let listed = set.get("keys").and_then(Value::as_array);
    let listed = listed.ok_or_else(|| {
        Failure::usage("the keys do not read: no member keys")
            .next_step("hansa card keys AGENT writes them")
    })?;
    let counts = |key: &&Value| {
        let until = key.get("until").and_then(Value::as_str).and_then(Time::parse);
        until.is_none_or(|until| now < until)
    };
    let read = |key: &Value| {
        let public = jwk::read(key).map_err(|error| Failure::because("a key is none", &error))?;
        let kid = key.get("kid").and_then(Value::as_str).unwrap_or_default();
        Ok((kid.to_owned(), public.prepare()))
    };
    listed.iter().filter(counts).map(read).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use hansa_crypto::SigningKey;

    fn signed(form: Form, key: &SigningKey) -> Map<String, Value> {
        let mut card = json!({ "name": "Täx 😀", "price": 1.5 }).as_object().unwrap().clone();
        card::sign(&mut card, form, "did:key:a#1", key).unwrap();
        card
    }

    fn judged(card: &Map<String, Value>, keys: &[(String, PreparedKey)]) -> &'static str {
        let signed = card::read(card).unwrap();
        verdict(&signed.iter().map(|signed| look(card, signed, keys)).collect::<Vec<_>>())
    }

    #[test]
    fn a_card_is_verified_unsigned_or_invalid() {
        let key = SigningKey::from_seed([1; 32]);
        let known = [("did:key:a#1".to_owned(), key.public().prepare())];
        for form in [Form::A2a, Form::TheProtocol] {
            let card = signed(form, &key);
            assert_eq!(judged(&card, &known), "verified");
            assert_eq!(judged(&card, &[]), "unsigned", "by nobody that is known");
            let mut changed = card.clone();
            changed.insert("name".to_owned(), json!("Tax"));
            assert_eq!(judged(&changed, &known), "invalid");
        }
        let by_another = signed(Form::A2a, &SigningKey::from_seed([2; 32]));
        assert_eq!(judged(&by_another, &known), "invalid", "it names a key that did not sign");
        assert_eq!(judged(&Map::new(), &known), "unsigned");
    }

    #[test]
    fn keys_count_until_their_end() {
        let key = jwk::named(&SigningKey::from_seed([1; 32]).public(), "k");
        let mut former = key.clone();
        former["until"] = json!("2026-01-08T00:00:00Z");
        let set = json!({ "keys": [key, former] });
        let at = |text: &str| Time::parse(text).unwrap();
        assert_eq!(read_keys(&set, at("2026-01-07T23:59:59Z")).unwrap().len(), 2);
        assert_eq!(read_keys(&set, at("2026-01-08T00:00:00Z")).unwrap().len(), 1);
        for bad in [json!({}), json!([]), json!({ "keys": [{}] })] {
            assert!(read_keys(&bad, Time(0)).is_err(), "{bad}");
        }
    }
}
