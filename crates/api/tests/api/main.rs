//! The HTTP edge, tested at its boundary: whole nodes over real connections on port 0.
#![cfg(test)]
#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "tests stand in the real world"
)]

#[path = "../harness/mod.rs"]
#[allow(unreachable_pub, reason = "a module of this binary")]
mod harness;

mod actions;
mod agents;
mod agp;
mod agp_flow;
mod amp;
mod api_keys;
mod auditor;
mod auth;
mod callbacks;
mod cards;
mod clearance;
mod consequential;
mod coverage;
mod dids;
mod edge;
mod erasure;
mod faults;
mod grant_export;
mod grants;
mod holds;
mod idempotency;
mod journal;
mod memories;
mod moving;
mod node_key;
mod oauth;
mod onboarding;
mod operator;
mod orgs;
mod pages;
mod passkeys;
mod policies;
mod proxy;
mod restored;
mod sdk;
mod sdk_hansa;
mod serving;
mod setup;
mod sight;
mod step_up;
mod supply;
mod taint;
mod the_protocol;
mod tls;
mod transfers;
