//! Named points at which a test may kill the process.
//!
//! With the feature `crash-points` and `HANSA_CRASH_POINT=name:N` in the environment, the process
//! kills itself, without a chance to clean up, when it passes `name` for the N-th time. Without the
//! feature a point is nothing at all. There is deliberately no gentler failure here: errors are
//! injected by [`crate::memory`].

/// Every point, in the order in which one batch and what follows it pass them.
pub const POINTS: [&str; 11] = [
    "before_append",
    "after_append",
    "after_commit",
    "before_wal_checkpoint",
    "after_wal_checkpoint",
    "before_checkpoint_note",
    "after_checkpoint_note",
    "before_seal",
    "after_seal",
    "snapshot_before_rename",
    "snapshot_after_rename",
];

/// The variable that says where to die.
pub const VARIABLE: &str = "HANSA_CRASH_POINT";

/// Dies here if the environment says so.
#[cfg(not(feature = "crash-points"))]
#[inline(always)]
pub fn point(_name: &'static str) {}

/// Dies here if the environment says so.
#[cfg(feature = "crash-points")]
pub fn point(name: &'static str) {
    armed::pass(name);
}

#[cfg(feature = "crash-points")]
mod armed {
    use std::sync::OnceLock;
    use std::sync::atomic::{AtomicU64, Ordering};

    /// Where to die, and at which passing, counted from 1.
    struct Order {
        name: String,
        at: u64,
    }

    static ORDER: OnceLock<Option<Order>> = OnceLock::new();
    static PASSED: AtomicU64 = AtomicU64::new(0);

    #[allow(
        clippy::disallowed_methods,
        reason = "only a build for crash tests asks the environment"
    )]
    fn read_order() -> Option<Order> {
        let text = std::env::var(super::VARIABLE).ok()?;
        let (name, at) = text.split_once(':')?;
        Some(Order { name: name.to_owned(), at: at.parse().ok()? })
    }

    pub(super) fn pass(name: &str) {
        debug_assert!(super::POINTS.contains(&name), "{name} is not in the list of points");
        let Some(order) = ORDER.get_or_init(read_order) else { return };
        if order.name == name && PASSED.fetch_add(1, Ordering::Relaxed) + 1 == order.at {
            let own = rustix::process::getpid();
            // Only a failing kill comes back; then the process ends the hard way all the same.
            let _ = rustix::process::kill_process(own, rustix::process::Signal::KILL);
            std::process::abort();
        }
    }
}
