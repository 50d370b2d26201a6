//! What agents keep for themselves.

use hansa_kernel::limits::MEMORY_BYTES_MAX;

use crate::script::check;

#[test]
fn a_memory_is_kept_until_it_is_erased() {
    check(
        "remember alice 100 => written memory alice as m
         remember alice 1 => written as n
         remember bob 7 => written
         rows memories = 3
         memories alice = 2 of 101 bytes
         snapshot
         memories alice = 2 of 101 bytes
         forget m => erased memory alice
         forget m => not_found
         memories alice = 1 of 1 bytes
         forget n => erased
         memories alice = 0 of 0 bytes
         rows memories = 1",
    );
}

#[test]
fn a_memory_is_the_affair_of_its_agent_and_of_whoever_manages_it() {
    check(
        "person dora
         onboard adam * @dora => created
         remember adam 5 @dora => written as m
         remember adam 5 => written as n
         remember adam 5 @olga => forbidden
         remember adam 5 @bob => forbidden
         forget m @olga => forbidden
         forget m @bob => forbidden
         grant adam bob memory_write => granted as g
         remember adam 5 @bob => written
         forget m @bob => forbidden
         grant adam bob memory_delete => granted
         forget m @bob => erased
         ungrant g => revoked
         remember adam 5 @bob => grant_revoked
         forget n @dora => erased
         remember adam 5 @machine => written
         remember adam 5 @timer => credential_invalid",
    );
}

#[test]
fn only_whoever_may_act_has_memories() {
    check(
        "remember node 5 @machine => invalid_field
         org acme @olga
         remember acme 5 @machine => invalid_field
         remember nobody 5 @machine => principal_unknown
         erase carol
         remember carol 5 @machine => principal_erased
         suspend bob
         remember bob 5 => principal_suspended",
    );
}

#[test]
fn a_memory_has_a_size() {
    let most = MEMORY_BYTES_MAX;
    check(&format!(
        "remember alice 0 => invalid_field
         remember alice {most} => written
         remember alice {} => invalid_field",
        most + 1,
    ));
}

#[test]
fn a_repetition_writes_nothing() {
    check(
        "remember alice 5 !idem:r => written as m
         forget m
         remember alice 5 !idem:r => repeated
         rows memories = 0",
    );
}

#[test]
fn whoever_is_erased_leaves_no_memory_and_neither_do_their_agents() {
    check(
        "person dora
         onboard adam * @dora => created
         onboard anna * @dora => created
         onboard idle * @dora => created
         person erik
         onboard ella * @erik => created
         remember dora 1 => written
         remember adam 2 => written as m
         remember adam 3 => written
         remember anna 4 => written
         remember ella 5 => written as e
         erase dora @dora => erased principal dora erased memories adam erased memories anna
         rows memories = 1
         memories dora = 0 of 0 bytes
         memories adam = 0 of 0 bytes
         memories ella = 1 of 5 bytes
         forget m => not_found
         snapshot
         remember adam 6 => written
         erase ella => erased principal ella
         forget e => not_found
         rows memories = 1",
    );
}
