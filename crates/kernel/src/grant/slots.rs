//! Where grants lie: each in a slot, found by its id, and from a grant the one above it at once.
//!
//! Every use walks up a chain, so a link knows the slot of its parent. A slot is free again once its
//! grant is forgotten, and another may lie there: whose it is now is looked at before it counts.

use std::collections::BTreeMap;

use hansa_types::GrantId;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::Grant;
use crate::state::Map;

/// The place of a grant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Slot(u32);

/// All grants.
#[derive(Debug, Clone, Default)]
pub(super) struct Slots {
    grants: Vec<Option<(GrantId, Grant)>>,
    free: Vec<Slot>,
    by_id: Map<GrantId, Slot>,
}

impl Slots {
    pub(super) fn new(hasher: &ahash::RandomState) -> Self {
        Self { grants: Vec::new(), free: Vec::new(), by_id: Map::new(hasher) }
    }

    pub(super) fn rehash(&mut self, hasher: &ahash::RandomState) {
        self.by_id.rehash(hasher);
    }

    pub(super) fn len(&self) -> usize {
        self.by_id.len()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.by_id.is_empty()
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (GrantId, &Grant)> {
        self.grants.iter().flatten().map(|(id, grant)| (*id, grant))
    }

    pub(super) fn find(&self, id: GrantId) -> Option<Slot> {
        self.by_id.get(&id).copied()
    }

    /// What lies in a slot, if it is the grant of this id still.
    pub(super) fn at(&self, slot: Slot, id: GrantId) -> Option<&Grant> {
        let kept = self.grants.get(slot.0 as usize)?.as_ref()?;
        (kept.0 == id).then_some(&kept.1)
    }

    /// The same, to change it.
    pub(super) fn at_mut(&mut self, slot: Slot, id: GrantId) -> Option<&mut Grant> {
        let kept = self.grants.get_mut(slot.0 as usize)?.as_mut()?;
        (kept.0 == id).then_some(&mut kept.1)
    }

    /// Keeps a grant whose parent, if it has one, is kept already.
    pub(super) fn insert(&mut self, id: GrantId, grant: Grant) {
        let above = grant.parent.and_then(|parent| self.find(parent));
        let kept = Some((id, Grant { above, ..grant }));
        let slot = match self.free.pop() {
            Some(slot) => {
                self.grants[slot.0 as usize] = kept;
                slot
            }
            None => {
                let slot = u32::try_from(self.grants.len());
                self.grants.push(kept);
                Slot(slot.unwrap_or_else(|_| panic!("fewer grants than 2^32")))
            }
        };
        self.by_id.insert(id, slot);
    }

    pub(super) fn remove(&mut self, id: GrantId) -> Option<Grant> {
        let slot = self.by_id.remove(&id)?;
        self.free.push(slot);
        self.grants[slot.0 as usize].take().map(|(_, grant)| grant)
    }
}

impl Serialize for Slots {
    /// In the order of the ids, wherever each lies.
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        let mut sorted: Vec<(GrantId, &Grant)> = self.iter().collect();
        sorted.sort_unstable_by_key(|(id, _)| *id);
        s.collect_map(sorted)
    }
}

impl<'de> Deserialize<'de> for Slots {
    /// To be rehashed, as a snapshot is read.
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let mut grants: Vec<(GrantId, Grant)> =
            BTreeMap::<GrantId, Grant>::deserialize(d)?.into_iter().collect();
        // Those above come first.
        grants.sort_by_key(|(_, grant)| grant.depth);
        let mut slots = Self::default();
        for (id, grant) in grants {
            slots.insert(id, grant);
        }
        Ok(slots)
    }
}
