//! Clocks, quantiles, memory and cheap random numbers: what every scene measures with.
//!
//! Invariants: CPU time is that of the calling thread alone, so load elsewhere on the machine does
//! not count against it; memory is what the kernel says is resident.

use std::ops::AddAssign;
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use rustix::time::{ClockId, clock_gettime};

/// CPU time that the calling thread has used.
pub(crate) fn thread_cpu() -> Duration {
    cpu_of(ClockId::ThreadCPUTime)
}

/// CPU time that all threads of this process have used.
pub(crate) fn process_cpu() -> Duration {
    cpu_of(ClockId::ProcessCPUTime)
}

fn cpu_of(clock: ClockId) -> Duration {
    let used = clock_gettime(clock);
    let seconds = u64::try_from(used.tv_sec).unwrap_or_default();
    Duration::new(seconds, u32::try_from(used.tv_nsec).unwrap_or_default())
}

/// How often something was done, and how long that took.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Work {
    /// Things done.
    pub(crate) count: u64,
    /// Time on the wall.
    pub(crate) wall: Duration,
    /// CPU time of the thread under test, where it was taken.
    pub(crate) cpu: Duration,
}

impl Work {
    /// Times something that does `count` things on the calling thread.
    pub(crate) fn time(
        count: u64,
        work: impl FnOnce() -> anyhow::Result<()>,
    ) -> anyhow::Result<Self> {
        let (begun, cpu) = (Instant::now(), thread_cpu());
        work()?;
        Ok(Self { count, wall: begun.elapsed(), cpu: thread_cpu().saturating_sub(cpu) })
    }

    /// Things per second on the wall.
    pub(crate) fn per_second(&self) -> f64 {
        as_f64(self.count) / self.wall.as_secs_f64()
    }

    /// Things per second of CPU time: what one core does when nothing else wants it.
    pub(crate) fn per_cpu_second(&self) -> f64 {
        as_f64(self.count) / self.cpu.as_secs_f64()
    }

    /// Microseconds of CPU time for each thing.
    pub(crate) fn cpu_us_each(&self) -> f64 {
        self.cpu.as_secs_f64() * 1e6 / as_f64(self.count)
    }
}

impl AddAssign for Work {
    fn add_assign(&mut self, other: Self) {
        self.count += other.count;
        self.wall += other.wall;
        self.cpu += other.cpu;
    }
}

/// A count as a float; counts here stay far below 2^53.
#[allow(clippy::cast_precision_loss, reason = "counts stay far below 2^53")]
pub(crate) fn as_f64(count: u64) -> f64 {
    count as f64
}

/// A length as a float.
pub(crate) fn len_f64(count: usize) -> f64 {
    as_f64(count as u64)
}

/// The value below which a fraction of the sorted values lies (nearest rank).
pub(crate) fn quantile<T: Copy + Default>(sorted: &[T], fraction: f64) -> T {
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a position")]
    let rank = (len_f64(sorted.len()) * fraction).ceil() as usize;
    sorted.get(rank.saturating_sub(1)).copied().unwrap_or_default()
}

/// The middle of some figures; the mean of the middle two where their number is even.
pub(crate) fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let half = sorted.len() / 2;
    match sorted.len() % 2 {
        0 if half > 0 => f64::midpoint(sorted[half - 1], sorted[half]),
        _ => sorted.get(half).copied().unwrap_or(f64::NAN),
    }
}

/// Resident memory of a process in bytes; `self` for this one.
pub(crate) fn resident_bytes(process: &str) -> anyhow::Result<u64> {
    let path = Path::new("/proc").join(process).join("statm");
    let text =
        std::fs::read_to_string(&path).with_context(|| format!("reading {}", path.display()))?;
    let pages = text.split_whitespace().nth(1).context("statm has no second number")?;
    let page_bytes = rustix::param::page_size() as u64;
    Ok(pages.parse::<u64>().context("statm holds no number")? * page_bytes)
}

/// SplitMix64: uniform, fast and repeatable; not for secrets.
#[derive(Debug, Clone)]
pub(crate) struct Rng(u64);

impl Rng {
    /// Begins at a seed.
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next 64 bits.
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// The next 128 bits.
    pub(crate) fn next_u128(&mut self) -> u128 {
        u128::from(self.next()) << 64 | u128::from(self.next())
    }

    /// A position below `end`.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        let wide = u128::from(self.next()) * end as u128;
        usize::try_from(wide >> 64).unwrap_or_default()
    }

    /// Random bytes of a fixed number.
    pub(crate) fn bytes<const N: usize>(&mut self) -> [u8; N] {
        let mut bytes = [0; N];
        for chunk in bytes.chunks_mut(8) {
            chunk.copy_from_slice(&self.next().to_le_bytes()[..chunk.len()]);
        }
        bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_values_that_were_seen() {
        let sorted: Vec<u64> = (1..=100).collect();
        assert_eq!(quantile(&sorted, 0.5), 50);
        assert_eq!(quantile(&sorted, 0.99), 99);
        assert_eq!(quantile(&sorted, 1.0), 100);
        assert_eq!(quantile::<u64>(&[], 0.5), 0);
    }

    #[test]
    fn the_median_lies_in_the_middle() {
        assert_eq!(median(&[3.0, 1.0, 2.0]).to_bits(), 2f64.to_bits());
        assert_eq!(median(&[4.0, 1.0, 2.0, 3.0]).to_bits(), 2.5f64.to_bits());
        assert!(median(&[]).is_nan());
    }

    #[test]
    fn random_positions_stay_below_their_end() {
        let mut rng = Rng::new(7);
        assert!((0..1_000).all(|_| rng.below(10) < 10));
        assert_ne!(rng.bytes::<24>(), rng.bytes::<24>());
    }
}
