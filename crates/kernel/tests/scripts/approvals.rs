//! Approvals: who speaks, for what, and when it counts.

use crate::script::check;

/// A task of alice's that waits for approval, and three offices.
const WAITING: &str = "
    agent ben @machine
    agent cleo @machine
    person eve @machine
    person fay @machine
    role ben compliance_monitor
    role cleo executive
    role eve compliance_monitor
    role fay impact_assessor
    declare alice risk:high as t
    verdict alice t require_approval
";

fn waiting(script: &str) {
    check(&format!("{WAITING}\n{script}"));
}

#[test]
fn one_approval_in_an_office_clears_the_task() {
    waiting(
        "request alice t call:pay role:compliance_monitor => requested as r
         approve cleo r => role_required
         approve alice r => own_act
         approve bob r => not_found
         approve ben r call:other => approval_mismatch
         approve ben r call:pay => decided
         approval r = approved 1
         clearance t = policy_checked asked
         approve eve r => approval_decided",
    );
}

#[test]
fn nobody_approves_their_own_act() {
    waiting(
        "role alice compliance_monitor
         request alice t call:pay as r
         approve alice r => own_act
         grant node alice agent_create for 1d @olga
         agent puppet @alice
         role puppet compliance_monitor
         approve puppet r => own_act
         approval r = pending 0",
    );
}

#[test]
fn two_persons_approve_and_no_office_twice() {
    waiting(
        "request alice t call:pay dual role:executive role:compliance_monitor as r
         approve ben r
         approve ben r => approval_decided
         approve eve r
         approval r = pending 2
         approve cleo r
         approval r = approved 3
         clearance t = policy_checked asked",
    );
}

#[test]
fn a_person_holds_one_office_on_a_task() {
    waiting(
        "role cleo compliance_monitor
         attested cleo t executive cleared
         request alice t call:pay role:compliance_monitor as r
         approve cleo r => role_conflict
         attested cleo t compliance_monitor blocked => role_conflict
         grant node cleo agent_create for 1d @olga
         agent helper @cleo
         role helper impact_assessor
         attested helper t impact_assessor cleared => role_conflict",
    );
}

#[test]
fn one_rejection_is_enough() {
    waiting(
        "request alice t call:pay dual as r
         approve ben r
         disapprove cleo r => decided
         approval r = rejected 2
         clearance t = denied asked
         approve eve r => task_state",
    );
}

#[test]
fn silence_is_a_rejection_and_comes_after_a_reminder() {
    waiting(
        "request alice t call:pay for:2h as r
         at +1h
         tick => reminded
         at +1h
         approve ben r => approval_expired
         tick => expired
         approval r = expired 0
         clearance t = denied asked",
    );
}

#[test]
fn a_request_is_bound_to_a_call_before_anybody_speaks() {
    waiting(
        "request alice t as r
         approve ben r => approval_unbound
         bound ben r pay => forbidden
         bound alice r pay => bound
         bound alice r other => approval_mismatch
         approve ben r call:pay
         bound alice r other => approval_decided",
    );
}

#[test]
fn a_deputy_speaks_while_somebody_is_away() {
    waiting(
        "agent dan @machine
         away dan ben 1d => role_required
         away ben dan 91d => invalid_field
         away ben dan 1d => delegated
         request alice t call:pay role:compliance_monitor by:ben as r
         approve eve r => role_required
         approve dan r => role_required
         approve dan r instead:cleo => role_required
         approve dan r instead:ben => decided
         approval r = approved 1",
    );
}

#[test]
fn an_absence_ends() {
    waiting(
        "agent dan @machine
         away ben dan 1h
         request alice t call:pay by:ben as r
         at +1h
         approve dan r instead:ben => role_required
         away ben dan 1h
         back ben
         approve dan r instead:ben => not_found",
    );
}

#[test]
fn an_approver_steps_up_where_that_is_asked() {
    waiting(
        "key ben * as k
         request alice t call:pay strong as r
         approve ben r @k => stronger_auth_required
         approve ben r factor @k => decided
         request alice t call:pay strong => requested as s
         approve eve s => decided
         request alice t call:pay strong => requested as p
         register ben ben@x pw exists => registered
         passkey ben add pw => added as pk
         login ben - passkey:pk/1 => opened used
         approve ben p passkey:pk/1 @k => passkey_invalid
         approve eve p passkey:pk/2 => account_unknown
         approve ben p passkey:pk/2 @k => decided approval p used passkey ben",
    );
}

#[test]
fn an_approver_steps_up_where_the_verdict_asks() {
    waiting(
        "key ben * as k
         verdict alice t require_stronger_auth
         request alice t call:pay as r
         approve ben r @k => stronger_auth_required
         approve ben r factor @k => decided
         approval r = approved 1",
    );
    waiting(
        "key ben * as k
         request alice t call:pay as r
         verdict alice t require_approval must:stronger_auth
         approve ben r @k => stronger_auth_required
         disapprove ben r @k => stronger_auth_required
         approve ben r factor @k => decided
         approval r = approved 1",
    );
}

#[test]
fn the_role_that_policy_names_is_needed_whoever_else_approves() {
    waiting(
        "verdict alice t require_approval must:approver_executive
         request alice t call:pay role:compliance_monitor as r
         approve ben r
         approval r = pending 1
         approve cleo r
         approval r = approved 2",
    );
}

#[test]
fn what_the_task_was_declared_to_need_is_the_least() {
    check(
        "agent ben @machine
         agent cleo @machine
         role ben compliance_monitor
         role cleo executive
         declare alice role:compliance_monitor role:executive as t
         verdict alice t require_approval
         request alice t call:pay as r
         approve ben r
         approval r = pending 1
         approve cleo r
         approval r = approved 2",
    );
}

#[test]
fn policy_may_ask_for_more_while_a_request_is_open() {
    waiting(
        "request alice t call:pay as r
         verdict alice t require_approval must:dual_approval
         approve ben r
         approval r = pending 1
         approve eve r
         approval r = approved 2",
    );
}

#[test]
fn requests_are_of_bounded_shape() {
    waiting(
        "request alice t multi:1 => invalid_field
         request alice t multi:9 => invalid_field
         request alice t multi:8 => requested
         request alice t for:31d => invalid_field
         request ben t => forbidden
         rows due = 3",
    );
}
