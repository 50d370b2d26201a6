//! Two exports of one node beside each other: did it sign two histories?
//!
//! A journal only grows, so of two exports of one run the longer must begin with the shorter. Where it
//! does not, the node has signed two trees that contradict each other, and the two checkpoints prove
//! it to anybody: it equivocates. Another run, begun by a restoration, may part from the one before;
//! from what entry on is told. Entries that neither export shows are compared by their leaves.

use std::collections::VecDeque;

use hansa_types::Digest;
use serde::Serialize;

use super::{Audited, Report};

/// How two exports stand to each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Relation {
    /// They are the same tree.
    Same,
    /// The longer one begins with the shorter one.
    Extends,
    /// They are of different runs of one journal, which may part where a backup was restored.
    OtherRun,
    /// They are signed by different keys.
    OtherNode,
    /// One node signed both as one run, and they contradict each other.
    Equivocation,
    /// The node shows fewer entries of a run than it has signed before: it was cut back.
    CutBack,
    /// They have no entry in common to compare.
    Apart,
}

/// What comparing two exports found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Comparison {
    /// How they stand to each other.
    pub relation: Relation,
    /// Entries that both hold.
    pub compared: u64,
    /// The first entry that differs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub differs_at: Option<u64>,
}

impl Comparison {
    /// What it means that one of the two is what the node shows now, and the other was exported before:
    /// a journal never becomes shorter.
    pub fn since(self, before: &Report, now: &Report) -> Self {
        match self.relation {
            Relation::Extends | Relation::Apart if now.tree_size < before.tree_size => {
                Self { relation: Relation::CutBack, ..self }
            }
            _ => self,
        }
    }
}

/// Which of the two exports an entry is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// The one.
    One,
    /// The other.
    Other,
}

/// Compares leaves as they come, from either side in the order of their numbers.
#[derive(Debug, Default)]
pub struct Comparer {
    one: VecDeque<(u64, Digest)>,
    other: VecDeque<(u64, Digest)>,
    compared: u64,
    differs_at: Option<u64>,
}

impl Comparer {
    /// Takes an entry in. Leaves that wait for their counterpart are kept, so whoever feeds this
    /// should take turns: [`Comparer::behind`] says whose it is.
    pub fn take(&mut self, side: Side, audited: Audited) {
        let waiting = match side {
            Side::One => &mut self.one,
            Side::Other => &mut self.other,
        };
        waiting.push_back((audited.seq, audited.leaf));
        while let (Some(&(one, left)), Some(&(other, right))) =
            (self.one.front(), self.other.front())
        {
            if one <= other {
                self.one.pop_front();
            }
            if other <= one {
                self.other.pop_front();
            }
            if one == other {
                self.compared += 1;
                if left != right && self.differs_at.is_none() {
                    self.differs_at = Some(one);
                }
            }
        }
    }

    /// The side of which nothing waits.
    pub fn behind(&self) -> Side {
        if self.one.is_empty() { Side::One } else { Side::Other }
    }

    /// How the two exports stand to each other, by what was taken in and by their reports.
    pub fn conclude(&self, one: &Report, other: &Report) -> Comparison {
        let same_size = one.tree_size == other.tree_size;
        // Equal sizes need no common entry: the roots speak for all of them.
        let roots_differ = same_size && one.root != other.root;
        let differs = self.differs_at.is_some() || roots_differ;
        let common = self.compared > 0 || same_size;
        // A node that was given another key goes on with its own entries. Where they differ, one key
        // cannot be blamed for what another one signed.
        let rekeyed = one.incarnation == other.incarnation && common && !differs;
        let relation = match () {
            () if one.node_key != other.node_key && !rekeyed => Relation::OtherNode,
            () if one.incarnation != other.incarnation => Relation::OtherRun,
            () if differs => Relation::Equivocation,
            () if same_size => Relation::Same,
            () if self.compared == 0 => Relation::Apart,
            () => Relation::Extends,
        };
        Comparison { relation, compared: self.compared, differs_at: self.differs_at }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn leaf(seq: u64, byte: u8) -> Audited {
        Audited { seq, leaf: Digest([byte; 32]), tree_size: 9 }
    }

    #[test]
    fn leaves_are_compared_by_number_whoever_comes_first() {
        let mut comparer = Comparer::default();
        assert_eq!(comparer.behind(), Side::One);
        for seq in 1..=4 {
            comparer.take(Side::One, leaf(seq, 1));
        }
        assert_eq!(comparer.behind(), Side::Other);
        // The other begins later, and differs from entry 4 on.
        for (seq, byte) in [(3, 1), (4, 2), (5, 2)] {
            comparer.take(Side::Other, leaf(seq, byte));
        }
        assert_eq!((comparer.compared, comparer.differs_at), (2, Some(4)));
        assert_eq!(comparer.behind(), Side::One);
    }
}
