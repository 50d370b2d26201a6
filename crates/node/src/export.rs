//! The journal as JSON lines that anybody can verify without the node.
//!
//! A header, then one line per entry, then the signed checkpoint. An entry that the reader may not
//! see appears as its leaf hash, so the chain and the tree verify all the same.

use std::ops::ControlFlow;

use hansa_crypto::checkpoint::Checkpoint;
use hansa_crypto::keys::SigningKey;
use hansa_crypto::merkle::CompactRange;
use hansa_kernel::{Entry, codec};
use hansa_store::Reader;
use hansa_types::{Digest, IncarnationId, Salt};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::checkpoint::origin;
use crate::error::Error;
use crate::sight::Sight;
use crate::vault::{Vault, envelope_id};

/// What an export is called in its header.
pub const FORMAT: &str = "hansa-journal";
/// The version of its lines.
pub const VERSION: u32 = 1;

/// The first line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Header {
    /// Always [`FORMAT`].
    pub format: String,
    /// Always [`VERSION`].
    pub version: u32,
    /// Where the checkpoint says it comes from.
    pub origin: String,
    /// Which run of the journal this is.
    pub incarnation: IncarnationId,
    /// The node's key as multibase.
    pub node_key: String,
    /// How many entries there are.
    pub tree_size: u64,
    /// Root of the tree over them (RFC 6962).
    pub root: Digest,
    /// The first entry that follows.
    pub from: u64,
    /// Of an export that does not begin with the first entry: the subtrees over the entries before
    /// it, from which and the lines that follow the root is computed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<CompactRange>,
}

/// A line of an entry.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Line<'a> {
    /// Its number.
    pub seq: u64,
    /// The chain before it.
    pub prev: Digest,
    /// Its bytes, when it may be seen.
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    pub entry: Option<&'a RawValue>,
    /// Its leaf hash, when it may not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub leaf: Option<Digest>,
    /// The text of the envelope that caused it, when asked for and not erased.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub envelope: Option<EnvelopeText>,
}

/// The text of an envelope with what its digest is made of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EnvelopeText {
    /// Hashed before the text.
    pub salt: Salt,
    /// The canonical envelope.
    pub text: String,
}

/// The last line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Footer {
    /// The signed checkpoint of the header's tree.
    pub checkpoint: String,
}

/// What is exported, for whom.
pub struct Export<'a> {
    /// The journal.
    pub reader: &'a dyn Reader,
    /// Signs the checkpoint.
    pub key: &'a SigningKey,
    /// The host of its origin.
    pub host: &'a str,
    /// Which run of the journal this is.
    pub incarnation: IncarnationId,
    /// What may be seen.
    pub sight: Sight,
    /// Where the texts of envelopes are taken from, when asked for.
    pub texts: Option<&'a Vault>,
    /// The first entry to export.
    pub from: u64,
}

impl Export<'_> {
    /// Hands the lines, each with its newline, to `out` until that says stop. Entries that become
    /// durable meanwhile are not part of it.
    pub fn write(&self, out: &mut dyn FnMut(Vec<u8>) -> ControlFlow<()>) -> Result<(), Error> {
        let head = self.reader.head()?;
        let origin = origin(self.host, self.incarnation);
        let header = Header {
            format: FORMAT.to_owned(),
            version: VERSION,
            origin: origin.clone(),
            incarnation: self.incarnation,
            node_key: self.key.public().to_multibase(),
            tree_size: head.last_seq,
            root: head.root,
            from: self.from,
            before: self.before()?,
        };
        if out(line(&header)?).is_break() {
            return Ok(());
        }
        let mut failed = None;
        let mut stopped = false;
        self.reader.scan(self.from, &mut |row| {
            let mut chain = row.prev_chain;
            for (seq, bytes, leaf) in row.entries() {
                let prev = chain;
                chain = hansa_crypto::chain::next(&prev, &leaf);
                if seq > head.last_seq {
                    return Ok(ControlFlow::Break(()));
                }
                if seq < self.from {
                    continue;
                }
                match self.entry_line(seq, bytes, leaf, prev) {
                    Ok(line) => stopped = out(line).is_break(),
                    Err(error) => failed = Some(error),
                }
                if stopped || failed.is_some() {
                    return Ok(ControlFlow::Break(()));
                }
            }
            Ok(ControlFlow::Continue(()))
        })?;
        if let Some(error) = failed {
            return Err(error);
        }
        if !stopped {
            let checkpoint =
                Checkpoint { origin: origin.clone(), size: head.last_seq, root: head.root };
            let footer = Footer { checkpoint: checkpoint.sign(&origin, self.key) };
            let _ = out(line(&footer)?);
        }
        Ok(())
    }

    /// The tree over what is left out at the beginning.
    fn before(&self) -> Result<Option<CompactRange>, Error> {
        let left_out = self.from.saturating_sub(1);
        if left_out == 0 {
            return Ok(None);
        }
        let mut range = CompactRange::new();
        self.reader.scan(1, &mut |row| {
            for (seq, _, leaf) in row.entries() {
                if seq > left_out {
                    return Ok(ControlFlow::Break(()));
                }
                range.push(leaf);
            }
            Ok(ControlFlow::Continue(()))
        })?;
        match range.size() == left_out {
            true => Ok(Some(range)),
            false => Err(Error::Export(format!("the journal ends before entry {}", self.from))),
        }
    }

    fn entry_line(
        &self,
        seq: u64,
        bytes: &[u8],
        leaf: Digest,
        prev: Digest,
    ) -> Result<Vec<u8>, Error> {
        let entry = codec::decode(bytes).map_err(|source| Error::Entry { seq, source })?;
        if !self.sight.may_see(&entry) {
            return line(&Line { seq, prev, entry: None, leaf: Some(leaf), envelope: None });
        }
        let raw: &RawValue = serde_json::from_slice(bytes)
            .map_err(|error| Error::Entry { seq, source: error.into() })?;
        let envelope = self.envelope_text(&entry)?;
        line(&Line { seq, prev, entry: Some(raw), leaf: None, envelope })
    }

    fn envelope_text(&self, entry: &Entry) -> Result<Option<EnvelopeText>, Error> {
        let (Some(vault), Some(proof)) = (self.texts, entry.auth.proof()) else { return Ok(None) };
        let Some(opened) = vault.open(&envelope_id(proof.id))? else { return Ok(None) };
        let text = String::from_utf8_lossy(&opened.bytes).into_owned();
        Ok(Some(EnvelopeText { salt: opened.salt, text }))
    }
}

fn line(value: &impl Serialize) -> Result<Vec<u8>, Error> {
    let mut bytes =
        serde_json::to_vec(value).map_err(|error| Error::Export(format!("writing: {error}")))?;
    bytes.push(b'\n');
    Ok(bytes)
}
