//! What is measured of the work beside the answers: scrubbing, backups and the growth of the disk.

use std::fmt::Write as _;
use std::sync::atomic::{AtomicU64, Ordering};

use hansa_types::Duration;

/// Nothing has happened yet.
const NEVER: u64 = u64::MAX;

/// Bytes on the disk, part by part.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Growth {
    /// The journal with its vault and its write-ahead log.
    pub journal: u64,
    /// The sealed documents within it, as last counted.
    pub vault: u64,
    /// The read models with theirs.
    pub views: u64,
    /// The folds of the journal.
    pub snapshots: u64,
    /// What is free.
    pub free: u64,
}

/// The work beside the answers.
#[derive(Debug)]
pub struct Upkeep {
    growth: std::sync::Mutex<Growth>,
    scrubbed_entries: AtomicU64,
    scrubbed_bytes: AtomicU64,
    scrub_passes: AtomicU64,
    scrub_ns: AtomicU64,
    scrub_age_ms: AtomicU64,
    backups: AtomicU64,
    backups_failed: AtomicU64,
    backup_age_ms: AtomicU64,
    /// Rows of the read models that were let go of for their age.
    pub views_forgotten: AtomicU64,
}

impl Default for Upkeep {
    fn default() -> Self {
        let none = || AtomicU64::new(0);
        Self {
            growth: std::sync::Mutex::default(),
            scrubbed_entries: none(),
            scrubbed_bytes: none(),
            scrub_passes: none(),
            scrub_ns: none(),
            scrub_age_ms: AtomicU64::new(NEVER),
            backups: none(),
            backups_failed: none(),
            backup_age_ms: AtomicU64::new(NEVER),
            views_forgotten: none(),
        }
    }
}

impl Upkeep {
    /// What lies on the disk now.
    pub fn grown(&self, growth: Growth) {
        *self.growth.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = growth;
    }

    /// What lay on the disk when it was last looked at.
    pub fn growth(&self) -> Growth {
        *self.growth.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    /// A piece of the journal was read again.
    pub fn scrubbed(&self, entries: u64, bytes: u64, ns: u64) {
        self.scrubbed_entries.fetch_add(entries, Ordering::Relaxed);
        self.scrubbed_bytes.fetch_add(bytes, Ordering::Relaxed);
        self.scrub_ns.fetch_add(ns, Ordering::Relaxed);
    }

    /// Everything was read again.
    pub fn scrub_passed(&self) {
        self.scrub_passes.fetch_add(1, Ordering::Relaxed);
    }

    /// How many times everything was.
    pub fn scrub_passes(&self) -> u64 {
        self.scrub_passes.load(Ordering::Relaxed)
    }

    /// How long ago the last whole pass began.
    pub fn scrub_is_old(&self, age: Duration) {
        self.scrub_age_ms.store(age.0, Ordering::Relaxed);
    }

    /// A backup of the schedule was made, or not.
    pub fn backed_up(&self, made: bool) {
        let counter = if made { &self.backups } else { &self.backups_failed };
        counter.fetch_add(1, Ordering::Relaxed);
    }

    /// How long ago the last backup of the schedule was made.
    pub fn backup_is_old(&self, age: Duration) {
        self.backup_age_ms.store(age.0, Ordering::Relaxed);
    }

    /// All of it, as text.
    pub(super) fn render(&self, text: &mut String) {
        let Growth { journal, vault, views, snapshots, free } = self.growth();
        let parts = [
            ("journal", journal),
            ("vault", vault),
            ("views", views),
            ("snapshots", snapshots),
            ("free", free),
        ];
        text.push_str(
            "# HELP hansa_disk_bytes Bytes on the disk; the vault is a part of the journal.\n",
        );
        text.push_str("# TYPE hansa_disk_bytes gauge\n");
        for (part, bytes) in parts {
            let _ = writeln!(text, "hansa_disk_bytes{{part=\"{part}\"}} {bytes}");
        }
        let counters = [
            ("scrub_entries", "Entries read again and verified", &self.scrubbed_entries),
            ("scrub_bytes", "Bytes of them and of documents", &self.scrubbed_bytes),
            ("scrub_passes", "Times the whole journal was read again", &self.scrub_passes),
            ("backups", "Backups of the schedule", &self.backups),
            ("backups_failed", "Backups of the schedule that failed", &self.backups_failed),
            ("views_forgotten", "Rows of the read models that went by age", &self.views_forgotten),
        ];
        for (name, help, counter) in counters {
            let value = counter.load(Ordering::Relaxed);
            let _ = writeln!(text, "# HELP hansa_{name} {help}.\n# TYPE hansa_{name} counter");
            let _ = writeln!(text, "hansa_{name}_total {value}");
        }
        let _ = writeln!(
            text,
            "# HELP hansa_scrub_seconds Time spent reading again.\n\
             # TYPE hansa_scrub_seconds counter\nhansa_scrub_seconds_total {}",
            seconds(self.scrub_ns.load(Ordering::Relaxed))
        );
        let ages = [
            ("scrub_age_seconds", "Since the last whole pass began", &self.scrub_age_ms),
            ("backup_age_seconds", "Since the last backup of the schedule", &self.backup_age_ms),
        ];
        for (name, help, age) in ages {
            let ms = age.load(Ordering::Relaxed);
            // What never happened has no age.
            if ms != NEVER {
                let _ = writeln!(text, "# HELP hansa_{name} {help}.\n# TYPE hansa_{name} gauge");
                let _ = writeln!(text, "hansa_{name} {}", ms / 1_000);
            }
        }
    }
}

#[allow(
    clippy::cast_precision_loss,
    clippy::float_arithmetic,
    reason = "Prometheus counts seconds in floats"
)]
fn seconds(ns: u64) -> f64 {
    ns as f64 / 1e9
}
