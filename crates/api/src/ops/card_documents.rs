//! An agent's two signed documents, and the keys they are checked by.
//!
//! A document is made when it is asked for: rendered from the stored profile, with the agent's own
//! signatures on it, and signed by the key that the node keeps for the agent. The same profile and keys
//! give the same bytes and the same ETag.

use hansa_crypto::PublicKey;
use hansa_crypto::card::{self, Form};
use hansa_crypto::jws::ALGORITHM;
use hansa_kernel::{Command, Event};
use hansa_node::did::Subject;
use hansa_types::Code;
use hansa_wire::Problem;
use hansa_wire::api::cards::{
    AgentCardExport, AgentCardWellKnown, AgentPublicKey, CustodyKey, CustodyKeySet, Jwk,
    PublicKeySet,
};
use hansa_wire::card::render::SIGNATURES;
use hansa_wire::scalar::{PrincipalRef, WireKey};
use serde_json::{Map, Value};

use super::card_signatures::{Holder, custodial_kid};
use super::cards::{etag, stored};
use super::rotate::with_log;
use crate::answer::Answer;
use crate::context::{Context, Step};

/// Reads an agent's A2A card.
pub(crate) async fn agent_card_well_known(
    context: &Context,
    request: AgentCardWellKnown,
) -> Result<Answer, Problem> {
    show(context, &request.agent, Form::A2a).await
}

/// Reads an agent's card of The Protocol.
pub(crate) async fn agent_card_export(
    context: &Context,
    request: AgentCardExport,
) -> Result<Answer, Problem> {
    show(context, &request.agent, Form::TheProtocol).await
}

/// An agent that is listed here; all else is not found.
async fn listed(context: &Context, named: &PrincipalRef) -> Result<Holder, Problem> {
    let id = context.find(named, Code::NotFound).await?;
    let holder = Holder::find(context, id).await?.filter(|holder| holder.is_listed);
    holder.ok_or_else(|| Code::NotFound.into())
}

async fn show(context: &Context, named: &PrincipalRef, form: Form) -> Result<Answer, Problem> {
    let holder = listed(context, named).await?;
    let profile = stored(context, holder.id).await?.ok_or(Code::NotFound)?.profile;
    let mut document = holder.document(&profile, form);
    let own = holder.own(&profile)?;
    let own = own.iter().filter(|own| own.form == form).map(|own| card::tell(&own.signed));
    document.insert(SIGNATURES.to_owned(), own.collect::<Vec<Value>>().into());
    let key = context.api.node.custody().agent_key(holder.id).await?;
    card::sign(&mut document, form, &custodial_kid(&holder.did, key.generation), &key.signing)?;
    published(context, form, document)
}

/// A document that anybody may keep for a while.
fn published(
    context: &Context,
    form: Form,
    document: Map<String, Value>,
) -> Result<Answer, Problem> {
    let bytes = form.bytes(&Value::Object(document))?;
    let etag = etag(&bytes);
    if context.has_current(&etag) {
        return Ok(Answer::not_modified(etag).cacheable());
    }
    Ok(Answer::bytes(bytes).with_etag(etag).cacheable())
}

/// Reads the keys by which an agent's card is checked.
pub(crate) async fn agent_public_key(
    context: &Context,
    request: AgentPublicKey,
) -> Result<Answer, Problem> {
    let holder = listed(context, &request.agent).await?;
    let custody = context.api.node.custody();
    let present = custody.agent_key(holder.id).await?;
    let halves = custody.public_halves(holder.id).await?;
    let mut keys: Vec<Jwk> = halves
        .iter()
        .map(|half| Jwk {
            custodial: Some(true),
            until: half.until.map(Into::into),
            ..jwk(&half.key, custodial_kid(&holder.did, half.generation))
        })
        .collect();
    keys.extend(holder.keys.iter().map(|(own, until)| Jwk {
        until: until.map(Into::into),
        ..jwk(own, format!("{}#{own}", holder.did))
    }));
    let kid = custodial_kid(&holder.did, present.generation);
    let present = Jwk { custodial: Some(true), ..jwk(&present.signing.public(), kid) };
    Ok(Answer::json(&PublicKeySet { present, keys })?.cacheable())
}

/// A key as it stands in key sets.
pub(super) fn jwk(key: &PublicKey, kid: String) -> Jwk {
    Jwk {
        kty: "OKP".to_owned(),
        crv: "Ed25519".to_owned(),
        x: hansa_crypto::jwk::x(key),
        alg: ALGORITHM.to_owned(),
        usage: "sig".to_owned(),
        kid,
        custodial: None,
        until: None,
    }
}

/// Gives an agent a new custodial key.
pub(crate) async fn custody_key_set(
    context: &Context,
    request: CustodyKeySet,
) -> Result<Answer, Problem> {
    let agent = context.find(&request.agent, Code::PrincipalUnknown).await?;
    let (_, set) = context.api.node.custody().next_key(agent).await?;
    let (key, generation) = (set.key, set.generation);
    let step = Step::new(Command::CustodyKeySet(set));
    let change = |subject: Subject| subject.with_custodial(key, generation);
    let done = with_log(context, agent, step, change).await?;
    let Event::CustodyKeySet(set) = &done.entry.event else { return Err(Code::Internal.into()) };
    let told = CustodyKey {
        agent,
        public_key: WireKey(set.key),
        generation: set.generation,
        seq: done.entry.seq,
    };
    Answer::done(&done, &told)
}
