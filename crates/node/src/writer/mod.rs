//! The one writer: decides commands in order and hands batches to the journal.
//!
//! [`Writer::step`] is a function of what it is given; the thread around it only waits and calls.
//! A reply leaves no earlier than the batch whose state it saw is durable, so nobody is ever told
//! of something that a crash could undo.

mod core;
mod notary;
mod queue;
mod thread;

pub use core::{Accepted, Input, Job, Look, Outcome, Output, Release, Reply, Writer, fingerprint};
pub(crate) use notary::Measured;
pub use notary::{Hashes, Notary};
pub use queue::Queue;
pub use thread::{Durable, Surroundings, WriterHandle, WriterStatus, spawn};
