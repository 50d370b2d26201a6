//! Memories: what an agent keeps for itself, each sealed under a key of its own.
//!
//! The state knows whose a memory is and how large; text, label and tags lie sealed in the vault, and
//! the entry that says a memory was written has their salted digests. An entry that says one was
//! erased is what its key, salts and rows are destroyed by, in the same batch. Whoever manages an agent
//! manages its memories; the node's owner as such does not.
//!
//! A memory leaves the state when it is deleted, when its agent is erased, and when the person is
//! erased whom its agent belongs to.
//!
//! Deliberately absent: changing one, sharing one, and everything that would have to read one.

use std::collections::{BTreeMap, BTreeSet};

use hansa_types::{AnyId, Code, Digest, MemoryId, PrincipalId, Rejection, Time, Vis};
use serde::{Deserialize, Serialize};

use crate::State;
use crate::admit::{Permit, Sphere};
use crate::command::Rules;
use crate::decide::{Context, Draft};
use crate::entry::Entry;
use crate::event::Event;
use crate::grant::{self, Use};
use crate::limits::{
    MEMORIES_MAX, MEMORIES_PER_AGENT_MAX, MEMORY_BYTES_MAX, MEMORY_BYTES_PER_AGENT_MAX,
};
use crate::principal::Handle;

/// Keep a memory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Write {
    /// The memory.
    pub id: MemoryId,
    /// Whose it is.
    pub agent: PrincipalId,
    /// Bytes of its content.
    pub bytes: u32,
    /// Salted digest of its content.
    pub content: Digest,
    /// Salted digest of what is said about it: its media type, label and tags.
    pub about: Digest,
}

/// Erase a memory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delete {
    /// Which.
    pub id: MemoryId,
}

/// Data of `memory.written`. The entry's id is the memory, its subject the agent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Written {
    /// Bytes of its content.
    pub bytes: u32,
    /// Salted digest of its content.
    pub content: Digest,
    /// Salted digest of what is said about it.
    pub about: Digest,
}

/// Data of `memory.erased`. The entry's subject is the agent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Erased {
    /// Which memory.
    pub memory: MemoryId,
    /// Bytes that its content had.
    pub bytes: u32,
}

/// Data of `memories.erased`: all that an agent had. The entry's subject is the agent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AllErased {
    /// How many there were.
    pub count: u32,
}

/// What the state keeps of a memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    /// Whose it is.
    pub agent: Handle,
    /// Bytes of its content.
    pub bytes: u32,
    /// The entry that recorded it.
    pub seq: u64,
    /// When it was written.
    pub at: Time,
}

/// The memories of one agent.
#[derive(Debug, Clone, Default)]
struct Shelf {
    ids: BTreeSet<MemoryId>,
    bytes: u64,
}

/// All memories.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Memories {
    by_id: BTreeMap<MemoryId, Kept>,
    #[serde(skip)]
    by_agent: BTreeMap<Handle, Shelf>,
}

impl Memories {
    /// Finds again what a snapshot leaves out.
    pub(crate) fn reindex(&mut self) {
        self.by_agent.clear();
        for (id, kept) in std::mem::take(&mut self.by_id) {
            self.insert(id, kept);
        }
    }

    /// What is known of a memory.
    pub fn get(&self, id: MemoryId) -> Option<Kept> {
        self.by_id.get(&id).copied()
    }

    /// The memories of an agent, the latest first, from behind `after` on.
    pub fn of(
        &self,
        agent: Handle,
        after: Option<MemoryId>,
    ) -> impl Iterator<Item = (MemoryId, Kept)> {
        let ids = self.by_agent.get(&agent).map(|shelf| match after {
            Some(after) => shelf.ids.range(..after),
            None => shelf.ids.range::<MemoryId, _>(..),
        });
        ids.into_iter().flatten().rev().filter_map(move |id| Some((*id, self.get(*id)?)))
    }

    /// How many memories an agent has.
    pub fn count_of(&self, agent: Handle) -> usize {
        self.by_agent.get(&agent).map_or(0, |shelf| shelf.ids.len())
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.by_id.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.by_id.is_empty()
    }

    fn insert(&mut self, id: MemoryId, kept: Kept) {
        self.by_id.insert(id, kept);
        let shelf = self.by_agent.entry(kept.agent).or_default();
        shelf.ids.insert(id);
        shelf.bytes += u64::from(kept.bytes);
    }

    fn remove(&mut self, id: MemoryId) {
        let Some(kept) = self.by_id.remove(&id) else { return };
        let Some(shelf) = self.by_agent.get_mut(&kept.agent) else { return };
        shelf.ids.remove(&id);
        shelf.bytes = shelf.bytes.saturating_sub(u64::from(kept.bytes));
        if shelf.ids.is_empty() {
            self.by_agent.remove(&kept.agent);
        }
    }

    /// Forgets all that an agent had.
    pub(crate) fn forget(&mut self, agent: Handle) {
        for id in self.by_agent.remove(&agent).unwrap_or_default().ids {
            self.by_id.remove(&id);
        }
    }
}

impl State {
    /// Whether somebody may do something with the memories of an agent: the agent itself, whoever
    /// manages it, and whom it granted this.
    pub fn may_with_memories(
        &self,
        asker: PrincipalId,
        agent: PrincipalId,
        action: &str,
        now: Time,
    ) -> bool {
        let found = (self.principals.find(asker), self.principals.find(agent));
        let (Some(asker), Some(agent)) = found else { return false };
        asker == agent
            || self.principals.get(agent).controller == Some(asker)
            || self.keeps_for_org(asker, agent)
            || grant::find(self, asker, &Use::new(agent, action, now)).is_ok()
    }

    /// The agents of a principal that have memories. An erasure asks for them, and nothing that is
    /// asked often.
    pub fn agents_with_memories(&self, controller: Handle) -> impl Iterator<Item = Handle> {
        let agents = self.memories.by_agent.keys().copied();
        agents.filter(move |agent| self.principals.get(*agent).controller == Some(controller))
    }

    /// Refuses what would be more than an agent, or the node, keeps.
    fn check_room(&self, agent: Handle, bytes: u32) -> Result<(), Rejection> {
        let full = |detail: &'static str| Err(Rejection::new(Code::StateFull, detail));
        let (count, kept) = match self.memories.by_agent.get(&agent) {
            Some(shelf) => (shelf.ids.len(), shelf.bytes),
            None => (0, 0),
        };
        if self.memories.len() >= MEMORIES_MAX {
            return full("the node keeps as many memories as it accepts");
        }
        if count >= MEMORIES_PER_AGENT_MAX {
            return full("an agent keeps at most 10,000 memories; delete some first");
        }
        if kept + u64::from(bytes) > MEMORY_BYTES_PER_AGENT_MAX {
            return full("an agent keeps at most 256 MiB of memories; delete some first");
        }
        Ok(())
    }
}

impl Rules for Write {
    fn sphere(&self, _: &State) -> Result<Sphere, Rejection> {
        Ok(Sphere::Managed(self.agent))
    }

    fn decide(
        &self,
        permit: &Permit<'_>,
        _: &mut Context<'_>,
        out: &mut Vec<Draft>,
    ) -> Result<(), Rejection> {
        let state = permit.state();
        let handle = state.living(self.agent)?;
        let refuse = |detail: &'static str| Err(Rejection::new(Code::InvalidField, detail));
        if handle == state.treasury()? || state.is_organization(handle) {
            return refuse("agent: only agents and persons have memories");
        }
        if self.bytes == 0 || self.bytes > MEMORY_BYTES_MAX {
            return refuse("content: 1 byte to 256 KiB");
        }
        state.check_room(handle, self.bytes)?;
        let written = Written { bytes: self.bytes, content: self.content, about: self.about };
        let event = Event::MemoryWritten(written);
        out.push(Draft::new(self.id, Vis::Parties, event).about(self.agent));
        Ok(())
    }
}

impl Rules for Delete {
    fn sphere(&self, state: &State) -> Result<Sphere, Rejection> {
        let kept = state.memories.get(self.id).ok_or(Code::NotFound)?;
        Ok(Sphere::Managed(state.principals.get(kept.agent).id))
    }

    fn decide(
        &self,
        permit: &Permit<'_>,
        ctx: &mut Context<'_>,
        out: &mut Vec<Draft>,
    ) -> Result<(), Rejection> {
        let state = permit.state();
        let kept = state.memories.get(self.id).ok_or(Code::NotFound)?;
        let agent = state.principals.get(kept.agent).id;
        let event = Event::MemoryErased(Erased { memory: self.id, bytes: kept.bytes });
        out.push(Draft::new(ctx.entry_id(), Vis::Parties, event).about(agent));
        Ok(())
    }
}

/// What goes with a principal that is erased: the memories of the agents that belong to it. Its own go
/// with its key.
pub(crate) fn erase_of_agents(
    state: &State,
    controller: Handle,
    ctx: &mut Context<'_>,
    out: &mut Vec<Draft>,
) {
    for agent in state.agents_with_memories(controller) {
        let count = u32::try_from(state.memories.count_of(agent)).unwrap_or(u32::MAX);
        let event = Event::MemoriesErased(AllErased { count });
        let agent = state.principals.get(agent).id;
        out.push(Draft::new(ctx.entry_id(), Vis::Parties, event).about(agent));
    }
}

pub(crate) fn apply_written(state: &mut State, entry: &Entry, written: &Written) {
    let (AnyId::Memory(id), Some(AnyId::Principal(agent))) = (entry.id, entry.subject) else {
        panic!("memory.written names the memory and its agent");
    };
    let agent = state.handle(agent);
    let kept = Kept { agent, bytes: written.bytes, seq: entry.seq, at: entry.ts };
    state.memories.insert(id, kept);
}

pub(crate) fn apply_erased(state: &mut State, _: &Entry, erased: &Erased) {
    state.memories.remove(erased.memory);
}

pub(crate) fn apply_all_erased(state: &mut State, entry: &Entry, _: &AllErased) {
    let Some(AnyId::Principal(agent)) = entry.subject else {
        panic!("memories.erased is about an agent");
    };
    let agent = state.handle(agent);
    state.memories.forget(agent);
}

#[cfg(test)]
mod tests {
    use super::*;

    const ADA: Handle = Handle(1);

    fn holding(count: usize, bytes: u32) -> State {
        let mut state = State::new([1; 4]);
        for number in 0..count {
            let kept = Kept { agent: ADA, bytes, seq: 1, at: Time(1) };
            state.memories.insert(MemoryId(number as u128), kept);
        }
        state
    }

    fn refused(state: &State, agent: Handle, bytes: u32) -> Option<Code> {
        state.check_room(agent, bytes).err().map(|rejection| rejection.code)
    }

    #[test]
    fn an_agent_has_a_number_of_memories() {
        let mut state = holding(MEMORIES_PER_AGENT_MAX - 1, 1);
        assert_eq!(refused(&state, ADA, 1), None);
        let kept = Kept { agent: ADA, bytes: 1, seq: 1, at: Time(1) };
        state.memories.insert(MemoryId(u128::MAX), kept);
        assert_eq!(refused(&state, ADA, 1), Some(Code::StateFull));
        assert_eq!(refused(&state, Handle(2), 1), None);
        state.memories.remove(MemoryId(0));
        assert_eq!(refused(&state, ADA, 1), None);
    }

    #[test]
    fn an_agents_memories_have_a_size_together() {
        let whole = MEMORY_BYTES_PER_AGENT_MAX / u64::from(MEMORY_BYTES_MAX);
        let mut state = holding(usize::try_from(whole).unwrap(), MEMORY_BYTES_MAX);
        assert_eq!(refused(&state, ADA, 1), Some(Code::StateFull));
        state.memories.remove(MemoryId(0));
        assert_eq!(refused(&state, ADA, MEMORY_BYTES_MAX), None);
        state.memories.reindex();
        assert_eq!(refused(&state, ADA, MEMORY_BYTES_MAX), None);
        state.memories.forget(ADA);
        assert!(state.memories.is_empty() && state.memories.by_agent.is_empty());
    }
}
