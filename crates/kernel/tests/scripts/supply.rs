//! Making and destroying money.

use crate::script::check;

#[test]
fn the_owner_mints_and_burns() {
    check(
        "mint bob 500 => minted 500 AVT
         balance bob AVT = 1500
         transfer alice node 10 => posted
         burn node 10 => burned 10 AVT
         supply AVT = issued 3500 burned 10 circulating 3490 held 0
         mint olga 5 => minted
         burn olga 5 => burned
         burn olga 1 => insufficient_funds",
    );
}

#[test]
fn nobody_else_mints_or_burns() {
    check(
        "mint alice 1 @alice => forbidden
         burn alice 1 @alice => forbidden
         currency USD @alice => forbidden
         mint alice 0 => amount_zero
         mint nobody 1 => payee_unknown
         mint alice 1 XYZ => currency_unknown
         burn olga 0 => amount_zero
         mint alice 1 @machine => minted",
    );
}

#[test]
fn an_owner_does_not_burn_what_is_not_theirs() {
    check(
        "burn alice 1 => forbidden
         burn node 1 => insufficient_funds
         balance alice AVT = 1000",
    );
}

#[test]
fn an_authority_to_mint_has_limits_that_count() {
    check(
        "grant node alice mint_create currency:AVT per_use:60 total:100 @olga => granted as g
         mint bob 61 @alice => grant_limit_exceeded
         mint bob 60 @alice => minted 60 AVT under g
         mint bob 41 @alice => grant_limit_exceeded
         mint bob 40 @alice => minted
         mint bob minor:1 @alice => grant_limit_exceeded
         spent g = 100",
    );
}

#[test]
fn a_satellite_issues_nothing() {
    check(
        "found satellite AVT scale:6 fee:5000/0.001 genesis:1000
         owner olga => created
         agent alice => created principal
         rows accounts = 0
         mint alice 1 => currency_not_own
         burn olga 1 => currency_not_own
         currency USD => currency_not_own
         currency USD foreign => created currency
         mint alice 1 USD => currency_not_own",
    );
}

#[test]
fn a_sovereign_node_may_hold_foreign_money_but_not_make_it() {
    check(
        "currency EUR scale:2 foreign => created currency
         mint alice 1 EUR => currency_not_own
         currency EUR => currency_exists
         currency AVT => currency_exists
         currency WEI scale:18 => created currency
         currency TINY scale:19 => invalid_field",
    );
}

#[test]
fn what_is_ever_issued_fits() {
    check(
        "found sovereign BIG scale:0
         owner olga => created
         agent alice => created
         mint alice minor:max BIG => minted
         mint alice minor:1 BIG => balance_overflow
         transfer alice olga minor:max BIG => posted fee 0
         burn olga minor:max BIG => burned
         mint alice minor:1 BIG => balance_overflow
         supply BIG = issued 340282366920938463463374607431768211455 burned 340282366920938463463374607431768211455 circulating 0 held 0",
    );
}

#[test]
fn a_genesis_grant_that_no_longer_fits_makes_no_agent() {
    check(
        "mint olga minor:340282366920938463463374607427768211455 => minted
         agent dora => created minted 1000 AVT
         agent erin => balance_overflow
         agent erin poor => created",
    );
}
