//! DIDs of principals: where a principal's DID log stands, and which logs of others were seen.
//!
//! The log itself lies in the vault; an entry keeps the DID, the number and hash of the log's last
//! version and the salted digest of its text. A log is made once for a principal and only grows, and
//! two principals never share one. An update says what the principal's keys were when it was
//! written, so a log that was overtaken by a rotation is refused and written anew.
//!
//! Of a foreign DID the state keeps the last version that was seen, so a host that later shows a
//! shorter or another history is found out.
//!
//! Deliberately absent: reading logs. Whoever submits a command has verified one; audits find it by
//! its hash. No authority follows from a DID: that is the keys' affair.

mod change;
mod pin;

use hansa_crypto::keys::PublicKey;
use hansa_crypto::webvh::{Address, Multihash, normalise};
use hansa_types::{Did, Digest, PrincipalId, Rejection, alias};
use serde::{Deserialize, Serialize};

use crate::State;
use crate::principal::Handle;
use crate::state::Map;

pub use change::{Create, Created, Head, Keys, Update, Updated};
pub(crate) use change::{apply_created, apply_updated};
pub use pin::{Pin, Pinned, Seen};
pub(crate) use pin::{apply_pinned, forget as forget_pin};

/// What the state keeps of a principal's DID log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Held {
    /// The DID, as it is on this node.
    pub did: Did,
    /// Where the log stands.
    pub head: Head,
    /// Whether the log's last version names another node as its home.
    pub left: bool,
}

/// The DID logs of principals, and what was seen of others'.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Dids {
    held: Map<Handle, Held>,
    seen: Map<Digest, Seen>,
    #[serde(skip)]
    by_scid: Map<Digest, Handle>,
}

impl Dids {
    pub(crate) fn new(hasher: &ahash::RandomState) -> Self {
        Self { held: Map::new(hasher), seen: Map::new(hasher), by_scid: Map::new(hasher) }
    }

    pub(crate) fn reindex(&mut self, hasher: &ahash::RandomState) {
        self.held.rehash(hasher);
        self.seen.rehash(hasher);
        self.by_scid = Map::new(hasher);
        for (&handle, held) in self.held.iter() {
            if let Some(scid) = scid(&held.did) {
                self.by_scid.insert(scid, handle);
            }
        }
    }

    /// The log of a principal, if it has one.
    pub fn get(&self, handle: Handle) -> Option<&Held> {
        self.held.get(&handle)
    }

    /// Whose log has this SCID.
    pub fn find(&self, scid: &Digest) -> Option<Handle> {
        self.by_scid.get(scid).copied()
    }

    /// What was last seen of a foreign DID.
    pub fn seen(&self, name: &Digest) -> Option<&Seen> {
        self.seen.get(name)
    }

    /// Every log with its principal.
    pub fn iter(&self) -> impl Iterator<Item = (Handle, &Held)> {
        self.held.iter().map(|(&handle, held)| (handle, held))
    }

    /// How many principals have a log.
    pub fn len(&self) -> usize {
        self.held.len()
    }

    /// Whether nobody has one.
    pub fn is_empty(&self) -> bool {
        self.held.is_empty()
    }

    /// How many foreign DIDs are remembered.
    pub fn seen_len(&self) -> usize {
        self.seen.len()
    }

    /// Forgets a principal's log, as it is erased.
    pub(crate) fn forget(&mut self, handle: Handle) {
        if let Some(scid) = self.held.remove(&handle).and_then(|held| scid(&held.did)) {
            self.by_scid.remove(&scid);
        }
    }
}

/// The SCID of a `did:webvh`.
pub fn scid(did: &Did) -> Option<Digest> {
    Address::of_webvh(did).ok().map(|(Multihash(scid), _)| scid)
}

impl State {
    /// The DID of a principal: that of its log here, or else that of its key.
    pub fn did_at(&self, handle: Handle) -> Did {
        let held = self.dids.get(handle).map(|held| held.did.clone());
        held.unwrap_or_else(|| self.principals.get(handle).key.did_key())
    }

    /// The DID of a principal, as [`State::did_at`].
    pub fn did_of(&self, principal: PrincipalId) -> Result<Did, Rejection> {
        Ok(self.did_at(self.principal(principal)?))
    }

    /// Whom a DID names on this node, whose host this is: by a key it has or had, by the SCID of its
    /// log wherever that lives, by the `did:web` beside it, or by an alias. An alias names a
    /// principal even before anybody has looked at it.
    pub fn find_by_did(&self, did: &Did, host: &str) -> Option<Handle> {
        match did.method() {
            "key" => self.principals.find_by_key(&PublicKey::from_did_key(did).ok()?),
            "webvh" => self.dids.find(&scid(did)?),
            "web" => self.find_by_web(&normalise(did)),
            _ => self.principals.find(alias::principal(did, host)?),
        }
    }

    /// A `did:web` stands beside a log, at the address of its principal.
    fn find_by_web(&self, did: &Did) -> Option<Handle> {
        let handle = self.principals.find(did.method_id().rsplit(':').next()?.parse().ok()?)?;
        let (_, address) = Address::of_webvh(&self.dids.get(handle)?.did).ok()?;
        (address.web_did() == *did).then_some(handle)
    }
}
