//! What was seen of foreign DIDs.
//!
//! A DID is kept as a digest, for its text is somebody else's: that of the SCID where it has one, so
//! that a move changes nothing, and of the whole DID otherwise. What was not seen again for
//! [`DID_SEEN_REMEMBERED`] is forgotten.

use hansa_types::{Code, Digest, Rejection, Time, Vis};
use serde::{Deserialize, Serialize};

use crate::State;
use crate::admit::{Permit, Sphere};
use crate::command::Rules;
use crate::decide::{Context, Draft};
use crate::due::Leaving;
use crate::entry::Entry;
use crate::event::Event;
use crate::limits::{DID_SEEN_REMEMBERED, DIDS_SEEN_MAX};

/// Record what was seen of a foreign DID.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pin {
    /// The DID.
    pub name: Digest,
    /// The number of the version that was seen; 0 where versions have none.
    pub version: u32,
    /// The version's hash, or that of the document.
    pub hash: Digest,
    /// The hash that was seen before, if any.
    pub replaces: Option<Digest>,
}

/// Data of `did.pinned`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pinned {
    /// The DID.
    pub name: Digest,
    /// The number of the version that was seen.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub version: u32,
    /// The version's hash, or that of the document.
    pub hash: Digest,
}

/// What the state keeps of a foreign DID.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seen {
    /// The number of the version that was seen last.
    pub version: u32,
    /// The version's hash, or that of the document.
    pub hash: Digest,
    /// The entry that recorded it.
    pub seq: u64,
    /// When it is forgotten.
    pub until: Time,
}

fn is_zero(number: &u32) -> bool {
    *number == 0
}

impl Rules for Pin {
    fn sphere(&self, _: &State) -> Result<Sphere, Rejection> {
        Ok(Sphere::Machine)
    }

    fn decide(
        &self,
        permit: &Permit<'_>,
        ctx: &mut Context<'_>,
        out: &mut Vec<Draft>,
    ) -> Result<(), Rejection> {
        let dids = &permit.state().dids;
        let seen = dids.seen(&self.name);
        if seen.map(|seen| seen.hash) != self.replaces {
            return Err(Code::DidLogRaced.into());
        }
        if seen.is_some_and(|seen| self.version < seen.version) {
            return Err(Code::DidRolledBack.into());
        }
        if seen.is_none() && dids.seen_len() >= DIDS_SEEN_MAX {
            return Err(Code::StateFull.into());
        }
        let pinned = Pinned { name: self.name, version: self.version, hash: self.hash };
        out.push(Draft::new(ctx.entry_id(), Vis::Node, Event::DidPinned(pinned)));
        Ok(())
    }
}

pub(crate) fn apply_pinned(state: &mut State, entry: &Entry, pinned: &Pinned) {
    let until = entry.ts.after(DID_SEEN_REMEMBERED);
    let seen = Seen { version: pinned.version, hash: pinned.hash, seq: entry.seq, until };
    if let Some(before) = state.dids.seen.insert(pinned.name, seen) {
        state.leaving.remove(&(before.until, Leaving::DidSeen(pinned.name)));
    }
    state.leaving.insert((until, Leaving::DidSeen(pinned.name)));
}

/// Takes a foreign DID out of the state.
pub(crate) fn forget(state: &mut State, name: &Digest) {
    state.dids.seen.remove(name);
}
