//! Places in a list, as clients carry them from page to page.
//!
//! A cursor names the last row seen by what the list is sorted by, never by how many rows came
//! before it, so rows that arrive in between neither repeat nor hide others. It holds nothing that
//! the row itself did not show. Deliberately absent: any tie to a caller or a filter.

use std::fmt;
use std::str::FromStr;

use crate::error::Error;

/// A place in a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cursor(Place);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Seq(i64),
    Ranked(Rank),
}

/// What discovered agents are sorted by, each part downwards.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Rank {
    pub(crate) relevance: i64,
    pub(crate) standing: i64,
    pub(crate) seq: i64,
}

impl Cursor {
    pub(crate) fn at_seq(seq: u64) -> Self {
        Self(Place::Seq(i64::try_from(seq).unwrap_or(i64::MAX)))
    }

    pub(crate) fn at_rank(rank: Rank) -> Self {
        Self(Place::Ranked(rank))
    }

    pub(crate) fn seq(self) -> Result<i64, Error> {
        match self.0 {
            Place::Seq(seq) => Ok(seq),
            Place::Ranked(_) => Err(Error::Cursor),
        }
    }

    pub(crate) fn rank(self) -> Result<Rank, Error> {
        match self.0 {
            Place::Ranked(rank) => Ok(rank),
            Place::Seq(_) => Err(Error::Cursor),
        }
    }
}

impl fmt::Display for Cursor {
    /// A short word of letters, digits and dots.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Place::Seq(seq) => write!(f, "s{seq}"),
            Place::Ranked(Rank { relevance, standing, seq }) => {
                write!(f, "r{relevance}.{standing}.{seq}")
            }
        }
    }
}

impl FromStr for Cursor {
    type Err = Error;

    /// Reads back what was written, in its one spelling.
    fn from_str(text: &str) -> Result<Self, Error> {
        let number = |text: &str| text.parse::<i64>().map_err(|_| Error::Cursor);
        let cursor = match text.split_at_checked(1) {
            Some(("s", seq)) => Self(Place::Seq(number(seq)?)),
            Some(("r", rank)) => {
                let mut parts = rank.splitn(3, '.');
                let mut next = || parts.next().ok_or(Error::Cursor).and_then(number);
                let rank = Rank { relevance: next()?, standing: next()?, seq: next()? };
                Self(Place::Ranked(rank))
            }
            _ => return Err(Error::Cursor),
        };
        match cursor.to_string() == text {
            true => Ok(cursor),
            false => Err(Error::Cursor),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cursors_read_back_as_written() {
        let rank = Rank { relevance: 1_250_000, standing: 3_000, seq: 7 };
        for cursor in [Cursor::at_seq(0), Cursor::at_seq(u64::MAX), Cursor::at_rank(rank)] {
            assert_eq!(cursor.to_string().parse::<Cursor>().unwrap(), cursor);
        }
    }

    #[test]
    fn other_text_is_no_cursor() {
        for bad in
            ["", "s", "7", "s+7", "s07", "s9223372036854775808", "r1.2", "r1.2.3.4", "ü", "r1.2.x"]
        {
            assert!(bad.parse::<Cursor>().is_err(), "{bad:?}");
        }
    }

    #[test]
    fn a_cursor_serves_its_own_kind_of_list() {
        assert!(Cursor::at_seq(7).rank().is_err());
        assert!(Cursor::at_rank(Rank { relevance: 0, standing: 0, seq: 0 }).seq().is_err());
    }
}
