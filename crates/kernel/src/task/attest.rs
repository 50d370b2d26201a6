//! Judging claims and rating each other.
//!
//! An accepted claim posts the milestone's share; a refused one sends it back. When every
//! milestone is decided the task is settled, and only then may each side rate the other, once.

use hansa_types::{Code, EnvelopeId, Rejection, Vis};
use serde::{Deserialize, Serialize};

use super::negotiate::end;
use super::reputation::{ReputationKey, Side};
use super::step::{StepKind, View, actor, note, subject};
use super::work::{position, set};
use super::{MilestoneState, Stage, Work};
use crate::State;
use crate::admit::Permit;
use crate::decide::{Context, Draft};
use crate::entry::Entry;
use crate::event::Event;
use crate::limits::SCORE_MAX;
use crate::transfer::{VoidReason, refund_draft, release_draft};

/// Whether a claim is accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// The share is posted.
    Accept,
    /// The share goes back.
    Refuse,
}

/// What an attestation says.
pub(super) struct Judgement {
    pub(super) of: EnvelopeId,
    pub(super) verdict: Option<Verdict>,
    pub(super) score: Option<u16>,
    pub(super) rating: Option<u8>,
}

/// Data of `task.attested`. The entry's subject is the task.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Attested {
    /// Position of the milestone in the terms.
    pub milestone: u8,
    /// Whether the claim is accepted.
    pub verdict: Verdict,
    /// How well it was done, in thousandths.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub score: Option<u16>,
}

/// Data of `task.settled`. The entry's subject is the task.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settled {
    /// How many milestones were paid.
    pub paid: u8,
    /// How many were refused.
    pub refused: u8,
}

/// Data of `task.rated`. The entry's subject is the task, its actor the side that rates.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rated {
    /// 1 to 5.
    pub stars: u8,
}

impl View<'_> {
    pub(super) fn attest(
        &self,
        permit: &Permit<'_>,
        judgement: &Judgement,
        ctx: &mut Context<'_>,
        out: &mut Vec<Draft>,
    ) -> Result<(), Rejection> {
        self.follows(StepKind::Claim)?;
        if judgement.of != self.parent {
            return Err(Rejection::new(Code::ParentMismatch, "payload.of: not the parent"));
        }
        if judgement.verdict.is_none() && judgement.rating.is_none() {
            return Err(Rejection::new(Code::MissingField, "payload: a verdict, a rating or both"));
        }
        let mut settled = self.task.stage == Stage::Settled;
        if let Some(verdict) = judgement.verdict {
            settled = self.judge(permit, verdict, judgement.score, ctx, out)?;
        }
        match judgement.rating {
            Some(stars) => self.rate(settled, stars, ctx, out),
            None => Ok(()),
        }
    }

    /// Returns whether the task is settled by it.
    fn judge(
        &self,
        permit: &Permit<'_>,
        verdict: Verdict,
        score: Option<u16>,
        ctx: &mut Context<'_>,
        out: &mut Vec<Draft>,
    ) -> Result<bool, Rejection> {
        self.only_payer()?;
        self.in_escrow()?;
        if score.is_some_and(|score| score > SCORE_MAX) {
            return Err(Rejection::new(
                Code::InvalidField,
                "payload.score: 0 to 1,000 thousandths",
            ));
        }
        let milestone = usize::from(self.step.milestone);
        if self.task.milestones[milestone] != MilestoneState::Claimed {
            return Err(Code::MilestoneState.into());
        }
        let attested = Attested { milestone: position(milestone)?, verdict, score };
        let event = Event::TaskAttested(attested);
        out.push(Draft::new(ctx.entry_id(), Vis::Parties, event).about(self.id));
        let hold = self.task.hold.ok_or(Code::EscrowSpent)?;
        let share = self.task.terms.share(milestone);
        out.push(match verdict {
            Verdict::Accept => release_draft(permit, ctx, hold, share)?,
            Verdict::Refuse => refund_draft(permit.state(), ctx, hold, share, VoidReason::Refused)?,
        });
        let settled = self.settled_by(milestone, verdict);
        if let Some(settled) = settled.clone() {
            let event = Event::TaskSettled(settled);
            out.push(Draft::new(ctx.entry_id(), Vis::Parties, event).about(self.id));
        }
        Ok(settled.is_some())
    }

    fn settled_by(&self, milestone: usize, verdict: Verdict) -> Option<Settled> {
        let mut settled = Settled { paid: 0, refused: 0 };
        for (i, state) in self.task.milestones.iter().enumerate() {
            match (i == milestone, verdict, state) {
                (true, Verdict::Accept, _) | (false, _, MilestoneState::Paid) => settled.paid += 1,
                (true, Verdict::Refuse, _) | (false, _, MilestoneState::Refused) => {
                    settled.refused += 1;
                }
                _ => return None,
            }
        }
        Some(settled)
    }

    fn rate(
        &self,
        settled: bool,
        stars: u8,
        ctx: &mut Context<'_>,
        out: &mut Vec<Draft>,
    ) -> Result<(), Rejection> {
        if !(1..=5).contains(&stars) {
            return Err(Code::RatingInvalid.into());
        }
        if !settled {
            return Err(Rejection::new(
                Code::TaskState,
                "a rating waits until the task is settled",
            ));
        }
        let rated = if self.by_payer { self.task.rated_by_payer } else { self.task.rated_by_agent };
        if rated {
            return Err(Code::RatingRepeated.into());
        }
        let event = Event::TaskRated(Rated { stars });
        out.push(Draft::new(ctx.entry_id(), Vis::Public, event).about(self.id));
        Ok(())
    }
}

pub(crate) fn apply_attested(state: &mut State, entry: &Entry, attested: &Attested) {
    note(state, entry, StepKind::Attestation, attested.milestone);
    let to = match attested.verdict {
        Verdict::Accept => MilestoneState::Paid,
        Verdict::Refuse => MilestoneState::Refused,
    };
    set(state, entry, attested.milestone, to);
}

pub(crate) fn apply_settled(state: &mut State, entry: &Entry, settled: &Settled) {
    let id = subject(entry);
    let work = if settled.refused == 0 { Work::Completed } else { Work::Failed };
    end(state, entry, id, Stage::Settled, work);
    let task = state.tasks.get_mut(id);
    let (payer, agent, skill) = (task.payer, task.agent, task.skill);
    for (principal, side) in [(agent, Side::Agent), (payer, Side::Payer)] {
        let key = ReputationKey { principal, skill, side };
        let reputation = state.reputations.entry(key).or_default();
        match work {
            Work::Completed => reputation.completed += 1,
            _ => reputation.failed += 1,
        }
    }
}

pub(crate) fn apply_rated(state: &mut State, entry: &Entry, rated: &Rated) {
    note(state, entry, StepKind::Attestation, 0);
    let by = actor(state, entry);
    let task = state.tasks.get_mut(subject(entry));
    let by_payer = by == task.payer;
    let (principal, side) = match by_payer {
        true => (task.agent, Side::Agent),
        false => (task.payer, Side::Payer),
    };
    match by_payer {
        true => task.rated_by_payer = true,
        false => task.rated_by_agent = true,
    }
    let key = ReputationKey { principal, skill: task.skill, side };
    let reputation = state.reputations.entry(key).or_default();
    reputation.ratings += 1;
    reputation.stars += u64::from(rated.stars);
}
