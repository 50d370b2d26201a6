//! All grants by id, found by who holds them for whom and counted by who gave them.
//!
//! What somebody may do for somebody else is looked for among the grants between those two alone,
//! so grants of others, however many, cost nobody time and take nobody's place. Deliberately
//! absent: lists by issuer, which the read models have.

use hansa_types::GrantId;
use serde::{Deserialize, Serialize};
use smallvec::SmallVec;

use super::slots::{Slot, Slots};
use super::{Ended, Grant};
use crate::limits::{GRANTS_ENDED_LOOKED_AT_MAX, GRANTS_ENDED_MAX, GRANTS_ENDED_PER_ISSUER_MAX};
use crate::principal::Handle;
use crate::state::Map;

/// All grants. What only finds and counts them is rebuilt after a snapshot.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Grants {
    all: Slots,
    #[serde(skip)]
    held: Map<Between, Held>,
    #[serde(skip)]
    given: Map<(Handle, Handle), usize>,
    #[serde(skip)]
    issuers: Map<Handle, Issued>,
}

/// Who acts for whom.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct Between {
    holder: Handle,
    root: Handle,
}

/// The grants by which one principal acts for another and where they lie, each list in the order of
/// the ids.
#[derive(Debug, Clone, Default)]
struct Held {
    live: Places,
    ended: Places,
}

/// Grants and where they lie. A single one takes no look elsewhere in memory.
type Places = SmallVec<[(GrantId, Slot); 1]>;

/// How many grants somebody gave that are remembered.
#[derive(Debug, Clone, Copy, Default)]
struct Issued {
    live: usize,
    ended: usize,
}

impl Grants {
    pub(crate) fn new(hasher: &ahash::RandomState) -> Self {
        let all = Slots::new(hasher);
        let (held, given, issuers) = (Map::new(hasher), Map::new(hasher), Map::new(hasher));
        Self { all, held, given, issuers }
    }

    pub(crate) fn reindex(&mut self, hasher: &ahash::RandomState) {
        let before = std::mem::replace(self, Self::new(hasher));
        let mut all = before.all;
        all.rehash(hasher);
        let mut links: Vec<(GrantId, Link)> =
            all.iter().map(|(id, grant)| (id, Link::of(grant))).collect();
        links.sort_unstable_by_key(|(id, _)| *id);
        self.all = all;
        for (id, link) in links {
            self.index(id, link);
        }
    }

    fn index(&mut self, id: GrantId, link: Link) {
        let held = self.held.entry(link.between).or_default();
        let list = if link.ended { &mut held.ended } else { &mut held.live };
        if let (Err(place), Some(slot)) = (position(list, id), self.all.find(id)) {
            list.insert(place, (id, slot));
        }
        let issued = self.issuers.entry(link.issuer).or_default();
        match link.ended {
            true => issued.ended += 1,
            false => {
                issued.live += 1;
                *self.given.entry((link.issuer, link.between.holder)).or_default() += 1;
            }
        }
    }

    fn forget(&mut self, id: GrantId, link: Link) {
        if let Some(held) = self.held.get_mut(&link.between) {
            let list = if link.ended { &mut held.ended } else { &mut held.live };
            if let Ok(place) = position(list, id) {
                list.remove(place);
            }
            if held.live.is_empty() && held.ended.is_empty() {
                self.held.remove(&link.between);
            }
        }
        if let Some(issued) = self.issuers.get_mut(&link.issuer) {
            let count = if link.ended { &mut issued.ended } else { &mut issued.live };
            *count = count.saturating_sub(1);
            if issued.live == 0 && issued.ended == 0 {
                self.issuers.remove(&link.issuer);
            }
        }
        let given = (link.issuer, link.between.holder);
        if let Some(count) = self.given.get_mut(&given).filter(|_| !link.ended) {
            *count = count.saturating_sub(1);
            if *count == 0 {
                self.given.remove(&given);
            }
        }
    }

    /// A grant.
    pub fn get(&self, id: &GrantId) -> Option<&Grant> {
        self.all.at(self.all.find(*id)?, *id)
    }

    /// The grant above another, if it is kept still.
    pub fn above(&self, grant: &Grant) -> Option<(GrantId, &Grant)> {
        let id = grant.parent?;
        Some((id, self.all.at(grant.above?, id)?))
    }

    /// Changes a grant and those above it.
    pub(super) fn change_chain(&mut self, id: GrantId, change: impl Fn(&mut Grant)) {
        let mut next = self.all.find(id).map(|slot| (slot, id));
        while let Some(grant) = next.and_then(|(slot, id)| self.all.at_mut(slot, id)) {
            change(grant);
            next = grant.above.zip(grant.parent);
        }
    }

    /// How many there are, live or remembered.
    pub fn len(&self) -> usize {
        self.all.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// The grants by which one principal may act for another and that have not ended themselves, in
    /// the order of their ids.
    pub fn held(
        &self,
        holder: Handle,
        root: Handle,
    ) -> impl DoubleEndedIterator<Item = (GrantId, &Grant)> {
        let held = self.held.get(&Between { holder, root }).map_or(&[][..], |held| &held.live[..]);
        held.iter().filter_map(|&(id, slot)| Some((id, self.all.at(slot, id)?)))
    }

    /// The last few of such grants that have ended, while they are remembered, the newest first.
    pub(super) fn ended(
        &self,
        holder: Handle,
        root: Handle,
    ) -> impl Iterator<Item = (GrantId, &Grant)> {
        let held = self.held.get(&Between { holder, root }).map_or(&[][..], |held| &held.ended[..]);
        let last = held.iter().rev().take(GRANTS_ENDED_LOOKED_AT_MAX);
        last.filter_map(|&(id, slot)| Some((id, self.all.at(slot, id)?)))
    }

    /// Everybody who holds a grant to act for a principal, in no order.
    pub(crate) fn holders_for(&self, root: Handle) -> impl Iterator<Item = Handle> {
        let live =
            self.held.iter().filter(move |(key, held)| key.root == root && !held.live.is_empty());
        live.map(|(key, _)| key.holder)
    }

    /// How many live grants one principal holds to act for another.
    pub(super) fn held_len(&self, holder: Handle, root: Handle) -> usize {
        self.held.get(&Between { holder, root }).map_or(0, |held| held.live.len())
    }

    /// How many live grants somebody gave somebody.
    pub(super) fn given_len(&self, issuer: Handle, holder: Handle) -> usize {
        self.given.get(&(issuer, holder)).copied().unwrap_or_default()
    }

    /// How many live grants somebody gave.
    pub(super) fn issued_len(&self, issuer: Handle) -> usize {
        self.issuers.get(&issuer).map_or(0, |issued| issued.live)
    }

    /// A grant and those above it that are kept still, the nearest first.
    pub fn chain(&self, id: GrantId) -> impl Iterator<Item = (GrantId, &Grant)> {
        let first = self.get(&id).map(|grant| (id, grant));
        std::iter::successors(first, |(_, grant)| self.above(grant))
    }

    pub(super) fn insert(&mut self, id: GrantId, grant: Grant) {
        let link = Link::of(&grant);
        self.all.insert(id, grant);
        self.index(id, link);
    }

    /// Ends a grant. Says whether it is remembered to have ended so: of those of an issuer beyond very
    /// many nothing stays, nor where the state is half full of grants.
    pub(super) fn end(&mut self, id: GrantId, how: Ended) -> bool {
        let half_full = self.all.len() > GRANTS_ENDED_MAX;
        let grant = self.all.find(id).and_then(|slot| self.all.at_mut(slot, id));
        let Some(grant) = grant.filter(|grant| grant.ended.is_none()) else {
            return false;
        };
        let link = Link::of(grant);
        grant.ended = Some(how);
        self.forget(id, link);
        let ended = self.issuers.get(&link.issuer).map_or(0, |issued| issued.ended);
        if half_full || ended >= GRANTS_ENDED_PER_ISSUER_MAX {
            self.all.remove(id);
            return false;
        }
        self.index(id, Link { ended: true, ..link });
        true
    }

    pub(super) fn remove(&mut self, id: GrantId) {
        if let Some(grant) = self.all.remove(id) {
            self.forget(id, Link::of(&grant));
        }
    }
}

/// What a grant is found and counted by.
#[derive(Debug, Clone, Copy)]
struct Link {
    between: Between,
    issuer: Handle,
    ended: bool,
}

/// Where an id is in a list, or would be.
fn position(list: &[(GrantId, Slot)], id: GrantId) -> Result<usize, usize> {
    list.binary_search_by_key(&id, |(id, _)| *id)
}

impl Link {
    fn of(grant: &Grant) -> Self {
        let between = Between { holder: grant.holder, root: grant.root };
        Self { between, issuer: grant.issuer, ended: grant.ended.is_some() }
    }
}
