//! Hashing: a large batch on a thread of its own, while the one before it is committed; a small one on
//! the thread that hands it over, since waking another takes as long.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, PoisonError};

use super::{Shared, State, Work};
use crate::limits;

/// Tells that nothing more will be hashed, be it because of a panic. The committing thread settles what
/// was hashed, ends, and fails the rest.
struct Ended(Arc<Shared>);

impl Drop for Ended {
    fn drop(&mut self) {
        end(&self.0);
    }
}

fn end(shared: &Shared) {
    shared.lock().hashing_ended = true;
    shared.work.notify_all();
}

/// The whole life of a hashing thread: it ends once the journal closes and everything is hashed.
pub(super) fn run(shared: Arc<Shared>) {
    let ended = Ended(shared);
    while let Some(work) = next(&ended.0) {
        let hashed = complete(&ended.0, work);
        pass_on(&ended.0, hashed);
    }
}

/// Whether hashing takes no longer than waking another thread for it.
pub(super) fn is_small(work: &Work) -> bool {
    matches!(work, Work::Batch(batch, _) if batch.entry_count() <= limits::HASHED_AT_ONCE_MAX)
}

/// Hashes work here and now. Everything before it must be hashed already.
pub(super) fn at_once(shared: &Shared, work: Work) {
    match catch_unwind(AssertUnwindSafe(|| complete(shared, work))) {
        Ok(hashed) => pass_on(shared, hashed),
        Err(_) => end(shared),
    }
}

/// Completes a batch, or appoints who completes those behind it.
fn complete(shared: &Shared, work: Work) -> Work {
    let mut hasher = shared.hasher.lock().unwrap_or_else(PoisonError::into_inner);
    match work {
        Work::Batch(mut batch, done) => {
            if let Some(hasher) = hasher.as_mut().filter(|_| !batch.is_empty()) {
                hasher.complete(&mut batch);
            }
            Work::Batch(batch, done)
        }
        Work::Appoint(appointed, notary) => {
            *hasher = appointed;
            Work::Appoint(None, notary)
        }
        note @ Work::Note { .. } => note,
    }
}

/// The next work to hash, unless none will come.
fn next(shared: &Shared) -> Option<Work> {
    let idle = |state: &mut State| state.unhashed.is_empty() && !state.closing && !state.gone;
    let waited = shared.unhashed.wait_while(shared.lock(), idle);
    let mut state = waited.unwrap_or_else(PoisonError::into_inner);
    let work = state.unhashed.pop_front();
    state.hashing = work.is_some();
    work
}

/// Hands hashed work to the committing thread, or fails it when that one is gone.
fn pass_on(shared: &Shared, work: Work) {
    let mut state = shared.lock();
    state.queue.push_back(work);
    state.hashing = false;
    let gone = state.gone;
    drop(state);
    match gone {
        true => shared.fail(),
        false => shared.work.notify_one(),
    }
}
