//! Who may see an entry: the one question behind entries, exports and everything told from them.

use std::sync::Arc;

use hansa_kernel::org::Circle;
use hansa_kernel::{Entry, Event};
use hansa_types::{AnyId, PrincipalId, Vis};

/// What somebody may look at.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Sight {
    /// Who looks; nobody for a guest.
    pub principal: Option<PrincipalId>,
    /// Everything, as the node's owner.
    pub all: bool,
    /// All money entries, as an auditor: everybody's sight where the ledger is public.
    pub money: bool,
    /// Whose affairs they see for being in organizations.
    pub circle: Option<Arc<Circle>>,
}

impl Sight {
    /// Everything.
    pub const EVERYTHING: Sight = Sight { principal: None, all: true, money: true, circle: None };

    /// Whether an entry may be seen. The parties of a task's later steps are known to the read
    /// models, so here only who acted or is named sees them, and who may look into what those do.
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
            Vis::Parties => {
                let subject = match entry.subject {
                    Some(AnyId::Principal(subject)) => Some(subject),
                    _ => None,
                };
                [entry.actor, subject].into_iter().flatten().any(|party| self.sees(party))
            }
            Vis::Org => self.is_of_org(entry),
            Vis::Node => false,
        }
    }

    /// Whether they see what a principal does: their own affairs, and those of their circle.
    fn sees(&self, party: PrincipalId) -> bool {
        self.principal == Some(party)
            || self.circle.as_ref().is_some_and(|circle| circle.contains(party))
    }

    /// Whether they see the affairs of the organization that an entry is about, or are the member
    /// of it that the entry names.
    fn is_of_org(&self, entry: &Entry) -> bool {
        let org = match entry.subject {
            Some(AnyId::Principal(org)) => org,
            _ => return false,
        };
        let sees_whole = self.circle.as_ref().is_some_and(|circle| circle.whole.contains(&org));
        sees_whole || self.principal.is_some_and(|looker| names(&entry.event, looker))
    }
}

/// Whether an event of an organization is about this member of it.
fn names(event: &Event, member: PrincipalId) -> bool {
    match event {
        Event::MemberJoined(joined) => joined.member == member,
        Event::MemberRoleChanged(changed) => changed.member == member,
        Event::MemberLeft(left) => left.member == member,
        Event::OrgOwnerTransferred(done) => [done.from, done.member].contains(&member),
        Event::TeamJoined(joined) => joined.member == member,
        Event::TeamLeft(left) => left.member == member,
        _ => false,
    }
}
