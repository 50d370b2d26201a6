//! The operations: one file per resource, one function per operation.
//!
//! A function takes what its request says, asks the node, and tells the answer. Deliberately
//! absent: HTTP, and any rule that the kernel decides.

pub(crate) mod accounts;
pub(crate) mod actions;
pub(crate) mod agents;
pub(crate) mod amp;
pub(crate) mod api_keys;
pub(crate) mod approvals;
pub(crate) mod auth;
mod callback;
pub(crate) mod callbacks;
pub(crate) mod card_documents;
mod card_signatures;
pub(crate) mod cards;
pub(crate) mod clients;
pub(crate) mod clock;
pub(crate) mod currencies;
pub(crate) mod declared;
pub(crate) mod did_documents;
pub(crate) mod dids;
pub(crate) mod discover;
pub(crate) mod docs;
pub(crate) mod document;
pub(crate) mod envelopes;
pub(crate) mod escalations;
pub(crate) mod evaluations;
pub(crate) mod explain;
pub(crate) mod export;
pub(crate) mod fundings;
pub(crate) mod grant_export;
pub(crate) mod grants;
pub(crate) mod health;
pub(crate) mod holds;
pub(crate) mod invites;
pub(crate) mod journal;
pub(crate) mod memories;
pub(crate) mod node;
pub(crate) mod onboarding;
pub(crate) mod org_agents;
pub(crate) mod orgs;
mod parked;
pub(crate) mod policies;
pub(crate) mod principals;
pub(crate) mod projections;
mod proof;
pub(crate) mod registry;
pub(crate) mod replay;
pub(crate) mod reputation;
pub(crate) mod rotate;
mod route;
pub(crate) mod setup;
pub(crate) mod skills;
pub(crate) mod standing;
mod steps;
pub(crate) mod supply;
pub(crate) mod tasks;
pub(crate) mod teams;
pub(crate) mod the_protocol;
pub(crate) mod transfers;
mod trial;

pub(crate) use currencies::CurrencySeqs;
pub(crate) use journal::Checkpoints;
pub(crate) use projections::SupplyCache;
