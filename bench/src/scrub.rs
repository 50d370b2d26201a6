//! What the scrubber costs at its own pace: CPU of a process that does nothing else.
//!
//! A child is this program, called again with a hidden word, so that no other scene's CPU counts.

use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use hansa_node::env::Env;
use hansa_node::keys::Place;
use hansa_node::limits::SCRUB_DAYS_MAX;
use hansa_node::metrics::Metrics;
use hansa_node::scrub::Scrubber;
use hansa_node::vault::Vault;
use hansa_store::Store;

use crate::measure::process_cpu;
use crate::report::Report;
use crate::scene::{Bench, Scene};

/// The word that makes this program a child.
pub(crate) const CHILD: &str = "scrub";
/// This program, even when its file has been replaced by a newer build.
const ITSELF: &str = "/proc/self/exe";
/// How long a pass is watched.
const WATCHED: Duration = Duration::from_secs(5);

/// The scene.
pub(crate) struct ScrubScene;

impl Scene for ScrubScene {
    fn round(&mut self, _bench: &Bench, _report: &mut Report) -> anyhow::Result<()> {
        Ok(())
    }

    fn finish(&mut self, bench: &Bench, report: &mut Report) -> anyhow::Result<()> {
        let dir = bench.world()?.dir();
        let output =
            Command::new(ITSELF).arg(CHILD).arg(dir).output().context("starting a child")?;
        let (said, why) = (&output.stdout, String::from_utf8_lossy(&output.stderr));
        anyhow::ensure!(output.status.success(), "{}", why.trim());
        let percent = String::from_utf8_lossy(said).trim().parse().context("no number")?;
        report.add("scrub.cpu_percent", percent)
    }
}

/// What a child does: begins a pass, and prints which part of a core it took.
pub(crate) fn child(dir: &Path) -> anyhow::Result<()> {
    let env = Env::real();
    let keys = Arc::new(Place::from(dir).need()?);
    let vault = Vault::new(Arc::clone(&keys), Store::open_read_only(dir)?, env.clone());
    let scrubber = Scrubber {
        data_dir: dir.to_owned(),
        keys: vec![keys.signing().public()],
        vault: Arc::new(vault),
        days_max: SCRUB_DAYS_MAX,
        env,
        metrics: Arc::new(Metrics::default()),
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let (begun, cpu) = (Instant::now(), process_cpu());
    let passed =
        runtime.block_on(async { tokio::time::timeout(WATCHED, scrubber.pass(None)).await });
    if let Ok(outcome) = passed {
        outcome?;
    }
    let used = process_cpu().saturating_sub(cpu).as_secs_f64();
    println!("{}", used / begun.elapsed().as_secs_f64() * 100.0);
    Ok(())
}
