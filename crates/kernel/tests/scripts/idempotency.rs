//! Requests that are sent again with their Idempotency-Key.

use hansa_kernel::idempotency::Limits;

use crate::script::{Town, check, check_in};

#[test]
fn a_repetition_gives_the_first_entry_and_does_nothing() {
    check(
        "key alice * => created as k
         transfer alice bob 10 !idem:r1 @k => posted
         seq = 12
         transfer alice bob 10 !idem:r1 @k => repeated 12
         transfer alice bob 10 !idem:r1 @k => repeated 12
         seq = 12
         balance bob AVT = 1010
         transfer alice bob 10 !idem:r2 @k => posted",
    );
}

#[test]
fn a_repetition_gives_the_first_of_several_entries() {
    check(
        "agent dora !idem:r1 => created minted
         seq = 12
         agent dora !idem:r1 => repeated 11",
    );
}

#[test]
fn a_key_stands_for_one_body_and_one_sender() {
    check(
        "transfer alice bob 10 !idem:r1 => posted
         transfer alice bob 11 !idem:r1 => idempotency_key_reused
         card alice !idem:r1 => idempotency_key_reused
         transfer bob alice 11 !idem:r1 => posted",
    );
}

#[test]
fn a_refusal_is_not_remembered() {
    check(
        "transfer alice bob 5000 !idem:r1 => insufficient_funds
         mint alice 5000 => minted
         transfer alice bob 5000 !idem:r1 => posted
         transfer alice bob 5000 !idem:r1 => repeated 12",
    );
}

#[test]
fn who_may_no_longer_ask_is_told_nothing() {
    check(
        "key alice * => created as k
         transfer alice bob 10 !idem:r1 @k => posted
         unkey k => revoked
         transfer alice bob 10 !idem:r1 @k => credential_invalid",
    );
}

#[test]
fn a_key_is_forgotten_after_a_day() {
    check(
        "transfer alice bob 10 !idem:r1 => posted
         at +86399999ms
         transfer alice bob 10 !idem:r1 => repeated 11
         transfer alice bob 11 !idem:r1 => idempotency_key_reused
         at +1ms
         transfer alice bob 11 !idem:r1 => posted
         transfer alice bob 11 !idem:r1 => repeated 12
         rows idempotency = 1
         at +1d
         filler 1
         rows idempotency = 0",
    );
}

#[test]
fn a_key_survives_a_snapshot() {
    check(
        "transfer alice bob 10 !idem:r1 => posted
         snapshot
         transfer alice bob 10 !idem:r1 => repeated 11
         transfer alice bob 11 !idem:r1 => idempotency_key_reused",
    );
}

/// Keeps two keys whole.
fn check_small(script: &str) {
    check_in(Town::with_idempotency(Limits { keys_max: 2, filters_max: 4 }), script);
}

#[test]
fn older_keys_are_looked_up() {
    check_small(
        "transfer alice bob 1 !idem:r1 => posted
         transfer alice bob 1 !idem:r2 => posted
         rows idempotency filtered = 2 0
         transfer alice bob 1 !idem:r3 => posted
         rows idempotency filtered = 2 1
         transfer alice bob 1 !idem:r3 => repeated 13
         transfer alice bob 1 !idem:r2 => repeated 12
         transfer alice bob 1 !idem:r1 => look_up
         transfer alice bob 1 !idem:r1 !found:11 => repeated 11
         transfer alice bob 1 !idem:r1 !found_other:11 => idempotency_key_reused
         snapshot
         transfer alice bob 1 !idem:r1 => look_up
         balance bob AVT = 1003",
    );
}

#[test]
fn a_key_that_is_not_found_is_new() {
    check_small(
        "transfer alice bob 1 !idem:r1 => posted
         transfer alice bob 1 !idem:r2 => posted
         transfer alice bob 1 !idem:r3 => posted
         transfer alice bob 1 !idem:r1 !absent => posted
         transfer alice bob 1 !idem:r1 => repeated 14",
    );
}

#[test]
fn an_answer_that_was_not_asked_for_counts_for_nothing() {
    check_small(
        "transfer alice bob 1 !idem:r1 !found:3 => posted
         transfer alice bob 1 !idem:r1 !absent => repeated 11
         transfer alice bob 2 !idem:r1 !found:3 => idempotency_key_reused",
    );
}

#[test]
fn filters_go_when_their_last_key_is_a_day_old() {
    check_small(
        "transfer alice bob 1 !idem:r1 => posted
         at +1h
         transfer alice bob 1 !idem:r2 => posted
         transfer alice bob 1 !idem:r3 => posted
         transfer alice bob 1 !idem:r4 => posted
         rows idempotency filtered = 2 2
         at +23h
         filler 1
         rows idempotency filtered = 2 1
         transfer alice bob 1 !idem:r2 => look_up
         at +1h
         transfer alice bob 1 !idem:r2 => posted
         rows idempotency filtered = 1 0",
    );
}

#[test]
fn past_the_last_filter_every_old_key_is_looked_up() {
    let mut script = String::new();
    for number in 1..=7 {
        script += &format!("transfer alice bob 1 !idem:r{number} => posted\n");
    }
    // Five keys in four filters: the oldest two have become one that anything may be in.
    script += "rows idempotency filtered = 2 5
               transfer alice bob 1 !idem:r1 => look_up
               transfer alice bob 1 !idem:r2 => look_up
               transfer alice bob 1 !idem:r5 => look_up
               transfer alice bob 1 !idem:r7 => repeated 17
               transfer alice bob 1 !idem:new => look_up
               transfer alice bob 1 !idem:new !absent => posted";
    check_small(&script);
}
