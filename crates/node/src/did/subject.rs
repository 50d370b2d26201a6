//! What a DID document tells of a principal: its keys, the node's key for it, and its other names.

use hansa_crypto::did_document::{Document, Use};
use hansa_crypto::keys::PublicKey;
use hansa_crypto::webvh::Address;
use hansa_kernel::State;
use hansa_kernel::did::{Held, Keys};
use hansa_kernel::principal::{FormerKey, Kind};
use hansa_types::limits::DID_BYTES_MAX;
use hansa_types::{Did, PrincipalId, Rejection, Time, alias};
use serde_json::Value;

/// A principal as its document tells it.
#[derive(Debug, Clone)]
pub struct Subject {
    /// Which.
    pub principal: PrincipalId,
    /// Its keys.
    pub keys: Keys,
    /// Where its log stands, if it has one.
    pub held: Option<Held>,
    kind: Kind,
    former: Vec<FormerKey>,
    custodial: Option<PublicKey>,
}

/// What a document depends on beside its principal.
pub(super) struct About<'a> {
    /// The node's host, under which aliases stand.
    pub(super) host: &'a str,
    /// The moment: former keys vouch until their time is over.
    pub(super) now: Time,
}

impl Subject {
    /// A principal as it is now.
    pub fn of(state: &State, principal: PrincipalId) -> Result<Self, Rejection> {
        let handle = state.principal(principal)?;
        let found = state.principals.get(handle);
        Ok(Self {
            principal,
            keys: Keys::of(state, handle),
            held: state.dids.get(handle).cloned(),
            kind: state.principals.status(handle).kind,
            former: found.former_keys.clone(),
            custodial: state.custody.get(&handle).map(|kept| kept.key),
        })
    }

    /// An agent that is only being made.
    pub(super) fn new_agent(principal: PrincipalId, own: PublicKey, custodial: PublicKey) -> Self {
        Self {
            principal,
            keys: Keys { own, custody: 1 },
            held: None,
            kind: Kind::Agent,
            former: Vec::new(),
            custodial: Some(custodial),
        }
    }

    /// The same with another key of its own; the one before vouches until `former_until`.
    #[must_use]
    pub fn with_key(mut self, key: PublicKey, former_until: Option<Time>) -> Self {
        match former_until {
            Some(until) => self.former.push(FormerKey { key: self.keys.own, until }),
            None => self.former.clear(),
        }
        self.keys.own = key;
        self
    }

    /// The same with another key that the node signs with.
    #[must_use]
    pub fn with_custodial(mut self, key: PublicKey, generation: u32) -> Self {
        self.custodial = Some(key);
        self.keys.custody = generation;
        self
    }

    /// The document at an address.
    pub(super) fn document(
        &self,
        home: &Address,
        scid: &str,
        former: &[Did],
        about: &About<'_>,
    ) -> Value {
        let mut keys = vec![(Use::Own, self.keys.own)];
        let vouching = self.former.iter().filter(|former| about.now < former.until);
        keys.extend(vouching.map(|former| (Use::Former, former.key)));
        keys.extend(self.custodial.map(|key| (Use::Node(self.keys.custody), key)));
        let mut names = vec![home.web_did()];
        names.extend(alias::aliases(self.principal, about.host));
        names.extend(former.iter().cloned());
        let also_known_as = names.iter().map(Did::to_string).collect();
        let services = match self.kind {
            Kind::Agent => vec![("AgentCard".to_owned(), card_url(home, self.principal))],
            Kind::Person | Kind::Organization | Kind::Node => Vec::new(),
        };
        let did = format!("did:webvh:{scid}:{home}");
        debug_assert!(did.len() <= DID_BYTES_MAX, "an address leaves room for its DID");
        Document { keys, also_known_as, services }.under(&did)
    }
}

/// Where the agent's card stands, on the host of its log.
fn card_url(home: &Address, agent: PrincipalId) -> String {
    let log = home.url("");
    let origin = log.split(&format!("/{}/", super::PLACE)).next().unwrap_or_default();
    format!("{origin}/a2a/{agent}/.well-known/agent-card.json")
}
