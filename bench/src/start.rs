//! How soon a node is ready, and how little it holds then.

use std::path::Path;

use hansa_node::snapshot;

use crate::measure::{as_f64, median};
use crate::report::Report;
use crate::scene::{Bench, Scene};
use crate::serve::Served;

/// Starts of one figure.
const STARTS: usize = 5;
/// Keeps a node from making snapshots while it is measured.
const NO_SNAPSHOTS: (&str, &str) = ("HANSA_STORE__SNAPSHOT_ENTRIES", "1000000000");

/// The scene.
pub(crate) struct StartScene;

impl Scene for StartScene {
    fn round(&mut self, _bench: &Bench, _report: &mut Report) -> anyhow::Result<()> {
        Ok(())
    }

    fn finish(&mut self, bench: &Bench, report: &mut Report) -> anyhow::Result<()> {
        if bench.wants_any(&["start.dev_ms", "start.idle_mb"]) {
            for number in 0..STARTS {
                let served = Served::start(
                    &bench.hansa,
                    &bench.dir("start")?.join(number.to_string()),
                    &[],
                )?;
                report.add("start.dev_ms", served.ready_after.as_secs_f64() * 1e3)?;
                report.add("start.idle_mb", as_f64(served.resident_bytes()?) / 1e6)?;
            }
        }
        if bench.wants("start.1m") {
            let dir = bench.dir("start")?.join("full");
            bench.world()?.copy(&dir)?;
            report.add("start.1m_full_ms", starts(bench, &dir)?)?;
            snapshot::write(&dir)?;
            report.add("start.1m_snapshot_ms", starts(bench, &dir)?)?;
        }
        Ok(())
    }
}

/// The median of three starts on books that grow no more.
fn starts(bench: &Bench, dir: &Path) -> anyhow::Result<f64> {
    let mut spans = Vec::new();
    for _ in 0..3 {
        // The read models are made beside the answers and are no part of being ready.
        let served = Served::start(&bench.hansa, dir, &[NO_SNAPSHOTS])?;
        spans.push(served.ready_after.as_secs_f64() * 1e3);
    }
    Ok(median(&spans))
}
