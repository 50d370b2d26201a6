//! Counting tries, and locks that grow with them.
//!
//! A try counts before it is judged, so that many at once are not one; a right one takes it back.
//! After the allowed number a lock of thirty seconds follows, twice as long with each further try,
//! up to a longest. A day without a try forgets everything.

use std::collections::HashMap;
use std::hash::Hash;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};

use hansa_types::{Code, Duration, Rejection, Time};

use crate::limits::{LOCK_FIRST, TRIES_FORGOTTEN, TRIES_KEPT_MAX};

/// A remote address: of IPv6 the network, for one subscriber has all of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Address([u8; 8]);

impl From<IpAddr> for Address {
    fn from(address: IpAddr) -> Self {
        let mut kept = [0; 8];
        match address.to_canonical() {
            IpAddr::V4(four) => kept[..4].copy_from_slice(&four.octets()),
            IpAddr::V6(six) => kept.copy_from_slice(&six.octets()[..8]),
        }
        Self(kept)
    }
}

#[derive(Debug, Clone, Copy)]
struct Counted {
    tries: u32,
    last: Time,
    locked_until: Time,
}

/// Tries by what they were tried on.
pub struct Tries<K> {
    free: u32,
    lock_max: Duration,
    counted: Mutex<HashMap<K, Counted>>,
}

impl<K: Eq + Hash> Tries<K> {
    /// Nothing counted: so many tries are free, and no lock is longer than this.
    pub fn new(free: u32, lock_max: Duration) -> Self {
        Self { free, lock_max, counted: Mutex::default() }
    }

    /// Counts a try, or refuses it while there is a lock.
    pub fn count(&self, key: K, now: Time) -> Result<(), Rejection> {
        let mut counted = self.counted.lock().unwrap_or_else(PoisonError::into_inner);
        if counted.len() >= TRIES_KEPT_MAX {
            counted.retain(|_, one| one.last.after(TRIES_FORGOTTEN) > now);
        }
        // Whoever fills the memory must not be let in by that.
        if counted.len() >= TRIES_KEPT_MAX && !counted.contains_key(&key) {
            return Err(Code::TooManyTries.into());
        }
        let fresh = Counted { tries: 0, last: now, locked_until: Time(0) };
        let one = counted.entry(key).or_insert(fresh);
        if one.last.after(TRIES_FORGOTTEN) <= now {
            *one = fresh;
        }
        if one.locked_until > now {
            let wait_s = (one.locked_until.0 - now.0).div_ceil(1_000);
            return Err(Rejection::new(Code::TooManyTries, format!("retry in {wait_s} s")));
        }
        (one.tries, one.last) = (one.tries.saturating_add(1), now);
        if let Some(over) = one.tries.checked_sub(self.free) {
            let lock = LOCK_FIRST.0.saturating_mul(1 << over.min(16));
            one.locked_until = now.after(Duration(lock.min(self.lock_max.0)));
        }
        Ok(())
    }

    /// Takes everything counted back, after a right try.
    pub fn forget(&self, key: &K) {
        self.counted.lock().unwrap_or_else(PoisonError::into_inner).remove(key);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn locks_grow_with_the_tries_and_end() {
        let tries = Tries::new(3, Duration::seconds(100));
        let at = |s: u64| Time(s * 1_000);
        for _ in 0..3 {
            tries.count("a", at(0)).unwrap();
        }
        assert_eq!(tries.count("a", at(29)).unwrap_err().code, Code::TooManyTries);
        tries.count("b", at(29)).unwrap();
        tries.count("a", at(30)).unwrap();
        assert!(tries.count("a", at(89)).is_err());
        tries.count("a", at(90)).unwrap();
        assert!(tries.count("a", at(189)).is_err(), "no longer than the longest");
        tries.count("a", at(190)).unwrap();
        tries.forget(&"a");
        tries.count("a", at(190)).unwrap();
        tries.count("a", at(190 + 86_400)).unwrap();
    }

    #[test]
    fn neighbours_in_a_network_count_as_one() {
        let address = |text: &str| Address::from(text.parse::<IpAddr>().unwrap());
        assert_eq!(address("2001:db8::1"), address("2001:db8::ffff:1"));
        assert_ne!(address("2001:db8::1"), address("2001:db8:0:1::1"));
        assert_eq!(address("::ffff:10.0.0.1"), address("10.0.0.1"));
        assert_ne!(address("10.0.0.1"), address("10.0.0.2"));
    }
}
