//! A bounded number of crash images, and that a disk that lies about syncs would be noticed.
#![cfg(test)]

use std::path::Path;

use hansa_testkit::images::{Failure, Summary, Syncs, check, root};

/// Recordings, and images of each.
const SEEDS: u64 = 3;
const IMAGES: u64 = 400;
/// Recordings among which each lie must be found.
const SEEDS_OF_LIES: u64 = 3;

fn images(seed: u64, images: u64, syncs: Syncs) -> Result<Summary, Failure> {
    let scratch = tempfile::Builder::new().prefix("hansa-images-").tempdir_in(root()).unwrap();
    let program = Path::new(env!("CARGO_BIN_EXE_hansa-sim"));
    check(program, scratch.path(), seed, images, syncs)
}

#[test]
fn every_promise_holds_on_every_image() {
    let mut total = Summary::default();
    for seed in 1..=SEEDS {
        let summary = images(seed, IMAGES, Syncs::All).unwrap_or_else(|what| panic!("{what}"));
        total.add(&summary);
    }
    assert_eq!(total.images, SEEDS * IMAGES);
    assert!(total.moments > 100 * SEEDS, "{total:?}");
    assert!(total.ahead > 0, "no power cut ever came between a sync and its answer: {total:?}");
}

fn is_found(syncs: Syncs) {
    let found = (1..=SEEDS_OF_LIES).any(|seed| match images(seed, IMAGES, syncs) {
        Ok(_) => false,
        // Of the images, not of the recording.
        Err(failure) => failure.image > 0,
    });
    assert!(found, "{syncs:?} goes unnoticed");
}

#[test]
fn a_journal_that_never_syncs_is_found() {
    is_found(Syncs::None);
}

#[test]
fn a_sync_that_is_left_out_now_and_then_is_found() {
    is_found(Syncs::LeaveOut(7));
}
