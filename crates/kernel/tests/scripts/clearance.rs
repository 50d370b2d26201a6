//! Declared tasks: what moves them, what has to be on record, taint and impact.

use crate::script::check;

#[test]
fn a_task_moves_by_its_artifacts_to_where_it_may_act() {
    check(
        "declare alice => declared task alice as t
         clearance t = created
         decision alice t write => liability_required
         bind alice t => added artifact as l
         clearance t = bound
         move alice t analyzing => moved task
         evidence alice t as e
         decision alice t write on:e unsure:200000 => added
         clearance t = decided
         verdict alice t allow => evaluated ; moved task
         clearance t = policy_checked
         agp t = POLICY_CHECKED
         move alice t executing
         clearance t = executing
         move alice t completed => transition_refused
         move alice t failed
         agp t = FAILED
         bind alice t => task_state",
    );
}

#[test]
fn a_move_names_the_artifact_that_allows_it() {
    check(
        "declare alice as t
         declare alice as u
         bind alice u as l
         move alice t bound => guard_required
         move alice t bound guard:l => guard_required
         move alice t delegated => guard_required
         move alice t policy_checked => transition_refused
         move alice t executing => transition_refused
         bind alice t
         grant bob alice transfer_create for 1d as g
         move alice t delegated guard:g => moved
         skill alice as s
         move alice t skill_bound guard:s => moved
         commerce alice t => added
         clearance t = commerce_init
         ungrant g
         bind alice u
         move alice u delegated guard:g => grant_revoked",
    );
}

#[test]
fn only_who_acts_moves_it_and_strangers_see_nothing() {
    check(
        "declare alice as t
         move bob t failed => forbidden
         bind bob t => forbidden
         impact bob t => not_found
         concern bob t => not_found
         declare bob of:alice => forbidden
         grant alice bob task_declare for 1d
         declare bob of:alice => declared task alice",
    );
}

#[test]
fn binding_and_decision_are_made_by_defaults_and_say_so() {
    check(
        "declare alice risk:high in:EU as t
         verdict alice t require_approval => evaluated ; added ; added ; moved
         clearance t = approval_pending asked
         declare alice risk:critical as u
         verdict alice u allow => liability_required
         bind alice u
         verdict alice u allow => decision_required",
    );
}

#[test]
fn policy_moves_a_task_by_each_of_its_verdicts() {
    check(
        "declare alice as a
         verdict alice a deny
         clearance a = denied
         declare alice as b
         verdict alice b quarantine => evaluated ; raised
         clearance b = decided quarantine
         agp b = QUARANTINED
         declare alice as c
         verdict alice c escalate
         clearance c = decided escalate_to_human
         declare alice as d
         verdict alice d require_approval must:dual_approval
         clearance d = approval_pending asked
         verdict alice d allow
         clearance d = policy_checked
         verdict bob d deny => not_found
         declare alice as e
         verdict alice e allow at_least:require_approval => evaluated require_approval
         clearance e = approval_pending asked
         declare alice as f
         verdict alice f deny at_least:allow => evaluated deny
         clearance f = denied",
    );
}

#[test]
fn what_comes_from_outside_is_tainted_and_so_is_what_is_made_of_it() {
    check(
        "agent cy @machine
         role cy compliance_monitor
         declare alice as t
         context alice t user trust:trusted_user as u
         taint t = none
         context alice t external trust:trusted_policy as x
         taint t = external unverified
         context alice t derived from:u from:x trust:trusted_user as d
         context alice t derived from:d as dd
         promote alice t x => role_required
         promote bob t x => not_found
         promote cy t x => promoted
         taint t = unverified
         promote cy t x => task_state
         promote cy t dd
         taint t = none",
    );
}

#[test]
fn trust_is_lowered_to_what_its_author_may_vouch_for() {
    check(
        "role carol compliance_monitor
         declare alice as t
         context alice t policy trust:trusted_policy
         taint t = unverified
         declare alice as s
         context carol s policy trust:trusted_policy => forbidden
         context alice s derived => invalid_field",
    );
}

#[test]
fn grave_acts_need_an_assessment_that_does_not_forbid_them() {
    check(
        "role carol impact_assessor
         declare alice risk:high as t
         bind alice t
         decision alice t transact => impact_assessment_required
         impact alice t => added
         decision alice t transact => added
         declare alice risk:high as s
         bind alice s
         impact alice s violates:dignity advises:stop => added
         decision alice s write => impact_forbids
         declare alice risk:critical as c
         bind alice c
         decision alice c write => impact_assessment_required
         impact alice c => role_required
         impact carol c => added
         decision alice c write",
    );
}

#[test]
fn frameworks_that_contradict_each_other_call_a_person() {
    check(
        "declare alice as t
         impact alice t harm:30 => added ; raised
         clearance t = created escalate_to_human
         impact alice t harm:30 mitigated => added",
    );
}

#[test]
fn a_task_fails_when_its_time_runs_out_and_leaves_later() {
    check(
        "declare alice for:1h as t
         declare alice for:367d => invalid_field
         declare alice quorum:9 => invalid_field
         declare alice quorum:0 => invalid_field
         rows declared due = 1 1
         at +1h
         tick => moved
         clearance t = failed
         rows declared due = 1 0
         snapshot
         at +30d
         filler 1
         rows declared = 0
         bind alice t => not_found",
    );
}

#[test]
fn a_skill_that_others_vouch_for_is_registered_by_an_office() {
    check(
        "skill alice => registered
         skill alice level:verified => role_required
         role carol impact_assessor
         skill carol level:verified => registered",
    );
}
