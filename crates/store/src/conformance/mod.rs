//! The suite every backend passes: what a [`Journal`] and a [`Reader`] owe, said once.
//!
//! Behind the feature `conformance`, for tests alone. [`run`] asks for a fresh, empty backend for
//! each case and panics at the first broken promise. What only one backend can show (a held sync,
//! a killed process, a damaged file) is in that backend's own tests.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test suite speaks by panicking")]

mod reading;
mod scribe;
mod writing;

use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};

pub use scribe::Scribe;

use crate::{Batch, Error, Journal, Reader};

/// A journal, its reader, and the way to open both again once the journal is closed.
pub struct Backend {
    /// Open, and the only one.
    pub journal: Box<dyn Journal>,
    /// Reads the same storage.
    pub reader: Arc<dyn Reader>,
    /// Opens the same storage again. Called after the journal was closed and the reader dropped.
    pub reopen: Box<dyn FnOnce() -> Backend>,
}

/// Runs every case, each on a backend of its own.
pub fn run(backend: impl Fn() -> Backend) {
    reading::an_empty_journal_has_a_head_and_nothing_else(backend());
    reading::a_scan_begins_with_the_row_that_contains_its_start(backend());
    reading::a_visitor_ends_a_scan_by_breaking_or_failing(backend());
    reading::entries_and_leaves_are_found_wherever_they_lie(backend());
    reading::verification_passes_from_any_point(backend());
    writing::callbacks_run_in_order(backend());
    writing::a_barrier_waits_for_what_came_before_it(backend());
    writing::a_reader_sees_a_batch_once_its_callback_runs(backend());
    writing::the_vault_changes_with_its_batch(backend());
    writing::erasing_a_subject_leaves_nothing_about_it(backend());
    writing::erasing_a_path_leaves_nothing_under_it(backend());
    writing::the_vault_is_listed_page_by_page(backend());
    writing::a_page_of_the_vault_has_a_size(backend());
    writing::a_failed_batch_changes_nothing(backend());
    writing::a_failed_journal_never_accepts_again(backend());
    writing::checkpoints_keep_their_place(backend());
    writing::small_and_large_batches_are_completed_in_order(backend());
    writing::batches_are_completed_and_the_checkpoints_of_a_notary_kept(backend());
    writing::recycled_batches_are_clear(backend());
    writing::a_closed_journal_continues_where_it_ended(backend());
}

/// Collects what callbacks say.
struct Outcomes {
    sender: Sender<(u64, Result<(), Error>)>,
    receiver: Receiver<(u64, Result<(), Error>)>,
}

impl Outcomes {
    fn new() -> Self {
        let (sender, receiver) = channel();
        Outcomes { sender, receiver }
    }

    /// Submits a batch whose callback reports under `number`.
    fn submit(&self, journal: &mut dyn Journal, batch: Batch, number: u64) {
        let sender = self.sender.clone();
        journal.submit(batch, Box::new(move |outcome| sender.send((number, outcome)).unwrap()));
    }

    /// The next report.
    fn next(&self) -> (u64, Result<(), Error>) {
        self.receiver.recv().unwrap()
    }

    /// Waits until everything handed over so far is settled.
    fn barrier(&self, journal: &mut dyn Journal) {
        self.submit(journal, Batch::default(), u64::MAX);
        while self.next().0 != u64::MAX {}
    }
}

/// Writes one batch of `lines` and waits until it is durable.
fn append(backend: &mut Backend, scribe: &mut Scribe, lines: &[String]) {
    let outcomes = Outcomes::new();
    outcomes.submit(&mut *backend.journal, scribe.batch(lines), 0);
    outcomes.next().1.unwrap();
}

/// `count` different lines of different lengths, beginning with entry `first_seq`.
fn lines(first_seq: u64, count: u64) -> Vec<String> {
    (first_seq..first_seq + count).map(line).collect()
}

/// The line of one entry.
fn line(seq: u64) -> String {
    format!("{{\"seq\":{seq},\"pad\":\"{}\"}}", "x".repeat(usize::try_from(seq * 7 % 300).unwrap()))
}
