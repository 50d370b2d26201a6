//! A clock that stands still until a test moves it.

use std::sync::{Mutex, MutexGuard, PoisonError};

use hansa_node::env::{Clock, Sleep};
use hansa_types::{Duration, Time};
use tokio::sync::watch;

/// 2026-01-01T00:00:00Z, where every simulated world begins.
const BEGINNING: Time = Time(1_767_225_600_000);

/// Wall and monotonic clock in a test's hand.
pub struct SimClock {
    hands: Mutex<Hands>,
    /// Tells sleepers that the monotonic clock moved.
    moved: watch::Sender<u64>,
}

#[derive(Clone, Copy)]
struct Hands {
    wall: Time,
    monotonic: Duration,
}

impl Default for SimClock {
    fn default() -> Self {
        Self::new()
    }
}

impl SimClock {
    /// Where every simulated world begins: 2026-01-01T00:00:00Z.
    pub fn beginning() -> Time {
        BEGINNING
    }

    /// A clock at the beginning.
    pub fn new() -> Self {
        let hands = Hands { wall: BEGINNING, monotonic: Duration(0) };
        Self { hands: Mutex::new(hands), moved: watch::Sender::new(0) }
    }

    fn hands(&self) -> MutexGuard<'_, Hands> {
        self.hands.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Time passes: both clocks move on.
    pub fn advance(&self, span: Duration) {
        let mut hands = self.hands();
        hands.wall = hands.wall.after(span);
        hands.monotonic = Duration(hands.monotonic.0 + span.0);
        self.moved.send_replace(hands.monotonic.0);
    }

    /// Somebody sets the wall clock; no time passes.
    pub fn set_wall(&self, wall: Time) {
        self.hands().wall = wall;
    }
}

impl Clock for SimClock {
    fn wall(&self) -> Time {
        self.hands().wall
    }

    fn monotonic(&self) -> Duration {
        self.hands().monotonic
    }

    fn stopwatch_ns(&self) -> u64 {
        self.monotonic().0.saturating_mul(1_000_000)
    }

    fn sleep(&self, span: Duration) -> Sleep {
        let until = self.monotonic().0 + span.0;
        let mut moved = self.moved.subscribe();
        Box::pin(async move {
            // The clock outlives every sleeper of its world, or nobody waits for them any more.
            let _ = moved.wait_for(|&now| now >= until).await;
        })
    }
}
