//! A world that tests decide: clocks that move when told, entropy that repeats with its
//! seed, a network of names and servers that tests play; and a browser with passkeys.
//!
//! Only ever a dev-dependency. The code under test is the production code, unchanged.

pub mod authenticator;
pub mod chaos;
mod clock;
mod entropy;
pub mod images;
mod network;
pub mod sdk;
pub mod sim;

pub use clock::SimClock;
pub use entropy::SeededEntropy;
pub use network::SimNetwork;

use std::sync::Arc;

use hansa_node::Env;

/// A simulated world of one seed, from which nobody else is reached, and the hand on its clock.
pub fn world(seed: u64) -> (Env, Arc<SimClock>) {
    let clock = Arc::new(SimClock::new());
    let entropy = Arc::new(SeededEntropy::new(seed));
    (Env { clock: clock.clone(), entropy, network: Arc::new(SimNetwork::default()) }, clock)
}
