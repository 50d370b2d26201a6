//! Reading the journal again: folding it, verifying it, and what an entry of it weighs.
//!
//! Rates are per second of CPU time of one thread. Folding works on lines in memory; verification
//! reads the store as a starting node does, from a warm page cache.

use std::ops::ControlFlow;

use hansa_kernel::codec;
use hansa_kernel::limits::ENTRIES_READ_AHEAD;
use hansa_store::verify::{VerifyFrom, verify};
use hansa_store::{Row, Store};

use crate::measure::{Work, len_f64};
use crate::report::Report;
use crate::scene::{Bench, Scene};
use crate::world::TRANSFERS;

/// The scene.
pub(crate) struct ReplayScene {
    rows: Vec<Row>,
}

impl ReplayScene {
    /// Reads the transfers of the books into memory.
    pub(crate) fn prepare(bench: &Bench, report: &mut Report) -> anyhow::Result<Self> {
        let world = bench.world()?;
        let mut rows = Vec::new();
        Store::open_read_only(world.dir())?.scan(world.peopled.state.seq + 1, &mut |row| {
            rows.push(row);
            Ok(ControlFlow::Continue(()))
        })?;
        let bytes: usize = rows.iter().map(|row| row.entries.len()).sum();
        report.add("entry.transfer_bytes", len_f64(bytes) / len_f64(TRANSFERS))?;
        Ok(Self { rows })
    }
}

impl Scene for ReplayScene {
    fn round(&mut self, bench: &Bench, report: &mut Report) -> anyhow::Result<()> {
        let world = bench.world()?;
        if bench.wants("replay.per_s") {
            let mut state = world.peopled.state.clone();
            let mut entries = Vec::with_capacity(ENTRIES_READ_AHEAD);
            let work = Work::time(TRANSFERS as u64, || {
                for (_, line, _) in self.rows.iter().flat_map(Row::entries) {
                    entries.push(codec::decode(line)?);
                    if entries.len() == ENTRIES_READ_AHEAD {
                        state.apply_all(&entries);
                        entries.clear();
                    }
                }
                state.apply_all(&entries);
                Ok(())
            })?;
            anyhow::ensure!(state.seq == world.full.state.seq, "the fold ends elsewhere");
            report.add("replay.per_s", work.per_cpu_second())?;
        }
        if bench.wants("verify.per_s") {
            let reader = Store::open_read_only(world.dir())?;
            let peopled = &world.peopled;
            let (seq, range) = (peopled.state.seq, peopled.hashes.tree.clone());
            let from = VerifyFrom { seq, chain: peopled.hashes.chain, range };
            let work = Work::time(TRANSFERS as u64, || {
                let verified = verify(&*reader, from, &mut |_| ())?;
                anyhow::ensure!(verified.entries == TRANSFERS as u64, "entries are missing");
                Ok(())
            })?;
            report.add("verify.per_s", work.per_cpu_second())?;
        }
        Ok(())
    }
}
