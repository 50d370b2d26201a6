//! What the writer hands over to be made durable: one batch, one row, one transaction.
//!
//! The entries are opaque lines. Whoever hands them over writes and hashes them, or has a [`Hasher`]
//! do it beside the commits; the store itself neither parses nor hashes anything on the way in,
//! and checks only that a batch continues where the last one ended.
//!
//! [`Hasher`]: crate::Hasher

use std::fmt;

use hansa_types::{Digest, PrincipalId, Salt};

use crate::Error;

/// A run of entries and the vault changes that belong to them.
#[derive(Debug)]
pub struct Batch {
    /// Seq of the first entry.
    pub first_seq: u64,
    /// Seq of the last entry, `first_seq - 1` when there are none.
    pub last_seq: u64,
    /// The chain before the first entry.
    pub prev_chain: Digest,
    /// The chain after the last entry.
    pub chain: Digest,
    /// Root of the tree over every entry up to the last.
    pub root: Digest,
    /// The entries, each followed by a newline.
    pub entries: Vec<u8>,
    /// Further entries behind those, that a hasher has still to write.
    pub unwritten: Option<Unwritten>,
    /// The leaf hashes, 32 bytes for each entry.
    pub leaves: Vec<u8>,
    /// Changes to the vault, made in the same transaction in this order.
    pub vault: Vec<VaultChange>,
}

/// Entries that are written when there is time for it.
pub struct Unwritten(Box<Write>);

type Write = dyn FnOnce(&mut Vec<u8>) + Send;

impl Unwritten {
    /// Entries that `write` appends, each followed by a newline.
    pub fn new(write: impl FnOnce(&mut Vec<u8>) + Send + 'static) -> Self {
        Self(Box::new(write))
    }
}

impl fmt::Debug for Unwritten {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Unwritten")
    }
}

/// One change to the vault.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum VaultChange {
    /// Keeps a sealed record, replacing one of the same id.
    Put {
        /// Name of the record.
        id: String,
        /// Whom the record is about, and whose erasure removes it.
        subject: PrincipalId,
        /// What was hashed before the bytes into the entry's digest.
        salt: Salt,
        /// The sealed bytes.
        sealed: Vec<u8>,
    },
    /// Keeps a subject's wrapped key, replacing the previous one.
    PutKey {
        /// Whose key.
        subject: PrincipalId,
        /// The key, sealed under the node's.
        wrapped: Vec<u8>,
    },
    /// Destroys a subject's key and every record about the subject.
    EraseSubject {
        /// Whose.
        subject: PrincipalId,
    },
    /// Destroys every record whose id begins so.
    EraseUnder {
        /// Whom the records are about.
        subject: PrincipalId,
        /// The beginning of their ids: a path that ends with a slash.
        prefix: String,
    },
}

impl VaultChange {
    /// Whom the change is about.
    pub fn subject(&self) -> PrincipalId {
        match self {
            VaultChange::Put { subject, .. }
            | VaultChange::PutKey { subject, .. }
            | VaultChange::EraseSubject { subject }
            | VaultChange::EraseUnder { subject, .. } => *subject,
        }
    }

    /// Whether it takes away instead of keeping.
    pub fn erases(&self) -> bool {
        matches!(self, VaultChange::EraseSubject { .. } | VaultChange::EraseUnder { .. })
    }
}

impl Default for Batch {
    /// An empty batch at the beginning of a journal.
    fn default() -> Self {
        Batch {
            first_seq: 1,
            last_seq: 0,
            prev_chain: Digest::ZERO,
            chain: Digest::ZERO,
            root: Digest::ZERO,
            entries: Vec::new(),
            unwritten: None,
            leaves: Vec::new(),
            vault: Vec::new(),
        }
    }
}

impl Batch {
    /// Makes the batch equal to a default one, but keeps its buffers.
    pub fn clear(&mut self) {
        let Batch { mut entries, mut leaves, mut vault, .. } = std::mem::take(self);
        entries.clear();
        leaves.clear();
        vault.clear();
        *self = Batch { entries, leaves, vault, ..Batch::default() };
    }

    /// Whether there is nothing to make durable: such a batch is only a barrier.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty() && self.unwritten.is_none() && self.vault.is_empty()
    }

    /// Writes the entries that were not written yet.
    pub fn write(&mut self) {
        if let Some(Unwritten(write)) = self.unwritten.take() {
            write(&mut self.entries);
        }
    }

    /// Bytes of its row's blobs and its documents.
    pub(crate) fn bytes(&self) -> usize {
        let sealed = |change: &VaultChange| match change {
            VaultChange::Put { sealed, .. } => sealed.len(),
            VaultChange::PutKey { wrapped, .. } => wrapped.len(),
            VaultChange::EraseSubject { .. } | VaultChange::EraseUnder { .. } => 0,
        };
        self.entries.len() + self.leaves.len() + self.vault.iter().map(sealed).sum::<usize>()
    }

    /// How many entries the seqs claim.
    pub fn entry_count(&self) -> u64 {
        (self.last_seq + 1).saturating_sub(self.first_seq)
    }

    /// Whether the batch follows `chain` and agrees with itself, as far as its sizes tell.
    pub(crate) fn check(&self, chain: &Digest) -> Result<(), Error> {
        let inconsistent = |what| Err(Error::Inconsistent { first_seq: self.first_seq, what });
        if self.unwritten.is_some() {
            return inconsistent("entries of it are not written");
        }
        if self.entries.is_empty() {
            return if self.entry_count() == 0 && self.leaves.is_empty() {
                Ok(())
            } else {
                inconsistent("it claims entries and has none")
            };
        }
        if self.prev_chain != *chain {
            return inconsistent("its chain does not continue the journal's");
        }
        if self.entry_count() == 0 || self.leaves.len() as u64 != self.entry_count() * 32 {
            return inconsistent("it has not one leaf for each entry");
        }
        if self.entries.last() != Some(&b'\n') {
            return inconsistent("its last entry lacks a newline");
        }
        Ok(())
    }

    /// Bytes the buffers hold on to, used or not.
    pub(crate) fn capacity(&self) -> usize {
        self.entries.capacity() + self.leaves.capacity()
    }
}
