//! DID logs of the node's principals: begun, brought up to date, taken over from other nodes, served.
//!
//! A log lies in the vault under its principal and the journal keeps where it stands, so an erasure
//! takes it along. The node writes an entry when a principal's keys change, signed with an update key
//! of its own: each is used once, and the entry before has committed to it. Beside it every entry
//! commits to the owner's recovery key, with which the owner writes an entry without the node; that
//! is how a principal moves.
//!
//! Invariants: what goes into the vault was verified as a whole; the node extends a log and never
//! rewrites one; every log that it hosts commits to its next update key, or it could not go on.
//! Deliberately absent: recovery keys, of which the node sees the public half at most; ending a DID.

mod follow;
mod resolve;
mod subject;

use std::sync::Arc;

use hansa_crypto::keys::{PublicKey, SigningKey};
use hansa_crypto::webvh::{Address, Change, First, Log, Multihash, append, create, verify};
use hansa_kernel::did::{Create, Head, Update};
use hansa_kernel::{Auth, Caller, Command, Request, State};
use hansa_store::VaultChange;
use hansa_types::{Code, Did, PrincipalId, Rejection};
use serde_json::Value;

pub use follow::Followed;
pub(crate) use follow::follow_name;
pub use resolve::Resolved;
pub use subject::Subject;

use crate::env::blocking;
use crate::error::Error;
use crate::limits::DID_TRIES_MAX;
use crate::node::{Node, internal};
use crate::vault::{Sealed, did_log_id};
use crate::writer::Job;

/// Where logs lie under the node's public URL.
const PLACE: &str = "dids";
/// The name of a log's file.
const FILE: &str = "did.jsonl";
/// Stands for the SCID in what [`Dids::template`] gives.
pub const SCID_STAND_IN: &str = "{SCID}";

/// The DID logs of a node.
#[derive(Clone, Copy)]
pub struct Dids<'node> {
    node: &'node Node,
}

/// A first log, made and not yet recorded.
pub struct Begun {
    /// The DID.
    pub did: Did,
    /// What records it.
    pub command: Command,
    /// The log, sealed.
    pub sealed: Sealed,
}

/// A log that was handed in, checked and not yet recorded.
pub struct Taken {
    /// The DID of its last version.
    pub did: Did,
    /// Number and hash of its last version.
    pub version_id: String,
    /// Whether it lives elsewhere from now on.
    pub left: bool,
    /// What records it.
    pub command: Command,
    /// The log, sealed.
    pub sealed: Sealed,
}

/// What an entry must say for this node to host the log.
pub struct Template {
    /// The DID here, with [`SCID_STAND_IN`].
    pub did: String,
    /// The key that the next entry must commit to.
    pub update_key: PublicKey,
    /// The document, with [`SCID_STAND_IN`].
    pub document: Value,
}

impl Node {
    /// The DID logs of the node's principals.
    pub fn dids(&self) -> Dids<'_> {
        Dids { node: self }
    }

    /// A command of the node's own.
    fn own_job(command: Command, vault: Vec<VaultChange>) -> Job {
        let caller = Caller { principal: None, auth: Auth::Machine };
        Job { request: Request::new(caller, command, None), vault }
    }
}

impl Dids<'_> {
    /// Where a principal's log lives, on a node with a name that others can resolve.
    pub fn home(&self, principal: PrincipalId) -> Option<Address> {
        let url = self.node.config.public_url.as_deref()?.trim_end_matches('/');
        let address = Address::under(url, &[PLACE, &principal.to_string()]).ok()?;
        // A DID says no scheme, so one that others would look for elsewhere is none.
        let place = address.url(FILE);
        let rest = place.strip_prefix(&url.to_ascii_lowercase())?;
        rest.starts_with(&format!("/{PLACE}/")).then_some(address)
    }

    /// Where a principal's log is served, or the refusal of a node without a name.
    pub fn require_home(&self, principal: PrincipalId) -> Result<Address, Rejection> {
        self.home(principal).ok_or_else(|| Code::DidUnavailable.into())
    }

    /// A principal as its document tells it.
    pub async fn subject(&self, principal: PrincipalId) -> Result<Subject, Rejection> {
        self.node.read(None, move |state| Subject::of(state, principal)).await?
    }

    /// What gives a new agent its log, to be handed in behind its creation. The first job makes the
    /// agent's custodial key, the last one the log.
    pub async fn prepare(
        &self,
        agent: PrincipalId,
        key: &PublicKey,
        recovery: &PublicKey,
    ) -> Result<Vec<Job>, Rejection> {
        let prepared = self.node.custody().prepare(agent).await?;
        let subject = Subject::new_agent(agent, *key, prepared.signing.public());
        let begun = self.write_first(subject, prepared.update_keys, recovery).await?;
        Ok(vec![prepared.job, Node::own_job(begun.command, begun.sealed.changes)])
    }

    /// A first log for a principal that there is already.
    pub async fn begin(
        &self,
        principal: PrincipalId,
        recovery: &PublicKey,
    ) -> Result<Begun, Rejection> {
        let custody = self.node.custody();
        custody.agent_key(principal).await?;
        let keys =
            [custody.update_key(principal, 1).await?, custody.update_key(principal, 2).await?];
        let subject = self.subject(principal).await?;
        self.write_first(subject, keys, recovery).await
    }

    async fn write_first(
        &self,
        subject: Subject,
        update_keys: [SigningKey; 2],
        recovery: &PublicKey,
    ) -> Result<Begun, Rejection> {
        let text = self.first_entry(&subject, update_keys, recovery)?;
        let log = verify(&text, self.node.now())?;
        let sealed = self.seal(subject.principal, text).await?;
        let head = head(&log, &sealed, 2);
        let (principal, did) = (subject.principal, log.did().clone());
        let command =
            Command::DidCreate(Create { principal, did: did.clone(), head, keys: subject.keys });
        Ok(Begun { did, command, sealed })
    }

    fn first_entry(
        &self,
        subject: &Subject,
        update_keys: [SigningKey; 2],
        recovery: &PublicKey,
    ) -> Result<String, Rejection> {
        let home = self.require_home(subject.principal)?;
        let [signer, next] = update_keys;
        let next = [Multihash::of_key(&next.public()), Multihash::of_key(recovery)];
        let document = |scid: &str| self.document(subject, &home, scid, &[]);
        let now = self.node.now();
        Ok(create(&First { signer: &signer, next: &next, document: &document, now })?)
    }

    /// The entry that tells a principal's log of other keys, to be handed in behind what makes them
    /// the principal's; nothing where there is nothing to say. It is refused unless they are, so
    /// whoever may not change the keys cannot have it written.
    pub async fn prepare_update(
        &self,
        principal: PrincipalId,
        change: impl FnOnce(Subject) -> Subject,
    ) -> Result<Option<Job>, Rejection> {
        let subject = self.subject(principal).await?;
        let keys = subject.keys;
        let subject = change(subject);
        match subject.keys == keys {
            true => Ok(None),
            false => self.write_update(subject).await,
        }
    }

    /// The entry that brings a principal's log up to what is said of it.
    async fn write_update(&self, subject: Subject) -> Result<Option<Job>, Rejection> {
        let principal = subject.principal;
        let Some(held) = subject.held.clone().filter(|held| !held.left) else { return Ok(None) };
        let text = self.text(principal).await?.ok_or(Code::Internal)?;
        let log = self.verify(&text).await?;
        // A node that lost its name goes on where it was.
        let home = self.home(principal).unwrap_or_else(|| log.address().clone());
        let did = home.did(&log.scid());
        let mut former = log.former().to_vec();
        former.push(log.did().clone());
        former.retain(|other| *other != did);
        let document = self.document(&subject, &home, &log.scid().to_string(), &former);
        if document == *log.document() {
            return Ok(None);
        }
        let number = held.head.update_key;
        let signer = self.node.custody().update_key(principal, number).await?;
        let own = Multihash::of_key(&signer.public());
        let next = self.node.custody().update_key(principal, number + 1).await?;
        let mut hashes = vec![Multihash::of_key(&next.public())];
        hashes.extend(log.next_key_hashes().iter().filter(|hash| **hash != own));
        let change = Change { signer: &signer, next: &hashes, document, now: self.node.now() };
        let line = append(&log, &text, change)?;
        let text = format!("{}\n{line}", text.trim_end_matches('\n'));
        let log = self.verify(&text).await?;
        let sealed = self.seal(principal, text).await?;
        let update = Update {
            principal,
            replaces: held.head.hash,
            head: head(&log, &sealed, number + 1),
            keys: Some(subject.keys),
            did: Some(did),
        };
        Ok(Some(Node::own_job(Command::DidUpdate(update), sealed.changes)))
    }

    /// Brings a principal's log up to what is true of it.
    pub async fn refresh(&self, principal: PrincipalId) -> Result<(), Rejection> {
        for _ in 0..DID_TRIES_MAX {
            let subject = self.subject(principal).await?;
            let Some(job) = self.write_update(subject).await? else { return Ok(()) };
            match self.node.submit(job).await {
                Err(rejection) if rejection.code == Code::DidLogRaced => {}
                outcome => return outcome.map(|_| ()),
            }
        }
        Err(Code::DidLogRaced.into())
    }

    /// Checks a log that was handed in for a principal: one that comes, goes on or leaves.
    pub async fn take(&self, principal: PrincipalId, text: String) -> Result<Taken, Rejection> {
        let log = self.verify(&text).await?;
        let subject = self.subject(principal).await?;
        let left = self.home(principal).as_ref() != Some(log.address()) || log.deactivated();
        let number = subject.held.as_ref().map_or(1, |held| held.head.update_key);
        if !left {
            self.check_hosted(&subject, &log, number).await?;
        }
        let known = match &subject.held {
            Some(_) => self.text(principal).await?,
            None if left => return Err(self.not_here(principal, &log)),
            None => None,
        };
        if let Some(known) = &known {
            check_continues(known, &text)?;
        }
        let sealed = self.seal(principal, text).await?;
        let head = head(&log, &sealed, number);
        let (did, keys) = (log.did().clone(), (!left).then_some(subject.keys));
        let command = match (&subject.held, keys) {
            (None, Some(keys)) => {
                Command::DidCreate(Create { principal, did: did.clone(), head, keys })
            }
            (None, None) => return Err(self.not_here(principal, &log)),
            (Some(held), keys) => {
                let here = keys.is_some().then(|| did.clone());
                let replaces = held.head.hash;
                Command::DidUpdate(Update { principal, replaces, head, keys, did: here })
            }
        };
        let version_id = log.version_id().to_owned();
        Ok(Taken { did, version_id, left, command, sealed })
    }

    /// What the last entry of a log must say for this node to host it: its principal's keys, and the
    /// node's own for the entry that follows.
    async fn check_hosted(
        &self,
        subject: &Subject,
        log: &Log,
        number: u32,
    ) -> Result<(), Rejection> {
        let mismatch = |detail: &'static str| Err(Rejection::new(Code::DidLogMismatch, detail));
        if hansa_crypto::did_document::acting_keys(log.document()) != [subject.keys.own] {
            return mismatch("the document's authentication is not the agent's key alone");
        }
        if !log.portable() {
            return mismatch("the log is not portable: its owner could never move it again");
        }
        match self.node.custody().update_key(subject.principal, number).await {
            Ok(key) if log.next_key_hashes().contains(&Multihash::of_key(&key.public())) => Ok(()),
            Ok(_) => mismatch("nextKeyHashes holds no hash of this node's update key"),
            Err(rejection) if rejection.code == Code::NotFound => {
                mismatch("the node has no update key for the agent yet; did_get makes one")
            }
            Err(rejection) => Err(rejection),
        }
    }

    fn not_here(&self, principal: PrincipalId, log: &Log) -> Rejection {
        match self.home(principal) {
            None => Code::DidUnavailable.into(),
            Some(_) if log.deactivated() => {
                Rejection::new(Code::DidLogMismatch, "the DID has ended")
            }
            Some(home) => {
                let wanted = home.did(&log.scid());
                Rejection::new(Code::DidLogMismatch, format!("the DID would have to be {wanted}"))
            }
        }
    }

    /// What an entry must say for this node to host a principal's log. Makes the principal's
    /// custodial keys if there are none.
    pub async fn template(&self, principal: PrincipalId) -> Result<Option<Template>, Rejection> {
        let Some(home) = self.home(principal) else { return Ok(None) };
        self.node.custody().agent_key(principal).await?;
        let subject = self.subject(principal).await?;
        let number = subject.held.as_ref().map_or(1, |held| held.head.update_key);
        let update_key = self.node.custody().update_key(principal, number).await?.public();
        Ok(Some(Template {
            did: format!("did:webvh:{SCID_STAND_IN}:{home}"),
            update_key,
            document: self.document(&subject, &home, SCID_STAND_IN, &[]),
        }))
    }

    /// The text of a principal's log as it is served; nothing where there is none.
    pub async fn text(&self, principal: PrincipalId) -> Result<Option<String>, Rejection> {
        let vault = Arc::clone(&self.node.vault);
        let opened = blocking(move || vault.open(&did_log_id(principal))).await;
        let Some(opened) = opened.and_then(|opened| opened).map_err(internal)? else {
            return Ok(None);
        };
        match String::from_utf8(opened.bytes.to_vec()) {
            Ok(text) => Ok(Some(text)),
            Err(_) => Err(internal(Error::Vault {
                id: did_log_id(principal),
                why: "it is no text".to_owned(),
            })),
        }
    }

    /// A principal's log; nothing where there is none.
    pub async fn log(&self, principal: PrincipalId) -> Result<Option<Log>, Rejection> {
        match self.text(principal).await? {
            Some(text) => self.verify(&text).await.map(Some),
            None => Ok(None),
        }
    }

    /// The principal that a DID names here.
    pub async fn find(&self, did: &Did) -> Result<Option<PrincipalId>, Rejection> {
        let (did, host) = (did.clone(), self.node.config.host.clone());
        let look = move |state: &State| {
            let found = state.find_by_did(&did, &host)?;
            Some(state.principals.get(found).id)
        };
        self.node.read(None, look).await
    }

    /// Verifies a log beside the request threads: a long one has many signatures.
    async fn verify(&self, text: &str) -> Result<Log, Rejection> {
        let (text, now) = (text.to_owned(), self.node.now());
        let verified = blocking(move || verify(&text, now)).await.map_err(internal)?;
        Ok(verified?)
    }

    async fn seal(&self, principal: PrincipalId, text: String) -> Result<Sealed, Rejection> {
        let vault = Arc::clone(&self.node.vault);
        let mut text = text;
        if !text.ends_with('\n') {
            text.push('\n');
        }
        let seal = move || vault.seal(principal, did_log_id(principal), text.as_bytes());
        blocking(seal).await.and_then(|sealed| sealed).map_err(internal)
    }

    fn document(&self, subject: &Subject, home: &Address, scid: &str, former: &[Did]) -> Value {
        let (config, now) = (&self.node.config, self.node.now());
        subject.document(home, scid, former, &subject::About { host: &config.host, now })
    }
}

/// Where a verified log stands.
fn head(log: &Log, sealed: &Sealed, update_key: u32) -> Head {
    let Multihash(hash) = log.version_hash();
    Head { version: log.version(), hash, log: sealed.digest, update_key }
}

/// Whether one log is another one with entries behind it, byte for byte.
fn check_continues(known: &str, text: &str) -> Result<(), Rejection> {
    let rest = text.strip_prefix(known.trim_end_matches('\n'));
    match rest.and_then(|rest| rest.strip_prefix('\n')).filter(|rest| !rest.is_empty()) {
        Some(_) => Ok(()),
        None => Err(Code::DidRolledBack.into()),
    }
}
