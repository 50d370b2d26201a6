//! An operation of this node as an action: its own command, wrapped in the envelope's checks.
//!
//! The operation's handler does what it always does; only the command it submits is put into the
//! envelope on its way, so that both are checked and done in one step, under one idempotency key.

use std::sync::{Mutex, PoisonError};

use hansa_kernel::action::{Act, Submit};
use hansa_kernel::{Command, Request};
use hansa_node::Done;
use hansa_node::vault::Sealed;
use hansa_types::{AnyId, Code, Rejection};
use hansa_wire::{Operation, Problem};
use serde_json::Value;

use super::ask::Asked;
use super::{SealedParams, refused, seal_params, view};
use crate::answer::Answer;
use crate::call::call;
use crate::context::{Context, Outcomes};

/// The envelope around a command.
pub(crate) struct Wrap {
    submit: Box<dyn Fn(Act) -> Submit + Send + Sync>,
    /// Only look at the request, and do nothing.
    trial: bool,
    sealed: Mutex<Option<Sealed>>,
    seen: Mutex<Seen>,
}

#[derive(Default)]
struct Seen {
    request: Option<Request>,
    done: Option<Done>,
}

impl Wrap {
    /// An envelope that is submitted with what is sealed, or only looked at without.
    fn new(asked: &Asked, sealed: Option<SealedParams>) -> Self {
        let (id, task, references) = (asked.id, asked.task, asked.references);
        let (call, trial) = (asked.call.clone(), sealed.is_none());
        let callback = sealed.as_ref().and_then(|sealed| sealed.callback);
        let submit = move |act| {
            let (call, callback) = (call.clone(), callback.map(Box::new));
            Submit { id, task, references, call, act, callback }
        };
        let sealed = Mutex::new(sealed.map(|sealed| sealed.documents));
        Self { submit: Box::new(submit), trial, sealed, seen: Mutex::default() }
    }

    /// The request of an operation within its envelope.
    pub(crate) fn around(&self, request: Request) -> Request {
        let corr = request.corr;
        let caller = request.caller.clone();
        let inner = Request { corr: None, looked_up: None, ruling: None, parking: None, ..request };
        let command = Command::ActionSubmit((self.submit)(Act::Native(Box::new(inner.clone()))));
        Request { caller, command, corr, ..inner }
    }

    /// What has to be durable with it.
    pub(crate) fn sealed(&self) -> Option<Sealed> {
        self.sealed.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// Keeps a request that is only looked at. The refusal ends its operation and is told to nobody.
    pub(crate) fn look(&self, request: &Request) -> Result<(), Rejection> {
        if !self.trial {
            return Ok(());
        }
        self.seen().request = Some(request.clone());
        Err(Code::ActionDenied.into())
    }

    /// What the operation's handler tells its answer from: the operation's own first entry.
    pub(crate) async fn told(&self, context: &Context, outcomes: Outcomes) -> Outcomes {
        let mut told = Vec::with_capacity(outcomes.len());
        for outcome in outcomes {
            told.push(match outcome {
                Ok(done) => self.inner(context, done).await,
                Err(rejection) => Err(rejection),
            });
        }
        told
    }

    async fn inner(&self, context: &Context, done: Done) -> Result<Done, Rejection> {
        let next = context.api.node.entry(done.entry.seq + 1).await;
        let entry = next.map_err(hansa_node::internal)?.ok_or(Code::Internal)?;
        let inner = Done { entry: entry.into(), last_seq: done.last_seq, repeated: done.repeated };
        self.seen().done = Some(done);
        Ok(inner)
    }

    fn seen(&self) -> std::sync::MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Does an operation as an action.
pub(super) async fn submit(
    context: &Context,
    asked: &Asked,
    operation: &'static Operation,
) -> Result<Answer, Problem> {
    refuse_trial(asked)?;
    let sealed = seal_params(context, asked).await?;
    let inner = context.within(operation, Wrap::new(asked, Some(sealed)));
    let wrap = inner.wrap.clone().ok_or(Code::Internal)?;
    let answered = match call(inner, Value::Object(asked.params.clone())).await {
        Ok(answered) => answered,
        Err(problem) => return Err(refused::action(context, asked, problem).await),
    };
    let secret = answered.secret;
    let done = wrap.seen().done.take().ok_or(Code::ToolUnknown)?;
    let AnyId::Action(id) = done.entry.id else { return Err(Code::Internal.into()) };
    let mut view = view::load(context, id).await?;
    view.result = Some(answered.into_value()?);
    let answer = Answer::done(&done, &view)?;
    Ok(if secret { answer.secret() } else { answer })
}

/// The request that an operation would submit, in its envelope, or why it would not come so far.
pub(super) async fn request(
    context: &Context,
    asked: &Asked,
    operation: &'static Operation,
) -> Result<Request, Problem> {
    refuse_trial(asked)?;
    let inner = context.within(operation, Wrap::new(asked, None));
    let wrap = inner.wrap.clone().ok_or(Code::Internal)?;
    let answered = call(inner, Value::Object(asked.params.clone())).await;
    let seen = wrap.seen().request.take();
    match (seen, answered) {
        (Some(request), _) => Ok(request),
        (None, Err(problem)) => Err(problem),
        (None, Ok(_)) => Err(Code::ToolUnknown.into()),
    }
}

/// A trial of an operation is asked of the gate itself.
fn refuse_trial(asked: &Asked) -> Result<(), Problem> {
    match asked.params.contains_key("dry_run") {
        true => Err(Problem::new(Code::InvalidField, "action.params.dry_run: see action_validate")),
        false => Ok(()),
    }
}
