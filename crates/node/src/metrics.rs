//! What is measured, in the text format of Prometheus.

mod upkeep;

use std::fmt::Write as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use hansa_kernel::State;
use hansa_kernel::state::Rows;
use hansa_store::JournalStats;
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::registry::{Registry, Unit};

pub use upkeep::{Growth, Upkeep};

/// Labels of a request at the HTTP edge.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub struct RequestLabels {
    /// The operation's id, or `none` for a path that is no operation.
    pub operation: &'static str,
    /// The status answered.
    pub status: u16,
}

/// Labels of a request to elsewhere.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub struct EgressLabels {
    /// What it was for.
    pub purpose: &'static str,
    /// `answered`, or why there is no answer.
    pub outcome: &'static str,
}

/// Labels of a judgement.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub struct JudgementLabels {
    /// What policy said.
    pub verdict: &'static str,
}

/// Labels of a set in shadow that said something else than what counted.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub struct ShadowLabels {
    /// Which set.
    pub policy_set: String,
    /// What it said.
    pub verdict: &'static str,
    /// What counted.
    pub enforced: &'static str,
}

/// All metrics of a node.
pub struct Metrics {
    registry: Registry,
    /// Requests answered, by operation and status.
    pub requests: Family<RequestLabels, Counter>,
    /// How long they took.
    pub request_seconds: Histogram,
    /// Requests to elsewhere, by purpose and outcome.
    pub egress: Family<EgressLabels, Counter>,
    /// Judgements, by verdict.
    pub judgements: Family<JudgementLabels, Counter>,
    /// Judgements that were made before the writer asked.
    pub foreseen: Counter,
    /// Those of them over something else than what the writer asked about.
    pub foreseen_wrong: Counter,
    /// Policy sets that could not be evaluated.
    pub judge_failures: Counter,
    /// Verdicts of sets in shadow that differ from what counted.
    pub shadow_differences: Family<ShadowLabels, Counter>,
    judge_seconds: Histogram,
    batches: Counter,
    commands: Counter,
    entries: Counter,
    batch_commands: Histogram,
    /// Entries that the read models are behind.
    pub projector_lag: Gauge,
    /// Requests waiting for the writer.
    pub queue: Gauge,
    /// The work beside the answers.
    pub upkeep: Upkeep,
    /// Actions that the gate refused.
    pub refused_actions: Counter,
    rows: std::sync::Mutex<Rows>,
    decided: AtomicU64,
    decide_ns: AtomicU64,
    encode_ns: AtomicU64,
    journal: std::sync::OnceLock<Arc<JournalStats>>,
}

impl Default for Metrics {
    fn default() -> Self {
        let mut registry = Registry::with_prefix("hansa");
        let metrics = Self {
            requests: Family::default(),
            request_seconds: Histogram::new(exponential_buckets(0.000_1, 2.0, 18)),
            egress: Family::default(),
            judgements: Family::default(),
            foreseen: Counter::default(),
            foreseen_wrong: Counter::default(),
            judge_failures: Counter::default(),
            shadow_differences: Family::default(),
            judge_seconds: Histogram::new(exponential_buckets(0.000_005, 2.0, 18)),
            batches: Counter::default(),
            commands: Counter::default(),
            entries: Counter::default(),
            batch_commands: Histogram::new(exponential_buckets(1.0, 2.0, 14)),
            projector_lag: Gauge::default(),
            queue: Gauge::default(),
            upkeep: Upkeep::default(),
            refused_actions: Counter::default(),
            rows: std::sync::Mutex::default(),
            decided: AtomicU64::new(0),
            decide_ns: AtomicU64::new(0),
            encode_ns: AtomicU64::new(0),
            journal: std::sync::OnceLock::new(),
            registry: Registry::default(),
        };
        let requests = metrics.requests.clone();
        registry.register("http_requests", "Requests answered", requests);
        let egress = metrics.egress.clone();
        registry.register("egress_requests", "Requests to elsewhere", egress);
        let seconds = metrics.request_seconds.clone();
        registry.register_with_unit(
            "http_request_duration",
            "Time from the request's head to the answer's",
            Unit::Seconds,
            seconds,
        );
        metrics.register_policy(&mut registry);
        registry.register("writer_batches", "Batches decided", metrics.batches.clone());
        registry.register("writer_commands", "Commands decided", metrics.commands.clone());
        registry.register("journal_entries", "Entries decided", metrics.entries.clone());
        let sizes = metrics.batch_commands.clone();
        registry.register("writer_batch_commands", "Commands of a batch", sizes);
        registry.register("writer_queue", "Requests waiting for the writer", metrics.queue.clone());
        let refused = metrics.refused_actions.clone();
        registry.register("actions_refused", "Actions that the gate refused", refused);
        let lag = metrics.projector_lag.clone();
        registry.register("projector_lag_entries", "Entries the read models are behind", lag);
        Self { registry, ..metrics }
    }
}

impl Metrics {
    /// Names what is measured of policy.
    fn register_policy(&self, registry: &mut Registry) {
        let judgements = self.judgements.clone();
        registry.register("policy_judgements", "Acts that policy was asked about", judgements);
        let foreseen = self.foreseen.clone();
        registry.register("policy_foreseen", "Acts judged before the writer asked", foreseen);
        let wrong = self.foreseen_wrong.clone();
        registry.register("policy_foreseen_wrong", "Those of them that it asked about anew", wrong);
        let failures = self.judge_failures.clone();
        registry.register("policy_failures", "Policy sets that failed, hence denied", failures);
        let differences = self.shadow_differences.clone();
        registry.register(
            "policy_shadow_differences",
            "Verdicts in shadow that differ from what counted",
            differences,
        );
        let seconds = self.judge_seconds.clone();
        registry.register_with_unit(
            "policy_judgement_duration",
            "Time to judge one act",
            Unit::Seconds,
            seconds,
        );
    }

    /// Takes in a batch and how long it took to decide. The state's sizes are looked at once in a while
    /// only.
    #[allow(clippy::cast_precision_loss, reason = "a histogram counts in floats")]
    pub fn batch(&self, commands: usize, entries: u64, decide_ns: u64, state: &State) {
        if commands > 0 {
            self.batches.inc();
            self.commands.inc_by(commands as u64);
            self.entries.inc_by(entries);
            self.batch_commands.observe(commands as f64);
            self.decide_ns.fetch_add(decide_ns, Ordering::Relaxed);
        }
        if self.decided.fetch_add(1, Ordering::Relaxed).is_multiple_of(64) {
            *self.rows.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = state.rows();
        }
    }

    /// Takes in how long a batch's entries took to be written and hashed.
    pub fn encoded(&self, ns: u64) {
        self.encode_ns.fetch_add(ns, Ordering::Relaxed);
    }

    /// Takes in how long a judgement took.
    #[allow(
        clippy::cast_precision_loss,
        clippy::float_arithmetic,
        reason = "Prometheus counts seconds in floats"
    )]
    pub fn judged(&self, ns: u64) {
        self.judge_seconds.observe(ns as f64 / 1e9);
    }

    /// Where the journal counts its commits.
    pub fn watch_journal(&self, stats: Arc<JournalStats>) {
        // A node has one journal, so only the first call counts.
        let _ = self.journal.set(stats);
    }

    /// Everything, as text.
    pub fn render(&self) -> String {
        let mut text = String::new();
        if prometheus_client::encoding::text::encode_registry(&mut text, &self.registry).is_err() {
            text.clear();
        }
        let rows = *self.rows.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let kinds = [
            ("principals", rows.principals),
            ("accounts", rows.accounts),
            ("api_keys", rows.api_keys),
            ("dids", rows.dids),
            ("dids_seen", rows.dids_seen),
            ("sessions", rows.sessions),
            ("grants", rows.grants),
            ("held", rows.held),
            ("tasks", rows.tasks),
            ("policy_sets", rows.policy_sets),
            ("policy_evaluations", rows.policy_evaluations),
            ("actions", rows.actions),
            ("callbacks", rows.callbacks),
            ("memories", rows.memories),
            ("idempotency", rows.idempotency),
            ("operation_envelopes", rows.operation_envelopes),
        ];
        text.push_str(
            "# HELP hansa_state_rows Things the state holds.\n# TYPE hansa_state_rows gauge\n",
        );
        for (kind, count) in kinds {
            let _ = writeln!(text, "hansa_state_rows{{kind=\"{kind}\"}} {count}");
        }
        let mut lines = vec![
            seconds("writer_decide_seconds", "Time spent deciding", &self.decide_ns),
            seconds(
                "writer_encode_seconds",
                "Time spent writing entries and hashing them",
                &self.encode_ns,
            ),
        ];
        if let Some(stats) = self.journal.get() {
            lines.extend(journal_lines(stats));
        }
        for Line { name, kind, help, value } in lines {
            let suffix = if kind == "counter" { "_total" } else { "" };
            let _ = writeln!(text, "# HELP hansa_{name} {help}.\n# TYPE hansa_{name} {kind}");
            let _ = writeln!(text, "hansa_{name}{suffix} {value}");
        }
        self.upkeep.render(&mut text);
        text.push_str("# EOF\n");
        text
    }
}

/// One metric that is not kept in the registry.
struct Line {
    name: &'static str,
    kind: &'static str,
    help: &'static str,
    value: String,
}

impl Line {
    /// The same as something that may also fall.
    fn gauge(self) -> Self {
        Self { kind: "gauge", ..self }
    }
}

#[allow(
    clippy::cast_precision_loss,
    clippy::float_arithmetic,
    reason = "Prometheus counts seconds in floats"
)]
fn seconds(name: &'static str, help: &'static str, ns: &AtomicU64) -> Line {
    let value = (ns.load(Ordering::Relaxed) as f64 / 1e9).to_string();
    Line { name, kind: "counter", help, value }
}

fn journal_lines(stats: &JournalStats) -> [Line; 10] {
    let count = |name, kind, help, counter: &AtomicU64| {
        let value = counter.load(Ordering::Relaxed).to_string();
        Line { name, kind, help, value }
    };
    [
        count("journal_wal_bytes", "gauge", "Bytes in the write-ahead log", &stats.wal_bytes),
        count("journal_commits", "counter", "Commits made durable", &stats.commits),
        seconds("journal_sync_seconds", "Time spent in commits", &stats.commit_ns_sum),
        seconds("journal_sync_seconds_max", "The longest commit", &stats.commit_ns_max).gauge(),
        count("journal_copies", "counter", "Times the log was copied back", &stats.checkpoints),
        seconds("journal_copy_seconds_last", "The latest copy of it", &stats.checkpoint_ns_last)
            .gauge(),
        count("journal_bytes", "counter", "Bytes of entries made durable", &stats.bytes),
        count("journal_sealed_seq", "gauge", "Last entry in a sealed range", &stats.sealed_seq),
        count("journal_sealed_bytes", "counter", "Bytes of entries sealed", &stats.sealed_bytes),
        count(
            "journal_sealed_kept_bytes",
            "counter",
            "Bytes that sealed entries take up",
            &stats.sealed_kept_bytes,
        ),
    ]
}
