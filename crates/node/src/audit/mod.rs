//! The offline audit: is an exported journal what its node signed, and do its books add up?
//!
//! Needs nothing but the export. The chain, the tree, the checkpoint and the envelopes' signatures
//! are recomputed from the bytes; the books are kept anew from zero by rules written here and not
//! by the kernel, so that a fault there shows up as a difference.

mod books;
pub mod compare;

use std::collections::HashMap;
use std::io::BufRead;

use hansa_crypto::chain;
use hansa_crypto::checkpoint::parse_and_verify;
use hansa_crypto::hash::salted;
use hansa_crypto::json::{canonical, parse_strict};
use hansa_crypto::keys::PublicKey;
use hansa_crypto::merkle::{CompactRange, leaf_hash};
use hansa_kernel::node::{NodeKeyRotated, rotation_text};
use hansa_kernel::{Auth, Entry, EnvelopeProof, Event, codec};
use hansa_types::{AnyId, Digest, IncarnationId, PrincipalId, Time};
use serde::Serialize;

pub use books::{Books, CurrencyReport};

use crate::export::{EnvelopeText, FORMAT, Footer, Header, Line, VERSION};

/// What is wrong with an export, and where.
#[derive(Debug, thiserror::Error)]
#[error("{}{what}", seq.map(|seq| format!("entry {seq}: ")).unwrap_or_default())]
pub struct Fault {
    /// The entry, where it is one.
    pub seq: Option<u64>,
    /// What is wrong.
    pub what: String,
}

/// What the audit found in an export without fault.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Report {
    /// Where the checkpoint comes from.
    pub origin: String,
    /// The key that signed it, as multibase.
    pub node_key: String,
    /// Which run of the journal it is.
    pub incarnation: IncarnationId,
    /// How many entries the tree has.
    pub tree_size: u64,
    /// Its root.
    pub root: Digest,
    /// The first entry of the export, where that is not the first of the journal: such an export
    /// proves its own entries and says nothing of the books.
    #[serde(skip_serializing_if = "is_first")]
    pub from: u64,
    /// Entries that were shown.
    pub shown: u64,
    /// Entries that appear as leaf hashes.
    pub hidden: u64,
    /// Signatures of envelopes.
    pub signatures: Signatures,
    /// The books of each currency, as far as the shown entries tell.
    pub currencies: Vec<CurrencyReport>,
    /// Whether the books rest on every entry: with hidden ones they prove nothing.
    pub books_complete: bool,
    /// What is issued and not in circulation, in the first currency where that is anything but
    /// `0`; `unknown` where hidden entries keep the books from being followed.
    pub supply_delta: String,
}

fn is_first(from: &u64) -> bool {
    *from == 1
}

/// Signatures of envelopes, counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Signatures {
    /// The text was there, fits its digest, and the signature fits it.
    pub verified: u64,
    /// The text was not part of the export, or was erased.
    pub not_included: u64,
}

/// Audits an export. `trusted` is the node's key as known from elsewhere; without it the export is
/// only consistent with itself and with the key it names. `progress` hears of each entry.
pub fn audit(
    input: impl BufRead,
    trusted: Option<&PublicKey>,
    progress: &mut dyn FnMut(u64, u64),
) -> Result<Report, Fault> {
    audit_leaves(input, trusted, &mut |step| progress(step.seq, step.tree_size))
}

/// An entry that was audited.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Audited {
    /// Its number.
    pub seq: u64,
    /// Its leaf hash.
    pub leaf: Digest,
    /// How many entries there are.
    pub tree_size: u64,
}

/// The same, telling each entry's leaf.
pub fn audit_leaves(
    input: impl BufRead,
    trusted: Option<&PublicKey>,
    told: &mut dyn FnMut(Audited),
) -> Result<Report, Fault> {
    let mut audit: Option<Audit> = None;
    for (number, text) in input.split(b'\n').enumerate() {
        let text = text.map_err(|error| fault(None, format!("line {}: {error}", number + 1)))?;
        match audit.as_mut() {
            None => audit = Some(Audit::begin(&text, trusted)?),
            Some(audit) if audit.is_complete() => audit.footer(&text)?,
            Some(audit) => {
                let leaf = audit.line(&text)?;
                let (seq, tree_size) = (audit.tree.size(), audit.header.tree_size);
                told(Audited { seq, leaf, tree_size });
            }
        }
    }
    audit.ok_or_else(|| fault(None, "the export is empty"))?.finish()
}

fn fault(seq: Option<u64>, what: impl Into<String>) -> Fault {
    Fault { seq, what: what.into() }
}

/// The keys that an actor's envelopes may be signed with.
struct ActorKeys {
    present: PublicKey,
    /// With the first moment at which each is refused.
    former: Vec<(PublicKey, Time)>,
}

impl ActorKeys {
    fn new(present: PublicKey) -> Self {
        Self { present, former: Vec::new() }
    }

    fn accepts(&self, key: &PublicKey, at: Time) -> bool {
        self.present == *key || self.former.iter().any(|(own, until)| own == key && at < *until)
    }

    fn rotate(&mut self, key: PublicKey, former_until: Option<Time>, at: Time) {
        if former_until.is_none() {
            self.former.clear();
        }
        self.former.push((self.present, former_until.unwrap_or(at)));
        self.present = key;
    }
}

struct Audit {
    header: Header,
    key: PublicKey,
    chain: Digest,
    tree: CompactRange,
    hidden: u64,
    signatures: Signatures,
    keys: HashMap<PrincipalId, ActorKeys>,
    /// The node's principal and its key, from its founding on.
    node: Option<(PrincipalId, PublicKey)>,
    /// Which run of the journal the last entry is of.
    incarnation: Option<IncarnationId>,
    books: Books,
    /// Whether a shown entry could not be booked for want of hidden ones.
    books_end: bool,
    signed: bool,
}

impl Audit {
    fn begin(text: &[u8], trusted: Option<&PublicKey>) -> Result<Self, Fault> {
        let header: Header = serde_json::from_slice(text)
            .map_err(|error| fault(None, format!("the first line is no header: {error}")))?;
        if header.format != FORMAT || header.version != VERSION {
            return Err(fault(None, "the export is of another format or release"));
        }
        let tree = match (header.from, header.before.clone()) {
            (1, None) => CompactRange::new(),
            (from, Some(before)) if from > 1 && before.size() == from - 1 => before,
            _ => return Err(fault(None, "the header does not say what comes before its lines")),
        };
        let key = PublicKey::from_multibase(&header.node_key)
            .map_err(|error| fault(None, format!("node_key: {error}")))?;
        if trusted.is_some_and(|trusted| *trusted != key) {
            return Err(fault(None, "the export is signed by another key than the trusted one"));
        }
        Ok(Self {
            key,
            chain: Digest::ZERO,
            tree,
            hidden: 0,
            signatures: Signatures::default(),
            keys: HashMap::new(),
            node: None,
            incarnation: None,
            books: Books::default(),
            books_end: header.from > 1,
            signed: false,
            header,
        })
    }

    fn is_complete(&self) -> bool {
        self.tree.size() == self.header.tree_size
    }

    fn line(&mut self, text: &[u8]) -> Result<Digest, Fault> {
        let seq = self.tree.size() + 1;
        let at = Some(seq);
        let line: Line<'_> = serde_json::from_slice(text)
            .map_err(|error| fault(at, format!("the line does not read: {error}")))?;
        if line.seq != seq {
            return Err(fault(at, format!("the line says it is entry {}", line.seq)));
        }
        if seq == self.header.from && seq > 1 {
            // Where the chain stands is taken from the export; the tree proves the entries.
            self.chain = line.prev;
        }
        if line.prev != self.chain {
            // What a shown entry hashes to is first contradicted by the line behind it.
            return Err(match seq {
                1 => fault(at, "the chain does not begin with zeros"),
                _ => fault(Some(seq - 1), "it does not lead to the chain that the next line names"),
            });
        }
        let leaf = match (line.entry, line.leaf) {
            (Some(raw), None) => {
                let bytes = raw.get().as_bytes();
                let entry = codec::decode(bytes).map_err(|error| fault(at, error.to_string()))?;
                self.entry(&entry, line.envelope.as_ref())?;
                leaf_hash(bytes)
            }
            (None, Some(leaf)) => {
                self.hidden += 1;
                leaf
            }
            _ => return Err(fault(at, "neither shown nor hidden")),
        };
        self.chain = chain::next(&self.chain, &leaf);
        self.tree.push(leaf);
        Ok(leaf)
    }

    fn entry(&mut self, entry: &Entry, text: Option<&EnvelopeText>) -> Result<(), Fault> {
        let at = Some(entry.seq);
        if entry.seq != self.tree.size() + 1 {
            return Err(fault(at, "the entry's own number is another"));
        }
        match (&entry.event, entry.id) {
            (Event::NodeFounded(founded), AnyId::Principal(id)) => {
                self.incarnation = Some(founded.incarnation);
                self.node = Some((id, founded.key));
                self.keys.insert(id, ActorKeys::new(founded.key));
            }
            (Event::NodeKeyRotated(rotated), _) => self.rotate_node(entry, rotated)?,
            (Event::NodeRestored(restored), _) => self.incarnation = Some(restored.incarnation),
            (Event::PrincipalCreated(created), AnyId::Principal(id)) => {
                self.keys.insert(id, ActorKeys::new(created.key));
            }
            _ => {}
        }
        if let Auth::Envelope(key, proof) = &entry.auth {
            let actor = entry.actor.and_then(|actor| self.keys.get(&actor));
            if actor.is_some_and(|own| !own.accepts(key, entry.ts)) {
                return Err(fault(at, "it was signed by another key than its actor's"));
            }
            if let Some(proof) = proof {
                self.signature(key, proof, text).map_err(|what| fault(at, what))?;
            }
        }
        // Behind the check of its own signature: that is of the key it replaces.
        if let Event::KeyRotated(rotated) = &entry.event {
            self.rotate(entry, rotated.key, rotated.former_until);
        }
        if self.books_end {
            return Ok(());
        }
        match self.books.enter(entry) {
            // Money that came by a hidden entry is no fault.
            Err(_) if self.hidden > 0 => self.books_end = true,
            booked => booked.map_err(|what| fault(at, what))?,
        }
        Ok(())
    }

    fn rotate(&mut self, entry: &Entry, key: PublicKey, former_until: Option<Time>) {
        let Some(AnyId::Principal(id)) = entry.subject else { return };
        if let Some(keys) = self.keys.get_mut(&id) {
            keys.rotate(key, former_until, entry.ts);
        }
    }

    /// Follows the node from one key to the next, as far as the former one vouches for it.
    fn rotate_node(&mut self, entry: &Entry, rotated: &NodeKeyRotated) -> Result<(), Fault> {
        if let Some((node, former)) = &mut self.node {
            let text = rotation_text(*node, &rotated.key);
            if former.verify(&text, &rotated.proof).is_err() {
                let what = "the node's key before it did not sign the new one";
                return Err(fault(Some(entry.seq), what));
            }
            *former = rotated.key;
        }
        self.rotate(entry, rotated.key, rotated.former_until);
        Ok(())
    }

    fn signature(
        &mut self,
        key: &PublicKey,
        proof: &EnvelopeProof,
        text: Option<&EnvelopeText>,
    ) -> Result<(), String> {
        let Some(text) = text else {
            self.signatures.not_included += 1;
            return Ok(());
        };
        if salted(&text.salt, text.text.as_bytes()) != proof.digest {
            return Err("the envelope's text does not fit its digest".to_owned());
        }
        let mut value = parse_strict(text.text.as_bytes()).map_err(|error| error.to_string())?;
        if let Some(object) = value.as_object_mut() {
            object.remove("auth");
        }
        let unsigned = canonical(&value).map_err(|error| error.to_string())?;
        key.verify(&unsigned, &proof.signature)
            .map_err(|_| "the signature does not fit the envelope".to_owned())?;
        self.signatures.verified += 1;
        Ok(())
    }

    fn footer(&mut self, text: &[u8]) -> Result<(), Fault> {
        if text.is_empty() {
            return Ok(());
        }
        if self.signed {
            return Err(fault(None, "there is more behind the checkpoint"));
        }
        let footer: Footer = serde_json::from_slice(text)
            .map_err(|error| fault(None, format!("the last line is no checkpoint: {error}")))?;
        let checkpoint = parse_and_verify(&footer.checkpoint, &self.header.origin, &self.key)
            .map_err(|error| fault(None, format!("the checkpoint: {error}")))?;
        let own = (checkpoint.size, checkpoint.root, checkpoint.origin.as_str());
        if own != (self.tree.size(), self.tree.root(), self.header.origin.as_str()) {
            return Err(fault(None, "the checkpoint is signed over another tree"));
        }
        self.signed = true;
        Ok(())
    }

    fn finish(self) -> Result<Report, Fault> {
        if !self.is_complete() {
            let detail = format!(
                "the export ends at entry {} of {}",
                self.tree.size(),
                self.header.tree_size,
            );
            return Err(fault(None, detail));
        }
        if self.tree.root() != self.header.root {
            return Err(fault(None, "the tree has another root than the header says"));
        }
        if self.node.is_some_and(|(_, last)| last != self.key) {
            return Err(fault(None, "the journal is of a node with another key"));
        }
        if self.incarnation.is_some_and(|last| last != self.header.incarnation) {
            return Err(fault(None, "the journal is of another incarnation"));
        }
        if !self.signed {
            return Err(fault(None, "the signed checkpoint is missing"));
        }
        let currencies = if self.books_end { Vec::new() } else { self.books.report() };
        let delta = currencies.iter().find(|currency| currency.delta != "0");
        let delta = delta.map_or("0", |currency| currency.delta.as_str());
        let supply_delta = if self.books_end { "unknown" } else { delta }.to_owned();
        Ok(Report {
            origin: self.header.origin,
            node_key: self.header.node_key,
            incarnation: self.header.incarnation,
            tree_size: self.header.tree_size,
            root: self.header.root,
            from: self.header.from,
            shown: self.header.tree_size + 1 - self.header.from - self.hidden,
            hidden: self.hidden,
            signatures: self.signatures,
            books_complete: self.hidden == 0 && self.header.from == 1,
            supply_delta,
            currencies,
        })
    }
}
