//! Accounts, sessions, second factors and recovery.

use crate::script::check;

#[test]
fn a_person_comes_with_an_account() {
    check(
        "register dora dora@x pw => created principal registered account dora
         account dora = keys 2 sessions 0 epoch 0
         login dora pw => opened session dora as s
         transfer dora bob 1 @s => insufficient_funds
         card dora @s => set
         snapshot
         card dora @s => set
         logout s => closed session dora
         card dora @s => credential_invalid",
    );
}

#[test]
fn an_address_a_key_and_a_principal_have_one_account() {
    check(
        "register dora dora@x pw => registered
         register erin dora@x pw => account_exists
         register dora other@x pw => principal_exists
         register alice alice@x pw exists => registered account alice
         register alice other@x pw exists => account_exists
         register bob alice@x pw exists => account_exists
         register bob bob@x pw exists @mail:alice => forbidden
         register bob bob@x pw exists @mail => forbidden
         register bob bob@x pw exists @alice => forbidden
         register nobody n@x pw exists => credential_invalid
         snapshot
         register bob alice@x pw exists => account_exists",
    );
}

#[test]
fn an_account_has_1_to_16_different_recovery_keys() {
    check(
        "register dora dora@x pw keys:a,a => invalid_field
         register dora dora@x pw keys:1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17 => invalid_field
         register dora dora@x pw keys:1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16 => registered
         recovery dora pw => invalid_field
         recovery dora guess k1 => login_invalid
         recovery dora pw k1 k2 => set recovery_keys dora
         account dora = keys 2 sessions 0 epoch 0
         recovery dora pw k3 @alice => forbidden
         recovery alice pw k3 => account_unknown",
    );
}

#[test]
fn a_session_needs_the_password_as_it_is_and_the_second_factor() {
    check(
        "register dora dora@x pw => registered
         login dora guess => login_invalid
         login dora pw code:c => totp_required
         login alice pw => account_unknown
         totp dora on c => enabled totp dora
         totp dora on c => totp_state
         login dora pw => totp_required
         login dora pw code:other => totp_required
         login dora pw code:c => opened as s
         account dora = keys 2 sessions 1 totp epoch 0
         totp dora off guess @s => login_invalid
         totp dora off pw @s => disabled totp dora
         totp dora off pw @s => totp_state
         login dora pw => opened",
    );
}

#[test]
fn a_passkey_is_a_second_factor_and_opens_a_session_by_itself() {
    check(
        "register dora dora@x pw => registered
         passkey dora add guess => login_invalid
         passkey dora add pw @alice => forbidden
         passkey alice add pw => account_unknown
         passkey dora add pw => added passkey dora as pk
         account dora = keys 2 sessions 0 passkeys 1 epoch 0
         login dora pw => totp_required
         login dora pw code:c => totp_required
         login dora - => credential_invalid
         login dora - @password:dora => login_invalid
         login dora guess passkey:pk => login_invalid
         login dora pw passkey:pk => opened session dora
         login dora - passkey:pk => opened session dora as s
         snapshot
         card dora @s => set
         totp dora on c @s => enabled
         login dora pw code:c => opened
         login dora pw passkey:pk => opened
         passkey dora drop pk guess => login_invalid
         passkey dora drop pk pw @alice => forbidden
         passkey dora drop pk pw => removed passkey dora
         passkey dora drop pk pw => not_found
         login dora pw passkey:pk => passkey_invalid
         login dora pw => totp_required
         register erin erin@x pw => registered
         passkey erin add pw => added passkey erin as other
         login dora pw passkey:other => passkey_invalid
         login dora - passkey:other @passkey:erin => forbidden
         card erin @passkey:erin => credential_invalid",
    );
}

#[test]
fn a_passkey_that_counts_never_counts_backwards() {
    check(
        "register dora dora@x pw => registered
         passkey dora add pw => added passkey dora as pk
         login dora - passkey:pk/0 => opened session dora
         login dora - passkey:pk/5 => opened session dora used passkey dora
         login dora - passkey:pk/5 => passkey_invalid
         login dora - passkey:pk/0 => passkey_invalid
         login dora - passkey:pk/6 => opened session dora used passkey dora
         snapshot
         login dora - passkey:pk/6 => passkey_invalid
         login dora pw passkey:pk/9 => opened used",
    );
}

#[test]
fn an_account_has_10_passkeys_at_most_and_a_recovery_key_ends_them() {
    let mut script = String::from("register dora dora@x pw => registered\n");
    for number in 1..=10 {
        script.push_str(&format!("passkey dora add pw => added passkey dora as p{number}\n"));
    }
    script.push_str(
        "passkey dora add pw => state_full
         passkey dora drop p1 pw => removed
         passkey dora drop p2 pw => removed
         passkey dora drop p3 pw => removed
         passkey dora drop p4 pw => removed
         passkey dora drop p5 pw => removed
         passkey dora drop p6 pw => removed
         passkey dora drop p7 pw => removed
         passkey dora drop p8 pw => removed
         passkey dora drop p9 pw => removed
         recover dora r1 new => used recovery_key dora changed password dora removed passkey dora
         account dora = keys 1 sessions 0 epoch 1
         login dora new => opened",
    );
    check(&script);
}

#[test]
fn what_was_shown_is_good_for_one_thing() {
    check(
        "register dora dora@x pw => registered
         card dora @password:dora => credential_invalid
         card dora @recovery_key:dora => credential_invalid
         card dora @mail:dora => credential_invalid
         login dora pw @recovery_key:dora => credential_invalid
         recover dora r1 new @password:dora => credential_invalid
         login dora pw @password:alice => forbidden
         login dora pw @mail => credential_invalid
         agent erin @mail => credential_invalid",
    );
}

#[test]
fn a_session_ends_in_time_and_leaves() {
    check(
        "register dora dora@x pw => registered
         login dora pw for 0s => invalid_field
         login dora pw for 31d => invalid_field
         login dora pw for 30d => opened
         login dora pw for 60s secret:s3cret => opened as s
         login dora pw secret:s3cret => invalid_field
         holder s3cret = s
         snapshot
         holder s3cret = s
         at +59999ms
         card dora @s => set
         at +1ms
         card dora @s => credential_invalid
         filler 1
         holder s3cret = nobody
         rows sessions leaving = 1 2
         logout s => credential_invalid",
    );
}

#[test]
fn the_oldest_of_too_many_sessions_is_closed() {
    let mut script = String::from("register dora dora@x pw => registered\n");
    for number in 1..=20 {
        script.push_str(&format!("login dora pw => opened as s{number}\n"));
    }
    script.push_str(
        "login dora pw => opened session dora closed session dora as s21
         rows sessions = 20
         card dora @s1 => credential_invalid
         card dora @s2 => set
         card dora @s21 => set",
    );
    check(&script);
}

#[test]
fn a_session_is_closed_by_its_principal_and_its_controller_alone() {
    check(
        "register dora dora@x pw => registered
         login dora pw => opened as s
         login dora pw => opened as t
         logout s @alice => forbidden
         logout s @olga => forbidden
         logout s @t => closed
         logout s @t => not_found
         card dora @t !as:alice => credential_invalid",
    );
}

#[test]
fn a_new_password_ends_what_was_opened_with_the_old_one() {
    check(
        "register dora dora@x pw => registered
         login dora pw => opened as s
         login dora pw => opened as t
         password dora guess new @s => login_invalid
         password dora pw new @alice => forbidden
         password dora pw new @s => changed password dora
         account dora = keys 2 sessions 0 epoch 1
         card dora @s => credential_invalid
         card dora @t => credential_invalid
         login dora pw => login_invalid
         login dora new => opened
         rows sessions leaving = 1 2",
    );
}

#[test]
fn a_recovery_key_sets_a_password_once_and_ends_the_second_factor() {
    check(
        "register dora dora@x pw => registered
         totp dora on c => enabled
         login dora pw code:c => opened as s
         recover dora guess new => login_invalid
         recover alice r1 new => account_unknown
         recover dora r1 new => used recovery_key dora changed password dora disabled totp dora
         account dora = keys 1 sessions 0 epoch 1
         recover dora r1 newer => login_invalid
         card dora @s => credential_invalid
         login dora new => opened
         recover dora r2 newer => used recovery_key changed password",
    );
}

#[test]
fn a_suspended_person_logs_in_and_appeals_and_does_nothing_else() {
    check(
        "register dora dora@x pw => registered
         login dora pw => opened as s
         suspend dora fraud note => suspended
         account dora = keys 2 sessions 1 epoch 0
         card dora @s => principal_suspended
         login dora pw => opened session dora as t
         card dora @t => principal_suspended
         logout s @t => principal_suspended
         appeal dora @t => lodged appeal dora
         recover dora r1 new => principal_suspended
         reinstate dora note => reinstated
         card dora @s => set",
    );
}

#[test]
fn an_erased_account_is_gone_and_its_address_free() {
    check(
        "register dora dora@x pw => registered
         login dora pw => opened as s
         erase dora => erased
         card dora @s => credential_invalid
         login dora pw => principal_erased
         rows sessions = 0
         register erin dora@x pw => registered account erin
         snapshot
         register fred dora@x pw => account_exists",
    );
}

#[test]
fn a_frozen_principal_acts_but_moves_no_money() {
    check(
        "hold alice bob 5 as h
         offer alice bob 5 AVT outcome as o
         accept bob o as a
         grant alice carol transfer_* for 1d => granted
         freeze alice compromised => frozen principal alice
         freeze alice => principal_frozen
         freeze alice @bob => forbidden
         freeze olga => invalid_field
         freeze node => invalid_field
         transfer alice bob 1 => principal_frozen
         transfer alice bob 1 @carol => principal_frozen
         post h => principal_frozen
         delegate alice a => principal_frozen
         transfer bob alice 1 => posted
         void h => voided
         card alice => set
         reinstate alice => reinstated
         reinstate alice => invalid_field
         transfer alice bob 1 => posted",
    );
}

#[test]
fn where_it_is_enforced_people_act_for_the_node_with_a_second_factor_alone() {
    check(
        "register olga olga@x pw exists => registered
         login olga pw => opened session olga as plain
         key olga mint_* principal_* grant_* as k
         grant node bob mint_create @olga => granted
         register dora dora@x pw => registered
         enforce_2fa
         mint alice 1 AVT => second_factor_required
         mint alice 1 AVT @k => second_factor_required
         mint alice 1 AVT @plain => second_factor_required
         suspend alice => second_factor_required
         erase dora @olga => second_factor_required
         grant node carol mint_create @olga => second_factor_required
         mint alice 1 AVT @alice => forbidden
         mint alice 1 AVT @bob => minted       # a program, within its grant
         card olga => set                      # nobody's business but her own
         totp olga on c => enabled totp olga
         mint alice 1 AVT @plain => second_factor_required
         login olga pw code:c => opened session olga as both
         mint alice 1 AVT @both => minted
         passkey olga add pw => added as pk
         login olga - passkey:pk => opened session olga as touched
         mint alice 1 AVT @touched => minted
         suspend alice @both => suspended
         grant node carol mint_create @both => granted",
    );
}
