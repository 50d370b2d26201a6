//! A running node: one writer, its queue and timers, keys and vault, read models and proofs.
//!
//! Every change goes through [`Node::submit`] to the one writer; every answer leaves when what it
//! saw is durable. Deliberately absent: HTTP, command lines, and any way around the kernel.

pub mod account;
pub mod audit;
pub mod auditor;
pub mod backup;
pub mod callback;
pub mod checkpoint;
pub mod clock;
pub mod config;
pub mod credentials;
pub mod custody;
pub mod did;
pub mod effect;
pub mod egress;
pub mod env;
pub mod erase;
pub mod error;
pub mod evaluation;
pub mod export;
pub mod grant_document;
mod growth;
pub mod judge;
pub mod keys;
pub mod limits;
mod machine_agent;
pub mod metrics;
mod node;
pub mod open;
mod parked;
pub mod projector;
mod retention;
pub mod scrub;
pub mod setup;
pub mod sight;
pub mod snapshot;
pub mod start;
pub mod tls;
pub mod tokens;
pub mod vault;
pub mod writer;

pub use config::Config;
pub use credentials::Identity;
pub use egress::Egress;
pub use env::Env;
pub use error::Error;
pub use node::{Done, Node, PolicyStanding, Readiness, internal, request};
