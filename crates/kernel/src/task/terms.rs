//! What is agreed: how much, on which rail, for which milestones, until when.

use hansa_types::{Amount, Code, CurrencyCode, Digest, Label, Rejection, Time};
use serde::{Deserialize, Serialize};

use crate::limits::{DEADLINE_MAX, MILESTONES_MAX};

/// When the escrow pays.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Rail {
    /// A share for each milestone.
    #[serde(rename = "amp-escrow")]
    Escrow,
    /// Everything on success, everything back on failure.
    #[serde(rename = "amp-outcome")]
    Outcome,
}

/// A milestone of the terms.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MilestoneTerms {
    /// Its share in percent.
    pub pct: u8,
    /// The label of its name.
    pub on: Label,
}

/// The terms of a task.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Terms {
    /// In which currency.
    pub currency: CurrencyCode,
    /// The whole price.
    pub amount: Amount,
    /// When the escrow pays.
    pub rail: Rail,
    /// Milestones of the escrow rail, none on the outcome rail.
    pub milestones: Vec<MilestoneTerms>,
    /// When the task ends by itself.
    pub deadline: Option<Time>,
    /// Digest of the service level agreement in its canonical form.
    pub sla: Option<Digest>,
}

/// [`Terms`] in a line, which omits what they leave open.
#[derive(Serialize, Deserialize)]
#[serde(remote = "Terms", deny_unknown_fields)]
pub(super) struct TermsLine {
    currency: CurrencyCode,
    amount: Amount,
    rail: Rail,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    milestones: Vec<MilestoneTerms>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    deadline: Option<Time>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    sla: Option<Digest>,
}

impl Terms {
    /// Refuses terms that contradict themselves.
    pub(crate) fn check(&self, now: Time) -> Result<(), Rejection> {
        if self.amount == Amount::ZERO {
            return Err(Code::AmountZero.into());
        }
        if self.deadline.is_some_and(|at| at <= now || at > now.after(DEADLINE_MAX)) {
            return Err(Code::DeadlineInvalid.into());
        }
        let refuse = |detail: &'static str| Err(Rejection::new(Code::MilestonesInvalid, detail));
        match self.rail {
            Rail::Outcome if !self.milestones.is_empty() => {
                refuse("amp-outcome pays as a whole and has no milestones")
            }
            Rail::Outcome => Ok(()),
            Rail::Escrow => self.check_milestones(),
        }
    }

    fn check_milestones(&self) -> Result<(), Rejection> {
        let refuse = |detail: &'static str| Err(Rejection::new(Code::MilestonesInvalid, detail));
        if self.milestones.is_empty() || self.milestones.len() > MILESTONES_MAX {
            return refuse("1 to 32 milestones");
        }
        if self.milestones.iter().map(|m| u32::from(m.pct)).sum::<u32>() != 100 {
            return refuse("the percentages do not sum to 100");
        }
        if self.milestones.iter().any(|m| m.pct == 0) {
            return refuse("a percentage is at least 1");
        }
        let mut names: Vec<Label> = self.milestones.iter().map(|m| m.on).collect();
        names.sort_unstable();
        if names.windows(2).any(|pair| pair[0] == pair[1]) {
            return refuse("two milestones have the same name");
        }
        if (0..self.milestones.len()).any(|i| self.share(i) == Amount::ZERO) {
            return refuse("a milestone's share is less than one minor unit");
        }
        Ok(())
    }

    /// How many parts the price is paid in.
    pub fn parts(&self) -> usize {
        self.milestones.len().max(1)
    }

    /// A milestone's share of the price; what rounding leaves goes to the last.
    pub fn share(&self, milestone: usize) -> Amount {
        let part = |pct: u8| self.amount.portion(u128::from(pct), 100).unwrap_or(Amount::ZERO);
        if milestone + 1 < self.parts() {
            return part(self.milestones[milestone].pct);
        }
        let before = self.milestones.iter().rev().skip(1).map(|m| part(m.pct).0).sum::<u128>();
        self.amount.minus(Amount(before)).unwrap_or(Amount::ZERO)
    }

    /// The position of a milestone by its label. On the outcome rail the whole has no name.
    pub fn milestone(&self, name: Option<Label>) -> Result<usize, Rejection> {
        let unknown = || Rejection::from(Code::MilestoneUnknown);
        match (self.rail, name) {
            (Rail::Outcome, None) => Ok(0),
            (Rail::Outcome, Some(_)) => Err(unknown()),
            (Rail::Escrow, Some(name)) => {
                self.milestones.iter().position(|m| m.on == name).ok_or_else(unknown)
            }
            (Rail::Escrow, None) => {
                Err(Rejection::new(Code::MissingField, "payload.milestone: required on amp-escrow"))
            }
        }
    }
}
