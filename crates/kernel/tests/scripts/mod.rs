//! Scripts by topic.

mod accounts;
mod actions;
mod approvals;
mod callbacks;
mod clearance;
mod custody;
mod dids;
mod envelopes;
mod escalations;
mod eviction;
mod format;
mod grants;
mod holds;
mod idempotency;
mod keys;
mod negotiation;
mod onboarding;
mod orgs;
mod parking;
mod policy;
mod principals;
mod rotation;
mod supply;
mod tokens;
mod transfers;
mod work;
