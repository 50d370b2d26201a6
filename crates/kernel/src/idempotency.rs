//! Which requests were accepted before, for 24 hours.
//!
//! Only accepted commands are remembered: a refusal changed nothing, so its repetition is decided
//! anew. What is kept is the sequence number of the first answer, from which it is told again.
//!
//! The youngest keys are kept whole. Older ones spill, a few per entry, into Bloom filters, of
//! which the state can only say that a key is *perhaps* in them. Such a request is looked up in the
//! read models and comes again with the answer. A repetition is therefore never taken for new; the
//! price of much traffic is look-ups.

use std::collections::VecDeque;
use std::hint::black_box;

use hansa_types::{Correlation, Time};
use hashbrown::HashTable;
use hashbrown::hash_table::Entry;
use serde::{Deserialize, Serialize};

use crate::limits::{
    IDEMPOTENCY_FILTER_BITS_PER_KEY, IDEMPOTENCY_FILTERS_MAX, IDEMPOTENCY_KEYS_MAX,
    IDEMPOTENCY_LIFE, LEAVING_PER_ENTRY_MAX,
};
use crate::queue::Queue;
use crate::state::unseeded;

/// Bytes of a filter's block, within which all bits of a key lie: one line of the cache.
const BLOCK_BYTES: usize = 64;
/// Tables among which the keys are spread: one that grows moves so few that nobody waits for it.
const TABLES: usize = 256;
/// Bits that a key sets; each is chosen by nine bits of the key.
const PROBES: usize = 7;

/// How much is remembered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    /// Keys kept whole.
    pub keys_max: usize,
    /// Filters of older keys. Past it the oldest two become one that every key may be in.
    pub filters_max: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { keys_max: IDEMPOTENCY_KEYS_MAX, filters_max: IDEMPOTENCY_FILTERS_MAX }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct Accepted {
    key: u128,
    body: u64,
    seq: u64,
    at: Time,
}

/// Where a record is found: its number, and so much of its key's hash that a table can grow, and a
/// look-up pass by, without a look at the record, which is in no cache of the processor.
#[derive(Debug, Clone, Copy)]
struct Place {
    hash: u32,
    number: u32,
}

/// What is known of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Known {
    /// Never seen, or long ago.
    No,
    /// The same request was accepted; its first entry has this number.
    Same(u64),
    /// Another request used the key.
    Other,
    /// It may be among the older ones: only the read models can tell.
    Perhaps,
}

/// Older keys: a blocked Bloom filter over the bits of the keys, which are those of a digest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Filter {
    /// How many keys it takes.
    capacity: u64,
    /// How many it has.
    len: u64,
    /// When its youngest key was accepted.
    last_at: Time,
    /// Blocks of bits. Without any, every key may be in it.
    bits: Vec<u8>,
}

/// The accepted requests of the last 24 hours, oldest first.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Idempotency {
    limits: Limits,
    accepted: Queue<Accepted>,
    /// What spilled, oldest first.
    filters: VecDeque<Filter>,
    /// Number of the last entry whose key spilled.
    spilled_seq: u64,
    /// Number of the next record; numbers count up and serve to find a record, no more.
    #[serde(skip)]
    next: u32,
    /// The records by the hashes of their keys.
    #[serde(skip)]
    by_key: Vec<HashTable<Place>>,
    #[serde(skip, default = "unseeded")]
    hasher: ahash::RandomState,
}

/// The key's and the body's parts of a correlation.
pub fn split(corr: &Correlation) -> (u128, u64) {
    let (key, body) = corr.0.split_at(16);
    let key = key.try_into().map(u128::from_be_bytes).unwrap_or_default();
    (key, body.try_into().map(u64::from_be_bytes).unwrap_or_default())
}

/// The record of a number. The youngest one's is just before `next`.
fn numbered(accepted: &Queue<Accepted>, next: u32, number: u32) -> &Accepted {
    &accepted[accepted.len() - next.wrapping_sub(number) as usize]
}

/// The table of a hash, by bits of it that the table itself makes no use of.
fn table(hash: u32) -> usize {
    usize::from((hash >> 17).to_le_bytes()[0])
}

/// A hash as a table wants it, which uses both its ends.
fn whole(hash: u32) -> u64 {
    u64::from(hash) << 32 | u64::from(hash)
}

fn no_keys() -> Vec<HashTable<Place>> {
    vec![HashTable::new(); TABLES]
}

fn is_over(at: Time, now: Time) -> bool {
    at.after(IDEMPOTENCY_LIFE) <= now
}

impl Filter {
    fn new(capacity: usize) -> Self {
        let bits = capacity * IDEMPOTENCY_FILTER_BITS_PER_KEY;
        let bytes = bits.div_ceil(8).next_multiple_of(BLOCK_BYTES);
        Self { capacity: capacity as u64, len: 0, last_at: Time(0), bits: vec![0; bytes] }
    }

    /// Where the block of a key begins, which the upper half of the key chooses.
    fn block(&self, key: u128) -> usize {
        let blocks = (self.bits.len() / BLOCK_BYTES) as u128;
        usize::try_from(((key >> 64) * blocks) >> 64).unwrap_or_default() * BLOCK_BYTES
    }

    /// Where a key's bits are: the lower half of the key chooses them within its block.
    fn places(&self, key: u128) -> impl Iterator<Item = (usize, u8)> + use<> {
        let block = self.block(key);
        (0..PROBES).map(move |probe| {
            let bit = usize::try_from((key >> (9 * probe)) & 0x1FF).unwrap_or_default();
            (block + bit / 8, 1 << (bit % 8))
        })
    }

    /// Looks at the block of a key.
    fn read_block(&self, key: u128) {
        black_box(self.bits.get(self.block(key)).copied());
    }

    fn insert(&mut self, key: u128, at: Time) {
        if !self.bits.is_empty() {
            for (byte, mask) in self.places(key) {
                self.bits[byte] |= mask;
            }
        }
        (self.len, self.last_at) = (self.len + 1, at);
    }

    fn may_hold(&self, key: u128) -> bool {
        self.bits.is_empty() || self.places(key).all(|(byte, mask)| self.bits[byte] & mask != 0)
    }
}

impl Idempotency {
    pub(crate) fn new(hasher: &ahash::RandomState, limits: Limits) -> Self {
        Self {
            limits,
            accepted: Queue::default(),
            filters: VecDeque::new(),
            spilled_seq: 0,
            next: 0,
            by_key: no_keys(),
            hasher: hasher.clone(),
        }
    }

    pub(crate) fn reindex(&mut self, hasher: &ahash::RandomState) {
        let accepted = std::mem::take(&mut self.accepted);
        (self.next, self.by_key, self.hasher) = (0, no_keys(), hasher.clone());
        accepted.iter().for_each(|&accepted| self.push(accepted));
    }

    /// How many keys are kept whole.
    pub(crate) fn len(&self) -> usize {
        self.accepted.len()
    }

    /// How many keys are in filters.
    pub(crate) fn filtered_len(&self) -> usize {
        let keys = self.filters.iter().map(|filter| filter.len).sum::<u64>();
        usize::try_from(keys).unwrap_or(usize::MAX)
    }

    pub(crate) fn spilled_seq(&self) -> u64 {
        self.spilled_seq
    }

    pub(crate) fn find(&self, corr: &Correlation, now: Time) -> Known {
        let (key, body) = split(corr);
        match self.record(key) {
            Some(first) if is_over(first.at, now) => Known::No,
            Some(first) if first.body == body => Known::Same(first.seq),
            Some(_) => Known::Other,
            None if self.may_have_spilled(key, now) => Known::Perhaps,
            None => Known::No,
        }
    }

    fn may_have_spilled(&self, key: u128, now: Time) -> bool {
        self.filters.iter().any(|filter| !is_over(filter.last_at, now) && filter.may_hold(key))
    }

    /// Looks at what finding these keys will read, and at what is read as the oldest make room for
    /// them. Each step is taken for all keys before the next one, so that many looks wait at once.
    pub(crate) fn read_ahead<'a>(&self, corrs: impl Iterator<Item = &'a Correlation>) {
        let coming: Vec<u128> = corrs.map(|corr| split(corr).0).collect();
        let over = (self.accepted.len() + coming.len()).saturating_sub(self.limits.keys_max);
        let spilling = 0..over.min(coming.len()).min(self.accepted.len());
        let spilling: Vec<u128> = spilling.map(|oldest| self.accepted[oldest].key).collect();
        let hashes: Vec<u32> = coming.iter().chain(&spilling).map(|&key| self.hash(key)).collect();
        // What comes of it is wanted by nobody, but the compiler shall not know.
        for hash in hashes {
            black_box(self.may_hold(hash));
        }
        for filter in &self.filters {
            coming.iter().for_each(|&key| filter.read_block(key));
        }
        if let Some(filter) = self.filters.back() {
            spilling.iter().for_each(|&key| filter.read_block(key));
        }
    }

    /// Whether a key of this hash may be among the youngest, without a look at any record.
    fn may_hold(&self, hash: u32) -> bool {
        let of_hash = |place: &Place| place.hash == hash;
        self.by_key.get(table(hash)).is_some_and(|keys| keys.find(whole(hash), of_hash).is_some())
    }

    /// The upper half: both ends of it serve a table.
    #[allow(clippy::cast_possible_truncation, reason = "half of the bits are left")]
    fn hash(&self, key: u128) -> u32 {
        (self.hasher.hash_one(key) >> 32) as u32
    }

    /// The youngest record of a key.
    fn record(&self, key: u128) -> Option<&Accepted> {
        let record = |place: &Place| numbered(&self.accepted, self.next, place.number);
        let hash = self.hash(key);
        let of_key = |place: &Place| place.hash == hash && record(place).key == key;
        self.by_key.get(table(hash))?.find(whole(hash), of_key).map(record)
    }

    pub(crate) fn insert(&mut self, corr: &Correlation, seq: u64, at: Time) {
        let (key, body) = split(corr);
        self.push(Accepted { key, body, seq, at });
    }

    fn push(&mut self, latest: Accepted) {
        let hash = self.hash(latest.key);
        let latest_place = Place { hash, number: self.next };
        let key = |place: &Place| numbered(&self.accepted, self.next, place.number).key;
        let is_same = |place: &Place| place.hash == hash && key(place) == latest.key;
        let places = &mut self.by_key[table(hash)];
        match places.entry(whole(hash), is_same, |place| whole(place.hash)) {
            Entry::Occupied(mut before) => *before.get_mut() = latest_place,
            Entry::Vacant(free) => {
                free.insert(latest_place);
            }
        }
        self.accepted.push_back(latest);
        self.next = self.next.wrapping_add(1);
    }

    /// Takes the oldest record out. A younger one of the same key stays.
    fn pop(&mut self) {
        let is_front =
            |place: &Place| self.next.wrapping_sub(place.number) as usize == self.accepted.len();
        let Some(oldest) = self.accepted.front() else { return };
        let hash = self.hash(oldest.key);
        if let Ok(found) = self.by_key[table(hash)].find_entry(whole(hash), is_front) {
            found.remove();
        }
        self.accepted.pop_front();
    }

    pub(crate) fn let_go(&mut self, now: Time) {
        if self.filters.front().is_some_and(|oldest| is_over(oldest.last_at, now)) {
            self.filters.pop_front();
        }
        for _ in 0..LEAVING_PER_ENTRY_MAX {
            let Some(&oldest) = self.accepted.front() else { return };
            if !is_over(oldest.at, now) {
                if self.accepted.len() <= self.limits.keys_max {
                    return;
                }
                self.spill(&oldest);
            }
            self.pop();
        }
    }

    fn spill(&mut self, oldest: &Accepted) {
        if self.filters.back().is_none_or(|filter| filter.len >= filter.capacity) {
            self.open_filter();
        }
        if let Some(filter) = self.filters.back_mut() {
            filter.insert(oldest.key, oldest.at);
        }
        self.spilled_seq = oldest.seq;
    }

    /// Begins a filter for an eighth of the keys kept whole, twice as many for every eight filters
    /// there are: a look at a key touches each filter, so much traffic must not make many.
    fn open_filter(&mut self) {
        let eighth = (self.limits.keys_max / 8).max(1);
        self.filters.push_back(Filter::new(eighth << (self.filters.len() / 8)));
        if self.filters.len() > self.limits.filters_max {
            let dropped = self.filters.pop_front().map_or(0, |filter| filter.len);
            if let Some(oldest) = self.filters.front_mut() {
                oldest.len += dropped;
                oldest.bits = Vec::new();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use hansa_types::Duration;

    use super::*;

    const NOW: Time = Time(1_800_000_000_000);

    /// A key like those of digests, by its number.
    fn corr(number: u64) -> Correlation {
        let digest = hansa_crypto::hash::sha256(&number.to_be_bytes());
        let mut corr = [0; 24];
        corr.copy_from_slice(&digest.0[..24]);
        Correlation(corr)
    }

    fn with_keys(limits: Limits, count: u64) -> Idempotency {
        let mut known = Idempotency::new(&ahash::RandomState::with_seeds(1, 2, 3, 4), limits);
        for number in 0..count {
            known.read_ahead([corr(number)].iter());
            known.insert(&corr(number), number + 1, NOW);
            known.let_go(NOW);
        }
        known
    }

    #[test]
    fn no_key_is_ever_taken_for_new() {
        let limits = Limits { keys_max: 800, filters_max: 48 };
        let known = with_keys(limits, 20_000);
        assert_eq!((known.len(), known.filtered_len()), (800, 19_200));
        assert_eq!(known.spilled_seq(), 19_200);
        for number in 0..19_200 {
            assert_eq!(known.find(&corr(number), NOW), Known::Perhaps, "{number}");
        }
        for number in 19_200..20_000 {
            assert_eq!(known.find(&corr(number), NOW), Known::Same(number + 1), "{number}");
        }
    }

    #[test]
    fn few_new_keys_are_looked_up_in_vain() {
        let known = with_keys(Limits { keys_max: 80_000, filters_max: 48 }, 160_000);
        assert_eq!((known.filters.len(), known.filtered_len()), (8, 80_000));
        let news = 200_000..300_000;
        let is_vain = |&number: &u64| known.find(&corr(number), NOW) == Known::Perhaps;
        let vain = news.filter(is_vain).count();
        assert!((1..=1_500).contains(&vain), "{vain} of 100,000 through 8 filters");
    }

    #[test]
    fn filters_grow_so_that_few_hold_many_keys() {
        let known = with_keys(Limits { keys_max: 80, filters_max: 48 }, 80 + 10 * 8 * 63);
        assert_eq!((known.filters.len(), known.filtered_len()), (48, 10 * 8 * 63));
        assert!(known.filters.iter().all(|filter| !filter.bits.is_empty()));
    }

    #[test]
    fn past_the_last_filter_the_oldest_holds_everything() {
        let mut known = with_keys(Limits { keys_max: 80, filters_max: 4 }, 80 + 41);
        assert_eq!((known.filters.len(), known.filtered_len()), (4, 41));
        assert_eq!(known.find(&corr(1_000_000), NOW), Known::Perhaps);
        let later = NOW.after(IDEMPOTENCY_LIFE);
        assert_eq!(known.find(&corr(1_000_000), later), Known::No);
        for _ in 0..11 {
            known.let_go(later);
        }
        assert_eq!((known.len(), known.filtered_len()), (0, 0));
    }

    #[test]
    fn one_filter_alone_holds_everything() {
        let known = with_keys(Limits { keys_max: 0, filters_max: 1 }, 3);
        assert_eq!((known.len(), known.filtered_len()), (0, 3));
        assert_eq!(known.find(&corr(1_000_000), NOW), Known::Perhaps);
    }

    #[test]
    fn records_are_found_when_their_numbers_start_over() {
        let mut known = with_keys(Limits::default(), 0);
        known.next = u32::MAX - 2;
        for number in 0..6 {
            known.insert(&corr(number), number + 1, NOW.after(Duration(number)));
        }
        // A key that was let go of and used again is found by its younger record.
        known.insert(&corr(0), 7, NOW.after(Duration(6)));
        for number in 1..6 {
            assert_eq!(known.find(&corr(number), NOW), Known::Same(number + 1));
        }
        assert_eq!(known.find(&corr(0), NOW), Known::Same(7));
        known.let_go(NOW.after(IDEMPOTENCY_LIFE).after(Duration(2)));
        let found_by_key: usize = known.by_key.iter().map(HashTable::len).sum();
        assert_eq!((known.len(), found_by_key), (4, 4));
        assert_eq!(known.find(&corr(0), NOW), Known::Same(7));
        assert_eq!(known.find(&corr(2), NOW), Known::No);
        assert_eq!(known.find(&corr(3), NOW), Known::Same(4));
    }

    #[test]
    fn filters_are_read_back_as_they_were_written() {
        let known = with_keys(Limits { keys_max: 80, filters_max: 4 }, 100);
        let bytes = postcard::to_stdvec(&known).unwrap();
        let read: Idempotency = postcard::from_bytes(&bytes).unwrap();
        assert_eq!(read.filters, known.filters);
        assert_eq!(postcard::to_stdvec(&read).unwrap(), bytes);
        assert_eq!(read.find(&corr(3), NOW), Known::Perhaps);
    }
}
