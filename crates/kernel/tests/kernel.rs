//! Tests of the kernel through its public interface: scripts, properties, a golden journal and
//! hostile bytes.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test that cannot go on should stop loudly"
)]
#![allow(clippy::disallowed_methods, reason = "golden files are read and blessed here")]

mod chains;
mod corpus;
mod fuzz;
mod golden;
mod property;
mod script;
mod scripts;
