//! Resolving DIDs of other hosts: fetched by the rules for going out, verified, and remembered.
//!
//! What was fetched is not trusted for where it came from. A log proves itself; a document of
//! `did:web` must at least name itself. The digest of what was seen is an entry, and a log that is
//! shorter than one seen before, or has another history, is refused: a host may be silent and may
//! not take back.
//!
//! Deliberately absent: a cache, following a log to where it moved, and other methods.

use hansa_crypto::hash::sha256;
use hansa_crypto::json::{canonical, parse_strict};
use hansa_crypto::webvh::{Address, Log, Multihash, hash_at, normalise};
use hansa_kernel::did::{Pin, Seen};
use hansa_kernel::{Command, State};
use hansa_types::{Code, Did, Digest, Rejection, Time};
use serde_json::{Map, Value};

use super::{Dids, FILE};
use crate::egress::{EgressLimits, Purpose};
use crate::limits::{DID_TRIES_MAX, EGRESS_BODY_BYTES_MAX};
use crate::node::Node;

/// What a DID of another host resolved to.
#[derive(Debug, Clone, PartialEq)]
pub struct Resolved {
    /// The DID of the document.
    pub did: Did,
    /// The document.
    pub document: Map<String, Value>,
    /// The entry that keeps the digest of what was fetched.
    pub pinned_seq: u64,
    /// The log's account of itself, where there is a log.
    pub log: Option<Log>,
}

/// What is compared with what was seen before.
struct Found<'a> {
    name: Digest,
    version: u32,
    hash: Digest,
    /// The log, to find earlier versions in.
    text: Option<&'a str>,
}

impl Dids<'_> {
    /// Resolves a DID of another host.
    pub async fn fetch(&self, did: &Did) -> Result<Resolved, Rejection> {
        let did = normalise(did);
        match did.method() {
            "webvh" => self.fetch_log(&did).await,
            "web" => self.fetch_document(&did).await,
            method => {
                Err(unresolvable(format!("did:{method} is not spoken here, or nobody here has it")))
            }
        }
    }

    async fn fetch_log(&self, did: &Did) -> Result<Resolved, Rejection> {
        let (scid, address) = Address::of_webvh(did).map_err(|error| malformed(&error))?;
        let text = self.get(&address.url(FILE)).await?;
        let log = self.verify(&text).await?;
        if log.scid() != scid {
            return Err(Rejection::new(Code::DidLogInvalid, "the log is of another SCID"));
        }
        if log.did() != did && !log.former().contains(did) {
            return Err(Rejection::new(Code::DidLogInvalid, "the log was never at this address"));
        }
        let Multihash(hash) = log.version_hash();
        let found = Found { name: scid.0, version: log.version(), hash, text: Some(&text) };
        let pinned_seq = self.pin(&found).await?;
        let Value::Object(document) = log.document().clone() else {
            return Err(Code::DidLogInvalid.into());
        };
        Ok(Resolved { did: log.did().clone(), document, pinned_seq, log: Some(log) })
    }

    async fn fetch_document(&self, did: &Did) -> Result<Resolved, Rejection> {
        let address = Address::of_web(did).map_err(|error| malformed(&error))?;
        let text = self.get(&address.url("did.json")).await?;
        let Value::Object(document) = parse_strict(text.as_bytes())? else {
            return Err(unresolvable("its document is no object"));
        };
        let id = document.get("id").and_then(Value::as_str).and_then(|id| id.parse().ok());
        if id.map(|id: Did| normalise(&id)).as_ref() != Some(did) {
            return Err(unresolvable("its document is of another DID"));
        }
        let hash = sha256(&canonical(&Value::Object(document.clone()))?);
        let name = sha256(did.as_str().as_bytes());
        let pinned_seq = self.pin(&Found { name, version: 0, hash, text: None }).await?;
        Ok(Resolved { did: did.clone(), document, pinned_seq, log: None })
    }

    async fn get(&self, url: &str) -> Result<String, Rejection> {
        let limits =
            EgressLimits { body_bytes_max: EGRESS_BODY_BYTES_MAX, ..EgressLimits::default() };
        let answer = self.node.egress.get(Purpose::DidResolution, url, limits).await;
        let answer =
            answer.map_err(|error| unresolvable(format!("its host: {}", error.as_str())))?;
        if answer.status != 200 {
            return Err(unresolvable(format!("its host answers {}", answer.status)));
        }
        let text = String::from_utf8(answer.body.to_vec());
        text.map_err(|_| unresolvable("its host answers no text"))
    }

    /// Compares with what was seen before, and records what is new. Gives the entry that keeps it.
    async fn pin(&self, found: &Found<'_>) -> Result<u64, Rejection> {
        for _ in 0..DID_TRIES_MAX {
            let name = found.name;
            let look = move |state: &State| state.dids.seen(&name).copied();
            let seen = self.node.read(None, look).await?;
            if let Some(seen) = seen.filter(|seen| seen.hash == found.hash) {
                return Ok(seen.seq);
            }
            if let (Some(seen), Some(text)) = (&seen, found.text) {
                check_continues(seen, text)?;
            }
            let pin = Pin {
                name,
                version: found.version,
                hash: found.hash,
                replaces: seen.map(|seen| seen.hash),
            };
            let job = Node::own_job(Command::DidPin(pin), Vec::new());
            match self.node.submit(job).await {
                Ok(done) => return Ok(done.entry.seq),
                Err(rejection) if rejection.code == Code::DidLogRaced => {}
                Err(rejection) => return Err(rejection),
            }
        }
        Err(Code::DidLogRaced.into())
    }
}

impl Resolved {
    /// When the first and the last version of its log were made.
    pub fn times(&self) -> Option<(Time, Time)> {
        self.log.as_ref().map(|log| (log.created(), log.updated()))
    }
}

/// Whether a log holds the version that was seen before.
fn check_continues(seen: &Seen, text: &str) -> Result<(), Rejection> {
    match hash_at(text, seen.version) == Some(Multihash(seen.hash)) {
        true => Ok(()),
        false => Err(Rejection::new(
            Code::DidRolledBack,
            format!("version {} of it was seen before and is not in this log", seen.version),
        )),
    }
}

fn malformed(error: &impl std::fmt::Display) -> Rejection {
    Rejection::new(Code::InvalidField, format!("did: {error}"))
}

fn unresolvable(detail: impl Into<std::borrow::Cow<'static, str>>) -> Rejection {
    Rejection::new(Code::DidUnresolvable, detail)
}
