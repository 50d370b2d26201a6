//! Clock, entropy and pauses of the client, which runs in somebody else's process and so has no
//! `Env` to ask.

#![allow(clippy::disallowed_methods)]

use std::collections::hash_map::RandomState;
use std::hash::BuildHasher as _;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use hansa_types::Time;

/// The machine's time.
pub(super) fn now() -> Time {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Time(u64::try_from(since.as_millis()).unwrap_or(u64::MAX))
}

/// 128 bits that do not repeat. They name envelopes and protect nothing: not for keys.
pub(super) fn entropy() -> u128 {
    let half = |n: u8| u128::from(RandomState::new().hash_one((n, now())));
    half(0) << 64 | half(1)
}

/// Waits.
pub(super) async fn pause(span: Duration) {
    tokio::time::sleep(span).await;
}

/// What is left of a span of time that began now.
#[derive(Debug, Clone, Copy)]
pub(super) struct Budget {
    began: Instant,
    span: Duration,
}

impl Budget {
    pub(super) fn of(span: Duration) -> Self {
        Self { began: Instant::now(), span }
    }

    pub(super) fn left(&self) -> Duration {
        self.span.saturating_sub(self.began.elapsed())
    }
}
