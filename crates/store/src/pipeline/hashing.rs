//! The thread that hashes one batch while the one before is committed.

use std::sync::{Arc, PoisonError};

use super::{Shared, State, Work};
use crate::journal::Hasher;

/// Tells that nothing more will be hashed, be it because of a panic. The committing thread settles what
/// was hashed, ends, and fails the rest.
struct Ended(Arc<Shared>);

impl Drop for Ended {
    fn drop(&mut self) {
        self.0.lock().hashed = true;
        self.0.work.notify_all();
    }
}

/// The whole life of a hashing thread: it ends once the journal closes and everything is hashed.
pub(super) fn run(shared: Arc<Shared>) {
    let ended = Ended(shared);
    let mut hasher: Option<Box<dyn Hasher>> = None;
    while let Some(work) = next(&ended.0) {
        let hashed = match work {
            Work::Batch(mut batch, done) => {
                if let Some(hasher) = hasher.as_mut().filter(|_| !batch.is_empty()) {
                    hasher.complete(&mut batch);
                }
                Work::Batch(batch, done)
            }
            Work::Appoint(appointed, notary) => {
                hasher = appointed;
                Work::Appoint(None, notary)
            }
            note @ Work::Note { .. } => note,
        };
        pass_on(&ended.0, hashed);
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
