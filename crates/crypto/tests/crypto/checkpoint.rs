//! Signed notes against an independent signer, the Go module's example and everything malformed.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hansa_crypto::checkpoint::{Checkpoint, CheckpointError, is_name, key_id, parse_and_verify};
use hansa_crypto::hash::sha256;
use hansa_crypto::keys::{PublicKey, SigningKey};
use hansa_crypto::limits::{NOTE_BYTES_MAX, NOTE_NAME_BYTES_MAX, NOTE_SIGNATURES_MAX};
use hansa_types::Signature;

use crate::seed;

const NAME: &str = "node.example/journal/inc_1";
/// Made with Python's `cryptography` and `hashlib`.
const NOTE: &str = "node.example/journal/inc_1\n\
    3\n\
    SBNJTRN+FjG7owHVrKtue7eqdM4RhdRWVl71HXN2d7I=\n\
    \n\
    — node.example/journal/inc_1 E0reEtLHDoWc4YnWnrWWKQ8dvsA1XufkmgX2VTzQCEY3c5x96dWwhrJ3kKNx19aFMNkP9TYi4e01ra5NMnQpIz6Vjgw=\n";

fn key() -> SigningKey {
    SigningKey::from_seed(seed())
}

fn checkpoint() -> Checkpoint {
    Checkpoint { origin: NAME.to_owned(), size: 3, root: sha256(b"root") }
}

fn read(note: &str) -> Result<Checkpoint, CheckpointError> {
    parse_and_verify(note, NAME, &key().public())
}

/// A note of any text, correctly signed.
fn signed(body: &str) -> String {
    let id = key_id(NAME, &key().public());
    let signature = key().sign(body.as_bytes()).0;
    let encoded = STANDARD.encode([&id[..], &signature].concat());
    format!("{body}\n— {NAME} {encoded}\n")
}

#[test]
fn a_signed_checkpoint_is_the_note_others_write_and_reads_back() {
    assert_eq!(checkpoint().sign(NAME, &key()), NOTE);
    assert_eq!(read(NOTE), Ok(checkpoint()));
    assert_eq!(signed(&checkpoint().body()), NOTE);
}

#[test]
fn key_ids_are_those_of_the_go_module() {
    let text = "If you think cryptography is the answer to your problem,\n\
                then you don't know what your problem is.\n";
    let key = STANDARD.decode("ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW").unwrap();
    let key = PublicKey::from_bytes(key[1..].try_into().unwrap()).unwrap();
    assert_eq!(key_id("PeterNeumann", &key), [0xC7, 0x4F, 0x20, 0xA3]);
    let line = "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=";
    let line = STANDARD.decode(line).unwrap();
    assert_eq!(line[..4], [0xC7, 0x4F, 0x20, 0xA3]);
    let signature = Signature(line[4..].try_into().unwrap());
    assert_eq!(key.verify(text.as_bytes(), &signature), Ok(()));
    // A note, but no checkpoint: its lines are not three.
    let note = format!("{text}\n— PeterNeumann {}\n", STANDARD.encode(line));
    assert_eq!(parse_and_verify(&note, "PeterNeumann", &key), Err(CheckpointError::Lines));
}

#[test]
fn every_changed_character_refuses_the_note() {
    let read_differently = |note: &str| read(note).is_err();
    for (at, c) in NOTE.char_indices() {
        for other in ['0', 'A', ' ', '\n', '+', '\u{1}', 'é'] {
            let (before, after) = (&NOTE[..at], &NOTE[at + c.len_utf8()..]);
            let changed = format!("{before}{other}{after}");
            assert!(changed == NOTE || read_differently(&changed), "{at}: {c:?} to {other:?}");
        }
    }
    for (at, _) in NOTE.char_indices() {
        assert!(read(&NOTE[..at]).is_err(), "cut at {at}");
    }
}

#[test]
fn signatures_of_unknown_keys_are_ignored_but_must_be_well_formed() {
    let unknown = STANDARD.encode([0xAA; 68]);
    let same_id = STANDARD.encode([&key_id(NAME, &key().public())[..], &[1; 64]].concat());
    let cosigned = STANDARD.encode([0xBB; 4 + 8 + 64]);
    let lines = [
        format!("— witness.example {unknown}\n"),
        format!("— {NAME} {unknown}\n"),
        format!("— witness.example {same_id}\n"),
        format!("— witness.example/größe {cosigned}\n"),
    ];
    let (body, own) = NOTE.split_once("— ").unwrap();
    for line in &lines {
        assert_eq!(read(&format!("{NOTE}{line}")), Ok(checkpoint()), "{line}");
        assert_eq!(read(&format!("{body}{line}— {own}")), Ok(checkpoint()), "{line}");
        assert_eq!(read(&format!("{body}{line}")), Err(CheckpointError::Unsigned), "{line}");
    }
    let malformed = [
        "— witness.example\n".to_owned(),
        "— witness.example \n".to_owned(),
        "— witness.example AAAA\n".to_owned(),
        "— witness.example AAAAAA==\n".to_owned(),
        format!("— witness.example {}\n", unknown.replace('q', "*")),
        format!("— witness.example {}\n", unknown.trim_end_matches('=')),
        format!("— witness.example {unknown} \n"),
        format!("—  {unknown}\n"),
        format!("— wit+ness {unknown}\n"),
        format!("— wit\u{a0}ness {unknown}\n"),
        format!("- witness.example {unknown}\n"),
        format!("witness.example {unknown}\n"),
    ];
    for line in malformed {
        let refused = read(&format!("{NOTE}{line}"));
        assert_eq!(refused, Err(CheckpointError::SignatureLine), "{line:?}");
    }
}

#[test]
fn a_failing_signature_of_the_known_key_refuses_the_whole_note() {
    let id = key_id(NAME, &key().public());
    for wrong in [&[1; 64][..], &[1; 63], &[1; 65], &[1]] {
        let encoded = STANDARD.encode([&id[..], wrong].concat());
        let note = format!("{NOTE}— {NAME} {encoded}\n");
        assert_eq!(read(&note), Err(CheckpointError::Signature));
    }
    let line = NOTE.rsplit_once("\n\n").unwrap().1;
    assert_eq!(read(&format!("{NOTE}{line}")), Ok(checkpoint()));
}

#[test]
fn the_note_must_be_signed_by_the_key_under_the_name() {
    let other = SigningKey::from_seed([1; 32]).public();
    assert_eq!(parse_and_verify(NOTE, NAME, &other), Err(CheckpointError::Unsigned));
    let renamed = parse_and_verify(NOTE, "node.example", &key().public());
    assert_eq!(renamed, Err(CheckpointError::Unsigned));
    for name in ["", "node example", "node+example", "node\nexample"] {
        let refused = parse_and_verify(NOTE, name, &key().public());
        assert_eq!(refused, Err(CheckpointError::Name), "{name:?}");
    }
}

#[test]
fn malformed_bodies_are_refused_even_when_signed() {
    let root = STANDARD.encode(sha256(b"root").0);
    let refused = [
        ("\n".to_owned(), CheckpointError::Lines),
        (format!("{NAME}\n3\n"), CheckpointError::Lines),
        (format!("{NAME}\n\n{root}\n"), CheckpointError::Lines),
        (format!("\n3\n{root}\n"), CheckpointError::Lines),
        (format!("{NAME}\n3\n{root}\n\nextension\n"), CheckpointError::Lines),
        (format!("{NAME}\n03\n{root}\n"), CheckpointError::Size),
        (format!("{NAME}\n00\n{root}\n"), CheckpointError::Size),
        (format!("{NAME}\n+3\n{root}\n"), CheckpointError::Size),
        (format!("{NAME}\n-3\n{root}\n"), CheckpointError::Size),
        (format!("{NAME}\n3 \n{root}\n"), CheckpointError::Size),
        (format!("{NAME}\n0x3\n{root}\n"), CheckpointError::Size),
        (format!("{NAME}\n٣\n{root}\n"), CheckpointError::Size),
        (format!("{NAME}\n9007199254740992\n{root}\n"), CheckpointError::Size),
        (format!("{NAME}\n18446744073709551616\n{root}\n"), CheckpointError::Size),
        (format!("{NAME}\n3\n{}\n", root.trim_end_matches('=')), CheckpointError::Root),
        (format!("{NAME}\n3\n{root} \n"), CheckpointError::Root),
        (format!("{NAME}\n3\n{}\n", STANDARD.encode([0; 31])), CheckpointError::Root),
        // The last character before the padding carries two bits that must be zero.
        (format!("{NAME}\n3\n{}\n", root.replace("7I=", "7J=")), CheckpointError::Root),
        (format!("{}\n3\n{root}\n", "x".repeat(NOTE_NAME_BYTES_MAX + 1)), CheckpointError::Name),
    ];
    for (body, error) in refused {
        assert_eq!(read(&signed(&body)), Err(error), "{body:?}");
    }
    for control in ["\r", "\t", "\u{0}", "\u{1f}"] {
        let body = format!("{NAME}{control}\n3\n{root}\n");
        assert_eq!(read(&signed(&body)), Err(CheckpointError::Note), "{control:?}");
    }
}

#[test]
fn what_the_specification_leaves_to_others_is_accepted() {
    let root = STANDARD.encode(sha256(b"root").0);
    let extended = signed(&format!("{NAME}\n3\n{root}\nextension one\nextension two\n"));
    assert_eq!(read(&extended), Ok(checkpoint()));
    let foreign = signed(&format!("go.sum database tree\n3\n{root}\n"));
    assert_eq!(read(&foreign).unwrap().origin, "go.sum database tree");
    let empty = signed(&format!("{NAME}\n0\n{root}\n"));
    assert_eq!(read(&empty).unwrap().size, 0);
    let largest = signed(&format!("{NAME}\n9007199254740991\n{root}\n"));
    assert_eq!(read(&largest).unwrap().size, 9_007_199_254_740_991);
    let longest = "x".repeat(NOTE_NAME_BYTES_MAX);
    assert_eq!(read(&signed(&format!("{longest}\n3\n{root}\n"))).unwrap().origin, longest);
}

#[test]
fn notes_are_read_up_to_their_limits() {
    let line = format!("— witness.example {}\n", STANDARD.encode([0xAA; 68]));
    let full = format!("{NOTE}{}", line.repeat(NOTE_SIGNATURES_MAX - 1));
    assert_eq!(read(&full), Ok(checkpoint()));
    assert_eq!(read(&format!("{full}{line}")), Err(CheckpointError::TooLarge));
    let extension = |len: usize| signed(&format!("{}{}\n", checkpoint().body(), "x".repeat(len)));
    let room = NOTE_BYTES_MAX - extension(0).len();
    assert_eq!(read(&extension(room)), Ok(checkpoint()));
    assert_eq!(read(&extension(room + 1)), Err(CheckpointError::TooLarge));
}

#[test]
fn names_without_spaces_plus_and_controls_are_names() {
    for name in ["a", "node.example/journal/inc_1", "größe", &"x".repeat(NOTE_NAME_BYTES_MAX)] {
        assert!(is_name(name), "{name:?}");
    }
    for name in
        ["", "a b", "a+b", "a\nb", "a\u{2003}b", "a\u{0}", &"x".repeat(NOTE_NAME_BYTES_MAX + 1)]
    {
        assert!(!is_name(name), "{name:?}");
    }
}

#[test]
#[should_panic(expected = "origins and key names are checked before")]
fn signing_an_origin_with_a_line_break_is_a_bug() {
    let forged = Checkpoint { origin: format!("{NAME}\n9"), ..checkpoint() };
    forged.sign(NAME, &key());
}
