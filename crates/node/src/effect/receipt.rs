//! The signed receipt of an action: what was done under which authority, provable to anybody who has
//! the node's public key.
//!
//! A receipt is told from the journal's entries each time it is asked for, so it says what the journal
//! says; Ed25519 signs the same bytes the same way. It names the entries and their leaves, so that
//! whoever has an export or an inclusion proof can tie it to a checkpoint.

use hansa_crypto::json::canonical;
use hansa_crypto::jwk::thumbprint;
use hansa_crypto::jws::{Header, sign};
use hansa_crypto::merkle::leaf_hash;
use hansa_kernel::action::{Outcome, Stage, receipt_of};
use hansa_kernel::{Event, codec};
use hansa_types::{AnyId, Code, Rejection};
use serde_json::{Map, Value, json};

use crate::error::Error;
use crate::node::{Node, internal};

/// The type of a receipt, which no other token has.
pub const RECEIPT_TYPE: &str = "hansa-receipt+jwt";

/// Signs the receipt of an action, told from its entries' lines in order.
pub fn receipt(
    node: &Node,
    lines: &[(u64, Vec<u8>)],
) -> Result<(String, Map<String, Value>), Rejection> {
    let mut claims = Map::new();
    claims.insert("iss".to_owned(), node.keys.signing().public().did_key().to_string().into());
    for (seq, line) in lines {
        let entry = codec::decode(line);
        let entry = entry.map_err(|source| internal(Error::Entry { seq: *seq, source }))?;
        add(&mut claims, &entry, line);
    }
    if !claims.contains_key("action") {
        return Err(Code::ActionUnknown.into());
    }
    let header = Header::new(RECEIPT_TYPE, thumbprint(&node.keys.signing().public()));
    let payload = canonical(&Value::Object(claims.clone()))?;
    Ok((sign(&header, &payload, node.keys.signing()), claims))
}

fn add(claims: &mut Map<String, Value>, entry: &hansa_kernel::Entry, line: &[u8]) {
    let mut put = |name: &str, value: Value| _ = claims.insert(name.to_owned(), value);
    let place = json!({ "seq": entry.seq, "leaf": leaf_hash(line), "kind": entry.event.kind() });
    match &entry.event {
        Event::EffectStarted(started) => {
            let AnyId::Action(id) = entry.id else { return };
            put("jti", json!(receipt_of(id)));
            put("action", json!(id));
            put("task", json!(entry.subject));
            put("sub", json!(entry.actor));
            put("auth", entry.auth.method().into());
            put("nbf", (entry.ts.0 / 1_000).into());
            put("state", Stage::Started.as_str().into());
            put("started", place);
            let members = serde_json::to_value(started).unwrap_or_default();
            for (name, value) in members.as_object().into_iter().flatten() {
                put(name, value.clone());
            }
        }
        Event::EffectClaimed(_) => put("state", Stage::Claimed.as_str().into()),
        Event::EffectFinished(finished) => {
            let stage = match finished.outcome {
                Outcome::Done => Stage::Done,
                Outcome::Refused | Outcome::NotSent => Stage::Failed,
            };
            put("state", stage.as_str().into());
            put("outcome", json!(finished.outcome));
            put("ended", place);
            if let Some(status) = finished.status {
                put("status", status.into());
            }
            if let Some(result) = finished.result {
                put("result", json!(result));
            }
        }
        Event::EffectOutcomeUnknown(unknown) => {
            put("state", Stage::OutcomeUnknown.as_str().into());
            put("reason", json!(unknown.reason));
            put("ended", place);
        }
        Event::PolicyJudged(judged) => put("policy", json!(judged)),
        _ => return,
    }
    put("iat", (entry.ts.0 / 1_000).into());
}
