//! Who may see an entry: the one question behind entries, exports and everything told from them.

use hansa_kernel::{Entry, Event};
use hansa_types::{AnyId, PrincipalId, Vis};

/// What somebody may look at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Sight {
    /// Who looks; nobody for a guest.
    pub principal: Option<PrincipalId>,
    /// Everything, as the node's owner.
    pub all: bool,
    /// All money entries, as an auditor: everybody's sight where the ledger is public.
    pub money: bool,
}

impl Sight {
    /// Everything.
    pub const EVERYTHING: Sight = Sight { principal: None, all: true, money: true };

    /// Whether an entry may be seen. The parties of a task's later steps are known to the read
    /// models, so here only who acted or is named sees them.
    pub fn may_see(&self, entry: &Entry) -> bool {
        let is_money = matches!(
            entry.event,
            Event::TransferPosted(_)
                | Event::TransferPending(_)
                | Event::TransferVoided(_)
                | Event::MoneyMinted(_)
                | Event::MoneyBurned(_)
        );
        match entry.vis {
            Vis::Public => true,
            _ if self.all => true,
            Vis::Parties if is_money && self.money => true,
            Vis::Parties => self.principal.is_some_and(|looker| {
                entry.actor == Some(looker) || entry.subject == Some(AnyId::Principal(looker))
            }),
            Vis::Org | Vis::Node => false,
        }
    }
}
