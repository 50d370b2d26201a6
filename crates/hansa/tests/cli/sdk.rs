//! Clients in Python against the program itself, as its users run both.

use std::path::Path;

use hansa_testkit::sdk::{Python, run};

use crate::support::Place;

/// Where packages are built and installed.
const TARGET: &str = env!("CARGO_TARGET_TMPDIR");
const TESTS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/sdk");

#[test]
fn the_published_agp_suite_passes_unchanged_against_hansa_dev() {
    let place = Place::new();
    let node = place.dev(&[]);
    let told = Python::with_agp(Path::new(TARGET)).agp_suite(node.url());
    assert!(told.contains("8 passed"), "{told}");
    node.stop();
}

#[test]
fn a_payment_is_made_by_the_agp_client_as_its_users_are_shown() {
    let python = Python::with_client(Path::new(TARGET));
    let program = env!("CARGO_BIN_EXE_hansa");
    run(python.pytest(&format!("{TESTS}/test_payment.py")).env("HANSA_PROGRAM", program));
}
