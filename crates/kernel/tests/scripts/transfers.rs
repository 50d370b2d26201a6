//! Moving money at once.

use crate::script::check;

#[test]
fn a_transfer_costs_half_a_percent_on_top() {
    check(
        "transfer alice bob 10 AVT => posted 10 AVT fee 0.05 to bob
         balance alice AVT = 989.95
         balance bob AVT = 1010
         balance node AVT = 0.05
         supply AVT = issued 3000 burned 0 circulating 3000 held 0",
    );
}

#[test]
fn a_fee_is_rounded_half_to_even_and_never_below_a_thousandth() {
    check(
        "# 0.005 × 0.0005 AVT is 2.5 minor units: below the minimum of 1,000.
         transfer alice bob 0.0005 => posted fee 0.001
         transfer alice bob 0.2 => posted fee 0.001
         transfer alice bob 0.200001 => posted fee 0.001
         transfer alice bob 0.2003 => posted fee 0.001002
         # 0.005 × 0.2001 = 0.0010005: to even, down.
         transfer alice bob 0.2001 => posted fee 0.001
         # 0.005 × 0.2005 = 0.0010025: to even, down; 0.2007 gives 0.0010035: to even, up.
         transfer alice bob 0.2005 => posted fee 0.001002
         transfer alice bob 0.2007 => posted fee 0.001004",
    );
}

#[test]
fn without_a_rule_transfers_are_free() {
    check(
        "currency USD scale:2 => created currency
         mint alice 5 USD => minted 5 USD
         transfer alice bob 5 USD => posted 5 USD fee 0
         balance alice USD = 0",
    );
}

#[test]
fn an_account_pays_what_it_holds_and_no_more() {
    check(
        "# 995.024875 and its fee of 4.975124 (half to even) are 999.999999.
         transfer alice bob 995.024877 => insufficient_funds
         transfer alice bob 995.024876 => posted fee 4.975124
         balance alice AVT = 0
         transfer alice bob minor:1 => insufficient_funds
         agent dora poor => created
         transfer dora bob 1 => insufficient_funds",
    );
}

#[test]
fn each_impossible_transfer_is_refused_by_name() {
    check(
        "transfer alice bob 0 => amount_zero
         transfer alice alice 1 => same_account
         transfer alice nobody 1 => payee_unknown
         transfer alice bob 1 XYZ => currency_unknown
         transfer alice bob minor:max => amount_overflow
         transfer alice bob 170000000000000000000000000000000 => insufficient_funds
         supply AVT = issued 3000 burned 0 circulating 3000 held 0",
    );
}

#[test]
fn a_suspended_payee_receives_nothing_and_a_suspended_payer_sends_nothing() {
    check(
        "suspend bob => suspended
         transfer alice bob 1 => principal_suspended
         transfer bob alice 1 => principal_suspended
         suspend bob => principal_suspended
         reinstate bob => reinstated
         reinstate bob => invalid_field
         transfer alice bob 1 => posted
         transfer bob alice 1 => posted",
    );
}

#[test]
fn the_node_pays_no_fee_but_is_paid_with_one() {
    check(
        "transfer alice node 100 => posted fee 0.5
         balance node AVT = 100.5
         grant node bob transfer_create @machine => granted to bob as g
         transfer node carol 0.5 @bob => posted 0.5 fee 0 under g
         balance node AVT = 100",
    );
}

#[test]
fn nobody_moves_the_money_of_another() {
    check(
        "transfer alice bob 10 @bob => forbidden
         transfer alice bob 10 @olga => forbidden
         transfer nobody bob 10 @alice => principal_unknown
         transfer node alice 10 @alice => forbidden
         transfer alice bob 10 @machine => posted",
    );
}

#[test]
fn sums_over_a_life_may_outgrow_what_fits_while_balances_do_not() {
    check(
        "currency BIG scale:0 => created currency
         mint alice minor:max BIG => minted
         transfer alice bob minor:max BIG => posted
         transfer bob alice minor:max BIG => posted
         transfer alice carol minor:max BIG => posted
         hold carol alice minor:max BIG => pending as h
         post h minor:340282366920938463463374607431768211454 => posted
         post h => posted 1 BIG
         transfer alice bob minor:max BIG => posted
         hold bob alice minor:max BIG => pending as h2
         void h2 => voided
         burn node 1 BIG => insufficient_funds
         supply BIG = issued 340282366920938463463374607431768211455 burned 0 circulating 340282366920938463463374607431768211455 held 0",
    );
}
