//! What a node queues, gathers and keeps for a while.

use hansa_types::Duration;

/// Requests waiting for the writer.
pub const QUEUE_SLOTS_MAX: usize = 4_096;
/// Requests of one principal waiting for the writer: an eighth of the queue.
pub const QUEUE_SLOTS_PER_PRINCIPAL_MAX: u32 = 512;
/// Commands decided in one batch, unless configured.
pub const BATCH_COMMANDS_MAX: usize = 1_024;
/// Entries after which a batch closes: about 1 MiB of transfers.
pub const BATCH_ENTRIES_MAX: usize = 3_000;
/// Commands whose accounts and keys are looked at before the first of them is decided.
pub const READ_AHEAD_COMMANDS: usize = 16;
/// Longest wait for as many requests as were in flight last time.
pub const GATHER_US_MAX: u64 = 300;
/// Commands of one batch request.
pub const BATCH_ITEMS_MAX: usize = 1_000;
/// Step between wall and monotonic clock beyond which the time is unsure.
pub const CLOCK_STEP_MAX: Duration = Duration::seconds(5);
/// Longest sleep of the writer between two looks at the clock.
pub const WRITER_IDLE_MAX: Duration = Duration::seconds(1);
/// Least time between two signed checkpoints.
pub const CHECKPOINT_EVERY: Duration = Duration::seconds(1);
/// Entries after which a snapshot is made, unless configured.
pub const SNAPSHOT_ENTRIES: u64 = 200_000;
/// Bytes of the last snapshot for each of which one entry is let grow more until the next, where that
/// makes more entries. Reading 110 of them takes a start as long as verifying and folding an entry, so
/// what follows a large snapshot costs it about twice what the snapshot does.
pub const SNAPSHOT_BYTES_PER_ENTRY: u64 = 50;
/// Least time between two looks whether one is due.
pub const SNAPSHOT_LOOK_PAUSE: Duration = Duration::seconds(1);
/// Free space below which the node only reads, unless configured.
pub const FREE_BYTES_MIN: u64 = 256 << 20;
/// How long a list waits for the projector to reach what its caller has seen.
pub const VIEWS_WAIT_MAX: Duration = Duration(250);
/// Entries projected in one transaction.
pub const PROJECT_ENTRIES_MAX: usize = 2_000;
/// Entries of one round from which on the projector lets more of them gather.
pub const PROJECT_BUSY_ENTRIES: u64 = 32;
/// How long it lets them gather, unless somebody waits for the read models: a round is written in one
/// piece, and while it is synced the commits of the journal wait longer.
pub const PROJECT_PAUSE: Duration = Duration(100);
/// How long an erasure waits for the journal's write-ahead log to be emptied.
pub const ERASE_WAIT_MAX: Duration = Duration::seconds(10);
/// Attempts at emptying the read models' write-ahead log; each waits for readers by itself.
pub const ERASE_TRIES_MAX: usize = 3;
/// Documents counted when an erasure is tried out.
pub const ERASE_LISTED_MAX: usize = 100_000;
/// Longest life of a backup's documents, unless configured: the promise of every receipt.
pub const BACKUP_DAYS_MAX: u32 = 30;
/// Time between two backups of the schedule, unless configured.
pub const BACKUP_EVERY: Duration = Duration::hours(24);
/// Longest time between two looks at whether a backup is due.
pub const BACKUP_LOOK_EVERY: Duration = Duration::minutes(1);
/// Wait after a backup of the schedule failed.
pub const BACKUP_RETRY: Duration = Duration::minutes(10);
/// Bytes of entries after which a frame of a backup is full.
pub const BACKUP_FRAME_BYTES: usize = 1 << 20;
/// Frames of a backup that are read and decoded ahead of those that are replayed.
pub const BACKUP_FRAMES_AHEAD: usize = 2;
/// Records of the vault read at once, and kept at once when a backup is restored.
pub const BACKUP_PAGE_RECORDS: usize = 256;
/// Days within which the whole journal is read again, unless configured.
pub const SCRUB_DAYS_MAX: u32 = 7;
/// Most days that may be configured for that.
pub const SCRUB_DAYS_CONFIGURED_MAX: u32 = 365;
/// Time after a start before the scrubber begins.
pub const SCRUB_FIRST_WAIT: Duration = Duration::minutes(1);
/// Bytes of the journal that the scrubber reads at once.
pub const SCRUB_PIECE_BYTES: u64 = 1 << 20;
/// Documents of the vault that it opens at once.
pub const SCRUB_DOCUMENTS: usize = 64;
/// How many times as long as it worked the scrubber rests: a fiftieth of one core is left to it, with
/// what waking up and lying down cost.
pub const SCRUB_REST_TIMES: u64 = 54;
/// Least rest between two pieces.
pub const SCRUB_REST_MIN: Duration = Duration(20);
/// Least days after which rows may leave the read models: by then the state has forgotten a task that
/// ended, so that nothing more can happen to its row.
pub const VIEWS_DAYS_LEAST: u32 = 60;
/// Time between two looks for rows that are old enough, and between two that found some.
pub const RETENTION_EVERY: Duration = Duration::hours(1);
/// See [`RETENTION_EVERY`].
pub const RETENTION_PAUSE: Duration = Duration::seconds(1);
/// Time between two counts of the vault's bytes.
pub const VAULT_COUNT_EVERY: Duration = Duration::minutes(10);
/// Credentials remembered as verified.
pub const CREDENTIALS_CACHED_MAX: usize = 100_000;
/// How exactly the use of an API key is noted.
pub const KEY_USE_GRAIN: Duration = Duration::minutes(1);
/// Life of an access token.
pub const ACCESS_TOKEN_LIFE: Duration = Duration::hours(1);
/// Longest life of a token that a principal signs for itself.
pub const OWN_TOKEN_LIFE_MAX: Duration = Duration::seconds(300);
/// How far such a token may be from the future: its signer's clock is another.
pub const OWN_TOKEN_LEEWAY: Duration = Duration::seconds(30);
/// Such tokens remembered as used until they have expired.
pub const OWN_TOKENS_REMEMBERED_MAX: usize = 1_000_000;
/// Longest id of such a token, in bytes.
pub const TOKEN_ID_BYTES_MAX: usize = 128;
/// Least bytes of a secret that the node's key is sealed under.
pub const KEY_SECRET_BYTES_MIN: usize = 12;
/// Memory that each guess at such a secret costs, in KiB.
pub const KEY_SECRET_MEMORY_KIB: u32 = 64 << 10;
/// Most memory that a sealed key may ask for, in KiB.
pub const KEY_SECRET_MEMORY_KIB_MAX: u32 = 1 << 20;
/// How often it is gone through.
pub const KEY_SECRET_ROUNDS: u32 = 3;
/// How often a sealed key may ask for that.
pub const KEY_SECRET_ROUNDS_MAX: u32 = 16;
/// Passwords hashed at once.
pub const HASHES_AT_ONCE: usize = 2;
/// Passwords that are hashed or wait to be; one more is refused.
pub const HASHES_WAITING_MAX: usize = 256;
/// Life of a mailed token.
pub const REGISTRATION_LIFE: Duration = Duration::hours(1);
/// Time within which a new password follows the recovery key that was shown for it.
pub const RECOVERY_LIFE: Duration = Duration::minutes(10);
/// Time within which a second factor that was begun must be shown.
pub const TOTP_SETUP_LIFE: Duration = Duration::minutes(10);
/// Time for which a code that was shown is remembered; it counts for 90 seconds at most.
pub const TOTP_USED_KEPT: Duration = Duration::minutes(5);
/// Time within which an authenticator must answer a challenge.
pub const PASSKEY_CHALLENGE_LIFE: Duration = Duration::minutes(5);
/// Things of one kind that wait for an answer.
pub const PENDING_MAX: usize = 10_000;
/// Wrong tries on one account before it is locked.
pub const ACCOUNT_TRIES_MAX: u32 = 5;
/// Tries from one remote address before it is locked.
pub const ADDRESS_TRIES_MAX: u32 = 60;
/// First lock after too many tries; each further try doubles it.
pub const LOCK_FIRST: Duration = Duration::seconds(30);
/// Longest lock of an account.
pub const LOCK_ACCOUNT_MAX: Duration = Duration::hours(1);
/// Longest lock of a remote address.
pub const LOCK_ADDRESS_MAX: Duration = Duration::minutes(15);
/// Time without a try after which all are forgotten.
pub const TRIES_FORGOTTEN: Duration = Duration::hours(24);
/// Accounts or addresses whose tries are counted.
pub const TRIES_KEPT_MAX: usize = 100_000;
/// Messages that wait to be mailed; one more is dropped.
pub const MAIL_WAITING_MAX: usize = 256;
/// Longest time in which a mail server takes one message.
pub const MAIL_TIME_MAX: Duration = Duration::seconds(60);
/// Waits before a message is tried again, after which it is given up.
pub const MAIL_RETRIES: [Duration; 4] =
    [Duration::seconds(5), Duration::seconds(30), Duration::minutes(2), Duration::minutes(10)];
/// Life of the setup token.
pub const SETUP_TOKEN_LIFE: Duration = Duration::minutes(30);
/// How long signatures of an agent's last custodial key stand after it was replaced.
pub const CUSTODY_GRACE: Duration = Duration::days(7);
/// Tries to write an entry of a DID log, or to record what was seen of one, while others do too.
pub const DID_TRIES_MAX: usize = 4;
/// Wrong setup tokens after which it is void.
pub const SETUP_TRIES_MAX: u32 = 5;
/// Threads that evaluate policies.
pub const JUDGE_THREADS_MAX: usize = 64;
/// Questions that wait for a thread that evaluates; one more is denied.
pub const JUDGE_QUEUE_MAX: usize = 1_024;
/// Commands that are judged at one time before the writer asked. They have not passed its queue, which is
/// fair, so half of the judge's is left to those that have; one more waits until the writer asks.
pub const FORESEEN_AT_ONCE_MAX: usize = JUDGE_QUEUE_MAX / 2;
/// Principals of whom it is known that they are no agents or hold governance roles; as many pairs of whom
/// one pays for the other, and sessions. With one more all of a kind are forgotten.
pub const FORESEEN_PRINCIPALS_MAX: usize = 200_000;
/// How often one principal may pay for another by another grant than the last time before it is no longer
/// foreseen by which.
pub const FORESEEN_GRANT_CHANGES_MAX: u32 = 3;
/// Rules that are kept compiled.
pub const JUDGE_ENGINES_MAX: usize = 256;
/// Longest evaluation of one policy set.
pub const JUDGE_TIME_MAX: Duration = Duration(50);
/// Steps of the evaluation of one policy set.
pub const JUDGE_STEPS_MAX: u32 = 1_000_000;
/// Steps between two looks at the clock.
pub const JUDGE_STEPS_PER_LOOK: u32 = 64;
/// Longest wait for all policy sets of one question.
pub const JUDGE_WAIT_MAX: Duration = Duration(1_000);
/// Longest wait for a remote engine.
pub const JUDGE_REMOTE_MAX: Duration = Duration(1_000);
/// Largest answer of a remote engine, in bytes.
pub const JUDGE_ANSWER_BYTES_MAX: usize = 64 << 10;
/// Threads that did not come back and were replaced.
pub const JUDGE_LOST_MAX: usize = 8;
/// Times that a command is judged anew because what was judged had changed.
pub const JUDGE_ROUNDS_MAX: usize = 3;
/// Modules of one policy set.
pub const POLICY_MODULES_MAX: usize = 32;
/// Bytes of the document of one policy set.
pub const POLICY_BYTES_MAX: usize = 256 << 10;
/// Bytes of a policy set's name, version or path.
pub const POLICY_TEXT_BYTES_MAX: usize = 128;
/// Seconds a caller is told to wait when the queue is full.
pub const RETRY_AFTER_S: u32 = 1;
/// Longest URL that is fetched, in bytes.
pub const EGRESS_URL_BYTES_MAX: usize = 2_048;
/// Largest body that is read from elsewhere, unless its reader says less, in bytes.
pub const EGRESS_BODY_BYTES_MAX: usize = 1 << 20;
/// Largest head of an answer from elsewhere, in bytes.
pub const EGRESS_HEAD_BYTES_MAX: usize = 16 << 10;
/// Headers of an answer from elsewhere.
pub const EGRESS_HEADERS_MAX: usize = 64;
/// Longest time for one request to elsewhere, from the name to the last byte.
pub const EGRESS_TIME_MAX: Duration = Duration::seconds(10);
/// Longest wait for one address to take a connection.
pub const EGRESS_CONNECT_MAX: Duration = Duration::seconds(3);
/// Addresses of a name that are tried.
pub const EGRESS_ADDRESSES_MAX: usize = 4;
/// Requests to elsewhere at one time; further ones wait.
pub const EGRESS_REQUESTS_MAX: usize = 64;
/// Tools that an operator lists.
pub const TOOLS_MAX: usize = 256;
/// Life of what the agent of the open sandbox may do for the node.
pub const SANDBOX_LIFE: Duration = Duration::days(366);
/// Effects under way at one time; one more is refused before it begins.
pub const EFFECTS_MAX: usize = 64;
/// Longest time for one call of an effect.
pub const EFFECT_TIME_MAX: Duration = Duration::seconds(60);
/// Largest answer of a tool, in bytes.
pub const EFFECT_BODY_BYTES_MAX: usize = 1 << 20;
/// Calls of a tool that honours our key, until one is answered.
pub const EFFECT_TRIES_MAX: u32 = 3;
/// Wait between two of them.
pub const EFFECT_RETRY: Duration = Duration::seconds(1);
/// Waits before a callback is tried again, after which it is given up.
pub const CALLBACK_RETRIES: [Duration; 7] = [
    Duration::seconds(5),
    Duration::minutes(5),
    Duration::minutes(30),
    Duration::hours(2),
    Duration::hours(5),
    Duration::hours(10),
    Duration::hours(10),
];
/// Longest time in which a receiver takes a callback.
pub const CALLBACK_TIME_MAX: Duration = Duration::seconds(15);
/// Largest answer to a callback, in bytes; nobody reads it.
pub const CALLBACK_ANSWER_BYTES_MAX: usize = 64 << 10;
/// Callbacks that are sent at one time; further ones wait.
pub const CALLBACKS_SENT_MAX: usize = 16;
/// Time between two looks at what is due.
pub const CALLBACK_LOOK_PAUSE: Duration = Duration(200);
/// Wait until what became of a callback is recorded again, where the node did not take it.
pub const CALLBACK_RECORD_RETRY: Duration = Duration::seconds(30);
/// Longest time to get one certificate from an authority, from the order to the chain.
pub const ACME_TIME_MAX: Duration = Duration::minutes(5);
/// Time between two looks at how long a certificate still holds.
pub const ACME_LOOK_EVERY: Duration = Duration::hours(1);
/// Wait after a certificate could not be got; doubled each time.
pub const ACME_RETRY_MIN: Duration = Duration::minutes(5);
/// Longest wait after a certificate could not be got.
pub const ACME_RETRY_MAX: Duration = Duration::hours(6);
/// Names of one certificate.
pub const ACME_NAMES_MAX: usize = 10;
/// Time between two questions to an outside auditor.
pub const AUDIT_EVERY: Duration = Duration::minutes(1);
/// Longest time for one of them.
pub const AUDIT_TIME_MAX: Duration = Duration::seconds(5);
/// Largest answer of an auditor, in bytes.
pub const AUDIT_BODY_BYTES_MAX: usize = 64 << 10;
/// How long what an auditor found is shown, counted from when it looked.
pub const AUDIT_FRESH_MAX: Duration = Duration::minutes(15);
/// How far its clock may be ahead of the node's.
pub const AUDIT_AHEAD_MAX: Duration = Duration::minutes(1);
