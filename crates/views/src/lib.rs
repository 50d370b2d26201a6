//! The views: rows to list, find and read, projected from the journal's entries.
//!
//! The journal is the truth and the views are a cache of it. They are written by nothing but
//! [`Views::apply`], in one transaction with the number of the last projected entry, so a batch is
//! there or not, and the file may be deleted at any time and built again with the same content,
//! but for when API keys were last used ([`Views::note_uses`]), which no entry says.
//! Projection is total: what an entry says was decided before, so an odd or missing document costs
//! what could be read from it, never the entry.
//!
//! Invariants: a private row reaches only its parties and viewers of everything; lists are paged
//! by keys and never by offsets; amounts are stored so that the database compares them exactly.
//!
//! Deliberately absent: decisions of any kind, balances (the kernel has them), clocks and timers,
//! and durability beyond what a cache needs.

pub mod limits;

mod accounts;
mod column;
mod cursor;
mod error;
mod fts;
mod open;
mod project;
mod query;
mod retention;
mod rows;
mod schema;
mod standing;
mod text;
mod views;

pub use cursor::Cursor;
pub use error::Error;
pub use open::WRITER_THREAD;
pub use rows::{
    AgentRow, ApiKeyRow, CallbackEnd, CallbackFilter, CallbackRow, DiscoverQuery, DiscoveredRow,
    EnvelopeRow, GrantFilter, GrantRow, MilestoneRow, Page, PageQuery, PolicyDifferenceRow,
    Projected, ReputationRow, Standing, TaskFilter, TaskRow, TransferFilter, TransferKind,
    TransferRow, TransferState, Viewer,
};
pub use views::Views;
