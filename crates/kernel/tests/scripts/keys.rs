//! API keys.

use crate::script::check;

#[test]
fn a_key_does_what_its_patterns_cover() {
    check(
        "key alice transfer_create => created api_key alice as k
         transfer alice bob 1 @k => posted
         card alice @k => forbidden
         transfer bob alice 1 @k => forbidden
         key alice transfer_* agent_* => created as wide
         hold alice bob 1 @wide => pending as h
         post h @wide => posted
         card alice @wide => set
         key alice * => created as all
         card alice @all => set
         rows api_keys = 3",
    );
}

#[test]
fn a_key_is_found_by_its_secret() {
    check(
        "key alice * secret:s3cret for 1h => created as k
         key alice * secret:other => created as l
         holder s3cret = k
         snapshot
         holder s3cret = k
         holder other = l
         holder guess = nobody
         unkey l => revoked
         holder other = nobody
         at +1h
         filler 1
         holder s3cret = nobody",
    );
}

#[test]
fn a_key_stands_for_its_own_principal_alone() {
    check(
        "key alice * => created as k
         transfer bob alice 1 @k !as:bob => credential_invalid
         transfer bob alice 1 @alice !as:bob => credential_invalid
         transfer bob alice 1 @k !as:nobody => credential_invalid",
    );
}

#[test]
fn a_key_works_until_it_expires_and_then_leaves() {
    check(
        "key alice * for 60s => created as k
         at +59999ms
         transfer alice bob 1 @k => posted
         at +1ms
         transfer alice bob 1 @k => credential_invalid
         card alice => set
         rows api_keys leaving = 0 1
         unkey k => not_found
         key alice * for 0s => invalid_field",
    );
}

#[test]
fn a_revoked_key_works_no_longer() {
    check(
        "key alice * for 60s => created as k
         unkey k => revoked
         transfer alice bob 1 @k => credential_invalid
         unkey k => not_found
         rows api_keys leaving = 0 1",
    );
}

#[test]
fn the_key_of_a_suspended_agent_rests() {
    check(
        "key alice * => created as k
         suspend alice => suspended
         transfer alice bob 1 @k => principal_suspended
         reinstate alice => reinstated
         transfer alice bob 1 @k => posted",
    );
}

#[test]
fn a_key_makes_no_wider_one() {
    check(
        "key alice api_key_* transfer_create => created as k
         key alice transfer_* @k => grant_not_narrower
         key alice * @k => grant_not_narrower
         key alice transfer_create api_key_revoke @k => created as narrow
         transfer alice bob 1 @narrow => posted",
    );
}

#[test]
fn a_key_gives_no_authority_that_it_lacks() {
    check(
        "key alice grant_create transfer_create => created as k
         grant alice bob * @k => grant_not_narrower
         grant alice bob transfer_* @k => grant_not_narrower
         grant alice bob transfer_create @k => granted",
    );
}

#[test]
fn keys_are_made_by_their_principal_its_controller_or_under_a_grant() {
    check(
        "key alice * @bob => forbidden
         key alice transfer_create @olga => created as k
         unkey k @bob => forbidden
         unkey k @olga => revoked
         key nobody * @alice => principal_unknown",
    );
}

#[test]
fn a_key_made_under_a_grant_is_no_wider_and_no_longer() {
    check(
        "grant alice bob api_key_create transfer_create for 1d => granted
         key alice * for 1h @bob => grant_not_narrower
         key alice transfer_create @bob => grant_not_narrower
         key alice transfer_create for 2d @bob => grant_not_narrower
         key alice transfer_create for 1h @bob => created as k
         transfer alice bob 1 @k => posted
         grant alice carol api_key_create transfer_create currency:AVT total:5 => granted
         key alice transfer_create for 1h @carol => grant_not_narrower",
    );
}

#[test]
fn ids_and_secrets_of_keys_are_taken_once() {
    check(
        "key alice * secret:s3cret => created as k
         key bob * secret:s3cret => invalid_field
         key bob * id:k => invalid_field
         unkey k => revoked
         key bob * secret:s3cret => created",
    );
}

#[test]
fn a_principal_has_a_hundred_keys_of_up_to_thirty_two_patterns() {
    let patterns = |count: usize| vec!["a_*"; count].join(" ");
    let mut script = format!("key alice {} => invalid_field\n", patterns(33));
    script += &format!("key alice {} => created as k1\n", patterns(32));
    script += "key alice => invalid_field\n";
    for number in 2..=100 {
        script += &format!("key alice card => created as k{number}\n");
    }
    script += "key alice card => state_full\nunkey k7 => revoked\nkey alice card => created";
    check(&script);
}
