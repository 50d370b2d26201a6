//! The bounded queue before the writer, fair between principals.

use std::collections::{HashMap, VecDeque};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use hansa_types::{Code, PrincipalId, Rejection};

use super::core::Input;
use crate::limits::{QUEUE_SLOTS_MAX, QUEUE_SLOTS_PER_PRINCIPAL_MAX};

/// Requests waiting for the writer. A request, single or batch, takes one slot.
#[derive(Default)]
pub struct Queue {
    inner: Mutex<Inner>,
    ready: Condvar,
}

#[derive(Default)]
struct Inner {
    waiting: VecDeque<Input>,
    /// Commands in all that waits.
    commands: usize,
    /// How many commands the writer sleeps for; 0 while it does not sleep, or was woken.
    wanted: usize,
    per_principal: HashMap<PrincipalId, u32>,
    closed: bool,
}

impl Queue {
    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Puts a request in, or refuses it for want of room.
    pub fn push(&self, input: Input) -> Result<(), Rejection> {
        let mut inner = self.lock();
        if inner.closed {
            return Err(Code::Draining.into());
        }
        if inner.waiting.len() >= QUEUE_SLOTS_MAX {
            return Err(Code::QueueFull.into());
        }
        if let Some(principal) = input.principal() {
            let slots = inner.per_principal.entry(principal).or_default();
            if *slots >= QUEUE_SLOTS_PER_PRINCIPAL_MAX {
                return Err(Code::TooManyInFlight.into());
            }
            *slots += 1;
        }
        inner.commands += input.commands();
        inner.waiting.push_back(input);
        let enough = inner.wanted > 0 && inner.commands >= inner.wanted;
        if enough {
            // It is woken once: the next to come need not call the system for it.
            inner.wanted = 0;
        }
        drop(inner);
        if enough {
            self.ready.notify_one();
        }
        Ok(())
    }

    /// Waits until so many commands wait, the time is over, or the queue is closed. Whoever puts
    /// a request in wakes the writer only when that completes what it sleeps for.
    pub fn gather(&self, wanted: usize, wait: Duration) {
        let mut inner = self.lock();
        inner.wanted = wanted;
        let too_few = |inner: &mut Inner| inner.commands < inner.wanted && !inner.closed;
        let waited = self.ready.wait_timeout_while(inner, wait, too_few);
        inner = waited.unwrap_or_else(PoisonError::into_inner).0;
        inner.wanted = 0;
    }

    /// Moves what waits to the end of `into`, until it holds `most` commands. Returns whether the
    /// queue is open or holds something still.
    pub fn take(&self, into: &mut Vec<Input>, most: usize) -> bool {
        let mut inner = self.lock();
        let mut commands = into.iter().map(Input::commands).sum::<usize>();
        while commands < most {
            let Some(input) = inner.pop() else { break };
            commands += input.commands();
            into.push(input);
        }
        !inner.closed || !inner.waiting.is_empty()
    }

    /// How many requests wait.
    pub fn len(&self) -> usize {
        self.lock().waiting.len()
    }

    /// Whether nothing waits.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Refuses everything from now on; what waits is still decided.
    pub fn close(&self) {
        self.lock().closed = true;
        self.ready.notify_all();
    }
}

impl Inner {
    fn pop(&mut self) -> Option<Input> {
        let input = self.waiting.pop_front()?;
        self.commands -= input.commands();
        if let Some(principal) = input.principal() {
            self.release(principal);
        }
        Some(input)
    }

    fn release(&mut self, principal: PrincipalId) {
        if let Some(slots) = self.per_principal.get_mut(&principal) {
            *slots -= 1;
            if *slots == 0 {
                self.per_principal.remove(&principal);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::disallowed_methods, reason = "tests stand in the real world")]

    use super::*;

    fn read(principal: u128) -> Input {
        Input::Read { principal: Some(PrincipalId(principal)), run: Box::new(|_| Box::new(|| ())) }
    }

    #[test]
    fn one_principal_has_an_eighth_of_the_queue_and_others_the_rest() {
        let queue = Queue::default();
        for _ in 0..QUEUE_SLOTS_PER_PRINCIPAL_MAX {
            queue.push(read(1)).unwrap();
        }
        assert_eq!(queue.push(read(1)).unwrap_err().code, Code::TooManyInFlight);
        for principal in 2..=8 {
            for _ in 0..QUEUE_SLOTS_PER_PRINCIPAL_MAX {
                queue.push(read(principal)).unwrap();
            }
        }
        assert_eq!(queue.push(read(9)).unwrap_err().code, Code::QueueFull);
        let mut taken = Vec::new();
        queue.take(&mut taken, 1);
        queue.push(read(1)).unwrap();
    }

    #[test]
    fn a_closed_queue_gives_out_what_waits_and_takes_nothing() {
        let queue = Queue::default();
        queue.push(read(1)).unwrap();
        queue.close();
        assert_eq!(queue.push(read(1)).unwrap_err().code, Code::Draining);
        let mut taken = Vec::new();
        assert!(!queue.take(&mut taken, 10));
        assert_eq!(taken.len(), 1);
    }

    #[test]
    fn whoever_gathers_is_woken_by_the_last_that_was_wanted_or_by_the_end() {
        let queue = std::sync::Arc::new(Queue::default());
        let feeder = std::sync::Arc::clone(&queue);
        let forever = Duration::from_secs(3_600);
        let fed = std::thread::spawn(move || (1..=3).for_each(|p| feeder.push(read(p)).unwrap()));
        queue.gather(3, forever);
        assert_eq!(queue.len(), 3);
        fed.join().unwrap();
        queue.gather(4, Duration::ZERO);
        queue.close();
        queue.gather(4, forever);
    }
}
