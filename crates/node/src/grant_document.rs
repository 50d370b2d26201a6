//! A chain of grants as a document that anybody verifies without the node.
//!
//! The node signs what it says of the chain at one moment, and proves that each grant stands in its
//! journal by the bytes of its entry, an inclusion proof and a signed checkpoint. Whoever verifies
//! needs the node's key and a clock; the rules of narrowing are checked anew. What was taken back
//! after the document was written it cannot know: ask for one that is not too old.

use hansa_crypto::checkpoint::{Checkpoint, parse_and_verify};
use hansa_crypto::json::{canonical, parse_strict};
use hansa_crypto::merkle::{leaf_hash, verify_inclusion};
use hansa_crypto::{PublicKey, SigningKey};
use hansa_kernel::grant::Created;
use hansa_kernel::limits::GRANT_DEPTH_MAX;
use hansa_kernel::{Entry, Event, codec};
use hansa_store::Reader;
use hansa_types::{
    AnyId, Currency, Duration, GrantId, IncarnationId, PrincipalId, Rejection, Time,
};
use hansa_wire::WireAmount;
use hansa_wire::api::grants::{GrantDocument, GrantDocumentLink, ProvenEntry};
use hansa_wire::scalar::WireKey;
use serde_json::Value;

use crate::checkpoint::origin;
use crate::error::Error;

/// What a document is called in itself.
pub const FORMAT: &str = "hansa-grant";
/// The version of its members.
pub const VERSION: u32 = 1;
/// The member that holds the signature of the others.
const SIGNATURE: &str = "signature";

/// What the node knows of one link.
#[derive(Debug, Clone)]
pub struct Known {
    /// The entry that made it.
    pub seq: u64,
    /// The entry that ended it, if one did.
    pub ended_seq: Option<u64>,
    /// Decimals of its currency, if it has one.
    pub scale: Option<u8>,
    /// What was moved with it, where that is limited.
    pub used: Option<WireAmount>,
    /// How often it was used, where that is limited.
    pub uses: Option<u64>,
}

/// What a document is made of.
pub struct Export<'a> {
    /// The journal.
    pub reader: &'a dyn Reader,
    /// Proofs over its tree: the siblings of an entry in the tree of so many.
    pub prove: &'a dyn Fn(u64, u64) -> Result<Vec<hansa_types::Digest>, Error>,
    /// Signs the document and its checkpoint.
    pub key: &'a SigningKey,
    /// The host of its origin.
    pub host: &'a str,
    /// Which run of the journal this is.
    pub incarnation: IncarnationId,
    /// The grant.
    pub grant: GrantId,
    /// Whether it counts now.
    pub in_force: bool,
    /// Its chain, the first grant first.
    pub links: &'a [Known],
    /// Now.
    pub now: Time,
}

impl Export<'_> {
    /// Writes the document.
    pub fn write(&self) -> Result<GrantDocument, Error> {
        let head = self.reader.head()?;
        let origin = origin(self.host, self.incarnation);
        let checkpoint =
            Checkpoint { origin: origin.clone(), size: head.last_seq, root: head.root };
        let mut links = Vec::with_capacity(self.links.len());
        for known in self.links {
            links.push(GrantDocumentLink {
                created: self.entry(known.seq, head.last_seq)?,
                ended: match known.ended_seq {
                    Some(seq) => Some(self.entry(seq, head.last_seq)?),
                    None => None,
                },
                scale: known.scale,
                used: known.used.clone(),
                uses: known.uses,
            });
        }
        let document = GrantDocument {
            format: FORMAT.to_owned(),
            version: VERSION,
            node_key: WireKey(self.key.public()),
            exported_at: self.now.into(),
            grant: self.grant,
            in_force: self.in_force,
            checkpoint: checkpoint.sign(&origin, self.key),
            origin,
            links,
            signature: hansa_types::Signature([0; 64]),
        };
        let signed = serde_json::to_value(&document).ok().and_then(without_signature);
        let bytes = signed.map(|value| canonical(&value)).transpose();
        let bytes = bytes.ok().flatten().ok_or(Error::Unsignable("a grant"))?;
        Ok(GrantDocument { signature: self.key.sign(&bytes), ..document })
    }

    fn entry(&self, seq: u64, tree_size: u64) -> Result<ProvenEntry, Error> {
        let missing = || Error::EndMissing { head: tree_size, known: seq };
        let line = self.reader.entry(seq)?.filter(|_| seq <= tree_size).ok_or_else(missing)?;
        let line = String::from_utf8(line).map_err(|_| Error::Unsignable("an entry"))?;
        Ok(ProvenEntry { seq, line, proof: (self.prove)(seq, tree_size)? })
    }
}

/// The document as it is signed.
fn without_signature(mut document: Value) -> Option<Value> {
    document.as_object_mut()?.remove(SIGNATURE)?;
    Some(document)
}

/// How a document is to be verified.
#[derive(Debug, Clone, Copy)]
pub struct Demand<'a> {
    /// The node's key as it is known from elsewhere. Without it the document is only consistent with
    /// the key it names.
    pub trusted: Option<&'a PublicKey>,
    /// When.
    pub now: Time,
    /// How old it may be.
    pub age_max: Option<Duration>,
}

/// What a document says that verified.
#[derive(Debug, Clone, PartialEq)]
pub struct Verified {
    /// The document.
    pub document: GrantDocument,
    /// On whose behalf the grant is used.
    pub on_behalf_of: PrincipalId,
    /// Who may use it.
    pub holder: PrincipalId,
    /// What it allows.
    pub granted: Created,
    /// Entries in the journal when it was written.
    pub tree_size: u64,
}

/// Why a document counts for nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// It cannot be read.
    #[error("not a document of a grant: {0}")]
    Malformed(String),
    /// It is signed by another node than the one that was asked for.
    #[error("it is signed with another key than the node's")]
    OtherKey,
    /// Its signature does not verify.
    #[error("its signature does not verify: it was changed, or another key signed it")]
    Signature,
    /// Its checkpoint does not verify.
    #[error("its checkpoint does not verify")]
    Checkpoint,
    /// An entry is not in the tree of the checkpoint.
    #[error("entry {0} is not in the journal that the checkpoint is of")]
    Inclusion(u64),
    /// An entry says something else than it should.
    #[error("entry {0} is not the one that belongs there")]
    Entry(u64),
    /// A link does not hang on the one above it.
    #[error("the grant of entry {0} does not hang on the one above it")]
    Link(u64),
    /// A link is wider than the one above it.
    #[error("the grant of entry {seq} is wider than the one above it: {rejection}")]
    Wider {
        /// The entry.
        seq: u64,
        /// In which way.
        rejection: Rejection,
    },
    /// A link was taken back or given up.
    #[error("the grant of entry {created} was ended by entry {ended}")]
    Ended {
        /// The entry that made it.
        created: u64,
        /// The entry that ended it.
        ended: u64,
    },
    /// The node says that the grant did not count.
    #[error("the grant was not in force when this was written")]
    NotInForce,
    /// A link's time is over.
    #[error("the grant of entry {0} has expired")]
    Expired(u64),
    /// The document is older than is accepted, or from the future.
    #[error("it was written at {0}, which is too long ago or yet to come")]
    Age(Time),
}

/// How far the clocks of two machines may differ.
const CLOCKS_APART: Duration = Duration::seconds(300);

/// Verifies a document.
pub fn verify(text: &[u8], demand: &Demand<'_>) -> Result<Verified, Fault> {
    let document = read(text, demand.trusted)?;
    let exported_at = document.exported_at.0;
    let is_early = exported_at > demand.now.after(CLOCKS_APART);
    let is_stale = demand.age_max.is_some_and(|most| exported_at.after(most) < demand.now);
    if is_early || is_stale {
        return Err(Fault::Age(exported_at));
    }
    let key = &document.node_key.0;
    let checkpoint = parse_and_verify(&document.checkpoint, &document.origin, key)
        .ok()
        .filter(|checkpoint| checkpoint.origin == document.origin)
        .ok_or(Fault::Checkpoint)?;
    let mut above: Option<Link> = None;
    let mut root = None;
    for link in &document.links {
        let next = Link::read(link, &checkpoint)?;
        next.check(above.as_ref(), root)?;
        next.check_standing(link, &checkpoint, demand.now)?;
        root = root.or(Some(next.created.issuer));
        above = Some(next);
    }
    let (Some(last), Some(root)) = (above, root) else {
        return Err(Fault::Malformed("it has no links".to_owned()));
    };
    if last.id != document.grant {
        return Err(Fault::Entry(last.seq));
    }
    if !document.in_force {
        return Err(Fault::NotInForce);
    }
    let (holder, granted, tree_size) = (last.holder, last.created, checkpoint.size);
    Ok(Verified { document, on_behalf_of: root, holder, granted, tree_size })
}

/// Reads a document and verifies its signature.
fn read(text: &[u8], trusted: Option<&PublicKey>) -> Result<GrantDocument, Fault> {
    let value =
        parse_strict(text).map_err(|rejection| Fault::Malformed(rejection.detail.into_owned()))?;
    let document: GrantDocument = serde_json::from_value(value.clone())
        .map_err(|error| Fault::Malformed(error.to_string()))?;
    if document.format != FORMAT || document.version != VERSION {
        return Err(Fault::Malformed(format!("{} {}", document.format, document.version)));
    }
    if document.links.len() > usize::from(GRANT_DEPTH_MAX) + 1 {
        return Err(Fault::Malformed("it has more links than a chain may have".to_owned()));
    }
    if document.links.iter().any(|link| link.scale.is_some_and(|s| s > Currency::SCALE_MAX)) {
        return Err(Fault::Malformed("a currency has at most 18 decimals".to_owned()));
    }
    let key = document.node_key.0;
    if trusted.is_some_and(|trusted| *trusted != key) {
        return Err(Fault::OtherKey);
    }
    let signed = without_signature(value).and_then(|value| canonical(&value).ok());
    let signed = signed.ok_or(Fault::Signature)?;
    key.verify(&signed, &document.signature).map_err(|_| Fault::Signature)?;
    Ok(document)
}

/// One grant of a chain, as its entry says.
struct Link {
    seq: u64,
    id: GrantId,
    holder: PrincipalId,
    created: Created,
}

impl Link {
    fn read(link: &GrantDocumentLink, checkpoint: &Checkpoint) -> Result<Self, Fault> {
        let seq = link.created.seq;
        let entry = proven(&link.created, checkpoint)?;
        let (AnyId::Grant(id), Some(AnyId::Principal(holder)), Event::GrantCreated(created)) =
            (entry.id, entry.subject, entry.event)
        else {
            return Err(Fault::Entry(seq));
        };
        Ok(Self { seq, id, holder, created })
    }

    /// Whether it hangs on the one above: given by its holder, or in the name of whose things it is
    /// about, and no wider.
    fn check(&self, above: Option<&Link>, root: Option<PrincipalId>) -> Result<(), Fault> {
        if self.created.parent != above.map(|above| above.id) {
            return Err(Fault::Link(self.seq));
        }
        let Some(above) = above else { return Ok(()) };
        let issuer = self.created.issuer;
        if issuer != above.holder && Some(issuer) != root {
            return Err(Fault::Link(self.seq));
        }
        let narrower = self.created.terms().check_narrower(&above.created.terms());
        narrower.map_err(|rejection| Fault::Wider { seq: self.seq, rejection })
    }

    fn check_standing(
        &self,
        link: &GrantDocumentLink,
        checkpoint: &Checkpoint,
        now: Time,
    ) -> Result<(), Fault> {
        if let Some(ended) = &link.ended {
            let entry = proven(ended, checkpoint)?;
            let ends = matches!(entry.event, Event::GrantRevoked(_) | Event::GrantRelinquished(_));
            return Err(match ends && entry.id == AnyId::Grant(self.id) {
                true => Fault::Ended { created: self.seq, ended: ended.seq },
                false => Fault::Entry(ended.seq),
            });
        }
        match self.created.expires <= now {
            true => Err(Fault::Expired(self.seq)),
            false => Ok(()),
        }
    }
}

/// The entry, if it is in the checkpoint's tree at its place.
fn proven(entry: &ProvenEntry, checkpoint: &Checkpoint) -> Result<Entry, Fault> {
    let ProvenEntry { seq, line, proof } = entry;
    let index = seq.checked_sub(1).ok_or(Fault::Inclusion(*seq))?;
    let leaf = leaf_hash(line.as_bytes());
    verify_inclusion(&leaf, index, checkpoint.size, proof, &checkpoint.root)
        .map_err(|_| Fault::Inclusion(*seq))?;
    let decoded = codec::decode(line.as_bytes()).map_err(|_| Fault::Entry(*seq))?;
    match decoded.seq == *seq {
        true => Ok(decoded),
        false => Err(Fault::Entry(*seq)),
    }
}
