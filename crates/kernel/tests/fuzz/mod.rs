//! Hostile bytes. Under `cargo test` each target draws random inputs for a second; a
//! coverage-guided engine can drive the same functions.

use hansa_kernel::codec::{decode, encode};

const GOLDEN: &str = include_str!("../golden/entries.jsonl");

/// What decodes is an entry like any other: it is written so that it reads back the same.
fn check_line(line: &[u8]) {
    let Ok(entry) = decode(line) else { return };
    let mut written = Vec::new();
    encode(&entry, &mut written);
    assert_eq!(decode(&written).unwrap(), entry);
}

#[test]
fn fuzz_codec_decode() {
    bolero::check!().for_each(check_line);
}

/// Takes a golden line and puts pieces of others in: the first byte chooses it, each four further
/// ones a place, a length, and a piece of the journal to put there.
#[test]
fn fuzz_codec_decode_pieces_of_entries() {
    let lines: Vec<&str> = GOLDEN.lines().collect();
    bolero::check!().for_each(|bytes: &[u8]| {
        let Some((&choice, edits)) = bytes.split_first() else { return };
        let mut line = lines[usize::from(choice) % lines.len()].as_bytes().to_vec();
        for edit in edits.chunks_exact(4).take(3) {
            let [place, length, from, source] = [0, 1, 2, 3].map(|i| usize::from(edit[i]));
            let start = place * line.len() / 256;
            let end = (start + length % 8).min(line.len());
            let other = lines[source % lines.len()].as_bytes();
            let begin = from * other.len() / 256;
            let piece = &other[begin..(begin + length / 8).min(other.len())];
            line.splice(start..end, piece.iter().copied());
        }
        check_line(&line);
    });
}

/// Replaces single characters of golden lines, which keeps many of them well formed.
#[test]
fn fuzz_codec_decode_misspelled_entries() {
    let lines: Vec<&str> = GOLDEN.lines().collect();
    bolero::check!().with_type::<(u8, Vec<(u16, u8)>)>().for_each(|(choice, edits)| {
        let mut line = lines[usize::from(*choice) % lines.len()].as_bytes().to_vec();
        for &(place, byte) in edits.iter().take(4) {
            let place = usize::from(place) % line.len();
            line[place] = byte;
        }
        check_line(&line);
    });
}
