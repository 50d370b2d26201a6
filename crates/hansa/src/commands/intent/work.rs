//! Delegating, executing, claiming, judging and revoking.

use std::path::PathBuf;

use clap::ValueEnum;
use hansa_types::Digest;
use hansa_wire::WireAmount;
use hansa_wire::amp::{
    self, Milestone, MilestoneName, Money, PolicySpec, Score, SettleSpec, build,
};
use hansa_wire::api::amp::EnvelopeAccepted;
use hansa_wire::api::tasks::Task;

use super::{Parent, Step};
use crate::failure::Failure;
use crate::remote::Remote;

/// Handing work over, after an acceptance, on the terms that were accepted.
#[derive(Debug, clap::Args)]
pub(crate) struct Delegate {
    #[command(flatten)]
    parent: Parent,

    /// Refuse if the accepted amount is above this
    #[arg(long, value_name = "AMOUNT")]
    max_budget: Option<WireAmount>,

    /// Whose law applies
    #[arg(long)]
    jurisdiction: Option<String>,
}

/// What was made, by its digest or as a file that is hashed here.
#[derive(Debug, clap::Args)]
#[group(required = true, multiple = false)]
pub(crate) struct Made {
    /// Hash this file (SHA-256) as what was made
    #[arg(long, value_name = "FILE")]
    file: Option<PathBuf>,

    /// SHA-256 of what was made, as base64url
    #[arg(long, value_name = "DIGEST")]
    hash: Option<Digest>,
}

/// Saying that work was done, after a delegation.
#[derive(Debug, clap::Args)]
pub(crate) struct Execute {
    #[command(flatten)]
    parent: Parent,

    /// Which milestone; none when the whole is paid on success
    #[arg(long, value_parser = milestone)]
    milestone: Option<MilestoneName>,

    #[command(flatten)]
    made: Made,

    /// The model that made it
    #[arg(long)]
    model: Option<String>,
}

/// Claiming a share, after the execution of its milestone.
#[derive(Debug, clap::Args)]
pub(crate) struct Settle {
    #[command(flatten)]
    parent: Parent,

    #[command(flatten)]
    made: Made,
}

/// Judging a claim, after it.
#[derive(Debug, clap::Args)]
pub(crate) struct Attest {
    #[command(flatten)]
    parent: Parent,

    /// Whether the claim is accepted and paid, or rejected and refunded
    #[arg(long, value_enum, required_unless_present = "rating")]
    verdict: Option<VerdictArg>,

    /// How well it was done, 0 to 1 with at most three decimals
    #[arg(long)]
    score: Option<Score>,

    /// A rating of the other side, 1 to 5, once the task is settled
    #[arg(long, value_parser = clap::value_parser!(u8).range(1..=5))]
    rating: Option<u8>,
}

/// Whether a claim is accepted.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum VerdictArg {
    /// Its share is paid
    Accept,
    /// Its share goes back
    Reject,
}

/// Taking a delegation back, after it.
#[derive(Debug, clap::Args)]
pub(crate) struct Revoke {
    #[command(flatten)]
    parent: Parent,

    /// Why, for people
    #[arg(long)]
    reason: Option<String>,
}

fn milestone(text: &str) -> Result<MilestoneName, String> {
    MilestoneName::new(text).ok_or_else(|| "1 to 64 bytes without control characters".to_owned())
}

impl Made {
    fn digest(&self) -> Result<Digest, Failure> {
        match (&self.hash, &self.file) {
            (Some(digest), _) => Ok(*digest),
            (None, Some(path)) => {
                let bytes = std::fs::read(path).map_err(|error| {
                    Failure::because(format!("cannot read {}", path.display()), &error)
                })?;
                Ok(hansa_crypto::hash::sha256(&bytes))
            }
            (None, None) => Err(Failure::usage("neither --file nor --hash is given")),
        }
    }
}

/// The terms of a task, as a delegation repeats them.
fn accepted_terms(task: &Task) -> Result<SettleSpec, Failure> {
    let mut milestones = Vec::with_capacity(task.milestones.len());
    for milestone in &task.milestones {
        let Some(name) = &milestone.on else { continue };
        let on = MilestoneName::new(name.clone())
            .ok_or_else(|| Failure::new(format!("the milestone {name:?} has no usable name")))?;
        milestones.push(Milestone { pct: milestone.pct, on });
    }
    Ok(SettleSpec {
        rail: task.rail,
        amount: Money { amount: task.amount.clone(), currency: Some(task.currency) },
        currency: None,
        milestones: (!milestones.is_empty()).then_some(milestones),
    })
}

impl Delegate {
    pub(super) async fn run(self, remote: &Remote) -> Result<EnvelopeAccepted, Failure> {
        let step = Step::after(remote, self.parent).await?;
        let settle = accepted_terms(&step.task)?;
        let max_budget = self.max_budget.map(|amount| Money { amount, currency: None });
        let policy = (max_budget.is_some() || self.jurisdiction.is_some())
            .then_some(PolicySpec { max_budget, jurisdiction: self.jurisdiction });
        step.send(build::delegate(step.header().await?, None, settle, policy)?).await
    }
}

impl Execute {
    pub(super) async fn run(self, remote: &Remote) -> Result<EnvelopeAccepted, Failure> {
        let output_hash = self.made.digest()?;
        let step = Step::after(remote, self.parent).await?;
        let (milestone, model) = (self.milestone, self.model);
        let execute = amp::Execute { milestone, output_hash, model, input_hash: None };
        step.send(build::execute(step.header().await?, &execute)?).await
    }
}

impl Settle {
    pub(super) async fn run(self, remote: &Remote) -> Result<EnvelopeAccepted, Failure> {
        let result_hash = self.made.digest()?;
        let step = Step::after(remote, self.parent).await?;
        let settle = amp::Settle { milestone: None, result_hash };
        step.send(build::settle(step.header().await?, &settle)?).await
    }
}

impl Attest {
    pub(super) async fn run(self, remote: &Remote) -> Result<EnvelopeAccepted, Failure> {
        let step = Step::after(remote, self.parent).await?;
        let verdict = self.verdict.map(|verdict| match verdict {
            VerdictArg::Accept => amp::Verdict::Accept,
            VerdictArg::Reject => amp::Verdict::Reject,
        });
        let (of, score, rating) = (step.parent, self.score, self.rating);
        let attest = amp::Attest { of, verdict, score, rating };
        step.send(build::attest(step.header().await?, &attest)?).await
    }
}

impl Revoke {
    pub(super) async fn run(self, remote: &Remote) -> Result<EnvelopeAccepted, Failure> {
        let step = Step::after(remote, self.parent).await?;
        let revoke = amp::Revoke { of: step.parent, reason: self.reason };
        step.send(build::revoke(step.header().await?, &revoke)?).await
    }
}
