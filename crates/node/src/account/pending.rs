//! Things that wait for an answer: each is taken once, and none waits for ever.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Mutex, PoisonError};

use hansa_types::{Code, Duration, Rejection, Time};

use crate::limits::PENDING_MAX;

/// Things by key, for a while.
pub struct Pending<K, T> {
    life: Duration,
    waiting: Mutex<HashMap<K, (Time, T)>>,
}

impl<K: Eq + Hash, T: Clone> Pending<K, T> {
    /// Nothing waits; whatever comes waits for `life`.
    pub fn new(life: Duration) -> Self {
        Self { life, waiting: Mutex::default() }
    }

    /// Puts a thing down. One with the same key is replaced.
    pub fn put(&self, key: K, thing: T, now: Time) -> Result<(), Rejection> {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        Self::make_room(&mut waiting, now)?;
        waiting.insert(key, (now.after(self.life), thing));
        Ok(())
    }

    fn make_room(waiting: &mut HashMap<K, (Time, T)>, now: Time) -> Result<(), Rejection> {
        if waiting.len() >= PENDING_MAX {
            waiting.retain(|_, (until, _)| *until > now);
        }
        match waiting.len() < PENDING_MAX {
            true => Ok(()),
            false => Err(Code::QueueFull.into()),
        }
    }

    /// Whether nothing with this key waited until now.
    pub fn is_first(&self, key: K, thing: T, now: Time) -> Result<bool, Rejection> {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        if waiting.get(&key).is_some_and(|(until, _)| *until > now) {
            return Ok(false);
        }
        Self::make_room(&mut waiting, now)?;
        waiting.insert(key, (now.after(self.life), thing));
        Ok(true)
    }

    /// Takes a thing, which is then gone.
    pub fn take(&self, key: &K, now: Time) -> Option<T> {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.remove(key).filter(|(until, _)| *until > now).map(|(_, thing)| thing)
    }

    /// Looks at a thing that stays.
    pub fn look(&self, key: &K, now: Time) -> Option<T> {
        let waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.get(key).filter(|(until, _)| *until > now).map(|(_, thing)| thing.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thing_is_taken_once_and_in_time() {
        let pending = Pending::new(Duration::minutes(1));
        let later = |ms| Time(0).after(Duration(ms));
        pending.put("a", 1, Time(0)).unwrap();
        pending.put("b", 2, Time(0)).unwrap();
        assert_eq!(
            (pending.look(&"a", later(59_999)), pending.look(&"a", later(60_000))),
            (Some(1), None)
        );
        assert_eq!(pending.take(&"a", later(59_999)), Some(1));
        assert_eq!(pending.take(&"a", later(59_999)), None);
        assert_eq!(pending.take(&"b", later(60_000)), None);
        assert_eq!(pending.is_first("c", 3, Time(0)), Ok(true));
        assert_eq!(pending.is_first("c", 3, later(59_999)), Ok(false));
        assert_eq!(pending.is_first("c", 3, later(60_000)), Ok(true));
    }

    #[test]
    fn one_too_many_is_refused_until_others_are_over() {
        let pending = Pending::new(Duration(10));
        for key in 0..PENDING_MAX {
            pending.put(key, (), Time(0)).unwrap();
        }
        assert_eq!(pending.put(PENDING_MAX, (), Time(9)).unwrap_err().code, Code::QueueFull);
        pending.put(PENDING_MAX, (), Time(10)).unwrap();
    }
}
