//! Actions: submitting, validating, reading and ending them.

mod ask;
mod call;
mod native;
mod receipt;
mod refused;
mod validate;
mod view;

use std::sync::Arc;

use hansa_kernel::Command;
use hansa_kernel::action::{Act, Claim, Finish, Outcome, Submit};
use hansa_node::effect::{Effect, params_id};
use hansa_node::vault::Sealed;
use hansa_node::{Done, internal};
use hansa_types::{ActionId, AnyId, Code, Digest};
use hansa_wire::Problem;
use hansa_wire::api::actions::{
    ActionClaim, ActionGet, ActionSubmit, ActionView, Ending, ReceiptPost, Wait,
};
use serde_json::Value;

use crate::answer::Answer;
use crate::context::{Context, Step};
use crate::limits::ACTION_WAIT_MAX;
use crate::serve::blocking;
use ask::{Asked, How};

pub(crate) use native::Wrap;
pub(crate) use receipt::receipt_get;
pub(crate) use refused::{note, subject_of};
pub(crate) use validate::action_validate;
pub(crate) use view::{Recorded, read, recorded};

/// Does something through the gate.
pub(crate) async fn action_submit(
    context: &Context,
    request: ActionSubmit,
) -> Result<Answer, Problem> {
    let wait = request.wait;
    let asked = Asked::read(context, request).await?;
    let done = match &asked.how {
        How::Native(operation) => return native::submit(context, &asked, operation).await,
        How::Service(_) => {
            context.api.node.effect_room()?;
            begin(context, &asked).await
        }
        How::External(_) => begin(context, &asked).await,
    };
    let done = match done {
        Ok(done) => done,
        Err(problem) => return Err(refused::action(context, &asked, problem).await),
    };
    let AnyId::Action(id) = done.entry.id else { return Err(Code::Internal.into()) };
    if let (How::Service(tool), false) = (&asked.how, done.repeated) {
        let effect = Effect {
            action: id,
            tool: Arc::clone(tool),
            params: asked.params.clone(),
            principal: context.principal()?,
            sent_before: false,
        };
        let ended = context.api.node.begin_effect(effect);
        if wait == Wait::Done {
            // Whoever waited long enough looks at it later.
            tokio::select! {
                _ = ended => {}
                () = context.api.node.env.clock.sleep(ACTION_WAIT_MAX) => {}
            }
        }
    }
    let view = view::load(context, id).await?;
    let under_way = matches!(asked.how, How::Service(_)) && view.ended_at.is_none();
    let answer = Answer::done(&done, &view)?;
    Ok(if under_way { answer.with_status(202) } else { answer })
}

/// Records the start of what is done outside.
async fn begin(context: &Context, asked: &Asked) -> Result<Done, Problem> {
    let act = match &asked.how {
        How::Service(tool) => Act::Service(tool.kind.executor()),
        How::External(by) => Act::External(*by),
        How::Native(_) => return Err(Code::Internal.into()),
    };
    let sealed = seal_params(context, asked).await?;
    let submit = Submit {
        id: asked.id,
        task: asked.task,
        references: asked.references,
        call: asked.call.clone(),
        act,
        callback: sealed.callback.map(Box::new),
    };
    context.submit(Step::new(Command::ActionSubmit(submit)).with(Some(sealed.documents))).await
}

/// The documents of an action, as they go to the vault.
struct SealedParams {
    documents: Sealed,
    /// Salted digest of the address among them at which the caller wants to be told.
    callback: Option<Digest>,
}

/// Seals the parameters of an action for the vault, with what its author says beside.
async fn seal_params(context: &Context, asked: &Asked) -> Result<SealedParams, Problem> {
    let (vault, id) = (Arc::clone(&context.api.node.vault), params_id(asked.id));
    let principal = context.principal()?;
    let bytes = serde_json::to_vec(&asked.params).map_err(|_| Code::Internal)?;
    let sealed = blocking(move || vault.seal(principal, id, &bytes)).await?.map_err(internal)?;
    let beside = context.seal_annotations(principal, asked.id.into(), &asked.annotations).await?;
    let address = context.seal_callback(asked.id.into(), asked.callback_url.as_deref()).await?;
    let callback = address.as_ref().map(|address| address.digest);
    let documents = [beside, address].into_iter().flatten().fold(sealed, Sealed::and);
    Ok(SealedParams { documents, callback })
}

/// Reads an action.
pub(crate) async fn action_get(context: &Context, request: ActionGet) -> Result<Answer, Problem> {
    Answer::json(&view::load(context, request.action).await?)
}

/// Takes an action to carry it out.
pub(crate) async fn action_claim(
    context: &Context,
    request: ActionClaim,
) -> Result<Answer, Problem> {
    let call = request.call.as_ref().map(call::digest).transpose()?;
    let claim = Claim { id: request.action, call };
    let done = context.submit(Step::new(Command::EffectClaim(claim))).await?;
    told(context, &done, request.action).await
}

/// Says how an action ended that was carried out outside.
pub(crate) async fn receipt_post(
    context: &Context,
    request: ReceiptPost,
) -> Result<Answer, Problem> {
    let id = request.action;
    if request.status.is_some_and(|status| !(100..=599).contains(&status)) {
        return Err(Problem::new(Code::InvalidField, "status: an HTTP status"));
    }
    let sealed = match &request.result {
        Some(result) => Some(seal_result(context, id, result).await?),
        None => None,
    };
    let outcome = match request.outcome {
        Ending::Done => Outcome::Done,
        Ending::Refused => Outcome::Refused,
        Ending::NotSent => Outcome::NotSent,
    };
    let result = sealed.as_ref().map(|sealed| sealed.digest);
    let finish = Finish { id, outcome, status: request.status, result };
    let done = context.submit(Step::new(Command::EffectFinish(finish)).with(sealed)).await?;
    told(context, &done, id).await
}

async fn seal_result(context: &Context, id: ActionId, result: &Value) -> Result<Sealed, Problem> {
    let bytes = serde_json::to_vec(result).map_err(|_| Code::Internal)?;
    Ok(context.api.node.seal_result(context.principal()?, id, bytes).await?)
}

async fn told(context: &Context, done: &Done, id: ActionId) -> Result<Answer, Problem> {
    let view: ActionView = view::load(context, id).await?;
    Answer::done(done, &view)
}
