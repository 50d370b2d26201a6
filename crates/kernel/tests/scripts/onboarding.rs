//! Onboarding: quotas, bootstrap tokens, and funding requests.

use crate::script::check;

#[test]
fn onboarding_makes_an_agent_with_its_money_and_its_client() {
    check(
        "onboard dave => created principal ; minted 1000 AVT ; created client dave
         balance dave AVT = 1000
         transfer dave bob 1 => posted
         onboard erin poor transfer_create => created principal ; created client erin
         onboard dave => principal_exists
         rows clients = 2",
    );
}

#[test]
fn an_onboarded_agents_client_gives_tokens() {
    check(
        "onboard dave transfer_create => created principal as dave_entry
         transfer dave bob 1 @client/dave => posted
         card dave @client/dave => forbidden",
    );
}

#[test]
fn a_person_onboards_up_to_the_quota_and_a_grant_lifts_it() {
    check(
        "person pat => created
         onboard a1 @pat max:2 => created
         onboard a2 @pat max:2 => created
         onboard a3 @pat max:2 => quota_exceeded
         grant node pat agent_onboard for 1d @olga => granted
         onboard a3 @pat max:2 => created
         onboard a4 @olga max:0 => created",
    );
}

#[test]
fn an_agent_onboards_nobody_without_a_grant() {
    check(
        "onboard dave @alice => forbidden
         bootstrap alice => forbidden
         grant node alice agent_onboard for 1d @olga => granted
         onboard dave @alice max:0 => created",
    );
}

#[test]
fn a_bootstrap_token_onboards_once_within_five_minutes() {
    check(
        "person pat => created
         bootstrap pat => created bootstrap pat as b
         transfer pat bob 1 @b => credential_invalid
         onboard a1 @b => created principal
         onboard a2 @b => credential_invalid
         bootstrap pat => created as c
         at +299999ms
         snapshot
         onboard a2 @c => created
         bootstrap pat => created as d
         at +300000ms
         onboard a3 @d => credential_invalid
         filler 1
         rows bootstraps leaving = 0 1",
    );
}

#[test]
fn a_refused_onboarding_does_not_use_the_token_up() {
    check(
        "person pat => created
         bootstrap pat => created as b
         onboard alice @b => principal_exists
         onboard a1 @b max:0 => quota_exceeded
         onboard a1 @b => created",
    );
}

#[test]
fn a_bootstrap_token_stands_for_who_made_it() {
    check(
        "person pat => created
         person quinn => created
         bootstrap pat => created as b
         onboard a1 @b !as:quinn => credential_invalid
         bootstrap pat @quinn => forbidden
         bootstrap quinn id:b => invalid_field
         bootstrap quinn secret:s => created
         bootstrap quinn secret:s => invalid_field
         suspend pat => suspended
         onboard a1 @b => principal_suspended",
    );
}

#[test]
fn five_bootstrap_tokens_are_made_a_minute() {
    check(
        "person pat => created
         bootstrap pat => created as b
         onboard a1 @b => created
         bootstrap pat
         bootstrap pat
         bootstrap pat
         at +59999ms
         bootstrap pat
         bootstrap pat => rate_limited
         at +1ms
         bootstrap pat => created
         rows bootstraps = 6",
    );
}

#[test]
fn what_was_asked_for_is_minted_once_by_the_owner() {
    check(
        "ask alice 5 => requested funding alice as f
         fund f @alice => forbidden
         fund f => approved funding alice ; minted 5 AVT under
         balance alice AVT = 1005
         fund f => funding_decided
         decline f => funding_decided
         supply AVT = issued 3005 burned 0 circulating 3005 held 0",
    );
}

#[test]
fn a_declined_request_moves_nothing() {
    check(
        "ask alice 5 => requested as f
         decline f @bob => forbidden
         decline f => rejected funding alice
         fund f => funding_decided
         balance alice AVT = 1000",
    );
}

#[test]
fn a_grant_bounds_what_may_be_approved() {
    check(
        "grant node bob funding_approve currency:AVT per_use:10 total:15 @olga => granted as g
         ask alice 11 => requested as f1
         ask alice 10 => requested as f2
         ask alice 6 => requested as f3
         fund f1 @bob => grant_limit_exceeded
         fund f2 @bob => approved
         fund f3 @bob => grant_limit_exceeded
         spent g = 10",
    );
}

#[test]
fn only_the_nodes_own_money_is_asked_for_and_only_for_oneself() {
    check(
        "currency EUR scale:2 foreign
         ask alice 5 EUR => currency_not_own
         ask alice 5 USD => currency_unknown
         ask alice 0 => amount_zero
         ask alice 5 @bob => forbidden
         ask alice 5 @olga => requested as f
         ask bob 5 id:f => invalid_field
         fund f => approved",
    );
}

#[test]
fn ten_requests_are_open_and_decided_ones_leave() {
    let mut script = String::new();
    for number in 1..=10 {
        script += &format!("ask alice 1 => requested as f{number}\n");
    }
    script += "ask alice 1 => state_full
         fund f1 => approved
         snapshot
         ask alice 1 => requested
         ask alice 1 => state_full
         rows fundings leaving = 11 2
         at +30d
         filler 1
         rows fundings leaving = 10 1
         fund f1 => not_found";
    check(&script);
}
