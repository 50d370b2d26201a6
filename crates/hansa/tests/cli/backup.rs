//! How far a backup is.

use std::process::{Command, Stdio};

use crate::support::{Place, Served};

const BACKUP: [&str; 7] =
    ["backup", "create", "backups", "--recovery-key", "recovery.key", "--data-dir", "node"];

/// What the program writes to a terminal.
fn on_a_terminal(place: &Place, arguments: &[&str]) -> String {
    let words: Vec<String> = [env!("CARGO_BIN_EXE_hansa")]
        .iter()
        .chain(arguments)
        .map(|word| format!("'{word}'"))
        .collect();
    let shown = Command::new("script")
        .args(["-qec", &words.join(" "), "/dev/null"])
        .env("HOME", place.path(""))
        .current_dir(place.path(""))
        .stdin(Stdio::null())
        .output()
        .unwrap();
    assert!(shown.status.success(), "{shown:?}");
    String::from_utf8_lossy(&shown.stdout).into_owned()
}

#[test]
fn a_backup_shows_how_far_it_is_on_a_terminal_and_nowhere_else() {
    let place = Place::new();
    place.run(&["backup", "key", "--out", "recovery.key"]).ok();
    let served = place.serve("node");
    let owner = served.own();
    agents(&served, &owner, 3);
    let shown = on_a_terminal(&place, &BACKUP);
    assert!(shown.contains(" entries"), "{shown:?}");
    agents(&served, &owner, 1);
    let told = place.run(&BACKUP);
    assert!(!told.stderr.contains(" entries"), "{told:?}");
    told.ok();
    agents(&served, &owner, 1);
    let quiet = on_a_terminal(&place, &[&BACKUP[..], &["-q"]].concat());
    assert!(!quiet.contains(" entries"), "{quiet:?}");
    served.stop();
    let verify = ["backup", "verify", "backups", "--recovery-key", "recovery.key"];
    let shown = on_a_terminal(&place, &verify);
    assert!(shown.contains(" entries"), "{shown:?}");
}

fn agents(served: &Served<'_>, owner: &str, count: usize) {
    for number in 0..count {
        served.run(owner, &["agent", "create", &format!("agent {number}")]).ok();
    }
}
