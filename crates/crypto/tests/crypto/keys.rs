//! Keys against RFC 8032, the did:key method's vectors and Python's `cryptography`.

use hansa_crypto::keys::{KeyError, PublicKey, SignatureError, SigningKey};
use hansa_crypto::limits::PEM_BYTES_MAX;
use hansa_types::{Code, Did, Rejection, Signature};

use crate::{hex, seed};

const MULTIBASE: &str = "z6MkehRgf7yJbgaGfYsdoAsKdBPE3dj2CYhowQdcjqSJgvVd";
/// As Python's `cryptography` writes the seed.
const PEM: &str = "-----BEGIN PRIVATE KEY-----\n\
    MC4CAQAwBQYDK2VwBCIEIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f\n\
    -----END PRIVATE KEY-----\n";

fn key() -> SigningKey {
    SigningKey::from_seed(seed())
}

fn v2_pem(public: &[u8; 32]) -> String {
    use base64::Engine as _;
    let mut der = hex::<16>("3051020101300506032b657004220420").to_vec();
    der.extend_from_slice(&seed());
    der.extend_from_slice(&[0x81, 0x21, 0x00]);
    der.extend_from_slice(public);
    let body = base64::engine::general_purpose::STANDARD.encode(der);
    let (first, second) = body.split_at(64);
    format!("-----BEGIN PRIVATE KEY-----\n{first}\n{second}\n-----END PRIVATE KEY-----\n")
}

#[test]
fn signatures_are_those_of_rfc_8032() {
    let vectors = [
        (
            "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
            "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
            &b""[..],
            "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155\
             5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
        ),
        (
            "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
            "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
            &[0x72][..],
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da\
             085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
        ),
    ];
    for (seed, public, message, signature) in vectors {
        let key = SigningKey::from_seed(hex(seed));
        let signature = Signature(hex(signature));
        assert_eq!(key.public().as_bytes(), &hex(public));
        assert_eq!(key.sign(message), signature);
        assert_eq!(key.public().verify(message, &signature), Ok(()));
        assert_eq!(key.public().prepare().verify(message, &signature), Ok(()));
    }
}

#[test]
fn any_changed_bit_refuses_the_signature() {
    let (key, message) = (key(), b"exactly this");
    let (public, prepared) = (key.public(), key.public().prepare());
    let good = key.sign(message);
    for bit in 0..512 {
        let mut bad = good;
        bad.0[bit / 8] ^= 1 << (bit % 8);
        assert_eq!(public.verify(message, &bad), Err(SignatureError), "bit {bit}");
        assert_eq!(prepared.verify(message, &bad), Err(SignatureError), "bit {bit}");
    }
    assert_eq!(public.verify(b"exactly thus", &good), Err(SignatureError));
    let other = SigningKey::from_seed([9; 32]).public();
    assert_eq!(other.verify(message, &good), Err(SignatureError));
}

#[test]
fn a_signature_with_a_scalar_not_reduced_is_refused() {
    // Adding the group order to S gives a second signature that sloppy verifiers accept.
    let order = hex::<32>("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010");
    let mut signature = key().sign(b"once");
    let mut carry = 0;
    for (byte, add) in signature.0[32..].iter_mut().zip(order) {
        let sum = u16::from(*byte) + u16::from(add) + carry;
        let [low, high] = sum.to_le_bytes();
        (*byte, carry) = (low, u16::from(high));
    }
    assert_eq!(carry, 0);
    assert_eq!(key().public().verify(b"once", &signature), Err(SignatureError));
}

#[test]
fn a_signature_whose_nonce_point_has_small_order_is_refused() {
    // R is the identity and S = H(R ‖ A ‖ M)·a, which satisfies the equation: OpenSSL accepts it.
    let signature =
        Signature(hex("0100000000000000000000000000000000000000000000000000000000000000\
         0fb4513d72c54447d24bb275b47310ab3d9ec9e972c9ce231fe50fade488cf06"));
    assert_eq!(key().public().verify(b"once", &signature), Err(SignatureError));
    assert_eq!(key().public().prepare().verify(b"once", &signature), Err(SignatureError));
}

#[test]
fn points_of_small_order_are_no_keys() {
    let refused = [
        ("0100000000000000000000000000000000000000000000000000000000000000", KeyError::SmallOrder),
        ("ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f", KeyError::SmallOrder),
        ("0000000000000000000000000000000000000000000000000000000000000000", KeyError::SmallOrder),
        ("0000000000000000000000000000000000000000000000000000000000000080", KeyError::SmallOrder),
        ("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05", KeyError::SmallOrder),
        ("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a", KeyError::SmallOrder),
    ];
    for (bytes, error) in refused {
        assert_eq!(PublicKey::from_bytes(hex(bytes)), Err(error), "{bytes}");
    }
}

#[test]
fn a_point_has_one_spelling_and_other_bytes_are_no_point() {
    let refused = [
        // y = p and y = p + 1 stand for 0 and 1 again; "minus zero" for the identity.
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "0100000000000000000000000000000000000000000000000000000000000080",
        // y = p + 3 and y = p + 4: other spellings of points that would be fine keys.
        "f0ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "f1ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        // y = 2 is on no point of the curve.
        "0200000000000000000000000000000000000000000000000000000000000000",
    ];
    for bytes in refused {
        assert_eq!(PublicKey::from_bytes(hex(bytes)), Err(KeyError::Point), "{bytes}");
    }
    let canonical = "0300000000000000000000000000000000000000000000000000000000000000";
    assert!(PublicKey::from_bytes(hex(canonical)).is_ok());
}

#[test]
fn did_keys_are_those_of_the_method() {
    let zero = SigningKey::from_seed([0; 32]).public();
    let did = "did:key:z6MkiTBz1ymuepAQ4HEHYSF1H8quG5GLVVQR3djdX3mDooWp";
    assert_eq!(zero.did_key().as_str(), did);
    assert_eq!(PublicKey::from_did_key(&did.parse().unwrap()), Ok(zero));
    let public = key().public();
    assert_eq!(public.to_multibase(), MULTIBASE);
    assert_eq!(PublicKey::from_multibase(MULTIBASE), Ok(public));
    assert_eq!(public.key_id(), format!("did:key:{MULTIBASE}#{MULTIBASE}"));
}

#[test]
fn what_is_not_an_ed25519_multibase_key_is_refused() {
    let x25519 = "z6LSbysY2xFMRpGMhb7tFTLMpeuPRaqaWM1yECx2AtzE3KCc";
    let refused = [
        ("", KeyError::Multibase),
        ("z", KeyError::Multibase),
        (&MULTIBASE[1..], KeyError::Multibase),
        (&MULTIBASE[..47], KeyError::Multibase),
        ("Z6MkehRgf7yJbgaGfYsdoAsKdBPE3dj2CYhowQdcjqSJgvVd", KeyError::Multibase),
        ("z6MkehRgf7yJbgaGfYsdoAsKdBPE3dj2CYhowQdcjqSJgvV0", KeyError::Multibase),
        ("z6MkehRgf7yJbgaGfYsdoAsKdBPE3dj2CYhowQdcjqSJgvVdd", KeyError::Multibase),
        ("z16MkehRgf7yJbgaGfYsdoAsKdBPE3dj2CYhowQdcjqSJgvV", KeyError::Multibase),
        ("zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz", KeyError::Multibase),
        ("z6MkehRgf7yJbgaGfYsdoAsKdBPE3dj2CYhowQdcjqSJgvé", KeyError::Multibase),
        (x25519, KeyError::Multicodec),
    ];
    for (text, error) in refused {
        assert_eq!(PublicKey::from_multibase(text), Err(error), "{text:?}");
    }
}

#[test]
fn only_a_bare_did_key_names_a_key() {
    let refused = [
        (format!("did:web:{MULTIBASE}"), KeyError::Method),
        (format!("did:key:{MULTIBASE}#{MULTIBASE}"), KeyError::Multibase),
        (format!("did:key:{MULTIBASE}/path"), KeyError::Multibase),
        (format!("did:key:1.1:{MULTIBASE}"), KeyError::Multibase),
        ("did:key:z6Mk".to_owned(), KeyError::Multibase),
    ];
    for (text, error) in refused {
        let did: Did = text.parse().unwrap();
        assert_eq!(PublicKey::from_did_key(&did), Err(error), "{text}");
    }
}

#[test]
fn public_keys_travel_as_text_or_bytes_and_are_checked_on_the_way_in() {
    let public = key().public();
    assert_eq!(serde_json::to_string(&public).unwrap(), format!("\"{MULTIBASE}\""));
    assert_eq!(serde_json::from_str::<PublicKey>(&format!("\"{MULTIBASE}\"")).unwrap(), public);
    let bytes = postcard::to_stdvec(&public).unwrap();
    assert_eq!(bytes.len(), 33);
    assert_eq!(postcard::from_bytes::<PublicKey>(&bytes).unwrap(), public);
    let mut identity = vec![0; 33];
    (identity[0], identity[1]) = (32, 1);
    assert!(postcard::from_bytes::<PublicKey>(&identity).is_err());
    assert!(postcard::from_bytes::<PublicKey>(&[1, 7]).is_err());
    for text in ["\"\"", "7", "null", "[1]", "\"z6Mk\""] {
        assert!(serde_json::from_str::<PublicKey>(text).is_err(), "{text}");
    }
}

#[test]
fn pem_is_written_and_read_as_others_do() {
    assert_eq!(key().to_pkcs8_pem().as_str(), PEM);
    let windows = PEM.replace('\n', "\r\n");
    let second = v2_pem(key().public().as_bytes());
    for text in [PEM, PEM.trim_end(), &windows, &format!("\n{PEM}\n"), &second] {
        let read = SigningKey::from_pkcs8_pem(text).unwrap();
        assert_eq!(*read.seed(), seed());
        assert_eq!(read.public(), key().public());
    }
}

#[test]
fn pem_that_is_not_one_ed25519_key_is_refused() {
    let body = PEM.lines().nth(1).unwrap();
    let refused = [
        (String::new(), KeyError::Pem),
        ("-----BEGIN PRIVATE KEY-----".to_owned(), KeyError::Pem),
        ("-----BEGIN PRIVATE KEY----------END PRIVATE KEY-----".to_owned(), KeyError::Pkcs8),
        (PEM.replace("PRIVATE", "PUBLIC"), KeyError::Pem),
        (PEM.replace("PRIVATE", "ENCRYPTED PRIVATE"), KeyError::Pem),
        (PEM.repeat(2), KeyError::Pem),
        (PEM.replace(body, &body[..60]), KeyError::Pkcs8),
        (PEM.replace(body, &body[..63]), KeyError::Pem),
        (PEM.replace(body, &format!("{body}AAAA")), KeyError::Pkcs8),
        (PEM.replace(body, &body.replace('A', "*")), KeyError::Pem),
        // Another object identifier (X25519), then a version that does not fit the content.
        (PEM.replace("K2Vw", "K2Vu"), KeyError::Pkcs8),
        (PEM.replace("MC4CAQA", "MC4CAQE"), KeyError::Pkcs8),
        (PEM.replace(body, &"A".repeat(116)), KeyError::Pem),
        (PEM.replace(body, &"A".repeat(2_000)), KeyError::Pem),
        (v2_pem(&[3; 32]), KeyError::Mismatch),
    ];
    for (text, error) in refused {
        assert_eq!(SigningKey::from_pkcs8_pem(&text).map(|_| ()), Err(error), "{text}");
    }
}

#[test]
fn pem_is_read_up_to_its_limit() {
    let padded = |len: usize| format!("{PEM}{}", "\n".repeat(len - PEM.len()));
    assert!(SigningKey::from_pkcs8_pem(&padded(PEM_BYTES_MAX)).is_ok());
    let refused = SigningKey::from_pkcs8_pem(&padded(PEM_BYTES_MAX + 1));
    assert_eq!(refused.map(|_| ()), Err(KeyError::Pem));
}

#[test]
fn a_signing_key_shows_only_its_public_half() {
    let shown = format!("{:?}", key());
    assert_eq!(shown, format!("SigningKey(… of {MULTIBASE})"));
    assert_eq!(format!("{:?}", key().public()), format!("PublicKey({MULTIBASE})"));
    assert_eq!(format!("{:?}", key().public().prepare()), format!("PreparedKey({MULTIBASE})"));
}

#[test]
fn key_errors_reject_with_the_codes_of_the_registry() {
    assert_eq!(Rejection::from(KeyError::SmallOrder).code, Code::PublicKeyInvalid);
    assert_eq!(Rejection::from(SignatureError).code, Code::SignatureInvalid);
}
