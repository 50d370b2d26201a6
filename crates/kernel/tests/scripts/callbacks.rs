//! Callbacks: who waits is told once how it ended, and nothing is told before.

use crate::script::check;

/// A task of alice's that waits for approval, and two offices.
const WAITING: &str = "
    agent ben @machine
    agent cleo @machine
    role ben compliance_monitor
    role cleo executive
    declare alice risk:high as t
    verdict alice t require_approval
";

fn waiting(script: &str) {
    check(&format!("{WAITING}\n{script}"));
}

#[test]
fn a_request_is_told_of_when_it_is_decided() {
    waiting(
        "request alice t call:pay callback => requested asked as r
         callback r = waits
         told r delivered => task_state
         approve ben r
         callback r = approved
         snapshot
         callback r = approved
         told r delivered @alice => forbidden
         told r delivered status:200 => ended
         callback r = none
         told r delivered => not_found
         rows callbacks = 0",
    );
}

#[test]
fn rejection_and_silence_are_told_too() {
    waiting(
        "request alice t call:pay callback as r
         request alice t call:pay callback as s
         disapprove ben s
         callback s = rejected
         callback r = void
         told s dead status:500
         rows callbacks = 1",
    );
    waiting(
        "request alice t call:pay for:2h callback as r
         at +2h
         callback r = waits
         tick => reminded expired
         callback r = expired
         told r dead
         rows callbacks = 0",
    );
}

#[test]
fn what_ends_twice_is_told_once() {
    waiting(
        "request alice t call:pay for:2h callback as r
         approve ben r
         callback r = approved
         at +2h
         tick => expired
         callback r = approved",
    );
}

#[test]
fn what_is_void_is_told() {
    waiting(
        "request alice t call:pay callback as r
         move alice t revoked
         callback r = void",
    );
}

#[test]
fn an_evaluation_and_a_native_act_have_ended_when_they_are_asked_for() {
    check(
        "declare alice as t
         verdict alice t require_approval callback => evaluated added added moved asked as v
         callback v = evaluated
         offer alice bob 50 AVT outcome as u.o
         perform alice u.o callback : transfer alice carol 10 => started posted finished asked as a
         callback a = done
         grant alice bob pay_vendor for 10d as g
         act bob u.o pay_vendor under g callback => started asked as b
         callback b = waits
         finish b refused
         callback b = failed
         act bob u.o pay_vendor under g callback => started asked as c
         at +1d
         tick => outcome_unknown
         callback c = outcome_unknown
         rows callbacks = 4",
    );
}
