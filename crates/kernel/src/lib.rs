//! The law and the books of a node, as pure functions.
//!
//! A command is admitted (may the caller do this?), decided (what happens?) and its events are
//! applied (what is true now?). `admit` and `decide` read the state and change nothing; `apply` is
//! total on every event that was decided, and is the whole of replay.
//!
//! Invariants: no clock, randomness, IO or iteration order of a hash map reaches a decision; every
//! currency's debits equal its credits after each event; no account without leave to owe goes
//! below zero. Deliberately absent: HTTP, SQL, JSON values, and anything personal or secret.

pub mod account;
pub mod action;
pub mod admit;
mod ahead;
pub mod apply;
pub mod callback;
pub mod clearance;
pub mod client;
pub mod codec;
pub mod command;
pub mod custody;
pub mod decide;
pub mod did;
pub mod due;
pub mod entry;
pub mod envelope;
pub mod event;
pub mod format;
pub mod funding;
pub mod grant;
pub mod idempotency;
pub mod limits;
pub mod memory;
pub mod node;
pub mod onboard;
pub mod org;
pub mod policy;
pub mod principal;
mod queue;
pub mod state;
pub mod task;
pub mod transfer;

pub use admit::{Admission, Permit};
pub use command::{Caller, Command, LookedUp, Request};
pub use decide::{Context, Draft};
pub use entry::{Auth, Entry, EnvelopeProof};
pub use event::Event;
pub use state::State;
