//! OAuth clients and their tokens, and a principal's own.

use crate::script::check;

#[test]
fn a_token_does_what_its_client_and_its_scopes_cover() {
    check(
        "client alice transfer_* agent_* => created client alice as c
         transfer alice bob 1 @c => posted
         card alice @c => set
         mint alice 1 @c => forbidden
         transfer alice bob 1 @c !scope:transfer_create => posted
         card alice @c !scope:transfer_create => forbidden
         mint alice 1 @c !scope:* => forbidden
         transfer bob alice 1 @c => forbidden
         rows clients = 1",
    );
}

#[test]
fn a_token_stands_for_its_own_principal_alone() {
    check(
        "client alice * => created as c
         transfer bob alice 1 @c !as:bob => credential_invalid
         transfer bob alice 1 @c !as:nobody => credential_invalid",
    );
}

#[test]
fn a_token_without_what_it_says_is_none() {
    check(
        "client alice * => created as c
         transfer alice bob 1 @c !bare => credential_invalid",
    );
}

#[test]
fn a_token_ends_with_its_time() {
    check(
        "client alice * => created as c
         transfer alice bob 1 @c !life:60s => posted
         transfer alice bob 1 @c !life:0s => credential_invalid",
    );
}

#[test]
fn raising_the_epoch_ends_every_token_and_leaves_the_client() {
    check(
        "client alice * => created as c
         transfer alice bob 1 @c !epoch:0 => posted
         transfer alice bob 1 @c !epoch:1 => credential_invalid
         revoke_tokens alice => revoked tokens alice
         transfer alice bob 1 @c !epoch:0 => credential_invalid
         transfer alice bob 1 @c !epoch:1 => posted
         revoke_tokens alice @c !epoch:1 => revoked
         transfer alice bob 1 @c !epoch:1 => credential_invalid
         snapshot
         transfer alice bob 1 @c !epoch:2 => posted",
    );
}

#[test]
fn revoking_a_client_ends_its_tokens() {
    check(
        "client alice * => created as c
         client alice * => created as d
         unclient c => revoked client alice
         transfer alice bob 1 @c => credential_invalid
         transfer alice bob 1 @d => posted
         unclient c => not_found
         rows clients = 1",
    );
}

#[test]
fn tokens_of_a_suspended_agent_rest() {
    check(
        "client alice * => created as c
         suspend alice => suspended
         transfer alice bob 1 @c => principal_suspended
         revoke_tokens alice @secret/c => principal_suspended
         reinstate alice => reinstated
         transfer alice bob 1 @c => posted",
    );
}

#[test]
fn a_clients_secret_revokes_its_principals_tokens_and_nothing_else() {
    check(
        "client alice * => created as c
         revoke_tokens alice @secret/c => revoked tokens alice
         revoke_tokens bob @secret/c => credential_invalid
         transfer alice bob 1 @secret/c => credential_invalid
         unclient c => revoked
         revoke_tokens alice @secret/c => credential_invalid",
    );
}

#[test]
fn clients_are_managed_by_their_principal_and_its_controller() {
    check(
        "client alice * @bob => forbidden
         client alice * @olga => created as c
         unclient c @bob => forbidden
         revoke_tokens alice @bob => forbidden
         revoke_tokens alice @olga => revoked
         unclient c @olga => revoked
         client nobody * @alice => principal_unknown
         revoke_tokens nobody @alice => principal_unknown",
    );
}

#[test]
fn no_credential_makes_a_client_wider_than_itself() {
    check(
        "key alice client_create transfer_create => created as k
         client alice * @k => grant_not_narrower
         client alice transfer_create @k => created as c
         client alice client_* transfer_* => created as d
         key alice * @d !scope:* => forbidden
         client alice * @d => created
         client alice * @d !scope:client_create => grant_not_narrower
         client alice client_create @d !scope:client_create => created
         transfer alice bob 1 @c => posted
         key alice api_key_create @c => forbidden
         grant alice bob client_create for 1d => granted
         client alice client_create @bob => grant_not_narrower",
    );
}

#[test]
fn a_client_has_patterns_and_an_id_of_its_own() {
    let patterns = vec!["a_*"; 33].join(" ");
    check(&format!(
        "client alice => invalid_field
         client alice {patterns} => invalid_field
         client alice * => created as c
         client bob * id:c => invalid_field",
    ));
}

#[test]
fn a_principal_has_twenty_clients() {
    let mut script = String::new();
    for number in 1..=20 {
        script += &format!("client alice * => created as c{number}\n");
    }
    script += "client alice * => state_full\nunclient c7 => revoked\nclient alice * => created";
    check(&script);
}

#[test]
fn a_principals_own_token_needs_its_own_key() {
    check(
        "transfer alice bob 1 @self/alice => posted
         transfer alice bob 1 @self/alice !forged => credential_invalid
         transfer alice bob 1 @self/alice !bare => credential_invalid
         transfer bob alice 1 @self/alice => forbidden
         suspend alice => suspended
         transfer alice bob 1 @self/alice => principal_suspended",
    );
}
