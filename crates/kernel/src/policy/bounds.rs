//! Native bounds: what a policy set says without being evaluated.
//!
//! Most payments are small and ordinary. A set that publishes bounds lets those pass, or asks for an
//! approval, by two comparisons on the writer; they hold with the engine dead.

use hansa_types::{Amount, CurrencyCode};
use serde::{Deserialize, Serialize};

use super::Verdict;
use crate::grant::Action;

/// What is decided by the amount alone, for one action and currency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bound {
    /// Which actions.
    pub action: Action,
    /// In which currency.
    pub currency: CurrencyCode,
    /// The most that is allowed without a further look.
    pub allow_up_to: Amount,
    /// The most for which an approval is enough, the same where there is nothing between; beyond it
    /// the rules decide.
    pub approve_up_to: Amount,
}

/// What the bounds say of an act; nothing where the rules have to.
pub(super) fn verdict(
    bounds: &[Bound],
    action: &str,
    money: (CurrencyCode, Amount),
) -> Option<Verdict> {
    let (currency, amount) = money;
    let covers = |bound: &&Bound| bound.currency == currency && bound.action.covers(action);
    // Of several bounds the strictest counts, so the rules decide where one leaves it to them.
    let said = bounds.iter().filter(covers).map(|bound| bound.verdict(amount));
    said.reduce(|one, other| Some(one?.max(other?))).flatten()
}

impl Bound {
    fn verdict(&self, amount: Amount) -> Option<Verdict> {
        match amount {
            amount if amount <= self.allow_up_to => Some(Verdict::Allow),
            amount if amount <= self.approve_up_to => Some(Verdict::RequireApproval),
            _ => None,
        }
    }
}
