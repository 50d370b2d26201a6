//! The HTTP edge, tested at its boundary: whole nodes over real connections on port 0.
#![cfg(test)]
#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "tests stand in the real world"
)]

#[path = "../harness/mod.rs"]
#[allow(clippy::expect_used, clippy::unwrap_used, reason = "tests stop where something is wrong")]
#[allow(unreachable_pub, reason = "a module of the test binary")]
mod harness;

mod setup;
mod transfers;
