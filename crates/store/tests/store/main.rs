//! Tests of the store through its public interface.
//!
//! Run with `--all-features`: most of them write through the suite's own scribe.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test that cannot go on should stop loudly"
)]

#[cfg(feature = "conformance")]
mod conformance;
#[cfg(all(feature = "conformance", feature = "crash-points"))]
mod crash;
#[cfg(feature = "conformance")]
mod damage;
#[cfg(feature = "conformance")]
mod in_use;
#[cfg(feature = "conformance")]
mod memory;
mod opening;
#[cfg(feature = "conformance")]
mod scrub;
#[cfg(feature = "conformance")]
mod seal;
#[cfg(feature = "conformance")]
mod snapshot;
#[cfg(feature = "conformance")]
mod sqlite;
#[cfg(feature = "conformance")]
mod tiles;
