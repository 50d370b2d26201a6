//! Parked commands: they wait as tasks, and come back when they are approved.

use crate::script::check;

const TOWN: &str = "
    agent ben @machine
    role ben compliance_monitor
    policy payments bound:transfer_create/AVT/10/500 on transfer_create as p
    activate p
    key alice * as k
    grant alice bob transfer_create for 30d as g
";

fn town(script: &str) {
    check(&format!("{TOWN}\n{script}"));
}

#[test]
fn what_needs_approval_waits_and_completes() {
    town(
        "transfer alice carol 10 => posted
         transfer alice carol 100 => approval
         transfer alice carol 100 !park => parked task alice as t
         clearance t = approval_pending asked
         transfer alice carol 100 !resume:t => approval_pending
         approve ben t => decided
         transfer alice carol 101 !resume:t => approval_mismatch
         transfer bob carol 100 !resume:t => approval_mismatch
         transfer alice carol 100 !resume:t => posted ; used ; moved
         clearance t = completed asked
         balance carol AVT = 1110
         transfer alice carol 100 !resume:t => task_state",
    );
}

#[test]
fn what_was_taken_back_meanwhile_still_stops_it() {
    town(
        "transfer alice carol 100 @bob !park => parked as t
         approve ben t
         ungrant g
         transfer alice carol 100 @bob !resume:t => grant_revoked
         transfer alice carol 100 @k !park => parked as u
         approve ben u
         unkey k
         transfer alice carol 100 @k !resume:u => credential_invalid
         transfer alice carol 100 !park as v
         approve ben v
         suspend ben
         transfer alice carol 100 !resume:v => approval_lost
         reinstate ben
         suspend alice
         transfer alice carol 100 !resume:v => principal_suspended",
    );
}

#[test]
fn a_policy_that_changed_asks_anew() {
    town(
        "owner omar @machine
         transfer alice carol 100 !park as t
         approve ben t
         policy more bound:transfer_create/AVT/1/600 on transfer_create as q
         activate q
         transfer alice carol 100 !resume:t => approval_void",
    );
}

#[test]
fn nobody_answers_and_it_is_denied() {
    town(
        "transfer alice carol 100 !park as t
         at +1d
         tick => expired
         clearance t = denied asked
         transfer alice carol 100 !resume:t => task_state
         transfer alice carol 100 !park as u
         disapprove ben u
         clearance u = denied asked",
    );
}

#[test]
fn money_is_not_reserved_while_it_waits() {
    town(
        "transfer alice carol 490 !park as t
         transfer alice carol 490 !park as u
         transfer alice carol 490 !park as v
         approve ben t
         approve ben u
         approve ben v
         transfer alice carol 490 !resume:t => posted
         transfer alice carol 490 !resume:u => posted
         transfer alice carol 490 !resume:v => insufficient_funds",
    );
}
