//! Everything a future decision may depend on, and nothing else.
//!
//! The state is a fold of the journal. Two nodes that applied the same entries have the same
//! digest, whatever their hashers' seeds. Maps that only find things are rebuilt after a snapshot.

use std::collections::{BTreeMap, BTreeSet};
use std::hash::Hash;
use std::ops::{Deref, DerefMut};

use hansa_types::{
    ApiKeyId, BootstrapId, Code, CurrencyCode, Digest, PrincipalId, Rejection, Time,
};
use serde::{Deserialize, Serialize};

use crate::account::Accounts;
use crate::action::{Actions, Refusals};
use crate::callback::Callbacks;
use crate::clearance::Clearances;
use crate::client::Clients;
use crate::custody::Custody;
use crate::did::Dids;
use crate::due::{Due, Leaving};
use crate::envelope::OperationEnvelopes;
use crate::funding::Fundings;
use crate::grant::Grants;
use crate::idempotency::{self, Idempotency};
use crate::memory::Memories;
use crate::node::Node;
use crate::onboard::Bootstraps;
use crate::org::Orgs;
use crate::policy::Policies;
use crate::principal::{ApiKeys, Handle, Principals, Stops};
use crate::task::{Reputations, Tasks};
use crate::transfer::{AccountKey, CurrencyIndex, HeldTransfers, Ledger, Role};

/// The shape of a serialized state and what it means; a snapshot of another is ignored.
pub const SNAPSHOT_FORMAT: u32 = 24;

/// Four secret words that seed the hashers, so that nobody outside can choose collisions.
pub type HashSeed = [u64; 4];

/// A hash map with the node's hasher. Its order never reaches a decision or a digest.
#[derive(Debug, Clone)]
pub struct Map<K, V>(hashbrown::HashMap<K, V, ahash::RandomState>);

impl<K, V> Map<K, V> {
    pub(crate) fn new(hasher: &ahash::RandomState) -> Self {
        Self(hashbrown::HashMap::with_hasher(hasher.clone()))
    }

    pub(crate) fn rehash(&mut self, hasher: &ahash::RandomState)
    where
        K: Eq + Hash,
    {
        let before = std::mem::replace(self, Self::new(hasher));
        self.0.extend(before.0);
    }
}

impl<K, V> Default for Map<K, V> {
    /// An empty map to be replaced by `reindex`, as a snapshot is read.
    fn default() -> Self {
        Self::new(&unseeded())
    }
}

impl<K, V> Deref for Map<K, V> {
    type Target = hashbrown::HashMap<K, V, ahash::RandomState>;
    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

impl<K, V> DerefMut for Map<K, V> {
    fn deref_mut(&mut self) -> &mut Self::Target {
        &mut self.0
    }
}

impl<K: Ord + Serialize, V: Serialize> Serialize for Map<K, V> {
    /// In the order of the keys, whatever the hasher's.
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        let mut sorted: Vec<(&K, &V)> = self.0.iter().collect();
        sorted.sort_unstable_by(|a, b| a.0.cmp(b.0));
        s.collect_map(sorted)
    }
}

impl<'de, K: Ord + Hash + Deserialize<'de>, V: Deserialize<'de>> Deserialize<'de> for Map<K, V> {
    /// To be rehashed, as a snapshot is read.
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let mut map = Self::default();
        map.0.extend(BTreeMap::deserialize(d)?);
        Ok(map)
    }
}

/// The state of a node.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct State {
    /// Position of the last entry applied; 0 before the first.
    pub seq: u64,
    /// Time of the last entry applied.
    pub now: Time,
    /// The node, once founded.
    pub node: Option<Node>,
    /// Who there is.
    pub principals: Principals,
    /// Who is suspended or frozen, and what they said to it.
    pub stops: Stops,
    /// Position of the last erasure; 0 before the first. Folds from before it are not kept.
    pub erased_seq: u64,
    /// API keys.
    pub api_keys: ApiKeys,
    #[serde(skip)]
    pub(crate) api_key_by_secret: Map<Digest, ApiKeyId>,
    /// The keys that the node keeps for its agents.
    pub custody: Custody,
    /// DID logs of principals, and what was seen of others'.
    pub dids: Dids,
    /// OAuth clients.
    pub clients: Clients,
    /// Bootstrap tokens.
    pub bootstraps: Bootstraps,
    #[serde(skip)]
    pub(crate) bootstrap_by_secret: Map<Digest, BootstrapId>,
    /// Requests for money.
    pub fundings: Fundings,
    /// Accounts and sessions of people.
    pub accounts: Accounts,
    /// Who may act for whom.
    pub grants: Grants,
    /// Organizations, with their members, teams and invitations.
    pub orgs: Orgs,
    /// The books.
    pub ledger: Ledger,
    /// Money that is set aside.
    pub held: HeldTransfers,
    /// Work that is agreed, under way or recently ended.
    pub tasks: Tasks,
    /// Declared tasks, and who has a say in them.
    pub clearance: Clearances,
    /// What is known of everyone's work.
    pub reputations: Reputations,
    /// What acts are judged by.
    pub policies: Policies,
    /// What is done through the gate.
    pub actions: Actions,
    /// What the gate refused lately.
    pub refusals: Refusals,
    /// Who wants to be told how something ends.
    pub callbacks: Callbacks,
    /// What agents keep for themselves.
    pub memories: Memories,
    pub(crate) idempotency: Idempotency,
    pub(crate) operation_envelopes: OperationEnvelopes,
    pub(crate) due: BTreeSet<(Time, Due)>,
    pub(crate) leaving: BTreeSet<(Time, Leaving)>,
    /// Whether people act for the node by sessions with a second factor alone: a setting, no part of
    /// what happened.
    #[serde(skip)]
    pub second_factor_enforced: bool,
    #[serde(skip, default = "unseeded")]
    hasher: ahash::RandomState,
}

/// A hasher to be replaced by `reindex`, as a snapshot is read.
pub(crate) fn unseeded() -> ahash::RandomState {
    ahash::RandomState::with_seeds(0, 0, 0, 0)
}

fn hasher(seed: HashSeed) -> ahash::RandomState {
    ahash::RandomState::with_seeds(seed[0], seed[1], seed[2], seed[3])
}

/// How many things of each kind the state holds, for metrics.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Rows {
    /// Principals.
    pub principals: usize,
    /// Accounts.
    pub accounts: usize,
    /// API keys.
    pub api_keys: usize,
    /// DID logs of principals.
    pub dids: usize,
    /// Foreign DIDs that were seen.
    pub dids_seen: usize,
    /// OAuth clients.
    pub clients: usize,
    /// Bootstrap tokens.
    pub bootstraps: usize,
    /// Funding requests.
    pub fundings: usize,
    /// Sessions.
    pub sessions: usize,
    /// Grants.
    pub grants: usize,
    /// Organizations.
    pub orgs: usize,
    /// Invitations.
    pub invites: usize,
    /// Pending transfers.
    pub held: usize,
    /// Tasks.
    pub tasks: usize,
    /// Declared tasks.
    pub declared: usize,
    /// Policy sets.
    pub policy_sets: usize,
    /// Recorded evaluations of policy.
    pub policy_evaluations: usize,
    /// Actions.
    pub actions: usize,
    /// Callbacks that have not ended.
    pub callbacks: usize,
    /// Memories.
    pub memories: usize,
    /// Idempotency keys that are kept whole.
    pub idempotency: usize,
    /// Idempotency keys in filters.
    pub idempotency_filtered: usize,
    /// Remembered envelopes of operations.
    pub operation_envelopes: usize,
    /// Things that come due.
    pub due: usize,
    /// Things whose time to leave is set.
    pub leaving: usize,
}

impl State {
    /// The state before the first entry.
    pub fn new(seed: HashSeed) -> Self {
        Self::with_idempotency(seed, idempotency::Limits::default())
    }

    /// The state before the first entry, remembering as many requests as is said. The limits are
    /// part of the state: all folds of one journal must begin with the same.
    pub fn with_idempotency(seed: HashSeed, limits: idempotency::Limits) -> Self {
        let hasher = hasher(seed);
        Self {
            seq: 0,
            now: Time(0),
            node: None,
            principals: Principals::new(&hasher),
            stops: Stops::default(),
            erased_seq: 0,
            api_keys: ApiKeys::new(&hasher),
            api_key_by_secret: Map::new(&hasher),
            custody: Custody::new(&hasher),
            dids: Dids::new(&hasher),
            clients: Clients::new(&hasher),
            bootstraps: Bootstraps::new(&hasher),
            bootstrap_by_secret: Map::new(&hasher),
            fundings: Fundings::default(),
            accounts: Accounts::new(&hasher),
            grants: Grants::new(&hasher),
            orgs: Orgs::new(&hasher),
            ledger: Ledger::new(&hasher),
            held: HeldTransfers::default(),
            tasks: Tasks::default(),
            clearance: Clearances::default(),
            reputations: Reputations::new(),
            policies: Policies::default(),
            actions: Actions::default(),
            refusals: Refusals::default(),
            callbacks: Callbacks::default(),
            memories: Memories::default(),
            idempotency: Idempotency::new(&hasher, limits),
            operation_envelopes: OperationEnvelopes::new(&hasher),
            due: BTreeSet::new(),
            leaving: BTreeSet::new(),
            second_factor_enforced: false,
            hasher,
        }
    }

    /// The state as bytes, the same for every node that applied the same entries.
    pub fn to_bytes(&self) -> Vec<u8> {
        let bytes = postcard::to_stdvec(self);
        bytes.unwrap_or_else(|error| panic!("the state has a binary form: {error}"))
    }

    /// Reads what [`State::to_bytes`] wrote.
    pub fn from_bytes(bytes: &[u8], seed: HashSeed) -> Result<Self, postcard::Error> {
        let mut state: State = postcard::from_bytes(bytes)?;
        state.hasher = hasher(seed);
        state.principals.reindex(&state.hasher);
        state.ledger.reindex(&state.hasher);
        state.idempotency.reindex(&state.hasher);
        state.operation_envelopes.reindex(&state.hasher);
        state.accounts.reindex(&state.hasher);
        state.grants.reindex(&state.hasher);
        state.orgs.reindex(&state.hasher);
        state.memories.reindex();
        state.api_keys.rehash(&state.hasher);
        state.custody.rehash(&state.hasher);
        state.dids.reindex(&state.hasher);
        state.api_key_by_secret = Map::new(&state.hasher);
        for (&id, key) in state.api_keys.iter() {
            state.api_key_by_secret.insert(key.secret, id);
        }
        state.clients.rehash(&state.hasher);
        state.bootstraps.rehash(&state.hasher);
        state.bootstrap_by_secret = Map::new(&state.hasher);
        for (&id, token) in state.bootstraps.iter() {
            state.bootstrap_by_secret.insert(token.secret, id);
        }
        Ok(state)
    }

    /// SHA-256 of [`State::to_bytes`].
    pub fn digest(&self) -> Digest {
        hansa_crypto::hash::sha256(&self.to_bytes())
    }

    /// The node, or the refusal of a node that has not been founded.
    pub fn node(&self) -> Result<&Node, Rejection> {
        self.node.as_ref().ok_or_else(|| Code::NotYet.into())
    }

    /// The position of a principal, or the refusal that there is none.
    pub fn principal(&self, id: PrincipalId) -> Result<Handle, Rejection> {
        self.principals.find(id).ok_or_else(|| Code::PrincipalUnknown.into())
    }

    /// The API key with a secret of this digest.
    pub fn api_key_by_secret(&self, secret: &Digest) -> Option<ApiKeyId> {
        self.api_key_by_secret.get(secret).copied()
    }

    /// The bootstrap token with a secret of this digest.
    pub fn bootstrap_by_secret(&self, secret: &Digest) -> Option<BootstrapId> {
        self.bootstrap_by_secret.get(secret).copied()
    }

    /// The treasury's owner: the node itself.
    pub fn treasury(&self) -> Result<Handle, Rejection> {
        Ok(self.node()?.handle)
    }

    /// The account that holds what is set aside.
    pub fn escrow(&self, currency: CurrencyIndex) -> Result<AccountKey, Rejection> {
        Ok(AccountKey { owner: self.treasury()?, currency, role: Role::Escrow })
    }

    /// The account that owes everything issued.
    pub fn issuer(&self, currency: CurrencyIndex) -> Result<AccountKey, Rejection> {
        Ok(AccountKey { owner: self.treasury()?, currency, role: Role::Issuer })
    }

    /// How many things of each kind there are.
    pub fn rows(&self) -> Rows {
        Rows {
            principals: self.principals.len(),
            accounts: self.ledger.accounts_len(),
            api_keys: self.api_keys.len(),
            dids: self.dids.len(),
            dids_seen: self.dids.seen_len(),
            clients: self.clients.len(),
            bootstraps: self.bootstraps.len(),
            fundings: self.fundings.len(),
            sessions: self.accounts.sessions_len(),
            grants: self.grants.len(),
            orgs: self.orgs.len(),
            invites: self.orgs.invites_len(),
            held: self.held.len(),
            tasks: self.tasks.len(),
            declared: self.clearance.len(),
            policy_sets: self.policies.len(),
            policy_evaluations: self.policies.evaluations_len(),
            actions: self.actions.len(),
            callbacks: self.callbacks.len(),
            memories: self.memories.len(),
            idempotency: self.idempotency.len(),
            idempotency_filtered: self.idempotency.filtered_len(),
            operation_envelopes: self.operation_envelopes.len(),
            due: self.due.len(),
            leaving: self.leaving.len(),
        }
    }

    // What an applied entry names exists, or the journal is not one of this program's.

    pub(crate) fn handle(&self, id: PrincipalId) -> Handle {
        self.principals.find(id).unwrap_or_else(|| panic!("{id} is named by an entry and unknown"))
    }

    pub(crate) fn currency_index(&self, code: CurrencyCode) -> CurrencyIndex {
        let index = self.ledger.currency(code);
        index.unwrap_or_else(|_| panic!("{code} is named by an entry and unknown"))
    }

    pub(crate) fn node_handle(&self) -> Handle {
        self.treasury().unwrap_or_else(|_| panic!("the first entry founds the node"))
    }

    pub(crate) fn escrow_of(&self, currency: CurrencyIndex) -> AccountKey {
        AccountKey { owner: self.node_handle(), currency, role: Role::Escrow }
    }

    pub(crate) fn issuer_of(&self, currency: CurrencyIndex) -> AccountKey {
        AccountKey { owner: self.node_handle(), currency, role: Role::Issuer }
    }
}
