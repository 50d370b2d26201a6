//! Many callers, each with one request under way at a time.
//!
//! One thread plays all of them: whoever has his answer asks again. The same loop drives every
//! engine, so what the callers cost is the same beside each.

use std::ops::AddAssign;
use std::sync::mpsc::{self, Sender};
use std::time::{Duration, Instant};

use anyhow::Context as _;

use crate::measure::{Work, as_f64, quantile};

/// How long an answer may take before the engine is given up.
const PATIENCE: Duration = Duration::from_secs(20);

/// What a caller is told: its own number when it was done, or why not.
pub(crate) type Answer = Result<usize, String>;

/// Something that carries requests out.
pub(crate) trait Engine {
    /// Hands a caller's next request over; the answer goes to `done` once it is durable.
    fn submit(&mut self, caller: usize, done: &Sender<Answer>) -> anyhow::Result<()>;
}

/// What callers saw.
#[derive(Default)]
pub(crate) struct Load {
    /// Requests and time.
    pub(crate) work: Work,
    /// Latencies in nanoseconds.
    latencies: Vec<u64>,
}

impl Load {
    /// The latency below which a fraction of the requests stayed.
    pub(crate) fn latency_ms(&mut self, fraction: f64) -> f64 {
        self.latencies.sort_unstable();
        as_f64(quantile(&self.latencies, fraction)) / 1e6
    }
}

impl AddAssign for Load {
    fn add_assign(&mut self, other: Self) {
        self.work += other.work;
        self.latencies.extend(other.latencies);
    }
}

/// Lets callers ask for a span of time, then waits for their last answers.
pub(crate) fn closed_loop(
    engine: &mut dyn Engine,
    callers: usize,
    span: Duration,
) -> anyhow::Result<Load> {
    let (done, answers) = mpsc::channel::<Answer>();
    let begun = Instant::now();
    let mut sent = vec![begun; callers];
    for caller in 0..callers {
        engine.submit(caller, &done)?;
    }
    let (mut waiting, mut latencies) = (callers, Vec::with_capacity(1 << 20));
    while waiting > 0 {
        let answer = answers.recv_timeout(PATIENCE).context("no answer came")?;
        let caller = answer.map_err(anyhow::Error::msg)?;
        let now = Instant::now();
        latencies.push(nanos(now - sent[caller]));
        if now - begun < span {
            sent[caller] = now;
            engine.submit(caller, &done)?;
        } else {
            waiting -= 1;
        }
    }
    let (count, wall) = (latencies.len() as u64, begun.elapsed());
    Ok(Load { work: Work { count, wall, cpu: Duration::ZERO }, latencies })
}

/// A span in whole nanoseconds.
pub(crate) fn nanos(span: Duration) -> u64 {
    u64::try_from(span.as_nanos()).unwrap_or(u64::MAX)
}
