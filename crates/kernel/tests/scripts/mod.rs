//! Scripts by topic.

mod accounts;
mod custody;
mod envelopes;
mod eviction;
mod grants;
mod holds;
mod idempotency;
mod keys;
mod negotiation;
mod onboarding;
mod policy;
mod principals;
mod rotation;
mod supply;
mod tokens;
mod transfers;
mod work;
