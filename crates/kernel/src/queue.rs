//! A queue of small records that grows by a piece at a time: putting one in never moves the others,
//! however many there are.

use std::collections::VecDeque;
use std::ops::Index;

use serde::ser::SerializeSeq as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Records of a piece.
const PIECE: usize = 1_024;

/// Records in the order in which they came.
#[derive(Debug, Clone)]
pub(crate) struct Queue<T> {
    /// All of them full but the last.
    pieces: VecDeque<Vec<T>>,
    /// Records of the first piece that were taken out.
    taken: usize,
}

impl<T> Default for Queue<T> {
    fn default() -> Self {
        Self { pieces: VecDeque::new(), taken: 0 }
    }
}

impl<T: Copy> Queue<T> {
    /// How many records are in it.
    pub(crate) fn len(&self) -> usize {
        let Some(last) = self.pieces.back() else { return 0 };
        (self.pieces.len() - 1) * PIECE + last.len() - self.taken
    }

    /// Puts a record at the end.
    pub(crate) fn push_back(&mut self, record: T) {
        match self.pieces.back_mut() {
            Some(last) if last.len() < PIECE => last.push(record),
            _ => {
                let mut piece = Vec::with_capacity(PIECE);
                piece.push(record);
                self.pieces.push_back(piece);
            }
        }
    }

    /// The oldest record.
    pub(crate) fn front(&self) -> Option<&T> {
        self.pieces.front()?.get(self.taken)
    }

    /// Takes the oldest record out.
    pub(crate) fn pop_front(&mut self) -> Option<T> {
        let oldest = *self.front()?;
        self.taken += 1;
        if self.pieces.front().is_some_and(|first| first.len() == self.taken) {
            self.pieces.pop_front();
            self.taken = 0;
        }
        Some(oldest)
    }

    /// All records, oldest first.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &T> {
        self.pieces.iter().flatten().skip(self.taken)
    }
}

impl<T: Copy> Index<usize> for Queue<T> {
    type Output = T;

    fn index(&self, position: usize) -> &T {
        let position = position + self.taken;
        &self.pieces[position / PIECE][position % PIECE]
    }
}

impl<T: Copy> FromIterator<T> for Queue<T> {
    fn from_iter<I: IntoIterator<Item = T>>(records: I) -> Self {
        let mut queue = Self::default();
        records.into_iter().for_each(|record| queue.push_back(record));
        queue
    }
}

impl<T: Copy + Serialize> Serialize for Queue<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let length = self.len();
        let mut records = serializer.serialize_seq(Some(length))?;
        self.iter().try_for_each(|record| records.serialize_element(record))?;
        records.end()
    }
}

impl<'de, T: Copy + Deserialize<'de>> Deserialize<'de> for Queue<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Vec::deserialize(deserializer)?.into_iter().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_come_out_in_order_across_pieces() {
        let mut queue = Queue::default();
        let (mut put, mut got) = (0_u32, 0_u32);
        for step in 0..10 * PIECE {
            queue.push_back(put);
            put += 1;
            if step % 3 == 0 {
                assert_eq!((queue.front().copied(), queue.pop_front()), (Some(got), Some(got)));
                got += 1;
            }
            assert_eq!(queue.len(), (put - got) as usize);
        }
        assert!(queue.iter().copied().eq(got..put));
        assert!((got..put).enumerate().all(|(position, record)| queue[position] == record));
        let bytes = postcard::to_stdvec(&queue).unwrap();
        let mut read: Queue<u32> = postcard::from_bytes(&bytes).unwrap();
        while let Some(record) = read.pop_front() {
            assert_eq!(record, got);
            got += 1;
        }
        assert_eq!((got, read.len()), (put, 0));
    }

    #[test]
    fn a_queue_that_was_emptied_starts_anew() {
        let mut queue = Queue::default();
        assert_eq!((queue.front(), queue.len()), (None, 0));
        queue.push_back(1_u8);
        assert_eq!((queue.pop_front(), queue.pop_front(), queue.len()), (Some(1), None, 0));
        queue.push_back(2);
        assert_eq!((queue.front(), queue.len()), (Some(&2), 1));
    }
}
