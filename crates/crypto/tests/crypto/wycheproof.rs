//! Project Wycheproof's Ed25519 vectors: malleable, truncated and padded signatures among them.

use hansa_crypto::PublicKey;
use hansa_types::Signature;
use wycheproof::eddsa::{TestName, TestSet};

#[test]
fn every_wycheproof_signature_is_judged_as_it_should_be() {
    let set = TestSet::load(TestName::Ed25519).unwrap();
    let mut judged = 0;
    for group in &set.test_groups {
        let key: [u8; 32] = group.key.pk.as_ref().try_into().unwrap();
        let key = PublicKey::from_bytes(key).unwrap();
        for test in &group.tests {
            let signature = <[u8; 64]>::try_from(test.sig.as_ref()).map(Signature);
            let verified =
                signature.is_ok_and(|signature| key.verify(test.msg.as_ref(), &signature).is_ok());
            assert_eq!(verified, !test.result.must_fail(), "{}: {}", test.tc_id, test.comment);
            judged += 1;
        }
    }
    assert_eq!(judged, set.number_of_tests);
    assert!(judged >= 150, "{judged}");
}
