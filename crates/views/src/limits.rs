//! Every bound of the views, named with its unit.
//!
//! None of them changes what is true: a view that leaves something out says so by its limit here,
//! and the journal still has it.

use std::time::Duration;

/// Rows of one page when the caller names no number.
pub const PAGE_ROWS_DEFAULT: u32 = 50;
/// Most rows of one page; a larger number is cut to it.
pub const PAGE_ROWS_MAX: u32 = 200;
/// Most envelopes of one graph.
pub const GRAPH_ENVELOPES_MAX: u32 = 1_000;
/// Most API keys listed for one principal; the kernel allows a hundred live ones.
pub const API_KEYS_LISTED_MAX: u32 = 1_000;
/// Most reputations listed for one agent.
pub const REPUTATIONS_LISTED_MAX: u32 = 1_000;

/// Connections for reading.
pub const READERS_MAX: u32 = 4;
/// Bytes of the file that a reading connection may map: a search that looks at thousands of rows
/// otherwise copies a page for each.
pub const READ_MAPPED_BYTES_MAX: u32 = 256 << 20;
/// Bytes to which the write-ahead log is cut back after a checkpoint.
pub const WAL_BYTES_KEPT: u32 = 64 << 20;
/// Patience with another connection's lock before a statement fails.
pub const BUSY_WAIT: Duration = Duration::from_secs(5);
/// Ids looked up by one statement while a batch is prepared.
pub const LOOKUP_IDS_MAX: usize = 200;
/// Rows written by one statement; what is left over goes in the smaller groups.
pub const INSERT_GROUPS: [usize; 3] = [64, 8, 1];

/// Entries whose accepted keys lie in the order in which they came before they are sorted.
pub const ACCEPTED_RECENT_ENTRIES: i64 = 32_768;
/// Entries among which old keys are let go of in one batch.
pub const ACCEPTED_PRUNED_MAX: i64 = 4_000;

/// Rows of one table that are let go of by age in one transaction.
pub const FORGOTTEN_ROWS_MAX: i64 = 1_000;

/// Skills of one card that are indexed.
pub const SKILLS_INDEXED_MAX: usize = 256;
/// Tags of one card that are indexed.
pub const TAGS_INDEXED_MAX: usize = 256;
/// Bytes of a skill's id or a tag that is indexed; longer ones are left out.
pub const NAME_BYTES_MAX: usize = 256;
/// Bytes of text that a card may put into one field of the search index; the rest is cut off.
pub const FIELD_BYTES_MAX: usize = 16 << 10;
/// Words of a search that count; the rest is ignored.
pub const QUERY_TERMS_MAX: usize = 16;
/// Bytes of one word of a search; the rest is cut off.
pub const QUERY_TERM_BYTES_MAX: usize = 64;
/// Shortest word of a search, in characters, that also matches longer words it begins.
pub const QUERY_PREFIX_CHARS_MIN: usize = 2;
/// Entries of one task that are listed.
pub const RECORDS_MAX: i64 = 10_000;
