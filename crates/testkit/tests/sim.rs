//! A bounded number of simulations, and that a broken node would be noticed.
#![cfg(test)]

use hansa_testkit::sim::{Sabotage, Settings, Summary, run};

/// Seeds of the run, and seeds among which each sabotage must be found.
const SEEDS: u64 = 150;
const SEEDS_OF_SABOTAGE: u64 = 60;

#[test]
fn every_invariant_holds_for_a_while() {
    let mut total = Summary::default();
    for seed in 1..=SEEDS {
        let summary = run(Settings::new(seed)).unwrap_or_else(|failure| panic!("{failure}"));
        total.crashes += summary.crashes;
        total.retries += summary.retries;
        total.clock_steps += summary.clock_steps;
        total.full_disks += summary.full_disks;
        total.answers += summary.answers;
    }
    let Summary { crashes, retries, clock_steps, full_disks, answers, .. } = total;
    assert!(crashes > SEEDS && retries > SEEDS && clock_steps > SEEDS, "{total:?}");
    assert!(full_disks > SEEDS / 2, "{total:?}");
    assert!(answers > 40 * SEEDS, "hardly anything gets done: {total:?}");
}

#[test]
fn the_same_seed_is_the_same_run() {
    for seed in [1, 77, 4_096] {
        assert_eq!(run(Settings::new(seed)).unwrap(), run(Settings::new(seed)).unwrap());
    }
    assert_ne!(run(Settings::new(1)).unwrap().digest, run(Settings::new(2)).unwrap().digest);
}

fn is_found(sabotage: Sabotage) {
    let broken = |seed| Settings { sabotage: Some(sabotage), ..Settings::new(seed) };
    let found = (1..=SEEDS_OF_SABOTAGE).filter(|&seed| run(broken(seed)).is_err()).count();
    assert!(found > 0, "{sabotage:?} goes unnoticed");
}

#[test]
fn answers_ahead_of_the_disk_are_found() {
    is_found(Sabotage::AnswerEarly);
}

#[test]
fn keys_that_are_forgotten_are_found() {
    is_found(Sabotage::ForgetKeys);
}

#[test]
fn a_sync_that_is_skipped_is_found() {
    is_found(Sabotage::SkipSync);
}

#[test]
fn a_clock_that_is_trusted_is_found() {
    is_found(Sabotage::TrustClock);
}
