//! DID documents and logs as others look for them, and resolving DIDs.
//!
//! What is of this node is shown to everyone. Other hosts are asked for principals of this node
//! alone, so that a stranger cannot send it anywhere.

use hansa_crypto::PublicKey;
use hansa_crypto::did_document::{Document, Use, of_key, renamed};
use hansa_crypto::webvh::{Log, normalise};
use hansa_node::did::Subject;
use hansa_types::{Code, Did, PrincipalId, alias};
use hansa_wire::Problem;
use hansa_wire::api::dids::{
    DidDocument, DidLogGet, DidResolve, DidResolved, DidSource, DidWebGet,
};
use hansa_wire::scalar::PrincipalRef;
use serde_json::{Map, Value};

use super::cards::etag;
use super::dids::place;
use crate::answer::Answer;
use crate::context::Context;

/// A principal with a log, all else is not found.
async fn logged(context: &Context, named: &PrincipalRef) -> Result<(Subject, String), Problem> {
    let id = context.find(named, Code::NotFound).await?;
    let dids = context.api.node.dids();
    let subject = dids.subject(id).await.map_err(|_| Code::NotFound)?;
    if subject.held.is_none() {
        return Err(Code::NotFound.into());
    }
    let text = dids.text(id).await?.ok_or(Code::NotFound)?;
    Ok((subject, text))
}

/// Reads the DID log of an agent.
pub(crate) async fn did_log_get(context: &Context, request: DidLogGet) -> Result<Answer, Problem> {
    let (_, text) = logged(context, &request.agent).await?;
    let tag = etag(text.as_bytes());
    match context.has_current(&tag) {
        true => Ok(Answer::not_modified(tag)),
        false => Ok(Answer::bytes(text).with_etag(tag)),
    }
}

/// Reads the `did:web` document beside a log.
pub(crate) async fn did_web_get(context: &Context, request: DidWebGet) -> Result<Answer, Problem> {
    let (subject, _) = logged(context, &request.agent).await?;
    let log = context.api.node.dids().log(subject.principal).await?.ok_or(Code::NotFound)?;
    let document = web_document(&subject, &log)?;
    let value = Value::Object(document);
    let tag = etag(&hansa_crypto::json::canonical(&value)?);
    match (context.has_current(&tag), value) {
        (true, _) => Ok(Answer::not_modified(tag)),
        (false, value) => Ok(Answer::json(&DidDocument(object(value)?))?.with_etag(tag)),
    }
}

/// The document of a log's last version, under the `did:web` of where this node serves it.
fn web_document(subject: &Subject, log: &Log) -> Result<Map<String, Value>, Problem> {
    let address = subject.held.as_ref().and_then(place).ok_or(Code::Internal)?;
    let (from, to) = (log.did(), address.web_did());
    object(renamed(log.document(), from.as_str(), to.as_str()))
}

fn object(value: Value) -> Result<Map<String, Value>, Problem> {
    match value {
        Value::Object(members) => Ok(members),
        _ => Err(Code::Internal.into()),
    }
}

/// Resolves a DID.
pub(crate) async fn did_resolve(context: &Context, request: DidResolve) -> Result<Answer, Problem> {
    let did = normalise(&request.did);
    let node = &context.api.node;
    let principal = node.dids().find(&did).await?;
    if let Ok(key) = PublicKey::from_did_key(&did) {
        let resolved = plain(did, object(of_key(&key))?, DidSource::Derived);
        return Answer::json(&DidResolved { principal, ..resolved });
    }
    if let Some(principal) = principal
        && let Some(resolved) = local(context, &did, principal).await?
    {
        return Answer::json(&resolved);
    }
    context.principal()?;
    let fetched = node.dids().fetch(&did).await?;
    let resolved = plain(fetched.did.clone(), fetched.document.clone(), DidSource::Fetched);
    let resolved = DidResolved { principal, pinned_seq: Some(fetched.pinned_seq), ..resolved };
    Answer::json(&match &fetched.log {
        Some(log) => of_log(resolved, log),
        None => resolved,
    })
}

/// What this node knows of one of its principals; nothing where the DID names another home than the
/// log does, which that home knows better.
async fn local(
    context: &Context,
    did: &Did,
    principal: PrincipalId,
) -> Result<Option<DidResolved>, Problem> {
    let dids = context.api.node.dids();
    let subject = dids.subject(principal).await?;
    let Some(log) = dids.log(principal).await? else {
        return Ok(Some(without_log(context, &subject)?));
    };
    let known = did == log.did() || log.former().contains(did);
    let told = match did.method() {
        "webvh" if !known => return Ok(None),
        "web" => plain(did.clone(), web_document(&subject, &log)?, DidSource::Local),
        _ => plain(log.did().clone(), object(log.document().clone())?, DidSource::Local),
    };
    Ok(Some(DidResolved { principal: Some(principal), ..of_log(told, &log) }))
}

/// A principal that is named by an alias and has the DID of its key.
fn without_log(context: &Context, subject: &Subject) -> Result<DidResolved, Problem> {
    let aliases = alias::aliases(subject.principal, &context.api.node.config.host);
    let also_known_as = aliases.iter().map(Did::to_string).collect();
    let did = subject.keys.own.did_key();
    let keys = vec![(Use::Own, subject.keys.own)];
    let document = Document { keys, also_known_as, services: Vec::new() }.under(did.as_str());
    let told = plain(did, object(document)?, DidSource::Local);
    Ok(DidResolved { principal: Some(subject.principal), ..told })
}

fn plain(did: Did, document: Map<String, Value>, source: DidSource) -> DidResolved {
    DidResolved {
        did,
        document,
        source,
        version_id: None,
        created_at: None,
        updated_at: None,
        deactivated: false,
        principal: None,
        pinned_seq: None,
    }
}

fn of_log(resolved: DidResolved, log: &Log) -> DidResolved {
    DidResolved {
        version_id: Some(log.version_id().to_owned()),
        created_at: Some(log.created().into()),
        updated_at: Some(log.updated().into()),
        deactivated: log.deactivated(),
        ..resolved
    }
}
