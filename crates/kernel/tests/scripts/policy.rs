//! Policy: what is judged, what bounds decide, and what takes two people.

use crate::script::check;

#[test]
fn without_an_active_set_nothing_is_judged() {
    check(
        "
        policy payments on transfer_create => created policy_set as p
        transfer alice bob 10 => posted
        activate p => activated policy_set
        transfer alice bob 10 => judge by 1
        hold alice bob 10 => judge
        mint bob 10 => minted
        agent dave => created
        policy p = active enforce
        rows policies = 1
        ",
    );
}

#[test]
fn a_judgement_over_the_same_facts_counts_and_is_recorded() {
    check(
        "
        policy payments on transfer_* as p
        activate p
        transfer alice bob 10 !says:allow,small_payment => posted ; judged allow
        transfer alice bob 10 !says:deny,no_vendor => policy_denied
        transfer alice bob 10 !says:quarantine => policy_quarantined
        transfer alice bob 10 !says:escalate => policy_escalated
        transfer alice bob 10 !says:require_approval => approval require_approval
        transfer alice bob 10 !says:dead => policy_engine_unavailable
        transfer alice bob 10 !says:allow !stale => judge
        balance bob AVT = 1010
        ",
    );
}

#[test]
fn the_strictest_enforced_set_decides_and_a_shadow_never() {
    check(
        "
        policy first on transfer_create as p
        policy second on transfer_* as q
        policy trial mode:shadow on * as s
        activate p
        activate q
        activate s
        transfer alice bob 10 => judge by 3
        transfer alice bob 10 !says:deny,by:2 => policy_denied
        transfer alice bob 10 !says:require_approval,by:1 => approval
        transfer alice bob 10 !says:deny,by:3 => posted ; judged allow
        mint bob 1 !says:dead => minted ; judged allow
        ",
    );
}

#[test]
fn a_question_names_all_sets_that_concern_the_action_outside_of_tasks() {
    check(
        "
        policy payments on transfer_create as p
        activate p
        policy elsewhere in:EU bound:mint_create/AVT/1/1 on mint_create as q
        activate q
        transfer alice bob 10 => judge by 1 of 1
        policy bounded bound:transfer_create/AVT/1/1 mode:shadow on transfer_* as r
        activate r
        transfer alice bob 10 => judge by 2 of 2
        transfer alice bob 1 => judge by 1 of 2
        deprecate r => deprecated
        transfer alice bob 10 => judge by 1 of 1
        policy local in:EU on transfer_* as s
        activate s
        transfer alice bob 10 => judge by 2 of 2
        offer alice bob 5 AVT outcome as t.o
        perform alice t.o : transfer alice bob 10 => judge by 2 of 0
        ",
    );
}

#[test]
fn bounds_decide_without_anybody_being_asked() {
    check(
        "
        policy payments bound:transfer_create/AVT/10/100 on transfer_create as p
        activate p
        transfer alice bob 10 => posted
        transfer alice bob 10.000001 => approval
        transfer alice bob 100 => approval
        transfer alice bob 100.000001 => judge by 1
        transfer alice bob 100.000001 !says:dead => policy_engine_unavailable
        policy other on transfer_create as q
        activate q
        transfer alice bob 10 => judge by 1
        transfer alice bob 10 !says:allow => posted ; judged allow
        transfer alice bob 11 !says:allow => approval
        transfer alice bob 11 !says:deny => policy_denied
        ",
    );
}

#[test]
fn obligations_are_kept_or_refused() {
    check(
        "
        policy payments on transfer_create as p
        activate p
        key alice * as k
        transfer alice bob 10 @k !says:require_stronger_auth => stronger_auth_required
        transfer alice bob 10 @k !says:allow,stronger_auth => stronger_auth_required
        transfer alice bob 10 !says:require_stronger_auth => posted
        transfer alice bob 10 !says:allow,evidence_bundle => obligation_unmet
        transfer alice bob 10 !says:allow,notify_monitor => posted
        transfer alice bob 10 !says:allow,dual_approval => approval require_approval
        ",
    );
}

#[test]
fn what_weakens_policy_takes_two_people_that_nobody_controls_both() {
    check(
        "
        owner omar @machine
        person pat
        grant node pat * for 10d @olga
        policy payments on transfer_create as p
        mode p shadow => mode_set
        mode p enforce => mode_set
        activate p => activated
        mode p shadow @alice => forbidden
        mode p shadow => requested mode_shadow
        policy p = active enforce waits
        mode p shadow => second_person_required
        mode p shadow @pat => second_person_required
        transfer alice bob 1 => judge
        mode p shadow @omar => mode_set
        policy p = active shadow
        mode p off => requested mode_off
        mode p enforce => mode_set
        policy p = active enforce
        unpolicy p => requested revoke
        at +25h
        unpolicy p @omar => requested revoke
        unpolicy p @olga => revoked
        policy p = revoked enforce
        unpolicy p => policy_set_state
        activate p => policy_set_state
        mode p off => policy_set_state
        at +31d
        filler 1
        rows policies = 0
        ",
    );
}

#[test]
fn another_version_in_the_place_of_an_enforced_one_takes_two_people() {
    check(
        "
        owner omar @machine
        policy payments on transfer_create as p
        activate p
        policy payments on transfer_create as q
        activate q => requested activate
        activate q @omar => activated
        policy p = deprecated enforce
        policy q = active enforce
        deprecate p => policy_set_state
        deprecate q @omar => requested deprecate
        suspend omar
        deprecate q => requested deprecate
        transfer alice bob 1 => judge by 1
        unpolicy p => revoked
        ",
    );
}

#[test]
fn only_people_weaken_policy_and_a_wide_pattern_locks_nobody_in() {
    check(
        "
        grant node alice * for 10d @olga
        policy all on * as p
        activate p
        mode p shadow @alice => second_person_required
        mode p shadow => requested
        evaluate => evaluated allow
        rows evaluations = 1
        policy own on policy_* as q
        activate q
        mode p off => judge by 1
        at +31d
        filler 1 !says:allow
        rows evaluations = 0
        ",
    );
}

#[test]
fn shapes_are_checked_and_records_decide_nothing() {
    check(
        "
        policy bad bound:mint_create/AVT/1/2 on transfer_create => invalid_field
        policy bad bound:transfer_create/AVT/3/2 on transfer_create => invalid_field
        policy bad bound:transfer_create/AVT/1/2 bound:transfer_create/AVT/1/2 on * => invalid_field
        policy bad on => invalid_field
        policy p on * @alice => forbidden
        policy note engine:record on * as r
        activate r
        transfer alice bob 1 => posted
        mode r shadow => policy_set_state
        deprecate r => deprecated
        unpolicy r => revoked
        policy rules on transfer_create as d
        activate d
        policy rules engine:record on * as e
        activate e => policy_set_state
        evaluate
        ",
    );
}

#[test]
fn an_evaluation_may_be_answered_later() {
    check(
        "
        declare alice as t
        later bob t => not_found
        later alice t callback => asked asked as e
        callback e = waits
        answer e allow @alice => forbidden
        answer e allow => evaluated allow
        clearance t = policy_checked
        callback e = evaluated
        answer e deny => invalid_field
        unanswered e => not_found
        later alice t callback as f
        unanswered f @alice => forbidden
        unanswered f => unanswered policy
        callback f = failed
        answer f allow => forbidden
        clearance t = policy_checked
        at +1d
        filler 9
        snapshot
        later alice t as g
        answer g deny => evaluated deny
        clearance t = denied
        ",
    );
}

#[test]
fn one_waits_for_a_hundred_answers_at_most() {
    let mut script = "declare alice as t\ndeclare bob as u\n".to_owned();
    script += &"later alice t as e\n".repeat(100);
    script += "later alice t => state_full
               later bob u
               answer e allow
               later alice t";
    check(&script);
}
