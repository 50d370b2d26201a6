//! What an operation knows of who asks, and how it has commands carried out.
//!
//! The same for requests with an API key and for those in envelopes: an operation never learns
//! which it was. A command repeats safely by its Idempotency-Key or by its envelope's id.

use std::sync::Arc;

use hansa_kernel::{Auth, Caller, Command, Request};
use hansa_node::open::{Proven, Signed};
use hansa_node::vault::Sealed;
use hansa_node::writer::Job;
use hansa_node::{Done, Identity, internal};
use hansa_types::{Code, Correlation, PrincipalId, Rejection};
use hansa_wire::{Operation, Problem};

use crate::api::Api;
use crate::edge::{Asker, Key, correlation};
use crate::serve::blocking;

/// What makes a request safe to repeat.
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
}

/// A command with the document that belongs to it.
pub(crate) struct Step {
    pub(crate) command: Command,
    pub(crate) sealed: Option<Sealed>,
    /// Tells it apart from the other commands of the same request.
    pub(crate) part: Option<String>,
}

impl Step {
    pub(crate) fn new(command: Command) -> Self {
        Self { command, sealed: None, part: None }
    }

    pub(crate) fn with(self, sealed: Option<Sealed>) -> Self {
        Self { sealed, ..self }
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

    /// A command as it would be asked for, for a look at what would become of it.
    pub(crate) fn request(&self, command: Command) -> Result<Request, Rejection> {
        let identity = self.identity()?;
        Ok(hansa_node::request(identity, command, None))
    }

    /// Has one command carried out.
    pub(crate) async fn submit(&self, step: Step) -> Result<Done, Problem> {
        let mut outcomes = self.submit_chain(vec![step]).await?;
        Ok(outcomes.pop().unwrap_or_else(|| Err(Code::Internal.into()))?)
    }

    /// Has commands carried out of which each can succeed only after the first one has. In an
    /// envelope the first one alone keeps the proof.
    pub(crate) async fn submit_chain(&self, steps: Vec<Step>) -> Result<Outcomes, Problem> {
        let mut proven = self.prove().await?;
        let mut jobs = Vec::with_capacity(steps.len());
        for step in steps {
            jobs.push(self.job(step, proven.take())?);
        }
        Ok(self.api.node.submit_all(jobs).await?)
    }

    /// Has commands carried out that have nothing to do with each other.
    pub(crate) async fn submit_each(&self, steps: Vec<Step>) -> Result<Outcomes, Problem> {
        let Basis::Envelope(signed) = &self.basis else { return self.submit_chain(steps).await };
        // The first command that is accepted uses the envelope up. Until then each offers it, so
        // that an envelope seen before changes nothing; what follows goes on without.
        let commands: Vec<Command> = steps.into_iter().map(|step| step.command).collect();
        let mut outcomes: Outcomes = Vec::with_capacity(commands.len());
        let mut used = false;
        for command in &commands {
            if used {
                break;
            }
            let proven = Self::prove_by(&self.api, signed).await?;
            let job = self.job(Step::new(command.clone()), Some(proven))?;
            let outcome = self.api.node.submit(job).await;
            match &outcome {
                Ok(_) => used = true,
                Err(rejection) if is_replay(rejection) => return Err(rejection.clone().into()),
                Err(_) => {}
            }
            outcomes.push(outcome);
        }
        let rest = commands.into_iter().skip(outcomes.len());
        let jobs = rest.map(|command| self.job(Step::new(command), None));
        let jobs = jobs.collect::<Result<Vec<Job>, Rejection>>()?;
        if !jobs.is_empty() {
            outcomes.extend(self.api.node.submit_all(jobs).await?);
        }
        Ok(outcomes)
    }

    async fn prove(&self) -> Result<Option<Proven>, Problem> {
        match &self.basis {
            Basis::Envelope(signed) => Self::prove_by(&self.api, signed).await.map(Some),
            Basis::Once | Basis::Key(_) => Ok(None),
        }
    }

    async fn prove_by(api: &Arc<Api>, signed: &Arc<Signed>) -> Result<Proven, Problem> {
        let (vault, signed) = (Arc::clone(&api.node.vault), Arc::clone(signed));
        let proven = blocking(move || signed.prove(&vault)).await?;
        proven.map_err(|error| internal(error).into())
    }

    fn job(&self, step: Step, proven: Option<Proven>) -> Result<Job, Rejection> {
        let identity = self.identity()?;
        let mut vault = step.sealed.map(|sealed| sealed.changes).unwrap_or_default();
        let auth = match (&identity.auth, proven) {
            (Auth::Envelope(key, _), Some(proven)) => {
                vault.extend(proven.vault);
                Auth::Envelope(*key, Some(proven.proof))
            }
            (auth, _) => auth.repeated(),
        };
        let caller = Caller { principal: Some(identity.principal), auth };
        let corr = self.correlation(step.part.as_deref())?;
        let request = Request { caller, command: step.command, corr, looked_up: None };
        Ok(Job { request, vault })
    }

    fn correlation(&self, part: Option<&str>) -> Result<Option<Correlation>, Rejection> {
        match &self.basis {
            Basis::Key(key) => Ok(Some(correlation(key, self.principal()?, part))),
            Basis::Once | Basis::Envelope(_) => Ok(None),
        }
    }
}

fn is_replay(rejection: &Rejection) -> bool {
    matches!(rejection.code, Code::EnvelopeReplayed | Code::NonceUsed)
}
