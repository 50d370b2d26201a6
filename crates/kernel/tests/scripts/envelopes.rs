//! Envelopes that come again, late or out of order.

use crate::script::check;

#[test]
fn the_same_envelope_is_a_replay() {
    check(
        "transfer alice bob 1 !env:e1 !nonce:5 => posted
         transfer alice bob 1 !env:e1 !nonce:5 => envelope_replayed
         transfer alice bob 2 !env:e1 !nonce:6 => envelope_replayed
         balance bob AVT = 1001",
    );
}

#[test]
fn another_envelope_with_a_used_nonce_is_refused() {
    check(
        "transfer alice bob 1 !env:e1 !nonce:5 => posted
         transfer alice bob 2 !env:e2 !nonce:5 => nonce_used
         transfer bob alice 2 !env:e3 !nonce:5 => posted
         offer alice bob 5 AVT outcome !env:e4 !nonce:5 => nonce_used",
    );
}

#[test]
fn operations_may_arrive_out_of_order() {
    check(
        "transfer alice bob 1 !nonce:9 => posted
         transfer alice bob 1 !nonce:3 => posted
         transfer alice bob 1 !nonce:7 => posted
         nonce alice = 0
         offer alice bob 5 AVT outcome !nonce:2 => offered
         transfer alice bob 1 !nonce:1 => posted",
    );
}

#[test]
fn steps_of_tasks_arrive_in_order_with_gaps() {
    check(
        "offer alice bob 5 AVT outcome !env:e1 !nonce:10 => offered
         nonce alice = 10
         offer alice bob 5 AVT outcome !env:e1 !nonce:10 => envelope_replayed
         offer alice bob 6 AVT outcome !env:e2 !nonce:10 => nonce_used
         offer alice bob 6 AVT outcome !env:e3 !nonce:9 => nonce_used
         offer alice bob 6 AVT outcome !env:e4 !nonce:9007199254740991 => offered
         nonce alice = 9007199254740991
         offer bob alice 6 AVT outcome !nonce:1 => offered",
    );
}

#[test]
fn a_step_and_an_operation_share_no_id() {
    check(
        "offer alice bob 5 AVT outcome !env:e1 !nonce:10 => offered
         transfer alice bob 1 !env:e1 !nonce:11 => envelope_replayed
         transfer alice bob 1 !env:e2 !nonce:12 => posted
         offer alice bob 5 AVT outcome !env:e2 !nonce:13 => envelope_replayed",
    );
}

#[test]
fn a_refused_envelope_may_come_again() {
    check(
        "transfer alice bob 5000 !env:e1 !nonce:5 => insufficient_funds
         mint alice 5000 => minted
         transfer alice bob 5000 !env:e1 !nonce:5 => posted
         transfer alice bob 5000 !env:e1 !nonce:5 => envelope_replayed",
    );
}

#[test]
fn nonces_and_ids_survive_a_snapshot() {
    check(
        "offer alice bob 5 AVT outcome !env:e1 !nonce:10 => offered as o
         transfer alice bob 1 !env:e2 !nonce:20 => posted
         snapshot
         offer alice bob 5 AVT outcome !env:e1 !nonce:10 => envelope_replayed
         offer alice bob 6 AVT outcome !env:e3 !nonce:10 => nonce_used
         transfer alice bob 1 !env:e2 !nonce:20 => envelope_replayed
         transfer alice bob 2 !env:e4 !nonce:20 => nonce_used
         accept bob o => accepted",
    );
}

#[test]
fn an_operations_envelope_is_forgotten_once_its_window_has_closed() {
    check(
        "transfer alice bob 1 !env:e1 !nonce:5 => posted
         rows envelopes = 4
         # An envelope of 300 seconds from now would pass until 600 seconds from now.
         at +600s
         filler 3
         transfer alice bob 1 !env:e1 !nonce:5 => envelope_replayed
         # A minute more for what was opened in time and waits in the queue.
         at +59999ms
         filler 1
         transfer alice bob 1 !env:e1 !nonce:5 => envelope_replayed
         at +1ms
         filler 1
         rows envelopes = 0
         transfer alice bob 1 !env:e1 !nonce:5 => posted",
    );
}

#[test]
fn the_nonce_of_a_task_outlives_the_task() {
    check(
        "offer alice bob 5 AVT outcome !env:e1 !nonce:10 => offered as o
         reject bob o => rejected
         at +30d
         filler 2
         rows tasks = 0
         offer alice bob 5 AVT outcome !env:e1 !nonce:10 => nonce_used",
    );
}
