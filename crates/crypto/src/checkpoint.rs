//! Signed heads of the journal's tree: C2SP tlog-checkpoint in a C2SP signed-note.
//!
//! A note is read strictly: one spelling of every number and digest, every signature line well
//! formed, and a failing signature of the known key refuses the whole note. Signatures of unknown
//! keys (witnesses, rotated keys) are ignored, as signed-note section "Signatures" demands.
//! Extension lines are accepted and ignored: tlog-checkpoint section "Note text" makes them opaque
//! and optional. Hansa writes none.
//!
//! Deliberately absent: cosignatures of witnesses, and any judgement on the origin beyond its form;
//! the caller compares it with the log it expects.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hansa_types::{Digest, Signature};

use crate::hash::concatenated;
use crate::keys::{PublicKey, SigningKey};
use crate::limits::{NOTE_BYTES_MAX, NOTE_NAME_BYTES_MAX, NOTE_SIGNATURES_MAX, TREE_LEAVES_MAX};

/// Signature type of plain Ed25519 (signed-note, section "Signature types").
const TYPE_ED25519: u8 = 0x01;
/// Em dash and space open a signature line.
const SIGNATURE_START: &str = "— ";
const KEY_ID_BYTES: usize = 4;

/// The head of a tree: which log, how many leaves, which root.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// Names the log; Hansa's are `<host>/journal/<incarnation>`.
    pub origin: String,
    /// Leaves of the tree.
    pub size: u64,
    /// Root of the tree at that size.
    pub root: Digest,
}

/// Why a note is not a checkpoint signed by the key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CheckpointError {
    /// Longer than [`NOTE_BYTES_MAX`], or with more signatures than [`NOTE_SIGNATURES_MAX`].
    #[error("the note is larger than is read")]
    TooLarge,
    /// Control characters, or no text, empty line and signature lines in this order.
    #[error("not a signed note")]
    Note,
    /// A signature line that is not em dash, name and base64.
    #[error("a signature line is malformed")]
    SignatureLine,
    /// The name of the key asked for is no name, or the origin is too long.
    #[error("not a name of a log or key")]
    Name,
    /// The second line is not a tree size in plain digits.
    #[error("the tree size is not a number in plain digits")]
    Size,
    /// The third line is not base64 of 32 bytes.
    #[error("the root is not base64 of 32 bytes")]
    Root,
    /// Fewer than three lines, or an empty one.
    #[error("a checkpoint has at least three lines, none of them empty")]
    Lines,
    /// No line carries a signature of this key.
    #[error("the note is not signed by the key")]
    Unsigned,
    /// A line claims to be by this key, and does not verify.
    #[error("the signature does not verify under the key")]
    Signature,
}

/// Whether a text can name a key: not empty, without spaces, plus or control characters, at most
/// [`NOTE_NAME_BYTES_MAX`] bytes (signed-note, section "Format"). Hansa's own origins have the same
/// form, since origin and key name should match; other logs' origins need not.
pub fn is_name(text: &str) -> bool {
    let allowed = |c: char| !c.is_whitespace() && c >= ' ' && c != '+';
    !text.is_empty() && text.len() <= NOTE_NAME_BYTES_MAX && text.chars().all(allowed)
}

/// The key's id in signature lines: the first 4 bytes of SHA-256(name ‖ 0x0A ‖ 0x01 ‖ key)
/// (signed-note, section "Ed25519 signatures").
pub fn key_id(name: &str, key: &PublicKey) -> [u8; 4] {
    let parts = [name.as_bytes(), &[b'\n', TYPE_ED25519], key.as_bytes()];
    let [a, b, c, d, ..] = concatenated(&parts).0;
    [a, b, c, d]
}

impl Checkpoint {
    /// The note's text, which is what is signed: origin, size and root on a line each.
    pub fn body(&self) -> String {
        format!("{}\n{}\n{}\n", self.origin, self.size, STANDARD.encode(self.root.0))
    }

    /// The signed note with one signature line of this name and key.
    ///
    /// # Panics
    ///
    /// If the origin or the name is not a name ([`is_name`]): a line break in either would sign
    /// another checkpoint than this one. Both come from checked configuration.
    pub fn sign(&self, name: &str, key: &SigningKey) -> String {
        assert!(is_name(&self.origin) && is_name(name), "origins and key names are checked before");
        let body = self.body();
        let mut signature = [0; KEY_ID_BYTES + 64];
        signature[..KEY_ID_BYTES].copy_from_slice(&key_id(name, &key.public()));
        signature[KEY_ID_BYTES..].copy_from_slice(&key.sign(body.as_bytes()).0);
        format!("{body}\n{SIGNATURE_START}{name} {}\n", STANDARD.encode(signature))
    }

    /// Reads the text of a note, without any signature.
    fn from_body(body: &str) -> Result<Self, CheckpointError> {
        let lines = body.strip_suffix('\n').ok_or(CheckpointError::Lines)?;
        let mut lines = lines.split('\n');
        let mut line = || lines.next().filter(|line| !line.is_empty());
        let (Some(origin), Some(size), Some(root)) = (line(), line(), line()) else {
            return Err(CheckpointError::Lines);
        };
        if lines.any(str::is_empty) {
            return Err(CheckpointError::Lines);
        }
        if origin.len() > NOTE_NAME_BYTES_MAX {
            return Err(CheckpointError::Name);
        }
        let root = STANDARD.decode(root).map_err(|_| CheckpointError::Root)?;
        let root = root.try_into().map(Digest).map_err(|_| CheckpointError::Root)?;
        Ok(Self { origin: origin.to_owned(), size: parse_size(size)?, root })
    }
}

/// Reads a note and verifies that `key` signed it under `name`.
///
/// The origin is part of what was signed, but is not compared with anything here.
pub fn parse_and_verify(
    note: &str,
    name: &str,
    key: &PublicKey,
) -> Result<Checkpoint, CheckpointError> {
    if note.len() > NOTE_BYTES_MAX {
        return Err(CheckpointError::TooLarge);
    }
    if !is_name(name) {
        return Err(CheckpointError::Name);
    }
    if note.chars().any(|c| c < ' ' && c != '\n') {
        return Err(CheckpointError::Note);
    }
    // Signatures stand behind the last empty line; the text keeps its final line break.
    let end = note.rfind("\n\n").ok_or(CheckpointError::Note)? + 1;
    let (body, rest) = note.split_at(end);
    let lines = rest.strip_prefix('\n').and_then(|rest| rest.strip_suffix('\n'));
    verify_lines(body, lines.ok_or(CheckpointError::Note)?, name, key)?;
    Checkpoint::from_body(body)
}

/// Demands a signature of the known key, and that every line of it verifies.
fn verify_lines(
    body: &str,
    lines: &str,
    name: &str,
    key: &PublicKey,
) -> Result<(), CheckpointError> {
    let known_id = key_id(name, key);
    let mut signed = false;
    for (count, line) in lines.split('\n').enumerate() {
        if count == NOTE_SIGNATURES_MAX {
            return Err(CheckpointError::TooLarge);
        }
        let (signer, bytes) = parse_line(line)?;
        let (id, signature) = bytes.split_at_checked(KEY_ID_BYTES).unwrap_or_default();
        if signature.is_empty() {
            return Err(CheckpointError::SignatureLine);
        }
        if signer == name && id == known_id {
            let signature = signature.try_into().map_err(|_| CheckpointError::Signature)?;
            key.verify(body.as_bytes(), &Signature(signature))
                .map_err(|_| CheckpointError::Signature)?;
            signed = true;
        }
    }
    if signed { Ok(()) } else { Err(CheckpointError::Unsigned) }
}

/// Splits a signature line into the signer's name and the decoded bytes.
fn parse_line(line: &str) -> Result<(&str, Vec<u8>), CheckpointError> {
    let malformed = CheckpointError::SignatureLine;
    let rest = line.strip_prefix(SIGNATURE_START).ok_or(malformed)?;
    let (name, encoded) = rest.split_once(' ').ok_or(malformed)?;
    let bytes = STANDARD.decode(encoded).map_err(|_| malformed)?;
    if is_name(name) { Ok((name, bytes)) } else { Err(malformed) }
}

/// ASCII digits without leading zeros (tlog-checkpoint, section "Note text").
fn parse_size(text: &str) -> Result<u64, CheckpointError> {
    let digits = text.bytes().all(|b| b.is_ascii_digit());
    if !digits || (text.starts_with('0') && text != "0") {
        return Err(CheckpointError::Size);
    }
    let size = text.parse().map_err(|_| CheckpointError::Size)?;
    if size > TREE_LEAVES_MAX { Err(CheckpointError::Size) } else { Ok(size) }
}
