//! What the edge waits for, keeps and streams, each named with its unit.
//!
//! Sizes of bodies, pages and batches are [`hansa_wire::limits`], for clients keep to them too.

use hansa_types::Duration;

/// Longest wait for the head of a request, and for the next one on a kept connection.
pub const HEAD_READ_MAX: Duration = Duration::seconds(10);
/// Longest wait for the body of a request.
pub const BODY_READ_MAX: Duration = Duration::seconds(30);
/// Longest wait for answers under way when the node stops.
pub const DRAIN_MAX: Duration = Duration::seconds(10);
/// Longest time between saying that the node stops and closing its socket, while connections remain.
pub const DRAIN_NOTICE_MAX: Duration = Duration::seconds(5);
/// Requests under way on one connection of HTTP/2.
pub const STREAMS_MAX: u32 = 128;
/// Silence on a connection of HTTP/2 after which its other end is asked whether it is there.
pub const PING_EVERY: Duration = Duration::seconds(30);
/// Longest wait for that to be answered.
pub const PING_MAX: Duration = Duration::seconds(10);
/// Open connections of the listener that only sends readers to the public URL.
pub const REDIRECTED_MAX: usize = 256;
/// Seconds for which browsers keep to https once they have been there: a year.
pub const HSTS_S: u32 = 31_536_000;
/// Open connections; further ones wait to be accepted.
pub const CONNECTIONS_MAX: usize = 10_000;
/// Largest head of a request in bytes.
pub const HEAD_BYTES_MAX: usize = 64 * 1024;
/// Longest bearer token in bytes.
pub const TOKEN_BYTES_MAX: usize = 4_096;
/// How long a token of AGP counts.
pub const AGP_TOKEN_LIFE: Duration = Duration::seconds(3_600);
/// Longest X-Correlation-Id that is given back, in bytes.
pub const AGP_CORRELATION_BYTES_MAX: usize = 128;
/// Largest form of an OAuth request in bytes.
pub const FORM_BYTES_MAX: usize = 16 * 1024;
/// How far a proof that somebody holds a key may be from now.
pub const KEY_PROOF_WINDOW: Duration = Duration::seconds(300);
/// Bytes of an export that are gathered before they are sent.
pub const EXPORT_CHUNK_BYTES: usize = 64 * 1024;
/// Chunks of an export that wait for its reader.
pub const EXPORT_CHUNKS_MAX: usize = 8;
/// Agents that are compared when an envelope is addressed to a skill.
pub const ROUTED_AGENTS_MAX: usize = 1_000;
/// Seconds a caller is told to wait after too many tries, or while too many others log in.
pub const RETRY_AFTER_TRIES_S: u32 = 30;
/// Seconds a caller is told to wait after a 503.
pub const RETRY_AFTER_S: u32 = 1;
/// How often the signature on the node's card gets a new date, so that its bytes stay the same.
pub const REGISTRY_CARD_SIGNED_EVERY: Duration = Duration::days(30);
/// How long it holds: a caller that is told 304 keeps what it has.
pub const REGISTRY_CARD_LIFE: Duration = Duration::days(366);
/// Seconds after which a declared task fails that names no end.
pub const DECLARED_LIFE_S: u64 = 7 * 24 * 3_600;
/// Seconds for which a deputy stands in when nobody says.
pub const ABSENCE_LIFE_S: u64 = 24 * 3_600;
/// Claims of one evidence bundle.
pub const CLAIMS_MAX: usize = 64;
/// How long the answer to an action waits for its end.
pub const ACTION_WAIT_MAX: Duration = Duration::seconds(30);
/// Lines of an explanation.
pub const EXPLAIN_REASONS_MAX: usize = 20;
