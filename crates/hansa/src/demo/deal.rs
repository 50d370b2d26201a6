//! What alice and bob agree on, and the envelopes they agreed by.

use hansa_types::{EnvelopeId, TaskId};
use hansa_wire::amp::{Milestone, MilestoneName, Money, Rail, SettleSpec};
use hansa_wire::api::tasks::{Task, TaskGet};
use serde_json::Value;

use super::cast::{Cast, amount, currency};
use crate::failure::Failure;

/// The names of the milestones.
pub(super) const MILESTONES: [&str; 2] = ["draft_ready", "filed_confirmed"];

/// A negotiation that has begun.
pub(super) struct Offered {
    /// The task.
    pub(super) task: TaskId,
    /// The envelope that began it.
    pub(super) id: EnvelopeId,
    /// As it was signed.
    pub(super) envelope: Value,
}

/// Terms that both agreed to.
pub(super) struct Agreed {
    /// The task.
    pub(super) task: TaskId,
    /// The offer, as it was signed.
    pub(super) offer: Value,
    /// The acceptance.
    pub(super) acceptance: EnvelopeId,
}

/// Work whose money is in escrow.
pub(super) struct Deal {
    /// The task.
    pub(super) task: TaskId,
    /// The offer, as it was signed.
    pub(super) offer: Value,
    /// The delegation.
    pub(super) delegation: EnvelopeId,
}

/// How the work is paid: a whole amount in two halves.
pub(super) fn terms(whole: &str) -> Result<SettleSpec, Failure> {
    let milestones =
        MILESTONES.map(|name| MilestoneName::new(name).map(|on| Milestone { pct: 50, on }));
    Ok(SettleSpec {
        rail: Rail::Escrow,
        amount: Money { amount: amount(whole)?, currency: Some(currency()?) },
        currency: None,
        milestones: milestones.into_iter().collect(),
    })
}

/// The task as alice sees it.
pub(super) async fn task(cast: &Cast, task: TaskId) -> Result<Task, Failure> {
    let task = cast.alice.remote.call(&TaskGet { task }).await?;
    task.contract().ok_or_else(|| Failure::new("the task is no contract"))
}
