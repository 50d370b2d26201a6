//! Limits of what is read from the wire, each named with its unit (DESIGN §4, Defaults).
//!
//! Depth and integer range of JSON are bounded in [`hansa_types::limits`], for every crate.

/// Largest request body in bytes.
pub const BODY_BYTES_MAX: usize = 1024 * 1024;
/// Largest AMP envelope in bytes.
pub const ENVELOPE_BYTES_MAX: usize = 64 * 1024;
/// How far an envelope's `ts` may lie from the node's clock, in seconds.
pub const ENVELOPE_WINDOW_S: u64 = 300;
/// Most milestones of one settlement.
pub const MILESTONES_MAX: usize = 32;
/// Longest milestone name in bytes.
pub const MILESTONE_NAME_BYTES_MAX: usize = 64;
/// Longest skill name in a recipient, in bytes.
pub const SKILL_NAME_BYTES_MAX: usize = 64;
/// Longest goal (`intent.action`) in bytes.
pub const INTENT_ACTION_BYTES_MAX: usize = 128;
/// Longest reason, jurisdiction or model name in bytes.
pub const SHORT_TEXT_BYTES_MAX: usize = 256;
/// Highest score of an attestation.
pub const SCORE_MAX: u64 = 100;
/// Highest rating; the lowest is 1.
pub const RATING_MAX: u64 = 5;
/// Items a list returns when the caller names no number.
pub const PAGE_ITEMS_DEFAULT: u16 = 50;
/// Most items of one page.
pub const PAGE_ITEMS_MAX: u16 = 200;
/// Longest cursor in bytes.
pub const CURSOR_BYTES_MAX: usize = 512;
/// Most transfers of one batch.
pub const BATCH_ITEMS_MAX: usize = 1_000;
/// Longest amount in bytes: 39 digits of 2^128, a point and 18 decimals fit with room to spare.
pub const AMOUNT_BYTES_MAX: usize = 64;
/// Longest pattern of operation ids in bytes.
pub const ACTION_BYTES_MAX: usize = 64;
/// Most patterns in one grant or API key.
pub const ACTIONS_MAX: usize = 32;
/// Longest pattern of names of resources in bytes.
pub const RESOURCE_BYTES_MAX: usize = 128;
/// Longest name of an agent or owner in bytes.
pub const NAME_BYTES_MAX: usize = 128;
/// Longest label of an API key in bytes.
pub const LABEL_BYTES_MAX: usize = 128;
/// Longest e-mail address in bytes (RFC 5321 section 4.5.3.1.3).
pub const EMAIL_BYTES_MAX: usize = 254;
/// Shortest password in bytes.
pub const PASSWORD_BYTES_MIN: usize = 12;
/// Longest password in bytes.
pub const PASSWORD_BYTES_MAX: usize = 256;
/// Longest note on a suspension or an appeal in bytes.
pub const NOTE_BYTES_MAX: usize = 2_048;
/// Largest annotations of one request in bytes of JSON.
pub const ANNOTATIONS_BYTES_MAX: usize = 16 * 1024;
/// Longest text of a search in bytes.
pub const QUERY_BYTES_MAX: usize = 512;
/// Longest Idempotency-Key in bytes.
pub const IDEMPOTENCY_KEY_BYTES_MAX: usize = 128;
/// Longest field path or text of the caller repeated in a refusal, in characters.
pub const ECHO_CHARS_MAX: usize = 128;
/// Seconds that a capability of AGP lasts which narrows nothing and names no end: a day.
pub const AGP_CAPABILITY_LIFE_S: u64 = 86_400;
/// Largest content of a memory in bytes.
pub const MEMORY_BYTES_MAX: usize = 256 * 1024;
/// Most tags of one memory.
pub const MEMORY_TAGS_MAX: usize = 32;
/// Longest media type in bytes.
pub const MEDIA_TYPE_BYTES_MAX: usize = 128;
/// Largest agent card in bytes of canonical JSON.
pub const CARD_BYTES_MAX: usize = 64 * 1024;
/// Most skills of a card.
pub const CARD_SKILLS_MAX: usize = 64;
/// Most tags of one skill.
pub const CARD_TAGS_MAX: usize = 32;
/// Most examples of one skill.
pub const CARD_EXAMPLES_MAX: usize = 16;
/// Most interfaces, extensions, signatures or media types of a card.
pub const CARD_ITEMS_MAX: usize = 32;
/// Longest name, id or tag within a card in bytes.
pub const CARD_NAME_BYTES_MAX: usize = 128;
/// Longest description or URL within a card in bytes.
pub const CARD_TEXT_BYTES_MAX: usize = 4_096;
