//! What an operation knows of who asks, and how it has commands carried out.
//!
//! The same for requests with an API key and for those in envelopes: an operation never learns
//! which it was. A command repeats safely by its Idempotency-Key or by its envelope's id.

use std::sync::{Arc, OnceLock};

use hansa_kernel::clearance::Parking;
use hansa_kernel::{Auth, Caller, Command, Event, Request};
use hansa_node::open::{Proven, Signed};
use hansa_node::vault::Sealed;
use hansa_node::writer::Job;
use hansa_node::{Done, Identity, internal};
use hansa_types::{AnyId, Code, Correlation, Digest, PrincipalId, Rejection};
use hansa_wire::{Operation, Problem};

use crate::api::Api;
use crate::edge::{Asker, Client, Key, correlation};
use crate::ops::actions::{Wrap, note, subject_of};
use crate::serve::blocking;

/// What makes a request safe to repeat.
#[derive(Clone)]
pub(crate) enum Basis {
    /// Nothing.
    Once,
    /// An Idempotency-Key.
    Key(Key),
    /// The envelope that carries it.
    Envelope(Arc<Signed>),
}

/// What an operation knows of its request beside the request object.
pub(crate) struct Context {
    pub(crate) api: Arc<Api>,
    pub(crate) operation: &'static Operation,
    /// Who asks, if they said so.
    pub(crate) caller: Option<Identity>,
    pub(crate) basis: Basis,
    pub(crate) asker: Asker,
    pub(crate) if_none_match: Option<String>,
    /// Who sent the request, as far as the connection tells.
    pub(crate) client: Client,
    /// What was parked instead of carried out.
    pub(crate) parked: OnceLock<Done>,
    /// Digest of the secret that the request was sent with.
    pub(crate) credential: Option<Digest>,
    /// The envelope of an action that the operation is done in.
    pub(crate) wrap: Option<Arc<Wrap>>,
}

/// A command with the document that belongs to it.
pub(crate) struct Step {
    pub(crate) command: Command,
    pub(crate) sealed: Option<Sealed>,
    /// Tells it apart from the other commands of the same request.
    pub(crate) part: Option<String>,
    /// Whether its answer shows something that nobody could be shown later, so that it cannot wait.
    pub(crate) shows_once: bool,
}

impl Step {
    pub(crate) fn new(command: Command) -> Self {
        Self { command, sealed: None, part: None, shows_once: false }
    }

    pub(crate) fn with(self, sealed: Option<Sealed>) -> Self {
        Self { sealed, ..self }
    }

    pub(crate) fn showing_once(self, shows_once: bool) -> Self {
        Self { shows_once, ..self }
    }

    pub(crate) fn part(self, part: impl Into<String>) -> Self {
        Self { part: Some(part.into()), ..self }
    }
}

/// What became of each command.
pub(crate) type Outcomes = Vec<Result<Done, Rejection>>;

impl Context {
    /// Who asks.
    pub(crate) fn identity(&self) -> Result<&Identity, Rejection> {
        self.caller.as_ref().ok_or_else(|| Code::Unauthenticated.into())
    }

    /// The principal that asks.
    pub(crate) fn principal(&self) -> Result<PrincipalId, Rejection> {
        self.identity().map(|identity| identity.principal)
    }

    /// The same request, for an operation that is done as an action.
    pub(crate) fn within(&self, operation: &'static Operation, wrap: Wrap) -> Context {
        Context {
            api: Arc::clone(&self.api),
            operation,
            caller: self.caller.clone(),
            basis: self.basis.clone(),
            asker: Arc::clone(&self.asker),
            if_none_match: None,
            client: self.client.clone(),
            credential: self.credential,
            parked: OnceLock::new(),
            wrap: Some(Arc::new(wrap)),
        }
    }

    /// A command as it would be asked for, for a look at what would become of it.
    pub(crate) async fn request(&self, command: Command) -> Result<Request, Problem> {
        let proven = self.prove().await?;
        Ok(Request { corr: None, ..self.job(Step::new(command), proven)?.request })
    }

    /// Whether an envelope carries the request: one envelope has one command carried out, for what
    /// its journal entry keeps of it tells it from a replay.
    pub(crate) fn is_by_envelope(&self) -> bool {
        matches!(self.basis, Basis::Envelope(_))
    }

    /// Has one command carried out.
    pub(crate) async fn submit(&self, step: Step) -> Result<Done, Problem> {
        let mut outcomes = self.submit_all(vec![step]).await?;
        Ok(outcomes.pop().unwrap_or_else(|| Err(Code::Internal.into()))?)
    }

    /// Has several commands carried out, each on its own, in order; of an envelope's only the first
    /// has its proof.
    pub(crate) async fn submit_all(&self, steps: Vec<Step>) -> Result<Outcomes, Problem> {
        self.submit_with(steps, Vec::new()).await
    }

    /// As [`Context::submit_all`], with what the node itself does behind it, in the same batch. Each
    /// of it must be refused by itself where what it follows was refused.
    pub(crate) async fn submit_with(
        &self,
        steps: Vec<Step>,
        behind: Vec<Job>,
    ) -> Result<Outcomes, Problem> {
        let mut proven = self.prove().await?;
        let jobs = steps.into_iter().map(|step| self.job(step, proven.take()));
        let mut jobs = jobs.collect::<Result<Vec<Job>, Rejection>>()?;
        jobs.extend(behind);
        if jobs.is_empty() {
            return Ok(Vec::new());
        }
        let Some(wrap) = &self.wrap else {
            let subject = jobs.first().and_then(|job| subject_of(&job.request.command));
            let outcomes = self.api.node.submit_all(jobs).await?;
            let refused = outcomes.iter().find_map(|outcome| outcome.as_ref().err());
            if let Some(refusal) = refused {
                // Once for all of a batch: its commands are one request.
                note(self, subject, refusal.code).await;
            }
            return Ok(outcomes.into_iter().map(|outcome| self.unless_parked(outcome?)).collect());
        };
        let [job] = jobs.as_mut_slice() else {
            let detail = "the operation takes more than one step, and an action is one";
            return Err(Problem::new(Code::ToolUnknown, detail));
        };
        wrap.look(&job.request)?;
        job.vault.extend(wrap.sealed().into_iter().flat_map(|sealed| sealed.changes));
        Ok(wrap.told(self, self.api.node.submit_all(jobs).await?).await)
    }

    /// What was carried out; what waits for an approval instead is kept for the answer.
    fn unless_parked(&self, done: Done) -> Result<Done, Rejection> {
        let (Event::TaskParked(_), AnyId::Task(task)) = (&done.entry.event, done.entry.id) else {
            return Ok(done);
        };
        let waits = format!("policy asks for an approval: the operation waits as {task}");
        // A batch tells of each by itself, and any other request has but one.
        let _ = self.parked.set(done);
        Err(Rejection::new(Code::ApprovalPending, waits))
    }

    /// The proof of the envelope that carries the request, sealed for the vault.
    async fn prove(&self) -> Result<Option<Proven>, Problem> {
        let Basis::Envelope(signed) = &self.basis else { return Ok(None) };
        let (vault, signed) = (Arc::clone(&self.api.node.vault), Arc::clone(signed));
        let proven = blocking(move || signed.prove(&vault)).await?;
        Ok(Some(proven.map_err(internal)?))
    }

    fn job(&self, step: Step, proven: Option<Proven>) -> Result<Job, Rejection> {
        let identity = self.identity()?;
        let mut vault = step.sealed.map(|sealed| sealed.changes).unwrap_or_default();
        let auth = match (&identity.auth, proven) {
            (Auth::Envelope(key, _), Some(proven)) => {
                vault.extend(proven.vault);
                Auth::Envelope(*key, Some(Box::new(proven.proof)))
            }
            (auth, _) => auth.clone(),
        };
        let caller = Caller { principal: Some(identity.principal), auth };
        let corr = self.correlation(step.part.as_deref())?;
        let mut request = Request::new(caller, step.command, corr);
        request.parking = step.shows_once.then_some(Parking::Never);
        let request = match &self.wrap {
            Some(wrap) => wrap.around(request),
            None => request,
        };
        Ok(Job { request, vault })
    }

    fn correlation(&self, part: Option<&str>) -> Result<Option<Correlation>, Rejection> {
        match &self.basis {
            Basis::Key(key) => Ok(Some(correlation(key, self.principal()?, part))),
            Basis::Once | Basis::Envelope(_) => Ok(None),
        }
    }
}
