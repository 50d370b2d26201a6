//! The bounded queue before the writer, fair between principals.

use std::collections::HashMap;
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
    waiting: std::collections::VecDeque<Input>,
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
        inner.waiting.push_back(input);
        drop(inner);
        self.ready.notify_one();
        Ok(())
    }

    /// Moves what waits to the end of `into`, until it holds `most` commands. Waits until there is
    /// something, the time is over, or the queue is closed. Returns whether the queue is open or
    /// holds something still.
    pub fn take(&self, into: &mut Vec<Input>, most: usize, wait: Duration) -> bool {
        let mut inner = self.lock();
        if inner.waiting.is_empty() && !inner.closed && !wait.is_zero() {
            let waited = self.ready.wait_timeout(inner, wait);
            inner = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
        let mut commands = into.iter().map(Input::commands).sum::<usize>();
        while commands < most {
            let Some(input) = inner.waiting.pop_front() else { break };
            if let Some(principal) = input.principal() {
                inner.release(principal);
            }
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
        queue.take(&mut taken, 1, Duration::ZERO);
        queue.push(read(1)).unwrap();
    }

    #[test]
    fn a_closed_queue_gives_out_what_waits_and_takes_nothing() {
        let queue = Queue::default();
        queue.push(read(1)).unwrap();
        queue.close();
        assert_eq!(queue.push(read(1)).unwrap_err().code, Code::Draining);
        let mut taken = Vec::new();
        assert!(!queue.take(&mut taken, 10, Duration::ZERO));
        assert_eq!(taken.len(), 1);
    }
}
