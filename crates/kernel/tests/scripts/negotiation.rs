//! From an offer to money in escrow.

use crate::script::check;

#[test]
fn an_offer_is_accepted_and_delegated() {
    check(
        "offer alice bob 50 AVT escrow draft:50 final:50 => offered as t.o
         task t.o = offered submitted open open
         accept bob t.o => accepted as t.a
         task t.o = accepted submitted open open
         escrow AVT = 0
         delegate alice t.a => delegated pending 50 AVT fee 0.25 as t.d
         task t.o = delegated working open open
         balance alice AVT = 949.75
         escrow AVT = 50.25
         rows tasks held = 1 1",
    );
}

#[test]
fn terms_go_back_and_forth_in_turns() {
    check(
        "offer alice bob 50 AVT escrow draft:50 final:50 => offered as t.o
         counter alice t.o 60 AVT outcome => not_your_turn
         accept alice t.o => not_your_turn
         reject alice t.o => not_your_turn
         counter bob t.o 60 AVT outcome => countered as t.c1
         task t.o = offered submitted open
         counter bob t.c1 70 AVT outcome => not_your_turn
         accept alice t.o => parent_mismatch
         counter alice t.c1 55 AVT escrow all:100 => countered as t.c2
         accept bob t.c1 => parent_mismatch
         accept bob t.c2 => accepted as t.a
         counter alice t.a 1 AVT outcome => task_state
         reject alice t.a => task_state
         accept alice t.a => task_state
         delegate alice t.c2 => parent_mismatch
         delegate alice t.a => delegated pending 55 AVT",
    );
}

#[test]
fn an_offer_is_rejected_by_the_other_side() {
    check(
        "offer alice bob 50 AVT outcome => offered as t.o
         reject bob t.o => rejected as t.r
         task t.o = rejected rejected open
         accept bob t.o => task_state
         delegate alice t.r => task_state
         execute bob t.o => parent_mismatch
         offer alice bob 50 AVT outcome => offered as u.o
         counter bob u.o 51 AVT outcome => countered as u.c
         reject alice u.c => rejected",
    );
}

#[test]
fn an_offer_that_nobody_takes_lapses_after_thirty_days() {
    check(
        "offer alice bob 50 AVT outcome => offered as t.o
         offer alice bob 50 AVT outcome => offered as u.o
         at +10d
         accept bob u.o => accepted as u.a
         at +19d
         at +86399999ms
         tick => nothing
         expire t.o => task_state
         at +1ms
         tick => expired task expired task
         task t.o = expired failed open
         task u.o = expired failed open
         accept bob t.o => task_state
         delegate alice u.a => task_state
         expire t.o => task_state
         supply AVT = issued 3000 burned 0 circulating 3000 held 0",
    );
}

#[test]
fn terms_that_contradict_themselves_are_refused() {
    let many = |count: u32| (0..count).map(|i| format!("m{i}:3 ")).collect::<String>();
    check(&format!(
        "offer alice bob 0 AVT outcome => amount_zero
         offer alice bob 1 XYZ outcome => currency_unknown
         offer alice bob 1 AVT outcome all:100 => milestones_invalid
         offer alice bob 1 AVT escrow => milestones_invalid
         offer alice bob 1 AVT escrow a:50 b:49 => milestones_invalid
         offer alice bob 1 AVT escrow a:50 b:51 => milestones_invalid
         offer alice bob 1 AVT escrow a:50 a:50 => milestones_invalid
         offer alice bob 1 AVT escrow a:100 b:0 => milestones_invalid
         offer alice bob minor:3 AVT escrow a:1 b:99 => milestones_invalid
         offer alice bob 1 AVT escrow {} last:1 => milestones_invalid
         offer alice bob 1 AVT escrow {} last:7 => offered
         offer alice bob 1 AVT outcome deadline 0s => deadline_invalid
         offer alice bob 1 AVT outcome deadline 366d => offered
         offer alice bob 1 AVT outcome deadline 31622401s => deadline_invalid
         offer alice alice 1 AVT outcome => same_account
         offer alice nobody 1 AVT outcome => principal_unknown",
        many(33),
        many(31),
    ));
}

#[test]
fn counter_offers_keep_to_the_rules_of_offers() {
    check(
        "currency USD scale:2 => created
         offer alice bob 50 AVT outcome => offered as t.o
         counter bob t.o 0 AVT outcome => amount_zero
         counter bob t.o 5 USD outcome => terms_invalid
         counter bob t.o 5 AVT escrow a:99 => milestones_invalid
         counter bob t.o 5 AVT outcome deadline 0s => deadline_invalid
         counter bob t.o 5 AVT outcome => countered",
    );
}

#[test]
fn what_is_repeated_must_be_what_was_agreed() {
    check(
        "offer alice bob 50 AVT escrow a:50 b:50 deadline 5d sla gold => offered as t.o
         accept bob t.o 51 AVT escrow a:50 b:50 => terms_mismatch
         accept bob t.o 50 AVT escrow b:50 a:50 => terms_mismatch
         accept bob t.o 50 AVT outcome => terms_mismatch
         accept bob t.o 50 AVT escrow a:50 b:50 deadline 4d => terms_mismatch
         accept bob t.o 50 AVT escrow a:50 b:50 sla silver => terms_mismatch
         accept bob t.o 50 AVT escrow a:50 b:50 sla gold => accepted as t.a
         delegate alice t.a 49 AVT escrow a:50 b:50 => terms_mismatch
         delegate alice t.a budget 49 => budget_exceeded
         delegate alice t.a 50 AVT escrow a:50 b:50 deadline 5d budget 50 => delegated",
    );
}

#[test]
fn a_passed_deadline_ends_the_negotiation() {
    check(
        "offer alice bob 50 AVT outcome deadline 1h => offered as t.o
         offer alice bob 50 AVT outcome deadline 2h => offered as u.o
         accept bob u.o => accepted as u.a
         at +1h
         accept bob t.o => deadline_passed
         counter bob t.o 50 AVT outcome deadline 1h => countered as t.c
         at +59m
         accept alice t.c => accepted
         at +1m
         delegate alice u.a => deadline_passed",
    );
}

#[test]
fn a_step_comes_from_a_party_to_the_other_party() {
    check(
        "offer alice bob 50 AVT outcome => offered as t.o
         accept carol t.o to alice => not_a_party
         accept bob t.o to carol => recipient_mismatch
         accept bob t.o to bob => recipient_mismatch
         accept bob none => parent_required
         accept bob nowhere => parent_unknown
         accept bob t.o => accepted as t.a
         delegate bob t.a => not_a_party
         delegate alice t.a to carol => recipient_mismatch
         offer alice bob 5 AVT outcome parent t.o => parent_mismatch",
    );
}

#[test]
fn delegation_needs_the_price_and_its_fee() {
    check(
        "offer alice bob 1000 AVT outcome => offered as t.o
         accept bob t.o => accepted as t.a
         delegate alice t.a => insufficient_funds
         mint alice 5 => minted
         delegate alice t.a => delegated
         balance alice AVT = 0",
    );
}

#[test]
fn a_suspended_agent_is_offered_and_delegated_nothing() {
    check(
        "offer alice bob 5 AVT outcome => offered as t.o
         accept bob t.o => accepted as t.a
         suspend bob => suspended
         offer alice bob 5 AVT outcome => principal_suspended
         delegate alice t.a => principal_suspended
         reinstate bob => reinstated
         delegate alice t.a => delegated",
    );
}

#[test]
fn tasks_grow_by_signed_envelopes_alone() {
    check(
        "key alice * => created as k
         offer alice bob 5 AVT outcome @k => forbidden
         offer alice bob 5 AVT outcome @machine => forbidden
         offer alice bob 5 AVT outcome !unproven => credential_invalid",
    );
}

#[test]
fn a_negotiation_has_at_most_two_hundred_and_fifty_six_steps_and_still_ends() {
    let mut script = "offer alice bob 5 AVT outcome => offered as s1\n".to_owned();
    for step in 2..=256 {
        let who = if step % 2 == 0 { "bob" } else { "alice" };
        let (before, amount) = (step - 1, step);
        script +=
            &format!("counter {who} s{before} {amount} AVT outcome => countered as s{step}\n");
    }
    script += "counter alice s256 1 AVT outcome => state_full
               accept alice s256 => accepted as a
               delegate alice a => delegated as d
               execute bob d => executed as e
               settle bob e => claimed as c
               attest alice c accept => posted 256 AVT settled";
    check(&script);
}
