//! `hansa intent`: agreeing on work and paying for it, by signed envelopes (AMP).
//!
//! Every step names the envelope it follows and is signed with `--key-file`. Whom to address is
//! looked up from that envelope, so only the first offer names somebody.

mod negotiate;
mod send;
mod work;

use clap::Subcommand;
use hansa_types::{Did, EnvelopeId};
use hansa_wire::amp::{Envelope, Recipient};
use hansa_wire::api::agents::AgentGet;
use hansa_wire::api::amp::{EnvelopeAccepted, EnvelopeGet, EnvelopeGraph, EnvelopeView};
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
    Accept {
        /// The offer or counter-offer
        parent: EnvelopeId,
    },
    /// Decline the last terms
    Reject {
        /// The offer or counter-offer
        parent: EnvelopeId,
    },
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
            Command::Accept { parent } => negotiate::accept(&remote, parent).await?,
            Command::Reject { parent } => negotiate::reject(&remote, parent).await?,
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

/// A step that follows another: who signs, whom it goes to, and the task it belongs to.
struct Step<'a> {
    remote: &'a Remote,
    signer: &'a Signer,
    parent: EnvelopeId,
    view: EnvelopeView,
}

impl<'a> Step<'a> {
    async fn after(remote: &'a Remote, parent: EnvelopeId) -> Result<Self, Failure> {
        let signer = remote.required_signer()?;
        let view = remote.call(&EnvelopeGet { envelope: parent }).await?;
        Ok(Self { remote, signer, parent, view })
    }

    /// The task that the parent belongs to.
    async fn task(&self) -> Result<Task, Failure> {
        let task = self.view.task.ok_or_else(|| {
            Failure::new(format!("the envelope {} belongs to no task", self.parent))
                .next_step("name a step of a negotiation or of delegated work")
        })?;
        self.remote.call(&TaskGet { task }).await
    }

    /// The other party: whoever sent the parent, or the task's other side.
    async fn counterparty(&self) -> Result<Did, Failure> {
        let own = self.signer.did();
        if self.view.from != *own {
            return Ok(self.view.from.clone());
        }
        let task = self.task().await?;
        for party in [Some(task.payer), task.agent].into_iter().flatten() {
            let agent = AgentGet { agent: PrincipalRef::Id(party) };
            let did = self.remote.call(&agent).await?.did;
            if did != *own {
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
