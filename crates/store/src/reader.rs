//! The reading side of a journal, the same for every backend.
//!
//! Readers see durable entries only and may be used from many threads at once. A scan holds no
//! transaction open while its visitor works, so a slow visitor never stops the log from being
//! copied back. Nothing here checks hashes: that is [`crate::verify`].

use std::io::BufRead as _;
use std::ops::ControlFlow;

use hansa_types::{Digest, PrincipalId, Salt};

use crate::Error;

/// What a visitor of rows answers: go on, stop, or fail.
pub type Visit = Result<ControlFlow<()>, Error>;

/// Reads durable entries and what belongs to them.
pub trait Reader: Send + Sync {
    /// Where the journal ends.
    fn head(&self) -> Result<Head, Error>;
    /// Visits rows in order, beginning with the one that contains `from_seq`.
    fn scan(&self, from_seq: u64, visit: &mut dyn FnMut(Row) -> Visit) -> Result<(), Error>;
    /// The bytes of one entry, without its newline.
    fn entry(&self, seq: u64) -> Result<Option<Vec<u8>>, Error>;
    /// The stored leaf hashes of up to `count` entries from `from_seq` on, 32 bytes each; fewer
    /// where the journal ends.
    fn leaves(&self, from_seq: u64, count: u64) -> Result<Vec<u8>, Error>;
    /// A record of the vault.
    fn vault(&self, id: &str) -> Result<Option<VaultRow>, Error>;
    /// A subject's wrapped key.
    fn vault_key(&self, subject: PrincipalId) -> Result<Option<Vec<u8>>, Error>;
    /// Names of the records about a subject, in their order, at most `max`.
    fn vault_ids(&self, subject: PrincipalId, max: usize) -> Result<Vec<String>, Error>;
    /// The records whose names come after `after`, in the order of their names: at most `max`, and none
    /// behind the one by which the page reaches [`VAULT_PAGE_BYTES`](crate::limits::VAULT_PAGE_BYTES).
    fn vault_page(&self, after: &str, max: usize) -> Result<Vec<(String, VaultRow)>, Error>;
    /// The wrapped keys of the subjects after `after`, in the order of their ids, at most `max`.
    fn vault_keys_page(
        &self,
        after: Option<PrincipalId>,
        max: usize,
    ) -> Result<Vec<(PrincipalId, Vec<u8>)>, Error>;
    /// Bytes of the sealed records together.
    fn vault_bytes(&self) -> Result<u64, Error>;
    /// The signed checkpoint of the largest tree.
    fn checkpoint_latest(&self) -> Result<Option<String>, Error>;
    /// A value written once when the journal was created or joined.
    fn meta(&self, key: &str) -> Result<Option<Vec<u8>>, Error>;
}

/// Where a journal ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Head {
    /// Seq of the last entry, 0 when there is none.
    pub last_seq: u64,
    /// The chain after it, zeros when there is none.
    pub chain: Digest,
    /// Root of the tree over all entries.
    pub root: Digest,
}

/// A record of the vault.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VaultRow {
    /// Whom it is about.
    pub subject: PrincipalId,
    /// What was hashed before the bytes into the entry's digest.
    pub salt: Salt,
    /// The sealed bytes.
    pub sealed: Vec<u8>,
}

/// One committed batch as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Seq of the first entry.
    pub first_seq: u64,
    /// Seq of the last entry.
    pub last_seq: u64,
    /// The chain before the first entry.
    pub prev_chain: Digest,
    /// The chain after the last entry.
    pub chain: Digest,
    /// Root of the tree over every entry up to the last.
    pub root: Digest,
    /// Which holder of the journal wrote it.
    pub epoch: u64,
    /// The entries, each followed by a newline.
    pub entries: Vec<u8>,
    /// The leaf hashes, 32 bytes for each entry.
    pub leaves: Vec<u8>,
}

impl Row {
    /// The entries with their seqs and stored leaf hashes.
    ///
    /// Ends with the shorter of the two blobs; whether they agree is for verification to say.
    pub fn entries(&self) -> Entries<'_> {
        Entries { seq: self.first_seq, entries: &self.entries, leaves: &self.leaves }
    }

    /// The lines of the entries from `first_seq` to `last_seq`, as far as the row holds them.
    pub fn lines(&self, first_seq: u64, last_seq: u64) -> &[u8] {
        let skipped = lines_end(&self.entries, first_seq.saturating_sub(self.first_seq));
        let rest = &self.entries[skipped..];
        let begun = first_seq.max(self.first_seq);
        match (last_seq + 1).checked_sub(begun) {
            Some(wanted) if last_seq < self.last_seq => &rest[..lines_end(rest, wanted)],
            Some(_) => rest,
            None => &[],
        }
    }

    /// The row without the entries before `seq`, as though it had been committed like that.
    pub(crate) fn behind(mut self, seq: u64) -> Row {
        let (leaves, _) = self.leaves.as_chunks::<32>();
        let skipped = usize::try_from(seq - self.first_seq).unwrap_or(usize::MAX).min(leaves.len());
        for leaf in &leaves[..skipped] {
            self.prev_chain = hansa_crypto::chain::next(&self.prev_chain, &Digest(*leaf));
        }
        self.leaves.drain(..skipped * 32);
        self.entries.drain(..lines_end(&self.entries, skipped as u64));
        self.first_seq = seq;
        self
    }
}

/// Iterator over the entries of a [`Row`].
#[derive(Debug, Clone)]
pub struct Entries<'a> {
    seq: u64,
    entries: &'a [u8],
    leaves: &'a [u8],
}

impl<'a> Iterator for Entries<'a> {
    type Item = (u64, &'a [u8], Digest);

    fn next(&mut self) -> Option<Self::Item> {
        let (leaf, leaves) = self.leaves.split_first_chunk::<32>()?;
        let (line, rest) = split_line(self.entries)?;
        let seq = self.seq;
        (self.seq, self.entries, self.leaves) = (seq + 1, rest, leaves);
        Some((seq, line, Digest(*leaf)))
    }
}

/// Splits the first line, without its newline, from the rest. `None` when no newline is left.
pub(crate) fn split_line(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let mut rest = bytes;
    let taken = rest.skip_until(b'\n').unwrap_or(0);
    let (line, b'\n') = bytes.get(..taken)?.split_last().map(|(&last, line)| (line, last))? else {
        return None;
    };
    Some((line, rest))
}

/// Where the first `count` lines end; everything, where there are fewer.
fn lines_end(bytes: &[u8], count: u64) -> usize {
    let mut rest = bytes;
    for _ in 0..count {
        match split_line(rest) {
            Some((_, behind)) => rest = behind,
            None => return bytes.len(),
        }
    }
    bytes.len() - rest.len()
}

/// The `index`-th line, counted from 0.
pub(crate) fn line_at(mut bytes: &[u8], index: u64) -> Option<&[u8]> {
    for _ in 0..index {
        bytes = split_line(bytes)?.1;
    }
    split_line(bytes).map(|(line, _)| line)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_end_with_a_newline_or_do_not_count() {
        assert_eq!(split_line(b"a\nb"), Some((&b"a"[..], &b"b"[..])));
        assert_eq!(split_line(b"\n"), Some((&b""[..], &b""[..])));
        assert_eq!(split_line(b"b"), None);
        assert_eq!(split_line(b""), None);
        assert_eq!(line_at(b"a\nb\nc", 1), Some(&b"b"[..]));
        assert_eq!(line_at(b"a\nb\nc", 2), None);
        assert_eq!((lines_end(b"a\nbc\n", 0), lines_end(b"a\nbc\n", 1)), (0, 2));
        assert_eq!((lines_end(b"a\nbc\n", 2), lines_end(b"a\nbc\n", 9)), (5, 5));
    }

    #[test]
    fn a_row_is_cut_as_though_it_had_been_committed_like_that() {
        let leaves: Vec<Digest> = (1..=3).map(|byte| Digest([byte; 32])).collect();
        let chains = leaves.iter().scan(Digest::ZERO, |chain, leaf| {
            *chain = hansa_crypto::chain::next(chain, leaf);
            Some(*chain)
        });
        let chains: Vec<Digest> = chains.collect();
        let row = Row {
            first_seq: 5,
            last_seq: 7,
            prev_chain: Digest::ZERO,
            chain: chains[2],
            root: Digest::ZERO,
            epoch: 1,
            entries: b"a\nbb\nccc\n".to_vec(),
            leaves: leaves.iter().flat_map(|leaf| leaf.0).collect(),
        };
        let lines = |first, last| row.lines(first, last);
        assert_eq!((lines(5, 7), lines(1, 99)), (&b"a\nbb\nccc\n"[..], &b"a\nbb\nccc\n"[..]));
        assert_eq!((lines(6, 6), lines(1, 5)), (&b"bb\n"[..], &b"a\n"[..]));
        assert_eq!((lines(7, 9), lines(8, 9), lines(1, 4)), (&b"ccc\n"[..], &b""[..], &b""[..]));
        let cut = row.clone().behind(6);
        assert_eq!((cut.first_seq, cut.prev_chain, cut.entries().count()), (6, chains[0], 2));
        assert_eq!(cut.entries, b"bb\nccc\n");
    }
}
