//! Fuzz targets for everything that reads bytes from outside. Under `cargo test` each runs on
//! random inputs for a second; a coverage-guided engine can drive the same functions.

use hansa_crypto::checkpoint::parse_and_verify;
use hansa_crypto::hash::sha256;
use hansa_crypto::json::{canonical, parse_strict};
use hansa_crypto::keys::{PublicKey, SigningKey};
use hansa_crypto::seal::{SealKey, open, seal, unwrap_key};
use hansa_crypto::webvh::{Address, normalise, verify};
use hansa_crypto::{Checkpoint, python_json};
use hansa_types::Did;

use crate::seed;

/// Maps random bytes to the alphabet of a format, so that inputs come near to well formed.
fn spelled(bytes: &[u8], alphabet: &[&str]) -> String {
    bytes.iter().map(|byte| alphabet[usize::from(*byte) % alphabet.len()]).collect()
}

fn check_json(bytes: &[u8]) {
    let Ok(value) = parse_strict(bytes) else {
        return;
    };
    let python = python_json::canonical(&value).unwrap();
    assert!(python.is_ascii());
    assert_eq!(python_json::canonical(&parse_strict(&python).unwrap()).unwrap(), python);
    if let Ok(once) = canonical(&value) {
        assert_eq!(canonical(&parse_strict(&once).unwrap()).unwrap(), once);
    }
}

#[test]
fn fuzz_json_parse_strict() {
    bolero::check!().for_each(check_json);
}

#[test]
fn fuzz_json_parse_strict_with_json_alphabet() {
    const ALPHABET: &[&str] = &[
        "{",
        "}",
        "[",
        "]",
        ",",
        ":",
        "\"",
        "\"a\":",
        "\"b\":",
        "\"\\u0061\":",
        "\\",
        "\\ud83d\\ude00",
        "é",
        "😀",
        "\u{fb33}",
        "0",
        "1",
        "9",
        "-",
        ".",
        "e",
        "E+",
        "e-",
        "5.0",
        "1e21",
        "9007199254740991",
        "9007199254740993",
        "18446744073709551616",
        "true",
        "false",
        "null",
        " ",
        "\n",
    ];
    bolero::check!().for_each(|bytes: &[u8]| check_json(spelled(bytes, ALPHABET).as_bytes()));
}

#[test]
fn fuzz_checkpoint_parse() {
    let key = SigningKey::from_seed(seed());
    let checkpoint = Checkpoint { origin: "log".to_owned(), size: 3, root: sha256(b"root") };
    let note = checkpoint.sign("log", &key);
    bolero::check!().for_each(|bytes: &[u8]| {
        if let Ok(text) = std::str::from_utf8(bytes) {
            assert!(parse_and_verify(text, "log", &key.public()).is_err());
        }
        // A signed note with bytes replaced: accepted only if they say the same.
        let [at, replacement @ ..] = bytes else {
            return;
        };
        let mut changed = note.clone().into_bytes();
        for (place, byte) in changed.iter_mut().skip(usize::from(*at)).zip(replacement) {
            *place = *byte;
        }
        let Ok(changed) = String::from_utf8(changed) else {
            return;
        };
        match parse_and_verify(&changed, "log", &key.public()) {
            Ok(read) => assert_eq!((read, &changed), (checkpoint.clone(), &note)),
            Err(_) => assert_ne!(changed, note),
        }
    });
}

#[test]
fn fuzz_checkpoint_parse_with_note_alphabet() {
    const ALPHABET: &[&str] = &[
        "\n",
        "\n\n",
        "— ",
        "log",
        "log ",
        " ",
        "0",
        "3",
        "+",
        "=",
        "A",
        "AAAA",
        "\n\n— log ",
        "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n",
        "é",
        "\t",
    ];
    let key = SigningKey::from_seed(seed()).public();
    bolero::check!().for_each(|bytes: &[u8]| {
        assert!(parse_and_verify(&spelled(bytes, ALPHABET), "log", &key).is_err());
    });
}

#[test]
fn fuzz_did_key_parse() {
    bolero::check!().for_each(|bytes: &[u8]| {
        let Ok(text) = std::str::from_utf8(bytes) else {
            return;
        };
        for text in [text.to_owned(), format!("z{text}"), format!("z6Mk{text}")] {
            if let Ok(key) = PublicKey::from_multibase(&text) {
                assert_eq!(key.to_multibase(), text);
            }
            let Ok(did) = format!("did:key:{text}").parse::<Did>() else {
                continue;
            };
            if let Ok(key) = PublicKey::from_did_key(&did) {
                assert_eq!(key.did_key(), did);
            }
        }
    });
}

#[test]
fn fuzz_public_key_bytes() {
    bolero::check!().with_type::<[u8; 32]>().for_each(|bytes| {
        let Ok(key) = PublicKey::from_bytes(*bytes) else {
            return;
        };
        assert_eq!(key.as_bytes(), bytes);
        assert_eq!(PublicKey::from_did_key(&key.did_key()), Ok(key));
        assert_eq!(key.prepare().public(), key);
    });
}

#[test]
fn fuzz_private_key_pem() {
    bolero::check!().for_each(|bytes: &[u8]| {
        use base64::Engine as _;
        let Ok(text) = std::str::from_utf8(bytes) else {
            return;
        };
        assert!(SigningKey::from_pkcs8_pem(text).is_err());
        let body = base64::engine::general_purpose::STANDARD.encode(bytes);
        for body in [text, &body] {
            let pem = format!("-----BEGIN PRIVATE KEY-----\n{body}\n-----END PRIVATE KEY-----\n");
            assert!(SigningKey::from_pkcs8_pem(&pem).is_err());
        }
    });
}

#[test]
fn fuzz_sealed_open() {
    let key = SealKey::from_bytes(seed());
    bolero::check!().for_each(|bytes: &[u8]| {
        assert!(open(&key, b"aad", bytes).is_err());
        assert!(unwrap_key(&key, b"aad", bytes).is_err());
        let sealed = seal(&key, [7; 12], b"aad", bytes);
        assert_eq!(*open(&key, b"aad", &sealed).unwrap(), bytes);
        // Any splice of two sealed texts is refused, unless it is one of them.
        let other = seal(&key, [8; 12], b"aad", bytes);
        let cut = bytes.first().map_or(0, |byte| usize::from(*byte) % sealed.len());
        let spliced = [&sealed[..cut], &other[cut..]].concat();
        assert_eq!(open(&key, b"aad", &spliced).is_ok(), spliced == other || spliced == sealed);
    });
}

#[test]
fn fuzz_did_log_verify() {
    let log = crate::webvh::moved();
    let now = crate::webvh::NOW;
    let wanted = verify(&log, now).unwrap();
    bolero::check!().for_each(|bytes: &[u8]| {
        if let Ok(text) = std::str::from_utf8(bytes) {
            assert!(verify(text, now).is_err());
        }
        // A log with bytes replaced: accepted only if it says the same.
        let [high, low, replacement @ ..] = bytes else {
            return;
        };
        let at = usize::from(u16::from_be_bytes([*high, *low])) % log.len();
        let mut changed = log.clone().into_bytes();
        for (place, byte) in changed.iter_mut().skip(at).zip(replacement) {
            *place = *byte;
        }
        let Ok(changed) = String::from_utf8(changed) else {
            return;
        };
        if let Ok(read) = verify(&changed, now) {
            assert!(read == wanted || wanted.former().contains(read.did()));
        }
    });
}

#[test]
fn fuzz_did_address_parse() {
    const ALPHABET: &[&str] =
        &["a", "Z", "7", "0", ":", "%3A", "%3a", ".", "-", "_", "/", "é", "localhost"];
    bolero::check!().for_each(|bytes: &[u8]| {
        let text = spelled(bytes, ALPHABET);
        let Ok(address) = Address::parse(&text) else {
            return;
        };
        assert_eq!(Address::parse(&address.to_string()), Ok(address.clone()));
        assert_eq!(Address::of_web(&address.web_did()), Ok(address.clone()));
        assert_eq!(normalise(&address.web_did()), address.web_did());
    });
}
