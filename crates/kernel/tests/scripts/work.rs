//! Delegated work: executed, claimed, judged, rated; or taken back, or out of time.

use crate::script::check;

/// A task of 50 AVT in two milestones, delegated by alice to bob.
const ESCROW: &str = "
    offer alice bob 50 AVT escrow draft:40 final:60 => offered as t.o
    accept bob t.o => accepted as t.a
    delegate alice t.a => delegated pending 50 AVT fee 0.25 as t.d
";

/// A task of 50 AVT paid as a whole, delegated by alice to bob.
const OUTCOME: &str = "
    offer alice bob 50 AVT outcome => offered as t.o
    accept bob t.o => accepted as t.a
    delegate alice t.a => delegated as t.d
";

fn check_after(beginning: &str, script: &str) {
    check(&format!("{beginning}\n{script}"));
}

#[test]
fn two_milestones_are_done_and_paid_one_by_one() {
    check_after(
        ESCROW,
        "execute bob t.d draft => executed as t.e1
         task t.d = delegated working executed open
         settle bob t.e1 draft => claimed as t.c1
         attest alice t.c1 accept score 900 => attested accept posted 20 AVT fee 0.1 to bob
         task t.d = delegated working paid open
         escrow AVT = 30.15
         execute bob t.d final => executed as t.e2
         settle bob t.e2 => claimed as t.c2
         attest alice t.c2 accept rating 5 => attested posted 30 AVT fee 0.15 settled paid 2 refused 0 rated 5
         task t.d = settled completed paid paid
         escrow AVT = 0
         rows held = 0
         balance alice AVT = 949.75
         balance bob AVT = 1050
         balance node AVT = 0.25
         reputation bob writing agent = completed 1 failed 0 ratings 1 stars 5
         reputation alice writing payer = completed 1 failed 0 ratings 0 stars 0
         attest bob t.c1 rating 4 => rated 4
         reputation alice writing payer = completed 1 failed 0 ratings 1 stars 4",
    );
}

#[test]
fn milestones_are_done_in_any_order() {
    check_after(
        ESCROW,
        "execute bob t.d final => executed as t.e2
         execute bob t.d draft => executed as t.e1
         settle bob t.e1 => claimed as t.c1
         settle bob t.e2 => claimed as t.c2
         attest alice t.c2 accept => posted 30 AVT fee 0.15
         attest alice t.c1 accept => posted 20 AVT fee 0.1 settled paid 2",
    );
}

#[test]
fn a_refused_milestone_goes_back_and_the_task_fails() {
    check_after(
        ESCROW,
        "execute bob t.d draft => executed as t.e1
         settle bob t.e1 => claimed as t.c1
         attest alice t.c1 refuse => attested refuse returned t.d.hold 20 AVT fee 0.1
         task t.d = delegated working refused open
         execute bob t.d draft => milestone_state
         execute bob t.d final => executed as t.e2
         settle bob t.e2 => claimed as t.c2
         attest alice t.c2 accept => posted 30 AVT fee 0.15 settled paid 1 refused 1
         task t.d = settled failed refused paid
         balance alice AVT = 969.85
         balance bob AVT = 1030
         reputation bob writing agent = completed 0 failed 1 ratings 0 stars 0
         reputation alice writing payer = completed 0 failed 1 ratings 0 stars 0",
    );
}

#[test]
fn an_outcome_is_paid_as_a_whole() {
    check_after(
        OUTCOME,
        "execute bob t.d draft => milestone_unknown
         execute bob t.d => executed as t.e
         settle bob t.e draft => milestone_unknown
         settle bob t.e => claimed as t.c
         attest alice t.c accept => posted 50 AVT fee 0.25 settled paid 1 refused 0
         task t.d = settled completed paid
         balance bob AVT = 1050",
    );
}

#[test]
fn a_refused_outcome_goes_back_as_a_whole() {
    check_after(
        OUTCOME,
        "execute bob t.d => executed as t.e
         settle bob t.e => claimed as t.c
         attest alice t.c refuse rating 1 => returned 50 AVT fee 0.25 settled paid 0 refused 1 rated 1
         task t.d = settled failed refused
         balance alice AVT = 1000
         balance bob AVT = 1000
         reputation bob writing agent = completed 0 failed 1 ratings 1 stars 1",
    );
}

#[test]
fn each_step_follows_the_step_it_belongs_to() {
    check_after(
        ESCROW,
        "execute bob t.a draft => parent_mismatch
         execute bob t.d => missing_field
         execute bob t.d other => milestone_unknown
         execute bob t.d draft => executed as t.e1
         execute bob t.d draft => milestone_state
         settle bob t.d draft => parent_mismatch
         settle bob t.e1 final => parent_mismatch
         settle bob t.e1 other => milestone_unknown
         attest alice t.e1 accept => parent_mismatch
         settle bob t.e1 => claimed as t.c1
         settle bob t.e1 => milestone_state
         attest alice t.c1 => missing_field
         attest alice t.c1 accept of t.e1 => parent_mismatch
         attest alice t.c1 accept score 1001 => invalid_field
         attest alice t.c1 accept score 1000 => attested
         attest alice t.c1 accept => milestone_state
         attest alice t.c1 refuse => milestone_state
         revoke alice t.o => parent_mismatch
         revoke alice t.d of t.o => parent_mismatch
         delegate alice t.a => task_state",
    );
}

#[test]
fn each_step_is_taken_by_the_side_it_belongs_to() {
    check_after(
        ESCROW,
        "execute alice t.d draft => not_a_party
         execute carol t.d draft to alice => not_a_party
         execute bob t.d draft to carol => recipient_mismatch
         execute bob t.d draft => executed as t.e
         settle alice t.e => not_a_party
         settle bob t.e => claimed as t.c
         attest bob t.c accept => not_a_party
         attest carol t.c accept => not_a_party
         attest alice t.c accept to carol => recipient_mismatch
         revoke bob t.d => not_a_party
         revoke carol t.d => not_a_party
         attest alice t.c accept => attested",
    );
}

#[test]
fn work_waits_for_the_money() {
    check(
        "offer alice bob 50 AVT escrow all:100 => offered as t.o
         accept bob t.o => accepted as t.a
         execute bob t.a all => parent_mismatch
         revoke alice t.a => parent_mismatch
         delegate alice t.a => delegated as t.d
         execute bob t.d all => executed",
    );
}

#[test]
fn the_payer_takes_back_what_is_not_paid_yet() {
    check_after(
        ESCROW,
        "execute bob t.d draft => executed as t.e
         settle bob t.e => claimed as t.c
         attest alice t.c accept => posted 20 AVT
         execute bob t.d final => executed as t.e2
         revoke alice t.d => revoked refunded t.d.hold 30 AVT fee 0.15 as t.r
         task t.d = revoked canceled paid executed
         balance alice AVT = 979.9
         balance bob AVT = 1020
         escrow AVT = 0
         settle bob t.e2 => escrow_spent
         execute bob t.d final => escrow_spent
         revoke alice t.d => escrow_spent
         attest alice t.c rating 3 => task_state
         tick => nothing",
    );
}

#[test]
fn a_claim_is_judged_before_the_rest_is_taken_back() {
    check_after(
        ESCROW,
        "execute bob t.d draft => executed as t.e1
         settle bob t.e1 => claimed as t.c1
         revoke alice t.d => claim_open
         task t.d = delegated working claimed open
         attest alice t.c1 refuse => attested t.d.hold 20 AVT fee 0.1
         execute bob t.d final => executed as t.e2
         revoke alice t.d => revoked refunded t.d.hold 30 AVT fee 0.15
         task t.d = revoked canceled refused executed
         balance alice AVT = 1000
         reputation bob writing agent = completed 0 failed 0 ratings 0 stars 0",
    );
    check_after(
        OUTCOME,
        "execute bob t.d => executed as t.e
         settle bob t.e => claimed as t.c
         revoke alice t.d => claim_open
         attest alice t.c accept => posted 50 AVT settled",
    );
}

#[test]
fn a_claim_that_nobody_judges_goes_back_at_the_deadline() {
    check_after(
        OUTCOME,
        "execute bob t.d => executed as t.e
         settle bob t.e => claimed as t.c
         at +7d
         tick => expired task t.o.task expired t.d.hold 50 AVT fee 0.25
         balance alice AVT = 1000",
    );
}

#[test]
fn what_is_settled_is_spent() {
    check_after(
        OUTCOME,
        "execute bob t.d => executed as t.e
         settle bob t.e => claimed as t.c
         attest alice t.c accept => settled
         attest alice t.c accept => escrow_spent
         execute bob t.d => escrow_spent
         settle bob t.e => escrow_spent
         revoke alice t.d => escrow_spent
         expire t.d => task_state",
    );
}

#[test]
fn the_deadline_sends_everything_back() {
    check(
        "offer alice bob 50 AVT escrow draft:40 final:60 deadline 5d => offered as t.o
         accept bob t.o => accepted as t.a
         delegate alice t.a => delegated as t.d
         execute bob t.d draft => executed as t.e
         settle bob t.e => claimed as t.c
         attest alice t.c accept => posted 20 AVT
         at +431999999ms
         tick => nothing
         expire t.d => task_state
         at +1ms
         tick => expired task expired t.d.hold 30 AVT fee 0.15
         task t.d = expired failed paid open
         balance alice AVT = 979.9
         execute bob t.d final => escrow_spent
         revoke alice t.d => escrow_spent
         reputation bob writing agent = completed 0 failed 0 ratings 0 stars 0",
    );
}

#[test]
fn work_without_a_deadline_has_seven_days() {
    check_after(
        OUTCOME,
        "at +6d
         tick => nothing
         at +1d
         tick => expired task expired 50 AVT
         balance alice AVT = 1000",
    );
}

#[test]
fn the_money_of_a_task_follows_the_task_alone() {
    check_after(
        OUTCOME,
        "post t.d.hold @alice => task_state
         void t.d.hold @bob => task_state
         at +8d
         expire t.d.hold => task_state
         tick => expired task",
    );
}

#[test]
fn each_side_rates_once_and_only_what_is_settled() {
    check_after(
        OUTCOME,
        "execute bob t.d => executed as t.e
         settle bob t.e => claimed as t.c
         attest alice t.c rating 5 => task_state
         attest bob t.c rating 5 => task_state
         attest alice t.c accept rating 0 => rating_invalid
         attest alice t.c accept rating 6 => rating_invalid
         task t.d = delegated working claimed
         attest alice t.c accept => settled
         attest alice t.c rating 5 => rated 5
         attest alice t.c rating 4 => rating_repeated
         attest bob t.c rating 3 => rated 3
         attest bob t.c rating 2 => rating_repeated
         attest carol t.c rating 1 => not_a_party
         reputation bob writing agent = completed 1 failed 0 ratings 1 stars 5
         reputation alice writing payer = completed 1 failed 0 ratings 1 stars 3",
    );
}

#[test]
fn reputation_is_kept_by_skill() {
    check(
        "offer alice bob 1 AVT outcome skill baking => offered as t.o
         accept bob t.o => accepted as t.a
         delegate alice t.a => delegated as t.d
         execute bob t.d => executed as t.e
         settle bob t.e => claimed as t.c
         attest alice t.c accept rating 4 => settled rated 4
         reputation bob baking agent = completed 1 failed 0 ratings 1 stars 4
         reputation bob writing agent = completed 0 failed 0 ratings 0 stars 0",
    );
}

#[test]
fn thirds_of_a_price_leave_nothing_over() {
    check(
        "offer alice bob minor:1000001 AVT escrow a:33 b:33 c:34 => offered as t.o
         accept bob t.o => accepted as t.a
         delegate alice t.a => delegated pending fee 0.005 as t.d
         execute bob t.d c => executed as e3
         settle bob e3 => claimed as c3
         attest alice c3 accept => posted 0.340001 AVT fee 0.0017
         execute bob t.d a => executed as e1
         settle bob e1 => claimed as c1
         attest alice c1 accept => posted 0.33 AVT fee 0.001649
         execute bob t.d b => executed as e2
         settle bob e2 => claimed as c2
         attest alice c2 accept => posted 0.33 AVT fee 0.001651 settled
         escrow AVT = 0",
    );
}

#[test]
fn thirty_two_milestones_are_paid() {
    let names: Vec<String> = (0..32).map(|i| format!("m{i}")).collect();
    let terms = names.iter().map(|name| format!("{name}:3 ")).collect::<String>();
    let terms = terms.replacen("m0:3", "m0:7", 1);
    let mut script = format!(
        "offer alice bob 100 AVT escrow {terms} => offered as o
         accept bob o => accepted as a
         delegate alice a => delegated as d\n"
    );
    for name in &names {
        script += &format!(
            "execute bob d {name} => executed as e.{name}
             settle bob e.{name} => claimed as c.{name}
             attest alice c.{name} accept => posted\n"
        );
    }
    script += "task d = settled completed";
    let paid = " paid".repeat(32);
    check(&(script + &paid + "\nescrow AVT = 0\nbalance bob AVT = 1100"));
}
