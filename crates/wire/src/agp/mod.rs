//! AGP, the Agent Governance Protocol, as a dialect of the native operations.
//!
//! The table of [`routes`] names every endpoint with the paths of the three published variants;
//! routes, the three OpenAPI documents ([`openapi`]) and the scopes of tokens come from it.
//! [`schemas`] holds the 25 JSON Schemas, [`error`] the shape of refusals.
//!
//! What a client sends is a claim: a verdict is an upper bound, an approval counts for who is
//! authenticated, an id is a wish. What holds is decided by the native operations.
//!
//! Deliberately absent: state, authority and IO.

pub mod action;
pub mod approval;
pub mod artifact;
pub mod body;
pub mod capability;
pub mod error;
pub mod evaluation;
pub mod impact;
pub mod ledger;
pub mod openapi;
pub mod page;
pub mod policy_set;
pub mod route;
pub mod routes;
pub mod schemas;
pub mod scope;
pub mod task;
pub mod words;
pub mod yaml;

pub use error::{AgpCode, AgpError};
pub use route::{Domain, Method, Route};
pub use routes::ROUTES;
pub use scope::Scope;
