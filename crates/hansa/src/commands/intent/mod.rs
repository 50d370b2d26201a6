//! `hansa intent`: agreeing on work and paying for it, by signed envelopes (AMP).
//!
//! The nonce of each envelope is the clock in microseconds; see [`crate::sign`].
//!
//! Every step names the envelope it follows and is signed with `--key-file`. Whom to address, and
//! on which terms, follows from the task, so only the first offer names somebody.

mod negotiate;
mod send;
mod work;

use clap::Subcommand;
use hansa_types::{Did, EnvelopeId, TaskId};
use hansa_wire::amp::{Envelope, Recipient};
use hansa_wire::api::agents::AgentGet;
use hansa_wire::api::amp::{EnvelopeAccepted, EnvelopeGet, EnvelopeGraph};
use hansa_wire::api::tasks::{Task, TaskGet};
use hansa_wire::scalar::PrincipalRef;

use super::{App, DONE, Outcome};
use crate::failure::Failure;
use crate::remote::Remote;
use crate::sign::Signer;

/// The steps.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Propose terms for a goal to an agent, or to whoever has a skill
    Offer(negotiate::Offer),
    /// Answer an offer with other terms
    Counter(negotiate::Counter),
    /// Agree to the last terms
    Accept(Parent),
    /// Decline the last terms
    Reject(Parent),
    /// Hand the work over: the accepted amount goes into escrow
    Delegate(work::Delegate),
    /// Say that a milestone's work was done
    Execute(work::Execute),
    /// Claim a milestone's share
    Settle(work::Settle),
    /// Judge a claim, rate the other side, or both
    Attest(work::Attest),
    /// Take a delegation back: what is held goes back
    Revoke(work::Revoke),
    /// Show the graph of envelopes around one
    Graph {
        /// Any envelope of it
        envelope: EnvelopeId,
    },
    /// Sign and send an envelope of your own making
    Send(send::Send),
}

const ACCEPTED: &[&str] = &["envelope_id", "verb", "task", "transfer", "seq", "result"];

impl Command {
    /// Carries it out.
    pub(crate) async fn run(self, app: &App<'_>) -> Outcome {
        let remote = app.remote()?;
        let accepted = match self {
            Command::Graph { envelope } => {
                let graph = remote.call(&EnvelopeGraph { envelope }).await?;
                app.ui.answer(
                    &graph,
                    &["root", "task", "as_of_seq", "nodes:id,verb,kind,parent,from,at"],
                )?;
                return DONE;
            }
            Command::Send(send) => send.run(&remote).await?,
            Command::Offer(offer) => offer.run(&remote).await?,
            Command::Counter(counter) => counter.run(&remote).await?,
            Command::Accept(parent) => negotiate::accept(&remote, parent).await?,
            Command::Reject(parent) => negotiate::reject(&remote, parent).await?,
            Command::Delegate(delegate) => delegate.run(&remote).await?,
            Command::Execute(execute) => execute.run(&remote).await?,
            Command::Settle(settle) => settle.run(&remote).await?,
            Command::Attest(attest) => attest.run(&remote).await?,
            Command::Revoke(revoke) => revoke.run(&remote).await?,
        };
        app.ui.answer(&accepted, ACCEPTED)?;
        DONE
    }
}

/// The envelope that a step follows.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Parent {
    /// The envelope that this step follows
    parent: EnvelopeId,

    /// The task it belongs to; looked up unless named
    #[arg(long)]
    task: Option<TaskId>,
}

/// A step that follows another: who signs, and the task it belongs to.
struct Step<'a> {
    remote: &'a Remote,
    signer: &'a Signer,
    parent: EnvelopeId,
    task: Task,
}

impl<'a> Step<'a> {
    async fn after(remote: &'a Remote, Parent { parent, task }: Parent) -> Result<Self, Failure> {
        let signer = remote.required_signer()?;
        let task = match task {
            Some(task) => contract(remote, task).await?,
            None => task_by_envelope(remote, parent).await?,
        };
        Ok(Self { remote, signer, parent, task })
    }

    /// The other party of the task.
    async fn counterparty(&self) -> Result<Did, Failure> {
        for party in [Some(self.task.payer), self.task.agent].into_iter().flatten() {
            let agent = AgentGet { agent: PrincipalRef::Id(party) };
            let did = self.remote.call(&agent).await?.did;
            if did != *self.signer.did() {
                return Ok(did);
            }
        }
        Err(Failure::new("the task has no other party yet").next_step("wait until it is routed"))
    }

    /// What the envelope begins with.
    async fn header(&self) -> Result<hansa_wire::amp::build::Header, Failure> {
        let to = Recipient::Did(self.counterparty().await?);
        Ok(self.signer.header(to, Some(self.parent)))
    }

    async fn send(&self, envelope: Envelope) -> Result<EnvelopeAccepted, Failure> {
        self.remote.submit(&self.signer.sign(envelope)?).await
    }
}

/// The task of an envelope.
async fn task_by_envelope(remote: &Remote, envelope: EnvelopeId) -> Result<Task, Failure> {
    let view = remote.call(&EnvelopeGet { envelope }).await?;
    let task = view.task.ok_or_else(|| {
        Failure::new(format!("the envelope {envelope} belongs to no task"))
            .next_step("name a step of a negotiation or of delegated work")
    })?;
    contract(remote, task).await
}

/// A task that grows by envelopes.
async fn contract(remote: &Remote, task: TaskId) -> Result<Task, Failure> {
    let found = remote.call(&TaskGet { task }).await?.contract();
    found.ok_or_else(|| {
        Failure::new(format!("{task} is a declared task, which has no terms"))
            .next_step("name a task that was offered")
    })
}
