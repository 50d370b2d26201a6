//! What a backup costs and how fast it comes back.
//!
//! On the books of a million entries, made beside nobody: megabytes of journal a second. A restoration
//! reads, opens, replays and verifies everything and writes it durably again; a verification does all
//! but the writing.

use std::time::Instant;

use hansa_crypto::seal::SealKey;
use hansa_node::backup::{self, Pace};

use crate::measure::as_f64;
use crate::report::Report;
use crate::scene::{Bench, Scene};

/// The scene.
pub(crate) struct RestoreScene;

impl Scene for RestoreScene {
    fn round(&mut self, _bench: &Bench, _report: &mut Report) -> anyhow::Result<()> {
        Ok(())
    }

    fn finish(&mut self, bench: &Bench, report: &mut Report) -> anyhow::Result<()> {
        let dir = bench.dir("restore")?;
        let (data, to, target) = (dir.join("data"), dir.join("backups"), dir.join("target"));
        bench.world()?.copy(&data)?;
        let key = SealKey::from_bytes([42; 32]);
        let mut quiet = |_: u64, _: u64| ();
        let begun = Instant::now();
        let manifest = backup::create(&data, &to, &key, &bench.env, Pace::AtOnce, &mut quiet)?;
        let create_s = begun.elapsed().as_secs_f64();
        let mut bytes = 0;
        for segment in &manifest.segments {
            bytes += std::fs::metadata(to.join(&segment.file))?.len();
        }
        let mb = as_f64(bytes) / 1e6;
        report.add("backup.mb_s", mb / create_s)?;
        let begun = Instant::now();
        backup::verify(&to, &manifest, &key, &mut quiet)?;
        report.add("restore.verify_mb_s", mb / begun.elapsed().as_secs_f64())?;
        let begun = Instant::now();
        backup::restore(&to, &manifest, &key, &target, &bench.env, &mut quiet)?;
        report.add("restore.mb_s", mb / begun.elapsed().as_secs_f64())
    }
}
