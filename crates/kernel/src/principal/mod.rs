//! Principals: anything with a key that can act, and the credentials it acts by.

mod api_key;
mod create;
mod erase;
mod manage;
mod rotate;
mod standing;

use hansa_crypto::keys::PublicKey;
use hansa_types::{ApiKeyId, BootstrapId, ClientId, Digest, PrincipalId, Time};
use serde::{Deserialize, Serialize};

pub use api_key::{ApiKey, ApiKeyCreated, ApiKeyRevoked, CreateApiKey, RevokeApiKey};
pub(crate) use api_key::{
    apply_created as apply_api_key_created, apply_revoked as apply_api_key_revoked,
    forget as forget_api_key,
};
pub use create::{Create, CreateOwner, Created};
pub(crate) use create::{apply_created, refuse_taken};
pub(crate) use erase::apply_erased;
pub use erase::{Erase, Erased};
pub use manage::{
    CardSet, Freeze, Frozen, Reason, Reinstate, Reinstated, SetCard, Suspend, Suspended, Trust,
};
pub(crate) use manage::{apply_card_set, apply_frozen, apply_reinstated, apply_suspended};
pub(crate) use rotate::apply_key_rotated;
pub use rotate::{FormerKey, KeyRotated, RotateKey};
pub(crate) use standing::apply_appeal_lodged;
pub use standing::{AppealLodged, Halt, LodgeAppeal, Stop, Stops};

use crate::state::Map;

/// What kind of actor a principal is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// A program that acts for itself or somebody.
    Agent,
    /// A person.
    Person,
    /// A group of principals.
    Organization,
    /// A Hansa node.
    Node,
}

/// Position of a principal in the state's table: shorter than its id and never reused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Handle(pub u32);

/// What every command asks of those whom it concerns. Kept apart from the rest, that of many
/// principals stays in the caches of the processor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Status {
    /// What it is.
    pub kind: Kind,
    /// Whether it may act.
    pub active: bool,
    /// Whether what was personal about it was erased: it never acts again.
    pub erased: bool,
    /// Whether its money stays where it is.
    pub frozen: bool,
}

impl Status {
    /// That of a principal that has done nothing yet.
    pub const fn new(kind: Kind) -> Self {
        Self { kind, active: true, erased: false, frozen: false }
    }
}

/// What the state keeps of a principal besides its [`Status`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Principal {
    /// Its id in this node.
    pub id: PrincipalId,
    /// The key its envelopes are signed with.
    pub key: PublicKey,
    /// The keys it had before, oldest first.
    pub former_keys: Vec<FormerKey>,
    /// Who made it and may manage it.
    pub controller: Option<Handle>,
    /// When it was made.
    pub created: Time,
    /// Salted digest of its card in the vault.
    pub card: Option<Digest>,
    /// The highest nonce of its AMP envelopes, and that envelope's seq.
    pub nonce: u64,
    /// Its API keys.
    pub api_keys: Vec<ApiKeyId>,
    /// Its OAuth clients.
    pub clients: Vec<ClientId>,
    /// Its bootstrap tokens.
    pub bootstraps: Vec<BootstrapId>,
    /// How often all its tokens ended: a token of an earlier epoch counts for nothing.
    pub epoch: u64,
    /// How many principals it controls.
    pub controlled: u32,
}

impl Principal {
    /// A principal that has done nothing yet.
    pub fn new(id: PrincipalId, key: PublicKey, controller: Option<Handle>, created: Time) -> Self {
        Self {
            id,
            key,
            former_keys: Vec::new(),
            controller,
            created,
            card: None,
            nonce: 0,
            api_keys: Vec::new(),
            clients: Vec::new(),
            bootstraps: Vec::new(),
            epoch: 0,
            controlled: 0,
        }
    }
}

/// All principals, by position, id and key.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Principals {
    slots: Vec<Principal>,
    statuses: Vec<Status>,
    #[serde(skip)]
    by_id: Map<PrincipalId, Handle>,
    #[serde(skip)]
    by_key: Map<PublicKey, Handle>,
}

impl Principals {
    pub(crate) fn new(hasher: &ahash::RandomState) -> Self {
        let (by_id, by_key) = (Map::new(hasher), Map::new(hasher));
        Self { slots: Vec::new(), statuses: Vec::new(), by_id, by_key }
    }

    pub(crate) fn reindex(&mut self, hasher: &ahash::RandomState) {
        (self.by_id, self.by_key) = (Map::new(hasher), Map::new(hasher));
        for (position, principal) in (0u32..).zip(&self.slots) {
            self.by_id.insert(principal.id, Handle(position));
            self.by_key.insert(principal.key, Handle(position));
            for former in &principal.former_keys {
                self.by_key.insert(former.key, Handle(position));
            }
        }
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.slots.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.slots.is_empty()
    }

    /// All principals in the order they were made.
    pub fn iter(&self) -> impl Iterator<Item = (Status, &Principal)> {
        self.statuses.iter().copied().zip(&self.slots)
    }

    /// The position of an id.
    pub fn find(&self, id: PrincipalId) -> Option<Handle> {
        self.by_id.get(&id).copied()
    }

    /// The position of the principal that signs with a key, or did before it was rotated.
    pub fn find_by_key(&self, key: &PublicKey) -> Option<Handle> {
        self.by_key.get(key).copied()
    }

    /// The principal at a position.
    pub fn get(&self, handle: Handle) -> &Principal {
        &self.slots[handle.0 as usize]
    }

    pub(crate) fn get_mut(&mut self, handle: Handle) -> &mut Principal {
        &mut self.slots[handle.0 as usize]
    }

    /// The status of the principal at a position.
    pub fn status(&self, handle: Handle) -> Status {
        self.statuses[handle.0 as usize]
    }

    pub(crate) fn status_mut(&mut self, handle: Handle) -> &mut Status {
        &mut self.statuses[handle.0 as usize]
    }

    pub(crate) fn index_key(&mut self, key: PublicKey, handle: Handle) {
        self.by_key.insert(key, handle);
    }

    pub(crate) fn insert(&mut self, kind: Kind, principal: Principal) -> Handle {
        let position = u32::try_from(self.slots.len());
        let handle = Handle(position.unwrap_or_else(|_| panic!("fewer principals than 2^32")));
        self.by_id.insert(principal.id, handle);
        self.by_key.insert(principal.key, handle);
        self.slots.push(principal);
        self.statuses.push(Status::new(kind));
        handle
    }
}

/// All API keys by id.
pub type ApiKeys = Map<ApiKeyId, ApiKey>;
