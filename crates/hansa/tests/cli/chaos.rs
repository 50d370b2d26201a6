//! A bounded piece of chaos: the program is killed and stopped behind a bad network, and its clients'
//! money stays straight.

use std::path::PathBuf;
use std::time::Duration;

use hansa_testkit::chaos::{Settings, run};

use crate::support::Place;

#[test]
fn kills_stops_and_a_bad_network_lose_double_and_reorder_nothing() {
    let place = Place::new();
    place.write("marker", "");
    let settings = Settings {
        program: PathBuf::from(env!("CARGO_BIN_EXE_hansa")),
        dir: place.path("marker").parent().unwrap().to_owned(),
        seed: 7,
        operations: 3_000,
        clients: 4,
        span: Duration::from_secs(8),
    };
    let summary = run(&settings).unwrap();
    assert!(summary.kills + summary.stops + summary.full_disks > 2, "{summary:?}");
    assert!(summary.answered > 50 && summary.booked > 40, "{summary:?}");
}
