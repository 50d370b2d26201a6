//! `hansa agent move`: taking an agent's DID to another node, with the owner's recovery key.
//!
//! The node it leaves is not asked: all that is needed of it is the log, which is public and which
//! the owner may have kept. The entry is written here, so the recovery key stays here, and it names
//! a new one, for each is used once.

use std::path::PathBuf;

use hansa_crypto::SigningKey;
use hansa_crypto::webvh::{self, Change, Log, Multihash};
use hansa_node::did::SCID_STAND_IN;
use hansa_types::Time;
use hansa_wire::api::dids::{DidGet, DidHome, DidLogSet};
use hansa_wire::scalar::{PrincipalRef, WireKey};
use serde_json::Value;

use super::OwnKey;
use crate::commands::did::STORED;
use crate::commands::{App, DONE, Outcome};
use crate::failure::Failure;
use crate::remote::Idempotency;
use crate::{files, sign};

/// Taking an agent's DID to this node.
#[derive(Debug, clap::Args)]
pub(crate) struct Move {
    /// The agent on the node it moves to: its id there
    agent: PrincipalRef,

    /// Its whole log, as the node it leaves served it (did.jsonl); - reads standard input
    #[arg(long, value_name = "FILE")]
    log: PathBuf,

    /// The owner's recovery key, to which the log's last version commits
    #[arg(long, value_name = "PEM")]
    recovery_key: PathBuf,

    /// Write the recovery key for the next time to this new file
    #[arg(long, value_name = "PEM")]
    recovery_key_out: PathBuf,

    /// Write the new log to this new file, for another program to hand in, and hand in nothing
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,

    #[command(flatten)]
    idempotency: Idempotency,
}

impl Move {
    /// Carries it out.
    pub(crate) async fn run(self, app: &App<'_>) -> Outcome {
        let text = files::read_text(&self.log)?;
        let recovery = files::read_key(&self.recovery_key)?;
        let now = Time(sign::unix_seconds().saturating_mul(1_000));
        let log = webvh::verify(&text, now)
            .map_err(|error| Failure::because("the log does not prove itself", &error))?;
        if !log.may_be_followed_by(&recovery.public()) {
            return Err(Failure::new(
                "the log's last version does not commit to this recovery key",
            )
            .next_step("name the key that was shown when the log, or its last move, was made"));
        }
        let remote = app.remote()?;
        let agent = self.agent.clone();
        let home = remote.call(&DidGet { agent: agent.clone() }).await?.home.ok_or_else(|| {
            Failure::new("this node hosts no DIDs").next_step("set server.public_url there")
        })?;
        let own = OwnKey::write(&self.recovery_key_out)?;
        let next = own.public();
        let moved = moved(&log, &text, &home, &recovery, (next, now));
        if let Some(path) = &self.out {
            let written = moved.and_then(|log| files::write_new(path, &log, 0o666));
            OwnKey::settle(Some(own), written)?;
            app.ui.say(&format!("next step: hansa did log {agent} --set {}", path.display()));
            return DONE;
        }
        let outcome = match moved {
            Ok(log) => remote.call_once(&DidLogSet { agent, log }, &self.idempotency).await,
            Err(failure) => Err(failure),
        };
        let stored = OwnKey::settle(Some(own), outcome)?;
        app.ui.answer(&stored, STORED)?;
        app.ui.say("next step: hand the new log to the node it left, so that it points here:");
        app.ui.say(&format!("hansa did log {} > did.jsonl", stored.agent));
        DONE
    }
}

/// The log with the entry that brings it here.
pub(crate) fn moved(
    log: &Log,
    text: &str,
    home: &DidHome,
    recovery: &SigningKey,
    (next, now): (WireKey, Time),
) -> Result<String, Failure> {
    let unusable = |error: serde_json::Error| Failure::because("the node's template", &error);
    let template = serde_json::to_string(&home.document).map_err(unusable)?;
    let settled = template.replace(SCID_STAND_IN, &log.scid().to_string());
    let mut document: Value = serde_json::from_str(&settled).map_err(unusable)?;
    let mut former: Vec<String> = log.former().iter().map(ToString::to_string).collect();
    former.push(log.did().to_string());
    let here = document["id"].as_str().unwrap_or_default().to_owned();
    if let Some(names) = document["alsoKnownAs"].as_array_mut() {
        former.retain(|name| *name != here && !names.iter().any(|known| known == name));
        names.extend(former.into_iter().map(Value::from));
    }
    let hashes = [home.update_key.0, next.0].map(|key| Multihash::of_key(&key));
    let change = Change { signer: recovery, next: &hashes, document, now };
    let line = webvh::append(log, text, change)
        .map_err(|error| Failure::because("the log cannot go on so", &error))?;
    Ok(format!("{}\n{line}\n", text.trim_end_matches('\n')))
}
