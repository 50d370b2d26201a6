//! Envelopes handed in: opened, told apart, carried out.
//!
//! An envelope to the node without a verb carries an operation, which takes the same way as a
//! request with an API key. Any other has a verb: discover is answered from the read models, the
//! rest are steps of a task.

use std::sync::{Arc, OnceLock};

use hansa_node::open::Signed;
use hansa_types::{Code, Rejection};
use hansa_wire::amp::{OperationCall, Verb};
use hansa_wire::api::amp::{EnvelopeAccepted, EnvelopeSubmit};
use hansa_wire::api::discover::Discover;
use hansa_wire::scalar::SearchText;
use hansa_wire::{Effect, Operation, Problem, find};
use serde_json::{Map, Value};

use super::{discover, steps};
use crate::answer::Answer;
use crate::call::call;
use crate::context::{Basis, Context};
use crate::edge::{is_heard_of_suspended, may_ask};

/// Opens an envelope and carries it out.
pub(crate) async fn envelope_submit(
    context: &Context,
    request: EnvelopeSubmit,
) -> Result<Answer, Problem> {
    let api = &context.api;
    let signed = api.opener.open(&api.node, Value::Object(request.0)).await?;
    // The log keeps whom it heard of first, and nobody else is heard of.
    let _ = context.asker.set(signed.sender);
    let signed = Arc::new(signed);
    let to_node = signed.envelope.to.did().filter(|to| api.node.is_own_did(to));
    let call = to_node.and_then(|to| signed.envelope.operation(to));
    if let Some(OperationCall { id, params }) = call {
        let params = params.cloned().unwrap_or_default();
        return operation(context, &signed, id, params).await;
    }
    let accepted = match Verb::of(&signed.envelope)? {
        Verb::Discover(wanted) => found(context, &signed, wanted).await?,
        verb => steps::take(&within(context, &signed, context.operation), &signed, verb).await?,
    };
    let answer = Answer::json(&accepted)?;
    Ok(Answer { seq: accepted.seq, ..answer })
}

/// What an envelope's sender may have carried out.
fn within(context: &Context, signed: &Arc<Signed>, operation: &'static Operation) -> Context {
    Context {
        api: Arc::clone(&context.api),
        operation,
        caller: Some(signed.identity()),
        basis: Basis::Envelope(Arc::clone(signed)),
        asker: Arc::clone(&context.asker),
        if_none_match: None,
        client: context.client.clone(),
        parked: OnceLock::new(),
        credential: None,
        wrap: None,
    }
}

/// Carries out the operation that an envelope names.
async fn operation(
    context: &Context,
    signed: &Arc<Signed>,
    id: &str,
    params: Map<String, Value>,
) -> Result<Answer, Problem> {
    let operation = find(id).filter(|operation| operation.by_envelope()).ok_or_else(|| {
        Problem::new(Code::NotFound, "intent.action: no operation that an envelope may carry")
    })?;
    if operation.id == context.operation.id {
        return Err(Problem::new(Code::NotFound, "an envelope carries no envelope"));
    }
    let inner = within(context, signed, operation);
    let dry = params.get("dry_run").is_some_and(|dry| dry == &Value::Bool(true));
    if operation.effect == Effect::Read || dry {
        match check_active(&inner, signed).await {
            Err(refused)
                if refused.code == Code::PrincipalSuspended && is_heard_of_suspended(operation) => {
            }
            checked => checked?,
        }
    }
    may_ask(&context.api, operation, inner.identity()?).await?;
    let answer = call(inner, Value::Object(params)).await?;
    let (seq, transfer, secret) = (answer.seq, answer.transfer, answer.secret);
    let accepted = EnvelopeAccepted {
        envelope_id: signed.envelope.id,
        verb: operation.id.to_owned(),
        task: None,
        transfer,
        seq,
        result: Some(answer.into_value()?),
    };
    let answer = Answer::json(&accepted)?;
    Ok(Answer { seq, secret, ..answer })
}

/// Refuses who may not act, where no command asks the kernel.
async fn check_active(context: &Context, signed: &Signed) -> Result<(), Rejection> {
    let (principal, key) = (context.principal()?, signed.key);
    let now = context.api.node.now();
    let active = context.api.node.read(Some(principal), move |state| {
        let handle = state.principals.find(principal)?;
        let status = state.principals.status(handle);
        let accepts = state.principals.get(handle).accepts(&key, now);
        let standing = (status.erased, status.active, accepts);
        Some((standing, state.check_restored(now.max(state.now))))
    });
    let (standing, restored) = active.await?.ok_or(Code::DidUnknown)?;
    restored?;
    match standing {
        (true, ..) => Err(Code::PrincipalErased.into()),
        (false, true, true) => Ok(()),
        (false, true, false) => Err(Code::CredentialInvalid.into()),
        (false, false, _) => Err(Code::PrincipalSuspended.into()),
    }
}

/// Answers discover, which changes nothing and is not remembered.
async fn found(
    context: &Context,
    signed: &Arc<Signed>,
    wanted: Discover,
) -> Result<EnvelopeAccepted, Problem> {
    let (api, to) = (&context.api, &signed.envelope.to);
    let skill = to.skill().and_then(SearchText::new);
    if skill.is_none() && !to.did().is_some_and(|did| api.node.is_own_did(did)) {
        return Err(Problem::new(Code::RecipientMismatch, "discover is addressed to the node"));
    }
    let inner = within(context, signed, context.operation);
    check_active(&inner, signed).await?;
    let wanted = Discover { skill: wanted.skill.or(skill), ..wanted };
    let found = discover::search(&inner, wanted).await?;
    let result = serde_json::to_value(&found).map_err(|error| {
        tracing::error!(%error, "an answer has no JSON form");
        Problem::from(Code::Internal)
    })?;
    Ok(EnvelopeAccepted {
        envelope_id: signed.envelope.id,
        verb: "discover".to_owned(),
        task: None,
        transfer: None,
        seq: None,
        result: Some(result),
    })
}
