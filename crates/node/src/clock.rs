//! The node's view of time, and the watchdog that distrusts it.
//!
//! The wall clock and the monotonic clock move together. When they part by more than five seconds,
//! somebody set the wall clock: until it comes back or the operator accepts the jump, timers stand
//! still and commands that depend on time are refused.

use hansa_types::{Duration, Time};

use crate::env::Clock;
use crate::limits::CLOCK_STEP_MAX;

/// Both clocks, read once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reading {
    /// What the wall clock says.
    pub wall: Time,
    /// What the monotonic clock says.
    pub monotonic: Duration,
}

impl Reading {
    /// Reads both clocks.
    pub fn of(clock: &dyn Clock) -> Self {
        Self { wall: clock.wall(), monotonic: clock.monotonic() }
    }
}

/// Watches the two clocks.
#[derive(Debug, Clone)]
pub struct Watchdog {
    /// A pair of readings that were trusted.
    anchor: Reading,
    /// The jump last seen, in milliseconds; within the limit while the time is sure.
    jump_ms: i64,
}

impl Watchdog {
    /// Trusts the first reading.
    pub fn new(first: Reading) -> Self {
        Self { anchor: first, jump_ms: 0 }
    }

    /// Takes a reading in. Small drift is trusted and becomes the new anchor, so that a clock
    /// disciplined over days never adds up to a jump.
    pub fn observe(&mut self, reading: Reading) {
        let elapsed = signed(reading.monotonic.0) - signed(self.anchor.monotonic.0);
        let shown = signed(reading.wall.0) - signed(self.anchor.wall.0);
        self.jump_ms = shown - elapsed;
        if self.is_sure() {
            self.anchor = reading;
        }
    }

    /// The time to go by: the wall clock's while it is believed, and else what the monotonic clock
    /// makes of the last reading that was. So nothing that is written meanwhile is dated in a future
    /// that never came.
    pub fn believed(&self, reading: Reading) -> Time {
        if self.is_sure() {
            return reading.wall;
        }
        let elapsed = reading.monotonic.0.saturating_sub(self.anchor.monotonic.0);
        self.anchor.wall.after(Duration(elapsed))
    }

    /// Whether the wall clock can be believed.
    pub fn is_sure(&self) -> bool {
        self.jump_ms.unsigned_abs() <= CLOCK_STEP_MAX.0
    }

    /// The jump last seen, in milliseconds: positive when the wall clock was set forward.
    pub fn jump_ms(&self) -> i64 {
        self.jump_ms
    }

    /// Trusts the wall clock as it is now.
    pub fn accept(&mut self, reading: Reading) {
        *self = Self::new(reading);
    }
}

fn signed(ms: u64) -> i64 {
    i64::try_from(ms).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reading(wall_s: u64, monotonic_s: u64) -> Reading {
        Reading { wall: Time(wall_s * 1_000), monotonic: Duration::seconds(monotonic_s) }
    }

    #[test]
    fn a_step_makes_the_time_unsure_until_it_is_undone() {
        let mut watchdog = Watchdog::new(reading(100_000, 0));
        watchdog.observe(reading(100_010, 10));
        assert!(watchdog.is_sure());
        watchdog.observe(reading(96_410, 20));
        assert!(!watchdog.is_sure());
        assert_eq!(watchdog.jump_ms(), -3_610_000);
        watchdog.observe(reading(100_030, 30));
        assert!(watchdog.is_sure());
    }

    #[test]
    fn slow_drift_never_adds_up_to_a_jump() {
        let mut watchdog = Watchdog::new(reading(0, 0));
        for hour in 1..1_000 {
            watchdog.observe(reading(hour * 3_604, hour * 3_600));
            assert!(watchdog.is_sure(), "hour {hour}");
        }
    }

    #[test]
    fn an_accepted_jump_is_the_new_time() {
        let mut watchdog = Watchdog::new(reading(0, 0));
        let year = reading(31_536_000, 1);
        watchdog.observe(year);
        assert!(!watchdog.is_sure());
        watchdog.accept(year);
        watchdog.observe(reading(31_536_010, 11));
        assert!(watchdog.is_sure());
    }
}
