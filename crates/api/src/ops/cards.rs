//! Agents' cards: kept sealed in the vault, shown to everyone.

use std::sync::Arc;

use hansa_crypto::hash::sha256;
use hansa_crypto::json::{canonical, parse_strict};
use hansa_kernel::Command;
use hansa_kernel::principal::SetCard;
use hansa_node::internal;
use hansa_node::vault::{Sealed, card_id};
use hansa_types::{Code, PrincipalId};
use hansa_wire::api::agents::{AgentCardGet, AgentCardSet, CardStored};
use hansa_wire::card::{Card, validate};
use hansa_wire::limits::CARD_BYTES_MAX;
use hansa_wire::{Problem, api::agents::CardDocument};
use serde_json::{Map, Value};

use crate::answer::Answer;
use crate::context::{Context, Step};
use crate::serve::blocking;

/// Replaces an agent's card.
pub(crate) async fn agent_card_set(
    context: &Context,
    request: AgentCardSet,
) -> Result<Answer, Problem> {
    let agent = context.find(&request.agent, Code::PrincipalUnknown).await?;
    let Checked { bytes, .. } = check(request.card)?;
    let digest = sha256(&bytes);
    let sealed = seal(context, agent, bytes).await?;
    let set = Command::CardSet(SetCard { principal: agent, card: sealed.digest });
    let done = context.submit(Step::new(set).with(Some(sealed))).await?;
    Answer::done(&done, &CardStored { agent, digest, seq: done.entry.seq })
}

/// Reads an agent's card.
pub(crate) async fn agent_card_get(
    context: &Context,
    request: AgentCardGet,
) -> Result<Answer, Problem> {
    let agent = context.find(&request.agent, Code::NotFound).await?;
    let vault = Arc::clone(&context.api.node.vault);
    let opened = blocking(move || vault.open(&card_id(agent))).await?.map_err(internal)?;
    let opened = opened.ok_or(Code::NotFound)?;
    let etag = etag(&opened.bytes);
    let known = context.if_none_match.as_deref().unwrap_or_default();
    if known.split(',').any(|tag| tag.trim().trim_start_matches("W/") == etag) {
        return Ok(Answer::not_modified(etag));
    }
    match parse_strict(&opened.bytes)? {
        Value::Object(members) => Ok(Answer::json(&CardDocument(members))?.with_etag(etag)),
        _ => Err(Code::Internal.into()),
    }
}

fn etag(bytes: &[u8]) -> String {
    let digest = sha256(bytes);
    let hex: String = digest.0.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    format!("\"{hex}\"")
}

/// A card that has the shape of one.
pub(super) struct Checked {
    /// The name on it.
    pub(super) name: String,
    /// Its canonical bytes.
    pub(super) bytes: Vec<u8>,
}

/// Refuses what is no card.
pub(super) fn check(card: Map<String, Value>) -> Result<Checked, Problem> {
    let card = Value::Object(card);
    let name = validate(&card)?.name;
    let bytes = canonical(&card)?;
    match bytes.len() <= CARD_BYTES_MAX {
        true => Ok(Checked { name, bytes }),
        false => Err(Problem::new(Code::CardInvalid, "a card holds at most 64 KiB")),
    }
}

/// Seals a card for the vault.
pub(super) async fn seal(
    context: &Context,
    agent: PrincipalId,
    bytes: Vec<u8>,
) -> Result<Sealed, Problem> {
    let vault = Arc::clone(&context.api.node.vault);
    let sealed = blocking(move || vault.seal(agent, card_id(agent), &bytes)).await?;
    Ok(sealed.map_err(internal)?)
}

/// Seals a card that says no more than a name.
pub(super) async fn seal_draft(
    context: &Context,
    agent: PrincipalId,
    name: &str,
) -> Result<Sealed, Problem> {
    let card = Value::Object(Card::draft(name, &[], None).to_object());
    seal(context, agent, canonical(&card)?).await
}
