//! Random walks: whatever is asked in whatever order, the books balance and replay tells the same.
//!
//! `Town::submit` checks after every command that a refusal changed nothing, that no account is out
//! of bounds and that escrow holds what is held. The walks are drawn from a fixed seed.

mod envelopes;
mod keys;
mod walk;

use std::cell::RefCell;
use std::collections::BTreeSet;

use hansa_kernel::{Event, codec};
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

use walk::{Move, Walk};

const WALKS: u32 = 160;
const MOVES: usize = 250;

/// Kinds that walks do not bring about.
const NOT_WALKED: &[&str] = &[
    "memories.erased",
    "clock.accepted",
    "node.format_raised",
    "node.restored",
    "node.key_rotated",
    "custody.key_set",
    "did.created",
    "did.updated",
    "did.pinned",
    "key.rotated",
    "client.created",
    "client.revoked",
    "tokens.revoked",
    "bootstrap.created",
    "funding.requested",
    "funding.approved",
    "funding.rejected",
    "policy_set.created",
    "policy_set.activated",
    "policy_set.deprecated",
    "policy_set.revoked",
    "policy_set.mode_set",
    "policy_set.change_requested",
    "policy.judged",
    "policy.asked",
    "policy.unanswered",
    "policy.evaluated",
    "task.declared",
    "task.moved",
    "task.parked",
    "artifact.added",
    "taint.promoted",
    "skill.registered",
    "role.assigned",
    "role.withdrawn",
    "absence.delegated",
    "approval.requested",
    "approval.bound",
    "approval.decided",
    "approval.used",
    "approval.expired",
    "approval.reminded",
    "escalation.raised",
    "escalation.resolved",
];

#[test]
fn random_walks_keep_the_books_and_replay_the_same() {
    let rng = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    let config = Config { cases: WALKS, failure_persistence: None, ..Config::default() };
    let mut runner = TestRunner::new_with_rng(config, rng);
    let seen = RefCell::new(BTreeSet::new());
    let moves = proptest::collection::vec(any::<Move>(), MOVES);
    let walks = (moves, any::<prop::sample::Index>());
    let result = runner.run(&walks, |(moves, snapshot)| {
        let mut walk = Walk::new();
        for step in &moves {
            walk.take(step);
        }
        walk.check_orgs();
        let journal = walk.town.journal();
        walk.town.check_replay(snapshot.index(journal.len()));
        let kinds = journal.iter().map(|line| codec::decode(line).unwrap().event.kind());
        seen.borrow_mut().extend(kinds);
        Ok(())
    });
    result.unwrap_or_else(|failure| panic!("{failure}"));
    let is_missing = |kind: &&str| !NOT_WALKED.contains(kind) && !seen.borrow().contains(kind);
    let missing: Vec<&str> = Event::KINDS.iter().map(|kind| kind.0).filter(is_missing).collect();
    assert!(missing.is_empty(), "no walk came by {missing:?}");
}
