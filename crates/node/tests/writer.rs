//! The writer on a disk that can be held, and under a clock that somebody sets.
#![cfg(test)]
#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "tests stand in the real world"
)]

#[allow(unreachable_pub, reason = "a module of this test alone")]
mod engine;

use engine::{ALICE, BOB, Engine, by, hold, pay, units, with_key};
use hansa_kernel::{Auth, Caller, Command, Event, Request, node, transfer};
use hansa_node::env::Clock as _;
use hansa_node::writer::Outcome;
use hansa_types::{Amount, Code, Duration, Rejection, Time};

fn refusal(outcome: &Outcome) -> Code {
    match outcome {
        Outcome::Refused(Rejection { code, .. }) => *code,
        other => panic!("{other:?}"),
    }
}

fn accepted_seq(outcome: &Outcome) -> u64 {
    match outcome {
        Outcome::Accepted(accepted) => accepted.entry.seq,
        other => panic!("{other:?}"),
    }
}

/// Waits until the writer has decided what was given before, without waiting for the disk.
fn decided(engine: &Engine, seq: u64) {
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(10);
    while engine.control.outstanding() == 0 {
        assert!(std::time::Instant::now() < deadline, "nothing was handed over after entry {seq}");
        std::thread::yield_now();
    }
}

#[test]
fn no_answer_of_any_kind_leaves_before_what_it_saw_is_durable() {
    let engine = Engine::start();
    let before = engine.durable.seq();
    engine.control.hold();
    let payment = engine.give(vec![pay(units(10))]);
    decided(&engine, before);
    let refused = engine.give(vec![pay(units(100_000))]);
    let seen = engine.look(|state| state.seq);
    // The writer has decided all three; the disk has none of it.
    assert!(payment.now().is_none(), "an acceptance went ahead of the disk");
    assert!(refused.now().is_none(), "a refusal went ahead of the disk");
    assert!(seen.try_recv().is_err(), "a read went ahead of the disk");
    assert_eq!(engine.durable.seq(), before);
    engine.control.release();
    assert_eq!(accepted_seq(&payment.wait()[0]), before + 1);
    assert_eq!(refusal(&refused.wait()[0]), Code::InsufficientFunds);
    assert_eq!(seen.recv().unwrap(), before + 1);
    assert_eq!(engine.durable.seq(), before + 1);
    engine.stop();
}

#[test]
fn a_slow_disk_delays_answers_and_loses_none() {
    let engine = Engine::start();
    engine.control.slow(std::time::Duration::from_millis(5));
    let payments: Vec<_> = (0..50).map(|_| engine.give(vec![pay(units(1))])).collect();
    let seqs: Vec<u64> = payments.into_iter().map(|p| accepted_seq(&p.wait()[0])).collect();
    assert!(seqs.windows(2).all(|pair| pair[1] == pair[0] + 1), "{seqs:?}");
    assert_eq!(engine.entries().len() as u64, *seqs.last().unwrap());
    assert_eq!(engine.balance(BOB), units(1_050));
    engine.stop();
}

#[test]
fn the_items_of_a_batch_are_decided_each_on_its_own() {
    let engine = Engine::start();
    let outcomes = engine
        .give(vec![pay(units(1)), pay(Amount::ZERO), pay(units(5_000)), pay(units(2))])
        .wait();
    accepted_seq(&outcomes[0]);
    assert_eq!(refusal(&outcomes[1]), Code::AmountZero);
    assert_eq!(refusal(&outcomes[2]), Code::InsufficientFunds);
    accepted_seq(&outcomes[3]);
    assert_eq!(engine.balance(BOB), units(1_003));
    engine.stop();
}

#[test]
fn a_repeated_key_finds_its_first_answer_and_another_body_is_refused() {
    let engine = Engine::start();
    let first = accepted_seq(&engine.give(vec![with_key(pay(units(1)), 9, 1)]).wait()[0]);
    let again =
        engine.give(vec![with_key(pay(units(1)), 9, 1), with_key(pay(units(2)), 9, 2)]).wait();
    assert!(matches!(again[0], Outcome::Repeated(seq) if seq == first), "{:?}", again[0]);
    assert_eq!(refusal(&again[1]), Code::IdempotencyKeyReused);
    assert_eq!(engine.balance(BOB), units(1_001));
    engine.stop();
}

#[test]
fn a_hold_expires_when_its_time_has_come_and_no_sooner() {
    let engine = Engine::start();
    engine.give(vec![hold(units(100), Duration::minutes(10))]).wait();
    assert_eq!(engine.balance(ALICE), units(1_000).minus(Amount(100_500_000)).unwrap());
    engine.clock.advance(Duration(Duration::minutes(10).0 - 1));
    assert_eq!(engine.balance(ALICE), Amount(899_500_000));
    engine.clock.advance(Duration(1));
    assert_eq!(engine.balance(ALICE), units(1_000));
    let last = engine.entries().pop().unwrap();
    assert!(matches!(last.event, Event::TransferVoided(_)));
    assert_eq!((last.auth, last.actor), (Auth::Timer, None));
    engine.stop();
}

#[test]
fn a_clock_set_back_or_forward_expires_nothing_early() {
    for jump_ms in [-3_600_000i64, 31_536_000_000] {
        let engine = Engine::start();
        let set_at = engine.clock.wall();
        engine.give(vec![hold(units(100), Duration::hours(2))]).wait();
        engine.clock.set_wall(Time(set_at.0.checked_add_signed(jump_ms).unwrap()));
        let refused = engine.give(vec![hold(units(1), Duration::hours(3))]).wait();
        assert_eq!(refusal(&refused[0]), Code::ClockUnsure, "jump {jump_ms}");
        accepted_seq(&engine.give(vec![pay(units(1))]).wait()[0]);
        engine.clock.advance(Duration::minutes(30));
        assert_eq!(engine.balance(ALICE), Amount(898_495_000), "jump {jump_ms}");
        // Undone: the wall clock shows what really passed.
        engine.clock.set_wall(set_at.after(Duration::minutes(30)));
        accepted_seq(&engine.give(vec![hold(units(1), Duration::hours(3))]).wait()[0]);
        engine.clock.advance(Duration::minutes(90));
        assert_eq!(engine.balance(ALICE), Amount(997_990_000), "jump {jump_ms}");
        engine.stop();
    }
}

#[test]
fn an_accepted_jump_lets_time_go_on_from_there() {
    let engine = Engine::start();
    let set_at = engine.clock.wall();
    engine.give(vec![hold(units(100), Duration::hours(2))]).wait();
    engine.clock.set_wall(set_at.after(Duration::days(365)));
    let caller = Caller { principal: None, auth: Auth::Machine };
    let command = Command::ClockAccept(node::AcceptClock { jump_ms: 31_536_000_000 });
    let accept = Request::new(caller, command, None);
    accepted_seq(&engine.give(vec![accept]).wait()[0]);
    assert_eq!(engine.balance(ALICE), units(1_000));
    engine.stop();
}

#[test]
fn what_was_queued_before_the_end_is_still_decided_and_durable() {
    let engine = Engine::start();
    let payments: Vec<_> = (0..200).map(|_| engine.give(vec![pay(units(1))])).collect();
    let disk = engine.disk.clone();
    engine.stop();
    let last = payments.into_iter().map(|p| accepted_seq(&p.wait()[0])).max().unwrap();
    assert_eq!(disk.reader().head().unwrap().last_seq, last);
    let note = disk.reader().checkpoint_latest().unwrap().unwrap();
    assert!(note.contains(&format!("\n{last}\n")), "the last checkpoint covers everything: {note}");
}

#[test]
fn posting_in_parts_moves_the_fee_with_the_money() {
    let engine = Engine::start();
    let outcomes = engine.give(vec![hold(units(10), Duration::hours(1))]).wait();
    let Outcome::Accepted(held) = &outcomes[0] else { panic!("{outcomes:?}") };
    let hansa_types::AnyId::Transfer(id) = held.entry.id else { panic!("{held:?}") };
    let post = |amount| by(ALICE, Command::TransferPost(transfer::Post { id, amount }));
    accepted_seq(&engine.give(vec![post(Some(units(4)))]).wait()[0]);
    accepted_seq(&engine.give(vec![post(None)]).wait()[0]);
    assert_eq!(refusal(&engine.give(vec![post(None)]).wait()[0]), Code::TransferNotPending);
    assert_eq!(engine.balance(BOB), units(1_010));
    assert_eq!(engine.balance(engine::NODE), Amount(50_000));
    engine.stop();
}

const CHILD: &str = "HANSA_TEST_FAILING_DISK";

#[test]
fn the_child_pays_onto_a_failing_disk() {
    if std::env::var(CHILD).is_err() {
        return;
    }
    let engine = Engine::start();
    println!("paid {:?}", engine.give(vec![pay(units(1))]).wait());
    engine.control.fail();
    println!("paid on a failed disk {:?}", engine.give(vec![pay(units(1))]).wait());
}

#[test]
fn a_failed_commit_ends_the_process_and_never_answers_success() {
    use std::os::unix::process::ExitStatusExt as _;
    let output = std::process::Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "the_child_pays_onto_a_failing_disk", "--nocapture"])
        .env(CHILD, "1")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(said.contains("paid [Accepted"), "{said}");
    assert!(!said.contains("paid on a failed disk"), "{said}");
    assert_eq!(output.status.signal(), Some(6), "{said}");
}

#[test]
fn what_is_no_commands_fault_poisons_none() {
    use hansa_node::clock::Reading;
    use hansa_node::writer::{Input, Job, Writer};
    let (env, _) = hansa_testkit::world(7);
    let state = hansa_kernel::State::new([1, 2, 3, 4]);
    let reading = Reading::of(&*env.clock);
    let mut writer = Writer::new(state, reading, Default::default());
    let inputs = || {
        let jobs = vec![Job { request: pay(units(1)), vault: Vec::new() }];
        vec![Input::Commands { jobs, reply: Box::new(|_| ()) }]
    };
    writer.step(reading, 1, &mut inputs(), hansa_store::Batch::default());
    assert_eq!(writer.poison(&inputs()), None, "nothing is under way between two steps");
}
