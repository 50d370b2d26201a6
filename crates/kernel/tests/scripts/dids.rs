//! DID logs of principals, and what was seen of others'.

use crate::script::check;

#[test]
fn a_log_begins_once_and_goes_on_from_where_it_stands() {
    check(
        "did create alice => created did alice
         did create alice => did_log_exists
         did alice = version 1 at town.example
         did update alice from:2 version:3 => did_log_raced
         did update alice from:1 version:1 => did_log_raced
         snapshot
         did update alice from:1 version:2 => updated
         did update alice from:1 version:3 => did_log_raced
         did update bob from:1 version:2 => not_found
         did alice = version 2 at town.example
         did create bob version:7 => created
         did bob = version 7 at town.example
         rows dids = 2",
    );
}

#[test]
fn a_log_is_written_for_the_keys_that_there_are() {
    check(
        "did create alice key:other => did_log_raced
         did create alice custody:1 => did_log_raced
         custody alice 1
         did create alice custody:0 => did_log_raced
         did create alice => created
         rotate alice key:second
         did update alice from:1 version:2 key:alice !with:second => did_log_raced
         did update alice from:1 version:2 !with:second => updated
         custody alice 2
         did update alice from:2 version:3 custody:1 !with:second => did_log_raced
         did update alice from:2 version:3 !with:second => updated",
    );
}

#[test]
fn two_principals_never_share_a_log() {
    check(
        "did create alice scid:one => created
         did create bob scid:one => did_taken
         did create bob scid:two => created
         did update bob from:1 version:2 scid:one => did_log_mismatch
         erase alice => erased
         did create carol scid:one => created",
    );
}

#[test]
fn a_log_may_come_to_another_host_or_leave_and_come_back() {
    check(
        "did create alice => created
         did update alice from:1 version:2 scid:moved/alice => updated
         did alice = version 2 at new.example
         did update alice from:2 version:3 left => updated
         did alice = version 3 at new.example left
         did update alice from:3 version:4 => updated
         did alice = version 4 at new.example",
    );
}

#[test]
fn a_log_is_the_affair_of_its_principal_and_its_controller() {
    check(
        "did create alice @bob => forbidden
         did create nobody => principal_unknown
         did create node => invalid_field
         did create alice @alice => created
         did update alice from:1 version:2 @bob => forbidden
         did update alice from:1 version:2 @olga => updated
         grant alice bob did_* => granted
         did update alice from:2 version:3 @bob => updated
         did update alice from:3 version:4 @timer => credential_invalid
         erase carol => erased
         did create carol => principal_erased",
    );
}

#[test]
fn what_was_seen_of_a_foreign_did_never_goes_back() {
    check(
        "did pin away version:3 => pinned
         did pin away version:4 => did_log_raced
         did pin away version:2 from:3 => did_rolled_back
         did pin away version:4 from:3 => pinned
         did pin away version:4 from:4 @alice => forbidden
         rows seen = 1
         at +365d
         filler 1
         rows seen = 1
         did pin away version:5 from:4 => pinned
         at +365d
         filler 9
         rows seen = 1
         at +1d
         filler 1
         rows seen = 0
         did pin away version:1 => pinned",
    );
}

#[test]
fn an_erased_principals_log_is_forgotten() {
    check(
        "did create carol => created
         rows dids = 1
         erase carol => erased
         rows dids = 0
         did update carol from:1 version:2 @machine => principal_erased",
    );
}

#[test]
fn a_did_in_any_method_names_one_principal() {
    use hansa_types::alias;
    let town = check(
        "did create alice
         rotate alice key:second",
    );
    let alice = town.principal("alice");
    let held = town.state.did_of(alice).unwrap();
    let (_, address) = hansa_crypto::webvh::Address::of_webvh(&held).unwrap();
    let elsewhere: hansa_types::Did =
        held.as_str().replace("town.example", "other.example%3A99").parse().unwrap();
    let keys = ["alice", "second"].map(|name| crate::script::Town::public_key(name).did_key());
    let aliases = alias::aliases(alice, "town.example");
    let handle = town.state.principal(alice).ok();
    for did in [held, elsewhere, address.web_did()].iter().chain(&keys).chain(&aliases) {
        assert_eq!(town.state.find_by_did(did, "town.example"), handle, "{did}");
    }
    for other in [
        address.web_did().as_str().replace("town", "other"),
        address.did(&hansa_crypto::webvh::Multihash::of(b"another")).to_string(),
        format!("did:web:town.example:dids:{}", town.principal("bob")),
        "did:w7:alice".to_owned(),
        "did:plc:alice".to_owned(),
    ] {
        assert_eq!(
            town.state.find_by_did(&other.parse().unwrap(), "town.example"),
            None,
            "{other}"
        );
    }
}
