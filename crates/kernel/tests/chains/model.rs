//! What should be true of chains of grants, said another way than the kernel says it.
//!
//! Instead of comparing patterns the model asks of each of a few samples whether a grant covers it;
//! instead of walking up it remembers the whole chain of each grant.

use hansa_crypto::PublicKey;
use hansa_kernel::grant::{Target, Terms};
use hansa_types::{Amount, GrantId, Jurisdiction, PrincipalId, Time, TransferId};

/// Operations that patterns are tried on.
const OPERATIONS: [&str; 6] =
    ["transfer_create", "transfer_post", "transfer_void", "mint_create", "grant_create", "other"];
/// Names that resources are tried on.
const THINGS: [&str; 5] = ["mcp:pay/send", "mcp:pay/read", "mcp:mail/send", "data:a", "x"];
/// Places that jurisdictions are tried on.
const PLACES: [&str; 4] = ["US", "US-NY", "DE", "FR"];

/// A grant as the model knows it.
#[derive(Debug, Clone)]
pub(super) struct Known {
    pub(super) id: GrantId,
    pub(super) holder: usize,
    pub(super) issuer: usize,
    pub(super) root: usize,
    /// Its own place and those of all above it.
    pub(super) chain: Vec<usize>,
    pub(super) terms: Terms,
    pub(super) ended: bool,
    pub(super) spent: u128,
    pub(super) uses: u64,
}

/// A payment that somebody wants to make for somebody.
#[derive(Debug, Clone, Copy)]
pub(super) struct Payment<'a> {
    pub(super) action: &'a str,
    pub(super) to: PrincipalId,
    pub(super) amount: Amount,
    pub(super) key: Option<PublicKey>,
    /// The transfer itself, where it is known already.
    pub(super) thing: Option<TransferId>,
    pub(super) now: Time,
}

/// All grants in the order they were made.
#[derive(Debug, Default)]
pub(super) struct Model {
    pub(super) grants: Vec<Known>,
}

impl Model {
    pub(super) fn find(&self, id: GrantId) -> usize {
        self.grants.iter().position(|known| known.id == id).expect("a grant that was made")
    }

    /// Whether every link of a chain is in force.
    pub(super) fn stands(&self, place: usize, now: Time) -> bool {
        let link = |&at: &usize| !self.grants[at].ended && self.grants[at].terms.expires > now;
        self.grants[place].chain.iter().all(link)
    }

    /// Whether a payment keeps to every limit of every link.
    pub(super) fn allows(&self, place: usize, wanted: &Payment<'_>) -> bool {
        let leaf = self.grants[place].terms.scope.as_ref().and_then(|scope| scope.key);
        self.stands(place, wanted.now)
            && leaf.is_none_or(|key| wanted.key == Some(key))
            && self.grants[place].chain.iter().all(|&at| self.link_allows(at, wanted))
    }

    fn link_allows(&self, at: usize, wanted: &Payment<'_>) -> bool {
        let Known { terms, spent, uses, .. } = &self.grants[at];
        let limits = &terms.limits;
        let scope = terms.scope.as_deref().cloned().unwrap_or_default();
        let amount = wanted.amount.0;
        terms.actions.iter().any(|action| action.covers(wanted.action))
            && limits.currency.is_none_or(|code| code.as_str() == "AVT")
            && limits.per_use.is_none_or(|most| amount <= most.0)
            && limits.total.is_none_or(|most| spent + amount <= most.0)
            && limits.uses_max.is_none_or(|most| *uses < most)
            && (scope.counterparties.is_empty() || scope.counterparties.contains(&wanted.to))
            && scope.jurisdictions.is_empty()
            && (scope.resources.is_empty()
                || wanted.thing.is_some_and(|id| {
                    scope.resources.iter().any(|name| name.covers(Target::Id(id.into())))
                }))
    }

    /// Charges a payment to a chain.
    pub(super) fn charge(&mut self, place: usize, amount: u128) {
        for at in self.grants[place].chain.clone() {
            self.grants[at].spent += amount;
            self.grants[at].uses += 1;
        }
    }

    /// That no link is wider than any above it, whatever way one looks at it.
    pub(super) fn check_narrower(&self, place: usize) {
        let (mine, chain) = (&self.grants[place].terms, &self.grants[place].chain);
        assert!(chain.len() <= 9, "at most eight links below the first");
        for (steps, &above) in chain.iter().enumerate().skip(1) {
            let theirs = &self.grants[above].terms;
            let depth = theirs.depth_max.map(usize::from);
            assert!(depth.is_none_or(|most| steps <= most), "too deep for {above}: {place}");
            assert!(mine.expires <= theirs.expires);
            for operation in OPERATIONS {
                let covers = |terms: &Terms| terms.actions.iter().any(|a| a.covers(operation));
                assert!(!covers(mine) || covers(theirs), "{operation}");
            }
            check_limits(mine, theirs);
            check_scope(mine, theirs);
        }
    }
}

fn check_limits(mine: &Terms, theirs: &Terms) {
    let (mine, theirs) = (&mine.limits, &theirs.limits);
    assert!(theirs.currency.is_none() || mine.currency == theirs.currency);
    let most = |limit: Option<Amount>| limit.map_or(u128::MAX, |amount| amount.0);
    assert!(most(mine.per_use) <= most(theirs.per_use));
    assert!(most(mine.total) <= most(theirs.total));
    assert!(mine.uses_max.unwrap_or(u64::MAX) <= theirs.uses_max.unwrap_or(u64::MAX));
}

fn check_scope(mine: &Terms, theirs: &Terms) {
    let of = |terms: &Terms| terms.scope.as_deref().cloned().unwrap_or_default();
    let (mine, theirs) = (of(mine), of(theirs));
    for thing in THINGS {
        let covers = |list: &[hansa_kernel::grant::Resource]| {
            list.is_empty() || list.iter().any(|name| name.covers(Target::Name(thing)))
        };
        assert!(!covers(&mine.resources) || covers(&theirs.resources), "{thing}");
    }
    for place in PLACES {
        let place: Jurisdiction = place.parse().unwrap();
        let covers =
            |list: &[Jurisdiction]| list.is_empty() || list.iter().any(|j| j.includes(&place));
        assert!(!covers(&mine.jurisdictions) || covers(&theirs.jurisdictions), "{place}");
    }
    let all = |list: &[PrincipalId]| list.iter().all(|id| theirs.counterparties.contains(id));
    let is_open = theirs.counterparties.is_empty();
    assert!(is_open || (!mine.counterparties.is_empty() && all(&mine.counterparties)));
    assert!(theirs.key.is_none() || mine.key.is_some());
}
