//! A bounded piece of chaos: the program is killed and stopped behind a bad network, and left without
//! room on its disk, and its clients' money stays straight.

use std::path::{Path, PathBuf};
use std::time::Duration;

use hansa_testkit::chaos::disk::Disk;
use hansa_testkit::chaos::{Settings, Summary, run};

use crate::support::Place;

/// Tells this program, started anew, that it has a disk of its own, and where.
const DISK: &str = "HANSA_TEST_CHAOS_DISK";
/// Size of that disk.
const DISK_BYTES: u64 = 256 << 20;

fn chaos(dir: &Path, seed: u64, disk: Disk) -> Summary {
    let settings = Settings {
        program: PathBuf::from(env!("CARGO_BIN_EXE_hansa")),
        dir: dir.to_owned(),
        seed,
        operations: 3_000,
        clients: 4,
        span: Duration::from_secs(8),
        disk,
    };
    let summary = run(&settings).unwrap();
    assert!(summary.kills + summary.stops + summary.full_disks > 2, "{summary:?}");
    assert!(summary.answered > 50 && summary.booked > 40, "{summary:?}");
    summary
}

#[test]
fn kills_stops_and_a_bad_network_lose_double_and_reorder_nothing() {
    let place = Place::new();
    chaos(&place.path(""), 7, Disk::FileSize);
}

#[test]
fn the_child_lives_on_a_disk_that_is_full_now_and_then() {
    let Some(dir) = std::env::var_os(DISK) else { return };
    let summary = chaos(Path::new(&dir), 7, Disk::Bounded { bytes: DISK_BYTES });
    assert!(summary.full_disks > 0, "{summary:?}");
}

#[test]
fn a_disk_that_is_full_for_every_file_loses_nothing_either() {
    let place = Place::new();
    std::fs::create_dir(place.path("disk")).unwrap();
    let program = std::env::current_exe().unwrap();
    // Where nobody may have mounts of their own, a limit on the size of files is all there is.
    let Some(mut command) = Disk::bound(&place.path("disk"), DISK_BYTES, &program) else { return };
    let child = "chaos::the_child_lives_on_a_disk_that_is_full_now_and_then";
    command.args(["--exact", child, "--nocapture"]).env(DISK, place.path("disk"));
    let output = command.output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    let failed = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && said.contains("1 passed"), "{said}{failed}");
}
