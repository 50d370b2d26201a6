//! Who there is, and how a node begins.

use crate::script::check;

#[test]
fn a_node_is_founded_once() {
    check(
        "found sovereign AVT scale:6 genesis:1000
         found sovereign AVT scale:6 => already_set_up
         seq = 2
         rows principals = 1",
    );
}

#[test]
fn a_node_is_founded_with_a_currency_that_can_be_written() {
    check(
        "found sovereign AVT scale:19 => invalid_field
         found sovereign AVT scale:18 => founded node created currency",
    );
}

#[test]
fn nothing_happens_before_the_founding() {
    check(
        "owner olga @setup => not_yet
         agent alice @machine => not_yet
         currency USD @machine => not_yet
         clock 5 @timer => credential_invalid
         found sovereign AVT scale:6 @setup => credential_invalid
         found sovereign AVT scale:6 => founded",
    );
}

#[test]
fn the_setup_token_makes_one_owner_and_the_machine_makes_more() {
    check(
        "owner otto => already_set_up
         owner otto @machine => created owner granted to otto
         agent dora @otto => created
         owner oona @alice => forbidden
         owner oona @olga => forbidden
         agent erin @setup => credential_invalid",
    );
}

#[test]
fn agents_are_made_by_whoever_has_authority() {
    check(
        "agent dora @alice => forbidden
         grant node alice agent_create @olga => granted
         agent dora card:hello @alice => created minted 1000 AVT
         agent erin poor => created
         rows accounts = 5",
    );
}

#[test]
fn ids_and_keys_are_taken_once() {
    check(
        "agent dora key:alice => principal_exists
         agent dora id:alice => principal_exists
         agent dora key:node => principal_exists
         owner alice @machine => principal_exists",
    );
}

#[test]
fn a_card_is_set_by_its_agent_or_its_controller() {
    check(
        "card alice => set card alice
         card alice @olga => set
         card alice @bob => forbidden
         card nobody @alice => principal_unknown
         grant alice bob agent_card_set => granted
         card alice @bob => set",
    );
}

#[test]
fn a_card_made_from_another_one_does_not_replace_a_third() {
    check(
        "agent dora card:first
         card dora verified replaces:first => set
         card dora invalid replaces:first => card_changed
         card erin replaces:first @alice => principal_unknown
         card alice replaces:first => card_changed",
    );
}

#[test]
fn suspension_is_the_nodes_affair() {
    check(
        "suspend alice @bob => forbidden
         suspend olga => invalid_field
         suspend node => invalid_field
         suspend nobody => principal_unknown
         suspend alice => suspended
         card alice => principal_suspended
         reinstate alice @bob => forbidden
         reinstate alice => reinstated
         card alice => set",
    );
}

#[test]
fn the_timer_and_a_forged_key_prove_nothing() {
    check(
        "transfer alice bob 1 @timer => credential_invalid
         transfer alice bob 1 @setup => credential_invalid
         transfer alice bob 1 !forged => credential_invalid
         transfer alice bob 1 !unproven => credential_invalid
         clock 250 => accepted clock
         clock 250 @alice => forbidden
         hold alice bob 1 => pending as h
         at +8d
         expire h @alice => forbidden
         expire h @timer => expired",
    );
}

#[test]
fn erasure_is_for_the_principal_its_controller_and_the_owner() {
    check(
        "agent dora @olga => created
         agent erin @olga => created
         erase dora @alice => forbidden
         grant alice bob principal_erase => granted
         erase alice @bob => forbidden
         erase node => invalid_field
         erase nobody => principal_unknown
         erase dora @dora => erased
         erase erin @olga => erased
         erase erin => principal_erased",
    );
}

#[test]
fn whoever_the_node_lets_erase_may_erase() {
    check(
        "agent dora poor => created
         grant node bob principal_erase @olga => granted
         erase dora @bob => erased",
    );
}

#[test]
fn the_last_owner_stays_until_there_is_another() {
    check(
        "erase olga => invalid_field
         owner otto @machine => created
         suspend otto => suspended
         erase olga => invalid_field
         reinstate otto @otto => principal_suspended
         reinstate otto => reinstated
         erase olga => erased
         erase otto @otto => invalid_field
         erase otto @olga => principal_erased",
    );
}

#[test]
fn an_erased_principal_keeps_its_money_and_does_nothing_more() {
    check(
        "key alice * for 30d as k
         grant alice bob transfer_* => granted
         erase alice => erased
         balance alice = 1000
         transfer alice bob 1 @k => credential_invalid
         transfer alice bob 1 => principal_erased
         transfer alice bob 1 @bob => grant_revoked
         transfer bob alice 1 => principal_suspended
         card alice @olga => principal_erased
         key alice * @olga => principal_erased
         custody alice 1 => principal_erased
         suspend alice => principal_erased
         reinstate alice => principal_erased
         snapshot
         reinstate alice => principal_erased
         at +31d
         transfer bob carol 1 => posted
         balance alice = 1000",
    );
}

#[test]
fn a_restored_node_takes_no_envelope_for_300_seconds() {
    check(
        "key alice * => created as k
         restored 1 => invalid_field
         restored 2 @olga => forbidden
         restored 2 @setup => credential_invalid
         restored 2 => restored
         transfer alice bob 1 => just_restored
         transfer alice bob 1 @k => posted
         at +299s
         transfer alice bob 1 => just_restored
         at +1s
         transfer alice bob 1 => posted
         restored 2 => invalid_field",
    );
}

#[test]
fn whoever_is_stopped_appeals_once_each_time() {
    check(
        "appeal alice => not_stopped
         key alice * as k
         key alice transfer_* as narrow
         suspend alice fraud note => suspended
         transfer alice bob 1 @k => principal_suspended
         appeal alice @bob => forbidden
         appeal nobody @bob => principal_unknown
         appeal alice @narrow => forbidden
         appeal alice @k => lodged appeal alice
         appeal alice => appeal_lodged
         snapshot
         appeal alice => appeal_lodged
         reinstate alice => reinstated
         appeal alice => not_stopped
         freeze alice legal => frozen
         appeal alice => lodged
         suspend alice => suspended
         appeal alice => lodged               # against that too
         agent dora @olga => created
         suspend dora => suspended
         appeal dora @olga => lodged          # by her controller
         erase alice => erased
         appeal alice => principal_erased",
    );
}
