//! Whether and when a call is made again: a pure decision.

use std::time::Duration;

/// Attempts of one call at most.
pub(super) const ATTEMPTS_MAX: u32 = 8;
const PAUSE_FIRST: Duration = Duration::from_millis(50);
const PAUSE_MAX: Duration = Duration::from_secs(5);

/// Why an attempt brought no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Miss {
    /// The node said 503 and when to come back: it has done nothing.
    Busy(Duration),
    /// The connection failed or broke: whether anything was done is unknown.
    Disconnected,
}

/// The attempt that failed.
#[derive(Debug, Clone, Copy)]
pub(super) struct Attempt {
    /// Its number, from 1.
    pub(super) number: u32,
    /// Whether the call may arrive twice without being done twice.
    pub(super) repeatable: bool,
    /// What is left until the deadline.
    pub(super) left: Duration,
}

/// How long to wait before the next attempt; `None` when there is none.
pub(super) fn pause(miss: Miss, attempt: Attempt) -> Option<Duration> {
    let pause = match miss {
        Miss::Busy(wait) => wait.max(backoff(attempt.number)),
        Miss::Disconnected if attempt.repeatable => backoff(attempt.number),
        Miss::Disconnected => return None,
    };
    (attempt.number < ATTEMPTS_MAX && pause < attempt.left).then_some(pause)
}

fn backoff(number: u32) -> Duration {
    PAUSE_FIRST.saturating_mul(1 << number.saturating_sub(1).min(16)).min(PAUSE_MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn attempt(number: u32, repeatable: bool) -> Attempt {
        Attempt { number, repeatable, left: Duration::from_secs(30) }
    }

    #[test]
    fn a_busy_node_is_asked_again_when_it_says_and_not_past_the_deadline() {
        let wait = Duration::from_secs(2);
        assert_eq!(pause(Miss::Busy(wait), attempt(1, false)), Some(wait));
        let long = Duration::from_secs(30);
        assert_eq!(pause(Miss::Busy(long), attempt(1, true)), None);
        assert_eq!(pause(Miss::Busy(Duration::ZERO), attempt(1, true)), Some(PAUSE_FIRST));
    }

    #[test]
    fn a_lost_connection_is_retried_only_when_nothing_can_happen_twice() {
        assert_eq!(pause(Miss::Disconnected, attempt(1, true)), Some(PAUSE_FIRST));
        assert_eq!(pause(Miss::Disconnected, attempt(1, false)), None);
    }

    #[test]
    fn pauses_grow_to_a_bound_and_attempts_end() {
        assert_eq!(pause(Miss::Disconnected, attempt(3, true)), Some(PAUSE_FIRST * 4));
        assert_eq!(backoff(u32::MAX), PAUSE_MAX);
        assert_eq!(pause(Miss::Disconnected, attempt(ATTEMPTS_MAX, true)), None);
    }
}
