//! AMP, the Agent Mesh Protocol v0.1: signed intent envelopes and their verbs.
//!
//! [`Envelope::parse`] reads bytes strictly and keeps the canonical form that was signed;
//! [`Verb::of`] says what an envelope asks for, by the table of verbs; [`build`] makes envelopes to
//! sign. What a step may follow, and who may take it, is decided further inward.
//!
//! Invariants: duplicate keys, unknown members of typed objects, non-integers where integers are
//! due, and signatures in other spellings are refused; what was signed is never re-typed before it
//! is verified.
//!
//! Deliberately absent: transports, resolving of DIDs, and the rails `amp-subscription` and
//! `amp-split`.

pub mod build;
mod envelope;
mod payload;
mod recipient;
mod terms;
mod text;
mod verb;

pub use envelope::{
    Constraints, Envelope, Intent, Kind, Opened, Require, sign_value, within_window,
};
pub use payload::{Attest, Execute, Revoke, Score, Settle, Verdict};
pub use recipient::Recipient;
pub use terms::{
    Milestone, MilestoneName, Money, Policy, PolicySpec, Rail, SettleSpec, Terms, TermsSpec,
};
pub use verb::{Delegate, Negotiate, OperationCall, Step, Verb};
