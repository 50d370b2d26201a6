//! Money set aside: posted in parts, voided, expired.

use crate::script::check;

#[test]
fn a_hold_is_posted_in_parts_with_its_fee_pro_rata() {
    check(
        "hold alice bob 10 for 60s => pending 10 AVT fee 0.05 to bob as h
         balance alice AVT = 989.95
         balance bob AVT = 1000
         escrow AVT = 10.05
         post h 4 => posted 4 AVT fee 0.02
         escrow AVT = 6.03
         post h 1 => posted fee 0.005
         post h => posted 5 AVT fee 0.025
         escrow AVT = 0
         balance alice AVT = 989.95
         balance bob AVT = 1010
         post h => transfer_not_pending
         rows held = 0",
    );
}

#[test]
fn the_last_part_takes_what_is_left_of_the_fee() {
    check(
        "# The fee of 0.1 is the minimum, 1,000 minor units; a third of it is 333.
         hold alice bob minor:3 => pending fee 0.001 as h
         post h minor:1 => posted fee 0.000333
         post h minor:1 => posted fee 0.000333
         post h minor:1 => posted fee 0.000334
         balance node AVT = 0.001",
    );
}

#[test]
fn the_fee_of_a_part_is_exact_for_amounts_of_any_size() {
    check(
        "currency WEI scale:18 fee:5000/0 => created currency
         mint alice 100000000000 WEI => minted
         hold alice bob 1000 WEI => pending fee 5 as h
         post h 400 => posted fee 2
         post h 0.000000000000000001 => posted fee 0
         post h => posted 599.999999999999999999 WEI fee 3
         hold alice bob 99000000000 WEI => pending fee 495000000 as big
         post big 33000000000 => posted fee 165000000
         post big 66000000000 => posted fee 330000000",
    );
}

#[test]
fn only_the_payer_posts_and_only_the_payee_voids() {
    check(
        "hold alice bob 10 => pending as h
         post h 4 @bob => forbidden
         post h 4 @carol => forbidden
         void h @alice => forbidden
         void h @carol => forbidden
         post h 4 => posted
         void h => voided h 6 AVT fee 0.03
         balance alice AVT = 995.98
         void h => transfer_not_pending",
    );
}

#[test]
fn a_part_is_something_and_no_more_than_what_is_left() {
    check(
        "hold alice bob 10 => pending as h
         post h 0 => amount_zero
         post h 10.000001 => hold_exceeded
         post h 4 => posted
         post h 6.000001 => hold_exceeded
         post h 6 => posted",
    );
}

#[test]
fn a_hold_goes_back_when_its_time_has_come_and_not_before() {
    check(
        "hold alice bob 10 for 60s => pending as h
         at +59999ms
         tick => nothing
         expire h => task_state
         at +1ms
         tick => expired h 10 AVT fee 0.05
         balance alice AVT = 1000
         escrow AVT = 0
         expire h => transfer_not_pending
         tick => nothing",
    );
}

#[test]
fn what_is_left_of_a_part_posted_hold_expires() {
    check(
        "hold alice bob 10 for 60s => pending as h
         post h 2.5 => posted fee 0.0125
         at +2m
         tick => expired h 7.5 AVT fee 0.0375
         balance alice AVT = 997.4875",
    );
}

#[test]
fn a_hold_lasts_between_a_second_and_ninety_days_and_seven_days_if_unsaid() {
    check(
        "hold alice bob 1 for 999ms => hold_expiry_invalid
         hold alice bob 1 for 1s => pending as short
         hold alice bob 1 for 90d => pending as long
         hold alice bob 1 for 7776001s => hold_expiry_invalid
         hold alice bob 1 => pending as usual
         at +1s
         tick => expired short
         at +604798s
         tick => nothing
         at +1s
         tick => expired usual
         at +82d
         at +23h
         tick => nothing
         at +1h
         tick => expired long",
    );
}

#[test]
fn holds_expire_in_the_order_of_their_time() {
    check(
        "hold alice bob 1 for 30s => pending as late
         hold alice bob 2 for 10s => pending as early
         hold bob carol 3 for 20s => pending as middle
         at +25s
         tick => expired early expired middle
         at +25s
         tick => expired late",
    );
}

#[test]
fn a_hold_needs_the_amount_and_its_fee() {
    check(
        "hold alice bob 1000 => insufficient_funds
         hold alice bob 0 => amount_zero
         hold alice alice 1 => same_account
         hold alice bob 990 => pending
         transfer alice bob 10 => insufficient_funds",
    );
}

#[test]
fn a_hold_is_paid_to_a_payee_that_was_suspended_meanwhile() {
    check(
        "hold alice bob 10 => pending as h
         suspend bob => suspended
         void h => principal_suspended
         post h => posted
         balance bob AVT = 1010",
    );
}
