//! Typed identifiers: one registry of prefixes for the whole project.
//!
//! An id is a 128-bit ULID (48 bits of milliseconds, 80 bits of entropy) written as its prefix and
//! 26 Crockford base-32 characters, e.g. `trf_01KAJ5Z0Q8Z0E6X3T9V4M2C7RD`. AMP ids are UUIDs and
//! are written so. Parsing is strict: the wrong prefix, case or length is refused, so every id has
//! exactly one spelling.

use std::fmt;
use std::str::FromStr;

use crate::text;

const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const NOT_A_DIGIT: u8 = 0xFF;

/// The value of each byte as a digit of [`ALPHABET`].
const DIGITS: [u8; 256] = {
    let mut digits = [NOT_A_DIGIT; 256];
    let mut i = 0;
    while i < 32 {
        digits[ALPHABET[i as usize] as usize] = i;
        i += 1;
    }
    digits
};

/// Why a text is not an id of the wanted type.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum IdError {
    /// The prefix (with its underscore) is not the one of this type.
    #[error("expected the prefix {0}")]
    Prefix(&'static str),
    /// The part behind the prefix is not a ULID in upper-case Crockford base 32.
    #[error("not a ULID of 26 upper-case Crockford base-32 characters")]
    Ulid,
    /// Not a UUID in its lower-case hyphenated spelling.
    #[error("not a lower-case hyphenated UUID of version 4")]
    Uuid,
}

/// Every pair of digits, by its ten bits.
const PAIRS: [[u8; 2]; 1_024] = {
    let mut pairs = [[0; 2]; 1_024];
    let mut i = 0;
    while i < 1_024 {
        pairs[i] = [ALPHABET[i >> 5], ALPHABET[i & 31]];
        i += 1;
    }
    pairs
};

/// The lower 40 bits: eight digits.
const EIGHT_DIGITS: u64 = (1 << 40) - 1;

/// Writes `value` as 26 base-32 characters into `out`: the time as ten, the entropy as twice eight.
#[allow(clippy::cast_possible_truncation, reason = "what is cut off is written by another line")]
fn encode(value: u128, out: &mut [u8]) {
    let (time, entropy) = out.split_at_mut(10);
    let (high, low) = entropy.split_at_mut(8);
    encode_digits((value >> 80) as u64, time);
    encode_digits((value >> 40) as u64 & EIGHT_DIGITS, high);
    encode_digits(value as u64 & EIGHT_DIGITS, low);
}

fn encode_digits(mut value: u64, out: &mut [u8]) {
    for pair in out.chunks_exact_mut(2).rev() {
        pair.copy_from_slice(&PAIRS[(value & 1_023) as usize]);
        value >>= 10;
    }
}

fn decode(text: &[u8]) -> Result<u128, IdError> {
    if text.len() != 26 || text[0] > b'7' {
        return Err(IdError::Ulid);
    }
    let (time, entropy) = text.split_at(10);
    let (high, low) = entropy.split_at(8);
    let [time, high, low] = [time, high, low].map(decode_digits);
    let ((time, high), low) = time.zip(high).zip(low).ok_or(IdError::Ulid)?;
    Ok(u128::from(time) << 80 | u128::from(high) << 40 | u128::from(low))
}

/// The bits of at most twelve digits, unless one of them is none.
fn decode_digits(text: &[u8]) -> Option<u64> {
    let (mut value, mut seen) = (0, 0);
    for &c in text {
        let digit = DIGITS[usize::from(c)];
        seen |= digit;
        value = value << 5 | u64::from(digit & 31);
    }
    (seen < 32).then_some(value)
}

/// Builds the 128 bits of a ULID from a time in milliseconds and 80 bits of entropy.
pub fn ulid(ts_ms: u64, entropy: u128) -> u128 {
    ((u128::from(ts_ms) & 0xFFFF_FFFF_FFFF) << 80) | (entropy & ((1 << 80) - 1))
}

/// Serde as text where people read it (JSON), as 128 bits in binary formats.
macro_rules! text_in_json {
    ($name:ident) => {
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
                match s.is_human_readable() {
                    true => self.with_text(|text| s.serialize_str(text)),
                    false => s.serialize_u128(self.0),
                }
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
                match d.is_human_readable() {
                    true => text::read(d, str::parse),
                    false => u128::deserialize(d).map(Self),
                }
            }
        }
    };
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident = $prefix:literal;)*) => {
        $(
            $(#[$doc])*
            #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
            pub struct $name(pub u128);

            text_in_json!($name);

            impl $name {
                /// The prefix of this kind of id, with its underscore.
                pub const PREFIX: &'static str = $prefix;
                /// Length of the written form in bytes.
                pub const LEN: usize = $prefix.len() + 26;

                /// A new id of the given moment and 80 bits of entropy.
                pub fn new(ts_ms: u64, entropy: u128) -> Self {
                    Self(ulid(ts_ms, entropy))
                }

                /// Hands the written form to `f` without allocating.
                pub fn with_text<T>(self, f: impl FnOnce(&str) -> T) -> T {
                    f(std::str::from_utf8(&self.written()).unwrap_or_default())
                }

                /// Appends the written form.
                pub fn append_to(self, out: &mut Vec<u8>) {
                    out.extend_from_slice(&self.written());
                }

                fn written(self) -> [u8; Self::LEN] {
                    let mut text = [0u8; Self::LEN];
                    let (prefix, digits) = text.split_at_mut(Self::PREFIX.len());
                    prefix.copy_from_slice(Self::PREFIX.as_bytes());
                    encode(self.0, digits);
                    text
                }
            }

            impl fmt::Display for $name {
                fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                    self.with_text(|text| f.write_str(text))
                }
            }

            impl FromStr for $name {
                type Err = IdError;
                fn from_str(text: &str) -> Result<Self, IdError> {
                    let tail = text.strip_prefix(Self::PREFIX).ok_or(IdError::Prefix(Self::PREFIX))?;
                    decode(tail.as_bytes()).map(Self)
                }
            }
        )*
    };
}

ids! {
    /// A principal: agent, person, organization or node.
    PrincipalId = "agt_";
    /// A transfer: posted or pending, mint, burn or fee-bearing payment.
    TransferId = "trf_";
    /// A declared piece of work.
    TaskId = "tsk_";
    /// A grant of authority.
    GrantId = "cap_";
    /// An entry of the journal that is about nothing with an id of its own.
    EntryId = "ent_";
    /// An API key (its public part; the secret is never an id).
    ApiKeyId = "key_";
    /// An OAuth client (its public part; the secret is never an id).
    ClientId = "cli_";
    /// A bootstrap token (its public part; the token itself is never an id).
    BootstrapId = "btk_";
    /// A request for money from the node.
    FundingId = "fun_";
    /// A session of a person (its public part; the secret is never an id).
    SessionId = "ses_";
    /// A passkey of a person.
    PasskeyId = "psk_";
    /// A policy set.
    PolicySetId = "pol_";
    /// A recorded evaluation of policy.
    PolicyEvaluationId = "pev_";
    /// Who answers for a task.
    LiabilityId = "lib_";
    /// A context that a task was given, with how far it is trusted.
    ContextId = "ctx_";
    /// Evidence for a task.
    EvidenceId = "evb_";
    /// What an agent decided to do.
    DecisionId = "dec_";
    /// An assessment of what an act leads to.
    ImpactId = "imp_";
    /// What a governance role says of a task.
    AttestationId = "gov_";
    /// A commerce session of a task.
    CommerceId = "com_";
    /// The manifest of a skill.
    SkillId = "skl_";
    /// A request for approval.
    ApprovalRequestId = "arq_";
    /// One approver's decision.
    ApprovalId = "apr_";
    /// A concern that was raised.
    EscalationId = "esc_";
    /// An invitation to an organization (its public part; the token is never an id).
    InviteId = "inv_";
    /// A team of an organization.
    TeamId = "tem_";
    /// What an agent keeps for itself.
    MemoryId = "mem_";
    /// Something that was done through the gate, or is about to be.
    ActionId = "act_";
    /// The signed receipt of an action; it has the action's digits.
    ReceiptId = "rcp_";
    /// One incarnation of a node's journal.
    IncarnationId = "inc_";
    /// One request at an edge, for logs and problems.
    RequestId = "req_";
}

/// The id of an AMP envelope: a UUID of version 4, written lower-case with hyphens.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EnvelopeId(pub u128);

text_in_json!(EnvelopeId);

impl EnvelopeId {
    /// A version 4 UUID of 122 bits of entropy.
    pub fn new(entropy: u128) -> Self {
        let cleared = entropy & !(0xF << 76) & !(0x3 << 62);
        Self(cleared | (0x4 << 76) | (0x2 << 62))
    }

    fn with_text<T>(self, f: impl FnOnce(&str) -> T) -> T {
        f(&self.to_string())
    }
}

impl fmt::Display for EnvelopeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let hex = format!("{:032x}", self.0);
        write!(f, "{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..])
    }
}

impl FromStr for EnvelopeId {
    type Err = IdError;
    fn from_str(text: &str) -> Result<Self, IdError> {
        let bytes = text.as_bytes();
        let hyphens = [8, 13, 18, 23];
        let shaped = bytes.len() == 36
            && bytes.iter().enumerate().all(|(i, &b)| match hyphens.contains(&i) {
                true => b == b'-',
                false => b.is_ascii_digit() || (b'a'..=b'f').contains(&b),
            });
        if !shaped || bytes[14] != b'4' || !b"89ab".contains(&bytes[19]) {
            return Err(IdError::Uuid);
        }
        let hex: String = text.chars().filter(|&c| c != '-').collect();
        u128::from_str_radix(&hex, 16).map(Self).map_err(|_| IdError::Uuid)
    }
}

/// An id of any kind, told apart by its prefix.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AnyId {
    /// A principal.
    Principal(PrincipalId),
    /// A transfer.
    Transfer(TransferId),
    /// A task.
    Task(TaskId),
    /// A grant.
    Grant(GrantId),
    /// An API key.
    ApiKey(ApiKeyId),
    /// An OAuth client.
    Client(ClientId),
    /// A bootstrap token.
    Bootstrap(BootstrapId),
    /// A request for money.
    Funding(FundingId),
    /// A session.
    Session(SessionId),
    /// A passkey.
    Passkey(PasskeyId),
    /// A policy set.
    PolicySet(PolicySetId),
    /// A recorded evaluation of policy.
    PolicyEvaluation(PolicyEvaluationId),
    /// An action.
    Action(ActionId),
    /// A receipt of an action.
    Receipt(ReceiptId),
    /// An entry about nothing with an id of its own.
    Entry(EntryId),
    /// Who answers for a task.
    Liability(LiabilityId),
    /// A context of a task.
    Context(ContextId),
    /// Evidence for a task.
    Evidence(EvidenceId),
    /// What an agent decided to do.
    Decision(DecisionId),
    /// An assessment of impact.
    Impact(ImpactId),
    /// A governance role's attestation.
    Attestation(AttestationId),
    /// A commerce session.
    Commerce(CommerceId),
    /// The manifest of a skill.
    Skill(SkillId),
    /// A request for approval.
    ApprovalRequest(ApprovalRequestId),
    /// One approver's decision.
    Approval(ApprovalId),
    /// A concern that was raised.
    Escalation(EscalationId),
    /// An invitation to an organization.
    Invite(InviteId),
    /// A team of an organization.
    Team(TeamId),
    /// What an agent keeps for itself.
    Memory(MemoryId),
}

macro_rules! any_id {
    ($($variant:ident($name:ident)),*) => {
        $(impl From<$name> for AnyId {
            fn from(id: $name) -> Self { Self::$variant(id) }
        })*

        impl AnyId {
            /// Appends the written form.
            pub fn append_to(self, out: &mut Vec<u8>) {
                match self { $(Self::$variant(id) => id.append_to(out)),* }
            }
        }

        impl fmt::Display for AnyId {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                match self { $(Self::$variant(id) => fmt::Display::fmt(id, f)),* }
            }
        }

        impl FromStr for AnyId {
            type Err = IdError;
            fn from_str(text: &str) -> Result<Self, IdError> {
                match text.get(..4) {
                    $(Some($name::PREFIX) => text.parse().map(Self::$variant),)*
                    _ => Err(IdError::Prefix("of a known kind of id")),
                }
            }
        }

        impl serde::Serialize for AnyId {
            fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
                match self { $(Self::$variant(id) => id.with_text(|text| s.serialize_str(text))),* }
            }
        }
    };
}

any_id!(
    Principal(PrincipalId),
    Transfer(TransferId),
    Task(TaskId),
    Grant(GrantId),
    ApiKey(ApiKeyId),
    Client(ClientId),
    Bootstrap(BootstrapId),
    Funding(FundingId),
    Session(SessionId),
    Passkey(PasskeyId),
    PolicySet(PolicySetId),
    PolicyEvaluation(PolicyEvaluationId),
    Entry(EntryId),
    Liability(LiabilityId),
    Context(ContextId),
    Evidence(EvidenceId),
    Decision(DecisionId),
    Impact(ImpactId),
    Attestation(AttestationId),
    Commerce(CommerceId),
    Skill(SkillId),
    ApprovalRequest(ApprovalRequestId),
    Approval(ApprovalId),
    Escalation(EscalationId),
    Invite(InviteId),
    Team(TeamId),
    Memory(MemoryId),
    Action(ActionId),
    Receipt(ReceiptId)
);

impl<'de> serde::Deserialize<'de> for AnyId {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        text::read(d, str::parse)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_ulid_has_one_spelling() {
        for value in [0, 1, u128::MAX, ulid(1_763_692_800_000, 0xFEED_FACE)] {
            let id = TransferId(value);
            assert_eq!(id.to_string().parse(), Ok(id));
            assert_eq!(id.to_string().len(), TransferId::LEN);
        }
    }

    #[test]
    fn foreign_spellings_are_refused() {
        let id = TransferId(u128::MAX / 7).to_string();
        assert_eq!(id.parse::<TaskId>(), Err(IdError::Prefix("tsk_")));
        assert_eq!(id.to_lowercase().parse::<TransferId>(), Err(IdError::Ulid));
        assert_eq!("trf_8ZZZZZZZZZZZZZZZZZZZZZZZZZ".parse::<TransferId>(), Err(IdError::Ulid));
        assert_eq!("trf_".parse::<TransferId>(), Err(IdError::Ulid));
    }

    #[test]
    fn envelope_ids_are_version_4_uuids() {
        let id = EnvelopeId::new(u128::MAX);
        assert_eq!(id.to_string(), "ffffffff-ffff-4fff-bfff-ffffffffffff");
        assert_eq!(id.to_string().parse(), Ok(id));
        for bad in
            ["550E8400-e29b-41d4-a716-446655440000", "550e8400-e29b-11d4-a716-446655440000", ""]
        {
            assert_eq!(bad.parse::<EnvelopeId>(), Err(IdError::Uuid), "{bad}");
        }
    }
}
