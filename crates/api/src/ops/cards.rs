//! Agents' profiles: checked as they come in, kept sealed in the vault, shown to everyone.

use std::sync::Arc;

use hansa_crypto::card::Form;
use hansa_crypto::hash::{salted, sha256};
use hansa_crypto::json::{canonical, parse_strict};
use hansa_crypto::jws::{Detached, Header};
use hansa_crypto::python_json;
use hansa_kernel::Command;
use hansa_kernel::principal::{SetCard, Trust};
use hansa_node::internal;
use hansa_node::vault::{Sealed, card_id};
use hansa_types::{Code, Digest, PrincipalId};
use hansa_wire::api::agents::{AgentCardGet, AgentCardSet, CardStored};
use hansa_wire::api::cards::{AgentCardSign, CardForm, CardSigned};
use hansa_wire::card::render::SIGNATURES;
use hansa_wire::card::{Card, validate};
use hansa_wire::limits::CARD_BYTES_MAX;
use hansa_wire::{Problem, api::agents::CardDocument};
use serde_json::{Map, Value};

use super::card_signatures::{Holder, Judged, Own, keep, kept};
use crate::answer::Answer;
use crate::context::{Context, Step};
use crate::serve::blocking;
use crate::settings::CardSignatures;

/// Replaces an agent's card.
pub(crate) async fn agent_card_set(
    context: &Context,
    request: AgentCardSet,
) -> Result<Answer, Problem> {
    let agent = context.find(&request.agent, Code::PrincipalUnknown).await?;
    let mut card = request.card;
    let trust = admit_signatures(context, agent, &mut card).await?;
    let Checked { bytes, digest, .. } = check(card)?;
    let sealed = seal(context, agent, bytes).await?;
    let set = SetCard { principal: agent, card: sealed.digest, trust, replaces: None };
    let done = context.submit(Step::new(Command::CardSet(set)).with(Some(sealed))).await?;
    Answer::done(&done, &CardStored { agent, digest, seq: done.entry.seq })
}

/// Checks the signatures that came with a card as far as the operator wants it; only the agent's
/// own stay on it.
async fn admit_signatures(
    context: &Context,
    agent: PrincipalId,
    card: &mut Map<String, Value>,
) -> Result<Trust, Problem> {
    let mode = context.api.settings.card_signatures;
    let holder = match mode {
        CardSignatures::Off => None,
        CardSignatures::Shadow | CardSignatures::Enforce => Holder::find(context, agent).await?,
    };
    let Some(holder) = holder else {
        card.remove(SIGNATURES);
        return Ok(Trust::Unsigned);
    };
    let Judged { trust, own } = holder.judge(card);
    keep(card, &own);
    if mode == CardSignatures::Enforce && trust != Trust::Verified {
        let detail = match trust {
            Trust::Invalid => "signatures: one does not verify under the agent's own key",
            _ => "signatures: the card carries none of the agent's own",
        };
        let problem = Problem::new(Code::CardUntrusted, detail);
        return Err(problem);
    }
    if trust == Trust::Invalid {
        tracing::warn!(%agent, "a card came in with a signature that does not verify");
    }
    Ok(trust)
}

/// Puts an agent's own signature on one of its documents.
pub(crate) async fn agent_card_sign(
    context: &Context,
    request: AgentCardSign,
) -> Result<Answer, Problem> {
    let agent = context.find(&request.agent, Code::PrincipalUnknown).await?;
    let holder = Holder::find(context, agent).await?.ok_or(Code::PrincipalUnknown)?;
    let Stored { mut profile, digest: replaced } =
        stored(context, agent).await?.ok_or(Code::NotFound)?;
    let refuse = |detail: &'static str| Problem::new(Code::CardUntrusted, detail);
    let signature = request.signature.parse();
    let signature = signature.map_err(|_| refuse("signature: 64 bytes in base64url"))?;
    let signed = Detached { protected: request.protected, signature };
    let form = holder.form_of(&profile, &signed).ok_or_else(|| {
        refuse("the signature is on neither document, or not by the agent's own key and DID")
    })?;
    let mut own = kept(&profile)?;
    let kid = |own: &Own| Header::decode(&own.signed.protected).ok().and_then(|header| header.kid);
    let added = Own { form, signed };
    own.retain(|other| other.form != form || kid(other) != kid(&added));
    own.push(added);
    keep(&mut profile, &own);
    let Checked { bytes, digest, .. } = check(profile)?;
    let sealed = seal(context, agent, bytes).await?;
    let (card, trust) = (sealed.digest, Trust::Verified);
    let set = SetCard { principal: agent, card, trust, replaces: Some(replaced) };
    let done = context.submit(Step::new(Command::CardSet(set)).with(Some(sealed))).await?;
    let form = match form {
        Form::A2a => CardForm::A2a,
        Form::TheProtocol => CardForm::TheProtocol,
    };
    Answer::done(&done, &CardSigned { agent, form, digest, seq: done.entry.seq })
}

/// Reads an agent's card.
pub(crate) async fn agent_card_get(
    context: &Context,
    request: AgentCardGet,
) -> Result<Answer, Problem> {
    let agent = context.find(&request.agent, Code::NotFound).await?;
    let Stored { mut profile, .. } = stored(context, agent).await?.ok_or(Code::NotFound)?;
    // Its signatures are on the documents, and these stand elsewhere.
    profile.remove(SIGNATURES);
    let etag = etag(&python_json::canonical(&Value::Object(profile.clone()))?);
    if context.has_current(&etag) {
        return Ok(Answer::not_modified(etag));
    }
    Ok(Answer::json(&CardDocument(profile))?.with_etag(etag))
}

impl Context {
    /// Whether the caller's copy of a document is the one of this tag.
    pub(super) fn has_current(&self, etag: &str) -> bool {
        let known = self.if_none_match.as_deref().unwrap_or_default();
        known.split(',').any(|tag| {
            let tag = tag.trim();
            tag == "*" || tag.trim_start_matches("W/") == etag
        })
    }
}

/// The tag of a document: 16 digits of its SHA-256, in quotes.
pub(super) fn etag(bytes: &[u8]) -> String {
    let digest = sha256(bytes);
    let hex: String = digest.0.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    format!("\"{hex}\"")
}

/// A profile as the vault has it.
pub(super) struct Stored {
    /// The card, with its agent's own signatures.
    pub(super) profile: Map<String, Value>,
    /// The salted digest by which the journal knows it.
    pub(super) digest: Digest,
}

/// Reads an agent's profile, or nothing where there is none.
pub(super) async fn stored(
    context: &Context,
    agent: PrincipalId,
) -> Result<Option<Stored>, Problem> {
    let vault = Arc::clone(&context.api.node.vault);
    let opened = blocking(move || vault.open(&card_id(agent))).await?.map_err(internal)?;
    let Some(opened) = opened else { return Ok(None) };
    let digest = salted(&opened.salt, &opened.bytes);
    match parse_strict(&opened.bytes)? {
        Value::Object(profile) => Ok(Some(Stored { profile, digest })),
        _ => Err(Code::Internal.into()),
    }
}

/// A card that has the shape of one.
pub(super) struct Checked {
    /// The name on it.
    pub(super) name: String,
    /// Its bytes, in which numbers stay as they were written.
    pub(super) bytes: Vec<u8>,
    /// SHA-256 of its canonical JSON.
    pub(super) digest: Digest,
}

/// Refuses what is no card.
pub(super) fn check(card: Map<String, Value>) -> Result<Checked, Problem> {
    let card = Value::Object(card);
    let name = validate(&card)?.name;
    let digest = sha256(&canonical(&card)?);
    let bytes = python_json::canonical(&card)?;
    match bytes.len() <= CARD_BYTES_MAX {
        true => Ok(Checked { name, bytes, digest }),
        false => Err(Problem::new(Code::CardInvalid, "a card holds at most 64 KiB")),
    }
}

/// Refuses a card of an agent that does not exist yet unless it is unsigned: nobody can have signed
/// for it, and where cards must be signed it waits until somebody has.
pub(super) fn check_first(context: &Context, card: Map<String, Value>) -> Result<Checked, Problem> {
    let detail = match context.api.settings.card_signatures {
        _ if card.contains_key(SIGNATURES) => "card.signatures: register the agent first",
        CardSignatures::Enforce => "card: register the agent first, then set its signed card",
        CardSignatures::Off | CardSignatures::Shadow => return check(card),
    };
    Err(Problem::new(Code::CardUntrusted, detail))
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
    seal(context, agent, python_json::canonical(&card)?).await
}
