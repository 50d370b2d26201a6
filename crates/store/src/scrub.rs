//! Reading the journal again, a piece at a time, while it is in use.
//!
//! A [`Scrub`] is one pass from the first entry to what was durable when it began. It keeps nothing
//! but where it is, so the pieces may lie hours apart. Every piece recomputes leaves, chain and roots
//! as [`crate::verify`] does, and the root of a signed checkpoint when the pass comes by one.
//! Deliberately absent: pace, which is the caller's, repair, and whatever lies in the vault.

use std::ops::ControlFlow;

use hansa_types::Digest;

use crate::reader::Reader;
use crate::verify::{Damage, Mismatch, VerifyFrom, Walk, unreadable};

/// A point that the node has signed: so many entries, and the root of the tree over them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Signed {
    /// How many entries.
    pub size: u64,
    /// The root.
    pub root: Digest,
}

/// One pass over the journal.
pub struct Scrub {
    walk: Walk,
    until: u64,
}

/// What a piece of a pass read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Piece {
    /// Entries verified.
    pub entries: u64,
    /// Their bytes, leaves included.
    pub bytes: u64,
    /// Whether the pass is over.
    pub is_last: bool,
}

impl Scrub {
    /// A pass over everything that is durable now.
    pub fn begin(reader: &dyn Reader, signed: Option<Signed>) -> Result<Self, Damage> {
        let head = reader.head().map_err(|error| unreadable(1, error))?;
        let until = head.last_seq.max(signed.map_or(0, |signed| signed.size));
        Ok(Scrub { walk: Walk::new(VerifyFrom::beginning()).past(signed), until })
    }

    /// Reads on for about `bytes_max`, in whole rows.
    pub fn read_on(&mut self, reader: &dyn Reader, bytes_max: u64) -> Result<Piece, Damage> {
        let (before, until, mut bytes) = (self.walk.seq, self.until, 0);
        if before < until {
            self.walk.scan(reader, &mut |walk, row| {
                bytes += (row.entries.len() + row.leaves.len()) as u64;
                match bytes >= bytes_max || walk.seq >= until {
                    true => ControlFlow::Break(()),
                    false => ControlFlow::Continue(()),
                }
            })?;
        }
        let seq = self.walk.seq;
        if seq == before && seq < until {
            return Err(Damage { seq: seq + 1, last_seq: until, what: Mismatch::Missing });
        }
        Ok(Piece { entries: seq - before, bytes, is_last: seq >= until })
    }
}
