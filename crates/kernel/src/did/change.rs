//! A principal's log begins, or goes on.

use hansa_crypto::keys::PublicKey;
use hansa_types::{AnyId, Code, Did, Digest, PrincipalId, Rejection, Vis};
use serde::{Deserialize, Serialize};

use super::{Held, scid};
use crate::State;
use crate::admit::{Permit, Sphere};
use crate::command::Rules;
use crate::decide::{Context, Draft};
use crate::entry::Entry;
use crate::event::Event;
use crate::principal::Handle;

/// Where a log stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Head {
    /// The number of its last version.
    pub version: u32,
    /// That version's hash.
    pub hash: Digest,
    /// Salted digest of the whole log's text in the vault.
    pub log: Digest,
    /// Which of the node's update keys for the principal is next: the log commits to it.
    pub update_key: u32,
}

/// The keys that a log's last version was written for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Keys {
    /// The key the principal acts by.
    pub own: PublicKey,
    /// Which key the node signs with for it; 0 without any.
    pub custody: u32,
}

/// Give a principal its DID log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Create {
    /// Whose.
    pub principal: PrincipalId,
    /// The DID.
    pub did: Did,
    /// Where the log stands.
    pub head: Head,
    /// The keys it was written for.
    pub keys: Keys,
}

/// Let a principal's log go on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Update {
    /// Whose.
    pub principal: PrincipalId,
    /// The hash of the version that it goes on from.
    pub replaces: Digest,
    /// Where it stands now.
    pub head: Head,
    /// The keys it was written for; none when it leaves this node.
    pub keys: Option<Keys>,
    /// The DID, where it is another one on this node from now on.
    pub did: Option<Did>,
}

/// Data of `did.created`. The entry's subject is the principal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Created {
    /// The DID.
    pub did: Did,
    /// Where the log stands.
    pub head: Head,
}

/// Data of `did.updated`. The entry's subject is the principal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Updated {
    /// Where the log stands now.
    pub head: Head,
    /// The DID, where it is another one on this node.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub did: Option<Did>,
    /// Whether it lives on another node from now on.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub left: bool,
}

impl Keys {
    /// The keys that a principal has now.
    pub fn of(state: &State, handle: Handle) -> Self {
        let custody = state.custody.get(&handle).map_or(0, |kept| kept.generation);
        Self { own: state.principals.get(handle).key, custody }
    }
}

impl Rules for Create {
    fn sphere(&self, _: &State) -> Result<Sphere, Rejection> {
        Ok(Sphere::Managed(self.principal))
    }

    fn decide(
        &self,
        permit: &Permit<'_>,
        ctx: &mut Context<'_>,
        out: &mut Vec<Draft>,
    ) -> Result<(), Rejection> {
        let state = permit.state();
        let handle = state.living(self.principal)?;
        if handle == state.treasury()? {
            return Err(Rejection::new(Code::InvalidField, "agent: the node's DID is its key's"));
        }
        if state.dids.get(handle).is_some() {
            return Err(Code::DidLogExists.into());
        }
        let scid = scid(&self.did).ok_or(Code::DidLogInvalid)?;
        if state.dids.find(&scid).is_some() {
            return Err(Code::DidTaken.into());
        }
        if Keys::of(state, handle) != self.keys {
            return Err(Code::DidLogRaced.into());
        }
        let event = Event::DidCreated(Created { did: self.did.clone(), head: self.head });
        out.push(Draft::new(ctx.entry_id(), Vis::Public, event).about(self.principal));
        Ok(())
    }
}

impl Rules for Update {
    fn sphere(&self, _: &State) -> Result<Sphere, Rejection> {
        Ok(Sphere::Managed(self.principal))
    }

    fn decide(
        &self,
        permit: &Permit<'_>,
        ctx: &mut Context<'_>,
        out: &mut Vec<Draft>,
    ) -> Result<(), Rejection> {
        let state = permit.state();
        let handle = state.living(self.principal)?;
        let held = state.dids.get(handle).ok_or(Code::NotFound)?;
        let follows = held.head.hash == self.replaces && self.head.version > held.head.version;
        let fits = self.keys.is_none_or(|keys| keys == Keys::of(state, handle));
        if !follows || !fits {
            return Err(Code::DidLogRaced.into());
        }
        if self.did.as_ref().is_some_and(|did| scid(did) != scid(&held.did)) {
            return Err(Rejection::new(Code::DidLogMismatch, "the DID is of another log"));
        }
        let did = self.did.clone().filter(|did| *did != held.did);
        let left = self.keys.is_none();
        let event = Event::DidUpdated(Updated { head: self.head, did, left });
        out.push(Draft::new(ctx.entry_id(), Vis::Public, event).about(self.principal));
        Ok(())
    }
}

fn subject(state: &State, entry: &Entry) -> Handle {
    match entry.subject {
        Some(AnyId::Principal(principal)) => state.handle(principal),
        _ => panic!("{} names the principal", entry.event.kind()),
    }
}

pub(crate) fn apply_created(state: &mut State, entry: &Entry, created: &Created) {
    let handle = subject(state, entry);
    let Some(scid) = scid(&created.did) else { panic!("did.created names a DID with a log") };
    let held = Held { did: created.did.clone(), head: created.head, left: false };
    state.dids.by_scid.insert(scid, handle);
    state.dids.held.insert(handle, held);
}

pub(crate) fn apply_updated(state: &mut State, entry: &Entry, updated: &Updated) {
    let handle = subject(state, entry);
    let Some(held) = state.dids.held.get_mut(&handle) else {
        panic!("did.updated is about a principal with a log");
    };
    (held.head, held.left) = (updated.head, updated.left);
    if let Some(did) = &updated.did {
        held.did = did.clone();
    }
}
