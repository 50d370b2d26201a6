//! Recomputes what the journal claims about itself: leaves, chain and root of every row.
//!
//! Starts from a point that is trusted (the beginning, or a snapshot authenticated by other means)
//! and stops at the first damage, which it names. The point may lie within a row. Deliberately
//! absent: repair, signatures (the caller knows the keys) and the meaning of entries.

use std::fmt;
use std::iter;
use std::ops::ControlFlow;

use hansa_crypto::chain;
use hansa_crypto::merkle::{CompactRange, leaf_hashes};
use hansa_types::Digest;

use crate::Error;
use crate::reader::{Head, Reader, Row, split_line};
use crate::scrub::Signed;

/// The point that is trusted: everything up to and including entry `seq`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifyFrom {
    /// Seq of the last trusted entry, 0 for none.
    pub seq: u64,
    /// The chain after it.
    pub chain: Digest,
    /// The tree up to it.
    pub range: CompactRange,
}

impl VerifyFrom {
    /// Trusts nothing: everything is verified.
    pub const fn beginning() -> Self {
        VerifyFrom { seq: 0, chain: Digest::ZERO, range: CompactRange::new() }
    }
}

/// What verification arrived at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified {
    /// Where the journal ends, as recomputed.
    pub head: Head,
    /// The tree over all entries.
    pub range: CompactRange,
    /// How many entries were verified, not counting those trusted.
    pub entries: u64,
}

/// The first damage of a journal.
#[derive(Debug)]
pub struct Damage {
    /// Seq of the first damaged entry.
    pub seq: u64,
    /// Last seq of the entries among which the damage lies; equal to `seq` where it is known.
    pub last_seq: u64,
    /// What does not fit.
    pub what: Mismatch,
}

/// What does not fit in a damaged journal.
#[derive(Debug)]
pub enum Mismatch {
    /// The entry's bytes do not hash to its leaf.
    EntryBytes,
    /// The row has fewer or more leaves than entries it claims.
    LeafCount,
    /// The row has more lines than entries it claims.
    EntryCount,
    /// The leaves do not lead to the stored chain.
    Chain,
    /// The leaves do not lead to the stored root.
    Root,
    /// The leaves do not lead to the root of a signed checkpoint.
    Signed,
    /// The row does not begin with the chain the entries before it lead to.
    PrevChain,
    /// The row that should hold the entry begins elsewhere.
    Gap {
        /// Where it begins.
        found: u64,
    },
    /// The journal ends before an entry that was trusted, or that a signed checkpoint covers.
    Missing,
    /// The trusted point contradicts itself: its tree has another size than its seq.
    Point,
    /// The row could not be read.
    Unreadable(Error),
}

impl fmt::Display for Damage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Damage { seq, last_seq, what } = self;
        let (their, they, them) = if seq == last_seq {
            write!(f, "entry {seq} is damaged: ")?;
            ("its", "it does", "it")
        } else {
            write!(f, "entries {seq} to {last_seq} are damaged: ")?;
            ("their", "they do", "them")
        };
        match what {
            Mismatch::EntryBytes => write!(f, "{their} bytes do not hash to the stored leaf"),
            Mismatch::LeafCount => f.write_str("the row has not one leaf for each entry"),
            Mismatch::EntryCount => f.write_str("the row has lines behind its last entry"),
            Mismatch::Chain => write!(f, "{they} not lead to the stored chain"),
            Mismatch::Root => write!(f, "{they} not lead to the stored root"),
            Mismatch::Signed => write!(f, "{they} not lead to the root of a signed checkpoint"),
            Mismatch::PrevChain => f.write_str("the row does not continue the chain before it"),
            Mismatch::Gap { found } => write!(f, "the row found there begins at entry {found}"),
            Mismatch::Missing => write!(f, "the journal ends before {them}"),
            Mismatch::Point => f.write_str("the point to begin from contradicts itself"),
            Mismatch::Unreadable(_) => f.write_str("the row cannot be read"),
        }
    }
}

impl std::error::Error for Damage {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match &self.what {
            Mismatch::Unreadable(error) => Some(error),
            _ => None,
        }
    }
}

/// Verifies every entry behind `from`; `progress` hears the seq verified so far, row by row.
///
/// A journal shorter than its own latest signed checkpoint is damaged too, because what is missing
/// at the end leaves no other trace.
pub fn verify(
    reader: &dyn Reader,
    from: VerifyFrom,
    progress: &mut dyn FnMut(u64),
) -> Result<Verified, Damage> {
    let trusted = from.seq;
    if from.range.size() != trusted {
        return Err(at(trusted, Mismatch::Point));
    }
    // Both are read before the scan, which must then reach at least as far, however the journal
    // grows meanwhile.
    let covered = reader.checkpoint_latest().map_err(|error| unreadable(trusted + 1, error))?;
    let covered = covered.as_deref().and_then(tree_size).unwrap_or(0);
    let head = reader.head();
    let mut walk = Walk::new(from);
    walk.scan(reader, &mut |walk, _| {
        progress(walk.seq);
        ControlFlow::Continue(())
    })?;
    let head = head.map_err(|error| unreadable(walk.seq + 1, error))?;
    walk.check_start(trusted, &head)?;
    if head.last_seq > walk.seq {
        let what = Mismatch::Gap { found: head.last_seq };
        return Err(Damage { seq: walk.seq + 1, last_seq: head.last_seq, what });
    }
    if covered > walk.seq {
        return Err(Damage { seq: walk.seq + 1, last_seq: covered, what: Mismatch::Missing });
    }
    let head = Head { last_seq: walk.seq, chain: walk.chain, root: walk.range.root() };
    Ok(Verified { head, range: walk.range, entries: walk.seq - trusted })
}

/// How far verification has come.
pub(crate) struct Walk {
    /// A row was seen in this scan: only the first may begin before the point to begin from.
    begun: bool,
    pub(crate) seq: u64,
    chain: Digest,
    range: CompactRange,
    signed: Option<Signed>,
}

impl Walk {
    /// Begins behind a trusted point.
    pub(crate) fn new(from: VerifyFrom) -> Self {
        Walk { begun: false, seq: from.seq, chain: from.chain, range: from.range, signed: None }
    }

    /// Compares the root with a signed one on the way, wherever rows begin and end.
    pub(crate) fn past(self, signed: Option<Signed>) -> Self {
        Walk { signed, ..self }
    }

    /// Verifies the rows that follow, until `after_row` says stop.
    pub(crate) fn scan(
        &mut self,
        reader: &dyn Reader,
        after_row: &mut dyn FnMut(&Self, &Row) -> ControlFlow<()>,
    ) -> Result<(), Damage> {
        let mut damage = None;
        // Rows may have become one since the last time.
        self.begun = false;
        let scanned = reader.scan(self.seq + 1, &mut |row| match self.row(&row) {
            Ok(()) => Ok(after_row(self, &row)),
            Err(found) => {
                damage = Some(found);
                Ok(ControlFlow::Break(()))
            }
        });
        damage.map_or(Ok(()), Err)?;
        scanned.map_err(|error| unreadable(self.seq + 1, error))
    }

    fn row(&mut self, row: &Row) -> Result<(), Damage> {
        let expected = self.seq + 1;
        let within = !self.begun && row.first_seq < expected && expected <= row.last_seq;
        self.begun = true;
        if row.first_seq != expected && !within {
            return Err(at(expected, Mismatch::Gap { found: row.first_seq }));
        }
        if !within && row.prev_chain != self.chain {
            return Err(at(expected, Mismatch::PrevChain));
        }
        self.entries(row)?;
        let among = |what| Err(Damage { seq: expected, last_seq: row.last_seq, what });
        if row.chain != self.chain {
            return among(Mismatch::Chain);
        }
        if row.root != self.range.root() {
            return among(Mismatch::Root);
        }
        Ok(())
    }

    /// The hot loop: compares the lines with their leaves, then appends the leaves as far as they are
    /// sound. Two passes instead of one, because hashes made by twos take two thirds of the time.
    fn entries(&mut self, row: &Row) -> Result<(), Damage> {
        let compared = compare(row, self.seq);
        let behind = compared.as_ref().map_or_else(|damage| damage.seq, |()| row.last_seq + 1);
        let place =
            |seq: u64| usize::try_from(seq.saturating_sub(row.first_seq)).unwrap_or(usize::MAX);
        let (leaves, _) = row.leaves.as_chunks();
        self.append(leaves.get(place(self.seq + 1)..place(behind)).unwrap_or_default())?;
        compared
    }

    /// Appends leaves, and stops on the way to compare the root where one was signed.
    fn append(&mut self, leaves: &[[u8; 32]]) -> Result<(), Damage> {
        let before = self.signed.map_or(0, |signed| signed.size.saturating_sub(self.seq));
        let stop = usize::try_from(before).unwrap_or(usize::MAX).min(leaves.len());
        for leaves in [&leaves[..stop], &leaves[stop..]] {
            chain::append(&mut self.chain, &mut self.range, leaves);
            self.seq += leaves.len() as u64;
            if let Some(signed) = self.signed.filter(|signed| signed.size == self.seq)
                && signed.root != self.range.root()
            {
                return Err(Damage { seq: 1, last_seq: self.seq, what: Mismatch::Signed });
            }
        }
        Ok(())
    }

    /// Compares the trusted point with a journal that has nothing behind it.
    fn check_start(&self, trusted: u64, head: &Head) -> Result<(), Damage> {
        if head.last_seq < trusted {
            return Err(Damage {
                seq: head.last_seq + 1,
                last_seq: trusted,
                what: Mismatch::Missing,
            });
        }
        if head.last_seq > trusted || trusted == 0 {
            return Ok(());
        }
        if head.chain != self.chain {
            return Err(at(trusted, Mismatch::Chain));
        }
        if head.root != self.range.root() {
            return Err(at(trusted, Mismatch::Root));
        }
        Ok(())
    }
}

/// Whether the row has a line and a leaf for each entry, and behind `trusted` they belong together.
fn compare(row: &Row, trusted: u64) -> Result<(), Damage> {
    let (mut lines, mut leaves) = (row.entries.as_slice(), row.leaves.as_slice());
    let mut hashed = leaf_hashes(iter::from_fn(|| {
        let (line, lines_left) = split_line(lines)?;
        lines = lines_left;
        Some(line)
    }));
    for seq in row.first_seq..=row.last_seq {
        let Some((leaf, leaves_left)) = leaves.split_first_chunk::<32>() else {
            return Err(at(seq, Mismatch::LeafCount));
        };
        leaves = leaves_left;
        if hashed.next().is_none_or(|hashed| seq > trusted && hashed.0 != *leaf) {
            return Err(at(seq, Mismatch::EntryBytes));
        }
    }
    if !leaves.is_empty() {
        return Err(at(row.last_seq + 1, Mismatch::LeafCount));
    }
    // A line too many may have been hashed already, or have no newline.
    let is_more = hashed.next().is_some();
    drop(hashed);
    if is_more || !lines.is_empty() {
        return Err(at(row.last_seq, Mismatch::EntryCount));
    }
    Ok(())
}

fn at(seq: u64, what: Mismatch) -> Damage {
    Damage { seq, last_seq: seq, what }
}

pub(crate) fn unreadable(seq: u64, error: Error) -> Damage {
    at(seq, Mismatch::Unreadable(error))
}

/// The size of the tree a checkpoint covers: its second line (C2SP tlog-checkpoint).
fn tree_size(note: &str) -> Option<u64> {
    note.lines().nth(1)?.parse().ok()
}
