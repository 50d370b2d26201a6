//! What travels between Hansa and everybody else: shapes, the operation table, the AMP dialect.
//!
//! Pure: JSON in, typed values out, and back. The operation table ([`operations`]) is the single
//! list that routes, OpenAPI, envelopes, tools and clients are made from; [`api`] holds its request
//! and answer types, [`request`] reads them and names what is wrong, [`problem`] is how every
//! refusal looks, [`amp`] is the signed envelope and its verbs, [`card`] the A2A agent card.
//!
//! Deliberately absent: HTTP, storage, authority, a clock and randomness. Feature `client` adds an
//! async client of the same table, the only part that does IO.

pub mod agp;
pub mod amount;
pub mod amp;
pub mod api;
pub mod callback;
pub mod card;
#[cfg(feature = "client")]
pub mod client;
pub mod limits;
pub mod openapi;
pub mod operation;
pub mod operations;
pub mod problem;
pub mod proof;
pub mod request;
pub mod scalar;
pub mod schema;

pub use amount::WireAmount;
pub use operation::{Access, Effect, Media, Method, Operation, Request};
pub use operations::{OPERATIONS, by_route, find};
pub use problem::Problem;
