//! Escalations: what stops a task, and who lets it go on.

use crate::script::check;

const TOWN: &str = "
    person eve @machine
    role eve compliance_monitor
    agent ben @machine
    role ben compliance_monitor
    declare alice for:10h as t
    verdict alice t allow
";

fn town(script: &str) {
    check(&format!("{TOWN}\n{script}"));
}

#[test]
fn an_open_escalation_freezes_the_task_and_its_dismissal_restores_it() {
    town(
        "concern alice t => raised as e
         clearance t = policy_checked pause_and_review
         agp t = APPROVAL_PENDING
         move alice t executing => task_held
         request alice t call:x => task_held
         evidence alice t => added
         at +11h
         tick => nothing
         resolve eve e dismissed => resolved
         clearance t = policy_checked
         move alice t executing
         at +10h
         tick => moved
         clearance t = failed",
    );
}

#[test]
fn neither_who_acts_nor_who_owns_lifts_it() {
    town(
        "grant node alice agent_create for 1d @olga
         agent minion @alice
         agent tool @olga
         role minion compliance_monitor
         role tool compliance_monitor
         role olga compliance_monitor
         role alice compliance_monitor
         concern ben t quarantine as e
         resolve alice e dismissed => own_act
         resolve minion e dismissed => own_act
         resolve ben e dismissed => own_act
         resolve olga e dismissed => own_act
         resolve tool e dismissed => own_act
         resolve carol e dismissed => not_found
         resolve eve e dismissed => resolved
         resolve eve e upheld => escalation_resolved",
    );
}

#[test]
fn a_monitor_must_have_been_one_before_the_concern() {
    town(
        "concern ben t as e
         at +1s
         person late @machine
         role late compliance_monitor
         resolve late e dismissed => role_required",
    );
}

#[test]
fn a_person_looks_at_what_calls_for_one() {
    town(
        "person pat @machine
         concern pat t => not_found
         concern alice t escalate_to_human as e
         resolve ben e dismissed => role_required
         resolve eve e dismissed",
    );
}

#[test]
fn what_is_upheld_ends_and_what_is_upheld_in_part_is_approved_anew() {
    town(
        "concern alice t as e
         resolve eve e partially_upheld
         clearance t = approval_pending asked
         request alice t call:x as r
         concern alice t quarantine as f
         resolve eve f upheld
         clearance t = denied asked
         approval r = void 0
         concern alice t => task_state",
    );
}

#[test]
fn several_concerns_are_lifted_one_by_one() {
    town(
        "concern alice t as e
         concern alice t quarantine as f
         clearance t = policy_checked quarantine
         resolve eve f dismissed
         clearance t = policy_checked pause_and_review
         snapshot
         resolve eve e dismissed
         clearance t = policy_checked",
    );
}

#[test]
fn a_contract_stands_still_too() {
    check(
        "person eve @machine
         role eve compliance_monitor
         offer alice bob 50 AVT escrow draft:100 deadline 5d as o
         accept bob o as a
         concern bob o => raised as e
         delegate alice a => task_held
         resolve alice e dismissed => role_required
         resolve eve e dismissed
         delegate alice a as d
         concern bob o as f
         resolve eve f upheld
         execute bob d draft => task_held
         at +5d
         tick => expired",
    );
}
