//! Every bound of the store, named with its unit.
//!
//! What a node may configure is a default here and a field of [`crate::Options`]; the rest is fixed.

use std::time::Duration;

/// Batches that may be handed over and not yet settled before `submit` blocks.
pub const BATCHES_OUTSTANDING_MAX: usize = 2;
/// Pieces of work (batches, barriers, notes) that may queue before `submit` blocks.
pub const QUEUE_WORKS_MAX: usize = 1_024;
/// Most entries of a batch that is hashed on the thread that hands it over.
pub const HASHED_AT_ONCE_MAX: u64 = 32;
/// Used batches kept for refilling.
pub const SPARE_BATCHES_MAX: usize = 4;
/// A used batch whose buffers have grown past this many bytes is dropped instead of kept.
pub const SPARE_BYTES_MAX: usize = 8 << 20;

/// Bytes of a database page. Larger pages mean fewer system calls for a big batch, smaller ones
/// fewer bytes for a batch of one.
pub const PAGE_BYTES: u32 = 8_192;
/// Longest blob that is bound to a statement; a longer one is written into its row in place.
pub const BIND_BYTES_MAX: usize = 64 << 10;
/// The lowest priority the system knows.
pub const NICE_MAX: i32 = 19;
/// Bytes written to the write-ahead log after which the committing thread copies them back.
pub const WAL_COPY_BYTES: u64 = 4 << 20;
/// Least that a commit writes to the log: the pages of the row and of its parent.
pub const COMMIT_BYTES_LEAST: u64 = 2 * PAGE_BYTES as u64;
/// Use of the write-ahead log past which the committing thread copies the rest of it back and starts
/// over at its beginning; twice this size, and it is emptied.
pub const WAL_BYTES_MAX: u64 = 64 << 20;
/// Growth of the write-ahead log between two attempts when a reader stands in the way.
pub const WAL_RETRY_BYTES: u64 = 8 << 20;
/// Quiet time after which the committing thread copies the write-ahead log back.
pub const WAL_IDLE: Duration = Duration::from_secs(2);
/// Patience with readers while the write-ahead log is truncated.
pub const WAL_TRUNCATE_WAIT: Duration = Duration::from_millis(50);
/// Patience with a foreign lock on the database before a statement fails.
pub const BUSY_WAIT: Duration = Duration::from_secs(5);
/// Prepared statements kept per connection.
pub const STATEMENTS_MAX: usize = 32;
/// Bytes of a snapshot or a backup that are written and synced at once.
pub const GENTLE_BYTES: usize = 1 << 20;
/// How many times as long as gentle work had to wait for a processor or the disk it rests.
pub const GENTLE_RESTS: u32 = 4;
/// Longest such rest.
pub const GENTLE_REST_MAX: Duration = Duration::from_secs(1);
/// Page cache of a reading connection in KiB.
pub const READER_CACHE_KIB: u32 = 4_096;

/// Signed checkpoints kept; older ones are deleted.
pub const CHECKPOINTS_KEPT: u64 = 100;
/// Idle reading connections kept open.
pub const READERS_MAX: usize = 4;
/// Bytes of rows collected under one read transaction of a scan.
pub const SCAN_PAGE_BYTES: usize = 1 << 20;
/// Rows collected under one read transaction of a scan.
pub const SCAN_PAGE_ROWS: usize = 256;

/// Entries at the journal's end that are not sealed, unless configured.
pub const SEAL_BEHIND_ENTRIES: u64 = 100_000;
/// Bytes of lines in a sealed range: what is unpacked to read one entry.
pub const SEAL_RANGE_BYTES: u64 = 256 << 10;
/// Most bytes of lines that are compressed, and that a range may claim to hold.
pub const SEALED_BYTES_MAX: u64 = 16 << 20;
/// Least time between two ranges that are sealed beside commits, which wait for it meanwhile: so long
/// that less than one commit in a hundred does. What is left is sealed when nothing comes.
pub const SEAL_PACE: Duration = Duration::from_secs(5);
/// Effort of the compression, on zstd's scale.
pub const SEAL_LEVEL: i32 = 3;

/// Bytes of sealed records behind which a page of the vault ends.
pub const VAULT_PAGE_BYTES: usize = 4 << 20;
/// Snapshots kept in their folder.
pub const SNAPSHOTS_KEPT: usize = 2;
/// Decompressors of sealed ranges kept while nobody uses them, of about 100 KiB each.
pub const UNPACKERS_IDLE_MAX: usize = 4;
/// Longest header line of a snapshot in bytes.
pub const SNAPSHOT_HEADER_BYTES_MAX: u64 = 64 << 10;
/// Longest sealed frame of a backup in bytes.
pub const BACKUP_FRAME_BYTES_MAX: usize = 256 << 20;
/// Longest manifest of a backup in bytes.
pub const BACKUP_SMALL_BYTES_MAX: u64 = 16 << 20;
/// Longest note beside a poisoned command in bytes; the rest is cut off.
pub const POISON_NOTE_BYTES_MAX: usize = 64 << 10;
/// Leaves of one subtree whose hash the proof index keeps in memory.
pub const TILE_LEAVES: u64 = 256;
/// Leaves read at once while the proof index is extended.
pub const TILE_READ_LEAVES: u64 = 256 * 256;
