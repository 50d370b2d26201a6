//! Every figure there is: its key, what it says, its unit, and the limit it is held to.
//!
//! A scene can report nothing that does not stand here, so no number appears without its meaning.

/// What a figure must be.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Limit {
    /// No more than this.
    AtMost(f64),
    /// No less than this.
    AtLeast(f64),
}

impl Limit {
    /// Whether a figure is within it.
    pub(crate) fn holds(self, value: f64) -> bool {
        match self {
            Self::AtMost(most) => value <= most,
            Self::AtLeast(least) => value >= least,
        }
    }
}

/// One figure.
#[derive(Debug)]
pub(crate) struct Key {
    /// Its name.
    pub(crate) name: &'static str,
    /// What it is counted in.
    pub(crate) unit: &'static str,
    /// Its limit.
    pub(crate) limit: Option<Limit>,
    /// What was measured, on what.
    pub(crate) what: &'static str,
}

const fn printed(name: &'static str, unit: &'static str, what: &'static str) -> Key {
    Key { name, unit, limit: None, what }
}

const fn at_most(most: f64, name: &'static str, unit: &'static str, what: &'static str) -> Key {
    Key { name, unit, limit: Some(Limit::AtMost(most)), what }
}

const fn at_least(least: f64, name: &'static str, unit: &'static str, what: &'static str) -> Key {
    Key { name, unit, limit: Some(Limit::AtLeast(least)), what }
}

/// Finds a figure by its name.
pub(crate) fn find(name: &str) -> Option<&'static Key> {
    KEYS.iter().find(|key| key.name == name)
}

/// Every figure, in the order of the table.
pub(crate) const KEYS: &[Key] = &[
    printed("disk.fdatasync_p50_us", "us", "append of 4 KiB and fdatasync, beside the rounds"),
    printed("disk.fdatasync_p99_us", "us", "the same, slowest hundredth"),
    at_most(
        3.0,
        "engine.cpu_us",
        "us",
        "writer's CPU for a transfer, batch of 1,024: admit, decide, apply, hand over on its thread; encode, hash on the one behind",
    ),
    printed("engine.batch_1.per_s", "1/s", "one thread steps the writer, a transfer per commit"),
    printed("engine.batch_64.per_s", "1/s", "the same, 64 per commit"),
    printed("engine.batch_1024.per_s", "1/s", "the same, 1,024 per commit"),
    printed(
        "engine.batch_8192.per_s",
        "1/s",
        "the same, 8,192 per commit (one request, which nothing splits)",
    ),
    at_least(
        0.6,
        "engine.batch_1024.vs_store",
        "x",
        "batch_1024 / the same rows, encoded beforehand, into the same SQLite table",
    ),
    printed("engine.batch_64.vs_bare", "x", "batch_64 / append and fdatasync of the same bytes"),
    printed("engine.batch_1024.vs_bare", "x", "batch_1024 / the same"),
    printed("engine.batch_8192.vs_bare", "x", "batch_8192 / the same"),
    at_least(
        0.9,
        "engine.hot.vs_spread",
        "x",
        "batches of 1,024 to one account / to 100,000 accounts",
    ),
    printed(
        "engine.hot.cpu_vs_spread",
        "x",
        "the same in transfers per second of the writer's CPU, which no disk disturbs",
    ),
    printed(
        "engine.c1.per_s",
        "1/s",
        "one caller through queue, writer thread and store, closed loop",
    ),
    printed("engine.c32.per_s", "1/s", "32 callers"),
    printed("engine.c256.per_s", "1/s", "256 callers"),
    printed("engine.c256.p50_ms", "ms", "their latency, median"),
    printed("engine.c256.p99_ms", "ms", "their latency, slowest hundredth"),
    printed(
        "engine.sqlite_rows.per_s",
        "1/s",
        "256 callers grouped into SQLite (WAL, FULL): row with random unique 16-byte key, two balances; 100,000 accounts, 1 M rows before",
    ),
    at_least(3.0, "engine.c256.vs_sqlite_rows", "x", "c256 / sqlite_rows"),
    printed(
        "gate.bounds.cpu_us",
        "us",
        "writer's CPU for a transfer under a chain of three grants with limits, and a policy set's bound",
    ),
    at_most(
        1.5,
        "gate.bounds.vs_ungated",
        "x",
        "the same / a transfer by the payer, no policy set",
    ),
    at_most(
        1_000.0,
        "gate.revoke_1m.cpu_us",
        "us",
        "writer thread's CPU to revoke the root of 1,001,001 grants",
    ),
    printed(
        "gate.revoke_1m.next_us",
        "us",
        "the same for the next command under one of them, which is refused",
    ),
    printed(
        "http.hello.per_s",
        "1/s",
        "the node's own GET of a fixed answer with a cached API key, 64 connections",
    ),
    printed("http.c1.per_s", "1/s", "single transfers over HTTP, durable, 1 kept-alive connection"),
    printed("http.c64.per_s", "1/s", "the same on 64 connections"),
    printed("http.c256.per_s", "1/s", "the same on 256 connections"),
    printed("http.c64.p50_ms", "ms", "latency on 64 connections, median"),
    printed("http.c64.p99_ms", "ms", "latency on 64 connections, slowest hundredth"),
    at_least(1.0, "http.c64.vs_bound", "x", "c64 / min(0.3 hello, 0.5 * 64 / fdatasync p50)"),
    at_least(
        0.8,
        "http.logins.vs_alone",
        "x",
        "c64 while 10,000 people log in at once / without them just before",
    ),
    printed(
        "http.logins.first_vs_alone",
        "x",
        "the same in the first quarter alone, while most are told to come back",
    ),
    printed("http.logins.answered", "1", "of them answered meanwhile, most told to come back"),
    at_most(
        5.0,
        "auth.cached_us",
        "us",
        "CPU to check an access token (a JWT) that was checked before",
    ),
    printed(
        "http.half.per_s",
        "1/s",
        "transfers at half the peak rate, open loop, whose generator goes first for a core",
    ),
    printed("http.half.p50_ms", "ms", "their latency from the planned moment, median"),
    printed("http.half.p99_ms", "ms", "their latency from the planned moment, slowest hundredth"),
    at_most(1.0, "http.half.p99_vs_bound", "x", "half.p99 / (5 fdatasync p99 + 2 ms)"),
    at_least(
        700_000.0,
        "replay.per_s",
        "1/s",
        "transfers decoded and applied in a second of one core",
    ),
    at_least(
        400_000.0,
        "verify.per_s",
        "1/s",
        "entries read and verified (leaf, chain, tree) in a second of one core",
    ),
    at_most(
        420.0,
        "entry.transfer_bytes",
        "bytes",
        "a transfer's line with API key and idempotency digest, newline included",
    ),
    printed("envelope.open_us", "us", "CPU to parse, canonicalise and verify a signed operation"),
    printed("envelope.strict_us", "us", "CPU of verify_strict alone on the same bytes"),
    at_least(0.6, "envelope.vs_strict", "x", "envelopes opened / signatures verified, per core"),
    printed(
        "gate.rego.writer_cpu_us",
        "us",
        "writer's CPU for a transfer that a policy in Rego judges: beforehand over the facts that are foreseen, then it is admitted, batch of 1,024",
    ),
    at_most(
        2.0,
        "gate.rego.writer_cpu_vs_ungated",
        "x",
        "the same / the same transfers without any policy",
    ),
    printed(
        "gate.rego.unforeseen_cpu_us",
        "us",
        "writer_cpu_us where nobody foresaw it: facts out, judgement back",
    ),
    at_most(
        2.0,
        "gate.rego.task_payment_vs_ungated",
        "x",
        "writer's CPU for a payment in a task, handed out and judged / the same without any policy",
    ),
    at_most(
        2.0,
        "gate.rego.tool_call_vs_ungated",
        "x",
        "the same of a tool's call under a grant, which begins there",
    ),
    at_most(
        30.0,
        "gate.rego.decision_us",
        "us",
        "one evaluation of policies/finance-v2: input document, rules, answer; median",
    ),
    printed("gate.rego.decision_p99_us", "us", "the same, slowest hundredth"),
    at_least(
        1.0,
        "gate.rego.throughput_vs_bound",
        "x",
        "foreseen and judged transfers per second, writer and judge's threads on a core each / (0.7 x threads / median decision)",
    ),
    printed(
        "agents.per_s",
        "1/s",
        "agents with cards registered and found, 1,000 at once, up to 100,000",
    ),
    at_most(
        1.5,
        "agents.last_vs_first",
        "x",
        "time for the last 20,000 of them / for the first 20,000 of another town, in turns",
    ),
    printed("discover.p50_ms", "ms", "one search among 100,000 agents, of mixed kinds, median"),
    at_most(20.0, "discover.p99_ms", "ms", "the same, slowest hundredth"),
    at_most(
        400.0,
        "mem.bytes_per_account",
        "bytes",
        "resident, for one more balance of known principals",
    ),
    at_most(
        2_000.0,
        "mem.bytes_per_agent",
        "bytes",
        "resident, for one more agent with key, API key and balance",
    ),
    at_most(
        1.2,
        "mem.after_eviction",
        "x",
        "resident after 31 days with 10 M intents (a tenth finished tasks, else payments under keys) and 31 quiet ones / without them",
    ),
    printed("mem.after_eviction_burst", "x", "the same after 1 M tasks of one day"),
    at_least(
        1_000.0,
        "sim.images_per_s",
        "1/s",
        "crash images built, opened by the store and checked, on all cores",
    ),
    at_least(
        100.0,
        "sim.hours_per_min",
        "h/min",
        "simulated hours of one node with clients and faults, every invariant checked after every step",
    ),
    at_least(
        0.9,
        "backup.http_c64",
        "x",
        "http.c64 while backups of the node are made one after the other / in turns without",
    ),
    at_most(
        2.0,
        "scrub.cpu_percent",
        "%",
        "CPU of a process that reads a journal of 1 M entries again at its default pace, of one core",
    ),
    printed(
        "backup.mb_s",
        "MB/s",
        "journal of 1 M entries copied and sealed by hansa backup create, vault and start included",
    ),
    printed("restore.verify_mb_s", "MB/s", "the same opened, replayed and compared"),
    at_least(
        100.0,
        "restore.mb_s",
        "MB/s",
        "the same restored: opened, replayed, compared, and written durably again",
    ),
    at_most(
        150.0,
        "start.dev_ms",
        "ms",
        "exec of `hansa serve` on a new directory to the first 200 of /readyz",
    ),
    at_most(60.0, "start.idle_mb", "MB", "resident then"),
    printed("start.1m_snapshot_ms", "ms", "the same with 1 M entries and a snapshot of them"),
    printed("start.1m_full_ms", "ms", "the same without a snapshot"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_told_apart() {
        for (position, key) in KEYS.iter().enumerate() {
            assert!(KEYS[..position].iter().all(|other| other.name != key.name), "{}", key.name);
        }
    }

    #[test]
    fn a_limit_holds_at_itself() {
        assert!(Limit::AtMost(3.0).holds(3.0) && !Limit::AtMost(3.0).holds(3.1));
        assert!(Limit::AtLeast(3.0).holds(3.0) && !Limit::AtLeast(3.0).holds(2.9));
        assert!(!Limit::AtMost(3.0).holds(f64::NAN));
    }
}
