//! The HTTP edge: requests in, answers out, and nothing decided here.
//!
//! Every operation of the table in `hansa-wire` becomes one route. A request is checked, read,
//! authenticated and assembled by [`edge`], carried out by [`call`], and rendered; operations that
//! arrive in envelopes take the same `call`. What may be done is decided by the kernel, what may be
//! seen by [`sight`].
//!
//! Deliberately absent: cookies, and anything remembered between two requests beyond
//! caches of what never changes.

mod agp;
mod answer;
mod api;
mod call;
mod context;
mod edge;
mod html;
pub mod limits;
mod oauth;
mod ops;
mod render;
mod resolve;
mod router;
pub mod serve;
mod settings;
mod setup_page;
mod sight;
mod tell;

pub use agp::{AgpSettings, NamedClient};
pub use router::router;
pub use serve::{Sockets, serve};
pub use settings::{AddressRange, ApiSettings, CardSignatures, RegistrySettings};
