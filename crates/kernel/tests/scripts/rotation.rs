//! Replacing the key a principal signs with.

use crate::script::check;

#[test]
fn a_former_key_is_accepted_for_seven_days() {
    check(
        "mint alice 10 AVT
         rotate alice key:new => rotated key alice
         transfer alice bob 1 AVT !with:new => posted
         transfer alice bob 1 AVT => posted
         at +604799s
         transfer alice bob 1 AVT => posted
         at +1s
         transfer alice bob 1 AVT => credential_invalid
         transfer alice bob 1 AVT !with:new => posted",
    );
}

#[test]
fn a_stolen_key_is_revoked_at_once_with_those_before_it() {
    check(
        "rotate alice key:second => rotated
         rotate alice key:third revoke !with:second => rotated
         card alice => credential_invalid
         card alice !with:second => credential_invalid
         card alice !with:third => set",
    );
}

#[test]
fn a_former_key_cannot_rotate_again() {
    check(
        "rotate alice key:second
         rotate alice key:mallory => credential_invalid
         rotate alice key:third !with:second => rotated",
    );
}

#[test]
fn tokens_of_a_former_keys_own_count_as_its_envelopes_do() {
    check(
        "rotate alice key:second => rotated
         transfer alice bob 1 @self/alice => posted
         rotate alice key:mallory @self/alice => credential_invalid
         at +604799s
         transfer alice bob 1 @self/alice => posted
         at +1s
         transfer alice bob 1 @self/alice => credential_invalid
         rotate bob key:other => rotated
         transfer bob alice 1 @self/bob => posted
         rotate bob key:third revoke !with:other => rotated
         transfer bob alice 1 @self/bob => credential_invalid",
    );
}

#[test]
fn an_agent_and_who_registered_it_rotate_and_nobody_else() {
    check(
        "rotate alice key:second @olga => rotated key alice
         rotate alice key:third @bob => forbidden
         rotate nobody key:third @olga => principal_unknown
         erase carol => erased
         rotate carol key:third @olga => principal_erased
         rotate node key:third @machine => invalid_field
         grant alice bob agent_key_rotate !with:second => granted
         rotate alice key:third @bob => rotated",
    );
}

#[test]
fn a_key_belongs_to_whoever_had_it_first_for_ever() {
    check(
        "rotate alice key:bob => principal_exists
         rotate alice key:alice => principal_exists
         rotate alice key:second revoke => rotated
         rotate alice key:alice !with:second => principal_exists
         rotate bob key:alice => principal_exists
         agent dora key:alice => principal_exists
         at +30d
         agent dora key:alice => principal_exists",
    );
}

#[test]
fn the_former_keys_of_a_principal_are_limited() {
    let mut script = String::new();
    for n in 0..256 {
        script.push_str(&format!("rotate alice key:k{n} @machine => rotated\n"));
    }
    script.push_str("rotate alice key:last @machine => state_full");
    check(&script);
}

#[test]
fn the_nodes_key_hands_over_to_the_next_one() {
    check(
        "nodekey second => key_rotated node
         nodekey third => proof_invalid
         nodekey third by:second => key_rotated node
         nodekey fourth by:second => proof_invalid
         nodekey alice by:third => principal_exists
         nodekey node by:third => principal_exists
         nodekey fourth by:third @olga => forbidden
         nodekey fourth by:third revoke => key_rotated
         agent dora key:second => principal_exists",
    );
}
