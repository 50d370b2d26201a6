//! Sealing against NIST's vector and Python's `cryptography`.

use hansa_crypto::keys::SigningKey;
use hansa_crypto::limits::SEALED_PLAINTEXT_BYTES_MAX;
use hansa_crypto::seal::{
    OVERHEAD_BYTES, SealError, SealKey, VERSION, derive, open, seal, unwrap_key, wrap_key,
};

use crate::{hex, seed};

const NONCE: [u8; 12] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11];

fn key() -> SealKey {
    SealKey::from_bytes(seed())
}

#[test]
fn sealed_bytes_are_version_nonce_ciphertext_and_tag() {
    let sealed = seal(&key(), NONCE, b"record:1", b"plain text");
    let expected = hex::<26>("376eb772abc5b67ef5359666947a9b5caf9f11a67369e2eaf1e6");
    assert_eq!(sealed[0], VERSION);
    assert_eq!(sealed[1..13], NONCE);
    assert_eq!(sealed[13..], expected);
    assert_eq!(sealed.len(), OVERHEAD_BYTES + 10);
    // NIST's test case 14: everything zero.
    let zero = seal(&SealKey::from_bytes([0; 32]), [0; 12], b"", &[0; 16]);
    let expected = "cea7403d4d606b6e074ec5d3baf39d18d0d1c8a799996bf0265b98b5d48ab919";
    assert_eq!(zero[13..], hex::<32>(expected));
}

#[test]
fn what_was_sealed_opens() {
    for len in [0, 1, 15, 16, 17, 1_000] {
        let plaintext = vec![7; len];
        let sealed = seal(&key(), NONCE, b"aad", &plaintext);
        assert_eq!(*open(&key(), b"aad", &sealed).unwrap(), plaintext);
    }
}

#[test]
fn any_changed_bit_another_key_or_other_data_refuse_to_open() {
    let sealed = seal(&key(), NONCE, b"record:1", b"secret");
    for bit in 8..sealed.len() * 8 {
        let mut changed = sealed.clone();
        changed[bit / 8] ^= 1 << (bit % 8);
        assert_eq!(open(&key(), b"record:1", &changed), Err(SealError::Refused), "bit {bit}");
    }
    let other = SealKey::from_bytes([1; 32]);
    assert_eq!(open(&other, b"record:1", &sealed), Err(SealError::Refused));
    assert_eq!(open(&key(), b"record:2", &sealed), Err(SealError::Refused));
    assert_eq!(open(&key(), b"", &sealed), Err(SealError::Refused));
}

#[test]
fn sealed_bytes_cut_short_or_of_another_version_are_refused() {
    let sealed = seal(&key(), NONCE, b"", b"secret");
    for len in 0..OVERHEAD_BYTES {
        assert_eq!(open(&key(), b"", &sealed[..len]), Err(SealError::Length), "{len} bytes");
    }
    for len in OVERHEAD_BYTES..sealed.len() {
        assert_eq!(open(&key(), b"", &sealed[..len]), Err(SealError::Refused), "{len} bytes");
    }
    for version in (0..=u8::MAX).filter(|version| *version != VERSION) {
        let mut changed = sealed.clone();
        changed[0] = version;
        assert_eq!(open(&key(), b"", &changed), Err(SealError::Version(version)));
    }
}

#[test]
fn wrapped_keys_unwrap_under_the_same_key_and_data_only() {
    let data_key = SealKey::from_bytes([5; 32]);
    let wrapped = wrap_key(&key(), NONCE, b"agt_1", &data_key);
    assert_eq!(unwrap_key(&key(), b"agt_1", &wrapped).unwrap().expose(), data_key.expose());
    assert_eq!(unwrap_key(&key(), b"agt_2", &wrapped).map(|_| ()), Err(SealError::Refused));
    assert_eq!(unwrap_key(&data_key, b"agt_1", &wrapped).map(|_| ()), Err(SealError::Refused));
}

#[test]
fn wrapped_keys_and_sealed_records_are_never_taken_for_each_other() {
    let wrapped = wrap_key(&key(), NONCE, b"agt_1", &SealKey::from_bytes([5; 32]));
    assert_eq!(open(&key(), b"agt_1", &wrapped), Err(SealError::Refused));
    let record = seal(&key(), NONCE, b"agt_1", &[5; 32]);
    assert_eq!(unwrap_key(&key(), b"agt_1", &record).map(|_| ()), Err(SealError::Refused));
    let short = seal(&key(), NONCE, b"hansa/wrapped-key\0agt_1", &[5; 31]);
    assert_eq!(unwrap_key(&key(), b"agt_1", &short).map(|_| ()), Err(SealError::NotAKey));
}

#[test]
fn derived_keys_are_hkdf_and_differ_by_root_and_purpose() {
    let vault = "6391cccde7a2917d083823d3958af4650e0a1335e588e4b51ee7356cf6789efa";
    assert_eq!(derive(&key(), "vault").expose(), &hex(vault));
    assert_eq!(derive(&seed(), "vault").expose(), &hex(vault));
    assert_eq!(derive(&SigningKey::from_seed(seed()), "vault").expose(), &hex(vault));
    assert_ne!(derive(&key(), "snapshot").expose(), &hex(vault));
    assert_ne!(derive(&[1; 32], "vault").expose(), &hex(vault));
}

#[test]
fn a_seal_key_shows_nothing_when_formatted() {
    assert_eq!(format!("{:?}", key()), "SealKey(…)");
}

#[test]
#[should_panic(expected = "sealed bytes are bounded by the caller")]
fn sealing_more_than_the_limit_is_a_bug() {
    let plaintext = vec![0; SEALED_PLAINTEXT_BYTES_MAX + 1];
    let _ = seal(&key(), NONCE, b"", &plaintext);
}
