//! The tables, as SQLite has them.
//!
//! Every noun is keyed by the seq of the entry that made it, which is also what lists are sorted
//! by. Ids are indexed but not declared unique: the kernel sees to that, and a view must never be
//! the place where an entry is refused. Everything outside of here, [`crate::open`], [`crate::fts`] and
//! [`crate::accounts`] is SQL that PostgreSQL understands as well, but for the one place in
//! [`crate::query::envelopes`] that says so.

use sqlx::{Connection as _, SqliteConnection};

use crate::error::Error;
use crate::{accounts, fts};

/// The shape of the tables and the meaning of their columns. A file of another one is deleted.
pub(crate) const FORMAT: i64 = 10;
/// Tells a database of views from any other: `HVws`.
pub(crate) const APPLICATION_ID: i64 = 0x4856_7773;

const TABLES: &[&str] = &[
    "CREATE TABLE meta (
        one INTEGER PRIMARY KEY CHECK (one = 1),
        format INTEGER NOT NULL,
        seq INTEGER NOT NULL,
        clean INTEGER NOT NULL
    )",
    "CREATE TABLE currencies (
        code TEXT PRIMARY KEY,
        scale INTEGER NOT NULL
    )",
    "CREATE TABLE transfers (
        seq INTEGER PRIMARY KEY,
        id BLOB NOT NULL,
        at INTEGER NOT NULL,
        state TEXT NOT NULL,
        kind TEXT NOT NULL,
        payer BLOB,
        payee BLOB,
        other BLOB,
        amount BLOB NOT NULL,
        currency TEXT NOT NULL,
        fee BLOB NOT NULL,
        posted BLOB,
        voided BLOB,
        part_of BLOB,
        task BLOB,
        expires INTEGER,
        under BLOB
    )",
    "CREATE TABLE principals (
        seq INTEGER PRIMARY KEY,
        id BLOB NOT NULL,
        kind TEXT NOT NULL,
        multibase TEXT NOT NULL,
        controller BLOB,
        active INTEGER NOT NULL,
        erased INTEGER NOT NULL,
        created_at INTEGER NOT NULL,
        name TEXT,
        card TEXT,
        trust TEXT NOT NULL,
        price_currency TEXT,
        price_text TEXT,
        price BLOB,
        completed INTEGER NOT NULL DEFAULT 0,
        failed INTEGER NOT NULL DEFAULT 0,
        ratings INTEGER NOT NULL DEFAULT 0,
        stars INTEGER NOT NULL DEFAULT 0,
        standing INTEGER NOT NULL DEFAULT 3000
    )",
    "CREATE TABLE skills (
        agent INTEGER NOT NULL,
        skill TEXT NOT NULL,
        PRIMARY KEY (agent, skill)
    ) WITHOUT ROWID",
    // One row for each skill that any card names, so that it grows with the skills and not with the
    // agents: labels are digests, and an index over them is written to all over.
    "CREATE TABLE labels (
        label BLOB PRIMARY KEY,
        skill TEXT NOT NULL
    ) WITHOUT ROWID",
    "CREATE TABLE tags (
        agent INTEGER NOT NULL,
        tag TEXT NOT NULL,
        PRIMARY KEY (agent, tag)
    ) WITHOUT ROWID",
    "CREATE TABLE reputations (
        principal BLOB NOT NULL,
        label BLOB NOT NULL,
        side TEXT NOT NULL,
        completed INTEGER NOT NULL,
        failed INTEGER NOT NULL,
        ratings INTEGER NOT NULL,
        stars INTEGER NOT NULL,
        PRIMARY KEY (principal, label, side)
    ) WITHOUT ROWID",
    "CREATE TABLE api_keys (
        seq INTEGER PRIMARY KEY,
        id BLOB NOT NULL,
        principal BLOB NOT NULL,
        actions TEXT NOT NULL,
        expires INTEGER,
        created_at INTEGER NOT NULL,
        revoked_at INTEGER,
        used_at INTEGER
    )",
    "CREATE TABLE grants (
        seq INTEGER PRIMARY KEY,
        id BLOB NOT NULL,
        root BLOB NOT NULL,
        issuer BLOB NOT NULL,
        holder BLOB NOT NULL,
        actions TEXT NOT NULL,
        currency TEXT,
        per_use BLOB,
        total BLOB,
        uses_max INTEGER,
        scope TEXT,
        spent BLOB NOT NULL,
        uses INTEGER NOT NULL,
        expires INTEGER NOT NULL,
        depth INTEGER NOT NULL,
        depth_max INTEGER,
        parent BLOB,
        created_at INTEGER NOT NULL,
        revoked_at INTEGER,
        relinquished_at INTEGER,
        ended_seq INTEGER
    )",
    "CREATE TABLE tasks (
        seq INTEGER PRIMARY KEY,
        id BLOB NOT NULL,
        payer BLOB NOT NULL,
        agent BLOB NOT NULL,
        skill TEXT,
        label BLOB NOT NULL,
        currency TEXT NOT NULL,
        amount BLOB NOT NULL,
        rail TEXT NOT NULL,
        milestones TEXT NOT NULL,
        stage TEXT NOT NULL,
        work TEXT NOT NULL,
        deadline INTEGER,
        hold BLOB,
        delegation BLOB,
        last_step BLOB,
        created_at INTEGER NOT NULL,
        updated_at INTEGER NOT NULL
    )",
    "CREATE TABLE envelopes (
        seq INTEGER PRIMARY KEY,
        id BLOB NOT NULL UNIQUE,
        at INTEGER NOT NULL,
        kind TEXT NOT NULL,
        verb TEXT,
        parent BLOB,
        sender BLOB,
        recipient BLOB,
        task BLOB,
        document TEXT
    )",
    "CREATE TABLE policy_differences (
        seq INTEGER PRIMARY KEY,
        at INTEGER NOT NULL,
        subject TEXT,
        enforced TEXT NOT NULL,
        differs TEXT NOT NULL
    )",
    "CREATE TABLE callbacks (
        seq INTEGER PRIMARY KEY,
        at INTEGER NOT NULL,
        subject TEXT NOT NULL,
        asker BLOB NOT NULL,
        ended_at INTEGER,
        delivery TEXT,
        tries INTEGER,
        status INTEGER
    )",
    "CREATE TABLE records (
        seq INTEGER PRIMARY KEY,
        task BLOB NOT NULL,
        thread BLOB,
        actor BLOB
    )",
    "CREATE TABLE accepted_recent (
        seq INTEGER PRIMARY KEY,
        at INTEGER NOT NULL,
        records BLOB NOT NULL
    )",
    "CREATE TABLE accepted_buckets (
        id INTEGER PRIMARY KEY,
        at INTEGER NOT NULL,
        records BLOB NOT NULL
    )",
];

/// Each serves a query that is named by its columns.
const INDEXES: &[&str] = &[
    "CREATE INDEX transfers_id ON transfers (id)",
    "CREATE INDEX transfers_payer_open ON transfers (payer, seq) WHERE state <> 'posted'",
    "CREATE INDEX transfers_payee_open ON transfers (payee, seq) WHERE state <> 'posted'",
    "CREATE INDEX transfers_other_open ON transfers (other, seq) WHERE state <> 'posted'",
    "CREATE INDEX transfers_currency ON transfers (currency, seq)",
    "CREATE INDEX transfers_state ON transfers (state, seq) WHERE state <> 'posted'",
    "CREATE INDEX transfers_kind ON transfers (kind, seq) WHERE kind <> 'transfer'",
    "CREATE INDEX transfers_task ON transfers (task, seq) WHERE task IS NOT NULL",
    "CREATE INDEX principals_id ON principals (id)",
    "CREATE INDEX principals_standing ON principals (standing, seq) WHERE kind = 'agent' AND active = 1",
    "CREATE INDEX skills_skill ON skills (skill, agent)",
    "CREATE INDEX tags_tag ON tags (tag, agent)",
    "CREATE INDEX api_keys_id ON api_keys (id)",
    "CREATE INDEX api_keys_principal ON api_keys (principal, seq)",
    "CREATE INDEX grants_id ON grants (id)",
    "CREATE INDEX grants_issuer ON grants (issuer, seq)",
    "CREATE INDEX grants_holder ON grants (holder, seq)",
    "CREATE INDEX tasks_id ON tasks (id)",
    "CREATE INDEX tasks_payer ON tasks (payer, seq)",
    "CREATE INDEX tasks_agent ON tasks (agent, seq)",
    "CREATE INDEX tasks_stage ON tasks (stage, seq)",
    "CREATE INDEX callbacks_asker ON callbacks (asker, seq)",
    "CREATE INDEX callbacks_open ON callbacks (subject) WHERE ended_at IS NULL",
    "CREATE INDEX callbacks_delivery ON callbacks (delivery, seq)",
    "CREATE INDEX records_task ON records (task, seq)",
    "CREATE INDEX records_thread ON records (thread, seq) WHERE thread IS NOT NULL",
    "CREATE INDEX envelopes_parent ON envelopes (parent) WHERE parent IS NOT NULL",
];

const DROPS: &[&str] = &[
    "DROP TABLE IF EXISTS meta",
    "DROP TABLE IF EXISTS currencies",
    "DROP TABLE IF EXISTS transfers",
    "DROP TABLE IF EXISTS principals",
    "DROP TABLE IF EXISTS skills",
    "DROP TABLE IF EXISTS labels",
    "DROP TABLE IF EXISTS tags",
    "DROP TABLE IF EXISTS reputations",
    "DROP TABLE IF EXISTS api_keys",
    "DROP TABLE IF EXISTS grants",
    "DROP TABLE IF EXISTS tasks",
    "DROP TABLE IF EXISTS envelopes",
    "DROP TABLE IF EXISTS policy_differences",
    "DROP TABLE IF EXISTS callbacks",
    "DROP TABLE IF EXISTS records",
    "DROP TABLE IF EXISTS accepted_recent",
    "DROP TABLE IF EXISTS accepted_buckets",
    fts::DROP,
    accounts::DROP,
];

/// Makes the tables anew, empty and standing before the first entry, in one transaction.
pub(crate) async fn create(connection: &mut SqliteConnection) -> Result<(), Error> {
    let failed = || Error::database("make their tables");
    let mut transaction = connection.begin().await.map_err(failed())?;
    let searched = [&fts::TABLE, &accounts::TABLE, &accounts::SECURE];
    let statements = DROPS.iter().chain(TABLES).chain(INDEXES).chain(searched);
    for statement in statements {
        sqlx::raw_sql(*statement).execute(&mut *transaction).await.map_err(failed())?;
    }
    sqlx::query("INSERT INTO meta (one, format, seq, clean) VALUES (1, $1, 0, 0)")
        .bind(FORMAT)
        .execute(&mut *transaction)
        .await
        .map_err(failed())?;
    transaction.commit().await.map_err(failed())
}
