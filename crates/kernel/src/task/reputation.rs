//! Reputation: accumulators per principal, skill and side, fed by settled work alone.
//!
//! A settled task counts for both its sides: for the agent as work done, for the payer as work paid.

use std::collections::BTreeMap;

use hansa_types::Label;
use serde::{Deserialize, Serialize};

use crate::principal::Handle;

/// In which role somebody is judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Side {
    /// As the one who works.
    Agent,
    /// As the one who pays.
    Payer,
}

/// Whose reputation, for what, as what.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ReputationKey {
    /// Whose.
    pub principal: Handle,
    /// For which skill.
    pub skill: Label,
    /// In which role.
    pub side: Side,
}

/// What is known. It cannot be moved to another principal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Reputation {
    /// Tasks settled with every milestone paid.
    pub completed: u64,
    /// Tasks settled with a milestone refused.
    pub failed: u64,
    /// How often it was rated.
    pub ratings: u64,
    /// Sum of the ratings, each 1 to 5.
    pub stars: u64,
}

/// All reputations.
pub type Reputations = BTreeMap<ReputationKey, Reputation>;

impl Reputation {
    /// The mean rating in thousandths of a star, if there is one.
    pub fn mean_milli(&self) -> Option<u64> {
        (self.stars * 1_000).checked_div(self.ratings)
    }
}
