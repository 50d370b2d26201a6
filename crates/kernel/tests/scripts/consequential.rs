//! What changes the node itself waits for another person, as soon as there was one, without any policy set.

use hansa_kernel::policy::ConsequentialActs;

use crate::script::{Town, check};

/// Ben is a person of his own, in an office.
const OFFICE: &str = "
    person ben @machine
    role ben compliance_monitor
";

fn office(script: &str) -> Town {
    check(&format!("{OFFICE}\n{script}"))
}

fn acts(town: &Town) -> ConsequentialActs {
    town.state.consequential_acts(town.now)
}

#[test]
fn while_nobody_else_was_appointed_they_pass_alone() {
    let town = check(
        "mint alice 5 => minted
         transfer alice node 20
         burn node 1 => burned
         ask alice 5 as f
         fund f => approved
         rotate alice key:alice2 => rotated",
    );
    assert_eq!(acts(&town), ConsequentialActs::Alone);
    // Neither the owner nor whoever they control is somebody else.
    let town = check(
        "role olga executive
         agent helper @olga
         role helper compliance_monitor
         mint alice 5 => minted",
    );
    assert_eq!(acts(&town), ConsequentialActs::Alone);
}

#[test]
fn somebody_else_in_an_office_is_waited_for() {
    let town = office(
        "mint alice 5 => approval
         mint alice 5 !park => parked task olga ; judged require_approval as t
         clearance t = approval_pending asked
         approve olga t => own_act
         approve ben t => decided
         mint alice 5 !resume:t => minted ; used ; moved ; judged
         balance alice AVT = 1005
         mint alice 5 !resume:t => task_state
         burn node 1 => approval
         ask alice 5 as f
         fund f => approval
         rotate alice key:alice2 => approval
         transfer alice carol 10 => posted
         hold alice carol 10 => pending",
    );
    assert_eq!(acts(&town), ConsequentialActs::Wait);
}

#[test]
fn what_would_be_refused_does_not_wait() {
    office(
        "burn node 2000 !park => insufficient_funds
         mint alice 1 XYZ !park => currency_unknown
         mint alice 1 @bob !park => forbidden
         rotate alice key:bob !park => principal_exists",
    );
}

#[test]
fn nobody_is_the_other_person_through_somebody_they_control() {
    office(
        "grant node olga agent_create for 1d @machine
         agent helper @olga
         agent puppet @olga
         role olga executive
         role puppet executive
         grant node helper mint_create for 1d @olga
         mint alice 5 @helper !park => parked as t
         approve olga t => own_act
         approve puppet t => own_act
         approve helper t => own_act
         approve ben t => decided
         mint alice 5 @helper !resume:t => minted",
    );
}

#[test]
fn who_is_suspended_counts_for_nothing_and_frees_nobody() {
    let town = office(
        "mint alice 5 !park as t
         approve ben t
         suspend ben
         mint alice 5 !resume:t => approval_lost
         mint alice 5 => approval
         mint alice 5 !park as u
         approve ben u => principal_suspended",
    );
    assert_eq!(acts(&town), ConsequentialActs::WaitForNobody);
}

#[test]
fn a_role_that_is_withdrawn_frees_nobody() {
    let town = office(
        "mint alice 5 !park as t
         unrole ben compliance_monitor => withdrawn
         mint alice 5 => approval
         approve ben t => not_found
         person eve @machine
         role eve executive
         approve eve t => decided
         mint alice 5 !resume:t => minted
         erase ben @olga
         unrole eve executive
         mint alice 5 => approval",
    );
    assert_eq!(acts(&town), ConsequentialActs::WaitForNobody);
}

#[test]
fn whoever_holds_the_only_office_waits_for_another_too_once_there_was_one() {
    office(
        "grant node ben mint_create for 1d @olga
         mint alice 5 @ben => minted
         role olga executive
         mint alice 5 @ben => approval
         mint alice 5 @ben !park as t
         approve olga t
         mint alice 5 @ben !resume:t => minted",
    );
}

#[test]
fn a_policy_set_decides_in_its_place() {
    let town = check(&format!(
        "policy supply bound:mint_create/AVT/10/100 on mint_create as p
         activate p => activated
         {OFFICE}
         mint alice 10 => minted
         mint alice 50 => approval
         mint alice 500 => judge
         mint alice 500 !says:allow => minted
         burn node 1 => approval
         mode p shadow @olga => requested
         owner omar @machine
         mode p shadow @omar => mode_set
         mint alice 10 => approval
         mint alice 500 => judge
         mint alice 500 !says:allow => approval
         mint alice 500 !says:allow !park => parked as t
         approve ben t
         mint alice 500 !says:allow !resume:t => minted"
    ));
    assert_eq!(acts(&town), ConsequentialActs::Wait);
    let town = check(&format!(
        "policy own on mint_create burn_create funding_approve agent_key_rotate as p
         activate p
         {OFFICE}
         mint alice 10 => judge"
    ));
    assert_eq!(acts(&town), ConsequentialActs::ByPolicy);
}

#[test]
fn putting_a_set_in_its_place_waits_too() {
    office(
        "policy payments bound:transfer_create/AVT/10/100 on transfer_create as p
         activate p => activated
         policy supply bound:mint_create/AVT/1000/1000 on mint_create as q
         activate q => approval
         activate q !park => parked as t
         approve ben t
         activate q !resume:t => activated
         mint alice 10 => minted
         activate q => policy_set_state
         policy supply bound:mint_create/AVT/9000/9000 on mint_create as r
         activate r => requested
         policy trial mode:shadow on burn_create as s
         activate s => activated
         mode s enforce => approval
         policy weak on policy_set_activate as w
         activate w => approval
         policy note engine:record on burn_create as n
         activate n => activated
         policy here in:EU on burn_create as h
         activate h => approval",
    );
}

#[test]
fn another_policy_stops_what_was_approved() {
    office(
        "mint alice 5 !park as t
         approve ben t
         policy supply bound:mint_create/AVT/1/1000 on mint_create as q
         activate q !park as u
         approve ben u
         activate q !resume:u
         mint alice 5 !resume:t => approval_void",
    );
}

#[test]
fn within_an_action_it_takes_another_person_in_an_office_too() {
    office(
        "grant node alice mint_create for 1d @olga as g
         declare alice as d
         verdict alice d allow
         perform alice d under g : mint bob 5 => approval_required
         request alice d by:carol by:ben as r
         bound alice r mint_create
         approve carol r
         perform alice d under g : mint bob 5 => approval_required
         request alice d role:compliance_monitor as s
         bound alice s mint_create
         approve ben s
         perform alice d under g : mint bob 5 => minted",
    );
}
