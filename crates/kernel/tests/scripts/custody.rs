//! The keys that the node keeps for its agents.

use crate::script::check;

#[test]
fn an_agents_keys_count_from_one_without_gaps() {
    check(
        "custody alice 2 => custody_key_raced
         custody alice 0 => custody_key_raced
         custody alice 1 => key_set custody alice
         custody alice 1 key:another => custody_key_raced
         custody alice 3 => custody_key_raced
         snapshot
         custody alice 2 => key_set
         custody bob 1 => key_set
         custody nobody 1 => principal_unknown
         erase carol => erased
         custody carol 1 => principal_erased",
    );
}

#[test]
fn a_key_that_somebody_acts_by_is_not_kept_for_another() {
    check(
        "custody alice 1 key:bob => public_key_invalid
         custody alice 1 key:node => public_key_invalid",
    );
}

#[test]
fn an_agents_key_is_the_affair_of_the_agent_and_its_controller() {
    check(
        "custody alice 1 @bob => forbidden
         custody alice 1 @alice => key_set
         custody alice 2 @olga => key_set
         grant alice bob custody_key_set => granted
         custody alice 3 @bob => key_set
         custody alice 4 @timer => credential_invalid
         custody alice 4 @setup => credential_invalid",
    );
}

#[test]
fn nothing_is_authorized_by_a_key_that_the_node_keeps() {
    check(
        "custody alice 1 key:mallory => key_set
         agent mallory => created
         card alice @mallory => forbidden",
    );
}
