//! A world that tests decide: clocks that move when told, entropy that repeats with its seed.
//!
//! Only ever a dev-dependency. The code under test is the production code, unchanged.

mod clock;
mod entropy;

pub use clock::SimClock;
pub use entropy::SeededEntropy;

use std::sync::Arc;

use hansa_node::Env;

/// A simulated world of one seed, and the hand on its clock.
pub fn world(seed: u64) -> (Env, Arc<SimClock>) {
    let clock = Arc::new(SimClock::new());
    let entropy = Arc::new(SeededEntropy::new(seed));
    (Env { clock: clock.clone(), entropy }, clock)
}
