//! Acting for somebody else.

use crate::script::check;

#[test]
fn a_grant_lets_its_holder_act_for_its_issuer() {
    check(
        "grant alice bob transfer_create => granted to bob as g
         transfer alice carol 5 @bob => posted 5 AVT fee 0.025 to carol under g
         balance alice AVT = 994.975
         balance bob AVT = 1000
         spent g = 5
         hold alice carol 1 @bob => pending under g as h
         post h @bob => forbidden
         transfer alice carol 5 @carol => forbidden
         mint alice 5 @bob => forbidden",
    );
}

#[test]
fn limits_bound_each_use_the_sum_and_the_currency() {
    check(
        "currency USD scale:2 => created
         mint alice 100 USD => minted
         grant alice bob transfer_* currency:AVT per_use:10 total:25 => granted as g
         transfer alice carol 10.000001 @bob => grant_limit_exceeded
         transfer alice carol 1 USD @bob => grant_limit_exceeded
         transfer alice carol 10 @bob => posted
         hold alice carol 10 @bob => pending as h
         transfer alice carol 5.000001 @bob => grant_limit_exceeded
         transfer alice carol 5 @bob => posted
         transfer alice carol minor:1 @bob => grant_limit_exceeded
         spent g = 25",
    );
}

#[test]
fn posting_counts_once_and_what_somebody_else_set_aside_counts_too() {
    check(
        "grant alice bob transfer_* currency:AVT per_use:10 total:15 => granted as g
         hold alice carol 10 @bob => pending as mine
         hold alice carol 10 => pending as alices
         post mine @bob => posted unasked
         spent g = 10
         post alices @bob => grant_limit_exceeded
         post alices 5 @bob => posted under g
         spent g = 15
         post alices 1 @bob => grant_limit_exceeded
         post alices => posted",
    );
}

#[test]
fn limits_need_a_currency_and_a_grant_needs_actions() {
    let patterns = |count: usize| vec!["a_*"; count].join(" ");
    let wide = format!("grant alice bob {} => invalid_field\n", patterns(33));
    check(&wide);
    check(
        "grant alice bob transfer_* per_use:1 => invalid_field
         grant alice bob transfer_* total:1 => invalid_field
         grant alice bob transfer_* currency:AVT => granted
         grant alice bob => invalid_field
         grant alice nobody * => principal_unknown
         grant alice bob * for 0s => invalid_field
         grant alice bob * for 3661d => invalid_field
         grant alice bob * for 3660d => granted",
    );
}

#[test]
fn a_delegated_grant_is_narrower_in_every_way() {
    check(
        "grant alice bob transfer_* for 10d currency:AVT per_use:10 total:50 => granted as g
         grant bob carol * under g for 1d currency:AVT per_use:5 total:5 => grant_not_narrower
         grant bob carol transfer_* under g for 11d currency:AVT per_use:5 total:5 => grant_not_narrower
         grant bob carol transfer_* under g for 1d => grant_not_narrower
         grant bob carol transfer_* under g for 1d currency:AVT => grant_not_narrower
         grant bob carol transfer_* under g for 1d currency:AVT per_use:5 => grant_not_narrower
         grant bob carol transfer_* under g for 1d currency:AVT total:5 => grant_not_narrower
         grant bob carol transfer_* under g for 1d currency:AVT per_use:11 total:5 => grant_not_narrower
         grant bob carol transfer_* under g for 1d currency:AVT per_use:5 total:51 => grant_not_narrower
         grant bob carol transfer_* under g for 10d currency:AVT per_use:10 total:50 => granted
         grant carol bob transfer_* under g for 1d currency:AVT per_use:1 total:1 => not_found
         grant alice carol transfer_* under g for 1d currency:AVT per_use:1 total:1 => not_found",
    );
}

#[test]
fn what_is_spent_is_charged_up_the_chain() {
    check(
        "agent dora poor => created
         grant alice bob transfer_* currency:AVT total:100 per_use:100 => granted as root
         grant bob carol transfer_* under root for 1d currency:AVT total:60 per_use:60 => granted as left
         grant bob dora transfer_* under root for 1d currency:AVT total:60 per_use:60 => granted as right
         transfer alice olga 50 @carol => posted under left
         spent root = 50
         spent left = 50
         transfer alice olga 11 @carol => grant_limit_exceeded
         transfer alice olga 45 @dora => posted under right
         spent root = 95
         transfer alice olga 6 @dora => grant_limit_exceeded
         transfer alice olga 6 @bob => grant_limit_exceeded
         transfer alice olga 5 @bob => posted under root
         spent root = 100
         spent right = 45",
    );
}

#[test]
fn revoking_a_grant_kills_everything_below_it() {
    check(
        "grant alice bob transfer_* => granted as a
         grant bob carol transfer_* under a for 10d => granted as b
         grant carol olga transfer_* under b for 9d => granted as c
         transfer alice bob 1 @olga => posted under c
         ungrant a @bob => forbidden
         ungrant a => revoked
         ungrant a => grant_revoked
         transfer alice carol 1 @bob => grant_revoked
         transfer alice bob 1 @carol => grant_revoked
         transfer alice bob 1 @olga => grant_revoked
         grant bob olga transfer_* under a for 1d => grant_revoked
         ungrant b => revoked",
    );
}

#[test]
fn a_revoked_grant_leaves_and_its_descendants_stay_dead() {
    check(
        "grant alice bob transfer_* => granted as a
         grant bob carol transfer_* under a for 100d => granted as b
         ungrant a => revoked
         rows grants leaving = 3 3
         at +30d
         filler 1
         rows grants leaving = 2 2
         transfer alice carol 1 @bob => forbidden
         transfer alice bob 1 @carol => grant_revoked
         ungrant a => not_found
         at +70d
         filler 1
         transfer alice bob 1 @carol => grant_expired
         rows grants = 2
         at +30d
         filler 1
         rows grants = 1",
    );
}

#[test]
fn a_grant_ends_when_its_time_is_over() {
    check(
        "grant alice bob transfer_* for 1h => granted as g
         grant alice carol transfer_* for 1h => granted
         at +3599999ms
         transfer alice carol 1 @bob => posted
         at +1ms
         transfer alice carol 1 @bob => grant_expired
         grant bob carol transfer_* under g for 1s => grant_expired
         # What happened to it is told as long as it is remembered, whatever came in between.
         filler 9
         transfer alice carol 1 @bob => grant_expired
         mint alice 1 @bob => forbidden
         grant bob carol transfer_* under g for 1s => grant_expired
         ungrant g => grant_expired
         relinquish g => grant_expired
         rows grants leaving = 3 3
         at +30d
         filler 1
         transfer alice carol 1 @bob => forbidden
         grant bob carol transfer_* under g for 1s => not_found
         rows grants leaving = 1 1",
    );
}

#[test]
fn a_grant_that_was_taken_back_says_so_past_its_own_time() {
    check(
        "grant alice bob transfer_* for 1h => granted as g
         ungrant g => revoked
         at +1d
         filler 1
         transfer alice carol 1 @bob => grant_revoked
         rows grants = 2
         at +29d
         filler 1
         transfer alice carol 1 @bob => forbidden
         rows grants = 1",
    );
}

#[test]
fn a_thousand_ended_grants_of_one_issuer_are_remembered_and_take_nobody_elses_place() {
    let mut script = String::new();
    for _ in 0..11 {
        script += &"grant alice bob transfer_* for 1h => granted\n".repeat(100);
        // Eight leave with each entry.
        script += "at +1h\nfiller 13\n";
    }
    script += "rows grants = 1001
               grant alice bob transfer_* for 1h => granted as last
               transfer alice carol 1 @bob => posted under last
               transfer alice carol 1 @carol => forbidden
               grant carol bob transfer_* for 1h => granted as g
               at +1h
               filler 1
               rows grants = 1002
               grant bob alice transfer_* under g for 1m => grant_expired
               grant bob alice transfer_* under last for 1m => not_found
               transfer alice carol 1 @bob => grant_expired";
    check(&script);
}

#[test]
fn delegation_is_eight_deep_and_the_deepest_grant_works() {
    let mut script = "grant alice bob transfer_* for 100d => granted as g0\n".to_owned();
    for depth in 1..=8 {
        let (issuer, holder) = if depth % 2 == 1 { ("bob", "carol") } else { ("carol", "bob") };
        let above = depth - 1;
        script += &format!(
            "grant {issuer} {holder} transfer_* under g{above} for 50d => granted as g{depth}\n"
        );
    }
    script += "grant bob carol transfer_* under g8 for 1d => grant_too_deep
               ungrant g0 @machine => revoked";
    check(&script);
    let script = script.replace("ungrant g0 @machine => revoked", "")
        + "\nagent dora poor => created
           suspend dora => suspended
           grant carol dora transfer_* under g7 for 1d => granted as last
           reinstate dora => reinstated
           transfer alice olga 1 @dora => posted under last
           spent g0 = 1";
    check(&script);
}

#[test]
fn a_suspended_issuer_gives_no_authority() {
    check(
        "grant alice bob transfer_* => granted as a
         grant bob carol transfer_* under a for 1d => granted
         suspend bob => suspended
         transfer alice olga 1 @carol => grant_revoked
         reinstate bob => reinstated
         transfer alice olga 1 @carol => posted
         suspend alice => suspended
         transfer alice olga 1 @carol => grant_revoked",
    );
}

#[test]
fn who_gives_authority_under_a_grant_gives_less_than_that_and_loses_it_with_it() {
    check(
        "grant alice bob grant_create transfer_create for 10d currency:AVT per_use:5 total:9 => granted as g
         grant alice bob * for 1d @bob => grant_not_narrower
         grant alice carol transfer_create for 1d @bob => grant_not_narrower
         grant alice carol transfer_create for 11d currency:AVT per_use:5 total:9 @bob => grant_not_narrower
         grant alice carol transfer_create for 1d currency:AVT per_use:5 total:9 @bob => granted under g as h
         transfer alice olga 5 @carol => posted under h
         spent g = 5
         ungrant g => revoked
         transfer alice olga 1 @carol => grant_revoked",
    );
}

#[test]
fn the_owner_gives_authority_over_the_nodes_affairs() {
    check(
        "grant node alice agent_* mint_create @alice => forbidden
         grant node alice agent_* mint_create @olga => granted as g
         agent dora @alice => created
         mint bob 1 @alice => minted
         burn node 1 @alice => forbidden
         grant alice bob agent_* under g for 1d => granted
         agent erin @bob => created
         ungrant g @olga => revoked
         agent fred @bob => grant_revoked",
    );
}

#[test]
fn the_owners_own_authority_knows_no_sum() {
    check(
        "currency BIG scale:0 => created
         mint olga minor:max BIG => minted
         mint olga 1000 => minted
         transfer alice node 50 => posted
         transfer node bob 1 @olga => posted",
    );
}

#[test]
fn one_gives_another_a_hundred_grants_and_takes_nobody_elses_place() {
    let mut script = String::new();
    for _ in 0..100 {
        script += "grant alice bob transfer_create => granted as g\n";
    }
    script += "grant alice bob transfer_create => state_full
               grant alice carol transfer_create => granted
               grant carol bob transfer_create => granted
               transfer carol olga 1 @bob => posted
               relinquish g => relinquished
               grant alice bob transfer_create => granted as last
               grant alice bob transfer_create => state_full
               ungrant last => revoked
               grant alice bob transfer_create => granted";
    check(&script);
}

#[test]
fn a_holder_gives_a_grant_up_with_everything_below_it() {
    check(
        "grant alice bob transfer_* => granted as a
         grant bob carol transfer_* under a for 1d => granted as b
         relinquish a @carol => forbidden
         relinquish a @alice => forbidden
         transfer alice olga 1 @carol => posted under b
         relinquish a => relinquished grant bob
         relinquish a => grant_revoked
         ungrant a => grant_revoked
         transfer alice olga 1 @bob => grant_revoked
         transfer alice olga 1 @carol => grant_revoked
         relinquish b @olga => relinquished
         rows grants = 3
         at +30d
         filler 1
         transfer alice olga 1 @bob => forbidden
         relinquish a => not_found",
    );
}

#[test]
fn the_only_owner_keeps_the_node() {
    check(
        "found sovereign AVT scale:6 fee:5000/0.001 genesis:1000 => founded
         owner olga => created owner granted as first
         person pat => created
         grant node pat * for 1d @olga => granted as second
         relinquish second @pat => relinquished
         grant node pat * uses:3 for 1d @olga => granted",
    );
}

#[test]
fn uses_are_counted_up_the_chain_whatever_they_are() {
    check(
        "grant alice bob transfer_* uses:3 => granted as g
         grant bob carol transfer_* under g for 1d => grant_not_narrower
         grant bob carol transfer_* under g for 1d uses:4 => grant_not_narrower
         grant bob carol transfer_* under g for 1d uses:2 => granted as h
         transfer alice olga 1 @carol => posted under h
         hold alice olga 1 @carol => pending under h as hold
         transfer alice olga 1 @carol => grant_used_up
         post hold @carol => posted
         uses h = 2
         uses g = 2
         hold alice olga 1 @bob => pending under g as other
         post other 0.4 @bob => posted unasked
         post other @bob => posted unasked
         uses g = 3
         uses h = 2
         transfer alice olga 1 @bob => grant_used_up
         grant alice bob transfer_* uses:0 => invalid_field",
    );
    check(
        "grant node alice agent_* uses:2 @olga => granted as g
         suspend bob @alice => suspended used
         uses g = 1
         reinstate bob @alice => reinstated used
         suspend bob @alice => grant_used_up
         grant node alice agent_* @olga => granted
         suspend bob @alice => suspended
         uses g = 2",
    );
}

#[test]
fn a_refused_act_uses_nothing() {
    check(
        "grant alice bob transfer_* uses:1 => granted as g
         transfer alice carol 5000 @bob => insufficient_funds
         transfer alice nobody 1 @bob => payee_unknown
         uses g = 0
         transfer alice carol 1 @bob => posted
         uses g = 1",
    );
}

#[test]
fn a_grant_reaches_only_the_counterparties_it_names() {
    check(
        "grant alice bob transfer_* with:carol => granted as g
         transfer alice olga 1 @bob => grant_out_of_scope
         transfer alice carol 1 @bob => posted under g
         hold alice carol 1 @bob => pending as mine
         post mine @bob => posted
         grant bob olga transfer_* under g for 1d => grant_not_narrower
         grant bob olga transfer_* under g for 1d with:carol with:olga => grant_not_narrower
         grant bob olga transfer_* under g for 1d with:carol => granted
         transfer alice carol 1 @olga => posted
         grant node alice agent_* clock_accept with:bob @olga => granted
         suspend bob @alice => suspended
         suspend carol @alice => grant_out_of_scope
         clock 0 @alice => grant_out_of_scope",
    );
}

#[test]
fn a_grant_reaches_only_the_resources_it_names() {
    check(
        "hold alice carol 5 => pending as one
         hold alice carol 5 => pending as two
         grant alice bob transfer_* on:one on:mcp:pay/* => granted as g
         post one 1 @bob => posted under g
         post two 1 @bob => grant_out_of_scope
         transfer alice carol 1 @bob => grant_out_of_scope
         grant bob carol transfer_* under g for 1d => grant_not_narrower
         grant bob carol transfer_* under g for 1d on:mcp:* => grant_not_narrower
         grant bob carol transfer_* under g for 1d on:two => grant_not_narrower
         grant bob carol transfer_* under g for 1d on:mcp:pay/send => granted
         grant bob olga transfer_* under g for 1d on:one => granted
         post one 1 @olga => posted",
    );
    check(
        "hold alice carol 5 => pending as one
         grant alice bob transfer_* on:trf_* => granted
         post one 1 @bob => posted
         transfer alice carol 1 @bob => grant_out_of_scope",
    );
}

#[test]
fn where_an_act_takes_effect_must_be_known_to_a_grant_for_places() {
    check(
        "grant alice bob transfer_* in:US in:DE => granted as g
         transfer alice carol 1 @bob => grant_out_of_scope
         grant bob carol transfer_* under g for 1d => grant_not_narrower
         grant bob carol transfer_* under g for 1d in:US in:FR => grant_not_narrower
         grant bob carol transfer_* under g for 1d in:US-NY => granted",
    );
}

#[test]
fn a_scope_names_at_most_32_of_each() {
    let many = |mark: &str, name: &str, count: usize| format!("{mark}{name} ").repeat(count);
    for (mark, name) in [("on:", "a/b"), ("with:", "carol"), ("in:", "US")] {
        check(&format!("grant alice bob * {} => granted", many(mark, name, 32)));
        check(&format!("grant alice bob * {} => invalid_field", many(mark, name, 33)));
    }
}

#[test]
fn a_grant_for_a_key_counts_with_that_key_alone() {
    check(
        "key bob * => created as k
         grant alice bob transfer_* by:carol => invalid_field
         grant alice bob transfer_* by:bob => granted as g
         transfer alice carol 1 @k => grant_key_required
         transfer alice carol 1 @bob => posted under g
         transfer alice carol 1 @self/bob => posted under g
         grant bob carol transfer_* under g for 1d by:carol @k => grant_key_required
         grant bob carol transfer_* under g for 1d => grant_not_narrower
         grant bob carol transfer_* under g for 1d by:carol => granted as h
         transfer alice olga 1 @carol => posted under h
         rotate bob key:bob2 @bob => rotated
         transfer alice carol 1 @bob !with:bob => posted
         transfer alice carol 1 @bob !with:bob2 => grant_key_required",
    );
}

#[test]
fn a_grant_says_how_deep_it_may_be_delegated() {
    check(
        "grant alice bob transfer_* depth:0 => granted as none
         grant bob carol transfer_* under none for 1d => grant_too_deep
         grant alice bob transfer_* depth:2 => granted as two
         grant bob carol transfer_* under two for 1d depth:2 => grant_not_narrower
         grant bob carol transfer_* under two for 2d => granted as one
         grant carol olga transfer_* under one for 1d depth:1 => grant_not_narrower
         grant carol olga transfer_* under one for 1d => granted as last
         grant olga bob transfer_* under last for 1h => grant_too_deep
         transfer alice bob 1 @olga => posted under last",
    );
}

#[test]
fn a_dead_chain_is_delegated_no_further() {
    check(
        "grant alice bob transfer_* => granted as a
         grant bob carol transfer_* under a for 10d => granted as b
         ungrant a => revoked
         grant carol olga transfer_* under b for 1d => grant_revoked
         at +31d
         filler 1
         grant carol olga transfer_* under b for 1d => grant_expired
         at +30d
         filler 1
         grant carol olga transfer_* under b for 1d => not_found",
    );
}

#[test]
fn who_asks_under_a_grant_narrows_that_one_and_no_other() {
    check(
        "grant carol bob transfer_create for 10d => granted as other
         grant bob alice grant_create transfer_create for 10d => granted as g
         grant bob olga transfer_create under other for 1d @alice => grant_not_narrower
         grant bob olga transfer_create for 1d @alice => granted under g",
    );
}

#[test]
fn a_grant_with_limits_or_a_scope_makes_no_api_keys() {
    check(
        "grant alice bob api_key_create with:alice for 2d => granted as g
         key alice transfer_create for 1d @bob => grant_not_narrower
         ungrant g => revoked
         grant alice bob api_key_create transfer_create for 2d => granted
         key alice transfer_create for 1d @bob => created",
    );
}
